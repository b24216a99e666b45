package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

func cancelled(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithCancel(t.Context())
}

// fillUp writes members in batches of 50 until the disk is full; it gives how many it wrote.
func fillUp(t *testing.T, v *village) int {
	t.Helper()
	for n := 0; n < 200_000; n += 50 {
		err := v.db.Write(t.Context(), v.scope, func(tx *store.Tx) error { return tx.InsertMembers(batchOf(v, 50)) })
		if err == nil {
			continue
		}
		if buurtbel.KindOf(err) != buurtbel.Busy || buurtbel.KeyOf(err) != "error.store.full" {
			t.Fatalf("a full disk is told as %v", err)
		}
		return n
	}
	t.Fatal("the disk never filled up")
	return 0
}

func batchOf(v *village, n int) []store.NewMember {
	list := make([]store.NewMember, n)
	for i := range list {
		list[i] = store.NewMember{Member: buurtbel.Member{ID: v.db.NewID(), Network: v.network}, Contacts: []store.NewContact{{ID: v.db.NewID(), Kind: buurtbel.Mobile, Address: mobileOf(i), Verified: true}}}
	}
	return list
}

func checkWhole(t *testing.T, v *village, want int) {
	t.Helper()
	if n := v.count(`select count(*) from member`); n != want {
		t.Errorf("%d members, want %d: something was half-done", n, want)
	}
	if n := v.count(`select count(*) from contact`); n != want {
		t.Errorf("%d contact points, want %d: something was half-done", n, want)
	}
	var word string
	if err := v.db.SQL().QueryRow(`pragma integrity_check`).Scan(&word); err != nil || word != "ok" {
		t.Errorf("integrity: %s, %v", word, err)
	}
}

func TestAFullDatabaseHarmsNothing(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite, nil)
	v := settle(t, db, 0)
	pages := v.count(`pragma page_count`)
	v.count(fmt.Sprintf(`pragma max_page_count = %d`, pages+60))
	wrote := fillUp(t, v)
	checkWhole(t, v, wrote)
	v.count(fmt.Sprintf(`pragma max_page_count = %d`, pages+600))
	v.write(func(tx *store.Tx) error { return tx.InsertMembers(batchOf(v, 50)) })
	checkWhole(t, v, wrote+50)
}

func TestAFullDiskHarmsNothing(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("a small disk is mounted by root alone; TestAFullDatabaseHarmsNothing has the same without one")
	}
	folder := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder).CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v %s; TestAFullDatabaseHarmsNothing has the same without one", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", folder).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
		}
	})
	filler := filepath.Join(folder, "filler")
	if err := os.WriteFile(filler, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	db := storetest.OpenWith(t, store.Config{Data: folder, Readers: 2}, storetest.Ring(t), nil)
	v := settle(t, db, 0)
	wrote := fillUp(t, v)
	checkWhole(t, v, wrote)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	v.write(func(tx *store.Tx) error { return tx.InsertMembers(batchOf(v, 50)) })
	checkWhole(t, v, wrote+50)
}

func TestAClockThatJumps(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			now := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
			clock := func() time.Time { return now }
			c, ring := storetest.Config(t, engine), storetest.Ring(t)
			db := storetest.OpenWith(t, c, ring, clock)
			v := settle(t, db, 3)
			last := db.NewID()
			for _, jump := range []time.Duration{-time.Hour, 3 * time.Hour, -48 * time.Hour, time.Microsecond, 24 * time.Hour, -time.Second} {
				now = now.Add(jump)
				if id := db.NewID(); id <= last {
					t.Errorf("after %s: %s does not follow %s", jump, id, last)
				} else {
					last = id
				}
				m, _ := v.launch(v.alert(), buurtbel.KindLaunch)
				if work := v.claim(m, buurtbel.SMS, 9); len(work) != 3 {
					t.Errorf("after %s: %d claimed", jump, len(work))
				}
			}
			newest := buurtbel.ID(v.count(`select max(id) from delivery`))
			now = now.Add(-1000 * time.Hour) // and the program is started again
			again := storetest.OpenWith(t, c, ring, clock)
			if id := again.NewID(); id <= newest {
				t.Errorf("after a start with an old clock %s does not follow %s", id, newest)
			}
		})
	}
}

func TestAPanicGivesTheConnectionBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		for range 20 { // more than there are connections
			func() {
				defer func() {
					if recover() == nil {
						t.Error("no panic")
					}
				}()
				if err := db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
					if _, err := tx.Raw(`insert into household (id, zone) values (1, $1)`, int64(v.zone)); err != nil {
						return err
					}
					panic("a door survives this")
				}); err != nil {
					t.Error(err)
				}
			}()
			func() {
				defer func() { _ = recover() }()
				if err := db.Read(t.Context(), v.scope, func(*store.Tx) error { panic("a door survives this") }); err != nil {
					t.Error(err)
				}
			}()
		}
		alert := v.newAlert("key")
		v.write(func(tx *store.Tx) error { return tx.InsertAlert(alert, nil) })
		if n := v.count(`select count(*) from household`); n != 0 {
			t.Error("half of it was committed")
		}
	})
}

func TestAnErrorLeavesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		woken := db.Subscribe()
		sorry := errors.New("sorry")
		err := db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
			if err := tx.InsertAlert(v.newAlert("key"), nil); err != nil {
				return err
			}
			tx.Wake()
			return sorry
		})
		if !errors.Is(err, sorry) || v.count(`select count(*) from alert`) != 0 {
			t.Errorf("got %v", err)
		}
		select {
		case <-woken:
			t.Error("a transaction that failed woke the loops")
		default:
		}
		v.write(func(tx *store.Tx) error {
			tx.Wake()
			return nil
		})
		select {
		case <-woken:
		default:
			t.Error("a commit that made work due did not wake the loops")
		}
	})
}

func TestUrgentGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := store.NewGate()
		if err := g.Enter(t.Context(), store.Bulk); err != nil {
			t.Fatal(err)
		}
		order := make(chan string, 9)
		for _, w := range []struct {
			name string
			rank store.Rank
		}{{"bulk 1", store.Bulk}, {"steady 1", store.Steady}, {"bulk 2", store.Bulk}, {"urgent 1", store.Urgent}, {"steady 2", store.Steady}, {"urgent 2", store.Urgent}} {
			go func() {
				if err := g.Enter(t.Context(), w.rank); err != nil {
					t.Error(err)
				}
				order <- w.name
				g.Leave()
			}()
			synctest.Wait()
		}
		g.Leave()
		for _, want := range []string{"urgent 1", "urgent 2", "steady 1", "steady 2", "bulk 1", "bulk 2"} {
			if got := <-order; got != want {
				t.Errorf("%s came before %s", got, want)
			}
		}
		if err := g.Enter(t.Context(), store.Bulk); err != nil {
			t.Error("the gate stayed shut")
		}
	})
}

func TestAWaiterThatGivesUpPassesItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := store.NewGate()
		if err := g.Enter(t.Context(), store.Steady); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 3)
		wait := func(after time.Duration) {
			ctx, stop := context.WithTimeout(t.Context(), after)
			go func() {
				defer stop()
				err := g.Enter(ctx, store.Urgent)
				if err == nil {
					g.Leave()
				}
				done <- err
			}()
			synctest.Wait()
		}
		wait(time.Second)
		wait(time.Minute)
		time.Sleep(2 * time.Second) // the bubble's own clock: nothing waits
		if err := <-done; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		g.Leave()
		if err := <-done; err != nil {
			t.Errorf("the next one got %v", err)
		}
	})
}

// turning is a context that ends at the very moment at which the gate gives the turn.
type turning struct {
	context.Context
	turn func()
}

func (c turning) Done() <-chan struct{} {
	c.turn()
	over := make(chan struct{})
	close(over)
	return over
}

func (turning) Err() error { return context.Canceled }

func TestATurnThatComesTooLateIsPassedOn(t *testing.T) {
	g := store.NewGate()
	for range 50 { // which of the two is seen first is chance
		if err := g.Enter(t.Context(), store.Urgent); err != nil {
			t.Fatal(err)
		}
		if g.Enter(turning{t.Context(), g.Leave}, store.Bulk) == nil {
			g.Leave()
		}
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
		err := g.Enter(ctx, store.Urgent)
		stop()
		if err != nil {
			t.Fatal("the gate stayed shut")
		}
		g.Leave()
	}
}

// However turns are given and given up, one writer at most is inside, and in the end the gate is open.
func TestGateProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		plan := rapid.SliceOfN(rapid.IntRange(0, 3), 1, 12).Draw(rt, "patience")
		synctest.Test(t, func(t *testing.T) {
			g := store.NewGate()
			inside, most := 0, 0
			left := make(chan struct{}, len(plan))
			for i, patience := range plan {
				go func() {
					defer func() { left <- struct{}{} }()
					ctx, stop := context.WithTimeout(t.Context(), time.Duration(patience)*time.Second)
					defer stop()
					if g.Enter(ctx, store.Rank(i%3)) != nil {
						return
					}
					inside++
					most = max(most, inside)
					time.Sleep(time.Second)
					inside--
					g.Leave()
				}()
			}
			for range plan {
				<-left
			}
			if most > 1 {
				t.Errorf("%d writers were inside at once", most)
			}
			if err := g.Enter(t.Context(), store.Bulk); err != nil {
				t.Error("the gate stayed shut")
			}
		})
	})
}

func TestPackedAudience(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOf(rapid.Map(rapid.Int64Range(1, 1<<62), func(i int64) buurtbel.ID { return buurtbel.ID(i) })).Draw(t, "ids")
		back, err := store.UnpackIDs(store.PackIDs(ids))
		if err != nil || len(back) != len(ids) {
			t.Fatalf("%d came back as %d: %v", len(ids), len(back), err)
		}
		for i := range ids {
			if back[i] != ids[i] {
				t.Fatalf("%d came back as %d", ids[i], back[i])
			}
		}
	})
	if _, err := store.UnpackIDs([]byte{0x80}); err == nil {
		t.Error("a damaged audience was read")
	}
}

func FuzzUnpackIDs(f *testing.F) {
	f.Add(store.PackIDs([]buurtbel.ID{1, 2, 1 << 40}))
	f.Fuzz(func(t *testing.T, b []byte) {
		ids, err := store.UnpackIDs(b)
		if err == nil && len(ids) > len(b) {
			t.Errorf("%d ids in %d bytes", len(ids), len(b))
		}
	})
}

// Whatever a text holds, a batch carries it to both engines.
func TestAnyTextFitsABatch(t *testing.T) {
	t.Parallel()
	texts := []string{"", `quote " and \ backslash`, "line\nfeed\ttab\r\b\f\x01\x1f\x7f", "é ü € 𝄞 \u2028", "nul \x00 in it", "not \xff UTF-8", "</script>", `\u0000`}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, text := range texts {
			query := `select j.value from json_each($1) j`
			if db.Engine() == store.Postgres {
				query = `select value from jsonb_array_elements_text($1::jsonb)`
			}
			var back string
			if err := db.SQL().QueryRow(query, "["+store.AppendJSON(text)+"]").Scan(&back); err != nil {
				t.Errorf("%q: %v", text, err)
				continue
			}
			want := store.Clean(text)
			if back != want {
				t.Errorf("%q came back as %q", text, back)
			}
		}
	})
}
