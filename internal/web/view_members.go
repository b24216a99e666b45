package web

import "html/template"

// MemberNetworks lists the networks whose members a person may see.
type MemberNetworks struct{ Networks []Link }

func (MemberNetworks) template() string { return "member-networks" }

// MemberList is a page of a network's list.
type MemberList struct {
	Network, Total string
	Action         string // of the list, and the beginning of every address under it
	Asks           bool   // an official has not said why yet: nothing is opened
	Reason         Field  // of an official; kept for the next page
	Query          Field
	Filters        MemberFilter
	Narrowed       bool // by something else than the search
	Count          string
	Lines          []MemberLine
	Official       bool   // each name is opened by a button that posts the reason
	Hidden         []Fact // what is posted along: the filter as it is now
	Earlier, Later string // pages, as values of a button; empty: none
	PageWords      string
	Undo           []UndoLine
	Import         string // where a list is taken over; empty: not by this person
}

func (MemberList) template() string { return "members" }

// MemberFilter is what can be chosen of a list.
type MemberFilter struct {
	State, Lacks, Sort, Street []Option
	Away, Silent               bool
}

// MemberLine is one member on the list.
type MemberLine struct {
	ID, Name, Home, Reached, Href string
	Notes                         []string // left, suspended, absent, no alerts
}

// UndoLine is a change that can be taken back.
type UndoLine struct{ ID, Words string }

// MemberPage is one member.
type MemberPage struct {
	Network, Back, Action, Batch string
	ID, Name                     string
	Asks                         bool
	Reason                       Field
	Facts                        []Fact
	Contacts                     []MemberContact
	Here                         bool // takes part
	AwayNow                      string
	Until                        Field
	Role                         string // whose role keeps the member from leaving here; empty: none
}

func (MemberPage) template() string { return "member" }

// MemberContact is one contact point.
type MemberContact struct {
	ID, Kind, Address, State string
	Call                     template.URL
	Stop, Start              bool
}

// MemberBatch is what a change of several members would do.
type MemberBatch struct {
	Network, Action, Back string
	Words                 string
	Notes                 []string
	Undo                  string
	Hidden                []Fact
	Do                    string // words on the button; empty: nobody would be changed
}

func (MemberBatch) template() string { return "member-batch" }

// MemberPrint is a list on paper.
type MemberPrint struct {
	Network, Printed, Back string
	Lines                  []MemberPrintLine
}

func (MemberPrint) template() string { return "member-print" }

// MemberPrintLine is one member on paper.
type MemberPrintLine struct{ Name, Home, Numbers, Mails, Note string }
