package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

type journalCommand struct {
	Verify journalVerify `cmd:"" help:"Check every chain: a changed, removed or inserted entry, a cut tail; against heads from outside also a past rewritten whole."`
	Head   journalHead   `cmd:"" help:"Sign the journal as it stands and print the line."`
}

type journalHead struct{}

func (journalHead) Run(w *world) error {
	a, err := w.opened()
	if err != nil {
		return err
	}
	defer closing(w, a)
	return guarding.Seal(w.ctx, a.DB, buurtbel.System(), func(_ context.Context, line string) error {
		_, err := fmt.Fprintln(w.out, line)
		return err
	})
}

type journalVerify struct {
	Against string `help:"A head, or a file of heads, one a line, kept outside the database."`
}

func (v journalVerify) Run(w *world) error {
	heads, err := v.heads()
	if err != nil {
		return err
	}
	a, err := w.opened()
	if err != nil {
		return err
	}
	defer closing(w, a)
	breaks, err := guarding.Verify(w.ctx, a.DB, buurtbel.System(), heads)
	if err != nil {
		return err
	}
	for _, b := range breaks {
		fmt.Fprintf(w.out, "%s/%d %d %s\n", b.Chain.Subject, b.Chain.Node, b.Seq, b.Why)
	}
	if len(breaks) > 0 {
		return buurtbel.Fail(buurtbel.Conflict, "error.journal.broken", buurtbel.Args{"Count": len(breaks)})
	}
	_, err = fmt.Fprintln(w.out, locale.Text(w.commands.Language, "cli.journal.whole", nil))
	return err
}

// heads reads a head, or the lines of a file.
func (v journalVerify) heads() ([]store.Head, error) {
	if v.Against == "" {
		return nil, nil
	}
	if head, err := store.ParseHead(v.Against); err == nil {
		return []store.Head{head}, nil
	}
	f, err := opening(v.Against)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []store.Head
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		head, err := store.ParseHead(lines.Text())
		if err != nil {
			return nil, err
		}
		out = append(out, head)
	}
	return out, lines.Err()
}
