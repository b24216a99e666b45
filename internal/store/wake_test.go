package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// ways are the ways to a PostgreSQL database: straight, by a pooler, and by a pooler with a way around it.
func ways(t *testing.T, test func(t *testing.T, c store.Config, listens bool)) {
	t.Run("straight", func(t *testing.T) { test(t, storetest.Config(t, store.Postgres), true) })
	t.Run("pooler", func(t *testing.T) {
		pooled, _ := storetest.Pooled(t)
		test(t, store.Config{Database: pooled, Readers: 4, Writers: 6}, false)
	})
	t.Run("pooler and direct", func(t *testing.T) {
		pooled, direct := storetest.Pooled(t)
		test(t, store.Config{Database: pooled, Direct: direct, Readers: 4, Writers: 6}, true)
	})
}

func TestCommitOfOneProcessWakesTheOthers(t *testing.T) {
	t.Parallel()
	ways(t, func(t *testing.T, c store.Config, listens bool) {
		ring := storetest.Ring(t)
		db := storetest.OpenWith(t, c, ring, nil)
		c.Node = 1
		other := storetest.OpenWith(t, c, ring, nil)
		if db.Listens() != listens {
			t.Fatalf("it listens: %v", db.Listens())
		}
		ctx, stop := context.WithCancel(t.Context())
		var ended sync.WaitGroup
		woken := other.Subscribe()
		for _, db := range []*store.DB{db, other} {
			ended.Go(func() { db.Hear(ctx) })
		}
		defer ended.Wait()
		defer stop()
		await := func(what string) {
			t.Helper()
			select {
			case <-woken:
			case <-time.After(30 * time.Second):
				t.Fatalf("not woken: %s", what)
			}
		}
		await("at first, for what it may have missed")
		for i := range 5 {
			err := db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error { return tx.Later("work", buurtbel.ID(i+1), tx.Now()) })
			if err != nil {
				t.Fatal(err)
			}
			await("by a commit")
		}
	})
}

func TestCommitOfACommandWakesTheProcessThatServes(t *testing.T) {
	t.Parallel()
	ring, c := storetest.Ring(t), storetest.Config(t, store.Postgres)
	command := storetest.OpenWith(t, c, ring, nil) // nothing runs there
	serving := storetest.OpenWith(t, c, ring, nil)
	ctx, stop := context.WithCancel(t.Context())
	var ended sync.WaitGroup
	woken := serving.Subscribe()
	ended.Go(func() { serving.Hear(ctx) })
	defer ended.Wait()
	defer stop()
	<-woken
	if err := command.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error { return tx.Later("work", 1, tx.Now()) }); err != nil {
		t.Fatal(err)
	}
	select {
	case <-woken:
	case <-time.After(30 * time.Second):
		t.Fatal("not woken")
	}
}

func TestOneProcessWorksAsANodeByEveryWay(t *testing.T) {
	t.Parallel()
	ways(t, func(t *testing.T, c store.Config, _ bool) {
		ring := storetest.Ring(t)
		db, second := storetest.OpenWith(t, c, ring, nil), storetest.OpenWith(t, c, ring, nil)
		release, err := db.Own(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		boot := db.Now()
		write := func(f func(tx *store.Tx) error) {
			t.Helper()
			if err := db.Write(t.Context(), buurtbel.Scope{}, f); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *store.Tx) error { return tx.TakeNode(boot, map[string]int{"a": 0}) })
		ctx, stop := context.WithCancel(t.Context())
		var beating sync.WaitGroup
		beating.Go(func() {
			tick := time.NewTicker(200 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
					write(func(tx *store.Tx) error { return tx.Beat(boot, nil) })
				}
			}
		})
		if _, err := second.Own(t.Context()); buurtbel.KeyOf(err) != "error.store.in-use" {
			t.Errorf("a second process works as the same node: %v", err)
		}
		stop()
		beating.Wait()
		write(func(tx *store.Tx) error { return tx.LeaveNode(boot) })
		if err := release(); err != nil {
			t.Fatal(err)
		}
		release, err = second.Own(t.Context())
		if err != nil {
			t.Fatalf("after the first ended: %v", err)
		}
		if err := release(); err != nil {
			t.Error(err)
		}
	})
}

func TestWritersGoByAnIndexAndCompileNothing(t *testing.T) {
	t.Parallel()
	ways(t, func(t *testing.T, c store.Config, _ bool) {
		db := storetest.OpenWith(t, c, storetest.Ring(t), nil)
		err := db.Write(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) error {
			for _, name := range []string{"enable_seqscan", "jit"} {
				if value, err := tx.Setting(name); err != nil || value != "off" {
					t.Errorf("%s is %q: %v", name, value, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestWorkGoesThroughAPooler(t *testing.T) {
	t.Parallel()
	pooled, _ := storetest.Pooled(t)
	db := storetest.OpenWith(t, store.Config{Database: pooled, Readers: 4, Writers: 6}, storetest.Ring(t), nil)
	if !db.Pooled() {
		t.Fatal("the pooler was not noticed")
	}
	v := settle(t, db, 300)
	message, _ := v.launch(v.alert(), buurtbel.KindLaunch)
	got := writers(func(int) error {
		for {
			var work []store.Work
			err := db.Write(t.Context(), v.scope, func(tx *store.Tx) (err error) {
				work, err = tx.Claim(message, buurtbel.KindLaunch, buurtbel.SMS, "carrier", 20)
				return err
			})
			if err != nil || len(work) == 0 {
				return err
			}
			var list []store.Settled
			for _, w := range work {
				list = append(list, v.settled(w, buurtbel.SMS, handedOver, "r"+w.Delivery.String()))
			}
			if err := db.Write(t.Context(), v.scope, func(tx *store.Tx) error { return tx.Record(list) }); err != nil {
				return err
			}
		}
	})
	for _, err := range got {
		if err != nil {
			t.Error(err)
		}
	}
	if n := v.count(`select count(*) from attempt where settled_at <> 0`); n != 300 {
		t.Errorf("%d attempts were settled, want 300", n)
	}
	if n := v.count(`select count(*) from delivery where tries > 1`); n != 0 {
		t.Errorf("%d deliveries were claimed twice", n)
	}
}

func TestTransactionWhoseConnectionBrokeBeforeItsCommitIsRepeated(t *testing.T) {
	t.Parallel()
	c := storetest.Config(t, store.Postgres)
	ring := storetest.Ring(t)
	db, operator := storetest.OpenWith(t, c, ring, nil), storetest.OpenWith(t, c, ring, nil)
	tries := 0
	err := db.Write(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) error {
		if err := tx.Later("work", 1, tx.Now()); err != nil {
			return err
		}
		if tries++; tries == 1 { // as when the leader dies
			if _, err := operator.SQL().Exec(`select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction' and datname = current_database()`); err != nil {
				t.Error(err)
			}
		}
		return tx.Later("work", 2, tx.Now())
	})
	if err != nil || tries != 2 {
		t.Fatalf("%d tries: %v", tries, err)
	}
	var due []store.Task
	err = db.Read(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		due, err = tx.DueTasks(9, nil)
		return err
	})
	if err != nil || len(due) != 2 {
		t.Errorf("%d tasks, want 2: %v", len(due), err)
	}
}

func TestDatabaseThatIsAwayIsToldAsBusy(t *testing.T) {
	t.Parallel()
	straight := storetest.Config(t, store.Postgres).Database
	b, err := storetest.StartBouncer(straight)
	if err != nil {
		storetest.Absent(t, err)
	}
	pooled := b.Address(straight)
	db := storetest.OpenWith(t, store.Config{Database: pooled, Readers: 2, Writers: 2}, storetest.Ring(t), nil)
	if err := b.Stop(); err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) error { return tx.Later("work", 1, tx.Now()) })
	if buurtbel.KindOf(err) != buurtbel.Busy || buurtbel.KeyOf(err) != "error.store.busy" {
		t.Errorf("got %v", err)
	}
}
