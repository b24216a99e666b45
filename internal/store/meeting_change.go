package store

import (
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
)

// What a message tells of a meeting.
const (
	LetterInvite = "invite"
	LetterRemind = "remind"
	LetterMove   = "move"
	LetterCancel = "cancel"
)

func meetingMoved() error { return buurtbel.Fail(buurtbel.Conflict, "error.meeting.moved", nil) }

// MarkMeeting records that a message invites to a meeting, or reminds of it, once, and that it says how the meeting stands now: sequence is the
// number that its writer saw. Conflict (error.meeting.moved).
func (tx *Tx) MarkMeeting(id, message buurtbel.ID, what string, sequence int) error {
	query := `update meeting set message = $1 where id = $2 and zone = $3 and message = 0 and cancelled_at = 0 and sequence = $4`
	if what == LetterRemind {
		query = `update meeting set reminder = $1 where id = $2 and zone = $3 and reminder = 0 and cancelled_at = 0 and sequence = $4`
	}
	if err := tx.execOne(meetingMoved(), query, message, id, tx.scope.Zone, sequence); err != nil {
		return err
	}
	return tx.meetingLetter(id, message, what)
}

func (tx *Tx) meetingLetter(meeting, message buurtbel.ID, what string) error {
	_, err := tx.exec(`insert into meeting_letter (message, meeting, zone, what) values ($1, $2, $3, $4)`, message, meeting, tx.scope.Zone, what)
	if err != nil {
		return fmt.Errorf("note letter of meeting: %w", err)
	}
	return nil
}

// CancelMeeting takes a meeting back. message tells who was invited; 0: nobody was. What was still to be sent of it is stopped. Conflict
// (error.meeting.moved) when it was taken back or changed already, or when somebody was invited meanwhile.
func (tx *Tx) CancelMeeting(m Meeting, message buurtbel.ID) error {
	err := tx.execOne(meetingMoved(), `update meeting set cancelled_at = $1, changed_at = $2, sequence = sequence + 1
		where id = $3 and zone = $4 and cancelled_at = 0 and sequence = $5 and message = $6`, micros(tx.now), micros(tx.now), m.ID, tx.scope.Zone, m.Sequence, m.Message)
	if err != nil {
		return err
	}
	return tx.toldOfMeeting(m.ID, message, LetterCancel)
}

// MoveMeeting gives a meeting another time, place or title. message tells who was invited; 0: nobody was. With another time the answers count no
// more, and the reminder is still to come. Conflict (error.meeting.moved) as with CancelMeeting.
func (tx *Tx) MoveMeeting(was, m Meeting, message buurtbel.ID) error {
	details, err := tx.sealJSON("meeting", "details", m.ID, meetingDetails{m.Title, m.Place})
	if err != nil {
		return err
	}
	reminder := was.Reminder
	if !m.From.Equal(was.From) {
		reminder = 0
	}
	err = tx.execOne(meetingMoved(), `update meeting set from_at = $1, until_at = $2, details = $3, reminder = $4, changed_at = $5, sequence = sequence + 1
		where id = $6 and zone = $7 and cancelled_at = 0 and sequence = $8 and message = $9`,
		micros(m.From), micros(m.Until), details, reminder, micros(tx.now), m.ID, tx.scope.Zone, was.Sequence, was.Message)
	if err == nil && !m.From.Equal(was.From) {
		_, err = tx.exec(`delete from meeting_guest where meeting = $1 and zone = $2`, m.ID, tx.scope.Zone)
	}
	if err != nil {
		return err
	}
	return tx.toldOfMeeting(m.ID, message, LetterMove)
}

// toldOfMeeting stops what earlier messages about a meeting have still to send, and notes the one that says how it is now.
func (tx *Tx) toldOfMeeting(meeting, message buurtbel.ID, what string) error {
	earlier, err := tx.memberIDs(`select message from meeting_letter where meeting = $1 and zone = $2 order by message`, meeting, tx.scope.Zone)
	if err != nil {
		return fmt.Errorf("read letters of meeting: %w", err)
	}
	for _, id := range earlier {
		if err := tx.StopMessage(id); err != nil {
			return fmt.Errorf("stop letter of meeting: %w", err)
		}
	}
	if message == 0 {
		return nil
	}
	return tx.meetingLetter(meeting, message, what)
}

// MarkThere replaces the names of who was at a meeting, and how many people were there in all.
func (tx *Tx) MarkThere(meeting buurtbel.ID, people []buurtbel.ID, attended int) error {
	err := tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.meeting.unknown", nil), `update meeting set attended = $1 where id = $2 and zone = $3`, attended, meeting, tx.scope.Zone)
	if err == nil {
		_, err = tx.exec(`delete from meeting_there where meeting = $1 and zone = $2`, meeting, tx.scope.Zone)
	}
	if err != nil {
		return err
	}
	p := pair{
		lite: `insert into meeting_there (meeting, person, zone) select $1, value, $2 from json_each($3)`,
		pg:   `insert into meeting_there (meeting, person, zone) select $1, value::bigint, $2 from jsonb_array_elements_text($3::jsonb) j(value)`,
	}
	if _, err := tx.exec(tx.pick(p), meeting, tx.scope.Zone, jsonIDs(slices.Compact(slices.Sorted(slices.Values(people))))); err != nil {
		return fmt.Errorf("mark who was there: %w", err)
	}
	return nil
}

// There lists who was at a meeting, by id.
func (tx *Tx) There(meeting buurtbel.ID) ([]buurtbel.ID, error) {
	return tx.memberIDs(`select person from meeting_there where meeting = $1 and zone = $2 order by person`, meeting, tx.scope.Zone)
}

// MeetingTold counts how a message about a meeting reaches those it is for.
type MeetingTold struct{ Mails, Texts, Nobody int }

// MeetingTold tells by what those are reached whom a message about a meeting is for, as far as it is planned: by mail, by text, or by neither. What
// was forgotten counts as nothing.
func (tx *Tx) MeetingTold(message buurtbel.ID) (t MeetingTold, err error) {
	err = tx.row(`select coalesce(sum(case when mails > 0 then 1 else 0 end), 0), coalesce(sum(case when mails = 0 and texts > 0 then 1 else 0 end), 0),
		coalesce(sum(case when mails = 0 and texts = 0 then 1 else 0 end), 0) from (select r.id,
			(select count(*) from delivery d where d.recipient = r.id and d.channel = 'email') as mails, (select count(*) from delivery d where d.recipient = r.id and d.channel = 'sms') as texts
			from recipient r where r.message = $1 and r.zone = $2) x`, message, tx.scope.Zone).Scan(&t.Mails, &t.Texts, &t.Nobody)
	if err != nil {
		return t, fmt.Errorf("count letters of meeting: %w", err)
	}
	return t, nil
}

// SelfMeeting is what is kept of one person and one meeting.
type SelfMeeting struct {
	Meeting
	Answer string // "yes", "no" or ""
	There  bool
}

// MeetingsOf lists the meetings to which a member was asked, and answered or came, the first first.
func (tx *Tx) MeetingsOf(member buurtbel.ID) ([]SelfMeeting, error) {
	var ids []buurtbel.ID
	found := map[buurtbel.ID]SelfMeeting{}
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		var m SelfMeeting
		var there int
		err := r.Scan(&id, &m.Answer, &there)
		m.There = there != 0
		ids, found[id] = append(ids, id), m
		return err
	}, `select m.id, coalesce(g.answer, ''), case when p.person is null then 0 else 1 end from meeting m
		left join meeting_guest g on g.meeting = m.id and g.member = $1 left join meeting_there p on p.meeting = m.id and p.person = $2
		where m.zone = $3 and (g.member is not null or p.person is not null) order by m.from_at, m.id`, member, member, tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("read a member's meetings: %w", err)
	}
	out := make([]SelfMeeting, 0, len(ids))
	for _, id := range ids {
		m := found[id]
		if m.Meeting, err = tx.Meeting(id); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// ForgetGuests forgets who said to come, and who came, to meetings that ended before a moment. How many there were stays.
func (tx *Tx) ForgetGuests(before time.Time) error {
	for _, query := range []string{
		`delete from meeting_guest where zone = $1 and meeting in (select id from meeting where zone = $2 and until_at < $3)`,
		`delete from meeting_there where zone = $1 and meeting in (select id from meeting where zone = $2 and until_at < $3)`,
	} {
		if _, err := tx.exec(query, tx.scope.Zone, tx.scope.Zone, micros(before)); err != nil {
			return fmt.Errorf("forget guests: %w", err)
		}
	}
	return nil
}
