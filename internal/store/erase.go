package store

import (
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Erasing a member goes in slices, and can begin anew at any point: the member's row goes last. TestErasureReachesEverything lists every column
// that may lead to a person, and what becomes of it.

// TaskErase is the kind of task that erases the member it is about.
const TaskErase = "erase-member"

// BeginErasure takes a member of the scope's zone out of every audience at once, ends the mandates, and leaves the erasing for right after.
//
// Errors: error.person.unknown (NotFound).
func (tx *Tx) BeginErasure(member buurtbel.ID) error {
	if err := tx.MoveMember(member, buurtbel.MemberLeft); err != nil {
		return err
	}
	_, err := tx.exec(`update mandate set until_at = $1 where holder = $2 and zone = $3 and (until_at = 0 or until_at > $4)`, micros(tx.now), member, tx.scope.Zone, micros(tx.now))
	if err != nil {
		return fmt.Errorf("end mandates: %w", err)
	}
	return tx.Later(TaskErase, member, tx.now)
}

// RecipientsOf lists the rows by which messages of the scope's zone know a member, at most n after one.
func (tx *Tx) RecipientsOf(member, after buurtbel.ID, n int) ([]buurtbel.ID, error) {
	list, err := tx.memberIDs(`select id from recipient where member = $1 and zone = $2 and id > $3 order by id limit $4`, member, tx.scope.Zone, after, n)
	if err != nil {
		return nil, fmt.Errorf("look for messages of a member: %w", err)
	}
	return list, nil
}

var (
	eraseQueued = pair{
		lite: `update delivery set state = 'not-needed', open = 0, changed_at = $2 where recipient in (select value from json_each($1)) and zone = $3 and state = 'queued'`,
		pg: `update delivery set state = 'not-needed', open = 0, changed_at = $2
			where recipient = any (array(select value::bigint from jsonb_array_elements_text($1::jsonb))) and zone = $3 and state = 'queued'`,
	}
	busyRecipients = pair{
		lite: `select distinct recipient from delivery where recipient in (select value from json_each($1)) and zone = $2 and state = 'sending'`,
		pg: `select distinct recipient from delivery
			where recipient = any (array(select value::bigint from jsonb_array_elements_text($1::jsonb))) and zone = $2 and state = 'sending'`,
	}
	// A letter to one person says what it says to that person alone.
	ownLetters = pair{
		lite: `select m.id from json_each($1) j cross join recipient r on r.id = j.value join message m on m.id = r.message
			where m.zone = $2 and m.kind in ('code', 'answer', 'report') and not exists (select 1 from recipient o where o.message = m.id and o.id <> r.id)`,
		pg: `select m.id from jsonb_array_elements_text($1::jsonb) j(value) join recipient r on r.id = j.value::bigint join message m on m.id = r.message
			where m.zone = $2 and m.kind in ('code', 'answer', 'report') and not exists (select 1 from recipient o where o.message = m.id and o.id <> r.id)`,
	}
)

// EraseRecipients stops what waits for some recipients of one member and cuts the tie to the person, with the texts of letters to that person alone.
// It gives how many are left because a carrier has their message right now.
func (tx *Tx) EraseRecipients(ids []buurtbel.ID) (busy int, err error) {
	list := jsonIDs(ids)
	if _, err := tx.exec(tx.pick(eraseQueued), list, micros(tx.now), tx.scope.Zone); err != nil {
		return 0, fmt.Errorf("stop deliveries: %w", err)
	}
	wait, err := tx.memberIDs(tx.pick(busyRecipients), list, tx.scope.Zone)
	if err != nil {
		return 0, fmt.Errorf("look for open deliveries: %w", err)
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id buurtbel.ID) bool { return slices.Contains(wait, id) })
	letters, err := tx.memberIDs(tx.pick(ownLetters), jsonIDs(ids), tx.scope.Zone)
	if err != nil {
		return 0, fmt.Errorf("look for letters: %w", err)
	}
	for _, m := range letters {
		if err := tx.forgetTexts(m); err != nil {
			return 0, err
		}
	}
	tx.Wake() // a message may be finished now
	return len(wait), tx.ForgetRecipients(ids)
}

// forgetTexts takes what a message said.
func (tx *Tx) forgetTexts(message buurtbel.ID) error {
	sealed, err := tx.sealJSON("message", "texts", message, []buurtbel.Wording{})
	if err != nil {
		return err
	}
	if _, err := tx.exec(`update message set texts = $1 where id = $2 and zone = $3`, sealed, message, tx.scope.Zone); err != nil {
		return fmt.Errorf("forget texts: %w", err)
	}
	return nil
}

// eraseOwn are the rows about one member alone, in order; each query takes the member and the zone. A text from a number that another member has too
// stays with that one. Sessions and links name the person; whose session it is has one zone only.
var eraseOwn = []string{
	`delete from application_note where application = $1 and zone = $2`,
	`delete from application_fact where application = $1 and zone = $2`,
	`delete from proof where application = $1 and zone = $2`,
	`delete from application where id = $1 and zone = $2`,
	`delete from business_person where member = $1 and zone = $2`,
	`delete from session_device where session in (select s.hash from session s join member m on m.id = s.person where m.id = $1 and m.zone = $2)`,
	`delete from session where person in (select id from member where id = $1 and zone = $2)`,
	`delete from shift where person in (select id from member where id = $1 and zone = $2)`,
	`delete from one_use where person in (select id from member where id = $1 and zone = $2)`,
	`delete from one_use where by_id in (select id from member where id = $1 and zone = $2)`,
	`delete from one_use where subject in (select id from contact where member = $1 and zone = $2)`,
	`delete from one_use where subject in (select id from member where id = $1 and zone = $2)`,
	`delete from passkey where person in (select id from member where id = $1 and zone = $2)`,
	`delete from identity where person in (select id from member where id = $1 and zone = $2)`,
	`delete from last_sign where person in (select id from member where id = $1 and zone = $2)`,
	`delete from own_code where person in (select id from member where id = $1 and zone = $2)`,
	`delete from move_asked where member = $1 and zone = $2`,
	`delete from journal_content where zone = $2 and (subject, node, seq) in (select b.subject, b.node, b.seq from journal_about b where b.member = $1 and b.zone = $2
		and not exists (select 1 from journal_about o where o.subject = b.subject and o.node = b.node and o.seq = b.seq and o.member <> b.member))`,
	`delete from journal_about where member = $1 and zone = $2`,
	`delete from tree_consent where member = $1 and zone = $2`,
	`delete from exercise_out where member = $1 and zone = $2`,
	`delete from probe where member = $1 and zone = $2`,
	`delete from bulk_member where member = $1 and zone = $2`,
	`delete from house_rules_accepted where member = $1 and zone = $2`,
	`delete from bulletin_ask where person = $1 and zone = $2`,
	`update bulletin_offer set name = substr(name, 1, 0) where by_id = $1 and zone = $2 and length(name) > 0`,
	`delete from meeting_guest where member = $1 and zone = $2`,
	`delete from meeting_there where person = $1 and zone = $2`,
	`delete from conversation_line where zone = $2 and conversation in (select id from conversation where member = $1 and zone = $2)`,
	`delete from conversation_letter where zone = $2 and conversation in (select id from conversation where member = $1 and zone = $2)`,
	`delete from conversation where member = $1 and zone = $2`,
	`delete from mail_piece where zone = $2 and mail in (select id from mail_in where member = $1 and zone = $2)`,
	`delete from mail_in where member = $1 and zone = $2`,
	`delete from mail_rest where member = $1 and zone = $2`,
	`delete from mail_return where member = $1 and zone = $2`,
	`delete from mail_day where member = $1 and zone = $2`,
	`delete from mail_over where member = $1 and zone = $2`,
	`delete from inbound where member = $1 and zone in (0, $2)`,
	`delete from inbound where member = 0 and sender_hash in (select c.hash from contact c where c.member = $1 and c.zone = $2
		and not exists (select 1 from contact o where o.hash = c.hash and o.member <> c.member))`,
	`delete from contact where member = $1 and zone = $2`,
}

// EraseMember erases a member whose messages are forgotten, and everything else that is only about this person. It is false while a message may still
// name the member: one that is being planned, or a recipient that is left.
func (tx *Tx) EraseMember(member buurtbel.ID) (bool, error) {
	var open int
	err := tx.row(`select (select count(*) from recipient where member = $1 and zone = $2)
		+ (select count(*) from message where zone = $3 and state = 'running' and cursor < audience_size)`, member, tx.scope.Zone, tx.scope.Zone).Scan(&open)
	if err != nil || open > 0 {
		return false, err
	}
	for _, query := range eraseOwn {
		if _, err := tx.exec(query, member, tx.scope.Zone); err != nil {
			return false, fmt.Errorf("erase what is about a member: %w", err)
		}
	}
	return true, tx.eraseRow(member)
}

// eraseRow erases the row itself, the household that is empty without it, and tells the audience index.
func (tx *Tx) eraseRow(member buurtbel.ID) error {
	var household buurtbel.ID
	if err := tx.row(`select household from member where id = $1 and zone = $2`, member, tx.scope.Zone).Scan(&household); err != nil {
		return missing(err, "error.person.unknown")
	}
	if _, err := tx.exec(`delete from member where id = $1 and zone = $2 and state = 'left'`, member, tx.scope.Zone); err != nil {
		return fmt.Errorf("erase member: %w", err)
	}
	_, err := tx.exec(`delete from household where id = $1 and zone = $2 and not exists (select 1 from member where household = $3)`, household, tx.scope.Zone, household)
	if err != nil {
		return fmt.Errorf("erase household: %w", err)
	}
	changes := newBatch(1, 24)
	changes.row().id("m", member).end()
	return tx.changed(changes.done())
}

// ErasureWaits is how long an erasure rests for what a carrier has right now.
const ErasureWaits = 2 * time.Second
