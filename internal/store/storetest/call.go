package storetest

import (
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Begin begins the calls of a code's message that are due.
func Begin(t *testing.T, db *store.DB, zone, message buurtbel.ID) (calls []store.Work) {
	t.Helper()
	err := db.Write(t.Context(), buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		calls, err = tx.ClaimCalls(message, buurtbel.KindCode, "trunk", 9)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return calls
}

// PutDown begins the calls of a code's message that are due and ends each as one that is picked up, and put down without a key before the end; it tells how many
// there were.
func PutDown(t *testing.T, db *store.DB, zone, message buurtbel.ID) int {
	t.Helper()
	calls := Begin(t, db, zone, message)
	err := db.Write(t.Context(), buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		m, err := tx.Message(message)
		if err != nil {
			return err
		}
		var list []store.Settled
		for _, w := range calls {
			o := buurtbel.Outcome{State: buurtbel.HandedOver}
			move := buurtbel.Next(o, buurtbel.Tries{Channel: buurtbel.Voice, Number: w.Number, Class: m.Class, Expires: m.Expires}, tx.Now())
			list = append(list, store.Settled{Delivery: w.Delivery, Recipient: w.Recipient, Contact: w.Contact, Channel: buurtbel.Voice, Number: w.Number, Rank: w.Rank,
				Carrier: "trunk", Outcome: o, Parts: 1, Move: move})
		}
		return tx.Record(list)
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(calls)
}

// Code gives the message that was planned last of those with a code that are on their way in a zone.
func Code(t *testing.T, db *store.DB, zone buurtbel.ID) (last buurtbel.ID) {
	t.Helper()
	err := db.Read(t.Context(), buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		list, err := tx.RunningMessages()
		for _, m := range list {
			if m.Zone == zone && m.Kind == buurtbel.KindCode {
				last = max(last, m.ID)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return last
}
