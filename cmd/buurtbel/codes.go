package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/paper"
)

// codesCommand is for the envelope in the dispatch room when the pages cannot be reached, or nobody who administers can sign in.
type codesCommand struct {
	Show   codesShow   `cmd:"" help:"Say which set of sealed codes is in force, and how many are left. The codes themselves are kept nowhere."`
	Print  codesPrint  `cmd:"" help:"Make a new set and write it as a PDF to print. The set before it ends, with every session that it opened."`
	Revoke codesRevoke `cmd:"" help:"End the set in force, with every session that it opened, and make none."`
}

type codesShow struct {
	inZone
	JSON bool `help:"As JSON." name:"json"`
}

func (c codesShow) Run(w *world) error {
	a, zone, err := c.opened(w)
	if err != nil {
		return err
	}
	defer closing(w, a)
	set, err := a.Gate.SealedSet(w.ctx, buurtbel.System(), zone.ID)
	if err == nil && set == nil {
		err = buurtbel.Fail(buurtbel.NotFound, "error.sealed.none", nil)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return w.json(map[string]any{"set": set.Number, "made": set.Made.UTC(), "codes": set.Size, "left": set.Size - set.Used})
	}
	made, err := w.date(zone, set.Made)
	if err != nil {
		return err
	}
	return w.tell("cli.codes.set", buurtbel.Args{"Number": set.Number, "Date": made, "Count": set.Size - set.Used, "Total": set.Size})
}

type codesPrint struct {
	inZone
	File string `arg:"" help:"New file for the PDF. It is readable by you alone; erase it when it is printed." type:"path"`
}

// Run opens the file before it makes the set: codes that nobody can read would be a set that ended the one before it for nothing.
func (c codesPrint) Run(w *world) (err error) {
	a, zone, err := c.opened(w)
	if err != nil {
		return err
	}
	defer closing(w, a)
	file, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return buurtbel.Fail(buurtbel.Conflict, "error.command.file-there", buurtbel.Args{"Path": c.File})
	}
	if err != nil {
		return buurtbel.FailWith(err, buurtbel.NotFound, "error.command.file", buurtbel.Args{"Path": c.File})
	}
	defer func() {
		if err = errors.Join(err, file.Close()); err != nil {
			err = errors.Join(err, os.Remove(c.File))
		}
	}()
	made, err := a.Gate.MakeSealed(w.ctx, buurtbel.System(), zone.ID)
	if err != nil {
		return err
	}
	sheet, err := w.codesSheet(a, zone, made)
	if err != nil {
		return err
	}
	if _, err := file.Write(sheet); err != nil {
		return fmt.Errorf("write the sheet: %w", err)
	}
	return w.tell("cli.codes.printed", buurtbel.Args{"Number": made.Number, "Path": c.File, "Total": len(made.Codes)})
}

// codesSheet is the sheet for the envelope, in the language of the command line.
func (w *world) codesSheet(a *app.App, zone *buurtbel.Zone, made *entering.SealedCodesMade) ([]byte, error) {
	lang := w.commands.Language
	say := func(key string, args buurtbel.Args) string { return locale.Text(lang, "screen.sealed."+key, args) }
	date, err := w.date(zone, made.Made)
	if err != nil {
		return nil, err
	}
	_, host, _ := strings.Cut(a.Config.Server.PublicURL, "://")
	s := paper.Sheet{From: []string{zone.Name}, Language: string(lang), Title: say("sheet-heading", buurtbel.Args{"Number": fmt.Sprint(made.Number)})}
	s.Parts = []paper.Part{{Text: say("sheet-made", buurtbel.Args{"Date": date})},
		{Text: say("sheet-use", buurtbel.Args{"Where": strings.TrimSuffix(host, "/") + "/sign-in/code", "Lasts": locale.Span(lang, entering.SealedLasts)})}}
	for i, code := range made.Codes {
		s.Parts = append(s.Parts, paper.Part{Text: fmt.Sprintf("%d.   %s   (%s)", i+1, code, say("sheet-line", nil)), Size: paper.Tick})
	}
	s.Parts = append(s.Parts, paper.Part{Size: paper.Tight}, paper.Part{Text: say("sheet-foot", nil)})
	return paper.PDF(s)
}

type codesRevoke struct{ inZone }

func (c codesRevoke) Run(w *world) error {
	a, zone, err := c.opened(w)
	if err != nil {
		return err
	}
	defer closing(w, a)
	number, err := a.Gate.RevokeSealed(w.ctx, buurtbel.System(), zone.ID)
	if err != nil {
		return err
	}
	return w.tell("cli.codes.revoked", buurtbel.Args{"Number": number})
}

// date says a day as people of a zone say it.
func (w *world) date(zone *buurtbel.Zone, t time.Time) (string, error) {
	loc, err := zone.Location()
	if err != nil {
		return "", err
	}
	return locale.Date(w.commands.Language, t, loc), nil
}
