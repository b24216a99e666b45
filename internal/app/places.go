package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/place"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Places is this process's copy of the address register and of the networks' areas: for the search and the zone check. It is loaded in the
// background and again when another process changed something.
type Places struct {
	db        *store.DB
	begin     func() // begins the load, once
	gazetteer atomic.Pointer[place.Gazetteer]
	areas     atomic.Pointer[place.Areas]
	mu        sync.Mutex // one load at a time; guards the marks
	addresses int64
	networks  int64
	seen      int64 // mark of the register at the last look
}

func newPlaces(db *store.DB) *Places {
	return &Places{db: db, begin: func() {}, addresses: -1, networks: -1}
}

// lookEvery is how often a process looks whether something changed: one row read by its key.
const lookEvery = 5 * time.Second

func (p *Places) keep(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := p.Refresh(ctx, false); err != nil && ctx.Err() == nil {
			log.Error("load addresses", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Refresh reads what changed since the last time. A register that is being imported is read when its import rests, unless now.
func (p *Places) Refresh(ctx context.Context, now bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var addresses, networks int64
	err := p.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		if addresses, err = tx.Mark(store.MarkAddresses); err != nil {
			return err
		}
		networks, err = tx.Mark(store.MarkNetworks)
		return err
	})
	if err != nil {
		return fmt.Errorf("look for changes: %w", err)
	}
	if networks != p.networks {
		if err := p.readNetworks(ctx); err != nil {
			return err
		}
		p.networks = networks
	}
	rests := now || p.addresses < 0 || addresses == p.seen
	p.seen = addresses
	if addresses == p.addresses || !rests {
		return nil
	}
	if err := p.readAddresses(ctx); err != nil {
		return err
	}
	p.addresses = addresses
	return nil
}

func (p *Places) readNetworks(ctx context.Context) error {
	var zones []*buurtbel.Zone
	err := p.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		zones, err = tx.Zones()
		return err
	})
	if err != nil {
		return fmt.Errorf("read zones: %w", err)
	}
	var all []*buurtbel.Network
	for _, z := range zones {
		err := p.db.Read(ctx, buurtbel.Scope{Zone: z.ID}, func(tx *store.Tx) error {
			list, err := tx.Networks()
			all = append(all, list...)
			return err
		})
		if err != nil {
			return fmt.Errorf("read networks: %w", err)
		}
	}
	p.areas.Store(place.NewAreas(all))
	return nil
}

func (p *Places) readAddresses(ctx context.Context) error {
	var b *place.Builder
	err := p.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		about, err := tx.CountAddresses()
		if err != nil {
			return err
		}
		b = place.NewBuilder(about)
		streets := map[buurtbel.ID]place.Register{}
		if err := tx.EachStreet(func(s store.Street) {
			streets[s.ID] = place.Register{ID: s.ID, Name: s.Name, PostalCode: s.PostalCode, Municipality: s.Municipality, Names: s.Names, Towns: s.Towns}
		}); err != nil {
			return err
		}
		last := buurtbel.ID(0)
		return tx.EachHouseByStreet(func(h store.House) {
			if h.Street != last {
				last = h.Street
				b.Street(streets[h.Street])
			}
			b.House(h.Number, h.Box, int32(h.Lat), int32(h.Lon))
		})
	})
	if err != nil {
		return fmt.Errorf("read addresses: %w", err)
	}
	p.gazetteer.Store(b.Build())
	return nil
}

// Search finds addresses; none before the register is loaded.
func (p *Places) Search(t place.Typed) []place.Found {
	p.begin()
	if g := p.gazetteer.Load(); g != nil {
		return g.Search(t)
	}
	return nil
}

// Len is the number of addresses and streets loaded.
func (p *Places) Len() (addresses, streets int) {
	if g := p.gazetteer.Load(); g != nil {
		return g.Len()
	}
	return 0, 0
}

// Areas gives the networks of every zone; nil before they are loaded.
func (p *Places) Areas() *place.Areas {
	p.begin()
	return p.areas.Load()
}
