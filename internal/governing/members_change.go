package governing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

const (
	// UndoWithin is how long a change of several members can be taken back.
	UndoWithin = time.Hour
	// MostAtOnce is how many members are changed at once: one transaction must be short.
	MostAtOnce = 500
	// BulkAsk asks members by mail whether their contact points are right. A mail cannot be taken back.
	BulkAsk store.BulkKind = "ask"
)

// Batch is one change of several members of a network.
type Batch struct {
	Kind    store.BulkKind // store.BulkAway, store.BulkLeft or BulkAsk
	Away    buurtbel.Span  // of store.BulkAway; zero ends absences
	How     string         // as members told it: ByTelephone or OnPaper; of store.BulkAway and store.BulkLeft
	Members []buurtbel.ID
}

// Effect is what a batch would do: nobody is changed and no name is opened.
type Effect struct {
	Changed  int // who would be changed, or mailed
	Roles    int // who hold a role and stay
	NoMail   int // who have no mailbox to be asked at
	NotThere int // who left, or are no members of this network
}

func (b *Batch) check(now time.Time) error {
	switch {
	case b.Kind != store.BulkAway && b.Kind != store.BulkLeft && b.Kind != BulkAsk:
		return buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	case len(b.Members) == 0:
		return buurtbel.Fail(buurtbel.Invalid, "error.members.none", nil)
	case len(b.Members) > MostAtOnce:
		return buurtbel.Fail(buurtbel.Invalid, "error.members.most", buurtbel.Args{"Most": MostAtOnce})
	case b.Kind != BulkAsk && b.How != ByTelephone && b.How != OnPaper:
		return buurtbel.Fail(buurtbel.Invalid, "error.tree.how", nil)
	case b.Kind == store.BulkAway && !b.Away.MayBeAbsence(now):
		return buurtbel.Fail(buurtbel.Invalid, "error.handover.until", nil)
	}
	return nil
}

// Preview tells what a batch would do.
//
// Errors (Invalid): error.members.none, error.members.most, error.tree.how, error.handover.until.
func Preview(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network buurtbel.ID, b Batch) (Effect, error) {
	var e Effect
	if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return e, err
	}
	if err := b.check(db.Now()); err != nil {
		return e, err
	}
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		_, effect, err := whom(tx, network, b)
		e = effect
		return err
	})
	return e, err
}

// whom gives whom a batch would change.
func whom(tx *store.Tx, network buurtbel.ID, b Batch) ([]store.Reachable, Effect, error) {
	var e Effect
	if _, err := networkIn(tx, network); err != nil {
		return nil, e, err
	}
	list, err := tx.Roster(network)
	if err != nil {
		return nil, e, err
	}
	mandates, err := tx.Mandates()
	var out []store.Reachable
	for _, m := range list {
		holds := func(d buurtbel.Mandate) bool {
			return d.Holder == m.Member.ID && (d.Until.IsZero() || d.Until.After(tx.Now()))
		}
		switch {
		case !slices.Contains(b.Members, m.Member.ID) || !TakesPart(m.Member.State):
		case b.Kind == store.BulkLeft && slices.ContainsFunc(mandates, holds):
			e.Roles++
		case b.Kind == BulkAsk && !slices.ContainsFunc(m.Contacts, mailable):
			e.NoMail++
		default:
			out = append(out, m.Reachable)
		}
	}
	e.Changed = len(out)
	e.NotThere = len(b.Members) - len(out) - e.Roles - e.NoMail
	return out, e, err
}

// ChangeMany does what a batch says, journals it, and gives how many were changed. A change can be taken back with UndoMany within UndoWithin.
func ChangeMany(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network buurtbel.ID, b Batch, link string) (int, error) {
	if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return 0, err
	}
	if err := b.check(db.Now()); err != nil {
		return 0, err
	}
	if b.Kind == BulkAsk {
		return askMany(ctx, db, actor, zone, network, b, link)
	}
	change := store.MemberBatch{ID: db.NewID(), Network: network, By: actor.Person, Kind: b.Kind, Away: b.Away}
	var changed []buurtbel.ID
	err := db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if _, err = networkIn(tx, network); err != nil {
			return err
		}
		if changed, err = tx.ChangeMembers(change, b.Members); err != nil || len(changed) == 0 {
			return err
		}
		return journalMany(tx, actor, manyTold{What: string(b.Kind), How: b.How, Change: change.ID, Network: network}, changed)
	})
	return len(changed), err
}

// manyTold is what the journal keeps of a change of several members at once. What, how and office stand as in the entry of one member's change, so
// that each of them reads it in the same way.
type manyTold struct {
	What    string      `json:"what"` // a store.BulkKind, with "-undone" behind it when it was taken back
	How     string      `json:"how"`
	Office  string      `json:"office"`
	Change  buurtbel.ID `json:"change"`
	Network buurtbel.ID `json:"network"`
	Members int         `json:"members"`
}

// journalMany journals one change of several members, for each of them to find (rule 14).
func journalMany(tx *store.Tx, actor buurtbel.Actor, m manyTold, members []buurtbel.ID) error {
	m.Office, m.Members = actor.Office, len(members)
	content, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write change: %w", err)
	}
	return tx.AppendAbout(buurtbel.EntryChange, actor.Person, content, members...)
}

// askMany mails members the question whether their contact points are right, with a link to where they change them.
func askMany(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network buurtbel.ID, b Batch, link string) (int, error) {
	var z *buurtbel.Zone
	var people []store.Reachable
	name := ""
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if z, err = tx.Zone(); err != nil {
			return err
		}
		n, err := networkIn(tx, network)
		if err != nil {
			return err
		}
		name = n.Name
		people, _, err = whom(tx, network, b)
		return err
	})
	if err != nil || len(people) == 0 {
		return 0, err
	}
	post := lettersTo(db, z, people, "members-ask", buurtbel.Args{"Network": name}, link+"/me/contacts")
	err = db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := post(tx); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryMessage, actor.Person, fmt.Appendf(nil, "asked %d members to check their contact points, network %s", len(people), network))
	})
	return len(people), err
}

// UndoMany takes a change of several members back and gives how many stand again as before: who was changed since stays as that one is now.
//
// Errors: error.members.undo (NotFound) when there is none, it was taken back, or the hour is over.
func UndoMany(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network, change buurtbel.ID) (int, error) {
	if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return 0, err
	}
	var back []buurtbel.ID
	err := db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		var kind store.BulkKind
		if kind, back, err = tx.UndoBulk(network, change, tx.Now().Add(-UndoWithin)); err != nil {
			return err
		}
		if err := tx.Append(zone, buurtbel.EntryUndo, actor.Person, fmt.Appendf(nil, "members changed at once %s taken back, network %s, %d members", change, network, len(back))); err != nil {
			return err
		}
		if len(back) == 0 {
			return nil
		}
		return journalMany(tx, actor, manyTold{What: string(kind) + "-undone", Change: change, Network: network}, back)
	})
	return len(back), err
}

// Undoable lists the changes of a network that can still be taken back.
func Undoable(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network buurtbel.ID) ([]store.MemberBatch, error) {
	if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return nil, err
	}
	var out []store.MemberBatch
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		out, err = tx.Bulks(network, tx.Now().Add(-UndoWithin))
		return err
	})
	return out, err
}
