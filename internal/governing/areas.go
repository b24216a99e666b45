package governing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/geo"
	"github.com/buurtbel/buurtbel/internal/store"
)

// How an area is changed.
const (
	Redraw = "redraw" // the network gets the drawn area
	Fresh  = "new"    // a new network gets it
	Split  = "split"  // what of the network's area lies in the drawn one becomes a new network
	Merge  = "merge"  // the other network's area is added, and the other one ends
)

// AreaChange is what somebody wants to do with the areas of a zone.
type AreaChange struct {
	Kind    string
	Network buurtbel.ID // 0 for Fresh
	Other   buurtbel.ID // of Merge
	Drawn   buurtbel.Area
	Name    string // of the new network
	Ground  string // the document that says so
	Move    bool   // members whose home then lies in another network's area move there
	Seen    string // mark of the network's area when it was reviewed
}

// AreaReview is what a change would do, before anything is stored.
type AreaReview struct {
	Network  string
	SquareKM float64
	Overlaps []AreaMeets // land that another network has too
	Gaps     []float64   // km² of narrow strips beside it that no network has
	Stay     int         // members of the network whose home lies in its area
	Outside  int         // whose home lies in no network's area any more: they stay members
	Unplaced int         // whose home is not on the map
	Moves    []AreaMove  // who would change network
	Area     buurtbel.Area

	new     *buurtbel.Network
	changed []*buurtbel.Network
	ended   *buurtbel.Network
	moves   map[[2]buurtbel.ID][]buurtbel.ID // from and to
	names   map[buurtbel.ID]string           // of all networks, those that begin or end too
}

// AreaMeets is another network on the same land.
type AreaMeets struct {
	Name     string
	SquareKM float64
}

// AreaMove is how many members would go from one network to another.
type AreaMove struct {
	From, To string
	Members  int
}

const (
	gapWidth   = 60.0 // metres: a strip narrower than this was left out by mistake
	leastShare = 1e-4 // km² of overlap that is worth a word: a hundred square metres
	most       = 500.0
)

// ReviewArea tells what a change of areas would do. Nothing is stored.
//
// Errors (Invalid): error.area.drawn, error.area.name, error.area.size, error.area.apart, those of geo.Validate; error.network.unknown (NotFound).
func ReviewArea(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, c AreaChange) (*AreaReview, error) {
	if err := actor.May(buurtbel.MayConfigure, buurtbel.Scope{Zone: zone}, db.Now()); err != nil {
		return nil, err
	}
	var networks []*buurtbel.Network
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		networks, err = tx.Networks()
		return err
	})
	if err != nil {
		return nil, err
	}
	networks = slices.DeleteFunc(networks, func(n *buurtbel.Network) bool { return n.Ended != nil })
	r, err := plan(networks, c, db)
	if err != nil {
		return nil, err
	}
	if err := r.meets(networks); err != nil {
		return nil, err
	}
	return r, r.count(ctx, db, zone, networks)
}

// plan makes the networks as they would be.
func plan(networks []*buurtbel.Network, c AreaChange, db *store.DB) (*AreaReview, error) {
	find := func(id buurtbel.ID) *buurtbel.Network {
		for _, n := range networks {
			if n.ID == id {
				made := *n
				return &made
			}
		}
		return nil
	}
	r := &AreaReview{moves: map[[2]buurtbel.ID][]buurtbel.ID{}}
	n, other := find(c.Network), find(c.Other)
	if c.Kind != Fresh && n == nil || c.Kind == Merge && (other == nil || other.ID == c.Network) {
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	if c.Kind != Merge {
		if len(c.Drawn) == 0 {
			return nil, buurtbel.Fail(buurtbel.Invalid, "error.area.drawn", nil)
		}
		if err := geo.Validate(c.Drawn); err != nil {
			return nil, err
		}
	}
	if err := named(networks, c); err != nil {
		return nil, err
	}
	var err error
	switch c.Kind {
	case Redraw:
		n.Area = c.Drawn
		r.changed = append(r.changed, n)
	case Fresh:
		n = &buurtbel.Network{ID: db.NewID(), Name: strings.TrimSpace(c.Name), Kind: buurtbel.Residents, Regime: regimeNear(networks), Area: c.Drawn}
		r.new = n
	case Split:
		err = r.split(n, c, db)
	case Merge:
		err = r.merge(n, other, c, db.Now())
	default:
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	}
	if err != nil {
		return nil, err
	}
	r.Network, r.Area, r.SquareKM = n.Name, n.Area, n.Area.SquareKM()
	if r.new != nil {
		r.Network, r.Area, r.SquareKM = r.new.Name, r.new.Area, r.new.Area.SquareKM()
	}
	if r.SquareKM > most || r.SquareKM < leastShare {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.area.size", buurtbel.Args{"Most": int(most)})
	}
	return r, nil
}

// named tells whether a new network has a name of its own.
func named(networks []*buurtbel.Network, c AreaChange) error {
	if c.Kind != Fresh && c.Kind != Split {
		return nil
	}
	name := strings.TrimSpace(c.Name)
	if name == "" || len([]rune(name)) > 80 {
		return buurtbel.Fail(buurtbel.Invalid, "error.area.name", nil)
	}
	if slices.ContainsFunc(networks, func(n *buurtbel.Network) bool { return strings.EqualFold(n.Name, name) }) {
		return buurtbel.Fail(buurtbel.Conflict, "error.network.name-taken", buurtbel.Args{"Network": name})
	}
	return nil
}

// regimeNear is the language regime of the zone's networks; a new one begins with it.
func regimeNear(networks []*buurtbel.Network) buurtbel.Regime {
	for _, n := range networks {
		if len(n.Regime) > 0 {
			return slices.Clone(n.Regime)
		}
	}
	return buurtbel.Regime{buurtbel.Dutch}
}

// split cuts the drawn part out. The new network has the charter and the recognition of the old one, amended by the document: without them
// its members would get no alerts (rules 1 and 10).
func (r *AreaReview) split(n *buurtbel.Network, c AreaChange, db *store.DB) error {
	part, err := geo.Overlap(n.Area, c.Drawn)
	if err != nil {
		return err
	}
	rest, err := geo.Without(n.Area, c.Drawn)
	if err != nil {
		return err
	}
	if len(part) == 0 || len(rest) == 0 {
		return buurtbel.Fail(buurtbel.Invalid, "error.area.apart", nil)
	}
	made := *n
	made.ID, made.Name, made.Area = db.NewID(), strings.TrimSpace(c.Name), part
	made.Regime = slices.Clone(n.Regime)
	if n.Charter != nil {
		made.Charter = &buurtbel.Dated{Since: db.Now(), Document: strings.TrimSpace(c.Ground)}
	}
	if n.Recognised != nil {
		made.Recognised = &buurtbel.Dated{Since: db.Now(), Document: strings.TrimSpace(c.Ground)}
	}
	n.Area = rest
	r.new, r.changed = &made, append(r.changed, n)
	return nil
}

func (r *AreaReview) merge(n, other *buurtbel.Network, c AreaChange, now time.Time) error {
	whole, err := geo.Union(n.Area, other.Area)
	if err != nil {
		return err
	}
	n.Area = whole
	other.Ended = &buurtbel.Dated{Since: now, Document: strings.TrimSpace(c.Ground)}
	r.changed, r.ended = append(r.changed, n), other
	return nil
}

// after gives the zone's networks as they would be, those that end left out.
func (r *AreaReview) after(networks []*buurtbel.Network) []*buurtbel.Network {
	var out []*buurtbel.Network
	for _, n := range networks {
		if r.ended != nil && n.ID == r.ended.ID {
			continue
		}
		for _, c := range r.changed {
			if c.ID == n.ID {
				n = c
			}
		}
		out = append(out, n)
	}
	if r.new != nil {
		out = append(out, r.new)
	}
	return out
}

// meets finds overlaps with other networks of the same kind, and narrow strips that are left out.
func (r *AreaReview) meets(networks []*buurtbel.Network) error {
	after := r.after(networks)
	at := slices.IndexFunc(after, func(n *buurtbel.Network) bool { return n.Name == r.Network })
	var others []buurtbel.Area
	for i, n := range after {
		if i == at || n.Kind != after[at].Kind { // traders and residents share their streets
			continue
		}
		others = append(others, n.Area)
		over, err := geo.Overlap(r.Area, n.Area)
		if err != nil {
			return err
		}
		if size := over.SquareKM(); size >= leastShare {
			r.Overlaps = append(r.Overlaps, AreaMeets{n.Name, size})
		}
	}
	gaps, err := geo.Gaps(r.Area, others, gapWidth)
	for _, g := range gaps {
		r.Gaps = append(r.Gaps, (buurtbel.Area{g}).SquareKM())
	}
	return err
}

// count finds who lives where then.
func (r *AreaReview) count(ctx context.Context, db *store.DB, zone buurtbel.ID, networks []*buurtbel.Network) error {
	after := r.after(networks)
	subject := after[slices.IndexFunc(after, func(n *buurtbel.Network) bool { return n.Name == r.Network })]
	touched := map[buurtbel.ID]bool{subject.ID: true}
	for _, n := range r.changed {
		touched[n.ID] = true
	}
	if r.ended != nil {
		touched[r.ended.ID] = true
	}
	r.names = map[buurtbel.ID]string{}
	for _, n := range append(slices.Clone(networks), after...) {
		r.names[n.ID] = n.Name
	}
	var counted []store.MemberPlace
	unplaced := 0
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		ids := make([]buurtbel.ID, 0, len(networks))
		for _, n := range networks {
			ids = append(ids, n.ID)
		}
		members, err := tx.MembersOf(ids)
		if err != nil {
			return err
		}
		placed := 0
		err = tx.EachPlace(members, func(m store.MemberPlace) {
			if m.In {
				counted = append(counted, m)
				placed++
			}
		})
		unplaced = len(members) - placed
		return err
	})
	if err != nil {
		return fmt.Errorf("read homes: %w", err)
	}
	r.Unplaced = unplaced
	kinds := map[buurtbel.ID]buurtbel.NetworkKind{}
	for _, n := range networks {
		kinds[n.ID] = n.Kind
	}
	for _, m := range counted {
		to := r.home(after, m, kinds[m.Network])
		switch {
		case to == m.Network || to == 0 && !touched[m.Network]:
			if m.Network == subject.ID {
				r.Stay++
			}
		case to == 0:
			r.Outside++
		case touched[to] || touched[m.Network]:
			r.moves[[2]buurtbel.ID{m.Network, to}] = append(r.moves[[2]buurtbel.ID{m.Network, to}], m.Member)
		}
	}
	for pair, ids := range r.moves {
		r.Moves = append(r.Moves, AreaMove{r.names[pair[0]], r.names[pair[1]], len(ids)})
	}
	slices.SortFunc(r.Moves, func(a, b AreaMove) int { return strings.Compare(a.From+a.To, b.From+b.To) })
	return nil
}

// home is the network in whose area a member lives then; the own one first, where areas overlap. 0: none. Members of a network that ends go
// to what takes it over, wherever they live.
func (r *AreaReview) home(after []*buurtbel.Network, m store.MemberPlace, kind buurtbel.NetworkKind) buurtbel.ID {
	if r.ended != nil && m.Network == r.ended.ID {
		return r.changed[0].ID
	}
	to := buurtbel.ID(0)
	for _, n := range after {
		if n.Kind != kind || !n.Area.Contains(m.Place) {
			continue
		}
		if n.ID == m.Network {
			return n.ID
		}
		if to == 0 {
			to = n.ID
		}
	}
	return to
}
