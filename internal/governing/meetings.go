package governing

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// RemindMeeting is the kind of task that reminds guests of a meeting the day before.
const RemindMeeting = "meeting-remind"

// What people meet for, and who is invited.
var (
	MeetingKinds   = []string{"members", "steering", "consultation", "social"}
	MeetingInvites = []string{"all", "steering", "officer"}
)

// NewMeeting stores a meeting of a network; nobody is invited yet. It gives its id.
//
// Errors (Invalid): error.meeting.title, error.meeting.time, error.form.unreadable.
func NewMeeting(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, m store.Meeting) (buurtbel.ID, error) {
	if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: m.Network}, db.Now()); err != nil {
		return 0, err
	}
	switch m.Title = strings.TrimSpace(m.Title); {
	case !slices.Contains(MeetingKinds, m.Kind) || !slices.Contains(MeetingInvites, m.Invites):
		return 0, buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	case m.Title == "":
		return 0, buurtbel.Fail(buurtbel.Invalid, "error.meeting.title", nil)
	case m.From.IsZero() || !m.Until.After(m.From) || m.Until.Sub(m.From) > 24*time.Hour || m.From.After(db.Now().AddDate(2, 0, 0)):
		return 0, buurtbel.Fail(buurtbel.Invalid, "error.meeting.time", nil)
	}
	m.ID, m.By = db.NewID(), actor.Person
	return m.ID, db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if _, err := networkIn(tx, m.Network); err != nil {
			return err
		}
		if err := tx.InsertMeeting(m); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "meeting %s, network %s, %s", m.ID, m.Network, m.Kind))
	})
}

// Calendar lists the meetings of a network, those of the last year too.
func Calendar(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network buurtbel.ID) ([]store.Meeting, error) {
	if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return nil, err
	}
	var out []store.Meeting
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		out, err = tx.Meetings(network, tx.Now().AddDate(-1, 0, 0))
		return err
	})
	return out, err
}

// OneMeeting gives a meeting of a network whose members the actor may see; NotFound (error.meeting.unknown) for any other.
func OneMeeting(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, meeting buurtbel.ID) (store.Meeting, error) {
	var m store.Meeting
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		m, err = tx.Meeting(meeting)
		return err
	})
	if err == nil && actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: m.Network}, db.Now()) != nil {
		return store.Meeting{}, buurtbel.Fail(buurtbel.NotFound, "error.meeting.unknown", nil)
	}
	return m, err
}

// Invite mails who is invited, once, and leaves the reminder for the day before.
//
// Errors: error.meeting.over (Conflict), error.meeting.moved (Conflict) when they were invited already.
func Invite(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, meeting buurtbel.ID) error {
	m, err := OneMeeting(ctx, db, actor, zone, meeting)
	if err == nil && (!m.From.After(db.Now()) || !m.Cancelled.IsZero()) {
		err = buurtbel.Fail(buurtbel.Conflict, "error.meeting.over", nil)
	}
	if err != nil {
		return err
	}
	post, err := meetingMail(ctx, db, zone, m, "invite", nil)
	if err != nil {
		return err
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		id, n, err := post(tx)
		if err != nil {
			return err
		}
		if err := tx.MarkMeeting(meeting, id, false); err != nil {
			return err
		}
		if before := m.From.Add(-24 * time.Hour); before.After(tx.Now()) {
			if err := tx.Later(RemindMeeting, meeting, before); err != nil {
				return err
			}
		}
		return tx.Append(zone, buurtbel.EntryMessage, actor.Person, fmt.Appendf(nil, "meeting %s, %d invited", meeting, n))
	})
}

// Reminded gives the verb that reminds guests the day before, once; who said not to come is left alone.
func Reminded(db *store.DB) func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, db.Now()); err != nil {
			return err
		}
		var m store.Meeting
		var not []buurtbel.ID
		err := db.Read(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) (err error) {
			if m, err = tx.Meeting(t.Subject); err != nil {
				return err
			}
			not, err = tx.Declined(t.Subject)
			return err
		})
		if err != nil || !m.Cancelled.IsZero() || m.Reminder != 0 || !m.From.After(db.Now()) {
			return err
		}
		post, err := meetingMail(ctx, db, t.Zone, m, "remind", not)
		if err != nil {
			return err
		}
		return db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
			if err := tx.FinishTask(t, time.Time{}); err != nil {
				return err
			}
			id, _, err := post(tx)
			if err != nil {
				return err
			}
			return tx.MarkMeeting(m.ID, id, true)
		})
	}
}

// meetingMail plans a mail about a meeting to who is invited, but for some. It gives what stores it: the message and how many get it.
func meetingMail(ctx context.Context, db *store.DB, zone buurtbel.ID, m store.Meeting, key string, not []buurtbel.ID) (func(*store.Tx) (buurtbel.ID, int, error), error) {
	var z *buurtbel.Zone
	var n *buurtbel.Network
	var people []buurtbel.ID
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if z, err = tx.Zone(); err != nil {
			return err
		}
		if n, err = networkIn(tx, m.Network); err != nil {
			return err
		}
		people, err = invited(tx, m)
		return err
	})
	if err != nil {
		return nil, err
	}
	loc, err := z.Location()
	if err != nil {
		return nil, err
	}
	people = slices.DeleteFunc(people, func(id buurtbel.ID) bool { return slices.Contains(not, id) })
	msg := &buurtbel.Message{ID: db.NewID(), Zone: zone, Kind: buurtbel.KindBulletin, Class: buurtbel.KindBulletin.Class(), Urgency: buurtbel.Soon, Link: true,
		State: buurtbel.MessageRunning, Sender: n.Name, Expires: m.From, Texts: []buurtbel.Wording{meetingWording(n, m, key, db.Now(), loc)}}
	var list []store.Recipient
	if m.Invites != "all" {
		var reach []store.Reachable
		err = db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
			reach, err = tx.ReachablePeople(people)
			return err
		})
		for _, p := range reach {
			list = append(list, db.Direct(p, 0, msg.Expires, buurtbel.Email))
		}
		msg.Kind, msg.Class = buurtbel.KindReport, buurtbel.KindReport.Class()
	}
	return func(tx *store.Tx) (buurtbel.ID, int, error) {
		if msg.Audience = len(people); len(people) == 0 {
			return 0, 0, buurtbel.Fail(buurtbel.Conflict, "error.meeting.nobody", nil)
		}
		if m.Invites != "all" {
			return msg.ID, len(list), tx.Post(msg, list)
		}
		return msg.ID, len(people), tx.InsertMessage(msg, people)
	}, err
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
func meetingWording(n *buurtbel.Network, m store.Meeting, key string, now time.Time, loc *time.Location) buurtbel.Wording {
	l := locale.Letter{}
	for i, lang := range n.Regime {
		args := buurtbel.Args{"Network": n.Name, "Title": m.Title, "Place": cmp.Or(m.Place, locale.Text(lang, "message.meeting.no-place", nil)), "When": locale.Date(lang, m.From, loc), "From": locale.Clock(lang, m.From, loc), "Until": locale.Clock(lang, m.Until, loc)}
		if i == 0 {
			l.Subject = locale.Text(lang, "message.meeting."+key+"-subject", args)
		} else {
			l.Blocks = append(l.Blocks, locale.Block{Role: locale.Rule, Language: lang})
		}
		l.Blocks = append(l.Blocks, locale.Block{Role: locale.Heading, Language: lang, Text: m.Title}, locale.Block{Role: locale.Body, Language: lang, Text: locale.Text(lang, "message.meeting."+key, args)},
			locale.Block{Role: locale.Button, Language: lang, Text: locale.Text(lang, "message.meeting.button", nil), Target: buurtbel.LinkMark})
	}
	return buurtbel.Wording{Regime: n.Regime.String(), Subject: l.Subject, Mail: l.Text(), HTML: l.HTML()}
}

// Invitation is a meeting as the link in a mail shows it to one guest.
type Invitation struct {
	store.Meeting
	Guest    store.Guest
	Network  string
	Answer   string // "yes", "no" or "": nothing yet
	Language buurtbel.Language
	At       *time.Location
	Over     bool
}

// InvitationBehind gives the meeting behind a link in a mail; the link is the right, for that guest only. It is nil when the link is about
// something else. It changes nothing.
func InvitationBehind(ctx context.Context, db *store.DB, link string) (*Invitation, error) {
	id, err := token.VerifySigned(db.Ring(), token.Heard, link)
	if err != nil {
		return nil, err
	}
	var g store.Guest
	known := false
	if err := db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		g, known, err = tx.GuestOf(id)
		return err
	}); err != nil || !known {
		return nil, err
	}
	i := &Invitation{Guest: g}
	err = db.Read(ctx, buurtbel.Scope{Zone: g.Zone}, func(tx *store.Tx) (err error) {
		if i.Meeting, err = tx.Meeting(g.Meeting); err != nil {
			return err
		}
		n, err := networkIn(tx, i.Meeting.Network)
		if err != nil {
			return err
		}
		z, err := tx.Zone()
		if err != nil {
			return err
		}
		i.Network, i.Language, i.Over = n.Name, n.Regime[0], !i.From.After(tx.Now()) || !i.Cancelled.IsZero()
		if i.At, err = z.Location(); err != nil {
			return err
		}
		i.Answer, err = tx.AnswerOf(g)
		return err
	})
	return i, err
}

// AnswerInvitation records whether the guest behind a link comes. The last answer counts. Errors: error.meeting.over (Conflict),
// error.token.unknown (NotFound).
func AnswerInvitation(ctx context.Context, db *store.DB, link string, comes bool) error {
	i, err := InvitationBehind(ctx, db, link)
	switch {
	case err != nil:
		return err
	case i == nil:
		return buurtbel.Fail(buurtbel.NotFound, "error.token.unknown", nil)
	case i.Over:
		return buurtbel.Fail(buurtbel.Conflict, "error.meeting.over", nil)
	}
	answer := "no"
	if comes {
		answer = "yes"
	}
	return db.Write(ctx, buurtbel.Scope{Zone: i.Guest.Zone}, func(tx *store.Tx) error { return tx.AnswerMeeting(i.Guest, answer) })
}

// WriteMinutes stores how many were there, the minutes and the votes of a meeting that began.
//
// Errors: error.meeting.early (Conflict), error.meeting.votes (Invalid).
func WriteMinutes(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, was store.Meeting) error {
	m, err := OneMeeting(ctx, db, actor, zone, was.ID)
	if err == nil && m.From.After(db.Now()) {
		err = buurtbel.Fail(buurtbel.Conflict, "error.meeting.early", nil)
	}
	if err != nil {
		return err
	}
	for _, v := range was.Votes {
		if v.Question == "" || min(v.Yes, v.No, v.Blank) < 0 || was.Attended > 0 && v.Yes+v.No+v.Blank > was.Attended {
			return buurtbel.Fail(buurtbel.Invalid, "error.meeting.votes", nil)
		}
	}
	m.Attended, m.Minutes, m.Votes = was.Attended, was.Minutes, was.Votes
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.PutMinutes(m); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "minutes of meeting %s, %d there, %d votes", m.ID, m.Attended, len(m.Votes)))
	})
}

// CancelMeeting takes a meeting back. Errors: error.meeting.moved (Conflict).
func CancelMeeting(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, meeting buurtbel.ID) error {
	if _, err := OneMeeting(ctx, db, actor, zone, meeting); err != nil {
		return err
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.CancelMeeting(meeting); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "meeting %s cancelled", meeting))
	})
}
