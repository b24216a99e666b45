package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/store"
)

// throughput alternates the bare pump with the program, receipts off.
func (b *bench) throughput(ctx context.Context) error {
	var ours []float64
	for range b.o.runs {
		if err := b.part(ctx, "pump", b.pump); err != nil {
			return err
		}
		rate, err := b.whole(ctx, false)
		if err != nil {
			return err
		}
		ours = append(ours, rate)
	}
	b.out.HandedOverAll = append([]float64{}, ours...)
	b.out.HandedOver = rig.Median(ours)
	if len(b.out.BareAll) > 0 {
		b.out.Bare = rig.Median(append([]float64{}, b.out.BareAll...))
		b.out.Ratio = float64(int(b.out.HandedOver/b.out.Bare*1000)) / 1000
	}
	return nil
}

// whole launches one alert to everybody and gives how many a second were done, from before the launch until the store says that all are.
func (b *bench) whole(ctx context.Context, receipts bool) (float64, error) {
	if err := b.start(ctx, receipts); err != nil {
		return 0, err
	}
	cpu := rig.CPU()
	s, err := b.launch(ctx, b.town.All())
	if err != nil {
		return 0, err
	}
	done, err := b.watch.Done(ctx, s.message)
	if err != nil {
		return 0, err
	}
	if !receipts {
		b.out.CPUPerSMS = rig.Round(float64((rig.CPU() - cpu).Microseconds()) / float64(s.people))
	}
	if _, err := b.count(ctx, s); err != nil {
		return 0, err
	}
	if err := b.halt(); err != nil {
		return 0, err
	}
	return rig.Round(float64(s.people) / done.Sub(s.began).Seconds()), b.world.Reset(ctx)
}

// settled is a whole alert with receipts: done when all are delivered in the store.
func (b *bench) settled(ctx context.Context) (err error) {
	b.out.Settled, err = b.whole(ctx, true)
	return err
}

// pumped is the text of the bare pump, as long as the alert's.
const pumped = "PZ Vlier: Brand, rook. [a0000]. Grijp niet zelf in. Iets gezien? Bel 112. Kan u niet bellen: gebruik de app 112 BE. Dit bericht geldt tot vandaag 14.47 uur."

// pump sends as many messages with the same codec, sink, window and text, but without a store.
func (b *bench) pump(ctx context.Context) error {
	cfg := b.setup.Carrier()
	cfg.Receipts = false
	s, err := smpp.Open(ctx, cfg, smpp.Options{Logger: rig.Quiet()})
	if err != nil {
		return err
	}
	if err := s.WaitUp(ctx); err != nil {
		return err
	}
	content := &channel.Content{Sender: "PZ Vlier", Text: pumped, Language: buurtbel.Dutch, Class: buurtbel.ClassAlert}
	expires := time.Now().Add(time.Hour)
	var all sync.WaitGroup
	all.Add(b.o.recipients)
	var refused atomic.Pointer[channel.Failure]
	settle := func(r channel.Result) {
		if r.Failure != nil {
			refused.Store(r.Failure)
		}
		all.Done()
	}
	began := time.Now()
	for i := range b.o.recipients {
		s.Send(ctx, &channel.Message{To: rig.Number(i), Expires: expires, Content: content}, settle)
	}
	all.Wait()
	if f := refused.Load(); f != nil {
		return fmt.Errorf("bare pump: %w", f)
	}
	b.out.BareAll = append(b.out.BareAll, rig.Round(float64(b.o.recipients)/time.Since(began).Seconds()))
	if err := s.Close(ctx); err != nil {
		return err
	}
	return b.pumpedAll(ctx)
}

func (b *bench) pumpedAll(ctx context.Context) error {
	var sum outside.Summary
	var err error
	if b.npm != nil {
		sum.Count, sum.Numbers, err = b.npm.took()
	} else {
		sum, err = b.world.Summary(ctx, "0000")
	}
	if err != nil {
		return err
	}
	if sum.Count != b.o.recipients || sum.Numbers != b.o.recipients {
		return fmt.Errorf("bare pump: %d of %d arrived", sum.Count, b.o.recipients)
	}
	return b.world.Reset(ctx)
}

// small measures how long 2,000 recipients take: the median of five launches.
func (b *bench) small(ctx context.Context) error {
	if err := b.start(ctx, false); err != nil {
		return err
	}
	var all []float64
	for range 5 {
		s, err := b.launch(ctx, b.group(2000))
		if err != nil {
			return err
		}
		done, err := b.watch.Done(ctx, s.message)
		if err != nil {
			return err
		}
		if _, err := b.count(ctx, s); err != nil {
			return err
		}
		all = append(all, rig.MS(done.Sub(s.began)))
	}
	b.out.MS2000 = rig.Median(all)
	return b.halt()
}

// group gives the network whose size is nearest to what is wanted.
func (b *bench) group(want int) []buurtbel.ID {
	best := b.town.Networks[0]
	for _, g := range b.town.Networks {
		if distance(len(g.Members), want) < distance(len(best.Members), want) {
			best = g
		}
	}
	return []buurtbel.ID{best.ID}
}

func distance(a, b int) int { return max(a-b, b-a) }

// ready is when the backlog may be sent: when all of it is stored, so that it lasts as long as the launches.
const ready = 7 * time.Second

// first measures from before the launch to the first submit_sm that the SMSC read, over many launches, while a backlog of mails is being sent.
func (b *bench) first(ctx context.Context) error {
	if err := b.start(ctx, false); err != nil {
		return err
	}
	if b.o.via == "http" {
		serving, closed := context.WithCancel(ctx)
		defer closed()
		var err error
		if b.desk, err = rig.Serve(serving, b.app.App, b.clerk); err != nil {
			return err
		}
		defer func() { b.desk = nil }()
	}
	due := time.Now().Add(ready)
	backlog, err := b.town.Post(ctx, b.app.DB, rig.Mail{Class: buurtbel.ClassBulletin, Kind: buurtbel.KindBulletin, Tag: "backlog", Bytes: 2000, NotBefore: due}, b.o.backlog)
	if err != nil {
		return err
	}
	if err := rest(ctx, time.Until(due)); err != nil {
		return err
	}
	before, err := b.world.Counts(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	var sents []sent
	for i := range b.o.launches {
		s, err := b.launch(ctx, []buurtbel.ID{b.town.Networks[i%groups].ID})
		if err != nil {
			return err
		}
		if _, err := b.watch.Done(ctx, s.message); err != nil {
			return err
		}
		sents = append(sents, s)
		if open, err := b.watch.Open(ctx, backlog); err != nil {
			return err
		} else if open {
			b.out.During++
		}
	}
	after, err := b.world.Counts(ctx)
	if err != nil {
		return err
	}
	b.out.BacklogSent = int(after.Mails - before.Mails)
	b.out.BacklogRate = rig.Round(float64(b.out.BacklogSent) / time.Since(began).Seconds())
	states, err := b.watch.States(ctx, backlog)
	if err != nil {
		return err
	}
	b.out.BacklogLeft = states["queued"] + states["sending"]
	if err := b.part(ctx, "large", b.large); err != nil {
		return err
	}
	if err := b.firsts(ctx, sents); err != nil {
		return err
	}
	err = b.app.DB.Write(ctx, buurtbel.Scope{Zone: b.town.Zone}, func(tx *store.Tx) error { return tx.StopMessage(backlog) })
	if err != nil {
		return err
	}
	return b.halt()
}

// large launches to everybody while the backlog is still there, and stops the alert as soon as the first text is out.
func (b *bench) large(ctx context.Context) error {
	s, err := b.launch(ctx, b.town.All())
	if err != nil {
		return err
	}
	b.out.LargeSize = s.people
	for {
		sum, err := b.world.Summary(ctx, s.tag)
		if err != nil {
			return err
		}
		if sum.Count == 0 {
			continue
		}
		b.out.First100000 = rig.MS(time.Unix(0, sum.First).Sub(s.began))
		b.out.Doubled += len(sum.Doubled)
		return b.app.DB.Write(ctx, buurtbel.Scope{Zone: b.town.Zone}, func(tx *store.Tx) error { return tx.StopMessage(s.message) })
	}
}

func (b *bench) firsts(ctx context.Context, sents []sent) error {
	var all []float64
	for _, s := range sents {
		sum, err := b.count(ctx, s)
		if err != nil {
			return err
		}
		all = append(all, rig.MS(time.Unix(0, sum.First).Sub(s.began)))
	}
	b.out.Launches = len(all)
	b.out.FirstP50, b.out.FirstP99, b.out.FirstWorst = rig.Quantile(all, 0.5), rig.Quantile(all, 0.99), rig.Quantile(all, 1)
	return nil
}
