package store_test

import (
	"slices"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

func TestPrintsAreNumberedWithoutGapOrDouble(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		numbers := make([]int, 8)
		for _, err := range writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) (err error) {
				numbers[i], err = tx.InsertTreePrint(v.network, store.TreePrint{At: tx.Now(), Until: buurtbel.TreeValid(tx.Now()), Role: buurtbel.RoleCoordinator, People: 3})
				return err
			})
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		slices.Sort(numbers)
		if !slices.Equal(numbers, []int{1, 2, 3, 4, 5, 6, 7, 8}) {
			t.Errorf("numbers %v", numbers)
		}
	})
}

func TestACodeBelongsToOneAlert(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		ids := make([]buurtbel.ID, 8)
		for i := range ids {
			ids[i] = db.NewID()
		}
		once(t, writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error { return tx.InsertCode(ids[i], "K7M-4P9") })
		}), buurtbel.Busy, "error.store.busy")
	})
}
