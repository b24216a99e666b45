package store_test

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

func TestANetworkHasOneCoordinatorAtATime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 8)
		once(t, writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				return tx.Appoint(buurtbel.Mandate{ID: v.members[i].ID, Holder: v.members[i].ID, Role: buurtbel.RoleCoordinator, Zone: v.scope.Zone, Network: v.network,
					From: tx.Now(), Ground: "meeting"})
			})
		}), buurtbel.Conflict, "error.mandate.held")
	})
}

func TestAZoneKeepsItsLastAdministrator(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		ids := make([]buurtbel.ID, 8)
		v.write(func(tx *store.Tx) error {
			for i := range ids {
				ids[i] = db.NewID()
				if err := tx.InsertMandate(buurtbel.Mandate{ID: ids[i], Holder: ids[i], Role: buurtbel.RoleAdministrator, Zone: v.scope.Zone, From: tx.Now().Add(-time.Hour)}); err != nil {
					return err
				}
			}
			return nil
		})
		refused := 0
		for _, err := range writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error { return tx.Withdraw(ids[i], 1, "moved") })
		}) {
			if buurtbel.KeyOf(err) == "error.mandate.last" {
				refused++
			} else if err != nil {
				t.Error(err)
			}
		}
		if refused != 1 {
			t.Errorf("%d of eight stay administrator", refused)
		}
	})
}

func TestASilenceIsToldOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		id, since := db.NewID(), db.Now().Add(-40*24*time.Hour)
		told := make([]bool, 8)
		for _, err := range writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) (err error) {
				told[i], err = tx.TellSilence(id, since)
				return err
			})
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		n := 0
		for _, mine := range told {
			if mine {
				n++
			}
		}
		if n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}
