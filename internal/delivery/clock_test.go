package delivery_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/delivery"
	"github.com/buurtbel/buurtbel/internal/store"
)

// wall is the real clock with an offset that a test moves.
type wall struct{ offset atomic.Int64 }

func (w *wall) now() time.Time { return time.Now().Round(0).Add(time.Duration(w.offset.Load())) }

func TestClockPutBackWhileRunningHoldsNothingBack(t *testing.T) {
	eachOf(t, func(t *testing.T, open func(int, func() time.Time) *store.DB) {
		w := &wall{}
		db := open(0, w.now)
		v := settle(t, db, 60)
		var once sync.Map
		c := &sleeper{carrier: carrier{seen: map[string]int{}, answer: func(m *channel.Message) channel.Result {
			if _, again := once.LoadOrStore(m.To, true); !again && m.To < number(30) { // half of them are tried again a little later
				return channel.Result{Failure: &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, After: 5 * time.Second}}
			}
			return channel.Result{Refs: []string{"r" + m.Delivery.String()}, Parts: 1}
		}}, asked: make(chan struct{})}
		d := dispatcher(t, db, c)
		ctx, stop := context.WithCancel(t.Context())
		var ended sync.WaitGroup
		ended.Go(func() {
			if err := d.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		defer ended.Wait()
		defer stop()
		<-c.asked
		m := launch(t, db, v) // due now, while the carrier is down
		c.up.Store(true)
		until(t, db, "the first tries", func() bool { return len(c.counts()) == 60 })
		until(t, db, "half of them handed over", func() bool { return tally(t, db, v, m).Members[buurtbel.HandedOver] == 30 })
		c.up.Store(false)
		later := launch(t, db, v)
		w.offset.Store(int64(-time.Hour))
		c.up.Store(true)
		until(t, db, "all of both handed over", func() bool {
			return tally(t, db, v, m).Members[buurtbel.HandedOver] == 60 && tally(t, db, v, later).Members[buurtbel.HandedOver] == 60
		})
	})
}

func TestWhatWaitsForTheMorningGoesOnWaitingWhenTheClockIsPutBack(t *testing.T) {
	eachOf(t, func(t *testing.T, open func(int, func() time.Time) *store.DB) {
		w := &wall{}
		db := open(0, w.now)
		v := settle(t, db, 10)
		m := launch(t, db, v)
		then := db.Now().Add(time.Minute)
		scope := buurtbel.Scope{Zone: v.zone.ID}
		write := func(f func(tx *store.Tx) error) {
			t.Helper()
			if err := db.Write(t.Context(), scope, f); err != nil {
				t.Fatal(err)
			}
		}
		w.offset.Store(int64(-time.Hour))
		write(func(tx *store.Tx) error {
			n, err := tx.PullDue(m, then, 100)
			if n != 10 {
				t.Errorf("%d deliveries were due before, want 10: further numbers wait for the end", n)
			}
			return err
		})
		write(func(tx *store.Tx) error {
			reached, err := tx.PullRetries(m, then, then, 100)
			if !reached.IsZero() {
				t.Errorf("something that was never tried came forward, up to %s", reached)
			}
			return err
		})
	})
}

func TestNodesWithDifferentClocksAreBothAliveAndInheritFromEachOther(t *testing.T) {
	for _, skew := range []time.Duration{30 * time.Second, -30 * time.Second} {
		eachOf(t, func(t *testing.T, open func(int, func() time.Time) *store.DB) {
			ahead := &wall{}
			ahead.offset.Store(int64(skew))
			db, other := open(1, nil), open(2, ahead.now)
			v := settle(t, db, 40)
			held := &heldCarrier{free: make(chan struct{})}
			ctx, stop := context.WithCancel(t.Context())
			var ended sync.WaitGroup
			run := func(db *store.DB, c channel.Sender) {
				d := dispatcher(t, db, c)
				ended.Go(func() {
					if err := d.Run(ctx); err != nil {
						t.Error(err)
					}
				})
			}
			run(other, held)
			until(t, other, "the other node is at work", func() bool { return len(nodes(t, db)) == 1 })
			m := launch(t, other, v)
			until(t, db, "the other node holds all", func() bool { return held.held.Load() == 40 })
			c := &carrier{seen: map[string]int{}}
			run(db, c)
			from := time.Now()
			until(t, db, "many heartbeats", func() bool { return time.Since(from) > 5*time.Second })
			if n := len(c.counts()); n != 0 {
				t.Errorf("%d attempts of a living node were taken over", n)
			}
			stop() // both end: the held one when its carrier has answered
			close(held.free)
			ended.Wait()
			if got := tally(t, db, v, m).Members[buurtbel.HandedOver]; got != 40 {
				t.Errorf("%d are handed over, want 40", got)
			}
		})
	}
}

func nodes(t *testing.T, db *store.DB) []store.Node {
	t.Helper()
	var list []store.Node
	if err := db.Read(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		list, err = tx.Nodes()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWorkOfADeadNodeWhoseClockWasAheadIsDueNow(t *testing.T) {
	eachOf(t, func(t *testing.T, open func(int, func() time.Time) *store.DB) {
		ahead := &wall{}
		ahead.offset.Store(int64(30 * time.Second))
		db, dead := open(1, nil), open(2, ahead.now)
		v := settle(t, db, 200)
		m := launch(t, dead, v) // due by the clock of the node that dies
		err := dead.Write(t.Context(), buurtbel.Scope{Zone: v.zone.ID}, func(tx *store.Tx) error {
			if err := tx.TakeNode(dead.Now(), map[string]int{"test": 0}); err != nil {
				return err
			}
			return tx.Later("work", 7, tx.Now())
		})
		if err != nil {
			t.Fatal(err)
		}
		begin(t, dead, v, m) // a hundred
		c := &carrier{seen: map[string]int{}}
		start(t, db, c, false)
		until(t, db, "all handed over", func() bool { return tally(t, db, v, m).Members[buurtbel.HandedOver] == 200 })
		if next := nextTask(t, db); next.After(db.Now()) {
			t.Errorf("a task of the dead node is due in %s", next.Sub(db.Now()))
		}
	})
}

func nextTask(t *testing.T, db *store.DB) (next time.Time) {
	t.Helper()
	if err := db.Read(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		next, err = tx.NextTask()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return next
}

func TestProcessEndsWhenAnotherWorksAsItsNode(t *testing.T) {
	eachOf(t, func(t *testing.T, open func(int, func() time.Time) *store.DB) {
		db, second := open(1, nil), open(1, nil)
		d := dispatcher(t, db, &carrier{seen: map[string]int{}})
		done := make(chan error, 1)
		go func() { done <- d.Run(t.Context()) }()
		until(t, db, "it is at work", func() bool { return len(nodes(t, db)) == 1 })
		if err := second.Write(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) error { return tx.TakeNode(second.Now(), nil) }); err != nil {
			t.Fatal(err)
		}
		if err := <-done; buurtbel.KeyOf(err) != "error.store.in-use" {
			t.Errorf("it ended with: %v", err)
		}
	})
}

func TestTwoNodesShareTheLinesOfATrunk(t *testing.T) {
	eachOf(t, func(t *testing.T, open func(int, func() time.Time) *store.DB) {
		db, other := open(1, nil), open(2, nil)
		if db.Engine() == store.SQLite {
			return // one process; its heartbeat is slower
		}
		v := settle(t, db, 60)
		p := newTrunk(7) // one trunk, seen by both
		startLanes(t, db, delivery.Lane{Channel: buurtbel.Voice, Carrier: "trunk", Sender: p})
		until(t, db, "the first node", func() bool { return len(nodes(t, db)) == 1 })
		m := launchBy(t, db, v, buurtbel.Voice)
		for range 7 {
			<-p.ringing // alone it has all lines
		}
		startLanes(t, other, delivery.Lane{Channel: buurtbel.Voice, Carrier: "trunk", Sender: p})
		beats := time.Now()
		until(t, other, "the second node may take its share", func() bool { return time.Since(beats) > 2*time.Second })
		for range 60 {
			p.answer <- channel.Result{State: buurtbel.Heard, Seconds: 10}
		}
		until(t, db, "all heard", func() bool { return tally(t, db, v, m).Members[buurtbel.Heard] == 60 })
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.most > 7 {
			t.Errorf("%d calls were out at once on 7 lines", p.most)
		}
	})
}
