package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/buurtbel/buurtbel"
)

// Limits of a workbook beside Options: a few kilobytes can unpack to a great many tiny elements, each of which costs memory.
const (
	maxParts    = 2000 // files inside
	maxUnpacked = 128 << 20
	maxTags     = 8_000_000 // opening angle brackets in all parts; 50,000 full rows of 20 columns have five million
)

// sniffZip refuses a zip that is no workbook.
func sniffZip(data []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fail("damaged", nil)
	}
	for _, f := range archive.File {
		switch {
		case f.Name == "xl/workbook.xml":
			return nil
		case f.Name == "content.xml":
			return fail("ods", nil)
		case strings.HasPrefix(f.Name, "Index/") || f.Name == "Index.zip":
			return fail("numbers", nil)
		}
	}
	return fail("kind", nil)
}

// readXLSX reads one sheet. The unpacked size is checked before anything is unpacked (archive/zip refuses a part that lies about it), and
// the limit for parts on disk equals the limit for all, so that nothing is ever written to a temporary folder.
func readXLSX(data []byte, o Options) (*Table, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fail("damaged", nil)
	}
	limit := min(10*o.MaxBytes, maxUnpacked)
	if unpacked(archive) > limit || len(archive.File) > maxParts {
		return nil, fail("too-big", buurtbel.Args{"MB": limit >> 20})
	}
	if err := countTags(archive); err != nil {
		return nil, err
	}
	book, err := openBook(archive)
	if err != nil {
		return nil, err
	}
	file, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: limit, UnzipXMLSizeLimit: limit, RawCellValue: true})
	if err != nil {
		return nil, fail("damaged", nil)
	}
	t, err := chooseSheet(file, book, o)
	if closing := file.Close(); err == nil && closing != nil {
		return nil, fail("damaged", nil)
	}
	return t, err
}

func unpacked(archive *zip.Reader) int64 {
	var total uint64
	for _, f := range archive.File {
		if f.UncompressedSize64 > math.MaxInt64/maxParts {
			return math.MaxInt64
		}
		total += f.UncompressedSize64
	}
	return int64(min(total, math.MaxInt64))
}

// countTags reads every part once, which also proves their checksums.
func countTags(archive *zip.Reader) error {
	tags := tagCounter(0)
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			return fail("damaged", nil)
		}
		_, err = io.Copy(&tags, r)
		if err = errors.Join(err, r.Close()); err != nil {
			return fail("damaged", nil)
		}
		if tags > maxTags {
			return fail("too-many-rows", buurtbel.Args{"Rows": maxTags / 160})
		}
	}
	return nil
}

type tagCounter int

func (t *tagCounter) Write(p []byte) (int, error) {
	*t += tagCounter(bytes.Count(p, []byte("<")))
	return len(p), nil
}

// chooseSheet reads the sheet asked for, or the first visible one that is not empty, and names the others that hold something.
func chooseSheet(file *excelize.File, book *book, o Options) (*Table, error) {
	var chosen *Table
	for _, s := range book.sheets {
		if o.Sheet != "" && !strings.EqualFold(s.name, o.Sheet) || o.Sheet == "" && s.hidden {
			continue
		}
		if chosen != nil {
			if s.filled() {
				chosen.note(0, "", "sheet.other-sheet", buurtbel.Args{"Sheet": s.name})
			}
			continue
		}
		t, err := readSheet(file, book, s, o)
		if err != nil {
			return nil, err
		}
		if len(t.Rows) > 0 {
			chosen = t
		}
	}
	if chosen == nil && o.Sheet != "" {
		return nil, fail("no-such-sheet", buurtbel.Args{"Sheet": o.Sheet, "Sheets": strings.Join(book.names(), ", ")})
	}
	if chosen == nil {
		return nil, fail("empty", nil)
	}
	return chosen, nil
}

func readSheet(file *excelize.File, book *book, s *part, o Options) (*Table, error) {
	t := &Table{Format: "xlsx", Sheet: s.name}
	facts, err := s.facts()
	if err != nil {
		return nil, err
	}
	rows, err := file.Rows(s.name)
	if err != nil {
		return nil, fail("damaged", nil)
	}
	reader := &sheetReader{table: t, facts: facts, dates: dateStyles(file), since1904: book.since1904}
	err = reader.rows(rows, o)
	if closing := rows.Close(); err == nil && closing != nil {
		err = fail("damaged", nil)
	}
	if err != nil {
		return nil, err
	}
	t.spread(facts.merges)
	return t, nil
}

type sheetReader struct {
	table     *Table
	facts     *facts
	dates     func(style int) bool
	since1904 bool
}

func (r *sheetReader) rows(rows *excelize.Rows, o Options) error {
	for line := 1; rows.Next(); line++ {
		texts, err := rows.Columns()
		if err != nil {
			return fail("damaged", nil)
		}
		row := Row{Line: line, Hidden: rows.GetRowOpts().Hidden}
		if row.Cells, err = r.cells(line, texts); err != nil {
			return err
		}
		if len(row.Cells) > 0 {
			r.table.Rows = append(r.table.Rows, row)
			if row.Hidden {
				r.table.note(line, "", "sheet.row-hidden", nil)
			}
		}
		if len(r.table.Rows) > o.MaxRows {
			return fail("too-many-rows", buurtbel.Args{"Rows": o.MaxRows})
		}
		if line%500 == 0 {
			o.Progress(int64(line), int64(r.facts.lastRow))
		}
	}
	o.Progress(int64(r.facts.lastRow), int64(r.facts.lastRow))
	return nil
}

func (r *sheetReader) cells(line int, texts []string) ([]Cell, error) {
	var cells []Cell
	for i, raw := range texts {
		column := ColumnName(i + 1)
		fact, known := r.facts.cells[column+strconv.Itoa(line)]
		if raw == "" {
			if known && fact.formula {
				r.table.note(line, column, "sheet.formula-without-result", nil)
			}
			continue
		}
		cell := Cell{Column: column, Text: strings.TrimSpace(undefuse(clean(raw)))}
		if known {
			r.interpret(&cell, fact)
		}
		if cell.Text == "" {
			continue
		}
		if cell.Kind == Fault {
			r.table.note(line, column, "sheet.cell-fault", buurtbel.Args{"Fault": cell.Text})
		}
		cells = append(cells, cell)
		if i >= maxColumns {
			return nil, fail("too-many-columns", buurtbel.Args{"Columns": maxColumns})
		}
	}
	return cells, nil
}

// interpret gives a cell the kind the workbook says it has.
func (r *sheetReader) interpret(cell *Cell, f fact) {
	switch f.kind {
	case "b":
		cell.Kind = Bool
		if cell.Text == "1" || cell.Text == "0" {
			cell.Text = map[string]string{"1": "TRUE", "0": "FALSE"}[cell.Text]
		}
	case "e":
		cell.Kind = Fault
	case "d":
		cell.Kind = Date
		cell.Text = strings.TrimSuffix(strings.Replace(cell.Text, "T", " ", 1), " 00:00:00")
	case "", "n":
		value, err := strconv.ParseFloat(cell.Text, 64)
		if err != nil || math.IsInf(value, 0) || math.IsNaN(value) {
			return
		}
		cell.Kind, cell.Text = Number, number(value)
		if r.dates(f.style) && value >= 1 && value < 2958466 { // 31 December 9999
			cell.Kind, cell.Text = Date, r.date(value)
		}
	}
}

// number writes a value without the exponent or ".0" that a workbook may store: 455000001, 3.5.
func number(value float64) string {
	if value == math.Trunc(value) && math.Abs(value) < 1e15 {
		return strconv.FormatInt(int64(value), 10)
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}

func (r *sheetReader) date(value float64) string {
	at, err := excelize.ExcelDateToTime(value, r.since1904)
	switch {
	case err != nil:
		return number(value)
	case value == math.Trunc(value):
		return at.Format("2006-01-02")
	}
	return at.Format("2006-01-02 15:04")
}

// dateCode finds a day, month or year in a number format, outside quoted text and colour or locale brackets.
var (
	literal  = regexp.MustCompile(`"[^"]*"|\\.|\[[^\]]*\]|_.`)
	dateCode = regexp.MustCompile(`(?i)[dyjm]`) // j: jour, jaar, Jahr in localised formats
)

// dateStyles tells which cell styles show a number as a date (ECMA-376 part 1, 18.8.30: built-in formats 14 to 22 and the localised ones).
func dateStyles(file *excelize.File) func(int) bool {
	known := map[int]bool{}
	return func(style int) bool {
		is, seen := known[style]
		if !seen {
			is = isDateStyle(file, style)
			known[style] = is
		}
		return is
	}
}

func isDateStyle(file *excelize.File, style int) bool {
	s, err := file.GetStyle(style)
	if err != nil {
		return false
	}
	if s.CustomNumFmt != nil {
		return dateCode.MatchString(literal.ReplaceAllString(strings.Split(*s.CustomNumFmt, ";")[0], ""))
	}
	return s.NumFmt >= 14 && s.NumFmt <= 17 || s.NumFmt == 22 || s.NumFmt >= 27 && s.NumFmt <= 36 || s.NumFmt >= 50 && s.NumFmt <= 58
}
