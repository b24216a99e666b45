package web

// Dispatch is the page on which an alert is written and launched. It posts everything to Action as one form:
// key, template, network (several), street, area (GeoJSON), exercise, text-<language>-<element>, reason-<finding code>,
// asked-by, call-sign, incident, permitted-by, permitted-until.
type Dispatch struct {
	Action    string // where the form is posted
	Check     string // where the same form is posted for a Preflight fragment
	Suggest   string // answers ?q= with a JSON list of street names
	Key       string // idempotency key, made when the page was made
	Exercise  bool
	Patterns  []Pattern // the templates, numbered
	Networks  []NetworkLine
	Street    Field
	Streets   []string // suggestions for Street
	Area      string   // GeoJSON of what was drawn
	Texts     []TextVersion
	Permit    []Field // for a missing person: who permitted, until when; else empty
	Origin    []Field // asked by, call sign, incident number: optional, never in a text
	Map       Map
	Preflight Preflight
}

func (Dispatch) template() string { return "dispatch" }

// Pattern is a ready text.
type Pattern struct {
	ID, Name, Urgency string // Urgency in words
	Number            int    // the key that chooses it, 1 to 9; 0 has none
	Chosen            bool
}

// NetworkLine is a network that may be chosen.
type NetworkLine struct {
	ID, Name string
	Members  int
	Chosen   bool
	Closed   string // why it cannot be chosen (charter not in force); empty when it can
}

// TextVersion is the text in one language of the regime.
type TextVersion struct {
	Language string // code: part of the field names, and the lang attribute
	Name     string // in words
	Elements []Element
}

// Element is one of the five parts of a warning: source, hazard, location, guidance, time.
type Element struct {
	ID    string // source, hazard, location, guidance, time
	Text  string
	Found bool
	Fixed bool // added by the zone to every alert; cannot be changed here
}

// Preflight is what the check says about the present form. It is drawn with the page and again as a fragment while one types.
type Preflight struct {
	Elements []Check
	Findings []Finding
	Bubbles  []Bubble
	Letter   Letter
	Places   []PlaceLine   // the list beside the map
	Texts    []TextVersion // only when a template was just chosen: puts its text in place
	Reach    Reach
	Launch   Launch
}

func (Preflight) fragment() string { return "preflight" }

// Check is one of the five elements, found or missing.
type Check struct {
	ID    string // as Element.ID
	Found bool
	Note  string // what was found, or what to write; may be empty
}

// Finding is something the check noticed.
type Finding struct {
	Level    string // "refused", "warned" or "told"
	Code     string // names the reason field: reason-<Code>
	Sentence string
	Where    string // the words of the text it is about; may be empty
	AsksWhy  bool   // a written reason lets it pass
	Reason   string // what was typed
}

// Reach says who would get the message.
type Reach struct {
	Sentence string // "612 leden in BIN Kerkveld, 655 telefoons en brievenbussen."
	Cost     string // "€ 71,94"
	LeftOut  []PlaceLine
}

// Launch is the one button.
type Launch struct {
	Words  string // "Verstuur naar 612 leden in BIN Kerkveld"
	Ready  bool
	Wait   string // what must be done first, when not ready
	Second bool   // a second person has to confirm: the button then asks for that
}

// Live follows one alert. Its parts are sent again over server-sent events: event "part", data {"id":"counts","html":"…"}.
type Live struct {
	Title    string // "Inbraak bezig in Kerkveld"
	Since    string // "vandaag 02.14 uur"
	Elapsed  string // "38 seconden"
	Exercise bool
	Over     bool // nothing is on its way any more: red leaves
	Events   string
	StopAt   string // where stop & correct is posted; empty when it can no longer be stopped
	Stop     Field  // the text of the correction
	StopTo   int    // members who would get the correction
	Text     string // what was sent
	Counts   Counts
	Plot     Plot
	Gaps     Gaps
	Back     Back
}

func (Live) template() string { return "live" }

// Counts is the big line of numbers.
type Counts struct {
	Recipients, HandedOver, Delivered, Heard, NotReached, Waiting int
}

func (Counts) fragment() string { return "counts" }

func (Plot) fragment() string { return "plot" }

// Gaps are the streets where members were not reached.
type Gaps struct{ Lines []Gap }

func (Gaps) fragment() string { return "gaps" }

// Gap is one street, or the network where the street has too few homes to be named.
type Gap struct {
	Street   string
	Members  int
	Why      string // in words
	State    string // one of States
	Next     string // what the software still tries: "belt om 02.16 uur"; may be empty
	NamesURL string // names for who may see them, after a reason; may be empty
}

// Back are the texts that came back.
type Back struct{ Lines []BackLine }

func (Back) fragment() string { return "back" }

// BackLine is one text that came back. It never says which member wrote it.
type BackLine struct {
	When, From, Text string
	Urgent           bool // it holds something for the emergency line; the writer was told to call
}

// Debts are the alerts that wait for feedback.
type Debts struct {
	Open    []Debt
	Settled []Fact // lately settled: subject and when
}

func (Debts) template() string { return "debts" }

// Debt is one alert to which the members have not heard the end.
type Debt struct {
	ID, Action string
	Subject    string // "Inbraak bezig in Kerkveld"
	Sent       string // "gisteren 02.14 uur"
	Age        string // "al 9 uur"
	Due        string // "vandaag"
	Late       bool
	Reached    int
	Sentences  []string // ready beginnings
	Text       Field
	Grounds    []Option // why nothing may be told
	Journal    string   // address of the alert's journal
}

// Journal is what happened with one alert, in order.
type Journal struct {
	Title    string
	Facts    []Fact
	Text     string
	Entries  []Entry
	Sealed   string // "De keten klopt: 214 regels, laatste controle vandaag 08.00 uur"
	Broken   bool   // the chain does not verify
	Attempts []Attempt
}

func (Journal) template() string { return "journal" }

// Entry is one line of a journal.
type Entry struct {
	When, Who, What, Detail string
	Weighs                  bool // a decision by a person
}

// Attempt counts the deliveries of one channel in one state.
type Attempt struct {
	Channel, State string
	Count          int
}
