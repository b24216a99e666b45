package replytext

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
)

// reply is one mail of testdata, with what its member wrote.
type reply struct {
	Name, Form, Text, Own string
	Secrets               []string // of the signature: none may stay
}

var forms = map[string]Form{"plain": Plain, "flowed": Flowed, "html": HTML}

func readReplies(t testing.TB, half string) []reply {
	t.Helper()
	var all []reply
	for _, lang := range []string{"nl", "fr", "de", "en"} {
		var file struct{ Reply []reply }
		if _, err := toml.DecodeFile(filepath.Join("testdata", "replies", lang+"-"+half+".toml"), &file); err != nil {
			t.Fatal(err)
		}
		all = append(all, file.Reply...)
	}
	return all
}

// scoreReplies counts the replies whose own words come out exactly, and the secrets that stay.
func scoreReplies(t *testing.T, half string, say bool) (exact, all, survived int) {
	t.Helper()
	for _, r := range readReplies(t, half) {
		all++
		own := Cut(r.Text, forms[r.Form]).Own
		if own == r.Own {
			exact++
		} else if say {
			t.Logf("%s: (-want +got)\n%s", r.Name, cmp.Diff(strings.Split(r.Own, "\n"), strings.Split(own, "\n")))
		}
		for _, s := range r.Secrets {
			if strings.Contains(own, s) {
				survived++
				if say {
					t.Logf("%s: %q stays", r.Name, s)
				}
			}
		}
	}
	return exact, all, survived
}

func TestReplies(t *testing.T) {
	exact, all, survived := scoreReplies(t, "tuning", true)
	t.Logf("%d of %d exact, %d secrets stay", exact, all, survived)
	if exact*100 < all*97 || survived > 0 {
		t.Errorf("%d of %d exact, %d secrets stay: want 97 %% and none", exact, all, survived)
	}
}

// TestSmallReplies holds what the sets do not.
func TestSmallReplies(t *testing.T) {
	quote := "\n\nOp 3 nov. 2026 om 14:05 schreef X <a@example.org>:\n> hoi"
	for _, c := range []struct{ text, own string }{
		{"", ""},
		{"\n \n", ""},
		{"Ik heb niets gezien. Groetjes Jan", "Ik heb niets gezien."},
		{"Niets gezien, groetjes jan" + quote, "Niets gezien,"},
		{"Rien vu. Bien à vous, Luc Dubois", "Rien vu."},
		{"Nichts gesehen! LG Petra", "Nichts gesehen!"},
		{"Groeten uit de Kerkstraat, alles rustig hier.", "Groeten uit de Kerkstraat, alles rustig hier."},
		{"Alles rustig.\n\nGroeten uit de Kerkstraat\nJan", "Alles rustig."},
		{"Bedankt!\nVeel groeten van Jan en Mia", "Bedankt!"},
		{"Ok voor mij\nfijne dag nog\nJan", "Ok voor mij\nfijne dag nog"},
		{"Er stond een auto in de buurt van het\nstation van\nAalst", "Er stond een auto in de buurt van het\nstation van\nAalst"},
		{"Merci !\n\nLuc", "Merci !"},
		{"Alvast bedankt,\nJan Peeters\n0455 01 23 45", "Alvast bedankt,"},
		{"Ik heb gebeld naar:\n\nGarage De Smet\n0455 01 23 45", "Ik heb gebeld naar:\n\nGarage De Smet\n0455 01 23 45"},
		{"Dag,\n\nwaar moet ik zijn?\n\nParochiezaal?", "Dag,\n\nwaar moet ik zijn?\n\nParochiezaal?"},
		{"Zie bijlage.\n\nMet vriendelijke groet / Bien à vous / Kind regards\n\nJan Peeters\nGemeente | Dienst Groen\nT 02 000 01 23", "Zie bijlage."},
		{"Oui\n\nLe mar. 3 nov. 2026 à 14 h 05, X <a@example.org> a écrit :\n\n> a", "Oui"},
		{"Ja\n\nX <a@example.org> schreef op di 3 nov 2026 om 14:05:\n\ntekst zonder pijl", "Ja"},
		{"ok\n\nOn 2026-11-03 14:05, X wrote:\n> a\n\nthanks\n\n-- \nTom", "ok\n\nthanks"},
		{"Van: 3 tot 5\nAan: de kust\nmet de trein", "Van: 3 tot 5\nAan: de kust\nmet de trein"},
		{"Sent from my desk, which is easier than my phone.", "Sent from my desk, which is easier than my phone."},
		{"Ik kom.\n\n*Jan Peeters*", "Ik kom."},
		{"test\n\nEnvoyé depuis l'application Mail Orange", "test"},
	} {
		if diff := cmp.Diff(c.own, Cut(c.text, Plain).Own); diff != "" {
			t.Errorf("%q (-want +got)\n%s", c.text, diff)
		}
	}
	if own := Cut("ik kom\njan peeters", Plain, "Jan Peeters").Own; own != "ik kom" {
		t.Errorf("a known name stays: %q", own)
	}
}

// TestPieces tells what was cut and why.
func TestPieces(t *testing.T) {
	got := Cut("Ja. Groetjes Jan\n\nVerzonden vanaf mijn iPhone\n\nOp 3/11/2026 om 14:05 schreef X:\n> een\n> twee\n", Plain)
	want := Parts{Own: "Ja.", Cut: []Piece{{Signature, "Groetjes Jan"}, {Device, "Verzonden vanaf mijn iPhone"}, {Attribution, "Op 3/11/2026 om 14:05 schreef X:"}, {Quote, "> een\n> twee"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestFlowed joins soft breaks (RFC 3676 sections 4.1 to 4.5) and nothing else.
func TestFlowed(t *testing.T) {
	for _, c := range []struct {
		text, own string
		form      Form
	}{
		{"een \ntwee\ndrie\n", "een twee\ndrie", Flowed},
		{"een \ntwee\n", "eentwee", FlowedDelSp},
		{" van ver \ngestuurd\n>> a \n>> b\n", "van ver gestuurd", Flowed},
		{"een \n> quote\n", "een", Flowed},
		{"een \n-- \nJan\n", "een", Flowed},
		{" >geen citaat\n", ">geen citaat", Flowed},
	} {
		if got := Cut(c.text, c.form).Own; got != c.own {
			t.Errorf("%q: %q, want %q", c.text, got, c.own)
		}
	}
}
