package geo_test

import (
	"math"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/geo"
)

// block is a rectangle of metres east and north of a place in Flanders.
func block(east, north, wide, high float64) buurtbel.Area {
	const lat, lon = 50.9, 4.1
	x := 111_320 * math.Cos(lat*math.Pi/180)
	at := func(e, n float64) buurtbel.Point { return buurtbel.Point{Lat: lat + n/111_320, Lon: lon + e/x} }
	return buurtbel.Area{{{at(east, north), at(east+wide, north), at(east+wide, north+high), at(east, north+high)}}}
}

func near(got, want float64) bool { return math.Abs(got-want) < 0.02*want+1e-4 }

func TestUnionAndWithout(t *testing.T) {
	a, b := block(0, 0, 1000, 1000), block(600, 0, 1000, 1000)
	both, err := geo.Union(a, b)
	if err != nil || !near(both.SquareKM(), 1.6) || len(both) != 1 {
		t.Errorf("together %.3f km², %d parts, %v", both.SquareKM(), len(both), err)
	}
	rest, err := geo.Without(a, b)
	if err != nil || !near(rest.SquareKM(), 0.6) {
		t.Errorf("the rest is %.3f km², %v", rest.SquareKM(), err)
	}
	if none, err := geo.Without(a, a); err != nil || len(none) != 0 {
		t.Errorf("nothing is left: %v, %v", none, err)
	}
	if apart, err := geo.Union(a, block(3000, 0, 100, 100)); err != nil || len(apart) != 2 {
		t.Errorf("two parts: %d, %v", len(apart), err)
	}
}

func TestGapsAreNarrowStripsThatBelongToNobody(t *testing.T) {
	a := block(0, 0, 1000, 1000)
	for name, c := range map[string]struct {
		other buurtbel.Area
		want  float64 // km²
	}{
		"a strip of 30 m": {block(1030, 0, 1000, 1000), 0.03}, "they touch": {block(1000, 0, 1000, 1000), 0}, "they overlap": {block(900, 0, 1000, 1000), 0},
		"half a kilometre is no mistake": {block(1500, 0, 1000, 1000), 0}, "far away": {block(30_000, 0, 10, 10), 0},
	} {
		found, err := geo.Gaps(a, []buurtbel.Area{c.other}, 60)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		sum := 0.0
		for _, p := range found {
			sum += (buurtbel.Area{p}).SquareKM()
		}
		if math.Abs(sum-c.want) > 0.003 {
			t.Errorf("%s: %.4f km², want %.4f", name, sum, c.want)
		}
	}
}
