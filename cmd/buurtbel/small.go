package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/outside"
)

type versionCommand struct{}

func (versionCommand) Run(w *world) error {
	version := "unreleased"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		version = info.Main.Version
	}
	_, err := fmt.Fprintf(w.out, "buurtbel %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

type migrateCommand struct{}

func (migrateCommand) Run(w *world) error {
	c, err := w.load()
	if err != nil {
		return err
	}
	a, err := app.Open(w.ctx, c, app.Options{Logger: w.log})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(w.out, locale.Text(w.commands.Language, "cli.migrated", nil)); err != nil {
		return errors.Join(err, a.Close())
	}
	return a.Close()
}

type outsideCommand struct {
	outside.Options `embed:""`
}

func (o outsideCommand) Run(w *world) error {
	o.Stdin, o.Stdout = os.Stdin, w.out
	return outside.Run(w.ctx, o.Options)
}

func (w *world) json(v any) error {
	e := json.NewEncoder(w.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
