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

// EndMandate ends a mandate of the scope's zone now.
func (tx *Tx) EndMandate(id buurtbel.ID) error {
	err := tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.mandate.unknown", nil),
		`update mandate set until_at = $1 where id = $2 and zone = $3 and (until_at = 0 or until_at > $4)`, micros(tx.now), id, tx.scope.Zone, micros(tx.now))
	if err != nil {
		return fmt.Errorf("end mandate: %w", err)
	}
	return nil
}
