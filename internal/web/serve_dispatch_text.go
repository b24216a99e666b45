package web

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// boxNames are the boxes of a text in the order in which they are read: the five elements, without the source that the frame puts first,
// and what was seen in a box of its own. Joined with a space they are the sentences of the template again.
var boxNames = []string{"hazard", "location", "detail", "guidance", "time"}

// freeText is the pattern without a ready text; its fact is the plan's "other".
const freeText = "free"

var slotMark = regexp.MustCompile(`\{[a-z]+\}`)

// placePhrases are the words that begin a place in the templates, where a sentence may be cut in two boxes and still reads when joined.
var placePhrases = map[buurtbel.Language]*regexp.Regexp{
	buurtbel.Dutch:   regexp.MustCompile(`^(.+?) ((?:in de omgeving van|in) \{place\}(?:[.,:].*|$))`),
	buurtbel.French:  regexp.MustCompile(`^(.+?) (secteur \{place\}(?:[.,:].*| :.*|$))`),
	buurtbel.German:  regexp.MustCompile(`^(.+?) ((?:im Bereich|in) \{place\}(?:[.,:].*|$))`),
	buurtbel.English: regexp.MustCompile(`^(.+?) ((?:near|in) \{place\}(?:[.,:].*|$))`),
}

// boxesOf cuts a template's text into boxes. What the frame of every alert adds by itself is taken out: who speaks, the fixed line, until
// when it holds. A sentence with a place is cut before the place where nothing but punctuation follows it; else the box for the place stays empty.
func boxesOf(text string, lang buurtbel.Language) map[string]string {
	out := map[string]string{}
	at := "hazard"
	for i, sentence := range locale.Sentences(locale.Unframed(text)) {
		switch {
		case i == 0:
			if m := placePhrases[lang].FindStringSubmatch(sentence); m != nil {
				out["hazard"], out["location"] = m[1], m[2]
				at = "location"
				continue
			}
		case strings.Contains(sentence, "{description}"):
			at = "detail"
		case strings.Contains(sentence, "{place}") && at == "hazard":
			at = "location"
		case at == "detail":
			at = "guidance"
		case at == "guidance" && strings.Contains(sentence, "{time}"):
			at = "time"
		}
		out[at] = strings.TrimSpace(out[at] + " " + sentence)
	}
	return out
}

// ready are the ready texts of the zone: the catalogue's, with what the zone made of them.
type ready []alerting.Pattern

func (r ready) of(key string) (alerting.Pattern, bool) {
	for _, p := range r {
		if p.Key == key {
			return p, true
		}
	}
	return alerting.Pattern{}, false
}

// boxes gives the boxes of a pattern in a language, slots open.
func (r ready) boxes(key string, lang buurtbel.Language) map[string]string {
	if p, ok := r.of(key); ok {
		return boxesOf(p.Texts[lang], lang)
	}
	t, _ := locale.TemplateOf("robbery")
	return map[string]string{"hazard": "{description}.", "location": capital(boxesOf(t.Text(lang), lang)["location"])}
}

// fillBox puts values in the slots of one box. A slot given as "" takes its sentence with it; one that is not given stays visible. A value
// at the beginning of a sentence begins with a capital; the box itself may begin in the middle of one.
func fillBox(box string, values map[string]string, first bool) string {
	var kept []string
	for i, sentence := range locale.Sentences(box) {
		marks := slotMark.FindAllString(sentence, -1)
		if slices.ContainsFunc(marks, func(m string) bool { value, given := values[m[1:len(m)-1]]; return given && value == "" }) {
			continue
		}
		filled := slotMark.ReplaceAllStringFunc(sentence, func(m string) string {
			if value, given := values[m[1:len(m)-1]]; given {
				return strings.TrimRight(strings.TrimSpace(value), ".")
			}
			return m
		})
		if first || i > 0 || strings.HasPrefix(sentence, "{") {
			filled = capital(filled)
		}
		kept = append(kept, filled)
	}
	return strings.Join(kept, " ")
}

// joinBoxes makes one text of the boxes. A box that ends without a mark gets a full stop when the next begins a sentence.
func joinBoxes(boxes map[string]string) string {
	var b strings.Builder
	for _, name := range boxNames {
		text := strings.TrimSpace(boxes[name])
		if text == "" {
			continue
		}
		if b.Len() > 0 {
			if beginsSentence(text) && !strings.ContainsAny(b.String()[b.Len()-1:], ".!?:,;") {
				b.WriteByte('.')
			}
			b.WriteByte(' ')
		}
		b.WriteString(text)
	}
	return b.String()
}

func beginsSentence(text string) bool {
	for _, r := range text {
		return unicode.IsUpper(r)
	}
	return false
}

func capital(s string) string {
	for _, r := range s {
		return string(unicode.ToUpper(r)) + s[len(string(r)):]
	}
	return s
}

// plain takes out what no keyboard makes, so that no text can hold the marks that we put into texts ourselves; a line end becomes a space.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case r < ' ' || r == 0x7f:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
