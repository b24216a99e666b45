package main

import (
	"fmt"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/push"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/vault"
)

type keysCommand struct {
	Create keysCreate `cmd:"" help:"Make the key ring where the configuration says. An existing one is never overwritten."`
	Push   keysPush   `cmd:"" help:"Make the key for messages to browsers where the configuration says. An existing one is never overwritten."`
	DKIM   keysDKIM   `cmd:"" name:"dkim" help:"Make a pair of keys that sign our mail, and print the lines to set. An existing file is never overwritten."`
	Rotate keysRotate `cmd:"" help:"Add new keys, then re-seal in slices what older keys sealed. May be broken off and repeated."`
}

type keysCreate struct{}

func (keysCreate) Run(w *world) error {
	c, err := w.load()
	if err != nil {
		return err
	}
	if _, err := vault.Create(c.Vault.Keyring); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.out, locale.Text(w.commands.Language, "cli.keys.made", buurtbel.Args{"Path": c.Vault.Keyring}))
	return err
}

type keysPush struct{}

func (keysPush) Run(w *world) error {
	c, err := w.load()
	if err != nil {
		return err
	}
	if !c.Push.On() {
		return buurtbel.Fail(buurtbel.Invalid, "error.push.config", buurtbel.Args{"field": "key_file"})
	}
	if _, err := push.CreateKeys(c.Push.KeyFile); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.out, locale.Text(w.commands.Language, "cli.keys.push-made", buurtbel.Args{"Path": c.Push.KeyFile}))
	return err
}

type keysRotate struct {
	ResealOnly bool `help:"Add no new keys; only go on re-sealing."`
}

func (k keysRotate) Run(w *world) error {
	c, err := w.load()
	if err != nil {
		return err
	}
	if !k.ResealOnly {
		ring, err := vault.Open(c.Vault.Keyring)
		if err != nil {
			return err
		}
		if err := ring.Rotate(c.Vault.Keyring); err != nil {
			return err
		}
	}
	a, err := w.opened()
	if err != nil {
		return err
	}
	defer closing(w, a)
	const turn = 10_000
	rows := 0
	for {
		n, err := a.DB.Reseal(w.ctx, turn)
		if err != nil {
			return err
		}
		rows += n
		if n < turn {
			break
		}
	}
	_, err = fmt.Fprintln(w.out, locale.Text(w.commands.Language, "cli.keys.rotated", buurtbel.Args{"Count": rows}))
	return err
}
