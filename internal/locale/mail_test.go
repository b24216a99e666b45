package locale

import (
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/mailtext"
)

// everyLetter gives each mail that the program writes in a language: the frames of alerts, those with a function of their own, and every pair of a subject and a mail
// in the catalogue.
func everyLetter(t *testing.T, l buurtbel.Language) map[string]Letter {
	t.Helper()
	loc := brussels(t)
	now := time.Date(2026, 11, 4, 7, 0, 0, 0, loc)
	const link = "https://bin.example.org/in/abc?a=1&b=2"
	out := map[string]Letter{
		"sign-in": SignInLetter(l, link, now.Add(time.Hour), now, loc), "second": Second{Who: "Vlierbeek", Area: "Kerkveld", Count: 6120, Text: "x <b>", Link: link}.Letter(l),
		"off-plan": OffPlanLetter(l, []OffPlan{{now.Add(-9 * time.Hour), "Inbraak", "BIN Kerkveld", "Vlierbeek", "…"}}, now, loc),
		"debts":    DebtLetter(l, []Debt{{now.Add(-30 * time.Hour), now.Add(-7 * time.Hour), "A", "B"}}, link, now, loc),
		"proof":    ProofLetter(l, "123456", now.Add(time.Hour), now, loc), "invite": InviteLetter(l, link, "Vlierbeek", now.Add(time.Hour), now, loc),
		"own-page": OwnPageLetter(l, "An", link, now.Add(time.Hour), now, loc),
	}
	for _, kind := range kinds {
		for _, exercise := range []bool{false, true} {
			f := frameOf(t, l, kind)
			f.Exercise = exercise
			out[fmt.Sprintf("%s exercise %t", kind, exercise)] = f.Letter()
		}
	}
	args := buurtbel.Args{"Network": "BIN Kerkveld", "Zone": "Politiezone Vlierbeek", "Source": "Politiezone Vlierbeek", "Count": 2, "Date": "4 november 2026", "Name": "An"}
	for _, key := range slices.Sorted(maps.Keys(book.sentences[l])) {
		base, ok := strings.CutSuffix(key, ".mail")
		if _, subject := book.sentences[l][base+".subject"]; ok && subject && strings.HasPrefix(key, "message.") {
			for _, of := range []string{key, base + ".subject"} {
				for _, m := range argument.FindAllStringSubmatch(book.sentences[l][of].other, -1) {
					if args[m[1]] == nil {
						args[m[1]] = "4 november 2026"
					}
				}
			}
			out[base] = NoteLetter(l, Text(l, base+".subject", args), Text(l, key, args), Text(l, "message.sign-in.button", nil), link)
		}
	}
	if len(out) < 30 {
		t.Fatalf("%d letters: they are not where this test looks for them", len(out))
	}
	return out
}

var (
	argument = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)
	remote   = regexp.MustCompile(`(?i)\bsrc\s*=|url\s*\(|@import|<\s*(script|img|link|iframe|object|embed|form|video|audio|base)\b|\bon[a-z]+\s*=|background\s*=`)
	linked   = regexp.MustCompile(`href="([^"]*)"`)
	tag      = regexp.MustCompile(`<[^>]*>`)
)

// TestEveryMailReadsWell: nothing is fetched when it is read, it has a dark dress, says the same in both parts, and is small.
func TestEveryMailReadsWell(t *testing.T) {
	for _, l := range buurtbel.Languages {
		for name, letter := range everyLetter(t, l) {
			page, text := letter.HTML(), letter.Text()
			if found := remote.FindString(tagsOnly(page)); found != "" {
				t.Errorf("%s %s fetches something: %q", l, name, found)
			}
			for _, want := range []string{`<html lang="`, "prefers-color-scheme:dark", `name="color-scheme" content="light dark"`, `name="viewport"`} {
				if !strings.Contains(page, want) {
					t.Errorf("%s %s: no %s", l, name, want)
				}
			}
			for _, href := range linked.FindAllStringSubmatch(page, -1) {
				if !strings.Contains(text, html.UnescapeString(href[1])) {
					t.Errorf("%s %s: the plain part has no %s", l, name, href[1])
				}
			}
			if strings.Contains(tag.ReplaceAllString(page, ""), "https://") {
				t.Errorf("%s %s shows an address instead of words", l, name)
			}
			plainly(t, string(l)+" "+name, text)
			template, err := mailtext.Prepare(&mailtext.Letter{Name: "Politiezone Vlierbeek", Address: "alarm@example.org", Subject: letter.Subject, Text: text, HTML: page, Mark: buurtbel.LinkMark, Domain: "example.org",
				Language: l, ListID: "messages.example.org", Feedback: "1:bulletin:buurtbel"})
			if err != nil {
				t.Errorf("%s %s: %v", l, name, err)
				continue
			}
			if template.Size() > 30_000 { // mail programs cut off above 100,000
				t.Errorf("%s %s: %d bytes", l, name, template.Size())
			}
		}
	}
}

// tagsOnly leaves what a mail program acts on: the tags and the style.
func tagsOnly(page string) string {
	return strings.Join(tag.FindAllString(page, -1), "\n") + darkStyle
}

// plainly looks at a plain part as somebody reads it.
func plainly(t *testing.T, name, text string) {
	t.Helper()
	switch {
	case strings.TrimSpace(text) == "" || !strings.HasSuffix(text, "\n"):
		t.Errorf("%s has no plain part", name)
	case strings.Contains(text, "\n\n\n") || strings.Contains(text, "\r") || strings.Contains(text, "\t"):
		t.Errorf("%s has holes: %q", name, text)
	case strings.Contains(text, "message.") || strings.Contains(text, "<no value>") || strings.Contains(text, "{{"):
		t.Errorf("%s lacks words: %q", name, text)
	case strings.Contains(text, "</") || strings.Contains(text, "&amp;") || strings.Contains(text, "&#"):
		t.Errorf("%s holds markup: %q", name, text)
	}
	for line := range strings.Lines(text) {
		if line != strings.TrimRight(line, " \n")+"\n" {
			t.Errorf("%s has blanks at the end of %q", name, line)
		}
	}
}
