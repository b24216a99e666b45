package web

// Asked is where an office uses a right for a member who asks by telephone or on paper: find the member first.
type Asked struct {
	Networks []AskedNetwork
	Chosen   string // the network that was searched
	Part     Field
	Why      Field // why names are opened; no name: not asked
	Searched bool
	Found    []AskedFound
}

func (Asked) template() string { return "asked" }

// AskedNetwork is one network with what waits there.
type AskedNetwork struct {
	ID, Name    string
	Chosen      bool
	Left, Moves int
	People      []AskedFound // who left, once their names were opened
	Moving      []AskedMove  // who moved, the same
}

// AskedFound is a member whom a search found.
type AskedFound struct{ Name, Number, Href string }

// AskedMove is a new address that waits for a decision.
type AskedMove struct{ ID, Name, Home, Found string }

// Keep tells what is erased when.
type Keep struct {
	Lines []KeepLine
	Daily string
}

func (Keep) template() string { return "keep" }

// KeepLine is one category of data.
type KeepLine struct {
	Name, Href, Period, Next string
	Count                    int
}

// KeepOne is one category of data in full.
type KeepOne struct {
	Name, Lead, Paper, Back string
	Facts                   []Fact
}

func (KeepOne) template() string { return "keep-one" }

// Breaches is the register.
type Breaches struct {
	Lines    []BreachLine
	Action   string
	Noticed  Field
	At       Field // the hour
	Fields   []Field
	Explains string
}

func (Breaches) template() string { return "breaches" }

// BreachLine is one breach in the register.
type BreachLine struct {
	Href, What, Noticed, State string
	Late                       bool
}

// BreachPage is one breach.
type BreachPage struct {
	Action, Back string
	Facts        []Fact
	Left         string // what is left of the 72 hours, in words; empty: closed
	Late         bool
	Authority    string // its name
	Fields       []Field
	Decisions    []BreachChoice
	Closed       bool
}

func (BreachPage) template() string { return "breach" }

// BreachChoice is whether somebody was told.
type BreachChoice struct {
	Name, Title string
	Options     []Option
	Why         Field
}
