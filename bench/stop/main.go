// Program stop measures stop and correct: an alert to many is stopped when the SMSC has seen a share of it. It tells how long after the call the
// last text of the stopped alert came in, and whether the correction went to exactly those who had seen the alert: both from the SMSC's log alone.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/store"
)

type options struct {
	rig.Flags
	recipients int
	percent    int
	receipts   bool
}

type result struct {
	Engine      store.Engine      `json:"engine"`
	Recipients  int               `json:"recipients"`
	Percent     int               `json:"stopped_at_percent"`
	LastMS      float64           `json:"last_pdu_ms"`
	CallMS      float64           `json:"call_ms"`
	Saw         int               `json:"saw_alert"`
	Corrected   int               `json:"got_correction"`
	Missed      int               `json:"saw_alert_without_correction"`
	Needless    int               `json:"got_correction_without_alert"`
	Doubled     int               `json:"doubled"`
	Equal       bool              `json:"sets_equal"`
	CorrectedMS float64           `json:"last_correction_ms"`
	FirstMS     float64           `json:"first_correction_ms"`
	Settings    map[string]string `json:"settings"`
	Peer        string            `json:"peer"`
	Machine     rig.Machine       `json:"machine"`
}

const (
	alertTag      = "0001"
	correctionTag = "0002"
)

func main() { rig.Main(run) }

func run(ctx context.Context) (err error) {
	o := &options{}
	o.Register("stop")
	o.Profiled()
	flag.IntVar(&o.recipients, "recipients", 100_000, "recipients of the alert")
	flag.IntVar(&o.percent, "at", 30, "share of the recipients, in percent, after which the alert is stopped")
	flag.BoolVar(&o.receipts, "receipts", false, "ask for receipts")
	flag.Parse()
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	setup, err := rig.NewSetup(ctx, store.Engine(o.Engine), o.URL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, setup.Remove()) }()
	world, err := rig.Outside(outside.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Stop()) }()
	setup.SMPP, setup.Receipts = world.SMPP(), o.receipts
	out := &result{Engine: setup.Engine, Recipients: o.recipients, Percent: o.percent, Machine: rig.ThisMachine(),
		Peer: "internal/outside: an SMSC of our own in another process"}
	if err := o.measure(ctx, setup, world.Client, out); err != nil {
		return err
	}
	return rig.Report("stop", out.Engine, out, o.JSON, o.Keep)
}

func (o *options) measure(ctx context.Context, setup *rig.Setup, world *outside.Client, out *result) error {
	town, settings, err := setup.Fill(ctx, []int{o.recipients}, rig.Contacts{Mobile: true}, nil)
	if err != nil {
		return err
	}
	out.Settings = settings
	a, err := setup.Begin(ctx)
	if err != nil {
		return err
	}
	profiled, err := rig.Profile(o.CPU)
	if err != nil {
		return errors.Join(err, a.Halt())
	}
	called, err := o.stopAndCorrect(ctx, setup, a.App, town, world, out)
	if err := errors.Join(err, profiled(), a.Halt()); err != nil {
		return err
	}
	return out.compare(ctx, world, called)
}

// stopAndCorrect launches, waits for the share, corrects, and waits until the correction is done. It gives when Correct was called.
func (o *options) stopAndCorrect(ctx context.Context, setup *rig.Setup, a *app.App, town *rig.Town, world *outside.Client, out *result) (time.Time, error) {
	watch, err := setup.Watch()
	if err != nil {
		return time.Time{}, err
	}
	defer watch.Close()
	l, err := rig.Launch(ctx, a.Desk, town.Zone, town.All(), alertTag)
	if err != nil {
		return time.Time{}, err
	}
	if err := taken(ctx, world, int64(o.recipients*o.percent/100)); err != nil {
		return time.Time{}, err
	}
	called := time.Now()
	follow := alerting.Follow{Valid: 2 * time.Hour, Unwise: "bench", Texts: map[buurtbel.Language]string{buurtbel.Dutch: "Geen brand. [a" + correctionTag + "]"}}
	message, err := a.Desk.Correct(ctx, rig.Dispatcher(town.Zone), town.Zone, l.Alert, follow)
	if err != nil {
		return called, fmt.Errorf("correct: %w", err)
	}
	out.CallMS = rig.MS(time.Since(called))
	_, err = watch.Done(ctx, message)
	return called, err
}

// taken waits until the SMSC has taken n texts.
func taken(ctx context.Context, world *outside.Client, n int64) error {
	for {
		c, err := world.Counts(ctx)
		if err != nil || c.Taken >= n {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// compare reads only the SMSC's log.
func (r *result) compare(ctx context.Context, world *outside.Client, called time.Time) error {
	saw, corrected := map[string]int{}, map[string]int{}
	var last, first, lastCorrection int64
	err := world.Log(ctx, "", func(e outside.Entry) error {
		if e.Part != 1 {
			return nil
		}
		switch e.Tag {
		case alertTag:
			saw[e.Number]++
			last = max(last, e.At)
		case correctionTag:
			corrected[e.Number]++
			lastCorrection = max(lastCorrection, e.At)
			if first == 0 {
				first = e.At
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.Saw, r.Corrected = len(saw), len(corrected)
	for number, n := range saw {
		r.Doubled += n - 1
		if corrected[number] == 0 {
			r.Missed++
		}
	}
	for number, n := range corrected {
		r.Doubled += n - 1
		if saw[number] == 0 {
			r.Needless++
		}
	}
	r.Equal = r.Missed == 0 && r.Needless == 0
	since := func(ns int64) float64 { return rig.MS(time.Unix(0, ns).Sub(called)) }
	r.LastMS, r.FirstMS, r.CorrectedMS = since(last), since(first), since(lastCorrection)
	return nil
}
