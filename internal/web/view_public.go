package web

import "html/template"

// Phone is a number that a telephone dials when it is tapped.
type Phone struct {
	Use, Number string
	Call        template.URL // tel: and digits
}

// PublicHome is the first page for who is not signed in: a question and an answer.
type PublicHome struct {
	Where  string // the police zone, when there is one only
	Ask    Ask
	Active int
	Lines  []Phone
}

func (PublicHome) template() string { return "public-home" }

// Ask is the question whether a home lies in a zone.
type Ask struct {
	Action  string
	Address Field
	Kinds   []Option
	Search  string // where a script completes what is typed
}

// PublicText is a page of sentences: what a network is, what to do when called.
type PublicText struct {
	Title, Lead string
	Parts       []TextPart
	Lines       []Phone
	Next        []Link
}

func (PublicText) template() string { return "public-text" }

// TextPart is a heading with sentences or points beneath it.
type TextPart struct {
	Heading string
	Words   []string
	Points  []string
}

// Networks is the overview of the active networks.
type Networks struct {
	Drawing Drawing
	List    []ListedNetwork
}

func (Networks) template() string { return "public-networks" }

// ListedNetwork is one network of the overview.
type ListedNetwork struct{ Name, Kind, Zone, Href string }

// Drawing is a map that the server drew; the list beside it says the same.
type Drawing struct {
	Title         string
	Width, Height int
	Streets       []string // paths of the quiet base map
	Shapes        []Shaped
	Marks         []DrawnMark
}

// Shaped is one area.
type Shaped struct {
	Path   string
	Class  string // "zone", or "zone chosen"
	Name   string // written in it; "" where there is no room for names
	X, Y   float64
	Anchor string
}

// DrawnMark is a place with a number.
type DrawnMark struct {
	X, Y, R float64
	Count   int
}

// NetworkPage is what the public may know of one network.
type NetworkPage struct {
	Name, Lead string
	Facts      []Fact
	Drawing    Drawing
	Write      string // where somebody writes to the coordinator
	Laws       []Law
	Plan       []PlanGroup
	Night      string // when alerts count as launched by night
	Charter    []string
	Rules      RulesText // the internal rules in force
	RulesName  string
	RulesAt    string // where every version stands
}

func (NetworkPage) template() string { return "public-network" }

// Law is a text that binds the network, with where it stands.
type Law struct{ Name, Source string }

// PlanGroup is the rows of the communication plan of one urgency, in words.
type PlanGroup struct {
	Heading, Words string
	Rows           []PlanWords
}

// PlanWords is one row of the plan.
type PlanWords struct{ Fact, Day, Night string }

// AddressPage is the zone check: the question, and one of three answers.
type AddressPage struct {
	Ask     Ask
	Asked   string // the address that was found; "" before
	Choices []Choice
	Nothing bool   // no address fits
	Outcome string // "inside", "none", "refer"; "" before
	Says    []string
	Network ListedNetwork
	Write   string
	Join    []Kept // of the form that goes on to joining, with the address: it stands in no address bar
	Wish    *WishForm
	Lines   []Phone
}

func (AddressPage) template() string { return "public-address" }

// Choice is an address that may have been meant; it is posted, so that no home stands in an address bar.
type Choice struct{ Line, Note string }

// WishForm leaves interest.
type WishForm struct {
	Action, Street, StreetName, Kind string
	Mailbox                          Field
}

// Write is a form to somebody whose address stays hidden.
type Write struct {
	Title, Lead  string
	Action       string
	Zones        []Option // to choose from, when there are several
	Name         Field
	Mailbox      Field
	Text         Field
	Lines        []Phone
	Who, Privacy string
}

func (Write) template() string { return "public-write" }

// Thanks says what became of what was sent.
type Thanks struct {
	Title string
	Says  []string
	Lines []Phone
	Next  Link
}

func (Thanks) template() string { return "public-thanks" }

// WishPage stands behind the link of a wish.
type WishPage struct {
	Title, Action string
	Says          []string
	Prove, Drop   bool
}

func (WishPage) template() string { return "public-wish" }

// Tips is the library of prevention tips.
type Tips struct{ List []Tip }

func (Tips) template() string { return "public-tips" }

// Tip is one page of it.
type Tip struct {
	Href, Title, Lead string
	Points            []string
	Others            []Link
}

func (Tip) template() string { return "public-tip" }

// Wants is where people would like a network, for the police.
type Wants struct {
	Drawing Drawing
	List    []WantLine
	Rest    string // a sentence about those that are too few to be shown; may be empty
}

func (Wants) template() string { return "wants" }

// WantLine is a street, or a place whose streets have too few each.
type WantLine struct {
	Street, Place, Kind string
	Count               int
}

// Remarks is what people think can be better on the pages.
type Remarks struct{ List []RemarkLine }

func (Remarks) template() string { return "remarks" }

// RemarkLine is one remark.
type RemarkLine struct {
	Page, Text, When string
	Done             bool
	Action           string
}

// Foot is what stands under every public page.
type Foot struct {
	Page    string // path of the page that a remark is about
	Contact string
	Code    string
}
