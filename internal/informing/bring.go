package informing

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/sheet"
	"github.com/buurtbel/buurtbel/internal/store"
)

// MostBrought is how many items a list may bring.
const MostBrought = 200

// Brought is a list of items as it was understood. Nothing of it is stored.
type Brought struct {
	Rows    []BroughtRow
	Unused  []string // columns that no field of a digest takes: nothing goes out beyond the fixed fields
	columns map[string]string
}

// BroughtRow is one line of a list.
type BroughtRow struct {
	Line     int
	Entry    Entry
	Looked   *Looked
	Problems []BroughtProblem
}

// BroughtProblem is what is wrong with a cell, or with a whole line.
type BroughtProblem struct {
	Column string // "C"; "" for the whole line
	Finding
}

// Good tells whether a line can be taken over as it is.
func (r *BroughtRow) Good() bool { return len(r.Problems) == 0 }

// Count counts the lines that can be taken over.
func (b *Brought) Count() (n int) {
	for i := range b.Rows {
		if b.Rows[i].Good() {
			n++
		}
	}
	return n
}

// headers are the names of columns, in four languages, as people write them.
var headers = map[string]string{
	"datum": "day", "dag": "day", "date": "day", "jour": "day", "tag": "day", "day": "day",
	"dagdeel": "part", "deel van de dag": "part", "moment": "part", "moment de la journée": "part", "tageszeit": "part", "part of the day": "part", "part": "part",
	"categorie": "category", "soort": "category", "feit": "category", "catégorie": "category", "kategorie": "category", "category": "category",
	"gemeente": "municipality", "commune": "municipality", "gemeinde": "municipality", "municipality": "municipality",
	"straat": "street", "rue": "street", "straße": "street", "strasse": "street", "street": "street",
	"wijk": "district", "quartier": "district", "viertel": "district", "district": "district",
	"info": "info", "info nl": "info-nl", "info fr": "info-fr", "info de": "info-de", "info en": "info-en",
}

// needed are the columns without which no line is an item.
var needed = []string{"day", "category", "municipality"}

// Bring understands a list of items, line by line, and looks at each as at one that is typed. The first row names the columns.
//
// Errors (Invalid): error.digest.columns with Columns when one is lacking, error.digest.many.
func (n *Newsroom) Bring(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, t *sheet.Table) (*Brought, error) {
	if err := actor.May(buurtbel.MayDigest, buurtbel.Scope{Zone: zone}, n.db.Now()); err != nil {
		return nil, err
	}
	l, err := n.lens(ctx, zone)
	if err != nil {
		return nil, err
	}
	b, err := understand(t)
	if err != nil {
		return nil, err
	}
	err = n.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		others, err := l.others(tx)
		for i := range t.Rows[1:] {
			if err != nil {
				return err
			}
			var row BroughtRow
			if row, err = b.row(tx, l, &t.Rows[i+1], others); err == nil {
				b.Rows = append(b.Rows, row)
				others = append(others, row.Looked.Item)
			}
		}
		return err
	})
	return b, err
}

func understand(t *sheet.Table) (*Brought, error) {
	if len(t.Rows) > MostBrought+1 {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.digest.many", buurtbel.Args{"Most": MostBrought})
	}
	b := &Brought{columns: map[string]string{}}
	for _, c := range t.Rows[0].Cells {
		field, known := headers[strings.ToLower(strings.Join(strings.Fields(c.Text), " "))]
		if _, double := b.columns[field]; !known || double {
			b.Unused = append(b.Unused, c.Column)
			continue
		}
		b.columns[field] = c.Column
	}
	lacking := slices.DeleteFunc(slices.Clone(needed), func(f string) bool { return b.columns[f] != "" })
	if len(lacking) > 0 {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.digest.columns", nil)
	}
	return b, nil
}

// row understands one line. Two lines are one item when all their fields are the same: a list can be brought again.
func (b *Brought) row(tx *store.Tx, l *lens, r *sheet.Row, others []buurtbel.DigestItem) (BroughtRow, error) {
	cell := func(field string) string { return r.Cell(b.columns[field]).Text }
	e := Entry{Category: categoryOf(l.rules, cell("category")), Day: dayOf(cell("day")), Part: partOf(cell("part")), Municipality: cell("municipality"),
		Street: cell("street"), District: cell("district"), Info: map[buurtbel.Language]string{}}
	for _, lang := range buurtbel.Languages {
		e.Info[lang] = cell("info-" + string(lang))
	}
	if languages := l.languages(); len(languages) > 0 && cell("info") != "" && e.Info[languages[0]] == "" {
		e.Info[languages[0]] = cell("info")
	}
	out := BroughtRow{Line: r.Line, Entry: e}
	var err error
	if out.Looked, err = l.look(tx, 0, e, others); err != nil {
		return out, err
	}
	for _, f := range append(slices.Clone(out.Looked.Refused), out.Looked.Warned...) {
		out.Problems = append(out.Problems, BroughtProblem{b.column(f), f})
	}
	switch {
	case slices.ContainsFunc(others, func(o buurtbel.DigestItem) bool { return same(&o, &out.Looked.Item) }):
		out.Problems = []BroughtProblem{{"", Finding{Key: "error.digest.double"}}}
	case len(out.Looked.Beside) > 0:
		out.Problems = append(out.Problems, BroughtProblem{"", Finding{Key: "error.digest.beside"}})
	}
	return out, nil
}

// column gives the column that a finding is about.
func (b *Brought) column(f Finding) string {
	field := f.Field
	if field == "" {
		_, field, _ = strings.Cut(strings.TrimPrefix(f.Key, "error."), ".")
	}
	if c := b.columns[field]; c != "" {
		return c
	}
	if strings.HasPrefix(field, "info") {
		return b.columns["info"]
	}
	return ""
}

func same(a, b *buurtbel.DigestItem) bool {
	return a.Category == b.Category && a.Day == b.Day && a.Part == b.Part && a.Municipality == b.Municipality && a.Place == b.Place && maps.Equal(a.Info, b.Info)
}

// categoryOf reads a category by its key or by its name in any language.
func categoryOf(r buurtbel.DigestRules, text string) buurtbel.DigestCategory {
	for _, c := range append(slices.Clone(buurtbel.DigestCategories), r.Keys()...) {
		for _, l := range buurtbel.Languages {
			if strings.EqualFold(text, string(c)) || strings.EqualFold(text, CategoryWords(r, c, l)) {
				return c
			}
		}
	}
	return ""
}

// partOf reads a part of a day by its key or by its name in any language; an empty cell is some time of the day.
func partOf(text string) buurtbel.DayPart {
	if text == "" {
		return buurtbel.SomeTime
	}
	text = strings.ReplaceAll(text, "'", "’")
	for _, p := range buurtbel.DayParts {
		for _, l := range buurtbel.Languages {
			short, _, _ := strings.Cut(locale.Text(l, "digest.pick-"+string(p), nil), " (")
			if slices.ContainsFunc([]string{string(p), short, locale.Text(l, "digest.part-"+string(p), nil)}, func(name string) bool { return strings.EqualFold(text, name) }) {
				return p
			}
		}
	}
	return ""
}

// dayOf reads a day as a spreadsheet has it, or as people here write it. A time of the day beside it is left out: a digest does not tell it.
func dayOf(text string) string {
	first, _, _ := strings.Cut(text, " ")
	for _, layout := range []string{"2006-01-02", "2/1/2006", "2-1-2006", "2.1.2006"} {
		if day, err := time.Parse(layout, first); err == nil {
			return day.Format(buurtbel.DigestDay)
		}
	}
	return ""
}

// Take stores the lines of a list that can be taken over as they are, and gives how many; the others are left. It is done whole or not at all, and a
// list that is taken over twice brings nothing the second time.
//
// Errors: those of Bring; error.digest.nothing (Conflict).
func (n *Newsroom) Take(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, t *sheet.Table) (int, error) {
	b, err := n.Bring(ctx, actor, zone, t)
	if err != nil {
		return 0, err
	}
	h, err := n.house(ctx, zone)
	if err != nil {
		return 0, err
	}
	var items []buurtbel.DigestItem
	for i := range b.Rows {
		if r := &b.Rows[i]; r.Good() {
			item := r.Looked.Item
			item.ID, item.By = n.db.NewID(), actor.Person
			items = append(items, item)
		}
	}
	if len(items) == 0 {
		return 0, buurtbel.Fail(buurtbel.Conflict, "error.digest.nothing", nil)
	}
	return len(items), n.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		for i := range items {
			if err := tx.InsertDigestItem(&items[i]); err != nil {
				return err
			}
		}
		if err := n.leave(tx, h); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryImport, actor.Person, fmt.Appendf(nil, "digest list, %d items", len(items)))
	})
}
