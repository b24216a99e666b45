package asking_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/asking"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// ward is a zone with two streets without a network.
type ward struct {
	*testing.T
	db         *store.DB
	counter    *asking.Counter
	offset     atomic.Int64
	zone       buurtbel.ID
	long, side buurtbel.ID // streets
	officer    buurtbel.Actor
}

func each(t *testing.T, test func(w *ward)) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			w := &ward{T: t}
			w.db = storetest.Open(t, engine, func() time.Time { return time.Now().Add(time.Duration(w.offset.Load())) })
			w.counter = asking.New(w.db, asking.Options{Link: "https://alarm.example.org"})
			w.zone, w.long, w.side = w.db.NewID(), w.db.NewID(), w.db.NewID()
			w.officer = buurtbel.Actor{Person: w.db.NewID(), Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleOfficer, Zone: w.zone}}}
			w.write(func(tx *store.Tx) error {
				return tx.PutZone(&buurtbel.Zone{ID: w.zone, Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels", Plan: buurtbel.DefaultPlan})
			})
			w.write(func(tx *store.Tx) error {
				return tx.PutAddresses([]store.Street{{ID: w.long, Name: "Verreveld", Key: "verreveld", PostalCode: "9995", Municipality: "Vlierbeek"},
					{ID: w.side, Name: "Zijpad", Key: "zijpad", PostalCode: "9995", Municipality: "Vlierbeek"}},
					[]store.House{{Street: w.long, Number: "1", Lat: 510000000, Lon: 40000000}, {Street: w.long, Number: "3", Lat: 510020000, Lon: 40000000}, {Street: w.side, Number: "1", Lat: 511000000, Lon: 40000000}})
			})
			test(w)
		})
	}
}

func (w *ward) write(f func(*store.Tx) error) {
	w.Helper()
	if err := w.db.Write(w.Context(), buurtbel.Scope{Zone: w.zone}, f); err != nil {
		w.Fatal(err)
	}
}

// wish leaves a wish and gives the link of its letter.
func (w *ward) wish(street buurtbel.ID, mailbox string) string {
	w.Helper()
	err := w.counter.Wish(w.Context(), w.zone, asking.Wanted{Street: street, Mailbox: mailbox, Language: buurtbel.Dutch})
	if err != nil {
		w.Fatal(err)
	}
	list := w.letters()
	if len(list) == 0 {
		w.Fatal("no letter")
	}
	_, link, _ := strings.Cut(list[len(list)-1], "https://alarm.example.org/w/")
	link, _, _ = strings.Cut(link, "\n")
	return link
}

func (w *ward) letters() (out []string) {
	w.Helper()
	err := w.db.Read(w.Context(), buurtbel.Scope{Zone: w.zone}, func(tx *store.Tx) error {
		list, err := tx.RunningMessages()
		for _, m := range list {
			full, err := tx.Message(m.ID)
			if err != nil {
				return err
			}
			out = append(out, full.Texts[0].Mail)
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return out
}

func (w *ward) wants() ([]asking.Want, int) {
	w.Helper()
	list, rest, err := w.counter.Wants(w.Context(), w.officer, w.zone)
	if err != nil {
		w.Fatal(err)
	}
	return list, rest
}

// TestRule04_StreetsAreNamedFromFiveWishesOn: four are nobody's business.
func TestRule04_StreetsAreNamedFromFiveWishesOn(t *testing.T) {
	each(t, func(w *ward) {
		for i := range asking.Threshold {
			link := w.wish(w.long, fmt.Sprintf("een%d@example.org", i))
			if list, rest := w.wants(); len(list) != 0 || rest != i {
				w.Errorf("before the proof of wish %d: %v and %d", i+1, list, rest)
			}
			for range 2 { // proving twice is proving once
				if err := w.counter.Prove(w.Context(), link); err != nil {
					w.Fatal(err)
				}
			}
		}
		list, rest := w.wants()
		if len(list) != 1 || list[0].Street != "Verreveld" || list[0].Wishes != asking.Threshold || rest != 0 || list[0].At.Lat < 51.0009 || list[0].At.Lat > 51.0011 {
			w.Errorf("%+v and %d", list, rest)
		}
		other := buurtbel.Actor{Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleDispatcher, Zone: w.zone}}}
		if _, _, err := w.counter.Wants(w.Context(), other, w.zone); buurtbel.KindOf(err) != buurtbel.Forbidden {
			w.Errorf("a dispatcher sees wishes: %v", err)
		}
	})
}

func TestAWishIsErased(t *testing.T) {
	each(t, func(w *ward) {
		link := w.wish(w.side, "een@example.org")
		if n := len(w.letters()); n != 1 {
			w.Fatalf("%d letters", n)
		}
		w.wish(w.side, "een@example.org")
		if n := len(w.letters()); n != 1 {
			w.Errorf("the same wish at once sends %d letters", n)
		}
		w.offset.Store(int64(time.Hour))
		again := w.wish(w.side, "een@example.org")
		if n := len(w.letters()); n != 2 || again == "" {
			w.Errorf("an hour later: %d letters", n)
		}
		if err := w.counter.Prove(w.Context(), link); err != nil {
			w.Error(err)
		}
		forget := func() {
			if err := asking.Forget(w.db)(w.Context(), buurtbel.System(), store.Task{}); err != nil && buurtbel.KeyOf(err) != "error.task.taken" {
				w.Fatal(err)
			}
		}
		w.offset.Store(int64(300 * 24 * time.Hour))
		forget()
		if _, rest := w.wants(); rest != 1 {
			w.Errorf("after 300 days %d wishes", rest)
		}
		w.offset.Store(int64(400 * 24 * time.Hour))
		forget()
		if _, rest := w.wants(); rest != 0 {
			w.Errorf("after 400 days %d wishes", rest)
		}
		for _, bad := range []string{link, "x", ""} {
			if _, err := w.counter.Behind(w.Context(), bad); err == nil {
				w.Errorf("the link %q leads somewhere", bad)
			}
		}
	})
}

func TestWishesAreRefused(t *testing.T) {
	each(t, func(w *ward) {
		for want, asked := range map[string]asking.Wanted{"error.asking.mailbox": {Street: w.long, Mailbox: "een@"}, "error.asking.street": {Street: w.db.NewID(), Mailbox: "een@example.org"}} {
			if err := w.counter.Wish(w.Context(), w.zone, asked); buurtbel.KeyOf(err) != want {
				w.Errorf("%+v: %v", asked, err)
			}
		}
		if err := w.counter.Remark(w.Context(), w.zone, "/", " "); buurtbel.KeyOf(err) != "error.asking.empty" {
			w.Errorf("an empty remark: %v", err)
		}
		if err := w.counter.WriteToPolice(w.Context(), w.zone, asking.Note{Text: "Dag"}); buurtbel.KeyOf(err) != "error.asking.closed" {
			w.Errorf("a zone without an officer: %v", err)
		}
	})
}
