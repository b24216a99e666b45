// Program failover takes the first of two SMS carriers away in the middle of a launch, each time in another way, and measures from the SMSCs' own
// logs how long nothing was handed over to either. Both SMSCs are other processes. Nobody may be lost, and whoever got the text twice must be
// named uncertain.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/store"
)

type options struct {
	rig.Flags
	recipients int
	window     int
	ill        time.Duration
	cases      string
	patience   time.Duration
}

// verdict is what one case came to. Times are measured at the SMSCs, in ms.
type verdict struct {
	Case      string   `json:"case"`
	Gap       float64  `json:"gap_ms"`  // longest time without a submit_sm at either SMSC while work was left, from the fault on
	Lost      int      `json:"lost"`    // neither SMSC saw it, and the store does not say that it was not handed over
	Doubled   int      `json:"doubled"` // members who got it more than once
	Uncertain int      `json:"uncertain"`
	Back      *float64 `json:"back_ms"`               // from the end of the fault until the first carrier took a text again; null without a fault
	Unnamed   int      `json:"doubled_not_uncertain"` // must be 0
	Wrong     int      `json:"mislabelled"`           // states that contradict the SMSCs
	Switch    *float64 `json:"switch_ms"`             // from the fault until the second carrier took its first text
	Took      float64  `json:"launch_ms"`             // until everybody was final in the store
	First     int      `json:"by_first"`              // texts that each SMSC took
	Second    int      `json:"by_second"`
	Failed    int      `json:"not_handed_over"` // the store says so itself
}

type result struct {
	Engine     store.Engine      `json:"engine"`
	Recipients int               `json:"recipients"`
	Window     int               `json:"window"`
	Cases      []*verdict        `json:"cases"`
	Ill        float64           `json:"fault_seconds"`
	Seconds    float64           `json:"bench_seconds"`
	Settings   map[string]string `json:"settings"`
	Peer       string            `json:"peer"`
	Machine    rig.Machine       `json:"machine"`
}

func main() { rig.Main(run) }

func run(ctx context.Context) (err error) {
	o := &options{}
	o.Register("failover")
	flag.IntVar(&o.recipients, "recipients", 20_000, "recipients of the launch")
	flag.IntVar(&o.window, "window", 500, "submit_sm without answer at each carrier")
	flag.DurationVar(&o.ill, "ill", 5*time.Second, "how long the first carrier is away")
	flag.StringVar(&o.cases, "cases", strings.Join(names(), ","), "which, with commas")
	flag.DurationVar(&o.patience, "patience", 10*time.Minute, "give up after this")
	flag.Parse()
	ctx, cancel := context.WithTimeout(ctx, o.patience)
	defer cancel()
	began := time.Now()
	b, err := prepare(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	for _, name := range strings.Split(o.cases, ",") {
		f, ok := faults[name]
		if !ok {
			return fmt.Errorf("case %q: must be of %s", name, strings.Join(names(), ", "))
		}
		v, err := b.trial(ctx, name, f)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		b.out.Cases = append(b.out.Cases, v)
		fmt.Fprintf(os.Stderr, "%s: gap %.0f ms, lost %d, doubled %d, uncertain %d\n", name, v.Gap, v.Lost, v.Doubled, v.Uncertain)
	}
	b.out.Seconds = rig.Round(time.Since(began).Seconds())
	return rig.Report("failover", b.out.Engine, b.out, o.JSON, o.Keep)
}
