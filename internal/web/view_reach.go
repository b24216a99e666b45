package web

import (
	"fmt"
	"strings"
)

// ReachOverTime shows how past alerts came to each network, and the streets with little reach.
type ReachOverTime struct{ Networks []NetworkReach }

func (ReachOverTime) template() string { return "reach" }

// NetworkReach is one network of that page.
type NetworkReach struct {
	Name    string
	Trend   Trend
	Streets []StreetReach // with little reach, the least first
	Others  []StreetReach // those that are reached well, by name
	Small   StreetReach   // those with too few homes to be named, together; no members: nothing is said of them
	Map     ReachMap
	Enough  bool // alerts went out, so that the list of streets says something
}

// Trend is the reach of one alert after another, the oldest first.
type Trend struct {
	Name   string // of the whole, for who listens
	Lines  []TrendLine
	Points []TrendPoint
}

// TrendLine is one share over time; State chooses its colour.
type TrendLine struct {
	Name, State string
	Shares      []int // percent, one per point
}

// TrendPoint is one alert of the table.
type TrendPoint struct {
	When, Month string // Month is short, for the axis: "11/2026"
	Exercise    bool
	People      int
	Arrived     string // "94 %"
	Soon        string
}

// StreetReach is a street, or the small streets together.
type StreetReach struct {
	Street, Share string
	Percent       int
	Members       int
	ID            string // of its line, where its mark on the map leads; empty: it has no mark
}

// trendDrawing is a Trend laid out on a drawing of a given width.
type trendDrawing struct {
	Width, Height            int
	Left, Right, Top, Bottom float64
	Across                   []plotMark
	Lines                    []plotLine
	Dots                     []trendDot
	First, Last              string
}

type trendDot struct {
	X, Y  float64
	State string
}

// newTrend lays t out on width units, 0 to 100 percent.
func newTrend(t Trend, width int) trendDrawing {
	d := trendDrawing{Width: width, Height: 220, Left: 64, Right: float64(width) - 132, Top: 14, Bottom: 182}
	y := func(percent int) float64 { return round1(d.Bottom - float64(percent)/100*(d.Bottom-d.Top)) }
	for _, v := range []int{0, 50, 100} {
		d.Across = append(d.Across, plotMark{y(v), v})
	}
	n := len(t.Points)
	if n == 0 {
		return d
	}
	d.First, d.Last = t.Points[0].Month, t.Points[n-1].Month
	x := func(i int) float64 { return round1(d.Left + (float64(i)+0.5)/float64(n)*(d.Right-d.Left)) }
	for _, line := range t.Lines {
		var path strings.Builder
		for i, share := range line.Shares {
			fmt.Fprintf(&path, "%c%g %g", "ML"[min(i, 1)], x(i), y(share))
			d.Dots = append(d.Dots, trendDot{x(i), y(share), line.State})
		}
		last := line.Shares[len(line.Shares)-1]
		d.Lines = append(d.Lines, plotLine{line.Name, line.State, path.String(), x(n - 1), y(last), y(last), last})
	}
	spread := plot{Lines: d.Lines, Top: d.Top, Bottom: d.Bottom}
	spread.spread()
	return d
}
