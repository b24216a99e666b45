// Program nodes runs several processes of the program on one PostgreSQL and lets go wrong what goes wrong: one is killed, all are restarted one
// by one, the database's leader dies, a pooler stands between. The SMSC is another process and lives on; what was lost or doubled is said by its
// own log alone.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"syscall"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/store"
)

type options struct {
	what       string
	nodes      int
	recipients int
	rounds     int
	perSecond  int
	direct     bool
	json, keep bool
}

type result struct {
	Case       string            `json:"case"`
	Nodes      int               `json:"nodes"`
	Rounds     int               `json:"rounds"`
	Recipients int               `json:"recipients_per_round"`
	Lost       int               `json:"lost"`
	Doubled    int               `json:"doubled"`
	Unnamed    int               `json:"doubled_not_uncertain"`
	Uncertain  int               `json:"uncertain"` // deliveries of which at least one attempt had no outcome
	Unfinished int               `json:"unfinished"`
	Gap        float64           `json:"gap_ms"`                  // longest silence at the SMSC after the event; with patroni: from the promotion to the next text
	Gaps       []float64         `json:"gaps_ms"`                 // of each round
	TakenOver  []float64         `json:"taken_over_ms,omitempty"` // from the kill to the first text to somebody whom the killed node was sending to
	Promotion  []float64         `json:"promotion_ms,omitempty"`  // from the kill of the leader to the promotion
	Hands      map[string]int    `json:"texts_by_connection"`
	Rate       int               `json:"texts_in_a_second_max"` // the SMSC allows rate_allowed
	Allowed    int               `json:"rate_allowed"`
	First      float64           `json:"first_handoff_ms_p50"` // from the launch on one node
	Pooled     bool              `json:"pooled"`
	Listens    bool              `json:"listens"`
	Seconds    float64           `json:"bench_seconds"`
	Settings   map[string]string `json:"settings"`
	Peer       string            `json:"peer"`
	Machine    rig.Machine       `json:"machine"`
}

func main() { rig.Main(run) }

func run(ctx context.Context) (err error) {
	o := &options{}
	flag.StringVar(&o.what, "case", "kill", "kill, rolling, patroni or pgbouncer")
	flag.IntVar(&o.nodes, "nodes", 2, "processes")
	flag.IntVar(&o.recipients, "recipients", 6000, "recipients of each alert")
	flag.IntVar(&o.rounds, "rounds", 4, "alerts; patroni: always one")
	flag.IntVar(&o.perSecond, "rate", 1500, "texts a second that the SMSC allows all of them together")
	flag.BoolVar(&o.direct, "direct", false, "pgbouncer: also give the address around it")
	flag.BoolVar(&o.json, "json", false, "print one JSON object")
	flag.BoolVar(&o.keep, "out", false, "also write bench/results/nodes-<case>-<commit>.json")
	flag.Parse()
	plays := map[string]func(*bench, context.Context) error{"kill": (*bench).kills, "rolling": (*bench).rolls, "patroni": (*bench).fails, "pgbouncer": (*bench).kills}
	play, known := plays[o.what]
	if !known || o.nodes < 2 {
		return fmt.Errorf("case %q with %d nodes: must be kill, rolling, patroni or pgbouncer, with two at least", o.what, o.nodes)
	}
	began := time.Now()
	b, err := prepare(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := play(b, ctx); err != nil {
		return err
	}
	b.out.First = rig.Round(rig.Median(b.firsts))
	b.out.Seconds = rig.Round(time.Since(began).Seconds())
	return rig.Report("nodes-"+o.what, store.Postgres, b.out, o.json, o.keep)
}

// bench is the stand.
type bench struct {
	o      *options
	setup  *rig.Setup
	look   *rig.Setup // the same, without pooler: for what we look at
	world  *outside.Process
	town   *rig.Town
	watch  *rig.Watch
	member map[int64]int // which one, by id
	nodes  []*rig.Child
	ends   []func() error // peers of ours, the last first
	firsts []float64
	out    *result
	pair   *pair // Patroni's
}

func prepare(ctx context.Context, o *options) (*bench, error) {
	b := &bench{o: o, out: &result{Case: o.what, Nodes: o.nodes, Recipients: o.recipients, Allowed: o.perSecond, Hands: map[string]int{}, Machine: rig.ThisMachine(),
		Peer: "internal/outside: an SMSC of our own in another process"}}
	if err := b.stand(ctx); err != nil {
		return nil, errors.Join(err, b.close())
	}
	for n := range o.nodes {
		c, err := b.start(ctx, n)
		if err != nil {
			return nil, errors.Join(err, b.close())
		}
		b.nodes = append(b.nodes, c)
	}
	return b, nil
}

// stand makes the database, the SMSC and the people.
func (b *bench) stand(ctx context.Context) (err error) {
	url := ""
	if b.o.what == "patroni" {
		if b.pair, err = startPair(ctx); err != nil {
			return err
		}
		b.ends = append(b.ends, b.pair.stop)
		url = b.pair.address()
	}
	if b.setup, err = rig.NewSetup(ctx, store.Postgres, url); err != nil {
		return err
	}
	b.ends = append(b.ends, b.setup.Remove)
	look := *b.setup
	b.look = &look
	if b.o.what == "pgbouncer" {
		if err := b.between(); err != nil {
			return err
		}
	}
	if b.world, err = rig.Outside(outside.Options{}); err != nil {
		return err
	}
	b.ends = append(b.ends, b.world.Stop)
	b.setup.SMPP, b.setup.PerSecond = b.world.SMPP(), b.o.perSecond
	if err := errors.Join(b.fill(ctx), b.setup.Save()); err != nil {
		return err
	}
	b.watch, err = b.look.Watch()
	return err
}

func (b *bench) fill(ctx context.Context) (err error) {
	b.town, b.out.Settings, err = b.setup.Fill(ctx, []int{b.o.recipients}, rig.Contacts{Mobile: true}, func(a *app.App, _ *rig.Town) error {
		b.out.Pooled, b.out.Listens = a.DB.Pooled(), a.DB.Listens()
		return nil
	})
	if err != nil {
		return err
	}
	b.member = b.town.Places()
	return nil
}

// start starts a node and waits until it is ready.
func (b *bench) start(ctx context.Context, node int) (*rig.Child, error) {
	o := rig.ChildOptions{Node: node}
	if b.o.what == "patroni" {
		o.Errors = io.Discard // it complains, rightly, while there is no leader
	}
	return b.setup.Start(ctx, b.town, o)
}

func (b *bench) close() error {
	var errs []error
	for _, c := range b.nodes {
		if c != nil {
			errs = append(errs, c.End(syscall.SIGKILL))
		}
	}
	if b.watch != nil {
		errs = append(errs, b.watch.Close())
	}
	for i := len(b.ends) - 1; i >= 0; i-- {
		errs = append(errs, b.ends[i]())
	}
	return errors.Join(errs...)
}
