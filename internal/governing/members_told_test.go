package governing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
)

// TestRule14_EachOfManyFindsTheChange: who was changed with others at once reads it as who was changed alone, with how it was asked; who was not
// changed reads nothing.
func TestRule14_EachOfManyFindsTheChange(t *testing.T) {
	each(t, func(v *village) {
		told := func(member int) (out []string) {
			v.read(func(tx *store.Tx) error {
				entries, err := tx.EntriesAbout(v.members[member], buurtbel.EntryChange, 10)
				for _, e := range entries {
					out = append(out, string(e.Content))
				}
				return err
			})
			return out
		}
		v.coordinator.Office = "Kerkveld"
		b := governing.Batch{Kind: store.BulkLeft, How: governing.OnPaper, Members: []buurtbel.ID{v.members[0], v.members[4], v.members[5]}} // the first holds a role, and stays
		n, err := governing.ChangeMany(t.Context(), v.db, v.coordinator, v.zone, v.network, b, "")
		if n != 2 || err != nil {
			t.Fatal(n, err)
		}
		for _, i := range []int{4, 5} {
			if got := told(i); len(got) != 1 || !strings.HasPrefix(got[0], `{"what":"left","how":"paper","office":"Kerkveld"`) || !strings.HasSuffix(got[0], `"members":2}`) {
				t.Errorf("member %d reads %q", i, got)
			}
		}
		if diff := cmp.Diff([][]string{nil, nil}, [][]string{told(0), told(6)}); diff != "" {
			t.Error(diff)
		}
		v.write(func(tx *store.Tx) error { return tx.BeginErasure(v.members[4]) })
		changes, err := governing.Undoable(t.Context(), v.db, v.coordinator, v.zone, v.network)
		v.must(err)
		v.pass(time.Minute)
		if n, err := governing.UndoMany(t.Context(), v.db, v.coordinator, v.zone, v.network, changes[0].ID); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if got := told(5); len(got) != 2 || !strings.HasPrefix(got[0], `{"what":"left-undone"`) {
			t.Errorf("reads %q", got)
		}
		if got := told(4); len(got) != 1 {
			t.Errorf("who is being erased reads %q", got)
		}
	})
}
