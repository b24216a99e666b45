package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/store"
)

// groups is how many networks of 60 to 2,000 members there are; one more takes the rest.
const groups = 24

// bench is the stand with what was measured so far.
type bench struct {
	o     *options
	setup *rig.Setup
	world *outside.Process
	town  *rig.Town
	watch *rig.Watch
	app   *rig.Running // nil between two parts
	npm   *foreign     // the SMSC; nil: our own
	clerk buurtbel.ID  // a dispatcher
	desk  *rig.Browser // who launches; nil: a call in this process does
	tags  int
	out   *result
}

func prepare(ctx context.Context, o *options) (*bench, error) {
	b := &bench{o: o, out: &result{Engine: store.Engine(o.Engine), Recipients: o.recipients, Backlog: o.backlog, Window: 500, Via: o.via, Machine: rig.ThisMachine(),
		Peer: "internal/outside: an SMSC and a mail server of our own in another process"}}
	var err error
	if b.setup, err = rig.NewSetup(ctx, b.out.Engine, o.URL); err != nil {
		return nil, err
	}
	if b.world, err = rig.Outside(outside.Options{}); err != nil {
		return nil, errors.Join(err, b.setup.Remove())
	}
	b.setup.SMPP, b.setup.SMTP = b.world.SMPP(), b.world.SMTP()
	if o.sink == "npm" {
		if b.npm, err = startForeign(b.setup.Folder); err != nil {
			b.close()
			return nil, err
		}
		b.setup.SMPP, o.skip = b.npm.address, o.skip+",settle,small,first"
		b.out.Peer = "the npm package smpp in a process of Node"
	}
	began := time.Now()
	if err := b.fill(ctx); err != nil {
		b.close()
		return nil, err
	}
	b.out.FillSeconds = rig.Round(time.Since(began).Seconds())
	if b.watch, err = b.setup.Watch(); err != nil {
		b.close()
		return nil, err
	}
	rig.ForgetPeak()
	return b, nil
}

func (b *bench) fill(ctx context.Context) (err error) {
	sizes, has := rig.Sizes(b.o.recipients, groups, 60, 2000), rig.Contacts{Mobile: true, Mailbox: true, Hidden: true}
	b.town, b.out.Settings, err = b.setup.Fill(ctx, sizes, has, func(a *app.App, t *rig.Town) (err error) {
		b.clerk, err = t.Hire(ctx, a.DB)
		return err
	})
	return err
}

func (b *bench) close() {
	if b.app != nil {
		b.say(b.halt())
	}
	if b.watch != nil {
		b.say(b.watch.Close())
	}
	if b.npm != nil {
		b.say(b.npm.stop())
	}
	b.say(b.world.Stop())
	b.say(b.setup.Remove())
}

func (b *bench) say(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// part runs one part unless it is to be skipped, and keeps the highest peak of memory.
func (b *bench) part(ctx context.Context, name string, run func(context.Context) error) error {
	if b.skips(name) {
		return nil
	}
	err := run(ctx)
	b.out.PeakMB = max(b.out.PeakMB, rig.PeakMB())
	return err
}

func (b *bench) skips(name string) bool { return strings.Contains(","+b.o.skip+",", ","+name+",") }

// start opens and runs the program anew, with receipts or without, and waits until its carriers are there.
func (b *bench) start(ctx context.Context, receipts bool) error {
	b.setup.Receipts = receipts
	before, err := b.world.Counts(ctx)
	if err != nil {
		return err
	}
	if b.app, err = b.setup.Begin(ctx); err != nil {
		return err
	}
	if b.npm != nil {
		return rest(ctx, foreignBind)
	}
	return b.bound(ctx, before.Binds)
}

// foreignBind is how long the npm SMSC is given to take a bind: it does not tell when it did.
const foreignBind = 500 * time.Millisecond

func (b *bench) bound(ctx context.Context, before int64) error {
	for {
		now, err := b.world.Counts(ctx)
		if err != nil || now.Binds > before {
			return err
		}
		if err := rest(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
}

func rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
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

// sent is one launch with when it began.
type sent struct {
	tag     string
	message buurtbel.ID
	people  int
	began   time.Time
}

func (b *bench) launch(ctx context.Context, networks []buurtbel.ID) (sent, error) {
	s := sent{tag: b.tag(), began: time.Now()}
	if b.desk != nil {
		alert, err := b.desk.Launch(ctx, networks, s.tag)
		if err != nil {
			return s, err
		}
		s.message, s.people, err = b.watch.Launched(ctx, alert)
		return s, err
	}
	l, err := rig.Launch(ctx, b.app.Desk, b.town.Zone, networks, s.tag)
	if err != nil {
		return s, err
	}
	s.message, s.people = l.Message, l.People
	return s, nil
}

// count adds up what the SMSC's own log says of one alert: to whom nothing came, and who got it more than once.
func (b *bench) count(ctx context.Context, s sent) (outside.Summary, error) {
	if b.npm != nil {
		count, numbers, err := b.npm.took()
		b.out.Lost += s.people - numbers
		b.out.Doubled += count - numbers
		b.out.Parts = rig.Round(float64(count) / float64(max(1, numbers)))
		return outside.Summary{}, err
	}
	sum, err := b.world.Summary(ctx, s.tag)
	if err != nil {
		return sum, err
	}
	b.out.Lost += s.people - sum.Numbers
	b.out.Doubled += len(sum.Doubled)
	b.out.Parts = rig.Round(float64(sum.Count) / float64(max(1, sum.Numbers)))
	return sum, nil
}
