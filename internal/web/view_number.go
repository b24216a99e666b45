package web

import "html/template"

// Zones are the police zones of this installation, for who wants to save a number.
type Zones struct{ Lines []Link }

func (Zones) template() string { return "number-zones" }

// Number is the public page with the numbers that messages of a zone come from: to save before the first one comes.
type Number struct {
	Zone       string
	Known, Own []NumberLine // what members know; what a carrier shows when no other can take a message
	Back       string       // what happens to who calls back
	Urgent     string       // whom to call in danger
	Line       string       // the same number, as it is dialled
	Card       string       // address of the visiting card; "" when there is no number to keep
	Sheet      string       // address of the page to print
	Code       template.HTML
	Print      bool   // this is the page to print
	Check      string // address of the page that says whether a message is real
	Date       string // of the print
}

func (n Number) template() string {
	if n.Print {
		return "number-sheet"
	}
	return "number"
}

// NumberLine is one number or name that telephones show.
type NumberLine struct {
	Shown string // as people write it
	Dial  string // as it is dialled; "" for a name, and for a number that only texts come from
	Write string // as one texts it, where only texts come from it; else ""
	Use   string // what comes from it, in words
}

// Carriers is the page on which the police see how the carriers are.
type Carriers struct{ Lines []CarrierLine }

func (Carriers) template() string { return "carriers" }

// CarrierLine is one carrier.
type CarrierLine struct {
	Channel, Carrier string
	State            string // in words
	Trouble          bool   // it does not work now
	Shown            string // what telephones show; "" where they show none
	Own              bool   // and members do not know it
}
