package locale

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
)

// listed reads the lines of a list in testdata that are neither empty nor a remark.
func listed(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

// sharers gives the languages that read the same for a key, as a list of lists; frames without a word of their own do not count.
func sharers(key string) (out []string) {
	seen := map[string]buurtbel.Language{}
	for _, l := range buurtbel.Languages {
		s := book.sentences[l][key].other
		if !strings.ContainsFunc(placeholder.ReplaceAllString(s, ""), unicode.IsLetter) {
			continue
		}
		if other, there := seen[s]; there {
			out = append(out, string(other)+" and "+string(l))
		}
		seen[s] = l
	}
	return out
}

// onlyPlaced are frames whose own words are a preposition or a unit, right in two languages.
var onlyPlaced = map[string]bool{"screen.alert.subject": true, "screen.reach.metres": true}

// TestNoValueIsShared fails when two languages have the same words for a key that is not on the list with its reason, and when a line of the
// list has become untrue.
func TestNoValueIsShared(t *testing.T) {
	reasons := map[string]string{}
	for _, line := range listed(t, "same.txt") {
		key, why, _ := strings.Cut(line, ": ")
		if why == "" {
			t.Errorf("%s stands on the list without a reason", key)
		}
		reasons[key] = why
	}
	for _, key := range Keys() {
		same := sharers(key)
		switch _, known := reasons[key]; {
		case len(same) > 0 && !known && !onlyPlaced[key]:
			t.Errorf("%s reads the same in %v: %q. Translate it, or give the reason in testdata/same.txt", key, same, book.sentences[buurtbel.Dutch][key].other)
		case len(same) == 0 && known:
			t.Errorf("%s differs now: take it off testdata/same.txt", key)
		}
		delete(reasons, key)
	}
	for key := range reasons {
		t.Errorf("%s is on the list and in no catalogue", key)
	}
}

// counted are sentences with a number that never is one, or that stands apart from every noun, with the reason.
var counted = map[string]string{
	"error.alert.area-corners":     "only above hundreds of corners",
	"error.alert.area-too-large":   "only above a limit of hundreds",
	"error.alert.oversized-people": "only above a limit of hundreds",
	"error.alert.text-long":        "only above hundreds of characters",
	"error.import.cut":             "one number of another",
	"import.two-people":            "two or more",
	"screen.wanted.rest":           "never below a handful, so that nobody is to be known",
	"screen.live.trouble":          "a number of times: the same word in each language",
	"screen.reach.mark":            "five homes or more",
	"screen.reach.others":          "the number stands after the colon",
	"screen.reach.small-line":      "five homes or more",
}

// TestPluralsAreWhole: a sentence with {{.Count}} has a form for one in every language, with the same placeholders; Dutch hours are always "uur".
func TestPluralsAreWhole(t *testing.T) {
	for _, key := range Keys() {
		for _, l := range buurtbel.Languages {
			s := book.sentences[l][key]
			if s.one == "" {
				if strings.Contains(s.other, "{{.Count}}") && counted[key] == "" && !invariable(key, l) {
					t.Errorf("%s in %s has no form for one: %q", key, l, s.other)
				}
				continue
			}
			without := func(text string) string {
				found := slices.DeleteFunc(placeholder.FindAllString(text, -1), func(p string) bool { return p == "{{.Count}}" })
				slices.Sort(found)
				return strings.Join(slices.Compact(found), " ")
			}
			if d := cmp.Diff(without(s.other), without(s.one)); d != "" {
				t.Errorf("%s in %s: one and other differ in their placeholders: %s", key, l, d)
			}
		}
	}
}

func invariable(key string, l buurtbel.Language) bool {
	return l == buurtbel.Dutch && strings.HasSuffix(key, ".hour")
}

// TestPluralRules asks each language for 0, 1, 2 and a large number: French counts nought as one, the others as many.
func TestPluralRules(t *testing.T) {
	want := map[buurtbel.Language][4]string{
		buurtbel.Dutch:   {"0 dagen", "1 dag", "2 dagen", "1.200 dagen"},
		buurtbel.French:  {"0 jour", "1 jour", "2 jours", "1\u00a0200 jours"},
		buurtbel.German:  {"0 Tage", "1 Tag", "2 Tage", "1.200 Tage"},
		buurtbel.English: {"0 days", "1 day", "2 days", "1,200 days"},
	}
	for l, forms := range want {
		for i, n := range []int{0, 1, 2, 1200} {
			if got := Text(l, "message.span.day", buurtbel.Args{"Count": n}); got != forms[i] {
				t.Errorf("%d in %s: %q, want %q", n, l, got, forms[i])
			}
		}
	}
}

// dictionaries are those of Debian: hunspell-nl, hunspell-fr, hunspell-de-de, hunspell-en-gb.
var dictionaries = map[buurtbel.Language]string{buurtbel.Dutch: "nl", buurtbel.French: "fr", buurtbel.German: "de_DE", buurtbel.English: "en_GB"}

var (
	word    = regexp.MustCompile(`[\pL\pM]+(?:['’-][\pL\pM]+)*`)
	address = regexp.MustCompile(`\{\{.*?\}\}|https?://\S+|\S+@\S+|--[a-z-]+|[a-z-]+(?:\.[a-z-]+)+(?:/\S*)?|\b[A-Z0-9]{2,}(?:-[A-Z0-9]+)+\b`)
)

// words gives every word of a language's sentences with a key where it stands.
func words(l buurtbel.Language) map[string]string {
	out := map[string]string{}
	for key, s := range book.sentences[l] {
		for _, text := range []string{s.one, s.other} {
			for _, w := range word.FindAllString(address.ReplaceAllString(placeholder.ReplaceAllString(text, " "), " "), -1) {
				out[w] = key
			}
		}
	}
	return out
}

// TestSpelling lets hunspell read every sentence. What it does not know and is right stands in testdata/words; a compound with hyphens is right
// when its parts are.
func TestSpelling(t *testing.T) {
	path, err := exec.LookPath("hunspell")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("hunspell is missing: scripts/peers")
		}
		t.Skip("hunspell is missing: apt-get install hunspell hunspell-nl hunspell-fr hunspell-de-de hunspell-en-gb")
	}
	everywhere := listed(t, "words/all.txt")
	for _, l := range buurtbel.Languages {
		t.Run(string(l), func(t *testing.T) {
			ours := map[string]bool{}
			for _, w := range append(listed(t, "words/"+string(l)+".txt"), everywhere...) {
				ours[w] = true
			}
			all := words(l)
			parts := map[string]bool{}
			for w := range all {
				for _, p := range strings.Split(w, "-") {
					parts[p] = true
				}
				parts[w] = true
			}
			unknown := spell(t, path, dictionaries[l], slices.Sorted(maps.Keys(parts)))
			for w := range ours {
				delete(unknown, w)
				delete(unknown, strings.ToUpper(w[:1])+w[1:])
			}
			for w, key := range all {
				if !unknown[w] {
					continue
				}
				pieces := strings.Split(w, "-")
				if len(pieces) == 1 || slices.ContainsFunc(pieces, func(p string) bool { return unknown[p] }) {
					t.Errorf("%q in %s: mend it, or add it to testdata/words/%s.txt", w, key, l)
				}
			}
		})
	}
}

// spell gives the words that a dictionary does not have.
func spell(t *testing.T, path, dictionary string, list []string) map[string]bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), path, "-d", dictionary, "-i", "utf-8", "-l")
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	var says, complains bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(strings.Join(list, "\n")+"\n"), &says, &complains
	if err := cmd.Run(); err != nil || complains.Len() > 0 {
		t.Fatalf("hunspell with %s: %v %s", dictionary, err, complains.String())
	}
	out := map[string]bool{}
	for w := range strings.Lines(says.String()) {
		out[strings.TrimSpace(w)] = true
	}
	return out
}
