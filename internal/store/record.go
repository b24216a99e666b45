package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Settled is the outcome of one attempt with the move that follows.
type Settled struct {
	Delivery, Recipient, Contact buurtbel.ID
	Channel                      buurtbel.Channel
	Number                       int
	Rank                         int
	More                         bool // the member has further contact points of this channel
	Calls                        bool // calls wait that are not needed once this one arrived
	Carrier                      string
	Outcome                      buurtbel.Outcome
	Code                         string
	Refs                         []string
	Parts                        int
	Move                         buurtbel.Move
	Withdrawn                    bool // stopped before a byte was written: the attempt did not happen
}

func (s *Settled) attemptState() buurtbel.DeliveryState {
	if s.Withdrawn {
		return buurtbel.Stopped
	}
	return s.Outcome.State
}

// An attempt that another node has called uncertain meanwhile still takes the truth when its own process brings it late.
var recordAttempts = pair{
	lite: `update attempt set settled_at = $2, state = j.value->>'s', reason = j.value->>'r', code = j.value->>'c', ref = j.value->>'f', parts = j.value->>'p'
		from jsonb_each($1) j where attempt.delivery = j.value->>'d' and attempt.number = j.value->>'n'
		and attempt.zone = $3 and (attempt.settled_at = 0 or attempt.state = 'uncertain' and j.value->>'s' <> 'uncertain')`,
	pg: `update attempt set settled_at = $2, state = s, reason = r, code = c, ref = f, parts = p
		from jsonb_to_recordset($1::jsonb) as j(d bigint, n bigint, s text, r text, c text, f text, p bigint)
		where attempt.delivery = j.d and attempt.number = j.n
		and attempt.zone = $3 and (attempt.settled_at = 0 or attempt.state = 'uncertain' and j.s <> 'uncertain')`,
}

// An outcome moves only the delivery whose newest attempt it is: a process that was slow, and whose attempt another node has taken over and
// tried again, must not decide about that later attempt.
var recordDeliveries = pair{
	lite: `update delivery set state = j.value->>'s', reason = j.value->>'r',
		open = case when delivery.state = 'uncertain' then 0 else j.value->>'o' end, due = j.value->>'u', doubts = doubts + (j.value->>'b'), node = 0, changed_at = $2
		from jsonb_each($1) j where delivery.id = j.value->>'d' and delivery.zone = $3 and delivery.tries = j.value->>'n'
		and (delivery.state = 'sending' or delivery.state in ('queued', 'uncertain') and j.value->>'s' = 'handed-over') returning delivery.id`,
	pg: `update delivery set state = s, reason = r,
		open = case when delivery.state = 'uncertain' then 0 else o end, due = u, doubts = doubts + b, node = 0, changed_at = $2
		from jsonb_to_recordset($1::jsonb) as j(d bigint, n bigint, s text, r text, o bigint, u bigint, b bigint)
		where delivery.id = j.d and delivery.zone = $3 and delivery.tries = j.n
		and (delivery.state = 'sending' or delivery.state in ('queued', 'uncertain') and j.s = 'handed-over') returning delivery.id`,
}

// Record stores the outcomes of attempts: one batch, one transaction. What a member's confirmation or a stop decided meanwhile stays.
func (tx *Tx) Record(list []Settled) error {
	slices.SortFunc(list, func(a, b Settled) int { return int(a.Delivery - b.Delivery) })
	if alike(list) {
		return tx.recordAlike(list)
	}
	attempts, deliveries := newBatch(len(list), 110), newBatch(len(list), 110)
	for i := range list {
		s := &list[i]
		ref := ""
		if len(s.Refs) == 1 {
			ref = s.Refs[0]
		}
		attempts.row().id("d", s.Delivery).int("n", int64(s.Number)).text("s", string(s.attemptState())).text("r", string(s.Outcome.Reason)).
			text("c", s.Code).text("f", ref).int("p", int64(s.Parts)).end()
		deliveries.row().id("d", s.Delivery).int("n", int64(s.Number)).text("s", string(s.Move.State)).text("r", string(s.Move.Reason)).int("o", flag(s.Move.Open)).
			int("u", micros(s.Move.Due)).int("b", flag(s.doubtful())).end()
	}
	if _, err := tx.exec(tx.pick(recordAttempts), attempts.done(), micros(tx.now), tx.scope.Zone); err != nil {
		return fmt.Errorf("record attempts: %w", err)
	}
	moved, err := tx.movedIf(slices.ContainsFunc(list, Settled.leads), recordDeliveries, deliveries.done())
	if err != nil {
		return fmt.Errorf("record deliveries: %w", err)
	}
	return tx.afterRecord(list, moved)
}

// doubtful tells whether nobody knows if the attempt reached somebody.
func (s *Settled) doubtful() bool { return s.Outcome.State == buurtbel.Uncertain && !s.Withdrawn }

// leads tells whether something else follows when the outcome moves its delivery: another contact point, or the end of this one.
func (s Settled) leads() bool { return s.More || s.Calls || s.Move.FallBack || s.Move.Dead }

// movedIf is moved, but asks for the changed deliveries only when somebody wants to know.
func (tx *Tx) movedIf(wanted bool, p pair, rows string) (map[buurtbel.ID]bool, error) {
	if wanted {
		return tx.moved(p, rows)
	}
	_, err := tx.exec(strings.TrimSuffix(tx.pick(p), returning), rows, micros(tx.now), tx.scope.Zone)
	return nil, err
}

// returning ends a statement that gives back the deliveries it changed.
const returning = " returning delivery.id"

// moved runs a statement that gives back the deliveries it changed.
func (tx *Tx) moved(p pair, rows string) (map[buurtbel.ID]bool, error) {
	out := map[buurtbel.ID]bool{}
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		err := r.Scan(&id)
		out[id] = true
		return err
	}, tx.pick(p), rows, micros(tx.now), tx.scope.Zone)
	return out, err
}

func (tx *Tx) afterRecord(list []Settled, moved map[buurtbel.ID]bool) error {
	if err := tx.insertParts(list); err != nil {
		return fmt.Errorf("record parts: %w", err)
	}
	follow := slices.DeleteFunc(slices.Clone(list), func(s Settled) bool { return !moved[s.Delivery] })
	if err := tx.followMoves(follow); err != nil {
		return err
	}
	return tx.wakeEarly(list)
}

// Carriers count their ids anew after a restart or when a counter is full: the newest attempt takes an id over, because receipts that still come
// for it are about that one.
var insertPartRows = pair{
	lite: `insert into attempt_part (carrier, ref, delivery, number, zone, state)
		select value->>'c', value->>'f', value->>'d', value->>'n', $2, '' from jsonb_each($1) where true on conflict (carrier, ref) do update
		set delivery = excluded.delivery, number = excluded.number, zone = excluded.zone, state = ''
		where (attempt_part.delivery, attempt_part.number) < (excluded.delivery, excluded.number)`,
	pg: `insert into attempt_part (carrier, ref, delivery, number, zone, state)
		select distinct on (c, f) c, f, d, n, cast($2 as bigint), '' from jsonb_to_recordset($1::jsonb) as j(c text, f text, d bigint, n bigint)
		order by c, f, d desc, n desc on conflict (carrier, ref) do update
		set delivery = excluded.delivery, number = excluded.number, zone = excluded.zone, state = ''
		where (attempt_part.delivery, attempt_part.number) < (excluded.delivery, excluded.number)`,
}

// insertParts keeps the references of messages that went out in several parts: each part has its own receipt.
func (tx *Tx) insertParts(list []Settled) error {
	rows := newBatch(len(list), 80)
	n := 0
	for i := range list {
		s := &list[i]
		if len(s.Refs) < 2 {
			continue
		}
		for _, ref := range s.Refs {
			rows.row().text("c", s.Carrier).text("f", ref).id("d", s.Delivery).int("n", int64(s.Number)).end()
			n++
		}
	}
	if n == 0 {
		return nil
	}
	_, err := tx.exec(tx.pick(insertPartRows), rows.done(), tx.scope.Zone)
	return err
}

var freeNext = pair{
	lite: `update delivery set due = $2 from jsonb_each($1) j where delivery.recipient = j.value->>'r' and delivery.channel = j.value->>'h'
		and delivery.rank = (j.value->>'k') + 1 and delivery.state = 'queued' and delivery.tries = 0 and delivery.due > $3`,
	pg: `update delivery set due = $2 from jsonb_to_recordset($1::jsonb) as j(r bigint, h text, k bigint)
		where delivery.recipient = j.r and delivery.channel = j.h and delivery.rank = j.k + 1
		and delivery.state = 'queued' and delivery.tries = 0 and delivery.due > $3`,
}

var dropNext = pair{
	lite: `update delivery set state = 'not-needed', open = 0, changed_at = $2 from jsonb_each($1) j where delivery.recipient = j.value->>'r'
		and delivery.channel = j.value->>'h' and delivery.rank > j.value->>'k' and delivery.state = 'queued'`,
	pg: `update delivery set state = 'not-needed', open = 0, changed_at = $2 from jsonb_to_recordset($1::jsonb) as j(r bigint, h text, k bigint)
		where delivery.recipient = j.r and delivery.channel = j.h and delivery.rank > j.k and delivery.state = 'queued'`,
}

var deadContacts = pair{
	lite: `update contact set state = 'dead', changed_at = $2 where id in (select d.contact from json_each($1) j cross join delivery d on d.id = j.value) and state = 'ok'`,
	pg: `update contact set state = 'dead', changed_at = $2
		where id in (select d.contact from jsonb_array_elements_text($1::jsonb) j(value) join delivery d on d.id = j.value::bigint) and state = 'ok'`,
}

// followMoves frees the next contact point of who could not be reached, drops it for who was, and marks dead contact points. A browser that is
// gone never comes back by itself: its address and keys are erased at once.
func (tx *Tx) followMoves(list []Settled) error {
	free, drop := newBatch(8, 60), newBatch(8, 60)
	var frees, drops int
	var dead []buurtbel.ID
	for i := range list {
		s := &list[i]
		switch {
		case s.Move.Dead && s.Channel == buurtbel.Push:
			if err := tx.browserGone(s.Contact); err != nil {
				return err
			}
		case s.Move.Dead:
			dead = append(dead, s.Delivery)
		}
		switch {
		case s.Move.FallBack && s.More:
			free.row().id("r", s.Recipient).text("h", string(s.Channel)).int("k", int64(s.Rank)).end()
			frees++
		case s.More && !s.Move.Open && s.Move.State.Reached():
			drop.row().id("r", s.Recipient).text("h", string(s.Channel)).int("k", int64(s.Rank)).end()
			drops++
		}
	}
	if frees > 0 {
		if _, err := tx.exec(tx.pick(freeNext), free.done(), micros(tx.now), micros(tx.now)); err != nil {
			return fmt.Errorf("free next contact point: %w", err)
		}
		tx.Wake()
	}
	if drops > 0 {
		if _, err := tx.exec(tx.pick(dropNext), drop.done(), micros(tx.now)); err != nil {
			return fmt.Errorf("drop next contact point: %w", err)
		}
	}
	if err := tx.followCalls(list); err != nil || len(dead) == 0 {
		return err
	}
	_, err := tx.exec(tx.pick(deadContacts), jsonIDs(dead), micros(tx.now))
	return err
}

var closeRows = pair{
	lite: `update delivery set state = j.value->>'s', reason = j.value->>'r', open = 0, changed_at = $2
		from jsonb_each($1) j where delivery.id = j.value->>'d' and delivery.state = 'queued'`,
	pg: `update delivery set state = s, reason = r, open = 0, changed_at = $2
		from jsonb_to_recordset($1::jsonb) as j(d bigint, s text, r text) where delivery.id = j.d and delivery.state = 'queued'`,
}

// closeUnbegun closes queued deliveries that need no attempt any more.
func (tx *Tx) closeUnbegun(list []Settled) error {
	if len(list) == 0 {
		return nil
	}
	rows := newBatch(len(list), 60)
	for i := range list {
		rows.row().id("d", list[i].Delivery).text("s", string(list[i].Move.State)).text("r", string(list[i].Move.Reason)).end()
	}
	if _, err := tx.exec(tx.pick(closeRows), rows.done(), micros(tx.now)); err != nil {
		return err
	}
	return tx.followMoves(list)
}

var unsettledSQL = `select d.id, d.recipient, d.contact, d.channel, d.rank, d.more, d.tries, d.doubts, d.message, d.zone, m.alert, m.class, m.expires, m.kind, a.carrier, d.due
	from delivery d join message m on m.id = d.message join attempt a on a.delivery = d.id and a.number = d.tries
	where d.node = $1 and d.state = 'sending' and a.begun_at < $2 order by d.id limit $3`

// Unsettled is a begun attempt without an outcome, left by a process that died.
type Unsettled struct {
	Settled
	Message, Zone, Alert buurtbel.ID
	Kind                 buurtbel.MessageKind
	Tries                buurtbel.Tries
	Due                  time.Time // when the attempt was due
}

// UnsettledOf lists begun attempts of a node that began before a moment: what a dead process left. For loops.
func (tx *Tx) UnsettledOf(node int, before time.Time, n int) ([]Unsettled, error) {
	var out []Unsettled
	err := tx.each(func(r *sql.Rows) error {
		var u Unsettled
		var more, class, expires, due int64
		if err := r.Scan(&u.Delivery, &u.Recipient, &u.Contact, &u.Channel, &u.Rank, &more, &u.Number, &u.Tries.Uncertain, &u.Message, &u.Zone,
			&u.Alert, &class, &expires, &u.Kind, &u.Carrier, &due); err != nil {
			return err
		}
		u.waiting(more)
		u.Due = instant(due)
		u.Tries.Channel = u.Channel
		u.Tries.Number, u.Tries.Class, u.Tries.Expires = u.Number, buurtbel.Class(class), instant(expires)
		out = append(out, u)
		return nil
	}, unsettledSQL, node, micros(before), n)
	if err != nil {
		return nil, fmt.Errorf("read unsettled attempts: %w", err)
	}
	return out, nil
}
