// Package ical writes one event as a calendar reads it: iCalendar (RFC 5545).
//
// It reads none, and knows no time zones: instants are written in UTC.
//
// Always true: no text can end its own line or begin another; no line is longer than 75 octets (section 3.1).
package ical

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Event is one thing that happens.
type Event struct {
	UID                     string // the same for the same event, for ever (section 3.8.4.7)
	Written                 time.Time
	From, Until             time.Time
	Title, Place, Organiser string // Organiser is a name
	Cancelled               bool
}

const stamp = "20060102T150405Z"

// String writes the event in a calendar of its own.
func (e Event) String() string {
	var b strings.Builder
	method, status := "PUBLISH", "CONFIRMED"
	if e.Cancelled {
		method, status = "CANCEL", "CANCELLED"
	}
	for _, text := range []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Buurtbel//Buurtbel//NL", "METHOD:" + method, "BEGIN:VEVENT",
		"UID:" + escape(e.UID), "DTSTAMP:" + e.Written.UTC().Format(stamp), "DTSTART:" + e.From.UTC().Format(stamp), "DTEND:" + e.Until.UTC().Format(stamp),
		"SUMMARY:" + escape(e.Title), "LOCATION:" + escape(e.Place), "DESCRIPTION:" + escape(e.Organiser), "STATUS:" + status, "END:VEVENT", "END:VCALENDAR"} {
		line(&b, text)
	}
	return b.String()
}

// escape writes a text value (section 3.3.11). Control characters are left out.
func escape(s string) string {
	s = strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`).Replace(strings.ToValidUTF8(s, ""))
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// line folds a line at 75 octets, between characters (section 3.1).
func line(b *strings.Builder, s string) {
	for room := 75; len(s) > room; room = 74 {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		b.WriteString(s[:cut] + "\r\n ")
		s = s[cut:]
	}
	b.WriteString(s + "\r\n")
}
