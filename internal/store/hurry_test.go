package store_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/buurtbel/buurtbel/internal/store"
)

// rested tells how long bulk work rests from now on.
func rested(db *store.DB) time.Duration {
	began := time.Now()
	db.Rest(context.Background())
	return time.Since(began)
}

func TestBulkRestsWhileAnAlertIsLaunched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := &store.DB{}
		if got := rested(db); got != 0 {
			t.Errorf("rested %v without a launch", got)
		}
		stored := db.Hurry()
		db.Calm() // the first batch of another alert: this one is not stored yet
		time.AfterFunc(20*time.Millisecond, stored)
		time.AfterFunc(30*time.Millisecond, db.Calm)
		if got := rested(db); got != 30*time.Millisecond {
			t.Errorf("rested %v, not until the first batch was sent", got)
		}
		db.Hurry()()
		if got := rested(db); got != 60*time.Millisecond {
			t.Errorf("rested %v after a launch of which nothing was sent", got)
		}
	})
}

func TestBulkDoesNotStarve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := &store.DB{}
		stored := db.Hurry()
		defer stored()
		if got := rested(db); got != 250*time.Millisecond {
			t.Errorf("rested %v for a launch that hangs", got)
		}
	})
}
