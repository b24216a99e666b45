package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

func TestFallbackInTheMembersOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 2)
		m, list := v.launch(v.alert(), buurtbel.KindLaunch)
		work := v.claim(m, buurtbel.SMS, 9)
		if len(work) != 2 || work[0].Rank != 0 || work[1].Rank != 0 {
			t.Fatalf("claimed %+v", work)
		}
		w := work[slices.IndexFunc(work, func(w store.Work) bool { return w.Recipient == list[0].ID })]
		if w.To != mobileOf(0) || !w.More || w.Number != 1 {
			t.Errorf("got %+v", w)
		}
		v.record(v.settled(w, buurtbel.SMS, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.InvalidAddress}))
		if n := v.count(`select count(*) from contact where state = 'dead' and id = $1`, int64(w.Contact)); n != 1 || v.count(`select count(*) from contact where state = 'dead'`) != 1 {
			t.Error("exactly the contact point that does not exist is dead")
		}
		next := v.claim(m, buurtbel.SMS, 9)
		if len(next) != 1 || next[0].Rank != 1 || next[0].To != mobileOf(50_000) || next[0].More {
			t.Fatalf("the next number: %+v", next)
		}
		v.record(v.settled(next[0], buurtbel.SMS, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Rejected}))
		if left := v.claim(m, buurtbel.SMS, 9); len(left) != 0 {
			t.Errorf("claimed %+v", left)
		}
		if got := v.state(list[0].Steps[2].ID); got != buurtbel.Queued {
			t.Errorf("the mail of the same member is %s: channels stand beside each other", got)
		}
		again := v.claim(v.relaunch(list[0]), buurtbel.SMS, 9) // a later alert skips the dead number at the claim
		if len(again) != 0 {
			t.Errorf("a dead number was claimed: %+v", again)
		}
	})
}

// relaunch plans a further message to one recipient's first number alone.
func (v *village) relaunch(r store.Recipient) buurtbel.ID {
	v.t.Helper()
	m := v.message(v.alert(), buurtbel.KindLaunch)
	v.write(func(tx *store.Tx) error {
		if err := tx.InsertMessage(m, []buurtbel.ID{r.Member}); err != nil {
			return err
		}
		step := store.RecipientStep{ID: v.db.NewID(), Step: r.Steps[0].Step}
		if err := tx.InsertRecipients(m.ID, m.Expires, []store.Recipient{{ID: v.db.NewID(), Member: r.Member, Steps: []store.RecipientStep{step}}}); err != nil {
			return err
		}
		return tx.Advance(m.ID, 0, 1)
	})
	return m.ID
}

func TestAStoppedContactPointIsNotSentTo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		m, list := v.launch(v.alert(), buurtbel.KindLaunch)
		other := settle(t, db, 0)
		other.write(func(tx *store.Tx) error {
			moved, err := tx.MoveContact(v.members[0].Contacts[0].ID, buurtbel.ContactOK, buurtbel.ContactStopped)
			if moved {
				t.Error("another zone moved it")
			}
			return err
		})
		v.write(func(tx *store.Tx) error { // STOP comes between plan and claim
			moved, err := tx.MoveContact(v.members[0].Contacts[0].ID, buurtbel.ContactOK, buurtbel.ContactStopped)
			if !moved {
				t.Error("not moved")
			}
			return err
		})
		if work := v.claim(m, buurtbel.SMS, 9); len(work) != 0 {
			t.Fatalf("claimed %+v", work)
		}
		if got := v.delivery(list[0].Steps[0].ID); got.State != "failed" || got.Reason != "opted-out" || got.Open != 0 {
			t.Errorf("got %+v", got)
		}
		if n := v.count(`select count(*) from attempt`); n != 0 {
			t.Errorf("%d attempts were begun", n)
		}
		if work := v.claim(m, buurtbel.SMS, 9); len(work) != 1 || work[0].Rank != 1 {
			t.Errorf("the next number: %+v", work)
		}
		v.read(func(tx *store.Tx) error {
			lost, err := tx.LostContacts(v.network, db.Now().Add(-time.Hour))
			if len(lost) != 1 || lost[0].State != buurtbel.ContactStopped {
				t.Errorf("lost %+v", lost)
			}
			return err
		})
	})
}

func TestADamagedAddressHoldsNobodyBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 2)
		m, list := v.launch(v.alert(), buurtbel.KindLaunch)
		v.write(func(tx *store.Tx) error {
			_, err := tx.Raw(`update contact set address = (select address from contact where id = $1) where id = $2`, int64(v.members[1].Contacts[0].ID), int64(v.members[0].Contacts[0].ID))
			return err
		})
		work := v.claim(m, buurtbel.SMS, 9)
		if len(work) != 1 || work[0].To != mobileOf(1) {
			t.Errorf("claimed %+v", work)
		}
		if got := v.delivery(list[0].Steps[0].ID); got.State != "failed" || got.Reason != "other" {
			t.Errorf("got %+v", got)
		}
	})
}

func TestRecordingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		m, list := v.launch(v.alert(), buurtbel.KindLaunch)
		w := v.claim(m, buurtbel.SMS, 9)[0]
		if n, err := heard(v, list[0].ID, w.Delivery); err != nil || !n {
			t.Fatalf("heard: %t %v", n, err)
		}
		for range 2 { // the outcome of an attempt that the member has confirmed meanwhile
			v.record(v.settled(w, buurtbel.SMS, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Rejected}))
		}
		if got := v.state(w.Delivery); got != buurtbel.Heard {
			t.Errorf("got %s", got)
		}
		if got := v.state(list[0].Steps[1].ID); got != buurtbel.NotNeeded {
			t.Errorf("the second number is %s", got)
		}
	})
}

func heard(v *village, recipient, delivery buurtbel.ID) (ok bool, err error) {
	err = v.db.Write(v.t.Context(), v.scope, func(tx *store.Tx) (err error) {
		ok, err = tx.Heard(recipient, delivery)
		return err
	})
	return ok, err
}

func TestAStopFreezes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 3)
		alert := v.alert()
		m, list := v.launch(alert, buurtbel.KindLaunch)
		half := v.message(alert, buurtbel.KindUpdate)
		waiting := v.message(alert, buurtbel.KindUpdate)
		waiting.State = buurtbel.MessageWaiting
		correction := v.message(alert, buurtbel.KindCorrection)
		v.write(func(tx *store.Tx) error {
			for _, m := range []*buurtbel.Message{half, waiting, correction} {
				if err := tx.InsertMessage(m, v.ids()); err != nil {
					return err
				}
			}
			return tx.Advance(half.ID, 0, 1)
		})
		work := v.claim(m, buurtbel.SMS, 1)
		v.write(func(tx *store.Tx) error {
			n, err := tx.StopMessages(alert)
			if n != 3 {
				t.Errorf("%d stopped", n)
			}
			return err
		})
		if got := v.claim(m, buurtbel.SMS, 9); len(got) != 0 {
			t.Errorf("claimed after the stop: %+v", got)
		}
		err := db.Write(t.Context(), v.scope, func(tx *store.Tx) error { return tx.Advance(half.ID, 1, 3) })
		if buurtbel.KindOf(err) != buurtbel.Conflict {
			t.Errorf("the cursor moved after the stop: %v", err)
		}
		v.read(func(tx *store.Tx) error {
			if c, err := tx.Message(correction.ID); err != nil || c.State != buurtbel.MessageRunning {
				t.Errorf("who was reached must hear the correction: %v, %v", c, err)
			}
			flying, err := tx.StillReaching(alert, correction.ID)
			if !flying {
				t.Error("an attempt is open")
			}
			return err
		})
		v.record(v.settled(work[0], buurtbel.SMS, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Rejected})) // frees the second number after the stop
		closed := int64(0)
		for n := int64(1); n > 0; closed += n {
			v.write(func(tx *store.Tx) (err error) {
				n, err = tx.CloseQueued(m, buurtbel.Stopped, 2)
				return err
			})
		}
		if closed != 8 {
			t.Errorf("%d closed", closed)
		}
		i := slices.IndexFunc(list, func(r store.Recipient) bool { return r.ID == work[0].Recipient })
		for k, r := range list {
			want := []buurtbel.DeliveryState{buurtbel.Stopped, buurtbel.NotNeeded, buurtbel.Stopped}
			if k == i {
				want = []buurtbel.DeliveryState{buurtbel.Failed, buurtbel.Stopped, buurtbel.Stopped} // the second number was wanted, and was stopped
			}
			var got []buurtbel.DeliveryState
			for _, s := range r.Steps {
				got = append(got, v.state(s.ID))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		}
		v.read(func(tx *store.Tx) error {
			flying, err := tx.StillReaching(alert, correction.ID)
			if flying {
				t.Error("nothing is in flight")
			}
			return err
		})
	})
}

func TestAnExpiredMessageIsNotClaimed(t *testing.T) {
	clocked(t, 2, func(t *testing.T, v *village, now *time.Time) {
		alert := v.alert()
		m, list := v.launch(alert, buurtbel.KindLaunch)
		w := v.claim(m, buurtbel.SMS, 1)[0]
		*now = now.Add(time.Hour)
		if work := v.claim(m, buurtbel.SMS, 9); len(work) != 0 {
			t.Errorf("claimed after it expired: %+v", work)
		}
		v.record(v.settled(w, buurtbel.SMS, handedOver, "a"))
		v.write(func(tx *store.Tx) error {
			if _, err := tx.CloseQueued(m, buurtbel.Expired, 100); err != nil {
				return err
			}
			n, err := tx.CloseHandedOver(m, 100)
			if n != 1 {
				t.Errorf("%d handed-over deliveries became final", n)
			}
			return err
		})
		got := map[buurtbel.DeliveryState]int{}
		for _, r := range list {
			for _, s := range r.Steps {
				got[v.state(s.ID)]++
			}
		}
		if diff := cmp.Diff(map[buurtbel.DeliveryState]int{buurtbel.HandedOver: 1, buurtbel.Expired: 3, buurtbel.NotNeeded: 2}, got); diff != "" {
			t.Error(diff)
		}
		v.write(func(tx *store.Tx) error {
			if open, err := tx.OpenDeliveries(m); err != nil || open {
				t.Errorf("open: %t, %v", open, err)
			}
			ok, err := tx.FinishMessage(m)
			if !ok {
				t.Error("not finished")
			}
			return err
		})
		v.receipts(receipt("a", buurtbel.Delivered)) // a receipt after all that is still news
		if s := v.state(w.Delivery); s != buurtbel.Delivered {
			t.Errorf("got %s", s)
		}
	})
}

func TestWhatWaitsForMorningIsDueThen(t *testing.T) {
	clocked(t, 1, func(t *testing.T, v *village, now *time.Time) {
		m := v.message(v.alert(), buurtbel.KindLaunch)
		list := v.plan()
		morning := now.Add(30 * time.Minute)
		for i := range list[0].Steps {
			list[0].Steps[i].NotBefore = morning
		}
		v.write(func(tx *store.Tx) error {
			if err := tx.InsertMessage(m, v.ids()); err != nil {
				return err
			}
			return tx.InsertRecipients(m.ID, m.Expires, list)
		})
		if work := v.claim(m.ID, buurtbel.SMS, 9); len(work) != 0 {
			t.Errorf("claimed early: %+v", work)
		}
		v.read(func(tx *store.Tx) error {
			due, err := tx.NextDue(m.ID, buurtbel.SMS)
			if !due.Equal(morning) {
				t.Errorf("due %s, want %s", due, morning)
			}
			if due, err := tx.NextDue(m.ID, buurtbel.Voice); err != nil || !due.IsZero() {
				t.Errorf("due %s, %v", due, err)
			}
			tally, err2 := tx.Tally(m.ID)
			if err2 == nil && tally.Waiting != 1 {
				t.Errorf("%d wait until the morning", tally.Waiting)
			}
			if err == nil {
				err = err2
			}
			return err
		})
		*now = morning
		if work := v.claim(m.ID, buurtbel.SMS, 9); len(work) != 1 {
			t.Errorf("claimed %+v", work)
		}
	})
}
