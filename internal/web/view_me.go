package web

// MeIn asks a member by what we know them, or for the code that went there.
type MeIn struct {
	Action  string
	Address Field
	Sent    string // where a link went: the sentence that says so; empty: the form, or the code
	Asking  string // names the asking that a code is given for; empty: no code is asked for
	Code    Field
	Call    bool   // the code is spoken
	Night   string // what was typed, when it is a fixed line and the person is to say that it may ring by night
	Enter   string // a link was opened: the button posts here
}

func (MeIn) template() string { return "me-in" }

// Mine is what every page of a member's own data has: whose it is, and whether somebody else acts on a word by telephone or on paper.
type Mine struct {
	Base  string   // "/me" or "/asked/<member>"
	Asked bool     // an office acts for the member
	Whom  string   // of an office: which member, without the name
	How   []Option // how the member asked it
}

// Me is the first page of a member's own pages.
type Me struct {
	Mine
	Hello   string
	Network string
	Lines   []MeLine
	Moving  string // a new address waits for a decision
}

func (Me) template() string { return "me" }

// MeLine leads to one page, and says how it stands there.
type MeLine struct{ Href, Icon, Words, Now string }

// MeWishes is when and by what a member wishes to be reached.
type MeWishes struct {
	Mine
	From, Until Field
	Urgencies   []MeUrgency
	Only        string // the one way that is wished, in words; empty: none
}

func (MeWishes) template() string { return "me-wishes" }

// MeUrgency is one urgency with its ways by day and by night.
type MeUrgency struct {
	ID, Title, Means string
	Day, Night       []Option
}

// MeContacts lists a member's contact points in order.
type MeContacts struct {
	Mine
	List  []MeContact
	Sure  *MeContact // this one is about to be removed: asks once more
	Last  bool       // and it is the last one that works
	Add   string     // where one is added
	Mails []MeMail   // how mailboxes stand for bulletins and digests
}

func (MeContacts) template() string { return "me-contacts" }

// MeContact is one contact point.
type MeContact struct {
	ID, Kind, Icon, Address, For, State string
	Up, Paused, Fixable                 bool   // may move up; is paused; pausing changes something
	Prove                               string // where it is proved; empty: it is
}

// MeAdd asks for a new number or mailbox.
type MeAdd struct {
	Mine
	Address Field
}

func (MeAdd) template() string { return "me-add" }

// MeProve asks for what proves a new contact point.
type MeProve struct {
	Mine
	Action  string
	Kind    string
	Address string // empty for an office
	ByLink  bool   // by the link of a mail, not by a code
	Ways    []Option
	Code    Field
}

func (MeProve) template() string { return "me-prove" }

// MeHome is the household.
type MeHome struct {
	Mine
	Mailbox Field
	Invited string // link to pass on; may be empty
	Leave   string // empty: in none
}

func (MeHome) template() string { return "me-home" }

// MeAway is from when until when a member is away.
type MeAway struct {
	Mine
	Now         string
	From, Until Field
}

func (MeAway) template() string { return "me-away" }

// MeReading is how a member wishes to read and hear.
type MeReading struct {
	Mine
	Languages, Ways, Also []Option
}

func (MeReading) template() string { return "me-reading" }

// MeMessages lists what a member was sent.
type MeMessages struct {
	Mine
	List []MeMessage
	Wait bool // one of them waits for its end
}

func (MeMessages) template() string { return "me-messages" }

// MeMessage is one message with what followed it.
type MeMessage struct {
	When, From, Kind, Text, Left string
	Exercise                     bool
	Ways                         []MeWay
	Heard                        string
	Ends                         []MeEnd
	Open                         bool // how it ended was not told yet
}

// MeWay is one way by which it came.
type MeWay struct{ Channel, State, Why string }

// MeEnd is a later message about the same.
type MeEnd struct{ When, Kind, Text string }

// MeData is what is kept of a member.
type MeData struct {
	Mine
	Facts         []Fact
	Given, Family Field
	Home          []Field
	Moving        string
	Reason        Field // of an office that makes the copy; no name: not asked
	Keep          string
}

func (MeData) template() string { return "me-data" }

// MeLooks lists who looked at a member's data.
type MeLooks struct {
	Mine
	List []MeLook
}

func (MeLooks) template() string { return "me-looks" }

// MeLook is one look.
type MeLook struct{ When, Who, Why, Many string }

// MeSure asks once more before a step that cannot be taken back.
type MeSure struct {
	Mine
	Title, Lead string
	Says        []string
	Action      string // posts do=yes
	Words       string // of the button
	Back        string
	Tick        string // what must be ticked
	Wrong       string
	Other       string // a smaller step; empty: none
	OtherWords  string
}

func (MeSure) template() string { return "me-sure" }

// MeDone says that a member left or was erased.
type MeDone struct {
	Title string
	Says  []string
	Href  string
	Words string
}

func (MeDone) template() string { return "me-done" }
