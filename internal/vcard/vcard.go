// Package vcard writes the visiting card of a number that people save in their telephone: vCard 4.0 (RFC 6350).
//
// It reads none, and knows only what such a card holds: a name, numbers and a note.
//
// Always true: no text can end its own line or begin another; no line is longer than 75 octets (section 3.2).
package vcard

import (
	"strings"
	"unicode/utf8"
)

// Card is an organisation and its numbers. It is kept short, because a code on paper holds it whole.
type Card struct {
	Name   string // as the telephone shows it when it rings
	Phones []Phone
	Note   string // empty: none
}

// Phone is one number.
type Phone struct {
	Number       string // E.164 with "+", or a short code
	Calls, Texts bool   // what comes from it
}

// String writes the card. The first number is the preferred one.
func (c Card) String() string {
	var b strings.Builder
	line(&b, "BEGIN:VCARD")
	line(&b, "VERSION:4.0")
	line(&b, "KIND:org")
	line(&b, "FN:"+escape(c.Name))
	for i, p := range c.Phones {
		line(&b, "TEL;"+types(p)+preferred(i)+":"+digits(p.Number))
	}
	if c.Note != "" {
		line(&b, "NOTE:"+escape(c.Note))
	}
	line(&b, "END:VCARD")
	return b.String()
}

// types says what comes from a number (section 6.4.1). The value stays a text, which is the default: many telephones keep the "tel:" of the
// address that the section would rather see.
func types(p Phone) string {
	switch {
	case p.Calls && p.Texts:
		return "TYPE=voice,text"
	case p.Texts:
		return "TYPE=text"
	}
	return "TYPE=voice"
}

func preferred(i int) string {
	if i == 0 {
		return ";PREF=1"
	}
	return ""
}

// digits leaves of a number what can be dialled.
func digits(number string) string {
	return strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
}

// escape writes a text value (section 3.4). Control characters, which no value may hold (section 3.3, VALUE-CHAR), are left out.
func escape(s string) string {
	s = strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`).Replace(strings.ToValidUTF8(s, ""))
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// longest is how many octets a line has at most, without its end (section 3.2).
const longest = 75

// line writes a content line, folded between characters; what continues begins with a space, which counts.
func line(b *strings.Builder, s string) {
	room := longest
	for len(s) > room {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		b.WriteString(s[:cut] + "\r\n ")
		s, room = s[cut:], longest-1
	}
	b.WriteString(s + "\r\n")
}
