package web

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/informing"
	"github.com/buurtbel/buurtbel/internal/locale"
	tables "github.com/buurtbel/buurtbel/internal/sheet"
	"github.com/buurtbel/buurtbel/internal/store"
)

// mostDigestList is how many bytes a list of items may have: two hundred lines of them.
const mostDigestList = 128 << 10

func (v *visit) digestList() error { return v.digestListPage(http.StatusOK, DigestBring{}, nil) }

func (v *visit) digestListPage(status int, view DigestBring, wrong error) error {
	f := v.frame(v.t("screen.digest.bring"), Calm)
	f.Path = "/digest/list"
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	return v.respond(status, f, view)
}

// digestBring shows what a list would become. Nothing is stored: the list goes back with the page, and is looked at once more when it is taken over.
func (v *visit) digestBring() error {
	data, err := v.upload("file", mostDigestList)
	if err != nil {
		return v.digestListWrong(err)
	}
	table, err := v.digestTable(data)
	if err != nil {
		return v.digestListWrong(err)
	}
	return v.digestUnderstood(http.StatusOK, table, nil)
}

func (v *visit) digestListWrong(err error) error {
	if kind := buurtbel.KindOf(err); kind == buurtbel.Invalid || kind == buurtbel.Conflict {
		return v.digestListPage(statusOf(kind), DigestBring{}, err)
	}
	return err
}

func (v *visit) digestTable(data []byte) (*tables.Table, error) {
	v.s.reading.Lock() // one at a time: a workbook costs memory while it is read
	defer v.s.reading.Unlock()
	return tables.Read(bytes.NewReader(data), tables.Options{MaxBytes: mostDigestList, MaxRows: informing.MostBrought + 1})
}

func (v *visit) digestUnderstood(status int, table *tables.Table, wrong error) error {
	b, err := v.s.o.News.Bring(v.r.Context(), v.actor, v.zone, table)
	if err != nil {
		return v.digestListWrong(err)
	}
	rows, err := rowsOf(table)
	if err != nil {
		return err
	}
	var rules buurtbel.DigestRules
	if err := v.read(func(tx *store.Tx) (err error) {
		rules, err = tx.DigestRules()
		return err
	}); err != nil {
		return err
	}
	view, loc := DigestBring{Rows: rows}, v.place()
	for _, c := range b.Unused {
		view.Unused = append(view.Unused, v.t("screen.digest.unused", "Column", c))
	}
	for i := range b.Rows {
		r := &b.Rows[i]
		if r.Good() {
			view.Good = append(view.Good, v.digestLine(rules, r.Looked.Item, loc))
			continue
		}
		one := DigestWrong{Line: r.Line}
		for _, p := range r.Problems {
			f := v.digestFinding(p.Finding)
			if p.Column != "" {
				f.Where = v.t("screen.import.column", "Column", p.Column)
			}
			one.Says = append(one.Says, f)
		}
		view.Wrong = append(view.Wrong, one)
	}
	if n := b.Count(); n > 0 {
		view.Take = v.t("screen.digest.take", "Count", n)
	}
	return v.digestListPage(status, view, wrong)
}

// rowsOf writes a table as text that reads as the same table again, line by line.
func rowsOf(t *tables.Table) (string, error) {
	columns := t.Columns()
	var rows [][]string
	line := 1
	for _, r := range t.Rows {
		for ; line < r.Line && line < 2*informing.MostBrought; line++ { // blank lines count
			rows = append(rows, make([]string, len(columns)))
		}
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = strings.ReplaceAll(r.Cell(c).Text, "\n", " ")
		}
		rows, line = append(rows, cells), r.Line+1
	}
	var b bytes.Buffer
	err := tables.WriteCSV(&b, rows)
	return b.String(), err
}

func (v *visit) digestTake() error {
	if err := v.form(); err != nil {
		return err
	}
	table, err := v.digestTable([]byte(v.r.PostFormValue("rows")))
	if err != nil {
		return v.digestListWrong(err)
	}
	_, err = v.s.o.News.Take(v.r.Context(), v.actor, v.zone, table)
	switch kind := buurtbel.KindOf(err); {
	case buurtbel.KeyOf(err) == "error.digest.nothing":
		return v.digestUnderstood(statusOf(kind), table, err)
	case err != nil:
		return v.digestListWrong(err)
	}
	return v.redirect("/digest?said=brought")
}
