package buurtbel

import (
	"slices"
	"time"
)

// Day is a day of the calendar: days since 1 January 1970. It has no hour, so no clock change can move it.
type Day int

const secondsADay = 24 * 60 * 60

// DayOf gives the day that t lies in, in t's own location.
func DayOf(t time.Time) Day {
	year, month, date := t.Date()
	return Day(time.Date(year, month, date, 0, 0, 0, 0, time.UTC).Unix() / secondsADay)
}

// ParseDay reads "2006-01-02". Error: error.day.unreadable (Invalid).
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, FailWith(err, Invalid, "error.day.unreadable", nil)
	}
	return DayOf(t), nil
}

// At gives the moment of a wall time of the day. A wall time that the day skips gives the one after the gap.
func (d Day) At(hour, minute int, loc *time.Location) time.Time {
	year, month, date := d.utc().Date()
	return time.Date(year, month, date, hour, minute, 0, 0, loc)
}

func (d Day) utc() time.Time { return time.Unix(int64(d)*secondsADay, 0).UTC() }
func (d Day) year() int      { return d.utc().Year() }
func (d Day) String() string { return d.utc().Format(time.DateOnly) }

// Exercises is how a zone exercises with its networks.
type Exercises struct {
	PerYear int `json:"per_year"` // with each network, 0 to MostExercises; 0: none are proposed
	Apart   int `json:"apart"`    // weeks between two of one network, at least
	Silent  int `json:"silent"`   // months without a sign of life after which a telephone or browser is asked for one; 0: never asked
	Slice   int `json:"slice"`    // contact points that are asked on one day, at most
}

// DefaultExercises are two a year, eight weeks apart or more, and a sign of life asked of at most forty contact points a day.
var DefaultExercises = Exercises{PerYear: 2, Apart: 8, Silent: 12, Slice: 40}

const (
	MostExercises  = 6  // a year with one network
	ExerciseTold   = 7  // days before an exercise its members hear of it
	exerciseAhead  = 28 // days before an exercise it is proposed, at least: two weeks for the coordinator, a week told, and one to spare
	exerciseInView = 70 // days before an exercise it is proposed, at most
	exerciseAgain  = 15 // days from a missed exercise, or from one that nobody agreed to in time, to its next date, at least
	exerciseSearch = 120
	exerciseWaits  = 14 * 24 * time.Hour // until the coordinator is reminded, once
	exerciseCounts = 24 * time.Hour      // after the launch its reach is counted
	tellFrom       = 10                  // hour of the day when members are told
	tellUntil      = 20
)

// Valid refuses settings that nobody means. Error: error.exercise.settings (Invalid).
func (x Exercises) Valid() error {
	if x.PerYear < 0 || x.PerYear > MostExercises || x.Apart < 2 || x.Apart > 52 || x.Silent < 0 || x.Silent > 60 || x.Slice < 0 || x.Slice > 1000 {
		return Fail(Invalid, "error.exercise.settings", Args{"Most": MostExercises})
	}
	return nil
}

// ExerciseDay tells whether an exercise may be held on a day: a working day that is no holiday, far enough ahead to be announced, within a
// year, and weeks apart from the network's others. today is the zone's. Otherwise the error says why.
func (x Exercises) ExerciseDay(day, today Day, others []Day, c Calendar) error {
	switch date := day.utc(); {
	case day <= today+ExerciseTold:
		return Fail(Invalid, "error.exercise.soon", Args{"Days": ExerciseTold})
	case day > today+366:
		return Fail(Invalid, "error.exercise.far", nil)
	case c.Holiday(date):
		return Fail(Invalid, "error.exercise.day-off", nil)
	case !working(date, c):
		return Fail(Invalid, "error.exercise.weekend", nil)
	}
	for _, o := range others {
		if max(day, o)-min(day, o) < Day(7*x.Apart) {
			return Fail(Invalid, "error.exercise.close", Args{"Weeks": x.Apart})
		}
	}
	return nil
}

// Propose decides when a network's next exercise is held: pure. others are the days of its exercises that were held or are planned. ok is
// false when none is due to be proposed yet, or none at all. Networks without a past are spread over the year by their ids.
func (x Exercises) Propose(network ID, today Day, others []Day, c Calendar) (day Day, ok bool) {
	if x.PerYear <= 0 {
		return 0, false
	}
	every := Day(365 / x.PerYear)
	want := today + exerciseAhead
	if len(others) > 0 {
		want = max(want, slices.Max(others)+every)
	} else {
		slot := Day(uint64(network) * 2654435761 >> 16 % uint64(every))
		want += (slot - want%every + every) % every
	}
	if want > today+exerciseInView {
		return 0, false
	}
	return x.search(want, today, others, c)
}

// Again decides when an exercise is held that was missed, or that nobody agreed to in time.
func (x Exercises) Again(today Day, others []Day, c Calendar) (day Day, ok bool) {
	return x.search(today+exerciseAgain, today, others, c)
}

// search finds the first day that may be used, in a year that has not had its number yet.
func (x Exercises) search(from, today Day, others []Day, c Calendar) (Day, bool) {
	for day := from; day < from+exerciseSearch; day++ {
		if x.full(day.year(), others) {
			continue
		}
		if x.ExerciseDay(day, today, others, c) == nil {
			return day, true
		}
	}
	return 0, false
}

func (x Exercises) full(year int, others []Day) bool {
	n := 0
	for _, o := range others {
		if o.year() == year {
			n++
		}
	}
	return x.PerYear > 0 && n >= x.PerYear
}

// ExerciseState says where an exercise stands. Each change is a dated fact with who made it.
type ExerciseState string

// The states of an exercise.
const (
	ExerciseProposed  ExerciseState = "proposed"  // waits until the coordinator agrees to its cost
	ExerciseAgreed    ExerciseState = "agreed"    // its cost is agreed
	ExerciseAnnounced ExerciseState = "announced" // the members were told; police may launch it on its day
	ExerciseLaunched  ExerciseState = "launched"  // by police
	ExerciseHeld      ExerciseState = "held"      // and its reach is counted
	ExerciseSkipped   ExerciseState = "skipped"   // by the coordinator, with a reason, or because the zone holds none any more
	ExerciseMissed    ExerciseState = "missed"    // nobody launched it on its day
)

// Open tells whether an exercise is still to be held.
func (s ExerciseState) Open() bool {
	return s == ExerciseProposed || s == ExerciseAgreed || s == ExerciseAnnounced
}

// Exercise is one exercise of police with a network.
type Exercise struct {
	ID, Zone, Network ID
	State             ExerciseState
	Day               Day
	Morning           bool      // before noon; else after
	Since             time.Time // when it was proposed, or last waits for an agreement
	Cost              ExerciseCost
	Agreed            int64     // the cost that was agreed to, in 1/10000 euro
	AgreedBy          ID        // the member who agreed: coordinator or deputy
	AgreedAt          time.Time // zero: nobody did
	AnnouncedAt       time.Time
	Message           ID // the announcement
	LaunchedAt        time.Time
	LaunchedBy        ID
	Alert             ID
	EndedAt           time.Time // skipped, missed or counted
	EndedBy           ID        // 0: the program
	Reason            string    // why it was skipped
	Follows           ID        // the missed one that it makes good
	RemindedAt        time.Time
	Reach             ExerciseReach // of one that was held
}

// ExerciseCost is what an exercise costs, as reckoned last.
type ExerciseCost struct {
	People  int   `json:"people"`  // members who are reached
	Texts   int   `json:"texts"`   // SMS parts at once
	Calls   int   `json:"calls"`   // calls at once, a minute each
	Told    int   `json:"told"`    // SMS parts of the announcement
	Untold  int   `json:"untold"`  // members who have neither mailbox nor mobile: nobody can tell them before
	Amount  int64 `json:"amount"`  // in 1/10000 euro
	AtMost  int64 `json:"at_most"` // with a call to each whom no text reaches
	Outside int   `json:"outside"` // members who wish no exercises
}

// ExerciseReach is what came of an exercise.
type ExerciseReach struct {
	People  int // to whom it was sent
	Arrived int // of whom a device or a mail server had it
	Heard   int // who confirmed
}

// CostHolds tells whether the agreement covers a cost: it does until the cost has grown by more than a fifth.
func (e *Exercise) CostHolds(amount int64) bool {
	return !e.AgreedAt.IsZero() && amount <= e.Agreed+e.Agreed/5
}

// MayAgree tells whether the coordinator may agree to an exercise now: there must be time left to tell the members.
func (e *Exercise) MayAgree(today Day) error {
	switch {
	case e.State != ExerciseProposed && e.State != ExerciseAgreed:
		return e.moved()
	case e.Day <= today+ExerciseTold:
		return Fail(Conflict, "error.exercise.soon", Args{"Days": ExerciseTold})
	}
	return nil
}

// MayMove tells whether an exercise may still get another day: until the members have heard of it.
func (e *Exercise) MayMove() error {
	if e.State != ExerciseProposed && e.State != ExerciseAgreed {
		return e.moved()
	}
	return nil
}

// MayLaunch tells whether police may launch an exercise now: on the day that was announced, when its agreed cost still holds. now is in the
// zone's location; the hours are MayExercise's.
func (e *Exercise) MayLaunch(now time.Time, cost int64) error {
	switch {
	case e.State != ExerciseAnnounced:
		return e.moved()
	case e.Day != DayOf(now):
		return Fail(Conflict, "error.exercise.other-day", nil)
	case !e.CostHolds(cost):
		return Fail(Conflict, "error.exercise.cost-grew", nil)
	}
	return nil
}

func (e *Exercise) moved() error { return Fail(Conflict, "error.exercise.moved", nil) }

// ExerciseStep is what the program does of its own accord with an exercise.
type ExerciseStep string

// The steps.
const (
	StepWait     ExerciseStep = ""
	StepRemind   ExerciseStep = "remind"   // the coordinator, once
	StepMoveOn   ExerciseStep = "move-on"  // to a later day: it cannot be announced in time any more
	StepAnnounce ExerciseStep = "announce" // to the members
	StepMiss     ExerciseStep = "miss"     // its day is over and nobody launched it
	StepCount    ExerciseStep = "count"    // its reach
)

// Next decides what the program does with an exercise now, and when it looks again: pure. now is in the zone's location. A zero moment: never.
func (e *Exercise) Next(now time.Time) (ExerciseStep, time.Time) {
	today, loc := DayOf(now), now.Location()
	switch e.State {
	case ExerciseProposed:
		remind := e.Since.Add(exerciseWaits)
		switch {
		case e.Day <= today+ExerciseTold: // agreeing needs a day before the members are told
			return StepMoveOn, now
		case e.RemindedAt.IsZero() && !now.Before(remind):
			return StepRemind, now
		case e.RemindedAt.IsZero():
			return StepWait, earliest(remind, (e.Day-ExerciseTold).At(0, 0, loc))
		}
		return StepWait, (e.Day - ExerciseTold).At(0, 0, loc)
	case ExerciseAgreed:
		tell := (e.Day - ExerciseTold).At(tellFrom, 0, loc)
		switch {
		case now.Before(tell):
			return StepWait, tell
		case e.Day-today < ExerciseTold:
			return StepMoveOn, now
		case now.Hour() >= tellUntil:
			return StepWait, (e.Day - ExerciseTold + 1).At(0, 0, loc)
		}
		return StepAnnounce, now
	case ExerciseAnnounced:
		if today > e.Day {
			return StepMiss, now
		}
		return StepWait, (e.Day + 1).At(0, 5, loc)
	case ExerciseLaunched:
		if count := e.LaunchedAt.Add(exerciseCounts); now.Before(count) {
			return StepWait, count
		}
		return StepCount, now
	case ExerciseHeld, ExerciseSkipped, ExerciseMissed:
	}
	return StepWait, time.Time{}
}

// Announce decides how one member is told of an exercise or a meeting: by every mailbox, else by a text to the first mobile that works. It rings nobody.
func Announce(m *Member, contacts []ContactPoint, channels []Channel) ([]Step, Left) {
	switch m.State {
	case MemberLeft, MemberExcluded:
		return nil, LeftNotAMember
	case MemberSuspended: // gets no exercise and no invitation: only what is a matter of life (rule 11)
		return nil, LeftSuspended
	case MemberActive:
	}
	if out, _ := steps(contacts, ByMail, channels, time.Time{}); len(out) > 0 {
		return out, NotLeft
	}
	text := slices.DeleteFunc(slices.Clone(channels), func(c Channel) bool { return c != SMS })
	if out, _ := steps(contacts, ByText, text, time.Time{}); len(out) > 0 {
		return out, NotLeft
	}
	return nil, LeftNoContact
}

// Probe gives the channel by which a contact point is asked for a sign of life; ok is false for one that cannot give any: what a mail server
// takes says nothing about the person behind it.
func (k ContactKind) Probe() (c Channel, ok bool) {
	switch k {
	case Mobile:
		return SMS, true
	case Fixed:
		return Voice, true
	case Browser:
		return Push, true
	case Mailbox:
	}
	return "", false
}

// SilentSince tells since when a contact point must have been silent at now to be asked for a sign of life; ok is false when none is.
func (x Exercises) SilentSince(now time.Time) (since time.Time, ok bool) {
	if x.Silent <= 0 || x.Slice <= 0 {
		return time.Time{}, false
	}
	return now.AddDate(0, -x.Silent, 0), true
}
