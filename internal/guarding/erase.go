package guarding

import (
	"context"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Erase ends a membership and erases everything that leads to the person (rule 14): at once out of every audience, in the next moments out of the
// store. Members erase themselves; their coordinator and officer do it for who asks by telephone or on paper, and how says so: "own-page",
// "telephone", "paper". What is counted of past messages stays, without the person; the journal keeps opaque ids, so its chain stays whole.
//
// Errors: error.person.unknown (NotFound), also for a member of a network that the actor may not see.
func Erase(ctx context.Context, db *store.DB, actor buurtbel.Actor, member buurtbel.ID, how string) error {
	zone := actor.Zone
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		network, err := tx.NetworkOf(member)
		if err != nil {
			return err
		}
		own := actor.Office == "member" && actor.Person == member
		if !own && actor.May(buurtbel.MayImport, buurtbel.Scope{Zone: zone, Network: network}, db.Now()) != nil {
			return buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
		}
		if err := tx.BeginErasure(member); err != nil {
			return err
		}
		if err := tx.Later(TaskEraseOut, member, tx.Now()); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, []byte("erase "+member.String()+" "+how))
	})
}

// Erased gives the verb that carries an erasure out, in slices: a task about the member. A message that a carrier has at this moment is waited for.
func Erased(db *store.DB) func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, db.Now()); err != nil {
			return err
		}
		f := &forgetting{ctx: ctx, db: db, now: db.Now(), until: db.Now().Add(stint)}
		waiting, err := f.recipients(t.Zone, t.Subject)
		if err != nil {
			return err
		}
		return db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
			done := false
			if !waiting {
				if done, err = tx.EraseMember(t.Subject); err != nil && buurtbel.KeyOf(err) != "error.person.unknown" {
					return fmt.Errorf("erase %s: %w", t.Subject, err)
				}
				done = done || err != nil // erased already, and the end of the task was not recorded
			}
			if done {
				return tx.FinishTask(t, time.Time{})
			}
			return tx.FinishTask(t, tx.Now().Add(store.ErasureWaits))
		})
	}
}

// recipients forgets by which messages a member was known; waiting tells that some are left for later.
func (f *forgetting) recipients(zone, member buurtbel.ID) (waiting bool, err error) {
	after := buurtbel.ID(0)
	for !f.late() {
		var list []buurtbel.ID
		err := f.read(zone, func(tx *store.Tx) (err error) {
			list, err = tx.RecipientsOf(member, after, slice)
			return err
		})
		if err != nil || len(list) == 0 {
			return waiting, err
		}
		err = f.write(zone, func(tx *store.Tx) error {
			busy, err := tx.EraseRecipients(list)
			waiting = waiting || busy > 0
			return err
		})
		if err != nil {
			return false, err
		}
		after = list[len(list)-1]
	}
	return true, nil
}
