package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// OwnCode is the code of one person who has the address that was asked with.
type OwnCode struct {
	Person, Zone buurtbel.ID
	Code         []byte      // keyed hash
	Number       []byte      // the CodeHash of the number to which it went
	Call         bool        // it was spoken
	Message      buurtbel.ID // that brings it
}

// codeTries is how many codes may be tried for one asking.
const codeTries = 5

// AskOwnCode notes that somebody asked for a code, by the hash of what only the asking browser knows. It is the same whether anybody has the
// address or not.
func (tx *Tx) AskOwnCode(ask []byte, expires time.Time) error {
	_, err := tx.exec(`insert into own_code (ask, slot, zone, person, code, tries, at, expires, used_at) values ($1, 0, 0, 0, $2, 0, $3, $4, 0)`,
		ask, []byte{}, micros(tx.now), micros(expires))
	if err != nil {
		return fmt.Errorf("note who asks for a code: %w", err)
	}
	return nil
}

// PutOwnCode adds the code of a person to an asking.
func (tx *Tx) PutOwnCode(ask []byte, slot int, c OwnCode, expires time.Time) error {
	_, err := tx.exec(`insert into own_code (ask, slot, zone, person, message, code, number, call, tries, at, expires, used_at) values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, 0) on conflict (ask, slot) do nothing`,
		ask, slot, c.Zone, c.Person, c.Message, c.Code, c.Number, flag(c.Call), micros(tx.now), micros(expires))
	if err != nil {
		return fmt.Errorf("put code: %w", err)
	}
	return nil
}

// LastOwnCode gives the newest code that was sent to a person's number and still works; its Code is nil when there is none.
func (tx *Tx) LastOwnCode(person buurtbel.ID, number []byte) (OwnCode, error) {
	c := OwnCode{Person: person, Zone: tx.scope.Zone, Number: number}
	err := tx.each(func(r *sql.Rows) error { return r.Scan(&c.Code, &c.Call, &c.Message) },
		`select code, call, message from own_code where person = $1 and zone = $2 and number = $3 and used_at = 0 and expires > $4 order by at desc, ask limit 1`,
		person, tx.scope.Zone, number, micros(tx.now))
	if err != nil {
		return c, fmt.Errorf("read last code: %w", err)
	}
	return c, nil
}

// TryOwnCode counts one try and gives the codes that it may match. The count is committed before the answer is known. Forbidden
// (error.own.code-over) when no try is left, or the asking is over.
func (tx *Tx) TryOwnCode(ask []byte) ([]OwnCode, error) {
	over := buurtbel.Fail(buurtbel.Forbidden, "error.own.code-over", nil)
	err := tx.execOne(over, `update own_code set tries = tries + 1 where ask = $1 and slot = 0 and used_at = 0 and expires > $2 and tries < $3`, ask, micros(tx.now), codeTries)
	if err != nil {
		return nil, err
	}
	var out []OwnCode
	err = tx.each(func(r *sql.Rows) error {
		var c OwnCode
		err := r.Scan(&c.Person, &c.Zone, &c.Code, &c.Number, &c.Call)
		out = append(out, c)
		return err
	}, `select person, zone, code, number, call from own_code where ask = $1 and slot > 0 and expires > $2 order by slot`, ask, micros(tx.now))
	return out, err
}

// UseOwnCode consumes an asking: it works once, and so does the code, wherever else it was asked for. What is still on its way with it is stopped.
func (tx *Tx) UseOwnCode(ask, code []byte) error {
	over := buurtbel.Fail(buurtbel.Forbidden, "error.own.code-over", nil)
	if err := tx.execOne(over, `update own_code set used_at = $1 where ask = $2 and slot = 0 and used_at = 0`, micros(tx.now), ask); err != nil {
		return err
	}
	n, err := tx.exec(`update own_code set used_at = $1 where person = (select person from own_code where ask = $2 and code = $3) and code = $4 and used_at = 0`, micros(tx.now), ask, code, code)
	if err == nil && n == 0 {
		return over
	}
	if err != nil {
		return fmt.Errorf("use code: %w", err)
	}
	tx.Wake()
	_, err = tx.exec(`update message set state = 'stopped' where state = 'running' and id in (select message from own_code
		where person = (select person from own_code where ask = $1 and code = $2) and code = $3)`, ask, code, code)
	if err != nil {
		return fmt.Errorf("stop code: %w", err)
	}
	return nil
}

// ForgetOwnCodes erases askings that were over before a moment, at most n.
func (tx *Tx) ForgetOwnCodes(before time.Time, n int) (int64, error) {
	erased, err := tx.exec(`delete from own_code where (ask, slot) in (select ask, slot from own_code where expires < $1 limit $2)`, micros(before), n)
	if err != nil {
		return 0, fmt.Errorf("forget codes: %w", err)
	}
	return erased, nil
}

// EndSessionsIn ends every session of an office of a person: of the own page after leaving.
func (tx *Tx) EndSessionsIn(person buurtbel.ID, office string) error {
	_, err := tx.exec(`update session set ended_at = $1 where person = $2 and office = $3 and zone = $4 and ended_at = 0`, micros(tx.now), person, office, tx.scope.Zone)
	return err
}
