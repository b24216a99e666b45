package governing

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// ChangeArea carries a change of areas out as it was reviewed: the areas in one transaction, then the members in slices, each with a letter
// that tells them. A network that ends keeps its members until they moved, so that nobody is without one.
//
// Errors: those of ReviewArea; error.area.ground (Invalid), error.area.changed (Conflict).
func ChangeArea(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, c AreaChange, link string) (*AreaReview, error) {
	if err := actor.May(buurtbel.MayConfigure, buurtbel.Scope{Zone: zone}, db.Now()); err != nil {
		return nil, err
	}
	if strings.TrimSpace(c.Ground) == "" {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.area.ground", nil)
	}
	r, err := ReviewArea(ctx, db, actor, zone, c)
	if err != nil {
		return nil, err
	}
	if err := r.store(ctx, db, actor, zone, c); err != nil {
		return nil, err
	}
	if c.Move || c.Kind == Split || c.Kind == Merge {
		if err := r.move(ctx, db, actor, zone, link); err != nil {
			return r, err
		}
	}
	if r.ended != nil {
		err = db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error { return endNetwork(tx, r.ended, actor.Person, c.Ground) })
	}
	return r, err
}

// store writes the areas. The network that ends is written last, when its members have moved.
func (r *AreaReview) store(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, c AreaChange) error {
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		for _, n := range r.changed {
			if err := tx.ChangeArea(n, c.Seen, actor.Person, strings.TrimSpace(c.Ground)); err != nil {
				return err
			}
		}
		subject := c.Network
		if r.new != nil {
			subject = r.new.ID
			if err := tx.PutNetwork(r.new); err != nil {
				return err
			}
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "area %s, network %s, other %s", c.Kind, subject, c.Other))
	})
}

// slice is how many members one transaction moves: SQLite's writer is held for a few milliseconds.
const slice = 250

func (r *AreaReview) move(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, link string) error {
	for pair, members := range r.moves {
		for part := range slices.Chunk(members, slice) {
			post, err := moveLetter(ctx, db, zone, pair[1], part, link)
			if err != nil {
				return err
			}
			err = db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
				n, err := tx.MoveMembers(part, pair[0], pair[1])
				if err != nil || n == 0 {
					return err
				}
				if err := tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "%d members moved, network %s to %s", n, pair[0], pair[1])); err != nil {
					return err
				}
				return post(tx)
			})
			if err != nil {
				return fmt.Errorf("move members: %w", err)
			}
		}
	}
	return nil
}

// endNetwork ends a network and the mandates in it.
func endNetwork(tx *store.Tx, n *buurtbel.Network, by buurtbel.ID, ground string) error {
	held, err := tx.Mandates()
	if err != nil {
		return err
	}
	for _, m := range held {
		if m.Network == n.ID && m.Now(tx.Now()) {
			if err := tx.Withdraw(m.ID, by, strings.TrimSpace(ground)); err != nil {
				return err
			}
		}
	}
	return tx.PutNetwork(n)
}

// moveLetter plans the mails that tell members to which network they belong now. Who has no mailbox hears it from the coordinator, who is told
// how many.
func moveLetter(ctx context.Context, db *store.DB, zone, to buurtbel.ID, members []buurtbel.ID, link string) (func(*store.Tx) error, error) {
	var z *buurtbel.Zone
	var people []store.Reachable
	args := buurtbel.Args{}
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if z, err = tx.Zone(); err != nil {
			return err
		}
		networks, err := tx.NetworksOf([]buurtbel.ID{to})
		for _, n := range networks {
			args["Network"] = n.Name
		}
		if err == nil {
			people, err = tx.Reachables(members)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	people = slices.DeleteFunc(people, func(p store.Reachable) bool {
		return !slices.ContainsFunc(p.Contacts, func(c buurtbel.ContactPoint) bool { return c.Kind == buurtbel.Mailbox && c.State == buurtbel.ContactOK })
	})
	return lettersTo(db, z, people, "moved", args, link), nil
}
