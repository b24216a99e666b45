package geo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// Feature is one named area of a file.
type Feature struct {
	Number     int    // in the file, from 1
	Name       string // "" when the file names none
	Area       buurtbel.Area
	Properties map[string]string // all its properties that are text, numbers or yes/no
}

// Severity says what became of the thing a Problem is about.
type Severity string

// The severities.
const (
	Refuse Severity = "refuse" // the area is left out
	Ask    Severity = "ask"    // read as it was understood, if a person agrees
	Mend   Severity = "mend"   // repaired without doubt; told only
)

// Problem is one thing that is not as it should be.
type Problem struct {
	Feature  int // number in the file, from 1; 0: the whole file
	Name     string
	Severity Severity
	Key      string // "geo.…", or an error.geo.… key
	Args     buurtbel.Args
}

// Collection is what a file held. Features has only valid areas.
type Collection struct {
	CRS        CRS
	Features   []Feature
	Problems   []Problem
	Properties []string // names of all properties seen, sorted: what NameProperty can be
	Total      int      // features in the file, valid or not
}

// Options bounds and steers a reading. The zero value is usable.
type Options struct {
	NameProperty string // property that holds the name; "": the first of the usual ones
	MaxBytes     int64  // 0: 64 MiB
	Progress     func(done, total int64)
	Size         int64 // of the file, for Progress; 0: not known
}

// Read reads a GeoJSON file (RFC 7946; the crs member of its forerunner is understood too): a collection, one feature or one geometry.
//
// Errors: error.geo.too-big (Args MB), .not-json (Args Line), .not-geojson, .crs (Args CRS). What is wrong with one feature is a Problem and
// leaves that feature out. An error of r comes back wrapped.
func Read(r io.Reader, o Options) (*Collection, error) {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 64 << 20
	}
	data, err := io.ReadAll(io.LimitReader(r, o.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read areas: %w", err)
	}
	if int64(len(data)) > o.MaxBytes {
		return nil, fail("too-big", buurtbel.Args{"MB": o.MaxBytes >> 20})
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var file document
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, notJSON(data, err)
	}
	features, err := file.features()
	if err != nil {
		return nil, err
	}
	c := &Collection{Total: len(features)}
	if c.CRS, err = file.crs(); err != nil {
		return nil, err
	}
	reader := &reader{collection: c, options: o, named: map[string]int{}}
	reader.read(features)
	return c, nil
}

func notJSON(data []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	offset := int64(0)
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		return fail("not-geojson", nil)
	}
	return fail("not-json", buurtbel.Args{"Line": 1 + bytes.Count(data[:min(offset, int64(len(data)))], []byte("\n"))})
}

// document is the outermost object.
type document struct {
	Type       string            `json:"type"`
	Features   []json.RawMessage `json:"features"`
	Properties json.RawMessage   `json:"properties"`
	Geometry   json.RawMessage   `json:"geometry"`
	Coords     json.RawMessage   `json:"coordinates"`
	CRS        *struct {
		Properties struct {
			Name string `json:"name"`
		} `json:"properties"`
	} `json:"crs"`
}

// raw is one feature before its geometry is looked at.
type raw struct {
	Type       string                     `json:"type"`
	Properties map[string]json.RawMessage `json:"properties"`
	Geometry   *struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

func (d *document) features() ([]json.RawMessage, error) {
	switch d.Type {
	case "FeatureCollection":
		return d.Features, nil
	case "Feature":
		one, err := json.Marshal(map[string]json.RawMessage{"type": []byte(`"Feature"`), "properties": orNull(d.Properties), "geometry": orNull(d.Geometry)})
		return []json.RawMessage{one}, err
	case "Polygon", "MultiPolygon":
		one, err := json.Marshal(map[string]any{"type": "Feature", "geometry": map[string]any{"type": d.Type, "coordinates": orNull(d.Coords)}})
		return []json.RawMessage{one}, err
	}
	return nil, fail("not-geojson", nil)
}

func orNull(m json.RawMessage) json.RawMessage {
	if len(m) == 0 {
		return json.RawMessage("null")
	}
	return m
}

// crs reads names such as "urn:ogc:def:crs:EPSG::31370"; "" is not stated.
func (d *document) crs() (CRS, error) {
	if d.CRS == nil || d.CRS.Properties.Name == "" {
		return "", nil
	}
	name := d.CRS.Properties.Name
	switch code := name[strings.LastIndexAny(name, ":/")+1:]; code {
	case "CRS84", "4326", "4258":
		return WGS84, nil
	case "31370", "3812", "28992":
		return CRS("EPSG:" + code), nil
	}
	return "", fail("crs", buurtbel.Args{"CRS": name})
}

type reader struct {
	collection *Collection
	options    Options
	named      map[string]int
}

func (r *reader) problem(f *Feature, severity Severity, key string, args buurtbel.Args) {
	r.collection.Problems = append(r.collection.Problems, Problem{Feature: f.Number, Name: f.Name, Severity: severity, Key: key, Args: args})
}

func (r *reader) read(features []json.RawMessage) {
	properties := map[string]bool{}
	for i, data := range features {
		f := &Feature{Number: i + 1}
		if err := r.feature(f, data); err != nil {
			var e *buurtbel.Error
			if !errors.As(err, &e) {
				e = fail("geometry", nil)
			}
			r.problem(f, Refuse, e.Key, e.Args)
		} else {
			r.keep(f)
		}
		for name := range f.Properties {
			properties[name] = true
		}
		if r.options.Progress != nil {
			r.options.Progress(int64(i+1), int64(len(features)))
		}
	}
	for name := range properties {
		r.collection.Properties = append(r.collection.Properties, name)
	}
	slices.Sort(r.collection.Properties)
}

// keep tells about names that are missing or stand twice; the area itself is good.
func (r *reader) keep(f *Feature) {
	folded := strings.ToLower(f.Name)
	if f.Name == "" {
		r.problem(f, Ask, "geo.no-name", nil)
	} else if first, twice := r.named[folded]; twice {
		r.problem(f, Ask, "geo.same-name", buurtbel.Args{"Feature": first})
	} else {
		r.named[folded] = f.Number
	}
	r.collection.Features = append(r.collection.Features, *f)
}

func (r *reader) feature(f *Feature, data json.RawMessage) error {
	var in raw
	if err := json.Unmarshal(data, &in); err != nil || in.Type != "Feature" {
		return fail("feature", nil)
	}
	f.Properties = texts(in.Properties)
	f.Name = r.name(f.Properties)
	if in.Geometry == nil {
		return fail("empty", nil)
	}
	polygons, err := polygons(in.Geometry.Type, in.Geometry.Coordinates)
	if err != nil {
		return err
	}
	for _, rings := range polygons {
		var polygon buurtbel.Polygon
		for _, positions := range rings {
			ring, err := r.ring(f, positions)
			if err != nil {
				return err
			}
			polygon = append(polygon, ring)
		}
		f.Area = append(f.Area, polygon)
	}
	return Validate(f.Area)
}

// texts makes a text of each simple property.
func texts(in map[string]json.RawMessage) map[string]string {
	out := map[string]string{}
	for name, value := range in {
		var text string
		switch {
		case json.Unmarshal(value, &text) == nil:
			out[name] = strings.TrimSpace(text)
		case len(value) > 0 && value[0] != '{' && value[0] != '[' && string(value) != "null":
			out[name] = string(value)
		}
	}
	return out
}

// nameProperties are where files keep a name, in the order of trust.
var nameProperties = []string{"name", "naam", "nom", "label", "title", "titel", "name_nl", "naam_nl", "bin", "bin_naam", "wijk", "zone", "omschrijving", "description"}

func (r *reader) name(properties map[string]string) string {
	if r.options.NameProperty != "" {
		return properties[r.options.NameProperty]
	}
	for _, want := range nameProperties {
		for name, value := range properties {
			if strings.EqualFold(name, want) && value != "" && value != "null" {
				return value
			}
		}
	}
	return ""
}

func polygons(kind string, coordinates json.RawMessage) ([][][][]float64, error) {
	switch kind {
	case "Polygon":
		var one [][][]float64
		if err := json.Unmarshal(coordinates, &one); err != nil {
			return nil, fail("geometry", nil)
		}
		return [][][][]float64{one}, nil
	case "MultiPolygon":
		var many [][][][]float64
		if err := json.Unmarshal(coordinates, &many); err != nil {
			return nil, fail("geometry", nil)
		}
		return many, nil
	}
	return nil, fail("not-an-area", buurtbel.Args{"Type": kind})
}

// ring turns positions into a ring in degrees. A ring that is not closed is closed, a point that stands twice is taken once; both are told.
func (r *reader) ring(f *Feature, positions [][]float64) (buurtbel.Ring, error) {
	ring := make(buurtbel.Ring, 0, len(positions))
	for _, xy := range positions {
		if len(xy) < 2 {
			return nil, fail("geometry", nil)
		}
		p, err := r.point(f, xy[0], xy[1])
		if err != nil {
			return nil, err
		}
		if len(ring) == 0 || ring[len(ring)-1] != p {
			ring = append(ring, p)
		} else {
			r.once(f, "geo.point-twice", place(p))
		}
	}
	if len(ring) > 1 && ring[0] != ring[len(ring)-1] {
		r.once(f, "geo.ring-closed", place(ring[len(ring)-1]))
	}
	return open(ring), nil
}

// once tells a repair the first time it happens in a feature.
func (r *reader) once(f *Feature, key string, args buurtbel.Args) {
	for i := len(r.collection.Problems) - 1; i >= 0 && r.collection.Problems[i].Feature == f.Number; i-- {
		if r.collection.Problems[i].Key == key {
			return
		}
	}
	r.problem(f, Mend, key, args)
}

// point reads a position in the file's system. A file that states none is in degrees (RFC 7946, 4); when it cannot be, the system is guessed
// from the first position and asked.
func (r *reader) point(f *Feature, x, y float64) (buurtbel.Point, error) {
	c := r.collection
	if c.CRS == "" {
		c.CRS = WGS84
		if guess := guessCRS(x, y); guess != WGS84 {
			c.CRS = guess
			r.collection.Problems = append(r.collection.Problems, Problem{Severity: Ask, Key: "geo.crs-guessed", Args: buurtbel.Args{"CRS": string(guess)}})
		}
	}
	p, ok := c.CRS.ToWGS84(x, y)
	if !ok {
		return p, fail("outside", buurtbel.Args{"Lat": rounded(y), "Lon": rounded(x)})
	}
	if c.CRS == WGS84 && x > 48 && x < 55 && y > 1 && y < 9 { // the Low Countries, seen in a mirror
		return p, fail("swapped", place(p))
	}
	return p, nil
}

func rounded(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

func guessCRS(x, y float64) CRS {
	switch {
	case math.Abs(x) <= 180 && math.Abs(y) <= 90:
		return WGS84
	case x > 480_000 && x < 820_000 && y > 500_000 && y < 780_000:
		return Lambert2008
	case x > -10_000 && x < 300_000 && y > 290_000 && y < 640_000:
		return RD
	case x > 10_000 && x < 310_000 && y > 10_000 && y < 260_000:
		return Lambert72
	}
	return WGS84
}
