package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// called is a launch to a couple: both have the line at home as their last number, and each an own mobile that gets a text first.
type called struct {
	*village
	message    buurtbel.ID
	recipients []store.Recipient
}

const (
	text = iota // steps of a recipient
	mobileCall
	lineCall
)

func couple(t *testing.T, db *store.DB) *called {
	t.Helper()
	v := settle(t, db, 0)
	for i := range 2 {
		v.members = append(v.members, store.NewMember{Member: buurtbel.Member{ID: db.NewID(), Network: v.network, Choices: buurtbel.Choices{Slower: i == 1}}, Name: store.Name{Given: "An"},
			Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mobile, Address: mobileOf(i), Verified: true}, {ID: db.NewID(), Kind: buurtbel.Fixed, Rank: 1, Address: "+3220000001", Verified: true}}})
	}
	v.write(func(tx *store.Tx) error { return tx.InsertMembers(v.members) })
	c := &called{village: v}
	m := v.message(v.alert(), buurtbel.KindLaunch)
	c.message = m.ID
	later := v.db.Now().Add(30 * time.Minute)
	for _, p := range v.members {
		c.recipients = append(c.recipients, store.Recipient{ID: db.NewID(), Member: p.ID, Steps: []store.RecipientStep{
			{ID: db.NewID(), Step: buurtbel.Step{Contact: p.Contacts[0].ID, Channel: buurtbel.SMS}},
			{ID: db.NewID(), Step: buurtbel.Step{Contact: p.Contacts[0].ID, Channel: buurtbel.Voice, NotBefore: later, IfSilent: true}},
			{ID: db.NewID(), Step: buurtbel.Step{Contact: p.Contacts[1].ID, Channel: buurtbel.Voice, Rank: 1, IfSilent: true}}}})
	}
	v.write(func(tx *store.Tx) error {
		if err := tx.InsertMessage(m, v.ids()); err != nil {
			return err
		}
		if err := tx.InsertRecipients(m.ID, m.Expires, c.recipients); err != nil {
			return err
		}
		return tx.Advance(m.ID, 0, 2)
	})
	return c
}

func (c *called) step(person, step int) buurtbel.ID { return c.recipients[person].Steps[step].ID }

// states lists the states of a person's text, call to the mobile and call to the line.
func (c *called) states(person int) []string {
	c.t.Helper()
	var out []string
	for step := range 3 {
		out = append(out, c.delivery(c.step(person, step)).State)
	}
	return out
}

func (c *called) want(why string, person int, states ...string) {
	c.t.Helper()
	if diff := cmp.Diff(states, c.states(person)); diff != "" {
		c.t.Errorf("%s: %s", why, diff)
	}
}

func (c *called) calls() []store.Work {
	c.t.Helper()
	var work []store.Work
	c.write(func(tx *store.Tx) (err error) {
		work, err = tx.ClaimCalls(c.message, buurtbel.KindLaunch, "trunk", 10)
		return err
	})
	return work
}

func (c *called) text(person int, o buurtbel.Outcome) {
	c.t.Helper()
	for _, w := range c.claim(c.message, buurtbel.SMS, 10) {
		if w.Recipient != c.recipients[person].ID {
			c.record(c.settled(w, buurtbel.SMS, buurtbel.Outcome{State: buurtbel.HandedOver, Receipt: true}, "other "+w.Delivery.String()))
			continue
		}
		c.record(c.settled(w, buurtbel.SMS, o, "text"))
	}
}

func (c *called) after(w store.Work, o buurtbel.Outcome) {
	c.t.Helper()
	s := c.settled(w, buurtbel.Voice, o)
	s.Move = buurtbel.Next(o, buurtbel.Tries{Channel: buurtbel.Voice, Number: w.Number, Class: buurtbel.ClassAlert, Expires: c.db.Now().Add(time.Hour)}, c.db.Now())
	c.record(s)
}

func TestATextThatArrivedSparesTheCalls(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := couple(t, db)
		if work := c.calls(); len(work) != 0 {
			t.Fatalf("%d calls before their time", len(work))
		}
		c.text(0, buurtbel.Outcome{State: buurtbel.HandedOver, Receipt: true})
		c.want("handed over, no receipt yet", 0, "handed-over", "queued", "queued")
		c.write(func(tx *store.Tx) error {
			_, err := tx.ApplyReceipts([]store.Receipt{{Carrier: "carrier", Ref: "text", Outcome: buurtbel.Outcome{State: buurtbel.Delivered}}})
			return err
		})
		c.want("the telephone has it", 0, "delivered", "not-needed", "not-needed")
		c.want("the other one is not concerned", 1, "handed-over", "queued", "queued")
	})
}

func TestATextThatCannotArriveHurriesTheCall(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := couple(t, db)
		c.text(1, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Rejected})
		work := c.calls()
		if len(work) != 1 || work[0].Delivery != c.step(1, mobileCall) || !work[0].Slow || work[0].To != mobileOf(1) {
			t.Fatalf("%d calls", len(work))
		}
		c.after(work[0], buurtbel.Outcome{State: buurtbel.Rang, Reason: buurtbel.NoAnswer})
		c.want("again later, the line now", 1, "failed", "queued", "queued")
		work = c.calls()
		if len(work) != 1 || work[0].Delivery != c.step(1, lineCall) {
			t.Fatalf("%d calls", len(work))
		}
	})
}

// One of a couple confirms on the own mobile: the line at home is left alone for both, the other's mobile is not (rule 8).
func TestRule08_AConfirmationStopsCallsToASharedLineOnly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := couple(t, db)
		c.text(0, buurtbel.Outcome{State: buurtbel.HandedOver, Receipt: true})
		c.write(func(tx *store.Tx) error {
			_, err := tx.Heard(c.recipients[0].ID, c.step(0, text))
			return err
		})
		c.want("who confirmed", 0, "heard", "not-needed", "not-needed")
		c.want("who shares the line", 1, "handed-over", "queued", "not-needed")
	})
}

func TestKeyOneOnASharedLine(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := couple(t, db)
		c.text(1, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Rejected})
		c.after(c.calls()[0], buurtbel.Outcome{State: buurtbel.Delivered})
		line := c.calls()
		if len(line) != 1 || line[0].To != "+3220000001" {
			t.Fatalf("%d calls", len(line))
		}
		c.after(line[0], buurtbel.Outcome{State: buurtbel.Heard})
		var heard, again []buurtbel.ID
		c.write(func(tx *store.Tx) (err error) {
			heard, err = tx.HeardOnCall(line[0].Delivery)
			return err
		})
		c.write(func(tx *store.Tx) (err error) {
			again, err = tx.HeardOnCall(line[0].Delivery)
			return err
		})
		if diff := cmp.Diff([]buurtbel.ID{c.recipients[0].ID, c.recipients[1].ID}, heard); diff != "" || len(again) != 0 {
			t.Errorf("heard: %s; the second time %d", diff, len(again))
		}
		c.want("nobody knows who it was: the own mobile is still tried", 0, "handed-over", "queued", "heard")
		c.want("who was called", 1, "failed", "delivered", "heard")
	})
}

func TestCallsUnderWayThatNobodyNeeds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := couple(t, db)
		c.text(1, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Rejected})
		ringing := c.calls()[0].Delivery
		unneeded := func() (out []store.Unneeded) {
			c.read(func(tx *store.Tx) (err error) {
				out, err = tx.UnneededCalls([]buurtbel.ID{ringing})
				return err
			})
			return out
		}
		if got := unneeded(); len(got) != 0 {
			t.Fatalf("needed: %v", got)
		}
		c.write(func(tx *store.Tx) error {
			_, err := tx.Heard(c.recipients[0].ID, c.step(0, text))
			return err
		})
		if got := unneeded(); len(got) != 0 {
			t.Errorf("another member's own mobile was cut off: %v", got)
		}
		c.write(func(tx *store.Tx) error {
			_, err := tx.Heard(c.recipients[1].ID, c.step(1, text))
			return err
		})
		if diff := cmp.Diff([]store.Unneeded{{Delivery: ringing}}, unneeded()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWhoPressedNineIsNotCalled(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := couple(t, db)
		c.write(func(tx *store.Tx) error { return tx.NoCalls(c.members[0].Contacts[1].ID) })
		var people []store.Reachable
		c.read(func(tx *store.Tx) (err error) {
			people, err = tx.Reachables(c.ids())
			return err
		})
		for _, p := range people {
			if p.Contacts[0].NoCalls || !p.Contacts[1].NoCalls {
				t.Errorf("no calls: %t %t; the line is shared, the mobile is not meant", p.Contacts[0].NoCalls, p.Contacts[1].NoCalls)
			}
		}
		c.text(0, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Rejected})
		c.after(c.calls()[0], buurtbel.Outcome{State: buurtbel.Delivered})
		if work := c.calls(); len(work) != 0 {
			t.Errorf("%d calls to who wants none", len(work))
		}
		c.want("opted out", 0, "failed", "delivered", "failed")
	})
}
