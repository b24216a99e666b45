// Package jobs is the door of work that verbs left for later: it takes due tasks from the store and gives each to the verb of its kind.
//
// A task holds ids only. A process holds a task by a lease, so that what a dead process held is taken by another. The verb ends its task in
// the transaction of its own effect (store.FinishTask): the effect happens once. The package decides nothing about the work itself.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Verb does one kind of work. It ends the task itself; one that returns nil without doing so had nothing to do.
type Verb = func(ctx context.Context, actor buurtbel.Actor, t store.Task) error

// Loop gives tasks to verbs.
type Loop struct {
	db    *store.DB
	verbs map[string]Verb
	log   *slog.Logger
	actor buurtbel.Actor

	mu      sync.Mutex
	held    map[string]int // tasks at work, by kind
	working sync.WaitGroup
	freed   chan struct{} // a task ended
}

// New makes a Loop; Run makes it work.
func New(db *store.DB, verbs map[string]Verb, log *slog.Logger) *Loop {
	return &Loop{db: db, verbs: verbs, log: log, actor: buurtbel.System(), held: map[string]int{}, freed: make(chan struct{}, 1)}
}

const (
	abreast  = 2                // tasks of one kind at the same time: a kind that hangs delays no other
	patience = 20 * time.Second // of one verb, below the store's lease of 30 s
	slow     = 5 * time.Second  // safety net: other processes leave tasks too
)

// Run works until ctx is done: woken by commits that left work, asleep until the next task is due. It ends when its verbs have.
func (l *Loop) Run(ctx context.Context) {
	defer l.working.Wait()
	woken := l.db.Subscribe()
	for ctx.Err() == nil {
		n, err := l.begin(ctx)
		if err != nil && ctx.Err() == nil {
			l.log.Error("take tasks", "error", err)
		}
		if n > 0 && err == nil {
			continue
		}
		l.rest(ctx, woken)
	}
}

func (l *Loop) rest(ctx context.Context, woken <-chan struct{}) {
	next, err := l.next(ctx)
	wait := slow
	if err == nil && !next.IsZero() {
		wait = min(slow, max(next.Sub(l.db.Now()), 10*time.Millisecond))
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-l.freed:
	case <-t.C:
	}
}

// full lists the kinds of which no more tasks may be begun.
func (l *Loop) full() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for kind, n := range l.held {
		if n >= abreast {
			out = append(out, kind)
		}
	}
	return out
}

func (l *Loop) next(ctx context.Context) (time.Time, error) {
	var next time.Time
	err := l.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		next, err = tx.NextTask(l.full()...)
		return err
	})
	return next, err
}

// Round takes what is due, at most a few of a kind, and waits until their verbs are done. It gives how many there were.
func (l *Loop) Round(ctx context.Context) (int, error) {
	n, err := l.begin(ctx)
	l.working.Wait()
	return n, err
}

// begin takes what is due and for whose kind there is room, and gives it to the verbs. It gives how many there were.
func (l *Loop) begin(ctx context.Context) (int, error) {
	next, err := l.next(ctx)
	if err != nil || next.IsZero() || next.After(l.db.Now()) {
		return 0, err
	}
	var due, taken []store.Task
	err = l.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		due, err = tx.DueTasks(abreast, l.full())
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("look for tasks: %w", err)
	}
	due = slices.DeleteFunc(due, func(t store.Task) bool { return !l.hold(t.Kind) })
	if len(due) == 0 {
		return 0, nil
	}
	err = l.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		taken = taken[:0]
		for _, t := range due {
			mine, err := tx.TakeTask(t)
			if err != nil {
				return err
			}
			if mine {
				taken = append(taken, t)
			}
		}
		return nil
	})
	if err != nil {
		taken = nil
	}
	for _, t := range due {
		if !slices.Contains(taken, t) {
			l.letGo(t.Kind)
		}
	}
	for _, t := range taken {
		l.working.Go(func() {
			defer l.letGo(t.Kind)
			l.work(ctx, t)
		})
	}
	if err != nil {
		return 0, fmt.Errorf("claim tasks: %w", err)
	}
	return len(taken), nil
}

// hold takes a place for a task of a kind; false when there is none.
func (l *Loop) hold(kind string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[kind] >= abreast {
		return false
	}
	l.held[kind]++
	return true
}

func (l *Loop) letGo(kind string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held[kind]--
	select {
	case l.freed <- struct{}{}:
	default:
	}
}

// work gives one task to its verb and settles what the verb left: an error puts the task off and is logged here, once.
func (l *Loop) work(ctx context.Context, t store.Task) {
	err := l.do(ctx, t)
	switch kind := buurtbel.KindOf(err); {
	case ctx.Err() != nil:
		return // the program ends: the lease gives the task to the next one
	case err == nil:
		err = l.end(ctx, t)
	case kind == buurtbel.NotFound:
		l.log.Warn("task about something that is gone", "kind", t.Kind, "subject", t.Subject.String())
		err = l.end(ctx, t)
	case buurtbel.KeyOf(err) == "error.task.taken":
		l.log.Warn("task was taken over", "kind", t.Kind, "subject", t.Subject.String())
		return
	default:
		l.log.Error("task failed", "kind", t.Kind, "subject", t.Subject.String(), "tries", t.Tries+1, "error", err)
		err = l.pause(ctx, t, buurtbel.KeyOf(err))
	}
	if err != nil && ctx.Err() == nil {
		l.log.Error("settle task", "kind", t.Kind, "subject", t.Subject.String(), "error", err)
	}
}

func (l *Loop) do(ctx context.Context, t store.Task) error {
	verb, known := l.verbs[t.Kind]
	if !known {
		return fmt.Errorf("no verb for tasks of kind %q: a newer program left it", t.Kind)
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return verb(limited, l.actor, t)
}

// end ends a task that its verb did not end itself.
func (l *Loop) end(ctx context.Context, t store.Task) error {
	err := l.db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error { return tx.FinishTask(t, time.Time{}) })
	if buurtbel.KeyOf(err) == "error.task.taken" {
		return nil // the verb did
	}
	return err
}

var pauses = []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}

func (l *Loop) pause(ctx context.Context, t store.Task, word string) error {
	until := l.db.Now().Add(pauses[min(t.Tries, len(pauses)-1)])
	return l.db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error { return tx.PauseTask(t, until, word) })
}
