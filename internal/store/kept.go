package store

import (
	"context"
	"database/sql"
	"fmt"
)

// hot are the statements of every batch that is sent. SQLite's one writing connection keeps them prepared: to read their text anew each time
// costs as much as a fifth of a batch. On PostgreSQL the driver keeps all statements itself.
var hot = []pair{claimRows, claimUpdate, claimAttempts, recordAttempts, recordAttemptsAlike, recordDeliveriesAlike, insertRecipients, insertDeliveries}

// keep prepares the hot statements; it is called once, when the tables are up to date.
func (db *DB) keep(ctx context.Context) error {
	if db.engine != SQLite {
		return nil
	}
	db.kept = map[string]*sql.Stmt{}
	for _, p := range hot {
		s, err := db.write.PrepareContext(ctx, p.lite) //nolint:sqlclosecheck // closed with the connection
		if err != nil {
			return fmt.Errorf("prepare statement: %w", err)
		}
		db.kept[p.lite] = s
	}
	return nil
}

// prepared gives a kept statement for the transaction; nil when it is not one of them.
func (tx *Tx) prepared(query string) *sql.Stmt {
	if s := tx.db.kept[query]; s != nil && tx.writes {
		return tx.sql.StmtContext(tx.ctx, s)
	}
	return nil
}
