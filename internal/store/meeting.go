package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Meeting is something that people of a network meet for.
type Meeting struct {
	ID, Network, By   buurtbel.ID
	Kind              string // of governing.MeetingKinds
	Invites           string // of governing.MeetingInvites
	From, Until       time.Time
	Title, Place      string
	Message, Reminder buurtbel.ID // that invited, and that reminded; 0: not yet
	Cancelled         time.Time   // zero: it is on
	Attended          int         // people who were there; 0: not noted
	Minutes           string
	Yes, No           int // answers
	There             int // people who were there, by name
	Sequence          int // how often it was changed; a change names the number that it saw
	Changed           time.Time
	Votes             []MeetingVote
}

// MeetingVote is what was voted on: counts, no names.
type MeetingVote struct {
	Question       string
	Yes, No, Blank int
}

type meetingDetails struct {
	Title string `json:"title"`
	Place string `json:"place"`
}

// InsertMeeting stores a meeting.
func (tx *Tx) InsertMeeting(m Meeting) error {
	details, err := tx.sealJSON("meeting", "details", m.ID, meetingDetails{m.Title, m.Place})
	if err != nil {
		return err
	}
	minutes, err := tx.seal("meeting", "minutes", m.ID, []byte(m.Minutes))
	if err == nil {
		_, err = tx.exec(`insert into meeting (id, zone, network, kind, invites, from_at, until_at, by_id, at, message, reminder, cancelled_at, attended, details, minutes, sequence, changed_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, $10, $11, $12, 0, $13)`,
			m.ID, tx.scope.Zone, m.Network, m.Kind, m.Invites, micros(m.From), micros(m.Until), m.By, micros(tx.now), m.Attended, details, minutes, micros(tx.now))
	}
	if err != nil {
		return fmt.Errorf("insert meeting: %w", err)
	}
	return nil
}

const meetingColumns = `m.id, m.network, m.kind, m.invites, m.from_at, m.until_at, m.by_id, m.message, m.reminder, m.cancelled_at, m.attended, m.details, m.minutes, m.sequence, m.changed_at,
	(select count(*) from meeting_there p where p.meeting = m.id), (select count(*) from meeting_guest g where g.meeting = m.id and g.answer = 'yes'), (select count(*) from meeting_guest g where g.meeting = m.id and g.answer = 'no')`

func (tx *Tx) scanMeeting(scan func(...any) error) (Meeting, error) {
	var m Meeting
	var from, until, cancelled, changed int64
	var details, minutes vault.Sealed
	err := scan(&m.ID, &m.Network, &m.Kind, &m.Invites, &from, &until, &m.By, &m.Message, &m.Reminder, &cancelled, &m.Attended, &details, &minutes, &m.Sequence, &changed, &m.There, &m.Yes, &m.No)
	if err != nil {
		return m, err
	}
	m.From, m.Until, m.Cancelled, m.Changed = instant(from), instant(until), instant(cancelled), instant(changed)
	var d meetingDetails
	if err := tx.openJSON("meeting", "details", m.ID, details, &d); err != nil {
		return m, err
	}
	m.Title, m.Place = d.Title, d.Place
	plain, err := tx.open("meeting", "minutes", m.ID, minutes)
	m.Minutes = string(plain)
	return m, err
}

// Meetings lists meetings of a network of the scope's zone that end after a moment, the first first.
func (tx *Tx) Meetings(network buurtbel.ID, since time.Time) ([]Meeting, error) {
	out, err := list(tx, tx.scanMeeting, `select `+meetingColumns+` from meeting m where m.zone = $1 and m.network = $2 and m.until_at >= $3 order by m.from_at, m.id`, tx.scope.Zone, network, micros(since))
	if err != nil {
		return nil, fmt.Errorf("read meetings: %w", err)
	}
	return out, nil
}

// Meeting reads a meeting of the scope's zone with its votes. NotFound (error.meeting.unknown).
func (tx *Tx) Meeting(id buurtbel.ID) (Meeting, error) {
	m, err := tx.scanMeeting(tx.row(`select `+meetingColumns+` from meeting m where m.id = $1 and m.zone = $2`, id, tx.scope.Zone).Scan)
	if err != nil {
		return m, missing(err, "error.meeting.unknown")
	}
	err = tx.each(func(r *sql.Rows) error {
		var v MeetingVote
		var number int
		var sealed vault.Sealed
		if err := r.Scan(&number, &sealed, &v.Yes, &v.No, &v.Blank); err != nil {
			return err
		}
		plain, err := tx.open("meeting_vote", fmt.Sprintf("question %d", number), id, sealed)
		v.Question = string(plain)
		m.Votes = append(m.Votes, v)
		return err
	}, `select number, question, yes, no, blank from meeting_vote where meeting = $1 and zone = $2 order by number`, id, tx.scope.Zone)
	return m, err
}

// PutMinutes stores what became of a meeting: how many were there, the minutes, the votes.
func (tx *Tx) PutMinutes(m Meeting) error {
	sealed, err := tx.seal("meeting", "minutes", m.ID, []byte(m.Minutes))
	if err != nil {
		return fmt.Errorf("seal minutes: %w", err)
	}
	err = tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.meeting.unknown", nil),
		`update meeting set attended = $1, minutes = $2 where id = $3 and zone = $4`, m.Attended, sealed, m.ID, tx.scope.Zone)
	if err == nil {
		_, err = tx.exec(`delete from meeting_vote where meeting = $1 and zone = $2`, m.ID, tx.scope.Zone)
	}
	for i, v := range m.Votes {
		if err != nil {
			return err
		}
		var question vault.Sealed
		if question, err = tx.seal("meeting_vote", fmt.Sprintf("question %d", i+1), m.ID, []byte(v.Question)); err == nil {
			_, err = tx.exec(`insert into meeting_vote (meeting, number, zone, question, yes, no, blank) values ($1, $2, $3, $4, $5, $6, $7)`,
				m.ID, i+1, tx.scope.Zone, question, v.Yes, v.No, v.Blank)
		}
	}
	return err
}

// Guest is who was mailed about a meeting, by the delivery of that mail.
type Guest struct {
	Zone, Meeting, Member buurtbel.ID
}

// GuestOf tells whom a delivery told of which meeting; ok is false when it is about none.
func (tx *Tx) GuestOf(delivery buurtbel.ID) (g Guest, ok bool, err error) {
	err = tx.row(`select l.zone, l.meeting, r.member from delivery d join recipient r on r.id = d.recipient join meeting_letter l on l.message = d.message
		where d.id = $1 and r.member > 0`, delivery).Scan(&g.Zone, &g.Meeting, &g.Member)
	if errors.Is(err, sql.ErrNoRows) {
		return g, false, nil
	}
	return g, err == nil, err
}

// AnswerMeeting records whether a guest comes; the last answer counts.
func (tx *Tx) AnswerMeeting(g Guest, answer string) error {
	_, err := tx.exec(`insert into meeting_guest (meeting, member, zone, answer, answered_at) values ($1, $2, $3, $4, $5)
		on conflict (meeting, member) do update set answer = excluded.answer, answered_at = excluded.answered_at`, g.Meeting, g.Member, tx.scope.Zone, answer, micros(tx.now))
	if err != nil {
		return fmt.Errorf("record answer: %w", err)
	}
	return nil
}

// AnswerOf gives what a guest answered; "": nothing yet.
func (tx *Tx) AnswerOf(g Guest) (answer string, err error) {
	err = tx.row(`select answer from meeting_guest where meeting = $1 and member = $2 and zone = $3`, g.Meeting, g.Member, tx.scope.Zone).Scan(&answer)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return answer, err
}

// Declined lists who said not to come.
func (tx *Tx) Declined(meeting buurtbel.ID) ([]buurtbel.ID, error) {
	return tx.memberIDs(`select member from meeting_guest where meeting = $1 and zone = $2 and answer = 'no' order by member`, meeting, tx.scope.Zone)
}
