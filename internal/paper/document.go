// Package paper makes documents that a person gets in the hand or keeps: as PDF, and as plain text from the same parts, so that they cannot say
// different things; and letters and forms to print, for who has no e-mail and for what proves an address.
//
// It decides nothing about words and reads no store. A text is written as it stands: nothing in it is markup, and characters that no reader shows
// are left out. The same document gives the same bytes.
package paper

import (
	_ "embed" // the letters of every European alphabet
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"

	"github.com/buurtbel/buurtbel"
)

//go:embed fonts/DejaVuSansCondensed.ttf
var regular []byte

//go:embed fonts/DejaVuSansCondensed-Bold.ttf
var bold []byte

// Document is one document of A4 pages.
type Document struct {
	Language buurtbel.Language
	Title    string
	Lead     string
	Sections []Section
	Foot     string    // stands on every page, before the page's number
	Large    bool      // large print: 18 points
	Made     time.Time // the date in the file's own description
}

// Section is a part with a heading. It has rows, or paragraphs, or both.
type Section struct {
	Title      string
	Rows       []Row
	Paragraphs []string
}

// Row is a name with its value.
type Row struct{ Name, Value string }

// Text gives the document as plain text.
func (d *Document) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", clean(d.Title))
	if d.Lead != "" {
		fmt.Fprintf(&b, "\n%s\n", clean(d.Lead))
	}
	for _, s := range d.Sections {
		fmt.Fprintf(&b, "\n## %s\n\n", clean(s.Title))
		for _, p := range s.Paragraphs {
			fmt.Fprintf(&b, "%s\n", clean(p))
		}
		for _, r := range s.Rows {
			fmt.Fprintf(&b, "%s: %s\n", clean(r.Name), clean(r.Value))
		}
	}
	if d.Foot != "" {
		fmt.Fprintf(&b, "\n%s\n", clean(d.Foot))
	}
	return b.String()
}

// clean leaves out what no reader shows: control characters, marks that turn the direction of writing, and characters beyond the basic plane,
// which the font does not have.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case r > 0xffff, r == unicode.ReplacementChar, unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
}

const (
	family = "body" // the name of the font within a document
	margin = 20.0   // millimetres
	width  = 210.0 - 2*margin
	height = 297.0
	name   = width * 0.36 // of a row
)

// PDF writes the document.
func (d *Document) PDF(w io.Writer) error {
	p := d.begin()
	size := 11.0
	if d.Large {
		size = 18
	}
	p.AddPage()
	d.paragraph(p, "B", size*1.7, d.Title)
	if d.Lead != "" {
		p.Ln(2)
		d.paragraph(p, "", size*1.1, d.Lead)
	}
	for _, s := range d.Sections {
		d.section(p, s, size)
	}
	if err := p.Output(w); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	return nil
}

func (d *Document) begin() *fpdf.Fpdf {
	p := blank(d.Title, string(d.Language), d.Made)
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(true, margin+6)
	p.SetFooterFunc(func() {
		p.SetY(-margin)
		p.SetFont(family, "", 9)
		p.CellFormat(width-20, 5, clean(d.Foot), "", 0, "L", false, 0, "")
		p.CellFormat(20, 5, fmt.Sprint(p.PageNo()), "", 0, "R", false, 0, "")
	})
	return p
}

// blank begins an A4 print that is the same whenever it is made: made is the date in its own description.
func blank(title, language string, made time.Time) *fpdf.Fpdf {
	p := fpdf.New("P", "mm", "A4", "")
	p.AddUTF8FontFromBytes(family, "", regular)
	p.AddUTF8FontFromBytes(family, "B", bold)
	p.SetTitle(clean(title), true)
	p.SetLang(language)
	p.SetProducer("Buurtbel", true)
	p.SetCreationDate(made.UTC())
	p.SetModificationDate(made.UTC())
	p.SetCatalogSort(true)
	return p
}

// lines writes a text over as many lines as it needs, each so high, in millimetres.
func lines(p *fpdf.Fpdf, wide, high float64, text string) {
	p.MultiCell(wide, high, clean(text), "", "L", false)
}

func (d *Document) paragraph(p *fpdf.Fpdf, style string, size float64, text string) {
	p.SetFont(family, style, size)
	lines(p, width, size*0.5, text)
}

func (d *Document) section(p *fpdf.Fpdf, s Section, size float64) {
	p.Ln(size * 0.45)
	if p.GetY() > height-margin-6-size*3 { // a heading does not stand alone at the foot of a page
		p.AddPage()
	}
	d.paragraph(p, "B", size*1.25, s.Title)
	p.Ln(1)
	for _, text := range s.Paragraphs {
		d.paragraph(p, "", size, text)
		p.Ln(1)
	}
	for _, r := range s.Rows {
		d.row(p, r, size)
	}
}

// row writes name and value beside each other, each as high as it needs.
func (d *Document) row(p *fpdf.Fpdf, r Row, size float64) {
	line := size * 0.5
	p.SetFont(family, "B", size)
	names := p.SplitText(clean(r.Name), name-3)
	p.SetFont(family, "", size)
	values := strings.Split(clean(r.Value), "\n")
	var wrapped []string
	for _, v := range values {
		wrapped = append(wrapped, p.SplitText(v, width-name-2)...)
	}
	for i := range max(len(names), len(wrapped)) {
		if p.GetY()+line > height-margin-6 {
			p.AddPage()
		}
		y := p.GetY()
		p.SetFont(family, "B", size)
		p.SetXY(margin, y)
		p.CellFormat(name, line, at(names, i), "", 0, "L", false, 0, "")
		p.SetFont(family, "", size)
		p.CellFormat(width-name, line, at(wrapped, i), "", 0, "L", false, 0, "")
		p.SetXY(margin, y+line)
	}
	p.Ln(0.8)
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}
