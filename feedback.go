package buurtbel

import "time"

// Ground is why nothing may be told about how an alert ended (rule 2). The list is closed.
type Ground string

// The grounds.
const (
	GroundNone          Ground = ""
	GroundInvestigation Ground = "investigation"
	GroundMagistrate    Ground = "magistrate"
	GroundPrivacy       Ground = "privacy" // of the victim
)

// Grounds lists the grounds.
var Grounds = []Ground{GroundInvestigation, GroundMagistrate, GroundPrivacy}

// Debt is the feedback that police owe for an alert.
type Debt struct {
	Alert   ID
	Zone    ID
	Due     time.Time // the end of the next working day
	Settled time.Time // zero: open
	Ground  Ground    // of a settled debt about which nothing may be told
}

// OwesFeedback tells whether an alert opens a feedback debt: exercises do not. Corrections are messages of an alert and open none of their own.
func OwesFeedback(a *Alert) bool { return !a.Exercise }

// FeedbackDue gives the end of the next working day after at, in at's location: Saturdays, Sundays and holidays are not.
func FeedbackDue(at time.Time, c Calendar) time.Time {
	day := time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, at.Location())
	for range 30 { // no country has thirty days without a working day
		if working(day, c) {
			break
		}
		day = time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, at.Location())
	}
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, at.Location())
}

func working(day time.Time, c Calendar) bool {
	weekday := day.Weekday()
	return weekday != time.Saturday && weekday != time.Sunday && !c.Holiday(day)
}
