package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/loading"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/memberfile"
	"github.com/buurtbel/buurtbel/internal/phone"
	tables "github.com/buurtbel/buurtbel/internal/sheet"
	"github.com/buurtbel/buurtbel/internal/store"
)

const (
	rowsAtOnce  = 40 // lines with a question on one page
	firstPeople = 5
)

// mended reads what was changed: fields "c-LINE-COLUMN", "a-LINE" and "m-COLUMN".
func (v *visit) mended() (loading.Mend, error) {
	m := loading.Mend{Cells: map[int]map[string]string{}, Columns: map[string]memberfile.Meaning{}, Answers: map[int]loading.Answer{}}
	for name := range v.r.PostForm {
		kind, rest, _ := strings.Cut(name, "-")
		if kind == "m" && tables.ColumnNumber(rest) > 0 {
			m.Columns[rest] = memberfile.Meaning(v.r.PostFormValue(name))
			continue
		}
		number, column, _ := strings.Cut(rest, "-")
		line, err := strconv.Atoi(number)
		if err != nil || kind != "c" && kind != "a" {
			continue
		}
		text, err := v.typed(name, 500)
		if err != nil {
			return m, err
		}
		if kind == "a" {
			m.Answers[line] = loading.Answer(text)
			continue
		}
		if m.Cells[line] == nil {
			m.Cells[line] = map[string]string{}
		}
		m.Cells[line][column] = text
	}
	return m, nil
}

// draftView says what a list is understood as, and what it asks.
func (v *visit) draftView(n *buurtbel.Network, d *loading.Draft, s *loading.Staged) ImportDraft {
	view := ImportDraft{Network: n.Name, Action: membersPath(n.ID, "/import/"+d.ID.String()), Back: membersPath(n.ID, "/import"), Columns: v.importColumns(d, s)}
	view.Words = v.t("screen.import.would", "Count", s.People) + " " + v.t("screen.import.would-not", "Count", s.Left)
	if s.People > 0 {
		view.Take = v.t("screen.import.take", "Count", s.People)
	}
	asks := map[int]bool{} // lines that wait for an answer, or where something is not taken over
	for _, p := range s.Problems {
		asks[p.Line] = asks[p.Line] || p.Line > 0 && p.Severity != memberfile.Mend && !strings.HasPrefix(p.Key, "import.row-")
	}
	for i := range d.Table.Rows {
		row := &d.Table.Rows[i]
		if !asks[row.Line] {
			continue
		}
		if len(view.Rows) == rowsAtOnce {
			view.More++
			continue
		}
		view.Rows = append(view.Rows, v.importRow(row, d, s))
	}
	for _, p := range s.Problems {
		if p.Line == 0 {
			view.Whole = append(view.Whole, v.problemSentence(p))
		} else if !asks[p.Line] {
			view.Told = append(view.Told, v.told(p))
		}
	}
	for _, p := range s.Reading.People[:min(firstPeople, len(s.Reading.People))] {
		view.First = append(view.First, personLine(p))
	}
	return view
}

func (v *visit) problemSentence(p memberfile.Problem) string {
	return locale.Text(v.lang, p.Key, p.Args)
}

func (v *visit) told(p memberfile.Problem) ImportTold {
	where := v.t("screen.import.line", "Line", p.Line)
	if p.Column != "" {
		where = v.t("screen.import.cell", "Line", p.Line, "Column", p.Column)
	}
	return ImportTold{where, v.t("import.severity." + string(p.Severity)), v.problemSentence(p)}
}

func (v *visit) importColumns(d *loading.Draft, s *loading.Staged) []ImportColumn {
	var out []ImportColumn
	for _, c := range s.Reading.Columns {
		one := ImportColumn{Letter: c.Letter, Header: c.Header}
		for _, row := range d.Table.Rows {
			if text := row.Cell(c.Letter).Text; row.Line > s.Reading.Header && text != "" {
				one.Sample = text
				break
			}
		}
		for _, m := range memberfile.Meanings {
			one.Meanings = append(one.Meanings, Option{ID: string(m), Words: v.t("import.meaning." + string(m)), Chosen: m == c.Meaning})
		}
		out = append(out, one)
	}
	return out
}

// importRow is a line with what is said of it, and its cells to mend.
func (v *visit) importRow(row *tables.Row, d *loading.Draft, s *loading.Staged) ImportRow {
	out := ImportRow{Line: row.Line, Take: d.Answers[row.Line] == loading.Take, Leave: d.Answers[row.Line] == loading.Leave}
	wrong := map[string]string{}
	for _, p := range s.Problems {
		if p.Line != row.Line {
			continue
		}
		if p.Key == "import.left-question" || p.Key == "import.left-choice" {
			continue // the answer below says it
		}
		out.Says = append(out.Says, v.told(p))
		if p.Column != "" && p.Severity != memberfile.Mend && wrong[p.Column] == "" {
			wrong[p.Column] = v.problemSentence(p)
		}
	}
	out.CanTake = slices.ContainsFunc(s.Reading.People, func(p memberfile.Person) bool { return p.Line == row.Line && p.Confirm && p.SameAs == 0 })
	for _, c := range s.Reading.Columns {
		if c.Meaning == memberfile.Ignore {
			continue
		}
		label := v.t("import.meaning." + string(c.Meaning))
		if c.Header != "" {
			label = c.Header
		}
		out.Cells = append(out.Cells, Field{Name: fmt.Sprintf("c-%d-%s", row.Line, c.Letter), Label: label, Value: row.Cell(c.Letter).Text, Error: wrong[c.Letter], Auto: "off"})
	}
	return out
}

// personLine says how a person of the list is understood.
func personLine(p memberfile.Person) string {
	parts := []string{personName(store.Name{Given: p.Given, Family: p.Family}),
		homeLine(store.Home{Street: p.Street, Number: p.HouseNumber, Box: p.Box, PostalCode: p.PostalCode, Municipality: p.Municipality})}
	for _, c := range slices.Concat(p.Mobiles, p.Fixed) {
		parts = append(parts, phone.Format(c.Number.E164, "BE"))
	}
	for _, c := range p.Mails {
		parts = append(parts, c.Mail)
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}
