package rig

import (
	"context"
	"errors"
	"flag"

	"github.com/buurtbel/buurtbel/internal/app"
)

// Flags are what nearly every bench is told.
type Flags struct {
	Engine, URL string
	JSON, Keep  bool
	CPU         string // with Profiled
}

// Register makes the flags of a bench whose results have this name.
func (f *Flags) Register(name string) {
	flag.StringVar(&f.Engine, "engine", "sqlite", "sqlite or postgres")
	flag.StringVar(&f.URL, "url", "", "address of an empty PostgreSQL database; empty: a server of our own")
	flag.BoolVar(&f.JSON, "json", false, "print one JSON object")
	flag.BoolVar(&f.Keep, "out", false, "also write bench/results/"+name+"-<engine>-<commit>.json")
}

// Profiled makes the flag of benches that measure this very process.
func (f *Flags) Profiled() {
	flag.StringVar(&f.CPU, "cpuprofile", "", "file for a CPU profile of what is measured")
}

// Fill opens the program on the setup, builds a town with one network per size, and closes it again. It gives the durability of the database too.
// Whoever needs more of the open program gives also.
func (s *Setup) Fill(ctx context.Context, sizes []int, has Contacts, also func(*app.App, *Town) error) (t *Town, settings map[string]string, err error) {
	a, err := s.Open(ctx, app.Options{})
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if settings, err = Settings(ctx, a.DB); err != nil {
		return nil, nil, err
	}
	if t, err = Build(ctx, a.DB, sizes, has); err != nil {
		return nil, nil, err
	}
	if also != nil {
		err = also(a, t)
	}
	return t, settings, err
}

// Places tells by id which one each member of the town's first network is, counted from 0.
func (t *Town) Places() map[int64]int {
	out := map[int64]int{}
	for i, id := range t.Networks[0].Members {
		out[int64(id)] = i
	}
	return out
}

// Running is the program at work in this process.
type Running struct {
	*app.App
	stop func() error
}

// Begin opens the program on the setup and runs it.
func (s *Setup) Begin(ctx context.Context) (*Running, error) {
	a, err := s.Open(ctx, app.Options{})
	if err != nil {
		return nil, err
	}
	stop, err := Run(ctx, a, app.Options{})
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return &Running{App: a, stop: stop}, nil
}

// Halt stops it and closes it.
func (r *Running) Halt() error { return errors.Join(r.stop(), r.Close()) }
