package buurtbel_test

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/holiday"
)

func TestNoExerciseAtNightOrOnAHoliday(t *testing.T) {
	brussels, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := holiday.For("BE")
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"2026-11-03 14:00": "", "2026-11-03 21:59": "", "2026-11-03 07:00": "", "2026-11-07 11:00": "", // a Saturday: people are at home
		"2026-11-03 22:00": "error.exercise.night", "2026-11-03 03:00": "error.exercise.night", "2026-11-03 06:59": "error.exercise.night",
		"2026-11-11 11:00": "error.exercise.holiday", "2026-12-25 14:00": "error.exercise.holiday", "2026-04-06 10:00": "error.exercise.holiday", // Easter Monday
		"2026-03-29 03:30": "error.exercise.night", "2026-10-25 02:30": "error.exercise.night", // the nights in which the clock changes
		"2026-12-25 23:00": "error.exercise.night",
	} {
		local, err := time.ParseInLocation("2006-01-02 15:04", at, brussels)
		if err != nil {
			t.Fatal(err)
		}
		err = buurtbel.MayExercise(local, buurtbel.DefaultNight, calendar)
		if want == "" && err != nil || want != "" && buurtbel.KeyOf(err) != want {
			t.Errorf("%s: %v, want %q", at, err, want)
		}
	}
}
