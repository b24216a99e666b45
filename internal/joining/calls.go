package joining

import (
	"context"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// CallsStopped gives the verb that follows key 9 in a call: it is journalled, and the coordinator of each member with that number hears of it
// as of any contact point lost. A task about the contact point.
func CallsStopped(db *store.DB) func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, db.Now()); err != nil {
			return err
		}
		tell, err := nextTelling(ctx, db, t.Zone)
		if err != nil {
			return err
		}
		return db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
			holders, err := tx.SharersOf(t.Subject)
			if err != nil {
				return err
			}
			for _, h := range holders {
				if err := tx.Append(h.Zone, buurtbel.EntryContact, 0, []byte(h.Contact.String()+" no calls")); err != nil {
					return err
				}
				if err := tx.Later("contact-lost", h.Network, tell); err != nil {
					return err
				}
			}
			return tx.FinishTask(t, time.Time{})
		})
	}
}

// ResumeCalls undoes key 9 for one contact point, as the member asked its coordinator or officer, by telephone or on paper. It is journalled
// with who entered it. NotFound when the contact point is none of a network of which the actor may see names.
func ResumeCalls(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, contact buurtbel.ID) error {
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		h, err := tx.Holder(contact)
		if err != nil {
			return err
		}
		if actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: h.Network}, db.Now()) != nil {
			return buurtbel.Fail(buurtbel.NotFound, "error.contact.unknown", nil)
		}
		changed, err := tx.ResumeCalls(contact)
		if err != nil || !changed {
			return err
		}
		return tx.Append(zone, buurtbel.EntryContact, actor.Person, []byte(contact.String()+" calls again, as the member asked"))
	})
}
