package store

import (
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// FinishTask ends a task as it was taken, in the transaction of the verb's own effect, so that the effect happens once. With a
// moment in again the task stays for then. When the same work was left anew meanwhile, it runs once more at once. Conflict
// (error.task.taken) when the claim holds no more, because another one took the task or the task was ended already: then the effect must not happen here.
func (tx *Tx) FinishTask(t Task, again time.Time) error {
	held := ` where id = $1 and zone = $2 and claim = $3 and tries = $4 and lease <> 0`
	n, err := int64(0), error(nil)
	if again.IsZero() {
		n, err = tx.exec(`delete from task`+held, t.ID, t.Zone, t.claim, t.Tries+1)
	} else {
		tx.Wake()
		n, err = tx.exec(`update task set due = $5, lease = 0, tries = 0, last_error = ''`+held, t.ID, t.Zone, t.claim, t.Tries+1, micros(again))
	}
	if err != nil {
		return fmt.Errorf("end task: %w", err)
	}
	if n == 1 {
		return nil
	}
	n, err = tx.exec(`update task set lease = 0 where id = $1 and zone = $2 and claim = $3 and tries = 0 and lease <> 0`, t.ID, t.Zone, t.claim)
	if err != nil {
		return fmt.Errorf("free task: %w", err)
	}
	if n == 0 {
		return buurtbel.Fail(buurtbel.Conflict, "error.task.taken", nil)
	}
	tx.Wake()
	return nil
}

// PauseTask puts a held task off after a failure. When it was due stays as it was: verbs reckon from it.
func (tx *Tx) PauseTask(t Task, until time.Time, word string) error {
	if word == "" {
		word = "other" // FreeTasks tells by the word that the task rests
	}
	_, err := tx.exec(`update task set lease = $1, last_error = $2 where id = $3 and zone = $4 and claim = $5 and lease <> 0`,
		micros(until), word, t.ID, t.Zone, t.claim)
	if err != nil {
		return fmt.Errorf("put task off: %w", err)
	}
	return nil
}

// TaskDue gives when a held task became due.
func (tx *Tx) TaskDue(t Task) (time.Time, error) {
	var due int64
	err := tx.row(`select due from task where id = $1 and zone = $2`, t.ID, t.Zone).Scan(&due)
	return instant(due), missing(err, "error.task.taken")
}
