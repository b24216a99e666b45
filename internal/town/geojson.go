package town

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/buurtbel/buurtbel"
)

type collection struct {
	Type     string    `json:"type"`
	Features []feature `json:"features"`
}

type feature struct {
	Type       string         `json:"type"`
	Properties map[string]any `json:"properties"`
	Geometry   geometry       `json:"geometry"`
}

type geometry struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates"`
}

// Areas gives the networks' areas as GeoJSON (RFC 7946), with properties name, kind, district and regime.
func (t *Town) Areas() ([]byte, error) {
	c := collection{Type: "FeatureCollection"}
	for _, n := range t.Networks {
		properties := map[string]any{"name": n.Name, "kind": n.Kind, "district": n.District, "regime": n.Regime.String()}
		c.Features = append(c.Features, feature{"Feature", properties, polygon(n.Area[0][0])})
	}
	return c.encode()
}

// Map gives a quiet base map as GeoJSON. Property kind is "street", "building", "water", "railway" or "park"; streets have a name.
// Without buildings it is about a tenth of the size.
func (t *Town) Map(buildings bool) ([]byte, error) {
	c := collection{Type: "FeatureCollection"}
	add := func(kind, name string, g geometry) {
		properties := map[string]any{"kind": kind}
		if name != "" {
			properties["name"] = name
		}
		c.Features = append(c.Features, feature{"Feature", properties, g})
	}
	add("park", "", polygon(t.park))
	add("water", "", line(t.brook))
	add("railway", "", line(t.railway))
	for i := range t.Streets {
		add("street", t.Streets[i].Name, line(t.Streets[i].Line))
	}
	if buildings {
		for i := range t.Homes {
			add("building", "", polygon(t.Homes[i].corners))
		}
	}
	return c.encode()
}

func (c collection) encode() ([]byte, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("write GeoJSON: %w", err)
	}
	return b, nil
}

// Positions have six decimals, a decimetre, longitude first (RFC 7946 section 3.1.1).
func position(p buurtbel.Point) [2]float64 {
	return [2]float64{math.Round(p.Lon*1e6) / 1e6, math.Round(p.Lat*1e6) / 1e6}
}

func line(list []buurtbel.Point) geometry {
	out := make([][2]float64, len(list))
	for i, p := range list {
		out[i] = position(p)
	}
	return geometry{"LineString", out}
}

// polygon closes the ring by repeating its first position, and turns it counterclockwise (RFC 7946 section 3.1.6).
func polygon(ring []buurtbel.Point) geometry {
	out := make([][2]float64, 0, len(ring)+1)
	for _, p := range ring {
		out = append(out, position(p))
	}
	if clockwise(ring) {
		for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
			out[i], out[j] = out[j], out[i]
		}
	}
	return geometry{"Polygon", [][][2]float64{append(out, out[0])}}
}

func clockwise(ring []buurtbel.Point) bool {
	sum := 0.0
	for i, j := 0, len(ring)-1; i < len(ring); j, i = i, i+1 {
		sum += (ring[i].Lon - ring[j].Lon) * (ring[i].Lat + ring[j].Lat - 2*ring[0].Lat)
	}
	return sum > 0
}
