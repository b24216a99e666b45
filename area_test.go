package buurtbel_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

var centre = buurtbel.Point{Lat: 51, Lon: 4}

// square gives a square ring of a side in degrees around a centre.
func square(centre buurtbel.Point, side float64) buurtbel.Ring {
	h := side / 2
	return buurtbel.Ring{{Lat: centre.Lat - h, Lon: centre.Lon - h}, {Lat: centre.Lat - h, Lon: centre.Lon + h}, {Lat: centre.Lat + h, Lon: centre.Lon + h}, {Lat: centre.Lat + h, Lon: centre.Lon - h}}
}

func TestAreaContains(t *testing.T) {
	holed := buurtbel.Area{buurtbel.Polygon{square(centre, 0.2), square(centre, 0.1)}, buurtbel.Polygon{square(centre, 0.02)}}
	for _, c := range []struct {
		lat, lon float64
		in       bool
	}{
		{51.08, 4, true}, {51, 4.08, true}, {51.03, 4.03, false}, {51.005, 4.005, true}, {51.2, 4, false}, {51, 4.2, false}, {50, 4, false}, {51.08, 4.08, true},
		{math.NaN(), 4, false}, {51, math.Inf(1), false},
	} {
		if got := holed.Contains(buurtbel.Point{Lat: c.lat, Lon: c.lon}); got != c.in {
			t.Errorf("%v: %t", c, got)
		}
	}
	if (buurtbel.Area{}).Contains(centre) || (buurtbel.Area{buurtbel.Polygon{}}).Contains(centre) || (buurtbel.Area{buurtbel.Polygon{buurtbel.Ring{centre}}}).Contains(centre) {
		t.Error("an area without land contains something")
	}
	closed := append(square(centre, 0.2), square(centre, 0.2)[0])
	if !(buurtbel.Area{buurtbel.Polygon{closed}}).Contains(centre) {
		t.Error("a ring that repeats its first point contains nothing")
	}
}

// Neighbours share a border without gap or overlap: every point of the two is in exactly one.
func TestAreaBorderIsOnOneSide(t *testing.T) {
	west := buurtbel.Area{buurtbel.Polygon{square(buurtbel.Point{Lat: 51, Lon: 4}, 1)}}
	east := buurtbel.Area{buurtbel.Polygon{square(buurtbel.Point{Lat: 51, Lon: 5}, 1)}}
	rapid.Check(t, func(t *rapid.T) {
		p := buurtbel.Point{Lat: rapid.Float64Range(50.51, 51.49).Draw(t, "lat"), Lon: rapid.OneOf(rapid.Just(4.5), rapid.Float64Range(3.51, 5.49)).Draw(t, "lon")}
		if west.Contains(p) == east.Contains(p) {
			t.Fatalf("%v is in both or in neither", p)
		}
	})
}

func TestAreaSize(t *testing.T) {
	const degree = math.Pi / 180 * 6371.0088
	flat := degree * degree * math.Cos(51*math.Pi/180)
	for name, c := range map[string]struct {
		area buurtbel.Area
		want float64
	}{
		"a tenth of a degree": {buurtbel.Area{buurtbel.Polygon{square(centre, 0.1)}}, flat * 0.01},
		"with a hole":         {buurtbel.Area{buurtbel.Polygon{square(centre, 0.1), square(centre, 0.05)}}, flat * 0.0075},
		"two":                 {buurtbel.Area{buurtbel.Polygon{square(centre, 0.1)}, buurtbel.Polygon{square(buurtbel.Point{Lat: 51, Lon: 5}, 0.1)}}, flat * 0.02},
		"the other way round": {buurtbel.Area{buurtbel.Polygon{reversed(square(centre, 0.1))}}, flat * 0.01},
		"a line":              {buurtbel.Area{buurtbel.Polygon{square(centre, 0.1)[:2]}}, 0},
		"nothing":             {nil, 0},
		"a circle of 2 km":    {buurtbel.Circle(centre, 2), math.Pi * 4},
	} {
		if got := c.area.SquareKM(); math.Abs(got-c.want) > c.want*0.01 {
			t.Errorf("%s: %.4f km², want %.4f", name, got, c.want)
		}
	}
}

func reversed(r buurtbel.Ring) buurtbel.Ring {
	r = slices.Clone(r)
	slices.Reverse(r)
	return r
}

func TestAreaSelfCrossing(t *testing.T) {
	bow := buurtbel.Ring{{Lat: 0, Lon: 0}, {Lat: 1, Lon: 1}, {Lat: 0, Lon: 1}, {Lat: 1, Lon: 0}}
	star := buurtbel.Ring{{Lat: 3, Lon: 0}, {Lat: -2, Lon: 2}, {Lat: 1, Lon: -3}, {Lat: 1, Lon: 3}, {Lat: -2, Lon: -2}}
	doubled := buurtbel.Ring{{Lat: 0, Lon: 0}, {Lat: 0, Lon: 1}, {Lat: 0, Lon: 1}, {Lat: 1, Lon: 1}, {Lat: 1, Lon: 1}, {Lat: 1, Lon: 0}, {Lat: 0, Lon: 0}}
	pinched := buurtbel.Ring{{Lat: 0, Lon: 0}, {Lat: 1, Lon: 1}, {Lat: 0, Lon: 2}, {Lat: 2, Lon: 2}, {Lat: 1, Lon: 1}, {Lat: 2, Lon: 0}}
	straight := buurtbel.Ring{{Lat: 0, Lon: 0}, {Lat: 0, Lon: 1}, {Lat: 0, Lon: 2}, {Lat: 0, Lon: 3}, {Lat: 1, Lon: 3}, {Lat: 1, Lon: 0}}
	for name, c := range map[string]struct {
		ring     buurtbel.Ring
		crossing bool
	}{
		"square": {square(centre, 1), false}, "bow tie": {bow, true}, "bow tie, other way round": {reversed(bow), true}, "star": {star, true},
		"points drawn twice": {doubled, false}, "the same, other way round": {reversed(doubled), false}, "touches itself": {pinched, false}, "points on a line": {straight, false},
		"empty": {nil, false}, "one point": {buurtbel.Ring{centre}, false}, "triangle": {bow[:3], false}, "circle": {buurtbel.Circle(centre, 1)[0][0], false},
	} {
		at, got := (buurtbel.Area{buurtbel.Polygon{square(buurtbel.Point{Lat: 60, Lon: 10}, 1)}, buurtbel.Polygon{c.ring}}).SelfCrossing()
		if got != c.crossing || got && !slices.Contains(c.ring, at) {
			t.Errorf("%s: %t at %v", name, got, at)
		}
	}
}

func TestCircleAndDistance(t *testing.T) {
	for _, radius := range []float64{0.1, 1, 10} {
		area := buurtbel.Circle(centre, radius)
		if !area.Contains(centre) {
			t.Errorf("a circle of %g km does not contain its centre", radius)
		}
		for _, p := range area[0][0] {
			if d := centre.KM(p); math.Abs(d-radius) > radius*0.01 {
				t.Errorf("a corner lies %g km from the centre, want %g", d, radius)
			}
		}
		box, ok := area.Bounds()
		if !ok || !box.Contains(centre) || box.North <= box.South || box.East <= box.West {
			t.Errorf("bounds %v", box)
		}
	}
	if d := (buurtbel.Point{Lat: 50.8503, Lon: 4.3517}).KM(buurtbel.Point{Lat: 51.2194, Lon: 4.4025}); math.Abs(d-41.2) > 0.5 {
		t.Errorf("Brussels to Antwerp: %g km", d)
	}
	if d := centre.KM(centre); d != 0 {
		t.Errorf("a point lies %g km from itself", d)
	}
	if d := centre.KM(buurtbel.Point{Lat: -51, Lon: -176}); math.IsNaN(d) || math.Abs(d-20015) > 10 {
		t.Errorf("to the other side of the earth: %g km", d)
	}
	if _, ok := (buurtbel.Area{}).Bounds(); ok {
		t.Error("nothing has bounds")
	}
}
