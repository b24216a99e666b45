package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Mail is a mail that arrived. Path and To are its envelope: opened contact data.
type Mail struct {
	ID, Zone, Member buurtbel.ID // zone and member 0: not known
	At               time.Time
	Path             string // MAIL FROM; "" for reports
	To               []string
	Raw              []byte // as it came

	Done    bool   // a verb has settled it
	Kind    string // as mailread names it; "" until it was read
	Sign    string
	Verdict string // of the sender
	Refusal string // key of the sentence with which it was refused; "": it was taken
}

// mailPiece is how many bytes of a mail one transaction stores: sealing and writing them takes a few milliseconds.
const mailPiece = 512 << 10

type mailEnvelope struct {
	Path string   `json:"path"`
	To   []string `json:"to"`
}

// KeepMail stores a mail sealed, in pieces: when it returns, nothing of it can be lost. after is called in the last transaction, if the mail
// is new. fresh is false when the same bytes to the same mailboxes were stored before: a server repeats what we did not acknowledge in time.
func (db *DB) KeepMail(ctx context.Context, m *Mail, after func(*Tx) error) (fresh bool, err error) {
	m.ID, m.At = db.NewID(), db.Now()
	digest := db.ring.Hash("mail_in", fmt.Sprintf("%q|%q|%s", m.Path, m.To, m.Raw))
	scope := buurtbel.Scope{Zone: m.Zone}
	known := 0
	err = db.Read(ctx, scope, func(tx *Tx) error {
		return tx.row(`select count(*) from mail_in where digest = $1`, digest).Scan(&known)
	})
	if err != nil || known > 0 {
		return false, err
	}
	pieces := 0
	for from := 0; from < len(m.Raw); from += mailPiece {
		piece := m.Raw[from:min(from+mailPiece, len(m.Raw))]
		if err := db.WriteRank(ctx, Steady, scope, func(tx *Tx) error { return tx.insertPiece(m, pieces, piece) }); err != nil {
			return false, fmt.Errorf("store a piece of a mail: %w", err)
		}
		pieces++
	}
	err = db.WriteRank(ctx, Steady, scope, func(tx *Tx) error {
		if fresh, err = tx.insertMail(m, digest, pieces); err != nil {
			return err
		}
		if !fresh { // another process stored it meanwhile
			return tx.dropPieces(m.ID)
		}
		return after(tx)
	})
	if err != nil {
		return false, fmt.Errorf("store mail: %w", err)
	}
	return fresh, nil
}

func pieceName(number int64) string { return fmt.Sprintf("body %d", number) }

func (tx *Tx) insertPiece(m *Mail, number int, piece []byte) error {
	sealed, err := tx.seal("mail_piece", pieceName(int64(number)), m.ID, piece)
	if err == nil {
		_, err = tx.exec(`insert into mail_piece (mail, number, zone, body) values ($1, $2, $3, $4) on conflict do nothing`, m.ID, number, m.Zone, sealed)
	}
	return err
}

func (tx *Tx) insertMail(m *Mail, digest []byte, pieces int) (bool, error) {
	envelope, err := tx.sealJSON("mail_in", "envelope", m.ID, mailEnvelope{m.Path, m.To})
	if err != nil {
		return false, err
	}
	state := "new"
	if m.Done {
		state = "done"
	}
	n, err := tx.exec(`insert into mail_in (id, zone, member, at, digest, envelope, pieces, size, state, kind, sign, verdict, refusal)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13) on conflict (digest) do nothing`, m.ID, m.Zone, m.Member, micros(m.At), digest, envelope, pieces, len(m.Raw),
		state, m.Kind, m.Sign, m.Verdict, m.Refusal)
	return n == 1, err
}

func (tx *Tx) dropPieces(mail buurtbel.ID) error {
	_, err := tx.exec(`delete from mail_piece where mail = $1 and zone = $2`, mail, tx.scope.Zone)
	return err
}

// MailIn reads a mail of the scope's zone with its bytes.
//
// Errors: error.mail.unknown (NotFound).
func (tx *Tx) MailIn(id buurtbel.ID) (*Mail, error) {
	m := &Mail{ID: id, Zone: tx.scope.Zone}
	var at, pieces, size int64
	var envelope vault.Sealed
	var state string
	err := tx.row(`select member, at, envelope, pieces, size, state, kind, sign, verdict, refusal from mail_in where id = $1 and zone = $2`, id, tx.scope.Zone).
		Scan(&m.Member, &at, &envelope, &pieces, &size, &state, &m.Kind, &m.Sign, &m.Verdict, &m.Refusal)
	if err != nil {
		return nil, missing(err, "error.mail.unknown")
	}
	m.At, m.Done = instant(at), state == "done"
	var e mailEnvelope
	if err := tx.openJSON("mail_in", "envelope", id, envelope, &e); err != nil {
		return nil, err
	}
	m.Path, m.To, m.Raw = e.Path, e.To, make([]byte, 0, size)
	found := int64(0)
	err = tx.each(func(r *sql.Rows) error {
		var number int64
		var sealed vault.Sealed
		if err := r.Scan(&number, &sealed); err != nil {
			return err
		}
		found++
		plain, err := tx.open("mail_piece", pieceName(number), id, sealed)
		m.Raw = append(m.Raw, plain...)
		return err
	}, `select number, body from mail_piece where mail = $1 and zone = $2 order by number`, id, tx.scope.Zone)
	if err == nil && found != pieces {
		err = errors.New("a piece of the mail is missing")
	}
	if err != nil {
		return nil, fmt.Errorf("open mail: %w", err)
	}
	return m, nil
}

// SettleMail records what a mail was and whose. It is false when it was settled before.
func (tx *Tx) SettleMail(m *Mail) (bool, error) {
	n, err := tx.exec(`update mail_in set state = 'done', kind = $1, sign = $2, verdict = $3, refusal = $4, member = $5 where id = $6 and zone = $7 and state = 'new'`,
		m.Kind, m.Sign, m.Verdict, m.Refusal, m.Member, m.ID, tx.scope.Zone)
	return n == 1, err
}

// ForgetMail erases settled mails that came before a moment, at most n of the scope's zone, and pieces that belong to none: what was cut off
// before it was acknowledged. It gives how many mails it erased.
func (tx *Tx) ForgetMail(before time.Time, n int) (int, error) {
	list, err := tx.memberIDs(`select id from mail_in where zone = $1 and at < $2 and state = 'done' order by id limit $3`, tx.scope.Zone, micros(before), n)
	if err != nil {
		return 0, fmt.Errorf("look for old mails: %w", err)
	}
	for _, id := range list {
		if err := tx.dropPieces(id); err != nil {
			return 0, fmt.Errorf("erase mail: %w", err)
		}
		if _, err := tx.exec(`delete from mail_in where id = $1 and zone = $2`, id, tx.scope.Zone); err != nil {
			return 0, fmt.Errorf("erase mail: %w", err)
		}
	}
	_, err = tx.exec(`delete from mail_piece where zone = $1 and mail < $2 and not exists (select 1 from mail_in m where m.id = mail_piece.mail)`,
		tx.scope.Zone, new(buurtbel.IDs).Next(tx.now.Add(-24*time.Hour)))
	if err != nil {
		return 0, fmt.Errorf("erase pieces: %w", err)
	}
	return len(list), nil
}

// MailTo is a delivery by mail that an answer or a report names.
type MailTo struct {
	Delivery, Zone, Message, Alert, Person, Contact buurtbel.ID
	Kind                                            buurtbel.MessageKind
}

// MailedTo finds a delivery by mail, in any zone: who calls it has checked our signature.
//
// Errors: error.delivery.unknown (NotFound).
func (tx *Tx) MailedTo(delivery buurtbel.ID) (MailTo, error) {
	m := MailTo{Delivery: delivery}
	err := tx.row(`select d.zone, d.message, m.alert, r.member, d.contact, m.kind from delivery d join recipient r on r.id = d.recipient join message m on m.id = d.message
		where d.id = $1 and d.channel = 'email'`, delivery).Scan(&m.Zone, &m.Message, &m.Alert, &m.Person, &m.Contact, &m.Kind)
	return m, missing(err, "error.delivery.unknown")
}

// WritesFrom tells whether a verified mailbox of a person of the scope's zone is address.
func (tx *Tx) WritesFrom(person buurtbel.ID, address string) (bool, error) {
	var n int
	err := tx.row(`select count(*) from contact where member = $1 and zone = $2 and hash = $3 and kind = 'mailbox' and verified_at <> 0 and state <> 'gone'`,
		person, tx.scope.Zone, tx.db.AddressHash(address)).Scan(&n)
	return n > 0, err
}

// MembersAt lists the active members who have a verified mailbox, in any zone, the one who joined first first.
func (tx *Tx) MembersAt(address string) ([]ContactHolder, error) {
	var out []ContactHolder
	err := tx.each(func(r *sql.Rows) error {
		c := ContactHolder{Kind: buurtbel.Mailbox}
		err := r.Scan(&c.Contact, &c.Member, &c.Zone, &c.Network, &c.State, &c.Language)
		out = append(out, c)
		return err
	}, `select c.id, c.member, c.zone, m.network, c.state, m.language from contact c join member m on m.id = c.member
		where c.hash = $1 and c.kind = 'mailbox' and c.verified_at <> 0 and c.state <> 'gone' and m.state in ('active', 'suspended') order by m.id`, tx.db.AddressHash(address))
	return out, err
}

// MailFailed applies a report that a mail did not arrive, as a receipt of a carrier: it moves the delivery that we believed to be taken, and
// what follows follows. It is nil when it changes nothing.
func (tx *Tx) MailFailed(delivery buurtbel.ID, reason buurtbel.Reason, code string) (*Matched, error) {
	m := Matched{Receipt: Receipt{Outcome: buurtbel.Outcome{State: buurtbel.Failed, Reason: reason}, Code: clean(code)}}
	var more int64
	err := tx.row(tx.pick(mailAttempt), delivery, tx.scope.Zone).
		Scan(&m.Delivery, &m.Number, &m.Recipient, &m.Contact, &m.Channel, &m.Rank, &more, &m.State, &m.Zone, &m.Message, &m.Alert, &m.Parts)
	if err != nil {
		return nil, missing(err, "error.delivery.unknown")
	}
	m.waiting(more)
	list := []Matched{m}
	if err := tx.applyMatched(list); err != nil {
		return nil, fmt.Errorf("apply report: %w", err)
	}
	if !list[0].Changed {
		return nil, nil
	}
	return &list[0], nil
}

var mailAttempt = pair{
	lite: `select d.id, a.number, d.recipient, d.contact, d.channel, d.rank, d.more, d.state, d.zone, d.message, m.alert, a.parts from delivery d
		join attempt a on a.delivery = d.id join message m on m.id = d.message where d.id = $1 and d.zone = $2 and d.channel = 'email' order by a.number desc limit 1`,
	pg: `select d.id, a.number, d.recipient, d.contact, d.channel, d.rank, d.more, d.state, d.zone, d.message, m.alert, a.parts from delivery d
		join attempt a on a.delivery = d.id join message m on m.id = d.message where d.id = $1 and d.zone = $2 and d.channel = 'email' order by a.number desc limit 1 for update of d`,
}
