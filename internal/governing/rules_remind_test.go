package governing_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
)

// rules lets the coordinator propose rules and the officer agree, and gives the message that told it.
func (v *village) rules(officer buurtbel.Actor, text string) store.HouseRules {
	v.Helper()
	d := store.RulesDraft{Network: v.network, From: v.db.Now().Add(time.Hour), Texts: map[buurtbel.Language]string{buurtbel.Dutch: text}}
	v.must(governing.WriteRules(v.Context(), v.db, v.coordinator, v.zone, d, true))
	r, err := governing.RulesDesk(v.Context(), v.db, v.coordinator, v.zone, v.network)
	v.must(err)
	v.must(governing.DecideRules(v.Context(), v.db, officer, v.zone, v.network, r.Draft.At, true, ""))
	return v.newest()
}

func (v *village) newest() store.HouseRules {
	v.Helper()
	r, err := governing.RulesDesk(v.Context(), v.db, v.coordinator, v.zone, v.network)
	v.must(err)
	return r.Versions[0]
}

// duty takes the task about the rules that is due, and gives it; nil: none is.
func (v *village) duty() *store.Task {
	v.Helper()
	var out *store.Task
	v.must(v.db.Write(v.Context(), buurtbel.Scope{}, func(tx *store.Tx) error {
		due, err := tx.DueTasks(50, nil)
		for _, task := range due {
			if task.Kind == governing.RemindRules {
				out = &task
				if _, err := tx.TakeTask(task); err != nil {
					return err
				}
			}
		}
		return err
	}))
	return out
}

func (v *village) reminded() []buurtbel.ID {
	v.Helper()
	if m := v.newest().Reminder; m != 0 {
		return v.audience(m)
	}
	return nil
}

// TestWhoDoesNotAnswerIsRemindedOnce: two weeks later, in the morning of a working day, and neither who accepts nor who does not.
func TestWhoDoesNotAnswerIsRemindedOnce(t *testing.T) {
	each(t, func(v *village) {
		officer := v.official(buurtbel.RoleOfficer, "officer@example.org")
		first := v.rules(officer, "Bel eerst.")
		v.write(func(tx *store.Tx) error {
			if _, err := tx.AcceptRules(v.network, first.Version, v.members[3], v.members[3], "own-page"); err != nil {
				return err
			}
			_, err := tx.RefuseRules(v.network, first.Version, v.members[4], v.members[4], "own-page")
			return err
		})
		v.pass(13 * 24 * time.Hour)
		if v.duty() != nil {
			t.Fatal("reminded after less than two weeks")
		}
		v.pass(7 * 24 * time.Hour) // two weeks later may be a holiday at the end of a week
		task := v.duty()
		if task == nil {
			t.Fatal("nobody is reminded")
		}
		errs := make([]error, 8)
		var wait sync.WaitGroup
		for i := range errs {
			wait.Go(func() { errs[i] = governing.RemindedOfRules(v.db)(v.Context(), buurtbel.System(), *task) })
		}
		wait.Wait()
		if n := slices.IndexFunc(errs, func(err error) bool { return err == nil }); n < 0 {
			t.Fatal(errs)
		}
		people := v.reminded()
		if len(people) != 28 || slices.Contains(people, v.members[3]) || slices.Contains(people, v.members[4]) {
			t.Errorf("%d are reminded", len(people))
		}
		messages := 0
		v.read(func(tx *store.Tx) error {
			list, err := tx.RunningMessages()
			for _, r := range list {
				m, err := tx.Message(r.ID)
				if err != nil {
					return err
				}
				if m.Kind == buurtbel.KindNotice && m.ID != first.Message {
					messages++
					if text := m.Texts[0].Mail; !strings.Contains(text, "blijft lid en krijgt elk dringend bericht") || !m.Link {
						t.Errorf("reminded by %q", text)
					}
				}
			}
			return err
		})
		if messages != 1 {
			t.Errorf("%d reminders", messages)
		}
		v.write(func(tx *store.Tx) error { return tx.Later(governing.RemindRules, v.network, tx.Now()) })
		was := v.newest().Reminder
		v.must(governing.RemindedOfRules(v.db)(v.Context(), buurtbel.System(), *v.duty()))
		if v.newest().Reminder != was {
			t.Error("reminded twice")
		}
	})
}

// TestANewerVersionHasItsOwnDay: the older one's is not used for it.
func TestANewerVersionHasItsOwnDay(t *testing.T) {
	each(t, func(v *village) {
		officer := v.official(buurtbel.RoleOfficer, "officer@example.org")
		v.rules(officer, "Bel eerst.")
		v.pass(12 * 24 * time.Hour)
		v.rules(officer, "Bel eerst 112.")
		v.pass(8 * 24 * time.Hour)
		task := v.duty()
		if task == nil {
			t.Fatal("the older version's day never came")
		}
		v.must(governing.RemindedOfRules(v.db)(v.Context(), buurtbel.System(), *task))
		if v.reminded() != nil {
			t.Error("reminded after a week of a version")
		}
		v.pass(12 * 24 * time.Hour)
		if task = v.duty(); task == nil {
			t.Fatal("nobody is reminded of the newer version")
		}
		v.must(governing.RemindedOfRules(v.db)(v.Context(), buurtbel.System(), *task))
		if len(v.reminded()) != 30 {
			t.Errorf("%d are reminded", len(v.reminded()))
		}
	})
}

// TestNoIsAnAnswerThatMayChange: who does not accept is counted apart, and accepts later; who accepted has accepted.
func TestNoIsAnAnswerThatMayChange(t *testing.T) {
	each(t, func(v *village) {
		officer := v.official(buurtbel.RoleOfficer, "officer@example.org")
		rules := v.rules(officer, "Bel eerst.")
		says := func(member int, accepts bool) (changed bool) {
			v.write(func(tx *store.Tx) (err error) {
				answer := tx.RefuseRules
				if accepts {
					answer = tx.AcceptRules
				}
				changed, err = answer(v.network, rules.Version, v.members[member], v.members[member], "own-page")
				return err
			})
			return changed
		}
		counts := func() (out []store.RulesAnswers) {
			v.read(func(tx *store.Tx) (err error) {
				out, err = tx.RulesAnswered(tx.Now().Add(-time.Hour))
				return err
			})
			return out
		}
		if !says(3, true) || !says(4, false) || !says(5, false) || says(3, false) || says(4, false) || !says(5, true) || says(5, true) {
			t.Error("an answer counts wrongly")
		}
		if diff := cmp.Diff([]store.RulesAnswers{{Network: v.network, Version: 1, Accepted: 2, Refused: 1, Silent: 27}}, counts()); diff != "" {
			t.Error(diff)
		}
		r, err := governing.RulesDesk(v.Context(), v.db, v.coordinator, v.zone, v.network)
		if err != nil || r.Counts[1] != 2 || r.Refused != 1 || r.Members != 30 {
			t.Errorf("%+v, %v", r, err)
		}
		list, err := governing.WhoNotAccepted(v.Context(), v.db, v.coordinator, buurtbel.RoleCoordinator, v.zone, v.network, governing.ForRules)
		i := slices.IndexFunc(list, func(p governing.NotAccepted) bool { return p.Member == v.members[4] })
		if err != nil || len(list) != 28 || i < 0 || !list[i].Refused || list[(i+1)%28].Refused {
			t.Errorf("%d have not accepted, %v", len(list), err)
		}
	})
}
