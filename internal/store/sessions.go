package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// RenewSession gives a session another cookie and proves its owner until a moment. The old cookie is no longer shown to anybody, proves
// nothing, and ends after grace: what the page had asked for at that moment is still answered. Forbidden (error.session.over) when the
// session was over or renewed already.
func (tx *Tx) RenewSession(before, after []byte, s Session, grace time.Time) error {
	over := buurtbel.Fail(buurtbel.Forbidden, "error.session.over", nil)
	err := tx.execOne(over, `update session set id = 0, proved_until = 0, expires = $1 where hash = $2 and ended_at = 0 and id = $3 and expires > $4`,
		micros(grace), before, s.ID, micros(tx.now))
	if err != nil {
		return err
	}
	_, err = tx.exec(`insert into session (hash, person, zone, office, created_at, seen_at, expires, ended_at, id, how, proved_until, agent, origin)
		values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12)`,
		after, s.Person, s.Zone, s.Office, micros(s.Created), micros(tx.now), micros(s.Expires), s.ID, s.How, micros(s.Proved), s.Agent, s.Origin)
	if err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	_, err = tx.exec(`insert into session_device (session, device) select $1, device from session_device where session = $2 on conflict (session) do nothing`, after, before)
	return err
}

// SessionsOf lists a person's sessions that are not over, the one last used first.
func (tx *Tx) SessionsOf(person buurtbel.ID) ([]Session, error) {
	var out []Session
	err := tx.each(func(r *sql.Rows) error {
		s := Session{Person: person}
		var created, seen, expires int64
		err := r.Scan(&s.ID, &s.Zone, &s.Office, &created, &seen, &expires, &s.How, &s.Agent, &s.Origin)
		s.Created, s.Seen, s.Expires = instant(created), instant(seen), instant(expires)
		out = append(out, s)
		return err
	}, `select id, zone, office, created_at, seen_at, expires, how, agent, origin from session where person = $1 and ended_at = 0 and expires > $2 and id <> 0
		order by seen_at desc, id desc`, person, micros(tx.now))
	return out, err
}

// EndSessionsOf ends a person's sessions: the one with an id, or every one but the one with an id. It takes the person off shared PCs when
// every session ends. It gives how many ended.
func (tx *Tx) EndSessionsOf(person, only, but buurtbel.ID) (int64, error) {
	if only != 0 {
		return tx.exec(`update session set ended_at = $1 where person = $2 and id = $3 and ended_at = 0 and expires > $4`, micros(tx.now), person, only, micros(tx.now))
	}
	if but == 0 {
		if _, err := tx.exec(`update shift set ended_at = $1 where person = $2 and ended_at = 0`, micros(tx.now), person); err != nil {
			return 0, err
		}
	}
	n, err := tx.exec(`update session set ended_at = $1 where person = $2 and id <> $3 and id <> 0 and ended_at = 0 and expires > $4`, micros(tx.now), person, but, micros(tx.now))
	if err != nil {
		return 0, err
	}
	_, err = tx.exec(`update session set ended_at = $1 where person = $2 and id = 0 and ended_at = 0`, micros(tx.now), person)
	return n, err
}

// Holder is somebody who may sign in to a zone.
type Holder struct {
	Person   buurtbel.ID
	Member   bool // a member of a network, whose name is contact data
	Roles    []buurtbel.Role
	Networks []buurtbel.ID // in which the roles are held; 0: the whole zone. In the order of Roles
	Sessions int
	Passkeys int
}

// HoldersHere lists who holds a mandate in the scope's zone now, with how many sessions and passkeys each has. What a sealed code lets in as
// is no person, and is left out.
func (tx *Tx) HoldersHere() ([]Holder, error) {
	var out []Holder
	err := tx.each(func(r *sql.Rows) error {
		var h Holder
		var role buurtbel.Role
		var network buurtbel.ID
		if err := r.Scan(&h.Person, &role, &network, &h.Member, &h.Sessions, &h.Passkeys); err != nil {
			return err
		}
		if n := len(out); n > 0 && out[n-1].Person == h.Person {
			out[n-1].Roles, out[n-1].Networks = append(out[n-1].Roles, role), append(out[n-1].Networks, network)
			return nil
		}
		h.Roles, h.Networks = []buurtbel.Role{role}, []buurtbel.ID{network}
		out = append(out, h)
		return nil
	}, `select distinct m.holder, m.role, m.network, not exists (select 1 from official o where o.id = m.holder),
		(select count(*) from session s where s.person = m.holder and s.ended_at = 0 and s.id <> 0 and s.expires > $1),
		(select count(*) from passkey p where p.person = m.holder)
		from mandate m where m.zone = $2 and m.from_at <= $3 and (m.until_at = 0 or m.until_at > $4)
		and not exists (select 1 from sealed_set s where s.zone = m.zone and s.person = m.holder) order by m.holder, m.role, m.network`,
		micros(tx.now), tx.scope.Zone, micros(tx.now), micros(tx.now))
	return out, err
}
