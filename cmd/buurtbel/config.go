package main

import (
	"fmt"
	"os"

	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/locale"
)

type configCommand struct {
	Describe configDescribe `cmd:"" help:"Print every setting with what it means and its default."`
	Check    configCheck    `cmd:"" help:"Check the configuration and this machine; every problem at once."`
	Show     configShow     `cmd:"" help:"Print the settings in force, without secrets."`
}

type configDescribe struct {
	Markdown bool `help:"As Markdown, for the documentation."`
}

func (c configDescribe) Run(w *world) error {
	if c.Markdown {
		return config.Markdown(w.out)
	}
	return config.Describe(w.out)
}

type configCheck struct{}

func (configCheck) Run(w *world) error {
	if err := config.Check(w.commands.Config, os.Environ()); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w.out, locale.Text(w.commands.Language, "cli.config-good", nil))
	return err
}

type configShow struct{}

func (configShow) Run(w *world) error {
	c, err := w.load()
	if err != nil {
		return err
	}
	return c.Print(w.out)
}
