// Package governing is what a network arranges for itself beside its messages: the phone tree for when no carrier works, and who agreed to
// stand in it.
//
// It sends nothing. Names and numbers are opened for who holds the right, with a written reason from an official, and each look is journalled
// in the transaction that opens them. A member stands in the tree by an express word, told by telephone or on paper, that can be taken back at
// any time; coordinator, deputy and steering group stand in it by their mandate.
package governing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// How a member told it.
const (
	ByTelephone = "telephone"
	OnPaper     = "paper"
)

// mostFound is how many members one search shows.
const mostFound = 30

// Tree is a network's phone tree without names: what it would be if it were printed now.
type Tree struct {
	Network *buurtbel.Network
	Calls   []buurtbel.TreeCall
	Agreed  int // members who agreed, also those who are away now
	Prints  []store.TreePrint
}

// Levels is how many calls follow each other until the last one knows.
func (t *Tree) Levels() int {
	if len(t.Calls) == 0 {
		return 0
	}
	return t.Calls[len(t.Calls)-1].Level
}

// Callers is how many people call others.
func (t *Tree) Callers() int {
	seen := map[buurtbel.ID]bool{}
	for _, c := range t.Calls {
		if c.Caller != 0 {
			seen[c.Caller] = true
		}
	}
	return len(seen)
}

// Valid tells whether a print is valid at now.
func (t *Tree) Valid(now time.Time) bool {
	return len(t.Prints) > 0 && now.Before(t.Prints[0].Until)
}

// PhoneTree gives a network's tree and its prints. It opens no name.
func PhoneTree(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network buurtbel.ID) (*Tree, error) {
	if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return nil, err
	}
	var t *Tree
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		t, err = tree(tx, network)
		return err
	})
	return t, err
}

func tree(tx *store.Tx, network buurtbel.ID) (*Tree, error) {
	networks, err := tx.NetworksOf([]buurtbel.ID{network})
	if err == nil && len(networks) == 0 {
		err = buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	if err != nil {
		return nil, err
	}
	t := &Tree{Network: networks[0]}
	people, agreed, err := treePeople(tx, network)
	if err != nil {
		return nil, err
	}
	t.Agreed = agreed
	t.Calls = buurtbel.PhoneTree(people, buurtbel.TreeStarts, buurtbel.TreeCalls, tx.Now())
	t.Prints, err = tx.TreePrints(network, 12)
	return t, err
}

var ranks = map[buurtbel.Role]buurtbel.TreeRank{buurtbel.RoleCoordinator: buurtbel.TreeCoordinator, buurtbel.RoleDeputy: buurtbel.TreeDeputy,
	buurtbel.RoleSteering: buurtbel.TreeSteering}

// treePeople lists who may stand in a network's tree, and how many agreed.
func treePeople(tx *store.Tx, network buurtbel.ID) ([]buurtbel.TreePerson, int, error) {
	rank := map[buurtbel.ID]buurtbel.TreeRank{}
	consents, err := tx.TreeConsents(network)
	if err != nil {
		return nil, 0, err
	}
	for _, c := range consents {
		if c.Holds() {
			rank[c.Member] = buurtbel.TreeMember
		}
	}
	agreed := len(rank)
	for _, role := range []buurtbel.Role{buurtbel.RoleSteering, buurtbel.RoleDeputy, buurtbel.RoleCoordinator} {
		holders, err := tx.Holders(role, network)
		if err != nil {
			return nil, 0, err
		}
		for _, id := range holders {
			rank[id] = ranks[role]
		}
	}
	ids := make([]buurtbel.ID, 0, len(rank))
	for id := range rank {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	members, err := tx.Reachables(ids)
	var out []buurtbel.TreePerson
	for _, m := range members {
		if m.Member.State == buurtbel.MemberActive && m.Member.Network == network {
			out = append(out, buurtbel.TreePerson{Member: m.Member.ID, Rank: rank[m.Member.ID], Away: m.Member.Away, Numbers: slices.ContainsFunc(m.Contacts, callable)})
		}
	}
	return out, agreed, err
}

func callable(c buurtbel.ContactPoint) bool {
	return (c.Kind == buurtbel.Mobile || c.Kind == buurtbel.Fixed) && (c.State == buurtbel.ContactOK || c.State == buurtbel.ContactStopped)
}

// Found is a member of a network as a search for a name shows one.
type Found struct {
	Member buurtbel.ID
	Name   store.Name
	Agrees bool
	Since  time.Time // when the member agreed, or took it back; zero: neither
	Out    bool      // wishes no exercises
}

// Find looks for members of a network by a part of their name. Names are opened and the look is journalled with its reason, for every name
// that is shown.
func Find(ctx context.Context, db *store.DB, actor buurtbel.Actor, role buurtbel.Role, zone, network buurtbel.ID, reason, part string) ([]Found, error) {
	if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return nil, err
	}
	part = strings.ToLower(strings.TrimSpace(part))
	if len([]rune(part)) < 2 {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.tree.short", nil)
	}
	var out []Found
	err := db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		out = nil
		ids, err := match(tx, network, part)
		if err != nil || len(ids) == 0 {
			return err
		}
		if len(ids) > mostFound {
			return buurtbel.Fail(buurtbel.Invalid, "error.tree.many", buurtbel.Args{"Count": len(ids), "Most": mostFound})
		}
		names, err := tx.OpenNames(actor, role, reason, 0, ids)
		if err != nil {
			return err
		}
		consents, err := tx.TreeConsents(network)
		if err != nil {
			return err
		}
		left, err := tx.OutOfExercises()
		for _, n := range names {
			f := Found{Member: n.Member, Name: n.Name, Out: slices.Contains(left, n.Member)}
			for _, c := range consents {
				if c.Member == n.Member {
					f.Agrees, f.Since = c.Holds(), later(c.Given, c.Withdrawn)
				}
			}
			out = append(out, f)
		}
		return err
	})
	return out, err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// match gives the active members of a network whose name has a part. What does not match is not shown and not journalled.
func match(tx *store.Tx, network buurtbel.ID, part string) ([]buurtbel.ID, error) {
	members, err := tx.MembersOf([]buurtbel.ID{network})
	if err != nil {
		return nil, err
	}
	var out []buurtbel.ID
	err = tx.EachName(members, func(id buurtbel.ID, n store.Name) {
		if strings.Contains(strings.ToLower(n.Given+" "+n.Family), part) {
			out = append(out, id)
		}
	})
	return out, err
}

// Consent records that a member agreed to stand in the phone tree, or took it back, as told by telephone or on paper to who records it. It is
// journalled as such. Telling the same twice changes nothing.
func Consent(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network, member buurtbel.ID, agrees bool, how string) error {
	if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return err
	}
	if how != ByTelephone && how != OnPaper {
		return buurtbel.Fail(buurtbel.Invalid, "error.tree.how", nil)
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		record, word := tx.WithdrawTreeConsent, "withdrawn"
		if agrees {
			record, word = tx.GiveTreeConsent, "given"
		}
		changed, err := record(network, member, actor.Person, how)
		if err != nil || !changed {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "phone tree consent %s by %s, member %s, network %s", word, how, member, network))
	})
}

// Exercises records that a member wishes no exercises, or takes part again, as told by telephone or on paper to who records it. Real alerts
// come all the same. It is journalled as such; telling the same twice changes nothing.
func Exercises(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network, member buurtbel.ID, takesPart bool, how string) error {
	if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return err
	}
	if how != ByTelephone && how != OnPaper {
		return buurtbel.Fail(buurtbel.Invalid, "error.tree.how", nil)
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		word := "joined"
		change := func() (bool, error) { return tx.JoinExercises(network, member) }
		if !takesPart {
			word, change = "left", func() (bool, error) { return tx.LeaveExercises(network, member, actor.Person, how) }
		}
		changed, err := change()
		if err != nil || !changed {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "exercises %s by %s, member %s, network %s", word, how, member, network))
	})
}
