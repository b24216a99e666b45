package governing

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/ical"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Invite tells who is invited, once: by mail, or by a text who has no mailbox. It leaves the reminder for the day before.
//
// Errors: error.meeting.over (Conflict), error.meeting.moved (Conflict) when they were invited already, error.meeting.nobody (Conflict).
func Invite(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, meeting buurtbel.ID) error {
	m, err := coming(ctx, db, actor, zone, meeting)
	if err != nil {
		return err
	}
	told, err := tellOf(ctx, db, zone, m, store.LetterInvite)
	if err == nil && told.people() == 0 {
		err = buurtbel.Fail(buurtbel.Conflict, "error.meeting.nobody", nil)
	}
	if err != nil {
		return err
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := told.renew(tx); err != nil {
			return err
		}
		if err := told.post(tx); err != nil {
			return err
		}
		if err := tx.MarkMeeting(meeting, told.id(), store.LetterInvite, m.Sequence); err != nil {
			return err
		}
		if err := remindOf(tx, m); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryMessage, actor.Person, fmt.Appendf(nil, "meeting %s, %d invited", meeting, told.people()))
	})
}

// coming reads a meeting that is still to come. Errors: error.meeting.over (Conflict), those of OneMeeting.
func coming(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, meeting buurtbel.ID) (store.Meeting, error) {
	m, err := OneMeeting(ctx, db, actor, zone, meeting)
	if err == nil && (!m.From.After(db.Now()) || !m.Cancelled.IsZero()) {
		err = buurtbel.Fail(buurtbel.Conflict, "error.meeting.over", nil)
	}
	return m, err
}

// remindBefore is how long before a meeting its guests are reminded.
const remindBefore = 24 * time.Hour

func remindOf(tx *store.Tx, m store.Meeting) error {
	if before := m.From.Add(-remindBefore); before.After(tx.Now()) {
		return tx.Later(RemindMeeting, m.ID, before)
	}
	return nil
}

// MoveMeeting gives a meeting that is still to come another time, place or name. Who was invited hears of it, each once, in the transaction that
// moves it: a program that dies in between has done both or neither. With another time nobody has answered yet, and is reminded again.
//
// Errors: those of NewMeeting, error.meeting.over, error.meeting.same (Invalid), error.meeting.moved (Conflict) when another was first.
func MoveMeeting(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, to store.Meeting) error {
	was, err := coming(ctx, db, actor, zone, to.ID)
	if err != nil {
		return err
	}
	m := was
	m.Title, m.Place, m.From, m.Until, m.Sequence, m.Changed = to.Title, to.Place, to.From, to.Until, was.Sequence+1, db.Now()
	if err := checkMeeting(&m, db.Now()); err != nil {
		return err
	}
	switch {
	case !m.From.After(db.Now()):
		return buurtbel.Fail(buurtbel.Invalid, "error.meeting.time", nil)
	case m.Title == was.Title && m.Place == was.Place && m.From.Equal(was.From) && m.Until.Equal(was.Until):
		return buurtbel.Fail(buurtbel.Invalid, "error.meeting.same", nil)
	}
	told, err := tellOf(ctx, db, zone, m, store.LetterMove)
	if err != nil {
		return err
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := told.renew(tx); err != nil {
			return err
		}
		if err := told.post(tx); err != nil {
			return err
		}
		if err := tx.MoveMeeting(was, m, told.id()); err != nil {
			return err
		}
		if m.Message != 0 {
			if err := remindOf(tx, m); err != nil {
				return err
			}
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "meeting %s moved, %d told", m.ID, told.people()))
	})
}

// CancelMeeting takes a meeting that is still to come back, and tells who was invited, as MoveMeeting does.
//
// Errors: error.meeting.over (Conflict), error.meeting.moved (Conflict) when another was first.
func CancelMeeting(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, meeting buurtbel.ID) error {
	was, err := coming(ctx, db, actor, zone, meeting)
	if err != nil {
		return err
	}
	m := was
	m.Cancelled, m.Changed, m.Sequence = db.Now(), db.Now(), was.Sequence+1
	told, err := tellOf(ctx, db, zone, m, store.LetterCancel)
	if err != nil {
		return err
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := told.renew(tx); err != nil {
			return err
		}
		if err := told.post(tx); err != nil {
			return err
		}
		if err := tx.CancelMeeting(was, told.id()); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "meeting %s cancelled, %d told", meeting, told.people()))
	})
}

// Reminded gives the verb that reminds guests the day before, once; who said not to come is left alone. A meeting that was moved is reminded of the
// day before its new day.
func Reminded(db *store.DB) func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, db.Now()); err != nil {
			return err
		}
		var m store.Meeting
		err := db.Read(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) (err error) {
			m, err = tx.Meeting(t.Subject)
			return err
		})
		if err != nil || !m.Cancelled.IsZero() || m.Reminder != 0 || !m.From.After(db.Now()) {
			return err
		}
		var told *telling
		again := m.From.Add(-remindBefore)
		if m.Sequence == 0 || !again.After(db.Now()) { // only what was moved can be due too early
			again = time.Time{}
			if told, err = tellOf(ctx, db, t.Zone, m, store.LetterRemind); err != nil {
				return err
			}
		}
		return db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
			if err := tx.FinishTask(t, again); err != nil || told.people() == 0 {
				return err
			}
			if err := told.post(tx); err != nil {
				return err
			}
			return tx.MarkMeeting(m.ID, told.id(), store.LetterRemind, m.Sequence)
		})
	}
}

// telling is a message about a meeting that is ready to be stored; nil: there is nobody to tell.
type telling struct {
	meeting  store.Meeting
	what     string // of store: store.LetterInvite, …
	message  *buurtbel.Message
	audience []buurtbel.ID
	planned  []store.Recipient // of a small circle, officials among them; nil: the members are planned slice by slice
}

func (t *telling) people() int {
	if t == nil {
		return 0
	}
	return len(t.audience)
}

func (t *telling) id() buurtbel.ID {
	if t == nil {
		return 0
	}
	return t.message.ID
}

func (t *telling) post(tx *store.Tx) error {
	switch {
	case t == nil:
		return nil
	case t.planned != nil:
		return tx.Post(t.message, t.planned)
	}
	return tx.InsertMessage(t.message, t.audience)
}

// renew looks behind the meeting's lock once more who is to be told: who became a member since the message was worded is among them.
func (t *telling) renew(tx *store.Tx) error {
	if t == nil || t.planned != nil {
		return nil
	}
	if err := tx.LockMeeting(t.meeting.ID); err != nil {
		return err
	}
	people, err := hears(tx, t.meeting, t.what)
	if err == nil && len(people) > 0 {
		t.audience, t.message.Audience = people, len(people)
	}
	return err
}

// tellOf makes a message about a meeting to those it is for: who is invited, or, when it was moved or taken back, who was.
func tellOf(ctx context.Context, db *store.DB, zone buurtbel.ID, m store.Meeting, what string) (*telling, error) {
	var z *buurtbel.Zone
	var n *buurtbel.Network
	t := &telling{}
	var reach []store.Reachable
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if z, err = tx.Zone(); err != nil {
			return err
		}
		if n, err = networkIn(tx, m.Network); err != nil {
			return err
		}
		if t.audience, err = hears(tx, m, what); err != nil || m.Invites == "all" {
			return err
		}
		reach, err = tx.ReachablePeople(t.audience)
		return err
	})
	if err != nil || len(t.audience) == 0 {
		return nil, err
	}
	if t, err = newTelling(db, z, n, m, what, t.audience); err == nil && m.Invites != "all" {
		t.planned = plannedOf(db, reach)
	}
	return t, err
}

// newTelling words a message about a meeting to people.
func newTelling(db *store.DB, z *buurtbel.Zone, n *buurtbel.Network, m store.Meeting, what string, audience []buurtbel.ID) (*telling, error) {
	t := &telling{meeting: m, what: what, audience: audience}
	loc, err := z.Location()
	if err != nil {
		return nil, err
	}
	t.message = &buurtbel.Message{ID: db.NewID(), Zone: z.ID, Kind: buurtbel.KindMeeting, Class: buurtbel.KindMeeting.Class(), Urgency: buurtbel.Soon, Link: what != store.LetterCancel,
		State: buurtbel.MessageRunning, Sender: n.Name, Expires: m.From, Audience: len(t.audience), Texts: []buurtbel.Wording{meetingWording(n, m, what, db.Now(), loc)}}
	return t, nil
}

// hears lists whom a message about a meeting is for.
func hears(tx *store.Tx, m store.Meeting, what string) ([]buurtbel.ID, error) {
	switch {
	case what == store.LetterInvite:
		return invited(tx, m)
	case m.Message == 0: // nobody was invited
		return nil, nil
	}
	out, err := tx.InvitedTo(m.ID)
	if err != nil || what != store.LetterRemind {
		return out, err
	}
	not, err := tx.Declined(m.ID)
	return slices.DeleteFunc(slices.Clone(out), func(id buurtbel.ID) bool { return slices.Contains(not, id) }), err
}

// plannedOf plans a message to a few people, one by one, as the members of a network are: by mail, or by a text.
func plannedOf(db *store.DB, people []store.Reachable) []store.Recipient {
	out := make([]store.Recipient, 0, len(people))
	for i := range people {
		p := &people[i]
		r := store.Recipient{ID: db.NewID(), Member: p.Member.ID}
		steps, left := buurtbel.Announce(&p.Member, p.Contacts, []buurtbel.Channel{buurtbel.Email, buurtbel.SMS})
		r.Left = left
		for _, s := range steps {
			r.Steps = append(r.Steps, store.RecipientStep{ID: db.NewID(), Step: s})
		}
		out = append(out, r)
	}
	return out
}

// invited lists who is invited; coordinator and deputy always are.
func invited(tx *store.Tx, m store.Meeting) ([]buurtbel.ID, error) {
	if m.Invites == "all" {
		return tx.MembersOf([]buurtbel.ID{m.Network})
	}
	roles := []buurtbel.Role{buurtbel.RoleCoordinator, buurtbel.RoleDeputy, buurtbel.RoleSteering}
	if m.Invites == "officer" {
		roles[2] = buurtbel.RoleOfficer
	}
	var out []buurtbel.ID
	for _, r := range roles {
		held, err := tx.Holders(r, m.Network)
		if err != nil {
			return nil, err
		}
		out = append(out, held...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// meetingWording says it in every language of the network.
func meetingWording(n *buurtbel.Network, m store.Meeting, what string, now time.Time, loc *time.Location) buurtbel.Wording {
	l, w := locale.Letter{}, buurtbel.Wording{Regime: n.Regime.String()}
	for i, lang := range n.Regime {
		args := buurtbel.Args{"Network": n.Name, "Title": m.Title, "Place": cmp.Or(m.Place, locale.Text(lang, "message.meeting.no-place", nil)), "When": locale.Date(lang, m.From, loc), "From": locale.Clock(lang, m.From, loc), "Until": locale.Clock(lang, m.Until, loc)}
		say := func(part string) string { return locale.Text(lang, "message.meeting."+what+part, args) }
		if i == 0 {
			w.Subject = say("-subject")
		} else {
			w.SMS += "\n\n"
			l.Blocks = append(l.Blocks, locale.Block{Role: locale.Rule, Language: lang})
		}
		w.SMS += say("-sms")
		l.Blocks = append(l.Blocks, locale.Block{Role: locale.Heading, Language: lang, Text: m.Title}, locale.Block{Role: locale.Body, Language: lang, Text: say("")})
		if what != store.LetterCancel {
			l.Blocks = append(l.Blocks, locale.Block{Role: locale.Button, Language: lang, Text: locale.Text(lang, "message.meeting.button", nil), Target: buurtbel.LinkMark})
		}
	}
	l.Subject = w.Subject
	w.Mail, w.HTML = l.Text(), l.HTML()
	if what != store.LetterRemind { // a calendar has it already
		e := MeetingEvent(m, n.Name, now)
		w.Diary = &buurtbel.Diary{Method: e.Method(), File: e.String()}
	}
	return w
}

// MeetingEvent is a meeting as a calendar has it: the same in a mail and behind a link, under one name for ever.
func MeetingEvent(m store.Meeting, network string, now time.Time) ical.Event {
	e := ical.Event{UID: m.ID.String() + "@buurtbel", Written: now, From: m.From, Until: m.Until, Title: m.Title, Place: m.Place, Organiser: network,
		Sequence: m.Sequence, Changed: m.Changed, Cancelled: !m.Cancelled.IsZero()}
	if m.Sequence == 0 {
		e.Changed = time.Time{}
	}
	return e
}
