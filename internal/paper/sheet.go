package paper

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// Size says how a part is set.
type Size uint8

// The sizes.
const (
	Plain   Size = iota // a paragraph
	Heading             // bold, with room before it
	Large               // a code to type over
	Tight               // a line close to the one before
	Tick                // a line with a box to tick
	Sign                // a line to write on
	Roll                // a name with a line to sign behind it, close to the next; no page begins within it
)

// Part is one piece of a sheet.
type Part struct {
	Text string
	Size Size
}

// Sheet is one letter or form on A4, with the address where a window envelope has its window (right, as in Belgium). No sheet holds a link that a
// printer would lose. A long one goes on on the next page.
type Sheet struct {
	From     []string // who writes, line by line
	To       []string // the address in the window; empty: none
	Date     string
	Title    string
	Language string // ISO 639
	Parts    []Part
}

const (
	left   = 22.0  // mm
	column = 166.0 // of the text
	line   = 6.2   // height of a line of text
)

// PDF writes the sheets, each on a page of its own.
func PDF(sheets ...Sheet) ([]byte, error) {
	var first Sheet
	if len(sheets) > 0 {
		first = sheets[0]
	}
	f := blank(first.Title, first.Language, time.Unix(0, 0)) // a print says its date in words
	f.SetMargins(left, 16, left)
	f.SetAutoPageBreak(true, 14)
	for i := range sheets {
		sheets[i].write(f)
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		return nil, fmt.Errorf("write letter: %w", err)
	}
	return b.Bytes(), nil
}

func (s *Sheet) write(f *fpdf.Fpdf) {
	f.AddPage()
	f.SetFont(family, "", 11)
	for _, l := range s.From {
		lines(f, 80, 5.4, l)
	}
	if len(s.To) > 0 {
		f.SetY(52)
		for _, l := range s.To {
			f.SetX(115)
			lines(f, 75, 5.4, l)
		}
		f.SetY(92)
	}
	f.Ln(4)
	lines(f, column, line, s.Date)
	f.Ln(4)
	f.SetFont(family, "B", 15)
	lines(f, column, 7.5, s.Title)
	f.Ln(3)
	for _, p := range s.Parts {
		p.write(f)
	}
}

func (p Part) write(f *fpdf.Fpdf) {
	f.SetFont(family, "", 11.5)
	switch p.Size {
	case Heading:
		f.Ln(3)
		f.SetFont(family, "B", 12.5)
		lines(f, column, line, p.Text)
		f.Ln(1)
	case Large:
		f.SetFont(family, "B", 26)
		lines(f, column, 16, p.Text)
		f.Ln(3)
	case Tight:
		lines(f, column, 5.3, p.Text)
	case Tick:
		f.Ln(2)
		y := f.GetY()
		f.Rect(left, y+0.8, 4.4, 4.4, "D")
		f.SetXY(left+8, y)
		lines(f, column-8, line, p.Text)
	case Sign:
		f.Ln(8)
		lines(f, column, line, p.Text)
		f.Line(left+60, f.GetY(), left+150, f.GetY())
	case Roll:
		p.roll(f)
	case Plain:
		lines(f, column, line, p.Text)
		f.Ln(3)
	}
}

// roll is one row of a list to sign: a long name takes several lines, and the line to sign stands at the foot of the row.
func (p Part) roll(f *fpdf.Fpdf) {
	const row, name = 10.0, 82.0 // mm
	_, page := f.GetPageSize()
	lines := float64(len(f.SplitText(p.Text, name)))
	high := max(row, 3.8+lines*line)
	if f.GetY()+high > page-14 {
		f.AddPage()
	}
	y := f.GetY()
	f.SetXY(left, y+3.4)
	f.MultiCell(name, line, p.Text, "", "L", false)
	f.SetDrawColor(120, 120, 120)
	f.Line(left, y+high, left+column, y+high)
	f.SetDrawColor(0, 0, 0)
	f.SetXY(left, y+high)
}
