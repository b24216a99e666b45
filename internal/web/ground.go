package web

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/geo"
)

// ReachMap is a network's area with its streets, drawn on the server: it works without script and prints.
type ReachMap struct {
	ID     string // unique on the page
	Name   string // of the whole, for who listens
	About  string // what it shows, in a sentence or two
	Area   buurtbel.Area
	Marks  []ReachMark      // streets with little reach, the least first
	Others []buurtbel.Point // streets that are reached well: quiet dots
}

// Drawn tells whether there is something to draw.
func (m ReachMap) Drawn() bool { return len(m.Area) > 0 && len(m.Marks)+len(m.Others) > 0 }

// ReachMark is one street on the map; it leads to the line with the same ID.
type ReachMark struct {
	At                buurtbel.Point
	Percent           int
	Street, Words, ID string
}

// ground is a ReachMap laid out on a drawing of a given width, in units that are pixels at that width.
type ground struct {
	ReachMap
	Key           string // tells the drawings of one map apart
	Width, Height int
	Outline       string
	Marks         []groundMark
	Dots          []groundDot
	Bar           groundBar
}

type groundMark struct {
	ReachMark
	groundDot
	From     groundDot // where the street is, when the mark had to make room
	Moved    bool
	Low      bool // fewer than half arrived
	Label    string
	LabelX   float64
	ToTheEnd bool // the label ends at LabelX instead of beginning there
}

type groundDot struct{ X, Y float64 }

// groundBar shows how long some metres are.
type groundBar struct {
	X1, X2, Y float64
	Metres    int
}

const (
	groundEdge   = 34 // units around what is drawn
	groundApart  = 38 // units between the middles of two marks: a finger hits the right one
	groundTall   = 0.85
	groundLetter = 8.6 // units that a letter of a label takes, about
	metresDegree = 111_195
)

// newGround lays m out. One metre is as long to the east as to the north: a degree of longitude is shortened by the cosine of the latitude.
func newGround(m ReachMap, width int) ground {
	g := ground{ReachMap: m, Width: width, Key: fmt.Sprint(m.ID, "-", width)}
	box, ok := around(m)
	if !ok {
		return g
	}
	shrink := math.Cos((box.South + box.North) / 2 * math.Pi / 180)
	wide, high := max((box.East-box.West)*shrink, 1e-6), max(box.North-box.South, 1e-6)
	room := float64(width) - 2*groundEdge
	scale := min(room/wide, float64(width)*groundTall/high) // units per degree of latitude
	left := groundEdge + (room-wide*scale)/2
	put := func(p buurtbel.Point) groundDot {
		return groundDot{round1(left + (p.Lon-box.West)*shrink*scale), round1(groundEdge + (box.North-p.Lat)*scale)}
	}
	bottom := groundEdge + high*scale
	g.Height = int(math.Ceil(bottom + groundEdge + 16))
	g.Outline = outline(geo.Simplify(m.Area, metresDegree/scale), put)
	for _, p := range m.Others {
		g.Dots = append(g.Dots, put(p))
	}
	for _, mark := range m.Marks {
		at := put(mark.At)
		g.Marks = append(g.Marks, groundMark{ReachMark: mark, groundDot: at, From: at, Low: mark.Percent < 50})
	}
	g.makeRoom(bottom)
	if width >= 600 {
		g.label()
	}
	g.Bar = newBar(scale, room/3, float64(g.Height)-14)
	return g
}

// around is the box of the area and of all marks.
func around(m ReachMap) (box buurtbel.Box, ok bool) {
	box, ok = m.Area.Bounds()
	points := append([]buurtbel.Point(nil), m.Others...)
	for _, mark := range m.Marks {
		points = append(points, mark.At)
	}
	for _, p := range points {
		box.South, box.North = min(box.South, p.Lat), max(box.North, p.Lat)
		box.West, box.East = min(box.West, p.Lon), max(box.East, p.Lon)
	}
	return box, ok
}

func outline(area buurtbel.Area, put func(buurtbel.Point) groundDot) string {
	var b strings.Builder
	for _, polygon := range area {
		for _, ring := range polygon {
			for i, p := range ring {
				at := put(p)
				fmt.Fprintf(&b, "%c%g %g", "ML"[min(i, 1)], at.X, at.Y)
			}
			b.WriteByte('Z')
		}
	}
	return b.String()
}

// makeRoom gives each mark that would cover one before it the nearest free place. Those that moved keep a line to where their street is. On a
// drawing that is full, what is left stays where it is.
func (g *ground) makeRoom(bottom float64) {
	const ring, ways = 4, 24 // units between two rings of places to try, and places on a ring
	inside := func(d groundDot) bool {
		return d.X >= groundEdge/2 && d.X <= float64(g.Width)-groundEdge/2 && d.Y >= groundEdge/2 && d.Y <= bottom+groundEdge/2
	}
	for i := range g.Marks {
		m := &g.Marks[i]
		for try := range ways * g.Width / ring {
			sin, cos := math.Sincos(2 * math.Pi * float64(try%ways) / ways)
			far := float64(ring * (try / ways))
			d := groundDot{round1(m.From.X + far*cos), round1(m.From.Y + far*sin)}
			if inside(d) && free(g.Marks[:i], d) {
				m.groundDot = d
				break
			}
		}
		m.Moved = math.Hypot(m.X-m.From.X, m.Y-m.From.Y) > groundApart/2
	}
}

func free(marks []groundMark, d groundDot) bool {
	for _, m := range marks {
		if math.Hypot(m.X-d.X, m.Y-d.Y) < groundApart {
			return false
		}
	}
	return true
}

// label names the marks beside which there is room, those with the least reach first; the others are named in the list.
func (g *ground) label() {
	var taken []buurtbel.Box // in units: North is the lower edge
	for _, m := range g.Marks {
		taken = append(taken, buurtbel.Box{West: m.X - 15, East: m.X + 15, South: m.Y - 15, North: m.Y + 15})
	}
	for i := range g.Marks {
		m := &g.Marks[i]
		long := groundLetter * float64(utf8.RuneCountInString(m.Street))
		for _, west := range []float64{m.X + 22, m.X - 22 - long} {
			b := buurtbel.Box{West: west, East: west + long, South: m.Y - 10, North: m.Y + 10}
			if west < 2 || b.East > float64(g.Width)-2 || covers(taken, b) {
				continue
			}
			m.Label, m.ToTheEnd, m.LabelX = m.Street, west < m.X, round1(m.X+22)
			if m.ToTheEnd {
				m.LabelX = round1(m.X - 22)
			}
			taken = append(taken, b)
			break
		}
	}
}

func covers(taken []buurtbel.Box, b buurtbel.Box) bool {
	for _, t := range taken {
		if b.West < t.East && t.West < b.East && b.South < t.North && t.South < b.North {
			return true
		}
	}
	return false
}

// newBar gives the longest bar of 1, 2 or 5 times a power of ten metres that is at most so long.
func newBar(scale, longest, y float64) groundBar {
	unit := scale / metresDegree // units per metre
	metres := 1.0
	for niceStep(metres+1)*unit <= longest {
		metres = niceStep(metres + 1)
	}
	return groundBar{X1: groundEdge / 2, X2: round1(groundEdge/2 + metres*unit), Y: y, Metres: int(metres)}
}
