package store_test

import (
	"fmt"
	"regexp"
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
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 400)
		m, _ := v.launch(v.alert(), buurtbel.KindLaunch)
		times := v.drained(func(tx *store.Tx) (out []buurtbel.ID, err error) {
			work, err := tx.Claim(m, buurtbel.KindLaunch, buurtbel.SMS, "carrier", 23)
			for _, w := range work {
				out = append(out, w.Delivery)
			}
			return out, err
		})
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
	t.Parallel()
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
	t.Parallel()
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
	raced(t, func(int) error {
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
	})
	return int(did.Load())
}

func TestALinkIsUsedOnce(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		subject := v.alert()
		raced(t, func(i int) error {
			for k := range 12 {
				if err := db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
					return tx.Append(subject, buurtbel.EntryAttempts, buurtbel.ID(i), fmt.Appendf(nil, "%d %d", i, k))
				}); err != nil {
					return err
				}
			}
			return nil
		})
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
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 2)
		_, list := v.launch(v.alert(), buurtbel.KindLaunch)
		r := list[0]
		if n := v.wins(v.scope, func(tx *store.Tx, _ int) (bool, error) { return tx.Heard(r.ID, r.Steps[0].ID) }); n != 1 {
			t.Errorf("heard %d times", n)
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
