package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Enterer is a person who may sign in.
type Enterer struct{ Person, Zone buurtbel.ID }

// EnterersAt finds who may sign in with a mailbox: officials, and members, who hold a mandate now. The scope is the installation.
func (tx *Tx) EnterersAt(mailbox string) ([]Enterer, error) {
	var out []Enterer
	err := tx.each(func(r *sql.Rows) error {
		var e Enterer
		err := r.Scan(&e.Person, &e.Zone)
		out = append(out, e)
		return err
	}, `select c.member, c.zone from contact c where c.hash = $1 and c.kind = 'mailbox' and c.state = 'ok' and c.verified_at <> 0 and exists
		(select 1 from mandate m where m.holder = c.member and m.from_at <= $2 and (m.until_at = 0 or m.until_at > $3)) order by c.id`,
		tx.db.AddressHash(mailbox), micros(tx.now), micros(tx.now))
	return out, err
}

// Device reads which shared PC a session belongs to; nil when it belongs to none.
func (tx *Tx) Device(session []byte) ([]byte, error) {
	var device []byte
	err := tx.row(`select device from session_device where session = $1`, session).Scan(&device)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return device, err
}

// BindSession ties a session to a shared PC: it ends when nobody works there.
func (tx *Tx) BindSession(session, device []byte) error {
	_, err := tx.exec(`insert into session_device (session, device) values ($1, $2) on conflict (session) do nothing`, session, device)
	if err != nil {
		return fmt.Errorf("bind session: %w", err)
	}
	return nil
}

// TouchSession notes that somebody works in a session now.
func (tx *Tx) TouchSession(hash []byte) error {
	_, err := tx.exec(`update session set seen_at = $1 where hash = $2 and ended_at = 0 and seen_at < $3`, micros(tx.now), hash, micros(tx.now))
	return err
}

// Shift is a person who works on a shared PC and can take it over with a PIN.
type Shift struct {
	Person, Zone buurtbel.ID
	Expires      time.Time
}

// PutShift lets a person take over a shared PC with a PIN until a moment.
func (tx *Tx) PutShift(device, pin []byte, s Shift) error {
	_, err := tx.exec(`insert into shift (device, person, zone, pin, tries, since, expires, ended_at) values ($1, $2, $3, $4, 0, $5, $6, 0)
		on conflict (device, person) do update set zone = excluded.zone, pin = excluded.pin, tries = 0, since = excluded.since,
		expires = excluded.expires, ended_at = 0`, device, s.Person, s.Zone, pin, micros(tx.now), micros(s.Expires))
	if err != nil {
		return fmt.Errorf("put shift: %w", err)
	}
	return nil
}

// shiftTries is how many wrong PINs end a shift.
const shiftTries = 5

// Shifts lists who can take over a shared PC now.
func (tx *Tx) Shifts(device []byte) ([]Shift, error) {
	var out []Shift
	err := tx.each(func(r *sql.Rows) error {
		var s Shift
		var expires int64
		err := r.Scan(&s.Person, &s.Zone, &expires)
		s.Expires = instant(expires)
		out = append(out, s)
		return err
	}, `select person, zone, expires from shift where device = $1 and ended_at = 0 and expires > $2 and tries < $3 order by since`,
		device, micros(tx.now), shiftTries)
	return out, err
}

// TryShift counts one try at a PIN and gives what the PIN must match. The count is committed before the answer is known, so that tries at
// the same moment cannot pass the limit. Forbidden (error.sign-in.pin-over) when no try is left, or the shift is over.
func (tx *Tx) TryShift(device []byte, person buurtbel.ID) (Shift, []byte, error) {
	over := buurtbel.Fail(buurtbel.Forbidden, "error.sign-in.pin-over", nil)
	err := tx.execOne(over, `update shift set tries = tries + 1 where device = $1 and person = $2 and ended_at = 0 and expires > $3 and tries < $4`,
		device, person, micros(tx.now), shiftTries)
	if err != nil {
		return Shift{}, nil, err
	}
	s := Shift{Person: person}
	var pin []byte
	var expires int64
	err = tx.row(`select zone, pin, expires from shift where device = $1 and person = $2`, device, person).Scan(&s.Zone, &pin, &expires)
	s.Expires = instant(expires)
	return s, pin, err
}

// ForgiveShift forgets wrong tries after the right PIN.
func (tx *Tx) ForgiveShift(device []byte, person buurtbel.ID) error {
	_, err := tx.exec(`update shift set tries = 0 where device = $1 and person = $2 and ended_at = 0`, device, person)
	return err
}

// EndShift takes a person off a shared PC.
func (tx *Tx) EndShift(device []byte, person buurtbel.ID) error {
	_, err := tx.exec(`update shift set ended_at = $1 where device = $2 and person = $3 and ended_at = 0`, micros(tx.now), device, person)
	return err
}
