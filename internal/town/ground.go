package town

import (
	"math"
	"strconv"

	"github.com/buurtbel/buurtbel"
)

// spot is a place in the town in metres from the market: x to the east, y to the north.
type spot struct{ x, y float64 }

// The market of Vlierbeek. Only fields lie there.
var market = buurtbel.Point{Lat: 50.9687, Lon: 3.5316}

const metresPerDegree = 111_195.0

func (s spot) point() buurtbel.Point {
	return buurtbel.Point{Lat: market.Lat + s.y/metresPerDegree, Lon: market.Lon + s.x/(metresPerDegree*math.Cos(market.Lat*math.Pi/180))}
}

func points(list []spot) []buurtbel.Point {
	out := make([]buurtbel.Point, len(list))
	for i, s := range list {
		out[i] = s.point()
	}
	return out
}

// polar is a place by distance from the market and angle, bent a little so that no street is quite straight. Every border is made of the
// same bent places on both sides, so that areas fit together without gap or overlap.
func polar(r, angle float64) spot {
	x, y := r*math.Cos(angle), r*math.Sin(angle)
	return spot{x + 38*math.Sin(y/310), y + 42*math.Sin(x/280+1)}
}

const (
	steps  = 96    // angles in a full turn
	centre = 320.0 // radius of the centre in metres
)

func angleOf(step int) float64 { return 2 * math.Pi * float64(step) / steps }

// edge is the radius of the town at an angle.
func edge(angle float64) float64 { return 1150 + 90*math.Sin(3*angle+1) }

// district is one sector of the town around its centre, from one step to another.
type district struct {
	name     string
	from, to int
	arcs     []string // names of the streets round the centre, outwards, two to a circle
	radials  []string // names of the streets that lead outwards
}

var districts = []district{
	{"Kerkveld", 8, 42,
		[]string{"Kerkveldstraat", "Pastorijdreef", "Kosterspad", "Klokkenlaan", "Doopvontstraat", "Orgelstraat", "Wierookpad", "Kapelletjesweg", "Processieweg", "Ommegangstraat"},
		[]string{"Vlierbeekse Steenweg", "Torenwachterslaan", "Psalmstraat"}},
	{"Molenwijk", 42, 70,
		[]string{"Molenwiekstraat", "Maalsteenlaan", "Korenmaatstraat", "Meelzakstraat", "Boekweitlaan", "Gerststraat", "Haverpad", "Roggestraat", "Speltlaan", "Windvaanstraat"},
		[]string{"Oude Molenbaan", "Mulderslaan", "Zeefstraat"}},
	{"Stationsbuurt", 70, 104,
		[]string{"Wisselstraat", "Locomotieflaan", "Tenderstraat", "Rangeerpad", "Seinhuisstraat", "Perronlaan", "Dwarsliggerstraat", "Spoorwilgenlaan", "Bielzenpad", "Wagonstraat"},
		[]string{"Nieuwe Stationsdreef", "Kruiersstraat", "Loketstraat"}},
}

var centreStreets = struct{ arcs, radials []string }{
	[]string{"Garenmarkt", "Botermarktje", "Vlierbeekplein"},
	[]string{"Lakenhalstraat", "Bakkersstraatje", "Zilversmidstraat", "Kaarsenmakersstraat", "Schepenhuisstraat", "Vismijnsteeg"},
}

// circles are the radii of the streets round the centre, outside it.
var circles = []float64{450, 590, 730, 870, 1000}

func (t *Town) lay() {
	names := []struct {
		name   string
		kind   buurtbel.NetworkKind
		regime buurtbel.Regime
	}{
		{"BIN Kerkveld", buurtbel.Residents, buurtbel.Regime{buurtbel.Dutch}},
		{"BIN Molenwijk", buurtbel.Residents, buurtbel.Regime{buurtbel.Dutch}},
		{"BIN Stationsbuurt", buurtbel.Residents, buurtbel.Regime{buurtbel.Dutch, buurtbel.French}},
		{"BIN-Z Centrum", buurtbel.Traders, buurtbel.Regime{buurtbel.Dutch}},
	}
	for i, n := range names {
		network := Network{Name: n.name, District: "Centrum", Kind: n.kind, Regime: n.regime}
		if i < len(districts) {
			network.District, network.Area = districts[i].name, areaOf(sector(districts[i]))
			t.streetsOf(i, districts[i])
		} else {
			network.Area = areaOf(arc(centre, 0, steps-1))
			t.centreStreets(i)
		}
		t.Networks = append(t.Networks, network)
	}
	for i := range t.Streets {
		t.build(&t.Streets[i])
	}
	border := districts[1].from
	t.brook = points(ray(border, centre, edge(angleOf(border))+400))
	for step := districts[2].from + 1; step < districts[2].to; step++ {
		t.railway = append(t.railway, polar(edge(angleOf(step))+70, angleOf(step)).point())
	}
	t.park = points(append(arc(1050, 52, 60), reversed(arc(1180, 52, 60))...))
}

func areaOf(ring []spot) buurtbel.Area { return buurtbel.Area{{points(ring)}} }

// arc gives places along a circle, both ends included.
func arc(r float64, from, to int) []spot {
	var out []spot
	for step := from; step <= to; step++ {
		out = append(out, polar(r, angleOf(step%steps)))
	}
	return out
}

// ray gives places from one radius to another at an angle.
func ray(step int, from, to float64) []spot {
	const pieces = 12
	var out []spot
	for i := range pieces + 1 {
		out = append(out, polar(from+(to-from)*float64(i)/pieces, angleOf(step%steps)))
	}
	return out
}

func reversed(list []spot) []spot {
	out := make([]spot, 0, len(list))
	for i := len(list) - 1; i >= 0; i-- {
		out = append(out, list[i])
	}
	return out
}

// sector is the outline of a district: along the centre, out, along the town's edge, and back.
func sector(d district) []spot {
	ring := reversed(arc(centre, d.from, d.to))
	out := ray(d.from, centre, edge(angleOf(d.from)))
	ring = append(ring, out[1:]...)
	for step := d.from + 1; step < d.to; step++ {
		ring = append(ring, polar(edge(angleOf(step)), angleOf(step)))
	}
	back := reversed(ray(d.to, centre, edge(angleOf(d.to))))
	return append(ring, back[:len(back)-1]...)
}

func (t *Town) streetsOf(network int, d district) {
	half := (d.from + d.to) / 2
	for i, r := range circles {
		t.street(d.arcs[2*i], network, arc(r, d.from+1, half))
		t.street(d.arcs[2*i+1], network, arc(r, half, d.to-1))
	}
	for i, name := range d.radials {
		step := d.from + (d.to-d.from)*(i+1)/(len(d.radials)+1)
		t.street(name, network, ray(step, centre+20, 1040))
	}
}

func (t *Town) centreStreets(network int) {
	for i, name := range centreStreets.arcs {
		t.street(name, network, arc(190, i*steps/3, (i+1)*steps/3))
	}
	for i, name := range centreStreets.radials {
		t.street(name, network, ray(i*steps/6+4, 50, centre-20))
	}
}

func (t *Town) street(name string, network int, line []spot) {
	t.Streets = append(t.Streets, Street{Name: name, Network: network, Line: points(line), metres: line})
}

const (
	plot    = 13.0 // metres of street for a house
	setback = 12.0 // metres from the street's middle to a house's middle
	clear   = 15.0 // metres that a house keeps from other streets
)

// build puts houses along a street: odd numbers on the left, even ones on the right.
func (t *Town) build(s *Street) {
	line := s.metres
	number := 1
	rest := plot
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		length := math.Hypot(b.x-a.x, b.y-a.y)
		ux, uy := (b.x-a.x)/length, (b.y-a.y)/length
		for ; rest < length; rest += plot {
			at := spot{a.x + ux*rest, a.y + uy*rest}
			t.house(s, number, spot{at.x - uy*setback, at.y + ux*setback}, ux, uy)
			t.house(s, number+1, spot{at.x + uy*setback, at.y - ux*setback}, ux, uy)
			number += 2
		}
		rest -= length
	}
}

func (t *Town) house(s *Street, number int, at spot, ux, uy float64) {
	for i := range t.Streets {
		if o := &t.Streets[i]; o.Name != s.Name && near(o.metres, at) {
			return
		}
	}
	const deep, wide = 4.5, 5.2
	var corners []buurtbel.Point
	for _, c := range [][2]float64{{-wide, -deep}, {wide, -deep}, {wide, deep}, {-wide, deep}} {
		corners = append(corners, spot{at.x + ux*c[0] - uy*c[1], at.y + uy*c[0] + ux*c[1]}.point())
	}
	t.Homes = append(t.Homes, Home{Street: s.Name, Number: strconv.Itoa(number), Network: s.Network, At: at.point(), corners: corners})
	s.Homes++
}

func near(line []spot, at spot) bool {
	for i := 1; i < len(line); i++ {
		if distance(line[i-1], line[i], at) < clear {
			return true
		}
	}
	return false
}

// distance is that from p to the piece of line from a to b.
func distance(a, b, p spot) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	u := ((p.x-a.x)*dx + (p.y-a.y)*dy) / (dx*dx + dy*dy)
	u = max(0, min(1, u))
	return math.Hypot(a.x+u*dx-p.x, a.y+u*dy-p.y)
}
