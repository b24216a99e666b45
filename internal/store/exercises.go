package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

const exerciseColumns = `id, zone, network, state, day, morning, since, cost, agreed, agreed_by, agreed_at, announced_at, message,
	launched_at, launched_by, alert, ended_at, ended_by, reason, follows, reminded_at, people, arrived, heard`

// InsertExercise stores a proposed exercise. Conflict (error.exercise.exists) when the network has one that is still to be held.
func (tx *Tx) InsertExercise(e *buurtbel.Exercise) error {
	cost, reason, err := tx.exerciseParts(e)
	if err != nil {
		return err
	}
	_, err = tx.exec(`insert into exercise (`+exerciseColumns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24)`,
		e.ID, tx.scope.Zone, e.Network, e.State, int64(e.Day), flag(e.Morning), micros(e.Since), cost, e.Agreed, e.AgreedBy, micros(e.AgreedAt), micros(e.AnnouncedAt), e.Message,
		micros(e.LaunchedAt), e.LaunchedBy, e.Alert, micros(e.EndedAt), e.EndedBy, reason, e.Follows, micros(e.RemindedAt), e.Reach.People, e.Reach.Arrived, e.Reach.Heard)
	if duplicate(err) {
		return buurtbel.FailWith(err, buurtbel.Conflict, "error.exercise.exists", nil)
	}
	if err != nil {
		return fmt.Errorf("insert exercise: %w", err)
	}
	return nil
}

func (tx *Tx) exerciseParts(e *buurtbel.Exercise) (cost string, reason []byte, err error) {
	b, err := json.Marshal(e.Cost)
	if err != nil {
		return "", nil, fmt.Errorf("write cost of exercise: %w", err)
	}
	sealed, err := tx.seal("exercise", "reason", e.ID, []byte(e.Reason))
	if err != nil {
		return "", nil, fmt.Errorf("seal reason of exercise: %w", err)
	}
	return string(b), sealed, nil
}

// ChangeExercise stores what an exercise is now, if it still is what was read: state, day and since when it waits. Conflict
// (error.exercise.moved) when somebody else was first. So one announcement goes out, and one launch.
func (tx *Tx) ChangeExercise(was, e *buurtbel.Exercise) error {
	cost, reason, err := tx.exerciseParts(e)
	if err != nil {
		return err
	}
	miss := buurtbel.Fail(buurtbel.Conflict, "error.exercise.moved", nil)
	return tx.execOne(miss, `update exercise set state = $1, day = $2, morning = $3, since = $4, cost = $5, agreed = $6, agreed_by = $7, agreed_at = $8, announced_at = $9,
		message = $10, launched_at = $11, launched_by = $12, alert = $13, ended_at = $14, ended_by = $15, reason = $16, reminded_at = $17, people = $18, arrived = $19, heard = $20
		where id = $21 and zone = $22 and state = $23 and day = $24 and since = $25`,
		e.State, int64(e.Day), flag(e.Morning), micros(e.Since), cost, e.Agreed, e.AgreedBy, micros(e.AgreedAt), micros(e.AnnouncedAt), e.Message, micros(e.LaunchedAt), e.LaunchedBy,
		e.Alert, micros(e.EndedAt), e.EndedBy, reason, micros(e.RemindedAt), e.Reach.People, e.Reach.Arrived, e.Reach.Heard,
		e.ID, tx.scope.Zone, was.State, int64(was.Day), micros(was.Since))
}

func (tx *Tx) scanExercise(scan func(...any) error) (*buurtbel.Exercise, error) {
	var e buurtbel.Exercise
	var day, morning, since, agreed, announced, launched, ended, reminded int64
	var cost string
	var reason vault.Sealed
	err := scan(&e.ID, &e.Zone, &e.Network, &e.State, &day, &morning, &since, &cost, &e.Agreed, &e.AgreedBy, &agreed, &announced, &e.Message,
		&launched, &e.LaunchedBy, &e.Alert, &ended, &e.EndedBy, &reason, &e.Follows, &reminded, &e.Reach.People, &e.Reach.Arrived, &e.Reach.Heard)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(cost), &e.Cost); err != nil {
		return nil, fmt.Errorf("read cost of exercise %s: %w", e.ID, err)
	}
	plain, err := tx.open("exercise", "reason", e.ID, reason)
	if err != nil {
		return nil, fmt.Errorf("open reason of exercise: %w", err)
	}
	e.Day, e.Morning, e.Since, e.Reason = buurtbel.Day(day), morning != 0, instant(since), string(plain)
	e.AgreedAt, e.AnnouncedAt, e.LaunchedAt, e.EndedAt, e.RemindedAt = instant(agreed), instant(announced), instant(launched), instant(ended), instant(reminded)
	return &e, nil
}

// Exercise reads an exercise of the scope's zone. NotFound: error.exercise.unknown.
func (tx *Tx) Exercise(id buurtbel.ID) (*buurtbel.Exercise, error) {
	e, err := tx.scanExercise(tx.row(`select `+exerciseColumns+` from exercise where id = $1 and zone = $2`, id, tx.scope.Zone).Scan)
	if err != nil {
		return nil, missing(err, "error.exercise.unknown")
	}
	return e, nil
}

// Exercises lists the exercises of the scope's zone from a day on, the last day first.
func (tx *Tx) Exercises(from buurtbel.Day) ([]*buurtbel.Exercise, error) {
	out, err := list(tx, tx.scanExercise, `select `+exerciseColumns+` from exercise where zone = $1 and day >= $2 order by day desc, id desc`, tx.scope.Zone, int64(from))
	if err != nil {
		return nil, fmt.Errorf("read exercises: %w", err)
	}
	return out, nil
}

// Drill is an exercise that police launched, planned or not.
type Drill struct {
	Networks []buurtbel.ID
	At       time.Time
}

// Drills lists the exercises that police launched in the scope's zone since a moment. One that waits for a second person, or that was refused, counts not.
func (tx *Tx) Drills(since time.Time) ([]Drill, error) {
	var out []Drill
	err := tx.each(func(r *sql.Rows) error {
		var networks string
		var at int64
		if err := r.Scan(&networks, &at); err != nil {
			return err
		}
		d := Drill{At: instant(at)}
		out = append(out, d)
		return json.Unmarshal([]byte(networks), &out[len(out)-1].Networks)
	}, `select networks, at from alert where zone = $1 and exercise = 1 and at >= $2 and state not in ('waiting', 'refused') order by at`, tx.scope.Zone, micros(since))
	if err != nil {
		return nil, fmt.Errorf("read exercises that were launched: %w", err)
	}
	return out, nil
}
