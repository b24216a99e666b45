package web

// SignIn asks for a mailbox and sends a link.
type SignIn struct {
	Action string
	Email  Field
	Sent   string // the mailbox a link went to; empty shows the form
	Lasts  string // how long the link works: "15 minuten"
	Enter  string // set when the link was opened: the button that signs in posts here
	Name   string // who is about to sign in
}

func (SignIn) template() string { return "sign-in" }

// Start is the first page of a role: what waits for this person.
type Start struct {
	Greeting string
	Words    string
	Cards    []Card
}

func (Start) template() string { return "start" }

// Card is one thing that waits. Only one card of a page is First.
type Card struct {
	Count             int // 0 shows no figure
	Title, Text       string
	Action, Href, Key string // Key: a function key that opens it, such as "F2"; may be empty
	First             bool
}

// Heard is the page behind the short link of an alert: one message, one button.
type Heard struct {
	Source   string // "Politiezone Kerkveld"
	When     string
	Text     string
	Action   string
	Said     string // when it was confirmed, in words; empty shows the button
	Line     string // emergency line as written: "112"
	LineCall string // as dialled: "tel:112"
	Over     bool   // expired or stopped: only the message stays
	Exercise bool
}

func (Heard) template() string { return "heard" }

// Confirm asks a second person, on the own phone, to confirm exactly this text, area and count.
type Confirm struct {
	Action   string
	Asker    string // "Ann Peeters, dispatcher"
	Why      string // why a second person is asked
	Text     string
	Area     string // in words
	Members  int
	Left     string // time left, in words
	Map      Map
	Done     string // a sentence when it was answered; empty shows the buttons
	Language string // of the text
}

func (Confirm) template() string { return "confirm" }

// Failure is the page for what went wrong: what happened, what it means, what to do.
type Failure struct {
	Happened, Means, Next string
	Href, Words           string // where to go on
}

func (Failure) template() string { return "failure" }

// HandOver gives this PC to the next person: the present one is signed out, unsent text stays in the browser tab for who signs in.
type HandOver struct {
	Action string
	People []Option // who may take over here
	Email  Field    // somebody else
}

func (HandOver) template() string { return "hand-over" }
