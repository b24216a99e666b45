package ical

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A text of any kind stays in its own line: unfolded and read again, each property is there once.
func TestNoTextLeavesItsLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := Event{UID: "1@example.org", Written: time.Unix(0, 0), From: time.Unix(1, 0), Until: time.Unix(2, 0), Title: rapid.String().Draw(t, "title"), Place: rapid.String().Draw(t, "place")}
		text := e.String()
		for _, l := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
			if len(l) > 75 || strings.ContainsAny(l, "\r\n") {
				t.Fatalf("a line of %d octets: %q", len(l), l)
			}
		}
		whole := strings.Split(strings.TrimSuffix(strings.ReplaceAll(text, "\r\n ", ""), "\r\n"), "\r\n")
		if len(whole) != 17 || !strings.HasPrefix(whole[9], "SUMMARY:") || !strings.HasPrefix(whole[10], "LOCATION:") {
			t.Fatalf("%d lines: %q", len(whole), whole)
		}
		if got := unescaped(strings.TrimPrefix(whole[9], "SUMMARY:")); got != written(e).Title {
			t.Fatalf("%q is read as %q", e.Title, got)
		}
	})
}

func TestEvent(t *testing.T) {
	at := time.Date(2026, 12, 3, 20, 0, 0, 0, time.FixedZone("CET", 3600))
	got := Event{UID: "42@example.org", Written: at, From: at, Until: at.Add(2 * time.Hour), Title: "Vergadering; alle leden, welkom", Place: `Zaal \ 1`}.String()
	for _, want := range []string{"DTSTART:20261203T190000Z\r\n", "DTEND:20261203T210000Z\r\n", `SUMMARY:Vergadering\; alle leden\, welkom`, `LOCATION:Zaal \\ 1`, "METHOD:PUBLISH\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
}

// unescaped reads a text value (RFC 5545 section 3.3.11) in one pass.
func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if s[i] == 'n' {
			b.WriteByte('\n')
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// A calendar that has the event takes the newer word: one UID, a higher number, and CANCEL when it does not take place.
func TestChangedAndCancelled(t *testing.T) {
	at := time.Date(2026, 12, 3, 19, 0, 0, 0, time.UTC)
	e := Event{UID: "42@example.org", Written: at, From: at, Until: at.Add(time.Hour), Title: "Vergadering", Organiser: "BIN Kerkveld", Sequence: 2, Changed: at}
	moved := e.String()
	e.Sequence, e.Cancelled = 3, true
	over := e.String()
	for text, wants := range map[string][]string{
		moved: {"UID:42@example.org\r\n", "SEQUENCE:2\r\n", "METHOD:PUBLISH\r\n", "STATUS:CONFIRMED\r\n", "LAST-MODIFIED:20261203T190000Z\r\n", "ORGANIZER;CN=\"BIN Kerkveld\":invalid:nomail\r\n"},
		over:  {"UID:42@example.org\r\n", "SEQUENCE:3\r\n", "METHOD:CANCEL\r\n", "STATUS:CANCELLED\r\n"},
	} {
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in %q", want, text)
			}
		}
	}
}
