package governing_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
)

func (v *village) list(f governing.Filter, page int) *governing.Members {
	v.Helper()
	out, err := governing.ListMembers(v.Context(), v.db, v.coordinator, buurtbel.RoleCoordinator, v.zone, v.network, governing.ForList, f, page)
	if err != nil {
		v.Fatal(err)
	}
	return out
}

func families(l *governing.Members) []string {
	var out []string
	for _, r := range l.Rows {
		out = append(out, r.Name.Family)
	}
	return out
}

// looks gives how many members each journalled look at names saw, the newest first.
func (v *village) looks(purpose string) (out []int) {
	v.Helper()
	v.read(func(tx *store.Tx) error {
		looks, err := tx.Looks(time.Time{}, 100)
		for _, l := range looks {
			if l.Purpose == purpose {
				out = append(out, len(l.Members))
			}
		}
		return err
	})
	return out
}

func TestListIsFilteredSortedAndEachPageJournalled(t *testing.T) {
	each(t, func(v *village) {
		silent := buurtbel.Choices{Per: map[buurtbel.Urgency]buurtbel.Choice{buurtbel.Life: {}, buurtbel.Now: {}, buurtbel.Soon: {}}}
		var more []store.NewMember
		for i, m := range []store.NewMember{
			{Name: store.Name{Given: "Zoë", Family: "Aerts"}, Home: store.Home{Street: "Vlierlaan", Number: "12A"}, Member: buurtbel.Member{Choices: silent}},
			{Name: store.Name{Given: "Émile", Family: "De Wit"}, Home: store.Home{Street: "Vlierlaan", Number: "9"}},
			{Name: store.Name{Given: "Jan", Family: "Claes"}, Home: store.Home{Street: "Kerkstraat", Number: "1"}, Member: buurtbel.Member{State: buurtbel.MemberLeft},
				Contacts: []store.NewContact{{ID: v.db.NewID(), Kind: buurtbel.Fixed, Address: "+3220000123", Verified: true}}},
		} {
			m.ID, m.Network, m.Language = v.db.NewID(), v.network, buurtbel.Dutch
			if i == 1 {
				m.Contacts = []store.NewContact{{ID: v.db.NewID(), Kind: buurtbel.Mailbox, Address: "emile@example.org", Verified: true}}
			}
			more = append(more, m)
		}
		for i := range 30 { // a second page
			more = append(more, store.NewMember{Member: buurtbel.Member{ID: v.db.NewID(), Network: v.network, Language: buurtbel.Dutch}, Name: store.Name{Given: "Piet", Family: "Zes" + string(rune('a'+i))},
				Contacts: []store.NewContact{{ID: v.db.NewID(), Kind: buurtbel.Mobile, Address: number(100 + i), Verified: true}, {ID: v.db.NewID(), Kind: buurtbel.Mailbox, Address: "x" + number(i)[5:] + "@example.org"}}})
		}
		v.write(func(tx *store.Tx) error { return tx.InsertMembers(more) })

		first := v.list(governing.Filter{}, 1)
		if first.Count != 62 || first.Pages != 2 || len(first.Rows) != governing.MembersPerPage || first.Rows[0].Name.Family != "Aerts" || first.Total != 62 {
			t.Errorf("%d members on %d pages, first %s", first.Count, first.Pages, first.Rows[0].Name.Family)
		}
		if second := v.list(governing.Filter{}, 99); second.Page != 2 || len(second.Rows) != 12 {
			t.Errorf("page %d has %d", second.Page, len(second.Rows))
		}
		if diff := cmp.Diff([]int{12, 50}, v.looks(governing.ForList)); diff != "" {
			t.Errorf("the journal has other looks: %s", diff)
		}
		for name, c := range map[string]struct {
			f    governing.Filter
			want []string
		}{
			"part with an accent": {governing.Filter{Part: "emile"}, []string{"De Wit"}},
			"family before given": {governing.Filter{Part: "aerts zo"}, []string{"Aerts"}},
			"lacks a number":      {governing.Filter{Lacks: governing.LacksNumber}, []string{"Aerts", "De Wit"}},
			"lacks a mailbox":     {governing.Filter{Lacks: governing.LacksMailbox}, []string{"Aerts"}},
			"away":                {governing.Filter{Away: true}, []string{"Lid05"}},
			"silent":              {governing.Filter{Silent: true}, []string{"Aerts"}},
			"left":                {governing.Filter{State: "left"}, []string{"Claes"}},
			"street by number":    {governing.Filter{Street: "Vlierlaan", ByHome: true}, []string{"De Wit", "Aerts"}},
			"number":              {governing.Filter{Address: "0455 00 00 03"}, []string{"Lid03"}},
			"mailbox":             {governing.Filter{Address: "Emile@Example.org"}, []string{"De Wit"}},
			"of who left":         {governing.Filter{Address: "02 000 01 23", State: "all"}, []string{"Claes"}},
			"nobody":              {governing.Filter{Part: "xyz"}, nil},
		} {
			if diff := cmp.Diff(c.want, families(v.list(c.f, 1))); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		for _, c := range []struct {
			f   governing.Filter
			key string
		}{{governing.Filter{Part: "x"}, "error.members.short"}, {governing.Filter{Address: "12"}, "error.members.address"}} {
			_, err := governing.ListMembers(v.Context(), v.db, v.coordinator, buurtbel.RoleCoordinator, v.zone, v.network, governing.ForList, c.f, 1)
			if buurtbel.KeyOf(err) != c.key {
				t.Errorf("%+v: %v", c.f, err)
			}
		}
		list, err := governing.TakeList(v.Context(), v.db, v.coordinator, buurtbel.RoleCoordinator, v.zone, v.network, governing.ForExport, governing.ForExport, governing.Filter{Part: "de wit"})
		if err != nil || len(list.Cards) != 1 || list.Cards[0].Contacts[0].Address != "emile@example.org" {
			t.Errorf("%+v, %v", list, err)
		}
		if diff := cmp.Diff([]int{1}, v.looks(governing.ForExport)); diff != "" {
			t.Errorf("an export without its look: %s", diff)
		}
	})
}

// states gives where some members stand.
func (v *village) states(members ...buurtbel.ID) (out []string) {
	v.Helper()
	v.read(func(tx *store.Tx) error {
		list, err := tx.Reachables(members)
		for _, m := range list {
			s := string(m.Member.State)
			if m.Member.Away.Contains(v.db.Now()) {
				s += " away"
			}
			out = append(out, s)
		}
		return err
	})
	return out
}

func TestSeveralMembersChangeAndStandAgainAsBefore(t *testing.T) {
	each(t, func(v *village) {
		ctx := t.Context()
		elsewhere := v.db.NewID()
		b := governing.Batch{Kind: store.BulkLeft, How: governing.OnPaper, Members: []buurtbel.ID{v.members[0], v.members[4], v.members[5], elsewhere}}
		e, err := governing.Preview(ctx, v.db, v.coordinator, v.zone, v.network, b)
		if diff := cmp.Diff(governing.Effect{Changed: 2, Roles: 1, NotThere: 1}, e); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
		n, err := governing.ChangeMany(ctx, v.db, v.coordinator, v.zone, v.network, b, "https://alarm.example.org")
		if n != 2 || err != nil {
			t.Fatal(n, err)
		}
		three := []buurtbel.ID{v.members[0], v.members[4], v.members[5]}
		if diff := cmp.Diff([]string{"active", "left", "left away"}, v.states(three...)); diff != "" {
			t.Error(diff)
		}
		// One of them asks to be erased meanwhile: that one does not come back.
		v.write(func(tx *store.Tx) error { return tx.BeginErasure(v.members[4]) })
		changes, err := governing.Undoable(ctx, v.db, v.coordinator, v.zone, v.network)
		if err != nil || len(changes) != 1 || changes[0].People != 2 {
			t.Fatalf("%+v, %v", changes, err)
		}
		if n, err := governing.UndoMany(ctx, v.db, v.coordinator, v.zone, v.network, changes[0].ID); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if diff := cmp.Diff([]string{"active", "left", "active away"}, v.states(three...)); diff != "" {
			t.Error(diff)
		}
		if _, err := governing.UndoMany(ctx, v.db, v.coordinator, v.zone, v.network, changes[0].ID); buurtbel.KeyOf(err) != "error.members.undo" {
			t.Errorf("undone twice: %v", err)
		}

		away := governing.Batch{Kind: store.BulkAway, How: governing.ByTelephone, Away: buurtbel.Span{From: v.db.Now(), Until: v.db.Now().Add(72 * time.Hour)}, Members: []buurtbel.ID{v.members[5], v.members[6]}}
		if n, err := governing.ChangeMany(ctx, v.db, v.coordinator, v.zone, v.network, away, ""); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		v.write(func(tx *store.Tx) error { return tx.SetAway(v.members[6], buurtbel.Span{}) }) // came back earlier
		v.offset.Add(int64(59 * time.Minute))
		changes, err = governing.Undoable(ctx, v.db, v.coordinator, v.zone, v.network)
		if err != nil || len(changes) != 1 {
			t.Fatal(changes, err)
		}
		v.offset.Add(int64(2 * time.Minute))
		if _, err := governing.UndoMany(ctx, v.db, v.coordinator, v.zone, v.network, changes[0].ID); buurtbel.KeyOf(err) != "error.members.undo" {
			t.Errorf("after the hour: %v", err)
		}
	})
}

func TestNobodyChangesMembersOfAnotherNetwork(t *testing.T) {
	each(t, func(v *village) {
		other := v.db.NewID()
		v.write(func(tx *store.Tx) error {
			return tx.PutNetwork(&buurtbel.Network{ID: other, Name: "BIN Elders", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch}})
		})
		b := governing.Batch{Kind: store.BulkLeft, How: governing.OnPaper, Members: []buurtbel.ID{v.members[4]}}
		if _, err := governing.ChangeMany(t.Context(), v.db, v.coordinator, v.zone, other, b, ""); buurtbel.KindOf(err) != buurtbel.Forbidden {
			t.Errorf("changed elsewhere: %v", err)
		}
		if _, err := governing.OpenMember(t.Context(), v.db, v.coordinator, buurtbel.RoleCoordinator, v.zone, other, v.members[4], governing.ForMember); buurtbel.KindOf(err) != buurtbel.Forbidden {
			t.Errorf("opened elsewhere: %v", err)
		}
		if _, err := governing.OpenMember(t.Context(), v.db, buurtbel.Actor{Person: v.coordinator.Person}, "", v.zone, v.network, v.members[4], ""); buurtbel.KindOf(err) != buurtbel.Forbidden {
			t.Errorf("opened without a mandate: %v", err)
		}
	})
}
