package governing_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
)

// joins makes a member as an admission does: with the task that it leaves.
func (v *village) joins(n int) buurtbel.ID {
	v.Helper()
	m := store.NewMember{Member: buurtbel.Member{ID: v.db.NewID(), Network: v.network, Language: buurtbel.Dutch}, Name: store.Name{Given: "Nieuw", Family: "Lid"},
		Contacts: []store.NewContact{{ID: v.db.NewID(), Kind: buurtbel.Mailbox, Address: "nieuw@example.org", Verified: true}, {ID: v.db.NewID(), Kind: buurtbel.Mobile, Rank: 1, Address: number(900 + n), Verified: true}}}
	v.write(func(tx *store.Tx) error {
		if err := tx.InsertMembers([]store.NewMember{m}); err != nil {
			return err
		}
		return tx.Later(store.TaskNewcomer, m.ID, tx.Now())
	})
	return m.ID
}

// welcomes does the tasks about newcomers that are due, each once more as after a crash before its commit, and gives how many there were.
func (v *village) welcomes() (n int) {
	v.Helper()
	var due []store.Task
	v.must(v.db.Read(v.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		due, err = tx.DueTasks(50, nil)
		return err
	}))
	for _, task := range due {
		if task.Kind == store.TaskNewcomer {
			v.must(v.db.Write(v.Context(), buurtbel.Scope{}, func(tx *store.Tx) error { _, err := tx.TakeTask(task); return err }))
			v.must(governing.Newcomer(v.db)(v.Context(), buurtbel.System(), task))
			v.key(governing.Newcomer(v.db)(v.Context(), buurtbel.System(), task), "error.task.taken")
			n++
		}
	}
	return n
}

// TestWhoJoinsIsInvitedToWhatIsToCome: once to each meeting of which the members were told, and hears of it from then on as the others do.
func TestWhoJoinsIsInvitedToWhatIsToCome(t *testing.T) {
	each(t, func(v *village) {
		told, quiet, few, back := v.meets("all", 10), v.meets("all", 11), v.meets("steering", 12), v.meets("all", 13)
		for _, m := range []store.Meeting{told, few, back} {
			v.must(governing.Invite(v.Context(), v.db, v.coordinator, v.zone, m.ID))
		}
		v.must(governing.CancelMeeting(v.Context(), v.db, v.coordinator, v.zone, back.ID))
		before := len(v.about())
		late := v.joins(1)
		if v.welcomes() != 1 {
			t.Fatal("nobody was there to be invited")
		}
		all := v.about()
		if len(all) != before+1 {
			t.Fatalf("%d messages, and %d before", len(all), before)
		}
		letter := all[len(all)-1]
		if !slices.Equal(v.audience(letter.ID), []buurtbel.ID{late}) || !strings.Contains(letter.Texts[0].SMS, "nodigt u uit: Jaarvergadering") || letter.Texts[0].Diary == nil {
			t.Errorf("%v hear %q", v.audience(letter.ID), letter.Texts[0].SMS)
		}
		v.write(func(tx *store.Tx) error { return tx.Later(store.TaskNewcomer, late, tx.Now()) })
		if v.welcomes() != 1 || len(v.about()) != before+1 {
			t.Error("invited twice")
		}
		v.must(governing.Invite(v.Context(), v.db, v.coordinator, v.zone, quiet.ID))
		if list := v.about(); !slices.Contains(v.audience(list[len(list)-1].ID), late) {
			t.Error("not among all who are invited later")
		}
		to := v.meeting(told.ID)
		to.Place = "Sporthal"
		v.must(governing.MoveMeeting(v.Context(), v.db, v.coordinator, v.zone, to))
		if list := v.about(); len(v.audience(list[len(list)-1].ID)) != 31 || !slices.Contains(v.audience(list[len(list)-1].ID), late) {
			t.Error("does not hear that it moves")
		}
	})
}

// TestWhoLeavesAtOnceIsNotInvited: nor is anybody to a meeting that has begun.
func TestWhoLeavesAtOnceIsNotInvited(t *testing.T) {
	each(t, func(v *village) {
		m := v.meets("all", 1)
		v.must(governing.Invite(v.Context(), v.db, v.coordinator, v.zone, m.ID))
		gone := v.joins(1)
		v.write(func(tx *store.Tx) error { return tx.MoveMember(gone, buurtbel.MemberLeft) })
		if v.welcomes() != 1 || len(v.about()) != 1 {
			t.Error("who left is invited")
		}
		v.pass(25 * 3600e9)
		v.joins(2)
		if v.welcomes() != 1 || len(v.about()) != 1 {
			t.Error("invited to what has begun")
		}
	})
}

// TestWhoJoinsWhileItMovesHearsTheLast: whatever comes first, a newcomer ends with the day that holds, and no meeting has two invitations for one.
func TestWhoJoinsWhileItMovesHearsTheLast(t *testing.T) {
	each(t, func(v *village) {
		m := v.meets("all", 10)
		v.must(governing.Invite(v.Context(), v.db, v.coordinator, v.zone, m.ID))
		late := v.joins(1)
		var due []store.Task
		v.must(v.db.Read(v.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
			due, err = tx.DueTasks(50, nil)
			return err
		}))
		i := slices.IndexFunc(due, func(t store.Task) bool { return t.Kind == store.TaskNewcomer })
		v.must(v.db.Write(v.Context(), buurtbel.Scope{}, func(tx *store.Tx) error { _, err := tx.TakeTask(due[i]); return err }))
		errs := make([]error, 8)
		var wait sync.WaitGroup
		for w := range errs {
			wait.Go(func() {
				if w > 0 {
					errs[w] = governing.Newcomer(v.db)(v.Context(), buurtbel.System(), due[i])
					return
				}
				to := m
				to.Place = "Sporthal"
				errs[w] = governing.MoveMeeting(v.Context(), v.db, v.coordinator, v.zone, to)
			})
		}
		wait.Wait()
		won := 0
		for _, err := range errs[1:] {
			if err == nil {
				won++
			} else if k := buurtbel.KeyOf(err); k != "error.task.taken" && k != "error.meeting.moved" {
				t.Error(err)
			}
		}
		if errs[0] != nil || won > 1 {
			t.Errorf("moved: %v; %d times invited", errs[0], won)
		}
		if won == 0 { // every try saw the move in between: the task comes again
			v.must(governing.Newcomer(v.db)(v.Context(), buurtbel.System(), due[i]))
		}
		times, last := 0, ""
		for _, letter := range v.about() {
			if slices.Contains(v.audience(letter.ID), late) {
				times++
				last = letter.Texts[0].Diary.File
			}
		}
		if times != 1 || !strings.Contains(last, "SEQUENCE:1") {
			t.Errorf("hears %d letters, the last one %q", times, last)
		}
	})
}
