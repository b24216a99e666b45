package governing_test

import (
	"context"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Without agreed cost nothing is announced: the day moves on, and no member hears anything.
func TestNothingGoesOutWithoutAnAgreement(t *testing.T) {
	drills(t, func(v *drilled) {
		e := v.proposed()
		v.until(v.day(e.Day+30, 12))
		later := v.exercise()
		if later.ID != e.ID || later.State != buurtbel.ExerciseProposed || later.Day <= e.Day || len(v.messages(buurtbel.KindNotice)) != 0 || v.journal("moved on") == 0 {
			v.Errorf("after the day: %+v", later)
		}
		if _, err := v.launch(later); buurtbel.KeyOf(err) != "error.exercise.moved" {
			v.Errorf("launched: %v", err)
		}
	})
}

// Cost that grew by more than a fifth needs another agreement, before it is announced and before it is launched.
func TestCostThatGrewIsAgreedAgain(t *testing.T) {
	drills(t, func(v *drilled) {
		v.proposed()
		e := v.agree()
		v.join(4)
		v.until(v.day(e.Day-7, 12))
		if now := v.exercise(); now.State != buurtbel.ExerciseProposed || len(v.messages(buurtbel.KindNotice)) != 0 || now.Cost.People != 13 || !now.AgreedAt.IsZero() {
			v.Fatalf("with four members more: %+v", now)
		}
		v.until(v.day(e.Day-5, 12))
		stale := v.exercise()
		v.join(4)
		if err := v.drills.Agree(v.Context(), v.coordinator, v.zone, stale.ID, stale.Cost.Amount); buurtbel.KeyOf(err) != "error.exercise.cost-grew" {
			v.Errorf("agreed to what is no longer true: %v", err)
		}
		e = v.agree()
		v.until(v.day(e.Day, 9))
		if now := v.exercise(); now.State != buurtbel.ExerciseAnnounced {
			v.Fatalf("agreed again: %+v", now)
		}
		v.join(9)
		if _, err := v.launch(e); buurtbel.KeyOf(err) != "error.exercise.cost-grew" {
			v.Errorf("launched beyond what was agreed: %v", err)
		}
	})
}

func (v *drilled) join(n int) {
	v.Helper()
	var list []store.NewMember
	for range n {
		list = append(list, store.NewMember{Member: buurtbel.Member{ID: v.db.NewID(), Network: v.network, Language: buurtbel.Dutch}, Name: store.Name{Given: "Nieuw"},
			Contacts: []store.NewContact{{ID: v.db.NewID(), Kind: buurtbel.Mobile, Address: number(900 + len(v.members) + len(list)), Verified: true}}})
	}
	for _, m := range list {
		v.members = append(v.members, m.ID)
	}
	v.write(func(tx *store.Tx) error { return tx.InsertMembers(list) })
}

func TestMoveAndSkip(t *testing.T) {
	drills(t, func(v *drilled) {
		e := v.proposed()
		today := buurtbel.DayOf(v.db.Now().In(v.loc))
		for day, want := range map[buurtbel.Day]string{today + 7: "error.exercise.soon", today + 400: "error.exercise.far"} {
			if err := v.drills.Move(v.Context(), v.coordinator, v.zone, e.ID, day, true); buurtbel.KeyOf(err) != want {
				v.Errorf("%s: %v, want %s", day, err, want)
			}
		}
		to := e.Day + 1
		for v.drills.Move(v.Context(), v.coordinator, v.zone, e.ID, to, true) != nil {
			if to++; to > e.Day+10 {
				v.Fatal("no day is left")
			}
		}
		if now := v.exercise(); now.Day != to || !now.Morning || now.State != buurtbel.ExerciseProposed {
			v.Errorf("moved: %+v", now)
		}
		if err := v.drills.Skip(v.Context(), v.coordinator, v.zone, e.ID, "x"); buurtbel.KeyOf(err) != "error.exercise.reason" {
			v.Errorf("without a reason: %v", err)
		}
		if err := v.drills.Skip(v.Context(), v.coordinator, v.zone, e.ID, "kermis in de wijk"); err != nil {
			v.Fatal(err)
		}
		for what, err := range map[string]error{"skipped again": v.drills.Skip(v.Context(), v.coordinator, v.zone, e.ID, "nog eens"), "moved": v.drills.Move(v.Context(), v.coordinator, v.zone, e.ID, to, true),
			"agreed": v.drills.Agree(v.Context(), v.coordinator, v.zone, e.ID, e.Cost.Amount)} {
			if buurtbel.KeyOf(err) != "error.exercise.moved" {
				v.Errorf("%s: %v", what, err)
			}
		}
		if now := v.exercise(); now.Reason != "kermis in de wijk" || now.EndedBy != v.members[0] {
			v.Errorf("skipped: %+v", now)
		}
	})
}

// Only the coordinator agrees, only police prepare a launch, and the program's verbs are nobody's but its own.
func TestWhoMayDoWhatAboutExercises(t *testing.T) {
	drills(t, func(v *drilled) {
		e := v.proposed()
		ctx, member := t.Context(), buurtbel.Actor{Person: v.members[5], Zone: v.zone, Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleSteering, Zone: v.zone, Network: v.network}}}
		elsewhere := buurtbel.Actor{Person: v.members[6], Zone: v.zone, Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleCoordinator, Zone: v.zone, Network: v.zone}}}
		_, coordinates := v.drills.Prepare(ctx, v.coordinator, v.zone, e.ID)
		for what, err := range map[string]error{"steering agrees": v.drills.Agree(ctx, member, v.zone, e.ID, 1), "officer agrees": v.drills.Agree(ctx, v.officer, v.zone, e.ID, 1),
			"another network's coordinator agrees": v.drills.Agree(ctx, elsewhere, v.zone, e.ID, 1), "moves": v.drills.Move(ctx, elsewhere, v.zone, e.ID, e.Day, true), "skips": v.drills.Skip(ctx, elsewhere, v.zone, e.ID, "daarom"),
			"coordinator launches": coordinates, "coordinator sets": v.drills.Settings(ctx, v.coordinator, v.zone, 0, 0)} {
			if buurtbel.KindOf(err) != buurtbel.Forbidden {
				v.Errorf("%s: %v", what, err)
			}
		}
		if list, err := v.drills.List(ctx, elsewhere, v.zone); err != nil || len(list) != 0 {
			v.Errorf("another network's coordinator sees %d, %v", len(list), err)
		}
		for name, verb := range v.drills.Verbs() {
			if err := verb(context.Background(), v.officer, store.Task{Zone: v.zone, Kind: name, Subject: e.ID}); buurtbel.KindOf(err) != buurtbel.Forbidden {
				v.Errorf("%s: %v", name, err)
			}
		}
		if err := v.drills.Settings(ctx, v.officer, v.zone, 0, 12); err != nil {
			v.Fatal(err)
		}
		v.until(v.db.Now().Add(48 * time.Hour))
		if now := v.exercise(); now.State != buurtbel.ExerciseSkipped || now.EndedBy != 0 {
			v.Errorf("a zone that holds none: %+v", now)
		}
	})
}
