package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/town"
)

type demoCommand struct {
	Once    bool   `help:"Play one alert from launch to feedback without a browser, and end."`
	JSON    bool   `help:"With --once: print the figures as JSON." name:"json"`
	Keep    string `help:"Empty or new folder to keep everything in; otherwise a temporary folder that is removed at the end." type:"path"`
	Members int    `help:"Members of the town." default:"1500"`
	Seed    uint64 `help:"Seed of the town." default:"1"`
	Calls   bool   `help:"Call telephones too, when espeak-ng is there to speak." default:"true" negatable:""`
	Spoil   bool   `help:"With --once: send one text behind the store's back, so that the comparison must fail." hidden:""`
}

// demo is a running demo: the program, its town, and the outside world as a process of its own.
type demo struct {
	w       *world
	options demoCommand
	folder  string
	outside *outside.Process
	gone    <-chan struct{} // closed when the outside world has ended
	app     *app.App
	town    *app.Seeded
	calls   bool // telephones are called
}

func (c demoCommand) Run(w *world) (err error) {
	d := &demo{w: w, options: c}
	defer func() { err = errors.Join(err, d.end()) }()
	if err := d.begin(); err != nil {
		return err
	}
	return d.perform()
}

// perform plays or stays until it is over, by itself or with the outside world.
func (d *demo) perform() (err error) {
	ctx, cancel := context.WithCancelCause(d.w.ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-d.gone:
			cancel(errors.New(d.w.say("gone")))
		case <-ctx.Done():
		}
	}()
	if d.options.Once {
		err = d.once(ctx)
	} else {
		err = d.stay(ctx)
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause // what follows from it needs no telling
	}
	return err
}

// begin starts the outside world, makes folders, keys and configuration, and fills the town.
func (d *demo) begin() error {
	if err := d.makeFolder(); err != nil {
		return err
	}
	if err := d.spawn(); err != nil {
		return err
	}
	listen, err := freeAddress(d.w.ctx)
	if err != nil {
		return err
	}
	d.mayCall()
	c, err := app.DemoConfig(app.DemoPlace{Folder: d.folder, Database: d.w.commands.Database, Listen: listen, Calls: d.calls}, d.outside.Client)
	if err != nil {
		return err
	}
	options := app.Options{Logger: logger(c.Log)}
	if d.options.Once {
		options.Now = afternoon(time.Now())
	}
	if d.app, err = app.Open(d.w.ctx, c, options); err != nil {
		return err
	}
	if err := d.seed(); err != nil {
		return err
	}
	return d.app.OpenCarriers(d.w.ctx, options)
}

// mayCall looks for the program that speaks. Without it the demo calls nobody, says so, and shows all the rest.
func (d *demo) mayCall() {
	if !d.options.Calls {
		return
	}
	_, err := exec.LookPath("espeak-ng")
	if d.calls = err == nil; !d.calls {
		fmt.Fprint(d.w.errs, d.w.say("mute"))
	}
}

// afternoon is a clock that goes as fast as the real one and begins at half past two: what is played must not depend on the hour, because by
// night a feedback waits until the morning before it makes telephones ring.
func afternoon(now time.Time) func() time.Time {
	shift := time.Date(now.Year(), now.Month(), now.Day(), 12, 30, 0, 0, time.UTC).Sub(now)
	return func() time.Time { return time.Now().Add(shift) }
}

func (d *demo) makeFolder() (err error) {
	if d.options.Keep == "" {
		d.folder, err = os.MkdirTemp("", "buurtbel-demo-")
		return err
	}
	d.folder = d.options.Keep
	found, err := os.ReadDir(d.folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(found) > 0 {
		return errors.New(d.w.say("folder"))
	}
	return os.MkdirAll(d.folder, 0o700)
}

// spawn starts the outside world. Some telephones in it cannot be reached: those whose number ends in 47 are off, those in 93 do not exist.
func (d *demo) spawn() error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the own program: %w", err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("pipe for the outside world: %w", err)
	}
	arguments := []string{"outside", "--receipt-after=40ms", "--receipt-spread=150ms"}
	if d.options.Once {
		arguments = append(arguments, "--habits=quick") // nobody waits minutes for a second call
	}
	if d.options.Keep != "" {
		arguments = append(arguments, "--log="+filepath.Join(d.folder, "outside.ndjson"))
	}
	cmd := exec.Command(program, arguments...)
	cmd.SysProcAttr = apart()
	cmd.Stderr = write // only the child holds it: when it can be read to its end, the child is gone
	d.outside, err = outside.Spawn(cmd)
	write.Close()
	if err != nil {
		read.Close()
		return err
	}
	gone := make(chan struct{})
	d.gone = gone
	go func() {
		defer close(gone)
		defer read.Close()
		_, _ = io.Copy(os.Stderr, read) // it ends with the child, however that ends
	}()
	return d.outside.Fault(d.w.ctx, func(f *outside.Fault) {
		f.Rules = []outside.Rule{{Suffix: offSuffix, State: "EXPIRED", Err: "000"}, {Suffix: deadSuffix, State: "UNDELIV", Err: "001"}}
		f.CallRules = []outside.CallRule{{Suffix: deadSuffix, Habit: "unknown"}}
		if !d.options.Once { // the carrier's voicemail answers for who is off: it listens to the whole message
			f.CallRules = append(f.CallRules, outside.CallRule{Suffix: offSuffix, Habit: "machine", First: true})
		}
	})
}

const offSuffix, deadSuffix = "47", "93"

func (d *demo) seed() error {
	err := d.app.DB.Read(d.w.ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		zones, err := tx.Zones()
		if err == nil && len(zones) > 0 {
			err = errors.New(d.w.say("used"))
		}
		return err
	})
	if err != nil {
		return err
	}
	progress := gauge(int64(d.options.Members), d.w.say("seed"))
	d.town, err = d.app.SeedTown(d.w.ctx, town.Build(d.options.Seed, d.options.Members), func(members int) { show(progress, int64(members)) })
	if err != nil {
		return err
	}
	if err := d.app.SeedApplications(d.w.ctx, d.town); err != nil {
		return err
	}
	if err := d.app.SeedMeetings(d.w.ctx, d.town); err != nil {
		return err
	}
	if err := d.app.SeedNews(d.w.ctx, d.town); err != nil {
		return err
	}
	if err := d.app.SeedBulletins(d.w.ctx, d.town); err != nil {
		return err
	}
	return d.app.SeedExercises(d.w.ctx, d.town)
}

// end closes the store and ends the outside world, which must be last; only then the temporary folder goes.
func (d *demo) end() error {
	var err error
	if d.app != nil {
		err = d.app.Close()
	}
	if d.outside != nil {
		select {
		case <-d.gone: // it ended by itself; how it ended was told
			_ = d.outside.Stop() // only to collect the process that has ended
		default:
			err = errors.Join(err, d.outside.Stop())
		}
	}
	if d.folder != "" && d.options.Keep == "" {
		err = errors.Join(err, os.RemoveAll(d.folder))
	}
	return err
}

// stay runs the program until Ctrl-C, or until the outside world ends.
func (d *demo) stay(ctx context.Context) error {
	fmt.Fprint(d.w.out, d.w.say("ready", len(d.town.Members), len(d.town.Networks)))
	if err := d.desk(ctx); err != nil {
		return err
	}
	if d.options.Keep != "" {
		fmt.Fprint(d.w.out, d.w.say("config", d.folder))
	}
	fmt.Fprint(d.w.out, d.w.say("end"))
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() {
		served <- d.app.Serve(ctx)
		stop() // pages that cannot be served end the demo
	}()
	return errors.Join(d.app.Run(ctx), <-served)
}

// freeAddress takes port 8080 when it is free, else any.
func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:8080")
	if err != nil {
		if l, err = new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0"); err != nil {
			return "", fmt.Errorf("find a free port: %w", err)
		}
	}
	return l.Addr().String(), l.Close()
}
