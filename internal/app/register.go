package app

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/place"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// register is the street names of each zone: for suggestions while typing, and so that the linter knows which names are streets. It holds no
// house numbers: with those a large zone would take a gigabyte.
type register struct {
	db     *store.DB
	begin  func()        // begins the load, once
	loaded chan struct{} // closed when the first load has ended, well or not
	once   sync.Once
	mu     sync.RWMutex
	zones  map[buurtbel.ID]*zoneStreets
}

type zoneStreets struct {
	directory *place.Directory
	names     *wording.Places
	boxes     map[string][]buurtbel.Box // of the addresses of each street, by its key; one per postal code
}

func newRegister(db *store.DB) *register {
	return &register{db: db, begin: func() {}, loaded: make(chan struct{}), zones: map[buurtbel.ID]*zoneStreets{}}
}

// fresh is how long streets and areas that were imported meanwhile may be unknown to suggestions and linter.
const fresh = 10 * time.Minute

// keep loads the streets, and again now and then: addresses and areas are imported by another process.
func (r *register) keep(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(fresh)
	defer tick.Stop()
	for {
		if err := r.load(ctx); err != nil && ctx.Err() == nil {
			log.Error("load streets", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// load reads the streets in and around the areas of each zone's networks.
func (r *register) load(ctx context.Context) error {
	defer r.once.Do(func() { close(r.loaded) })
	var zones []*buurtbel.Zone
	err := r.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		zones, err = tx.Zones()
		return err
	})
	for _, z := range zones {
		if err == nil {
			err = r.zone(ctx, z)
		}
	}
	if err != nil {
		return fmt.Errorf("read streets: %w", err)
	}
	return nil
}

// zone reads one zone's streets: those whose box meets the box of a network.
func (r *register) zone(ctx context.Context, z *buurtbel.Zone) error {
	var streets []store.Street
	found := map[string][]buurtbel.Box{}
	err := r.db.Read(ctx, buurtbel.Scope{Zone: z.ID}, func(tx *store.Tx) error {
		networks, err := tx.Networks()
		if err != nil {
			return err
		}
		var boxes []buurtbel.Box
		for _, n := range networks {
			if box, ok := n.Area.Bounds(); ok {
				boxes = append(boxes, box)
			}
		}
		if len(boxes) == 0 {
			return nil
		}
		return tx.EachStreetWithin(around(boxes), func(s store.Street, box buurtbel.Box) {
			if slices.ContainsFunc(boxes, func(b buurtbel.Box) bool { return meet(b, box) }) {
				streets = append(streets, s)
				key := addressfile.StreetKey(s.Name)
				found[key] = append(found[key], box)
			}
		})
	})
	if err == nil {
		r.put(z, streets, found)
	}
	return err
}

// around is the smallest box that holds all of some.
func around(boxes []buurtbel.Box) buurtbel.Box {
	all := boxes[0]
	for _, b := range boxes[1:] {
		all = buurtbel.Box{South: min(all.South, b.South), West: min(all.West, b.West), North: max(all.North, b.North), East: max(all.East, b.East)}
	}
	return all
}

func meet(a, b buurtbel.Box) bool {
	return a.South <= b.North && b.South <= a.North && a.West <= b.East && b.West <= a.East
}

func (r *register) put(zone *buurtbel.Zone, streets []store.Street, boxes map[string][]buurtbel.Box) {
	seen := map[string]bool{}
	var known []string
	for _, s := range streets {
		for _, name := range []string{s.Name, s.Municipality} {
			if !seen[name] {
				seen[name], known = true, append(known, name)
			}
		}
	}
	z := &zoneStreets{directory: place.NewDirectory(oneEach(streets)), names: wording.NewPlaces(known, zone.Names), boxes: boxes}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.zones[zone.ID] = z
}

// oneEach gives one address a street, which is all that a directory needs to know the street.
func oneEach(streets []store.Street) iter.Seq[place.Address] {
	return func(yield func(place.Address) bool) {
		for _, s := range streets {
			if !yield(place.Address{Street: s.Name, PostalCode: s.PostalCode, Municipality: s.Municipality}) {
				return
			}
		}
	}
}

func (r *register) of(zone buurtbel.ID) *zoneStreets {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.zones[zone]
}

// patience is how long an alert waits for the first load of street names: it goes on without them rather than later.
const patience = 2 * time.Second

// places gives the zone's own street, district and shop names. It waits a little for the first load: without them the linter would take a
// street for a person, and ask a reason just after the program started that it does not ask a second later.
func (r *register) places(ctx context.Context, zone buurtbel.ID) (*wording.Places, error) {
	r.begin()
	enough := time.NewTimer(patience)
	defer enough.Stop()
	select {
	case <-r.loaded:
	case <-enough.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if z := r.of(zone); z != nil {
		return z.names, nil
	}
	return nil, nil
}

// streets completes what somebody types: at most n names, each once.
func (r *register) streets(_ context.Context, zone buurtbel.ID, typed string, n int) []string {
	r.begin()
	z := r.of(zone)
	if z == nil {
		return nil
	}
	var out []string
	for _, s := range z.directory.Streets(typed, 4*n) { // a name stands once for each postal code
		if len(out) < n && !slices.Contains(out, s.Name) {
			out = append(out, s.Name)
		}
	}
	return out
}

// streetAt gives the middle of a street's addresses within a box. It is not known where two streets of one name have addresses there.
func (r *register) streetAt(zone buurtbel.ID, street string, within buurtbel.Box) (buurtbel.Point, bool) {
	r.begin()
	z := r.of(zone)
	if z == nil {
		return buurtbel.Point{}, false
	}
	var at buurtbel.Point
	found := 0
	for _, b := range z.boxes[addressfile.StreetKey(street)] {
		if meet(b, within) {
			found++
			at = buurtbel.Point{Lat: (max(b.South, within.South) + min(b.North, within.North)) / 2, Lon: (max(b.West, within.West) + min(b.East, within.East)) / 2}
		}
	}
	return at, found == 1
}
