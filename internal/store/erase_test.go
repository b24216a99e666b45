package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// personal lists every column that may lead to a member: named like a person or a thing of one, or sealed. What becomes of it when the member is erased
// stands beside it; a column that is not in the list fails the test, so that a new table is thought of when it is made.
var personal = map[string]string{
	"member.household": "row erased", "member.name": "row erased", "member.home": "row erased", "member.place": "row erased",
	"contact.member": "row erased", "contact.address": "row erased", "contact.hash": "row erased",
	"recipient.member": "turned into a number without meaning", "delivery.recipient": "leads to a recipient without a person", "delivery.contact": "set to 0",
	"attempt.delivery": "leads to a delivery without a person; reference and code emptied", "attempt_part.delivery": "row erased",
	"mail_in.member": "row erased", "mail_in.digest": "row erased", "mail_in.envelope": "row erased; of a mail whose sender is nobody's or an office's, the period erases it", "mail_piece.body": "row erased",
	"conversation.member": "row erased", "conversation.place": "row erased", "conversation_line.by_id": "row erased", "conversation_line.body": "row erased",
	"inbound.member": "row erased", "inbound.dedupe": "row erased", "inbound.sender_hash": "row erased, unless another member has the number",
	"inbound.sender": "row erased, unless another member has the number", "inbound.recipient": "row erased, unless another member has the number; it is our own number", "inbound.body": "row erased, unless another member has the number",
	"own_code.person": "row erased", "own_code.ask": "row erased", "own_code.code": "row erased", "move_asked.member": "row erased", "move_asked.home": "row erased", "move_asked.place": "row erased",
	"journal_about.member": "row erased", "journal_about.subject": "row erased", "breach.by_id": "kept: the id leads to nobody", "breach.details": "says what happened, and names nobody",
	"tree_consent.member": "row erased", "exercise_out.member": "row erased",
	"mail_rest.member": "row erased", "mail_rest.contact": "row erased", "mail_return.member": "row erased", "mail_return.contact": "row erased", "mail_return.delivery": "row erased",
	"mail_day.member": "row erased", "mail_over.member": "row erased", "mail_over.recipient": "row erased", "mail_over.delivery": "row erased",
	"import_draft.by_id": "kept: the id leads to nobody", "import_draft.payload": "emptied when the list is taken over; given up or seven days old, the row goes",
	"meeting_there.person": "row erased", "meeting_guest.member": "row erased", "meeting.by_id": "kept: the id leads to nobody", "meeting.details": "what the network meets for, sealed",
	"meeting.minutes": "what the network decided, sealed; written by hand, and corrected by hand", "meeting_vote.question": "what was voted on, sealed; the votes are counts",
	"bulletin.by_id": "kept: the id leads to nobody", "bulletin.content": "what police, municipality or network told the members, sealed; goes a season after it was over",
	"bulletin_offer.by_id": "kept: the id leads to nobody", "bulletin_offer.name": "emptied", "bulletin_offer.words": "what the network was told, sealed; goes with the bulletin", "bulletin_ask.person": "row erased",
	"house_rules_draft.by_id": "kept until it is decided: the id leads to nobody", "house_rules_draft.note": "what an official says of a text, sealed; goes when it is decided",
	"house_rules_accepted.member": "row erased", "house_rules_accepted.by_id": "row erased",
	"bulk_member.member": "row erased", "bulk_change.by_id": "kept: the id leads to nobody",
	"code_count.hash": "a keyed hash; the row goes forty days after the last code", "one_use.by_id": "row erased", "one_use.number": "row erased", "own_code.number": "row erased",
	"one_use.person": "row erased", "one_use.subject": "row erased", "one_use.hash": "row erased",
	"session.person": "row erased", "session.hash": "row erased", "session_device.session": "row erased", "session_device.device": "row erased",
	"shift.person": "row erased", "shift.device": "row erased", "shift.pin": "row erased",
	"message.sender": "the office that speaks", "message.texts": "emptied of a letter to this member alone; official texts name nobody",
	"last_sign.person": "row erased", "mandate.by_id": "kept: the id leads to nobody", "mandate.ended_by": "kept: the id leads to nobody",
	"mandate.holder":       "kept, ended: who held an office is a dated fact; the id leads to nobody",
	"audience.members":     "kept until the message is forgotten: ids that lead to nobody, and the count must stay what was frozen",
	"alert.details":        "kept until the message is forgotten: ids that lead to nobody",
	"member_change.member": "kept two days: the audience index of a process must hear of it; the id leads to nobody",
	"task.subject":         "the erasing task itself; others end by themselves and hold ids only",
	"journal.actor":        "kept: the chain holds opaque ids (rule 18)", "journal.subject": "kept: the chain holds opaque ids (rule 18)",
	"journal.commitment": "kept: a commitment tells nothing", "journal.prev": "kept: a hash", "journal.hash": "kept: a hash",
	"journal_content.subject": "kept until its period is over: opaque ids", "journal_content.salt": "kept with its content", "journal_content.content": "kept until its period is over: opaque ids",
	"journal_head.subject": "kept: the chain holds opaque ids (rule 18)", "journal_head.hash": "kept: a hash",
	"journal_seal.body": "kept: heads", "journal_seal.mac": "kept: heads",
	"alert.by_id": "kept: who launched is an official", "confirmation.by_id": "kept: who confirmed is an official", "debt.by_id": "kept: who settled is an official",
	"confirmation.digest": "about a text, not a person", "tree_print.by_id": "kept: the id leads to nobody", "tree_consent.by_id": "row erased", "exercise_out.by_id": "row erased",
	"import_batch.by_id": "kept: the id leads to nobody", "import_row.person": "a number in a list; the rows go when the list is over", "import_row.payload": "erased when the list is taken over, given up or seven days old",
	"exercise.reason": "about the network and its day, not a person", "exercise.ended_by": "kept: the id leads to nobody", "area_version.by_id": "kept: who changed it is an official",
	"probe.member": "row erased", "probe.contact": "row erased",
	"passkey.person": "row erased", "passkey.credential": "row erased", "passkey.record": "row erased", "passkey.name": "row erased", "identity.person": "row erased", "identity.account": "row erased",
	"sealed_set.person": "an official: members have none", "sealed_set.by_id": "an official", "sealed_code.hash": "of a code for the dispatch room", "spent.hash": "of a ticket, until it expires",
	"wish.hash": "kept: of somebody who asked for a network; erased by its own link, and when its year is over", "remark.body": "kept a year: nobody is asked who wrote it",
	"official.name":      "an official is no member",
	"application.person": "row erased", "application.household": "row erased", "application.by_id": "row erased", "application_fact.by_id": "row erased",
	"application_note.by_id": "row erased", "application_note.body": "row erased", "proof.contact": "row erased", "proof.hash": "row erased",
	"ask_limit.hash": "a keyed hash; the row goes forty days after the last code", "house_rules.by_id": "kept: the id leads to nobody",
	"digest_item.details": "what police tell of a street or a district, sealed; it names nobody", "digest_item.by_id": "kept: who wrote it is an official",
	"business.name": "kept: a business is no member", "business_person.member": "row erased", "business_person.by_id": "row erased",
}

var personalNames = []string{"member", "person", "holder", "household", "contact", "recipient", "delivery", "actor", "by_id", "ended_by", "subject", "hash", "sender", "device", "session", "email", "phone", "number_hash", "user", "owner"}

// columnsOf lists the columns of every table of ours with their types.
func columnsOf(t *testing.T, db *store.DB) map[string]string {
	t.Helper()
	query := `select m.name, c.name, c.type from sqlite_schema m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite%' and m.name not like 'goose%'`
	if db.Engine() == store.Postgres {
		query = `select table_name, column_name, data_type from information_schema.columns where table_schema = current_schema() and table_name not like 'goose%'`
	}
	rows, err := db.SQL().Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var table, column, kind string
		if err := rows.Scan(&table, &column, &kind); err != nil {
			t.Fatal(err)
		}
		out[table+"."+column] = strings.ToLower(kind)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func isBytes(kind string) bool { return kind == "blob" || kind == "bytea" }

func TestEveryColumnAboutAPersonIsThoughtOf(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		columns := columnsOf(t, db)
		for column, kind := range columns {
			_, name, _ := strings.Cut(column, ".")
			if (isBytes(kind) || slices.Contains(personalNames, name)) && personal[column] == "" {
				t.Errorf("%s may lead to a member: say in this list what becomes of it when the member is erased, and let store.EraseMember do it", column)
			}
		}
		for column := range personal {
			if columns[column] == "" {
				t.Errorf("%s is in the list and not in the schema", column)
			}
		}
	})
}

// A member with something in every table is erased; no column holds the id of the member or of a contact point any more, but for those that the list
// keeps, and the neighbour has everything still.
func TestErasureReachesEverything(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 3)
		gone, stays := v.members[0], v.members[1]
		for i, m := range []store.NewMember{gone, stays} {
			v.lives(m, i)
		}
		message, list := v.launch(v.alert(), buurtbel.KindLaunch)
		work := v.claim(message, buurtbel.SMS, 9)
		busy := work[slices.IndexFunc(work, func(w store.Work) bool { return w.Recipient == list[0].ID })]
		for _, w := range work {
			if w.Delivery != busy.Delivery {
				v.record(v.settled(w, buurtbel.SMS, handedOver, "r"+w.Delivery.String()))
			}
		}
		v.write(func(tx *store.Tx) error { return tx.BeginErasure(gone.Member.ID) })
		if v.erase(gone.Member.ID) {
			t.Fatal("erased while a carrier has a message")
		}
		v.record(v.settled(busy, buurtbel.SMS, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Rejected})) // frees the second number, which is stopped
		if !v.erase(gone.Member.ID) {
			t.Fatal("not erased")
		}
		v.nowhere(gone)
		if n := v.count(`select count(*) from contact where member = $1`, int64(stays.Member.ID)); n != 3 {
			t.Errorf("the neighbour has %d contact points", n)
		}
		for _, table := range []string{"tree_consent", "exercise_out", "bulk_member", "meeting_guest", "meeting_there", "house_rules_accepted", "bulletin_ask", "inbound", "session", "shift", "one_use"} {
			column := map[bool]string{true: "person", false: "member"}[slices.Contains([]string{"session", "shift", "one_use", "meeting_there", "bulletin_ask"}, table)]
			if n := v.count(`select count(*) from `+table+` where `+column+` = $1`, int64(stays.Member.ID)); n == 0 {
				t.Errorf("the neighbour has nothing in %s any more", table)
			}
		}
		if n := v.count(`select count(*) from recipient where message = $1`, int64(message)); n != 3 {
			t.Errorf("%d recipients are counted", n)
		}
		if breaks := v.breaks(); len(breaks) != 0 {
			t.Errorf("the journal's chain: %v", breaks)
		}
		v.write(func(tx *store.Tx) error {
			if _, err := tx.EraseMember(gone.Member.ID); buurtbel.KeyOf(err) != "error.person.unknown" {
				t.Errorf("erased twice: %v", err)
			}
			return nil
		})
	})
}

// erase does one round of what the task does.
func (v *village) erase(member buurtbel.ID) (done bool) {
	v.t.Helper()
	v.write(func(tx *store.Tx) error {
		list, err := tx.RecipientsOf(member, 0, 100)
		if err != nil {
			return err
		}
		if busy, err := tx.EraseRecipients(list); err != nil || busy > 0 {
			return err
		}
		done, err = tx.EraseMember(member)
		return err
	})
	return done
}

// lives puts something of a member into every table that can hold it.
func (v *village) lives(m store.NewMember, i int) {
	v.t.Helper()
	id := m.Member.ID
	bytesOf := func(what string) []byte { return fmt.Appendf(nil, "%s %d", what, i) }
	in := &store.Inbound{ID: v.db.NewID(), Carrier: "carrier", Channel: buurtbel.SMS, From: mobileOf(i), To: "8810", Body: "Ik zag iets."}
	unknown := &store.Inbound{ID: v.db.NewID(), Carrier: "carrier", Channel: buurtbel.SMS, From: mobileOf(i), To: "8810", Body: "Nog iets."}
	letter := v.message(0, buurtbel.KindCode)
	v.write(func(tx *store.Tx) error {
		_, errs := tx.GiveTreeConsent(v.network, id, id, "telephone")
		_, err := tx.LeaveExercises(v.network, id, id, "telephone")
		_, err2 := tx.InsertInbound(in)
		_, err3 := tx.InsertInbound(unknown)
		in.Zone, in.Meaning, in.Member = v.zone, buurtbel.AnswerOther, id
		_, err4 := tx.SettleInbound(in)
		_, err5 := tx.ChangeMembers(store.MemberBatch{ID: v.db.NewID(), Network: v.network, Kind: store.BulkAway, By: id}, []buurtbel.ID{id})
		_, err6 := tx.AcceptRules(v.network, 0, id, id, "form")
		meeting := v.db.NewID()
		b := &buurtbel.Bulletin{ID: v.db.NewID(), Source: buurtbel.SourceNetwork, By: id, Topic: "other", Networks: []buurtbel.ID{v.network}, Until: v.db.Now().Add(time.Hour)}
		o := &buurtbel.Offer{ID: v.db.NewID(), Network: v.network, State: buurtbel.BulletinRelayed, Turn: buurtbel.TurnCoordinator, By: id, Name: m.Name.Family}
		_, err7 := tx.AskOffer(store.OfferAsked{ID: v.db.NewID(), Offer: o.ID, Person: id, Turn: buurtbel.TurnCoordinator})
		return errors.Join(errs, err, err2, err3, err4, err5, err6, err7, tx.PutBulletin(b), tx.OfferBulletin(b.ID, tx.Now(), []*buurtbel.Offer{o}),
			tx.InsertMeeting(store.Meeting{ID: meeting, Network: v.network, By: id}), tx.AnswerMeeting(store.Guest{Meeting: meeting, Member: id}, "yes"), tx.MarkThere(meeting, []buurtbel.ID{id}, 1),
			tx.InsertOneUse(bytesOf("link"), store.OneUse{Purpose: "sign-in", Subject: m.Contacts[2].ID, Person: id, Expires: v.db.Now().Add(time.Hour)}),
			tx.InsertSession(bytesOf("session"), store.Session{Person: id, Zone: v.zone, Office: "member", Expires: v.db.Now().Add(time.Hour)}),
			tx.PutShift(bytesOf("device"), []byte("pin"), store.Shift{Person: id, Zone: v.zone, Expires: v.db.Now().Add(time.Hour)}),
			tx.Sign(id, v.zone),
			tx.InsertMandate(buurtbel.Mandate{ID: v.db.NewID(), Holder: id, Role: buurtbel.RoleDeputy, Zone: v.zone, Network: v.network, From: v.db.Now().Add(-time.Hour)}),
			tx.Append(v.zone, buurtbel.EntryContact, id, []byte(m.Contacts[0].ID.String()+" dead")),
			tx.Post(letter, []store.Recipient{{ID: v.db.NewID(), Member: id, Steps: []store.RecipientStep{{ID: v.db.NewID(), Step: buurtbel.Step{Contact: m.Contacts[2].ID, Channel: buurtbel.Email}}}}}))
	})
}

// nowhere looks through every column of every table for the ids of a member, and for the letter that only this member got.
func (v *village) nowhere(m store.NewMember) {
	v.t.Helper()
	ids := []buurtbel.ID{m.Member.ID}
	for _, c := range m.Contacts {
		ids = append(ids, c.ID)
	}
	for column, kind := range columnsOf(v.t, v.db) {
		table, name, _ := strings.Cut(column, ".")
		if kind != "integer" && kind != "bigint" {
			continue
		}
		for _, id := range ids {
			if n := v.count(`select count(*) from `+table+` where `+name+` = $1`, int64(id)); n != 0 && !strings.HasPrefix(personal[column], "kept") && column != "task.subject" {
				v.t.Errorf("%s still holds %s (%d)", column, id, n)
			}
		}
	}
	for _, c := range m.Contacts {
		hash := v.db.AddressHash(c.Address)
		for _, table := range []string{"contact.hash", "inbound.sender_hash"} {
			name, column, _ := strings.Cut(table, ".")
			var found []byte
			if err := v.db.SQL().QueryRow(`select `+column+` from `+name+` where `+column+` = $1`, hash).Scan(&found); err == nil && bytes.Equal(found, hash) {
				v.t.Errorf("%s still holds the hash of an address", table)
			}
		}
	}
	if n := v.count(`select count(*) from delivery where state = 'queued' and contact = 0`); n != 0 {
		v.t.Errorf("%d deliveries wait for a person who is not there", n)
	}
}
