package buurtbel

import (
	"math"
	"slices"
	"time"
)

// CheckZone is CheckPlace for an address that may mean several places: one for a house that was found, all houses of the street for a number that
// the register does not have (sure is false). active tells whether a network may receive alerts now. It gives the network inside which they lie, or
// which an edge case is likely to be of; nil when there is none.
func CheckZone(places []Point, sure bool, kind NetworkKind, networks []*Network, active func(*Network) bool, now time.Time) (Found, *Network) {
	none := 0
	var first *Network
	same := true
	for _, p := range places {
		c := CheckPlace(whereabouts(p, networks, active), kind, now)
		if c.Outcome == FoundNone {
			none++
			continue
		}
		if first == nil {
			first = c.Networks[0]
		}
		same = same && c.Outcome == FoundInside && c.Networks[0] == first
	}
	switch {
	case none == len(places):
		return FoundNone, nil
	case sure && same && none == 0:
		return FoundInside, first
	}
	return FoundRefer, first
}

// whereabouts lists how a place lies to the networks that are near.
func whereabouts(p Point, networks []*Network, active func(*Network) bool) []Whereabouts {
	var out []Whereabouts
	for _, n := range networks {
		box, ok := n.Area.Bounds()
		if !ok || !box.near(p) {
			continue
		}
		w := Whereabouts{Network: n, Active: active(n), Inside: n.Area.Contains(p), Metres: n.Area.ToBorder(p)}
		if w.Inside || w.Metres <= BorderMetres {
			out = append(out, w)
		}
	}
	return out
}

func (b Box) near(p Point) bool {
	const margin = 0.001 // degrees, more than BorderMetres in the Low Countries
	return p.Lat > b.South-margin && p.Lat < b.North+margin && p.Lon > b.West-margin && p.Lon < b.East+margin
}

// ToBorder gives the distance to the nearest edge in metres, on a plane that touches the earth at p: good to a per mille within kilometres;
// +Inf for an area without one.
func (a Area) ToBorder(p Point) float64 {
	const metre = 111_195.0 // of a degree of latitude
	shrink := math.Cos(p.Lat * math.Pi / 180)
	flat := func(q Point) (x, y float64) {
		return (q.Lon - p.Lon) * metre * shrink, (q.Lat - p.Lat) * metre
	}
	least := math.Inf(1)
	for _, polygon := range a {
		for _, ring := range polygon {
			for i, q := range ring {
				ax, ay := flat(q)
				bx, by := flat(ring[(i+1)%len(ring)])
				dx, dy := bx-ax, by-ay
				t := 0.0
				if d := dx*dx + dy*dy; d > 0 {
					t = max(0, min(1, -(ax*dx+ay*dy)/d))
				}
				least = min(least, math.Hypot(ax+t*dx, ay+t*dy))
			}
		}
	}
	return least
}

// Valid tells whether a basis is one of the list.
func (b Basis) Valid() bool { return slices.Contains([]Basis{Lives, Works}, b) }
