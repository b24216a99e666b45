package store_test

import (
	"fmt"
	"testing"
	"time"

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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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

func TestUncertainThenReceipt(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
