package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// TaskBundle is the kind of task that sends what was over a day's limit: about a zone, once a day.
const TaskBundle = "mail-bundle"

// Mailbox is how one contact point stands for bulletins and digests.
type Mailbox struct {
	Contact, Member, Zone, Network buurtbel.ID
	State                          buurtbel.ContactState
	Rest                           buurtbel.MailRest
	Since                          time.Time // of Rest
	Asked                          time.Time // when the member was told by another way; zero: never
	Language                       buurtbel.Language
}

const mailboxColumns = `select c.id, c.member, c.zone, m.network, c.state, m.language, coalesce(r.state, ''), coalesce(r.since, 0), coalesce(r.asked_at, 0)
	from contact c join member m on m.id = c.member left join mail_rest r on r.contact = c.id where c.kind = 'mailbox' and c.state <> 'gone'`

func scanMailbox(scan func(...any) error) (Mailbox, error) {
	var m Mailbox
	var since, asked int64
	err := scan(&m.Contact, &m.Member, &m.Zone, &m.Network, &m.State, &m.Language, &m.Rest, &since, &asked)
	m.Since, m.Asked = instant(since), instant(asked)
	return m, err
}

// MailboxOf reads a mailbox of a member, in whatever zone: its holder has proved to be meant.
//
// Errors: error.contact.unknown (NotFound).
func (tx *Tx) MailboxOf(contact buurtbel.ID) (Mailbox, error) {
	m, err := scanMailbox(tx.row(mailboxColumns+` and c.id = $1`, contact).Scan)
	if err != nil {
		return m, missing(err, "error.contact.unknown")
	}
	return m, nil
}

// MailboxesOf reads the mailboxes of a member of the scope's zone.
func (tx *Tx) MailboxesOf(member buurtbel.ID) ([]Mailbox, error) {
	return list(tx, scanMailbox, mailboxColumns+` and c.member = $1 and c.zone = $2 order by c.rank, c.id`, member, tx.scope.Zone)
}

// SetMailRest stores how a mailbox of the scope's zone stands; MailGoes forgets also what came back. It is false when it stood so already.
func (tx *Tx) SetMailRest(m Mailbox, rest buurtbel.MailRest) (bool, error) {
	if rest == buurtbel.MailGoes {
		if _, err := tx.exec(`delete from mail_return where contact = $1 and zone = $2`, m.Contact, tx.scope.Zone); err != nil {
			return false, fmt.Errorf("forget what came back: %w", err)
		}
		n, err := tx.exec(`delete from mail_rest where contact = $1 and zone = $2`, m.Contact, tx.scope.Zone)
		return n == 1, err
	}
	n, err := tx.exec(`insert into mail_rest (contact, zone, member, state, since, asked_at) values ($1, $2, $3, $4, $5, 0)
		on conflict (contact) do update set state = excluded.state, since = excluded.since where mail_rest.state <> excluded.state`,
		m.Contact, tx.scope.Zone, m.Member, rest, micros(tx.now))
	if err != nil {
		return false, fmt.Errorf("let mailbox rest: %w", err)
	}
	return n == 1, nil
}

// AskOfMail notes that the member of a resting mailbox is told by another way. It is false when that was done already.
func (tx *Tx) AskOfMail(contact buurtbel.ID) (bool, error) {
	n, err := tx.exec(`update mail_rest set asked_at = $1 where contact = $2 and zone = $3 and asked_at = 0`, micros(tx.now), contact, tx.scope.Zone)
	return n == 1, err
}

// Mended notes that a mailbox works: who has it opened what was sent there.
func (tx *Tx) Mended(m Mailbox) error {
	if _, err := tx.MoveContact(m.Contact, buurtbel.ContactDead, buurtbel.ContactOK); err != nil {
		return fmt.Errorf("revive mailbox: %w", err)
	}
	if err := tx.changedOne(m.Member); err != nil {
		return err
	}
	_, err := tx.SetMailRest(m, buurtbel.MailGoes)
	return err
}

// MailReturn is what came back of one mail.
type MailReturn struct {
	Delivery buurtbel.ID
	Kind     string // "hard", "soft" or "complaint"
	Status   string // RFC 3463, or the kind of complaint
	Final    bool   // the mail's server gave up: the delivery failed
	Reason   buurtbel.Reason
}

// Returned stores what came back of a mail, and moves its delivery when the server gave up: the member's next mailbox may follow. It gives the mailbox and
// when hard reports about different mails came, this one included. fresh is false for a report that is known.
//
// Errors: error.contact.unknown (NotFound) for a delivery that was no mail to a member, or is forgotten.
func (tx *Tx) Returned(r MailReturn) (m Mailbox, hard []time.Time, fresh bool, err error) {
	var contact buurtbel.ID
	err = tx.row(`select contact from delivery where id = $1 and zone = $2 and channel = 'email'`, r.Delivery, tx.scope.Zone).Scan(&contact)
	if err != nil {
		return m, nil, false, missing(err, "error.contact.unknown")
	}
	if m, err = tx.MailboxOf(contact); err != nil {
		return m, nil, false, err
	}
	if err := tx.LockMember(m.Member); err != nil {
		return m, nil, false, err
	}
	n, err := tx.exec(`insert into mail_return (delivery, kind, contact, zone, member, status, at) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
		r.Delivery, r.Kind, contact, tx.scope.Zone, m.Member, clean(r.Status), micros(tx.now))
	if err != nil {
		return m, nil, false, fmt.Errorf("store what came back: %w", err)
	}
	if fresh = n == 1; fresh && r.Final {
		if err := tx.bounced(r); err != nil {
			return m, nil, false, err
		}
	}
	err = tx.each(func(rows *sql.Rows) error {
		var at int64
		err := rows.Scan(&at)
		hard = append(hard, instant(at))
		return err
	}, `select at from mail_return where contact = $1 and kind = 'hard' and zone = $2 order by at`, contact, tx.scope.Zone)
	return m, hard, fresh, err
}

// bounced moves a delivery whose mail did not arrive, as a receipt would, and journals it so. The contact point stays: one report decides nothing about it.
func (tx *Tx) bounced(r MailReturn) error {
	m := Matched{Receipt: Receipt{Outcome: buurtbel.Outcome{State: buurtbel.Failed, Reason: r.Reason}, Code: clean(r.Status)}}
	var more int64
	err := tx.row(tx.pick(matchDelivery), r.Delivery, tx.scope.Zone).
		Scan(&m.Delivery, &m.Number, &m.Recipient, &m.Contact, &m.Channel, &m.Rank, &more, &m.State, &m.Zone, &m.Message, &m.Alert, &m.Parts)
	if err != nil {
		return missing(err, "error.contact.unknown")
	}
	m.waiting(more)
	move, ok := buurtbel.OnReceipt(m.State, m.Receipt.Outcome)
	if !ok {
		return nil
	}
	move.Dead = false
	m.Settled.Move, m.Changed = move, true
	moved, err := tx.writeReceipts([]Matched{m})
	if err != nil || !moved[m.Delivery] {
		return err
	}
	if err := tx.followMoves([]Settled{m.Settled}); err != nil {
		return err
	}
	subject := m.Alert
	if subject == 0 {
		subject = m.Zone
	}
	return tx.Append(subject, buurtbel.EntryReceipts, 0, fmt.Appendf(nil, "%s %d %s %s\n", m.Delivery, m.Number, buurtbel.Failed, r.Reason))
}

var matchDelivery = pair{
	lite: `select d.id, a.number, d.recipient, d.contact, d.channel, d.rank, d.more, d.state, d.zone, d.message, m.alert, a.parts
		from delivery d join attempt a on a.delivery = d.id and a.number = d.tries join message m on m.id = d.message where d.id = $1 and d.zone = $2`,
	pg: `select d.id, a.number, d.recipient, d.contact, d.channel, d.rank, d.more, d.state, d.zone, d.message, m.alert, a.parts
		from delivery d join attempt a on a.delivery = d.id and a.number = d.tries join message m on m.id = d.message where d.id = $1 and d.zone = $2 for update of d`,
}
