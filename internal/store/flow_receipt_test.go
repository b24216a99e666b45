package store_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

func TestWhatWaitsForMorningIsDueThen(t *testing.T) {
	clocked(t, 1, func(t *testing.T, v *village, now *time.Time) {
		m := v.message(v.alert(), buurtbel.KindLaunch)
		list := v.plan()
		morning := now.Add(30 * time.Minute)
		for i := range list[0].Steps {
			list[0].Steps[i].NotBefore = morning
		}
		v.write(func(tx *store.Tx) error {
			if err := tx.InsertMessage(m, v.ids()); err != nil {
				return err
			}
			return tx.InsertRecipients(m.ID, m.Expires, list)
		})
		if work := v.claim(m.ID, buurtbel.SMS, 9); len(work) != 0 {
			t.Errorf("claimed early: %+v", work)
		}
		v.read(func(tx *store.Tx) error {
			due, err := tx.NextDue(m.ID, buurtbel.SMS)
			if !due.Equal(morning) {
				t.Errorf("due %s, want %s", due, morning)
			}
			if due, err := tx.NextDue(m.ID, buurtbel.Voice); err != nil || !due.IsZero() {
				t.Errorf("due %s, %v", due, err)
			}
			tally, err2 := tx.Tally(m.ID)
			if err2 == nil && tally.Waiting != 1 {
				t.Errorf("%d wait until the morning", tally.Waiting)
			}
			if err == nil {
				err = err2
			}
			return err
		})
		*now = morning
		if work := v.claim(m.ID, buurtbel.SMS, 9); len(work) != 1 {
			t.Errorf("claimed %+v", work)
		}
	})
}

// Rule 2's set: an attempt on any contact point was handed over or is uncertain, whatever came after; who is in flight comes when it settles.
func TestReachedIsExactlyWhoWasReached(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 12)
		alert := v.alert()
		m, list := v.launch(alert, buurtbel.KindLaunch)
		work := map[buurtbel.ID]store.Work{}
		for _, w := range v.claim(m, buurtbel.SMS, 99) {
			work[w.Recipient] = w
		}
		outcome := func(i int, o buurtbel.Outcome, refs ...string) {
			v.record(v.settled(work[list[i].ID], buurtbel.SMS, o, refs...))
		}
		outcome(0, handedOver, "r0")
		outcome(1, handedOver, "r1")
		v.receipts(receipt("r1", buurtbel.Delivered))
		outcome(2, handedOver, "r2")
		v.receipts(receipt("r2", buurtbel.Failed)) // was handed over all the same
		outcome(3, buurtbel.Outcome{State: buurtbel.Uncertain})
		outcome(4, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Rejected})
		outcome(5, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Unreachable, Temporary: true})
		if _, err := heard(v, list[6].ID, work[list[6].ID].Delivery); err != nil { // answered before the carrier did
			t.Fatal(err)
		}
		outcome(7, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Rejected})
		second := v.claim(m, buurtbel.SMS, 99) // the second numbers of 4 and 7, and the retry of 3
		for _, w := range second {
			if w.Recipient == list[7].ID {
				v.record(v.settled(w, buurtbel.SMS, buurtbel.Outcome{State: buurtbel.HandedOver}))
			}
		}
		mail := v.claim(m, buurtbel.Email, 99)
		for _, w := range mail {
			switch w.Recipient {
			case list[8].ID:
				v.record(v.settled(w, buurtbel.Email, buurtbel.Outcome{State: buurtbel.HandedOver}))
			case list[9].ID:
				s := v.settled(w, buurtbel.Email, buurtbel.Outcome{})
				s.Withdrawn, s.Move = true, buurtbel.Move{State: buurtbel.Stopped} // not a byte was written
				v.record(s)
			}
		}
		following := v.message(alert, buurtbel.KindFeedback)
		v.write(func(tx *store.Tx) error { return tx.InsertMessage(following, nil) })
		check := func(want ...int) {
			t.Helper()
			var got []buurtbel.ID
			v.read(func(tx *store.Tx) (err error) {
				got, err = tx.ReachedBy(m, following.ID, 0, 99)
				return err
			})
			var ids []buurtbel.ID
			for _, i := range want {
				ids = append(ids, v.members[i].ID)
			}
			if diff := cmp.Diff(ids, got); diff != "" {
				t.Errorf("want %v: %s", want, diff)
			}
		}
		check(0, 1, 2, 3, 6, 7, 8)
		outcome(10, buurtbel.Outcome{State: buurtbel.HandedOver}) // what was in flight settles
		check(0, 1, 2, 3, 6, 7, 8, 10)
		v.write(func(tx *store.Tx) error { // those who are recipients already do not come again
			return tx.InsertRecipients(following.ID, following.Expires, []store.Recipient{{ID: db.NewID(), Member: v.members[0].ID}, {ID: db.NewID(), Member: v.members[8].ID}})
		})
		check(1, 2, 3, 6, 7, 10)
	})
}

func TestTallyOfMixtures(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 10)
		m, list := v.launch(v.alert(), buurtbel.KindLaunch)
		states := [][3]string{
			{"failed", "queued", "queued"}, {"failed", "failed", "delivered"}, {"handed-over", "not-needed", "failed"}, {"failed", "failed", "failed"}, {"expired", "not-needed", "failed"},
			{"stopped", "not-needed", "stopped"}, {"sending", "queued", "failed"}, {"uncertain", "not-needed", "delivered"}, {"failed", "failed", "failed"}, {"heard", "not-needed", "not-needed"},
		}
		v.write(func(tx *store.Tx) error {
			for i, three := range states {
				for k, s := range three {
					reason := ""
					if s == "failed" {
						reason = "rejected"
					}
					open := 0
					if s == "queued" || s == "sending" {
						open = 1
					}
					if _, err := tx.Raw(`update delivery set state = $1, reason = $2, open = $3 where id = $4`, s, reason, open, int64(list[i].Steps[k].ID)); err != nil {
						return err
					}
				}
			}
			if _, err := tx.Raw(`update delivery set doubts = 1 where id = $1`, int64(list[8].Steps[1].ID)); err != nil { // tried with an open end, then failed
				return err
			}
			extra := []store.Recipient{{ID: db.NewID(), Member: 1, Left: buurtbel.LeftByChoice}, {ID: db.NewID(), Member: 2, Left: buurtbel.LeftByChoice}, {ID: db.NewID(), Member: 3, Left: buurtbel.LeftAway}}
			return tx.InsertRecipients(m, db.Now(), extra)
		})
		var got *store.Tally
		v.read(func(tx *store.Tx) (err error) {
			got, err = tx.Tally(m)
			return err
		})
		want := &store.Tally{Units: map[string]int{}, Audience: 10, Expanded: 10, Left: map[buurtbel.Left]int{buurtbel.LeftByChoice: 2, buurtbel.LeftAway: 1},
			Members: map[buurtbel.DeliveryState]int{buurtbel.Queued: 1, buurtbel.Delivered: 2, buurtbel.HandedOver: 1, buurtbel.Failed: 1, buurtbel.Expired: 1, buurtbel.Stopped: 1,
				buurtbel.Sending: 1, buurtbel.Uncertain: 1, buurtbel.Heard: 1},
			Unreached: 3, Open: 2,
			ByChannel: map[buurtbel.Channel]store.ChannelTally{
				buurtbel.SMS: {Deliveries: map[buurtbel.DeliveryState]int{buurtbel.Failed: 7, buurtbel.Queued: 2, buurtbel.HandedOver: 1, buurtbel.NotNeeded: 5, buurtbel.Expired: 1,
					buurtbel.Stopped: 1, buurtbel.Sending: 1, buurtbel.Uncertain: 1, buurtbel.Heard: 1}, Reasons: map[buurtbel.Reason]int{buurtbel.Rejected: 7}},
				buurtbel.Email: {Deliveries: map[buurtbel.DeliveryState]int{buurtbel.Queued: 1, buurtbel.Delivered: 2, buurtbel.Failed: 5, buurtbel.Stopped: 1, buurtbel.NotNeeded: 1},
					Reasons: map[buurtbel.Reason]int{buurtbel.Rejected: 5}}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		total := 0
		for _, n := range got.Members {
			total += n
		}
		if total != got.Audience {
			t.Errorf("%d members of %d are counted", total, got.Audience)
		}
	})
}

func TestRolesInAZone(t *testing.T) {
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

func TestTextsRepeatAcrossTheEndOfAStretch(t *testing.T) {
	clocked(t, 0, func(t *testing.T, v *village, now *time.Time) {
		fresh := func(body string) (ok bool) {
			in := &store.Inbound{ID: v.db.NewID(), Carrier: "c", Channel: buurtbel.SMS, From: mobileOf(1), To: mobileOf(2), Body: body}
			v.write(func(tx *store.Tx) (err error) {
				ok, err = tx.InsertInbound(in)
				return err
			})
			return ok
		}
		*now = now.Truncate(store.RepeatsFor).Add(store.RepeatsFor - time.Second)
		if !fresh("ja") {
			t.Error("the first is not fresh")
		}
		*now = now.Add(2 * time.Second)
		if fresh("ja") {
			t.Error("a repetition just after the end of the stretch is fresh")
		}
		if !fresh("nee") {
			t.Error("another text is not fresh")
		}
		*now = now.Add(store.RepeatsFor)
		if !fresh("ja") {
			t.Error("the same word much later is not fresh")
		}
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
