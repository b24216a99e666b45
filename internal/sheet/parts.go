package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// book is what a workbook says of its sheets.
type book struct {
	sheets    []*part
	since1904 bool
}

// part is one worksheet inside the workbook.
type part struct {
	name   string
	hidden bool
	file   *zip.File
}

func (b *book) names() []string {
	var names []string
	for _, s := range b.sheets {
		names = append(names, s.name)
	}
	return names
}

// openBook reads the list of sheets (ECMA-376 part 1, 18.2).
func openBook(archive *zip.Reader) (*book, error) {
	var workbook struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			State string     `xml:"state,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	files := map[string]*zip.File{}
	for _, f := range archive.File {
		files[f.Name] = f
	}
	if err := errors.Join(parse(files["xl/workbook.xml"], &workbook), parse(files["xl/_rels/workbook.xml.rels"], &relations)); err != nil {
		return nil, fail("damaged", nil)
	}
	targets := map[string]*zip.File{}
	for _, r := range relations.List {
		targets[r.ID] = files[strings.TrimPrefix(path.Join("/xl", r.Target), "/")]
		if strings.HasPrefix(r.Target, "/") {
			targets[r.ID] = files[strings.TrimPrefix(path.Clean(r.Target), "/")]
		}
	}
	b := &book{since1904: workbook.Properties.Date1904 == "1" || workbook.Properties.Date1904 == "true"}
	for _, s := range workbook.Sheets {
		for _, a := range s.Attrs {
			file := targets[a.Value]
			if a.Name.Local == "id" && file != nil && strings.Contains(file.Name, "/worksheets/") { // a chart sheet has no cells
				b.sheets = append(b.sheets, &part{name: s.Name, hidden: s.State != "" && s.State != "visible", file: file})
			}
		}
	}
	return b, nil
}

var errNoPart = errors.New("part is missing")

func parse(file *zip.File, into any) error {
	if file == nil {
		return errNoPart
	}
	r, err := file.Open()
	if err != nil {
		return err
	}
	return errors.Join(xml.NewDecoder(r).Decode(into), r.Close())
}

// fact is what a cell says of itself beside its value.
type fact struct {
	kind    string // the t attribute: "" or "n" number, "b" bool, "e" error, "d" date; texts are not kept
	style   int
	formula bool // a formula without a stored result
}

// facts is what a worksheet says beside its values.
type facts struct {
	cells   map[string]fact
	merges  []string
	lastRow int
}

// cellXML is one cell of a worksheet (ECMA-376 part 1, 18.3.1.4).
type cellXML struct {
	Ref     string    `xml:"r,attr"`
	Kind    string    `xml:"t,attr"`
	Style   int       `xml:"s,attr"`
	Formula *struct{} `xml:"f"`
	Value   *string   `xml:"v"`
}

// facts sweeps a worksheet once. It also proves that the XML is whole: the row reader would end silently at a fault.
func (s *part) facts() (*facts, error) {
	r, err := s.file.Open()
	if err != nil {
		return nil, fail("damaged", nil)
	}
	f := &facts{cells: map[string]fact{}}
	if err := errors.Join(f.sweep(xml.NewDecoder(r)), r.Close()); err != nil {
		return nil, fail("damaged", nil)
	}
	return f, nil
}

func (f *facts) sweep(d *xml.Decoder) error {
	column := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		start, is := token.(xml.StartElement)
		if !is {
			continue
		}
		switch start.Name.Local {
		case "row":
			f.lastRow, column = f.lastRow+1, 0
			if n, err := strconv.Atoi(attribute(start, "r")); err == nil {
				f.lastRow = n
			}
		case "c":
			if err := f.cell(d, start, &column); err != nil {
				return err
			}
		case "mergeCell":
			f.merges = append(f.merges, attribute(start, "ref"))
		}
	}
}

func (f *facts) cell(d *xml.Decoder, start xml.StartElement, column *int) error {
	var c cellXML
	if err := d.DecodeElement(&c, &start); err != nil {
		return err
	}
	*column++
	if c.Ref == "" { // a writer may leave the reference out: the cell follows the last
		c.Ref = ColumnName(*column) + strconv.Itoa(f.lastRow)
	} else if m := reference.FindStringSubmatch(c.Ref); m != nil {
		*column = ColumnNumber(m[1])
	}
	empty := c.Value == nil || *c.Value == ""
	switch c.Kind {
	case "s", "inlineStr", "str":
		if c.Formula == nil || !empty {
			return nil
		}
	}
	if !empty || c.Formula != nil {
		f.cells[c.Ref] = fact{kind: c.Kind, style: c.Style, formula: c.Formula != nil && empty}
	}
	return nil
}

func attribute(start xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// filled tells whether a sheet holds any value.
func (s *part) filled() bool {
	r, err := s.file.Open()
	if err != nil {
		return false
	}
	found := false
	d := xml.NewDecoder(r)
	for token, err := d.Token(); err == nil && !found; token, err = d.Token() {
		start, is := token.(xml.StartElement)
		found = is && (start.Name.Local == "v" || start.Name.Local == "is")
	}
	return r.Close() == nil && found
}

var (
	reference = regexp.MustCompile(`^([A-Z]{1,3})(\d{1,7})$`)
	merged    = regexp.MustCompile(`^([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})$`)
)

// spread copies the value of merged cells down: two people beside one merged address live there both. Only the first column gets it, since
// a merge to the right is a matter of looks. Each copy is noted.
func (t *Table) spread(merges []string) {
	byLine := map[int]int{}
	for i, r := range t.Rows {
		byLine[r.Line] = i
	}
	for _, m := range merges {
		g := merged.FindStringSubmatch(m)
		if g == nil {
			continue
		}
		top, bottom := atoi(g[2]), atoi(g[4])
		i, ok := byLine[top]
		if !ok || bottom <= top || t.Rows[i].Cell(g[1]).Text == "" {
			continue
		}
		value := t.Rows[i].Cell(g[1])
		for j := i + 1; j < len(t.Rows) && t.Rows[j].Line <= bottom; j++ {
			t.Rows[j].put(value)
			t.note(t.Rows[j].Line, g[1], "sheet.merged-copied", buurtbel.Args{"Line": top})
		}
	}
}

// put sets a cell where there is none, in column order.
func (r *Row) put(c Cell) {
	at := len(r.Cells)
	for i, have := range r.Cells {
		if have.Column == c.Column {
			return
		}
		if ColumnNumber(have.Column) > ColumnNumber(c.Column) {
			at = i
			break
		}
	}
	r.Cells = append(r.Cells[:at], append([]Cell{c}, r.Cells[at:]...)...)
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
