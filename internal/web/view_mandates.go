package web

// Mandates lists who holds which role, by network.
type Mandates struct {
	Groups []MandateGroup
	Past   []MandateLine
	Away   []AwayForm
}

func (Mandates) template() string { return "mandates" }

// MandateGroup is the whole zone, or one network.
type MandateGroup struct {
	Name  string // empty: the whole zone
	Lines []MandateLine
	New   []Link // roles that the person may give
}

// MandateLine is one mandate.
type MandateLine struct {
	Role, Name, Since string
	Where             string // of those that are over
	Note              string // when a meeting confirmed it, or why it ended; may be empty
	Open              string // what is lacking; may be empty
	Href              string // empty: the person can do nothing about it
}

func (l MandateLine) in(where string) MandateLine {
	l.Where = where
	return l
}

func (m *Mandates) add(where string, l MandateLine) {
	for i := range m.Groups {
		if m.Groups[i].Name == where {
			m.Groups[i].Lines = append(m.Groups[i].Lines, l)
			return
		}
	}
	m.Groups = append(m.Groups, MandateGroup{Name: where, Lines: []MandateLine{l}})
}

// AwayForm is where a coordinator hands over while away.
type AwayForm struct {
	Network, Name string
	Now           string // away now, until when; empty: there
	Until         Field
}

// MandateNew gives a mandate: the person, on what ground, from when.
type MandateNew struct {
	Role, Network                       string // as they are posted
	Words, Where                        string
	Citizen                             bool // a member of the network, looked for by name
	Asked                               bool // a search was made
	Part, Ground, From, Until, Screened Field
	Mailbox                             Field // of somebody of another zone
	People                              []Option
}

func (MandateNew) template() string { return "mandate-new" }

// MandateOne is one mandate, to be confirmed or ended.
type MandateOne struct {
	MandateLine
	Action             string
	Ends, Own, Confirm bool
	Ground             Field
	Day, Meeting       Field
	Facts              []Fact
}

func (MandateOne) template() string { return "mandate" }

// Looked lists who looked at members' data. It holds no name.
type Looked struct{ Lines []LookLine }

func (Looked) template() string { return "looked" }

// LookLine is one look.
type LookLine struct {
	When, Who, Where, Why, Members string
	Own                            bool
}
