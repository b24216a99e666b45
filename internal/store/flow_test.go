package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

func (v *village) receipts(list ...store.Receipt) []store.Matched {
	v.t.Helper()
	var out []store.Matched
	err := v.db.Write(v.t.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		out, err = tx.ApplyReceipts(list)
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return out
}

func receipt(ref string, state buurtbel.DeliveryState) store.Receipt {
	r := store.Receipt{Carrier: "carrier", Ref: ref, Outcome: buurtbel.Outcome{State: state}, Code: "stat:" + string(state)}
	if state == buurtbel.Failed {
		r.Outcome.Reason = buurtbel.Unreachable
	}
	return r
}

// clocked gives a village on each engine with a clock that the test moves.
func clocked(t *testing.T, n int, test func(t *testing.T, v *village, now *time.Time)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
			db := storetest.Open(t, engine, func() time.Time { return now })
			test(t, settle(t, db, n), &now)
		})
	}
}

func TestReceiptAfterTheAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		m, list := v.launch(v.alert(), buurtbel.KindLaunch)
		w := v.claim(m, buurtbel.SMS, 9)[0]
		v.record(v.settled(w, buurtbel.SMS, handedOver, "a"))
		second := list[0].Steps[1].ID
		if got := v.delivery(w.Delivery); got.State != "handed-over" || got.Open != 1 {
			t.Fatalf("got %+v", got)
		}
		if got := v.state(second); got != buurtbel.Queued {
			t.Errorf("the second number is %s while the first may still fail", got)
		}
		matched := v.receipts(receipt("a", buurtbel.HandedOver)) // on its way: changes nothing
		if len(matched) != 1 || matched[0].Changed {
			t.Errorf("got %+v", matched)
		}
		matched = v.receipts(receipt("a", buurtbel.Delivered))
		if len(matched) != 1 || !matched[0].Changed || matched[0].Zone != v.zone || matched[0].Message != m {
			t.Errorf("got %+v", matched)
		}
		if got := v.delivery(w.Delivery); got.State != "delivered" || got.Open != 0 {
			t.Errorf("got %+v", got)
		}
		if got := v.state(second); got != buurtbel.NotNeeded {
			t.Errorf("the second number is %s after the first was reached", got)
		}
		for _, again := range []buurtbel.DeliveryState{buurtbel.Delivered, buurtbel.Failed} {
			if matched = v.receipts(receipt("a", again)); matched[0].Changed {
				t.Errorf("a second receipt, %s, changed something", again)
			}
		}
		if got := v.state(w.Delivery); got != buurtbel.Delivered {
			t.Errorf("what was known better was overwritten: %s", got)
		}
		if n := v.count(`select count(*) from attempt where state = 'delivered' and code = 'stat:delivered'`); n != 1 {
			t.Error("the attempt does not say that it was delivered")
		}
	})
}

func TestReceiptsOfOneBatchFollowEachOther(t *testing.T) {
	for name, order := range map[string][]buurtbel.DeliveryState{
		"failed, then delivered": {buurtbel.Failed, buurtbel.Delivered}, "delivered, then failed": {buurtbel.Delivered, buurtbel.Failed},
		"many": {buurtbel.HandedOver, buurtbel.Failed, buurtbel.Failed, buurtbel.Delivered, buurtbel.Delivered, buurtbel.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				v := settle(t, db, 1)
				m, list := v.launch(v.alert(), buurtbel.KindLaunch)
				w := v.claim(m, buurtbel.SMS, 9)[0]
				v.record(v.settled(w, buurtbel.SMS, handedOver, "a"))
				var batch []store.Receipt
				for _, s := range order {
					batch = append(batch, receipt("a", s))
				}
				changed := 0
				for _, m := range v.receipts(batch...) {
					if m.Changed {
						changed++
					}
				}
				if got := v.state(w.Delivery); got != buurtbel.Delivered || changed != 1 {
					t.Errorf("%s, %d changed it", got, changed)
				}
				if got := v.state(list[0].Steps[1].ID); got != buurtbel.NotNeeded {
					t.Errorf("the second number is %s", got)
				}
				if n := v.count(`select count(*) from attempt where state = 'delivered'`); n != 1 {
					t.Error("the attempt does not say that it was delivered")
				}
			})
		})
	}
}

func TestReceiptBeforeTheAnswer(t *testing.T) {
	clocked(t, 1, func(t *testing.T, v *village, now *time.Time) {
		m, _ := v.launch(v.alert(), buurtbel.KindLaunch)
		w := v.claim(m, buurtbel.SMS, 9)[0]
		for range 2 { // and twice, as carriers do
			if matched := v.receipts(receipt("a", buurtbel.Delivered)); len(matched) != 0 {
				t.Errorf("matched %+v", matched)
			}
		}
		if n := v.count(`select count(*) from early_receipt`); n != 1 {
			t.Errorf("%d kept", n)
		}
		v.record(v.settled(w, buurtbel.SMS, handedOver, "a"))
		var list []store.Receipt
		v.write(func(tx *store.Tx) (err error) {
			list, _, err = tx.DueEarly(10)
			return err
		})
		if len(list) != 1 || !list[0].At.Equal(*now) {
			t.Fatalf("recording the answer made %+v due", list)
		}
		v.receipts(list...)
		if got := v.state(w.Delivery); got != buurtbel.Delivered {
			t.Errorf("got %s", got)
		}
	})
}

func TestUnknownReceiptIsGivenUp(t *testing.T) {
	clocked(t, 0, func(t *testing.T, v *village, now *time.Time) {
		v.receipts(receipt("nobody's \x00\xff", buurtbel.Delivered), receipt("", buurtbel.HandedOver))
		tries, unknown := 0, 0
		start := *now
		for unknown == 0 && tries < 100 {
			*now = now.Add(time.Hour)
			v.write(func(tx *store.Tx) error {
				list, n, err := tx.DueEarly(10)
				unknown += n
				if len(list) > 0 {
					t.Errorf("matched %+v", list)
				}
				return err
			})
			tries++
		}
		if unknown != 1 || v.count(`select count(*) from early_receipt`) != 0 {
			t.Errorf("%d given up", unknown)
		}
		if tries != store.EarlyTries+1 || now.Sub(start) < time.Hour {
			t.Errorf("given up after %d tries, %s", tries, now.Sub(start))
		}
	})
}

func TestPartsAreDeliveredTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 3)
		m, list := v.launch(v.alert(), buurtbel.KindLaunch)
		work := v.claim(m, buurtbel.SMS, 9)
		for i, w := range work {
			v.record(v.settled(w, buurtbel.SMS, handedOver, fmt.Sprintf("%da", i), fmt.Sprintf("%db", i)))
		}
		step := func(ref string, state, want buurtbel.DeliveryState) {
			t.Helper()
			v.receipts(receipt(ref, state))
			if got := v.state(work[ref[0]-'0'].Delivery); got != want {
				t.Errorf("after %s of %s: %s, want %s", state, ref, got, want)
			}
		}
		step("0b", buurtbel.Delivered, buurtbel.HandedOver)
		step("0b", buurtbel.Delivered, buurtbel.HandedOver) // the same part again is not the other one
		step("0a", buurtbel.HandedOver, buurtbel.HandedOver)
		step("0a", buurtbel.Delivered, buurtbel.Delivered)
		step("1a", buurtbel.Delivered, buurtbel.HandedOver)
		step("1b", buurtbel.Failed, buurtbel.Failed)
		step("1b", buurtbel.HandedOver, buurtbel.Failed)
		step("1b", buurtbel.Delivered, buurtbel.Delivered) // it came after all
		if n := v.count(`select count(*) from attempt where state = 'delivered'`); n != 2 {
			t.Errorf("%d attempts are delivered", n)
		}
		v.receipts(receipt("2a", buurtbel.Delivered), receipt("2b", buurtbel.Delivered)) // both in one batch
		if got := v.state(work[2].Delivery); got != buurtbel.Delivered {
			t.Errorf("both parts in one batch: %s", got)
		}
		v.receipts(receipt("2a", buurtbel.Failed))
		if got := v.state(work[2].Delivery); got != buurtbel.Delivered {
			t.Errorf("a late failure of a part: %s", got)
		}
		if got := v.delivery(list[1].Steps[1].ID); got.State != "not-needed" {
			t.Errorf("the second number of whom the last part reached after all is %+v", got)
		}
	})
}

func TestAFailedPartIsToldWithTheAttempt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		m, _ := v.launch(v.alert(), buurtbel.KindLaunch)
		v.record(v.settled(v.claim(m, buurtbel.SMS, 9)[0], buurtbel.SMS, handedOver, "a", "b"))
		v.receipts(receipt("b", buurtbel.Failed))
		if n := v.count(`select count(*) from attempt where state = 'failed' and reason = 'unreachable'`); n != 1 {
			t.Error("the attempt does not say that it failed")
		}
	})
}

func TestFallbackInTheMembersOrder(t *testing.T) {
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

func TestUncertainThenReceipt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		m, list := v.launch(v.alert(), buurtbel.KindLaunch)
		w := v.claim(m, buurtbel.SMS, 9)[0]
		var left []store.Unsettled
		v.read(func(tx *store.Tx) (err error) {
			left, err = tx.UnsettledOf(0, db.Now().Add(time.Hour), 9)
			return err
		})
		if len(left) != 1 || left[0].Delivery != w.Delivery || left[0].Carrier != "carrier" || left[0].Number != 1 || !left[0].More {
			t.Fatalf("got %+v", left)
		}
		v.record(v.settled(w, buurtbel.SMS, buurtbel.Outcome{State: buurtbel.Uncertain}))
		if got := v.delivery(w.Delivery); got.State != "queued" || got.Open != 1 {
			t.Fatalf("once more: %+v", got)
		}
		again := v.claim(m, buurtbel.SMS, 9)
		if len(again) != 1 || again[0].Number != 2 || again[0].Doubts != 1 {
			t.Fatalf("got %+v", again)
		}
		again[0].Doubts = buurtbel.MostDoubts // the last that is followed by nothing
		v.record(v.settled(again[0], buurtbel.SMS, buurtbel.Outcome{State: buurtbel.Uncertain}, "late"))
		if got := v.delivery(w.Delivery); got.State != "uncertain" || got.Open != 0 {
			t.Fatalf("left as it is: %+v", got)
		}
		if got := v.state(list[0].Steps[1].ID); got != buurtbel.NotNeeded {
			t.Errorf("the second number is %s", got)
		}
		v.receipts(receipt("late", buurtbel.Delivered))
		if got := v.state(w.Delivery); got != buurtbel.Delivered {
			t.Errorf("got %s", got)
		}
	})
}

// A process that was slow brings its outcome after another node called the attempt uncertain and began the next one.
func TestASlowProcessDoesNotDecideAboutALaterAttempt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		m, list := v.launch(v.alert(), buurtbel.KindLaunch)
		w := v.claim(m, buurtbel.SMS, 9)[0]
		v.record(v.settled(w, buurtbel.SMS, buurtbel.Outcome{State: buurtbel.Uncertain}))
		again := v.claim(m, buurtbel.SMS, 9)[0]
		v.record(v.settled(w, buurtbel.SMS, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Rejected}))
		if got := v.state(w.Delivery); got != buurtbel.Sending {
			t.Fatalf("an old failure made it %s", got)
		}
		if got := v.claim(m, buurtbel.SMS, 9); len(got) != 0 {
			t.Errorf("an old failure freed the next number: %+v", got)
		}
		v.record(v.settled(again, buurtbel.SMS, buurtbel.Outcome{State: buurtbel.HandedOver}, "b"))
		if got := v.state(w.Delivery); got != buurtbel.HandedOver {
			t.Errorf("got %s", got)
		}
		if got := v.state(list[0].Steps[1].ID); got != buurtbel.NotNeeded {
			t.Errorf("the second number is %s", got)
		}
	})
}

// The same, but the late outcome is good news that comes before the next attempt was begun: no double is sent.
func TestLateGoodNewsSparesADouble(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		m, _ := v.launch(v.alert(), buurtbel.KindLaunch)
		w := v.claim(m, buurtbel.SMS, 9)[0]
		v.record(v.settled(w, buurtbel.SMS, buurtbel.Outcome{State: buurtbel.Uncertain}))
		v.record(v.settled(w, buurtbel.SMS, handedOver, "late"))
		if got := v.delivery(w.Delivery); got.State != "handed-over" || got.Open != 1 {
			t.Errorf("got %+v", got)
		}
		if work := v.claim(m, buurtbel.SMS, 9); len(work) != 0 {
			t.Errorf("a double: %+v", work)
		}
		v.receipts(receipt("late", buurtbel.Delivered))
		if got := v.state(w.Delivery); got != buurtbel.Delivered {
			t.Errorf("the receipt found %s", got)
		}
	})
}

func TestRecordingTwiceChangesNothing(t *testing.T) {
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
