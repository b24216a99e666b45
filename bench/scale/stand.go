package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/outside"
)

// stand is one size at work: a database of its own with as many members, the program on it, and an SMSC.
type stand struct {
	o        *options
	setup    *rig.Setup
	world    *outside.Process
	watch    *rig.Watch
	zone     buurtbel.ID
	networks []buurtbel.ID
	app      *rig.Running
	out      *size
	tags     int
}

// typical is how many members a network has on average, of 30 to 2,000.
const typical = 470

// worth is how many recipients a run has at least.
const worth = 20_000

func measure(ctx context.Context, o *options, whole *result, n int) (out *size, err error) {
	s := &stand{o: o, out: &size{Recipients: n, Alerts: max(1, worth/n)}}
	if s.setup, err = rig.NewSetup(ctx, whole.Engine, o.URL); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if s.world, err = rig.Outside(outside.Options{ReceiptAfter: 50 * time.Millisecond}); err != nil {
		return nil, err
	}
	s.setup.SMPP, s.setup.Receipts = s.world.SMPP(), o.receipts
	began := time.Now()
	if whole.Settings, err = s.fill(ctx); err != nil {
		return nil, err
	}
	s.out.Fill = rig.Round(time.Since(began).Seconds())
	if s.watch, err = s.setup.Watch(); err != nil {
		return nil, err
	}
	runtime.GC()
	s.out.Load = rig.Load()
	for range o.runs {
		if err := s.run(ctx); err != nil {
			return nil, err
		}
	}
	s.out.Seconds, s.out.CPU = rig.Median(append([]float64{}, s.out.SecondsAll...)), rig.Median(append([]float64{}, s.out.CPUAll...))
	return s.out, nil
}

func (s *stand) close() error {
	var errs []error
	if s.app != nil {
		errs = append(errs, s.halt())
	}
	if s.watch != nil {
		errs = append(errs, s.watch.Close())
	}
	if s.world != nil {
		errs = append(errs, s.world.Stop())
	}
	return errors.Join(append(errs, s.setup.Remove())...)
}

func (s *stand) fill(ctx context.Context) (map[string]string, error) {
	n := s.out.Recipients
	town, settings, err := s.setup.Fill(ctx, rig.Sizes(n, max(1, n/typical), 30, 2000), rig.Contacts{Mobile: true}, nil)
	if err != nil {
		return nil, err
	}
	s.zone, s.networks, s.out.Networks = town.Zone, town.All(), len(town.Networks)
	return settings, nil
}

// run is one run: the program is started anew, and memory counts from its start.
func (s *stand) run(ctx context.Context) error {
	rig.ForgetPeak()
	heap := rig.Heap(s.o.heap)
	if err := s.start(ctx); err != nil {
		return err
	}
	var took, cpu time.Duration
	for range s.out.Alerts {
		t, c, err := s.alert(ctx)
		if err != nil {
			return err
		}
		took, cpu = took+t, cpu+c
	}
	s.out.SecondsAll = append(s.out.SecondsAll, float64(int(took.Seconds()/float64(s.out.Alerts)*1000+0.5))/1000)
	s.out.CPUAll = append(s.out.CPUAll, rig.Round(float64(cpu.Microseconds())/float64(s.out.Alerts*s.out.Recipients)))
	s.out.PeakMB = max(s.out.PeakMB, rig.PeakMB())
	fmt.Fprintf(os.Stderr, "%d recipients, a run: %.1f s, %.1f us, %.0f MB at most\n", s.out.Recipients, s.out.SecondsAll[len(s.out.SecondsAll)-1],
		s.out.CPUAll[len(s.out.CPUAll)-1], s.out.PeakMB)
	return errors.Join(heap(), s.halt(), s.world.Reset(ctx))
}

// alert launches one alert to everybody and waits until it is over. What the SMSC says of it is read after the clock has stopped.
func (s *stand) alert(ctx context.Context) (took, cpu time.Duration, err error) {
	s.tags++
	tag := fmt.Sprintf("%04d", s.tags)
	began, before := time.Now(), rig.CPU()
	l, err := rig.Launch(ctx, s.app.Desk, s.zone, s.networks, tag)
	if err != nil {
		return 0, 0, err
	}
	done, err := s.watch.Done(ctx, l.Message)
	if err != nil {
		return 0, 0, err
	}
	took, cpu = done.Sub(began), rig.CPU()-before
	if l.People != s.out.Recipients {
		return 0, 0, fmt.Errorf("%d of %d members were to be reached", l.People, s.out.Recipients)
	}
	sum, err := s.world.Summary(ctx, tag)
	if err != nil {
		return 0, 0, err
	}
	s.out.Lost += l.People - sum.Numbers
	s.out.Doubled += len(sum.Doubled)
	return took, cpu, nil
}

func (s *stand) start(ctx context.Context) error {
	before, err := s.world.Counts(ctx)
	if err != nil {
		return err
	}
	if s.app, err = s.setup.Begin(ctx); err != nil {
		return err
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		now, err := s.world.Counts(ctx)
		if err != nil || now.Binds > before.Binds {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (s *stand) halt() error {
	err := s.app.Halt()
	s.app = nil
	return err
}
