package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Node is a process that works the database, as its heartbeat says. Boot and Seen are of its own clock, which may differ from ours: whether it
// lives shows only in Seen changing.
type Node struct {
	ID       int
	Boot     time.Time
	Seen     time.Time
	Carriers map[string]int // it has open, and how many of its lines it uses
}

// TakeNode makes this process the one that works as its node since boot. Who did so before can beat no more.
func (tx *Tx) TakeNode(boot time.Time, carriers map[string]int) error {
	list, err := carrierList(carriers)
	if err != nil {
		return err
	}
	_, err = tx.exec(`insert into node (id, boot, seen_at, carriers) values ($1, $2, $3, $4)
		on conflict (id) do update set boot = excluded.boot, seen_at = excluded.seen_at, carriers = excluded.carriers`,
		tx.db.node, micros(boot), micros(tx.now), list)
	if err != nil {
		return fmt.Errorf("take node: %w", err)
	}
	return nil
}

// Beat tells the other processes that this node lives. Conflict (error.store.in-use) when another process works as this node by now: then
// this one must end.
func (tx *Tx) Beat(boot time.Time, carriers map[string]int) error {
	list, err := carrierList(carriers)
	if err == nil {
		err = tx.execOne(tx.db.inUse(nil), `update node set seen_at = $1, carriers = $2 where id = $3 and boot = $4`, micros(tx.now), list, tx.db.node, micros(boot))
	}
	if err != nil {
		return fmt.Errorf("beat: %w", err)
	}
	return nil
}

func carrierList(carriers map[string]int) (string, error) {
	if len(carriers) == 0 {
		return "{}", nil
	}
	b, err := json.Marshal(carriers)
	if err != nil {
		return "", fmt.Errorf("write carriers: %w", err)
	}
	return string(b), nil
}

// LeaveNode says that this node has ended: who takes it next need not wait, and its share of the carriers is free.
func (tx *Tx) LeaveNode(boot time.Time) error {
	_, err := tx.exec(`update node set seen_at = 0, carriers = '{}' where id = $1 and boot = $2`, tx.db.node, micros(boot))
	if err != nil {
		return fmt.Errorf("leave node: %w", err)
	}
	return nil
}

// Nodes lists every node that ever worked this database, in order. For loops.
func (tx *Tx) Nodes() ([]Node, error) {
	var out []Node
	err := tx.each(func(r *sql.Rows) error {
		var n Node
		var boot, seen int64
		var carriers string
		if err := r.Scan(&n.ID, &boot, &seen, &carriers); err != nil {
			return err
		}
		n.Boot, n.Seen = instant(boot), instant(seen)
		out = append(out, n)
		return json.Unmarshal([]byte(carriers), &out[len(out)-1].Carriers)
	}, `select id, boot, seen_at, carriers from node order by id`)
	if err != nil {
		return nil, fmt.Errorf("read nodes: %w", err)
	}
	return out, nil
}

// FreeTasks gives back the tasks that a node held which lives no more. A slow holder cannot end one of them any more once another took it.
func (tx *Tx) FreeTasks(node int) (int64, error) {
	n, err := tx.exec(`update task set lease = 0 where node = $1 and lease > $2 and last_error = ''`, node, micros(tx.now))
	if err != nil {
		return 0, fmt.Errorf("free tasks: %w", err)
	}
	if n > 0 {
		tx.Wake()
	}
	return n, nil
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

// When a clock was put back, or a node with a clock ahead of ours died, rows that were due wait for a moment that comes late. What was due then
// is due now, and pauses that were reckoned from then are reckoned from now. What waits for a moment of the day, such as the morning, goes on
// waiting for it.
var (
	pullDue = pair{
		lite: `update delivery set due = $1 where id in (select id from delivery where message = $2 and zone = $3 and open = 1 and state = 'queued'
			and due > $1 and due <= $4 limit $5) and state = 'queued'`,
		pg: `update delivery set due = $1 where id in (select id from delivery where message = $2 and zone = $3 and open = 1 and state = 'queued'
			and due > $1 and due <= $4 order by id limit $5 for update skip locked) and state = 'queued'`,
	}
	pullRetries = pair{
		lite: `update delivery set due = due - $1 where message = $2 and zone = $3 and open = 1 and state = 'queued' and due > $4 and due <= $5
			and (tries > 0 or channel = 'voice' and due <= $6)`,
		pg: `update delivery set due = due - $1 where message = $2 and zone = $3 and open = 1 and state = 'queued' and due > $4 and due <= $5
			and (tries > 0 or channel = 'voice' and due <= $6)`,
	}
)

// PullDue makes deliveries of a message of the scope's zone due now that were due until then, which lies ahead; at most n. It gives how many.
func (tx *Tx) PullDue(message buurtbel.ID, then time.Time, n int) (int64, error) {
	tx.Wake()
	done, err := tx.exec(tx.pick(pullDue), micros(tx.now), message, tx.scope.Zone, micros(then), n)
	if err != nil {
		return 0, fmt.Errorf("pull deliveries forward: %w", err)
	}
	return done, nil
}

// mostCascade is how long a call at most waits for a text to arrive; what waits longer waits for a moment of the day.
const mostCascade = 15 * time.Minute

// PullRetries brings forward, by as much as then lies ahead, further tries of a message of the scope's zone that are due after a moment, and
// calls that wait whether a text arrives; about n of them. It gives how far it came; zero: it is through.
func (tx *Tx) PullRetries(message buurtbel.ID, then, after time.Time, n int) (time.Time, error) {
	var last sql.Null[int64]
	calls := micros(then.Add(mostCascade))
	err := tx.row(`select max(due) from (select due from delivery where message = $1 and zone = $2 and open = 1 and state = 'queued'
		and due > $3 and (tries > 0 or channel = 'voice' and due <= $4) order by due limit $5) x`, message, tx.scope.Zone, micros(after), calls, n).Scan(&last)
	if err == nil && last.Valid {
		tx.Wake()
		_, err = tx.exec(tx.pick(pullRetries), then.Sub(tx.now).Microseconds(), message, tx.scope.Zone, micros(after), last.V, calls)
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("pull further tries forward: %w", err)
	}
	return instant(last.V), nil
}

// PullRest is PullDue for all that is no delivery: tasks, their leases by this node, texts that came in, and receipts that wait for their answer.
func (tx *Tx) PullRest(then time.Time) error {
	now, ahead := micros(tx.now), then.Sub(tx.now).Microseconds()
	for _, q := range []struct {
		query string
		args  []any
	}{
		{`update task set due = $1 where due > $1 and due <= $2`, []any{now, micros(then)}},
		{`update task set lease = lease - $1 where node = $2 and lease > $3`, []any{ahead, tx.db.node, now}},
		{`update inbound set due = $1 where state = 'new' and due > $1`, []any{now}},
		{`update early_receipt set due = $1 where due > $1`, []any{now}},
	} {
		if _, err := tx.exec(q.query, q.args...); err != nil {
			return fmt.Errorf("pull work forward: %w", err)
		}
	}
	tx.Wake()
	return nil
}
