package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Tx is one transaction, narrowed to a scope. All queries hang on it. Its now is fixed.
type Tx struct {
	db     *DB
	sql    *sql.Tx
	ctx    context.Context //nolint:containedctx // a Tx lives exactly as long as the call that has the context
	scope  buurtbel.Scope
	now    time.Time
	writes bool
	woken  bool
	grown  bool // GrowAudience ran: the recipients that follow must be new
}

// Read runs f in a read transaction that sees one state of the database.
func (db *DB) Read(ctx context.Context, s buurtbel.Scope, f func(*Tx) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if db.engine == Postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	t, err := db.read.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	tx := &Tx{db: db, sql: t, ctx: ctx, scope: s, now: db.now()}
	defer tx.letGo()
	return errors.Join(f(tx), t.Rollback())
}

// letGo gives the connection back when f panicked: a door may survive that, and SQLite has only one connection that writes. When the caller is gone
// there may be nothing to roll back with: then the driver gives the connection up, and the server undoes what was begun.
func (tx *Tx) letGo() {
	if err := tx.sql.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) && !gone(err) && tx.ctx.Err() == nil {
		tx.db.log.Error("roll back", "error", err)
	}
}

// Write runs f in a write transaction and commits it. f may run more than once: it contains no send, no signal and no new id.
// A full disk is told as Busy, error.store.full: nothing was half-done.
func (db *DB) Write(ctx context.Context, s buurtbel.Scope, f func(*Tx) error) error {
	return db.WriteRank(ctx, Steady, s, f)
}

// WriteRank is Write with a place in the queue before SQLite's writer.
// Bulk work rests before it while an alert is being launched, on either engine.
func (db *DB) WriteRank(ctx context.Context, r Rank, s buurtbel.Scope, f func(*Tx) error) error {
	if r == Bulk {
		db.Rest(ctx)
	}
	if db.gate != nil {
		if err := db.gate.enter(ctx, r); err != nil {
			return fmt.Errorf("wait to write: %w", err)
		}
		defer db.gate.leave()
	}
	now := db.now()
	var err error
	for try := range mostTries {
		if err = db.writeOnce(ctx, s, now, f); err == nil || !busy(err) && !errors.Is(err, errUndone) || !giveWay(ctx, try) {
			break
		}
	}
	if err != nil && full(err) {
		return buurtbel.FailWith(err, buurtbel.Busy, "error.store.full", nil)
	}
	if err != nil && (busy(err) || errors.Is(err, errUndone)) {
		return buurtbel.FailWith(err, buurtbel.Busy, "error.store.busy", nil)
	}
	return err
}

// errUndone says that the database went away before a commit was asked for: nothing was done.
var errUndone = errors.New("the database went away before the commit")

func (db *DB) undone(err error) error {
	if err != nil && db.engine == Postgres && gone(err) {
		return errors.Join(errUndone, err)
	}
	return err
}

const mostTries = 10

// giveWay waits before a transaction is repeated, each time longer and never equally long: two that met must not meet again at once. It is
// false when ctx ended meanwhile.
func giveWay(ctx context.Context, try int) bool {
	t := time.NewTimer(rand.N(time.Millisecond << min(try, 6)))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (db *DB) writeOnce(ctx context.Context, s buurtbel.Scope, now time.Time, f func(*Tx) error) error {
	t, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return db.undone(fmt.Errorf("begin writing: %w", err))
	}
	tx := &Tx{db: db, sql: t, ctx: ctx, scope: s, now: now, writes: true}
	defer tx.letGo()
	if db.pooled {
		if _, err := t.ExecContext(ctx, planLocally); err != nil {
			return db.undone(fmt.Errorf("begin writing: %w", err))
		}
	}
	if err := db.undone(f(tx)); err != nil {
		if back := t.Rollback(); back != nil && !errors.Is(back, sql.ErrTxDone) && !errors.Is(err, errUndone) {
			return errors.Join(err, back)
		}
		return err
	}
	if err := t.Commit(); err != nil {
		if over := ctx.Err(); over != nil && errors.Is(err, sql.ErrTxDone) { // it was rolled back because the caller is gone
			err = over
		}
		return fmt.Errorf("commit: %w", err)
	}
	if tx.woken {
		db.wake()
		db.tell(ctx)
	}
	return nil
}

// Now is the transaction's now, the same for all it does.
func (tx *Tx) Now() time.Time { return tx.now }

// Scope is what the transaction is narrowed to.
func (tx *Tx) Scope() buurtbel.Scope { return tx.scope }

// Wake makes the commit wake the loops: work became due.
func (tx *Tx) Wake() { tx.woken = true }

func (db *DB) wake() {
	db.wakers.Lock()
	defer db.wakers.Unlock()
	for _, c := range db.wakers.list {
		select {
		case c <- struct{}{}:
		default: // a signal is waiting already
		}
	}
}

// Subscribe gives a channel that is signalled after each commit that made work due. It has one slot: many commits are one signal.
func (db *DB) Subscribe() <-chan struct{} {
	c := make(chan struct{}, 1)
	db.wakers.Lock()
	defer db.wakers.Unlock()
	db.wakers.list = append(db.wakers.list, c)
	return c
}

// pair is one statement as both engines want it.
type pair struct{ lite, pg string }

func (tx *Tx) pick(p pair) string {
	if tx.db.engine == SQLite {
		return p.lite
	}
	return p.pg
}

func (tx *Tx) exec(query string, args ...any) (int64, error) {
	var r sql.Result
	var err error
	if s := tx.prepared(query); s != nil { //nolint:sqlclosecheck // closed with the transaction
		r, err = s.ExecContext(tx.ctx, args...)
	} else {
		r, err = tx.sql.ExecContext(tx.ctx, query, args...)
	}
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// execOne is exec for a statement that must change one row; otherwise it gives miss.
func (tx *Tx) execOne(miss error, query string, args ...any) error {
	n, err := tx.exec(query, args...)
	if err == nil && n != 1 {
		return miss
	}
	return err
}

func (tx *Tx) row(query string, args ...any) *sql.Row {
	return tx.sql.QueryRowContext(tx.ctx, query, args...)
}

// each runs scan for every row.
func (tx *Tx) each(scan func(*sql.Rows) error, query string, args ...any) error {
	var rows *sql.Rows
	var err error
	if s := tx.prepared(query); s != nil { //nolint:sqlclosecheck // closed with the transaction
		rows, err = s.QueryContext(tx.ctx, args...)
	} else {
		rows, err = tx.sql.QueryContext(tx.ctx, query, args...)
	}
	if err != nil {
		return err
	}
	defer rows.Close() // Err says what went wrong
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// list reads every row with the scan of its table.
func list[T any](tx *Tx, scan func(func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	var out []T
	err := tx.each(func(r *sql.Rows) error {
		one, err := scan(r.Scan)
		out = append(out, one)
		return err
	}, query, args...)
	return out, err
}

// spared logs that a sealed field is damaged and lets the walk go on: one damaged row must not hold back everybody else. It leaves other errors.
func (tx *Tx) spared(err error, what string, row buurtbel.ID) error {
	if buurtbel.KeyOf(err) != "error.vault.damaged" {
		return err
	}
	tx.db.log.Error("a sealed field is damaged", "field", what, "row", row.String(), "error", err)
	return nil
}

// missing turns "no rows" into NotFound with the sentence key, and leaves other errors.
func missing(err error, key string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return buurtbel.Fail(buurtbel.NotFound, key, nil)
	}
	return err
}

// micros writes an instant as Unix microseconds, UTC; the zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant reads what micros wrote.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func ad(table, column string, row buurtbel.ID) vault.AD {
	return vault.AD{Table: table, Column: column, Row: row}
}

func (tx *Tx) seal(table, column string, row buurtbel.ID, plain []byte) (vault.Sealed, error) {
	return tx.db.ring.Seal(ad(table, column, row), plain)
}

func (tx *Tx) open(table, column string, row buurtbel.ID, s vault.Sealed) ([]byte, error) {
	return tx.db.ring.Open(ad(table, column, row), s)
}
