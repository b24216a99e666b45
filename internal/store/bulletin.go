package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// bulletinContent is what a bulletin says, sealed.
type bulletinContent struct {
	Issuer string                       `json:"issuer"`
	Titles map[buurtbel.Language]string `json:"titles"`
	Texts  map[buurtbel.Language]string `json:"texts"`
	Advice map[buurtbel.Language]string `json:"advice,omitempty"`
	Unwise string                       `json:"unwise,omitempty"`
}

// PutBulletin stores a draft, dated now, in the place of what it said before. Conflict (error.bulletin.offered) when it is no draft any more.
func (tx *Tx) PutBulletin(b *buurtbel.Bulletin) error {
	content, err := tx.sealJSON("bulletin", "content", b.ID, bulletinContent{b.Issuer, cleaned(b.Titles), cleaned(b.Texts), cleaned(b.Advice), clean(b.Unwise)})
	if err != nil {
		return err
	}
	networks, err := json.Marshal(b.Networks)
	if err != nil {
		return fmt.Errorf("write networks: %w", err)
	}
	return tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.bulletin.offered", nil), `insert into bulletin (id, zone, source, by_id, topic, networks, written_at, offered_at, until_at, content)
		values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)
		on conflict (id) do update set by_id = excluded.by_id, topic = excluded.topic, networks = excluded.networks, written_at = excluded.written_at, until_at = excluded.until_at, content = excluded.content
		where bulletin.zone = excluded.zone and bulletin.offered_at = 0`,
		b.ID, tx.scope.Zone, b.Source, b.By, b.Topic, string(networks), micros(tx.now), micros(b.Until), content)
}

func cleaned(texts map[buurtbel.Language]string) map[buurtbel.Language]string {
	out := map[buurtbel.Language]string{}
	for l, text := range texts {
		if text != "" {
			out[l] = clean(text)
		}
	}
	return out
}

const bulletinColumns = `id, source, by_id, topic, networks, written_at, offered_at, until_at, content`

func (tx *Tx) scanBulletin(scan func(...any) error) (*buurtbel.Bulletin, error) {
	b := &buurtbel.Bulletin{Zone: tx.scope.Zone}
	var at, offered, until int64
	var networks string
	var sealed vault.Sealed
	if err := scan(&b.ID, &b.Source, &b.By, &b.Topic, &networks, &at, &offered, &until, &sealed); err != nil {
		return nil, err
	}
	b.At, b.Offered, b.Until = instant(at), instant(offered), instant(until)
	if err := json.Unmarshal([]byte(networks), &b.Networks); err != nil {
		return nil, fmt.Errorf("read networks: %w", err)
	}
	var c bulletinContent
	if err := tx.openJSON("bulletin", "content", b.ID, sealed, &c); err != nil {
		return nil, err
	}
	b.Issuer, b.Titles, b.Texts, b.Advice, b.Unwise = c.Issuer, c.Titles, c.Texts, c.Advice, c.Unwise
	return b, nil
}

// Bulletin reads a bulletin of the scope's zone. NotFound (error.bulletin.unknown).
func (tx *Tx) Bulletin(id buurtbel.ID) (*buurtbel.Bulletin, error) {
	b, err := tx.scanBulletin(tx.row(`select `+bulletinColumns+` from bulletin where id = $1 and zone = $2`, id, tx.scope.Zone).Scan)
	if err != nil {
		return nil, missing(err, "error.bulletin.unknown")
	}
	return b, nil
}

// Bulletins lists the bulletins of the scope's zone, the newest first, at most n.
func (tx *Tx) Bulletins(n int) ([]*buurtbel.Bulletin, error) {
	return list(tx, tx.scanBulletin, `select `+bulletinColumns+` from bulletin where zone = $1 order by written_at desc, id desc limit $2`, tx.scope.Zone, n)
}

// DropBulletin throws a draft away. Conflict (error.bulletin.offered) when it is none any more.
func (tx *Tx) DropBulletin(id buurtbel.ID) error {
	return tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.bulletin.offered", nil), `delete from bulletin where id = $1 and zone = $2 and offered_at = 0`, id, tx.scope.Zone)
}

// OfferBulletin lays a draft, as it was written at a moment, before its networks, once. Conflict (error.bulletin.offered) when it was offered or
// written again since.
func (tx *Tx) OfferBulletin(id buurtbel.ID, written time.Time, offers []*buurtbel.Offer) error {
	err := tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.bulletin.offered", nil), `update bulletin set offered_at = $1 where id = $2 and zone = $3 and offered_at = 0 and written_at = $4`,
		micros(tx.now), id, tx.scope.Zone, micros(written))
	if err != nil {
		return err
	}
	for _, o := range offers {
		words, name, err := tx.sealOffer(o)
		if err == nil {
			_, err = tx.exec(`insert into bulletin_offer (id, bulletin, network, zone, state, turn, since, by_id, decided_at, message, note, words, name)
				values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
				o.ID, id, o.Network, tx.scope.Zone, o.State, o.Turn, micros(tx.now), o.By, micros(o.At), o.Message, o.Note, words, name)
		}
		if err != nil {
			return fmt.Errorf("offer bulletin: %w", err)
		}
	}
	return nil
}

type offerWords struct {
	Word   string `json:"word,omitempty"`
	Reason string `json:"reason,omitempty"`
}

func (tx *Tx) sealOffer(o *buurtbel.Offer) (words, name vault.Sealed, err error) {
	if words, err = tx.sealJSON("bulletin_offer", "words", o.ID, offerWords{clean(o.Word), clean(o.Reason)}); err != nil {
		return nil, nil, err
	}
	name, err = tx.seal("bulletin_offer", "name", o.ID, []byte(o.Name))
	return words, name, err
}

const offerColumns = `id, bulletin, network, state, turn, since, by_id, decided_at, message, note, words, name`

func (tx *Tx) scanOffer(scan func(...any) error) (*buurtbel.Offer, error) {
	o := &buurtbel.Offer{}
	var since, at int64
	var words, name vault.Sealed
	if err := scan(&o.ID, &o.Bulletin, &o.Network, &o.State, &o.Turn, &since, &o.By, &at, &o.Message, &o.Note, &words, &name); err != nil {
		return nil, err
	}
	o.Since, o.At = instant(since), instant(at)
	var w offerWords
	if err := tx.openJSON("bulletin_offer", "words", o.ID, words, &w); err != nil {
		return nil, err
	}
	o.Word, o.Reason = w.Word, w.Reason
	if len(name) == 0 { // who decided was erased
		return o, nil
	}
	plain, err := tx.open("bulletin_offer", "name", o.ID, name)
	o.Name = string(plain)
	return o, err
}

// Offers lists a bulletin before its networks, in the order of the networks' ids.
func (tx *Tx) Offers(bulletin buurtbel.ID) ([]*buurtbel.Offer, error) {
	return list(tx, tx.scanOffer, `select `+offerColumns+` from bulletin_offer where bulletin = $1 and zone = $2 order by network`, bulletin, tx.scope.Zone)
}

// Offer reads one bulletin before one network. NotFound (error.bulletin.unknown).
func (tx *Tx) Offer(id buurtbel.ID) (*buurtbel.Offer, error) {
	o, err := tx.scanOffer(tx.row(`select `+offerColumns+` from bulletin_offer where id = $1 and zone = $2`, id, tx.scope.Zone).Scan)
	if err != nil {
		return nil, missing(err, "error.bulletin.unknown")
	}
	return o, nil
}

// DecideOffer moves an offer to the state that it was given, from the state in which it was read, dated now. Conflict (error.bulletin.decided)
// when somebody was first.
func (tx *Tx) DecideOffer(o *buurtbel.Offer, from buurtbel.BulletinState) error {
	words, name, err := tx.sealOffer(o)
	if err != nil {
		return err
	}
	return tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.bulletin.decided", nil), `update bulletin_offer set state = $1, by_id = $2, decided_at = $3, message = $4, note = $5, words = $6, name = $7
		where id = $8 and zone = $9 and state = $10`, o.State, o.By, micros(tx.now), o.Message, o.Note, words, name, o.ID, tx.scope.Zone, from)
}

// TurnOffer gives an offer that still waits the next turn. Conflict (error.bulletin.decided) when it was decided, or turned, since it was read.
func (tx *Tx) TurnOffer(id buurtbel.ID, from, to buurtbel.Turn) error {
	return tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.bulletin.decided", nil), `update bulletin_offer set turn = $1, since = $2 where id = $3 and zone = $4 and state = 'offered' and turn = $5`,
		to, micros(tx.now), id, tx.scope.Zone, from)
}

// NoteOffer records which message tells of a withdrawal, once. Conflict (error.bulletin.decided).
func (tx *Tx) NoteOffer(id, note buurtbel.ID) error {
	return tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.bulletin.decided", nil), `update bulletin_offer set note = $1 where id = $2 and zone = $3 and state = 'withdrawn' and note = 0`, note, id, tx.scope.Zone)
}

// OfferAsked is one person who was asked to relay, and the link of the own.
type OfferAsked struct {
	ID, Offer, Person, Zone buurtbel.ID
	Turn                    buurtbel.Turn
	At                      time.Time
}

// AskOffer records who was asked. Somebody who was asked before keeps that link; false then.
func (tx *Tx) AskOffer(a OfferAsked) (bool, error) {
	n, err := tx.exec(`insert into bulletin_ask (id, offer, person, zone, turn, at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`, a.ID, a.Offer, a.Person, tx.scope.Zone, a.Turn, micros(tx.now))
	if err != nil {
		return false, fmt.Errorf("note who was asked: %w", err)
	}
	return n == 1, nil
}

// OfferAskedOf reads whom a link asked; ok is false when it asks nobody. It needs no scope: the link says which zone it is.
func (tx *Tx) OfferAskedOf(id buurtbel.ID) (a OfferAsked, ok bool, err error) {
	var at int64
	err = tx.row(`select id, offer, person, zone, turn, at from bulletin_ask where id = $1`, id).Scan(&a.ID, &a.Offer, &a.Person, &a.Zone, &a.Turn, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	a.At = instant(at)
	return a, err == nil, err
}

// OfferAsks lists who was asked about an offer, in order.
func (tx *Tx) OfferAsks(offer buurtbel.ID) ([]OfferAsked, error) {
	var out []OfferAsked
	err := tx.each(func(r *sql.Rows) error {
		a := OfferAsked{Offer: offer, Zone: tx.scope.Zone}
		var at int64
		err := r.Scan(&a.ID, &a.Person, &a.Turn, &at)
		a.At = instant(at)
		out = append(out, a)
		return err
	}, `select id, person, turn, at from bulletin_ask where offer = $1 and zone = $2 order by id`, offer, tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("read who was asked: %w", err)
	}
	return out, nil
}

// InFlight tells whether a message may still reach somebody: it is being planned or sent, or an attempt of it is open.
func (tx *Tx) InFlight(message buurtbel.ID) (bool, error) {
	var n int
	err := tx.row(`select count(*) from message m where m.id = $1 and m.zone = $2 and m.finished_at = 0 and ((m.state = 'running' and m.cursor < m.audience_size)
		or exists (select 1 from delivery d where d.message = m.id and d.open = 1 and (d.state = 'sending' or (d.state = 'queued' and m.state = 'running'))))`, message, tx.scope.Zone).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for what is in flight: %w", err)
	}
	return n > 0, nil
}

// ForgetBulletins forgets bulletins that were over before a moment, with their offers.
func (tx *Tx) ForgetBulletins(before time.Time) error {
	for _, query := range []string{
		`delete from bulletin_ask where zone = $1 and offer in (select o.id from bulletin_offer o join bulletin b on b.id = o.bulletin where o.zone = $2 and b.until_at < $3)`,
		`delete from bulletin_offer where zone = $1 and bulletin in (select id from bulletin where zone = $2 and until_at < $3)`,
		`delete from bulletin where zone = $1 and zone = $2 and until_at < $3`,
	} {
		if _, err := tx.exec(query, tx.scope.Zone, tx.scope.Zone, micros(before)); err != nil {
			return fmt.Errorf("forget bulletins: %w", err)
		}
	}
	return nil
}
