package wording

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
)

// corpus is one file of testdata: what the zone knows, and texts with what must be refused in them.
type corpus struct {
	lang    buurtbel.Language
	ctx     Context
	streets []string
	texts   []marked
}

type marked struct {
	text string
	want []Finding // Code, Start, End only
}

var mark = regexp.MustCompile(`\[\[([a-z]+):([^\]]*)\]\]`)

func readCorpus(t testing.TB, lang buurtbel.Language) corpus {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", string(lang)+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	c := corpus{lang: lang}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		name, list, _ := strings.Cut(line, ": ")
		switch {
		case line == "" || line[0] == '#':
		case name == "places" && c.streets == nil:
			c.streets = strings.Split(list, "; ")
		case name == "sources" && c.ctx.Sources == nil:
			c.ctx.Sources = strings.Split(list, "; ")
		case name == "lines" && c.ctx.Lines == nil:
			c.ctx.Lines = strings.Split(list, "; ")
		default:
			c.texts = append(c.texts, unmark(line))
		}
	}
	c.ctx.Places = NewPlaces(c.streets)
	return c
}

func unmark(line string) marked {
	var m marked
	var b strings.Builder
	last := 0
	for _, at := range mark.FindAllStringSubmatchIndex(line, -1) {
		b.WriteString(line[last:at[0]])
		start := b.Len()
		b.WriteString(line[at[4]:at[5]])
		m.want = append(m.want, Finding{Code: Code(line[at[2]:at[3]]), Start: start, End: b.Len()})
		last = at[1]
	}
	b.WriteString(line[last:])
	m.text = b.String()
	return m
}

// score counts what the linter makes of some texts.
type score struct {
	marks, missed, wrongCode int // marked spans; not refused at all; refused under another code
	clean, falsely           int // texts without a mark; refused all the same
	extra                    int // refusals outside a mark in texts that have one
	named                    int // findings of any level that touch a street or shop the zone knows
}

func (c corpus) score(t testing.TB, texts []marked, say bool) score {
	t.Helper()
	var s score
	for _, m := range texts {
		found := Check(m.text, c.lang, c.ctx)
		s.marks += len(m.want)
		for _, w := range m.want {
			i := slices.IndexFunc(found, func(f Finding) bool { return f.Level == Refuse && f.Start < w.End && w.Start < f.End })
			switch {
			case i < 0:
				s.missed++
				report(t, say, "%s: missed %s %q in %q", c.lang, w.Code, m.text[w.Start:w.End], m.text)
			case found[i].Code != w.Code:
				s.wrongCode++
				report(t, say, "%s: %q is %s, taken for %s", c.lang, m.text[w.Start:w.End], w.Code, found[i].Code)
			}
		}
		s.count(t, c, m, found, say)
	}
	return s
}

func (s *score) count(t testing.TB, c corpus, m marked, found []Finding, say bool) {
	t.Helper()
	if len(m.want) == 0 {
		s.clean++
	}
	refused := false
	for _, f := range found {
		inMark := slices.ContainsFunc(m.want, func(w Finding) bool { return f.Start < w.End && w.Start < f.End })
		if f.Level == Refuse && !inMark {
			refused = true
			if len(m.want) > 0 {
				s.extra++
			}
			report(t, say, "%s: falsely %s %q in %q", c.lang, f.Code, m.text[f.Start:f.End], m.text)
		}
		for _, street := range c.streets {
			if !inMark && (f.Level == Refuse || f.Code == Name) && strings.Contains(m.text[f.Start:f.End], street) {
				s.named++
				report(t, say, "%s: place %q found as %s in %q", c.lang, street, f.Code, m.text)
			}
		}
	}
	if refused && len(m.want) == 0 {
		s.falsely++
	}
}

func report(t testing.TB, say bool, format string, args ...any) {
	t.Helper()
	if say {
		t.Logf(format, args...)
	}
}

// halves splits the texts: odd ones were for tuning, even ones were set aside.
func (c corpus) halves() (tuning, aside []marked) {
	for i, m := range c.texts {
		if i%2 == 0 {
			tuning = append(tuning, m)
		} else {
			aside = append(aside, m)
		}
	}
	return tuning, aside
}

// The first score on the texts that were set aside, before any tuning: missed 1 of 76 marks in Dutch, 2 of 84 in French, 2 of 81 in German, 2 of 85
// in English; none of 274 texts without a mark refused; no street. A third of the texts was written one by one, the others were put together from parts
// that were, so the score says more about forms of plates and numbers than about ways of speaking.

// TestRule6_NothingMissedAndNoStreetRefused is the requirement: of 300 texts in each language no plate or number is missed and no street is refused.
func TestRule6_NothingMissedAndNoStreetRefused(t *testing.T) {
	for _, lang := range buurtbel.Languages {
		c := readCorpus(t, lang)
		if len(c.texts) != 300 {
			t.Errorf("%s: %d texts", lang, len(c.texts))
		}
		tuning, aside := c.halves()
		for name, half := range map[string][]marked{"tuning": tuning, "aside": aside} {
			s := c.score(t, half, name == "tuning" || !testing.Short())
			t.Logf("%s %s: %+v", lang, name, s)
			if s.missed > 0 || s.named > 0 {
				t.Errorf("%s %s: %d missed, %d places refused", lang, name, s.missed, s.named)
			}
		}
	}
}
