package store

import (
	"fmt"

	"github.com/buurtbel/buurtbel"
)

// MoveMember changes where a membership stands, and tells the audience index. NotFound (error.person.unknown) for who is no member of
// the scope's zone.
func (tx *Tx) MoveMember(id buurtbel.ID, to buurtbel.MemberState) error {
	err := tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil),
		`update member set state = $1 where id = $2 and zone = $3`, to, id, tx.scope.Zone)
	if err != nil {
		return fmt.Errorf("move member: %w", err)
	}
	changes := newBatch(1, 24)
	changes.row().id("m", id).end()
	return tx.changed(changes.done())
}

// NetworkOf gives the network of a member of the scope's zone. NotFound (error.person.unknown) for who is none.
func (tx *Tx) NetworkOf(member buurtbel.ID) (network buurtbel.ID, err error) {
	err = tx.row(`select network from member where id = $1 and zone = $2`, member, tx.scope.Zone).Scan(&network)
	return network, missing(err, "error.person.unknown")
}
