package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Beat tells the other processes that this node lives. boot is the moment this process started.
func (tx *Tx) Beat(boot time.Time) error {
	_, err := tx.exec(`insert into node (id, boot, seen_at) values ($1, $2, $3)
		on conflict (id) do update set boot = excluded.boot, seen_at = excluded.seen_at`, tx.db.node, micros(boot), micros(tx.now))
	if err != nil {
		return fmt.Errorf("beat: %w", err)
	}
	return nil
}

// SilentNodes lists other nodes that were not heard since a moment and still hold begun attempts. For loops.
func (tx *Tx) SilentNodes(since time.Time) ([]int, error) {
	var out []int
	err := tx.each(func(r *sql.Rows) error {
		var n int
		err := r.Scan(&n)
		out = append(out, n)
		return err
	}, `select n.id from node n where n.seen_at < $1 and n.id <> $2 and exists (select 1 from delivery d where d.node = n.id and d.state = 'sending')`,
		micros(since), tx.db.node)
	return out, err
}

// OldestUndelivered gives when the oldest alert delivery that is due and not yet handed over became due; zero: none. It is the metric to page on.
func (tx *Tx) OldestUndelivered() (time.Time, error) {
	var due sql.Null[int64]
	err := tx.row(`select min(d.due) from message m join delivery d on d.message = m.id
		where m.state = 'running' and m.class = 0 and d.open = 1 and d.state in ('queued', 'sending') and d.due <= $1`, micros(tx.now)).Scan(&due)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return instant(due.V), err
}
