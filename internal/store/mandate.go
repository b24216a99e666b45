package store

import (
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
)

const mandateColumns = `m.id, m.holder, m.role, m.zone, m.network, m.from_at, m.until_at, m.ground, m.by_id, m.screened_at, m.confirmed_at, m.meeting, m.ended_by, m.end_ground`

func scanMandate(r *sql.Rows, m *buurtbel.Mandate) error {
	var from, until, screened, confirmed int64
	err := r.Scan(&m.ID, &m.Holder, &m.Role, &m.Zone, &m.Network, &from, &until, &m.Ground, &m.By, &screened, &confirmed, &m.Meeting, &m.EndedBy, &m.EndGround)
	m.From, m.Until, m.Screened, m.Confirmed = instant(from), instant(until), instant(screened), instant(confirmed)
	return err
}

// InsertMandate stores a mandate of an official or a member. A role that no person can hold, such as the program's own, is Invalid
// (error.mandate.role).
func (tx *Tx) InsertMandate(m buurtbel.Mandate) error {
	if !slices.Contains(buurtbel.Roles, m.Role) {
		return buurtbel.Fail(buurtbel.Invalid, "error.mandate.role", nil)
	}
	_, err := tx.exec(`insert into mandate (id, holder, role, zone, network, from_at, until_at, ground, by_id, screened_at, confirmed_at, meeting)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		m.ID, m.Holder, m.Role, m.Zone, m.Network, micros(m.From), micros(m.Until), m.Ground, m.By, micros(m.Screened), micros(m.Confirmed), m.Meeting)
	if err != nil {
		return fmt.Errorf("insert mandate: %w", err)
	}
	return nil
}

// lockZoneRow lets what is decided about a zone's mandates follow each other. SQLite has its writer.
var lockZoneRow = pair{pg: `select 1 from zone where id = $1 and id = $2 for no key update`}

// Appoint stores a mandate. A network has one coordinator at a time: Conflict (error.mandate.held) when another mandate overlaps. NotFound
// (error.person.unknown) when the holder is no active member of the network, or, for a role of police or city, no official anywhere.
func (tx *Tx) Appoint(m buurtbel.Mandate) error {
	if err := tx.lock(lockZoneRow, tx.scope.Zone); err != nil {
		return fmt.Errorf("lock zone: %w", err)
	}
	if err := tx.holderFits(m); err != nil {
		return err
	}
	if m.Role == buurtbel.RoleCoordinator {
		var held []buurtbel.Mandate
		err := tx.each(eachMandate(&held), selectMandates+`where m.zone = $1 and m.network = $2 and m.role = $3`, tx.scope.Zone, m.Network, m.Role)
		if err != nil {
			return err
		}
		// What ended today does not keep a successor from beginning today, with the day's first minute.
		if slices.ContainsFunc(held, func(o buurtbel.Mandate) bool { return (o.Until.IsZero() || o.Until.After(tx.now)) && m.Overlaps(o) }) {
			return buurtbel.Fail(buurtbel.Conflict, "error.mandate.held", nil)
		}
	}
	return tx.InsertMandate(m)
}

func (tx *Tx) holderFits(m buurtbel.Mandate) error {
	n := 0
	var err error
	if m.Role.Citizen() {
		err = tx.row(`select count(*) from member where id = $1 and network = $2 and zone = $3 and state = 'active'`, m.Holder, m.Network, tx.scope.Zone).Scan(&n)
	} else {
		err = tx.row(`select count(*) from official where id = $1`, m.Holder).Scan(&n)
	}
	if err == nil && n == 0 {
		err = buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
	}
	return err
}

func eachMandate(out *[]buurtbel.Mandate) func(*sql.Rows) error {
	return func(r *sql.Rows) error {
		var m buurtbel.Mandate
		err := scanMandate(r, &m)
		*out = append(*out, m)
		return err
	}
}

const selectMandates = `select ` + mandateColumns + ` from mandate m `

// Mandates lists every mandate of the scope's zone, also those that are over.
func (tx *Tx) Mandates() ([]buurtbel.Mandate, error) {
	var out []buurtbel.Mandate
	err := tx.each(eachMandate(&out), selectMandates+`where m.zone = $1 order by m.network, m.from_at, m.id`, tx.scope.Zone)
	return out, err
}

// Mandate reads one mandate of the scope's zone. NotFound (error.mandate.unknown).
func (tx *Tx) Mandate(id buurtbel.ID) (buurtbel.Mandate, error) {
	var found []buurtbel.Mandate
	err := tx.each(eachMandate(&found), selectMandates+`where m.zone = $1 and m.id = $2`, tx.scope.Zone, id)
	if err == nil && len(found) == 0 {
		err = buurtbel.Fail(buurtbel.NotFound, "error.mandate.unknown", nil)
	}
	if err != nil {
		return buurtbel.Mandate{}, err
	}
	return found[0], nil
}

// Withdraw ends a mandate of the scope's zone now, by whom and on what ground. The last administrator of a zone stays: Conflict
// (error.mandate.last). NotFound (error.mandate.unknown) when it does not hold any more.
func (tx *Tx) Withdraw(id, by buurtbel.ID, ground string) error {
	if err := tx.lock(lockZoneRow, tx.scope.Zone); err != nil {
		return fmt.Errorf("lock zone: %w", err)
	}
	m, err := tx.Mandate(id)
	if err != nil {
		return err
	}
	if m.Role == buurtbel.RoleAdministrator { // one that ended while this waited for the zone's row has its ground, whatever the clock said
		others := 0
		err := tx.row(`select count(*) from mandate where zone = $1 and role = $2 and holder <> $3 and from_at <= $4 and (until_at = 0 or until_at > $5) and end_ground = ''`,
			tx.scope.Zone, m.Role, m.Holder, micros(tx.now), micros(tx.now)).Scan(&others)
		if err == nil && others == 0 {
			err = buurtbel.Fail(buurtbel.Conflict, "error.mandate.last", nil)
		}
		if err != nil {
			return err
		}
	}
	err = tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.mandate.unknown", nil),
		`update mandate set until_at = $1, ended_by = $2, end_ground = $3 where id = $4 and zone = $5 and (until_at = 0 or until_at > $6)`,
		max(micros(tx.now), micros(m.From)+1), by, ground, id, tx.scope.Zone, micros(tx.now))
	if err != nil {
		return fmt.Errorf("end mandate: %w", err)
	}
	return nil
}

// ConfirmMandate records the members' meeting that confirmed a mandate. It is confirmed once: Conflict (error.mandate.confirmed).
func (tx *Tx) ConfirmMandate(id buurtbel.ID, day time.Time, meeting string) error {
	err := tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.mandate.confirmed", nil),
		`update mandate set confirmed_at = $1, meeting = $2 where id = $3 and zone = $4 and confirmed_at = 0`, micros(day), meeting, id, tx.scope.Zone)
	if err != nil {
		return fmt.Errorf("confirm mandate: %w", err)
	}
	return nil
}

// OfficialAt finds an official of any zone by a verified mailbox: a zone grants a mandate to somebody of a neighbouring one. NotFound
// (error.person.unknown).
func (tx *Tx) OfficialAt(mailbox string) (buurtbel.ID, error) {
	var id buurtbel.ID
	err := tx.row(`select o.id from contact c join official o on o.id = c.member where c.hash = $1 and c.kind = 'mailbox' and c.state = 'ok' and c.verified_at <> 0
		order by o.id limit 1`, tx.db.AddressHash(mailbox)).Scan(&id)
	return id, missing(err, "error.person.unknown")
}

// HoldersNames gives the names of officials who hold a mandate in the scope's zone, also of other zones: an office's business.
func (tx *Tx) HoldersNames() (map[buurtbel.ID]string, error) {
	out := map[buurtbel.ID]string{}
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		var sealed []byte
		if err := r.Scan(&id, &sealed); err != nil {
			return err
		}
		plain, err := tx.open("official", "name", id, sealed)
		out[id] = string(plain)
		return err
	}, `select o.id, o.name from official o where o.zone = $1 or exists (select 1 from mandate m where m.holder = o.id and m.zone = $2)`, tx.scope.Zone, tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("read officials: %w", err)
	}
	return out, nil
}

// daily is how often a last sign is written down.
const daily = 24 * time.Hour

// Sign notes that somebody gave a sign of life here; within a day of the last one it writes nothing.
func (tx *Tx) Sign(person, zone buurtbel.ID) error {
	_, err := tx.exec(`insert into last_sign (person, zone, at) values ($1, $2, $3)
		on conflict (person) do update set at = excluded.at, zone = excluded.zone where last_sign.at < $4`, person, zone, micros(tx.now), micros(tx.now.Add(-daily)))
	if err != nil {
		return fmt.Errorf("note a sign of life: %w", err)
	}
	return nil
}

// Quiet is a mandate with the last sign of who holds it: from the screens, from a confirmed message, from an absence that ended, or from its
// own beginning.
type Quiet struct {
	Mandate buurtbel.Mandate
	Since   time.Time
	Signed  bool      // a sign was ever written down
	Away    bool      // absent now, and said so
	Told    time.Time // the silence since then was told; zero: not yet
}

// Quiets lists who holds a role in the networks of the scope's zone now, with their last sign.
func (tx *Tx) Quiets(role buurtbel.Role) ([]Quiet, error) {
	var out []Quiet
	err := tx.each(func(r *sql.Rows) error {
		var q Quiet
		m := &q.Mandate
		var from, until, screened, confirmed, sign, heard, awayFrom, awayUntil, told int64
		err := r.Scan(&m.ID, &m.Holder, &m.Role, &m.Zone, &m.Network, &from, &until, &m.Ground, &m.By, &screened, &confirmed, &m.Meeting, &m.EndedBy, &m.EndGround,
			&sign, &heard, &awayFrom, &awayUntil, &told)
		m.From, m.Until, m.Screened, m.Confirmed = instant(from), instant(until), instant(screened), instant(confirmed)
		last := max(from, sign, heard)
		if awayUntil != 0 && awayUntil <= micros(tx.now) {
			last = max(last, awayUntil)
		}
		q.Since, q.Told, q.Signed = instant(last), instant(told), sign != 0
		q.Away = buurtbel.Span{From: instant(awayFrom), Until: instant(awayUntil)}.Contains(tx.now)
		out = append(out, q)
		return err
	}, `select `+mandateColumns+`, coalesce((select at from last_sign s where s.person = m.holder), 0),
		coalesce((select max(r.heard_at) from recipient r where r.member = m.holder and r.zone = $1), 0), p.away_from, p.away_until,
		coalesce((select t.since from silence_told t where t.mandate = m.id), 0)
		from mandate m join member p on p.id = m.holder where m.zone = $2 and m.role = $3 and m.from_at <= $4 and (m.until_at = 0 or m.until_at > $5)
		order by m.network, m.id`, tx.scope.Zone, tx.scope.Zone, role, micros(tx.now), micros(tx.now))
	return out, err
}

// TellSilence claims the telling of a silence: false when it was told, also by another process at the same moment.
func (tx *Tx) TellSilence(mandate buurtbel.ID, since time.Time) (bool, error) {
	n, err := tx.exec(`insert into silence_told (mandate, zone, since, at) values ($1, $2, $3, $4)
		on conflict (mandate) do update set since = excluded.since, at = excluded.at where silence_told.since < excluded.since`,
		mandate, tx.scope.Zone, micros(since), micros(tx.now))
	if err != nil {
		return false, fmt.Errorf("claim the telling of a silence: %w", err)
	}
	return n == 1, nil
}

// SetAway records when a member is absent; a zero Span ends it. NotFound (error.person.unknown) for who is no member of the scope's zone.
func (tx *Tx) SetAway(member buurtbel.ID, away buurtbel.Span) error {
	err := tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil),
		`update member set away_from = $1, away_until = $2 where id = $3 and zone = $4`, micros(away.From), micros(away.Until), member, tx.scope.Zone)
	if err != nil {
		return fmt.Errorf("record absence: %w", err)
	}
	return nil
}
