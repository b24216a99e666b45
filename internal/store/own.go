package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/buurtbel/buurtbel"
)

// ownLock is the first of PostgreSQL's advisory locks that say which nodes are at work: "buur" in ASCII, then the node.
const ownLock = int64(0x62757572) << 32

// Own makes this process the only one that works the database as its node, until release or its end, however it ends. Two with one number would
// each take the other's begun attempts for its own past, and send again what the other has just sent. Commands that only look or decide need not own.
//
// Errors: error.store.in-use (Conflict).
func (db *DB) Own(ctx context.Context) (release func() error, err error) {
	if db.engine == Postgres {
		return db.ownNode(ctx)
	}
	return db.ownFolder(ctx)
}

// ownFolder locks a file of its own beside the database: the operating system lets go of it when the process ends.
func (db *DB) ownFolder(ctx context.Context) (func() error, error) {
	at := &url.URL{Path: filepath.Join(filepath.Dir(db.path), "serving.lock")}
	lock, err := sql.Open("sqlite", "file:"+at.EscapedPath()+"?_txlock=exclusive&_pragma=busy_timeout(0)")
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	lock.SetMaxOpenConns(1)
	tx, err := lock.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		if busy(err) {
			err = db.inUse(err)
		}
		return nil, errors.Join(err, lock.Close())
	}
	return func() error { return errors.Join(tx.Rollback(), lock.Close()) }, nil
}

var (
	lockNode   = pair{pg: `select pg_try_advisory_lock(cast($1 as bigint))`}
	unlockNode = pair{pg: `select pg_advisory_unlock(cast($1 as bigint))`}
)

// ownNode holds a lock of a session: the server lets go of it when the connection ends. Where a pooler leaves no session, heartbeats tell.
func (db *DB) ownNode(ctx context.Context) (func() error, error) {
	if db.deaf {
		return func() error { return nil }, db.unused(ctx)
	}
	pool := db.openDirect()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect for the lock: %w", err), pool.Close())
	}
	var mine bool
	err = conn.QueryRowContext(ctx, lockNode.pg, ownLock+int64(db.node)).Scan(&mine)
	if err == nil && !mine {
		err = db.inUse(nil)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close(), pool.Close())
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), unlockNode.pg, ownLock+int64(db.node))
		if err != nil && gone(err) {
			err = nil // the connection broke, and the lock with it
		}
		return errors.Join(err, conn.Close(), pool.Close())
	}, nil
}

// unheard is how long the heartbeat of a node is watched: unchanged, nobody works as it.
const unheard = 3 * time.Second

// unused looks whether a heartbeat of this node changes. One that ended in good order is known to have ended.
func (db *DB) unused(ctx context.Context) error {
	first, err := db.heartbeat(ctx)
	if err != nil || first == 0 {
		return err
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	enough := time.After(unheard)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-enough:
			return nil
		case <-tick.C:
		}
		seen, err := db.heartbeat(ctx)
		switch {
		case err != nil:
			return err
		case seen == 0:
			return nil
		case seen != first:
			return db.inUse(nil)
		}
	}
}

func (db *DB) heartbeat(ctx context.Context) (seen int64, err error) {
	err = db.Read(ctx, buurtbel.Scope{}, func(tx *Tx) error {
		err := tx.row(`select seen_at from node where id = $1`, db.node).Scan(&seen)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read heartbeat: %w", err)
	}
	return seen, nil
}

func (db *DB) inUse(err error) error {
	return buurtbel.FailWith(err, buurtbel.Conflict, "error.store.in-use", buurtbel.Args{"Node": fmt.Sprint(db.node)})
}

// CheckRing tells whether the key ring is the one that the database was sealed with, by opening some names of officials. A wrong ring would open
// nothing, find nobody, and seal new values that the right one cannot open. A few damaged values do not make a ring wrong.
//
// Errors: error.store.other-keys (Conflict).
func (db *DB) CheckRing(ctx context.Context) error {
	return db.Read(ctx, buurtbel.Scope{}, func(tx *Tx) error {
		var last error
		opened := false
		err := tx.each(func(r *sql.Rows) error {
			var id buurtbel.ID
			var name []byte
			if err := r.Scan(&id, &name); err != nil {
				return err
			}
			if _, err := tx.open("official", "name", id, name); err != nil {
				last = err
			} else {
				opened = true
			}
			return nil
		}, `select id, name from official order by id limit 5`)
		if err == nil && last != nil && !opened {
			return buurtbel.FailWith(last, buurtbel.Conflict, "error.store.other-keys", nil)
		}
		return err
	})
}
