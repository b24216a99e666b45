package buurtbel

import (
	"math"
	"slices"
)

// Point is a place on earth in degrees, WGS 84.
type Point struct{ Lat, Lon float64 }

// Ring is a closed line; the last point joins the first and need not repeat it.
type Ring []Point

// Polygon is an outer ring, then its holes.
type Polygon []Ring

// Area is the land of a network or the place of an alert: one or more polygons, not overlapping.
type Area []Polygon

// Box is the smallest upright rectangle around something.
type Box struct{ South, West, North, East float64 }

// Contains tells whether p lies in the area; a point on the border counts by the even-odd rule, so on one side only.
func (a Area) Contains(p Point) bool {
	for _, polygon := range a {
		if polygon.contains(p) {
			return true
		}
	}
	return false
}

func (g Polygon) contains(p Point) bool {
	if len(g) == 0 || !g[0].contains(p) {
		return false
	}
	for _, hole := range g[1:] {
		if hole.contains(p) {
			return false
		}
	}
	return true
}

func (r Ring) contains(p Point) bool {
	inside := false
	for i, j := 0, len(r)-1; i < len(r); j, i = i, i+1 {
		a, b := r[i], r[j]
		if (a.Lat > p.Lat) != (b.Lat > p.Lat) &&
			p.Lon < (b.Lon-a.Lon)*(p.Lat-a.Lat)/(b.Lat-a.Lat)+a.Lon {
			inside = !inside
		}
	}
	return inside
}

// Bounds gives the box around the area; ok is false when it has no points.
func (a Area) Bounds() (box Box, ok bool) {
	box = Box{South: math.Inf(1), West: math.Inf(1), North: math.Inf(-1), East: math.Inf(-1)}
	for _, polygon := range a {
		for _, ring := range polygon {
			for _, p := range ring {
				ok = true
				box.South, box.North = min(box.South, p.Lat), max(box.North, p.Lat)
				box.West, box.East = min(box.West, p.Lon), max(box.East, p.Lon)
			}
		}
	}
	return box, ok
}

// Contains tells whether p lies in the box, borders included.
func (b Box) Contains(p Point) bool {
	return p.Lat >= b.South && p.Lat <= b.North && p.Lon >= b.West && p.Lon <= b.East
}

const earthRadiusKM = 6371.0088 // mean radius, IUGG

// SquareKM gives the area's size in square kilometres, exact to about one per cent for a town.
func (a Area) SquareKM() float64 {
	total := 0.0
	for _, polygon := range a {
		for i, ring := range polygon {
			if i == 0 {
				total += ring.squareKM()
			} else {
				total -= ring.squareKM()
			}
		}
	}
	return total
}

func (r Ring) squareKM() float64 {
	if len(r) < 3 {
		return 0
	}
	sum := 0.0
	scale := math.Pi / 180 * earthRadiusKM
	shrink := math.Cos(r[0].Lat * math.Pi / 180)
	for i, j := 0, len(r)-1; i < len(r); j, i = i, i+1 {
		sum += (r[j].Lon*r[i].Lat - r[i].Lon*r[j].Lat) * shrink
	}
	return math.Abs(sum) / 2 * scale * scale
}

// SelfCrossing tells whether a ring of the area crosses itself, and where: the first point of the edge that does.
func (a Area) SelfCrossing() (at Point, crossing bool) {
	for _, polygon := range a {
		for _, ring := range polygon {
			if at, crossing = ring.selfCrossing(); crossing {
				return at, true
			}
		}
	}
	return Point{}, false
}

func (r Ring) selfCrossing() (Point, bool) {
	r = slices.Compact(slices.Clone(r)) // a point drawn twice is no edge
	if n := len(r); n > 1 && r[0] == r[n-1] {
		r = r[:n-1]
	}
	n := len(r)
	for i := range n {
		for j := i + 2; j < n; j++ {
			if i == 0 && j == n-1 {
				continue // neighbours round the corner
			}
			if cross(r[i], r[(i+1)%n], r[j], r[(j+1)%n]) {
				return r[i], true
			}
		}
	}
	return Point{}, false
}

// cross tells whether two edges pass through each other. Edges that only touch, as around an enclave, do not.
func cross(a, b, c, d Point) bool {
	return side(a, b, c)*side(a, b, d) < 0 && side(c, d, a)*side(c, d, b) < 0
}

// side is 1 when c lies left of the line from a to b, -1 when right of it, 0 on it.
func side(a, b, c Point) int {
	v := (b.Lon-a.Lon)*(c.Lat-a.Lat) - (b.Lat-a.Lat)*(c.Lon-a.Lon)
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// KM gives the distance between two points in kilometres along the earth's surface.
func (p Point) KM(q Point) float64 {
	const rad = math.Pi / 180
	dLat, dLon := (q.Lat-p.Lat)*rad, (q.Lon-p.Lon)*rad
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(p.Lat*rad)*math.Cos(q.Lat*rad)*math.Pow(math.Sin(dLon/2), 2)
	return 2 * earthRadiusKM * math.Asin(math.Min(1, math.Sqrt(h)))
}

// Circle gives the polygon of 48 corners around a centre; radius in kilometres.
func Circle(centre Point, radius float64) Area {
	const corners = 48
	ring := make(Ring, corners)
	dLat := radius / earthRadiusKM * 180 / math.Pi
	dLon := dLat / math.Cos(centre.Lat*math.Pi/180)
	for i := range ring {
		angle := 2 * math.Pi * float64(i) / corners
		ring[i] = Point{Lat: centre.Lat + dLat*math.Sin(angle), Lon: centre.Lon + dLon*math.Cos(angle)}
	}
	return Area{Polygon{ring}}
}
