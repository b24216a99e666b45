package alerting_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/store"
)

// An exercise rings nobody who wishes none; the real alert after it does.
func TestWhoWishesNoExercisesIsLeftOut(t *testing.T) {
	each(t, func(w *town) {
		w.write(func(tx *store.Tx) error {
			_, err := tx.LeaveExercises(w.kerkveld, w.members[4], w.members[0], "telephone")
			return err
		})
		drill := w.draft(w.kerkveld)
		drill.Exercise = true
		f, err := w.desk.Forecast(w.Context(), w.dispatcher, w.zone, drill)
		if err != nil || f.Left[buurtbel.LeftExercise] != 1 {
			t.Errorf("the forecast leaves out %v (%v)", f.Left, err)
		}
		l := w.launch(drill)
		w.finished()
		if got := w.sms.to(mobile(4)); len(got) != 0 || w.tally(l.Message).Left[buurtbel.LeftExercise] != 1 {
			t.Errorf("who wishes no exercises got %q", got)
		}
		w.launch(w.draft(w.kerkveld))
		w.finished()
		if got := w.sms.to(mobile(4)); len(got) != 1 {
			t.Errorf("of the real alert: %q", got)
		}
	})
}

func TestExerciseAtNightIsRefused(t *testing.T) {
	each(t, func(w *town) {
		for at, want := range map[time.Time]string{
			time.Date(2026, 11, 4, 3, 0, 0, 0, brussels):   "error.exercise.night",
			time.Date(2026, 11, 11, 14, 0, 0, 0, brussels): "error.exercise.holiday",
		} {
			w.clock.set(at)
			drill := w.draft(w.kerkveld)
			drill.Exercise, drill.OffPlan, drill.Unwise = true, "Wij oefenen de nacht", "Wij oefenen de nacht"
			_, err := w.desk.Launch(w.Context(), w.dispatcher, w.zone, drill)
			var refused *alerting.Refusal
			if !errors.As(err, &refused) || !slices.ContainsFunc(refused.Check.Refused(), func(p alerting.Problem) bool { return p.Key == want }) {
				t.Errorf("at %s: %v%s", at, err, problems(err))
			}
			drill.Exercise, drill.Key = false, drill.Key+"-real"
			if _, err := w.desk.Launch(w.Context(), w.dispatcher, w.zone, drill); err != nil {
				t.Errorf("a real alert at %s: %v%s", at, err, problems(err))
			}
		}
	})
}
