package delivery

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// silence is how long a node may be unheard before its begun attempts are taken over.
const silence = 4 * time.Second

// ever is later than every attempt began, whatever the clock said then.
var ever = time.UnixMicro(math.MaxInt64)

func (d *Dispatcher) beat(ctx context.Context) error {
	return d.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error { return tx.Beat(d.boot) })
}

// takeOver takes the begun attempts of nodes that live no more.
func (d *Dispatcher) takeOver(ctx context.Context) {
	var silent []int
	now := d.db.Now()
	err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		silent, err = tx.SilentNodes(now.Add(-silence))
		return err
	})
	d.complain(ctx, "look for silent nodes", err)
	for _, node := range silent {
		d.complain(ctx, "take over from a silent node", d.recover(ctx, node, now.Add(-silence)))
	}
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
		out[i] = result{Settled: u.Settled, message: u.Message, zone: u.Zone, alert: u.Alert, class: u.Tries.Class, tries: u.Tries}
		d.metrics.count(u.Channel, u.Carrier, &out[i])
	}
	return out
}
