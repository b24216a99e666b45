package web

// JoinStart asks for the address: the first step of an application, and the zone check for who has come this far.
type JoinStart struct {
	Action     string
	Kinds      []Option
	Fields     []Field
	Invitation string // kept from step to step; may be empty
	Outcome    string // why it goes no further; may be empty
	Next       string // what to do then
	Wish       []Kept // of the form that asks the address page, where a wish is left; none: not here
	Paper      bool   // the coordinator types over
}

func (JoinStart) template() string { return "join-start" }

// Kept is a value that a form carries on from the step before.
type Kept struct{ Name, Value string }

// Select is a list to choose one of.
type Select struct {
	Name, Label string
	Options     []Option
}

// Wish is one line of when somebody may be disturbed.
type Wish struct {
	Words, Note string
	Day, Night  Select
}

// JoinForm is the application itself.
type JoinForm struct {
	Action    string
	Where     string // which network, in a sentence
	Edge      string // that police decide; may be empty
	Kept      []Kept
	Names     []Field
	Bases     []Option
	BasisName string // why none is right; may be empty
	Traders   bool
	Shop      Field
	Posts     []Option
	Contacts  []Field
	Languages []Option
	Wishes    []Wish
	Night     []Field
	Purpose   []string
	Rules     []string
	RulesLang string
	RulesName string // which version
	RulesBad  string // what is wrong with the tick; may be empty
	RulesYes  bool
	AdultBad  string
	AdultYes  bool
	Paper     bool
}

func (JoinForm) template() string { return "join-form" }

// JoinPage is the applicant's own page.
type JoinPage struct {
	Lead     string
	Proofs   []OwnProof
	Question string
	Answer   Field
	Answers  string // where the answer is posted
	Withdraw string // where the application is withdrawn; empty: over
	Me       string // a member's own page, where all else is; empty: not yet a member
}

func (JoinPage) template() string { return "join-page" }

// OwnProof is one thing to prove, with the ways to do it.
type OwnProof struct {
	Name    string // which, masked
	State   string
	Done    bool
	Contact string // id; empty: the address
	Ways    []Option
	Send    string // where a code is asked for; empty: it comes by another way
	Enter   string // where it is entered; empty: by link only
	Code    Field
	Hint    string
	Reason  string // why an official looks; may be empty
	With    []Link // providers of identities that know it
}

// JoinTap is a page with one thing to say and at most one button.
type JoinTap struct {
	Text   []string
	Action string
	Words  string
	Href   string // a link instead of a button; may be empty
}

func (JoinTap) template() string { return "join-tap" }

// Applications lists what waits for who decides.
type Applications struct {
	Lines []ApplicationLine
	New   string // where a paper form is typed over; empty: not here
}

func (Applications) template() string { return "applications" }

// ApplicationLine is one open application without who applied.
type ApplicationLine struct {
	When, Network, State, Missing string
	Href                          string
	Open                          string // where it is opened at once; empty: a reason is asked first
}

// ApplicationPage is one application.
type ApplicationPage struct {
	Lead    string
	Open    string // where it is opened
	Reason  Field  // no name: not asked
	Opened  bool
	Person  []Fact
	Proofs  []OwnProof // what the coordinator may help with
	Notes   []Said
	History []Fact
	Missing []string
	Decide  string // where decisions are posted; empty: over
	Accept  bool
	Knows   bool // the tick "I know"
	Grounds []Option
	Ask     Field
	Answer  Field // the answer told by telephone; no name: no question is open
	Refer   Field
	Why     Field // an officer's own ground; no name: not an officer
	Letter  string
	Consent string
	Welcome string
}

func (ApplicationPage) template() string { return "application" }

// ShopPage is a business as its contact persons keep it.
type ShopPage struct {
	Name    string
	Now     string
	Hours   string
	Days    []Field
	People  []ShopLine
	Staff   string
	Invite  string
	Mailbox Field
	Invited string
}

func (ShopPage) template() string { return "shop" }

// ShopLine is one contact person.
type ShopLine struct {
	ID, Name, Post string
	Other          string // value of the other post
	OtherWords     string
	Own            bool
}
