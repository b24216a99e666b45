package place

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
)

// All addresses of BUURTBEL_TEST_DATA: what a search finds and takes.
func TestGazetteerOfACountry(t *testing.T) {
	root := os.Getenv("BUURTBEL_TEST_DATA")
	if root == "" {
		t.Skip("BUURTBEL_TEST_DATA names no folder with addresses/crab_csv.tgz")
	}
	type house struct {
		number, box string
		at          buurtbel.Point
	}
	type key struct{ name, code, town string }
	byStreet := map[key][]house{}
	if _, err := addressfile.ReadFile(filepath.Join(root, "addresses", "crab_csv.tgz"), addressfile.Options{}, func(a *addressfile.Address) error {
		k := key{a.Street, a.PostalCode, a.Municipality}
		byStreet[k] = append(byStreet[k], house{a.HouseNumber, a.Box, buurtbel.Point{Lat: a.Lat, Lon: a.Lon}})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	b := NewBuilder(0)
	for k, list := range byStreet {
		b.Street(Register{Name: k.name, PostalCode: k.code, Municipality: k.town})
		for _, h := range list {
			b.House(h.number, h.box, int32(h.at.Lat*scale), int32(h.at.Lon*scale))
		}
	}
	g := b.Build()
	byStreet = nil
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	n, streets := g.Len()
	t.Logf("%d addresses, %d streets, %d words, %d numbers in %v; heap %d MB", n, streets, g.terms.len(), len(g.numbers), time.Since(begun), m.HeapAlloc>>20)
	for _, typed := range []string{"ker", "kerkstraat", "kerkstraat 76", "krekstraat 76 aalst", "aalst kerkstraat 7", "9300 kerkst", "sint jans straat gent", "st-jansstr 5", "stationstraat 12 leuven",
		"11 novemberlaan", "veldstraat gent 76 bus 2", "grote mrkt 1 antwerpn", "dr schweizerlaan", "o.l. vrouwstraat mechelen"} {
		from := time.Now()
		found := g.Search(Typed{Text: typed, Limit: 5})
		took := time.Since(from)
		line := fmt.Sprintf("%q %v:", typed, took)
		for _, f := range found {
			line += fmt.Sprintf(" | %s %s%s, %s %s (%d,%d)", f.Street, f.HouseNumber, f.Box, f.PostalCode, f.Municipality, f.score, f.How)
		}
		t.Log(line)
	}
}
