package web

import "html/template"

// SignIn asks for a mailbox and sends a link.
type SignIn struct {
	Action string
	Email  Field
	Sent   string // the mailbox a link went to; empty shows the form
	Lasts  string // how long the link works: "15 minuten"
	Enter  string // set when the link was opened: the button that signs in posts here
	Name   string // who is about to sign in; may be empty
	PIN    Field  // for a PC that a shift shares; no name: not asked
	Shared bool   // the PC is known as shared already
	Touch  Touch  // sign in with a passkey; no path: not offered
	Others []Link // identity providers
	Sealed string // where a sealed code is typed
}

// Touch is where a script asks for a passkey and brings its answer.
type Touch struct {
	Ask, Bring string
	Next       string // page to go on with
}

func (SignIn) template() string { return "sign-in" }

// Start is the first page of a role: what waits for this person.
type Start struct {
	Greeting string
	Words    string
	Cards    []Card
}

func (Start) template() string { return "start" }

// Places lists every place that the person may go to.
type Places struct{ All []Link }

func (Places) template() string { return "places-all" }

// Card is one thing that waits. Only one card of a page is First.
type Card struct {
	Count             int // 0 shows no figure
	Title, Text       string
	Action, Href, Key string // empty when there is nothing to open. Key: a function key that opens it, such as "F2"; may be empty
	First             bool
}

// Heard is the page behind the short link of an alert: one message, one button.
type Heard struct {
	Source    string // "Politiezone Kerkveld"
	When      string // may be empty
	Text      string
	Language  string // of the text
	Action    string
	Said      string       // says when it was confirmed; empty: the button stands there
	Line      string       // emergency line as written: "112"
	LineCall  template.URL // as dialled: "tel:112"
	Over      bool         // expired or stopped: only the message stays
	Corrected bool         // a correction followed: this text no longer holds
	Device    string       // where this member gets messages on a device; empty: not offered
}

func (Heard) template() string { return "heard" }

// Confirm asks a second person, on the own phone, to confirm exactly this text, area and count.
type Confirm struct {
	Action  string
	Asker   string // "Ann Peeters, dispatcher"
	Why     string // why a second person is asked
	Said    []Said // the message, as members will read it
	Digest  string // names exactly this text, area and count; posted back
	Area    string // in words
	Members int
	Left    string // time left, in words
	Map     Map
	Done    string // a sentence when it was answered; empty shows the buttons
}

// Said is a text in one language.
type Said struct{ Language, Text string }

func (Confirm) template() string { return "confirm" }

// Failure is the page for what went wrong: what happened, what it means, what to do.
type Failure struct {
	Happened, Means, Next string
	Href, Words           string // where to go on
}

func (Failure) template() string { return "failure" }

// HandOver gives this PC to the next person: the present one is
// signed out, unsent text stays in the browser tab for who takes over.
type HandOver struct {
	Action string
	Back   string   // path to go on with
	People []Option // who may take over here with a PIN
	PIN    Field
	Other  string // where somebody else signs in
	Leave  bool   // somebody is signed in: the PC can be given free without knowing who comes
}

func (HandOver) template() string { return "hand-over" }
