package place

import (
	"math"
	"slices"

	"github.com/buurtbel/buurtbel"
)

// Areas finds the networks in whose area a place lies, and those whose border is near. It never changes after NewAreas.
//
// Each cell of a grid lists the networks that it lies wholly in, for which nothing needs reckoning, and those whose border passes it.
type Areas struct {
	networks []*buurtbel.Network
	cells    map[areaCell]inCell
}

// areaCell is row and column of a grid of about 280 by 280 metres in the Low Countries.
type areaCell struct{ row, column int32 }

type inCell struct{ whole, border []int32 }

const (
	areaLat = 0.0025 // degrees
	areaLon = 0.004
	// mostCells bounds what one area may take: a border that goes around a continent is a mistake.
	mostCells = 500_000
)

// NewAreas makes the index of networks; those without an area are left out.
func NewAreas(networks []*buurtbel.Network) *Areas {
	a := &Areas{networks: networks, cells: map[areaCell]inCell{}}
	for i, n := range networks {
		a.enter(int32(i), n.Area)
	}
	return a
}

func areaCellOf(p buurtbel.Point) areaCell {
	return areaCell{int32(math.Floor(p.Lat / areaLat)), int32(math.Floor(p.Lon / areaLon))}
}

func (c areaCell) middle() buurtbel.Point {
	return buurtbel.Point{Lat: (float64(c.row) + 0.5) * areaLat, Lon: (float64(c.column) + 0.5) * areaLon}
}

func (a *Areas) enter(network int32, area buurtbel.Area) {
	box, ok := area.Bounds()
	if !ok {
		return
	}
	from, to := areaCellOf(buurtbel.Point{Lat: box.South, Lon: box.West}), areaCellOf(buurtbel.Point{Lat: box.North, Lon: box.East})
	if cells := (int64(to.row) - int64(from.row) + 1) * (int64(to.column) - int64(from.column) + 1); cells > mostCells {
		return
	}
	edge := map[areaCell]bool{}
	for _, polygon := range area {
		for _, ring := range polygon {
			for i, p := range ring {
				passes(edge, p, ring[(i+1)%len(ring)])
			}
		}
	}
	for c := range edge {
		in := a.cells[c]
		in.border = append(in.border, network)
		a.cells[c] = in
	}
	for row := from.row; row <= to.row; row++ {
		for column := from.column; column <= to.column; column++ {
			c := areaCell{row, column}
			if !edge[c] && area.Contains(c.middle()) {
				in := a.cells[c]
				in.whole = append(in.whole, network)
				a.cells[c] = in
			}
		}
	}
}

// passes marks the cells that an edge passes, and those around them: who asks for borders within a cell's width looks at one cell only.
func passes(edge map[areaCell]bool, p, q buurtbel.Point) {
	steps := int(min(mostCells, max(math.Abs(q.Lat-p.Lat)/areaLat, math.Abs(q.Lon-p.Lon)/areaLon)*2)) + 1
	for i := range steps + 1 {
		t := float64(i) / float64(steps)
		c := areaCellOf(buurtbel.Point{Lat: p.Lat + t*(q.Lat-p.Lat), Lon: p.Lon + t*(q.Lon-p.Lon)})
		for row := c.row - 1; row <= c.row+1; row++ {
			for column := c.column - 1; column <= c.column+1; column++ {
				edge[areaCell{row, column}] = true
			}
		}
	}
}

// Near is a network with how a place lies to it.
type Near struct {
	Network *buurtbel.Network
	Inside  bool
	Metres  float64 // to the border, at most a cell's width; +Inf: farther
}

// At gives the networks in which a place lies, and those whose border is at most so many metres away; metres may be up to 200. They come in
// the order in which NewAreas was given them.
func (a *Areas) At(p buurtbel.Point, metres float64) []Near {
	in := a.cells[areaCellOf(p)]
	var out []Near
	for _, i := range in.whole {
		out = append(out, Near{a.networks[i], true, math.Inf(1)})
	}
	for _, i := range in.border {
		n := Near{a.networks[i], a.networks[i].Area.Contains(p), math.Inf(1)}
		if metres > 0 {
			n.Metres = n.Network.Area.ToBorder(p)
		}
		if n.Inside || n.Metres <= metres {
			out = append(out, n)
		}
	}
	slices.SortStableFunc(out, func(x, y Near) int {
		return slices.Index(a.networks, x.Network) - slices.Index(a.networks, y.Network)
	})
	return out
}

// Inside tells in how many networks a place lies, without listing them.
func (a *Areas) Inside(p buurtbel.Point) int {
	in := a.cells[areaCellOf(p)]
	n := len(in.whole)
	for _, i := range in.border {
		if a.networks[i].Area.Contains(p) {
			n++
		}
	}
	return n
}

// Nearest gives the network whose area's box is nearest to a place; nil when there is none.
func (a *Areas) Nearest(p buurtbel.Point) *buurtbel.Network {
	var best *buurtbel.Network
	least := math.Inf(1)
	for _, n := range a.networks {
		box, ok := n.Area.Bounds()
		if !ok {
			continue
		}
		on := buurtbel.Point{Lat: max(box.South, min(box.North, p.Lat)), Lon: max(box.West, min(box.East, p.Lon))}
		if km := on.KM(p); km < least {
			least, best = km, n
		}
	}
	return best
}

// All lists the networks of the index.
func (a *Areas) All() []*buurtbel.Network { return a.networks }
