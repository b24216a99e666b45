package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// AlertsBetween lists the alerts of the scope's zone that were launched in a stretch of time, the oldest first.
func (tx *Tx) AlertsBetween(from, until time.Time) ([]*buurtbel.Alert, error) {
	return list(tx, tx.scanAlert, `select `+alertColumns+` from alert where zone = $1 and at >= $2 and at < $3 order by id`, tx.scope.Zone, micros(from), micros(until))
}

// StopAlerting stops the running launch and updates of an alert and freezes their cursors: what was unsent is no longer true.
// Corrections and feedback go on.
func (tx *Tx) StopAlerting(alert buurtbel.ID) error {
	tx.Wake()
	err := tx.lockAlert(alert)
	if err == nil {
		_, err = tx.exec(`update message set state = 'stopped' where alert = $1 and zone = $2 and state = 'running' and kind in ('launch', 'update')`,
			alert, tx.scope.Zone)
	}
	if err != nil {
		return fmt.Errorf("stop messages: %w", err)
	}
	return nil
}

// StillReaching tells whether a launch or an update before a message may still reach somebody: it runs with recipients to plan or
// deliveries to hand over, or an attempt of it is open.
func (tx *Tx) StillReaching(alert, before buurtbel.ID) (bool, error) {
	var n int
	err := tx.row(`select count(*) from message m where m.alert = $1 and m.zone = $2 and m.id < $3 and m.finished_at = 0
		and m.kind in ('launch', 'update') and m.state in ('running', 'stopped') and (
		(m.state = 'running' and (m.cursor < m.audience_size or m.follows = 'reached'))
		or exists (select 1 from delivery d where d.message = m.id and d.open = 1 and (d.state = 'sending' or (d.state = 'queued' and m.state = 'running'))))`,
		alert, tx.scope.Zone, before).Scan(&n)
	return n > 0, err
}

// AlertingMessages lists the launch and the updates of an alert, without one of them.
func (tx *Tx) AlertingMessages(alert, without buurtbel.ID) ([]buurtbel.ID, error) {
	var out []buurtbel.ID
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		err := r.Scan(&id)
		out = append(out, id)
		return err
	}, `select id from message where alert = $1 and zone = $2 and kind in ('launch', 'update') and id <> $3 order by id`, alert, tx.scope.Zone, without)
	return out, err
}

// ReachedBy lists members after one, whom a message reached and who are not yet recipients of a following message, in order, at most n.
// Reached is rule 2's: an attempt on any contact point was handed over or is uncertain. It reads along the index, so that a whole pass in
// slices reads each recipient once.
func (tx *Tx) ReachedBy(message, following, after buurtbel.ID, n int) ([]buurtbel.ID, error) {
	var out []buurtbel.ID
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		err := r.Scan(&id)
		out = append(out, id)
		return err
	}, `select x.member from recipient x where x.message = $1 and x.zone = $2 and x.member > $3 and exists
		(select 1 from delivery d where d.recipient = x.id and (d.state in ('rang', 'handed-over', 'uncertain', 'delivered', 'heard') or d.doubts > 0 or exists
			(select 1 from attempt a where a.delivery = d.id and (a.parts > 0 or a.state in ('rang', 'handed-over', 'uncertain', 'delivered', 'heard')))))
		and not exists (select 1 from recipient y where y.message = $4 and y.member = x.member)
		order by x.member limit $5`, message, tx.scope.Zone, after, following, n)
	if err != nil {
		return nil, fmt.Errorf("read who was reached: %w", err)
	}
	return out, nil
}

// Running tells whether a message runs now. A lane asks after it committed its claim and before it sends: either the stop sees the begun
// attempts, or this sees the stop.
func (tx *Tx) Running(message buurtbel.ID) (bool, error) {
	var n int
	err := tx.row(`select count(*) from message where id = $1 and zone = $2 and state = 'running'`, message, tx.scope.Zone).Scan(&n)
	return n == 1, err
}

// Audience gives the whole frozen audience of a message, in order.
func (tx *Tx) Audience(message buurtbel.ID) ([]buurtbel.ID, error) {
	return tx.AudienceSlice(message, 0, 1<<30)
}

// AnswersTo counts the automatic answers to a contact point since a moment.
func (tx *Tx) AnswersTo(contact buurtbel.ID, since time.Time) (int, error) {
	var n int
	err := tx.row(`select count(*) from contact c join recipient r on r.member = c.member join message m on m.id = r.message
		join delivery d on d.recipient = r.id and d.contact = c.id
		where c.id = $1 and c.zone = $2 and m.zone = c.zone and m.kind = 'answer' and m.at >= $3`, contact, tx.scope.Zone, micros(since)).Scan(&n)
	return n, err
}
