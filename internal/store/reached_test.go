package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// Rule 2's set: an attempt on any contact point was handed over or is uncertain, whatever came after; who is in flight comes when it settles.
func TestReachedIsExactlyWhoWasReached(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 12)
		alert := v.alert()
		m, list := v.launch(alert, buurtbel.KindLaunch)
		work := map[buurtbel.ID]store.Work{}
		for _, w := range v.claim(m, buurtbel.SMS, 99) {
			work[w.Recipient] = w
		}
		outcome := func(i int, o buurtbel.Outcome, refs ...string) {
			v.record(v.settled(work[list[i].ID], buurtbel.SMS, o, refs...))
		}
		outcome(0, handedOver, "r0")
		outcome(1, handedOver, "r1")
		v.receipts(receipt("r1", buurtbel.Delivered))
		outcome(2, handedOver, "r2")
		v.receipts(receipt("r2", buurtbel.Failed)) // was handed over all the same
		outcome(3, buurtbel.Outcome{State: buurtbel.Uncertain})
		outcome(4, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Rejected})
		outcome(5, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Unreachable, Temporary: true})
		if _, err := heard(v, list[6].ID, work[list[6].ID].Delivery); err != nil { // answered before the carrier did
			t.Fatal(err)
		}
		outcome(7, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Rejected})
		second := v.claim(m, buurtbel.SMS, 99) // the second numbers of 4 and 7, and the retry of 3
		for _, w := range second {
			if w.Recipient == list[7].ID {
				v.record(v.settled(w, buurtbel.SMS, buurtbel.Outcome{State: buurtbel.HandedOver}))
			}
		}
		mail := v.claim(m, buurtbel.Email, 99)
		for _, w := range mail {
			switch w.Recipient {
			case list[8].ID:
				v.record(v.settled(w, buurtbel.Email, buurtbel.Outcome{State: buurtbel.HandedOver}))
			case list[9].ID:
				s := v.settled(w, buurtbel.Email, buurtbel.Outcome{})
				s.Withdrawn, s.Move = true, buurtbel.Move{State: buurtbel.Stopped} // not a byte was written
				v.record(s)
			}
		}
		following := v.message(alert, buurtbel.KindFeedback)
		v.write(func(tx *store.Tx) error { return tx.InsertMessage(following, nil) })
		check := func(want ...int) {
			t.Helper()
			var got []buurtbel.ID
			v.read(func(tx *store.Tx) (err error) {
				got, err = tx.ReachedBy(m, following.ID, 0, 99)
				return err
			})
			var ids []buurtbel.ID
			for _, i := range want {
				ids = append(ids, v.members[i].ID)
			}
			if diff := cmp.Diff(ids, got); diff != "" {
				t.Errorf("want %v: %s", want, diff)
			}
		}
		check(0, 1, 2, 3, 6, 7, 8)
		outcome(10, buurtbel.Outcome{State: buurtbel.HandedOver}) // what was in flight settles
		check(0, 1, 2, 3, 6, 7, 8, 10)
		v.write(func(tx *store.Tx) error { // those who are recipients already do not come again
			return tx.InsertRecipients(following.ID, following.Expires, []store.Recipient{{ID: db.NewID(), Member: v.members[0].ID}, {ID: db.NewID(), Member: v.members[8].ID}})
		})
		check(1, 2, 3, 6, 7, 10)
	})
}

func TestTallyOfMixtures(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 10)
		m, list := v.launch(v.alert(), buurtbel.KindLaunch)
		states := [][3]string{
			{"failed", "queued", "queued"}, {"failed", "failed", "delivered"}, {"handed-over", "not-needed", "failed"}, {"failed", "failed", "failed"}, {"expired", "not-needed", "failed"},
			{"stopped", "not-needed", "stopped"}, {"sending", "queued", "failed"}, {"uncertain", "not-needed", "delivered"}, {"failed", "failed", "failed"}, {"heard", "not-needed", "not-needed"},
		}
		v.write(func(tx *store.Tx) error {
			for i, three := range states {
				for k, s := range three {
					reason := ""
					if s == "failed" {
						reason = "rejected"
					}
					open := 0
					if s == "queued" || s == "sending" {
						open = 1
					}
					if _, err := tx.Raw(`update delivery set state = $1, reason = $2, open = $3 where id = $4`, s, reason, open, int64(list[i].Steps[k].ID)); err != nil {
						return err
					}
				}
			}
			if _, err := tx.Raw(`update delivery set doubts = 1 where id = $1`, int64(list[8].Steps[1].ID)); err != nil { // tried with an open end, then failed
				return err
			}
			extra := []store.Recipient{{ID: db.NewID(), Member: 1, Left: buurtbel.LeftByChoice}, {ID: db.NewID(), Member: 2, Left: buurtbel.LeftByChoice}, {ID: db.NewID(), Member: 3, Left: buurtbel.LeftAway}}
			return tx.InsertRecipients(m, db.Now(), extra)
		})
		var got *store.Tally
		v.read(func(tx *store.Tx) (err error) {
			got, err = tx.Tally(m)
			return err
		})
		want := &store.Tally{Units: map[string]int{}, Audience: 10, Expanded: 10, Left: map[buurtbel.Left]int{buurtbel.LeftByChoice: 2, buurtbel.LeftAway: 1},
			Members: map[buurtbel.DeliveryState]int{buurtbel.Queued: 1, buurtbel.Delivered: 2, buurtbel.HandedOver: 1, buurtbel.Failed: 1, buurtbel.Expired: 1, buurtbel.Stopped: 1,
				buurtbel.Sending: 1, buurtbel.Uncertain: 1, buurtbel.Heard: 1},
			Unreached: 3, Open: 2,
			ByChannel: map[buurtbel.Channel]store.ChannelTally{
				buurtbel.SMS: {Deliveries: map[buurtbel.DeliveryState]int{buurtbel.Failed: 7, buurtbel.Queued: 2, buurtbel.HandedOver: 1, buurtbel.NotNeeded: 5, buurtbel.Expired: 1,
					buurtbel.Stopped: 1, buurtbel.Sending: 1, buurtbel.Uncertain: 1, buurtbel.Heard: 1}, Reasons: map[buurtbel.Reason]int{buurtbel.Rejected: 7}},
				buurtbel.Email: {Deliveries: map[buurtbel.DeliveryState]int{buurtbel.Queued: 1, buurtbel.Delivered: 2, buurtbel.Failed: 5, buurtbel.Stopped: 1, buurtbel.NotNeeded: 1},
					Reasons: map[buurtbel.Reason]int{buurtbel.Rejected: 5}}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		total := 0
		for _, n := range got.Members {
			total += n
		}
		if total != got.Audience {
			t.Errorf("%d members of %d are counted", total, got.Audience)
		}
	})
}

func TestTextsRepeatAcrossTheEndOfAStretch(t *testing.T) {
	clocked(t, 0, func(t *testing.T, v *village, now *time.Time) {
		fresh := func(body string) (ok bool) {
			in := &store.Inbound{ID: v.db.NewID(), Carrier: "c", Channel: buurtbel.SMS, From: mobileOf(1), To: mobileOf(2), Body: body}
			v.write(func(tx *store.Tx) (err error) {
				ok, err = tx.InsertInbound(in)
				return err
			})
			return ok
		}
		*now = now.Truncate(store.RepeatsFor).Add(store.RepeatsFor - time.Second)
		if !fresh("ja") {
			t.Error("the first is not fresh")
		}
		*now = now.Add(2 * time.Second)
		if fresh("ja") {
			t.Error("a repetition just after the end of the stretch is fresh")
		}
		if !fresh("nee") {
			t.Error("another text is not fresh")
		}
		*now = now.Add(store.RepeatsFor)
		if !fresh("ja") {
			t.Error("the same word much later is not fresh")
		}
	})
}
