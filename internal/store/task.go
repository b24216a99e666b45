package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Task is work that a verb left for later: a kind, and the id of what it is about. It holds ids only.
type Task struct {
	ID, Zone, Subject buurtbel.ID
	Kind              string
	Tries             int

	claim buurtbel.ID // of who takes it: no two claims are alike, those of one process neither
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

// DueTasks lists tasks that are due and that nobody holds, at most each of a kind, the oldest first; none of the kinds in without. TakeTask
// takes one, in the name of the claim that each is given here.
func (tx *Tx) DueTasks(each int, without []string) ([]Task, error) {
	p := pair{
		lite: `select id, zone, kind, subject, tries from (select *, row_number() over (partition by kind order by due, id) as place from task
			where due <= $1 and lease <= $2 and kind not in (select value from json_each($3))) t where place <= $4 order by due, id`,
		pg: `select id, zone, kind, subject, tries from (select *, row_number() over (partition by kind order by due, id) as place from task
			where due <= $1 and lease <= $2 and kind not in (select value from jsonb_array_elements_text($3::jsonb) j(value))) t where place <= $4 order by due, id`,
	}
	kinds, err := kindList(without)
	if err != nil {
		return nil, err
	}
	var out []Task
	err = tx.each(func(r *sql.Rows) error {
		t := Task{claim: tx.db.ids.Next(tx.now)}
		err := r.Scan(&t.ID, &t.Zone, &t.Kind, &t.Subject, &t.Tries)
		out = append(out, t)
		return err
	}, tx.pick(p), micros(tx.now), micros(tx.now), kinds, each)
	if err != nil {
		return nil, fmt.Errorf("read due tasks: %w", err)
	}
	return out, nil
}

// TakeTask claims a task as DueTasks gave it; false when another process was first, or it is due no more.
func (tx *Tx) TakeTask(t Task) (bool, error) {
	n, err := tx.exec(`update task set lease = $1, node = $2, claim = $8, tries = tries + 1, last_error = '' where id = $3 and zone = $4 and tries = $5 and due <= $6 and lease <= $7`,
		micros(tx.now.Add(taskLease)), tx.db.node, t.ID, t.Zone, t.Tries, micros(tx.now), micros(tx.now), t.claim)
	if err != nil {
		return false, fmt.Errorf("take task: %w", err)
	}
	return n == 1, nil
}

// NextTask gives when the next task is due that is none of the kinds in without; zero when there is none.
func (tx *Tx) NextTask(without ...string) (time.Time, error) {
	p := pair{
		lite: `select min(case when lease > due then lease else due end) from task where kind not in (select value from json_each($1))`,
		pg:   `select min(case when lease > due then lease else due end) from task where kind not in (select value from jsonb_array_elements_text($1::jsonb) j(value))`,
	}
	kinds, err := kindList(without)
	if err != nil {
		return time.Time{}, err
	}
	var due sql.Null[int64]
	err = tx.row(tx.pick(p), kinds).Scan(&due)
	return instant(due.V), err
}

func kindList(kinds []string) (string, error) {
	if len(kinds) == 0 {
		return "[]", nil
	}
	b, err := json.Marshal(kinds)
	if err != nil {
		return "", fmt.Errorf("write kinds: %w", err)
	}
	return string(b), nil
}
