package guarding

import (
	"context"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Periods say how long things that name persons are kept (rule 14). 0 of any takes its default.
type Periods struct {
	Texts      time.Duration // what people wrote back, after it came; sign-in links and automatic answers after they went
	Deliveries time.Duration // who got a message, on which contact point, after it was finished; what nobody has read that was written back
	Journal    time.Duration // contents of journal entries about looks at contact data, lost contact points and sign-ins
	Previews   time.Duration // lists of members that were read and never taken over
	Entries    time.Duration // links, codes, sessions and shifts, after they were over
	Left       time.Duration // what is known of a member, after the membership ended
	Breaches   time.Duration // entries of the register of breaches, after they were closed
}

const day = 24 * time.Hour

// DefaultPeriods: texts for a season, deliveries for a year's evaluation and a month to write it, looks for three years.
var DefaultPeriods = Periods{Texts: 90 * day, Deliveries: 400 * day, Journal: 1095 * day, Previews: 7 * day, Entries: 7 * day, Left: 30 * day, Breaches: 1825 * day}

func (p Periods) orDefaults() Periods {
	set := func(v *time.Duration, otherwise time.Duration) {
		if *v <= 0 {
			*v = otherwise
		}
	}
	set(&p.Texts, DefaultPeriods.Texts)
	set(&p.Deliveries, DefaultPeriods.Deliveries)
	set(&p.Journal, DefaultPeriods.Journal)
	set(&p.Previews, DefaultPeriods.Previews)
	set(&p.Entries, DefaultPeriods.Entries)
	set(&p.Left, DefaultPeriods.Left)
	set(&p.Breaches, DefaultPeriods.Breaches)
	return p
}

const (
	slice    = 100              // rows that one transaction erases: SQLite's writer is held for a few milliseconds
	stint    = 10 * time.Second // how long the task works before it gives way and comes back
	pause    = time.Minute      // until it does
	everyDay = day
	changes  = 2 * day // how long changes of members are kept for the audience index of a process that has not read them
)

// Forget gives the verb that erases what need not be kept, in slices: a daily task. What an open alert or a feedback debt needs is kept
// whatever its age.
func Forget(db *store.DB, p Periods) func(context.Context, buurtbel.Actor, store.Task) error {
	p = p.orDefaults()
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayInstall, buurtbel.Scope{}, db.Now()); err != nil {
			return err
		}
		f := &forgetting{ctx: ctx, db: db, periods: p, now: db.Now(), until: db.Now().Add(stint)}
		if err := f.all(); err != nil {
			return err
		}
		again := everyDay
		if f.late() {
			again = pause
		}
		return db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error { return tx.FinishTask(t, tx.Now().Add(again)) })
	}
}

// forgetting is one stint of the task.
type forgetting struct {
	ctx     context.Context //nolint:containedctx // it lives exactly as long as the call that has the context
	db      *store.DB
	periods Periods
	now     time.Time
	until   time.Time
}

func (f *forgetting) late() bool { return !f.db.Now().Before(f.until) }

func (f *forgetting) all() error {
	steps := []func() error{f.entries, f.changes}
	zones, err := f.zones()
	if err != nil {
		return err
	}
	for _, zone := range zones {
		for _, step := range []func(buurtbel.ID) error{f.texts, f.mails, f.messages, f.journal, f.previews, f.left, f.breaches, f.desk} {
			steps = append(steps, func() error { return step(zone) })
		}
	}
	for _, step := range steps {
		if f.late() {
			return nil
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// zones lists every zone, and 0 for texts that belong to none.
func (f *forgetting) zones() ([]buurtbel.ID, error) {
	out := []buurtbel.ID{0}
	err := f.db.Read(f.ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		list, err := tx.Zones()
		for _, z := range list {
			out = append(out, z.ID)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read zones: %w", err)
	}
	return out, nil
}

func (f *forgetting) write(zone buurtbel.ID, do func(*store.Tx) error) error {
	return f.db.WriteRank(f.ctx, store.Bulk, buurtbel.Scope{Zone: zone}, do)
}

func (f *forgetting) read(zone buurtbel.ID, do func(*store.Tx) error) error {
	return f.db.Read(f.ctx, buurtbel.Scope{Zone: zone}, do)
}

// sliced repeats a step that erases and counts, until nothing is left or time is up.
func (f *forgetting) sliced(zone buurtbel.ID, step func(*store.Tx) (int64, error)) error {
	for more := true; more && !f.late(); {
		err := f.write(zone, func(tx *store.Tx) error {
			n, err := step(tx)
			more = n > 0
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// left erases who left some time ago.
func (f *forgetting) left(zone buurtbel.ID) error {
	for !f.late() {
		var gone []buurtbel.ID
		err := f.read(zone, func(tx *store.Tx) (err error) {
			gone, err = tx.GoneMembers(f.now.Add(-f.periods.Left), slice)
			return err
		})
		if err != nil || len(gone) == 0 {
			return err
		}
		err = f.write(zone, func(tx *store.Tx) error {
			for _, member := range gone {
				if err := tx.BeginErasure(member); err != nil {
					return err
				}
				if err := tx.Later(TaskEraseOut, member, tx.Now()); err != nil {
					return err
				}
				if err := tx.Append(zone, buurtbel.EntryChange, 0, []byte("erase "+member.String()+" period over")); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *forgetting) breaches(zone buurtbel.ID) error {
	return f.sliced(zone, func(tx *store.Tx) (int64, error) { return tx.ForgetBreaches(f.now.Add(-f.periods.Breaches), slice) })
}

// asks is how long it is known that a code went to a number: longer than the longest limit.
const asks = 40 * 24 * time.Hour

func (f *forgetting) entries() error {
	if err := f.sliced(0, func(tx *store.Tx) (int64, error) { return tx.ForgetAsks(f.now.Add(-asks), 2*slice) }); err != nil {
		return err
	}
	if err := f.sliced(0, func(tx *store.Tx) (int64, error) { return tx.ForgetCodeCounts(f.now.Add(-asks), 2*slice) }); err != nil {
		return err
	}
	if err := f.sliced(0, func(tx *store.Tx) (int64, error) { return tx.ForgetOwnCodes(f.now.Add(-f.periods.Entries), 2*slice) }); err != nil {
		return err
	}
	return f.sliced(0, func(tx *store.Tx) (int64, error) { return tx.ForgetEntries(f.now.Add(-f.periods.Entries), 2*slice) })
}

func (f *forgetting) changes() error {
	if err := f.write(0, (*store.Tx).MarkChanges); err != nil {
		return err
	}
	return f.sliced(0, func(tx *store.Tx) (int64, error) { return tx.ForgetChanges(f.now.Add(-changes), 5*slice) })
}

func (f *forgetting) texts(zone buurtbel.ID) error {
	for !f.late() {
		var old []buurtbel.ID
		err := f.read(zone, func(tx *store.Tx) (err error) {
			old, err = tx.OldTexts(f.now.Add(-f.periods.Texts), f.now.Add(-f.periods.Deliveries), 2*slice)
			return err
		})
		if err != nil || len(old) == 0 {
			return err
		}
		if err := f.write(zone, func(tx *store.Tx) error { return tx.EraseTexts(old) }); err != nil {
			return err
		}
	}
	return nil
}

func (f *forgetting) messages(zone buurtbel.ID) error {
	for !f.late() {
		var old []store.OldMessage
		err := f.read(zone, func(tx *store.Tx) (err error) {
			old, err = tx.OldMessages(f.now.Add(-f.periods.Deliveries), f.now.Add(-f.periods.Texts), slice)
			return err
		})
		if err != nil || len(old) == 0 {
			return err
		}
		for _, m := range old {
			if done, err := f.message(zone, m); err != nil || !done {
				return err
			}
		}
	}
	return nil
}

// message forgets the recipients of one message; it is false when time was up before the end.
func (f *forgetting) message(zone buurtbel.ID, m store.OldMessage) (bool, error) {
	for !f.late() {
		var known []buurtbel.ID
		err := f.read(zone, func(tx *store.Tx) (err error) {
			known, err = tx.KnownRecipients(m.ID, slice)
			return err
		})
		if err != nil {
			return false, err
		}
		if len(known) == 0 {
			return true, f.write(zone, func(tx *store.Tx) error { return tx.ForgetMessage(m) })
		}
		if err := f.write(zone, func(tx *store.Tx) error { return tx.ForgetRecipients(known) }); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (f *forgetting) journal(zone buurtbel.ID) error {
	from := time.Time{}
	for !f.late() {
		var old []store.EntryRef
		err := f.read(zone, func(tx *store.Tx) (err error) {
			old, err = tx.OldEntries(from, f.now.Add(-f.periods.Journal), 2*slice)
			return err
		})
		if err != nil || len(old) == 0 {
			return err
		}
		from = old[len(old)-1].At // entries of the same moment are looked at again
		err = f.write(zone, func(tx *store.Tx) error {
			for _, e := range old {
				if err := tx.EraseContent(e.Chain, e.Seq); err != nil {
					return fmt.Errorf("erase what an entry says: %w", err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *forgetting) previews(zone buurtbel.ID) error {
	for more := true; more; {
		err := f.write(zone, func(tx *store.Tx) (err error) {
			more, err = tx.DropPreview(f.now.Add(-f.periods.Previews))
			return err
		})
		if err != nil {
			return err
		}
	}
	return f.sliced(zone, func(tx *store.Tx) (int64, error) { return tx.ErasePreviews(2 * slice) })
}
