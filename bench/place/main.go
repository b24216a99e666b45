// Program place measures addresses and areas at the size of a country: how long the register takes to come in, what a process needs that holds
// all of it, how fast an address is found while somebody types with errors, and how fast places and areas meet; PostGIS does the last in the
// same run, where it is installed.
//
// Three processes: this one imports; one searches with all addresses; one opens an empty program, for what it needs without.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/loading"
	"github.com/buurtbel/buurtbel/internal/store"
)

type options struct {
	engine, data, url string
	typed             int
	json, keep        bool
}

// result is what is printed. The first keys are what the project promises; the others explain them.
type result struct {
	Addresses     int      `json:"addresses"`
	ImportSeconds float64  `json:"import_seconds"`
	ImportMB      float64  `json:"import_rss_mb"`
	SearchP99     float64  `json:"search_ms_p99"`
	TypoRecall    float64  `json:"typo_recall"`
	PointsPerSec  float64  `json:"point_in_area_per_second"`
	PolygonMS     float64  `json:"polygon_over_1m_members_ms"`
	PostGISRatio  *float64 `json:"postgis_ratio"`
	held
	WithoutMB    float64     `json:"resident_mb_without_addresses"`
	Lines        int         `json:"lines_of_the_file"`
	Engine       string      `json:"engine"`
	BenchSeconds float64     `json:"bench_seconds"`
	Machine      rig.Machine `json:"machine"`
}

func main() {
	if len(os.Args) == 3 && (os.Args[1] == "hold" || os.Args[1] == "bare") {
		rig.Main(func(ctx context.Context) error { return child(ctx, os.Args[1], os.Args[2]) })
		return
	}
	rig.Main(run)
}

func run(ctx context.Context) error {
	o := options{}
	flag.StringVar(&o.engine, "engine", "sqlite", "sqlite or postgres")
	flag.StringVar(&o.url, "url", "", "address of an empty PostgreSQL database; empty: a server of our own")
	flag.StringVar(&o.data, "data", os.Getenv("BUURTBEL_TEST_DATA"), "folder with addresses/crab_csv.tgz and geo/neighbourhoods.geojson; that of BUURTBEL_TEST_DATA")
	flag.IntVar(&o.typed, "typed", 10_000, "texts that are typed")
	flag.BoolVar(&o.json, "json", false, "print one JSON object")
	flag.BoolVar(&o.keep, "out", false, "also write bench/results/place-<engine>-<commit>.json")
	flag.Parse()
	if o.data == "" {
		return errors.New("say with -data where the addresses are")
	}
	began := time.Now()
	out := result{Engine: o.engine, Machine: rig.ThisMachine()}
	full, err := rig.NewSetup(ctx, store.Engine(o.engine), o.url)
	if err != nil {
		return err
	}
	defer remove(full)
	if err := importAll(ctx, full, o.data, &out); err != nil {
		return err
	}
	if err := spawn(ctx, "hold", job{Folder: full.Folder, Data: o.data, Typed: o.typed}, &out.held); err != nil {
		return err
	}
	out.SearchP99, out.TypoRecall, out.PointsPerSec, out.PolygonMS = out.Found.P99, out.Found.Recall, out.Found.Points, out.Found.Polygon
	if out.Found.Ratio > 0 {
		out.PostGISRatio = &out.Found.Ratio
	}
	out.Found = nil
	empty, err := rig.NewSetup(ctx, store.SQLite, "")
	if err != nil {
		return err
	}
	defer remove(empty)
	if err := empty.Save(); err != nil {
		return err
	}
	var bare held
	if err := spawn(ctx, "bare", job{Folder: empty.Folder}, &bare); err != nil {
		return err
	}
	out.WithoutMB, out.BenchSeconds = bare.Resident, rig.Round(time.Since(began).Seconds())
	return rig.Report("place", store.Engine(o.engine), out, o.json, o.keep)
}

func remove(s *rig.Setup) {
	if err := s.Remove(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// importAll reads the whole register into the store, and gives the setup a name so that another process finds it.
func importAll(ctx context.Context, s *rig.Setup, data string, out *result) error {
	a, err := s.Open(ctx, app.Options{})
	if err != nil {
		return err
	}
	rig.ForgetPeak()
	began := time.Now()
	report, err := loading.Addresses(ctx, a.DB, buurtbel.System(), filepath.Join(data, "addresses", "crab_csv.tgz"), addressfile.Options{})
	if err != nil {
		return errors.Join(err, a.Close())
	}
	out.ImportSeconds, out.ImportMB, out.Lines = rig.Round(time.Since(began).Seconds()), rig.PeakMB(), report.Lines
	err = a.DB.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		out.Addresses, err = tx.CountAddresses()
		return err
	})
	return errors.Join(err, a.Close(), s.Save())
}

// job is what a child is asked.
type job struct {
	Folder, Data string
	Typed        int
}

// spawn runs this program again as another process and reads what it found.
func spawn(ctx context.Context, what string, j job, into *held) error {
	asked, err := json.Marshal(j)
	if err != nil {
		return fmt.Errorf("write job: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, what, string(asked))
	cmd.Stderr = os.Stderr
	said, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := json.Unmarshal(said, into); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
