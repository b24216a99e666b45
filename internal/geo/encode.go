package geo

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/buurtbel/buurtbel"
)

// Encode writes an area as a GeoJSON geometry, coordinates to six decimals (a decimetre), outer rings counterclockwise, holes clockwise.
func Encode(a buurtbel.Area) json.RawMessage {
	b := []byte(`{"type":"MultiPolygon","coordinates":[`)
	for i, polygon := range a {
		b = comma(b, i, '[')
		for j, ring := range polygon {
			b = encodeRing(comma(b, j, '['), open(ring), j == 0)
			b = append(b, ']')
		}
		b = append(b, ']')
	}
	return append(b, "]}"...)
}

func comma(b []byte, i int, c byte) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return append(b, c)
}

func encodeRing(b []byte, r buurtbel.Ring, outer bool) []byte {
	if len(r) == 0 {
		return b
	}
	if box, ok := (buurtbel.Area{{r}}).Bounds(); ok {
		if size, _, _ := moments(r, box); size > 0 != outer {
			r = slices.Clone(r)
			slices.Reverse(r)
		}
	}
	for i := range len(r) + 1 {
		p := r[i%len(r)]
		b = strconv.AppendFloat(comma(b, i, '['), round6(p.Lon), 'f', -1, 64)
		b = strconv.AppendFloat(append(b, ','), round6(p.Lat), 'f', -1, 64)
		b = append(b, ']')
	}
	return b
}

func round6(v float64) float64 { return math.Round(v*1e6) / 1e6 }
