package sms_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/gsm"
)

func TestRender(t *testing.T) {
	mark := channel.LinkMark
	tests := []struct {
		name, text, link string
		links            bool
		want             string
	}{
		{"no mark", "Bel 101.", "", true, "Bel 101."},
		{"no mark, a link", "Bel 101.", "https://bin.example.org/x", true, "Bel 101."},
		{"link", "Bel 101. Gezien? " + mark, "https://bin.example.org/x", true, "Bel 101. Gezien? https://bin.example.org/x"},
		{"link in the middle", "Gezien? " + mark + " Dank u.", "https://bin.example.org/x", true, "Gezien? https://bin.example.org/x Dank u."},
		{"no link", "Bel 101. " + mark, "", true, "Bel 101."},
		{"links not allowed", "Bel 101.\n" + mark, "https://bin.example.org/x", false, "Bel 101."},
		{"two marks", mark + " of " + mark, "L", true, "L of L"},
	}
	for _, test := range tests {
		cfg := sms.Config{Links: test.links}
		m := &channel.Message{Link: test.link, Content: &channel.Content{Text: test.text}}
		if got := cfg.Render(m); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestConfigCheck(t *testing.T) {
	tests := []struct {
		name string
		cfg  sms.Config
		want string // "" when it is good
	}{
		{"number", sms.Config{Name: "a", Sender: "+32455010000", CanBeAnswered: true}, ""},
		{"short code", sms.Config{Name: "a", Sender: "8850", CanBeAnswered: true}, ""},
		{"name", sms.Config{Name: "a", Sender: "Vlierbeek"}, ""},
		{"name that is answered", sms.Config{Name: "a", Sender: "Vlierbeek", CanBeAnswered: true}, "can_be_answered"},
		{"name too long", sms.Config{Name: "a", Sender: "PolitieVlierbeek"}, "sender"},
		{"no sender", sms.Config{Name: "a"}, "sender"},
		{"no name", sms.Config{Sender: "8850"}, "name"},
		{"negative price", sms.Config{Name: "a", Sender: "8850", PricePerPart: -1}, "price"},
		{"parts", sms.Config{Name: "a", Sender: "8850", MaxParts: 300}, "max_parts"},
	}
	for _, test := range tests {
		test.cfg.Fill()
		err := test.cfg.Check()
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestInspectText(t *testing.T) {
	got := sms.InspectText("België")
	want := sms.TextInspection{
		Analysis: gsm.Analysis{Encoding: gsm.UCS2, Parts: 1, Units: 6, Left: 64, Offending: []gsm.Offender{{Rune: "ë", Position: 5}}},
		Texts:    []string{"België"},
		Spelling: &sms.SpellingOffer{
			Text: "Belgie", Replacements: []gsm.Replacement{{Position: 5, From: "ë", To: "e"}},
			Analysis: gsm.Analysis{Encoding: gsm.GSM7, Parts: 1, Units: 6, Left: 154, Offending: []gsm.Offender{}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	written, err := json.Marshal(got)
	if err != nil || !strings.Contains(string(written), `"encoding":"ucs-2","parts":1,"units":6,"left":64`) {
		t.Errorf("%s %v", written, err)
	}
}
