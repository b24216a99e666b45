package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// trial is everything that stands for one run.
type trial struct {
	o       *options
	out     *result
	setup   *rig.Setup
	program *program
	smsc    *smsc
	sink    *rig.Sink
	capture *capture // nil once it was read
	db      *sql.DB  // a connection of our own to the program's database
	ring    *vault.Ring
	ground  *ground
	people  *people
}

func begin(ctx context.Context, o *options, out *result) (t *trial, err error) {
	t = &trial{o: o, out: out}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.end())
		}
	}()
	if t.setup, err = rig.NewSetup(ctx, out.Engine, o.url); err != nil {
		return t, err
	}
	folder := t.setup.Folder
	if t.program, err = build(ctx, folder); err != nil {
		return t, err
	}
	if t.smsc, err = startSMSC(folder); err != nil {
		return t, err
	}
	if t.capture, err = startCapture(folder, t.smsc.address); err != nil {
		return t, err
	}
	if t.sink, err = rig.StartSink(ctx, folder); err != nil {
		return t, err
	}
	t.setup.SMPP, t.setup.SMTP = t.smsc.address, t.sink.Address
	if t.ring, err = vault.Open(filepath.Join(folder, "keyring")); err != nil {
		return t, err
	}
	return t, t.program.configure(t.setup)
}

// end stops what was started and removes the folder.
func (t *trial) end() error {
	var errs []error
	if t.db != nil {
		errs = append(errs, t.db.Close())
	}
	if t.capture != nil {
		errs = append(errs, t.capture.cmd.Process.Kill())
	}
	if t.sink != nil {
		errs = append(errs, t.sink.Stop())
	}
	if t.smsc != nil {
		errs = append(errs, t.smsc.stop())
	}
	if t.setup != nil {
		errs = append(errs, t.setup.Remove())
	}
	return errors.Join(errs...)
}

// open opens the program's database to look.
func (t *trial) open() (err error) {
	driver, address := "sqlite", "file:"+filepath.Join(t.setup.Folder, "data", "buurtbel.db")+"?mode=ro&_pragma=busy_timeout(10000)"
	if t.out.Engine == store.Postgres {
		driver, address = "pgx", t.setup.Database
	}
	t.db, err = sql.Open(driver, address)
	return err
}

func (t *trial) count(ctx context.Context, query string) (n int, err error) {
	err = t.db.QueryRowContext(ctx, query).Scan(&n)
	return n, err
}

// addresses is what came of the register.
type addresses struct {
	cost
	PerSecond float64        `json:"per_second"`
	Lines     int            `json:"lines"`
	Taken     int            `json:"taken"`
	Rejected  int            `json:"rejected"`
	Reasons   map[string]int `json:"rejected_by_reason"`
	Stored    int            `json:"stored"`
	Met       int            `json:"met_another"` // taken, and the same home as another whose street is spelled otherwise
	Streets   int            `json:"streets"`
	MB        float64        `json:"database_mb"`
	Again     cost           `json:"again"` // the same file once more: it changes nothing
}

func (t *trial) addresses(ctx context.Context) error {
	if _, err := t.program.run(ctx, nil, "zone", "add", "Politiezone Vlierstreek"); err != nil {
		return err
	}
	if err := t.open(); err != nil {
		return err
	}
	file := filepath.Join(t.o.data, "addresses", "crab_csv.tgz")
	a := &t.out.Addresses
	var said struct {
		Lines, Addresses, Rejected int
		Reasons                    map[string]int
	}
	var err error
	if a.cost, err = t.program.run(ctx, &said, "import", "addresses", "--json", file); err != nil {
		return err
	}
	a.Lines, a.Taken, a.Rejected, a.Reasons = said.Lines, said.Addresses, said.Rejected, said.Reasons
	a.PerSecond = rig.Round(float64(a.Lines) / a.Seconds)
	if a.Stored, err = t.count(ctx, "select count(*) from address"); err != nil {
		return err
	}
	if a.Streets, err = t.count(ctx, "select count(*) from street"); err != nil {
		return err
	}
	a.Met = a.Taken - a.Stored
	size := map[store.Engine]string{store.SQLite: "select page_count * page_size from pragma_page_count, pragma_page_size", store.Postgres: "select pg_database_size(current_database())"}
	octets, err := t.count(ctx, size[t.out.Engine])
	if err != nil {
		return err
	}
	a.MB = rig.Round(float64(octets) / 1e6)
	if a.Again, err = t.program.run(ctx, nil, "import", "addresses", "--json", file); err != nil {
		return err
	}
	again, err := t.count(ctx, "select count(*) from address")
	t.out.equal("addresses after a second import", again, a.Stored)
	return err
}

// areas is what came of the neighbourhoods.
type areas struct {
	cost
	Networks  int `json:"networks"`
	Problems  int `json:"problems"`
	Districts int `json:"districts_of_the_town"`
	Homes     int `json:"homes_of_the_town"`
	Border    int `json:"homes_on_a_border"` // not used: within twenty centimetres
}

func (t *trial) areas(ctx context.Context) (err error) {
	file := filepath.Join(t.o.data, "geo", "neighbourhoods.geojson")
	var said struct{ Added, Changed, Problems int }
	a := &t.out.Areas
	if a.cost, err = t.program.run(ctx, &said, "import", "areas", "--json", file); err != nil {
		return err
	}
	if t.ground, err = readGround(filepath.Join(t.o.data, "addresses", "crab_csv.tgz"), file, t.o.town); err != nil {
		return err
	}
	a.Networks, a.Problems, a.Districts, a.Homes, a.Border = said.Added, said.Problems, len(t.ground.districts), len(t.ground.homes), t.ground.border
	t.out.equal("networks", a.Networks, t.ground.areas)
	t.out.equal("lines of addresses", t.out.Addresses.Lines, t.ground.lines)
	args := []string{"zone", "charter", "--document", "trial"}
	for _, d := range t.ground.districts {
		args = append(args, d.name)
	}
	_, err = t.program.run(ctx, nil, args...)
	return err
}

// contact is one contact point as the store holds it, opened.
type contact struct {
	address, kind, channel string
	place                  buurtbel.Point
}

// contacts opens what a query finds: contact id, sealed address, kind, member, sealed place, channel.
func (t *trial) contacts(ctx context.Context, query string, args ...any) ([]contact, error) {
	rows, err := t.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read contact points: %w", err)
	}
	defer rows.Close()
	var out []contact
	for rows.Next() {
		var c contact
		var id, person int64
		var address, place vault.Sealed
		if err := rows.Scan(&id, &address, &c.kind, &person, &place, &c.channel); err != nil {
			return nil, fmt.Errorf("read contact points: %w", err)
		}
		if c.address, err = t.opened("contact", "address", id, address); err != nil {
			return nil, err
		}
		at, err := t.opened("member", "place", person, place)
		if err != nil {
			return nil, err
		}
		var lat, lon int64
		if at != "" {
			if _, err := fmt.Sscan(at, &lat, &lon); err != nil {
				return nil, fmt.Errorf("read place: %w", err)
			}
		}
		c.place = buurtbel.Point{Lat: float64(lat) / 1e7, Lon: float64(lon) / 1e7}
		out = append(out, c)
	}
	return out, rows.Err()
}

func (t *trial) opened(table, column string, row int64, sealed vault.Sealed) (string, error) {
	plain, err := t.ring.Open(vault.AD{Table: table, Column: column, Row: buurtbel.ID(row)}, sealed)
	return string(plain), err
}

// set is addresses, each once.
type set map[string]bool

// differ counts what only one of two sets has.
func differ(a, b set) (onlyA, onlyB int) {
	for k := range a {
		if !b[k] {
			onlyA++
		}
	}
	for k := range b {
		if !a[k] {
			onlyB++
		}
	}
	return onlyA, onlyB
}

// same notes a fault when two sets differ. The result holds no address.
func (t *trial) same(what string, got, want set) {
	more, less := differ(got, want)
	if more+less == 0 {
		return
	}
	t.out.fault("%s: %d too many, %d missing", what, more, less)
	if os.Getenv("REAL_SHOW") != "" {
		fmt.Fprintln(os.Stderr, what, "missing:", first(want, got), "too many:", first(got, want))
	}
}

func first(a, b set) string {
	list := slices.DeleteFunc(slices.Sorted(maps.Keys(a)), func(k string) bool { return b[k] })
	return strings.Join(list[:min(10, len(list))], " ")
}
