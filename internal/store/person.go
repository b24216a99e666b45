package store

import (
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Home is where a member lives or works: opened contact data.
type Home struct {
	Street       string `json:"street"`
	Number       string `json:"number"`
	Box          string `json:"box,omitempty"`
	PostalCode   string `json:"postal_code"`
	Municipality string `json:"municipality"`
}

// Name is a person's name: opened contact data.
type Name struct {
	Given  string `json:"given"`
	Family string `json:"family"`
}

// NewContact is a contact point to be stored; Address is E.164 or a mailbox.
type NewContact struct {
	ID       buurtbel.ID
	Kind     buurtbel.ContactKind
	Rank     int
	Address  string
	Verified bool
}

// NewMember is a member to be stored, with opened contact data.
type NewMember struct {
	buurtbel.Member
	Name     Name
	Home     Home
	Place    buurtbel.Point // zero: not known
	Import   buurtbel.ID
	Contacts []NewContact
}

// NewOfficial is an official to be stored.
type NewOfficial struct {
	ID       buurtbel.ID
	Name     string
	Office   string // "police", "city" or "system"
	Language buurtbel.Language
	OnCall   bool // may be asked to be the second person
	Contacts []NewContact
	Mandates []buurtbel.Mandate
}

// AddressHash is the keyed hash by which a number or mailbox is found.
func (db *DB) AddressHash(address string) []byte { return db.ring.Hash("contact", address) }

// InsertMembers stores members with their contact points, and tells the audience index.
func (tx *Tx) InsertMembers(list []NewMember) error {
	members, contacts, changes := newBatch(len(list), 400), newBatch(len(list)*2, 260), newBatch(len(list), 24)
	for i := range list {
		if err := tx.addMember(members, &list[i]); err != nil {
			return err
		}
		if err := tx.addContacts(contacts, list[i].ID, list[i].Contacts); err != nil {
			return err
		}
		changes.row().id("m", list[i].ID).end()
	}
	if _, err := tx.exec(tx.pick(insertMembers), members.done(), tx.scope.Zone, micros(tx.now)); err != nil {
		return fmt.Errorf("insert members: %w", err)
	}
	if _, err := tx.exec(tx.pick(insertContacts), contacts.done(), tx.scope.Zone, micros(tx.now)); err != nil {
		return fmt.Errorf("insert contact points: %w", err)
	}
	return tx.changed(changes.done())
}

var insertMembers = pair{
	lite: `insert into member (id, zone, network, household, state, suspended_until, language, choices, away_from, away_until, name, home, place, import, joined_at)
		select value->>'i', $2, value->>'n', value->>'h', value->>'s', value->>'su', value->>'l', value->>'c', value->>'af', value->>'au',
		unhex(value->>'nm'), unhex(value->>'ho'), unhex(value->>'pl'), value->>'im', $3 from jsonb_each($1)`,
	pg: `insert into member (id, zone, network, household, state, suspended_until, language, choices, away_from, away_until, name, home, place, import, joined_at)
		select i, $2, n, h, s, su, l, c, af, au, decode(nm, 'hex'), decode(ho, 'hex'), decode(pl, 'hex'), im, $3 from jsonb_to_recordset($1::jsonb)
		as j(i bigint, n bigint, h bigint, s text, su bigint, l text, c text, af bigint, au bigint, nm text, ho text, pl text, im bigint)`,
}

var insertContacts = pair{
	lite: `insert into contact (id, zone, member, kind, rank, state, verified_at, address, hash, changed_at, seen_at)
		select value->>'i', $2, value->>'m', value->>'k', value->>'r', 'ok', value->>'v', unhex(value->>'a'), unhex(value->>'h'), $3, 0 from jsonb_each($1)`,
	pg: `insert into contact (id, zone, member, kind, rank, state, verified_at, address, hash, changed_at, seen_at)
		select i, $2, m, k, r, 'ok', v, decode(a, 'hex'), decode(h, 'hex'), $3, 0 from jsonb_to_recordset($1::jsonb)
		as j(i bigint, m bigint, k text, r bigint, v bigint, a text, h text)`,
}

func (tx *Tx) addMember(members *batch, m *NewMember) error {
	choices, err := json.Marshal(m.Choices)
	if err != nil {
		return fmt.Errorf("write choices: %w", err)
	}
	if string(choices) == "{}" {
		choices = nil
	}
	name, err := tx.sealJSON("member", "name", m.ID, m.Name)
	if err != nil {
		return err
	}
	home, err := tx.sealJSON("member", "home", m.ID, m.Home)
	if err != nil {
		return err
	}
	place, err := tx.seal("member", "place", m.ID, packPoint(m.Place))
	if err != nil {
		return fmt.Errorf("seal place: %w", err)
	}
	state := m.State
	if state == "" {
		state = buurtbel.MemberActive
	}
	members.row().id("i", m.ID).id("n", m.Network).id("h", m.Household).text("s", string(state)).int("su", micros(m.SuspendedUntil)).
		text("l", string(m.Language)).text("c", string(choices)).int("af", micros(m.Away.From)).int("au", micros(m.Away.Until)).
		hex("nm", name).hex("ho", home).hex("pl", place).id("im", m.Import).end()
	return nil
}

func (tx *Tx) sealJSON(table, column string, row buurtbel.ID, v any) (vault.Sealed, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write %s.%s: %w", table, column, err)
	}
	sealed, err := tx.seal(table, column, row, plain)
	if err != nil {
		return nil, fmt.Errorf("seal %s.%s: %w", table, column, err)
	}
	return sealed, nil
}

func (tx *Tx) openJSON(table, column string, row buurtbel.ID, sealed vault.Sealed, v any) error {
	plain, err := tx.open(table, column, row, sealed)
	if err != nil {
		return fmt.Errorf("open %s.%s: %w", table, column, err)
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("read %s.%s: %w", table, column, err)
	}
	return nil
}

func (tx *Tx) addContacts(contacts *batch, member buurtbel.ID, list []NewContact) error {
	for _, c := range list {
		sealed, err := tx.seal("contact", "address", c.ID, []byte(c.Address))
		if err != nil {
			return fmt.Errorf("seal contact point: %w", err)
		}
		verified := int64(0)
		if c.Verified {
			verified = micros(tx.now)
		}
		contacts.row().id("i", c.ID).id("m", member).text("k", string(c.Kind)).int("r", int64(c.Rank)).int("v", verified).
			hex("a", sealed).hex("h", tx.db.AddressHash(c.Address)).end()
	}
	return nil
}

// InsertOfficial stores an official with mandates and contact points.
func (tx *Tx) InsertOfficial(o *NewOfficial) error {
	name, err := tx.seal("official", "name", o.ID, []byte(o.Name))
	if err != nil {
		return fmt.Errorf("seal name: %w", err)
	}
	_, err = tx.exec(`insert into official (id, zone, name, office, language, on_call) values ($1, $2, $3, $4, $5, $6)`,
		o.ID, tx.scope.Zone, name, o.Office, o.Language, flag(o.OnCall))
	if err != nil {
		return fmt.Errorf("insert official: %w", err)
	}
	contacts := newBatch(len(o.Contacts), 260)
	if err := tx.addContacts(contacts, o.ID, o.Contacts); err != nil {
		return err
	}
	if _, err := tx.exec(tx.pick(insertContacts), contacts.done(), tx.scope.Zone, micros(tx.now)); err != nil {
		return fmt.Errorf("insert contact points: %w", err)
	}
	for _, m := range o.Mandates {
		if err := tx.InsertMandate(m); err != nil {
			return err
		}
	}
	return nil
}

// Actor makes the actor of an official or a member: who signed in, with the mandates of any zone.
func (tx *Tx) Actor(person buurtbel.ID) (buurtbel.Actor, error) {
	a := buurtbel.Actor{Person: person}
	err := tx.row(`select zone, office, language from official where id = $1
		union all select zone, 'member', language from member where id = $2 and state in ('active', 'suspended')`, person, person).
		Scan(&a.Zone, &a.Office, &a.Language)
	if err != nil {
		return a, missing(err, "error.person.unknown")
	}
	if a.Office == "member" {
		a.Mandates = append(a.Mandates, buurtbel.Mandate{Holder: person, Role: buurtbel.RoleMember, Zone: a.Zone})
	}
	var held []buurtbel.Mandate
	err = tx.each(eachMandate(&held), selectMandates+`where m.holder = $1 order by m.id`, person)
	for _, m := range held {
		if slices.Contains(buurtbel.Roles, m.Role) { // a row that says "system" gives nobody the program's own rights
			a.Mandates = append(a.Mandates, m)
		}
	}
	return a, err
}

// Holders lists who holds a role in the scope's zone now; network 0 asks for every network.
func (tx *Tx) Holders(role buurtbel.Role, network buurtbel.ID) ([]buurtbel.ID, error) {
	var out []buurtbel.ID
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		err := r.Scan(&id)
		out = append(out, id)
		return err
	}, `select distinct holder from mandate where zone = $1 and role = $2 and (cast($3 as bigint) = 0 or network = 0 or network = $4)
		and from_at <= $5 and (until_at = 0 or until_at > $6) order by holder`,
		tx.scope.Zone, role, network, network, micros(tx.now), micros(tx.now))
	return out, err
}

// Official is an official as the desk shows one.
type Official struct {
	ID     buurtbel.ID
	Name   string
	Office string
	OnCall bool
}

// Officials lists the officials of the scope's zone. Their names are offices' business, not contact data of members.
func (tx *Tx) Officials() ([]Official, error) {
	var out []Official
	err := tx.each(func(r *sql.Rows) error {
		var o Official
		var name vault.Sealed
		var onCall int64
		if err := r.Scan(&o.ID, &name, &o.Office, &onCall); err != nil {
			return err
		}
		plain, err := tx.open("official", "name", o.ID, name)
		o.Name, o.OnCall = string(plain), onCall != 0
		out = append(out, o)
		return err
	}, `select id, name, office, on_call from official where zone = $1 order by id`, tx.scope.Zone)
	return out, err
}

// ReachableOfficials reads officials as recipients of a message: a second person, a chief, a mandated officer.
func (tx *Tx) ReachableOfficials(ids []buurtbel.ID) ([]Reachable, error) {
	var out []Reachable
	for _, id := range ids {
		r := Reachable{Member: buurtbel.Member{ID: id, Zone: tx.scope.Zone, State: buurtbel.MemberActive}}
		var language string
		err := tx.row(`select language from official where id = $1 and zone = $2`, id, tx.scope.Zone).Scan(&language)
		if err != nil {
			return nil, missing(err, "error.person.unknown")
		}
		r.Member.Language, r.Regime = buurtbel.Language(language), language
		err = tx.each(func(rows *sql.Rows) error {
			var c buurtbel.ContactPoint
			var verified int64
			err := rows.Scan(&c.ID, &c.Kind, &c.Rank, &c.State, &verified)
			c.Member, c.Verified = id, verified != 0
			r.Contacts = append(r.Contacts, c)
			return err
		}, `select id, kind, rank, state, verified_at from contact where member = $1 and zone = $2 order by rank, id`, id, tx.scope.Zone)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// changed tells the audience index of every process that members' places changed, in the same transaction.
func (tx *Tx) changed(members string) error {
	p := pair{
		lite: `insert into member_change (zone, member) select $2, value->>'m' from jsonb_each($1)`,
		pg:   `insert into member_change (zone, member) select $2, m from jsonb_to_recordset($1::jsonb) as j(m bigint)`,
	}
	if _, err := tx.exec(tx.pick(p), members, tx.scope.Zone); err != nil {
		return fmt.Errorf("note changed members: %w", err)
	}
	return nil
}

// packPoint writes a place as two fixed-point numbers of 1e-7 degrees; nil when it is not known.
func packPoint(p buurtbel.Point) []byte {
	if p == (buurtbel.Point{}) {
		return nil
	}
	return fmt.Appendf(nil, "%d %d", int64(math.Round(p.Lat*1e7)), int64(math.Round(p.Lon*1e7)))
}

func unpackPoint(b []byte) (p buurtbel.Point, ok bool, err error) {
	if len(b) == 0 {
		return p, false, nil
	}
	var lat, lon int64
	if _, err := fmt.Sscan(string(b), &lat, &lon); err != nil {
		return p, false, fmt.Errorf("read place: %w", err)
	}
	return buurtbel.Point{Lat: float64(lat) / 1e7, Lon: float64(lon) / 1e7}, true, nil
}

// Digest is the SHA-256 of what a second person confirms.
func Digest(parts ...string) []byte {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s,", len(p), p)
	}
	return h.Sum(nil)
}
