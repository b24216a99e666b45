package store_test

import (
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// village is a zone with one network and its members, each with two mobiles and a mailbox.
type village struct {
	t       *testing.T
	db      *store.DB
	zone    buurtbel.ID
	network buurtbel.ID
	scope   buurtbel.Scope
	members []store.NewMember
}

// mobileOf gives a number that belongs to nobody.
func mobileOf(i int) string { return fmt.Sprintf("+324550%05d", i) }

func settle(t *testing.T, db *store.DB, n int) *village {
	t.Helper()
	v := &village{t: t, db: db, zone: db.NewID(), network: db.NewID()}
	v.scope = buurtbel.Scope{Zone: v.zone}
	for i := range n {
		id := db.NewID()
		v.members = append(v.members, store.NewMember{Member: buurtbel.Member{ID: id, Network: v.network, Language: buurtbel.Dutch}, Name: store.Name{Given: "An", Family: "Peeters"},
			Home: store.Home{Street: "Kerkstraat", Number: "1", PostalCode: "0000", Municipality: "Kerkveld"}, Place: buurtbel.Point{Lat: 51, Lon: 4},
			Contacts: []store.NewContact{
				{ID: db.NewID(), Kind: buurtbel.Mobile, Address: mobileOf(i), Verified: true},
				{ID: db.NewID(), Kind: buurtbel.Mobile, Rank: 1, Address: mobileOf(50_000 + i), Verified: true},
				{ID: db.NewID(), Kind: buurtbel.Mailbox, Rank: 2, Address: fmt.Sprintf("lid%d@example.org", i), Verified: true}}})
	}
	v.write(func(tx *store.Tx) error {
		z := &buurtbel.Zone{ID: v.zone, Name: "Politiezone " + v.zone.String(), Country: "BE", TimeZone: "Europe/Brussels", Night: buurtbel.DefaultNight, Plan: buurtbel.DefaultPlan, Limits: buurtbel.DefaultLimits}
		if err := tx.PutZone(z); err != nil {
			return err
		}
		if err := tx.PutNetwork(&buurtbel.Network{ID: v.network, Name: "BIN Kerkveld", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch}}); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		return tx.InsertMembers(v.members)
	})
	return v
}

func (v *village) write(f func(*store.Tx) error) {
	v.t.Helper()
	if err := v.db.Write(v.t.Context(), v.scope, f); err != nil {
		v.t.Fatal(err)
	}
}

func (v *village) read(f func(*store.Tx) error) {
	v.t.Helper()
	if err := v.db.Read(v.t.Context(), v.scope, f); err != nil {
		v.t.Fatal(err)
	}
}

func (v *village) ids() []buurtbel.ID {
	out := make([]buurtbel.ID, len(v.members))
	for i := range v.members {
		out[i] = v.members[i].ID
	}
	return out
}

// newAlert makes an alert that runs for an hour.
func (v *village) newAlert(key string) *buurtbel.Alert {
	now := v.db.Now()
	return &buurtbel.Alert{ID: v.db.NewID(), Key: key, Fact: "burglary-in-progress", Priority: 1, Urgency: buurtbel.Now, PlanVersion: 1, Networks: []buurtbel.ID{v.network},
		At: now, Expires: now.Add(time.Hour), State: buurtbel.AlertRunning}
}

func (v *village) alert() buurtbel.ID {
	v.t.Helper()
	a := v.newAlert("key " + v.db.NewID().String())
	v.write(func(tx *store.Tx) error { return tx.InsertAlert(a, nil) })
	return a.ID
}

// plan plans every member on two mobiles, one after the other, and a mailbox.
func (v *village) plan() []store.Recipient {
	out := make([]store.Recipient, len(v.members))
	for i, m := range v.members {
		out[i] = store.Recipient{ID: v.db.NewID(), Member: m.ID, Steps: []store.RecipientStep{
			{ID: v.db.NewID(), Step: buurtbel.Step{Contact: m.Contacts[0].ID, Channel: buurtbel.SMS}},
			{ID: v.db.NewID(), Step: buurtbel.Step{Contact: m.Contacts[1].ID, Channel: buurtbel.SMS, Rank: 1}},
			{ID: v.db.NewID(), Step: buurtbel.Step{Contact: m.Contacts[2].ID, Channel: buurtbel.Email}}}}
	}
	return out
}

// launch stores a running message to everybody, planned, and gives it with its recipients.
func (v *village) launch(alert buurtbel.ID, kind buurtbel.MessageKind) (buurtbel.ID, []store.Recipient) {
	v.t.Helper()
	m := v.message(alert, kind)
	list := v.plan()
	v.write(func(tx *store.Tx) error {
		if err := tx.InsertMessage(m, v.ids()); err != nil {
			return err
		}
		if err := tx.InsertRecipients(m.ID, m.Expires, list); err != nil {
			return err
		}
		return tx.Advance(m.ID, 0, len(list))
	})
	return m.ID, list
}

func (v *village) message(alert buurtbel.ID, kind buurtbel.MessageKind) *buurtbel.Message {
	return &buurtbel.Message{ID: v.db.NewID(), Alert: alert, Kind: kind, Class: kind.Class(), Urgency: buurtbel.Now, State: buurtbel.MessageRunning, Sender: "Politiezone Vlierbeek",
		Texts: []buurtbel.Wording{{Regime: "nl", SMS: "Oproep van de politie."}}, Expires: v.db.Now().Add(time.Hour)}
}

func (v *village) claim(message buurtbel.ID, channel buurtbel.Channel, n int) []store.Work {
	v.t.Helper()
	var work []store.Work
	v.write(func(tx *store.Tx) (err error) {
		work, err = tx.Claim(message, buurtbel.KindLaunch, channel, "carrier", n)
		return err
	})
	return work
}

// settled makes the outcome of a claimed delivery, with what follows as the root decides it.
func (v *village) settled(w store.Work, channel buurtbel.Channel, o buurtbel.Outcome, refs ...string) store.Settled {
	s := store.Settled{Delivery: w.Delivery, Recipient: w.Recipient, Contact: w.Contact, Channel: channel, Number: w.Number, Rank: w.Rank, More: w.More, Calls: w.Calls, Carrier: "carrier", Outcome: o, Refs: refs}
	if o.State == buurtbel.HandedOver {
		s.Parts = max(1, len(refs))
	}
	s.Move = buurtbel.Next(o, buurtbel.Tries{Number: w.Number, Uncertain: w.Doubts, Class: buurtbel.ClassAlert, Expires: v.db.Now().Add(time.Hour)}, v.db.Now())
	return s
}

func (v *village) record(list ...store.Settled) {
	v.t.Helper()
	v.write(func(tx *store.Tx) error { return tx.Record(list) })
}

// delivery is a row as the tests see it.
type delivery struct {
	State, Reason string
	Open          int
	Due           int64
}

func (v *village) delivery(id buurtbel.ID) delivery {
	v.t.Helper()
	var d delivery
	err := v.db.SQL().QueryRow(`select state, reason, open, due from delivery where id = $1`, int64(id)).Scan(&d.State, &d.Reason, &d.Open, &d.Due)
	if err != nil {
		v.t.Fatal(err)
	}
	return d
}

func (v *village) state(id buurtbel.ID) buurtbel.DeliveryState {
	v.t.Helper()
	return buurtbel.DeliveryState(v.delivery(id).State)
}

func (v *village) count(query string, args ...any) int {
	v.t.Helper()
	var n int
	if err := v.db.SQL().QueryRow(query, args...).Scan(&n); err != nil {
		v.t.Fatal(err)
	}
	return n
}

var handedOver = buurtbel.Outcome{State: buurtbel.HandedOver, Receipt: true}

// writers runs f on eight goroutines that start together and gives the errors, nil for those that went well.
func writers(f func(i int) error) []error {
	const n = 8
	out := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			<-start
			out[i] = f(i)
		}()
	}
	close(start)
	wg.Wait()
	return out
}

// once checks that one of the writers went well and the others were told kind and key.
func once(t *testing.T, errs []error, kind buurtbel.Kind, key string) {
	t.Helper()
	well := 0
	for _, err := range errs {
		switch {
		case err == nil:
			well++
		case buurtbel.KindOf(err) != kind || buurtbel.KeyOf(err) != key:
			t.Errorf("a writer got %v", err)
		}
	}
	if well != 1 {
		t.Errorf("%d writers of %d did it, want 1", well, len(errs))
	}
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }
