package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/email"
	"github.com/buurtbel/buurtbel/internal/locale"
)

type keysDKIM struct {
	Name   string    `arg:"" help:"What tells this pair from others, such as 2027."`
	From   time.Time `help:"Day on which they begin to sign (2027-01-31); default: the day after tomorrow, when every server can know them." format:"2006-01-02"`
	Folder string    `help:"Where the files go; default: beside the key ring." type:"path"`
}

// published is how long a new record should stand before a key signs.
const published = 2 * 24 * time.Hour

func (k keysDKIM) Run(w *world) error {
	c, err := w.load()
	if err != nil {
		return err
	}
	if len(c.Email) == 0 {
		return buurtbel.Fail(buurtbel.NotFound, "error.doctor.no-mail", nil)
	}
	if k.From.IsZero() {
		k.From = time.Now().UTC().Add(published)
	}
	if k.Folder == "" {
		k.Folder = filepath.Dir(c.Vault.Keyring)
	}
	made, err := email.CreateKeys(k.Folder, k.Name, c.Email[0].SigningDomain(), k.From)
	if err != nil {
		return err
	}
	var b strings.Builder
	var settings []string
	b.WriteString(locale.Text(w.commands.Language, "cli.keys.dkim-publish", nil) + "\n")
	for _, m := range made {
		b.WriteString("    " + m.Record + "\n")
		settings = append(settings, fmt.Sprintf("%q", m.Setting))
	}
	b.WriteString(locale.Text(w.commands.Language, "cli.keys.dkim-then", nil) + "\n    dkim.keys = [" + strings.Join(settings, ", ") + "]\n")
	_, err = fmt.Fprint(w.out, b.String())
	return err
}
