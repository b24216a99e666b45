package governing_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

type village struct {
	*testing.T
	db            *store.DB
	zone, network buurtbel.ID
	members       []buurtbel.ID
	coordinator   buurtbel.Actor // members[0]; members[1] is the deputy
	offset        *atomic.Int64  // of the clock, nanoseconds
}

func number(i int) string { return fmt.Sprintf("+324550%05d", i) }

// each runs a test on both engines in a village of thirty members, of whom member 5 is away.
func each(t *testing.T, test func(v *village)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) { settle(t, engine, test) })
	}
}

func settle(t *testing.T, engine store.Engine, test func(v *village)) {
	t.Helper()
	offset := new(atomic.Int64)
	db := storetest.Open(t, engine, func() time.Time { return time.Now().Add(time.Duration(offset.Load())) })
	v := &village{T: t, db: db, zone: db.NewID(), network: db.NewID(), offset: offset}

	var list []store.NewMember
	for i := range 30 {
		m := store.NewMember{Member: buurtbel.Member{ID: db.NewID(), Network: v.network, Language: buurtbel.Dutch}, Name: store.Name{Given: "An", Family: fmt.Sprintf("Lid%02d", i)},
			Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mailbox, Address: fmt.Sprintf("lid%d@example.org", i), Verified: true},
				{ID: db.NewID(), Kind: buurtbel.Mobile, Rank: 1, Address: number(i), Verified: true}}}
		if i == 5 {
			m.Away = buurtbel.Span{From: db.Now().Add(-time.Hour)}
		}
		list = append(list, m)
		v.members = append(v.members, m.ID)
	}
	v.write(func(tx *store.Tx) error {
		if err := tx.PutZone(&buurtbel.Zone{ID: v.zone, Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels"}); err != nil {
			return err
		}
		if err := tx.PutNetwork(&buurtbel.Network{ID: v.network, Name: "BIN Kerkveld", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch}}); err != nil {
			return err
		}
		for i, role := range []buurtbel.Role{buurtbel.RoleCoordinator, buurtbel.RoleDeputy} {
			m := buurtbel.Mandate{ID: db.NewID(), Holder: v.members[i], Role: role, Zone: v.zone, Network: v.network, From: db.Now().Add(-time.Hour)}
			if err := tx.InsertMandate(m); err != nil {
				return err
			}
		}
		return tx.InsertMembers(list)
	})
	v.read(func(tx *store.Tx) (err error) {
		v.coordinator, err = tx.Actor(v.members[0])
		return err
	})
	test(v)
}

func (v *village) write(f func(*store.Tx) error) {
	v.Helper()
	if err := v.db.Write(v.Context(), buurtbel.Scope{Zone: v.zone}, f); err != nil {
		v.Fatal(err)
	}
}

func (v *village) read(f func(*store.Tx) error) {
	v.Helper()
	if err := v.db.Read(v.Context(), buurtbel.Scope{Zone: v.zone}, f); err != nil {
		v.Fatal(err)
	}
}

func (v *village) tells(member int, agrees bool) {
	v.Helper()
	if err := governing.Consent(v.Context(), v.db, v.coordinator, v.zone, v.network, v.members[member], agrees, governing.ByTelephone); err != nil {
		v.Fatal(err)
	}
}

func (v *village) printed() *governing.Printed {
	v.Helper()
	p, err := governing.Print(v.Context(), v.db, v.coordinator, buurtbel.RoleCoordinator, v.zone, v.network, "phone tree")
	if err != nil {
		v.Fatal(err)
	}
	return p
}

// numbers counts on how many sheets each number stands.
func numbers(p *governing.Printed) map[string]int {
	out := map[string]int{}
	for _, s := range p.Sheets {
		for _, c := range s.Calls {
			out[c.Number]++
		}
	}
	return out
}

func TestOnlyWhoAgreedStandsInTheTree(t *testing.T) {
	each(t, func(v *village) {
		for i := 3; i < 20; i++ {
			v.tells(i, true)
		}
		v.tells(4, true) // told twice
		v.tells(6, false)
		p := v.printed()
		got := numbers(p)
		want := map[int]bool{0: true, 1: true}
		for i := 3; i < 20; i++ {
			want[i] = i != 5 && i != 6
		}
		for i := range 30 {
			n := 0
			if want[i] {
				n = 1
			}
			if got[number(i)] != n {
				t.Errorf("the number of member %d stands on %d sheets, want %d", i, got[number(i)], n)
			}
		}
		if p.Number != 1 || !p.Until.Equal(p.At.AddDate(0, 6, 0)) || p.Sheets[0].Caller != "" || len(p.Sheets[0].Calls) != buurtbel.TreeStarts || p.Sheets[0].Calls[0].Number != number(0) {
			t.Errorf("the print: %+v", p)
		}
		for _, s := range p.Sheets[1:] {
			if len(s.Calls) > buurtbel.TreeCalls || s.Caller == "" {
				t.Errorf("the sheet of %q has %d calls", s.Caller, len(s.Calls))
			}
		}
		v.tells(6, true)
		if again := v.printed(); again.Number != 2 || numbers(again)[number(6)] != 1 {
			t.Errorf("the second print has number %d", again.Number)
		}
		tree, err := governing.PhoneTree(t.Context(), v.db, v.coordinator, v.zone, v.network)
		if err != nil || tree.Agreed != 17 || len(tree.Prints) != 2 || !tree.Valid(v.db.Now()) || tree.Valid(v.db.Now().AddDate(0, 7, 0)) {
			t.Errorf("the tree: %+v, %v", tree, err)
		}
	})
}

// Every name and number that was opened is in the journal, with who opened it and why; consents are there as they were told.
func TestTheTreeIsJournalled(t *testing.T) {
	each(t, func(v *village) {
		v.tells(7, true)
		if _, err := governing.Find(t.Context(), v.db, v.coordinator, buurtbel.RoleCoordinator, v.zone, v.network, "phone tree", "LID07"); err != nil {
			t.Fatal(err)
		}
		v.printed()
		v.tells(7, false)
		var all []string
		v.read(func(tx *store.Tx) error {
			entries, err := tx.JournalOf(v.zone)
			for _, e := range entries {
				all = append(all, string(e.Kind)+" "+string(e.Content))
			}
			return err
		})
		text := strings.Join(all, "\n")
		for _, want := range []string{"consent given by telephone, member " + v.members[7].String(), "consent withdrawn by telephone", "phone tree printed", `look {"office":"member","role":"coordinator","purpose":"phone tree"`} {
			if !strings.Contains(text, want) {
				t.Errorf("the journal lacks %q:\n%s", want, text)
			}
		}
		if strings.Count(text, "look ") != 2 || strings.Contains(text, "Lid07") || strings.Contains(text, "+324") {
			t.Errorf("the journal: %s", text)
		}
	})
}

func TestWhoMayNotOpenTheTree(t *testing.T) {
	each(t, func(v *village) {
		stranger := buurtbel.Actor{Person: v.members[9], Zone: v.zone, Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleSteering, Zone: v.zone, Network: v.network}, {Role: buurtbel.RoleCoordinator, Zone: v.zone, Network: v.zone}}}
		_, seen := governing.PhoneTree(t.Context(), v.db, stranger, v.zone, v.network)
		_, found := governing.Find(t.Context(), v.db, stranger, "", v.zone, v.network, "why", "lid")
		_, printed := governing.Print(t.Context(), v.db, stranger, "", v.zone, v.network, "why")
		consent := governing.Consent(t.Context(), v.db, stranger, v.zone, v.network, v.members[9], true, governing.OnPaper)
		for i, err := range []error{seen, found, printed, consent} {
			if buurtbel.KindOf(err) != buurtbel.Forbidden {
				t.Errorf("%d: %v", i, err)
			}
		}
		if _, err := governing.Find(t.Context(), v.db, v.coordinator, "", v.zone, v.network, "why", "x"); buurtbel.KeyOf(err) != "error.tree.short" {
			t.Errorf("one letter: %v", err)
		}
		if err := governing.Consent(t.Context(), v.db, v.coordinator, v.zone, v.network, v.members[9], true, "rumour"); buurtbel.KeyOf(err) != "error.tree.how" {
			t.Errorf("by rumour: %v", err)
		}
	})
}
