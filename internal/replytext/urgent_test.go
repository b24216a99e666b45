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
