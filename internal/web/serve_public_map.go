package web

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/asking"
	"github.com/buurtbel/buurtbel/internal/geo"
)

const (
	drawnWidth  = 800
	mostNames   = 14      // areas whose names are written on the map; the list has all of them
	largestBase = 1 << 20 // bytes of a base map that is drawn: streets of a town, not of a country
)

// sheetOf is a piece of the earth laid on a drawing.
type sheetOf struct {
	box    buurtbel.Box
	scale  float64 // units a degree of latitude
	shrink float64
	height int
}

func newSheet(box buurtbel.Box) sheetOf {
	lat, lon := box.North-box.South, box.East-box.West
	box = buurtbel.Box{South: box.South - lat*0.06 - 1e-4, North: box.North + lat*0.06 + 1e-4, West: box.West - lon*0.06 - 1e-4, East: box.East + lon*0.06 + 1e-4}
	s := sheetOf{box: box, shrink: math.Cos((box.South + box.North) / 2 * math.Pi / 180)}
	s.scale = drawnWidth / ((box.East - box.West) * s.shrink)
	s.height = int(math.Ceil((box.North - box.South) * s.scale))
	if most := drawnWidth * 5 / 4; s.height > most { // a tall zone: as high as it may be, with room at its sides
		s.scale *= float64(most) / float64(s.height)
		s.height = most
		wide := drawnWidth / s.scale / s.shrink
		middle := (box.West + box.East) / 2
		s.box.West, s.box.East = middle-wide/2, middle+wide/2
	}
	return s
}

func (s sheetOf) at(p buurtbel.Point) (x, y float64) {
	return round1((p.Lon - s.box.West) * s.shrink * s.scale), round1((s.box.North - p.Lat) * s.scale)
}

func (s sheetOf) path(list []buurtbel.Point, closed bool) string {
	var b strings.Builder
	lastX, lastY := math.NaN(), math.NaN()
	for i, p := range list {
		x, y := s.at(p)
		if math.Abs(x-lastX) < 0.5 && math.Abs(y-lastY) < 0.5 && i < len(list)-1 {
			continue
		}
		b.WriteByte("ML"[min(i, 1)])
		fmt.Fprintf(&b, "%g %g", x, y)
		lastX, lastY = x, y
	}
	if closed {
		b.WriteByte('Z')
	}
	return b.String()
}

func (s sheetOf) area(a buurtbel.Area) string {
	var b strings.Builder
	for _, polygon := range a {
		for _, ring := range polygon {
			b.WriteString(s.path(ring, true))
		}
	}
	return b.String()
}

// draw lays networks on a map. With one chosen the others around it are not drawn; wants are marks with their numbers.
func (v *visit) draw(t town, list []*buurtbel.Network, chosen *buurtbel.Network, wants []asking.Want) Drawing {
	box := buurtbel.Box{South: math.Inf(1), West: math.Inf(1), North: math.Inf(-1), East: math.Inf(-1)}
	grow := func(b buurtbel.Box) {
		box = buurtbel.Box{South: min(box.South, b.South), West: min(box.West, b.West), North: max(box.North, b.North), East: max(box.East, b.East)}
	}
	for _, n := range list {
		if b, ok := n.Area.Bounds(); ok {
			grow(b)
		}
	}
	for _, w := range wants {
		if w.Street != "" {
			grow(buurtbel.Box{South: w.At.Lat - 1e-3, North: w.At.Lat + 1e-3, West: w.At.Lon - 1e-3, East: w.At.Lon + 1e-3})
		}
	}
	if !(box.South <= box.North) {
		return Drawing{}
	}
	s := newSheet(box)
	d := Drawing{Width: drawnWidth, Height: s.height, Title: v.t("screen.public.map")}
	seen := map[buurtbel.ID]bool{}
	for _, n := range list {
		if !seen[n.Zone] && v.s.o.Base != nil {
			seen[n.Zone] = true
			d.Streets = append(d.Streets, s.streets(v.s.o.Base(n.Zone))...)
		}
		shape := Shaped{Path: s.area(n.Area), Class: "zone"}
		if n == chosen {
			shape.Class = "zone chosen"
		}
		if p, ok := geo.Centroid(n.Area); ok && len(list) <= mostNames {
			shape.X, shape.Y = s.at(p)
			shape.Name = n.Name
		}
		d.Shapes = append(d.Shapes, shape)
	}
	for _, w := range wants {
		if w.Street != "" {
			x, y := s.at(w.At)
			d.Marks = append(d.Marks, DrawnMark{x, y, 14 + 4*math.Log2(float64(w.Wishes)), w.Wishes})
		}
	}
	return d
}

// streets draws the lines of a base map.
func (s sheetOf) streets(base string) []string {
	if base == "" || len(base) > largestBase {
		return nil
	}
	var c struct {
		Features []struct {
			Properties struct {
				Kind string `json:"kind"`
			} `json:"properties"`
			Geometry struct {
				Type        string          `json:"type"`
				Coordinates json.RawMessage `json:"coordinates"`
			} `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal([]byte(base), &c); err != nil {
		return nil // a map without streets is a map
	}
	var out []string
	for _, f := range c.Features {
		var line [][2]float64
		if f.Geometry.Type != "LineString" || f.Properties.Kind != "street" || json.Unmarshal(f.Geometry.Coordinates, &line) != nil {
			continue
		}
		points := make([]buurtbel.Point, len(line))
		for i, c := range line {
			points[i] = buurtbel.Point{Lat: c[1], Lon: c[0]}
		}
		out = append(out, s.path(points, false))
	}
	return out
}
