package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// What need not be kept is looked for by reading and erased by id: SQLite's writer is held for the erasing alone.

// stillNeeded tells of an alert whether anything of it is open: itself, a message of it, or its feedback.
const stillNeeded = `(select 1 from alert a where a.id = x.alert and (a.finished_at = 0
	or exists (select 1 from message o where o.alert = a.id and o.finished_at = 0)
	or exists (select 1 from debt b where b.alert = a.id and b.settled_at = 0)))`

// OldTexts lists texts that came back to the scope's zone before a moment, at most n, the oldest first. A text that a person should read
// and nobody has read yet is old only before unread. Those of an open alert are needed. Zone 0 has what belongs to no zone.
func (tx *Tx) OldTexts(before, unread time.Time, n int) ([]buurtbel.ID, error) {
	list, err := tx.memberIDs(`select x.id from inbound x where x.zone = $1 and x.at < $2 and x.state in ('done', 'seen', 'joined')
		and (x.state <> 'done' or x.meaning <> 'other' or x.at < $3) and not exists `+stillNeeded+` order by x.at limit $4`,
		tx.scope.Zone, micros(before), micros(unread), n)
	if err != nil {
		return nil, fmt.Errorf("look for old texts: %w", err)
	}
	return list, nil
}

// EraseTexts erases texts that came back.
func (tx *Tx) EraseTexts(ids []buurtbel.ID) error {
	p := pair{
		lite: `delete from inbound where id in (select value from json_each($1)) and zone = $2`,
		pg:   `delete from inbound where id in (select value::bigint from jsonb_array_elements_text($1::jsonb)) and zone = $2`,
	}
	if _, err := tx.exec(tx.pick(p), jsonIDs(ids), tx.scope.Zone); err != nil {
		return fmt.Errorf("erase texts: %w", err)
	}
	return nil
}

// OldMessage is a message whose recipients need not be known any more.
type OldMessage struct {
	ID, Alert buurtbel.ID
	Kind      buurtbel.MessageKind
}

// OldMessages lists messages of the scope's zone that were finished before a moment, at most n, the oldest first; letters to one person,
// such as a sign-in link or an automatic answer, before another one. Those of an open alert are needed.
func (tx *Tx) OldMessages(before, letters time.Time, n int) ([]OldMessage, error) {
	var out []OldMessage
	err := tx.each(func(r *sql.Rows) error {
		var m OldMessage
		err := r.Scan(&m.ID, &m.Alert, &m.Kind)
		out = append(out, m)
		return err
	}, `select x.id, x.alert, x.kind from message x where x.zone = $1 and x.forgotten_at = 0 and x.finished_at <> 0
		and x.finished_at < case when x.kind in ('code', 'answer') then cast($2 as bigint) else cast($3 as bigint) end
		and not exists `+stillNeeded+` order by x.finished_at limit $4`, tx.scope.Zone, micros(letters), micros(before), n)
	if err != nil {
		return nil, fmt.Errorf("look for old messages: %w", err)
	}
	return out, nil
}

// KnownRecipients lists recipients of a message whose member is still known, at most n.
func (tx *Tx) KnownRecipients(message buurtbel.ID, n int) ([]buurtbel.ID, error) {
	return tx.memberIDs(`select id from recipient where message = $1 and zone = $2 and member > 0 order by member limit $3`, message, tx.scope.Zone, n)
}

var (
	forgetMembers = pair{
		lite: `update recipient set member = -id where id in (select value from json_each($1)) and zone = $2 and member > 0`,
		pg:   `update recipient set member = -id where id = any (array(select value::bigint from jsonb_array_elements_text($1::jsonb))) and zone = $2 and member > 0`,
	}
	forgetContacts = pair{
		lite: `update delivery set contact = 0 where recipient in (select value from json_each($1)) and zone = $2`,
		pg:   `update delivery set contact = 0 where recipient = any (array(select value::bigint from jsonb_array_elements_text($1::jsonb))) and zone = $2`,
	}
	forgetRefs = pair{
		lite: `update attempt set ref = '', code = '' where delivery in (select d.id from json_each($1) j cross join delivery d on d.recipient = j.value) and zone = $2`,
		pg: `update attempt set ref = '', code = '' where delivery = any (array(select d.id from jsonb_array_elements_text($1::jsonb) j(value)
			join delivery d on d.recipient = j.value::bigint)) and zone = $2`,
	}
	forgetParts = pair{
		lite: `delete from attempt_part where delivery in (select d.id from json_each($1) j cross join delivery d on d.recipient = j.value) and zone = $2`,
		pg: `delete from attempt_part where delivery = any (array(select d.id from jsonb_array_elements_text($1::jsonb) j(value)
			join delivery d on d.recipient = j.value::bigint)) and zone = $2`,
	}
)

// ForgetRecipients cuts the tie between recipients and persons: who, on which contact point, under which number at the carrier. How many were
// reached, how and when, stays for the count.
func (tx *Tx) ForgetRecipients(ids []buurtbel.ID) error {
	list := jsonIDs(ids)
	for _, p := range []pair{forgetMembers, forgetContacts, forgetRefs, forgetParts} {
		if _, err := tx.exec(tx.pick(p), list, tx.scope.Zone); err != nil {
			return fmt.Errorf("forget recipients: %w", err)
		}
	}
	return nil
}

// ForgetMessage ends the forgetting of a message whose recipients are forgotten: the frozen audience goes, of a launch also who was left out,
// and of a letter to one person what it said. Conflict (error.message.moved) while a recipient is known.
func (tx *Tx) ForgetMessage(m OldMessage) error {
	if m.Kind == buurtbel.KindCode || m.Kind == buurtbel.KindAnswer {
		sealed, err := tx.sealJSON("message", "texts", m.ID, []buurtbel.Wording{})
		if err != nil {
			return err
		}
		if _, err := tx.exec(`update message set texts = $1 where id = $2 and zone = $3`, sealed, m.ID, tx.scope.Zone); err != nil {
			return fmt.Errorf("forget texts: %w", err)
		}
	}
	if m.Kind == buurtbel.KindLaunch && m.Alert != 0 {
		if err := tx.forgetLeftOut(m.Alert); err != nil {
			return err
		}
	}
	err := tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.message.moved", nil),
		`update message set forgotten_at = $1 where id = $2 and zone = $3 and forgotten_at = 0
		and not exists (select 1 from recipient r where r.message = message.id and r.member > 0)`, micros(tx.now), m.ID, tx.scope.Zone)
	if err != nil {
		return err
	}
	_, err = tx.exec(`update audience set members = $1 where message = $2 and zone = $3`, packIDs(nil), m.ID, tx.scope.Zone)
	return err
}

// forgetLeftOut forgets which members an alert left out by their address.
func (tx *Tx) forgetLeftOut(alert buurtbel.ID) error {
	a, err := tx.Alert(alert)
	if err != nil {
		return fmt.Errorf("read who was left out: %w", err)
	}
	sealed, err := tx.sealJSON("alert", "details", alert, alertDetails{Area: a.Area, OffPlan: a.OffPlan, Unwise: a.Unwise, Asked: a.Asked})
	if err != nil {
		return err
	}
	if _, err := tx.exec(`update alert set details = $1 where id = $2 and zone = $3`, sealed, alert, tx.scope.Zone); err != nil {
		return fmt.Errorf("forget who was left out: %w", err)
	}
	return nil
}

// EntryRef names one entry of the journal.
type EntryRef struct {
	Chain buurtbel.Chain
	Seq   int64
	At    time.Time
}

// OldEntries lists journal entries of the scope's zone, written from a moment on and before another, whose content names persons and is still
// there: looks at contact data, contact points lost, and who signed in. At most n, the oldest first. What became of an alert is kept: its
// entries name deliveries, which no longer lead to persons when those are forgotten.
func (tx *Tx) OldEntries(from, before time.Time, n int) ([]EntryRef, error) {
	var out []EntryRef
	err := tx.each(func(r *sql.Rows) error {
		var e EntryRef
		var at int64
		err := r.Scan(&e.Chain.Subject, &e.Chain.Node, &e.Seq, &at)
		e.At = instant(at)
		out = append(out, e)
		return err
	}, `select j.subject, j.node, j.seq, j.at from journal j join journal_content c on c.subject = j.subject and c.node = j.node and c.seq = j.seq
		where j.zone = $1 and j.at >= $2 and j.at < $3 and j.kind in ('look', 'contact', 'sign-in') order by j.at limit $4`,
		tx.scope.Zone, micros(from), micros(before), n)
	if err != nil {
		return nil, fmt.Errorf("look for old journal entries: %w", err)
	}
	return out, nil
}

// DropPreview gives up one list of members that was read before a moment and never taken over; false when there is none. Its rows are
// erased by ErasePreviews.
func (tx *Tx) DropPreview(before time.Time) (bool, error) {
	n, err := tx.exec(`update import_batch set state = 'undone' where id in
		(select id from import_batch where zone = $1 and state = 'staged' and at < $2 order by id limit 1) and state = 'staged'`, tx.scope.Zone, micros(before))
	if err != nil {
		return false, fmt.Errorf("give up list: %w", err)
	}
	return n > 0, nil
}

// ErasePreviews erases staged rows of lists that are over, at most n; it gives how many.
func (tx *Tx) ErasePreviews(n int) (int64, error) {
	erased, err := tx.exec(`delete from import_row where (import, line, person) in (select r.import, r.line, r.person from import_batch b
		join import_row r on r.import = b.id where b.zone = $1 and b.state in ('done', 'undone') limit $2) and zone = $3`, tx.scope.Zone, n, tx.scope.Zone)
	if err != nil {
		return 0, fmt.Errorf("erase lists: %w", err)
	}
	return erased, nil
}

// MarkChanges notes how far the changes of members reach now.
func (tx *Tx) MarkChanges() error {
	mark, err := tx.LastChange()
	if err == nil {
		_, err = tx.exec(`insert into change_mark (at, mark) values ($1, $2) on conflict (at) do nothing`, micros(tx.now), mark)
	}
	if err != nil {
		return fmt.Errorf("mark changes: %w", err)
	}
	return nil
}

// ForgetChanges erases changes of members that were marked before a moment, at most n; it gives how many. The mark stays: who has read less
// must read every place anew.
func (tx *Tx) ForgetChanges(before time.Time, n int) (int64, error) {
	p := pair{
		lite: `delete from member_change where id in (select id from member_change
			where id <= (select max(mark) from change_mark where at < $1) order by id limit $2)`,
		pg: `delete from member_change where id in (select id from member_change
			where xid <= (select max(mark) from change_mark where at < $1)::text::xid8 order by xid limit $2)`,
	}
	if _, err := tx.exec(`delete from change_mark where at < (select max(at) from change_mark where at < $1)`, micros(before)); err != nil {
		return 0, fmt.Errorf("forget marks: %w", err)
	}
	erased, err := tx.exec(tx.pick(p), micros(before), n)
	if err != nil {
		return 0, fmt.Errorf("forget changes: %w", err)
	}
	return erased, nil
}

// ChangesFloor gives the mark below which changes may be forgotten; 0: none.
func (tx *Tx) ChangesFloor() (mark int64, err error) {
	err = tx.row(`select coalesce(min(mark), 0) from change_mark`).Scan(&mark)
	return mark, err
}
