package store_test

import (
	"fmt"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// Every rule that two writers at the same moment could break is run here with eight of them on each engine. Where it can be done with one
// statement, the same race is then run with the statement's guard taken out, and must break: else the test would prove nothing.

func TestNoDeliveryIsClaimedTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 400)
		m, _ := v.launch(v.alert(), buurtbel.KindLaunch)
		var mu sync.Mutex
		times := map[buurtbel.ID]int{}
		for _, err := range writers(func(int) error {
			for {
				var work []store.Work
				if err := db.Write(t.Context(), v.scope, func(tx *store.Tx) (err error) {
					work, err = tx.Claim(m, buurtbel.KindLaunch, buurtbel.SMS, "carrier", 23)
					return err
				}); err != nil {
					return err
				}
				mu.Lock()
				for _, w := range work {
					times[w.Delivery]++
				}
				mu.Unlock()
				if len(work) == 0 {
					return nil
				}
			}
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		for id, n := range times {
			if n != 1 {
				t.Errorf("%s was claimed %d times", id, n)
			}
		}
		if begun := v.count(`select count(*) from attempt`); begun != len(times) || begun < 300 {
			t.Errorf("%d attempts for %d claims", begun, len(times))
		}
	})
}

// The state stands in the outer where of the claim. Without it a row that was freed between snapshot and lock is claimed twice: shown here
// with two transactions that take turns.
func TestClaimNeedsTheStateInTheOuterWhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		_, list := v.launch(v.alert(), buurtbel.KindLaunch)
		argument := fmt.Sprintf("[%d]", list[0].Steps[0].ID)
		guarded := store.ClaimUpdate(db)
		open := regexp.MustCompile(`and state = 'queued'( and open = 1)?`).ReplaceAllString(guarded, "")
		if open == guarded {
			t.Fatal("the guard is not where this test looks for it")
		}
		take := func(query string) (n int64) {
			v.write(func(tx *store.Tx) (err error) {
				n, err = tx.Raw(query, argument, 0, db.Now().UnixMicro(), int64(v.zone))
				return err
			})
			return n
		}
		if n := take(guarded); n != 1 {
			t.Fatalf("the first claim took %d", n)
		}
		if n := take(guarded); n != 0 {
			t.Errorf("the second claim took %d", n)
		}
		if n := take(open); n != 1 {
			t.Errorf("without the guard the second claim took %d: the guard guards nothing", n)
		}
	})
}

func TestOneKeyIsOneAlert(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		errs := writers(func(int) error {
			a := v.newAlert("the same key")
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error { return tx.InsertAlert(a, nil) })
		})
		once(t, errs, buurtbel.Conflict, "error.alert.key-used")
		v.read(func(tx *store.Tx) error {
			_, err := tx.AlertByKey("the same key")
			return err
		})
		if n := v.count(`select count(*) from alert`); n != 1 {
			t.Errorf("%d alerts", n)
		}
		elsewhere := settle(t, db, 0)
		a := elsewhere.newAlert("the same key")
		elsewhere.write(func(tx *store.Tx) error { return tx.InsertAlert(a, nil) })
	})
}

// unguarded reads and then writes, as the rule would be without its conditional update: the two halves are apart, so others come between.
func unguarded(t *testing.T, v *village, look, change string, args ...any) int {
	t.Helper()
	var did atomic.Int64
	var looked sync.WaitGroup
	looked.Add(8)
	for _, err := range writers(func(int) error {
		var n int
		err := v.db.SQL().QueryRow(look, args...).Scan(&n)
		looked.Done()
		looked.Wait()
		if err != nil || n == 0 {
			return err
		}
		return v.db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
			rows, err := tx.Raw(change, args...)
			did.Add(rows)
			return err
		})
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	return int(did.Load())
}

func TestALinkIsUsedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		link := func(hash string) []byte {
			v.write(func(tx *store.Tx) error {
				return tx.InsertOneUse([]byte(hash), store.OneUse{Purpose: "sign-in", Person: 7, Expires: db.Now().Add(time.Minute)})
			})
			return []byte(hash)
		}
		hash := link("one")
		use := func(purpose string, hash []byte) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				o, err := tx.UseOneUse(hash, purpose)
				if err == nil && o.Person != 7 {
					return fmt.Errorf("person %d", o.Person)
				}
				return err
			})
		}
		if err := use("confirm", hash); buurtbel.KindOf(err) != buurtbel.NotFound {
			t.Errorf("for another purpose: %v", err)
		}
		var holding atomic.Bool
		once(t, writers(func(int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				if _, err := tx.UseOneUse(hash, "sign-in"); err != nil {
					return err
				}
				if holding.CompareAndSwap(false, true) { // the first one commits when another has looked and waits to write
					waitForWaiter(t, db)
				}
				return nil
			})
		}), buurtbel.NotFound, "error.link.used")
		if n := unguarded(t, v, `select count(*) from one_use where hash = $1 and used_at = 0`, `update one_use set used_at = 1 where hash = $1`, link("two")); n < 2 {
			t.Errorf("without the guard the link was used %d times: the race does not show", n)
		}
	})
}

func TestExpiredLinksAndSessions(t *testing.T) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
			db := storetest.Open(t, engine, func() time.Time { return now })
			v := settle(t, db, 0)
			v.write(func(tx *store.Tx) error {
				if err := tx.InsertSession([]byte("cookie"), store.Session{Person: 7, Zone: v.zone, Office: "police", Expires: now.Add(time.Minute)}); err != nil {
					return err
				}
				return tx.InsertOneUse([]byte("link"), store.OneUse{Purpose: "sign-in", Person: 7, Expires: now.Add(time.Minute)})
			})
			v.read(func(tx *store.Tx) error {
				if _, err := tx.PeekOneUse([]byte("link"), "sign-in"); err != nil {
					return err
				}
				s, err := tx.Session([]byte("cookie"))
				if err == nil && (s.Person != 7 || s.Zone != v.zone || !s.Expires.Equal(now.Add(time.Minute))) {
					t.Errorf("got %+v", s)
				}
				return err
			})
			now = now.Add(time.Minute)
			v.read(func(tx *store.Tx) error {
				if _, err := tx.Session([]byte("cookie")); buurtbel.KeyOf(err) != "error.session.over" || buurtbel.KindOf(err) != buurtbel.Forbidden {
					t.Errorf("an expired session: %v", err)
				}
				if _, err := tx.PeekOneUse([]byte("link"), "sign-in"); buurtbel.KindOf(err) != buurtbel.NotFound {
					t.Errorf("an expired link: %v", err)
				}
				return nil
			})
			now = now.Add(-time.Minute)
			v.write(func(tx *store.Tx) error { return tx.EndSession([]byte("cookie")) })
			v.read(func(tx *store.Tx) error {
				if _, err := tx.Session([]byte("cookie")); buurtbel.KindOf(err) != buurtbel.Forbidden {
					t.Errorf("an ended session: %v", err)
				}
				return nil
			})
		})
	}
}

func TestACursorAdvancesOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 3)
		advance := func(m buurtbel.ID) func(int) error {
			return func(int) error {
				return db.Write(t.Context(), v.scope, func(tx *store.Tx) error { return tx.Advance(m, 0, 3) })
			}
		}
		m := v.message(v.alert(), buurtbel.KindLaunch)
		v.write(func(tx *store.Tx) error { return tx.InsertMessage(m, v.ids()) })
		once(t, writers(advance(m.ID)), buurtbel.Conflict, "error.message.moved")
		second := v.message(m.Alert, buurtbel.KindLaunch)
		v.write(func(tx *store.Tx) error {
			if err := tx.InsertMessage(second, v.ids()); err != nil {
				return err
			}
			return tx.StopMessage(second.ID)
		})
		if err := advance(second.ID)(0); buurtbel.KindOf(err) != buurtbel.Conflict {
			t.Errorf("a stopped message's cursor moved: %v", err)
		}
		if n := unguarded(t, v, `select count(*) from message where id = $1`, `update message set cursor = 3 where id = $1`, int64(m.ID)); n < 2 {
			t.Error("the race does not show without the guard")
		}
	})
}

func TestADebtIsSettledOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		alert := v.alert()
		for range 2 { // repetition changes nothing
			v.write(func(tx *store.Tx) error { return tx.InsertDebt(alert, db.Now().Add(time.Hour)) })
		}
		once(t, writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				return tx.SettleDebt(alert, buurtbel.ID(i+1), 0, buurtbel.Grounds[i%3])
			})
		}), buurtbel.Conflict, "error.feedback.settled")
		v.read(func(tx *store.Tx) error {
			if list, err := tx.OpenDebts(); err != nil || len(list) != 0 {
				t.Errorf("open debts %v, %v", list, err)
			}
			d, ok, err := tx.Debt(alert)
			if err != nil || !ok || d.Settled.IsZero() || d.Ground == "" {
				t.Errorf("got %+v %t %v", d, ok, err)
			}
			settled, silent, err := tx.SilentShare()
			if settled != 1 || silent != 1 {
				t.Errorf("%d settled, %d silent", settled, silent)
			}
			return err
		})
		if n := unguarded(t, v, `select count(*) from debt where alert = $1`, `update debt set settled_at = 1 where alert = $1`, int64(alert)); n < 2 {
			t.Error("the race does not show without the guard")
		}
	})
}

func TestAConfirmationIsAnsweredOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		alert := v.alert()
		v.write(func(tx *store.Tx) error {
			return tx.InsertConfirmation(store.Confirmation{Alert: alert, Digest: store.Digest("text"), People: 9})
		})
		once(t, writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				return tx.AnswerConfirmation(alert, buurtbel.ID(i+1), []string{"yes", "no"}[i%2])
			})
		}), buurtbel.Conflict, "error.confirm.answered")
		v.read(func(tx *store.Tx) error {
			c, err := tx.Confirmation(alert)
			if err == nil && (c.Answer == "" || c.By == 0 || c.Answered.IsZero() || c.People != 9) {
				t.Errorf("got %+v", c)
			}
			return err
		})
	})
}

func TestAnAlertMovesOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		alert := v.alert()
		to := []buurtbel.AlertState{buurtbel.AlertStopped, buurtbel.AlertFinished}
		once(t, writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error { return tx.MoveAlert(alert, buurtbel.AlertRunning, to[i%2]) })
		}), buurtbel.Conflict, "error.alert.moved")
	})
}

func TestTheJournalHasNoGapAndNoFork(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		subject := v.alert()
		for _, err := range writers(func(i int) error {
			for k := range 12 {
				if err := db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
					return tx.Append(subject, buurtbel.EntryAttempts, buurtbel.ID(i), fmt.Appendf(nil, "%d %d", i, k))
				}); err != nil {
					return err
				}
			}
			return nil
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		v.read(func(tx *store.Tx) error {
			list, err := tx.JournalOf(subject)
			if len(list) != 96 {
				t.Errorf("%d entries", len(list))
			}
			if b := buurtbel.VerifyChain(entriesOf(list)); b != nil {
				t.Errorf("broken: %+v", b)
			}
			return err
		})
	})
}

func entriesOf(list []store.JournalEntry) []buurtbel.Entry {
	out := make([]buurtbel.Entry, len(list))
	for i := range list {
		out[i] = list[i].Entry
	}
	return out
}

func TestHeardOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 2)
		_, list := v.launch(v.alert(), buurtbel.KindLaunch)
		r := list[0]
		var first atomic.Int64
		for _, err := range writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				ok, err := tx.Heard(r.ID, r.Steps[0].ID)
				if ok {
					first.Add(1)
				}
				return err
			})
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		if first.Load() != 1 {
			t.Errorf("heard %d times", first.Load())
		}
		if got := v.state(r.Steps[0].ID); got != buurtbel.Heard {
			t.Errorf("the delivery is %s", got)
		}
		for _, s := range r.Steps[1:] {
			if got := v.state(s.ID); got != buurtbel.NotNeeded {
				t.Errorf("a further one is %s", got)
			}
		}
		for _, s := range list[1].Steps { // another member's contact points are nobody else's business (rule 8)
			if got := v.state(s.ID); got != buurtbel.Queued {
				t.Errorf("another member's is %s", got)
			}
		}
		v.write(func(tx *store.Tx) error { // a delivery of somebody else is not marked
			_, err := tx.Heard(list[1].ID, r.Steps[1].ID)
			return err
		})
		if got := v.state(r.Steps[1].ID); got != buurtbel.NotNeeded {
			t.Errorf("a foreign delivery is %s", got)
		}
	})
}

func TestATaskIsTakenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		for i := range 40 {
			v.write(func(tx *store.Tx) error { return tx.Later("work", buurtbel.ID(i+1), db.Now()) })
			v.write(func(tx *store.Tx) error { return tx.Later("work", buurtbel.ID(i+1), db.Now()) })
		}
		var mu sync.Mutex
		taken := map[buurtbel.ID]int{}
		for _, err := range writers(func(int) error {
			for {
				var list []store.Task
				if err := db.Write(t.Context(), v.scope, func(tx *store.Tx) (err error) {
					list, err = tx.TakeTasks(3)
					return err
				}); err != nil {
					return err
				}
				mu.Lock()
				for _, task := range list {
					taken[task.Subject]++
				}
				mu.Unlock()
				if len(list) == 0 {
					return nil
				}
			}
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		if len(taken) < 36 { // a writer may end while another still holds locks
			t.Errorf("%d tasks were taken", len(taken))
		}
		for id, n := range taken {
			if n != 1 {
				t.Errorf("task %s was taken %d times", id, n)
			}
		}
	})
}

// A message is finished once, and never while its last slice of the audience is being stored: on PostgreSQL the closing statement waits for
// that transaction, and must then see what it wrote.
func TestAMessageIsNotFinishedWhileItsAudienceGrows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 2)
		m := v.message(v.alert(), buurtbel.KindLaunch)
		v.write(func(tx *store.Tx) error { return tx.InsertMessage(m, v.ids()) })
		list := v.plan()
		holding, done := make(chan struct{}), make(chan error, 1)
		go func() {
			done <- db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				if err := tx.Advance(m.ID, 0, 2); err != nil {
					return err
				}
				close(holding)
				waitForWaiter(t, db)
				return tx.InsertRecipients(m.ID, m.Expires, list)
			})
		}()
		<-holding
		var finished bool
		v.write(func(tx *store.Tx) (err error) {
			finished, err = tx.FinishMessage(m.ID)
			return err
		})
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if finished {
			t.Error("finished with open deliveries")
		}
	})
}

// waitForWaiter returns when another session waits for a lock; SQLite's writers wait before the database.
func waitForWaiter(t *testing.T, db *store.DB) {
	if db.Engine() == store.SQLite {
		return
	}
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); {
		var n int
		if err := db.Watch().QueryRow(`select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&n); err != nil {
			t.Error(err)
			return
		}
		if n > 0 {
			return
		}
	}
	t.Error("nobody waited for the lock")
}

func TestAMessageIsFinishedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		m, _ := v.launch(v.alert(), buurtbel.KindLaunch)
		finish := func() (ok bool) {
			v.write(func(tx *store.Tx) (err error) {
				ok, err = tx.FinishMessage(m)
				return err
			})
			return ok
		}
		if finish() {
			t.Fatal("finished with open deliveries")
		}
		v.write(func(tx *store.Tx) error {
			_, err := tx.CloseQueued(m, buurtbel.Expired, 100)
			return err
		})
		var times atomic.Int64
		for _, err := range writers(func(int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				ok, err := tx.FinishMessage(m)
				if ok {
					times.Add(1)
				}
				return err
			})
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		if times.Load() != 1 {
			t.Errorf("finished %d times", times.Load())
		}
		stopped := v.message(v.alert(), buurtbel.KindLaunch)
		v.write(func(tx *store.Tx) error {
			if err := tx.InsertMessage(stopped, nil); err != nil {
				return err
			}
			return tx.StopMessage(stopped.ID)
		})
		m = stopped.ID
		if first, second := finish(), finish(); !first || second {
			t.Errorf("a stopped message was closed: %t, and again: %t", first, second)
		}
		following := v.message(v.alert(), buurtbel.KindCorrection)
		following.Follows = buurtbel.FollowReached
		v.write(func(tx *store.Tx) error { return tx.InsertMessage(following, nil) })
		m = following.ID
		if finish() {
			t.Error("a correction was finished before it knew whom to tell")
		}
	})
}

// Two messages of an alert that end at the same moment: one of the two closers must see that nothing is open any more.
func TestTheLastMessageIsSeenAsTheLast(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		for range 6 {
			alert := v.alert()
			var messages [2]*buurtbel.Message
			for i := range messages {
				messages[i] = v.message(alert, buurtbel.KindUpdate)
				v.write(func(tx *store.Tx) error { return tx.InsertMessage(messages[i], nil) })
			}
			var last, closed, looked atomic.Int64
			var wg sync.WaitGroup
			for _, m := range messages {
				wg.Add(1)
				go func() {
					defer wg.Done()
					err := db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
						if _, err := tx.FinishMessage(m.ID); err != nil {
							return err
						}
						closed.Add(1)
						waitUntil(db, func() bool { return closed.Load() == 2 })
						open, err := tx.AlertOpen(alert)
						if err == nil && !open {
							last.Add(1)
						}
						looked.Add(1)
						waitUntil(db, func() bool { return looked.Load() == 2 })
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}()
			}
			wg.Wait()
			if last.Load() < 1 {
				t.Fatal("nobody saw that the alert is over: it would stay running for ever")
			}
		}
	})
}

// waitUntil returns when ok, or when the other session waits for a lock and will not come so far. SQLite's writers follow each other anyway.
func waitUntil(db *store.DB, ok func() bool) {
	for end := time.Now().Add(5 * time.Second); db.Engine() == store.Postgres && !ok() && time.Now().Before(end); {
		var n int
		if err := db.Watch().QueryRow(`select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&n); err != nil || n > 0 {
			return
		}
	}
}

// Two nodes that take in the same members at the same moment: each member counts once.
func TestAFollowingAudienceGrowsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 5)
		m := v.message(v.alert(), buurtbel.KindCorrection)
		m.Follows = buurtbel.FollowReached
		v.write(func(tx *store.Tx) error { return tx.InsertMessage(m, nil) })
		plans := make([][]store.Recipient, 8)
		for i := range plans {
			plans[i] = v.plan()
		}
		once(t, writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				if err := tx.GrowAudience(m.ID, len(plans[i]), false); err != nil {
					return err
				}
				return tx.InsertRecipients(m.ID, m.Expires, plans[i])
			})
		}), buurtbel.Conflict, "error.message.moved")
		v.read(func(tx *store.Tx) error {
			tally, err := tx.Tally(m.ID)
			if err == nil && (tally.Audience != 5 || tally.Expanded != 5) {
				t.Errorf("audience %d, expanded %d", tally.Audience, tally.Expanded)
			}
			return err
		})
	})
}

func TestTheSameTextIsStoredOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		var fresh atomic.Int64
		for _, err := range writers(func(int) error {
			in := &store.Inbound{ID: db.NewID(), Carrier: "carrier", Channel: buurtbel.SMS, From: mobileOf(1), To: mobileOf(2), Body: "ja"}
			return db.Write(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) error {
				ok, err := tx.InsertInbound(in)
				if ok {
					fresh.Add(1)
				}
				return err
			})
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		if fresh.Load() != 1 || v.count(`select count(*) from inbound`) != 1 {
			t.Errorf("%d were fresh", fresh.Load())
		}
		var settled atomic.Int64
		var in *store.Inbound
		v.read(func(tx *store.Tx) error {
			list, err := tx.DueInbound(9)
			if err == nil {
				in = list[0]
			}
			return err
		})
		if in.From != mobileOf(1) || in.Body != "ja" {
			t.Errorf("got %+v", in)
		}
		for _, err := range writers(func(int) error {
			return db.Write(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) error {
				ok, err := tx.SettleInbound(in)
				if ok {
					settled.Add(1)
				}
				return err
			})
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		if settled.Load() != 1 {
			t.Errorf("settled %d times", settled.Load())
		}
	})
}

func TestReceiptsAtTheSameMoment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		m, _ := v.launch(v.alert(), buurtbel.KindLaunch)
		w := v.claim(m, buurtbel.SMS, 9)[0]
		refs := []string{"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"}
		v.record(v.settled(w, buurtbel.SMS, handedOver, refs...))
		var changed atomic.Int64
		for _, err := range writers(func(i int) error {
			return db.Write(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) error {
				matched, err := tx.ApplyReceipts([]store.Receipt{{Carrier: "carrier", Ref: refs[i], Outcome: buurtbel.Outcome{State: buurtbel.Delivered}}})
				if slices.ContainsFunc(matched, func(m store.Matched) bool { return m.Changed }) {
					changed.Add(1)
				}
				return err
			})
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		if got := v.state(w.Delivery); got != buurtbel.Delivered || changed.Load() != 1 {
			t.Errorf("%s after eight parts arrived at once; %d changed it", got, changed.Load())
		}
	})
}

func TestNodesStartTogether(t *testing.T) {
	c, ring := storetest.Config(t, store.Postgres), storetest.Ring(t)
	for _, err := range writers(func(i int) error {
		mine := c
		mine.Node = i
		db, err := store.Open(t.Context(), mine, store.Options{Ring: ring, Now: time.Now, Logger: quiet()})
		if err != nil {
			return err
		}
		return db.Close()
	}) {
		if err != nil {
			t.Error(err)
		}
	}
}
