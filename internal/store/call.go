package store

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/buurtbel/buurtbel"
)

// What waits behind a delivery, as delivery.more holds it.
const (
	behindNext  = 1 << iota // further contact points of the same channel
	behindCalls             // calls that are not needed once a text arrived
)

// waiting reads what waits behind a delivery.
func (s *Settled) waiting(more int64) { s.More, s.Calls = more&behindNext != 0, more&behindCalls != 0 }

// behind tells what waits behind a step of a plan.
func behind(r *Recipient, s RecipientStep) (flags int64) {
	for _, o := range r.Steps {
		if o.Channel == s.Channel && o.Rank > s.Rank {
			flags |= behindNext
		}
		if o.IfSilent && (s.Channel == buurtbel.SMS || s.Channel == buurtbel.Push) {
			flags |= behindCalls
		}
	}
	return flags
}

var claimCallRows = pair{
	lite: `select d.id, d.recipient, d.contact, d.rank, d.tries, d.doubts, d.more, d.wording, c.state, c.address, c.no_calls, coalesce(m.choices, '')
		from delivery d join contact c on c.id = d.contact left join member m on m.id = c.member
		where d.message = $1 and d.channel = 'voice' and d.open = 1 and d.due <= $2 and d.state = 'queued' and d.zone = $3
		and exists (select 1 from message g where g.id = d.message and g.state = 'running' and g.expires > $4)
		order by d.due limit $5`,
	pg: `select d.id, d.recipient, d.contact, d.rank, d.tries, d.doubts, d.more, d.wording, c.state, c.address, c.no_calls, coalesce(m.choices, '')
		from delivery d join contact c on c.id = d.contact left join member m on m.id = c.member
		where d.message = $1 and d.channel = 'voice' and d.open = 1 and d.due <= $2 and d.state = 'queued' and d.zone = $3
		and exists (select 1 from message g where g.id = d.message and g.state = 'running' and g.expires > $4)
		order by d.due limit $5 for update of d skip locked`,
}

// ClaimCalls is Claim for telephone calls. Who confirmed since the plan was made is not called, and who pressed 9 neither.
func (tx *Tx) ClaimCalls(message buurtbel.ID, kind buurtbel.MessageKind, carrier string, n int) ([]Work, error) {
	_, err := tx.exec(`update delivery set state = 'not-needed', open = 0, changed_at = $1 where message = $2 and channel = 'voice' and open = 1 and due <= $3
		and state = 'queued' and zone = $4 and recipient in (select r.id from recipient r where r.message = $5 and r.heard_at > 0)`,
		micros(tx.now), message, micros(tx.now), tx.scope.Zone, message)
	if err != nil {
		return nil, fmt.Errorf("drop calls to who confirmed: %w", err)
	}
	var work []Work
	var lost []Settled
	err = tx.each(func(r *sql.Rows) error {
		w, err := tx.scanCall(r, kind)
		if err == nil && w.Unusable != "" {
			lost = append(lost, w.lost(buurtbel.Voice))
			return nil
		}
		work = append(work, w)
		return err
	}, tx.pick(claimCallRows), message, micros(tx.now), tx.scope.Zone, micros(tx.now), n)
	if err != nil {
		return nil, fmt.Errorf("read due calls: %w", err)
	}
	if err := tx.closeUnbegun(lost); err != nil {
		return nil, fmt.Errorf("close lost contact points: %w", err)
	}
	if len(work) == 0 {
		return nil, nil
	}
	return work, tx.begin(work, carrier)
}

func (tx *Tx) scanCall(r *sql.Rows, kind buurtbel.MessageKind) (Work, error) {
	var noCalls int64
	var wishes string
	w, err := tx.scanWork(r, kind, &noCalls, &wishes)
	if err != nil {
		return w, err
	}
	if noCalls != 0 {
		w.Unusable = buurtbel.OptedOut
	}
	var choices buurtbel.Choices
	if wishes != "" {
		if err := json.Unmarshal([]byte(wishes), &choices); err != nil {
			return w, fmt.Errorf("read choices: %w", err)
		}
	}
	w.Slow = choices.Slower
	return w, nil
}

// Unneeded is a call under way that nobody needs any more.
type Unneeded struct {
	Delivery buurtbel.ID
	Stopped  bool // the whole message was stopped; else the member confirmed elsewhere, or who shares the line did
}

var unneededCalls = pair{
	lite: `select d.id, case when g.state = 'running' then 0 else 1 end from json_each($1) j cross join delivery d on d.id = j.value
		join message g on g.id = d.message join recipient r on r.id = d.recipient join contact c on c.id = d.contact
		where g.state = 'stopped' or r.heard_at > 0 or exists (select 1 from contact o join recipient x on x.message = d.message and x.member = o.member
			where o.hash = c.hash and o.id <> c.id and x.heard_at > 0)`,
	pg: `select d.id, case when g.state = 'running' then 0 else 1 end from jsonb_array_elements_text($1::jsonb) j(value) join delivery d on d.id = j.value::bigint
		join message g on g.id = d.message join recipient r on r.id = d.recipient join contact c on c.id = d.contact
		where g.state = 'stopped' or r.heard_at > 0 or exists (select 1 from contact o join recipient x on x.message = d.message and x.member = o.member
			where o.hash = c.hash and o.id <> c.id and x.heard_at > 0)`,
}

// UnneededCalls tells which calls under way are not needed any more: the message was stopped, the member confirmed, or somebody with whom
// the member shares that line did (rule 8). For loops.
func (tx *Tx) UnneededCalls(under []buurtbel.ID) ([]Unneeded, error) {
	var out []Unneeded
	err := tx.each(func(r *sql.Rows) error {
		var u Unneeded
		var stopped int64
		err := r.Scan(&u.Delivery, &stopped)
		u.Stopped = stopped != 0
		out = append(out, u)
		return err
	}, tx.pick(unneededCalls), jsonIDs(under))
	return out, err
}

// HeardOnCall records that key 1 was pressed in a call: for the member who was called, or for every recipient who has that line, because
// nobody knows which of them it was. It gives the recipients who had not confirmed before.
func (tx *Tx) HeardOnCall(delivery buurtbel.ID) ([]buurtbel.ID, error) {
	type place struct{ recipient, delivery, contact buurtbel.ID }
	var places []place
	err := tx.each(func(r *sql.Rows) error {
		var p place
		err := r.Scan(&p.recipient, &p.delivery, &p.contact)
		places = append(places, p)
		return err
	}, `select r.id, o.id, o.contact from delivery d join contact c on c.id = d.contact join contact s on s.hash = c.hash
		join recipient r on r.message = d.message and r.member = s.member join delivery o on o.recipient = r.id and o.contact = s.id and o.channel = 'voice'
		where d.id = $1 and d.zone = $2 order by r.id, o.id`, delivery, tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("find who has the line: %w", err)
	}
	shared := len(places) > 1 && places[0].recipient != places[len(places)-1].recipient
	var out []buurtbel.ID
	for _, p := range places {
		contact := buurtbel.ID(0)
		if shared {
			contact = p.contact
		}
		first, err := tx.heard(p.recipient, p.delivery, contact)
		if err != nil {
			return nil, err
		}
		if first {
			out = append(out, p.recipient)
		}
	}
	return out, nil
}

// dropSharedLine stops calls to the lines that a member who confirmed shares with others. Their own contact points are tried all the same.
func (tx *Tx) dropSharedLine(recipient buurtbel.ID) error {
	_, err := tx.exec(`update delivery set state = 'not-needed', open = 0, changed_at = $1 where zone = $2 and channel = 'voice' and state = 'queued' and open = 1
		and message = (select message from recipient where id = $3) and contact in (select s.id from recipient r join contact c on c.member = r.member
		join contact s on s.hash = c.hash and s.id <> c.id where r.id = $4)`, micros(tx.now), tx.scope.Zone, recipient, recipient)
	return err
}

// NoCalls stops calls to a contact point's number, for everybody in the zone who has it: the member pressed 9. Texts go on.
func (tx *Tx) NoCalls(contact buurtbel.ID) error {
	n, err := tx.exec(`update contact set no_calls = 1, changed_at = $1 where hash = (select hash from contact where id = $2) and zone = $3 and no_calls = 0`,
		micros(tx.now), contact, tx.scope.Zone)
	if err != nil || n == 0 {
		return err
	}
	return tx.Later("calls-stopped", contact, tx.now)
}

// ResumeCalls undoes NoCalls for one contact point. It is false when calls were not stopped.
func (tx *Tx) ResumeCalls(contact buurtbel.ID) (bool, error) {
	n, err := tx.exec(`update contact set no_calls = 0, changed_at = $1 where id = $2 and zone = $3 and no_calls = 1`, micros(tx.now), contact, tx.scope.Zone)
	return n == 1, err
}

const holderColumns = `select c.id, c.member, c.zone, m.network, c.state, c.kind, m.language, c.no_calls <> 0 from contact c join member m on m.id = c.member `

func scanHolder(scan func(...any) error) (c ContactHolder, err error) {
	err = scan(&c.Contact, &c.Member, &c.Zone, &c.Network, &c.State, &c.Kind, &c.Language, &c.NoCalls)
	return c, err
}

// Holder gives the member who has a contact point. NotFound (error.contact.unknown) when nobody of the scope's zone has it.
func (tx *Tx) Holder(contact buurtbel.ID) (ContactHolder, error) {
	c, err := scanHolder(tx.row(holderColumns+`where c.id = $1 and c.zone = $2 and c.state <> 'gone'`, contact, tx.scope.Zone).Scan)
	return c, missing(err, "error.contact.unknown")
}

// SharersOf lists everybody of the zone who has the number of a contact point.
func (tx *Tx) SharersOf(contact buurtbel.ID) ([]ContactHolder, error) {
	return list(tx, scanHolder, holderColumns+`where c.hash = (select hash from contact where id = $1) and c.zone = $2 and c.state <> 'gone' order by c.id`, contact, tx.scope.Zone)
}

var dropCalls = pair{
	lite: `update delivery set state = 'not-needed', open = 0, changed_at = $2 from json_each($1) j where delivery.recipient = j.value
		and delivery.channel = 'voice' and delivery.state = 'queued'`,
	pg: `update delivery set state = 'not-needed', open = 0, changed_at = $2 from jsonb_array_elements_text($1::jsonb) j(value)
		where delivery.recipient = j.value::bigint and delivery.channel = 'voice' and delivery.state = 'queued'`,
}

var hurryCalls = pair{
	lite: `update delivery set due = $2 from json_each($1) j where delivery.recipient = j.value and delivery.channel = 'voice' and delivery.rank = 0
		and delivery.state = 'queued' and delivery.tries = 0 and delivery.due > $3 and not exists (select 1 from delivery o where o.recipient = delivery.recipient
		and o.channel in ('sms', 'push') and (o.state in ('sending', 'handed-over', 'uncertain', 'delivered', 'heard') or o.state = 'queued' and o.tries > 0))`,
	pg: `update delivery set due = $2 from jsonb_array_elements_text($1::jsonb) j(value) where delivery.recipient = j.value::bigint and delivery.channel = 'voice'
		and delivery.rank = 0 and delivery.state = 'queued' and delivery.tries = 0 and delivery.due > $3
		and not exists (select 1 from delivery o where o.recipient = delivery.recipient
		and o.channel in ('sms', 'push') and (o.state in ('sending', 'handed-over', 'uncertain', 'delivered', 'heard') or o.state = 'queued' and o.tries > 0))`,
}

// followCalls drops the calls of who got a text, and hurries those of whom no text can reach any more.
func (tx *Tx) followCalls(list []Settled) error {
	var drop, hurry []buurtbel.ID
	for i := range list {
		switch s := &list[i]; {
		case !s.Calls:
		case s.Move.State == buurtbel.Delivered || s.Move.State == buurtbel.Heard:
			drop = append(drop, s.Recipient)
		case s.Move.FallBack && !s.More:
			hurry = append(hurry, s.Recipient)
		}
	}
	if len(drop) > 0 {
		if _, err := tx.exec(tx.pick(dropCalls), jsonIDs(drop), micros(tx.now)); err != nil {
			return fmt.Errorf("drop calls: %w", err)
		}
	}
	if len(hurry) == 0 {
		return nil
	}
	tx.Wake()
	if _, err := tx.exec(tx.pick(hurryCalls), jsonIDs(hurry), micros(tx.now), micros(tx.now)); err != nil {
		return fmt.Errorf("hurry calls: %w", err)
	}
	return nil
}
