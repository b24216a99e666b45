package delivery

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// record commits outcomes in batches until the lane is drained. It uses no context that ends: what was sent must be recorded.
func (l *lane) record() {
	batch := make([]result, 0, l.d.limits.Claim)
	for {
		first, ok := <-l.results
		if !ok {
			return
		}
		batch = l.gather(append(batch[:0], first))
		l.commit(batch)
		l.unsettled.Add(-int64(len(batch)))
		l.d.metrics.unsettled.WithLabelValues(l.Carrier).Set(float64(l.unsettled.Load()))
		l.nudge()
	}
}

// How long a batch waits for company; a lone result does not wait. Receipts must not come long before what they are about, so a carrier that
// sends them has smaller batches. Where there are none a batch may fill: each transaction costs as much as thirty of its outcomes.
const (
	linger     = 10 * time.Millisecond
	lingerLong = 40 * time.Millisecond
)

func (l *lane) gather(batch []result) []result {
	wait := lingerLong
	if l.Receipts {
		wait = linger
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	for len(batch) < l.d.limits.Claim && int64(len(batch)) < l.unsettled.Load() {
		select {
		case r, ok := <-l.results:
			if !ok {
				return batch
			}
			batch = append(batch, r)
		case <-t.C:
			return batch
		}
	}
	return batch
}

// commit records one batch, and tries again for as long as the store refuses: the attempts stay unsettled, so the lane fills up and
// nothing more is begun. A process that dies here leaves them uncertain.
func (l *lane) commit(batch []result) {
	now := l.d.db.Now()
	for i := range batch {
		switch r := &batch[i]; {
		case r.decided:
			r.Move = r.follows
		case !r.Withdrawn:
			r.Move = l.sooner(r.Outcome, buurtbel.Next(r.Outcome, r.tries, now), now)
		}
		l.d.metrics.count(l.Channel, l.Carrier, &batch[i])
	}
	byZone := func(a, b result) int { return cmp.Or(cmp.Compare(a.zone, b.zone), cmp.Compare(a.alert, b.alert)) }
	slices.SortStableFunc(batch, byZone)
	for start := 0; start < len(batch); {
		end := start
		for end < len(batch) && batch[end].zone == batch[start].zone {
			end++
		}
		l.insist(batch[start:end])
		start = end
	}
}

// sooner makes a message due at once that waits only because its carrier is in trouble, when another carrier can have it.
func (l *lane) sooner(o buurtbel.Outcome, m buurtbel.Move, now time.Time) buurtbel.Move {
	if m.State == buurtbel.Queued && o.State == buurtbel.Failed && m.Due.After(now) && troubled(o) && !l.fit(now) && l.d.elsewhere(l, now) {
		m.Due = now
	}
	return m
}

func (l *lane) insist(batch []result) {
	pause := 50 * time.Millisecond
	for {
		err := l.d.recordBatch(batch)
		if err == nil {
			return
		}
		l.d.log.Error("record outcomes", "carrier", l.Carrier, "error", err)
		l.d.metrics.errors.Inc()
		time.Sleep(pause)
		pause = min(2*pause, 2*time.Second)
	}
}

// recordBatch commits the outcomes of one zone with their journal entries, one entry per alert.
func (d *Dispatcher) recordBatch(batch []result) error {
	rank := rankOf(slices.MinFunc(batch, func(a, b result) int { return cmp.Compare(a.class, b.class) }).class)
	return d.db.WriteRank(context.Background(), rank, buurtbel.Scope{Zone: batch[0].zone}, func(tx *store.Tx) error {
		settled := make([]store.Settled, len(batch))
		for i := range batch {
			settled[i] = batch[i].Settled
		}
		if err := tx.Record(settled); err != nil {
			return err
		}
		if err := heardOnCalls(tx, batch); err != nil {
			return err
		}
		for start := 0; start < len(batch); {
			end := start
			for end < len(batch) && batch[end].alert == batch[start].alert {
				end++
			}
			if err := tx.Append(subject(&batch[start]), buurtbel.EntryAttempts, 0, describe(batch[start:end])); err != nil {
				return err
			}
			start = end
		}
		return nil
	})
}

func subject(r *result) buurtbel.ID {
	if r.alert != 0 {
		return r.alert
	}
	return r.zone
}

// describe lists attempts and outcomes for the journal: ids and words of closed lists only.
func describe(batch []result) []byte {
	out := make([]byte, 0, len(batch)*48)
	for i := range batch {
		r := &batch[i]
		out = append(out, r.Delivery.String()...)
		out = append(out, ' ', byte('0'+min(r.Number, 9)), ' ')
		state := r.Outcome.State
		if r.Withdrawn {
			state = buurtbel.Stopped
		}
		out = append(out, state...)
		if r.Outcome.Reason != "" {
			out = append(append(out, ' '), r.Outcome.Reason...)
		}
		out = append(out, '\n')
	}
	return out
}
