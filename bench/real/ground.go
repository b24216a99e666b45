package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/peterstace/simplefeatures/geom"
	"golang.org/x/text/encoding/charmap"

	"github.com/buurtbel/buurtbel"
)

// What is read in this file is read without any package of ours: it is what the program's own reading is compared with.

// home is one address of the register.
type home struct {
	street, number, code, town string
	lat, lon                   float64
	district                   int // index in ground.districts
}

// district is one neighbourhood of the town.
type district struct {
	name  string
	shape geom.Geometry
	ring  buurtbel.Area // the same corners, as a dispatcher would draw them
	homes []int
}

// ground is the town that the people live in.
type ground struct {
	lines     int // addresses of the whole file, header lines not counted
	areas     int // of the whole file
	homes     []home
	districts []district
	border    int // homes that were passed over: within a hand's breadth of a border
}

func readGround(addresses, areas, town string) (*ground, error) {
	g := &ground{}
	if err := g.readAreas(areas, town); err != nil {
		return nil, err
	}
	if err := g.readAddresses(addresses, town); err != nil {
		return nil, err
	}
	for i := range g.districts {
		if len(g.districts[i].homes) == 0 {
			return nil, fmt.Errorf("district %d has no address", i+1)
		}
	}
	return g, nil
}

func (g *ground) readAreas(path, town string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read neighbourhoods: %w", err)
	}
	var file struct {
		Features []struct {
			Properties struct{ Naam string }
			Geometry   json.RawMessage
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return fmt.Errorf("read neighbourhoods: %w", err)
	}
	g.areas = len(file.Features)
	for _, f := range file.Features {
		if !strings.HasSuffix(f.Properties.Naam, "("+town+")") {
			continue
		}
		d := district{name: f.Properties.Naam}
		if d.shape, err = geom.UnmarshalGeoJSON(f.Geometry); err != nil {
			return fmt.Errorf("read neighbourhood: %w", err)
		}
		d.ring = drawn(d.shape)
		g.districts = append(g.districts, d)
	}
	if len(g.districts) == 0 {
		return errors.New("no neighbourhood carries the name of this town")
	}
	return nil
}

// drawn gives the corners of a shape.
func drawn(shape geom.Geometry) buurtbel.Area {
	var polygons []geom.Polygon
	if p, ok := shape.AsPolygon(); ok {
		polygons = append(polygons, p)
	}
	if m, ok := shape.AsMultiPolygon(); ok {
		for i := range m.NumPolygons() {
			polygons = append(polygons, m.PolygonN(i))
		}
	}
	var area buurtbel.Area
	for _, p := range polygons {
		one := buurtbel.Polygon{corners(p.ExteriorRing())}
		for i := range p.NumInteriorRings() {
			one = append(one, corners(p.InteriorRingN(i)))
		}
		area = append(area, one)
	}
	return area
}

func corners(l geom.LineString) buurtbel.Ring {
	s := l.Coordinates()
	ring := make(buurtbel.Ring, 0, s.Length())
	for i := range s.Length() - 1 { // the last repeats the first
		xy := s.GetXY(i)
		ring = append(ring, buurtbel.Point{Lat: xy.Y, Lon: xy.X})
	}
	return ring
}

func (g *ground) readAddresses(path, town string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read addresses: %w", err)
	}
	defer f.Close()
	packed, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("read addresses: %w", err)
	}
	files := tar.NewReader(packed)
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read addresses: %w", err)
		}
		if strings.HasSuffix(h.Name, ".csv") {
			if err := g.readFile(files, town); err != nil {
				return err
			}
		}
	}
}

// readFile keeps the town's addresses that stand once in their file.
func (g *ground) readFile(r io.Reader, town string) error {
	rows := csv.NewReader(r)
	rows.ReuseRecord, rows.LazyQuotes, rows.FieldsPerRecord = true, true, -1
	first := true
	var list []home
	times := map[string]int{}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read addresses: %w", err)
		}
		if first {
			first = false
			continue
		}
		g.lines++
		if len(row) == 6 && row[1] == town {
			h := home{code: row[0], town: row[1], street: plain(row[2]), number: row[3]}
			var latErr, lonErr error
			h.lat, latErr = strconv.ParseFloat(row[4], 64)
			h.lon, lonErr = strconv.ParseFloat(row[5], 64)
			if err := errors.Join(latErr, lonErr); err != nil {
				return fmt.Errorf("read addresses: %w", err)
			}
			list = append(list, h)
			times[strings.ToLower(h.street+"|"+h.number)]++
		}
	}
	for _, h := range list {
		if times[strings.ToLower(h.street+"|"+h.number)] == 1 {
			g.place(h)
		}
	}
	return nil
}

func plain(s string) string {
	if utf8.ValidString(s) {
		return strings.Clone(s)
	}
	out, err := charmap.ISO8859_1.NewDecoder().String(s)
	if err != nil {
		return s
	}
	return out
}

// nearBorder is about twenty centimetres in degrees: the program keeps places to one.
const nearBorder = 2e-6

// place puts a home into its district; a home in none, in two, or on a border is not used.
func (g *ground) place(h home) {
	at := geom.NewPointXY(h.lon, h.lat).AsGeometry()
	in := -1
	for i := range g.districts {
		d := &g.districts[i]
		if !d.shape.Envelope().Contains(geom.XY{X: h.lon, Y: h.lat}) {
			continue
		}
		if away, ok := geom.Distance(at, d.shape.Boundary()); ok && away < nearBorder {
			g.border++
			return
		}
		if geom.Intersects(at, d.shape) {
			if in >= 0 {
				return
			}
			in = i
		}
	}
	if in < 0 {
		return
	}
	h.district = in
	g.districts[in].homes = append(g.districts[in].homes, len(g.homes))
	g.homes = append(g.homes, h)
}
