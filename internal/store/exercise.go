package store

import (
	"database/sql"
	"fmt"

	"github.com/buurtbel/buurtbel"
)

// LeaveExercises records that a member of a network wishes no exercises. It is false when that was known. NotFound (error.person.unknown) when
// the network has no such member.
func (tx *Tx) LeaveExercises(network, member, by buurtbel.ID, how string) (bool, error) {
	var n int
	err := tx.row(`select count(*) from member where id = $1 and network = $2 and zone = $3 and state in ('active', 'suspended')`, member, network, tx.scope.Zone).Scan(&n)
	if err == nil && n == 0 {
		err = buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
	}
	if err != nil {
		return false, err
	}
	changed, err := tx.exec(`insert into exercise_out (member, zone, network, at, by_id, how) values ($1, $2, $3, $4, $5, $6) on conflict (member) do nothing`,
		member, tx.scope.Zone, network, micros(tx.now), by, how)
	if err != nil {
		return false, fmt.Errorf("leave exercises: %w", err)
	}
	return changed == 1, nil
}

// JoinExercises records that a member takes part in exercises again. It is false when the member did.
func (tx *Tx) JoinExercises(network, member buurtbel.ID) (bool, error) {
	n, err := tx.exec(`delete from exercise_out where member = $1 and network = $2 and zone = $3`, member, network, tx.scope.Zone)
	if err != nil {
		return false, fmt.Errorf("join exercises: %w", err)
	}
	return n == 1, nil
}

// OutOfExercises lists the members of the scope's zone who wish no exercises, in order.
func (tx *Tx) OutOfExercises() ([]buurtbel.ID, error) {
	var out []buurtbel.ID
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		err := r.Scan(&id)
		out = append(out, id)
		return err
	}, `select member from exercise_out where zone = $1 order by member`, tx.scope.Zone)
	return out, err
}
