package web

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// TestCheckOfTwoThousand says how long the check takes while a dispatcher types, for a network of 2,000 members. It asserts no time.
func TestCheckOfTwoThousand(t *testing.T) {
	if testing.Short() {
		t.Skip("2,000 members")
	}
	s := found(t)
	var list []store.NewMember
	for i := range 2000 {
		list = append(list, store.NewMember{Member: buurtbel.Member{ID: s.db.NewID(), Network: s.kerkveld, Language: buurtbel.Dutch}, Name: store.Name{Given: "Lid"},
			Home: store.Home{Street: fmt.Sprintf("Straat %d", i%40), Number: fmt.Sprint(i)},
			Contacts: []store.NewContact{{ID: s.db.NewID(), Kind: buurtbel.Mobile, Address: numberOf(1000 + i), Verified: true},
				{ID: s.db.NewID(), Kind: buurtbel.Mailbox, Rank: 1, Address: mailboxOf(1000 + i), Verified: true}}})
	}
	for part := range slices.Chunk(list, 500) {
		s.write(s.zone, func(tx *store.Tx) error { return tx.InsertMembers(part) })
	}
	b := s.as(s.people[buurtbel.RoleDispatcher])
	form := s.launchForm()
	form.Set("street", "Straat 3")
	var took []time.Duration
	for range 12 {
		begun := time.Now()
		if got := b.post("/dispatch/check", form); got.code != http.StatusOK {
			t.Fatal(got.code)
		}
		took = append(took, time.Since(begun))
	}
	first := took[0]
	slices.Sort(took)
	t.Logf("check of 2,006 members: first %v (reads the homes), median %v, slowest %v", first, took[len(took)/2], took[len(took)-1])
}
