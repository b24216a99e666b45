package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

const (
	linkInMail = 1
	linkInSMS  = 2
)

// InsertMessage stores a message with its frozen audience. The id must be new.
func (tx *Tx) InsertMessage(m *buurtbel.Message, audience []buurtbel.ID) error {
	texts, err := json.Marshal(m.Texts)
	if err != nil {
		return fmt.Errorf("write texts: %w", err)
	}
	sealed, err := tx.seal("message", "texts", m.ID, texts)
	if err != nil {
		return fmt.Errorf("seal texts: %w", err)
	}
	links := flag(m.Link)*linkInMail | flag(m.SMSLink)*linkInSMS
	_, err = tx.exec(`insert into message (id, zone, alert, kind, class, urgency, exercise, state, sender, texts, links, expires,
		audience_size, cursor, follows, at, finished_at) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,0,$14,$15,0)`,
		m.ID, tx.scope.Zone, m.Alert, m.Kind, int64(m.Class), m.Urgency, flag(m.Exercise), m.State, m.Sender, sealed, links,
		micros(m.Expires), len(audience), m.Follows, micros(tx.now))
	if err == nil {
		_, err = tx.exec(`insert into audience (message, zone, members) values ($1,$2,$3)`, m.ID, tx.scope.Zone, packIDs(audience))
	}
	if err != nil {
		return fmt.Errorf("insert message: %w", err)
	}
	tx.Wake()
	return nil
}

const messageColumns = `id, zone, alert, kind, class, urgency, exercise, state, sender, texts, links, expires, audience_size, cursor, follows`

func (tx *Tx) scanMessage(scan func(...any) error) (*buurtbel.Message, error) {
	var m buurtbel.Message
	var texts vault.Sealed
	var class, exercise, links, expires int64
	err := scan(&m.ID, &m.Zone, &m.Alert, &m.Kind, &class, &m.Urgency, &exercise, &m.State, &m.Sender, &texts, &links, &expires,
		&m.Audience, &m.Cursor, &m.Follows)
	if err != nil {
		return nil, err
	}
	plain, err := tx.open("message", "texts", m.ID, texts)
	if err != nil {
		return nil, fmt.Errorf("open texts: %w", err)
	}
	if err := json.Unmarshal(plain, &m.Texts); err != nil {
		return nil, fmt.Errorf("read texts: %w", err)
	}
	m.Class, m.Exercise, m.Expires = buurtbel.Class(class), exercise != 0, instant(expires)
	m.Link, m.SMSLink = links&linkInMail != 0, links&linkInSMS != 0
	return &m, nil
}

// Message reads one message of the scope's zone.
func (tx *Tx) Message(id buurtbel.ID) (*buurtbel.Message, error) {
	m, err := tx.scanMessage(tx.row(`select `+messageColumns+` from message where id = $1 and zone = $2`, id, tx.scope.Zone).Scan)
	if err != nil {
		return nil, missing(err, "error.message.unknown")
	}
	return m, nil
}

// MessagesOf reads the messages of an alert, oldest first.
func (tx *Tx) MessagesOf(alert buurtbel.ID) ([]*buurtbel.Message, error) {
	return list(tx, tx.scanMessage, `select `+messageColumns+` from message where alert = $1 and zone = $2 order by id`, alert, tx.scope.Zone)
}

// RunningMessage is what a loop needs to know of a message without reading its texts.
type RunningMessage struct {
	ID, Zone, Alert buurtbel.ID
	Kind            buurtbel.MessageKind
	Class           buurtbel.Class
	Urgency         buurtbel.Urgency
	Expires         time.Time
	Audience        int
	Cursor          int
	Follows         buurtbel.FollowKind
}

// RunningMessages lists every running message of the installation, the most urgent class first, then the oldest. For loops.
func (tx *Tx) RunningMessages() ([]RunningMessage, error) {
	var out []RunningMessage
	err := tx.each(func(r *sql.Rows) error {
		var m RunningMessage
		var class, expires int64
		err := r.Scan(&m.ID, &m.Zone, &m.Alert, &m.Kind, &class, &m.Urgency, &expires, &m.Audience, &m.Cursor, &m.Follows)
		m.Class, m.Expires = buurtbel.Class(class), instant(expires)
		out = append(out, m)
		return err
	}, `select id, zone, alert, kind, class, urgency, expires, audience_size, cursor, follows from message where state = 'running' order by class, id`)
	return out, err
}

// UnclosedMessages lists stopped messages whose rows are not all closed yet. For loops.
func (tx *Tx) UnclosedMessages() ([]RunningMessage, error) {
	var out []RunningMessage
	err := tx.each(func(r *sql.Rows) error {
		var m RunningMessage
		out = append(out, m)
		return r.Scan(&out[len(out)-1].ID, &out[len(out)-1].Zone, &out[len(out)-1].Alert)
	}, `select id, zone, alert from message where state = 'stopped' and finished_at = 0 order by id`)
	return out, err
}

// AudienceSlice gives the next members of a message's frozen audience after its cursor, at most n.
func (tx *Tx) AudienceSlice(message buurtbel.ID, cursor, n int) ([]buurtbel.ID, error) {
	var packed []byte
	err := tx.row(`select members from audience where message = $1 and zone = $2`, message, tx.scope.Zone).Scan(&packed)
	if err != nil {
		return nil, missing(err, "error.message.unknown")
	}
	ids, err := unpackIDs(packed)
	if err != nil || cursor >= len(ids) {
		return nil, err
	}
	return ids[cursor:min(cursor+n, len(ids))], nil
}

// Reachable is a member with contact points, as a delivery plan needs them. It holds no opened contact data.
type Reachable struct {
	Member   buurtbel.Member
	Contacts []buurtbel.ContactPoint
	Regime   string // of the member's network; of an official: the own language
}

var reachableSQL = pair{
	lite: `select m.id, m.network, m.household, m.state, m.suspended_until, m.language, m.choices, m.away_from, m.away_until, n.regime,
		c.id, c.kind, c.rank, c.state, c.verified_at, c.no_calls
		from json_each($1) j cross join member m on m.id = j.value join network n on n.id = m.network left join contact c on c.member = m.id
		where m.zone = $2 order by m.id, c.rank, c.id`,
	pg: `select m.id, m.network, m.household, m.state, m.suspended_until, m.language, m.choices, m.away_from, m.away_until, n.regime,
		c.id, c.kind, c.rank, c.state, c.verified_at, c.no_calls
		from jsonb_array_elements_text($1::jsonb) j(value) join member m on m.id = j.value::bigint join network n on n.id = m.network
		left join contact c on c.member = m.id
		where m.zone = $2 order by m.id, c.rank, c.id`,
}

// Reachables reads members of the scope's zone with their contact points, in the order of their ids. Members erased since are absent.
func (tx *Tx) Reachables(ids []buurtbel.ID) ([]Reachable, error) {
	out := make([]Reachable, 0, len(ids))
	err := tx.each(func(r *sql.Rows) error {
		return tx.scanReachable(r, &out)
	}, tx.pick(reachableSQL), jsonIDs(ids), tx.scope.Zone)
	return out, err
}

func (tx *Tx) scanReachable(r *sql.Rows, out *[]Reachable) error {
	var m buurtbel.Member
	var choices, regime string
	var suspended, from, until int64
	var contact sql.Null[int64]
	var kind, state sql.Null[string]
	var rank, verified, noCalls sql.Null[int64]
	err := r.Scan(&m.ID, &m.Network, &m.Household, &m.State, &suspended, &m.Language, &choices, &from, &until, &regime,
		&contact, &kind, &rank, &state, &verified, &noCalls)
	if err != nil {
		return err
	}
	if n := len(*out); n == 0 || (*out)[n-1].Member.ID != m.ID {
		if choices != "" {
			if err := json.Unmarshal([]byte(choices), &m.Choices); err != nil {
				return fmt.Errorf("read choices of %s: %w", m.ID, err)
			}
		}
		m.Zone, m.SuspendedUntil, m.Away = tx.scope.Zone, instant(suspended), buurtbel.Span{From: instant(from), Until: instant(until)}
		*out = append(*out, Reachable{Member: m, Regime: regimeWords(regime)})
	}
	if contact.Valid {
		last := &(*out)[len(*out)-1]
		last.Contacts = append(last.Contacts, buurtbel.ContactPoint{ID: buurtbel.ID(contact.V), Member: m.ID, Kind: buurtbel.ContactKind(kind.V),
			Rank: int(rank.V), State: buurtbel.ContactState(state.V), Verified: verified.V != 0, NoCalls: noCalls.V != 0})
	}
	return nil
}

// Recipient is one member of a message's audience with the deliveries that the plan asks for.
type Recipient struct {
	ID      buurtbel.ID
	Member  buurtbel.ID
	Left    buurtbel.Left
	Wording int // which of the message's texts
	Steps   []RecipientStep
}

// RecipientStep is a planned delivery with its new id.
type RecipientStep struct {
	ID buurtbel.ID
	buurtbel.Step
}

var insertRecipients = pair{
	lite: `insert into recipient (id, zone, message, member, left_out, heard_at)
		select value->>'i', $2, $3, value->>'m', value->>'l', 0 from jsonb_each($1) where true
		on conflict (message, member) do nothing`,
	pg: `insert into recipient (id, zone, message, member, left_out, heard_at)
		select i, $2, $3, m, l, 0 from jsonb_to_recordset($1::jsonb) as r(i bigint, m bigint, l text)
		on conflict (message, member) do nothing`,
}

var insertDeliveries = pair{
	lite: `insert into delivery (id, zone, message, recipient, contact, channel, rank, more, wording, state, reason, open, due, tries, doubts, node, changed_at)
		select value->>'i', $2, $3, value->>'r', value->>'c', value->>'h', value->>'k', value->>'e', value->>'w', 'queued', '', 1, value->>'d', 0, 0, 0, $4
		from jsonb_each($1) j where exists (select 1 from recipient x where x.id = value->>'r')`,
	pg: `insert into delivery (id, zone, message, recipient, contact, channel, rank, more, wording, state, reason, open, due, tries, doubts, node, changed_at)
		select i, $2, $3, r, c, h, k, e, w, 'queued', '', 1, d, 0, 0, 0, $4
		from jsonb_to_recordset($1::jsonb) as j(i bigint, r bigint, c bigint, h text, k bigint, e bigint, w bigint, d bigint)
		where exists (select 1 from recipient x where x.id = j.r)`,
}

// InsertRecipients stores recipients with their deliveries. A member who is already a recipient of the message keeps the first row:
// repetition is harmless. expires is when a fallback that was never needed lapses.
func (tx *Tx) InsertRecipients(message buurtbel.ID, expires time.Time, list []Recipient) error {
	if len(list) == 0 {
		return nil
	}
	people, deliveries := newBatch(len(list), 70), newBatch(len(list)*2, 140)
	for i := range list {
		r := &list[i]
		people.row().id("i", r.ID).id("m", r.Member).text("l", string(r.Left)).end()
		for _, s := range r.Steps {
			tx.planned(deliveries, r, s, expires)
		}
	}
	fresh, err := tx.exec(tx.pick(insertRecipients), people.done(), tx.scope.Zone, message)
	if err != nil {
		return fmt.Errorf("insert recipients: %w", err)
	}
	if tx.grown && fresh != int64(len(list)) {
		return buurtbel.Fail(buurtbel.Conflict, "error.message.moved", nil)
	}
	if _, err := tx.exec(tx.pick(insertDeliveries), deliveries.done(), tx.scope.Zone, message, micros(tx.now)); err != nil {
		return fmt.Errorf("insert deliveries: %w", err)
	}
	tx.Wake()
	return nil
}

func (tx *Tx) planned(deliveries *batch, r *Recipient, s RecipientStep, expires time.Time) {
	due := s.NotBefore
	switch {
	case s.Rank > 0:
		due = expires
	case due.IsZero():
		due = tx.now
	}
	deliveries.row().id("i", s.ID).id("r", r.ID).id("c", s.Contact).text("h", string(s.Channel)).int("k", int64(s.Rank)).
		int("e", behind(r, s)).int("w", int64(r.Wording)).int("d", micros(due)).end()
}

// Advance moves a running message's cursor. Conflict when another node moved it, or the message was stopped meanwhile:
// then nothing of the slice counts.
func (tx *Tx) Advance(message buurtbel.ID, from, to int) error {
	miss := buurtbel.Fail(buurtbel.Conflict, "error.message.moved", nil)
	return tx.execOne(miss, `update message set cursor = $1 where id = $2 and zone = $3 and cursor = $4 and state = 'running'`, to, message, tx.scope.Zone, from)
}
