package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// slice is how many rows one closing transaction moves: it holds SQLite's writer for a few milliseconds.
const slice = 300

// close ends what is over: stopped messages, expired ones, and those whose every delivery is final.
func (d *Dispatcher) close(ctx context.Context) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			d.complain(ctx, "close messages", d.closeOver(ctx))
		}
	}
}

func (d *Dispatcher) closeOver(ctx context.Context) error {
	now := d.db.Now()
	changed := false
	var failed error
	for _, m := range d.running.Load().list {
		done, err := d.closeOne(ctx, m, now)
		failed = errors.Join(failed, err) // one message that cannot be closed must not hold back the others
		changed = changed || done
	}
	var stopped []store.RunningMessage
	err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		stopped, err = tx.UnclosedMessages()
		return err
	})
	if err != nil {
		return errors.Join(failed, fmt.Errorf("read stopped messages: %w", err))
	}
	for _, m := range stopped {
		failed = errors.Join(failed, d.closeStopped(ctx, m))
	}
	if changed {
		failed = errors.Join(failed, d.refresh(ctx))
	}
	return failed
}

func (d *Dispatcher) closeOne(ctx context.Context, m store.RunningMessage, now time.Time) (bool, error) {
	if !m.Expires.After(now) {
		if err := d.sliced(ctx, m, func(tx *store.Tx) (int64, error) { return tx.CloseQueued(m.ID, buurtbel.Expired, slice) }); err != nil {
			return false, err
		}
		if err := d.sliced(ctx, m, func(tx *store.Tx) (int64, error) { return tx.CloseHandedOver(m.ID, slice) }); err != nil {
			return false, err
		}
	} else if m.Cursor < m.Audience || m.Follows == buurtbel.FollowReached {
		return false, nil // the board is read anew at each commit that matters
	}
	return d.finish(ctx, m)
}

func (d *Dispatcher) closeStopped(ctx context.Context, m store.RunningMessage) error {
	if err := d.sliced(ctx, m, func(tx *store.Tx) (int64, error) { return tx.CloseQueued(m.ID, buurtbel.Stopped, slice) }); err != nil {
		return err
	}
	_, err := d.finish(ctx, m)
	return err
}

// sliced repeats a closing step until it has nothing left to do.
func (d *Dispatcher) sliced(ctx context.Context, m store.RunningMessage, step func(*store.Tx) (int64, error)) error {
	for {
		var n int64
		err := d.db.WriteRank(ctx, store.Steady, buurtbel.Scope{Zone: m.Zone}, func(tx *store.Tx) (err error) {
			n, err = step(tx)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// finish closes a message when nothing of it is open, and its alert when no message of it is.
func (d *Dispatcher) finish(ctx context.Context, m store.RunningMessage) (bool, error) {
	open := true
	scope := buurtbel.Scope{Zone: m.Zone}
	err := d.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		open, err = tx.OpenDeliveries(m.ID)
		return err
	})
	if err != nil || open {
		return false, err
	}
	var finished bool
	err = d.db.Write(ctx, scope, func(tx *store.Tx) (err error) {
		if finished, err = tx.FinishMessage(m.ID); err != nil || !finished || m.Alert == 0 {
			return err
		}
		return finishAlert(tx, m.Alert)
	})
	if err != nil {
		return false, fmt.Errorf("finish message: %w", err)
	}
	return finished, nil
}

func finishAlert(tx *store.Tx, alert buurtbel.ID) error {
	open, err := tx.AlertOpen(alert)
	if err != nil || open {
		return err
	}
	if err := tx.MoveAlert(alert, buurtbel.AlertRunning, buurtbel.AlertFinished); err != nil {
		if buurtbel.KindOf(err) == buurtbel.Conflict {
			return nil // stopped before; it stays stopped
		}
		return err
	}
	if err := tx.Append(alert, buurtbel.EntryFinish, 0, nil); err != nil {
		return err
	}
	return tx.LaterIn(0, "seal-heads", 0, tx.Now())
}
