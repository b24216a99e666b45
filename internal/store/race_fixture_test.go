package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// raced runs f on eight goroutines that start together; all must go well.
func raced(t *testing.T, f func(i int) error) {
	t.Helper()
	for _, err := range writers(f) {
		if err != nil {
			t.Error(err)
		}
	}
}

// wins tells how many of eight writers at the same moment were told that it was they who did it.
func (v *village) wins(scope buurtbel.Scope, f func(tx *store.Tx, i int) (bool, error)) int {
	v.t.Helper()
	var n atomic.Int64
	raced(v.t, func(i int) error {
		return v.db.Write(v.t.Context(), scope, func(tx *store.Tx) error {
			ok, err := f(tx, i)
			if ok {
				n.Add(1)
			}
			return err
		})
	})
	return int(n.Load())
}

// drained lets eight writers take until nothing is left, and counts how often each thing was taken.
func (v *village) drained(take func(tx *store.Tx) ([]buurtbel.ID, error)) map[buurtbel.ID]int {
	v.t.Helper()
	var mu sync.Mutex
	times := map[buurtbel.ID]int{}
	raced(v.t, func(int) error {
		for {
			var list []buurtbel.ID
			if err := v.db.Write(v.t.Context(), v.scope, func(tx *store.Tx) (err error) {
				list, err = take(tx)
				return err
			}); err != nil || len(list) == 0 {
				return err
			}
			mu.Lock()
			for _, id := range list {
				times[id]++
			}
			mu.Unlock()
		}
	})
	return times
}

// locked tells whether another session waits for a lock.
func locked(db *store.DB) (bool, error) {
	var n int
	err := db.Watch().QueryRow(`select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&n)
	return n > 0, err
}

// waitForWaiter returns when another session waits for a lock; SQLite's writers wait before the database.
func waitForWaiter(t *testing.T, db *store.DB) {
	if db.Engine() == store.SQLite {
		return
	}
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); {
		waits, err := locked(db)
		if err != nil {
			t.Error(err)
		}
		if waits || err != nil {
			return
		}
	}
	t.Error("nobody waited for the lock")
}

// waitUntil returns when ok, or when the other session waits for a lock and will not come so far. SQLite's writers follow each other anyway.
func waitUntil(db *store.DB, ok func() bool) {
	for end := time.Now().Add(5 * time.Second); db.Engine() == store.Postgres && !ok() && time.Now().Before(end); {
		if waits, err := locked(db); waits || err != nil {
			return
		}
	}
}
