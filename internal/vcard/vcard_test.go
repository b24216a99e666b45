package vcard

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCard(t *testing.T) {
	got := Card{Name: "Politiezone Vlierbeek", Note: "Hier neemt niemand op; dringend, dan belt u 112.",
		Phones: []Phone{{Number: "+3220000111", Calls: true, Texts: true}, {Number: "8850", Texts: true}, {Number: "+3220000222", Calls: true}}}.String()
	want := strings.ReplaceAll(`BEGIN:VCARD
VERSION:4.0
KIND:org
FN:Politiezone Vlierbeek
TEL;TYPE=voice,text;PREF=1:+3220000111
TEL;TYPE=text:8850
TEL;TYPE=voice:+3220000222
NOTE:Hier neemt niemand op\; dringend\, dan belt u 112.
END:VCARD
`, "\n", "\r\n")
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// read is what another program finds in a card: unfolded lines by name (RFC 6350, sections 3.2 to 3.4), values unescaped.
func read(t interface{ Fatalf(string, ...any) }, card string) map[string][]string {
	if !strings.HasSuffix(card, "\r\n") || !utf8.ValidString(card) {
		t.Fatalf("not a card: %q", card)
	}
	for _, l := range strings.Split(strings.TrimSuffix(card, "\r\n"), "\r\n") {
		if len(l) > 75 || strings.ContainsAny(l, "\r\n") || !utf8.ValidString(l) {
			t.Fatalf("a line of %d octets: %q", len(l), l)
		}
	}
	out := map[string][]string{}
	for _, l := range strings.Split(strings.TrimSuffix(strings.ReplaceAll(card, "\r\n ", ""), "\r\n"), "\r\n") {
		name, value, found := strings.Cut(l, ":")
		if !found {
			t.Fatalf("no value in %q", l)
		}
		var plain strings.Builder
		for i := 0; i < len(value); i++ {
			if value[i] == '\\' && i+1 < len(value) {
				if i++; value[i] == 'n' {
					plain.WriteByte('\n')
					continue
				}
			}
			plain.WriteByte(value[i])
		}
		out[name] = append(out[name], plain.String())
	}
	return out
}

// TestWhatIsWrittenIsRead: whatever a zone is called, its card says it and nothing else.
func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-zé€𝄞 ,;:\\"\n]|END:VCARD|TEL:1){1,60}`)
		c := Card{Name: text.Draw(t, "name"), Note: text.Draw(t, "note"), Phones: []Phone{{Number: "+3220000111", Calls: true}, {Number: "88\r\n50", Texts: true}}}
		got := read(t, c.String())
		want := map[string][]string{"BEGIN": {"VCARD"}, "VERSION": {"4.0"}, "KIND": {"org"}, "FN": {c.Name}, "NOTE": {c.Note},
			"TEL;TYPE=voice;PREF=1": {"+3220000111"}, "TEL;TYPE=text": {"8850"}, "END": {"VCARD"}}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}
