package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/outside"
)

// calibration is how long the stages of an alert take on this machine, in ms from the launch on: the quickest of
// three runs that nobody disturbs, so that a kill finds work.
type calibration struct {
	First    float64 `json:"first"`    // hand-off
	Last     float64 `json:"last"`     // hand-off
	Final    float64 `json:"final"`    // every recipient is final in the store
	Recovery float64 `json:"recovery"` // from the start of a process until it takes up work again
}

// The phases that kills fall into.
const (
	expanding = "launch and expansion"
	handing   = "between first and last hand-off"
	recording = "recording and receipts"
)

func (b *bench) all(ctx context.Context) error {
	if err := b.calibrate(ctx); err != nil {
		return fmt.Errorf("calibrate: %w", err)
	}
	chance := rand.New(rand.NewPCG(b.o.seed, 1))
	busy := 0
	for i := range b.o.points {
		p := b.plan(i, chance)
		if err := b.point(ctx, p); err != nil {
			return fmt.Errorf("point %d: %w", i, err)
		}
		b.out.Points++
		b.out.Phases[p.phase]++
		b.out.KillAt = append(b.out.KillAt, rig.MS(p.at))
		if p.busy {
			busy++
		}
		b.out.Busy = rig.Round(float64(busy)*1000/float64(b.out.Points)) / 1000
	}
	return nil
}

// calibrate lets three alerts run through.
func (b *bench) calibrate(ctx context.Context) error {
	var first, last, final, ready []float64
	for i := range 3 {
		tag := fmt.Sprintf("c%03d", i)
		began := time.Now()
		if err := b.child.Launch(tag); err != nil {
			return err
		}
		done, err := b.finished(ctx, tag)
		if err != nil {
			return err
		}
		from, until, err := b.span(ctx, tag)
		if err != nil {
			return err
		}
		first, last, final = append(first, rig.MS(from.Sub(began))), append(last, rig.MS(until.Sub(began))), append(final, rig.MS(done.Sub(began)))
		took, err := b.again(ctx)
		if err != nil {
			return err
		}
		ready = append(ready, rig.MS(took))
	}
	b.out.Calibration = calibration{First: rig.Quantile(first, 0), Last: rig.Quantile(last, 0), Final: rig.Quantile(final, 0), Recovery: rig.Median(ready)}
	return nil
}

// span gives when the sinks saw the first and the last of an alert.
func (b *bench) span(ctx context.Context, tag string) (first, last time.Time, err error) {
	switch {
	case b.o.voice:
		return b.talked()
	case b.o.push:
		return b.shown()
	}
	sum, err := b.world.Summary(ctx, tag)
	return time.Unix(0, sum.First), time.Unix(0, sum.Last), err
}

// again ends the program kindly and starts it anew; it gives how long starting took.
func (b *bench) again(ctx context.Context) (time.Duration, error) {
	if err := b.child.End(syscall.SIGTERM); err != nil {
		return 0, err
	}
	began := time.Now()
	var err error
	b.child, err = b.start(ctx)
	return time.Since(began), err
}

// point is one alert and the moment at which it is killed.
type point struct {
	tag    string
	phase  string
	at     time.Duration // after the launch
	second time.Duration // after the program was started again; 0: no second kill
	fault  string
	when   time.Duration // of the fault, after the launch
	busy   bool
	calls  []called // seen so far, with -voice
}

// plan draws the moment of a point: a third in launch and expansion, half between first and last hand-off, the rest in recording and receipts.
func (b *bench) plan(i int, chance *rand.Rand) *point {
	c := b.out.Calibration
	p := &point{tag: fmt.Sprintf("%04d", i+1)}
	from, until := 0.0, c.First
	switch k := i % 12; {
	case k%3 == 0:
		p.phase = expanding
	case k == 11 || k == 5:
		p.phase, from, until = recording, c.Last, c.Last+(c.Final-c.Last)*0.7 // the end comes earlier when the machine is idle
	default:
		p.phase, from, until = handing, c.First, c.Last
	}
	p.at = ms(from + chance.Float64()*(until-from))
	if i%4 == 3 {
		p.second = ms(1 + chance.Float64()*(c.Final-c.First)/2)
	}
	if b.o.fault {
		p.fault = faults[i%len(faults)]
		p.when = ms(chance.Float64() * c.Last)
	}
	return p
}

func ms(v float64) time.Duration { return time.Duration(v * float64(time.Millisecond)) }

// point runs one: launch, kill, start again, perhaps kill again, wait until all is final, compare.
func (b *bench) point(ctx context.Context, p *point) error {
	began := time.Now()
	misbehaved := make(chan error, 1)
	go func() { misbehaved <- b.misbehave(ctx, p) }()
	if err := b.child.Launch(p.tag); err != nil {
		return err
	}
	time.Sleep(time.Until(began.Add(p.at)))
	var err error
	if p.busy, err = b.unfinished(ctx, p.tag); err != nil {
		return err
	}
	unsettled, err := b.kill(ctx, p)
	if err != nil {
		return err
	}
	if b.child, err = b.start(ctx); err != nil {
		return err
	}
	if err := b.child.Launch(p.tag); err != nil { // the same key: whoever launched tries again
		return err
	}
	if p.second > 0 {
		time.Sleep(p.second)
		more, err := b.kill(ctx, p)
		if err != nil {
			return err
		}
		unsettled += more
		b.out.Twice++
		if b.child, err = b.start(ctx); err != nil {
			return err
		}
		if err := b.child.Launch(p.tag); err != nil {
			return err
		}
	}
	if err := <-misbehaved; err != nil {
		return err
	}
	if _, err := b.finished(ctx, p.tag); err != nil {
		return err
	}
	return b.compare(ctx, p, unsettled)
}

// kill ends the program and counts what it left without an outcome.
func (b *bench) kill(ctx context.Context, p *point) (int, error) {
	if err := b.child.End(b.sig()); err != nil {
		return 0, err
	}
	b.out.Kills++
	most, err := b.watch.Count(ctx, `select coalesce(max(n), 0) from (select count(*) as n from delivery d join message m on m.id = d.message
		join alert a on a.id = m.alert where a.key = $1 and d.state = 'sending' group by d.channel) x`, p.tag)
	if err != nil {
		return 0, err
	}
	b.out.Unsettled = max(b.out.Unsettled, most) // of one carrier
	if err := b.interrupted(p); err != nil {
		return 0, err
	}
	n, err := b.watch.Count(ctx, `select count(*) from delivery d join message m on m.id = d.message join alert a on a.id = m.alert
		where a.key = $1 and d.state = 'sending'`, p.tag)
	return n, err
}

// faults in their order; "" is none.
var faults = []string{"throttle", "drop", "restart", "mail-451"}

// misbehave makes the sinks misbehave at the point's moment, and good again.
func (b *bench) misbehave(ctx context.Context, p *point) error {
	if p.fault == "" {
		return nil
	}
	b.out.Faults[p.fault]++
	time.Sleep(p.when)
	switch p.fault {
	case "throttle":
		return b.world.Fault(ctx, func(f *outside.Fault) { f.ThrottleFor = 300 })
	case "drop":
		return b.world.Drop(ctx)
	case "restart":
		return b.world.Restart(ctx, 300*time.Millisecond)
	}
	return b.world.Fault(ctx, func(f *outside.Fault) { f.MailTempFor = 1000 })
}
