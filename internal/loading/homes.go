package loading

import (
	"context"
	"maps"
	"slices"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/memberfile"
	"github.com/buurtbel/buurtbel/internal/place"
	"github.com/buurtbel/buurtbel/internal/store"
)

// homes finds people's homes in the register.
type homes struct {
	directory *place.Directory
	area      buurtbel.Area // of the network
	codes     []string      // postal codes that the area touches
}

// register reads the addresses of the list's postal codes and towns, and of the postal codes that the network's area touches: many lists name
// neither code nor town, since everybody knows where one lives.
func register(ctx context.Context, db *store.DB, scope buurtbel.Scope, people []memberfile.Person) (*homes, error) {
	h := &homes{}
	var list []place.Address
	err := db.Read(ctx, scope, func(tx *store.Tx) error {
		codes, err := h.near(tx, scope.Network)
		if err == nil {
			err = named(tx, people, codes)
		}
		if err != nil {
			return err
		}
		return tx.EachHouse(slices.Sorted(maps.Keys(codes)), func(s store.Street, h store.House) {
			list = append(list, place.Address{Street: s.Name, HouseNumber: h.Number, Box: h.Box, PostalCode: s.PostalCode, Municipality: s.Municipality,
				At: buurtbel.Point{Lat: float64(h.Lat) / 1e7, Lon: float64(h.Lon) / 1e7}})
		})
	})
	h.directory = place.NewDirectory(slices.Values(list))
	return h, err
}

// near reads the network's area and the postal codes that it touches.
func (h *homes) near(tx *store.Tx, network buurtbel.ID) (codes map[string]bool, err error) {
	networks, err := tx.Networks()
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(networks, func(n *buurtbel.Network) bool { return n.ID == network }); i >= 0 {
		h.area = networks[i].Area
	}
	codes = map[string]bool{}
	if box, ok := h.area.Bounds(); ok {
		err = tx.EachStreetWithin(box, func(s store.Street, _ buurtbel.Box) { codes[s.PostalCode] = true })
	}
	h.codes = slices.Sorted(maps.Keys(codes))
	return codes, err
}

// named adds the postal codes that people name, and those of the towns that people name instead.
func named(tx *store.Tx, people []memberfile.Person, codes map[string]bool) error {
	towns := map[string]bool{}
	for _, p := range people {
		switch {
		case p.PostalCode != "":
			codes[p.PostalCode] = true
		case p.Municipality != "":
			towns[addressfile.TownKey(p.Municipality)] = true
		}
	}
	if len(towns) == 0 {
		return nil
	}
	wanted := map[string]bool{} // by municipality as the register writes it
	return tx.EachStreet(func(s store.Street) {
		yes, seen := wanted[s.Municipality]
		if !seen {
			yes = towns[addressfile.TownKey(s.Municipality)]
			wanted[s.Municipality] = yes
		}
		if yes {
			codes[s.PostalCode] = true
		}
	})
}

// find gives the one place that a home can be. Of several the one in the network's area is meant. Where a list names no town, or one that the
// register does not know, such as a former municipality, the area's own streets are tried. key says why there is none.
func (h *homes) find(p memberfile.Person) (m place.Match, key string) {
	q := place.Query{Street: p.Street, HouseNumber: p.HouseNumber, Box: p.Box, PostalCode: p.PostalCode, Municipality: p.Municipality}
	var found []place.Match
	if q.PostalCode != "" || q.Municipality != "" {
		found = houses(h.directory.Find(q))
	}
	if inside := h.inside(found); len(inside) > 0 {
		found = inside
	} else if len(found) == 0 {
		found = h.nearby(q)
	}
	if len(found) == 0 {
		return m, "import.no-place"
	}
	for _, other := range found[1:] {
		if other.Street != found[0].Street || other.PostalCode != found[0].PostalCode || other.Municipality != found[0].Municipality {
			return m, "import.several-places"
		}
	}
	return found[0], ""
}

// nearby looks in the postal codes that the area touches, for homes in the area.
func (h *homes) nearby(q place.Query) []place.Match {
	var out []place.Match
	for _, code := range h.codes {
		q.PostalCode, q.Municipality = code, ""
		out = append(out, h.inside(houses(h.directory.Find(q)))...)
	}
	return out
}

func (h *homes) inside(found []place.Match) []place.Match {
	var out []place.Match
	for _, m := range found {
		if h.area.Contains(m.At) {
			out = append(out, m)
		}
	}
	return out
}

// houses leaves out what is no more than a street.
func houses(found []place.Match) []place.Match {
	if len(found) > 0 && found[0].How == place.StreetOnly {
		return nil
	}
	return found
}
