package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

func TestRolesInAZone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 2)
		from := db.Now().Add(-time.Hour)
		mandate := func(holder buurtbel.ID, role buurtbel.Role, zone, network buurtbel.ID) buurtbel.Mandate {
			return buurtbel.Mandate{ID: db.NewID(), Holder: holder, Role: role, Zone: zone, Network: network, From: from}
		}
		over := mandate(9, buurtbel.RoleCoordinator, v.zone, v.network)
		over.Until = from.Add(time.Minute)
		a, b := v.members[0].ID, v.members[1].ID
		v.write(func(tx *store.Tx) error {
			for _, m := range []buurtbel.Mandate{mandate(a, buurtbel.RoleCoordinator, v.zone, v.network), mandate(b, buurtbel.RoleCoordinator, v.zone, v.network+1),
				mandate(8, buurtbel.RoleCoordinator, v.zone+1, v.network), over} {
				if err := tx.InsertMandate(m); err != nil {
					return err
				}
			}
			if err := tx.InsertMandate(mandate(a, buurtbel.RoleSystem, 0, 0)); buurtbel.KindOf(err) != buurtbel.Invalid {
				t.Errorf("a person was made the program: %v", err)
			}
			_, err := tx.Raw(`insert into mandate (id, holder, role, zone, network, from_at, until_at, ground) values ($1, $2, 'system', 0, 0, 0, 0, '')`, int64(db.NewID()), int64(a))
			return err
		})
		v.read(func(tx *store.Tx) error {
			got, err := tx.Holders(buurtbel.RoleCoordinator, v.network)
			if diff := cmp.Diff([]buurtbel.ID{a}, got); diff != "" {
				t.Error(diff)
			}
			all, err2 := tx.Holders(buurtbel.RoleCoordinator, 0)
			if diff := cmp.Diff([]buurtbel.ID{a, b}, all); diff != "" {
				t.Error(diff)
			}
			who, err3 := tx.Actor(a)
			if err3 == nil && who.May(buurtbel.MayDeliver, v.scope, db.Now()) == nil {
				t.Error("a row that says system gives the program's rights")
			}
			if err3 == nil && who.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: v.zone, Network: v.network}, db.Now()) != nil {
				t.Error("a coordinator sees no names")
			}
			for _, e := range []error{err2, err3} {
				if err == nil {
					err = e
				}
			}
			return err
		})
	})
}

func TestNamesAndZonesAreKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v, other := settle(t, db, 0), settle(t, db, 0)
		err := db.Write(t.Context(), other.scope, func(tx *store.Tx) error {
			return tx.PutNetwork(&buurtbel.Network{ID: v.network, Name: "ours now", Regime: buurtbel.Regime{"nl"}})
		})
		if buurtbel.KindOf(err) != buurtbel.NotFound {
			t.Errorf("a zone changed another's network: %v", err)
		}
		err = db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
			return tx.PutNetwork(&buurtbel.Network{ID: db.NewID(), Name: "BIN Kerkveld", Regime: buurtbel.Regime{"nl"}})
		})
		if buurtbel.KeyOf(err) != "error.network.name-taken" {
			t.Errorf("got %v", err)
		}
		err = db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
			return tx.PutZone(&buurtbel.Zone{ID: db.NewID(), Name: "Politiezone " + v.zone.String()})
		})
		if buurtbel.KeyOf(err) != "error.zone.name-taken" {
			t.Errorf("got %v", err)
		}
		v.read(func(tx *store.Tx) error {
			list, err := tx.Networks()
			if err == nil && (len(list) != 1 || list[0].Name != "BIN Kerkveld") {
				t.Errorf("got %+v", list)
			}
			return err
		})
	})
}

func TestTasksComeBack(t *testing.T) {
	clocked(t, 0, func(t *testing.T, v *village, now *time.Time) {
		take := func() (list []store.Task) {
			v.write(func(tx *store.Tx) (err error) {
				list, err = tx.TakeTasks(9)
				return err
			})
			return list
		}
		later := func(at time.Time) { v.write(func(tx *store.Tx) error { return tx.Later("kind", 5, at) }) }
		later(now.Add(time.Hour))
		if len(take()) != 0 {
			t.Error("taken early")
		}
		later(now.Add(-time.Second)) // the earlier moment counts
		later(now.Add(time.Hour))
		got := take()
		if len(got) != 1 || got[0].Subject != 5 || got[0].Kind != "kind" || got[0].Zone != v.zone {
			t.Fatalf("got %+v", got)
		}
		if len(take()) != 0 {
			t.Error("taken twice")
		}
		*now = now.Add(time.Minute) // the lease of a process that died
		got = take()
		if len(got) != 1 {
			t.Fatal("not taken over")
		}
		v.write(func(tx *store.Tx) error { return tx.PauseTask(got[0], now.Add(time.Minute), "failed") })
		v.read(func(tx *store.Tx) error {
			due, err := tx.NextTask()
			if !due.Equal(now.Add(time.Minute)) {
				t.Errorf("due %s", due)
			}
			return err
		})
		*now = now.Add(time.Minute)
		got = take()
		later(*now) // left anew while somebody works on it
		v.write(func(tx *store.Tx) error { return tx.FinishTask(got[0], time.Time{}) })
		got = take()
		if len(got) != 1 {
			t.Fatal("what was left anew is lost")
		}
		v.write(func(tx *store.Tx) error { return tx.FinishTask(got[0], time.Time{}) })
		if len(take()) != 0 || v.count(`select count(*) from task`) != 0 {
			t.Error("not ended")
		}
	})
}

// A verb that left its task for now may still be ending when the same process takes the task anew: it ends nothing of that.
func TestEndOfATaskThatWasTakenAnew(t *testing.T) {
	clocked(t, 0, func(t *testing.T, v *village, now *time.Time) {
		take := func() store.Task {
			var list []store.Task
			v.write(func(tx *store.Tx) (err error) {
				list, err = tx.TakeTasks(9)
				return err
			})
			if len(list) != 1 {
				t.Fatalf("took %d tasks", len(list))
			}
			return list[0]
		}
		finish := func(task store.Task, again time.Time) error {
			return v.db.Write(t.Context(), v.scope, func(tx *store.Tx) error { return tx.FinishTask(task, again) })
		}
		v.write(func(tx *store.Tx) error { return tx.Later("kind", 5, *now) })
		first := take()
		if err := finish(first, *now); err != nil {
			t.Fatal(err)
		}
		second := take()
		if err := finish(first, time.Time{}); buurtbel.KeyOf(err) != "error.task.taken" {
			t.Errorf("the first ended the second: %v", err)
		}
		v.write(func(tx *store.Tx) error { return tx.Later("kind", 5, *now) }) // and left anew
		if err := finish(first, time.Time{}); buurtbel.KeyOf(err) != "error.task.taken" {
			t.Errorf("the first gave the second back: %v", err)
		}
		v.write(func(tx *store.Tx) error { return tx.PauseTask(first, now.Add(time.Hour), "failed") })
		if err := finish(second, now.Add(time.Hour)); err != nil {
			t.Errorf("the second could not end: %v", err)
		}
		if third := take(); third.Subject != 5 {
			t.Errorf("what was left anew is lost: %+v", third)
		}
	})
}
