package store

import (
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// GoneMembers lists members of the scope's zone who left before a moment and whose erasing was not begun, at most n.
func (tx *Tx) GoneMembers(before time.Time, n int) ([]buurtbel.ID, error) {
	list, err := tx.memberIDs(`select id from member where zone = $1 and left_at <> 0 and left_at < $2
		and not exists (select 1 from task t where t.kind = 'erase-member' and t.subject = member.id) order by left_at limit $3`, tx.scope.Zone, micros(before), n)
	if err != nil {
		return nil, fmt.Errorf("look for former members: %w", err)
	}
	return list, nil
}

// LeftSince lists the members of a network who left since a moment, the newest first.
func (tx *Tx) LeftSince(network buurtbel.ID, since time.Time) ([]buurtbel.ID, error) {
	list, err := tx.memberIDs(`select id from member where zone = $1 and network = $2 and left_at >= $3 order by left_at desc`, tx.scope.Zone, network, micros(since))
	if err != nil {
		return nil, fmt.Errorf("look for who left: %w", err)
	}
	return list, nil
}

// ZoneOf tells in which zone a member is. For who has an id from outside and no zone.
//
// Errors: error.person.unknown (NotFound), also for who was erased.
func (tx *Tx) ZoneOf(member buurtbel.ID) (zone buurtbel.ID, err error) {
	err = tx.row(`select zone from member where id = $1`, member).Scan(&zone)
	return zone, missing(err, "error.person.unknown")
}
