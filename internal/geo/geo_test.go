package geo

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

func square(lat, lon, side float64) buurtbel.Ring {
	return buurtbel.Ring{{Lat: lat, Lon: lon}, {Lat: lat, Lon: lon + side}, {Lat: lat + side, Lon: lon + side}, {Lat: lat + side, Lon: lon}}
}

func TestCoordinateSystems(t *testing.T) {
	for _, c := range []struct {
		crs               CRS
		x, y, lat, lon, e float64
	}{ // computed with PROJ
		{Lambert72, 173000, 174500, 50.88040698, 4.69557283, 1e-8},
		{Lambert2008, 673000, 674500, 50.88037894, 4.69558733, 1e-8},
		{RD, 121000, 487000, 52.36982621, 4.88797076, 3e-6},
	} {
		p, ok := c.crs.ToWGS84(c.x, c.y)
		if !ok || math.Abs(p.Lat-c.lat) > c.e || math.Abs(p.Lon-c.lon) > c.e {
			t.Errorf("%s: %.8f %.8f (%t), want %.8f %.8f", c.crs, p.Lat, p.Lon, ok, c.lat, c.lon)
		}
		x, y, ok := c.crs.FromWGS84(p)
		if !ok || math.Hypot(x-c.x, y-c.y) > 0.3 {
			t.Errorf("%s back: %.3f %.3f", c.crs, x, y)
		}
	}
	if _, ok := CRS("EPSG:3857").ToWGS84(1, 1); ok {
		t.Error("an unknown system was read")
	}
	if _, ok := Lambert72.ToWGS84(1e7, 1e7); ok {
		t.Error("a place far outside Belgium was read")
	}
}

func TestThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := buurtbel.Point{Lat: rapid.Float64Range(49.5, 51.5).Draw(t, "lat"), Lon: rapid.Float64Range(2.6, 6.3).Draw(t, "lon")}
		for crs, metres := range map[CRS]float64{Lambert72: 0.01, Lambert2008: 0.001} {
			x, y, _ := crs.FromWGS84(p)
			q, ok := crs.ToWGS84(x, y)
			if !ok || p.KM(q)*1000 > metres {
				t.Fatalf("%s: %v came back as %v, %.4f m off", crs, p, q, p.KM(q)*1000)
			}
		}
	})
}

func TestValidate(t *testing.T) {
	good := buurtbel.Area{{square(51, 4, 0.02), square(51.005, 4.005, 0.01)}}
	for _, c := range []struct {
		name, reason string
		area         buurtbel.Area
	}{
		{"a square with a hole", "", good}, {"two squares", "", buurtbel.Area{{square(51, 4, 0.01)}, {square(51.1, 4, 0.01)}}},
		{"nothing", "empty", nil}, {"an empty ring", "empty", buurtbel.Area{{{}}}},
		{"a line", "too-few-points", buurtbel.Area{{{{Lat: 51, Lon: 4}, {Lat: 51.1, Lon: 4}}}}},
		{"a bow tie", "crossing", buurtbel.Area{{{{Lat: 51, Lon: 4}, {Lat: 51.01, Lon: 4.01}, {Lat: 51.01, Lon: 4}, {Lat: 51, Lon: 4.01}}}}},
		{"a hole outside", "hole-outside", buurtbel.Area{{square(51, 4, 0.01), square(51.1, 4, 0.005)}}},
		{"a hole through the border", "hole", buurtbel.Area{{square(51, 4, 0.01), square(51.005, 4.005, 0.01)}}},
		{"overlapping parts", "overlap", buurtbel.Area{{square(51, 4, 0.01)}, {square(51.005, 4.005, 0.01)}}},
		{"no number", "number", buurtbel.Area{{{{Lat: math.NaN(), Lon: 4}, {Lat: 51, Lon: 4}, {Lat: 51, Lon: 5}}}}},
		{"beyond the pole", "outside", buurtbel.Area{{{{Lat: 91, Lon: 4}, {Lat: 51, Lon: 4}, {Lat: 51, Lon: 5}}}}},
		{"no size", "crossing", buurtbel.Area{{{{Lat: 51, Lon: 4}, {Lat: 51, Lon: 4.1}, {Lat: 51, Lon: 4.2}}}}},
	} {
		err := Validate(c.area)
		if c.reason == "" && err != nil || c.reason != "" && buurtbel.KeyOf(err) != "error.geo."+c.reason {
			t.Errorf("%s: %v, want %s", c.name, err, c.reason)
		}
	}
}

func TestCrossingTellsThePlace(t *testing.T) {
	at, crosses := Crossing(buurtbel.Area{{{{Lat: 51, Lon: 4}, {Lat: 51.02, Lon: 4.02}, {Lat: 51.02, Lon: 4}, {Lat: 51, Lon: 4.02}}}})
	if !crosses || math.Abs(at.Lat-51.01) > 1e-9 || math.Abs(at.Lon-4.01) > 1e-9 {
		t.Errorf("%v %t", at, crosses)
	}
}

func TestOverlapAndCentroid(t *testing.T) {
	a, b := buurtbel.Area{{square(51, 4, 0.02)}}, buurtbel.Area{{square(51.01, 4.01, 0.02)}}
	both, err := Overlap(a, b)
	if err != nil || math.Abs(both.SquareKM()*4/a.SquareKM()-1) > 0.01 {
		t.Errorf("overlap %.4f km² of %.4f, %v", both.SquareKM(), a.SquareKM(), err)
	}
	for _, far := range []buurtbel.Area{{{square(52, 4, 0.01)}}, {{square(51, 4.02, 0.02)}}, nil} { // away, touching, empty
		if both, err := Overlap(a, far); err != nil || both.SquareKM() > 1e-9 {
			t.Errorf("overlap with %v: %v %v", far, both, err)
		}
	}
	p, ok := Centroid(buurtbel.Area{{square(51, 4, 0.02)}, {square(51.04, 4, 0.02)}})
	if !ok || math.Abs(p.Lat-51.03) > 1e-9 || math.Abs(p.Lon-4.01) > 1e-9 {
		t.Errorf("centroid %v", p)
	}
	if _, ok := Centroid(nil); ok {
		t.Error("nothing has no middle")
	}
}

func TestSimplify(t *testing.T) {
	circle := buurtbel.Circle(buurtbel.Point{Lat: 51, Lon: 4}, 1)
	light := Simplify(circle, 20)
	if n := len(light[0][0]); n < 8 || n >= len(circle[0][0]) {
		t.Errorf("%d corners of %d", n, len(circle[0][0]))
	}
	for _, p := range circle[0][0] {
		near := math.Inf(1)
		for i, a := range light[0][0] {
			near = min(near, fromLine(p, a, light[0][0][(i+1)%len(light[0][0])]))
		}
		if near > 21 {
			t.Errorf("a corner lies %.1f m off", near)
		}
	}
	if len(Simplify(buurtbel.Area{{square(51, 4, 0.00001)}}, 100)) > 1 || len(Simplify(nil, 1)) != 0 {
		t.Error("a speck stays at most one polygon")
	}
}

func show(c *Collection) (features, problems []string) {
	for _, f := range c.Features {
		features = append(features, fmt.Sprintf("%d %s %d/%d %.2f", f.Number, f.Name, len(f.Area), len(f.Area[0]), f.Area.SquareKM()))
	}
	for _, p := range c.Problems {
		problems = append(problems, fmt.Sprintf("%d %s %s", p.Feature, p.Severity, p.Key))
	}
	return features, problems
}

func TestRead(t *testing.T) {
	file, err := os.Open("testdata/vlierbeek.geojson")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // read only
	c, err := Read(file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	features, problems := show(c)
	if diff := cmp.Diff([]string{"1 Vlierbeek-Noord 1/2 1.32", "2 Vlierbeek-Zuid 2/1 1.56", "3 Open ring 1/1 0.78", "8 vlierbeek-noord 1/1 0.78", "9  1/1 0.78"}, features); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"3 mend geo.point-twice", "3 mend geo.ring-closed", "4 refuse error.geo.crossing", "5 refuse error.geo.not-an-area", "6 refuse error.geo.swapped", "7 refuse error.geo.empty",
		"8 ask geo.same-name", "9 ask geo.no-name", "10 refuse error.geo.geometry"}, problems); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"id", "name", "note"}, c.Properties); diff != "" || c.Total != 10 {
		t.Errorf("%d features, properties %s", c.Total, diff)
	}
}

func TestReadOtherSystems(t *testing.T) {
	ring := "[[173000,174500],[174000,174500],[174000,175500],[173000,174500]]"
	for _, c := range []struct{ name, data, crs, problem string }{
		{"stated", `{"type":"Polygon","crs":{"properties":{"name":"urn:ogc:def:crs:EPSG::31370"}},"coordinates":[` + ring + `]}`, "EPSG:31370", ""},
		{"guessed", `{"type":"Feature","properties":{"name":"x"},"geometry":{"type":"Polygon","coordinates":[` + ring + `]}}`, "EPSG:31370", "geo.crs-guessed"},
	} {
		got, err := Read(strings.NewReader(c.data), Options{})
		if err != nil || len(got.Features) != 1 || string(got.CRS) != c.crs || math.Abs(got.Features[0].Area[0][0][0].Lat-50.88040698) > 1e-8 {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		} else if c.problem != "" && got.Problems[0].Key != c.problem {
			t.Errorf("%s: %v", c.name, got.Problems)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for data, reason := range map[string]string{
		"": "not-json", "{\n\n,": "not-json", "[]": "not-geojson", `{"type":"Topology"}`: "not-geojson", strings.Repeat(" ", 2000): "too-big",
		`{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:3857"}},"features":[]}`: "crs",
	} {
		if _, err := Read(strings.NewReader(data), Options{MaxBytes: 1000}); buurtbel.KeyOf(err) != "error.geo."+reason {
			t.Errorf("%.30q: %v, want %s", data, err, reason)
		}
	}
}

func TestEncodeThenRead(t *testing.T) {
	a := buurtbel.Area{{square(51, 4, 0.02), square(51.005, 4.005, 0.01)}, {square(52, 5, 0.01)}}
	c, err := Read(strings.NewReader(string(Encode(a))), Options{})
	if err != nil || len(c.Features) != 1 || math.Abs(c.Features[0].Area.SquareKM()-a.SquareKM()) > 1e-3 {
		t.Fatalf("%+v, %v", c, err)
	}
}

// The areas of BUURTBEL_TEST_DATA are read whole.
func TestReadRealAreas(t *testing.T) {
	root := os.Getenv("BUURTBEL_TEST_DATA")
	if root == "" {
		t.Skip("set BUURTBEL_TEST_DATA to a folder with geo/*.geojson to read real areas")
	}
	for _, path := range glob(t, filepath.Join(root, "geo", "*.geojson")) {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		c, err := Read(file, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		kinds := map[string]int{}
		for _, p := range c.Problems {
			kinds[string(p.Severity)+" "+p.Key]++
		}
		t.Logf("%s: %d of %d areas in %v; %v", filepath.Base(path), len(c.Features), c.Total, time.Since(start).Round(time.Millisecond), kinds)
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %v", pattern, err)
	}
	return paths
}

func FuzzRead(f *testing.F) {
	data, err := os.ReadFile("testdata/vlierbeek.geojson")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"type":"Polygon","coordinates":[[[4,51],[4.1,51],[4.1,51.1],[4,51]]]}`))
	f.Add([]byte(`{"type":"MultiPolygon","coordinates":[[[[173000,174500],[1e300,1],null]]]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Read(strings.NewReader(string(data)), Options{MaxBytes: 1 << 16})
		if err != nil {
			if buurtbel.KindOf(err) != buurtbel.Invalid {
				t.Fatalf("not a sentence: %v", err)
			}
			return
		}
		for _, feature := range c.Features {
			if err := Validate(feature.Area); err != nil {
				t.Fatalf("an area that is none: %v", err)
			}
			if !json.Valid(Encode(feature.Area)) {
				t.Fatal("no JSON")
			}
		}
	})
}
