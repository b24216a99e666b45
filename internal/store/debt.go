package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// InsertDebt opens the feedback debt of an alert; repetition changes nothing.
func (tx *Tx) InsertDebt(alert buurtbel.ID, due time.Time) error {
	_, err := tx.exec(`insert into debt (alert, zone, due, settled_at, ground, by_id, message) values ($1, $2, $3, 0, '', 0, 0) on conflict (alert) do nothing`,
		alert, tx.scope.Zone, micros(due))
	if err != nil {
		return fmt.Errorf("insert debt: %w", err)
	}
	return nil
}

// SettleDebt settles a debt once. Conflict (error.feedback.settled) when it was settled before.
func (tx *Tx) SettleDebt(alert, by, message buurtbel.ID, ground buurtbel.Ground) error {
	return tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.feedback.settled", nil),
		`update debt set settled_at = $1, ground = $2, by_id = $3, message = $4 where alert = $5 and zone = $6 and settled_at = 0`,
		micros(tx.now), ground, by, message, alert, tx.scope.Zone)
}

// Debt reads the debt of an alert; ok is false when it has none.
func (tx *Tx) Debt(alert buurtbel.ID) (d buurtbel.Debt, ok bool, err error) {
	var due, settled int64
	d.Alert, d.Zone = alert, tx.scope.Zone
	err = tx.row(`select due, settled_at, ground from debt where alert = $1 and zone = $2`, alert, tx.scope.Zone).Scan(&due, &settled, &d.Ground)
	if err = missing(err, "error.feedback.none"); buurtbel.KindOf(err) == buurtbel.NotFound {
		return d, false, nil
	}
	d.Due, d.Settled = instant(due), instant(settled)
	return d, err == nil, err
}

// OpenDebts lists the open debts of the scope's zone, the oldest due first.
func (tx *Tx) OpenDebts() ([]buurtbel.Debt, error) {
	var out []buurtbel.Debt
	err := tx.each(func(r *sql.Rows) error {
		d := buurtbel.Debt{Zone: tx.scope.Zone}
		var due int64
		err := r.Scan(&d.Alert, &due)
		d.Due = instant(due)
		out = append(out, d)
		return err
	}, `select alert, due from debt where zone = $1 and settled_at = 0 order by due, alert`, tx.scope.Zone)
	return out, err
}

// SilentShare counts settled debts of the scope's zone, and those of them about which nothing could be told (rule 2).
func (tx *Tx) SilentShare() (settled, silent int, err error) {
	err = tx.row(`select count(*), coalesce(sum(case when ground <> '' then 1 else 0 end), 0) from debt where zone = $1 and settled_at > 0`, tx.scope.Zone).
		Scan(&settled, &silent)
	return settled, silent, err
}

// Confirmation is what a second person was asked: exactly this text, area and count.
type Confirmation struct {
	Alert    buurtbel.ID
	Digest   []byte
	People   int
	Asked    time.Time
	By       buurtbel.ID
	Answered time.Time
	Answer   string // "yes", "no", "cut" or ""
}

// InsertConfirmation asks for a second person.
func (tx *Tx) InsertConfirmation(c Confirmation) error {
	_, err := tx.exec(`insert into confirmation (alert, zone, digest, people, asked_at, by_id, answered_at, answer) values ($1, $2, $3, $4, $5, 0, 0, '')`,
		c.Alert, tx.scope.Zone, c.Digest, c.People, micros(tx.now))
	if err != nil {
		return fmt.Errorf("insert confirmation: %w", err)
	}
	return nil
}

// Confirmation reads what was asked for an alert.
func (tx *Tx) Confirmation(alert buurtbel.ID) (Confirmation, error) {
	c := Confirmation{Alert: alert}
	var asked, answered int64
	err := tx.row(`select digest, people, asked_at, by_id, answered_at, answer from confirmation where alert = $1 and zone = $2`, alert, tx.scope.Zone).
		Scan(&c.Digest, &c.People, &asked, &c.By, &answered, &c.Answer)
	c.Asked, c.Answered = instant(asked), instant(answered)
	return c, missing(err, "error.confirm.none")
}

// AnswerConfirmation records the answer once. Conflict (error.confirm.answered) for a second one.
func (tx *Tx) AnswerConfirmation(alert, by buurtbel.ID, answer string) error {
	return tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.confirm.answered", nil),
		`update confirmation set by_id = $1, answered_at = $2, answer = $3 where alert = $4 and zone = $5 and answered_at = 0`,
		by, micros(tx.now), answer, alert, tx.scope.Zone)
}
