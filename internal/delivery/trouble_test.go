package delivery_test

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/delivery"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// eachOf runs a test on every engine with a way to open one and the same database several times.
func eachOf(t *testing.T, test func(t *testing.T, open func(node int, now func() time.Time) *store.DB)) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			config, ring := storetest.Config(t, engine), storetest.Ring(t)
			test(t, func(node int, now func() time.Time) *store.DB {
				config.Node = node
				return storetest.OpenWith(t, config, ring, now)
			})
		})
	}
}

func dispatcher(t *testing.T, db *store.DB, c channel.Sender) *delivery.Dispatcher {
	t.Helper()
	d, err := delivery.New(db, delivery.Options{Lanes: []delivery.Lane{{Channel: buurtbel.SMS, Carrier: "test", Sender: c}},
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// begin claims what is due of a message and sends nothing, as a process does that dies at once.
func begin(t *testing.T, db *store.DB, v village, message buurtbel.ID) {
	t.Helper()
	err := db.Write(t.Context(), buurtbel.Scope{Zone: v.zone.ID}, func(tx *store.Tx) error {
		work, err := tx.Claim(message, buurtbel.KindLaunch, buurtbel.SMS, "test", 100)
		if err == nil && len(work) == 0 {
			t.Error("nothing was claimed")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDamagedMessageHoldsBackNobodyElse(t *testing.T) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			config := storetest.Config(t, engine)
			db := storetest.OpenWith(t, config, storetest.Ring(t), nil)
			stranger := storetest.OpenWith(t, config, storetest.Ring(t), nil) // seals with keys that the program does not have
			v := settle(t, db, 20)
			launch(t, stranger, v)
			c := &carrier{seen: map[string]int{}}
			start(t, db, c, false)
			m := launch(t, db, v)
			until(t, db, "all handed over", func() bool { return tally(t, db, v, m).Members[buurtbel.HandedOver] == 20 })
		})
	}
}

func TestAttemptsOfAnEarlierBootAreTakenBackWhenTheClockWentBack(t *testing.T) {
	eachOf(t, func(t *testing.T, open func(int, func() time.Time) *store.DB) {
		before := open(0, nil)
		v := settle(t, before, 30)
		m := launch(t, before, v)
		begin(t, before, v, m)
		back := func() time.Time { return time.Now().Add(-10 * time.Minute) }
		db := open(0, back)
		c := &carrier{seen: map[string]int{}}
		start(t, db, c, false)
		until(t, db, "all handed over", func() bool { return tally(t, db, v, m).Members[buurtbel.HandedOver] == 30 })
	})
}

// heldCarrier answers when the test says so.
type heldCarrier struct {
	held atomic.Int64
	free chan struct{}
}

func (c *heldCarrier) Send(_ context.Context, m *channel.Message, settle func(channel.Result)) {
	c.held.Add(1)
	go func() {
		<-c.free
		settle(channel.Result{Refs: []string{"r" + m.Delivery.String()}, Parts: 1})
	}()
}
func (c *heldCarrier) Window() int { return 100 }
func (c *heldCarrier) Up() bool    { return true }

func TestProcessThatAwaitsItsLastAnswersLives(t *testing.T) {
	eachOf(t, func(t *testing.T, open func(int, func() time.Time) *store.DB) {
		db, other := open(1, nil), open(2, nil)
		v := settle(t, db, 10)
		launch(t, db, v)
		c := &heldCarrier{free: make(chan struct{})}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		d := dispatcher(t, db, c)
		go func() { done <- d.Run(ctx) }()
		until(t, db, "all are begun", func() bool { return c.held.Load() == 10 })
		stop()
		ended := time.Now().Add(100 * time.Millisecond)
		until(t, db, "a sign of life after the end was asked for", func() bool {
			var nodes []store.Node
			err := other.Read(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
				nodes, err = tx.Nodes()
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return len(nodes) == 1 && nodes[0].ID == 1 && nodes[0].Seen.After(ended)
		})
		close(c.free)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// sleeper is a carrier that is down at first.
type sleeper struct {
	carrier
	up    atomic.Bool
	once  sync.Once
	asked chan struct{} // closed when a lane first asked
}

func (s *sleeper) Up() bool {
	s.once.Do(func() { close(s.asked) })
	return s.up.Load()
}

func TestClaimWhoseCommitWasNotConfirmedIsGivenBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 40)
		c := &sleeper{carrier: carrier{seen: map[string]int{}}, asked: make(chan struct{})}
		d := dispatcher(t, db, c)
		delivery.Orphaned(d, db.Now().Add(-time.Minute))
		ctx, stop := context.WithCancel(t.Context())
		var ended sync.WaitGroup
		ended.Go(func() {
			if err := d.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		defer ended.Wait()
		defer stop()
		<-c.asked // what an earlier boot left has been looked at by now
		m := launch(t, db, v)
		begin(t, db, v, m)
		c.up.Store(true)
		until(t, db, "all handed over", func() bool { return tally(t, db, v, m).Members[buurtbel.HandedOver] == 40 })
		for _, n := range c.counts() {
			if n != 1 {
				t.Errorf("%d times to one number", n)
			}
		}
	})
}
