package guarding_test

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/store"
)

// officerOf may change the members of a zone.
func (p *past) officerOf(zone buurtbel.ID) buurtbel.Actor {
	return buurtbel.Actor{Person: p.db.NewID(), Zone: zone, Office: "police", Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleOfficer, Zone: zone, From: p.db.Now().AddDate(-1, 0, 0)}}}
}

// TestRule14_MembersEraseThemselves: the member, and who does it for one who telephones; nobody else. The task erases, also after hundreds of messages,
// and the counts of past alerts stay.
func TestRule14_MembersEraseThemselves(t *testing.T) {
	eachPast(t, func(p *past) {
		_, message := p.alert("one")
		self := func(i int) buurtbel.Actor {
			return buurtbel.Actor{Person: p.members[i], Zone: p.zone, Office: "member"}
		}
		stranger := p.officerOf(p.db.NewID())
		for who, actor := range map[string]buurtbel.Actor{"another member": self(1), "another zone's officer": stranger} {
			if err := guarding.Erase(t.Context(), p.db, actor, p.members[0], "own-page"); buurtbel.KeyOf(err) != "error.person.unknown" {
				t.Errorf("%s: %v", who, err)
			}
		}
		if err := guarding.Erase(t.Context(), p.db, self(0), p.members[0], "own-page"); err != nil {
			t.Fatal(err)
		}
		if err := guarding.Erase(t.Context(), p.db, p.officerOf(p.zone), p.members[1], "telephone"); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			p.work(store.TaskErase)
		}
		p.read(func(tx *store.Tx) error {
			for _, gone := range p.members[:2] {
				if _, err := tx.NetworkOf(gone); buurtbel.KeyOf(err) != "error.person.unknown" {
					t.Errorf("still there: %v", err)
				}
			}
			tally, err := tx.Tally(message)
			if err == nil && tally.ByChannel[buurtbel.SMS].Deliveries[buurtbel.HandedOver] != len(p.members) {
				t.Errorf("of the alert is left: %+v", tally.ByChannel)
			}
			return err
		})
		if err := guarding.Erase(t.Context(), p.db, self(0), p.members[0], "own-page"); buurtbel.KeyOf(err) != "error.person.unknown" {
			t.Errorf("twice: %v", err)
		}
	})
}

// work gives the due task of a kind to its verb.
func (p *past) work(kind string) {
	p.t.Helper()
	var task store.Task
	p.write(func(tx *store.Tx) error {
		due, err := tx.DueTasks(1, nil)
		for _, d := range due {
			if d.Kind == kind {
				task = d
			}
		}
		if err == nil && task.ID != 0 {
			_, err = tx.TakeTask(task)
		}
		return err
	})
	if task.ID == 0 {
		p.t.Fatalf("no task %s is due at %s", kind, p.db.Now().Format(time.TimeOnly))
	}
	if err := guarding.Erased(p.db)(p.t.Context(), buurtbel.System(), task); err != nil {
		p.t.Fatal(err)
	}
}
