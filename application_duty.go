package buurtbel

import "time"

// Reminder is what the passing of time asks of somebody about an application.
type Reminder string

// The reminders, and the two ends.
const (
	TellCoordinator   Reminder = "coordinator" // an application waits
	RemindCoordinator Reminder = "coordinator-again"
	RemindDeputy      Reminder = "deputy"
	RemindOfficer     Reminder = "officer"
	TellOfficer       Reminder = "officer-decides" // it was referred
	RemindDecider     Reminder = "officer-decides-again"
	RemindProofs      Reminder = "proofs"
	RemindProofsLast  Reminder = "proofs-last"
	RemindAnswer      Reminder = "answer"
	Lapse             Reminder = "lapse" // abandoned: the applicant is told, and what was sealed is erased
	Erase             Reminder = "erase" // decided long ago: what was sealed is erased
)

const day = 24 * time.Hour

// duty is one line of the calendar of an application: how long after it came into a state what is due.
type duty struct {
	after time.Duration
	what  Reminder
}

// calendar is what is due in each state. A closed application keeps its sealed part while who was declined may object.
var calendar = map[ApplicationState][]duty{
	ApplicationProving:   {{2 * day, RemindProofs}, {10 * day, RemindProofsLast}, {30 * day, Lapse}},
	ApplicationReady:     {{0, TellCoordinator}, {5 * day, RemindCoordinator}, {10 * day, RemindDeputy}, {15 * day, RemindOfficer}},
	ApplicationAsked:     {{5 * day, RemindAnswer}, {30 * day, Lapse}},
	ApplicationReferred:  {{0, TellOfficer}, {7 * day, RemindDecider}},
	ApplicationDeclined:  {{90 * day, Erase}},
	ApplicationWithdrawn: {{0, Erase}},
	ApplicationLapsed:    {{0, Erase}},
}

// Due lists what is due now and was not done since the application came into its state, and gives when the next is; zero: nothing any more.
// A long pause does not pile reminders up: of several that are due only the last counts.
func (a *Application) Due(now time.Time) (due Reminder, next time.Time) {
	since, state := a.Since(), a.State()
	if state == ApplicationReady && a.Found == FoundRefer { // the officer decides from the start
		state = ApplicationReferred
	}
	for _, d := range calendar[state] {
		at := since.Add(d.after)
		switch {
		case at.After(now):
			return due, at
		case !a.reminded(d.what, since):
			due = d.what
		default:
			due = ""
		}
	}
	return due, time.Time{}
}

func (a *Application) reminded(what Reminder, since time.Time) bool {
	for _, f := range a.Facts {
		if f.Kind == FactReminded && f.Detail == string(what) && !f.At.Before(since) {
			return true
		}
	}
	return false
}
