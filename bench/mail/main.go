// Program mail measures what an alert by mail costs: processor time of ours, first mail, rate, memory, to Postfix's smtp-sink. Lost is counted
// from what the sink itself wrote down.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/store"
)

type options struct {
	rig.Flags
	recipients  int
	connections int
	bytes       int
	bulletin    bool
}

type result struct {
	Engine     store.Engine      `json:"engine"`
	Recipients int               `json:"recipients"`
	Rate       float64           `json:"per_second"`
	CPU        float64           `json:"cpu_seconds"`
	First      float64           `json:"first_ms"`
	PeakMB     float64           `json:"peak_rss_mb"`
	Lost       int               `json:"lost"`
	Doubled    int               `json:"doubled"`
	Bytes      int               `json:"bytes_per_mail"`
	Class      string            `json:"class"`
	Settings   map[string]string `json:"settings"`
	Peer       string            `json:"peer"`
	Machine    rig.Machine       `json:"machine"`
}

func main() { rig.Main(run) }

func run(ctx context.Context) (err error) {
	o := &options{}
	o.Register("mail")
	o.Profiled()
	flag.IntVar(&o.recipients, "recipients", 20_000, "recipients")
	flag.IntVar(&o.connections, "connections", 4, "connections to the mail server")
	flag.IntVar(&o.bytes, "bytes", 4200, "octets of text and HTML of a bulletin; the mail has headers beside it")
	flag.BoolVar(&o.bulletin, "bulletin", false, "send as a bulletin, from rows that are ready, instead of launching an alert")
	flag.Parse()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	setup, err := rig.NewSetup(ctx, store.Engine(o.Engine), o.URL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, setup.Remove()) }()
	sink, err := rig.StartSink(ctx, setup.Folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sink.Stop()) }()
	setup.SMTP, setup.Mails = sink.Address, o.connections
	out := &result{Engine: setup.Engine, Recipients: o.recipients, Peer: "Postfix smtp-sink", Machine: rig.ThisMachine(), Class: "alert"}
	if err := o.measure(ctx, setup, sink, out); err != nil {
		return err
	}
	if err := out.count(sink, o.recipients); err != nil {
		return err
	}
	return rig.Report("mail", out.Engine, out, o.JSON, o.Keep)
}

func (o *options) measure(ctx context.Context, setup *rig.Setup, sink *rig.Sink, out *result) (err error) {
	town, settings, err := setup.Fill(ctx, []int{o.recipients}, rig.Contacts{Mailbox: true}, nil)
	if err != nil {
		return err
	}
	out.Settings = settings
	watch, err := setup.Watch()
	if err != nil {
		return err
	}
	defer watch.Close()
	a, err := setup.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Halt()) }()
	rig.ForgetPeak()
	profiled, err := rig.Profile(o.CPU)
	if err != nil {
		return err
	}
	first := make(chan time.Time, 1)
	go func() {
		at, err := sink.First(ctx)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		first <- at
	}()
	cpu, began := rig.CPU(), time.Now()
	message, err := o.send(ctx, a.App, town, out)
	if err != nil {
		return err
	}
	done, err := watch.Done(ctx, message)
	if err != nil {
		return err
	}
	out.CPU = float64(int((rig.CPU()-cpu).Seconds()*1000)) / 1000
	out.Rate = rig.Round(float64(o.recipients) / done.Sub(began).Seconds())
	out.First, out.PeakMB = rig.MS((<-first).Sub(began)), rig.PeakMB()
	return profiled()
}

func (o *options) send(ctx context.Context, a *app.App, town *rig.Town, out *result) (buurtbel.ID, error) {
	if o.bulletin {
		out.Class = "bulletin"
		return town.Post(ctx, a.DB, rig.Mail{Class: buurtbel.ClassBulletin, Kind: buurtbel.KindBulletin, Tag: "1", Bytes: o.bytes}, o.recipients)
	}
	l, err := rig.Launch(ctx, a.Desk, town.Zone, town.All(), "1")
	if err != nil {
		return 0, err
	}
	return l.Message, nil
}

// count reads only what the sink wrote.
func (out *result) count(sink *rig.Sink, recipients int) error {
	got, size, err := sink.Received()
	if err != nil {
		return err
	}
	total := 0
	for _, n := range got {
		total += n
	}
	out.Lost, out.Doubled = recipients-len(got), total-len(got)
	out.Bytes = int(size / int64(max(1, total)))
	return nil
}
