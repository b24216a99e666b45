package place

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
)

var town = buurtbel.Point{Lat: 51, Lon: 4}

func TestAudiencePutMoveRemove(t *testing.T) {
	var a Audience
	if got := a.Within(1, buurtbel.Circle(town, 1)); len(got) != 0 {
		t.Errorf("an empty audience has %v", got)
	}
	a.Remove(7)
	a.Put(Member{ID: 2, Network: 10, Zone: 1, At: town})
	a.Put(Member{ID: 1, Network: 10, Zone: 1, At: buurtbel.Point{Lat: 51.001, Lon: 4.001}})
	a.Put(Member{ID: 3, Network: 11, Zone: 2, At: town})
	a.Put(Member{ID: 4, Network: 10, Zone: 1, At: buurtbel.Point{Lat: 51.1, Lon: 4}})
	check := func(want ...buurtbel.ID) {
		t.Helper()
		for name, got := range map[string][]buurtbel.ID{"Within": a.Within(1, buurtbel.Circle(town, 1)), "Near": a.Near(1, town, 1)} {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
	check(1, 2)
	a.Put(Member{ID: 4, Network: 10, Zone: 1, At: town})
	check(1, 2, 4)
	a.Put(Member{ID: 4, Network: 11, Zone: 2, At: town}) // another network, of another zone
	check(1, 2)
	a.Remove(2)
	a.Put(Member{ID: 1, Network: 10, Zone: 1, At: buurtbel.Point{Lat: 50, Lon: 4}})
	check()
	if m, ok := a.Get(4); !ok || m.Network != 11 || m.Zone != 2 || m.At != town || a.Len() != 3 {
		t.Errorf("%+v %t, %d members", m, ok, a.Len())
	}
	if got := a.Within(1, nil); got != nil {
		t.Errorf("no area holds %v", got)
	}
	if got := a.Near(1, town, 0); got != nil {
		t.Errorf("no circle holds %v", got)
	}
}

// The index finds exactly what a look at every member finds, for any star-shaped area with a hole.
func TestAudienceFindsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var a Audience
		members := make([]Member, 400)
		for i := range members {
			members[i] = Member{ID: buurtbel.ID(i + 1), Network: 1, Zone: 1, At: buurtbel.Point{Lat: 51 + random.Float64()*0.06, Lon: 4 + random.Float64()*0.06}}
		}
		a.Load(slices.Values(members), 0)
		outer := buurtbel.Circle(buurtbel.Point{Lat: 51.03, Lon: 4.03}, 2)[0][0]
		for i := range outer {
			f := 0.2 + random.Float64()
			outer[i] = buurtbel.Point{Lat: 51.03 + (outer[i].Lat-51.03)*f, Lon: 4.03 + (outer[i].Lon-4.03)*f}
		}
		area := buurtbel.Area{{outer, buurtbel.Circle(buurtbel.Point{Lat: 51.03, Lon: 4.03}, 0.3)[0][0]}}
		var want []buurtbel.ID
		for _, m := range members {
			if at, _ := a.Get(m.ID); area.Contains(at.At) {
				want = append(want, m.ID)
			}
		}
		if diff := cmp.Diff(want, a.Within(1, area)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAudienceIsReadWhileItChanges(t *testing.T) {
	var a Audience
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 500 {
				id := buurtbel.ID(g*1000 + i)
				a.Put(Member{ID: id, Network: 1, Zone: 1, At: town})
				if i%3 == 0 {
					a.Remove(id)
				}
				if got := a.Within(1, buurtbel.Circle(town, 1)); !slices.IsSorted(got) {
					t.Error("not sorted")
				}
			}
		})
	}
	wg.Wait()
	if a.Len() != 4*333 {
		t.Errorf("%d members", a.Len())
	}
}

// million gives members spread over towns, as they are.
func million(n int) func(func(Member) bool) {
	return func(yield func(Member) bool) {
		random := rand.New(rand.NewPCG(1, 2))
		for i := range n {
			centre := buurtbel.Point{Lat: 50.75 + float64(i%251)/251*0.7, Lon: 2.7 + float64(i%1009)/1009*3}
			at := buurtbel.Point{Lat: centre.Lat + random.NormFloat64()*0.012, Lon: centre.Lon + random.NormFloat64()*0.018}
			if !yield(Member{ID: buurtbel.ID(i+1) << 8, Network: buurtbel.ID(i % 2000), Zone: buurtbel.ID(i % 2000 / 100), At: at}) {
				return
			}
		}
	}
}

func BenchmarkAudienceLoadMillion(b *testing.B) {
	for b.Loop() {
		var a Audience
		a.Load(million(1_000_000), 1_000_000)
	}
}

func BenchmarkAudienceWithin(b *testing.B) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var a Audience
	a.Load(func(yield func(Member) bool) {
		million(1_000_000)(func(m Member) bool { m.Zone = 1; return yield(m) })
	}, 1_000_000)
	runtime.GC()
	runtime.ReadMemStats(&after)
	for _, km := range []float64{0.5, 2, 5, 20} {
		area := buurtbel.Circle(buurtbel.Point{Lat: 51, Lon: 4}, km)
		b.Run(fmt.Sprintf("%gkm", km), func(b *testing.B) {
			var hits int
			for b.Loop() {
				hits = len(a.Within(1, area))
			}
			b.ReportMetric(float64(hits), "hits")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
		})
	}
	runtime.KeepAlive(&a)
}

func vlierbeek() *Directory {
	var list []Address
	add := func(street, code, town string, numbers ...string) {
		for _, n := range numbers {
			number, box, _ := strings.Cut(n, "/")
			list = append(list, Address{ID: buurtbel.ID(len(list) + 1), Street: street, PostalCode: code, Municipality: town, HouseNumber: number, Box: box, At: spot(len(list))})
		}
	}
	add("Sint-Jansstraat", "9999", "Vlierbeek", "1", "2", "12A", "12/1", "12/2", "10")
	add("Crèmelaan", "9999", "Vlierbeek", "3", "5", "7-9")
	add("Oude Vlierstraat", "9998", "Haagdorp", "1")
	add("Crèmelaan", "9998", "Haagdorp", "3")
	list = append(list, Address{ID: 99, Street: "Hoogstraat", StreetNames: []string{"Rue Haute", ""}, PostalCode: "9999", Municipality: "Vlierbeek", TownNames: []string{"Vlierbois"}, HouseNumber: "4", At: town})
	return NewDirectory(slices.Values(list))
}

func spot(n int) buurtbel.Point {
	return buurtbel.Point{Lat: 51 + float64(n)/1000, Lon: 4}
}

func TestDirectoryFind(t *testing.T) {
	d := vlierbeek()
	for _, c := range []struct {
		q    Query
		want string
	}{
		{Query{Street: "Sint-Jansstraat", HouseNumber: "1", PostalCode: "9999"}, "1:1"}, {Query{Street: "ST. JANSSTR", HouseNumber: "12 a", PostalCode: "9999"}, "3:1"},
		{Query{Street: "st jansstraat", HouseNumber: "12", Box: "A", Municipality: "VLIERBEEK"}, "3:1"}, {Query{Street: "Sint-Jansstraat", HouseNumber: "12", Box: "02", PostalCode: "9999"}, "5:1"},
		{Query{Street: "Sint-Jansstraat", HouseNumber: "12 bus 1", PostalCode: "9999"}, "4:1"}, {Query{Street: "Sint-Jansstraat", HouseNumber: "12", PostalCode: "9999"}, "4:2 5:2"},
		{Query{Street: "Sint-Jansstraat", HouseNumber: "1", Box: "9", PostalCode: "9999"}, "1:2"}, {Query{Street: "cremelaan", HouseNumber: "3-5", PostalCode: "9999"}, "7:3"},
		{Query{Street: "cremelaan", HouseNumber: "7-9", PostalCode: "9999"}, "9:1"}, {Query{Street: "cremelaan", HouseNumber: "3"}, "7:1 11:1"}, {Query{Street: "Crèmelaan", HouseNumber: "88", PostalCode: "9998"}, "0:4"},
		{Query{Street: "Rue Haute", HouseNumber: "4", Municipality: "Vlierbois"}, "99:1"}, {Query{Street: "Crèmelaan", HouseNumber: "3", PostalCode: "1000", Municipality: "Haagdorp"}, "11:1"},
		{Query{Street: "Nergens", HouseNumber: "1", PostalCode: "9999"}, ""}, {Query{Street: "Crèmelaan", HouseNumber: "3", PostalCode: "1000"}, ""}, {Query{}, ""},
	} {
		var got []string
		for _, m := range d.Find(c.q) {
			got = append(got, fmt.Sprintf("%d:%d", m.ID, m.How))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %s, want %s", c.q, got, c.want)
		}
	}
	if m := d.Find(Query{Street: "Crèmelaan", HouseNumber: "5", PostalCode: "9999"})[0]; m.At != spot(7) || m.Street != "Crèmelaan" || m.Municipality != "Vlierbeek" {
		t.Errorf("%+v", m)
	}
}

func TestDirectoryCompletes(t *testing.T) {
	d := vlierbeek()
	for typed, want := range map[string]string{
		"cr": "Crèmelaan 9998 1, Crèmelaan 9999 3", "sint": "Sint-Jansstraat 9999 6", "St J": "Sint-Jansstraat 9999 6", "vlier": "Oude Vlierstraat 9998 1", "rue": "Hoogstraat 9999 1", "x": "", "": "",
	} {
		var got []string
		for _, s := range d.Streets(typed, 5) {
			got = append(got, fmt.Sprintf("%s %s %d", s.Name, s.PostalCode, s.Addresses))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
	}
	var numbers []string
	for _, a := range d.Houses(d.Streets("sint", 1)[0]) {
		numbers = append(numbers, a.HouseNumber+a.Box)
	}
	if diff := cmp.Diff([]string{"1", "2", "10", "121", "122", "12A"}, numbers); diff != "" {
		t.Error(diff)
	}
	streets := d.Within(buurtbel.Circle(buurtbel.Point{Lat: 51.001, Lon: 4}, 0.15))
	if len(streets) != 2 || streets[1].Name != "Sint-Jansstraat" || streets[1].Addresses != 3 {
		t.Errorf("%+v", streets)
	}
}

// The addresses of BUURTBEL_TEST_DATA as one directory: memory, time, and each found again.
func TestDirectoryOfACountry(t *testing.T) {
	root := os.Getenv("BUURTBEL_TEST_DATA")
	if root == "" {
		t.Skip("set BUURTBEL_TEST_DATA to a folder with addresses/*.tgz to load a whole country")
	}
	paths, err := filepath.Glob(filepath.Join(root, "addresses", "*.tgz"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no addresses: %v", err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start, n := time.Now(), 0
	sample := []Address{}
	d := NewDirectory(func(yield func(Address) bool) {
		_, err = addressfile.ReadFile(paths[0], addressfile.Options{}, func(a *addressfile.Address) error {
			n++
			one := Address{ID: buurtbel.ID(n), Street: a.Street, HouseNumber: a.HouseNumber, Box: a.Box, PostalCode: a.PostalCode, Municipality: a.Municipality, At: buurtbel.Point{Lat: a.Lat, Lon: a.Lon}}
			if n%1000 == 0 {
				sample = append(sample, one)
			}
			yield(one)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	runtime.GC()
	runtime.ReadMemStats(&after)
	addresses, streets := d.Len()
	t.Logf("%d addresses, %d streets in %v, %d MB", addresses, streets, took.Round(time.Millisecond), (after.HeapAlloc-before.HeapAlloc)>>20)
	start = time.Now()
	missed := 0
	for _, want := range sample {
		found := d.Find(Query{Street: strings.ToUpper(want.Street), HouseNumber: want.HouseNumber, PostalCode: want.PostalCode})
		if !slices.ContainsFunc(found, func(m Match) bool { return m.ID == want.ID && m.How == Exact }) {
			missed++
		}
	}
	t.Logf("%d looked up, %v each, %d not found", len(sample), time.Since(start)/time.Duration(len(sample)), missed)
	if missed > 0 {
		t.Errorf("%d of %d not found", missed, len(sample))
	}
	start = time.Now()
	t.Logf("%d streets begin with kerk, found in %v", len(d.Streets("kerk", 10)), time.Since(start))
}

// A box that is a number is never joined to the house number: "1/6" is house 1, not 16.
func TestNumberedBoxIsNoPartOfTheHouseNumber(t *testing.T) {
	d := NewDirectory(slices.Values([]Address{{Street: "Vlierlaan", HouseNumber: "1", PostalCode: "9999"}, {Street: "Vlierlaan", HouseNumber: "16", PostalCode: "9999"},
		{Street: "Vlierlaan", HouseNumber: "12A", PostalCode: "9999"}}))
	for _, c := range []struct{ number, box, want string }{{"1", "6", "1"}, {"16", "", "16"}, {"12", "A", "12A"}} {
		found := d.Find(Query{Street: "Vlierlaan", HouseNumber: c.number, Box: c.box, PostalCode: "9999"})
		if len(found) != 1 || found[0].HouseNumber != c.want {
			t.Errorf("%s/%s: %+v, want house %s", c.number, c.box, found, c.want)
		}
	}
}
