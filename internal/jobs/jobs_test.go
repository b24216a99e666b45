package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/jobs"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

const zone = buurtbel.ID(77)

// clock is the real clock with an offset that a test moves.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.offset.Load())) }
func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

func each(t *testing.T, test func(t *testing.T, open func(node int) *store.DB, c *clock)) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			config, ring, c := storetest.Config(t, engine), storetest.Ring(t), &clock{}
			test(t, func(node int) *store.DB {
				config.Node = node
				return storetest.OpenWith(t, config, ring, c.now)
			}, c)
		})
	}
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func leave(t *testing.T, db *store.DB, kind string, subject buurtbel.ID, due time.Time) {
	t.Helper()
	if err := db.Write(t.Context(), buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error { return tx.Later(kind, subject, due) }); err != nil {
		t.Fatal(err)
	}
}

func next(t *testing.T, db *store.DB) time.Time {
	t.Helper()
	var at time.Time
	if err := db.Read(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		at, err = tx.NextTask()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return at
}

func round(t *testing.T, l *jobs.Loop) int {
	t.Helper()
	n, err := l.Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTaskIsDoneOnceWhenDue(t *testing.T) {
	each(t, func(t *testing.T, open func(int) *store.DB, c *clock) {
		db := open(0)
		var done []buurtbel.ID
		l := jobs.New(db, map[string]jobs.Verb{"say": func(_ context.Context, a buurtbel.Actor, task store.Task) error {
			done = append(done, task.Subject)
			return a.May(buurtbel.MayDeliver, buurtbel.Scope{}, db.Now())
		}}, quiet())
		leave(t, db, "say", 5, db.Now().Add(time.Minute))
		leave(t, db, "say", 5, db.Now().Add(2*time.Minute)) // the same work: the earlier moment counts
		if n := round(t, l); n != 0 {
			t.Fatalf("%d tasks before they were due", n)
		}
		c.advance(61 * time.Second)
		if n := round(t, l); n != 1 || len(done) != 1 || done[0] != 5 {
			t.Fatalf("%d tasks, done %v", n, done)
		}
		if at := next(t, db); !at.IsZero() {
			t.Errorf("a task is left for %s", at)
		}
	})
}

func TestFailingVerbIsTriedAgainWithPauses(t *testing.T) {
	each(t, func(t *testing.T, open func(int) *store.DB, c *clock) {
		db := open(0)
		tries := 0
		var log bytes.Buffer
		l := jobs.New(db, map[string]jobs.Verb{"say": func(_ context.Context, _ buurtbel.Actor, task store.Task) error {
			tries++
			if tries != task.Tries+1 {
				t.Errorf("try %d says it is try %d", tries, task.Tries+1)
			}
			if tries < 3 {
				return errors.New("the carrier has gone fishing")
			}
			return nil
		}}, slog.New(slog.NewTextHandler(&log, nil)))
		start := db.Now()
		leave(t, db, "say", 5, start)
		for range 3 {
			round(t, l)
			if n := round(t, l); n != 0 {
				t.Fatal("tried again without a pause")
			}
			c.advance(16 * time.Second)
		}
		if tries != 3 || !next(t, db).IsZero() {
			t.Errorf("%d tries, next %s", tries, next(t, db))
		}
		if n := strings.Count(log.String(), "gone fishing"); n != 2 {
			t.Errorf("two failures were logged %d times", n)
		}
	})
}

func TestTaskOfADeadProcessIsTakenOver(t *testing.T) {
	each(t, func(t *testing.T, open func(int) *store.DB, c *clock) {
		dead, alive := open(0), open(1)
		leave(t, dead, "say", 5, dead.Now())
		var held []store.Task
		if err := dead.Write(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
			held, err = tx.DueTasks(10, nil)
			for _, task := range held {
				mine, taking := tx.TakeTask(task)
				if !mine {
					t.Error("a due task could not be taken")
				}
				err = errors.Join(err, taking)
			}
			return err
		}); err != nil || len(held) != 1 {
			t.Fatalf("took %v, %v", held, err)
		}
		done := 0
		l := jobs.New(alive, map[string]jobs.Verb{"say": func(context.Context, buurtbel.Actor, store.Task) error { done++; return nil }}, quiet())
		if n := round(t, l); n != 0 {
			t.Fatal("a task was taken while its holder may live")
		}
		c.advance(31 * time.Second)
		if n := round(t, l); n != 1 || done != 1 {
			t.Fatalf("%d tasks, done %d times", n, done)
		}
		// The first one was only slow: it may not do the work now.
		err := dead.Write(t.Context(), buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error { return tx.FinishTask(held[0], time.Time{}) })
		if buurtbel.KeyOf(err) != "error.task.taken" {
			t.Errorf("the slow holder ended the task too: %v", err)
		}
	})
}

func TestTwoProcessesShareTheWork(t *testing.T) {
	each(t, func(t *testing.T, open func(int) *store.DB, _ *clock) {
		const tasks = 60
		var mu sync.Mutex
		done := map[buurtbel.ID]int{}
		all := make(chan struct{})
		ctx, stop := context.WithCancel(t.Context())
		var loops sync.WaitGroup
		var first *store.DB
		for node := range 2 {
			db := open(node)
			first = db
			l := jobs.New(db, map[string]jobs.Verb{"say": func(ctx context.Context, _ buurtbel.Actor, task store.Task) error {
				return db.Write(ctx, buurtbel.Scope{Zone: task.Zone}, func(tx *store.Tx) error {
					if err := tx.FinishTask(task, time.Time{}); err != nil {
						return err
					}
					mu.Lock()
					defer mu.Unlock()
					if done[task.Subject]++; len(done) == tasks {
						select {
						case <-all:
						default:
							close(all)
						}
					}
					return nil
				})
			}}, quiet())
			loops.Go(func() { l.Run(ctx) })
		}
		for i := range tasks {
			leave(t, first, "say", buurtbel.ID(i+1), first.Now())
		}
		select {
		case <-all:
		case <-time.After(30 * time.Second):
			t.Error("not all tasks were done in 30 seconds")
		}
		stop()
		loops.Wait()
		for subject, n := range done {
			if n != 1 {
				t.Errorf("task %d was done %d times", subject, n)
			}
		}
	})
}

func TestWorkLeftAnewWhileItRunsIsNotLost(t *testing.T) {
	each(t, func(t *testing.T, open func(int) *store.DB, _ *clock) {
		db := open(0)
		runs := 0
		l := jobs.New(db, map[string]jobs.Verb{"say": func(ctx context.Context, _ buurtbel.Actor, task store.Task) error {
			if runs++; runs == 1 {
				leave(t, db, "say", 5, db.Now()) // after the verb read what there was to do
			}
			return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error { return tx.FinishTask(task, time.Time{}) })
		}}, quiet())
		leave(t, db, "say", 5, db.Now())
		for range 3 {
			round(t, l)
		}
		if runs != 2 {
			t.Errorf("the verb ran %d times, want 2", runs)
		}
	})
}

func TestVerbMayComeBackLater(t *testing.T) {
	each(t, func(t *testing.T, open func(int) *store.DB, c *clock) {
		db := open(0)
		runs := 0
		l := jobs.New(db, map[string]jobs.Verb{"say": func(ctx context.Context, _ buurtbel.Actor, task store.Task) error {
			runs++
			return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error { return tx.FinishTask(task, db.Now().Add(24*time.Hour)) })
		}}, quiet())
		leave(t, db, "say", 5, db.Now())
		for range 2 {
			round(t, l)
			round(t, l)
			c.advance(24*time.Hour + time.Second)
		}
		if runs != 2 || next(t, db).IsZero() {
			t.Errorf("the verb ran %d times; next %s", runs, next(t, db))
		}
	})
}

func TestUnknownKindAndWhatIsGone(t *testing.T) {
	each(t, func(t *testing.T, open func(int) *store.DB, _ *clock) {
		db := open(0)
		l := jobs.New(db, map[string]jobs.Verb{"gone": func(context.Context, buurtbel.Actor, store.Task) error {
			return buurtbel.Fail(buurtbel.NotFound, "error.alert.unknown", nil)
		}}, quiet())
		leave(t, db, "gone", 1, db.Now())
		round(t, l)
		if at := next(t, db); !at.IsZero() {
			t.Error("a task about something that is gone stays")
		}
		leave(t, db, "of a newer program", 1, db.Now())
		round(t, l)
		if at := next(t, db); at.IsZero() || !at.After(db.Now()) {
			t.Errorf("a task of unknown kind is due at %s: it must stay, and rest", at)
		}
	})
}

func TestKindThatHangsDelaysNoOther(t *testing.T) {
	each(t, func(t *testing.T, open func(int) *store.DB, _ *clock) {
		db := open(0)
		hanging, asked := make(chan struct{}, 9), make(chan struct{}, 9)
		l := jobs.New(db, map[string]jobs.Verb{
			"seal-heads": func(ctx context.Context, _ buurtbel.Actor, _ store.Task) error {
				hanging <- struct{}{}
				<-ctx.Done()
				return ctx.Err()
			},
			"ask-second": func(context.Context, buurtbel.Actor, store.Task) error { asked <- struct{}{}; return nil },
		}, quiet())
		ctx, stop := context.WithCancel(t.Context())
		var ended sync.WaitGroup
		ended.Go(func() { l.Run(ctx) })
		defer ended.Wait()
		defer stop()
		for i := range 6 { // more than may be at work
			leave(t, db, "seal-heads", buurtbel.ID(i+1), db.Now())
		}
		<-hanging
		<-hanging
		for i := range 3 {
			leave(t, db, "ask-second", buurtbel.ID(i+1), db.Now())
			select {
			case <-asked:
			case <-time.After(15 * time.Second):
				t.Fatal("a task waits behind another kind that hangs")
			}
		}
		if n := len(hanging); n != 0 {
			t.Errorf("%d more of the kind that hangs were begun", n)
		}
	})
}
