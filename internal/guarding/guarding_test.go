package guarding_test

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

func TestForgetErasesWhatIsLongOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		zone, person := db.NewID(), db.NewID()
		write := func(f func(*store.Tx) error) {
			t.Helper()
			if err := db.Write(t.Context(), buurtbel.Scope{}, f); err != nil {
				t.Fatal(err)
			}
		}
		old, fresh := db.Now().Add(-8*24*time.Hour), db.Now().Add(time.Hour)
		write(func(tx *store.Tx) error {
			for i := range 500 { // more than one slice
				if err := tx.InsertOneUse([]byte{1, byte(i), byte(i >> 8)}, store.OneUse{Purpose: "sign-in", Person: person, Expires: old}); err != nil {
					return err
				}
			}
			for i, expires := range []time.Time{old, fresh} {
				hash := []byte{2, byte(i)}
				if err := tx.InsertOneUse(hash, store.OneUse{Purpose: "sign-in", Person: person, Expires: expires}); err != nil {
					return err
				}
				if err := tx.InsertSession(hash, store.Session{Person: person, Zone: zone, Expires: expires}); err != nil {
					return err
				}
				if err := tx.BindSession(hash, hash); err != nil {
					return err
				}
				if err := tx.PutShift(hash, hash, store.Shift{Person: person, Zone: zone, Expires: expires}); err != nil {
					return err
				}
			}
			return tx.Later("forget", 0, tx.Now())
		})
		var tasks []store.Task
		write(func(tx *store.Tx) (err error) {
			if tasks, err = tx.DueTasks(1, nil); err == nil {
				_, err = tx.TakeTask(tasks[0])
			}
			return err
		})
		if err := guarding.Forget(db, guarding.Periods{})(t.Context(), buurtbel.System(), tasks[0]); err != nil {
			t.Fatal(err)
		}
		write(func(tx *store.Tx) error {
			if n, err := tx.ForgetEntries(tx.Now(), 1000); n != 0 || err != nil {
				t.Errorf("%d rows were left, %v", n, err)
			}
			if n, err := tx.ForgetEntries(fresh.Add(time.Second), 1000); n != 4 || err != nil {
				t.Errorf("%d rows of somebody who is signed in, %v", n, err)
			}
			return nil
		})
		if err := guarding.Forget(db, guarding.Periods{})(t.Context(), buurtbel.Actor{}, tasks[0]); buurtbel.KindOf(err) != buurtbel.Forbidden {
			t.Errorf("without the right: %v", err)
		}
	})
}
