package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Outcomes of asking a contact point for a sign of life.
const (
	ProbeAsked    = "asked"
	ProbeAlive    = "alive"
	ProbeDoubtful = "doubtful" // no sign came, or carriers refuse it again and again
)

// Sign is a sign of life of a contact point: a device has what was sent, somebody confirmed, or wrote.
type Sign struct {
	Contact buurtbel.ID
	At      time.Time
}

// HasSigns tells whether a sign of life was ever noted in the scope's zone.
func (tx *Tx) HasSigns() (bool, error) {
	var n int
	err := tx.row(`select count(*) from (select 1 from contact where zone = $1 and seen_at > 0 limit 1) x`, tx.scope.Zone).Scan(&n)
	return n > 0, err
}

// MessagesSince lists the messages of the scope's zone that began after a moment, the newest first.
func (tx *Tx) MessagesSince(since time.Time) ([]buurtbel.ID, error) {
	return tx.memberIDs(`select id from message where zone = $1 and at >= $2 order by id desc`, tx.scope.Zone, micros(since))
}

// SignsOf gives the signs of life that came of a message from the next slice of its recipients after a member, and the last member of the
// slice; 0 when there is none left. What a mail server took is no sign of anybody.
func (tx *Tx) SignsOf(message, after buurtbel.ID, n int) (signs []Sign, last buurtbel.ID, err error) {
	err = tx.each(func(r *sql.Rows) error {
		var s Sign
		var at int64
		err := r.Scan(&last, &s.Contact, &at)
		if s.Contact > 0 {
			s.At = instant(at)
			signs = append(signs, s)
		}
		return err
	}, `select r.member, coalesce(d.contact, 0), coalesce(d.changed_at, 0) from (select id, member from recipient where message = $1 and zone = $2 and member > $3
		order by member limit $4) r left join delivery d on d.recipient = r.id and (d.state = 'heard' or d.state = 'delivered' and d.channel <> 'email') order by r.member`,
		message, tx.scope.Zone, after, n)
	if err != nil {
		return nil, 0, fmt.Errorf("read signs of life: %w", err)
	}
	return signs, last, nil
}

// Writers gives the contact points of the scope's zone that wrote since a moment, with the last time.
func (tx *Tx) Writers(since time.Time) ([]Sign, error) {
	var out []Sign
	err := tx.each(func(r *sql.Rows) error {
		var s Sign
		var at int64
		err := r.Scan(&s.Contact, &at)
		s.At = instant(at)
		out = append(out, s)
		return err
	}, `select c.id, max(i.at) from inbound i join contact c on c.hash = i.sender_hash and c.zone = i.zone where i.zone = $1 and i.at >= $2 group by c.id`,
		tx.scope.Zone, micros(since))
	if err != nil {
		return nil, fmt.Errorf("read who wrote: %w", err)
	}
	return out, nil
}

var noteSigns = pair{
	lite: `update contact set seen_at = s.t from (select o.hash as hash, max(j.value->>'t') as t from jsonb_each($1) j cross join contact o on o.id = j.value->>'c'
		where o.zone = $2 group by o.hash) s where contact.hash = s.hash and contact.zone = $3 and contact.seen_at < s.t`,
	pg: `update contact set seen_at = s.t from (select o.hash as hash, max(j.t) as t from jsonb_to_recordset($1::jsonb) as j(c bigint, t bigint) join contact o on o.id = j.c
		where o.zone = $2 group by o.hash) s where contact.hash = s.hash and contact.zone = $3 and contact.seen_at < s.t`,
}

// NoteSigns notes the last sign of life of contact points: a number that lives, lives for everybody in the zone who shares it.
func (tx *Tx) NoteSigns(list []Sign) error {
	if len(list) == 0 {
		return nil
	}
	rows := newBatch(len(list), 60)
	for _, s := range list {
		rows.row().id("c", s.Contact).int("t", micros(s.At)).end()
	}
	if _, err := tx.exec(tx.pick(noteSigns), rows.done(), tx.scope.Zone, tx.scope.Zone); err != nil {
		return fmt.Errorf("note signs of life: %w", err)
	}
	return nil
}

// Silent is a contact point without a sign of life.
type Silent struct {
	Contact, Member, Network buurtbel.ID
	Kind                     buurtbel.ContactKind
	Regime                   string // of the member's network
}

// SilentContacts lists telephones and browsers of the scope's zone that gave no sign of life since a moment and were not asked for one since,
// the longest silent first, at most n; a number that several share, once. Who wishes no exercises is never asked, nor who is suspended or away,
// nor a fixed line that wants no calls. can says which kinds there is a carrier for.
func (tx *Tx) SilentContacts(since time.Time, can func(buurtbel.ContactKind) bool, n int) ([]Silent, error) {
	may := func(k buurtbel.ContactKind) buurtbel.ContactKind {
		if can(k) {
			return k
		}
		return ""
	}
	var out []Silent
	err := tx.each(func(r *sql.Rows) error {
		var s Silent
		var regime string
		err := r.Scan(&s.Contact, &s.Member, &s.Network, &s.Kind, &regime)
		s.Regime = regimeWords(regime)
		out = append(out, s)
		return err
	}, `select c.id, c.member, m.network, c.kind, w.regime from contact c join member m on m.id = c.member and m.zone = c.zone join network w on w.id = m.network
		where c.zone = $1 and c.seen_at < $2 and c.verified_at > 0 and c.verified_at < $3 and c.state = 'ok' and c.kind in ($4, $5, $6)
		and (c.kind <> 'fixed' or c.no_calls = 0) and m.state = 'active'
		and (m.away_from = 0 or m.away_from > $7 or m.away_until <> 0 and m.away_until <= $8)
		and not exists (select 1 from contact s where s.hash = c.hash and s.zone = c.zone and s.state = 'ok' and s.id < c.id)
		and not exists (select 1 from exercise_out o where o.member = c.member)
		and not exists (select 1 from probe p where p.contact = c.id and p.asked_at >= $9)
		order by c.seen_at, c.id limit $10`, tx.scope.Zone, micros(since), micros(since),
		may(buurtbel.Mobile), may(buurtbel.Fixed), may(buurtbel.Browser), micros(tx.now), micros(tx.now), micros(since), n)
	if err != nil {
		return nil, fmt.Errorf("read silent contact points: %w", err)
	}
	return out, nil
}

// InsertProbe records that a contact point is asked for a sign of life. It is false when it was asked since a moment: each is asked once in
// that time, whatever processes ask.
func (tx *Tx) InsertProbe(s Silent, message buurtbel.ID, since time.Time) (bool, error) {
	n, err := tx.exec(`insert into probe (contact, zone, network, member, message, asked_at, settled_at, outcome) values ($1, $2, $3, $4, $5, $6, 0, 'asked')
		on conflict (contact) do update set message = excluded.message, asked_at = excluded.asked_at, settled_at = 0, outcome = excluded.outcome
		where probe.zone = excluded.zone and probe.asked_at < $7`, s.Contact, tx.scope.Zone, s.Network, s.Member, message, micros(tx.now), micros(since))
	if err != nil {
		return false, fmt.Errorf("record question for a sign of life: %w", err)
	}
	return n == 1, nil
}

// SettleProbes closes what was asked: contact points that gave a sign since are alive, those that were asked before a moment and gave none
// become doubtful. It gives the networks of the newly doubtful ones.
func (tx *Tx) SettleProbes(before time.Time) (doubtful []Silent, err error) {
	_, err = tx.exec(`update probe set outcome = 'alive', settled_at = $1 where zone = $2 and outcome in ('asked', 'doubtful')
		and exists (select 1 from contact c where c.id = probe.contact and c.seen_at > probe.asked_at)`, micros(tx.now), tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("settle signs of life: %w", err)
	}
	err = tx.each(func(r *sql.Rows) error {
		var s Silent
		err := r.Scan(&s.Contact, &s.Member, &s.Network)
		doubtful = append(doubtful, s)
		return err
	}, `select contact, member, network from probe where zone = $1 and outcome = 'asked' and asked_at < $2 order by contact`, tx.scope.Zone, micros(before))
	if err != nil {
		return nil, fmt.Errorf("read who gave no sign of life: %w", err)
	}
	_, err = tx.exec(`update probe set outcome = 'doubtful', settled_at = $1 where zone = $2 and outcome = 'asked' and asked_at < $3`, micros(tx.now), tx.scope.Zone, micros(before))
	if err != nil {
		return nil, fmt.Errorf("mark doubtful contact points: %w", err)
	}
	return doubtful, nil
}

// Refused lists telephones and browsers of the scope's zone that carriers refused for good on several messages since a moment, the first a
// while before the last, and that gave no sign of life meanwhile. Those that are doubtful already are absent.
func (tx *Tx) Refused(since time.Time, times int, apart time.Duration) ([]Silent, error) {
	var out []Silent
	err := tx.each(func(r *sql.Rows) error {
		var s Silent
		err := r.Scan(&s.Contact, &s.Member, &s.Network)
		out = append(out, s)
		return err
	}, `select c.id, c.member, b.network from (select d.contact, min(d.changed_at) as first, max(d.changed_at) as last, count(distinct d.message) as n
			from message m join recipient r on r.message = m.id join delivery d on d.recipient = r.id
			where m.zone = $1 and m.at >= $2 and d.open = 0 and d.state = 'failed' and d.channel <> 'email' and d.reason in ('rejected', 'unreachable', 'invalid-address', 'other')
			and d.contact > 0 group by d.contact) f
		join contact c on c.id = f.contact join member b on b.id = c.member
		where c.zone = $3 and f.n >= $4 and f.last - f.first >= $5 and c.state = 'ok' and c.seen_at < f.first and c.verified_at < f.first
		and not exists (select 1 from probe p where p.contact = c.id and (p.outcome = 'doubtful' or p.settled_at > f.last)) order by c.id`,
		tx.scope.Zone, micros(since), tx.scope.Zone, times, apart.Microseconds())
	if err != nil {
		return nil, fmt.Errorf("read refused contact points: %w", err)
	}
	return out, nil
}

// Doubt marks a contact point doubtful that carriers refuse. It does not count as asked for a sign of life.
func (tx *Tx) Doubt(s Silent) error {
	_, err := tx.exec(`insert into probe (contact, zone, network, member, message, asked_at, settled_at, outcome) values ($1, $2, $3, $4, 0, 0, $5, 'doubtful')
		on conflict (contact) do update set outcome = excluded.outcome, settled_at = excluded.settled_at where probe.zone = excluded.zone and probe.outcome <> 'doubtful'`,
		s.Contact, tx.scope.Zone, s.Network, s.Member, micros(tx.now))
	if err != nil {
		return fmt.Errorf("mark doubtful contact point: %w", err)
	}
	return nil
}

// Trust ends the doubt about a contact point: the member said that it works. It is false when there was none.
func (tx *Tx) Trust(contact buurtbel.ID) (bool, error) {
	n, err := tx.exec(`update probe set outcome = 'alive', settled_at = $1 where contact = $2 and zone = $3 and outcome = 'doubtful'`, micros(tx.now), contact, tx.scope.Zone)
	if err == nil && n == 1 {
		_, err = tx.exec(`update contact set seen_at = $1 where id = $2 and zone = $3`, micros(tx.now), contact, tx.scope.Zone)
	}
	if err != nil {
		return false, fmt.Errorf("end the doubt about a contact point: %w", err)
	}
	return n == 1, nil
}
