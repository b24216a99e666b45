package place

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

// country is a small register with what makes searching hard.
func country() *Gazetteer {
	b := NewBuilder(0)
	street := func(name, code, town string, names, towns []string, houses ...string) {
		b.Street(Register{ID: buurtbel.ID(len(b.g.streets) + 1), Name: name, PostalCode: code, Municipality: town, Names: names, Towns: towns})
		for i, h := range houses {
			number, box, _ := strings.Cut(h, "/")
			b.House(number, box, 510000000+int32(i), 40000000)
		}
	}
	street("Kerkstraat", "9995", "Vlierbeek", nil, []string{"Vlierdorp"}, "7", "76", "76/1", "76/2", "78A", "80-82")
	street("Kerkstraat", "9996", "Hulsteren", nil, nil, "1", "2")
	street("Kriekstraat", "9995", "Vlierbeek", nil, nil, "76")
	street("Sint-Jansstraat", "9995", "Vlierbeek", nil, nil, "5")
	street("11 Novemberlaan", "9995", "Vlierbeek", nil, nil, "3", "11")
	street("Dokter Vlierlaan", "9995", "Vlierbeek", nil, nil, "9")
	street("Hoogstraat", "9997", "Elzel", []string{"Rue Haute"}, []string{"Aulnaie"}, "4")
	street("Crèmelaan", "9995", "Vlierbeek", nil, nil, "1")
	street("Dorpsplein", "1234AB", "Duinwijk", nil, nil, "12", "12A")
	return b.Build()
}

func TestGazetteerFinds(t *testing.T) {
	g := country()
	for typed, want := range map[string]string{
		"ker": "Kerkstraat, 9995 Vlierbeek", "kerkstraat 76 vlierbeek": "Kerkstraat 76, 9995 Vlierbeek", "vlierbeek kerkstraat 76": "Kerkstraat 76, 9995 Vlierbeek",
		"76 kerkstraat vlierbeek": "Kerkstraat 76, 9995 Vlierbeek", "Kerkstraat 76 bus 2": "Kerkstraat 76 bus 2, 9995 Vlierbeek", "kerkstraat 76/2": "Kerkstraat 76 bus 2, 9995 Vlierbeek",
		"kerkstraat 76b2": "Kerkstraat 76 bus 2, 9995 Vlierbeek", "kerkstraat 78 a": "Kerkstraat 78A, 9995 Vlierbeek", "kerkstraat 78a, vlierbeek": "Kerkstraat 78A, 9995 Vlierbeek",
		"krekstraat 76 vlierbek": "Kerkstraat 76, 9995 Vlierbeek", "kerksraat hulsteren": "Kerkstraat, 9996 Hulsteren", "9996 kerkstr": "Kerkstraat, 9996 Hulsteren",
		"kerkstraat vlierdorp": "Kerkstraat, 9995 Vlierbeek", "sint jansstraat": "Sint-Jansstraat, 9995 Vlierbeek", "sintjansstraat": "Sint-Jansstraat, 9995 Vlierbeek",
		"st. jansstr. 5": "Sint-Jansstraat 5, 9995 Vlierbeek", "sint jans straat": "Sint-Jansstraat, 9995 Vlierbeek", "11 novemberlaan": "11 Novemberlaan, 9995 Vlierbeek",
		"11 novemberlaan 3": "11 Novemberlaan 3, 9995 Vlierbeek", "dr vlierlaan": "Dokter Vlierlaan, 9995 Vlierbeek", "rue haute 4": "Hoogstraat 4, 9997 Elzel",
		"rue haute aulnaie": "Hoogstraat, 9997 Elzel", "cremelaan": "Crèmelaan, 9995 Vlierbeek", "CRÈMELAAN 1": "Crèmelaan 1, 9995 Vlierbeek",
		"1234 ab 12": "Dorpsplein 12, 1234AB Duinwijk", "1234AB 12a": "Dorpsplein 12A, 1234AB Duinwijk", "kerkstraat 80": "Kerkstraat 80-82, 9995 Vlierbeek",
	} {
		found := g.Search(Typed{Text: typed})
		if len(found) == 0 || found[0].Line() != want {
			var lines []string
			for _, f := range found {
				lines = append(lines, fmt.Sprintf("%s (%d)", f.Line(), f.score))
			}
			t.Errorf("%q finds %v, want %s first", typed, lines, want)
		}
	}
	for _, typed := range []string{"", " ", "76", "xyzzy", "/", "\x00", "---", strings.Repeat("kerk ", 100)} {
		if found := g.Search(Typed{Text: typed}); len(found) > 0 && found[0].Edits == 0 && !strings.HasPrefix(typed, "kerk") && typed != "76" {
			t.Errorf("%q finds %s", typed, found[0].Line())
		}
	}
}

func TestGazetteerSaysHowSure(t *testing.T) {
	g := country()
	for typed, want := range map[string]How{"kerkstraat 76 vlierbeek": Exact, "kerkstraat 76 bus 9 vlierbeek": BoxUnknown, "kerkstraat vlierbeek": StreetOnly, "sint-jansstraat 99": StreetOnly} {
		found := g.Search(Typed{Text: typed})
		if len(found) == 0 || found[0].How != want {
			t.Errorf("%q: %+v, want %d", typed, found, want)
		}
	}
	begun := g.Search(Typed{Text: "kerkstraat vlierbeek 7"})
	if len(begun) < 4 || begun[0].HouseNumber != "7" || begun[1].How != Begun {
		t.Errorf("the houses that begin with 7: %+v", begun)
	}
}

// One wrong letter in a word of four letters or more never hides a street, nor two in one of eight.
func TestGazetteerForgives(t *testing.T) {
	g := country()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(g.streets).Draw(t, "street")
		words := strings.Fields(strings.ToLower(k.name + " " + k.town))
		i := rapid.IntRange(0, len(words)-1).Draw(t, "word")
		r := []rune(words[i])
		if len(r) < 4 || r[0] <= '9' {
			return
		}
		at := rapid.IntRange(0, len(r)-2).Draw(t, "at")
		switch rapid.IntRange(0, 3).Draw(t, "error") {
		case 0:
			r[at], r[at+1] = r[at+1], r[at]
		case 1:
			if len(r) == 4 {
				return // three letters are too few to be forgiven
			}
			r = append(r[:at:at], r[at+1:]...)
		case 2:
			r = append(r[:at:at], append([]rune{'x'}, r[at:]...)...)
		default:
			r[at] = 'x'
		}
		words[i] = string(r)
		for _, f := range g.Search(Typed{Text: strings.Join(words, " "), Limit: 50}) {
			if f.Street == k.name && f.Municipality == k.town {
				return
			}
		}
		t.Fatalf("%q does not find %s in %s", strings.Join(words, " "), k.name, k.town)
	})
}

// The table's search with errors finds what a comparison with every word finds.
func TestTermsLikeFindsAll(t *testing.T) {
	words := map[string][]uint32{}
	for i, w := range strings.Fields("kerk kerkstraat kerkhof krekel kriek straat station stationsstraat staat ab abc abcdef vlier vlierbeek vliet") {
		words[w] = []uint32{uint32(i)}
	}
	table := newTerms(words)
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.StringMatching(`[abekrst]{1,8}`).Draw(t, "typed")
		most := rapid.IntRange(0, 2).Draw(t, "most")
		got := map[string]int{}
		table.like(typed, most, func(h hit) { got[table.word(h.term)] = h.edits })
		for w := range words {
			best := math.MaxInt
			for n := range len(w) + 1 {
				best = min(best, distance(typed, w[:n]))
			}
			if edits, ok := got[w]; (best <= most) != ok || ok && edits != best {
				t.Fatalf("%q against %q with at most %d: %d %t, want %d", typed, w, most, edits, ok, best)
			}
		}
	})
}

// distance is optimal string alignment, written the plain way.
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0:
				d[i][j] = j
			case j == 0:
				d[i][j] = i
			default:
				wrong := 1
				if a[i-1] == b[j-1] {
					wrong = 0
				}
				d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+wrong)
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d[i][j] = min(d[i][j], d[i-2][j-2]+1)
				}
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestGazetteerIsAskedByMany(t *testing.T) {
	g := country()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if found := g.Search(Typed{Text: "krekstraat 76 vlierbeek"}); len(found) == 0 || found[0].HouseNumber != "76" {
					t.Errorf("%+v", found)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzGazetteer(f *testing.F) {
	g := country()
	for _, s := range []string{"kerkstraat 76 bus 2", "1234 ab 12", "11 novemberlaan", "é’`", "76b2", "9995"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if found := g.Search(Typed{Text: typed, Limit: 5}); len(found) > 5 {
			t.Errorf("%q gives %d", typed, len(found))
		}
	})
}

func TestAreasFindWhatEachAreaSays(t *testing.T) {
	var networks []*buurtbel.Network
	for i := range 20 {
		at := buurtbel.Point{Lat: 51 + float64(i%5)*0.01, Lon: 4 + float64(i/5)*0.015}
		networks = append(networks, &buurtbel.Network{ID: buurtbel.ID(i + 1), Area: buurtbel.Circle(at, 0.3+float64(i)*0.1)})
	}
	a := NewAreas(append(networks, &buurtbel.Network{ID: 99}))
	rapid.Check(t, func(t *rapid.T) {
		p := buurtbel.Point{Lat: rapid.Float64Range(50.97, 51.08).Draw(t, "lat"), Lon: rapid.Float64Range(3.96, 4.1).Draw(t, "lon")}
		var want, got []buurtbel.ID
		for _, n := range networks {
			if n.Area.Contains(p) {
				want = append(want, n.ID)
			}
		}
		for _, n := range a.At(p, 20) {
			if n.Inside {
				got = append(got, n.Network.ID)
			} else if n.Metres > 20 {
				t.Fatalf("%v metres are not near", n.Metres)
			}
		}
		if fmt.Sprint(want) != fmt.Sprint(got) || a.Inside(p) != len(want) {
			t.Fatalf("at %v: %v, want %v", p, got, want)
		}
	})
	edge := networks[0].Area[0][0][0]
	if near := a.At(edge, 15); len(near) == 0 || near[0].Metres > 1 {
		t.Errorf("on the border: %+v", near)
	}
}
