// Package wording reads an alert's text before it goes out and says what may not be in it, what is unwise, and which of the five elements
// of a warning it has (source, hazard, location, guidance, time).
//
// It refuses only what a machine can know: number plates, telephone and national numbers, mailboxes, the call to follow, stop or
// patrol (law on private militias), why a missing person is vulnerable, and slots left open. A name or an origin is a warning that asks a reason,
// because streets, districts and shops bear the names of people; those that the caller passes as Places are never reported.
//
// It does not change the text, send anything, or look anything up. It is always true that the spans of findings are byte offsets into the
// text that was passed, on rune boundaries, in order, and that any text gives an answer in time proportional to its length.
package wording

import (
	"cmp"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Level says what a finding asks of the dispatcher.
type Level string

// The levels, the heaviest first.
const (
	Refuse Level = "refuse" // unlawful: the text cannot go out like this
	Warn   Level = "warn"   // unwise: goes out only with a written reason
	Note   Level = "note"   // could be better: nothing is asked
)

// Code names what was found. The list is closed: it is also the last part of the sentence's key.
type Code string

// The codes.
const (
	Plate      Code = "plate"        // refuse: a number plate
	Phone      Code = "phone"        // refuse: a telephone number that is no emergency line of the zone
	National   Code = "national"     // refuse: a national register number
	Mailbox    Code = "mailbox"      // refuse: an e-mail address
	Follow     Code = "follow"       // refuse: follow, stop, patrol
	Vulnerable Code = "vulnerable"   // refuse in a missing-person text, else warn: an illness or condition
	OpenSlot   Code = "slot"         // refuse: {place} was not filled in
	Name       Code = "name"         // warn: name of a person
	Origin     Code = "origin"       // warn: description by origin, skin, nationality or religion
	Politics   Code = "politics"     // warn: party politics
	Suspect    Code = "suspect"      // warn: "dader" and the like; Args "Instead"
	Promise    Code = "promise"      // warn: "anoniem", "zonder risico"
	Link       Code = "link"         // warn: a web address
	OtherLine  Code = "other-line"   // warn: a short telephone line that is not the zone's
	Short      Code = "abbreviation" // warn: an abbreviation; Args "Instead", "" when unknown
	Jargon     Code = "jargon"       // warn: a word of the trade; Args "Instead"
	Loud       Code = "loud"         // note: exclamation marks, a sentence in capitals
)

// Finding is one thing in the text.
type Finding struct {
	Level      Level
	Code       Code
	Start, End int           // byte offsets into the text
	Key        string        // sentence in the catalogue, "wording." + code
	Args       buurtbel.Args // always "Words": what was found; may hold "Instead"
}

// Permission is what the launching officer recorded for a missing person: the text may then hold these, and nothing else of the kind.
type Permission struct {
	By         string    // who permitted it
	Until      time.Time // the permission ends; the caller passes no Permission after that
	FirstNames []string  // of the missing person
	Plates     []string  // of the missing person's own vehicle, written in any way
}

// Context is what the zone knows about the text.
type Context struct {
	Places  *Places     // the zone's own streets, districts and shops; nil when none are known
	Lines   []string    // the zone's emergency lines as people dial them, such as "101" and "0900-8844"
	Sources []string    // names under which the zone sends, such as "Politiezone Vlierbeek"
	Missing *Permission // of a missing person; nil for every other text
}

// Check gives what is wrong with the text, ordered by place in the text, the heaviest first at the same place.
// Refusals are found in all four languages whatever lang is, because a text may quote; the rest in lang.
func Check(text string, lang buurtbel.Language, ctx Context) []Finding {
	d := read(text, ctx)
	for _, look := range []func(*document, buurtbel.Language, Context){
		mailboxes, links, nationals, plates, phones, slots, following, conditions,
		people, origins, politics, words, loud,
	} {
		look(d, lang, ctx)
	}
	slices.SortStableFunc(d.found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(rank[a.Level], rank[b.Level]), cmp.Compare(a.End, b.End))
	})
	return d.found
}

var rank = map[Level]int{Refuse: 0, Warn: 1, Note: 2}
