package store_test

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

func TestATaskIsTakenOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		for i := range 40 {
			v.write(func(tx *store.Tx) error { return tx.Later("work", buurtbel.ID(i+1), db.Now()) })
			v.write(func(tx *store.Tx) error { return tx.Later("work", buurtbel.ID(i+1), db.Now()) })
		}
		taken := v.drained(func(tx *store.Tx) (out []buurtbel.ID, err error) {
			list, err := tx.TakeTasks(3)
			for _, task := range list {
				out = append(out, task.Subject)
			}
			return out, err
		})
		if len(taken) < 36 { // a writer may end while another still holds locks
			t.Errorf("%d tasks were taken", len(taken))
		}
		for id, n := range taken {
			if n != 1 {
				t.Errorf("task %s was taken %d times", id, n)
			}
		}
	})
}

// A message is finished once, and never while its last slice of the audience is being stored: on PostgreSQL the closing statement waits for
// that transaction, and must then see what it wrote.
func TestAMessageIsNotFinishedWhileItsAudienceGrows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 2)
		m := v.message(v.alert(), buurtbel.KindLaunch)
		v.write(func(tx *store.Tx) error { return tx.InsertMessage(m, v.ids()) })
		list := v.plan()
		holding, done := make(chan struct{}), make(chan error, 1)
		go func() {
			done <- db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				if err := tx.Advance(m.ID, 0, 2); err != nil {
					return err
				}
				close(holding)
				waitForWaiter(t, db)
				return tx.InsertRecipients(m.ID, m.Expires, list)
			})
		}()
		<-holding
		var finished bool
		v.write(func(tx *store.Tx) (err error) {
			finished, err = tx.FinishMessage(m.ID)
			return err
		})
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if finished {
			t.Error("finished with open deliveries")
		}
	})
}

func TestAMessageIsFinishedOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		m, _ := v.launch(v.alert(), buurtbel.KindLaunch)
		finish := func() (ok bool) {
			v.write(func(tx *store.Tx) (err error) {
				ok, err = tx.FinishMessage(m)
				return err
			})
			return ok
		}
		if finish() {
			t.Fatal("finished with open deliveries")
		}
		v.write(func(tx *store.Tx) error {
			_, err := tx.CloseQueued(m, buurtbel.Expired, 100)
			return err
		})
		if n := v.wins(v.scope, func(tx *store.Tx, _ int) (bool, error) { return tx.FinishMessage(m) }); n != 1 {
			t.Errorf("finished %d times", n)
		}
		stopped := v.message(v.alert(), buurtbel.KindLaunch)
		v.write(func(tx *store.Tx) error {
			if err := tx.InsertMessage(stopped, nil); err != nil {
				return err
			}
			return tx.StopMessage(stopped.ID)
		})
		m = stopped.ID
		if first, second := finish(), finish(); !first || second {
			t.Errorf("a stopped message was closed: %t, and again: %t", first, second)
		}
		following := v.message(v.alert(), buurtbel.KindCorrection)
		following.Follows = buurtbel.FollowReached
		v.write(func(tx *store.Tx) error { return tx.InsertMessage(following, nil) })
		m = following.ID
		if finish() {
			t.Error("a correction was finished before it knew whom to tell")
		}
	})
}

// Two messages of an alert that end at the same moment: one of the two closers must see that nothing is open any more.
func TestTheLastMessageIsSeenAsTheLast(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		for range 6 {
			alert := v.alert()
			var messages [2]*buurtbel.Message
			for i := range messages {
				messages[i] = v.message(alert, buurtbel.KindUpdate)
				v.write(func(tx *store.Tx) error { return tx.InsertMessage(messages[i], nil) })
			}
			var last, closed, looked atomic.Int64
			var wg sync.WaitGroup
			for _, m := range messages {
				wg.Add(1)
				go func() {
					defer wg.Done()
					err := db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
						if _, err := tx.FinishMessage(m.ID); err != nil {
							return err
						}
						closed.Add(1)
						waitUntil(db, func() bool { return closed.Load() == 2 })
						open, err := tx.AlertOpen(alert)
						if err == nil && !open {
							last.Add(1)
						}
						looked.Add(1)
						waitUntil(db, func() bool { return looked.Load() == 2 })
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}()
			}
			wg.Wait()
			if last.Load() < 1 {
				t.Fatal("nobody saw that the alert is over: it would stay running for ever")
			}
		}
	})
}

// Two nodes that take in the same members at the same moment: each member counts once.
func TestAFollowingAudienceGrowsOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 5)
		m := v.message(v.alert(), buurtbel.KindCorrection)
		m.Follows = buurtbel.FollowReached
		v.write(func(tx *store.Tx) error { return tx.InsertMessage(m, nil) })
		plans := make([][]store.Recipient, 8)
		for i := range plans {
			plans[i] = v.plan()
		}
		once(t, writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				if err := tx.GrowAudience(m.ID, len(plans[i]), false); err != nil {
					return err
				}
				return tx.InsertRecipients(m.ID, m.Expires, plans[i])
			})
		}), buurtbel.Conflict, "error.message.moved")
		v.read(func(tx *store.Tx) error {
			tally, err := tx.Tally(m.ID)
			if err == nil && (tally.Audience != 5 || tally.Expanded != 5) {
				t.Errorf("audience %d, expanded %d", tally.Audience, tally.Expanded)
			}
			return err
		})
	})
}

func TestTheSameTextIsStoredOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		fresh := v.wins(buurtbel.Scope{}, func(tx *store.Tx, _ int) (bool, error) {
			return tx.InsertInbound(&store.Inbound{ID: db.NewID(), Carrier: "carrier", Channel: buurtbel.SMS, From: mobileOf(1), To: mobileOf(2), Body: "ja"})
		})
		if fresh != 1 || v.count(`select count(*) from inbound`) != 1 {
			t.Errorf("%d were fresh", fresh)
		}
		var in *store.Inbound
		v.read(func(tx *store.Tx) error {
			list, err := tx.DueInbound(9)
			if err == nil {
				in = list[0]
			}
			return err
		})
		if in.From != mobileOf(1) || in.Body != "ja" {
			t.Errorf("got %+v", in)
		}
		if n := v.wins(buurtbel.Scope{}, func(tx *store.Tx, _ int) (bool, error) { return tx.SettleInbound(in) }); n != 1 {
			t.Errorf("settled %d times", n)
		}
	})
}

func TestReceiptsAtTheSameMoment(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		m, _ := v.launch(v.alert(), buurtbel.KindLaunch)
		w := v.claim(m, buurtbel.SMS, 9)[0]
		refs := []string{"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"}
		v.record(v.settled(w, buurtbel.SMS, handedOver, refs...))
		changed := v.wins(buurtbel.Scope{}, func(tx *store.Tx, i int) (bool, error) {
			matched, err := tx.ApplyReceipts([]store.Receipt{{Carrier: "carrier", Ref: refs[i], Outcome: buurtbel.Outcome{State: buurtbel.Delivered}}})
			return slices.ContainsFunc(matched, func(m store.Matched) bool { return m.Changed }), err
		})
		if got := v.state(w.Delivery); got != buurtbel.Delivered || changed != 1 {
			t.Errorf("%s after eight parts arrived at once; %d changed it", got, changed)
		}
	})
}

func TestNodesStartTogether(t *testing.T) {
	t.Parallel()
	c, ring := storetest.Bare(t, store.Postgres), storetest.Ring(t)
	raced(t, func(i int) error {
		mine := c
		mine.Node = i
		db, err := store.Open(t.Context(), mine, store.Options{Ring: ring, Now: time.Now, Logger: quiet()})
		if err != nil {
			return err
		}
		return db.Close()
	})
}
