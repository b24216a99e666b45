package web

// Dispatch is the page on which an alert is written and launched. It posts everything to Action as one form: key, template, filled, priority,
// valid, exercise, street, network (several), auto, area (GeoJSON), slot-<name> and slot-<language>-<name>, text-, raw- and
// shown-<language>-<box>, leave-out, reason-off-plan, reason-unwise, asked-by, call-sign, incident, permitted-by, -until and -plates.
type Dispatch struct {
	Action     string // where the form is posted
	Check      string // where the same form is posted for a Preflight fragment
	Suggest    string // answers ?q= with a JSON list of street names
	Key        string // idempotency key, made when the page was made
	Fresh      bool   // nothing was chosen yet: what this tab kept may come back
	Exercise   bool
	Patterns   []Pattern // the templates, with their keys
	Priorities []Option
	Asks       Asks
	Where      Where
	Street     Field
	LeaveOut   Field
	Area       string // GeoJSON of what was drawn
	Texts      []TextVersion
	Askers     []Option // who asked for it
	Origin     []Field  // call sign, incident number: optional, never in a text
	OriginOpen bool
	Map        Map
	Preflight  Preflight
	Proof      Proof // launching needs one
}

// Asks are the fields that the chosen template wants.
type Asks struct {
	Filled string   // the template whose text stands in the boxes
	Valid  []Option // how long the alert holds, in minutes
	Slots  []Field
	Permit []Field // for a missing person: who permitted, until when; else empty
}

// Where are the networks that may be chosen.
type Where struct {
	Networks []NetworkLine
	Auto     string // ids that the street or the drawing chose, with spaces
}

func (Dispatch) template() string { return "dispatch" }

// Pattern is a ready text.
type Pattern struct {
	ID, Name, Urgency string // Urgency in words
	Digit             string // the key that chooses it; may be empty
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

// Element is one of the five parts of a warning, what was seen, or the fixed sentences.
type Element struct {
	ID    string // source, hazard, location, detail, guidance, time or rule
	Text  string
	Raw   string // Text with its slots open
	Shown string // what we put there: Text differs when somebody wrote in it
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
	Texts    []TextVersion // only when the text changed: puts it in place
	Asks     *Asks         // only when the fields changed
	Where    *Where        // only when the street or the drawing chose other networks
	Chosen   bool          // a template was chosen
	Listen   string        // where the call can be listened to; "" when there are no calls
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
	IfSilent string // who is called when no text arrives; may be empty
	Soon     string // "De vorige keren kwam 94 % binnen de minuut aan."; empty when too few receipts came
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
	Title    string // "Inbraak bezig"
	Where    string // "BIN Kerkveld"
	Since    string // "vandaag 02.14 uur"
	Elapsed  string // "38 seconden"
	Exercise bool
	Over     bool // nothing is on its way any more: red leaves
	Stopped  bool // stopped, though later messages may still be on their way: red leaves too
	Events   string
	Waiting  Waiting    // a second person was asked
	StopAt   string     // where stop & correct is posted; empty for who may not
	Stops    []Field    // the text of the correction, per language
	StopTo   int        // members who would get the correction
	Tells    []Tell     // update and all clear
	Findings []Finding  // what is wrong with what was posted
	Opened   string     // which form was posted: "stop", or the kind of a Tell
	Texts    []SentText // what was sent
	Counts   Counts
	Plot     Plot
	Gaps     Gaps
	Back     Back
	Channels Channels
	Follows  Follows
	Journal  string // address of the journal, for who may read it
	Debt     string // where feedback is owed, for who may give it
}

// Red tells whether the alert is live: it is on its way, and neither stopped nor waiting for a second person.
func (l Live) Red() bool { return !l.Over && !l.Stopped && l.Waiting.People == 0 }

// Seen is how many messages of the alert the page knows: a later message that is posted twice is noticed.
func (l Live) Seen() int { return 1 + len(l.Follows.Lines) }

// SentText is a text as it went out under one regime.
type SentText struct{ Name, Lang, Text string }

// Tell is a later message that can be sent.
type Tell struct {
	Kind, Action, Title, Do, Key string
	Fields                       []Field
}

// Waiting says that a second person was asked to confirm.
type Waiting struct {
	People int
	Since  string
	Left   string // "4:12" until the alert may be cut to the networks' own areas
	CutAt  string // where the cut is posted, once the time is over
}

func (Waiting) fragment() string { return "waiting" }

// Channels says how each channel does, and what the alert costs so far.
type Channels struct {
	Lines []ChannelLine
	Cost  string
}

func (Channels) fragment() string { return "channels" }

// ChannelLine is one channel; Why says what goes wrong most.
type ChannelLine struct {
	Name, Why         string
	HandedOver, Total int
}

// Follows are the messages that went out after the alert itself.
type Follows struct{ Lines []FollowLine }

func (Follows) fragment() string { return "follows" }

// FollowLine is one later message.
type FollowLine struct {
	Kind              string
	Texts             []SentText
	HandedOver, Total int
	Done              bool
}

// Alerts lists the zone's alerts.
type Alerts struct {
	Going, Earlier []AlertLine
	New            bool // the visitor may write one
}

func (Alerts) template() string { return "alerts" }

// AlertLine is one alert in a list.
type AlertLine struct {
	Href, Title, Where, When, State string
	Exercise                        bool
}

// Own is what became of an alert in a coordinator's own network.
type Own struct {
	Subject, Lead, State string
	Sent                 []OwnText // the alert first
	Missed               int
	NamesURL             string // of who was not reached; empty when everybody was
	Owed                 bool   // how it ended was not told yet
	Back                 string
}

func (Own) template() string { return "own" }

// OwnText is one message of an alert, as members read it.
type OwnText struct {
	Kind  string
	Texts []SentText
}

// Names are the members who were not reached, for who may see them after a reason.
type Names struct {
	Action, Back string
	Reason       Field
	Shown        bool // the reason was written and the look is journalled
	Lines        []NameLine
}

func (Names) template() string { return "names" }

// NameLine is one member who was not reached.
type NameLine struct {
	Name, Network, State, Why string
	Steps                     []NameStep
}

// NameStep is one step towards a member on the line of time.
type NameStep struct {
	After, Way, State, Why string // "0:42", "Oproep naar een vaste lijn"
	Later                  bool   // it still comes
}

func (Live) template() string { return "live" }

// Counts is the big line of numbers. Delivered are among the handed over, heard among the delivered; the others stand apart.
type Counts struct {
	Recipients, HandedOver, Delivered, Heard, NotReached, Waiting int
	Rang, Uncertain, LeftOut, Later                               int // shown only when there are any
}

func (Counts) fragment() string { return "counts" }

func (Plot) fragment() string { return "plot" }

// Gaps are the streets where members were not reached.
type Gaps struct {
	Lines    []Gap
	Going    bool   // more may still be reached
	NamesURL string // names for who may see them, after a reason; may be empty
}

func (Gaps) fragment() string { return "gaps" }

// Gap is one street, or the network where the street has too few homes to be named.
type Gap struct {
	Street  string
	Members int
	Why     string // in words
	State   string // one of States
	Next    string // what the software still tries: "belt om 02.16 uur"; may be empty
}

// Back are the texts that came back.
type Back struct{ Lines []BackLine }

func (Back) fragment() string { return "back" }

// BackLine is one text that came back. It never says which member wrote it.
type BackLine struct {
	When, From, Text string
	Urgent           bool   // it holds something for the emergency line; the writer was told to call
	Seen             bool   // somebody settled it
	SettleAt         string // where settling is posted, for who may
}

// Debts are the alerts that wait for feedback.
type Debts struct {
	Open    []Debt
	Settled []Fact // lately settled: subject and when
	Silent  string // the share about which nothing could be told, in words; may be empty
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
	Texts      []Ending  // one per language of the alert's networks
	Findings   []Finding // what the check noticed when it was posted
	Why        Field     // asked when a finding warns; no name: not asked
	Grounds    []Option  // why nothing may be told; the first is that something is
	Silenced   bool      // a ground was chosen
	Journal    string    // address of the alert's journal; may be empty
}

// Ending is how an alert ended, in one language.
type Ending struct {
	Language  string   // code, for the lang attribute
	Sentences []string // ready beginnings
	Text      Field
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
	Erased                  bool // what it said was erased
}

// Attempt counts the deliveries of one channel in one state.
type Attempt struct {
	Channel, State string
	Count          int
}

// Lost are contact points that no longer work, by network.
type Lost struct{ Networks []LostNetwork }

func (Lost) template() string { return "lost" }

// LostNetwork is one network of the page. Names are shown after the button, because each look at them is logged.
type LostNetwork struct {
	ID, Name string
	Count    int
	Kinds    []Fact // which kind of contact point, and how many
	Action   string // where the names are asked for; empty for who sees counts only
	People   []LostPerson
}

// LostPerson is a member with a contact point that no longer works.
type LostPerson struct {
	Name, Kind, Why string
	Contact         string // of a member who wants no calls: may be undone as the member asks; else ""
	Doubt           string // the contact point that gave no sign of life: ends when the member says that it works; else ""
}
