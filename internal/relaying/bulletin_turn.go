package relaying

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// turn is the task of an offer that waits: it asks who is next when nobody answered in time, and ends the offer when its own time is over.
func (b *Bulletins) turn(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
	if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, b.db.Now()); err != nil {
		return err
	}
	one, o, err := b.offered(ctx, t.Zone, t.Subject)
	if err != nil {
		return err
	}
	g, err := b.ground(ctx, t.Zone, []buurtbel.ID{o.Network})
	if err != nil {
		return err
	}
	scope := buurtbel.Scope{Zone: t.Zone}
	step := g.zone.Plan.Bulletins.Step(one.Offered, one.Until)
	next, more := buurtbel.NextTurn(o.Turn, g.there(o.Network))
	due := o.Since.Add(step)
	switch {
	case o.State != buurtbel.BulletinOffered:
		return b.db.Write(ctx, scope, func(tx *store.Tx) error { return tx.FinishTask(t, time.Time{}) })
	case !g.now.Before(one.Until):
		return b.expire(ctx, g, one, o, t)
	case !more:
		return b.db.Write(ctx, scope, func(tx *store.Tx) error { return tx.FinishTask(t, one.Until) })
	case g.now.Before(due):
		return b.db.Write(ctx, scope, func(tx *store.Tx) error { return tx.FinishTask(t, due) })
	}
	to := *o
	to.Turn = next
	a, err := b.asking(ctx, g, g.networks[0], one, &to)
	if err != nil {
		return err
	}
	err = b.db.Write(ctx, scope, func(tx *store.Tx) error {
		if err := tx.FinishTask(t, earlier(tx.Now().Add(step), one.Until)); err != nil {
			return err
		}
		if err := tx.TurnOffer(o.ID, o.Turn, next); err != nil {
			return err
		}
		if err := a.store(tx); err != nil {
			return err
		}
		return tx.Append(t.Zone, buurtbel.EntryMessage, 0, fmt.Appendf(nil, "bulletin %s in network %s: nobody answered, now the %s", one.ID, o.Network, next))
	})
	return b.again(ctx, t, err)
}

// again looks once more when somebody decided in the same moment.
func (b *Bulletins) again(ctx context.Context, t store.Task, err error) error {
	if buurtbel.KeyOf(err) != "error.bulletin.decided" {
		return err
	}
	return b.db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error { return tx.FinishTask(t, tx.Now()) })
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// expire ends an offer that nobody relayed, and tells who wrote it.
func (b *Bulletins) expire(ctx context.Context, g *ground, one *buurtbel.Bulletin, o *buurtbel.Offer, t store.Task) error {
	var people []store.Reachable
	err := b.db.Read(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) (err error) {
		people, err = tx.ReachablePeople([]buurtbel.ID{one.By})
		return err
	})
	if err != nil {
		return err
	}
	letters := b.deskLetters(g, people, one, "expired", buurtbel.Args{"Network": g.networks[0].Name})
	to := *o
	to.State = buurtbel.BulletinExpired
	err = b.db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
		if err := tx.FinishTask(t, time.Time{}); err != nil {
			return err
		}
		if err := tx.DecideOffer(&to, o.State); err != nil {
			return err
		}
		if err := letters.Post(tx); err != nil {
			return err
		}
		return tx.Append(t.Zone, buurtbel.EntryMessage, 0, fmt.Appendf(nil, "bulletin %s in network %s: its time is over", one.ID, o.Network))
	})
	return b.again(ctx, t, err)
}

// settleWait is how soon a withdrawal looks again while an attempt of the bulletin is open.
const settleWait = time.Second

// noteLasts is how long a note about a withdrawal may be under way.
const noteLasts = 7 * 24 * time.Hour

// tellReached is the task of a withdrawal: when nothing of the bulletin is in flight any more, exactly those whom it reached are told.
func (b *Bulletins) tellReached(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
	if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, b.db.Now()); err != nil {
		return err
	}
	one, o, err := b.offered(ctx, t.Zone, t.Subject)
	if err != nil {
		return err
	}
	scope, flying := buurtbel.Scope{Zone: t.Zone}, false
	var reached []buurtbel.ID
	err = b.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		reached = nil
		if flying, err = tx.InFlight(o.Message); err == nil && !flying {
			reached, err = reachedBy(tx, o.Message)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case o.Note != 0 || o.State != buurtbel.BulletinWithdrawn || !flying && len(reached) == 0:
		return b.db.Write(ctx, scope, func(tx *store.Tx) error { return tx.FinishTask(t, time.Time{}) })
	case flying:
		return b.db.Write(ctx, scope, func(tx *store.Tx) error { return tx.FinishTask(t, tx.Now().Add(settleWait)) })
	}
	g, err := b.ground(ctx, t.Zone, []buurtbel.ID{o.Network})
	if err != nil {
		return err
	}
	m := &buurtbel.Message{ID: b.db.NewID(), Zone: t.Zone, Kind: buurtbel.KindWithdrawal, Class: buurtbel.KindWithdrawal.Class(), Urgency: buurtbel.Soon, State: buurtbel.MessageRunning,
		Sender: one.Issuer, Expires: g.now.Add(noteLasts), Audience: len(reached), Texts: []buurtbel.Wording{withdrawnWording(g, g.networks[0], one, o)}}
	return b.db.Write(ctx, scope, func(tx *store.Tx) error {
		if err := tx.FinishTask(t, time.Time{}); err != nil {
			return err
		}
		if err := tx.NoteOffer(o.ID, m.ID); err != nil {
			return err
		}
		if err := tx.InsertMessage(m, reached); err != nil {
			return err
		}
		return tx.Append(t.Zone, buurtbel.EntryMessage, 0, fmt.Appendf(nil, "bulletin %s withdrawn: %d told", one.ID, len(reached)))
	})
}

// reachedBy lists whom a message reached, in order.
func reachedBy(tx *store.Tx, message buurtbel.ID) ([]buurtbel.ID, error) {
	const slice = 500
	var out []buurtbel.ID
	after := buurtbel.ID(0)
	for {
		list, err := tx.ReachedBy(message, 0, after, slice)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
		if len(list) < slice {
			return slices.DeleteFunc(out, func(id buurtbel.ID) bool { return id <= 0 }), nil // who was erased is a number without meaning
		}
		after = list[slice-1]
	}
}
