package store

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/buurtbel/buurtbel"
)

// CutImport gives the import of the scope's network that was broken off while its members were written or erased; ok is false when there is none.
func (tx *Tx) CutImport() (i Import, ok bool, err error) {
	i = Import{Zone: tx.scope.Zone, Network: tx.scope.Network}
	err = tx.row(`select id, state, rows_total from import_batch where zone = $1 and network = $2 and state in ('running', 'undoing') order by id limit 1`,
		i.Zone, i.Network).Scan(&i.ID, &i.State, &i.Total)
	if errors.Is(err, sql.ErrNoRows) {
		return i, false, nil
	}
	if err == nil {
		i.Done, err = tx.CountImported(i.ID)
	}
	if err != nil {
		return i, false, fmt.Errorf("read cut import: %w", err)
	}
	return i, true, nil
}

// InsertImported stores the next members of an import that runs, after the first `after` of them. Conflict (error.import.moved) when somebody
// takes it back or goes on with it at the same moment: the import's row is locked, so that one slice is never written twice.
func (tx *Tx) InsertImported(id buurtbel.ID, after int, members []NewMember) error {
	if err := tx.MoveImport(id, ImportRunning, ImportRunning); err != nil {
		return err
	}
	n, err := tx.CountImported(id)
	if err != nil {
		return err
	}
	if n != after {
		return buurtbel.Fail(buurtbel.Conflict, "error.import.moved", nil)
	}
	return tx.InsertMembers(members)
}
