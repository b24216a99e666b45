package governing

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// ChangeArea carries a change of areas out as it was reviewed: areas, members who move and the letters that tell them, in one transaction. A
// zone's areas change a few times a year; a merge of two networks of a thousand members holds SQLite's writer for less than half a second.
//
// Errors: those of ReviewArea; error.area.ground (Invalid), error.area.changed (Conflict).
func ChangeArea(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, c AreaChange, link string) (*AreaReview, error) {
	if err := actor.May(buurtbel.MayConfigure, buurtbel.Scope{Zone: zone}, db.Now()); err != nil {
		return nil, err
	}
	c.Ground = strings.TrimSpace(c.Ground)
	if c.Ground == "" {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.area.ground", nil)
	}
	r, err := ReviewArea(ctx, db, actor, zone, c)
	if err != nil {
		return nil, err
	}
	if !c.Move && c.Kind != Split && c.Kind != Merge {
		r.moves = nil
	}
	letters := map[[2]buurtbel.ID]func(*store.Tx) error{}
	for pair, members := range r.moves {
		if letters[pair], err = moveLetter(ctx, db, zone, r.names[pair[1]], members, link); err != nil {
			return nil, err
		}
	}
	err = db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := r.store(tx, actor, c); err != nil {
			return err
		}
		for pair, members := range r.moves {
			if err := move(tx, actor, pair, members, letters[pair]); err != nil {
				return fmt.Errorf("move members: %w", err)
			}
		}
		if r.ended == nil {
			return nil
		}
		return endNetwork(tx, r.ended, actor.Person, c.Ground)
	})
	return r, err
}

// store writes the areas of the networks that stay.
func (r *AreaReview) store(tx *store.Tx, actor buurtbel.Actor, c AreaChange) error {
	for _, n := range r.changed {
		if err := tx.ChangeArea(n, c.Seen, actor.Person, c.Ground); err != nil {
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
	return tx.Append(tx.Scope().Zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "area %s, network %s, other %s", c.Kind, subject, c.Other))
}

func move(tx *store.Tx, actor buurtbel.Actor, pair [2]buurtbel.ID, members []buurtbel.ID, letters func(*store.Tx) error) error {
	n, err := tx.MoveMembers(members, pair[0], pair[1])
	if err != nil || n == 0 {
		return err
	}
	said := fmt.Appendf(nil, "%d members moved, network %s to %s", n, pair[0], pair[1])
	if err := tx.Append(tx.Scope().Zone, buurtbel.EntryChange, actor.Person, said); err != nil {
		return err
	}
	return letters(tx)
}

// endNetwork ends a network and the mandates in it.
func endNetwork(tx *store.Tx, n *buurtbel.Network, by buurtbel.ID, ground string) error {
	held, err := tx.Mandates()
	if err != nil {
		return err
	}
	for _, m := range held {
		if m.Network == n.ID && m.Now(tx.Now()) {
			if err := tx.Withdraw(m.ID, by, ground); err != nil {
				return err
			}
		}
	}
	return tx.PutNetwork(n)
}

// moveLetter plans the mails that tell members to which network they belong now. Who has no mailbox hears it from the coordinator, who is told
// how many.
func moveLetter(ctx context.Context, db *store.DB, zone buurtbel.ID, to string, members []buurtbel.ID, link string) (func(*store.Tx) error, error) {
	var z *buurtbel.Zone
	var people []store.Reachable
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if z, err = tx.Zone(); err == nil {
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
	return lettersTo(db, z, people, "moved", buurtbel.Args{"Network": to}, link), nil
}
