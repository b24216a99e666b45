package ical

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// asRead is an event as another program understands it.
type asRead struct {
	Method, UID, Title, Place, Status, Organiser, Address string
	Sequence                                              int
	From, Until, Written, Changed                         string // RFC 3339; Changed may be empty
}

// reader reads calendars, one JSON string a line, and says what each holds.
const reader = `
import json, sys, icalendar
text = lambda e, key: str(e.get(key, ""))
when = lambda e, key: e[key].dt.isoformat().replace("+00:00", "Z") if key in e else ""
for line in sys.stdin:
    c = icalendar.Calendar.from_ical(json.loads(line).encode())
    events = c.walk("VEVENT")
    assert len(events) == 1 and not c.errors and not events[0].errors, (c.errors, events)
    e = events[0]
    print(json.dumps({"Method": text(c, "METHOD"), "UID": text(e, "UID"), "Title": text(e, "SUMMARY"), "Place": text(e, "LOCATION"), "Status": text(e, "STATUS"),
        "Organiser": e["ORGANIZER"].params["CN"], "Address": text(e, "ORGANIZER"), "Sequence": e["SEQUENCE"],
        "From": when(e, "DTSTART"), "Until": when(e, "DTEND"), "Written": when(e, "DTSTAMP"), "Changed": when(e, "LAST-MODIFIED")}), flush=True)
`

// read gives events to Python's icalendar and takes back what it understood.
func read(t *testing.T, events []Event) []asRead {
	t.Helper()
	const python = "/usr/bin/python3" // Debian's own: the library is a package of it
	if err := exec.Command(python, "-c", "import icalendar").Run(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("python3-icalendar is missing")
		}
		t.Skip("python3-icalendar is missing (apt-get install python3-icalendar)")
	}
	var in, out, said bytes.Buffer
	for _, e := range events {
		if err := json.NewEncoder(&in).Encode(e.String()); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(python, "-c", reader)
	c.Stdin, c.Stdout, c.Stderr = &in, &out, &said
	if err := c.Run(); err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	var list []asRead
	for d := json.NewDecoder(&out); d.More(); {
		var e asRead
		if err := d.Decode(&e); err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	if len(list) != len(events) {
		t.Fatalf("%d of %d events", len(list), len(events))
	}
	return list
}

// written is what another program must understand. Control characters are left out, and a name holds no quotation mark.
func written(e Event) asRead {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < ' ' && r != '\n' || r == 0x7f {
				return -1
			}
			return r
		}, strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "")))
	}
	out := asRead{Method: e.Method(), UID: plain(e.UID), Title: plain(e.Title), Place: plain(e.Place), Status: "CONFIRMED", Address: nobody, Sequence: e.Sequence,
		Organiser: strings.ReplaceAll(strings.ReplaceAll(plain(e.Organiser), "\n", ""), `"`, "'"), From: at(e.From), Until: at(e.Until), Written: at(e.Written), Changed: at(e.Changed)}
	if e.Cancelled {
		out.Status = "CANCELLED"
	}
	return out
}

// Another program reads what we write as we meant it: texts of every kind, moments, and what became of the event.
func TestAnotherProgramReadsIt(t *testing.T) {
	at := time.Date(2026, 3, 29, 0, 30, 0, 0, time.UTC) // in the hour that summer time leaves out
	events := []Event{
		{UID: "1@example.org", Written: at, From: at, Until: at.Add(2 * time.Hour), Title: "Jaarvergadering; alle leden, welkom", Place: `Zaal \ 1` + "\nKerkstraat 3", Organiser: `BIN "Kerkveld": nr. 1; zone, A`},
		{UID: "1@example.org", Written: at, From: at.Add(time.Hour), Until: at.Add(3 * time.Hour), Title: strings.Repeat("é€😀", 60), Organiser: strings.Repeat("Vlierbeek ", 20), Sequence: 3, Changed: at, Cancelled: true},
		{UID: "2@example.org", Written: at, From: at, Until: at, Organiser: "x", Title: `schuin \ streepje`},
	}
	// No backslash: this reader takes texts apart in several passes, and finds a second escape behind an escaped backslash. TestNoTextLeavesItsLine has them.
	texts := rapid.StringOf(rapid.SampledFrom([]rune("ab ,;:\"'\n\té€😀\u2028=^%\x7f")))
	for i := range 100 {
		text := func(seed int) string { return texts.Example(i*10 + seed) }
		events = append(events, Event{UID: "3@example.org", Written: at, From: at, Until: at, Title: text(1), Place: text(2), Organiser: "x" + text(3), Sequence: i})
	}
	for i, got := range read(t, events) {
		if d := cmp.Diff(written(events[i]), got); d != "" {
			t.Errorf("%q is read otherwise (-ours +theirs):\n%s", events[i].String(), d)
		}
	}
}
