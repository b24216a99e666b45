package store

import (
	"crypto/hmac"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// PutProof keeps the hash of a code that message brings to a contact point, or with contact 0 and no message a letter to an address. A newer code
// takes the place of an older one, which is not sent any more.
func (tx *Tx) PutProof(application, contact, message buurtbel.ID, hash []byte, expires time.Time) error {
	if err := tx.stopProof(application, contact); err != nil {
		return err
	}
	_, err := tx.exec(`insert into proof (application, contact, zone, message, hash, expires, tries) values ($1,$2,$3,$4,$5,$6,0)
		on conflict (application, contact) do update set message = excluded.message, hash = excluded.hash, expires = excluded.expires, tries = 0`,
		application, contact, tx.scope.Zone, message, hash, micros(expires))
	if err != nil {
		return fmt.Errorf("put proof: %w", err)
	}
	return nil
}

// stopProof stops what is still on its way with a code: who has it, or a newer one, is not called with it again.
func (tx *Tx) stopProof(application, contact buurtbel.ID) error {
	var message buurtbel.ID
	err := tx.row(`select message from proof where application = $1 and contact = $2 and zone = $3`, application, contact, tx.scope.Zone).Scan(&message)
	if errors.Is(err, sql.ErrNoRows) || err == nil && message == 0 {
		return nil
	}
	if err == nil {
		err = tx.StopMessage(message)
	}
	if err != nil {
		return fmt.Errorf("stop code: %w", err)
	}
	return nil
}

// UseProof counts one try at a code and tells whether it was the right one, which then is used up: it works once, also for two at the same moment,
// and is not sent any more.
// most is how many tries a code has. The count stands also when the code was wrong, so the caller commits.
//
// Errors: error.proof.over (NotFound) when there is no code, its time is over, or no try is left.
func (tx *Tx) UseProof(application, contact buurtbel.ID, hash []byte, most int) (bool, error) {
	over := buurtbel.Fail(buurtbel.NotFound, "error.proof.over", nil)
	err := tx.execOne(over, `update proof set tries = tries + 1 where application = $1 and contact = $2 and zone = $3 and expires > $4 and tries < $5`,
		application, contact, tx.scope.Zone, micros(tx.now), most)
	if err != nil {
		return false, err
	}
	var want []byte
	err = tx.row(`select hash from proof where application = $1 and contact = $2 and zone = $3`, application, contact, tx.scope.Zone).Scan(&want)
	if errors.Is(err, sql.ErrNoRows) {
		return false, over
	}
	if err != nil || !hmac.Equal(want, hash) {
		return false, err
	}
	if err := tx.stopProof(application, contact); err != nil {
		return false, err
	}
	n, err := tx.exec(`delete from proof where application = $1 and contact = $2 and zone = $3 and hash = $4`, application, contact, tx.scope.Zone, hash)
	if err != nil {
		return false, fmt.Errorf("use proof: %w", err)
	}
	return n == 1, nil
}

// Allowance is how often something may be asked of one number or by one source.
type Allowance struct {
	Most int
	Span time.Duration
	Gap  time.Duration // at least, between two
}

// AskOnce counts one request against an allowance and tells whether it is within it. It counts exactly, also for several at the same moment.
func (tx *Tx) AskOnce(hash []byte, a Allowance) (bool, error) {
	start := micros(tx.now.Add(-a.Span))
	n, err := tx.exec(`insert into ask_limit (hash, span, since, n, last_at) values ($1,$2,$3,1,$4) on conflict (hash, span) do update
		set n = case when ask_limit.since <= $5 then 1 else ask_limit.n + 1 end,
		since = case when ask_limit.since <= $6 then excluded.since else ask_limit.since end, last_at = excluded.last_at
		where (ask_limit.since <= $7 or ask_limit.n < $8) and ask_limit.last_at <= $9`,
		hash, int64(a.Span/time.Second), micros(tx.now), micros(tx.now), start, start, start, a.Most, micros(tx.now.Add(-a.Gap)))
	if err != nil {
		return false, fmt.Errorf("count requests: %w", err)
	}
	return n == 1, nil
}

// AskHash is the keyed hash under which requests are counted.
func (db *DB) AskHash(kind, of string) []byte { return db.ring.Hash("ask", kind+" "+of) }

// ForgetAsks erases counts that were last touched before a moment, at most n; it gives how many.
func (tx *Tx) ForgetAsks(before time.Time, n int) (int64, error) {
	erased, err := tx.exec(`delete from ask_limit where (hash, span) in (select hash, span from ask_limit where last_at < $1 limit $2)`, micros(before), n)
	if err != nil {
		return 0, fmt.Errorf("forget counts: %w", err)
	}
	return erased, nil
}

// CodesUnderWay gives until when the codes and the links hold that were sent to contact points of an applicant and were not used, with fewer than most
// wrong tries.
func (tx *Tx) CodesUnderWay(person buurtbel.ID, purpose string, most int) (map[buurtbel.ID]time.Time, error) {
	out := map[buurtbel.ID]time.Time{}
	read := func(r *sql.Rows) error {
		var contact buurtbel.ID
		var until int64
		err := r.Scan(&contact, &until)
		out[contact] = instant(until)
		return err
	}
	err := tx.each(read, `select contact, expires from proof where application = $1 and zone = $2 and contact <> 0 and expires > $3 and tries < $4`, person, tx.scope.Zone, micros(tx.now), most)
	if err == nil {
		err = tx.each(read, `select o.subject, o.expires from one_use o join contact c on c.id = o.subject where o.person = $1 and o.purpose = $2 and c.zone = $3 and o.used_at = 0 and o.expires > $4`,
			person, purpose, tx.scope.Zone, micros(tx.now))
	}
	if err != nil {
		return nil, fmt.Errorf("read codes under way: %w", err)
	}
	return out, nil
}
