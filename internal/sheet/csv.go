package sheet

import (
	"strings"

	"github.com/buurtbel/buurtbel"
)

// A quoted cell longer than maxQuoted is a quote that was never closed.
const (
	maxQuoted = 16 << 10
	maxOpen   = 200 // quotes never closed before the file is refused
)

func readCSV(data []byte, o Options) (*Table, error) {
	text, name, guessed, err := decode(data)
	if err != nil {
		return nil, err
	}
	t := &Table{Format: "csv", Encoding: name}
	if guessed {
		t.note(0, "", "sheet.encoding-guessed", buurtbel.Args{"Encoding": name})
	}
	s := &scanner{text: text, line: 1, table: t}
	s.choose()
	t.Delimiter = string(s.delimiter)
	return t, s.rows(o)
}

// scanner reads CSV as RFC 4180 says, and mends what people's files do instead: stray quotes, ragged rows, CR alone as line end.
type scanner struct {
	text      string
	pos, line int
	delimiter byte
	width     int // columns of most rows, 0 while not known
	open      int // quotes never closed
	stray     int // fields with a quote inside that quotes nothing
	table     *Table
}

func (s *scanner) rows(o Options) error {
	for records := 1; s.pos < len(s.text); records++ {
		line := s.line
		fields := s.record()
		if len(fields) > maxColumns {
			return fail("too-many-columns", buurtbel.Args{"Columns": maxColumns})
		}
		if s.open > maxOpen {
			return fail("quotes", nil)
		}
		row := Row{Line: line, Cells: s.cells(line, fields)}
		if len(row.Cells) > 0 {
			s.table.Rows = append(s.table.Rows, row)
		}
		if len(s.table.Rows) > o.MaxRows {
			return fail("too-many-rows", buurtbel.Args{"Rows": o.MaxRows})
		}
		if len(fields) > s.width && s.width > 1 && strings.Join(fields[s.width:], "") != "" {
			s.table.note(line, ColumnName(s.width+1), "sheet.row-longer", buurtbel.Args{"Columns": len(fields), "Usual": s.width})
		}
		if records%1000 == 0 {
			o.Progress(int64(s.pos), int64(len(s.text)))
		}
	}
	o.Progress(int64(len(s.text)), int64(len(s.text)))
	return nil
}

// cells keeps the fields that are not blank, cleaned of what spreadsheets and this package's own Defuse add.
func (s *scanner) cells(line int, fields []string) []Cell {
	var cells []Cell
	for i, f := range fields {
		column := ColumnName(i + 1)
		text := strings.TrimSpace(undefuse(unformula(clean(f))))
		if mended, did := mend(text); did {
			text = mended
			s.table.note(line, column, "sheet.encoding-mended", nil)
		}
		if strings.ContainsRune(text, '\ufffd') {
			s.table.note(line, column, "sheet.encoding-broken", nil)
		}
		if text != "" {
			cells = append(cells, Cell{Column: column, Text: text})
		}
	}
	return cells
}

// clean makes no-break spaces plain and takes out control characters other than line end and tab.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\u202f' || r == '\u2007':
			return ' '
		case r == '\ufeff' || r == '\u200b' || r < ' ' && r != '\n' && r != '\t', r == 0x7f:
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"))
}

// unformula reads ="0455000001", the way to keep a zero in a CSV.
func unformula(text string) string {
	if inner, ok := strings.CutPrefix(text, `="`); ok && strings.HasSuffix(inner, `"`) && strings.Count(inner, `"`) == 1 {
		return strings.TrimSuffix(inner, `"`)
	}
	return text
}

// record reads one record, which ends at a line end outside quotes.
func (s *scanner) record() []string {
	var fields []string
	for {
		fields = append(fields, s.field(len(fields)+1))
		if s.pos >= len(s.text) {
			return fields
		}
		c := s.text[s.pos]
		s.pos++
		if c != s.delimiter {
			if c == '\r' && s.pos < len(s.text) && s.text[s.pos] == '\n' {
				s.pos++
			}
			s.line++
			return fields
		}
	}
}

// field reads one field and leaves pos at the delimiter or line end behind it.
func (s *scanner) field(number int) string {
	start := s.pos
	for start < len(s.text) && s.text[start] == ' ' {
		start++
	}
	if start < len(s.text) && s.text[start] == '"' {
		if value, end, ok := s.quoted(start); ok {
			s.line += lineEnds(s.text[start:end])
			s.pos = end
			return value
		}
		s.open++
		s.table.note(s.line, ColumnName(number), "sheet.quote-open", nil)
	}
	start = s.pos
	for s.pos < len(s.text) && !s.ends(s.text[s.pos]) {
		s.pos++
	}
	if strings.ContainsRune(s.text[start:s.pos], '"') {
		s.stray++
	}
	return s.text[start:s.pos]
}

func (s *scanner) ends(c byte) bool { return c == s.delimiter || c == '\n' || c == '\r' }

// quoted reads a quoted field whose quote stands at start; ok is false when the quote is no quoting one: it is never closed, or it
// swallows whole rows.
func (s *scanner) quoted(start int) (value string, end int, ok bool) {
	var b strings.Builder
	limit := min(len(s.text), start+maxQuoted)
	for i := start + 1; i < limit; i++ {
		if s.text[i] != '"' {
			b.WriteByte(s.text[i])
			continue
		}
		if i+1 < len(s.text) && s.text[i+1] == '"' {
			b.WriteByte('"')
			i++
			continue
		}
		after := i + 1
		for after < len(s.text) && s.text[after] == ' ' {
			after++
		}
		if after == len(s.text) || s.ends(s.text[after]) {
			return b.String(), after, !s.swallows(b.String())
		}
		b.WriteByte('"') // "a "quoted" word" inside a quoted cell
	}
	return "", 0, false
}

// swallows tells whether a quoted value holds something that looks like whole rows.
func (s *scanner) swallows(value string) bool {
	if s.width < 3 || !strings.ContainsAny(value, "\r\n") {
		return false
	}
	for _, line := range strings.FieldsFunc(value, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if strings.Count(line, string(s.delimiter)) >= s.width-1 {
			return true
		}
	}
	return false
}

func lineEnds(text string) int {
	return strings.Count(text, "\n") + strings.Count(text, "\r") - strings.Count(text, "\r\n")
}

// choose finds the delimiter: that which cuts most of the first rows into the same number (more than one) of fields.
func (s *scanner) choose() {
	if first, rest, ok := strings.Cut(s.text, "\n"); ok && len(strings.TrimSpace(first)) == 5 && strings.HasPrefix(strings.ToLower(first), "sep=") {
		s.delimiter, s.text, s.line = first[4], rest, 2
		s.width = s.modal(first[4]).width
		return
	}
	best := verdict{delimiter: ';', width: 1}
	for _, d := range []byte{';', '\t', ',', '|'} {
		if v := s.modal(d); v.width > 1 && v.score() > best.score() {
			best = v
		}
	}
	s.delimiter, s.width = best.delimiter, best.width
}

type verdict struct {
	delimiter   byte
	width       int // the most frequent number of fields of those above one
	same, total int // rows of that number, rows
	stray       int // quotes in the midst of a field: a sign that it was cut in the wrong place
}

func (v verdict) score() float64 {
	if v.total == 0 || v.width < 2 {
		return 0
	}
	return float64(v.same) / float64(v.total) / (1 + float64(v.stray)/float64(v.total)) * (1 + float64(min(v.width, 12))/24)
}

func (s *scanner) modal(delimiter byte) verdict {
	try := scanner{text: sample(s.text), line: 1, delimiter: delimiter, table: &Table{}}
	counts, v := map[int]int{}, verdict{delimiter: delimiter}
	for try.pos < len(try.text) && v.total < 200 && try.open <= maxOpen {
		fields := try.record()
		if strings.TrimSpace(strings.Join(fields, "")) == "" {
			continue
		}
		v.total++
		n := len(fields)
		counts[n]++
		if n > 1 && (counts[n] > v.same || counts[n] == v.same && n > v.width) {
			v.width, v.same = n, counts[n]
		}
	}
	v.stray = try.stray
	return v
}

// sample is the beginning of the text, cut at a line end.
func sample(text string) string {
	if len(text) <= 64<<10 {
		return text
	}
	if i := strings.LastIndexByte(text[:64<<10], '\n'); i > 0 {
		return text[:i]
	}
	return text[:64<<10]
}
