package joining

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/place"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Where is the outcome of the zone check for an address as somebody wrote it.
type Where struct {
	Found   buurtbel.Found
	Zone    *buurtbel.Zone    // of Network
	Network *buurtbel.Network // inside which it lies; of an edge case the likely one; nil: none
	Home    store.Home        // as the register writes it
	At      buurtbel.Point    // zero when the register has no such house
}

const (
	mostBooks  = 8           // postal codes whose registers are kept
	bookLasts  = time.Hour   // addresses are imported by another process
	atlasLasts = time.Minute // areas change on the map
)

type book struct {
	code      string
	directory *place.Directory
	at        time.Time
}

// atlas is every network of the installation.
type atlas struct {
	zones    map[buurtbel.ID]*buurtbel.Zone
	networks []*buurtbel.Network
	at       time.Time
}

// Check looks an address up in the register and in the areas of all networks of a kind: rule 8's three outcomes. It needs a postal code. It is for
// pages without an index of the whole register; who asks it often is limited by the door.
//
// Errors: error.join.address (Invalid) when it cannot be an address.
func (h *Hall) Check(ctx context.Context, home store.Home, kind buurtbel.NetworkKind) (*Where, error) {
	home = tidyHome(home)
	if home.Street == "" || home.Number == "" || home.PostalCode == "" {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.join.address", nil)
	}
	directory, err := h.book(ctx, home.PostalCode)
	if err != nil {
		return nil, err
	}
	all, err := h.networks(ctx)
	if err != nil {
		return nil, err
	}
	w := &Where{Home: home}
	var places []buurtbel.Point
	found := directory.Find(place.Query{Street: home.Street, HouseNumber: home.Number, Box: home.Box, PostalCode: home.PostalCode, Municipality: home.Municipality})
	sure := len(found) == 1 && found[0].How != place.StreetOnly
	for _, m := range found {
		if m.How != place.StreetOnly {
			places = append(places, m.At)
			continue
		}
		for _, s := range directory.Streets(m.Street, 4) {
			for _, a := range directory.Houses(s) {
				places = append(places, a.At)
			}
		}
	}
	if sure {
		w.Home.Street, w.Home.PostalCode, w.Home.Municipality, w.At = found[0].Street, found[0].PostalCode, found[0].Municipality, found[0].At
	}
	w.Found, w.Network = buurtbel.CheckZone(places, sure, kind, all.networks, all.active(h.db.Now()), h.db.Now())
	if len(found) == 0 { // no such street: nobody can tell
		w.Found = buurtbel.FoundRefer
	}
	if w.Network != nil {
		w.Zone = all.zones[w.Network.Zone]
	}
	return w, nil
}

// active tells whether alerts may go to a network; one that is being founded is for a person to explain.
func (a atlas) active(now time.Time) func(*buurtbel.Network) bool {
	return func(n *buurtbel.Network) bool {
		zone := a.zones[n.Zone]
		if zone == nil {
			return false
		}
		country, err := buurtbel.CountryProfile(zone.Country)
		return err == nil && n.MayReceive(country, now) == nil
	}
}

// tidyHome separates a number from its box and brings a postal code to one spelling.
func tidyHome(home store.Home) store.Home {
	for _, s := range []*string{&home.Street, &home.Number, &home.Box, &home.PostalCode, &home.Municipality} {
		*s = strings.Join(strings.Fields(*s), " ")
	}
	home.PostalCode = strings.ToUpper(strings.ReplaceAll(home.PostalCode, " ", ""))
	if parsed, ok := addressfile.ParseHouse(home.Number); ok && home.Box == "" {
		home.Number, home.Box = parsed.Number, parsed.Box
	}
	return home
}

// book gives the register of one postal code.
func (h *Hall) book(ctx context.Context, code string) (*place.Directory, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.db.Now()
	h.books = slices.DeleteFunc(h.books, func(b book) bool { return now.Sub(b.at) > bookLasts })
	if i := slices.IndexFunc(h.books, func(b book) bool { return b.code == code }); i >= 0 {
		return h.books[i].directory, nil
	}
	var list []place.Address
	err := h.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		return tx.EachHouse([]string{code}, func(s store.Street, o store.House) {
			list = append(list, place.Address{Street: s.Name, PostalCode: s.PostalCode, Municipality: s.Municipality, HouseNumber: o.Number, Box: o.Box,
				At: buurtbel.Point{Lat: float64(o.Lat) / 1e7, Lon: float64(o.Lon) / 1e7}})
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read addresses: %w", err)
	}
	b := book{code, place.NewDirectory(slices.Values(list)), now}
	h.books = append(h.books, b)
	h.books = h.books[max(0, len(h.books)-mostBooks):]
	return b.directory, nil
}

// networks gives every network, at most a minute old.
func (h *Hall) networks(ctx context.Context) (atlas, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.db.Now()
	if h.atlas.zones != nil && now.Sub(h.atlas.at) < atlasLasts && !now.Before(h.atlas.at) {
		return h.atlas, nil
	}
	fresh := atlas{zones: map[buurtbel.ID]*buurtbel.Zone{}, at: now}
	var zones []*buurtbel.Zone
	err := h.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		zones, err = tx.Zones()
		return err
	})
	for _, z := range zones {
		if err != nil {
			break
		}
		fresh.zones[z.ID] = z
		err = h.db.Read(ctx, buurtbel.Scope{Zone: z.ID}, func(tx *store.Tx) error {
			list, err := tx.Networks()
			fresh.networks = append(fresh.networks, list...)
			return err
		})
	}
	if err != nil {
		return atlas{}, fmt.Errorf("read networks: %w", err)
	}
	h.atlas = fresh
	return fresh, nil
}
