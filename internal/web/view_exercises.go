package web

// ExercisesPage shows the exercises of the networks that the person may see: a coordinator's own, for police those of the zone. It shows
// counts and costs, no names.
type ExercisesPage struct {
	Today    []DrillToday // what police may launch today
	Networks []NetworkDrills
	Settings *DrillSettings // nil: the person changes none
}

func (ExercisesPage) template() string { return "exercises" }

// DrillToday is an exercise that police find prepared on its day.
type DrillToday struct {
	Network, When, Href string
	First               bool // the one next action of the page
}

// NetworkDrills are the exercises of one network.
type NetworkDrills struct {
	Name string
	Next *DrillCard // nil: none is planned
	None string     // why there is none
	Past []DrillPast
}

// DrillCard is an exercise that is still to be held, with what the coordinator may do about it.
type DrillCard struct {
	ID, When, State string
	Waits           bool // for the coordinator
	Facts           []Fact
	Note            string // about members who cannot be told beforehand; may be empty
	Agree, Amount   string // where the coordinator agrees, "" for who may not; the amount as shown, in 1/10000 euro
	AgreeWords      string
	First           bool   // the one next action of the page
	Move            string // where it gets another day; "": no more
	Day             Field
	Part            string // name of the field
	Morning         bool
	Skip            string // where it is skipped; "": not by this person
	Reason          Field
	Open            string // what stands open because it was just refused: "move" or "skip"
	Follow          string // the alert, of one that is under way
}

// DrillPast is an exercise that is over.
type DrillPast struct{ When, State, Reach, Cost, Reason, Href string }

// DrillSettings are what a zone may change.
type DrillSettings struct{ PerYear, Silent Field }

// DrillLaunch is today's exercise, ready to go out.
type DrillLaunch struct {
	Network, When string
	Facts         []Fact
	Texts         []Bubble
	Findings      []Finding // what forbids it now
	Launch        string    // where it is launched; "" when something forbids it
}

func (DrillLaunch) template() string { return "drill-launch" }
