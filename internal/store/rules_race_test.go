package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

func (v *village) proposes(text string) error {
	return v.db.Write(v.t.Context(), v.scope, func(tx *store.Tx) error {
		return tx.PutRulesDraft(store.RulesDraft{Network: v.network, By: v.network, From: tx.Now(), State: "proposed", Texts: map[buurtbel.Language]string{buurtbel.Dutch: text}})
	})
}

func (v *village) proposal() (d *store.RulesDraft) {
	v.t.Helper()
	v.read(func(tx *store.Tx) (err error) {
		d, err = tx.RulesDraft(v.network)
		return err
	})
	return d
}

// agrees is what the police do to a proposal that they saw: it ends, and what it said is the next version.
func (v *village) agrees(seen *store.RulesDraft) error {
	return v.db.Write(v.t.Context(), v.scope, func(tx *store.Tx) error {
		if err := tx.EndRulesDraft(v.network, seen.At); err != nil {
			return err
		}
		_, err := tx.PutHouseRules(v.network, store.HouseRules{Body: seen.Texts[buurtbel.Dutch], AgreedBy: v.network})
		return err
	})
}

func (v *village) versions() (out []string) {
	v.t.Helper()
	v.read(func(tx *store.Tx) error {
		all, err := tx.AllHouseRules(v.network)
		for _, h := range all {
			out = append(out, fmt.Sprint(h.Version, " ", h.Body))
		}
		return err
	})
	return out
}

// Eight propose at the same moment: one proposal stands, whole, and it is one of theirs.
func TestOneProposalOfRulesStands(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		raced(t, func(i int) error { return v.proposes(fmt.Sprint("proposal ", i)) })
		d := v.proposal()
		var i int
		if _, err := fmt.Sscanf(d.Texts[buurtbel.Dutch], "proposal %d", &i); err != nil || i < 0 || i > 7 || d.State != "proposed" {
			t.Errorf("%+v, %v", d, err)
		}
	})
}

// Eight agree at the same moment: one version.
func TestRulesAreAgreedToOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		if err := v.proposes("first"); err != nil {
			t.Fatal(err)
		}
		seen := v.proposal()
		once(t, writers(func(int) error { return v.agrees(seen) }), buurtbel.Conflict, "error.rules.moved")
		if diff := cmp.Diff([]string{"1 first"}, v.versions()); diff != "" || v.proposal() != nil {
			t.Error(diff, v.proposal())
		}
	})
}

// Some propose while others agree: nobody agrees to what he did not read. What became a version is what was seen, and a proposal that came in between
// still waits.
func TestWhatWasSeenIsWhatIsAgreedTo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		for round := range 5 {
			before := v.versions()
			if err := v.proposes("seen"); err != nil {
				t.Fatal(err)
			}
			seen := v.proposal()
			errs := writers(func(i int) error {
				if i%2 == 0 {
					return v.proposes(fmt.Sprint("unseen ", i))
				}
				return v.agrees(seen)
			})
			agreed := 0
			for i, err := range errs {
				switch {
				case err == nil && i%2 == 1:
					agreed++
				case err != nil && (i%2 == 0 || buurtbel.KeyOf(err) != "error.rules.moved"):
					t.Errorf("writer %d: %v", i, err)
				}
			}
			now := v.versions()
			if agreed > 1 || len(now) != len(before)+agreed || agreed == 1 && now[0] != fmt.Sprint(len(now), " seen") {
				t.Errorf("round %d: %d agreed, versions %v", round, agreed, now)
			}
			if d := v.proposal(); d == nil || d.Texts[buurtbel.Dutch] == "seen" {
				t.Errorf("round %d: what was proposed in between is lost: %+v", round, d)
			}
		}
	})
}

// A reminder is noted once, and never of a version that another replaced.
func TestRulesAreRemindedOfOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		put := func(text string) {
			v.write(func(tx *store.Tx) error {
				_, err := tx.PutHouseRules(v.network, store.HouseRules{Body: text, AgreedBy: v.network})
				return err
			})
		}
		put("first")
		once(t, writers(func(i int) error {
			return v.db.Write(t.Context(), v.scope, func(tx *store.Tx) error { return tx.MarkRulesReminder(v.network, 1, buurtbel.ID(i+1)) })
		}), buurtbel.Conflict, "error.rules.moved")
		put("second")
		put("third")
		err := db.Write(t.Context(), v.scope, func(tx *store.Tx) error { return tx.MarkRulesReminder(v.network, 2, 9) })
		if buurtbel.KeyOf(err) != "error.rules.moved" {
			t.Errorf("reminded of what was replaced: %v", err)
		}
	})
}

// A member answers eight times at the same moment: one answer, and a yes is never lost to a no.
func TestAYesToRulesStands(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		var mu sync.Mutex
		changes := 0
		raced(t, func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				answer := tx.AcceptRules
				if i%2 == 0 {
					answer = tx.RefuseRules
				}
				changed, err := answer(v.network, 1, v.ids()[0], v.ids()[0], "link")
				mu.Lock()
				defer mu.Unlock()
				if changed {
					changes++
				}
				return err
			})
		})
		v.read(func(tx *store.Tx) error {
			yes, err := tx.RulesAccepted(v.network, v.ids()[0])
			no, err2 := tx.RulesRefused(v.network, v.ids()[0])
			if err != nil || err2 != nil || len(yes) != 1 || len(no) != 0 || changes < 1 || time.Since(yes[0].At) > time.Hour {
				t.Errorf("yes %v, no %v, %d changes, %v, %v", yes, no, changes, err, err2)
			}
			return nil
		})
	})
}
