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
