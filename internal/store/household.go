package store

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// InsertHousehold stores a household in which nobody is yet.
func (tx *Tx) InsertHousehold(id buurtbel.ID) error {
	if _, err := tx.exec(`insert into household (id, zone) values ($1, $2)`, id, tx.scope.Zone); err != nil {
		return fmt.Errorf("insert household: %w", err)
	}
	return nil
}

var insertHouseholds = pair{
	lite: `insert into household (id, zone) select j.value, $2 from json_each($1) j`,
	pg:   `insert into household (id, zone) select j.value::bigint, $2 from jsonb_array_elements_text($1::jsonb) j(value)`,
}

// InsertHouseholds stores many households in which nobody is yet.
func (tx *Tx) InsertHouseholds(ids []buurtbel.ID) error {
	if len(ids) == 0 {
		return nil
	}
	if _, err := tx.exec(tx.pick(insertHouseholds), jsonIDs(ids), tx.scope.Zone); err != nil {
		return fmt.Errorf("insert households: %w", err)
	}
	return nil
}

// HouseholdOf gives the household of a member of the scope's zone; 0: none.
//
// Errors: error.person.unknown (NotFound).
func (tx *Tx) HouseholdOf(member buurtbel.ID) (id buurtbel.ID, err error) {
	err = tx.row(`select household from member where id = $1 and zone = $2 and state in ('active', 'suspended')`, member, tx.scope.Zone).Scan(&id)
	return id, missing(err, "error.person.unknown")
}

// EnterHousehold puts a member who is in no household into one. It is false when the member is in one already.
func (tx *Tx) EnterHousehold(member, household buurtbel.ID) (bool, error) {
	n, err := tx.exec(`update member set household = $1 where id = $2 and zone = $3 and household = 0 and state in ('active', 'suspended')
		and exists (select 1 from household h where h.id = $4 and h.zone = $5)`, household, member, tx.scope.Zone, household, tx.scope.Zone)
	if err != nil {
		return false, fmt.Errorf("enter household: %w", err)
	}
	return n == 1, nil
}

// LeaveHousehold takes a member out of the household. It is false when the member is in none.
func (tx *Tx) LeaveHousehold(member buurtbel.ID) (bool, error) {
	n, err := tx.exec(`update member set household = 0 where id = $1 and zone = $2 and household <> 0`, member, tx.scope.Zone)
	if err != nil {
		return false, fmt.Errorf("leave household: %w", err)
	}
	return n == 1, nil
}

// Business is a business of a traders' network, with its opened name.
type Business struct {
	ID, Network buurtbel.ID
	Name        string
	Week        buurtbel.OpeningWeek
}

// PutBusiness stores a new business, or the changed name and hours of one.
func (tx *Tx) PutBusiness(b Business) error {
	name, err := tx.seal("business", "name", b.ID, []byte(clean(b.Name)))
	if err != nil {
		return fmt.Errorf("seal name: %w", err)
	}
	week, err := json.Marshal(b.Week)
	if err != nil {
		return fmt.Errorf("write hours: %w", err)
	}
	_, err = tx.exec(`insert into business (id, zone, network, name, week, at) values ($1,$2,$3,$4,$5,$6) on conflict (id) do update
		set name = excluded.name, week = excluded.week, at = excluded.at where business.zone = excluded.zone`, b.ID, tx.scope.Zone, b.Network, name, string(week), micros(tx.now))
	if err != nil {
		return fmt.Errorf("put business: %w", err)
	}
	return nil
}

// LockBusiness makes other transactions that lock the same business wait for this one, and reads it.
//
// Errors: error.business.unknown (NotFound).
func (tx *Tx) LockBusiness(id buurtbel.ID) (Business, error) {
	err := tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.business.unknown", nil), `update business set zone = zone where id = $1 and zone = $2`, id, tx.scope.Zone)
	if err != nil {
		return Business{}, err
	}
	return tx.Business(id)
}

// Business reads a business of the scope's zone.
//
// Errors: error.business.unknown (NotFound).
func (tx *Tx) Business(id buurtbel.ID) (Business, error) {
	b, err := tx.scanBusiness(tx.row(`select id, network, name, week from business where id = $1 and zone = $2`, id, tx.scope.Zone).Scan)
	return b, missing(err, "error.business.unknown")
}

func (tx *Tx) scanBusiness(scan func(...any) error) (b Business, err error) {
	var name vault.Sealed
	var week string
	if err := scan(&b.ID, &b.Network, &name, &week); err != nil {
		return b, err
	}
	plain, err := tx.open("business", "name", b.ID, name)
	if err != nil {
		return b, fmt.Errorf("open name: %w", err)
	}
	b.Name = string(plain)
	if err := json.Unmarshal([]byte(week), &b.Week); err != nil {
		return b, fmt.Errorf("read hours: %w", err)
	}
	return b, nil
}

// Businesses lists the businesses of a network.
func (tx *Tx) Businesses(network buurtbel.ID) ([]Business, error) {
	return list(tx, tx.scanBusiness, `select id, network, name, week from business where network = $1 and zone = $2 order by id`, network, tx.scope.Zone)
}

// BusinessPerson is a contact person of a business.
type BusinessPerson struct {
	Member buurtbel.ID
	Post   buurtbel.Post
}

// BusinessPeople lists who stands for a business now.
func (tx *Tx) BusinessPeople(business buurtbel.ID) ([]BusinessPerson, error) {
	var out []BusinessPerson
	err := tx.each(func(r *sql.Rows) error {
		var p BusinessPerson
		err := r.Scan(&p.Member, &p.Post)
		out = append(out, p)
		return err
	}, `select p.member, p.post from business_person p join member m on m.id = p.member where p.business = $1 and p.zone = $2 and p.until_at = 0
		and m.state in ('active', 'suspended') order by p.from_at, p.member`, business, tx.scope.Zone)
	return out, err
}

// EnterBusiness lets a member stand for a business from now on.
func (tx *Tx) EnterBusiness(business, member, by buurtbel.ID, post buurtbel.Post) error {
	_, err := tx.exec(`insert into business_person (business, member, zone, post, from_at, until_at, by_id) values ($1,$2,$3,$4,$5,0,$6)`,
		business, member, tx.scope.Zone, post, micros(tx.now), by)
	if err != nil {
		return fmt.Errorf("enter business: %w", err)
	}
	return nil
}

// LeaveBusiness ends that a member stands for a business. It is false when the member does not.
func (tx *Tx) LeaveBusiness(business, member buurtbel.ID) (bool, error) {
	n, err := tx.exec(`update business_person set until_at = $1 where business = $2 and member = $3 and zone = $4 and until_at = 0`,
		micros(tx.now), business, member, tx.scope.Zone)
	if err != nil {
		return false, fmt.Errorf("leave business: %w", err)
	}
	return n > 0, nil
}

// SetShift changes a member's turn for a business and leaves the member's own wishes as they are; nil takes it away.
func (tx *Tx) SetShift(member buurtbel.ID, s *buurtbel.Shift) error {
	if err := tx.LockMember(member); err != nil {
		return err
	}
	var text string
	if err := tx.row(`select choices from member where id = $1 and zone = $2`, member, tx.scope.Zone).Scan(&text); err != nil {
		return missing(err, "error.person.unknown")
	}
	var c buurtbel.Choices
	if text != "" {
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return fmt.Errorf("read choices: %w", err)
		}
	}
	c.Shift = s
	written, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write choices: %w", err)
	}
	_, err = tx.exec(`update member set choices = $1 where id = $2 and zone = $3`, string(written), member, tx.scope.Zone)
	if err != nil {
		return fmt.Errorf("set shift: %w", err)
	}
	return nil
}

// ZoneOfGroup finds the zone of a household or a business by an invitation, which names no zone.
//
// Errors: error.link.used (NotFound).
func (tx *Tx) ZoneOfGroup(id buurtbel.ID) (zone buurtbel.ID, err error) {
	err = tx.row(`select zone from household where id = $1 union all select zone from business where id = $2`, id, id).Scan(&zone)
	return zone, missing(err, "error.link.used")
}

// ForgetGuest erases a contact point that belongs to nobody, the mailbox of an invitation, or that a member added and did not prove.
func (tx *Tx) ForgetGuest(contact buurtbel.ID) error {
	var n int
	err := tx.row(`select count(*) from contact c where c.id = $1 and c.zone = $2 and not exists (select 1 from member m where m.id = c.member and c.verified_at <> 0)
		and not exists (select 1 from official o where o.id = c.member) and not exists (select 1 from application a where a.id = c.member and a.state in ('proving', 'ready', 'asked', 'referred'))`, contact, tx.scope.Zone).Scan(&n)
	if err != nil || n == 0 {
		return err
	}
	return tx.forgetContact(contact)
}
