// Package ical writes one event as a calendar reads it: iCalendar (RFC 5545).
//
// It reads none, and knows no time zones: instants are written in UTC.
//
// Always true: no text can end its own line or begin another; no line is longer than 75 octets (section 3.1).
package ical

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Event is one thing that happens.
type Event struct {
	UID                     string // the same for the same event, for ever (section 3.8.4.7)
	Written                 time.Time
	From, Until             time.Time
	Title, Place, Organiser string    // Organiser is a name
	Sequence                int       // how often it was changed since it was first told: a calendar takes the highest (section 3.8.7.4)
	Changed                 time.Time // when it was changed last; zero: not written
	Cancelled               bool
}

// Method says what the file is to a calendar (RFC 5546 section 1.4). An event is published, not requested: nobody's program is asked to answer by mail.
func (e Event) Method() string {
	if e.Cancelled {
		return "CANCEL"
	}
	return "PUBLISH"
}

const stamp = "20060102T150405Z"

// String writes the event in a calendar of its own.
func (e Event) String() string {
	var b strings.Builder
	status := "CONFIRMED"
	if e.Cancelled {
		status = "CANCELLED"
	}
	for _, text := range []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Buurtbel//Buurtbel//NL", "METHOD:" + e.Method(), "BEGIN:VEVENT",
		"UID:" + escape(e.UID), "DTSTAMP:" + e.Written.UTC().Format(stamp), "DTSTART:" + e.From.UTC().Format(stamp), "DTEND:" + e.Until.UTC().Format(stamp),
		"SUMMARY:" + escape(e.Title), "LOCATION:" + escape(e.Place), "DESCRIPTION:" + escape(e.Organiser), "STATUS:" + status,
		"SEQUENCE:" + strconv.Itoa(e.Sequence), "ORGANIZER;CN=" + quoted(e.Organiser) + ":" + nobody} {
		line(&b, text)
	}
	if !e.Changed.IsZero() {
		line(&b, "LAST-MODIFIED:"+e.Changed.UTC().Format(stamp))
	}
	line(&b, "END:VEVENT")
	line(&b, "END:VCALENDAR")
	return b.String()
}

// nobody stands where a published event must name an organiser (RFC 5546 section 3.2.1) who takes no answers by mail: harvesters get no mailbox, and no
// program writes to one.
const nobody = "invalid:nomail"

// quoted writes the value of a parameter (section 3.2): it may hold no quotation mark, however it is written, and no control character.
func quoted(s string) string {
	return `"` + strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r < ' ' || r == 0x7f:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")) + `"`
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
