package store

import (
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// OneUse is a one-time link or code: stored hashed, consumed by a conditional update.
type OneUse struct {
	Purpose string // "sign-in", "confirm"
	Subject buurtbel.ID
	Person  buurtbel.ID
	Expires time.Time
	Number  []byte      // the CodeHash of the mailbox to which it went, when using it takes it out of the count
	By      buurtbel.ID // who sent an invitation; 0: nobody's
}

// InsertOneUse stores a one-time link by its hash.
func (tx *Tx) InsertOneUse(hash []byte, o OneUse) error {
	_, err := tx.exec(`insert into one_use (hash, purpose, subject, person, expires, number, by_id, used_at) values ($1, $2, $3, $4, $5, $6, $7, 0)`,
		hash, o.Purpose, o.Subject, o.Person, micros(o.Expires), append([]byte{}, o.Number...), o.By)
	if err != nil {
		return fmt.Errorf("insert one-time link: %w", err)
	}
	return nil
}

// PeekOneUse reads a one-time link that is still good, without using it: GET shows. NotFound for any other reason, told alike.
func (tx *Tx) PeekOneUse(hash []byte, purpose string) (OneUse, error) {
	o := OneUse{Purpose: purpose}
	var expires int64
	err := tx.row(`select subject, person, expires, number, by_id from one_use where hash = $1 and purpose = $2 and used_at = 0 and expires > $3`, hash, purpose, micros(tx.now)).
		Scan(&o.Subject, &o.Person, &expires, &o.Number, &o.By)
	o.Expires = instant(expires)
	return o, missing(err, "error.link.used")
}

// UseOneUse consumes a one-time link: it works once, also for two at the same moment.
func (tx *Tx) UseOneUse(hash []byte, purpose string) (OneUse, error) {
	o, err := tx.PeekOneUse(hash, purpose)
	if err != nil {
		return o, err
	}
	miss := buurtbel.Fail(buurtbel.NotFound, "error.link.used", nil)
	return o, tx.execOne(miss, `update one_use set used_at = $1 where hash = $2 and used_at = 0 and expires > $3`, micros(tx.now), hash, micros(tx.now))
}

// EndInvitations ends the invitations to a group that somebody sent and nobody has used: who is gone invites nobody.
func (tx *Tx) EndInvitations(by, group buurtbel.ID) error {
	if _, err := tx.exec(`update one_use set used_at = $1 where by_id = $2 and subject = $3 and used_at = 0`, micros(tx.now), by, group); err != nil {
		return fmt.Errorf("end invitations: %w", err)
	}
	return nil
}

// Session is a signed-in person.
type Session struct {
	Person  buurtbel.ID
	Zone    buurtbel.ID // the zone that the person is working in
	Office  string
	Created time.Time
	Seen    time.Time
	Expires time.Time
	ID      buurtbel.ID // by which its owner names it; 0: none shows it any more
	How     string      // how its owner came in: "link", "passkey", …
	Proved  time.Time   // until when its owner counts as having shown who it is; zero: not so
	Agent   string      // what the device is, in words such as "Firefox, Windows"
	Origin  string      // from where, roughly
}

// InsertSession stores a session by the hash of its cookie.
func (tx *Tx) InsertSession(hash []byte, s Session) error {
	_, err := tx.exec(`insert into session (hash, person, zone, office, created_at, seen_at, expires, ended_at, id, how, proved_until, agent, origin)
		values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12)`,
		hash, s.Person, s.Zone, s.Office, micros(tx.now), micros(tx.now), micros(s.Expires), s.ID, s.How, micros(s.Proved), s.Agent, s.Origin)
	if err != nil {
		return fmt.Errorf("insert session: %w", err)
	}
	return tx.Sign(s.Person, s.Zone)
}

// Session reads a session that is not over. Forbidden (error.session.over) otherwise.
func (tx *Tx) Session(hash []byte) (Session, error) {
	var s Session
	var created, seen, expires, proved int64
	err := tx.row(`select person, zone, office, created_at, seen_at, expires, id, how, proved_until, agent, origin from session where hash = $1 and ended_at = 0 and expires > $2`, hash, micros(tx.now)).
		Scan(&s.Person, &s.Zone, &s.Office, &created, &seen, &expires, &s.ID, &s.How, &proved, &s.Agent, &s.Origin)
	if err != nil {
		if k := buurtbel.KindOf(missing(err, "error.session.over")); k == buurtbel.NotFound {
			return s, buurtbel.Fail(buurtbel.Forbidden, "error.session.over", nil)
		}
		return s, err
	}
	s.Created, s.Seen, s.Expires, s.Proved = instant(created), instant(seen), instant(expires), instant(proved)
	return s, nil
}

// EndSession ends a session: signing out, or handing over the PC.
func (tx *Tx) EndSession(hash []byte) error {
	_, err := tx.exec(`update session set ended_at = $1 where hash = $2 and ended_at = 0`, micros(tx.now), hash)
	return err
}

// ForgetEntries erases links, sessions and shifts that were over before a moment, at most n of each: who signed in stands in the journal. It
// gives how many rows it erased.
func (tx *Tx) ForgetEntries(before time.Time, n int) (int64, error) {
	all := int64(0)
	for _, query := range []string{
		`delete from one_use where hash in (select hash from one_use where expires < $1 limit $2)`,
		`delete from session_device where session in (select hash from session where expires < $1 limit $2)`,
		`delete from session where hash in (select hash from session where expires < $1 limit $2)
			and not exists (select 1 from session_device d where d.session = session.hash)`,
		`delete from spent where hash in (select hash from spent where expires < $1 limit $2)`,
		`delete from shift where (device, person) in (select device, person from shift where expires < $1 limit $2)`,
	} {
		erased, err := tx.exec(query, micros(before), n)
		if err != nil {
			return 0, fmt.Errorf("forget who signed in: %w", err)
		}
		all += erased
	}
	return all, nil
}
