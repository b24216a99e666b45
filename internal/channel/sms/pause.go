package sms

import (
	"context"
	"sync/atomic"
	"time"
)

// Pause is the time in which nothing is sent because a carrier asked to slow down. The zero value is over; it may be used from any goroutine.
type Pause struct{ until atomic.Int64 } // Unix nanoseconds

// For lets nothing go before d is over; a longer pause that runs stays.
func (p *Pause) For(d time.Duration) {
	until := time.Now().Add(d).UnixNano()
	for old := p.until.Load(); old < until; old = p.until.Load() {
		if p.until.CompareAndSwap(old, until) {
			return
		}
	}
}

// Left is how long it still lasts; 0 or less when it is over.
func (p *Pause) Left() time.Duration {
	until := p.until.Load()
	if until == 0 {
		return 0
	}
	return time.Until(time.Unix(0, until))
}

// Wait lets d pass; false when ctx is done, or closing or cut closed, first. A channel may be nil.
func Wait(ctx context.Context, d time.Duration, closing, cut <-chan struct{}) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-closing:
	case <-cut:
	}
	return false
}
