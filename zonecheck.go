package buurtbel

import (
	"math"
	"slices"
	"time"
)

// edge is how close to a border an address is an edge case: registers place a house by its door, its plot or its post box.
const edge = 0.02 // km

// CheckZone is the zone check of rule 8 for the places that an address may mean: one for a house that was found, all houses of the street for a
// number that the register does not have (sure is false). It gives the network inside which they lie, or which an edge case is likely to be of;
// nil when there is none.
func CheckZone(places []Point, sure bool, kind NetworkKind, networks []*Network, now time.Time) (Found, *Network) {
	var hit []*Network
	all := len(places) > 0
	for _, n := range networks {
		if n.Kind != kind || n.Ended.holds(now) {
			continue
		}
		inside, near := n.around(places)
		if near {
			hit = append(hit, n)
			all = all && inside
		}
	}
	switch {
	case len(hit) == 0:
		return FoundNone, nil
	case len(hit) == 1 && sure && all:
		return FoundInside, hit[0]
	}
	return FoundRefer, hit[0]
}

// around tells whether every place lies well inside a network's area, and whether any lies inside or at its edge.
func (n *Network) around(places []Point) (inside, near bool) {
	box, ok := n.Area.Bounds()
	if !ok {
		return false, false
	}
	inside = true
	for _, p := range places {
		if !box.near(p) {
			inside = false
			continue
		}
		for _, q := range compass(p) {
			in := n.Area.Contains(q)
			inside, near = inside && in, near || in
		}
	}
	return inside, near
}

func (b Box) near(p Point) bool {
	const margin = 0.001 // degrees, more than edge in the Low Countries
	return p.Lat > b.South-margin && p.Lat < b.North+margin && p.Lon > b.West-margin && p.Lon < b.East+margin
}

// compass gives a point and eight around it.
func compass(p Point) []Point {
	const perDegree = 111.19 // km
	lat := edge / perDegree
	lon := lat / max(0.01, math.Cos(p.Lat*math.Pi/180))
	out := []Point{p}
	for _, d := range [...][2]float64{{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {0.7, 0.7}, {0.7, -0.7}, {-0.7, 0.7}, {-0.7, -0.7}} {
		out = append(out, Point{Lat: p.Lat + d[0]*lat, Lon: p.Lon + d[1]*lon})
	}
	return out
}

// Valid tells whether a basis is one of the list.
func (b Basis) Valid() bool { return slices.Contains([]Basis{Lives, Works}, b) }
