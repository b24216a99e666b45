package app

import (
	"context"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
)

// SeedExercises gives a town something to look at: a proposal in the first network, with one held half a year ago, and in the second an exercise
// that was agreed and announced for today, whatever day that is: whoever looks can launch it.
func (a *App) SeedExercises(ctx context.Context, s *Seeded) error {
	if len(s.Networks) < 2 {
		return nil
	}
	loc, err := s.Zone.Location()
	if err != nil {
		return err
	}
	calendar, err := calendarOf(s.Zone)
	if err != nil {
		return err
	}
	now := a.DB.Now()
	today := buurtbel.DayOf(now.In(loc))
	x := s.Zone.Exercising()
	day, ok := x.Propose(s.Networks[0], today, []buurtbel.Day{today - 182}, calendar)
	if !ok {
		return fmt.Errorf("no day for the demo's proposal")
	}
	past := today - 182
	for w := past.At(12, 0, loc); w.Weekday() == time.Saturday || w.Weekday() == time.Sunday || calendar.Holiday(w); w = past.At(12, 0, loc) {
		past--
	}
	held := &buurtbel.Exercise{Network: s.Networks[0], State: buurtbel.ExerciseHeld, Day: past, EndedAt: now.AddDate(0, 0, -181)}
	proposed := &buurtbel.Exercise{Network: s.Networks[0], State: buurtbel.ExerciseProposed, Day: day, Morning: true, Since: now}
	announced := &buurtbel.Exercise{Network: s.Networks[1], State: buurtbel.ExerciseAnnounced, Day: today, Since: now.AddDate(0, 0, -40), AgreedAt: now.AddDate(0, 0, -30),
		AnnouncedAt: now.AddDate(0, 0, -buurtbel.ExerciseTold)}
	for _, e := range []*buurtbel.Exercise{held, proposed, announced} {
		e.ID = a.DB.NewID()
		if e.Cost, err = a.Drills.Reckon(ctx, buurtbel.System(), s.Zone.ID, e); err != nil {
			return err
		}
	}
	announced.Agreed, announced.AgreedBy = announced.Cost.Amount, s.coordinator(1)
	held.Reach = buurtbel.ExerciseReach{People: held.Cost.People, Arrived: held.Cost.People * 19 / 20, Heard: held.Cost.People * 2 / 3}
	return a.DB.Write(ctx, buurtbel.Scope{Zone: s.Zone.ID}, func(tx *store.Tx) error {
		for _, e := range []*buurtbel.Exercise{held, proposed, announced} {
			if err := tx.InsertExercise(e); err != nil {
				return err
			}
			if err := tx.Later(governing.StepOne, e.ID, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// coordinator gives who coordinates a network of the town; 0 when nobody does.
func (s *Seeded) coordinator(network int) buurtbel.ID {
	for i, m := range s.Town.Members {
		if m.Role == buurtbel.RoleCoordinator && m.Network == network {
			return s.Members[i]
		}
	}
	return 0
}
