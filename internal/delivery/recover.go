package delivery

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// ever is later than every attempt began, whatever the clock said then.
var ever = time.UnixMicro(math.MaxInt64)

// takeOver takes what nodes held that live no more: begun attempts, and tasks.
func (d *Dispatcher) takeOver(ctx context.Context) {
	var nodes []store.Node
	err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		nodes, err = tx.Nodes()
		return err
	})
	if err != nil {
		if !d.blind { // once: a database that changes its leader is away for many looks
			d.complain(ctx, "look for silent nodes", err)
		}
		d.blind = true
		return
	}
	d.blind = false
	for _, n := range d.peers.look(nodes, time.Now(), d.db.Now()) {
		d.complain(ctx, "take over from a silent node", d.inherit(ctx, n))
	}
}

// inherit takes what a silent node left. Its clock may have been ahead of ours: what was due for it is due for us.
func (d *Dispatcher) inherit(ctx context.Context, n silent) error {
	if d.guarded {
		if err := d.recover(ctx, n.id, n.until); err != nil {
			return err
		}
	}
	freed := int64(0)
	err := d.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		freed, err = tx.FreeTasks(n.id)
		return err
	})
	if err != nil {
		return err
	}
	if freed > 0 {
		d.log.Warn("tasks of a silent node are free", "node", n.id, "count", freed)
	}
	if n.first && n.ahead > tolerance {
		return d.pullForward(ctx, d.db.Now().Add(n.ahead))
	}
	return nil
}

// recover names the begun attempts without an outcome that a dead process left: they are uncertain, and what follows is decided as for
// any uncertain attempt. Mails keep their Message-ID, so a double of one is one mail to the reader.
func (d *Dispatcher) recover(ctx context.Context, node int, before time.Time) error {
	if !d.guarded {
		return nil
	}
	for {
		var left []store.Unsettled
		err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
			left, err = tx.UnsettledOf(node, before, d.limits.Unsettled)
			return err
		})
		if err != nil || len(left) == 0 {
			return err
		}
		for start := 0; start < len(left); {
			end := start
			for end < len(left) && left[end].Zone == left[start].Zone {
				end++
			}
			if err := d.recordBatch(d.uncertain(left[start:end])); err != nil {
				return fmt.Errorf("record uncertain attempts: %w", err)
			}
			start = end
		}
		d.log.Warn("attempts without an outcome are uncertain", "node", node, "count", len(left))
	}
}

func (d *Dispatcher) uncertain(left []store.Unsettled) []result {
	now := d.db.Now()
	out := make([]result, len(left))
	for i, u := range left {
		u.Outcome = buurtbel.Outcome{State: buurtbel.Uncertain}
		u.Code = "the process ended before the answer"
		u.Move = buurtbel.Next(u.Outcome, u.Tries, now)
		if u.Move.Open && !u.Move.Due.After(now) && !u.Due.IsZero() && u.Due.Before(now) {
			u.Move.Due = u.Due // whose turn it was is not put behind all others of a large alert
		}
		out[i] = result{Settled: u.Settled, message: u.Message, zone: u.Zone, alert: u.Alert, class: u.Tries.Class, tries: u.Tries}
		d.metrics.count(u.Channel, u.Carrier, &out[i])
	}
	return out
}

// pullForward makes work due now that was due by a clock which stood at then, ahead of ours: ours was put back, or another node's was ahead.
func (d *Dispatcher) pullForward(ctx context.Context, then time.Time) error {
	var running []store.RunningMessage
	err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		running, err = tx.RunningMessages()
		return err
	})
	if err != nil {
		return fmt.Errorf("read running messages: %w", err)
	}
	if err := d.db.WriteRank(ctx, store.Urgent, buurtbel.Scope{}, func(tx *store.Tx) error { return tx.PullRest(then) }); err != nil {
		return err
	}
	for _, m := range running {
		if err := d.sliced(ctx, m, func(tx *store.Tx) (int64, error) { return tx.PullDue(m.ID, then, slice) }); err != nil {
			return err
		}
		if err := d.pullRetries(ctx, m, then); err != nil {
			return err
		}
	}
	return nil
}

func (d *Dispatcher) pullRetries(ctx context.Context, m store.RunningMessage, then time.Time) error {
	for after := then; !after.IsZero(); {
		reached := time.Time{}
		err := d.db.WriteRank(ctx, store.Steady, buurtbel.Scope{Zone: m.Zone}, func(tx *store.Tx) (err error) {
			reached, err = tx.PullRetries(m.ID, then, after, slice)
			return err
		})
		if err != nil {
			return err
		}
		after = reached
	}
	return nil
}
