package geo

import (
	"math"

	"github.com/buurtbel/buurtbel"
)

const metresPerDegree = 111_195 // of latitude, mean sphere

// Simplify gives a lighter outline for a map: no corner that is left out lies further than metres from the new line (Douglas and Peucker,
// 1973). The result may touch itself, so it is for showing only, never for deciding who is inside.
func Simplify(a buurtbel.Area, metres float64) buurtbel.Area {
	out := make(buurtbel.Area, 0, len(a))
	for _, polygon := range a {
		var light buurtbel.Polygon
		for i, r := range polygon {
			r = simplifyRing(open(r), metres)
			if len(r) >= 3 {
				light = append(light, r)
			} else if i == 0 {
				break // an island smaller than the tolerance
			}
		}
		if len(light) > 0 {
			out = append(out, light)
		}
	}
	return out
}

// simplifyRing cuts the ring at the two points furthest apart that are quick to find: the first, and the furthest from it.
func simplifyRing(r buurtbel.Ring, metres float64) buurtbel.Ring {
	if len(r) < 4 {
		return r
	}
	far := 0
	for i := range r {
		if r[0].KM(r[i]) > r[0].KM(r[far]) {
			far = i
		}
	}
	if far == 0 {
		return nil
	}
	keep := make([]bool, len(r)+1)
	closed := append(append(buurtbel.Ring{}, r...), r[0])
	keep[0], keep[far] = true, true
	thin(closed, 0, far, metres, keep)
	thin(closed, far, len(r), metres, keep)
	var out buurtbel.Ring
	for i, p := range r {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}

// thin keeps the corner furthest from the line between first and last, and goes on at both sides; its own stack, since a ring may be long.
func thin(r buurtbel.Ring, first, last int, metres float64, keep []bool) {
	stack := [][2]int{{first, last}}
	for len(stack) > 0 {
		span := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		furthest, distance := 0, metres
		for i := span[0] + 1; i < span[1]; i++ {
			if d := fromLine(r[i], r[span[0]], r[span[1]]); d > distance {
				furthest, distance = i, d
			}
		}
		if furthest > 0 {
			keep[furthest] = true
			stack = append(stack, [2]int{span[0], furthest}, [2]int{furthest, span[1]})
		}
	}
}

// fromLine gives the distance in metres between p and the stretch from a to b, on a plane: areas are small.
func fromLine(p, a, b buurtbel.Point) float64 {
	shrink := math.Cos(a.Lat * math.Pi / 180)
	px, py := (p.Lon-a.Lon)*shrink, p.Lat-a.Lat
	bx, by := (b.Lon-a.Lon)*shrink, b.Lat-a.Lat
	t := 0.0
	if length := bx*bx + by*by; length > 0 {
		t = max(0, min(1, (px*bx+py*by)/length))
	}
	return math.Hypot(px-t*bx, py-t*by) * metresPerDegree
}
