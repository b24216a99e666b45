package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Wish is somebody who would like a network in a street. The mailbox is a contact point of the wish's id, sealed like any other.
type Wish struct {
	ID, Zone, Street buurtbel.ID
	Kind             buurtbel.NetworkKind
	Language         buurtbel.Language
	At, Proved       time.Time
	Until            time.Time // it is erased then
}

const wishColumns = `select id, zone, street, kind, language, at, proved_at, until_at from wish `

func scanWish(scan func(...any) error) (Wish, error) {
	var w Wish
	var at, proved, until int64
	err := scan(&w.ID, &w.Zone, &w.Street, &w.Kind, &w.Language, &at, &proved, &until)
	w.At, w.Proved, w.Until = instant(at), instant(proved), instant(until)
	return w, err
}

// WishOf finds the wish of a mailbox for a street in the scope's zone; ok is false when there is none.
func (tx *Tx) WishOf(street buurtbel.ID, kind buurtbel.NetworkKind, mailbox string) (w Wish, ok bool, err error) {
	w, err = scanWish(tx.row(wishColumns+`where zone = $1 and street = $2 and kind = $3 and hash = $4`, tx.scope.Zone, street, kind, tx.db.AddressHash(mailbox)).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return w, false, nil
	}
	return w, err == nil, err
}

// Wish reads one wish of the scope's zone. NotFound (error.link.used) when it is gone.
func (tx *Tx) Wish(id buurtbel.ID) (Wish, error) {
	w, err := scanWish(tx.row(wishColumns+`where id = $1 and zone = $2`, id, tx.scope.Zone).Scan)
	return w, missing(err, "error.link.used")
}

// WishZone gives the zone of a wish, for who holds the link to it.
func (tx *Tx) WishZone(id buurtbel.ID) (zone buurtbel.ID, err error) {
	err = tx.row(`select zone from wish where id = $1`, id).Scan(&zone)
	return zone, missing(err, "error.link.used")
}

// InsertWish stores a wish that is not proved yet, with its mailbox. It does nothing, and is false, when another has stored the same meanwhile.
func (tx *Tx) InsertWish(w Wish, contact NewContact) (bool, error) {
	n, err := tx.exec(`insert into wish (id, zone, street, kind, language, hash, at, proved_at, until_at) values ($1, $2, $3, $4, $5, $6, $7, 0, $8)
		on conflict (street, kind, hash) do nothing`,
		w.ID, tx.scope.Zone, w.Street, w.Kind, w.Language, tx.db.AddressHash(contact.Address), micros(tx.now), micros(w.Until))
	if err != nil || n == 0 {
		return false, err
	}
	rows := newBatch(1, 260)
	if err := tx.addContacts(rows, w.ID, []NewContact{contact}); err != nil {
		return false, err
	}
	if _, err := tx.exec(tx.pick(insertContacts), rows.done(), tx.scope.Zone, micros(tx.now)); err != nil {
		return false, fmt.Errorf("insert mailbox of a wish: %w", err)
	}
	return true, nil
}

// RenewWish notes that somebody asked again for a wish that is not proved.
func (tx *Tx) RenewWish(id buurtbel.ID, until time.Time) error {
	_, err := tx.exec(`update wish set at = $1, until_at = $2 where id = $3 and zone = $4 and proved_at = 0`, micros(tx.now), micros(until), id, tx.scope.Zone)
	return err
}

// WishContact gives the contact point of a wish.
func (tx *Tx) WishContact(id buurtbel.ID) (contact buurtbel.ID, err error) {
	err = tx.row(`select id from contact where member = $1 and zone = $2 and kind = 'mailbox'`, id, tx.scope.Zone).Scan(&contact)
	return contact, missing(err, "error.link.used")
}

// ProveWish lets a wish count until a moment. Proving it once more changes nothing.
func (tx *Tx) ProveWish(id buurtbel.ID, until time.Time) error {
	_, err := tx.exec(`update wish set proved_at = $1, until_at = $2 where id = $3 and zone = $4 and proved_at = 0`, micros(tx.now), micros(until), id, tx.scope.Zone)
	if err != nil {
		return fmt.Errorf("prove wish: %w", err)
	}
	_, err = tx.exec(`update contact set verified_at = $1 where member = $2 and zone = $3 and verified_at = 0`, micros(tx.now), id, tx.scope.Zone)
	return err
}

// EraseWishes erases wishes of the scope's zone with their mailboxes.
func (tx *Tx) EraseWishes(ids []buurtbel.ID) error {
	for _, p := range []pair{eraseWishes, eraseWishContacts} {
		if _, err := tx.exec(tx.pick(p), jsonIDs(ids), tx.scope.Zone); err != nil {
			return fmt.Errorf("erase wishes: %w", err)
		}
	}
	return nil
}

var (
	eraseWishes = pair{
		lite: `delete from wish where id in (select value from json_each($1)) and zone = $2`,
		pg:   `delete from wish where id in (select value::bigint from jsonb_array_elements_text($1::jsonb)) and zone = $2`,
	}
	eraseWishContacts = pair{
		lite: `delete from contact where member in (select value from json_each($1)) and zone = $2`,
		pg:   `delete from contact where member in (select value::bigint from jsonb_array_elements_text($1::jsonb)) and zone = $2`,
	}
)

// OldWishes lists wishes of the scope's zone whose time is over, at most n.
func (tx *Tx) OldWishes(n int) ([]buurtbel.ID, error) {
	return tx.memberIDs(`select id from wish where zone = $1 and until_at <= $2 order by until_at limit $3`, tx.scope.Zone, micros(tx.now), n)
}

// Demand is how many proved wishes there are for a street, and where it lies: the middle of its houses.
type Demand struct {
	Street Street
	Kind   buurtbel.NetworkKind
	Wishes int
	At     buurtbel.Point
}

// Demands counts the proved wishes of the scope's zone by street and kind. Who shows them keeps to rule 4's threshold.
func (tx *Tx) Demands() ([]Demand, error) {
	var out []Demand
	err := tx.each(func(r *sql.Rows) error {
		var d Demand
		var lat, lon float64
		err := r.Scan(&d.Street.ID, &d.Street.Name, &d.Street.PostalCode, &d.Street.Municipality, &d.Kind, &d.Wishes, &lat, &lon)
		d.At = buurtbel.Point{Lat: lat / 1e7, Lon: lon / 1e7}
		out = append(out, d)
		return err
	}, `select s.id, s.name, s.postal_code, s.municipality, w.kind, w.n, a.lat, a.lon
		from (select street, kind, count(*) as n from wish where zone = $1 and proved_at <> 0 and until_at > $2 group by street, kind) w
		join street s on s.id = w.street
		join (select street, cast(avg(lat) as double precision) as lat, cast(avg(lon) as double precision) as lon from address
			where street in (select street from wish where zone = $3 and proved_at <> 0) group by street) a on a.street = w.street
		order by w.n desc, s.name, s.postal_code`, tx.scope.Zone, micros(tx.now), tx.scope.Zone)
	return out, err
}

// StreetAt gives where a street of the register lies: the middle of its houses. NotFound (error.asking.street) when it has none.
func (tx *Tx) StreetAt(id buurtbel.ID) (Street, buurtbel.Point, error) {
	var s Street
	var lat, lon float64
	err := tx.row(`select s.id, s.name, s.postal_code, s.municipality, a.lat, a.lon from street s
		join (select street, cast(avg(lat) as double precision) as lat, cast(avg(lon) as double precision) as lon from address where street = $1 group by street) a
		on a.street = s.id where s.id = $2`, id, id).Scan(&s.ID, &s.Name, &s.PostalCode, &s.Municipality, &lat, &lon)
	return s, buurtbel.Point{Lat: lat / 1e7, Lon: lon / 1e7}, missing(err, "error.asking.street")
}

// Remark is what somebody thinks can be better on a page.
type Remark struct {
	ID   buurtbel.ID
	Page string // path
	Text string
	At   time.Time
	Done time.Time // zero: open
}

// InsertRemark stores a remark.
func (tx *Tx) InsertRemark(m Remark) error {
	body, err := tx.seal("remark", "body", m.ID, []byte(m.Text))
	if err != nil {
		return fmt.Errorf("seal remark: %w", err)
	}
	_, err = tx.exec(`insert into remark (id, zone, page, body, at, done_at, done_by) values ($1, $2, $3, $4, $5, 0, 0)`, m.ID, tx.scope.Zone, m.Page, []byte(body), micros(tx.now))
	return err
}

// Remarks lists the last remarks of the scope's zone, open ones first, at most n.
func (tx *Tx) Remarks(n int) ([]Remark, error) {
	var out []Remark
	err := tx.each(func(r *sql.Rows) error {
		var m Remark
		var body []byte
		var at, done int64
		if err := r.Scan(&m.ID, &m.Page, &body, &at, &done); err != nil {
			return err
		}
		plain, err := tx.open("remark", "body", m.ID, body)
		m.Text, m.At, m.Done = string(plain), instant(at), instant(done)
		out = append(out, m)
		return tx.spared(err, "remark", m.ID)
	}, `select id, page, body, at, done_at from remark where zone = $1 order by case when done_at = 0 then 0 else 1 end, at desc limit $2`, tx.scope.Zone, n)
	return out, err
}

// CountRemarks counts the open remarks of the scope's zone.
func (tx *Tx) CountRemarks() (n int, err error) {
	err = tx.row(`select count(*) from remark where zone = $1 and done_at = 0`, tx.scope.Zone).Scan(&n)
	return n, err
}

// SettleRemark notes that somebody dealt with a remark. NotFound (error.kind.not-found) when it is another zone's, or gone.
func (tx *Tx) SettleRemark(id, by buurtbel.ID) error {
	return tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.kind.not-found", nil),
		`update remark set done_at = $1, done_by = $2 where id = $3 and zone = $4 and done_at = 0`, micros(tx.now), by, id, tx.scope.Zone)
}

// EraseRemarks erases remarks of the scope's zone from before a moment, at most n, and gives how many.
func (tx *Tx) EraseRemarks(before time.Time, n int) (int64, error) {
	return tx.exec(`delete from remark where zone = $1 and id in (select id from remark where zone = $2 and at < $3 order by at limit $4)`, tx.scope.Zone, tx.scope.Zone, micros(before), n)
}
