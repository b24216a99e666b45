package locale

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
)

func TestFilesAreReadable(t *testing.T) {
	if err := Check(); err != nil {
		t.Fatal(err)
	}
}

func TestRule17_EveryKeyIsInEveryLanguage(t *testing.T) {
	want := Keys()
	for _, l := range buurtbel.Languages {
		got := slices.Sorted(maps.Keys(book.sentences[l]))
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("keys of %s differ from Dutch (-nl +%s):\n%s", l, l, d)
		}
	}
}

var placeholder = regexp.MustCompile(`\{\{\.[A-Za-z]+\}\}|\{[a-z]+\}`)

func placeholders(s sentence) []string {
	found := slices.Sorted(slices.Values(placeholder.FindAllString(s.other, -1)))
	return slices.Compact(found)
}

func TestSamePlaceholdersInEveryLanguage(t *testing.T) {
	for _, key := range Keys() {
		want := placeholders(book.sentences[buurtbel.Dutch][key])
		for _, l := range buurtbel.Languages {
			if d := cmp.Diff(want, placeholders(book.sentences[l][key])); d != "" {
				t.Errorf("%s in %s: %s", key, l, d)
			}
		}
	}
}

func TestNoSentenceIsEmpty(t *testing.T) {
	for _, l := range buurtbel.Languages {
		for key, s := range book.sentences[l] {
			if s.other == "" {
				t.Errorf("%s in %s is empty", key, l)
			}
		}
	}
}

// shared are the sentences that may read the same in two languages: frames that hold only placeholders, and words that are the same.
var shared = map[string]bool{}

func init() {
	for _, key := range []string{
		"message.source", "message.mail.subject", "message.span.minute", "message.mail.kind-correction",
	} {
		shared[key] = true
	}
}

// TestNoLanguageBorrowsAnothers finds sentences that were copied and not translated. Screen, cli and outside have many single words
// that are the same in two languages ("Status", "Zone"), so there only sentences of three words and more count.
func TestNoLanguageBorrowsAnothers(t *testing.T) {
	for _, key := range Keys() {
		if shared[key] {
			continue
		}
		seen := map[string]buurtbel.Language{}
		for _, l := range buurtbel.Languages {
			s := book.sentences[l][key].other
			if short(s) {
				continue
			}
			if other, there := seen[s]; there {
				t.Errorf("%s reads the same in %s and %s: %q", key, other, l, s)
			}
			seen[s] = l
		}
	}
}

// short tells whether fewer than three words remain beside the placeholders.
func short(s string) bool {
	words := strings.FieldsFunc(placeholder.ReplaceAllString(s, " "), func(r rune) bool { return !(r == '\'' || r == '-' || r >= 'A') })
	return len(words) < 3
}

// unwanted are words that no sentence for a person holds (domain section 4, looks): blame, promises we cannot keep, abbreviations.
var unwanted = map[buurtbel.Language]*regexp.Regexp{
	buurtbel.Dutch:   regexp.MustCompile(`(?i)\b(gefaald|mislukt|dader|daders|anoniem|zonder risico|dodeman|o\.a\.|bijv\.|bv\.|i\.v\.m\.|m\.b\.t\.|d\.w\.z\.|enz\.|t\.e\.m\.|incl\.|nr\.|tel\.|vtg|pv|max\.|min\.)`),
	buurtbel.French:  regexp.MustCompile(`(?i)(^|[^\pL])(échoué|coupable|malfaiteurs?|auteur des faits|anonyme|anonymement|sans risque|etc\.|p\.ex\.|càd|n°|tél\.|svp|rdv|max\.|min\.)`),
	buurtbel.German:  regexp.MustCompile(`(?i)\b(fehlgeschlagen|gescheitert|täter|anonym|ohne risiko|z\.\s?b\.|d\.\s?h\.|usw\.|bzw\.|ggf\.|u\.a\.|evtl\.|ca\.|nr\.|tel\.|kfz|max\.|min\.)`),
	buurtbel.English: regexp.MustCompile(`(?i)\b(failed|culprit|perpetrator|anonymous|anonymously|without risk|risk-free|e\.g\.|i\.e\.|etc\.|asap|approx\.|no\.\s\d|tel\.|max\.|min\.)`),
}

func TestSentencesSpeakPlainly(t *testing.T) {
	for _, l := range buurtbel.Languages {
		for key, s := range book.sentences[l] {
			for _, text := range []string{s.one, s.other} {
				if word := unwanted[l].FindString(text); word != "" {
					t.Errorf("%s in %s says %q: %q", key, l, word, text)
				}
				if strings.Contains(text, "!") {
					t.Errorf("%s in %s exclaims: %q", key, l, text)
				}
				if strings.Contains(text, "  ") || text != strings.TrimSpace(text) {
					t.Errorf("%s in %s has stray spaces: %q", key, l, text)
				}
			}
		}
	}
}

// TestRule19_NoNumberStandsInASentence: emergency lines come from the country profile. The names of two apps hold one.
func TestRule19_NoNumberStandsInASentence(t *testing.T) {
	line := regexp.MustCompile(`\b(112|101|100|110|911|999|0900)\b`)
	app := strings.NewReplacer("112 BE", "", "112NL", "")
	for _, l := range buurtbel.Languages {
		for key, s := range book.sentences[l] {
			if found := line.FindString(app.Replace(s.other)); found != "" {
				t.Errorf("%s in %s holds the line %s", key, l, found)
			}
		}
	}
}

func TestText(t *testing.T) {
	cases := []struct {
		lang buurtbel.Language
		key  string
		args buurtbel.Args
		want string
	}{
		{buurtbel.Dutch, "message.span.minute", buurtbel.Args{"Count": 1}, "1 minuut"},
		{buurtbel.Dutch, "message.span.minute", buurtbel.Args{"Count": int64(3)}, "3 minuten"},
		{buurtbel.French, "message.span.day", buurtbel.Args{"Count": 0}, "0 jour"},
		{buurtbel.French, "message.span.day", buurtbel.Args{"Count": 1000000}, "1\u00a0000\u00a0000 jours"},
		{buurtbel.German, "message.span.day", buurtbel.Args{"Count": uint8(2)}, "2 Tage"},
		{buurtbel.English, "message.span.day", buurtbel.Args{"Count": 12345}, "12,345 days"},
		{buurtbel.Dutch, "message.fixed", buurtbel.Args{"Line": "101"}, "Grijp niet zelf in. Iets gezien? Bel 101."},
		{"xx", "message.span.hour", buurtbel.Args{"Count": 1}, "1 uur"},
		{buurtbel.Dutch, "message.fixed", nil, "message.fixed"},
		{buurtbel.Dutch, "no.such.key", nil, "no.such.key"},
	}
	for _, c := range cases {
		if got := Text(c.lang, c.key, c.args); got != c.want {
			t.Errorf("Text(%s, %s, %v) = %q, want %q", c.lang, c.key, c.args, got, c.want)
		}
	}
}

func TestError(t *testing.T) {
	internal := Text(buurtbel.English, "error.internal", nil)
	cases := []struct {
		err  error
		want string
	}{
		{buurtbel.Fail(buurtbel.Invalid, "error.id", nil), "This reference is not right. Open the page again from the overview."},
		{buurtbel.Fail(buurtbel.Conflict, "error.nobody.wrote.this", nil), Text(buurtbel.English, "error.kind.conflict", nil)},
		{errors.New("sql: no rows"), internal},
		{nil, internal},
	}
	for _, c := range cases {
		if got := Error(buurtbel.English, c.err); got != c.want {
			t.Errorf("Error(%v) = %q, want %q", c.err, got, c.want)
		}
	}
}

func TestEveryKindHasASentence(t *testing.T) {
	for k := buurtbel.Internal; k <= buurtbel.Busy; k++ {
		if !Has("error.kind." + k.String()) {
			t.Errorf("kind %s has no sentence", k)
		}
	}
}

func TestEveryKeyIsInAnArea(t *testing.T) {
	for _, key := range Keys() {
		area, _, _ := strings.Cut(key, ".")
		if !slices.Contains(Areas, area) {
			t.Errorf("%s is in no area", key)
		}
	}
}

// TestEveryErrorKeyHasASentence reads the program's own source: a key that nobody wrote a sentence for would reach a person as a general one.
func TestEveryErrorKeyHasASentence(t *testing.T) {
	key := regexp.MustCompile(`"(error\.[a-z0-9.-]*[a-z0-9])"`)
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range key.FindAllStringSubmatch(string(source), -1) {
			if !Has(m[1]) {
				t.Errorf("%s uses %s, which has no sentence", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []buurtbel.Permission{buurtbel.MayLaunch, buurtbel.MayConfirm, buurtbel.MayFeedback, buurtbel.MaySeeAlerts, buurtbel.MaySeeNames, buurtbel.MayImport,
		buurtbel.MayConfigure, buurtbel.MayReadLog, buurtbel.MayInstall, buurtbel.MayDeliver, buurtbel.MayArrive, buurtbel.MayAnswerLost} {
		if !Has("error.forbidden." + string(p)) {
			t.Errorf("permission %s has no sentence", p)
		}
	}
}
