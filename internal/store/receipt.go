package store

import (
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Receipt is what a carrier says became of a message that it took.
type Receipt struct {
	Carrier string
	Ref     string
	Outcome buurtbel.Outcome // Delivered, Failed with Reason, or HandedOver for one that changes nothing
	Code    string
	At      time.Time // when the carrier says it happened; zero: when it came in
}

// Matched is a receipt with the delivery that it belongs to.
type Matched struct {
	Receipt
	Settled
	Part         bool
	State        buurtbel.DeliveryState // of the delivery, before
	Zone, Alert  buurtbel.ID
	Message      buurtbel.ID
	Changed      bool
	PartsMissing int
}

var matchWhole = pair{
	lite: `select j.key, d.id, a.number, d.recipient, d.contact, d.channel, d.rank, d.more, d.state, d.zone, d.message, m.alert, a.parts
		from jsonb_each($1) j cross join attempt a on a.carrier = j.value->>'c' and a.ref = j.value->>'f' and a.ref <> ''
		join delivery d on d.id = a.delivery join message m on m.id = d.message order by d.id`,
	pg: `select j.k, d.id, a.number, d.recipient, d.contact, d.channel, d.rank, d.more, d.state, d.zone, d.message, m.alert, a.parts
		from jsonb_to_recordset($1::jsonb) as j(k bigint, c text, f text) join attempt a on a.carrier = j.c and a.ref = j.f and a.ref <> ''
		join delivery d on d.id = a.delivery join message m on m.id = d.message order by d.id for update of d`,
}

var matchPart = pair{
	lite: `select j.key, d.id, a.number, d.recipient, d.contact, d.channel, d.rank, d.more, d.state, d.zone, d.message, m.alert, a.parts
		from jsonb_each($1) j cross join attempt_part p on p.carrier = j.value->>'c' and p.ref = j.value->>'f'
		join attempt a on a.delivery = p.delivery and a.number = p.number
		join delivery d on d.id = a.delivery join message m on m.id = d.message order by d.id`,
	pg: `select j.k, d.id, a.number, d.recipient, d.contact, d.channel, d.rank, d.more, d.state, d.zone, d.message, m.alert, a.parts
		from jsonb_to_recordset($1::jsonb) as j(k bigint, c text, f text) join attempt_part p on p.carrier = j.c and p.ref = j.f
		join attempt a on a.delivery = p.delivery and a.number = p.number
		join delivery d on d.id = a.delivery join message m on m.id = d.message order by d.id for update of d`,
}

// ApplyReceipts stores what carriers say. Receipts that no attempt knows yet are kept, to be matched when the answer to their
// submission is recorded. It gives the matched ones back, with what changed. Repetition changes nothing.
func (tx *Tx) ApplyReceipts(list []Receipt) ([]Matched, error) {
	list = slices.Clone(list)
	for i := range list {
		list[i].Ref, list[i].Code = clean(list[i].Ref), clean(list[i].Code)
	}
	found := make([]*Matched, len(list))
	if err := tx.match(matchWhole, list, found, false); err != nil {
		return nil, fmt.Errorf("match receipts: %w", err)
	}
	if err := tx.match(matchPart, list, found, true); err != nil {
		return nil, fmt.Errorf("match receipts of parts: %w", err)
	}
	var early []Receipt
	var matched []Matched
	for i, m := range found {
		if m == nil {
			early = append(early, list[i])
			continue
		}
		matched = append(matched, *m)
	}
	if err := tx.keepEarly(early); err != nil {
		return nil, fmt.Errorf("keep early receipts: %w", err)
	}
	return matched, tx.applyMatched(matched)
}

func (tx *Tx) match(p pair, list []Receipt, found []*Matched, part bool) error {
	rows := newBatch(len(list), 60)
	missing := make([]int, 0, len(list))
	for i := range list {
		if found[i] == nil {
			rows.row().int("k", int64(len(missing))).text("c", list[i].Carrier).text("f", list[i].Ref).end()
			missing = append(missing, i)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return tx.each(func(r *sql.Rows) error {
		m := Matched{Part: part}
		var k int
		var more int64
		err := r.Scan(&k, &m.Delivery, &m.Number, &m.Recipient, &m.Contact, &m.Channel, &m.Rank, &more, &m.State, &m.Zone, &m.Message, &m.Alert,
			&m.Parts)
		if err != nil || k >= len(missing) {
			return err
		}
		m.waiting(more)
		m.Receipt = list[missing[k]]
		found[missing[k]] = &m
		return nil
	}, tx.pick(p), rows.done())
}

func (tx *Tx) applyMatched(matched []Matched) error {
	if len(matched) == 0 {
		return nil
	}
	if err := tx.countParts(matched); err != nil {
		return fmt.Errorf("count parts: %w", err)
	}
	decide(matched)
	moved, err := tx.writeReceipts(matched)
	if err != nil {
		return err
	}
	var follow []Settled
	for i := range matched {
		if m := &matched[i]; m.Changed {
			if m.Changed = moved[m.Delivery]; m.Changed {
				follow = append(follow, m.Settled)
			}
		}
	}
	return tx.followMoves(follow)
}

// tells is false for a receipt that says nothing yet: it is intermediate, or a part of a longer message is still missing.
func (m *Matched) tells() bool {
	return m.Receipt.Outcome.State != buurtbel.HandedOver && (m.PartsMissing == 0 || m.Receipt.Outcome.State != buurtbel.Delivered)
}

// decide lets the receipts of a batch follow each other. Only the last one that changes a delivery counts as having changed it.
func decide(matched []Matched) {
	last := map[buurtbel.ID]int{}
	for i := range matched {
		m := &matched[i]
		state := m.State
		before, again := last[m.Delivery]
		if again {
			state = matched[before].Move.State
		}
		if !m.tells() {
			continue
		}
		if m.Settled.Move, m.Changed = buurtbel.OnReceipt(state, m.Receipt.Outcome); !m.Changed {
			continue
		}
		if again {
			matched[before].Changed = false
		}
		last[m.Delivery] = i
	}
}

var markParts = pair{
	lite: `update attempt_part set state = j.value->>'s' from jsonb_each($1) j
		where attempt_part.carrier = j.value->>'c' and attempt_part.ref = j.value->>'f' and attempt_part.state <> 'delivered'`,
	pg: `update attempt_part p set state = j.s from jsonb_to_recordset($1::jsonb) as j(c text, f text, s text)
		where p.carrier = j.c and p.ref = j.f and p.state <> 'delivered'`,
}

var missingParts = pair{
	lite: `select p.delivery, p.number, count(*) from (select distinct value->>'d' as d, value->>'n' as n from jsonb_each($1)) j
		cross join attempt_part p on p.delivery = j.d and p.number = j.n where p.state <> 'delivered' group by p.delivery, p.number`,
	pg: `select p.delivery, p.number, count(*) from (select distinct d, n from jsonb_to_recordset($1::jsonb) as r(d bigint, n bigint)) j
		join attempt_part p on p.delivery = j.d and p.number = j.n where p.state <> 'delivered' group by p.delivery, p.number`,
}

// countParts marks the parts that arrived; a message in parts is delivered when every part is.
func (tx *Tx) countParts(matched []Matched) error {
	type part struct{ carrier, ref string }
	states := map[part]buurtbel.DeliveryState{}
	asked := newBatch(len(matched), 30)
	for i := range matched {
		m := &matched[i]
		if !m.Part {
			continue
		}
		asked.row().id("d", m.Delivery).int("n", int64(m.Number)).end()
		key := part{m.Receipt.Carrier, m.Receipt.Ref}
		if says := m.Receipt.Outcome.State; says != buurtbel.HandedOver && states[key] != buurtbel.Delivered {
			states[key] = says
		}
	}
	if asked.empty() {
		return nil
	}
	marks := newBatch(len(states), 60)
	for key, says := range states {
		marks.row().text("c", key.carrier).text("f", key.ref).text("s", string(says)).end()
	}
	if _, err := tx.exec(tx.pick(markParts), marks.done()); err != nil {
		return err
	}
	return tx.partsMissing(matched, asked)
}

func (tx *Tx) partsMissing(matched []Matched, asked *batch) error {
	type attempt struct {
		delivery buurtbel.ID
		number   int
	}
	missing := map[attempt]int{}
	err := tx.each(func(r *sql.Rows) error {
		var a attempt
		var n int
		err := r.Scan(&a.delivery, &a.number, &n)
		missing[a] = n
		return err
	}, tx.pick(missingParts), asked.done())
	for i := range matched {
		if m := &matched[i]; m.Part {
			m.PartsMissing = missing[attempt{m.Delivery, m.Number}]
		}
	}
	return err
}

// What an attempt is known to be only gets better: a delivered one stays delivered.
var receiptAttempts = pair{
	lite: `update attempt set receipt_at = j.value->>'u', state = j.value->>'s', reason = j.value->>'r', code = j.value->>'c'
		from jsonb_each($1) j where attempt.delivery = j.value->>'d' and attempt.number = j.value->>'n' and attempt.state <> 'delivered'`,
	pg: `update attempt set receipt_at = u, state = s, reason = r, code = c
		from jsonb_to_recordset($1::jsonb) as j(d bigint, n bigint, u bigint, s text, r text, c text)
		where attempt.delivery = j.d and attempt.number = j.n and attempt.state <> 'delivered'`,
}

var receiptDeliveries = pair{
	lite: `update delivery set state = j.value->>'s', reason = j.value->>'r', open = 0, node = 0, changed_at = $2
		from jsonb_each($1) j where delivery.id = j.value->>'d' and delivery.zone = j.value->>'z' and delivery.state = j.value->>'b' returning delivery.id`,
	pg: `update delivery set state = s, reason = r, open = 0, node = 0, changed_at = $2
		from jsonb_to_recordset($1::jsonb) as j(d bigint, z bigint, s text, r text, b text)
		where delivery.id = j.d and delivery.zone = j.z and delivery.state = j.b returning delivery.id`,
}

// writeReceipts stores what receipts say of attempts, and moves deliveries; it gives those that moved.
func (tx *Tx) writeReceipts(matched []Matched) (map[buurtbel.ID]bool, error) {
	if err := tx.writeReceiptsOf(matched, buurtbel.Failed); err != nil {
		return nil, err
	}
	if err := tx.writeReceiptsOf(matched, buurtbel.Delivered); err != nil {
		return nil, err
	}
	rows := newBatch(len(matched), 80)
	changed := 0
	for i := range matched {
		if m := &matched[i]; m.Changed {
			rows.row().id("d", m.Delivery).id("z", m.Zone).text("s", string(m.Move.State)).text("r", string(m.Move.Reason)).text("b", string(m.State)).end()
			changed++
		}
	}
	if changed == 0 {
		return nil, nil
	}
	moved := map[buurtbel.ID]bool{}
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		err := r.Scan(&id)
		moved[id] = true
		return err
	}, tx.pick(receiptDeliveries), rows.done(), micros(tx.now))
	if err != nil {
		return nil, fmt.Errorf("move deliveries: %w", err)
	}
	return moved, nil
}

// writeReceiptsOf stores the receipts of one state with their attempts; the better state is written last.
func (tx *Tx) writeReceiptsOf(matched []Matched, state buurtbel.DeliveryState) error {
	rows := newBatch(len(matched), 90)
	n := 0
	for i := range matched {
		m := &matched[i]
		if !m.tells() || m.Receipt.Outcome.State != state {
			continue
		}
		at := m.At
		if at.IsZero() {
			at = tx.now
		}
		rows.row().id("d", m.Delivery).int("n", int64(m.Number)).int("u", micros(at)).text("s", string(state)).
			text("r", string(m.Receipt.Outcome.Reason)).text("c", m.Receipt.Code).end()
		n++
	}
	if n == 0 {
		return nil
	}
	if _, err := tx.exec(tx.pick(receiptAttempts), rows.done()); err != nil {
		return fmt.Errorf("write receipts: %w", err)
	}
	return nil
}

var insertEarly = pair{
	lite: `insert into early_receipt (carrier, ref, state, reason, code, at, seen_at, due, tries)
		select value->>'c', value->>'f', value->>'s', value->>'r', value->>'x', value->>'a', $2, $3, 0 from jsonb_each($1) where true
		on conflict (carrier, ref, state) do nothing`,
	pg: `insert into early_receipt (carrier, ref, state, reason, code, at, seen_at, due, tries)
		select c, f, s, r, x, a, $2, $3, 0 from jsonb_to_recordset($1::jsonb) as j(c text, f text, s text, r text, x text, a bigint)
		on conflict (carrier, ref, state) do nothing`,
}

func (tx *Tx) keepEarly(list []Receipt) error {
	rows := newBatch(len(list), 100)
	n := 0
	for i := range list {
		r := &list[i]
		if r.Outcome.State == buurtbel.HandedOver {
			continue // says nothing that we do not know
		}
		rows.row().text("c", r.Carrier).text("f", r.Ref).text("s", string(r.Outcome.State)).text("r", string(r.Outcome.Reason)).text("x", r.Code).int("a", micros(r.At)).end()
		n++
	}
	if n == 0 {
		return nil
	}
	_, err := tx.exec(tx.pick(insertEarly), rows.done(), micros(tx.now), micros(tx.now.Add(200*time.Millisecond)))
	return err
}

var earlyOf = pair{
	lite: `update early_receipt set due = $2 where due > $2 and (carrier, ref) in (select value->>'c', value->>'f' from jsonb_each($1))`,
	pg: `update early_receipt e set due = $2 from jsonb_to_recordset($1::jsonb) as j(c text, f text)
		where e.carrier = j.c and e.ref = j.f and e.due > $2`,
}

// wakeEarly makes receipts due that came before the answer to their submission was recorded.
func (tx *Tx) wakeEarly(list []Settled) error {
	var any int64
	if err := tx.row(`select count(*) from (select 1 from early_receipt limit 1) e`).Scan(&any); err != nil || any == 0 {
		return err
	}
	rows := newBatch(len(list), 60)
	for i := range list {
		for _, ref := range list[i].Refs {
			rows.row().text("c", list[i].Carrier).text("f", ref).end()
		}
	}
	n, err := tx.exec(tx.pick(earlyOf), rows.done(), micros(tx.now))
	if n > 0 {
		tx.Wake()
	}
	return err
}

// CountEarly counts due unmatched receipts. For loops.
func (tx *Tx) CountEarly() (int, error) {
	var n int
	err := tx.row(`select count(*) from early_receipt where due <= $1`, micros(tx.now)).Scan(&n)
	return n, err
}

// earlyTries is how often an unmatched receipt is tried, with doubling pauses from 0.2 s: about an hour. Then it is of an unknown id.
const earlyTries = 14

// early is a kept receipt with what is known of it by now.
type early struct {
	Receipt
	tries int
	known bool // an attempt has its reference
}

var dueEarly = pair{
	lite: `select e.carrier, e.ref, e.state, e.reason, e.code, case when e.at = 0 then e.seen_at else e.at end, e.tries,
		case when exists (select 1 from attempt a where a.carrier = e.carrier and a.ref = e.ref and a.ref <> '')
		or exists (select 1 from attempt_part p where p.carrier = e.carrier and p.ref = e.ref) then 1 else 0 end
		from early_receipt e where e.due <= $1 order by e.due limit $2`,
	pg: `select e.carrier, e.ref, e.state, e.reason, e.code, case when e.at = 0 then e.seen_at else e.at end, e.tries,
		case when exists (select 1 from attempt a where a.carrier = e.carrier and a.ref = e.ref and a.ref <> '')
		or exists (select 1 from attempt_part p where p.carrier = e.carrier and p.ref = e.ref) then 1 else 0 end
		from early_receipt e where e.due <= $1 order by e.due limit $2 for update of e skip locked`,
}

var dropEarly = pair{
	lite: `delete from early_receipt where (carrier, ref, state) in (select value->>'c', value->>'f', value->>'s' from jsonb_each($1))`,
	pg: `delete from early_receipt e using jsonb_to_recordset($1::jsonb) as j(c text, f text, s text)
		where e.carrier = j.c and e.ref = j.f and e.state = j.s`,
}

var delayEarly = pair{
	lite: `update early_receipt set tries = tries + 1, due = j.value->>'u' from jsonb_each($1) j
		where early_receipt.carrier = j.value->>'c' and early_receipt.ref = j.value->>'f' and early_receipt.state = j.value->>'s'`,
	pg: `update early_receipt e set tries = tries + 1, due = j.u from jsonb_to_recordset($1::jsonb) as j(c text, f text, s text, u bigint)
		where e.carrier = j.c and e.ref = j.f and e.state = j.s`,
}

// DueEarly takes due unmatched receipts out, at most n, to be applied again with ApplyReceipts in the same transaction.
// unknown counts those that were given up.
func (tx *Tx) DueEarly(n int) (list []Receipt, unknown int, err error) {
	var due []early
	err = tx.each(func(r *sql.Rows) error {
		var e early
		var at, known int64
		err := r.Scan(&e.Carrier, &e.Ref, &e.Outcome.State, &e.Outcome.Reason, &e.Code, &at, &e.tries, &known)
		e.At, e.known = instant(at), known != 0
		due = append(due, e)
		return err
	}, tx.pick(dueEarly), micros(tx.now), n)
	if err != nil {
		return nil, 0, fmt.Errorf("read early receipts: %w", err)
	}
	drop, delay := newBatch(len(due), 60), newBatch(len(due), 80)
	for i := range due {
		e := &due[i]
		switch {
		case e.known:
			list = append(list, e.Receipt)
			e.end(drop.row())
		case e.tries >= earlyTries:
			unknown++
			e.end(drop.row())
		default:
			e.end(delay.row().int("u", micros(tx.now.Add(200*time.Millisecond<<e.tries))))
		}
	}
	if err := tx.moveEarly(drop, delay); err != nil {
		return nil, 0, fmt.Errorf("move early receipts: %w", err)
	}
	return list, unknown, nil
}

// end closes a row with the early receipt's key.
func (e *early) end(row *batch) {
	row.text("c", e.Carrier).text("f", e.Ref).text("s", string(e.Outcome.State)).end()
}

func (tx *Tx) moveEarly(drop, delay *batch) error {
	if !drop.empty() {
		if _, err := tx.exec(tx.pick(dropEarly), drop.done()); err != nil {
			return err
		}
	}
	if delay.empty() {
		return nil
	}
	_, err := tx.exec(tx.pick(delayEarly), delay.done())
	return err
}
