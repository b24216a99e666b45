package geo

import (
	"math"

	"github.com/peterstace/simplefeatures/geom"

	"github.com/buurtbel/buurtbel"
)

// crumb is the size, in square kilometres, below which what remains of an area is a trace of rounding: ten square metres.
const crumb = 1e-5

// Union gives the land of two valid areas together.
// error.geo.overlap-unknown (kind Internal) when the numbers are too fine for the library.
func Union(a, b buurtbel.Area) (buurtbel.Area, error) { return combine(geom.Union, a, b) }

// Without gives what of an area lies outside another; crumbs of rounding are left out.
// error.geo.overlap-unknown (kind Internal), as Union.
func Without(a, b buurtbel.Area) (buurtbel.Area, error) { return combine(geom.Difference, a, b) }

func combine(how func(a, b geom.Geometry) (geom.Geometry, error), a, b buurtbel.Area) (buurtbel.Area, error) {
	out, err := how(shape(a).AsGeometry(), shape(b).AsGeometry())
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Internal, "error.geo.overlap-unknown", nil)
	}
	return crumbless(area(out)), nil
}

func crumbless(a buurtbel.Area) buurtbel.Area {
	var out buurtbel.Area
	for _, p := range a {
		if (buurtbel.Area{p}).SquareKM() >= crumb {
			out = append(out, p)
		}
	}
	return out
}

// Gaps gives the land between an area and others that belongs to none of them and is narrower than so many metres: a strip that was left out
// when borders were drawn. It is exact to about a tenth of the width.
func Gaps(a buurtbel.Area, others []buurtbel.Area, metres float64) ([]buurtbel.Polygon, error) {
	box, ok := a.Bounds()
	if !ok {
		return nil, nil
	}
	flat := flattener(box)
	all := flat.to(a)
	margin := metres / metresPerDegree * 2
	near := buurtbel.Box{South: box.South - margin, West: box.West - 2*margin, North: box.North + margin, East: box.East + 2*margin}
	for _, o := range others {
		if b, ok := o.Bounds(); ok && b.West <= near.East && b.East >= near.West && b.South <= near.North && b.North >= near.South {
			joined, err := geom.Union(all, flat.to(o))
			if err != nil {
				return nil, buurtbel.FailWith(err, buurtbel.Internal, "error.geo.overlap-unknown", nil)
			}
			all = joined
		}
	}
	closed, err := geom.Buffer(all, metres/2)
	if err == nil {
		closed, err = geom.Buffer(closed, -metres/2)
	}
	if err == nil {
		closed, err = geom.Difference(closed, all)
	}
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Internal, "error.geo.overlap-unknown", nil)
	}
	var out []buurtbel.Polygon
	for _, p := range flat.from(area(closed)) {
		if (buurtbel.Area{p}).SquareKM() >= 10*crumb {
			out = append(out, p)
		}
	}
	return out, nil
}

// flat is a plane in metres around a place: degrees times the scale of its latitude.
type flat struct{ lon, lat, x float64 }

func flattener(b buurtbel.Box) flat {
	middle := (b.South + b.North) / 2
	return flat{lon: b.West, lat: b.South, x: metresPerDegree * math.Cos(middle*math.Pi/180)}
}

func (f flat) each(a buurtbel.Area, point func(buurtbel.Point) buurtbel.Point) buurtbel.Area {
	var out buurtbel.Area
	for _, polygon := range a {
		var p buurtbel.Polygon
		for _, ring := range polygon {
			r := make(buurtbel.Ring, len(ring))
			for i, at := range ring {
				r[i] = point(at)
			}
			p = append(p, r)
		}
		out = append(out, p)
	}
	return out
}

func (f flat) to(a buurtbel.Area) geom.Geometry {
	return shape(f.each(a, func(p buurtbel.Point) buurtbel.Point {
		return buurtbel.Point{Lat: (p.Lat - f.lat) * metresPerDegree, Lon: (p.Lon - f.lon) * f.x}
	})).AsGeometry()
}

func (f flat) from(a buurtbel.Area) buurtbel.Area {
	return f.each(a, func(p buurtbel.Point) buurtbel.Point {
		return buurtbel.Point{Lat: p.Lat/metresPerDegree + f.lat, Lon: p.Lon/f.x + f.lon}
	})
}
