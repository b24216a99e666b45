package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Task is work that a verb left for later: a kind, and the id of what it is about. It holds ids only.
type Task struct {
	ID, Zone, Subject buurtbel.ID
	Kind              string
	Tries             int
}

// Later leaves work for later, in the same transaction as its cause. The same kind for the same subject is one task: the earlier moment counts.
func (tx *Tx) Later(kind string, subject buurtbel.ID, notBefore time.Time) error {
	return tx.LaterIn(tx.scope.Zone, kind, subject, notBefore)
}

// LaterIn is Later for work of another zone than the scope's; zone 0 is the installation.
func (tx *Tx) LaterIn(zone buurtbel.ID, kind string, subject buurtbel.ID, notBefore time.Time) error {
	_, err := tx.exec(`insert into task (id, zone, kind, subject, due, tries, node, lease, last_error) values ($1, $2, $3, $4, $5, 0, 0, 0, '')
		on conflict (kind, subject, zone) do update set due = case when excluded.due < task.due then excluded.due else task.due end,
			tries = case when task.lease <> 0 then 0 else task.tries end`, // who holds it sees that it was left anew: see FinishTask
		tx.db.ids.Next(tx.now), zone, kind, subject, micros(notBefore))
	if err != nil {
		return fmt.Errorf("leave %s for later: %w", kind, err)
	}
	tx.Wake()
	return nil
}

// taskLease is how long a process may work on a task before another takes it.
const taskLease = 30 * time.Second

// TakeTasks claims due tasks, at most n.
func (tx *Tx) TakeTasks(n int) ([]Task, error) {
	p := pair{lite: `select id, zone, kind, subject, tries from task where due <= $1 and lease <= $2 order by due limit $3`}
	p.pg = p.lite + ` for update skip locked`
	var out []Task
	err := tx.each(func(r *sql.Rows) error {
		var t Task
		err := r.Scan(&t.ID, &t.Zone, &t.Kind, &t.Subject, &t.Tries)
		out = append(out, t)
		return err
	}, tx.pick(p), micros(tx.now), micros(tx.now), n)
	if err != nil {
		return nil, fmt.Errorf("read due tasks: %w", err)
	}
	for _, t := range out {
		if _, err := tx.exec(`update task set lease = $1, node = $2, tries = tries + 1 where id = $3`, micros(tx.now.Add(taskLease)), tx.db.node, t.ID); err != nil {
			return nil, fmt.Errorf("take task: %w", err)
		}
	}
	return out, nil
}

// NextTask gives when the next task is due; zero when there is none.
func (tx *Tx) NextTask() (time.Time, error) {
	var due sql.Null[int64]
	err := tx.row(`select min(case when lease > due then lease else due end) from task`).Scan(&due)
	return instant(due.V), err
}
