// Program crash kills the program from outside, again and again, while an alert is on its way, and compares what the store says in the end with
// what the SMSC and the mail server saw, or with -voice the telephones and with -push the push service. Those live on through every kill. Nothing may be lost, what was doubled must be named uncertain, and no
// state may contradict the sinks.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/store"
)

type options struct {
	rig.Flags
	points     int
	recipients int
	signal     string
	control    bool
	fault      bool
	voice      bool
	push       bool
	lines      int
	seed       uint64
}

// usual is how many recipients an alert has.
const usual = 3000

type result struct {
	Engine      store.Engine      `json:"engine"`
	Signal      string            `json:"signal"`
	Points      int               `json:"points"`
	Lost        int               `json:"lost"`
	Doubled     int               `json:"doubled"`
	Unsettled   int               `json:"unsettled_max"`
	Uncertain   int               `json:"uncertain"`
	Mislabelled int               `json:"mislabelled"`
	Busy        float64           `json:"killed_while_busy"`
	KillAt      []float64         `json:"kill_at"` // ms after the launch, of the first kill of each point
	Unnamed     int               `json:"doubled_not_uncertain"`
	DoubledMost int               `json:"doubled_max"`            // of one kill
	Unseen      int               `json:"uncertain_twice_unseen"` // named uncertain after two tries, of which the sinks saw neither
	Beyond      int               `json:"points_doubled_beyond_unsettled"`
	Unfinished  int               `json:"unfinished"` // recipients that were not final in the end
	Kills       int               `json:"kills"`
	Twice       int               `json:"killed_twice"` // points that were killed again during recovery
	Phases      map[string]int    `json:"kills_by_phase"`
	Faults      map[string]int    `json:"faults,omitempty"`
	Control     bool              `json:"control"` // the guard was taken out: lost or doubled must be above 0
	Recipients  int               `json:"recipients_per_point"`
	Pushes      int               `json:"pushes,omitempty"`
	Calls       int               `json:"calls,omitempty"`
	Spoken      int               `json:"calls_answered_when_killed,omitempty"`
	Ringing     int               `json:"calls_ringing_when_killed,omitempty"`
	Calibration calibration       `json:"calibration_ms"`
	Seed        uint64            `json:"seed"`
	Seconds     float64           `json:"bench_seconds"`
	Settings    map[string]string `json:"settings"`
	Peer        string            `json:"peer"`
	Machine     rig.Machine       `json:"machine"`
}

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "callee":
		rig.Main(answer)
	case len(os.Args) == 2 && os.Args[1] == "pushes":
		rig.Main(rig.TakePushes)
	default:
		rig.Main(run)
	}
}

func run(ctx context.Context) (err error) {
	o := &options{}
	o.Register("crash")
	flag.IntVar(&o.points, "points", 20, "alerts, each of which is killed at one moment")
	flag.IntVar(&o.recipients, "recipients", usual, "recipients of each alert")
	flag.StringVar(&o.signal, "signal", "kill", "kill or term")
	flag.BoolVar(&o.control, "control", false, "take the guard out: lost or doubled must then be above 0")
	flag.BoolVar(&o.fault, "fault", false, "mails too, and sinks that misbehave: 451 for a second, throttling, drops, restarts")
	flag.BoolVar(&o.voice, "voice", false, "calls instead of texts: the members have nothing but a fixed line")
	flag.BoolVar(&o.push, "push", false, "messages to browsers instead of texts: the members have nothing but a browser")
	flag.IntVar(&o.lines, "lines", 40, "lines of the trunk, with -voice")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "of the moments")
	flag.Parse()
	if o.signal != "kill" && o.signal != "term" {
		return fmt.Errorf("signal %q: must be kill or term", o.signal)
	}
	if err := errors.Join(o.calls(), o.pushes()); err != nil {
		return err
	}
	began := time.Now()
	b, err := prepare(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.all(ctx); err != nil {
		return err
	}
	b.out.Seconds = rig.Round(time.Since(began).Seconds())
	name := "crash-" + o.signal
	if o.control {
		name += "-control"
	}
	if o.fault {
		name += "-fault"
	}
	if o.voice {
		name += "-voice"
	}
	if o.push {
		name += "-push"
	}
	return rig.Report(name, b.out.Engine, b.out, o.JSON, o.Keep)
}

// bench is the stand.
type bench struct {
	o        *options
	setup    *rig.Setup
	world    *outside.Process
	peer     *rig.Peer     // with -voice or -push
	browsers *rig.Browsers // with -push
	town     *rig.Town
	watch    *rig.Watch
	member   map[int64]int // which one, by id
	child    *rig.Child
	out      *result
}

func (b *bench) sig() syscall.Signal {
	if b.o.signal == "term" {
		return syscall.SIGTERM
	}
	return syscall.SIGKILL
}

func prepare(ctx context.Context, o *options) (*bench, error) {
	b := &bench{o: o, out: &result{Engine: store.Engine(o.Engine), Signal: o.signal, Control: o.control, Recipients: o.recipients, Seed: o.seed,
		Phases: map[string]int{}, Machine: rig.ThisMachine(), Peer: "internal/outside: an SMSC and a mail server of our own in another process"}}
	var err error
	if b.setup, err = rig.NewSetup(ctx, b.out.Engine, o.URL); err != nil {
		return nil, err
	}
	if b.world, err = rig.Outside(outside.Options{ReceiptAfter: 30 * time.Millisecond, ReceiptSpread: 30 * time.Millisecond}); err != nil {
		return nil, errors.Join(err, b.setup.Remove())
	}
	switch {
	case o.voice:
		err = b.ring()
	case o.push:
		err = b.subscribe()
	default:
		b.setup.SMPP, b.setup.Receipts = b.world.SMPP(), true
	}
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	if o.fault {
		b.setup.SMTP, b.out.Faults = b.world.SMTP(), map[string]int{}
	}
	if err := errors.Join(b.fill(ctx), b.setup.Save()); err != nil {
		return nil, errors.Join(err, b.close())
	}
	if b.watch, err = b.setup.Watch(); err != nil {
		return nil, errors.Join(err, b.close())
	}
	if b.child, err = b.start(ctx); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

func (b *bench) fill(ctx context.Context) (err error) {
	has := rig.Contacts{Mobile: !b.o.voice && !b.o.push, Fixed: b.o.voice, Mailbox: b.o.fault, Browser: b.browsers}
	if b.town, b.out.Settings, err = b.setup.Fill(ctx, []int{b.o.recipients}, has, nil); err != nil {
		return err
	}
	b.member = b.town.Places()
	return nil
}

// start starts the program and waits until it says that it is ready.
func (b *bench) start(ctx context.Context) (*rig.Child, error) {
	return b.setup.Start(ctx, b.town, rig.ChildOptions{Unguarded: b.o.control})
}

func (b *bench) close() error {
	var errs []error
	if b.child != nil {
		errs = append(errs, b.child.End(syscall.SIGKILL))
	}
	if b.watch != nil {
		errs = append(errs, b.watch.Close())
	}
	if b.peer != nil {
		errs = append(errs, b.peer.End(nil))
	}
	return errors.Join(append(errs, b.world.Stop(), b.setup.Remove())...)
}
