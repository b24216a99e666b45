package gsm

import "unicode/utf16"

// Analysis says what a text costs and why.
type Analysis struct {
	Encoding  Encoding   `json:"encoding"`
	Parts     int        `json:"parts"`     // at least 1
	Units     int        `json:"units"`     // septets or UCS-2 units of the whole text, without headers
	Left      int        `json:"left"`      // units free in the last part
	Offending []Offender `json:"offending"` // the characters that forbid GSM-7, in order; empty for GSM-7
}

// Offender is a character outside GSM-7.
type Offender struct {
	Rune     string `json:"rune"`
	Position int    `json:"position"` // in characters (runes) from the start of the text, from 0
}

// Analyse counts text as Split would cut it.
func Analyse(text string) Analysis {
	a := Analysis{Offending: offending(text)}
	if len(a.Offending) > 0 {
		a.Encoding = UCS2
	}
	part := 0 // units in the open part, if there is more than one
	a.Parts = 1
	for _, r := range text {
		n := a.Encoding.units(r)
		a.Units += n
		if part+n > a.Encoding.Joined() {
			a.Parts++
			part = 0
		}
		part += n
	}
	if a.Units <= a.Encoding.Single() {
		a.Parts, a.Left = 1, a.Encoding.Single()-a.Units
		return a
	}
	a.Left = a.Encoding.Joined() - part
	return a
}

func offending(text string) []Offender {
	found := []Offender{}
	position := 0
	for _, r := range text {
		if !Fits(r) {
			found = append(found, Offender{Rune: string(r), Position: position})
		}
		position++
	}
	return found
}

// units is how many units r takes in this encoding.
func (e Encoding) units(r rune) int {
	if e == UCS2 {
		return utf16.RuneLen(r)
	}
	if septets(r) > 0xFF {
		return 2
	}
	return 1
}
