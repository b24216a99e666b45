// Program real tries Buurtbel on real data: every address of a region, its neighbourhoods, 2,000 invented members at real addresses of one
// town from lists as coordinators keep them, and an alert by drawn area through an SMSC and a mail server that nobody here wrote.
//
// What arrived is compared, as sets, with what the store says and with a reckoning of its own that uses neither the program's reading nor its
// index. Everything lies in a temporary folder that is removed; what is printed holds figures only. Exit status: 0 when all sets are equal and
// no PDU is malformed, 1 when not, 2 when a peer program is missing. With REAL_SHOW=1 in the environment it names on standard error what differs.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/store"
)

type options struct {
	data, engine, url, town, out string
	members                      int
	seed                         uint64
	json                         bool
	patience                     time.Duration
}

// result is what is printed.
type result struct {
	OK        bool              `json:"ok"`
	Faults    []string          `json:"faults"`
	Engine    store.Engine      `json:"engine"`
	Addresses addresses         `json:"addresses"`
	Areas     areas             `json:"areas"`
	Members   members           `json:"members"`
	Serve     serving           `json:"serve"`
	Alert     alert             `json:"alert"`
	Wire      *wire             `json:"wire"`
	Settings  map[string]string `json:"settings"`
	Peers     map[string]string `json:"peers"`
	Machine   rig.Machine       `json:"machine"`
	Seconds   float64           `json:"bench_seconds"`
}

func (r *result) fault(format string, args ...any) {
	r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
}

// equal notes a fault when two figures differ.
func (r *result) equal(what string, got, want int) {
	if got != want {
		r.fault("%s: %d, want %d", what, got, want)
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ok, err := run(ctx)
	stop()
	var absent missing
	switch {
	case errors.As(err, &absent):
		fmt.Fprintln(os.Stderr, absent)
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	case !ok:
		os.Exit(1)
	}
}

func run(ctx context.Context) (bool, error) {
	o := &options{}
	flag.StringVar(&o.data, "data", "", "folder with addresses/crab_csv.tgz and geo/neighbourhoods.geojson")
	flag.StringVar(&o.engine, "engine", "sqlite", "sqlite or postgres")
	flag.StringVar(&o.url, "url", "", "address of an empty PostgreSQL database; empty: a server of our own")
	flag.StringVar(&o.town, "town", "Waregem", "municipality in which the members live")
	flag.IntVar(&o.members, "members", 2000, "members")
	flag.Uint64Var(&o.seed, "seed", 1, "which members are invented")
	flag.BoolVar(&o.json, "json", false, "print one line of JSON, without indentation")
	flag.StringVar(&o.out, "out", "", "file that the result is written to as well")
	flag.DurationVar(&o.patience, "patience", 10*time.Minute, "give up after this")
	flag.Parse()
	if o.data == "" {
		return false, errors.New("-data is missing: the folder with the addresses and the neighbourhoods")
	}
	ctx, cancel := context.WithTimeout(ctx, o.patience)
	defer cancel()
	began := time.Now()
	out := &result{Engine: store.Engine(o.engine), Faults: []string{}, Machine: rig.ThisMachine()}
	if err := out.fill(ctx, o); err != nil {
		return false, err
	}
	out.OK, out.Seconds = len(out.Faults) == 0, rig.Round(time.Since(began).Seconds())
	return out.OK, out.print(o)
}

func (r *result) print(o *options) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	if o.out != "" {
		if err := os.WriteFile(o.out, append(b, '\n'), 0o644); err != nil { //nolint:gosec // figures for everybody
			return fmt.Errorf("keep result: %w", err)
		}
	}
	if o.json {
		if b, err = json.Marshal(r); err != nil {
			return fmt.Errorf("write result: %w", err)
		}
	}
	_, err = fmt.Println(string(b))
	return err
}

func (r *result) fill(ctx context.Context, o *options) (err error) {
	if r.Peers, err = findPeers(ctx, r.Engine); err != nil {
		return err
	}
	t, err := begin(ctx, o, r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.end()) }()
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{{"addresses", t.addresses}, {"areas", t.areas}, {"members", t.members}, {"serve", t.serve}, {"alert", t.alert}, {"wire", t.wire}} {
		fmt.Fprintln(os.Stderr, step.name)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}
