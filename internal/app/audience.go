package app

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/place"
	"github.com/buurtbel/buurtbel/internal/store"
)

// audience is this process's index of who lives where. It is loaded in the background; a launch by area first catches up to its own snapshot.
type audience struct {
	db     *store.DB
	index  place.Audience
	mu     sync.Mutex // one reading or catching up at a time; guards mark and failed
	mark   int64
	begin  func() // begins the load, once
	loaded chan struct{}
	failed error
}

func newAudience(db *store.DB) *audience {
	return &audience{db: db, begin: func() {}, loaded: make(chan struct{})}
}

// load reads every member's place, for the first time.
func (a *audience) load(ctx context.Context) {
	defer close(a.loaded)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.failed = a.read(ctx)
}

// read reads every member's place. The mark is read first, so that a change during the load is read again, never missed.
func (a *audience) read(ctx context.Context) error {
	var members []place.Member
	err := a.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		mark, err := tx.LastChange()
		if err != nil {
			return err
		}
		a.mark = mark
		return tx.EachPlace(nil, func(m store.MemberPlace) {
			if m.In {
				members = append(members, place.Member{ID: m.Member, Network: m.Network, Zone: m.Zone, At: m.Place})
			}
		})
	})
	if err != nil {
		return fmt.Errorf("load places: %w", err)
	}
	a.index.Load(slices.Values(members), len(members))
	return nil
}

// within gives the members of a zone in an area, as of now.
func (a *audience) within(ctx context.Context, zone buurtbel.ID, area buurtbel.Area) ([]buurtbel.ID, error) {
	a.begin()
	select {
	case <-a.loaded:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := a.catchUp(ctx); err != nil {
		return nil, err
	}
	return a.index.Within(zone, area), nil
}

// catchUp reads what changed since the last time: first what is settled, slice by slice, then what was committed so lately that a slower
// transaction may still come before it. A change may be read twice, which does no harm.
func (a *audience) catchUp(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.failed != nil { // the database did not answer when it was first asked
		if a.failed = a.read(ctx); a.failed != nil {
			return a.failed
		}
	}
	if behind, err := a.behind(ctx); err != nil {
		return err
	} else if behind {
		if err := a.read(ctx); err != nil {
			return err
		}
	}
	for {
		n := 0
		err := a.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
			members, mark, err := tx.Changes(a.mark)
			if err != nil {
				return err
			}
			n, a.mark = len(members), mark
			if n > 0 {
				return a.apply(tx, members)
			}
			if members, err = tx.ChangesSeen(a.mark); err != nil {
				return err
			}
			return a.apply(tx, members)
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// behind tells whether changes that were never read here may be forgotten by now.
func (a *audience) behind(ctx context.Context) (bool, error) {
	var floor int64
	err := a.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		floor, err = tx.ChangesFloor()
		return err
	})
	if err != nil {
		return false, fmt.Errorf("read how far changes are forgotten: %w", err)
	}
	return a.mark < floor, nil
}

func (a *audience) apply(tx *store.Tx, members []buurtbel.ID) error {
	if len(members) == 0 {
		return nil
	}
	gone := map[buurtbel.ID]bool{}
	for _, id := range members {
		gone[id] = true
	}
	if err := tx.EachPlace(members, func(m store.MemberPlace) {
		if m.In {
			delete(gone, m.Member)
			a.index.Put(place.Member{ID: m.Member, Network: m.Network, Zone: m.Zone, At: m.Place})
		}
	}); err != nil {
		return err
	}
	for id := range gone {
		a.index.Remove(id)
	}
	return nil
}
