package store

import (
	"fmt"
	"slices"

	"github.com/buurtbel/buurtbel"
)

// TaskNewcomer is the kind of task that invites who has just become a member to the meetings of which the other members were told already. Its
// subject is the member.
const TaskNewcomer = "meeting-newcomer"

// LockMeeting makes other transactions that lock the same meeting wait for this one. NotFound (error.meeting.unknown).
func (tx *Tx) LockMeeting(id buurtbel.ID) error {
	return tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.meeting.unknown", nil), `update meeting set zone = zone where id = $1 and zone = $2`, id, tx.scope.Zone)
}

// LockMeetings does so for every meeting of a network that is not over.
func (tx *Tx) LockMeetings(network buurtbel.ID) error {
	_, err := tx.exec(`update meeting set zone = zone where zone = $1 and network = $2 and until_at > $3`, tx.scope.Zone, network, micros(tx.now))
	if err != nil {
		return fmt.Errorf("lock meetings: %w", err)
	}
	return nil
}

// Invitations lists the messages that invited to a meeting, the first one first: one to all, and one to each who became a member later.
func (tx *Tx) Invitations(meeting buurtbel.ID) ([]buurtbel.ID, error) {
	return tx.memberIDs(`select message from meeting_letter where meeting = $1 and zone = $2 and what = '`+LetterInvite+`' order by message`, meeting, tx.scope.Zone)
}

// InvitedTo lists who was invited to a meeting, in order.
func (tx *Tx) InvitedTo(meeting buurtbel.ID) ([]buurtbel.ID, error) {
	letters, err := tx.Invitations(meeting)
	if err != nil {
		return nil, err
	}
	var out []buurtbel.ID
	for _, letter := range letters {
		people, err := tx.Audience(letter)
		if err != nil {
			return nil, err
		}
		out = append(out, people...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// InviteAlso records that a message invites who became a member after the others were invited, and says how the meeting stands: sequence is the
// number that its writer saw. Conflict (error.meeting.moved) when it was changed since, or nobody is invited to it.
func (tx *Tx) InviteAlso(meeting, message buurtbel.ID, sequence int) error {
	err := tx.execOne(meetingMoved(), `update meeting set zone = zone where id = $1 and zone = $2 and message <> 0 and cancelled_at = 0 and sequence = $3`, meeting, tx.scope.Zone, sequence)
	if err != nil {
		return err
	}
	return tx.meetingLetter(meeting, message, LetterInvite)
}
