package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Progress is how a message came to its members: how many for the first time in each slot after the start.
type Progress struct {
	HandedOver, Delivered, Heard []int
}

// Progress counts the members of a message by when they were first reached, in slots of step from start: handed over on any contact point,
// delivered as a receipt says, confirmed. Nothing later than 100,000 slots counts.
func (tx *Tx) Progress(message buurtbel.ID, start time.Time, step time.Duration) (*Progress, error) {
	p := &Progress{}
	parts := []struct {
		into  *[]int
		query string
	}{
		{&p.HandedOver, `select (at - $1) / $2, count(*) from (select min(a.settled_at) as at from delivery d join attempt a on a.delivery = d.id
			where d.message = $3 and d.zone = $4 and a.parts > 0 and a.settled_at > 0 group by d.recipient) x group by 1 order by 1`},
		{&p.Delivered, `select (at - $1) / $2, count(*) from (select min(a.receipt_at) as at from delivery d join attempt a on a.delivery = d.id
			where d.message = $3 and d.zone = $4 and a.receipt_at > 0 and d.state in ('delivered', 'heard') group by d.recipient) x group by 1 order by 1`},
		{&p.Heard, `select (heard_at - $1) / $2, count(*) from recipient where message = $3 and zone = $4 and heard_at > 0 group by 1 order by 1`},
	}
	for _, part := range parts {
		err := tx.each(func(r *sql.Rows) error {
			var slot, n int
			if err := r.Scan(&slot, &n); err != nil {
				return err
			}
			slot = max(slot, 0)
			if slot > 100_000 {
				return nil
			}
			for len(*part.into) <= slot {
				*part.into = append(*part.into, 0)
			}
			(*part.into)[slot] += n
			return nil
		}, part.query, micros(start), step.Microseconds(), message, tx.scope.Zone)
		if err != nil {
			return nil, fmt.Errorf("read progress: %w", err)
		}
	}
	return p, nil
}

// Missed is a member whom a message has not reached, or not yet, although something went wrong.
type Missed struct {
	Member buurtbel.ID
	State  buurtbel.DeliveryState // of the contact point that may still succeed; else of the one that was tried last
	Reason buurtbel.Reason
	Due    time.Time // when it is tried again; zero: never
}

// Missed lists members whom a message has not reached, or whose telephone rang and was not answered, and for whom at least one contact point failed, expired, was stopped or has to be tried
// again, in order of their ids, at most n.
func (tx *Tx) Missed(message buurtbel.ID, n int) ([]Missed, error) {
	var out []Missed
	err := tx.each(func(r *sql.Rows) error {
		var m Missed
		var open, due int64
		if err := r.Scan(&m.Member, &m.State, &m.Reason, &open, &due); err != nil {
			return err
		}
		if open != 0 {
			m.Due = instant(due)
		}
		if last := len(out) - 1; last >= 0 && out[last].Member == m.Member {
			out[last].better(m)
			return nil
		}
		out = append(out, m)
		return nil
	}, `select x.member, d.state, d.reason, d.open, d.due from (select r.id, r.member from recipient r
		where r.message = $1 and r.zone = $2 and r.heard_at = 0
		and not exists (select 1 from delivery a where a.recipient = r.id and a.state in ('handed-over', 'delivered', 'heard', 'uncertain'))
		and exists (select 1 from delivery b where b.recipient = r.id and (b.state in ('rang', 'failed', 'expired', 'stopped') or b.reason <> ''))
		order by r.member limit $3) x join delivery d on d.recipient = x.id where d.state <> 'not-needed' order by x.member, d.rank, d.id`,
		message, tx.scope.Zone, n)
	if err != nil {
		return nil, fmt.Errorf("read who was not reached: %w", err)
	}
	return out, nil
}

// Taken is one step towards a member: a try, or a delivery that waits for its turn.
type Taken struct {
	Member  buurtbel.ID
	Channel buurtbel.Channel
	Kind    buurtbel.ContactKind
	At      time.Time // when the try began; of what waits, when it is due
	State   buurtbel.DeliveryState
	Reason  buurtbel.Reason
	Later   bool // it waits
}

// StepsOf lists what was done to reach members with a message, in order of members and of time. Contact points stay sealed.
func (tx *Tx) StepsOf(message buurtbel.ID, members []buurtbel.ID) ([]Taken, error) {
	var out []Taken
	err := tx.each(func(r *sql.Rows) error {
		var t Taken
		var at int64
		err := r.Scan(&t.Member, &t.Channel, &t.Kind, &at, &t.State, &t.Reason, &t.Later)
		t.At = instant(at)
		out = append(out, t)
		return err
	}, tx.pick(stepsOf), jsonIDs(members), message, tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	return out, nil
}

var stepsOf = pair{
	lite: `select r.member, d.channel, c.kind, a.begun_at, a.state, a.reason, 1 = 0 from json_each($1) j cross join recipient r on r.message = $2 and r.member = j.value and r.zone = $3
		join delivery d on d.recipient = r.id join contact c on c.id = d.contact join attempt a on a.delivery = d.id
		union all select r.member, d.channel, c.kind, d.due, d.state, d.reason, 1 = 1 from json_each($1) j cross join recipient r on r.message = $2 and r.member = j.value and r.zone = $3
		join delivery d on d.recipient = r.id join contact c on c.id = d.contact where d.state = 'queued' and d.open = 1 and (d.rank = 0 or d.tries > 0)
		order by 1, 4`,
	pg: `select r.member, d.channel, c.kind, a.begun_at, a.state, a.reason, 1 = 0 from jsonb_array_elements_text($1::jsonb) j(value)
		join recipient r on r.message = $2 and r.member = j.value::bigint and r.zone = $3
		join delivery d on d.recipient = r.id join contact c on c.id = d.contact join attempt a on a.delivery = d.id
		union all select r.member, d.channel, c.kind, d.due, d.state, d.reason, 1 = 1 from jsonb_array_elements_text($1::jsonb) j(value)
		join recipient r on r.message = $2 and r.member = j.value::bigint and r.zone = $3
		join delivery d on d.recipient = r.id join contact c on c.id = d.contact where d.state = 'queued' and d.open = 1 and (d.rank = 0 or d.tries > 0)
		order by 1, 4`,
}

// better keeps what says most: the contact point that is still tried, with the reason of the one that failed.
func (m *Missed) better(o Missed) {
	if m.Due.IsZero() && !o.Due.IsZero() {
		m.State, m.Due = o.State, o.Due
	}
	if m.Reason == "" {
		m.Reason = o.Reason
	}
}
