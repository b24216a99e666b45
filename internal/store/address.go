package store

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// Street is a street of the address register. Addresses are public data and belong to no zone.
type Street struct {
	ID                       buurtbel.ID
	Name, Key                string // Key: the form under which all its spellings meet
	PostalCode, Municipality string
	Names, Towns             []string // in other languages, and of former municipalities, for the search
}

// House is one address of the register; Lat and Lon in 1e-7 degrees.
type House struct {
	Street      buurtbel.ID
	Number, Box string
	Lat, Lon    int64
}

var insertStreets = pair{
	lite: `insert into street (id, name, folded, postal_code, municipality, names, towns)
		select value->>'i', value->>'n', value->>'k', value->>'p', value->>'m', value->>'o', value->>'t' from jsonb_each($1) where true
		on conflict (postal_code, folded, municipality) do update set name = excluded.name, names = excluded.names, towns = excluded.towns`,
	pg: `insert into street (id, name, folded, postal_code, municipality, names, towns)
		select i, n, k, p, m, o, t from jsonb_to_recordset($1::jsonb) as j(i bigint, n text, k text, p text, m text, o text, t text)
		on conflict (postal_code, folded, municipality) do update set name = excluded.name, names = excluded.names, towns = excluded.towns`,
}

var insertHouses = pair{
	lite: `insert into address (street, number, box, lat, lon) select value->>'s', value->>'n', value->>'b', value->>'a', value->>'o' from jsonb_each($1) where true
		on conflict (street, number, box) do update set lat = excluded.lat, lon = excluded.lon`,
	pg: `insert into address (street, number, box, lat, lon) select distinct on (s, n, b) s, n, b, a, o from jsonb_to_recordset($1::jsonb) as j(s bigint, n text, b text, a bigint, o bigint)
		on conflict (street, number, box) do update set lat = excluded.lat, lon = excluded.lon`,
}

// PutAddresses stores new streets and the houses of one slice. A house that is there already moves to its new place.
func (tx *Tx) PutAddresses(streets []Street, houses []House) error {
	if len(streets) > 0 {
		rows := newBatch(len(streets), 120)
		for _, s := range streets {
			rows.row().id("i", s.ID).text("n", s.Name).text("k", s.Key).text("p", s.PostalCode).text("m", s.Municipality).
				text("o", strings.Join(s.Names, "\n")).text("t", strings.Join(s.Towns, "\n")).end()
		}
		if _, err := tx.exec(tx.pick(insertStreets), rows.done()); err != nil {
			return fmt.Errorf("insert streets: %w", err)
		}
	}
	rows := newBatch(len(houses), 90)
	for _, h := range houses {
		rows.row().id("s", h.Street).text("n", h.Number).text("b", h.Box).int("a", h.Lat).int("o", h.Lon).end()
	}
	if _, err := tx.exec(tx.pick(insertHouses), rows.done()); err != nil {
		return fmt.Errorf("insert addresses: %w", err)
	}
	return tx.moveMark(MarkAddresses)
}

// EachStreet reads every street of the register.
func (tx *Tx) EachStreet(see func(Street)) error {
	return tx.each(func(r *sql.Rows) error {
		var s Street
		var names, towns string
		err := r.Scan(&s.ID, &s.Name, &s.Key, &s.PostalCode, &s.Municipality, &names, &towns)
		s.Names, s.Towns = lines(names), lines(towns)
		see(s)
		return err
	}, `select id, name, folded, postal_code, municipality, names, towns from street`)
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// EachHouseByStreet reads every house of the register, those of a street one after the other.
func (tx *Tx) EachHouseByStreet(see func(House)) error {
	return tx.each(func(r *sql.Rows) error {
		var h House
		err := r.Scan(&h.Street, &h.Number, &h.Box, &h.Lat, &h.Lon)
		see(h)
		return err
	}, `select street, number, box, lat, lon from address order by street, number, box`)
}

// CountAddresses counts the houses of the register.
func (tx *Tx) CountAddresses() (n int, err error) {
	err = tx.row(`select count(*) from address`).Scan(&n)
	return n, err
}

// EachHouse reads the houses of the register; postalCodes nil reads all.
func (tx *Tx) EachHouse(postalCodes []string, see func(Street, House)) error {
	query := `select s.id, s.name, s.postal_code, s.municipality, a.number, a.box, a.lat, a.lon from street s join address a on a.street = s.id`
	var args []any
	if postalCodes != nil {
		p := pair{lite: ` where s.postal_code in (select value from json_each($1))`, pg: ` where s.postal_code in (select value from jsonb_array_elements_text($1::jsonb))`}
		codes := []byte{'['}
		for i, c := range postalCodes {
			if i > 0 {
				codes = append(codes, ',')
			}
			codes = appendJSON(codes, c)
		}
		query, args = query+tx.pick(p), append(args, string(append(codes, ']')))
	}
	return tx.each(func(r *sql.Rows) error {
		var s Street
		var h House
		err := r.Scan(&s.ID, &s.Name, &s.PostalCode, &s.Municipality, &h.Number, &h.Box, &h.Lat, &h.Lon)
		h.Street = s.ID
		see(s, h)
		return err
	}, query, args...)
}
