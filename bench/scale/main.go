// Program scale measures what one recipient of an alert costs as alerts grow: processor time and memory of the program, from before the launch
// until the store says that the last recipient was handed over. The SMSC is another process, and lost and doubled are counted from its own log.
package main

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/store"
)

type options struct {
	rig.Flags
	recipients string
	runs       int
	receipts   bool
	heap       string
	patience   time.Duration
}

func flags() *options {
	o := &options{}
	o.Register("scale")
	o.Profiled()
	flag.StringVar(&o.heap, "heapprofile", "", "file for a heap profile, taken when most of it was in use")
	flag.StringVar(&o.recipients, "recipients", "1000,10000,100000,1000000", "sizes of the alerts")
	flag.IntVar(&o.runs, "runs", 3, "runs of each size; the figures are their medians")
	flag.BoolVar(&o.receipts, "receipts", false, "ask for receipts: an alert is over when all are delivered in the store")
	flag.DurationVar(&o.patience, "patience", 15*time.Minute, "give up after this")
	return o
}

// size is what alerts of one size came to.
type size struct {
	Recipients int       `json:"recipients"`
	Seconds    float64   `json:"seconds"`
	CPU        float64   `json:"cpu_us_per_recipient"`
	PeakMB     float64   `json:"peak_rss_mb"` // highest of all runs
	Networks   int       `json:"networks"`
	Alerts     int       `json:"alerts_per_run"` // small ones are launched several times: one of them is over before it can be measured
	SecondsAll []float64 `json:"seconds_runs"`   // of one alert
	CPUAll     []float64 `json:"cpu_us_runs"`
	Lost       int       `json:"lost"`
	Doubled    int       `json:"doubled"`
	Fill       float64   `json:"fill_seconds"`
	Load       string    `json:"load"` // of the machine before the first run
}

type result struct {
	Engine   store.Engine      `json:"engine"`
	Sizes    []*size           `json:"sizes"`
	Growth   float64           `json:"cpu_growth"` // per recipient, of the largest size over ten thousand; 0 when either was not measured
	Receipts bool              `json:"receipts"`
	Seconds  float64           `json:"bench_seconds"`
	Settings map[string]string `json:"settings"`
	Peer     string            `json:"peer"`
	Machine  rig.Machine       `json:"machine"`
}

func main() { rig.Main(run) }

func run(ctx context.Context) error {
	o := flags()
	flag.Parse()
	counts, err := numbers(o.recipients)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.patience)
	defer cancel()
	stop, err := rig.Profile(o.CPU)
	if err != nil {
		return err
	}
	began := time.Now()
	out := &result{Engine: store.Engine(o.Engine), Receipts: o.receipts, Machine: rig.ThisMachine(), Peer: "internal/outside: an SMSC of our own in another process"}
	for _, n := range counts {
		s, err := measure(ctx, o, out, n)
		if err != nil {
			return fmt.Errorf("%d recipients: %w", n, err)
		}
		out.Sizes = append(out.Sizes, s)
	}
	if err := stop(); err != nil {
		return err
	}
	out.Growth = growth(out.Sizes)
	out.Seconds = rig.Round(time.Since(began).Seconds())
	return rig.Report("scale", out.Engine, out, o.JSON, o.Keep)
}

func numbers(list string) ([]int, error) {
	var out []int
	for _, word := range strings.Split(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || n < 1 || n > 5_000_000 {
			return nil, fmt.Errorf("recipients %q: must be numbers from 1 to 5000000, with commas", list)
		}
		out = append(out, n)
	}
	return out, nil
}

// base is the size that others are held against.
const base = 10_000

func growth(list []*size) float64 {
	var small, large *size
	for _, s := range list {
		if s.Recipients == base {
			small = s
		}
		if large == nil || s.Recipients > large.Recipients {
			large = s
		}
	}
	if small == nil || large == small {
		return 0
	}
	return float64(int(large.CPU/small.CPU*1000+0.5)) / 1000
}
