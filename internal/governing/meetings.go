package governing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
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
	if err := checkMeeting(&m, db.Now()); err != nil {
		return 0, err
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

// checkMeeting tells what a meeting lacks.
func checkMeeting(m *store.Meeting, now time.Time) error {
	switch m.Title = strings.TrimSpace(m.Title); {
	case !slices.Contains(MeetingKinds, m.Kind) || !slices.Contains(MeetingInvites, m.Invites):
		return buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	case m.Title == "":
		return buurtbel.Fail(buurtbel.Invalid, "error.meeting.title", nil)
	case m.From.IsZero() || !m.Until.After(m.From) || m.Until.Sub(m.From) > 24*time.Hour || m.From.After(now.AddDate(2, 0, 0)):
		return buurtbel.Fail(buurtbel.Invalid, "error.meeting.time", nil)
	}
	return nil
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
// Errors: error.meeting.early (Conflict), error.meeting.votes (Invalid), error.meeting.attended (Invalid) when fewer were there than by name.
func WriteMinutes(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, was store.Meeting) error {
	m, err := OneMeeting(ctx, db, actor, zone, was.ID)
	if err == nil && m.From.After(db.Now()) {
		err = buurtbel.Fail(buurtbel.Conflict, "error.meeting.early", nil)
	}
	if err != nil {
		return err
	}
	if was.Attended == 0 {
		was.Attended = m.There
	}
	if was.Attended < m.There {
		return buurtbel.Fail(buurtbel.Invalid, "error.meeting.attended", nil)
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
