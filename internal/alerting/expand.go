package alerting

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Expand plans the recipients of running messages slice by slice, the most urgent class first and one slice each in turn, until ctx is done.
func (d *Desk) Expand(ctx context.Context) {
	woken := d.db.Subscribe()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for ctx.Err() == nil {
		d.db.Rest(ctx) // the first of an alert go before the rest of it, and of all others
		worked, err := d.expandRound(ctx)
		if err != nil && ctx.Err() == nil {
			d.o.Logger.Error("expand audience", "error", err)
		}
		if worked {
			continue
		}
		select {
		case <-ctx.Done():
		case <-woken:
		case <-tick.C:
		}
	}
}

// expandRound gives each running message of the most urgent class that has work one slice.
func (d *Desk) expandRound(ctx context.Context) (bool, error) {
	var list []store.RunningMessage
	err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		list, err = tx.RunningMessages()
		return err
	})
	if err != nil {
		return false, fmt.Errorf("read running messages: %w", err)
	}
	worked := false
	var failed error
	var class buurtbel.Class
	for _, m := range list {
		if worked && m.Class != class {
			break
		}
		did, err := d.expandOne(ctx, m)
		switch {
		case buurtbel.KindOf(err) == buurtbel.Conflict: // stopped, or another node was first: nothing of the slice counts
		case err != nil: // one message that cannot be read must not hold back the others
			failed = errors.Join(failed, fmt.Errorf("message %s: %w", m.ID, err))
		case did:
			worked, class = true, m.Class
		}
	}
	return worked, failed
}

func (d *Desk) expandOne(ctx context.Context, m store.RunningMessage) (bool, error) {
	switch {
	case m.Follows == buurtbel.FollowReached:
		return d.follow(ctx, m)
	case m.Cursor < m.Audience:
		return true, d.expandSlice(ctx, m)
	}
	return false, nil
}

// frozen is what every slice of a message needs and no slice changes. Only Expand touches it.
type frozen struct {
	message  buurtbel.ID
	audience []buurtbel.ID
	full     *buurtbel.Message
	leftOut  []buurtbel.ID
	setting  *setting
	until    time.Time // the zone's settings may have changed since
}

// thaw gives what the slices of a message have in common; while one message is being expanded it is read once a second.
func (d *Desk) thaw(ctx context.Context, m store.RunningMessage) (*frozen, error) {
	if f := d.frozen; f != nil && f.message == m.ID && d.db.Now().Before(f.until) {
		return f, nil
	}
	f := &frozen{message: m.ID, until: d.db.Now().Add(time.Second)}
	if old := d.frozen; old != nil && old.message == m.ID {
		f.audience = old.audience // frozen, and megabytes when it is a country's
	}
	err := d.db.Read(ctx, buurtbel.Scope{Zone: m.Zone}, func(tx *store.Tx) (err error) {
		if f.audience == nil {
			if f.audience, err = tx.AudienceSlice(m.ID, 0, m.Audience); err != nil {
				return err
			}
		}
		if f.full, err = tx.Message(m.ID); err != nil || m.Alert == 0 {
			return err
		}
		f.leftOut, err = tx.LeftOut(m.Alert)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read audience: %w", err)
	}
	if f.setting, err = d.setting(ctx, m.Zone, nil); err != nil {
		return nil, err
	}
	if f.full.Exercise {
		err = d.db.Read(ctx, buurtbel.Scope{Zone: m.Zone}, func(tx *store.Tx) (err error) {
			f.setting.out, err = tx.OutOfExercises()
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read who wishes no exercises: %w", err)
		}
	}
	d.frozen = f
	return f, nil
}

func (d *Desk) expandSlice(ctx context.Context, m store.RunningMessage) error {
	f, err := d.thaw(ctx, m)
	if err != nil {
		return err
	}
	scope := buurtbel.Scope{Zone: m.Zone}
	ids := f.audience[min(m.Cursor, len(f.audience)):min(m.Cursor+Slice, len(f.audience))]
	var people []store.Reachable
	err = d.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		people, err = tx.Reachables(ids)
		return err
	})
	if err != nil {
		return fmt.Errorf("read slice: %w", err)
	}
	recipients := d.plan(f.setting, f.full, people, f.leftOut)
	return d.db.WriteRank(ctx, expandRank(m.Class), scope, func(tx *store.Tx) error {
		if err := tx.Advance(m.ID, m.Cursor, m.Cursor+len(ids)); err != nil {
			return err
		}
		return tx.InsertRecipients(m.ID, m.Expires, recipients)
	})
}

func expandRank(c buurtbel.Class) store.Rank {
	if c <= buurtbel.ClassCorrection {
		return store.Steady // the first are already being sent: claims and outcomes go before
	}
	return store.Bulk
}

// lookPause is how soon a following message looks again after a pass that found nobody new.
const lookPause = 200 * time.Millisecond

// pass is one walk along the recipients of an alert's launch and updates, in slices, by a message that follows it. It lives in memory: a
// new process begins anew, and who is a recipient already is not found again.
type pass struct {
	settled bool          // when the walk began nothing before the message could reach anybody any more: its end is the end
	sources []buurtbel.ID // messages still to walk along; the first is being walked
	after   buurtbel.ID   // member up to whom the first was walked
	found   bool
	rest    time.Time // no new walk before
}

// follow takes in the members whom the alert reached, also those whose hand-over settles only now. The audience is complete when a walk
// ends that began after nothing before it could reach anybody any more.
func (d *Desk) follow(ctx context.Context, m store.RunningMessage) (bool, error) {
	p := d.passes[m.ID]
	if d.db.Now().Before(p.rest) {
		return false, nil
	}
	scope := buurtbel.Scope{Zone: m.Zone}
	var people []store.Reachable
	var full *buurtbel.Message
	err := d.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		if len(p.sources) == 0 {
			if p, err = beginPass(tx, m); err != nil {
				return err
			}
		}
		ids, err := p.walk(tx, m)
		if err != nil || len(ids) == 0 {
			return err
		}
		if full, err = tx.Message(m.ID); err != nil {
			return err
		}
		people, err = tx.Reachables(ids)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("read who was reached: %w", err)
	}
	over := len(p.sources) == 0
	if len(people) == 0 && !(over && p.settled) {
		return d.goOn(m.ID, p, over), nil
	}
	if err := d.takeIn(ctx, m, full, people, over && p.settled); err != nil {
		delete(d.passes, m.ID)
		return false, err
	}
	p.found = true
	return d.goOn(m.ID, p, over), nil
}

func beginPass(tx *store.Tx, m store.RunningMessage) (pass, error) {
	reaching, err := tx.StillReaching(m.Alert, m.ID)
	if err != nil {
		return pass{}, err
	}
	sources, err := tx.AlertingMessages(m.Alert, m.ID)
	return pass{settled: !reaching, sources: sources}, err
}

// walk gives the next slice, from the first source that has one.
func (p *pass) walk(tx *store.Tx, m store.RunningMessage) ([]buurtbel.ID, error) {
	for len(p.sources) > 0 {
		ids, err := tx.ReachedBy(p.sources[0], m.ID, p.after, Slice)
		if err != nil {
			return nil, err
		}
		if len(ids) == Slice {
			p.after = ids[Slice-1]
			return ids, nil
		}
		p.sources, p.after = p.sources[1:], 0
		if len(ids) > 0 {
			return ids, nil
		}
	}
	return nil, nil
}

// goOn keeps a pass for the next slice, and tells whether there is more to do now.
func (d *Desk) goOn(message buurtbel.ID, p pass, over bool) bool {
	switch {
	case over && p.settled:
		delete(d.passes, message)
		return true
	case over && !p.found:
		p = pass{rest: d.db.Now().Add(lookPause)}
	case over:
		p = pass{}
	}
	d.passes[message] = p
	return p.rest.IsZero()
}

// takeIn makes members recipients of a following message; with last its audience is complete.
func (d *Desk) takeIn(ctx context.Context, m store.RunningMessage, full *buurtbel.Message, people []store.Reachable, last bool) error {
	var recipients []store.Recipient
	if len(people) > 0 {
		s, err := d.setting(ctx, m.Zone, nil)
		if err != nil {
			return err
		}
		recipients = d.plan(s, full, people, nil)
	}
	return d.db.WriteRank(ctx, store.Urgent, buurtbel.Scope{Zone: m.Zone}, func(tx *store.Tx) error {
		if err := tx.GrowAudience(m.ID, len(people), last); err != nil {
			return err
		}
		return tx.InsertRecipients(m.ID, m.Expires, recipients)
	})
}
