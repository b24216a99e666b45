package web

// BulletinList is what can wait: what waits for the person, and what went before.
type BulletinList struct {
	New, Lead string
	Groups    []BulletinGroup
}

func (BulletinList) template() string { return "bulletins" }

// BulletinGroup is one part of the list.
type BulletinGroup struct {
	Title string
	Lines []BulletinLine
}

// BulletinLine is one bulletin of the list.
type BulletinLine struct {
	Title, Href, From, When string
	Where                   []BulletinAt
}

// BulletinAt is where a bulletin stands before one network.
type BulletinAt struct{ Network, State, Icon string }

// BulletinText is a bulletin in one language.
type BulletinText struct {
	Lang, Language, Title string // Language: its own name; "" when there is one only
	Paragraphs, Advice    []string
}

// BulletinFound is one thing that the linter found.
type BulletinFound struct{ Level, Words string }

// BulletinWrite is where a bulletin is written and assessed.
type BulletinWrite struct {
	Action, Back, Speaks string
	Issuer               *Field
	Topics               []Option
	Networks             []Option
	Only                 string // the one network that the person may write for; "": there are several
	Texts                []BulletinFields
	Day, Hour            Field
	Checked              bool
	Found                []BulletinFound
	Refused, Warned      bool
	Unwise               Field
	Preview              []BulletinText
	From                 string
	Next                 string // what offering does
	Draft                bool
}

func (BulletinWrite) template() string { return "bulletin-write" }

// BulletinFields are the fields of one language.
type BulletinFields struct {
	Language            string // "": there is one only
	Title, Text, Advice Field
}

// BulletinPage is one bulletin at the desk.
type BulletinPage struct {
	Title, From string
	Facts       []Fact
	Texts       []BulletinText
	Before      []BulletinBefore
	Write       string // a draft of the own is written on there
	All         *BulletinAct
}

func (BulletinPage) template() string { return "bulletin" }

// BulletinBefore is a bulletin before one network.
type BulletinBefore struct {
	Name, ID, State, Icon string
	Who                   string // by whom it was decided, and when; or whose turn it is
	Word, Reason          string
	Numbers               []Fact // of the message to the members
	Relay                 *BulletinAct
	NotNow                *BulletinAct
	Withdraw              *BulletinAct
}

// BulletinAct is something that somebody may do with a bulletin: a form.
type BulletinAct struct {
	Action, Do, Network, Words, Means string
	Field                             Field
	Found                             []BulletinFound
	Unwise                            *Field // asked when the linter warned
	Open                              bool
}

// Relay is an offer behind the link of a mail, on a telephone in the kitchen.
type Relay struct {
	From, Lead, Title string
	Texts             []BulletinText
	Until             string
	Act               *BulletinAct // nil: it is decided
	Others            []Link
	Said              string
	Who               string
	Word              string
}

func (Relay) template() string { return "relay" }
