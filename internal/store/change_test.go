package store_test

import (
	"database/sql"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// changeSlowly writes two changes at once: the slow transaction's row comes first and is committed last. Which of them has the lower number
// as a transaction is the caller's choice.
func changeSlowly(t *testing.T, v *village, slowID, fastID int, slowFirst bool, look func()) {
	t.Helper()
	begin := func() *sql.Tx {
		tx, err := v.db.SQL().Begin()
		if err != nil {
			t.Fatal(err)
		}
		return tx
	}
	number := func(tx *sql.Tx) {
		var n string
		if err := tx.QueryRow(`select pg_current_xact_id()::text`).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	change := func(tx *sql.Tx, id int) {
		if _, err := tx.Exec(`insert into member_change (zone, member) values ($1, $2)`, int64(v.zone), id); err != nil {
			t.Fatal(err)
		}
	}
	slow, fast := begin(), begin()
	if slowFirst {
		number(slow)
		number(fast)
	} else {
		number(fast)
		number(slow)
	}
	change(slow, slowID)
	change(fast, fastID)
	for _, tx := range []*sql.Tx{fast, slow} {
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		look()
	}
}

// The tests of changes run alone: on PostgreSQL a reader goes no further than the oldest transaction of the whole server, and those of other tests
// would hold it back.

// A change that is committed late has a lower number than one that was committed before: it must not be skipped.
func TestAChangeIsNeverSkipped(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		member := func(i int) []store.NewMember {
			return []store.NewMember{{Member: buurtbel.Member{ID: buurtbel.ID(i), Network: v.network}, Place: buurtbel.Point{Lat: 51, Lon: 4}}}
		}
		mark := int64(0)
		seen := map[buurtbel.ID]bool{}
		look := func() {
			v.read(func(tx *store.Tx) error {
				list, next, err := tx.Changes(mark)
				for _, id := range list {
					seen[id] = true
				}
				mark = next
				return err
			})
		}
		if db.Engine() == store.Postgres {
			changeSlowly(t, v, 101, 102, false, look)
			changeSlowly(t, v, 103, 104, true, look)
			for id := buurtbel.ID(101); id <= 104; id++ {
				if !seen[id] {
					t.Errorf("%d was skipped: saw %v", int(id), seen)
				}
			}
		}
		v.write(func(tx *store.Tx) error { return tx.InsertMembers(member(7)) })
		look()
		if !seen[7] {
			t.Errorf("saw %v", seen)
		}
		before := len(seen)
		look()
		var last int64
		v.read(func(tx *store.Tx) (err error) {
			last, err = tx.LastChange()
			return err
		})
		if len(seen) != before || last < mark {
			t.Errorf("mark %d, last %d", mark, last)
		}
		mark = last
		v.write(func(tx *store.Tx) error { return tx.InsertMembers(member(8)) })
		look()
		if !seen[8] {
			t.Errorf("after the last change: saw %v", seen)
		}
	})
}

func TestManyChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		const many = 23_000
		insert := func(from, n int) {
			v.write(func(tx *store.Tx) error {
				rows := `insert into member_change (zone, member) with recursive n(i) as (select cast($1 as bigint) union all select i + 1 from n where i < $2) select $3, i from n`
				if db.Engine() == store.Postgres {
					rows = `insert into member_change (zone, member) select $3, i from generate_series(cast($1 as bigint), $2) n(i)`
				}
				_, err := tx.Raw(rows, from, from+n-1, int64(v.zone))
				return err
			})
		}
		insert(1, many) // more than one call gives, by one transaction
		for i := range 30 {
			insert(many+1+i*500, 500)
		}
		seen := map[buurtbel.ID]int{}
		mark := int64(0)
		for calls := 0; calls < 20; calls++ {
			n := 0
			v.read(func(tx *store.Tx) error {
				list, next, err := tx.Changes(mark)
				for _, id := range list {
					seen[id]++
				}
				n, mark = len(list), next
				return err
			})
			if n == 0 {
				break
			}
		}
		if len(seen) != many+15_000 {
			t.Errorf("saw %d of %d", len(seen), many+15_000)
		}
		for id, n := range seen {
			if n != 1 {
				t.Fatalf("%d came %d times", id, n)
			}
		}
	})
}
