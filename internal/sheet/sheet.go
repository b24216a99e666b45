// Package sheet reads the tables people really send (CSV of any kind, .xlsx) into rows whose every cell knows its line and column.
//
// It knows nothing of what the cells mean. Whatever it had to guess or repair stands in Table.Notes; nothing is dropped silently.
// It holds a bounded amount of memory, keeps nothing on disk and looks at no cell comments, pictures or macros.
// The errors are *buurtbel.Error of kind Invalid and never hold a cell's text.
package sheet

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// Kind says what a cell held before it became text.
type Kind uint8

// The kinds of cell. A CSV holds text only.
const (
	Text   Kind = iota
	Number      // a number without its format: 455000001, 3.5
	Date        // a date, as 2006-01-02, or 2006-01-02 15:04 when it has a time
	Bool        // TRUE or FALSE
	Fault       // an error value such as #N/A
)

// Cell is one cell that is not blank.
type Cell struct {
	Column string // letters, as a spreadsheet shows them: "C"
	Text   string // without spaces around it
	Kind   Kind
}

// Row is one row with at least one cell. Blank rows do not appear, but count in Line.
type Row struct {
	Line   int // from 1; in a CSV the line of the file where the row begins
	Cells  []Cell
	Hidden bool // hidden or filtered out in the spreadsheet
}

// Cell gives the cell in column, or the blank cell of that column.
func (r *Row) Cell(column string) Cell {
	for _, c := range r.Cells {
		if c.Column == column {
			return c
		}
	}
	return Cell{Column: column}
}

// Note is something the reader guessed or repaired.
type Note struct {
	Line   int    // 0: the whole table
	Column string // "": the whole row
	Key    string // sentence key such as "sheet.encoding-guessed"
	Args   buurtbel.Args
}

// Table is what was read. Which row is the header is for the reader of meanings to decide.
type Table struct {
	Format    string // "csv" or "xlsx"
	Encoding  string // of a CSV: "utf-8", "utf-16le", "utf-16be" or "windows-1252"
	Delimiter string // of a CSV: ";", ",", "\t" or "|"
	Sheet     string // of an .xlsx
	Rows      []Row
	Notes     []Note
}

// Columns gives the letters of all columns in use, in order.
func (t *Table) Columns() []string {
	width := 0
	for _, r := range t.Rows {
		width = max(width, ColumnNumber(r.Cells[len(r.Cells)-1].Column))
	}
	names := make([]string, width)
	for i := range names {
		names[i] = ColumnName(i + 1)
	}
	return names
}

func (t *Table) note(line int, column, key string, args buurtbel.Args) {
	const enough = 1000 // a broken file must not fill the memory with notes
	if len(t.Notes) < enough {
		t.Notes = append(t.Notes, Note{Line: line, Column: column, Key: key, Args: args})
	}
}

// Options bounds a reading. The zero value has usable limits.
type Options struct {
	Sheet    string                  // of an .xlsx: the name of the sheet; "": the first visible one that is not empty
	MaxBytes int64                   // of the file; 0: 20 MiB. An .xlsx may unpack to ten times that
	MaxRows  int                     // 0: 50,000
	Progress func(done, total int64) // called now and then; bytes of a CSV, rows of an .xlsx (total 0: not known)
}

const maxColumns = 256

func (o *Options) fill() {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 20 << 20
	}
	if o.MaxRows <= 0 {
		o.MaxRows = 50_000
	}
	if o.Progress == nil {
		o.Progress = func(int64, int64) {}
	}
}

// Read reads a table from r, whatever the file is called.
//
// Errors: error.sheet.too-big (Args MB), .too-many-rows (Args Rows), .too-many-columns (Args Columns), .empty, .old-excel, .password,
// .ods, .numbers, .pdf, .html, .kind, .damaged, .no-such-sheet (Args Sheet, Sheets), .quotes. An error of r comes back wrapped.
func Read(r io.Reader, o Options) (*Table, error) {
	o.fill()
	data, err := io.ReadAll(io.LimitReader(r, o.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read table: %w", err)
	}
	if int64(len(data)) > o.MaxBytes {
		return nil, fail("too-big", buurtbel.Args{"MB": o.MaxBytes >> 20})
	}
	zipped, err := sniff(data)
	if err != nil {
		return nil, err
	}
	read := readCSV
	if zipped {
		read = readXLSX
	}
	t, err := read(data, o)
	if err != nil {
		return nil, err
	}
	if len(t.Rows) == 0 {
		return nil, fail("empty", nil)
	}
	return t, nil
}

func fail(reason string, args buurtbel.Args) error {
	return buurtbel.Fail(buurtbel.Invalid, "error.sheet."+reason, args)
}

// encryptedName is how a password-protected workbook names its content inside the old container: UTF-16.
var encryptedName = []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e")

// sniff tells an .xlsx from a CSV and refuses, by name, what people send instead.
func sniff(data []byte) (zipped bool, err error) {
	switch head := bytes.TrimSpace(data[:min(len(data), 512)]); {
	case len(head) == 0:
		return false, fail("empty", nil)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		if bytes.Contains(data, encryptedName) {
			return false, fail("password", nil)
		}
		return false, fail("old-excel", nil)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return true, sniffZip(data)
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return false, fail("pdf", nil)
	case bytes.HasPrefix(bytes.ToLower(head), []byte("<!doctype html")), bytes.HasPrefix(bytes.ToLower(head), []byte("<html")),
		bytes.HasPrefix(head, []byte("<?xml")):
		return false, fail("html", nil)
	}
	return false, nil
}

// ColumnName gives the letters of a column counted from 1: 3 is "C", 27 "AA".
func ColumnName(n int) string {
	var b []byte
	for ; n > 0; n = (n - 1) / 26 {
		b = append([]byte{byte('A' + (n-1)%26)}, b...)
	}
	return string(b)
}

// ColumnNumber is the inverse of ColumnName; 0 for what is no column.
func ColumnNumber(name string) int {
	n := 0
	for _, c := range strings.ToUpper(name) {
		if c < 'A' || c > 'Z' || n > 1<<16 {
			return 0
		}
		n = n*26 + int(c-'A') + 1
	}
	return n
}
