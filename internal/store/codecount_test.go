package store_test

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// TestCodesToOneNumberStayFewWhoeverAsks lets eight at two doors ask for codes to one number at once, forty times: exactly as many go as one share
// allows, not as both together do.
func TestCodesToOneNumberStayFewWhoeverAsks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var wrote, rang, refused atomic.Int64
		all := sync.WaitGroup{}
		shares := []buurtbel.CodeShare{{Day: 5, Calls: 2}, {Day: 5, Calls: 2, Proved: true}}
		for i := range 8 {
			all.Go(func() {
				for n := range 5 {
					call, ok := n%2 == i%2, false
					err := db.Write(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
						ok, _, err = tx.AskCode(db.CodeHash("+32455090001"), shares[i%2], call, time.UTC)
						return err
					})
					switch {
					case err != nil:
						t.Error(err)
					case !ok:
						refused.Add(1)
					case call:
						rang.Add(1)
						fallthrough
					default:
						wrote.Add(1)
					}
				}
			})
		}
		all.Wait()
		if wrote.Load() != 5 || rang.Load() > 2 || refused.Load() != 35 {
			t.Errorf("%d codes went, %d of them by call, %d were refused", wrote.Load(), rang.Load(), refused.Load())
		}
	})
}

func TestCountsOfCodes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			now := now
			db := storetest.Open(t, engine, func() time.Time { return now })
			box, share := db.CodeHash("An.Peeters+bin@example.org"), buurtbel.CodeShare{Day: 1, Calls: 1}
			if !bytes.Equal(box, db.CodeHash("an.peeters@Example.org")) || bytes.Contains(box, []byte("peeters")) || bytes.Equal(box, db.CodeHash("bo@example.org")) {
				t.Error("one mailbox has two counts, or is told by it")
			}
			write := func(f func(*store.Tx) error) {
				t.Helper()
				if err := db.Write(t.Context(), buurtbel.Scope{}, f); err != nil {
					t.Fatal(err)
				}
			}
			ask := func(want bool) {
				t.Helper()
				write(func(tx *store.Tx) error {
					ok, next, err := tx.AskCode(box, share, true, time.UTC)
					if ok != want || !next.After(now) {
						t.Errorf("it may go: %t, and another at %s", ok, next)
					}
					return err
				})
			}
			ask(true)
			ask(false)
			write(func(tx *store.Tx) error { return tx.CodeUsed(box, true) })
			ask(true)
			write(func(tx *store.Tx) error { return tx.StopCodes(box, now.AddDate(1, 0, 0)) })
			now = now.AddDate(0, 2, 0)
			ask(false)
			forget := func(want int64) {
				t.Helper()
				write(func(tx *store.Tx) error {
					n, err := tx.ForgetCodeCounts(now.AddDate(0, 0, -40), 10)
					if n != want {
						t.Errorf("%d counts were forgotten, expected %d", n, want)
					}
					return err
				})
			}
			forget(0) // STOP holds
			write(func(tx *store.Tx) error { return tx.ResumeCodes(box) })
			ask(true)
			forget(0)
			now = now.AddDate(0, 2, 0)
			forget(1)
		})
	}
}
