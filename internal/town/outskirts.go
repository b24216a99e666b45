package town

import (
	"fmt"

	"github.com/buurtbel/buurtbel"
)

// The streets where the zone check has no plain yes: one beyond every network, one along a border.
const (
	FarStreet    = "Verreveld"
	BorderStreet = "Grenspad"
)

// Outskirts gives homes of nobody's: a street where there is no network, and a path of which the doors lie on the border of one.
func (t *Town) Outskirts() []Home {
	var north buurtbel.Box
	for i, n := range t.Networks {
		if box, ok := n.Area.Bounds(); ok && (i == 0 || box.North > north.North) {
			north = box
		}
	}
	var out []Home
	for i := range 12 {
		out = append(out, Home{Street: FarStreet, Number: fmt.Sprint(i + 1), Network: -1,
			At: buurtbel.Point{Lat: north.North + 0.004, Lon: north.West + (north.East-north.West)*float64(i+1)/14}})
	}
	ring := t.Networks[0].Area[0][0]
	for i := range 4 {
		t := float64(i+1) / 5
		out = append(out, Home{Street: BorderStreet, Number: fmt.Sprint(i + 1), Network: -1,
			At: buurtbel.Point{Lat: ring[0].Lat + t*(ring[1].Lat-ring[0].Lat), Lon: ring[0].Lon + t*(ring[1].Lon-ring[0].Lon)}})
	}
	return out
}
