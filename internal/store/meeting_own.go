package store

import (
	"fmt"

	"github.com/buurtbel/buurtbel"
)

// MeetingsFor lists the meetings that are not over and of which a person was told, the first first, with the person's own answers.
func (tx *Tx) MeetingsFor(person buurtbel.ID) ([]SelfMeeting, error) {
	ids, err := tx.memberIDs(`select m.id from meeting m where m.zone = $1 and m.until_at > $2 and exists
		(select 1 from meeting_letter l join recipient r on r.message = l.message where l.meeting = m.id and r.member = $3) order by m.from_at, m.id`, tx.scope.Zone, micros(tx.now), person)
	if err != nil {
		return nil, fmt.Errorf("read a person's invitations: %w", err)
	}
	out := make([]SelfMeeting, len(ids))
	for i, id := range ids {
		if out[i].Meeting, err = tx.Meeting(id); err != nil {
			return nil, err
		}
		if out[i].Answer, err = tx.AnswerOf(Guest{Zone: tx.scope.Zone, Meeting: id, Member: person}); err != nil {
			return nil, err
		}
	}
	return out, nil
}
