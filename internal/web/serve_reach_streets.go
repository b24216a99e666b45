package web

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/store"
)

// streetTally is what came of the last messages to one street of a network, or to its small streets together (street nil).
type streetTally struct {
	street                 *homeStreet
	members                []buurtbel.ID
	doors                  map[int]bool
	sent, arrived, percent int
}

// enough tells whether something may be told of these homes without telling it of one of them (rule 4). Homes count, not members: five adults
// may live behind one door, and of a street that lies in two networks each network sees its own side.
func (t *streetTally) enough() bool { return len(t.doors) >= fewHomes }

func (t *streetTally) take(o *streetTally) {
	t.members, t.sent, t.arrived = append(t.members, o.members...), t.sent+o.sent, t.arrived+o.arrived
	for door := range o.doors {
		t.doors[door] = true
	}
}

// streetsOf counts by street how the last messages came to the members of a network. Streets with too few homes that were sent any are counted
// together; of those together nothing is told when they are too few as well.
func streetsOf(homes *zoneHomes, members map[buurtbel.ID]alerting.MemberReach, network buurtbel.ID) (named []*streetTally, small *streetTally) {
	by := map[*homeStreet]*streetTally{}
	for id, m := range members {
		home, known := homes.of[id]
		if !known || home.network != network || m.Sent == 0 {
			continue
		}
		if by[home.street] == nil {
			by[home.street] = &streetTally{street: home.street, doors: map[int]bool{}}
		}
		by[home.street].take(&streetTally{members: []buurtbel.ID{id}, doors: map[int]bool{home.door: true}, sent: m.Sent, arrived: m.Arrived})
	}
	small = &streetTally{doors: map[int]bool{}}
	for _, t := range by {
		if !t.enough() {
			small.take(t)
			continue
		}
		t.percent = percent(t.arrived, t.sent)
		named = append(named, t)
	}
	small.percent = percent(small.arrived, small.sent)
	slices.SortFunc(named, func(a, b *streetTally) int {
		if a.percent < reachLittle || b.percent < reachLittle {
			return cmp.Or(cmp.Compare(a.percent, b.percent), cmp.Compare(a.street.name, b.street.name))
		}
		return cmp.Compare(a.street.name, b.street.name)
	})
	return named, small
}

// streetReach puts the streets of a network into words, and on the map where it is known where they are.
func (v *visit) streetReach(r *NetworkReach, n *buurtbel.Network, named []*streetTally, small *streetTally, at map[*homeStreet]buurtbel.Point) {
	r.Map = ReachMap{ID: "map-" + n.ID.String(), Area: n.Area, Name: v.t("screen.reach.map-label", "Network", n.Name)}
	for i, t := range named {
		line := StreetReach{Street: t.street.name, Share: v.percentWords(t.arrived, t.sent), Percent: t.percent, Members: len(t.members)}
		p, placed := at[t.street]
		switch {
		case t.percent >= reachLittle:
			r.Others = append(r.Others, line)
			if placed {
				r.Map.Others = append(r.Map.Others, p)
			}
			continue
		case placed:
			line.ID = "street-" + n.ID.String() + "-" + strconv.Itoa(i+1)
			r.Map.Marks = append(r.Map.Marks, ReachMark{At: p, Percent: t.percent, Street: line.Street, ID: line.ID,
				Words: v.t("screen.reach.mark", "Where", line.Street, "Percent", t.percent, "Count", line.Members)})
		}
		r.Streets = append(r.Streets, line)
	}
	r.Map.About = v.t("screen.reach.map-about", "Count", len(r.Map.Marks), "Total", len(r.Map.Marks)+len(r.Map.Others))
	if small.enough() {
		r.Small = StreetReach{Share: v.percentWords(small.arrived, small.sent), Percent: small.percent, Members: len(small.members)}
	}
}

// middles gives where the marks of streets go: the middle of a street's addresses as the register has them, which tells nothing of who is a member.
// Where the register does not know the street, it is the middle of the members' homes on a grid so coarse that no home can be told.
func (v *visit) middles(n *buurtbel.Network, named []*streetTally) (map[*homeStreet]buurtbel.Point, error) {
	box, ok := n.Area.Bounds()
	if !ok {
		return nil, nil
	}
	out := map[*homeStreet]buurtbel.Point{}
	street := map[buurtbel.ID]*streetTally{} // of members whose street is not in the register
	var ids []buurtbel.ID
	for _, t := range named {
		if v.s.o.StreetAt != nil {
			if p, known := v.s.o.StreetAt(v.zone, t.street.name, box); known {
				out[t.street] = p
				continue
			}
		}
		for _, id := range t.members {
			street[id] = t
		}
		ids = append(ids, t.members...)
	}
	if len(ids) == 0 {
		return out, nil
	}
	sums := map[*streetTally]middle{}
	err := v.s.o.DB.Read(v.r.Context(), buurtbel.Scope{Zone: v.zone}, func(tx *store.Tx) error {
		clear(sums)
		return tx.EachPlace(ids, func(m store.MemberPlace) {
			if t := street[m.Member]; t != nil && m.In {
				if sums[t] == nil {
					sums[t] = middle{}
				}
				sums[t][m.Place] = true
			}
		})
	})
	for t, m := range sums {
		if len(m) >= fewHomes {
			out[t.street] = m.coarse()
		}
	}
	return out, err
}

// middle is the mean of homes, each once however many live there.
type middle map[buurtbel.Point]bool

// grid is how coarse a mean of homes is made, in degrees of latitude: 100 metres.
const grid = 100.0 / metresDegree

// coarse gives the mean on the grid. Its meshes are as wide as they are high at the latitude of their row.
func (m middle) coarse() buurtbel.Point {
	var lat, lon float64
	for p := range m {
		lat, lon = lat+p.Lat, lon+p.Lon
	}
	lat = math.Round(lat/float64(len(m))/grid) * grid
	wide := grid / math.Cos(lat*math.Pi/180)
	return buurtbel.Point{Lat: lat, Lon: math.Round(lon/float64(len(m))/wide) * wide}
}
