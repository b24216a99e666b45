package replytext

import (
	"path/filepath"
	"testing"

	"github.com/BurntSushi/toml"
)

// urgentTexts are texts of one language: of what happens now, and of what is over.
type urgentTexts struct{ Now, Past []string }

func scoreUrgent(t *testing.T, lang, half string, say bool) (missed, falsely, each int) {
	t.Helper()
	var set urgentTexts
	if _, err := toml.DecodeFile(filepath.Join("testdata", "urgent", lang+"-"+half+".toml"), &set); err != nil {
		t.Fatal(err)
	}
	for _, text := range set.Now {
		if urgent, _ := Urgent(text); !urgent {
			missed++
			if say {
				t.Logf("%s: missed %q", lang, text)
			}
		}
	}
	for _, text := range set.Past {
		if urgent, danger := Urgent(text); urgent {
			falsely++
			if say {
				t.Logf("%s: falsely %s %q", lang, danger, text)
			}
		}
	}
	return missed, falsely, len(set.Past)
}

func TestRule05_UrgentWords(t *testing.T) {
	for _, lang := range []string{"nl", "fr", "de", "en"} {
		missed, falsely, each := scoreUrgent(t, lang, "tuning", true)
		if missed > 0 || falsely*10 > each {
			t.Errorf("%s: %d missed and %d false of %d: want none and a tenth", lang, missed, falsely, each)
		}
	}
}

// TestOrdinaryReplies looks at what members write on quiet days.
func TestOrdinaryReplies(t *testing.T) {
	falsely, all := 0, 0
	for _, r := range readReplies(t, "tuning") {
		all++
		if urgent, danger := Urgent(r.Own); urgent {
			falsely++
			t.Logf("%s: falsely %s %q", r.Name, danger, r.Own)
		}
	}
	if falsely*10 > all {
		t.Errorf("%d of %d ordinary replies are taken for urgent", falsely, all)
	}
}

// TestUrgentMixed holds what the sets do not: past and present in one mail, other dangers, and ordinary calls for help.
func TestUrgentMixed(t *testing.T) {
	for _, c := range []struct {
		text string
		want Danger
	}{
		{"", None},
		{"Vorige week is er ingebroken bij ons. Nu staat er iemand met een koevoet aan de achterdeur!", Burglary},
		{"La semaine passée on a été cambriolés. Il y a de nouveau quelqu'un en train de forcer la porte.", Burglary},
		{"Letzte Woche wurde eingebrochen. Gerade macht sich wieder jemand an der Haustür zu schaffen.", Burglary},
		{"We were burgled last week. Someone is trying the back door again right now.", Burglary},
		{"Bij de inbraak vorige week was de ruit stuk. De dader had een mes bij.", None},
		{"HELP", Help},
		{"Au secours !", Help},
		{"Hilfe!!!", Help},
		{"Kan u mij helpen met het formulier?", None},
		{"Could someone help with the barbecue?", None},
		{"der zijn gasten de camionette van onze gebuur aan het leegroven", Burglary},
		{"Ik denk dat er iemand beneden is", Burglary},
		{"mijn moeder is gevallen en reageert niet meer", Accident},
		{"le voisin bat sa femme", Violence},
		{"da schleicht einer ums haus", Burglary},
		{"i think theres somebody downstairs", Burglary},
		{"Er staat al drie dagen een auto voor mijn deur.", None},
		{"Quelqu'un a-t-il une échelle ?", None},
		{"The van at number 8 is the plumber", None},
		{"Bedankt voor het bericht over de inbraak.", None},
	} {
		if urgent, danger := Urgent(c.text); danger != c.want || urgent != (c.want != None) {
			t.Errorf("%q: %v %q, want %q", c.text, urgent, danger, c.want)
		}
	}
}
