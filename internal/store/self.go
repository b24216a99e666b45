package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Self is what is kept of one member. Name, Home and the addresses of Contacts are empty when it was not opened.
type Self struct {
	Member       buurtbel.Member
	Name         Name
	Home         Home
	Joined, Left time.Time
	Contacts     []SelfContact
	Out          bool // wishes no exercises
	InTree       bool // stands in the phone tree by the own word
}

// SelfContact is one contact point of Self, in the member's order.
type SelfContact struct {
	buurtbel.ContactPoint
	Address string // E.164, a mailbox, or where a browser takes messages; "" when it was not opened
	Since   time.Time
}

// Self reads a member of the scope's zone. open opens name, home and addresses: only for the member, and for who journals
// the look in the same transaction (see OpenSelf).
//
// Errors: error.person.unknown (NotFound).
func (tx *Tx) Self(member buurtbel.ID, open bool) (*Self, error) {
	s := &Self{Member: buurtbel.Member{ID: member, Zone: tx.scope.Zone}}
	m := &s.Member
	var choices string
	var suspended, from, until, joined, left int64
	var name, home vault.Sealed
	err := tx.row(`select network, household, state, suspended_until, language, choices, away_from, away_until, name, home, joined_at, left_at from member
		where id = $1 and zone = $2`, member, tx.scope.Zone).
		Scan(&m.Network, &m.Household, &m.State, &suspended, &m.Language, &choices, &from, &until, &name, &home, &joined, &left)
	if err != nil {
		return nil, missing(err, "error.person.unknown")
	}
	m.SuspendedUntil, m.Away = instant(suspended), buurtbel.Span{From: instant(from), Until: instant(until)}
	s.Joined, s.Left = instant(joined), instant(left)
	if choices != "" {
		if err := json.Unmarshal([]byte(choices), &m.Choices); err != nil {
			return nil, fmt.Errorf("read choices: %w", err)
		}
	}
	if open {
		if err := tx.openJSON("member", "name", member, name, &s.Name); err != nil {
			return nil, err
		}
		if err := tx.openJSON("member", "home", member, home, &s.Home); err != nil {
			return nil, err
		}
	}
	if err := tx.selfWishes(s); err != nil {
		return nil, err
	}
	s.Contacts, err = tx.selfContacts(member, open)
	return s, err
}

func (tx *Tx) selfWishes(s *Self) error {
	var out, agreed int
	err := tx.row(`select (select count(*) from exercise_out e where e.member = m.id), (select count(*) from tree_consent t where t.member = m.id and t.withdrawn_at = 0)
		from member m where m.id = $1 and m.zone = $2`, s.Member.ID, tx.scope.Zone).Scan(&out, &agreed)
	if err != nil {
		return fmt.Errorf("read wishes: %w", err)
	}
	s.Out, s.InTree = out > 0, agreed > 0
	return nil
}

func (tx *Tx) selfContacts(member buurtbel.ID, open bool) ([]SelfContact, error) {
	var out []SelfContact
	err := tx.each(func(r *sql.Rows) error {
		c := SelfContact{ContactPoint: buurtbel.ContactPoint{Member: member}}
		var verified int64
		var sealed vault.Sealed
		if err := r.Scan(&c.ID, &c.Kind, &c.Rank, &c.State, &verified, &c.NoCalls, &sealed); err != nil {
			return err
		}
		c.Verified, c.Since = verified != 0, instant(verified)
		if open {
			plain, err := tx.open("contact", "address", c.ID, sealed)
			if err != nil {
				return fmt.Errorf("open contact point: %w", err)
			}
			c.Address = string(plain)
		}
		out = append(out, c)
		return nil
	}, `select id, kind, rank, state, verified_at, no_calls <> 0, address from contact where member = $1 and zone = $2 and state <> 'gone' order by rank, id`,
		member, tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("read contact points: %w", err)
	}
	return out, nil
}

// SetChoices stores when and how a member wishes to be reached.
func (tx *Tx) SetChoices(member buurtbel.ID, c buurtbel.Choices) error {
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write choices: %w", err)
	}
	if string(text) == "{}" {
		text = nil
	}
	return tx.execOne(noMember(), `update member set choices = $1 where id = $2 and zone = $3`, string(text), member, tx.scope.Zone)
}

// SetLanguage stores the language of a member's screens and letters.
func (tx *Tx) SetLanguage(member buurtbel.ID, l buurtbel.Language) error {
	return tx.execOne(noMember(), `update member set language = $1 where id = $2 and zone = $3`, l, member, tx.scope.Zone)
}

// SetName stores a member's name.
func (tx *Tx) SetName(member buurtbel.ID, n Name) error {
	sealed, err := tx.sealJSON("member", "name", member, n)
	if err != nil {
		return err
	}
	return tx.execOne(noMember(), `update member set name = $1 where id = $2 and zone = $3`, sealed, member, tx.scope.Zone)
}

// SetHome stores where a member lives or works, and tells the audience index. at is zero when the place is not known.
func (tx *Tx) SetHome(member buurtbel.ID, h Home, at buurtbel.Point) error {
	home, err := tx.sealJSON("member", "home", member, h)
	if err != nil {
		return err
	}
	place, err := tx.seal("member", "place", member, packPoint(at))
	if err != nil {
		return fmt.Errorf("seal place: %w", err)
	}
	err = tx.execOne(noMember(), `update member set home = $1, place = $2 where id = $3 and zone = $4`, home, place, member, tx.scope.Zone)
	if err != nil {
		return err
	}
	return tx.changedOne(member)
}

// changedOne tells the audience index of one member.
func (tx *Tx) changedOne(member buurtbel.ID) error {
	changes := newBatch(1, 24)
	changes.row().id("m", member).end()
	return tx.changed(changes.done())
}

func noMember() error { return buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil) }

// RankContact gives a contact point of a member its place in the member's order, 0 first.
func (tx *Tx) RankContact(member, contact buurtbel.ID, rank int) error {
	return tx.execOne(noContact(), `update contact set rank = $1 where id = $2 and member = $3 and zone = $4 and state <> 'gone'`, rank, contact, member, tx.scope.Zone)
}

// RemoveContact takes a contact point out of use for good and erases its address. Deliveries that name it keep its row.
func (tx *Tx) RemoveContact(member, contact buurtbel.ID) error {
	nothing, err := tx.seal("contact", "address", contact, nil)
	if err != nil {
		return fmt.Errorf("seal contact point: %w", err)
	}
	return tx.execOne(noContact(), `update contact set state = 'gone', address = $1, hash = $2, verified_at = 0, changed_at = $3
		where id = $4 and member = $5 and zone = $6 and state <> 'gone'`,
		nothing, tx.db.AddressHash("gone "+contact.String()), micros(tx.now), contact, member, tx.scope.Zone)
}

func noContact() error { return buurtbel.Fail(buurtbel.NotFound, "error.contact.unknown", nil) }

// EndMembership moves a member out, with the moment: what is known of the person goes some time after it (EraseMember). The household is left too.
func (tx *Tx) EndMembership(member buurtbel.ID) error {
	err := tx.execOne(noMember(), `update member set state = 'left', left_at = $1, household = 0 where id = $2 and zone = $3 and state in ('active', 'suspended')`,
		micros(tx.now), member, tx.scope.Zone)
	if err == nil {
		_, err = tx.exec(`update mandate set until_at = $1 where holder = $2 and zone = $3 and (until_at = 0 or until_at > $4)`, micros(tx.now), member, tx.scope.Zone, micros(tx.now))
	}
	if err != nil {
		return err
	}
	return tx.changedOne(member)
}

// HouseAt gives the place of a house in the register of addresses. key is the street's, as addressfile.StreetKey makes it.
func (tx *Tx) HouseAt(key, postalCode, number string) (buurtbel.Point, bool, error) {
	var lat, lon int64
	found := false
	err := tx.each(func(r *sql.Rows) error {
		if found {
			return nil
		}
		found = true
		return r.Scan(&lat, &lon)
	}, `select a.lat, a.lon from street s join address a on a.street = s.id where s.folded = $1 and s.postal_code = $2 and a.number = $3 order by a.box`, key, postalCode, number)
	if err != nil {
		return buurtbel.Point{}, false, fmt.Errorf("look address up: %w", err)
	}
	return buurtbel.Point{Lat: float64(lat) / 1e7, Lon: float64(lon) / 1e7}, found, nil
}
