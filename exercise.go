package buurtbel

import "time"

// MayExercise tells whether an exercise may ring now: never at night, and never on a public holiday. now is in the zone's location. Otherwise
// the error says why.
func MayExercise(now time.Time, night Hours, c Calendar) error {
	switch {
	case night.Contains(minuteOf(now)):
		return Fail(Invalid, "error.exercise.night", nil)
	case c.Holiday(now):
		return Fail(Invalid, "error.exercise.holiday", nil)
	}
	return nil
}
