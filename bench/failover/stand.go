package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/store"
)

// bench is the stand: the program in this process, and two SMSCs.
type bench struct {
	o             *options
	setup         *rig.Setup
	first, second *outside.Process
	town          *rig.Town // a network of everybody, and a small one
	member        map[int64]int
	place         map[string]int
	watch         *rig.Watch
	app           *rig.Running
	tags          int
	out           *result
}

// few is the size of the small network, which is alerted to see whether a carrier is back.
const few = 100

func prepare(ctx context.Context, o *options) (b *bench, err error) {
	b = &bench{o: o, out: &result{Engine: store.Engine(o.Engine), Recipients: o.recipients, Window: o.window, Ill: o.ill.Seconds(), Machine: rig.ThisMachine(),
		Peer: "internal/outside: two SMSCs of our own, each in another process"}}
	if b.setup, err = rig.NewSetup(ctx, b.out.Engine, o.URL); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.close())
		}
	}()
	if b.first, err = rig.Outside(outside.Options{}); err != nil {
		return nil, err
	}
	if b.second, err = rig.Outside(outside.Options{}); err != nil {
		return nil, err
	}
	b.setup.SMPP, b.setup.Second, b.setup.Window = b.first.SMPP(), b.second.SMPP(), o.window
	if err := b.fill(ctx); err != nil {
		return nil, err
	}
	b.watch, err = b.setup.Watch()
	return b, err
}

func (b *bench) fill(ctx context.Context) (err error) {
	if b.town, b.out.Settings, err = b.setup.Fill(ctx, []int{b.o.recipients, few}, rig.Contacts{Mobile: true}, nil); err != nil {
		return err
	}
	b.member, b.place = b.town.Places(), map[string]int{}
	for i := range b.o.recipients {
		b.place[rig.Number(i)] = i
	}
	return nil
}

func (b *bench) close() error {
	var errs []error
	if b.app != nil {
		errs = append(errs, b.halt())
	}
	if b.watch != nil {
		errs = append(errs, b.watch.Close())
	}
	for _, p := range []*outside.Process{b.first, b.second} {
		if p != nil {
			errs = append(errs, p.Stop())
		}
	}
	return errors.Join(append(errs, b.setup.Remove())...)
}

// start runs the program anew, so that it knows nothing of its carriers, and waits until both are connected.
func (b *bench) start(ctx context.Context) error {
	a, err := b.setup.Begin(ctx)
	if err != nil {
		return err
	}
	b.app = a
	return poll(ctx, func() (bool, error) {
		for _, h := range a.Dispatcher.Health() {
			if !h.Up {
				return false, nil
			}
		}
		return true, nil
	})
}

func (b *bench) halt() error {
	err := b.app.Halt()
	b.app = nil
	return err
}

func (b *bench) tag() string {
	b.tags++
	return fmt.Sprintf("%04d", b.tags)
}

// poll asks every 2 ms until the answer is yes.
func poll(ctx context.Context, ask func() (bool, error)) error {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if yes, err := ask(); err != nil || yes {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
