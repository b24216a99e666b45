package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Listed is a member as a network's list knows one. It holds no opened contact data.
type Listed struct {
	Reachable
	Joined time.Time
}

// Roster lists every member of a network of the scope's zone, also those who left, in the order of their ids. Lists that are being taken
// over are not among them.
func (tx *Tx) Roster(network buurtbel.ID) ([]Listed, error) {
	var ids []buurtbel.ID
	joined := map[buurtbel.ID]time.Time{}
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		var at int64
		err := r.Scan(&id, &at)
		ids, joined[id] = append(ids, id), instant(at)
		return err
	}, `select id, joined_at from member where network = $1 and zone = $2 and state <> 'staged' order by id`, network, tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("read who is on the list: %w", err)
	}
	members, err := tx.Reachables(ids)
	out := make([]Listed, len(members))
	for i, m := range members {
		out[i] = Listed{m, joined[m.Member.ID]}
	}
	return out, err
}

// WithAddress gives the members of a network who have a number (E.164) or mailbox, found by its keyed hash.
func (tx *Tx) WithAddress(network buurtbel.ID, address string) ([]buurtbel.ID, error) {
	return tx.memberIDs(`select distinct m.id from contact c join member m on m.id = c.member where c.hash = $1 and c.state <> 'gone' and m.network = $2 and m.zone = $3
		and m.state <> 'staged' order by m.id`, tx.db.AddressHash(address), network, tx.scope.Zone)
}

// Card is what a network's list holds of a member: opened contact data.
type Card struct {
	MemberName
	Home     Home
	Contacts []CardContact
}

// CardContact is a contact point with its number or mailbox; a browser has no address that a person could read.
type CardContact struct {
	buurtbel.ContactPoint
	Address string
}

var cardContacts = pair{
	lite: `select c.id, c.member, c.kind, c.rank, c.state, c.verified_at, c.no_calls, c.address from json_each($1) j cross join contact c on c.member = j.value
		where c.zone = $2 and c.state <> 'gone' order by c.member, c.rank, c.id`,
	pg: `select c.id, c.member, c.kind, c.rank, c.state, c.verified_at, c.no_calls, c.address from jsonb_array_elements_text($1::jsonb) j(value)
		join contact c on c.member = j.value::bigint where c.zone = $2 and c.state <> 'gone' order by c.member, c.rank, c.id`,
}

// OpenCards opens names, homes and contact points of members and records the look, as OpenNames does: nobody reads them without the entry.
// The cards come in the order of the ids that were asked for; members erased since are absent.
func (tx *Tx) OpenCards(actor buurtbel.Actor, role buurtbel.Role, purpose string, members []buurtbel.ID) ([]Card, error) {
	names, err := tx.OpenNames(actor, role, purpose, 0, members)
	if err != nil {
		return nil, err
	}
	cards := map[buurtbel.ID]*Card{}
	for _, n := range names {
		cards[n.Member] = &Card{MemberName: n}
	}
	if err := tx.EachHome(members, func(id buurtbel.ID, h Home) {
		if c := cards[id]; c != nil {
			c.Home = h
		}
	}); err != nil {
		return nil, fmt.Errorf("open homes: %w", err)
	}
	err = tx.each(func(r *sql.Rows) error { return tx.scanCardContact(r, cards) }, tx.pick(cardContacts), jsonIDs(members), tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("open contact points: %w", err)
	}
	out := make([]Card, 0, len(members))
	for _, id := range members {
		if c := cards[id]; c != nil {
			out = append(out, *c)
		}
	}
	return out, nil
}

func (tx *Tx) scanCardContact(r *sql.Rows, cards map[buurtbel.ID]*Card) error {
	var c CardContact
	var sealed vault.Sealed
	var verified, noCalls int64
	if err := r.Scan(&c.ID, &c.Member, &c.Kind, &c.Rank, &c.State, &verified, &noCalls, &sealed); err != nil {
		return err
	}
	c.Verified, c.NoCalls = verified != 0, noCalls != 0
	card := cards[c.Member]
	if card == nil {
		return nil
	}
	if c.Kind != buurtbel.Browser {
		plain, err := tx.open("contact", "address", c.ID, sealed)
		if err = tx.spared(err, "address", c.ID); err != nil {
			return err
		}
		c.Address = string(plain)
	}
	card.Contacts = append(card.Contacts, c)
	return nil
}
