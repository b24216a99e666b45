package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// A commit that made work due wakes the loops of this process, and on PostgreSQL those of every other one: by a notification, which each hears
// on a connection of its own. A pooler that hands out another connection for each transaction lets nobody listen; then each process looks
// four times a second, unless a direct address is configured.

const (
	wakeChannel = "buurtbel"
	pollEvery   = 250 * time.Millisecond
	callGap     = 5 * time.Millisecond // between notifications: many commits are one
	listenAgain = 5 * time.Second      // until listening is tried again, and we look meanwhile
)

var (
	notifyAll  = pair{pg: `select pg_notify('` + wakeChannel + `', $1)`}
	backendPID = pair{pg: `select pg_backend_pid()`}
)

// newVoice names this process, so that it does not hear itself.
func newVoice() (string, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("draw a name: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}

// pooled tells whether a pooler stands between: then the number of the server process is not the one that the connection was told at first.
func pooled(ctx context.Context, settings *pgx.ConnConfig) (yes bool, err error) {
	settings = settings.Copy()
	settings.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	conn, err := pgx.ConnectConfig(ctx, settings)
	if err != nil {
		return false, err
	}
	var pid uint32
	err = conn.QueryRow(ctx, backendPID.pg).Scan(&pid)
	yes = pid != conn.PgConn().PID()
	return yes, errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
}

// tell sends word to the other processes that work became due; soon and together with others when somebody runs Hear here, at once if not.
func (db *DB) tell(ctx context.Context) {
	if db.engine == SQLite {
		return
	}
	if db.hearing.Load() {
		select {
		case db.calls <- struct{}{}:
		default: // word is on its way
		}
		return
	}
	if err := db.notify(ctx); err != nil && ctx.Err() == nil {
		db.log.Debug("tell other processes", "error", err)
	}
}

func (db *DB) notify(ctx context.Context) error {
	_, err := db.read.ExecContext(ctx, notifyAll.pg, db.voice)
	return err
}

// Hear wakes the loops when another process committed work, and tells the others of ours, until ctx is done. On SQLite there is nobody else.
func (db *DB) Hear(ctx context.Context) {
	if db.engine == SQLite {
		return
	}
	db.hearing.Store(true)
	defer db.hearing.Store(false)
	told := make(chan struct{})
	go func() {
		defer close(told)
		db.call(ctx)
	}()
	for ctx.Err() == nil {
		if !db.deaf {
			err := db.listen(ctx)
			if ctx.Err() == nil {
				db.log.Warn("listening to other processes ended; looking instead", "error", err)
			}
		}
		db.poll(ctx)
	}
	<-told
}

// call sends word for this process, at most every few milliseconds.
func (db *DB) call(ctx context.Context) {
	gap := time.NewTimer(0)
	defer gap.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-gap.C:
		}
		select {
		case <-ctx.Done():
			return
		case <-db.calls:
		}
		if err := db.notify(ctx); err != nil && ctx.Err() == nil {
			db.log.Debug("tell other processes", "error", err)
		}
		gap.Reset(callGap)
	}
}

// listen hears others until the connection breaks. What was said before it began is looked for at once.
func (db *DB) listen(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, db.direct.Copy())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it holds nothing
	if _, err := conn.Exec(ctx, "listen "+wakeChannel); err != nil {
		return err
	}
	db.wake()
	for {
		word, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if word.Payload != db.voice {
			db.wake()
		}
	}
}

// poll wakes the loops a few times a second, for a while; where nobody can listen, until ctx is done.
func (db *DB) poll(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	var enough <-chan time.Time
	if !db.deaf {
		enough = time.After(listenAgain)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-enough:
			return
		case <-tick.C:
			db.wake()
		}
	}
}

// Pooled tells whether a pooler stands between this process and the database; Listens whether other processes' commits are heard at once.
func (db *DB) Pooled() bool { return db.pooled }

// Listens tells whether other processes' commits are heard at once, or looked for a few times a second.
func (db *DB) Listens() bool { return db.engine == Postgres && !db.deaf }

// openDirect opens one connection beside the pools, on which a session's own things hold: locks, and setting up tables.
func (db *DB) openDirect() *sql.DB {
	direct := stdlib.OpenDB(*db.direct.Copy())
	direct.SetMaxOpenConns(1)
	return direct
}
