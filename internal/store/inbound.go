package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Inbound is a text that came back, or a piece of one. From, To and Body are opened contact data.
type Inbound struct {
	ID      buurtbel.ID
	Zone    buurtbel.ID // 0: not known yet
	Carrier string
	Channel buurtbel.Channel
	From    string
	To      string
	Body    string
	Part    [3]int // group, total, number; zero total: whole
	At      time.Time
	Meaning buurtbel.Answer
	Member  buurtbel.ID
	Alert   buurtbel.ID
	State   string // "new", "done", or "seen" when somebody settled it on the desk
}

// InsertInbound stores a text sealed, before it is acknowledged to the carrier. fresh is false when the same text was stored within
// the same two minutes: carriers repeat what we did not acknowledge in time.
func (tx *Tx) InsertInbound(in *Inbound) (fresh bool, err error) {
	var sealed [3]vault.Sealed
	for i, part := range []struct{ column, text string }{{"sender", in.From}, {"recipient", in.To}, {"body", in.Body}} {
		if sealed[i], err = tx.seal("inbound", part.column, in.ID, []byte(part.text)); err != nil {
			return false, fmt.Errorf("seal text: %w", err)
		}
	}
	seen, err := tx.seenText(in)
	if err != nil || seen {
		return false, err
	}
	n, err := tx.exec(`insert into inbound (id, zone, carrier, channel, dedupe, sender_hash, sender, recipient, body, part_group, part_total, part_number,
		at, due, state, meaning, member, alert) values ($1,0,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,'new','',0,0) on conflict (dedupe) do nothing`,
		in.ID, in.Carrier, in.Channel, tx.dedupe(in, tx.now), tx.db.AddressHash(in.From), sealed[0], sealed[1], sealed[2],
		in.Part[0], in.Part[1], in.Part[2], micros(tx.now), micros(tx.now))
	if err != nil {
		return false, fmt.Errorf("insert text: %w", err)
	}
	tx.Wake()
	return n == 1, nil
}

// repeats is how long a carrier may repeat a text that we did not acknowledge in time.
const repeats = 2 * time.Minute

// dedupe names a text and the stretch of time that it came in.
func (tx *Tx) dedupe(in *Inbound, at time.Time) []byte {
	key := fmt.Sprintf("%q|%q|%q|%q|%v|%d", in.Carrier, in.From, in.To, in.Body, in.Part, at.Unix()/int64(repeats.Seconds()))
	return tx.db.ring.Hash("inbound", key)
}

// seenText looks into the stretch before: a repetition just after its end is one too.
func (tx *Tx) seenText(in *Inbound) (bool, error) {
	var n int
	err := tx.row(`select count(*) from inbound where dedupe = $1 and at > $2`, tx.dedupe(in, tx.now.Add(-repeats)), micros(tx.now.Add(-repeats))).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for the same text: %w", err)
	}
	return n > 0, nil
}

const inboundColumns = `id, zone, carrier, channel, sender, recipient, body, part_group, part_total, part_number, at, meaning, member, alert, state`

func (tx *Tx) scanInbound(scan func(...any) error) (*Inbound, error) {
	var in Inbound
	var at int64
	var sealed [3]vault.Sealed
	err := scan(&in.ID, &in.Zone, &in.Carrier, &in.Channel, &sealed[0], &sealed[1], &sealed[2], &in.Part[0], &in.Part[1], &in.Part[2], &at,
		&in.Meaning, &in.Member, &in.Alert, &in.State)
	if err != nil {
		return &in, err
	}
	in.At = instant(at)
	for i, into := range map[int]*string{0: &in.From, 1: &in.To, 2: &in.Body} {
		column := [...]string{"sender", "recipient", "body"}[i]
		plain, err := tx.open("inbound", column, in.ID, sealed[i])
		if err != nil {
			return &in, fmt.Errorf("open text: %w", err)
		}
		*into = string(plain)
	}
	return &in, nil
}

// texts reads texts that came in. One that cannot be opened stays where it is, and holds back no other.
func (tx *Tx) texts(query string, args ...any) ([]*Inbound, error) {
	var out []*Inbound
	err := tx.each(func(r *sql.Rows) error {
		in, err := tx.scanInbound(r.Scan)
		if err == nil {
			out = append(out, in)
			return nil
		}
		return tx.spared(err, "text", in.ID)
	}, query, args...)
	return out, err
}

// DueInbound lists texts that no verb has taken yet, oldest first, at most n. For loops.
func (tx *Tx) DueInbound(n int) ([]*Inbound, error) {
	return tx.texts(`select `+inboundColumns+` from inbound where state = 'new' and due <= $1 order by due, id limit $2`, micros(tx.now), n)
}

// PartsOf lists the new pieces of a longer text, in order of their numbers.
func (tx *Tx) PartsOf(from string, group int) ([]*Inbound, error) {
	return tx.texts(`select `+inboundColumns+` from inbound where sender_hash = $1 and part_group = $2 and part_total > 1 and state = 'new' order by part_number, id`,
		tx.db.AddressHash(from), group)
}

// PostponeInbound tries a text again later: its other pieces are missing, or its verb failed.
func (tx *Tx) PostponeInbound(id buurtbel.ID, until time.Time) error {
	_, err := tx.exec(`update inbound set due = $1 where id = $2 and state = 'new'`, micros(until), id)
	return err
}

// SettleInbound records what a text meant. It is false when another process took it.
func (tx *Tx) SettleInbound(in *Inbound) (bool, error) {
	n, err := tx.exec(`update inbound set state = 'done', zone = $1, meaning = $2, member = $3, alert = $4 where id = $5 and state = 'new'`,
		in.Zone, in.Meaning, in.Member, in.Alert, in.ID)
	return n == 1, err
}

// JoinInbound puts a longer text together: the first piece gets the whole body, the others are done.
func (tx *Tx) JoinInbound(first *Inbound, rest []*Inbound) error {
	sealed, err := tx.seal("inbound", "body", first.ID, []byte(first.Body))
	if err != nil {
		return fmt.Errorf("seal text: %w", err)
	}
	if _, err := tx.exec(`update inbound set body = $1, part_total = 0 where id = $2 and state = 'new'`, sealed, first.ID); err != nil {
		return fmt.Errorf("join text: %w", err)
	}
	for _, in := range rest {
		if _, err := tx.exec(`update inbound set state = 'joined' where id = $1 and state = 'new'`, in.ID); err != nil {
			return fmt.Errorf("join text: %w", err)
		}
	}
	return nil
}

// TextsOf lists the texts that came back to an alert and that a person should read, newest first; alert 0: those to no alert.
func (tx *Tx) TextsOf(alert buurtbel.ID, n int) ([]*Inbound, error) {
	return tx.texts(`select `+inboundColumns+` from inbound where zone = $1 and alert = $2 and meaning = 'other' and state in ('done', 'seen') order by id desc limit $3`,
		tx.scope.Zone, alert, n)
}

// MarkSeen settles a text on the desk.
func (tx *Tx) MarkSeen(id buurtbel.ID) error {
	return tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.text.unknown", nil),
		`update inbound set state = 'seen' where id = $1 and zone = $2 and state in ('done', 'seen')`, id, tx.scope.Zone)
}

// ContactHolder is a member's contact point found by its number or mailbox.
type ContactHolder struct {
	Contact, Member, Zone, Network buurtbel.ID
	State                          buurtbel.ContactState
	Kind                           buurtbel.ContactKind
	Language                       buurtbel.Language
	NoCalls                        bool // the member pressed 9 in a call
	Doubtful                       bool // gave no sign of life, or carriers refuse it again and again
	Returned                       bool // mails come back from it
}

// Holders of an address: everybody who has this number or mailbox, in any zone; a household may share one.
func (tx *Tx) HoldersOf(address string) ([]ContactHolder, error) {
	var out []ContactHolder
	err := tx.each(func(r *sql.Rows) error {
		var c ContactHolder
		err := r.Scan(&c.Contact, &c.Member, &c.Zone, &c.Network, &c.State, &c.Kind, &c.Language)
		out = append(out, c)
		return err
	}, `select c.id, c.member, c.zone, m.network, c.state, c.kind, m.language from contact c join member m on m.id = c.member
		where c.hash = $1 and c.state <> 'gone' order by c.id`, tx.db.AddressHash(address))
	return out, err
}

// MoveContact changes the state of a contact point of the scope's zone. It is false when it did not stand at from.
func (tx *Tx) MoveContact(id buurtbel.ID, from, to buurtbel.ContactState) (bool, error) {
	n, err := tx.exec(`update contact set state = $1, changed_at = $2 where id = $3 and zone = $4 and state = $5`, to, micros(tx.now), id, tx.scope.Zone, from)
	return n == 1, err
}

// LostContacts lists contact points that were lost since a moment, for the coordinator's desk: who lost one, which kind, why.
func (tx *Tx) LostContacts(network buurtbel.ID, since time.Time) ([]ContactHolder, error) {
	var out []ContactHolder
	err := tx.each(func(r *sql.Rows) error {
		c := ContactHolder{Zone: tx.scope.Zone, Network: network}
		err := r.Scan(&c.Contact, &c.Member, &c.State, &c.Kind, &c.Language, &c.NoCalls, &c.Doubtful, &c.Returned)
		out = append(out, c)
		return err
	}, `select c.id, c.member, c.state, c.kind, m.language, c.no_calls <> 0, p.contact is not null, w.contact is not null from contact c join member m on m.id = c.member
		left join probe p on p.contact = c.id and p.outcome = 'doubtful' left join mail_rest w on w.contact = c.id and w.state = 'returned'
		where m.zone = $1 and m.network = $2 and ((c.state in ('stopped', 'dead') or c.no_calls <> 0) and c.changed_at >= $3
		or c.state = 'ok' and (p.settled_at >= $4 or w.since >= $5)) order by c.changed_at desc`,
		tx.scope.Zone, network, micros(since), micros(since), micros(since))
	return out, err
}
