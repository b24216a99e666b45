package delivery

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// calls are the telephone calls under way of one lane: what was begun and can still be taken back.
type calls struct {
	mu    sync.Mutex
	under map[buurtbel.ID]context.CancelCauseFunc
}

// begin gives the context of one call; it ends with over, or earlier with a cause.
func (c *calls) begin(ctx context.Context, delivery buurtbel.ID) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.under == nil {
		c.under = map[buurtbel.ID]context.CancelCauseFunc{}
	}
	c.under[delivery] = cancel
	return ctx
}

func (c *calls) over(delivery buurtbel.ID) {
	c.mu.Lock()
	cancel := c.under[delivery]
	delete(c.under, delivery)
	c.mu.Unlock()
	if cancel != nil {
		cancel(nil)
	}
}

func (c *calls) list() []buurtbel.ID {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Keys(c.under))
}

func (c *calls) takeBack(u store.Unneeded) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cancel := c.under[u.Delivery]; cancel != nil {
		cause := channel.ErrNotNeeded
		if u.Stopped {
			cause = channel.ErrStopped
		}
		cancel(cause)
	}
}

// lookAtCalls is how often calls under way are looked at when nothing wakes: a confirmation may have been taken by another process.
const lookAtCalls = 250 * time.Millisecond

// hushCalls takes calls back that nobody needs any more: the message was stopped, the member confirmed, or somebody who shares the line did.
func (d *Dispatcher) hushCalls(ctx context.Context) {
	trunks := slices.DeleteFunc(slices.Clone(d.lanes), func(l *lane) bool { return l.Channel != buurtbel.Voice })
	if len(trunks) == 0 {
		return
	}
	woken := d.db.Subscribe()
	tick := time.NewTicker(lookAtCalls)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-tick.C:
		}
		for _, l := range trunks {
			d.complain(ctx, "look at calls under way", l.hushCalls(ctx))
		}
	}
}

func (l *lane) hushCalls(ctx context.Context) error {
	under := l.calls.list()
	if len(under) == 0 {
		return nil
	}
	var unneeded []store.Unneeded
	err := l.d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		unneeded, err = tx.UnneededCalls(under)
		return err
	})
	for _, u := range unneeded {
		l.calls.takeBack(u)
	}
	return err
}

// takenBack gives what follows a call that was taken back; ok is false for one that was not, and for one that was spoken to its end all
// the same.
func takenBack(ctx context.Context, o buurtbel.Outcome) (m buurtbel.Move, ok bool) {
	cause := context.Cause(ctx)
	switch {
	case o.State == buurtbel.Heard, o.State == buurtbel.Delivered:
		return m, false
	case errors.Is(cause, channel.ErrNotNeeded):
		return buurtbel.Move{State: buurtbel.NotNeeded}, true
	case errors.Is(cause, channel.ErrStopped):
		return buurtbel.Move{State: buurtbel.Stopped}, true
	}
	return m, false
}

// heardOnCalls records who confirmed in a call, and who wants no more of them.
func heardOnCalls(tx *store.Tx, batch []result) error {
	for i := range batch {
		r := &batch[i]
		if r.Channel != buurtbel.Voice {
			continue
		}
		if r.optOut {
			if err := tx.NoCalls(r.Contact); err != nil {
				return err
			}
		}
		if r.Outcome.State != buurtbel.Heard {
			continue
		}
		heard, err := tx.HeardOnCall(r.Delivery)
		if err != nil {
			return err
		}
		for _, recipient := range heard {
			if err := tx.Append(subject(r), buurtbel.EntryHeard, 0, []byte(recipient.String())); err != nil {
				return err
			}
		}
	}
	return nil
}

// minutes are what a call costs: minutes begun.
func minutes(seconds int) int { return (seconds + 59) / 60 }
