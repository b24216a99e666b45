package governing

import (
	"context"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

const (
	looksBack = 92 * 24 * time.Hour // how far back the page of looks goes
	mostLooks = 300
)

// Look is one look at members' names or numbers, as those see it who watch over it: which office, why, at how many. It holds no name.
type Look struct {
	At       time.Time
	Office   string
	Role     buurtbel.Role
	Purpose  string
	Alert    buurtbel.ID   // that it was about; 0: none
	Networks []buurtbel.ID // whose members were seen
	Members  int           // of them, those that the actor may know of
	Own      bool          // the actor's own
	Times    int           // the same person looked at the same for the same reason so often within an hour of At
	by       buurtbel.ID
}

// Looks lists who looked at members' data: a coordinator and a deputy see every look at members of their network, the mandated officer,
// chief and auditor every one of the zone (rule 14).
func Looks(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID) ([]Look, error) {
	if err := mayAnywhere(actor, buurtbel.MaySeeLooks, zone, db.Now()); err != nil {
		return nil, err
	}
	own := func(network buurtbel.ID) bool {
		return actor.May(buurtbel.MaySeeLooks, buurtbel.Scope{Zone: zone, Network: network}, db.Now()) == nil
	}
	var out []Look
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		looks, err := tx.Looks(tx.Now().Add(-looksBack), mostLooks)
		if err != nil {
			return err
		}
		var members []buurtbel.ID
		for _, l := range looks {
			members = append(members, l.Members...)
		}
		slices.Sort(members)
		of, err := tx.NetworkOfEach(slices.Compact(members))
		for _, l := range looks {
			if seen := lookFor(l, of, own); seen.Members > 0 {
				seen.Own, seen.by, seen.Times = l.By == actor.Person, l.By, 1
				out = together(out, seen)
			}
		}
		return err
	})
	return out, err
}

// together adds a look to those before it, newest first: a page that is loaded again is not another line.
func together(before []Look, l Look) []Look {
	for i := range before {
		b := &before[i]
		if b.by == l.by && b.Role == l.Role && b.Purpose == l.Purpose && b.Members == l.Members && b.Alert == l.Alert && slices.Equal(b.Networks, l.Networks) && b.At.Sub(l.At) < time.Hour {
			b.Times++
			return before
		}
	}
	return append(before, l)
}

// lookFor narrows a look to the members that somebody may know of.
func lookFor(l store.Looked, of map[buurtbel.ID]buurtbel.ID, own func(buurtbel.ID) bool) Look {
	out := Look{At: l.At, Office: l.Office, Role: l.Role, Purpose: l.Purpose, Alert: l.Subject}
	for _, m := range l.Members {
		if n, known := of[m]; known && own(n) {
			out.Members++
			if !slices.Contains(out.Networks, n) {
				out.Networks = append(out.Networks, n)
			}
		}
	}
	return out
}
