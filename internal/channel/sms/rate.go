package sms

import (
	"context"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// Rate is what a contract allows a second. Nodes that have one account open share it. A twentieth of it may go at once. It may be used from any
// goroutine.
type Rate struct {
	limit   *rate.Limiter // nil without limit
	least   int           // what must be able to go at once
	resting atomic.Bool   // other nodes have the whole now
}

// NewRate makes a Rate of so many a second, 0 for no limit, of which at least least may go at once.
func NewRate(perSecond, least int) *Rate {
	r := &Rate{least: least}
	if perSecond > 0 {
		r.limit = rate.NewLimiter(rate.Limit(perSecond), max(perSecond/20, least))
	}
	return r
}

// Limit sets how many go at most, where there is a limit. 0: none for now.
func (r *Rate) Limit(perSecond int) {
	if r.limit == nil {
		return
	}
	r.resting.Store(perSecond <= 0)
	if perSecond > 0 && int(r.limit.Limit()) != perSecond {
		r.limit.SetLimit(rate.Limit(perSecond))
		r.limit.SetBurst(max(perSecond/20, r.least))
	}
}

// Resting tells whether other nodes have the whole limit now.
func (r *Rate) Resting() bool { return r.resting.Load() }

// Wait waits until n more fit; false, and nothing is taken, when ctx is done or closing or cut closed first.
func (r *Rate) Wait(ctx context.Context, n int, closing, cut <-chan struct{}) bool {
	if r.limit == nil {
		return true
	}
	place := r.limit.ReserveN(time.Now(), n)
	if !Wait(ctx, place.Delay(), closing, cut) {
		place.Cancel()
		return false
	}
	return true
}
