package rig

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Town is the fictional zone with the people in it.
type Town struct {
	Zone     buurtbel.ID
	Networks []Group // their members together are the whole town
}

// Group is one network with its members, in order.
type Group struct {
	ID      buurtbel.ID
	Members []buurtbel.ID
	Boxes   []buurtbel.ID // the mailbox of each; nil without mailboxes
}

// The numbers of the first 100,000 members are of a range that is assigned to nobody; those of further ones are too long to be anybody's.
const (
	firstNumber = 32_455_000_000
	firstLong   = 3_245_500_000_000
)

// Number is the number of a member, counted from 0 over the whole town.
func Number(i int) string {
	if i >= 100_000 {
		return fmt.Sprintf("+%d", firstLong+i)
	}
	return fmt.Sprintf("+%d", firstNumber+i)
}

// Mailbox is the mailbox of a member, likewise.
func Mailbox(i int) string { return fmt.Sprintf("m%06d@example.org", i) }

// Telephone is the fixed line of a member, likewise; there are 900 of them.
func Telephone(i int) string { return fmt.Sprintf("+3220000%03d", i) }

// Contacts says which contact points members get.
type Contacts struct {
	Mobile  bool
	Fixed   bool
	Mailbox bool
	Browser *Browsers // nil: none
	Hidden  bool      // the mailboxes are not verified: no alert goes there, only what the bench sends itself
}

// Build makes a town with one network per size.
func Build(ctx context.Context, db *store.DB, sizes []int, has Contacts) (*Town, error) {
	z := &buurtbel.Zone{ID: db.NewID(), Name: "PZ", Country: "BE", TimeZone: "Europe/Brussels", Night: buurtbel.DefaultNight,
		Plan: buurtbel.DefaultPlan, Limits: buurtbel.Limits{SquareKM: math.MaxInt32, Members: math.MaxInt32, Wait: 300, Part: 550}}
	t := &Town{Zone: z.ID}
	since := &buurtbel.Dated{Since: db.Now().Add(-365 * 24 * time.Hour), Document: "charter"}
	scope := buurtbel.Scope{Zone: z.ID}
	err := db.Write(ctx, scope, func(tx *store.Tx) error { return tx.PutZone(z) })
	if err != nil {
		return nil, err
	}
	first := 0
	for i, size := range sizes {
		n := &buurtbel.Network{ID: db.NewID(), Name: fmt.Sprintf("BIN Wijk %d", i+1), Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch},
			Charter: since, Recognised: since}
		if err := db.Write(ctx, scope, func(tx *store.Tx) error { return tx.PutNetwork(n) }); err != nil {
			return nil, err
		}
		g := Group{ID: n.ID}
		if err := g.fill(ctx, db, scope, first, size, has); err != nil {
			return nil, err
		}
		first += size
		t.Networks = append(t.Networks, g)
	}
	return t, nil
}

const slice = 500

func (g *Group) fill(ctx context.Context, db *store.DB, scope buurtbel.Scope, first, size int, has Contacts) error {
	for start := 0; start < size; start += slice {
		list := make([]store.NewMember, min(slice, size-start))
		for i := range list {
			list[i] = g.member(db, first+start+i, has)
		}
		if err := db.Write(ctx, scope, func(tx *store.Tx) error { return tx.InsertMembers(list) }); err != nil {
			return fmt.Errorf("insert members: %w", err)
		}
	}
	return nil
}

func (g *Group) member(db *store.DB, i int, has Contacts) store.NewMember {
	m := store.NewMember{Member: buurtbel.Member{ID: db.NewID(), Network: g.ID, Language: buurtbel.Dutch},
		Name: store.Name{Given: "An", Family: "Peeters"}, Home: store.Home{Street: "Vlierstraat", Number: fmt.Sprint(i%200 + 1), PostalCode: "9999", Municipality: "Vlierbeek"}}
	g.Members = append(g.Members, m.ID)
	if has.Mobile {
		m.Contacts = append(m.Contacts, store.NewContact{ID: db.NewID(), Kind: buurtbel.Mobile, Address: Number(i), Verified: true})
	}
	if has.Fixed {
		m.Contacts = append(m.Contacts, store.NewContact{ID: db.NewID(), Kind: buurtbel.Fixed, Address: Telephone(i), Verified: true})
	}
	if has.Mailbox {
		c := store.NewContact{ID: db.NewID(), Kind: buurtbel.Mailbox, Rank: 1, Address: Mailbox(i), Verified: !has.Hidden}
		g.Boxes = append(g.Boxes, c.ID)
		m.Contacts = append(m.Contacts, c)
	}
	if has.Browser != nil {
		m.Contacts = append(m.Contacts, store.NewContact{ID: db.NewID(), Kind: buurtbel.Browser, Address: has.Browser.Of(i), Verified: true})
	}
	return m
}

// Size is how many people live in the town.
func (t *Town) Size() int {
	n := 0
	for _, g := range t.Networks {
		n += len(g.Members)
	}
	return n
}

// Sizes divides total among n networks of sizes spread evenly by ratio from least to most, and one that takes the rest.
func Sizes(total, n, least, most int) []int {
	var out []int
	for i := range n {
		size := int(math.Round(float64(least) * math.Pow(float64(most)/float64(least), float64(i)/float64(max(1, n-1)))))
		if total < size {
			break
		}
		out, total = append(out, size), total-size
	}
	if total > 0 {
		out = append(out, total)
	}
	return out
}

// All lists every network.
func (t *Town) All() []buurtbel.ID {
	out := make([]buurtbel.ID, len(t.Networks))
	for i, g := range t.Networks {
		out[i] = g.ID
	}
	return out
}
