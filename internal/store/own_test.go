package store_test

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

func eachEngine(t *testing.T, test func(t *testing.T, c store.Config)) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) { test(t, storetest.Config(t, engine)) })
	}
}

func TestOneProcessWorksAsANode(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, c store.Config) {
		ring := storetest.Ring(t)
		one, two := storetest.OpenWith(t, c, ring, time.Now), storetest.OpenWith(t, c, ring, time.Now)
		release, err := one.Own(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := two.Own(t.Context()); buurtbel.KeyOf(err) != "error.store.in-use" {
			t.Fatalf("a second one was let in: %v", err)
		}
		if err := release(); err != nil {
			t.Fatal(err)
		}
		release, err = two.Own(t.Context())
		if err != nil {
			t.Fatal("the first has gone", err)
		}
		if err := release(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAnotherKeyRingIsRefused(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, c store.Config) {
		ours, others := storetest.OpenWith(t, c, storetest.Ring(t), time.Now), storetest.OpenWith(t, c, storetest.Ring(t), time.Now)
		if err := others.CheckRing(t.Context()); err != nil {
			t.Fatal("an empty database goes with any ring", err)
		}
		v := settle(t, ours, 0)
		err := ours.Write(t.Context(), v.scope, func(tx *store.Tx) error {
			return tx.InsertOfficial(&store.NewOfficial{ID: ours.NewID(), Name: "An Peeters", Office: "police", Language: buurtbel.Dutch})
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := ours.CheckRing(t.Context()); err != nil {
			t.Error(err)
		}
		if err := others.CheckRing(t.Context()); buurtbel.KeyOf(err) != "error.store.other-keys" {
			t.Errorf("another ring gives %v", err)
		}
	})
}

// A carrier that counts its ids anew gives old ones to new messages: what comes for them is about the new ones.
func TestAReferenceComesBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 2)
		var last []buurtbel.ID
		for range 2 {
			m, _ := v.launch(v.alert(), buurtbel.KindLaunch)
			work := v.claim(m, buurtbel.SMS, 9)
			last = last[:0]
			for _, w := range work {
				last = append(last, w.Delivery)
			}
			v.record(v.settled(work[0], buurtbel.SMS, handedOver, "7", "8"), v.settled(work[1], buurtbel.SMS, handedOver, "9"))
		}
		v.receipts(receipt("7", buurtbel.Delivered), receipt("8", buurtbel.Delivered), receipt("9", buurtbel.Delivered))
		for _, d := range last {
			if got := v.state(d); got != buurtbel.Delivered {
				t.Errorf("the newer delivery is %s", got)
			}
		}
		m, _ := v.launch(v.alert(), buurtbel.KindLaunch)
		for _, w := range v.claim(m, buurtbel.SMS, 9) { // a carrier that gives every part the same id breaks nothing
			v.record(v.settled(w, buurtbel.SMS, handedOver, "same", "same"))
		}
	})
}
