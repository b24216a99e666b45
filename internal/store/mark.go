package store

import (
	"database/sql"
	"errors"
	"fmt"
)

// The marks: what every process keeps a copy of.
const (
	MarkAddresses = "addresses" // the register
	MarkNetworks  = "networks"  // networks and their areas, of every zone
)

// moveMark tells every process that something changed, in the transaction that changes it. Who reads the new number sees the change too: a
// second transaction waits for the row.
func (tx *Tx) moveMark(name string) error {
	if _, err := tx.exec(`insert into mark (name, n) values ($1, 1) on conflict (name) do update set n = mark.n + 1`, name); err != nil {
		return fmt.Errorf("note a change of %s: %w", name, err)
	}
	return nil
}

// Mark gives how often something changed.
func (tx *Tx) Mark(name string) (n int64, err error) {
	err = tx.row(`select n from mark where name = $1`, name).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}
