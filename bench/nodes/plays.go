package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// kills lets each round's alert be launched on one node and kills one in the middle, by turns the one that launched and another. It is started
// again for the next round.
func (b *bench) kills(ctx context.Context) error {
	for round := range b.o.rounds {
		tag := fmt.Sprintf("k%03d", round+1)
		launcher, victim := round%b.o.nodes, (round+round/2)%b.o.nodes
		if err := b.launch(ctx, launcher, tag); err != nil {
			return err
		}
		part := float64(round+1) / float64(b.o.rounds+2)
		if err := b.until(ctx, tag, part); err != nil {
			return err
		}
		killed := time.Now()
		if err := b.nodes[victim].End(syscall.SIGKILL); err != nil {
			return err
		}
		b.nodes[victim] = nil
		if err := b.finish(ctx, tag); err != nil {
			return err
		}
		if err := b.judge(ctx, tag, killed, killed); err != nil {
			return err
		}
		var err error
		if b.nodes[victim], err = b.start(ctx, victim); err != nil {
			return err
		}
	}
	return nil
}

// rolls restarts every node, one after the other, while an alert is on its way, as for a new version.
func (b *bench) rolls(ctx context.Context) error {
	for round := range b.o.rounds {
		tag := fmt.Sprintf("r%03d", round+1)
		if err := b.launch(ctx, round%b.o.nodes, tag); err != nil {
			return err
		}
		began := time.Now()
		for n := range b.nodes {
			if err := b.until(ctx, tag, float64(n+1)/float64(b.o.nodes+2)); err != nil {
				return err
			}
			if err := b.nodes[n].End(syscall.SIGTERM); err != nil {
				return err
			}
			var err error
			if b.nodes[n], err = b.start(ctx, n); err != nil {
				return err
			}
		}
		if err := b.finish(ctx, tag); err != nil {
			return err
		}
		if err := b.judge(ctx, tag, began, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// fails kills the database's leader with all that watches it, in the middle of an alert.
func (b *bench) fails(ctx context.Context) error {
	tag := "p001"
	if err := b.launch(ctx, 0, tag); err != nil {
		return err
	}
	if err := b.until(ctx, tag, 0.3); err != nil {
		return err
	}
	killed := time.Now()
	if err := b.pair.killLeader(); err != nil {
		return err
	}
	promoted, err := b.pair.promoted(ctx)
	if err != nil {
		return err
	}
	b.out.Promotion = append(b.out.Promotion, rig.MS(promoted.Sub(killed)))
	// The connection that looked was to the dead one.
	if err := b.watch.Close(); err != nil {
		return err
	}
	if b.watch, err = b.look.Watch(); err != nil {
		return err
	}
	if err := b.finish(ctx, tag); err != nil {
		return err
	}
	return b.judge(ctx, tag, promoted, time.Time{})
}

// between puts pgbouncer in transaction mode before the database.
func (b *bench) between() error {
	bouncer, err := storetest.StartBouncer(b.setup.Database)
	if err != nil {
		return err
	}
	b.ends = append(b.ends, bouncer.Stop)
	if b.o.direct {
		b.setup.Direct = b.setup.Database
	}
	b.setup.Database = bouncer.Address(b.setup.Database)
	return nil
}

// launch launches on one node and takes how long the first text took to come.
func (b *bench) launch(ctx context.Context, node int, tag string) error {
	began := time.Now()
	if err := errors.Join(b.nodes[node].Launch(tag), b.nodes[node].Launched(ctx)); err != nil {
		return err
	}
	if err := b.until(ctx, tag, 0); err != nil {
		return err
	}
	sum, err := b.world.Summary(ctx, tag)
	if err != nil {
		return err
	}
	b.out.Rounds++
	b.firsts = append(b.firsts, rig.MS(time.Unix(0, sum.First).Sub(began)))
	return nil
}

// until waits until the SMSC has seen a part of an alert.
func (b *bench) until(ctx context.Context, tag string, part float64) error {
	want := max(1, int(part*float64(b.o.recipients)))
	return wait(ctx, 30*time.Second, 5*time.Millisecond, fmt.Sprintf("%d texts", want), func() (bool, error) {
		sum, err := b.world.Summary(ctx, tag)
		return sum.Messages >= want, err
	})
}

// finish waits until nothing of an alert is open in the store. What is open in the end is counted as unfinished.
func (b *bench) finish(ctx context.Context, tag string) error {
	err := wait(ctx, 60*time.Second, 20*time.Millisecond, "the end of the alert", func() (bool, error) {
		left, err := b.watch.Left(ctx, tag)
		return err == nil && !left, nil // the leader may be changing
	})
	if errors.Is(err, errLate) {
		return nil
	}
	return err
}

var errLate = errors.New("too late")

func wait(ctx context.Context, limit, every time.Duration, what string, ok func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if yes, err := ok(); err != nil || yes {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited for %s: %w", what, errLate)
		case <-tick.C:
		}
	}
}
