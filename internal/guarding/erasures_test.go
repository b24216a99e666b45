package guarding_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/store"
)

// task takes the due task of a kind.
func (p *past) task(kind string) (task store.Task, found bool) {
	p.t.Helper()
	p.write(func(tx *store.Tx) error {
		due, err := tx.DueTasks(5, nil)
		for _, d := range due {
			if d.Kind == kind && !found {
				task, found = d, true
				_, err = tx.TakeTask(d)
			}
		}
		return err
	})
	return task, found
}

// whole fails when the journal does not verify.
func (p *past) whole() {
	p.t.Helper()
	breaks, err := guarding.Verify(p.t.Context(), p.db, buurtbel.System(), nil)
	if err != nil || len(breaks) > 0 {
		p.t.Errorf("the journal is broken: %v %v", breaks, err)
	}
}

// lines are what was written outside the database.
func (p *past) outside(into *[]string) {
	p.t.Helper()
	out := guarding.EraseOut(p.db, func(_ context.Context, line string) error { *into = append(*into, line); return nil })
	for task, found := p.task(guarding.TaskEraseOut); found; task, found = p.task(guarding.TaskEraseOut) {
		if err := out(p.t.Context(), buurtbel.System(), task); err != nil {
			p.t.Fatal(err)
		}
	}
}

// TestRestoredBackupIsErasedAgain: the list outside the backup names somebody whom the database, restored from before the erasure, still knows. The
// program erases that person again; a line that somebody else wrote has nobody erased.
func TestRestoredBackupIsErasedAgain(t *testing.T) {
	eachPast(t, func(p *past) {
		var lines []string
		p.write(func(tx *store.Tx) error { return tx.Later(guarding.TaskEraseOut, p.members[0], tx.Now()) })
		p.outside(&lines)
		if len(lines) != 1 || strings.Contains(lines[0], "+32455") {
			p.t.Fatalf("outside: %q", lines)
		}
		forged := lines[0][:len(lines[0])-3] + "000"
		other := "2026-11-22T08:00:00Z " + p.members[1].String()
		list := strings.Join([]string{forged, other, "", lines[0], lines[0]}, "\n")
		again, unread, err := guarding.EraseAgain(p.t.Context(), p.db, buurtbel.System(), strings.NewReader(list))
		if err != nil || again != 1 || unread != 2 {
			p.t.Fatalf("again %d, unread %d, %v", again, unread, err)
		}
		p.read(func(tx *store.Tx) error {
			if s, err := tx.Self(p.members[0], false); err != nil || s.Member.State != buurtbel.MemberLeft {
				p.t.Errorf("still in the audience after the restore: %v", err)
			}
			_, err := tx.Self(p.members[1], true)
			return err
		})
		p.erased(p.members[0])
		again, _, err = guarding.EraseAgain(p.t.Context(), p.db, buurtbel.System(), strings.NewReader(list))
		if err != nil || again != 0 {
			p.t.Errorf("a second start erases %d again, %v", again, err)
		}
		p.whole()
	})
}

// erased carries the erasing of a member out and sees that nothing is left.
func (p *past) erased(member buurtbel.ID) {
	p.t.Helper()
	task, found := p.task(store.TaskErase)
	if !found || task.Subject != member {
		p.t.Fatalf("no erasing was begun: %+v", task)
	}
	if err := guarding.Erased(p.db)(p.t.Context(), buurtbel.System(), task); err != nil {
		p.t.Fatal(err)
	}
	p.read(func(tx *store.Tx) error {
		if _, err := tx.ZoneOf(member); buurtbel.KindOf(err) != buurtbel.NotFound {
			p.t.Errorf("not erased: %v", err)
		}
		return nil
	})
}

func TestWhoLeftIsErasedAfterThePeriod(t *testing.T) {
	eachPast(t, func(p *past) {
		p.write(func(tx *store.Tx) error { return tx.EndMembership(p.members[0]) })
		p.wait(29)
		p.forget()
		if _, found := p.task(store.TaskErase); found {
			p.t.Error("erased before the period was over")
		}
		p.wait(2)
		p.forget()
		var lines []string
		p.outside(&lines)
		if len(lines) != 1 {
			p.t.Errorf("%d lines outside", len(lines))
		}
		p.erased(p.members[0])
	})
}

func TestCategoriesAreCounted(t *testing.T) {
	eachPast(t, func(p *past) {
		officer := buurtbel.Actor{Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleOfficer, Zone: p.zone}}}
		p.alert("one")
		kept, err := guarding.Keeping(p.t.Context(), p.db, officer, p.zone, guarding.Periods{})
		if err != nil {
			p.t.Fatal(err)
		}
		counts := map[string]int{}
		for _, k := range kept {
			counts[k.Key] = k.Count
			if k.Days > 0 && k.Count > 0 && !k.Next.Equal(k.Oldest.Add(time.Duration(k.Days)*24*time.Hour)) {
				p.t.Errorf("%s: next %s, oldest %s", k.Key, k.Next, k.Oldest)
			}
		}
		if counts["members"] != len(p.members) || counts["deliveries"] != 1 {
			p.t.Errorf("%v", counts)
		}
		if _, err := guarding.Keeping(p.t.Context(), p.db, buurtbel.Actor{}, p.zone, guarding.Periods{}); err == nil {
			p.t.Error("nobody in particular may read it")
		}
	})
}
