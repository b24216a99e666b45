// Package loading brings in what a zone has on paper and in files: areas, addresses, lists of members.
//
// Nothing is half-imported: what is read is shown first; members are written in slices that belong to no audience until one switch, and an
// import can be undone. The files are read by the format packages; this package decides what their contents become.
package loading

import (
	"context"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/geo"
	"github.com/buurtbel/buurtbel/internal/store"
)

// slice is how many rows one transaction writes: a few milliseconds of SQLite's writer.
const slice = 500

// Areas is what came of a file of areas.
type Areas struct {
	Added, Changed []string // names of networks
	Problems       []geo.Problem
}

// longestName is how many characters a network's name may have: it stands in subjects and texts.
const longestName = 100

// PutAreas makes a network of each named area of a file, or gives an existing network of that name its new area. Regime and kind are those of
// new networks; their charter stays to be entered. Nothing is stored when an area to be used is not valid.
func PutAreas(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, c *geo.Collection, regime buurtbel.Regime) (*Areas, error) {
	if err := actor.May(buurtbel.MayImport, buurtbel.Scope{Zone: zone}, db.Now()); err != nil {
		return nil, err
	}
	out := &Areas{Problems: c.Problems}
	scope := buurtbel.Scope{Zone: zone}
	var existing []*buurtbel.Network
	if err := db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		existing, err = tx.Networks()
		return err
	}); err != nil {
		return nil, err
	}
	var changed []*buurtbel.Network
	for _, f := range c.Features {
		if f.Name == "" {
			continue // the reader has named it as a problem
		}
		if utf8.RuneCountInString(f.Name) > longestName {
			out.Problems = append(out.Problems, geo.Problem{Feature: f.Number, Name: string([]rune(f.Name)[:longestName]) + "…", Severity: geo.Refuse,
				Key: "geo.name-long", Args: buurtbel.Args{"Most": longestName}})
			continue
		}
		i := slices.IndexFunc(existing, func(n *buurtbel.Network) bool { return n.Name == f.Name })
		if i >= 0 {
			existing[i].Area = f.Area
			changed, out.Changed = append(changed, existing[i]), append(out.Changed, f.Name)
			continue
		}
		n := &buurtbel.Network{ID: db.NewID(), Zone: zone, Name: f.Name, Kind: buurtbel.Residents, Regime: regime, Area: f.Area}
		existing, changed, out.Added = append(existing, n), append(changed, n), append(out.Added, f.Name)
	}
	for len(changed) > 0 {
		part := changed[:min(50, len(changed))]
		changed = changed[len(part):]
		if err := db.WriteRank(ctx, store.Bulk, scope, func(tx *store.Tx) error {
			for _, n := range part {
				if err := tx.PutNetwork(n); err != nil {
					return err
				}
			}
			return tx.Append(zone, buurtbel.EntryImport, actor.Person, fmt.Appendf(nil, "areas %d", len(part)))
		}); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Addresses reads a file of addresses into the register, which belongs to the installation. It goes in slices; reading it again is harmless.
func Addresses(ctx context.Context, db *store.DB, actor buurtbel.Actor, file string, o addressfile.Options) (*addressfile.Report, error) {
	if err := actor.May(buurtbel.MayImport, buurtbel.Scope{}, db.Now()); err != nil {
		return nil, err
	}
	l := &addressLoad{ctx: ctx, db: db, known: map[string]registered{}}
	if err := db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		return tx.EachStreet(func(s store.Street) { l.known[streetName(s.PostalCode, s.Key, s.Municipality)] = registered{id: s.ID} })
	}); err != nil {
		return nil, err
	}
	report, err := addressfile.ReadFile(file, o, l.take)
	if err == nil {
		err = l.flush()
	}
	return report, err
}

type addressLoad struct {
	ctx     context.Context //nolint:containedctx // lives as long as the one call that made it
	db      *store.DB
	known   map[string]registered
	streets []store.Street
	houses  []store.House
}

// registered is a street that has its id.
type registered struct {
	id   buurtbel.ID
	told bool // this reading gave the store the street's names
}

func streetName(postalCode, key, municipality string) string {
	return postalCode + "|" + key + "|" + municipality
}

func (l *addressLoad) take(a *addressfile.Address) error {
	key := addressfile.StreetKey(a.Street)
	name := streetName(a.PostalCode, key, a.Municipality)
	street := l.known[name]
	if !street.told {
		if street.id == 0 {
			street.id = l.db.NewID()
		}
		street.told = true
		l.known[name] = street
		l.streets = append(l.streets, store.Street{ID: street.id, Name: a.Street, Key: key, PostalCode: a.PostalCode, Municipality: a.Municipality,
			Names: others(a.Street, a.StreetNames), Towns: others(a.Municipality, a.TownNames, a.PostNames)})
	}
	l.houses = append(l.houses, store.House{Street: street.id, Number: a.HouseNumber, Box: a.Box, Lat: int64(math.Round(a.Lat * 1e7)), Lon: int64(math.Round(a.Lon * 1e7))})
	if len(l.houses) < 4*slice {
		return nil
	}
	return l.flush()
}

// others gives the names that differ from the first one, each once.
func others(first string, all ...addressfile.Names) []string {
	var out []string
	for _, n := range all {
		for _, name := range []string{n.NL, n.FR, n.DE} {
			if name != "" && name != first && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

func (l *addressLoad) flush() error {
	if len(l.houses) == 0 {
		return nil
	}
	err := l.db.WriteRank(l.ctx, store.Bulk, buurtbel.Scope{}, func(tx *store.Tx) error { return tx.PutAddresses(l.streets, l.houses) })
	l.streets, l.houses = l.streets[:0], l.houses[:0]
	if err != nil {
		return fmt.Errorf("store addresses: %w", err)
	}
	return nil
}
