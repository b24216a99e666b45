package store

import (
	"context"
	"database/sql"
)

// What the tests of this package reach beside its exported names.

// SQL is the pool that writes.
func (db *DB) SQL() *sql.DB { return db.write }

// Watch is the pool that reads: it is free while writers wait.
func (db *DB) Watch() *sql.DB { return db.read }

// Statements gives the two statements with which a column is sealed anew.
func (c *SealedColumn) Statements() (find, replace string) { return c.find(), c.replace() }

// Statement texts that tests run with their guard taken out.
var (
	ClaimRows   = func(db *DB) string { return (&Tx{db: db}).pick(claimRows) }
	ClaimUpdate = func(db *DB) string { return (&Tx{db: db}).pick(claimUpdate) }
)

// Gate is the queue before SQLite's writer.
type Gate struct{ g *gate }

func NewGate() Gate                                         { return Gate{newGate()} }
func (g Gate) Enter(ctx context.Context, r Rank) error      { return g.g.enter(ctx, r) }
func (g Gate) Leave()                                       { g.g.leave() }
func (tx *Tx) Raw(query string, args ...any) (int64, error) { return tx.exec(query, args...) }
func AppendJSON(s string) string                            { return string(appendJSON(nil, s)) }

// Setting reads a setting of PostgreSQL as the transaction has it.
func (tx *Tx) Setting(name string) (value string, err error) {
	err = tx.sql.QueryRowContext(tx.ctx, "select current_setting('"+name+"')").Scan(&value)
	return value, err
}

// PackIDs and UnpackIDs write and read a frozen audience.
var PackIDs, UnpackIDs = packIDs, unpackIDs

const EarlyTries, RepeatsFor, ResealSlice = earlyTries, repeats, resealSlice

// Clean makes a text from outside storable.
var Clean = clean

// TakeTasks claims due tasks, at most n of a kind.
func (tx *Tx) TakeTasks(n int) ([]Task, error) {
	due, err := tx.DueTasks(n, nil)
	var out []Task
	for _, t := range due {
		mine, err := tx.TakeTask(t)
		if err != nil {
			return nil, err
		}
		if mine {
			out = append(out, t)
		}
	}
	return out, err
}
