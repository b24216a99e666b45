package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// CodePlace tells to which alert a short code belongs.
type CodePlace struct {
	Alert, Zone buurtbel.ID
	At          time.Time // of the launch
}

// InsertCode gives an alert its short code. Busy (error.store.busy) when another alert took it a moment ago: a new try makes another one.
func (tx *Tx) InsertCode(alert buurtbel.ID, code string) error {
	_, err := tx.exec(`insert into alert_code (code, alert, zone, at) values ($1, $2, $3, $4)`, code, alert, tx.scope.Zone, micros(tx.now))
	if duplicate(err) {
		return buurtbel.FailWith(err, buurtbel.Busy, "error.store.busy", nil)
	}
	if err != nil {
		return fmt.Errorf("insert code: %w", err)
	}
	return nil
}

// CodeOf gives an alert's code; "" for an alert that was launched before alerts had codes.
func (tx *Tx) CodeOf(alert buurtbel.ID) (string, error) {
	var code string
	err := tx.row(`select code from alert_code where alert = $1 and zone = $2`, alert, tx.scope.Zone).Scan(&code)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return code, err
}

// AlertByCode finds the alert of a code, of whatever zone: who asks does not know the zone.
func (tx *Tx) AlertByCode(code string) (p CodePlace, found bool, err error) {
	var at int64
	err = tx.row(`select alert, zone, at from alert_code where code = $1`, code).Scan(&p.Alert, &p.Zone, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	p.At = instant(at)
	return p, err == nil, err
}
