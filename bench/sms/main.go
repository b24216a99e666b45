// Program sms measures how fast an alert goes out by SMS, end to end: from before the launch until the store says that the last recipient was
// handed over, with a real SMSC in another process. Lost and doubled are counted from that process's own log alone.
package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/store"
)

type options struct {
	rig.Flags
	recipients int
	backlog    int
	launches   int
	runs       int
	skip       string
	via, sink  string
	patience   time.Duration
}

func flags() *options {
	o := &options{}
	o.Register("sms")
	o.Profiled()
	flag.IntVar(&o.recipients, "recipients", 100_000, "recipients of the large alert")
	flag.IntVar(&o.backlog, "backlog", 100_000, "mails that are being sent while first hand-offs are measured")
	flag.IntVar(&o.launches, "launches", 200, "launches of 60 to 2,000 recipients")
	flag.IntVar(&o.runs, "runs", 3, "alternating runs of bare pump and program")
	flag.StringVar(&o.sink, "sink", "ours", "the SMSC: ours, or npm, the package smpp (then only throughput and bare pump are measured)")
	flag.StringVar(&o.via, "via", "http", "how first hand-offs are launched: http, the desk's own POST over a socket; or desk, a call in this process")
	flag.StringVar(&o.skip, "skip", "", "parts to leave out: pump, settle, small, first, large, with commas")
	flag.DurationVar(&o.patience, "patience", 5*time.Minute, "give up after this")
	return o
}

// result is what is printed. The first keys are what the project promises; the others explain them.
type result struct {
	Engine        store.Engine      `json:"engine"`
	Recipients    int               `json:"recipients"`
	HandedOver    float64           `json:"handed_over_per_second"`
	Settled       float64           `json:"settled_per_second"`
	Bare          float64           `json:"bare_pump_per_second"`
	Ratio         float64           `json:"ratio"`
	FirstP50      float64           `json:"first_handoff_ms_p50"`
	FirstP99      float64           `json:"first_handoff_ms_p99"`
	PeakMB        float64           `json:"peak_rss_mb"`
	Lost          int               `json:"lost"`
	Doubled       int               `json:"doubled"`
	Settings      map[string]string `json:"settings"`
	First100000   float64           `json:"first_handoff_ms_100000"`
	LargeSize     int               `json:"first_handoff_large_recipients"`
	MS2000        float64           `json:"ms_2000"`
	FirstWorst    float64           `json:"first_handoff_ms_max"`
	Launches      int               `json:"launches"`
	Via           string            `json:"first_handoff_via"`
	Backlog       int               `json:"backlog"`
	During        int               `json:"launches_done_before_backlog"` // launches that were done while mails were still to be sent
	BacklogLeft   int               `json:"backlog_left_after_launches"`
	BacklogSent   int               `json:"backlog_sent_meanwhile"`
	BacklogRate   float64           `json:"backlog_per_second_meanwhile"`
	HandedOverAll []float64         `json:"handed_over_runs"`
	BareAll       []float64         `json:"bare_pump_runs"`
	CPUPerSMS     float64           `json:"cpu_us_per_sms"`
	FillSeconds   float64           `json:"fill_seconds"`
	Seconds       float64           `json:"bench_seconds"`
	Window        int               `json:"window"`
	Parts         float64           `json:"parts_per_sms"`
	Peer          string            `json:"peer"`
	Machine       rig.Machine       `json:"machine"`
}

func main() { rig.Main(run) }

func run(ctx context.Context) error {
	o := flags()
	flag.Parse()
	ctx, cancel := context.WithTimeout(ctx, o.patience)
	defer cancel()
	began := time.Now()
	b, err := prepare(ctx, o)
	if err != nil {
		return err
	}
	defer b.close()
	stop, err := rig.Profile(o.CPU)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{{"throughput", b.throughput}, {"settle", b.settled}, {"small", b.small}, {"first", b.first}} {
		if err := b.part(ctx, part.name, part.run); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	if err := stop(); err != nil {
		return err
	}
	b.out.Seconds = rig.Round(time.Since(began).Seconds())
	b.out.Settings["sink"] = o.sink
	name := "sms"
	if o.sink != "ours" {
		name += "-" + o.sink
	}
	return rig.Report(name, b.out.Engine, b.out, o.JSON, o.Keep)
}
