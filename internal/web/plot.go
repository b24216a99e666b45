package web

import (
	"fmt"
	"math"
	"strings"
)

// plot is a Plot laid out on a drawing of a given width; every text is drawn at 16 units, so the narrow form stays legible on a phone.
type plot struct {
	Width, Height            int
	Left, Right, Top, Bottom float64
	Lines                    []plotLine
	Across                   []plotMark // horizontal grid: counts
	Along                    []plotMark // ticks: seconds
}

type plotLine struct {
	Name, State, Path string
	X, Y, LabelY      float64
	Count             int
}

type plotMark struct {
	At    float64
	Value int
}

// newPlot lays p out on width units. The label of a line stands at its end; labels that would overlap are pushed apart.
func newPlot(p Plot, width int) plot {
	d := plot{Width: width, Height: 300, Left: 48, Right: float64(width) - 150, Top: 14, Bottom: 262}
	most := float64(max(p.Total, 1))
	step := niceStep(lastSecond(p) / 4)
	span := max(step, lastSecond(p))
	x := func(s float64) float64 { return round1(d.Left + s/span*(d.Right-d.Left)) }
	y := func(c float64) float64 { return round1(d.Bottom - c/most*(d.Bottom-d.Top)) }
	for v, by := 0.0, niceStep(most/4); v < most*0.9; v += by {
		d.Across = append(d.Across, plotMark{y(v), int(v)})
	}
	d.Across = append(d.Across, plotMark{y(most), int(most)})
	for s := 0.0; s <= span; s += step {
		d.Along = append(d.Along, plotMark{x(s), int(s)})
	}
	for _, s := range p.Series {
		if len(s.Points) == 0 {
			continue
		}
		last := s.Points[len(s.Points)-1]
		d.Lines = append(d.Lines, plotLine{s.Name, s.State, trace(s.Points, x, y), x(last.Second), y(float64(last.Count)), y(float64(last.Count)), last.Count})
	}
	d.spread()
	return d
}

func lastSecond(p Plot) float64 {
	last := 1.0
	for _, s := range p.Series {
		if n := len(s.Points); n > 0 {
			last = max(last, s.Points[n-1].Second)
		}
	}
	return last
}

func trace(points []Point, x, y func(float64) float64) string {
	var b strings.Builder
	for i, p := range points {
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		fmt.Fprintf(&b, "%s%g %g", letter, x(p.Second), y(float64(p.Count)))
	}
	return b.String()
}

// spread keeps 40 units between labels, from the lowest value upwards, then pushes back what fell off the top.
func (d *plot) spread() {
	const apart = 42
	order := make([]*plotLine, len(d.Lines))
	for i := range d.Lines {
		order[i] = &d.Lines[i]
	}
	for i := range order { // a handful of lines: insertion sort by height, highest value first
		for j := i; j > 0 && order[j].Y < order[j-1].Y; j-- {
			order[j], order[j-1] = order[j-1], order[j]
		}
	}
	for i := 1; i < len(order); i++ {
		order[i].LabelY = max(order[i].Y, order[i-1].LabelY+apart)
	}
	for i := len(order) - 1; i >= 0; i-- {
		limit := d.Bottom - float64(len(order)-1-i)*apart - 36
		order[i].LabelY = min(order[i].LabelY, limit)
	}
}

// niceStep gives 1, 2, 5, 10, 20, 50, … not below v.
func niceStep(v float64) float64 {
	if v <= 1 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*power >= v {
			return m * power
		}
	}
	return 10 * power
}

func round1(v float64) float64 { return math.Round(v*10) / 10 }
