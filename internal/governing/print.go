package governing

import (
	"context"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Printed is a phone tree as it leaves the printer.
type Printed struct {
	Number    int
	At, Until time.Time
	Network   *buurtbel.Network
	People    int
	Sheets    []Sheet // the police's own first, then each caller's
}

// Sheet is what one caller gets: the people whom that caller calls, and nobody else's number.
type Sheet struct {
	Caller   string // name; "" on the sheet of the police
	CalledBy string // name of who calls the caller, so that a stranger's call is known for one; "" when the police do
	Calls    []Called
}

// Called is one person on a sheet.
type Called struct {
	Name, Number string // E.164
	Goes         int    // how many people that person calls in turn
}

// Print numbers and dates a network's tree and opens the names and numbers on it. The print is journalled, with its reason, in the same
// transaction.
//
// Errors: error.tree.nobody (Conflict).
func Print(ctx context.Context, db *store.DB, actor buurtbel.Actor, role buurtbel.Role, zone, network buurtbel.ID, reason string) (*Printed, error) {
	if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return nil, err
	}
	var out *Printed
	err := db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		t, err := tree(tx, network)
		if err != nil {
			return err
		}
		if len(t.Calls) == 0 {
			return buurtbel.Fail(buurtbel.Conflict, "error.tree.nobody", nil)
		}
		out = &Printed{At: tx.Now(), Until: buurtbel.TreeValid(tx.Now()), Network: t.Network, People: len(t.Calls)}
		out.Number, err = tx.InsertTreePrint(network, store.TreePrint{At: out.At, Until: out.Until, By: actor.Person, Role: role, People: out.People})
		if err != nil {
			return err
		}
		members := make([]buurtbel.ID, len(t.Calls))
		for i, c := range t.Calls {
			members[i] = c.Member
		}
		people, err := tx.OpenTree(actor, role, reason, members)
		if err != nil {
			return err
		}
		out.Sheets = sheets(t.Calls, people)
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "phone tree printed, network %s, number %d, %d people", network, out.Number, out.People))
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// sheets makes one sheet per caller, in the order in which they are called.
func sheets(calls []buurtbel.TreeCall, people map[buurtbel.ID]store.TreeNumber) []Sheet {
	name := func(id buurtbel.ID) string {
		p, known := people[id]
		if !known {
			return ""
		}
		return p.Name.Given + " " + p.Name.Family
	}
	by, goes := map[buurtbel.ID]buurtbel.ID{}, map[buurtbel.ID]int{}
	for _, c := range calls {
		by[c.Member] = c.Caller
		goes[c.Caller]++
	}
	var order []buurtbel.ID
	at := map[buurtbel.ID]int{}
	var out []Sheet
	for _, c := range calls {
		i, known := at[c.Caller]
		if !known {
			i = len(order)
			at[c.Caller], order = i, append(order, c.Caller)
			out = append(out, Sheet{Caller: name(c.Caller), CalledBy: name(by[c.Caller])})
		}
		out[i].Calls = append(out[i].Calls, Called{Name: name(c.Member), Number: people[c.Member].Number, Goes: goes[c.Member]})
	}
	return out
}
