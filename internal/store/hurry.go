package store

import (
	"context"
	"sync"
	"time"
)

// hurry is the short time from when an alert is being launched until its first batch is handed to the carrier. While it lasts, bulk work of
// this process rests: the machine's processors and the database belong to the alert.
type hurry struct {
	mu     sync.Mutex
	begun  int           // launches under way
	calm   chan struct{} // closed when it is over; nil: there is none
	lapses *time.Timer   // ends it when nobody says that the first batch went
	most   *time.Timer   // ends it in any case: bulk work rests, it does not starve
}

// How long a hurry lasts at most: after the last launch is stored, and in all.
const (
	hurryAfter = 60 * time.Millisecond
	hurryMost  = 250 * time.Millisecond
)

// Hurry tells that an alert is about to be launched in this process. The function it gives is called once, when the alert is stored or refused.
func (db *DB) Hurry() (stored func()) {
	h := &db.hurry
	h.mu.Lock()
	defer h.mu.Unlock()
	h.begun++
	if h.calm == nil {
		h.calm = make(chan struct{})
		h.most = time.AfterFunc(hurryMost, func() { h.end(true) })
	}
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.begun--; h.begun == 0 && h.calm != nil {
			h.lapses = time.AfterFunc(hurryAfter, db.Calm)
		}
	}
}

// Calm ends the hurry unless another alert is being launched: the first batch of an alert is with its carrier.
func (db *DB) Calm() { db.hurry.end(false) }

func (h *hurry) end(anyway bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.calm == nil || h.begun > 0 && !anyway {
		return
	}
	close(h.calm)
	h.calm = nil
	h.most.Stop()
	if h.lapses != nil {
		h.lapses.Stop()
	}
}

// Hurried gives a channel that is closed when the hurry is over; nil when there is none. Which bulk work rests is for those who do it; its
// transactions rest by themselves.
func (db *DB) Hurried() <-chan struct{} {
	db.hurry.mu.Lock()
	defer db.hurry.mu.Unlock()
	return db.hurry.calm
}

// Rest waits for the end of a hurry, or of ctx.
func (db *DB) Rest(ctx context.Context) {
	if calm := db.Hurried(); calm != nil {
		select {
		case <-calm:
		case <-ctx.Done():
		}
	}
}
