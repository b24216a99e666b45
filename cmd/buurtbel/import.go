package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/geo"
	"github.com/buurtbel/buurtbel/internal/loading"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/memberfile"
	"github.com/buurtbel/buurtbel/internal/sheet"
	"github.com/buurtbel/buurtbel/internal/store"
)

type importCommand struct {
	Areas     importAreas     `cmd:"" help:"Networks with their areas, from GeoJSON."`
	Addresses importAddresses `cmd:"" help:"The address register: BeSt-Address or CRAB, as .csv, .gz, .tgz or .zip."`
	Members   importMembers   `cmd:"" help:"A list of members, .csv or .xlsx: shown first, stored with --yes."`
	Resume    importResume    `cmd:"" help:"Go on with a list of members that was cut off."`
	Undo      importUndo      `cmd:"" help:"Take an imported list of members back."`
}

// inZone names the zone that a command works in.
type inZone struct {
	Zone string `help:"Name of the police zone; may be left out when there is one."`
}

// opened opens the program's store and finds the zone in it; the caller closes it.
func (z inZone) opened(w *world) (*app.App, *buurtbel.Zone, error) {
	a, err := w.opened()
	if err != nil {
		return nil, nil, err
	}
	zone, err := z.find(w, a)
	if err != nil {
		closing(w, a)
		return nil, nil, err
	}
	return a, zone, nil
}

func (z inZone) find(w *world, a *app.App) (*buurtbel.Zone, error) {
	var zones []*buurtbel.Zone
	err := a.DB.Read(w.ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		zones, err = tx.Zones()
		return err
	})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, zone := range zones {
		if zone.Name == z.Zone || z.Zone == "" && len(zones) == 1 {
			return zone, nil
		}
		names = append(names, zone.Name)
	}
	args := buurtbel.Args{"Zone": z.Zone, "Zones": strings.Join(names, ", ")}
	switch {
	case len(zones) == 0:
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.zone.none", nil)
	case z.Zone == "":
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.zone.choose", args)
	}
	return nil, buurtbel.Fail(buurtbel.NotFound, "error.zone.not-named", args)
}

// opening opens a file that somebody named.
func opening(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.NotFound, "error.command.file", buurtbel.Args{"Path": path})
	}
	return f, nil
}

// gauge shows progress on a terminal, and nothing elsewhere.
func gauge(total int64, what string) *progressbar.ProgressBar {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return progressbar.DefaultSilent(total, what)
	}
	return progressbar.NewOptions64(total, progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(os.Stderr), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionSetRenderBlankState(true))
}

func show(b *progressbar.ProgressBar, done int64) {
	if err := b.Set64(done); err != nil {
		return // a bar that cannot be drawn is no reason to stop
	}
}

// opened opens the program for a command that the sysadmin gives.
func (w *world) opened() (*app.App, error) {
	c, err := w.load()
	if err != nil {
		return nil, err
	}
	return app.Open(w.ctx, c, app.Options{Logger: w.log})
}

type importAreas struct {
	inZone
	File   string `arg:"" type:"path" help:"GeoJSON with named polygons."`
	Name   string `help:"Property that holds the name; found by itself when it is a usual one."`
	Regime string `help:"Languages of official messages of new networks, in order, such as nl or nl,fr." default:"nl"`
	JSON   bool   `help:"As JSON." name:"json"`
}

func (i importAreas) Run(w *world) error {
	a, zone, err := i.opened(w)
	if err != nil {
		return err
	}
	defer closing(w, a)
	regime, err := regimeOf(i.Regime)
	if err != nil {
		return err
	}
	f, err := opening(i.File)
	if err != nil {
		return err
	}
	defer f.Close()
	size := int64(0)
	if info, err := f.Stat(); err == nil {
		size = info.Size()
	}
	progress := gauge(size, "areas")
	c, err := geo.Read(f, geo.Options{NameProperty: i.Name, Size: size, Progress: func(done, _ int64) { show(progress, done) }})
	if err != nil {
		return err
	}
	put, err := loading.PutAreas(w.ctx, a.DB, buurtbel.System(), zone.ID, c, regime)
	if err != nil {
		return err
	}
	if i.JSON {
		return w.json(map[string]any{"added": len(put.Added), "changed": len(put.Changed), "problems": len(put.Problems)})
	}
	for _, p := range put.Problems {
		fmt.Fprintf(w.out, "%d %s: %s\n", p.Feature, p.Name, locale.Text(w.commands.Language, p.Key, p.Args))
	}
	_, err = fmt.Fprintln(w.out, locale.Text(w.commands.Language, "cli.import.areas", buurtbel.Args{"Added": len(put.Added), "Changed": len(put.Changed)}))
	return err
}

func regimeOf(text string) (buurtbel.Regime, error) {
	var out buurtbel.Regime
	for _, part := range strings.Split(text, ",") {
		lang := buurtbel.Language(strings.TrimSpace(part))
		if !lang.Valid() {
			return nil, buurtbel.Fail(buurtbel.Invalid, "error.language", buurtbel.Args{"Language": part})
		}
		out = append(out, lang)
	}
	return out, nil
}

type importAddresses struct {
	File string `arg:"" type:"path" help:"File of addresses."`
	JSON bool   `help:"As JSON." name:"json"`
}

func (i importAddresses) Run(w *world) error {
	a, err := w.opened()
	if err != nil {
		return err
	}
	defer closing(w, a)
	if f, err := opening(i.File); err != nil {
		return err
	} else if err := f.Close(); err != nil {
		return err
	}
	started := time.Now()
	progress := gauge(-1, "addresses")
	report, err := loading.Addresses(w.ctx, a.DB, buurtbel.System(), i.File, addressfile.Options{Progress: func(done, total int64, _ int) {
		progress.ChangeMax64(total)
		show(progress, done)
	}})
	if err != nil {
		return err
	}
	if i.JSON {
		return w.json(map[string]any{"layout": report.Layout, "encoding": report.Encoding, "files": report.Files, "lines": report.Lines,
			"addresses": report.Addresses, "rejected": report.Rejected, "reasons": report.Reasons})
	}
	lang := w.commands.Language
	for _, r := range report.First {
		fmt.Fprintf(w.out, "%s:%d:%s: %s\n", r.File, r.Line, r.Column, locale.Text(lang, r.Key, nil))
	}
	for key, n := range report.Reasons {
		fmt.Fprintf(w.out, "%8d  %s\n", n, locale.Text(lang, key, nil))
	}
	_, err = fmt.Fprintln(w.out, locale.Text(lang, "cli.import.addresses", buurtbel.Args{"Count": report.Addresses, "Rejected": report.Rejected,
		"Lines": report.Lines, "Time": locale.Span(lang, time.Since(started))}))
	return err
}

type importMembers struct {
	inZone
	Network string            `help:"Name of the network." required:""`
	File    string            `arg:"" type:"path" help:"List of members."`
	Sheet   string            `help:"Sheet of an .xlsx; the first that is not empty when left out."`
	Column  map[string]string `help:"What a column means, by letter: C=mobile." mapsep:","`
	Accept  bool              `help:"Take over what is asked about, as it was understood."`
	Yes     bool              `help:"Store the list; without it the preview is shown and nothing is stored."`
	JSON    bool              `help:"As JSON." name:"json"`
}

func (i importMembers) Run(w *world) error {
	a, zone, err := i.opened(w)
	if err != nil {
		return err
	}
	defer closing(w, a)
	networks, err := networksNamed(w, a, zone.ID, []string{i.Network})
	if err != nil {
		return err
	}
	staged, err := i.stage(w, a, zone, networks[0])
	if staged != nil && staged.Reading != nil && !i.JSON {
		preview(w, staged)
	}
	if err != nil {
		return err
	}
	if i.JSON {
		return i.report(w, a, zone, staged)
	}
	lang := w.commands.Language
	if staged.Import == 0 {
		return w.tell("cli.import.nobody", buurtbel.Args{"Left": staged.Left})
	}
	if !i.Yes {
		_, err = loading.UndoMembers(w.ctx, a.DB, buurtbel.System(), zone.ID, staged.Import)
		fmt.Fprintln(w.out, locale.Text(lang, "cli.import.preview", buurtbel.Args{"Count": staged.People, "Left": staged.Left}))
		return err
	}
	progress := gauge(int64(staged.People), "members")
	n, err := loading.CommitMembers(w.ctx, a.DB, buurtbel.System(), zone.ID, staged.Import, func(done, _ int) { show(progress, int64(done)) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.out, locale.Text(lang, "cli.import.members", buurtbel.Args{"Count": n, "Placed": staged.Placed, "Import": staged.Import.String()}))
	return err
}

// memberReport is what is told of a list as JSON: places and keys, nothing of what the cells hold.
type memberReport struct {
	Import   string          `json:"import,omitempty"` // empty: nothing was stored
	Columns  []columnReport  `json:"columns"`
	Problems []problemReport `json:"problems"`
	Rows     int             `json:"rows"`
	People   int             `json:"people"`
	Left     int             `json:"left"`
	Placed   int             `json:"placed"`
	Stored   int             `json:"stored"`
}

type columnReport struct {
	Letter  string             `json:"letter"`
	Meaning memberfile.Meaning `json:"meaning"`
	How     memberfile.How     `json:"how"`
}

type problemReport struct {
	Line     int                 `json:"line"`
	Column   string              `json:"column,omitempty"`
	Severity memberfile.Severity `json:"severity"`
	Key      string              `json:"key"`
}

// report does what is asked with a staged list, and tells it as JSON.
func (i importMembers) report(w *world, a *app.App, zone *buurtbel.Zone, s *loading.Staged) error {
	r := memberReport{Rows: s.Reading.Rows, People: s.People, Left: s.Left, Placed: s.Placed}
	for _, c := range s.Reading.Columns {
		r.Columns = append(r.Columns, columnReport{c.Letter, c.Meaning, c.How})
	}
	for _, p := range s.Problems {
		r.Problems = append(r.Problems, problemReport{p.Line, p.Column, p.Severity, p.Key})
	}
	var err error
	switch {
	case s.Import != 0 && i.Yes:
		r.Import = s.Import.String()
		r.Stored, err = loading.CommitMembers(w.ctx, a.DB, buurtbel.System(), zone.ID, s.Import, nil)
	case s.Import != 0:
		_, err = loading.UndoMembers(w.ctx, a.DB, buurtbel.System(), zone.ID, s.Import)
	}
	return errors.Join(err, w.json(r))
}

func (i importMembers) stage(w *world, a *app.App, zone *buurtbel.Zone, network buurtbel.ID) (*loading.Staged, error) {
	f, err := opening(i.File)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	table, err := sheet.Read(f, sheet.Options{Sheet: i.Sheet})
	if err != nil {
		return nil, err
	}
	columns := map[string]memberfile.Meaning{}
	for letter, meaning := range i.Column {
		if !slices.Contains(memberfile.Meanings, memberfile.Meaning(meaning)) {
			return nil, buurtbel.Fail(buurtbel.Invalid, "error.command.meaning", buurtbel.Args{"Meaning": meaning, "Meanings": meanings()})
		}
		columns[strings.ToUpper(letter)] = memberfile.Meaning(meaning)
	}
	return loading.StageMembers(w.ctx, a.DB, buurtbel.System(), zone, network, table, memberfile.Options{Columns: columns}, loading.Answers{AcceptAsked: i.Accept})
}

// imported opens the program for a command about one import of the zone.
func (z inZone) imported(w *world, text string) (a *app.App, zone, id buurtbel.ID, err error) {
	if id, err = idOf(text); err != nil {
		return nil, 0, 0, err
	}
	a, found, err := z.opened(w)
	if err != nil {
		return nil, 0, 0, err
	}
	return a, found.ID, id, nil
}

type importUndo struct {
	inZone
	Import string `arg:"" help:"Id of the import, as it was printed."`
}

func (i importUndo) Run(w *world) error {
	a, zone, id, err := i.imported(w, i.Import)
	if err != nil {
		return err
	}
	defer closing(w, a)
	n, err := loading.UndoMembers(w.ctx, a.DB, buurtbel.System(), zone, id)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.out, locale.Text(w.commands.Language, "cli.import.undone", buurtbel.Args{"Count": n}))
	return err
}
