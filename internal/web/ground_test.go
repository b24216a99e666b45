package web

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/store"
)

// A kilometre is as long to the east as to the north, at whatever latitude and width, and north is up.
func TestGroundKeepsItsShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := buurtbel.Point{Lat: rapid.Float64Range(-60, 70).Draw(t, "lat"), Lon: rapid.Float64Range(-170, 170).Draw(t, "lon")}
		km := rapid.Float64Range(0.2, 8).Draw(t, "km")
		dLat, dLon := km/111.195, km/111.195/math.Cos(at.Lat*math.Pi/180)
		m := ReachMap{Area: buurtbel.Circle(at, 1.5*km), Others: []buurtbel.Point{at, {Lat: at.Lat + dLat, Lon: at.Lon}, {Lat: at.Lat, Lon: at.Lon + dLon}}}
		g := newGround(m, rapid.SampledFrom([]int{356, 720}).Draw(t, "width"))
		north, east := g.Dots[0].Y-g.Dots[1].Y, g.Dots[2].X-g.Dots[0].X
		if north <= 0 || math.Abs(north-east) > 0.02*north+0.3 {
			t.Fatalf("to the north %g units, to the east %g", north, east)
		}
		if bar := (g.Bar.X2 - g.Bar.X1) / float64(g.Bar.Metres) * km * 1000; math.Abs(bar-north) > 0.02*north+1 {
			t.Fatalf("the bar says %g units, drawn are %g", bar, north)
		}
	})
}

// Marks never cover each other and never leave the drawing, also when their streets are in one place.
func TestGroundMakesRoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := ReachMap{Area: buurtbel.Circle(buurtbel.Point{Lat: 51, Lon: 4}, 1)}
		for range rapid.IntRange(1, 20).Draw(t, "marks") {
			at := buurtbel.Point{Lat: 51 + rapid.Float64Range(-0.005, 0.005).Draw(t, "lat"), Lon: 4 + rapid.Float64Range(-0.005, 0.005).Draw(t, "lon")}
			m.Marks = append(m.Marks, ReachMark{At: at, Street: "Kerkstraat"})
		}
		g := newGround(m, 356)
		for i, a := range g.Marks {
			if a.X < 0 || a.Y < 0 || a.X > 356 || a.Y > float64(g.Height) {
				t.Fatalf("outside: %+v", a.groundDot)
			}
			for _, b := range g.Marks[:i] {
				if far := math.Hypot(a.X-b.X, a.Y-b.Y); far < groundApart {
					t.Fatalf("two marks are %g units apart", far)
				}
			}
		}
	})
}

// settle puts members of a network behind doors of a street; the last messages reached none of them.
func settle(z *zoneHomes, reach map[buurtbel.ID]alerting.MemberReach, doors map[string]int, network buurtbel.ID, street string, numbers ...string) (ids []buurtbel.ID) {
	for _, number := range numbers {
		id := buurtbel.ID(len(z.of) + 1)
		z.add(network, id, store.Home{Street: street, Number: number}, doors)
		reach[id] = alerting.MemberReach{Sent: 2}
		ids = append(ids, id)
	}
	return ids
}

// A street of which fewer than five homes of the network were sent messages stands nowhere on the page: not in the list, not on the map, not as the
// only one of "small streets", however many members live in it and however many homes it has in another network.
func TestRule04_ReachNamesNoSmallStreet(t *testing.T) {
	z := &zoneHomes{of: map[buurtbel.ID]memberHome{}, streets: map[string]*homeStreet{}}
	reach, doors := map[buurtbel.ID]alerting.MemberReach{}, map[string]int{}
	const own, other = 1, 2
	settle(z, reach, doors, own, "Kerkstraat", "1", "2", "3", "4", "5")
	settle(z, reach, doors, own, "Vierhuizen", "1", "2", "3", "4")
	settle(z, reach, doors, own, "Gezinspad", "7", "7", "7", "7", "7", "7")
	settle(z, reach, doors, own, "Grensweg", "1", "1")
	settle(z, reach, doors, other, "Grensweg", "2", "3", "4", "5", "6")
	unsent := settle(z, reach, doors, own, "Stilstraat", "1", "2", "3", "4", "5")
	for _, id := range unsent[1:] {
		reach[id] = alerting.MemberReach{}
	}
	at := map[*homeStreet]buurtbel.Point{}
	for i, s := range []string{"kerkstraat", "vierhuizen", "gezinspad", "grensweg", "stilstraat"} {
		at[z.streets[s]] = buurtbel.Point{Lat: 51 + float64(i)/1000, Lon: 4}
	}
	page := func(network buurtbel.ID) (NetworkReach, string) {
		v := &visit{lang: buurtbel.Dutch, s: &Server{}}
		r := NetworkReach{Name: "BIN Kerkveld", Enough: true}
		named, small := streetsOf(z, reach, network)
		v.streetReach(&r, &buurtbel.Network{ID: network, Name: r.Name, Area: buurtbel.Circle(buurtbel.Point{Lat: 51, Lon: 4}, 1)}, named, small, at)
		var b bytes.Buffer
		if err := Render(&b, Frame{Language: buurtbel.Dutch}, ReachOverTime{[]NetworkReach{r}}); err != nil {
			t.Fatal(err)
		}
		return r, b.String()
	}
	r, html := page(own)
	for _, name := range []string{"Vierhuizen", "Gezinspad", "Grensweg", "Stilstraat"} {
		if strings.Contains(html, name) {
			t.Errorf("%s is named", name)
		}
	}
	if len(r.Map.Marks) != 1 || len(r.Map.Others) != 0 || len(r.Streets) != 1 || r.Streets[0].Street != "Kerkstraat" || r.Small.Members != 13 {
		t.Errorf("marks %v, streets %v, small %+v", r.Map.Marks, r.Streets, r.Small)
	}
	if n := strings.Count(html, `href="#`+r.Map.Marks[0].ID+`"`); n != 2 || !strings.Contains(html, `id="`+r.Map.Marks[0].ID+`"`) {
		t.Errorf("the mark leads nowhere: %d links", n)
	}
	if r, html := page(other); !strings.Contains(html, "Grensweg") || r.Small.Members != 0 {
		t.Errorf("the network with five homes in the street: %+v", r)
	}
	settle(z, reach, doors, 3, "Alleenpad", "1", "2", "3", "4")
	if _, html := page(3); strings.Contains(html, "Alleenpad") || strings.Contains(html, "Kleine straten samen") {
		t.Error("four homes are told of as small streets together")
	}
}

// A mean of homes says nothing of one: it stays where it is when any home moves a little, and lies on a grid.
func TestCoarse(t *testing.T) {
	m := middle{}
	for i := range 5 {
		m[buurtbel.Point{Lat: 51.0003 + float64(i)/1e5, Lon: 4.0002 + float64(i)/1e5}] = true
	}
	got := m.coarse()
	if rest := math.Abs(math.Remainder(got.Lat, grid)); rest > 1e-9 {
		t.Errorf("off the grid by %g", rest)
	}
	for i := range 5 {
		delete(m, buurtbel.Point{Lat: 51.0003 + float64(i)/1e5, Lon: 4.0002 + float64(i)/1e5})
		m[buurtbel.Point{Lat: 51.00031 + float64(i)/1e5, Lon: 4.00021 + float64(i)/1e5}] = true
	}
	if again := m.coarse(); again != got {
		t.Errorf("%v, %v", got, again)
	}
}
