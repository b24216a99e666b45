package web

// Proof is the part of a form that asks the person to show once more who it is: one touch, or a code typed beside the button.
type Proof struct {
	Left   int    // seconds that the last proof still counts; 0: one is needed
	Until  string // the same in words
	Touch  Touch  // no path: the person has no passkey
	Others []Link // identity providers of the person
	Mail   string // where a code is asked for; empty: not offered
	Typed  bool   // a code can be typed: mailed, or from the dispatch room's envelope
	Sealed bool   // the envelope exists
	Code   Field
}

// Prove asks who it is before something that needs it, and goes on with it.
type Prove struct {
	Action string // where the form goes on: what was asked for first
	Fields []Fact // what was posted there, to be posted again
	To     string // page to go on with, when nothing was posted
	Proof  Proof
	Back   string // where one goes who does not go on
}

func (Prove) template() string { return "prove" }

// Returned brings what an identity provider sent back to us by a form of ours.
type Returned struct {
	Action, State, Code string
	Provider            string
}

func (Returned) template() string { return "returned" }

// SealedIn asks for a sealed code from the dispatch room, and who uses it.
type SealedIn struct {
	Action    string
	Code, Who Field
	Lasts     string
	Back      string
}

func (SealedIn) template() string { return "sealed" }

// Account shows a person how one signs in, and where one is signed in.
type Account struct {
	Touch     Touch // adds a passkey; no path: passkeys cannot be used here
	Name      Field
	Passkeys  []AccountLine
	Others    []AccountLine
	Mailbox   bool
	Sessions  []AccountLine
	EndOthers string // empty when there is no other
}

func (Account) template() string { return "account" }

// AccountLine is a passkey, a tie to a provider, or a session.
type AccountLine struct {
	Name  string
	Facts []Fact
	Here  bool   // this very session
	Doubt string // why it lets nobody in; empty: it does
	Act   string // where it is removed or ended; empty for this session
}

// Entries shows who may sign in, for who admits people.
type Entries struct {
	Lines  []EntryLine
	Set    []Fact // the sealed codes in force; empty: none
	Make   string // where a new set is made
	Invite bool   // invitations can be mailed
}

func (Entries) template() string { return "entries" }

// EntryLine is somebody who may sign in.
type EntryLine struct {
	Name, Roles string
	Sessions    int
	Passkeys    int
	Invite, End string
}

// SealedSheet is a new set of sealed codes as it is printed, this once.
type SealedSheet struct {
	Zone   string
	Number string
	Date   string
	Lasts  string
	Codes  []string
	Where  string // address at which they are typed
	Back   string
}

func (SealedSheet) template() string { return "sealed-sheet" }
