// Package geo reads areas from GeoJSON, tells why one is not valid and where, and does the geometry that the map and the rules need:
// overlap, centre, simpler outlines, and the coordinate systems of Belgium and the Netherlands.
//
// The types are the root's (buurtbel.Area and Point); containment, size and circles are there too. Areas in here are at most a country
// large and do not cross the antimeridian. Rings that this package gives out are not closed by a repeated point.
package geo

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/peterstace/simplefeatures/geom"

	"github.com/buurtbel/buurtbel"
)

func fail(reason string, args buurtbel.Args) *buurtbel.Error {
	return buurtbel.Fail(buurtbel.Invalid, "error.geo."+reason, args)
}

// MaxPoints is the most corners an area may have.
const MaxPoints = 50_000

// Validate says whether an area can be used, and if not why and where (OGC Simple Features, 6.1.11).
//
// Errors: error.geo.empty, .too-many-points (Args Points), .number, .outside (Lat, Lon: not on earth), .too-few-points, .crossing, .hole,
// .hole-outside, .overlap; all but the first three have Args Lat and Lon of the place where they can.
func Validate(a buurtbel.Area) error {
	points := 0
	for _, polygon := range a {
		for _, ring := range polygon {
			points += len(ring)
			if err := validRing(ring); err != nil {
				return err
			}
		}
	}
	switch {
	case points == 0:
		return fail("empty", nil)
	case points > MaxPoints:
		return fail("too-many-points", buurtbel.Args{"Points": MaxPoints})
	}
	if err := shape(a).Validate(); err != nil {
		return explain(a, err)
	}
	return nil
}

func validRing(ring buurtbel.Ring) error {
	distinct := map[buurtbel.Point]bool{}
	for _, p := range ring {
		switch {
		case math.IsNaN(p.Lat) || math.IsNaN(p.Lon) || math.IsInf(p.Lat, 0) || math.IsInf(p.Lon, 0):
			return fail("number", nil)
		case math.Abs(p.Lat) > 90 || math.Abs(p.Lon) > 180:
			return fail("outside", place(p))
		}
		distinct[p] = true
	}
	if len(distinct) < 3 {
		if len(ring) == 0 {
			return fail("empty", nil)
		}
		return fail("too-few-points", place(ring[0]))
	}
	return nil
}

func place(p buurtbel.Point) buurtbel.Args { return buurtbel.Args{"Lat": p.Lat, "Lon": p.Lon} }

var near = regexp.MustCompile(`\(at or near \{(\S+) (\S+)\}\)`)

// explain turns the library's violation into a sentence. A ring that crosses itself is placed by our own look at its edges: the library
// names only its first point.
func explain(a buurtbel.Area, err error) error {
	text := err.Error()
	args := buurtbel.Args{}
	if m := near.FindStringSubmatch(text); m != nil {
		lon, err1 := strconv.ParseFloat(m[1], 64)
		lat, err2 := strconv.ParseFloat(m[2], 64)
		if err1 == nil && err2 == nil {
			args = place(buurtbel.Point{Lat: lat, Lon: lon})
		}
	}
	key := "crossing"
	switch {
	case strings.Contains(text, "outside of exterior"):
		key = "hole-outside"
	case strings.Contains(text, "nested") || strings.Contains(text, "rings intersect") || strings.Contains(text, "disconnected"):
		key = "hole"
	case strings.Contains(text, "child polygons"):
		key = "overlap"
	default:
		if at, crosses := Crossing(a); crosses {
			args = place(at)
		}
	}
	return buurtbel.FailWith(err, buurtbel.Invalid, "error.geo."+key, args)
}

// Crossing gives the first place where a ring of the area crosses or touches itself.
func Crossing(a buurtbel.Area) (at buurtbel.Point, crosses bool) {
	for _, polygon := range a {
		for _, ring := range polygon {
			if at, crosses = ringCrossing(ring); crosses {
				return at, true
			}
		}
	}
	return buurtbel.Point{}, false
}

func ringCrossing(r buurtbel.Ring) (buurtbel.Point, bool) {
	r = open(r)
	n := len(r)
	for i := range n {
		for j := i + 2; j < n; j++ {
			if i == 0 && j == n-1 {
				continue // neighbours
			}
			if at, ok := meet(r[i], r[i+1], r[j], r[(j+1)%n]); ok {
				return at, true
			}
		}
	}
	return buurtbel.Point{}, false
}

// meet gives the point where two edges cross or touch; parallel edges never do.
func meet(a, b, c, d buurtbel.Point) (buurtbel.Point, bool) {
	rx, ry, sx, sy := b.Lon-a.Lon, b.Lat-a.Lat, d.Lon-c.Lon, d.Lat-c.Lat
	cross := rx*sy - ry*sx
	if cross == 0 {
		return buurtbel.Point{}, false
	}
	t := ((c.Lon-a.Lon)*sy - (c.Lat-a.Lat)*sx) / cross
	u := ((c.Lon-a.Lon)*ry - (c.Lat-a.Lat)*rx) / cross
	if t < 0 || t > 1 || u < 0 || u > 1 {
		return buurtbel.Point{}, false
	}
	return buurtbel.Point{Lat: a.Lat + t*ry, Lon: a.Lon + t*rx}, true
}

// open takes a repeated last point off.
func open(r buurtbel.Ring) buurtbel.Ring {
	for len(r) > 1 && r[0] == r[len(r)-1] {
		r = r[:len(r)-1]
	}
	return r
}

// shape hands an area to the geometry library, rings closed.
func shape(a buurtbel.Area) geom.MultiPolygon {
	polygons := make([]geom.Polygon, len(a))
	for i, polygon := range a {
		rings := make([]geom.LineString, len(polygon))
		for j, ring := range polygon {
			ring = open(ring)
			xy := make([]float64, 0, 2*len(ring)+2)
			for k := range len(ring) + 1 {
				p := ring[k%len(ring)]
				xy = append(xy, p.Lon, p.Lat)
			}
			rings[j] = geom.NewLineString(geom.NewSequence(xy, geom.DimXY))
		}
		polygons[i] = geom.NewPolygon(rings)
	}
	return geom.NewMultiPolygon(polygons)
}

// area takes the polygons of a geometry back; points and lines, which an intersection of neighbours leaves, are no area.
func area(g geom.Geometry) buurtbel.Area {
	var a buurtbel.Area
	switch g.Type() {
	case geom.TypePolygon:
		a = append(a, polygon(g.MustAsPolygon()))
	case geom.TypeMultiPolygon:
		m := g.MustAsMultiPolygon()
		for i := range m.NumPolygons() {
			a = append(a, polygon(m.PolygonN(i)))
		}
	case geom.TypeGeometryCollection:
		c := g.MustAsGeometryCollection()
		for i := range c.NumGeometries() {
			a = append(a, area(c.GeometryN(i))...)
		}
	}
	return a
}

func polygon(p geom.Polygon) buurtbel.Polygon {
	if p.IsEmpty() {
		return nil
	}
	out := buurtbel.Polygon{ring(p.ExteriorRing())}
	for i := range p.NumInteriorRings() {
		out = append(out, ring(p.InteriorRingN(i)))
	}
	return out
}

func ring(l geom.LineString) buurtbel.Ring {
	s := l.Coordinates()
	r := make(buurtbel.Ring, s.Length())
	for i := range r {
		xy := s.GetXY(i)
		r[i] = buurtbel.Point{Lat: xy.Y, Lon: xy.X}
	}
	return open(r)
}

// Overlap gives what two valid areas have in common; empty when they only touch.
// error.geo.overlap-unknown (kind Internal) when the numbers are too fine for the library.
func Overlap(a, b buurtbel.Area) (buurtbel.Area, error) {
	boxA, okA := a.Bounds()
	boxB, okB := b.Bounds()
	if !okA || !okB || boxA.West > boxB.East || boxB.West > boxA.East || boxA.South > boxB.North || boxB.South > boxA.North {
		return nil, nil
	}
	both, err := geom.Intersection(shape(a).AsGeometry(), shape(b).AsGeometry())
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Internal, "error.geo.overlap-unknown", nil)
	}
	return area(both), nil
}

// Centroid gives the middle of an area by weight; ok is false for an area without size.
func Centroid(a buurtbel.Area) (p buurtbel.Point, ok bool) {
	box, ok := a.Bounds()
	if !ok {
		return buurtbel.Point{}, false
	}
	var size, lat, lon float64
	for _, polygon := range a {
		for i, ring := range polygon {
			s, y, x := moments(open(ring), box)
			if s < 0 { // whatever way round it was drawn
				s, y, x = -s, -y, -x
			}
			if i > 0 {
				s, y, x = -s, -y, -x
			}
			size, lat, lon = size+s, lat+y, lon+x
		}
	}
	if size <= 0 {
		return buurtbel.Point{}, false
	}
	return buurtbel.Point{Lat: box.South + lat/size/3, Lon: box.West + lon/size/3}, true
}

// moments are relative to a near corner: far from the origin the sums would lose digits.
func moments(r buurtbel.Ring, box buurtbel.Box) (size, lat, lon float64) {
	for i, p := range r {
		q := r[(i+1)%len(r)]
		py, px, qy, qx := p.Lat-box.South, p.Lon-box.West, q.Lat-box.South, q.Lon-box.West
		c := px*qy - qx*py
		size, lat, lon = size+c, lat+(py+qy)*c, lon+(px+qx)*c
	}
	return size, lat, lon
}
