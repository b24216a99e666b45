package addressfile

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
)

const crabHeader = "PKANCODE,COMMUNE_NL,STREET_NL,HUISNR,LAT,LON\n"

func collect(t *testing.T, data string, o Options) ([]string, *Report) {
	t.Helper()
	var got []string
	r, err := Read(strings.NewReader(data), o, func(a *Address) error {
		got = append(got, fmt.Sprintf("%d %s: %s %s/%s %s %s %.4f %.4f", a.Line, a.Key, a.Street, a.HouseNumber, a.Box, a.PostalCode, a.Municipality, a.Lat, a.Lon))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, r
}

func rejected(r *Report) []string {
	var out []string
	for _, x := range r.First {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %d%s %s", x.File, x.Line, x.Column, x.Key)))
	}
	return out
}

func TestReadCRAB(t *testing.T) {
	got, r := collect(t, crabHeader+
		"9999,Vlierbeek,Cr\xe8melaan,12,51.00,4.00\n"+
		"9999,Vlierbeek,Wijk\"De Haag\",A1,51.01,4.01\r\n"+
		"9999,Vlierbeek,Crèmelaan,12,51.02,4.02\n"+ // UTF-8 this time, and a double
		"\n"+
		"9999,Vlierbeek,Dorp,1_1,51.03\n"+
		"9999,Vlierbeek,,1,51.03,4.0\n9999,,Dorp,1,51.03,4.0\n99,Vlierbeek,Dorp,1,51.03,4.0\n9999,Vlierbeek,Dorp,,51.03,4.0\n"+
		"9999,Vlierbeek,Dorp,1,x,4.0\n9999,Vlierbeek,Dorp,1,4.0,51.0\n9999,Vlierbeek,\"Dorp,1,51.0,4.0\n"+
		"9999,Vlierbeek,"+strings.Repeat("x", 70000)+",1,51.0,4.0\n"+
		"9999,Vlierbeek,Dorp,ZN,51.03,4.03", Options{})
	if diff := cmp.Diff([]string{
		"2 9999/vlierbeek/cremelaan/12: Crèmelaan 12/ 9999 Vlierbeek 51.0000 4.0000",
		"3 9999/vlierbeek/wijk-de-haag/A1: Wijk\"De Haag\" A1/ 9999 Vlierbeek 51.0100 4.0100",
		"15 9999/vlierbeek/dorp/ZN: Dorp ZN/ 9999 Vlierbeek 51.0300 4.0300",
	}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"4 address.double", "6 address.columns", "7C address.street", "8B address.municipality", "9A address.postal-code", "10D address.house-number",
		"11E address.coordinates", "12E address.outside", "13 address.quote", "14 address.line-too-long"}, rejected(r)); diff != "" {
		t.Error(diff)
	}
	if r.Layout != CRAB || r.Encoding != "latin-1" || r.Lines != 13 || r.Addresses != 3 || r.Rejected != 10 || r.Reasons["address.double"] != 1 {
		t.Errorf("%+v", r)
	}
}

const bestHeader = "EPSG:31370_x,EPSG:31370_y,EPSG:4326_lat,EPSG:4326_lon,address_id,box_number,house_number,municipality_id,municipality_name_de,municipality_name_fr,municipality_name_nl,postcode,postname_fr,postname_nl,street_id,streetname_de,streetname_fr,streetname_nl,region_code,status\n"

func TestReadBeSt(t *testing.T) {
	const data = bestHeader +
		"173000.0,174500.0,50.88041,4.69557,101,,12,1,,,Vlierbeek,9999,,Vlierbeek,7,,,Vlierlaan,BE-VLG,current\n" +
		"173000.0,174500.0,,,102,0201,12,1,,Vlierbois,Vlierbeek,9999,,,7,,\"Rue \"\"Haute\"\", Nord\",Hoogstraat,BE-BRU,current\n" +
		"0,0,50.4,5.6,103,,3A,2,Holunder,,,9998,,,8,Holunderweg,,,BE-WAL,current\n" +
		"173000.0,174500.0,50.88041,4.69557,104,,14,1,,,Vlierbeek,9999,,Vlierbeek,7,,,Vlierlaan,BE-VLG,retired\n" +
		"0,0,0,0,105,,14,1,,,Vlierbeek,9999,,Vlierbeek,7,,,Vlierlaan,BE-VLG,current\n"
	got, r := collect(t, data, Options{})
	if diff := cmp.Diff([]string{
		"2 best/BE-VLG/101: Vlierlaan 12/ 9999 Vlierbeek 50.8804 4.6956", "3 best/BE-BRU/102: Hoogstraat 12/0201 9999 Vlierbeek 50.8804 4.6956", "4 best/BE-WAL/103: Holunderweg 3A/ 9998 Holunder 50.4000 5.6000",
	}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"5T address.status", "6C address.coordinates"}, rejected(r)); diff != "" || r.Layout != BeSt {
		t.Error(diff)
	}
	french, _ := collect(t, data, Options{Languages: []buurtbel.Language{buurtbel.French, buurtbel.Dutch}})
	if !strings.Contains(french[1], `Rue "Haute", Nord 12/0201 9999 Vlierbois`) {
		t.Errorf("French first: %s", french[1])
	}
}

func pack(t *testing.T, files map[string]string) (tgz, zipped []byte) {
	t.Helper()
	var gz, zb bytes.Buffer
	g := gzip.NewWriter(&gz)
	tw, zw := tar.NewWriter(g), zip.NewWriter(&zb)
	var errs []error
	for name, data := range files {
		errs = append(errs, tw.WriteHeader(&tar.Header{Name: name, Size: int64(len(data)), Mode: 0o600, Typeflag: tar.TypeReg}))
		_, err := tw.Write([]byte(data))
		w, err2 := zw.Create(name)
		_, err3 := w.Write([]byte(data))
		errs = append(errs, err, err2, err3)
	}
	if err := errors.Join(append(errs, tw.Close(), g.Close(), zw.Close())...); err != nil {
		t.Fatal(err)
	}
	return gz.Bytes(), zb.Bytes()
}

func TestReadPacked(t *testing.T) {
	line := "9999,Vlierbeek,Dorp,1,51.0,4.0\n"
	tgz, zipped := pack(t, map[string]string{"x/9999.csv": crabHeader + line, "x/README.md": "no table", "x/._9999.csv": "no table"})
	var gz bytes.Buffer
	g := gzip.NewWriter(&gz)
	if _, err := g.Write([]byte(crabHeader + line)); err != nil || g.Close() != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"a.tgz": tgz, "a.zip": zipped, "a.csv.gz": gz.Bytes(), "a.csv": []byte(crabHeader + line)} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		n, done := 0, int64(0)
		r, err := ReadFile(path, Options{Progress: func(d, _ int64, _ int) { done = d }}, func(*Address) error { n++; return nil })
		if err != nil || n != 1 || r.Files != 1 || done == 0 {
			t.Errorf("%s: %d addresses, progress %d, %+v, %v", name, n, done, r, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	tgz, zipped := pack(t, map[string]string{"a.csv": crabHeader + strings.Repeat("9999,Vlierbeek,Dorp,1,51.0,4.0\n", 5000)})
	none, _ := pack(t, map[string]string{"README": "x"})
	for name, c := range map[string]struct {
		data, reason string
		o            Options
	}{
		"nothing": {"", "empty", Options{}}, "another table": {"naam;gsm\nx;y\n", "layout", Options{}}, "zip in a stream": {string(zipped), "zip", Options{}},
		"half": {string(tgz[:len(tgz)/2]), "damaged", Options{}}, "unpacks to too much": {string(tgz), "too-big", Options{MaxBytes: 10000}}, "no CSV inside": {string(none), "empty", Options{}},
	} {
		if _, err := Read(strings.NewReader(c.data), c.o, func(*Address) error { return nil }); buurtbel.KeyOf(err) != "error.address."+c.reason {
			t.Errorf("%s: %v, want %s", name, err, c.reason)
		}
	}
	stop := errors.New("stop")
	if _, err := Read(strings.NewReader(crabHeader+"9999,Vlierbeek,Dorp,1,51.0,4.0\n"), Options{}, func(*Address) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("each's error: %v", err)
	}
}

// All addresses of BUURTBEL_TEST_DATA, with their time and memory.
func TestReadRealAddresses(t *testing.T) {
	root := os.Getenv("BUURTBEL_TEST_DATA")
	if root == "" {
		t.Skip("set BUURTBEL_TEST_DATA to a folder with addresses/*.tgz to read a whole country")
	}
	paths, err := filepath.Glob(filepath.Join(root, "addresses", "*.tgz"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no addresses: %v", err)
	}
	var before, m runtime.MemStats
	runtime.ReadMemStats(&before)
	peak, start := uint64(0), time.Now()
	r, err := ReadFile(paths[0], Options{}, func(a *Address) error {
		if a.Line%5000 == 0 {
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d lines of %d files in %v: %d addresses, %d rejected %v; heap at most %d MB", r.Lines, r.Files, time.Since(start).Round(time.Millisecond), r.Addresses, r.Rejected, r.Reasons, peak>>20)
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(crabHeader + "9999,Vlierbeek,\"Dorp\",1,51.0,4.0\n"))
	f.Add([]byte(bestHeader + "173000.0,174500.0,,,101,,12,1,,,Vlierbeek,9999,,Vlierbeek,7,,,Vlierlaan,BE-VLG,current\n"))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n := 0
		r, err := Read(bytes.NewReader(data), Options{MaxBytes: 1 << 20}, func(a *Address) error {
			n++
			if a.Key == "" || a.Street == "" || a.HouseNumber == "" {
				t.Fatalf("half an address: line %d", a.Line)
			}
			return nil
		})
		if err != nil && buurtbel.KindOf(err) != buurtbel.Invalid {
			t.Fatalf("not a sentence: %v", err)
		}
		if r.Addresses != n || r.Lines != r.Addresses+r.Rejected {
			t.Fatalf("%d lines, %d addresses, %d rejected", r.Lines, r.Addresses, r.Rejected)
		}
	})
}

func FuzzHouse(f *testing.F) {
	for _, s := range []string{"Vlierlaan 12 bus 3", "12, rue du Sureau", "3-5", "12A/0201", "nr 4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		street, h, ok := SplitLine(line)
		if ok && (h.Number == "" || street == "") {
			t.Fatalf("%q: half a house", line)
		}
		if StreetKey(street) != StreetKey(strings.ToUpper(street)) && street == strings.ToLower(street) && isASCII(street) {
			t.Fatalf("%q: capitals change the key", street)
		}
	})
}

func isASCII(s string) bool {
	for _, r := range s {
		if r > 127 {
			return false
		}
	}
	return true
}
