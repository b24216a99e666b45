package main

import (
	"fmt"

	"github.com/buurtbel/buurtbel"
)

type signInCommand struct {
	Mailbox string `arg:"" help:"Mailbox of the official or coordinator."`
}

// Run prints a one-time link: for the first sign-in of a new installation, or when mail does not work.
func (s signInCommand) Run(w *world) error {
	a, err := w.opened()
	if err != nil {
		return err
	}
	defer closing(w, a)
	link, err := a.Gate.DirectLinkTo(w.ctx, buurtbel.System(), s.Mailbox)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.out, link)
	return err
}
