package speech

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/buurtbel/buurtbel"
)

// Say turns a text as an alert is written into a text as it must be read: no digit is left, abbreviations are whole words, and the zone's
// own words are as its lexicon spells them. A language that is not known is read as Dutch. No word is ever dropped; what has no rule stays.
func Say(text string, language buurtbel.Language, lexicon []buurtbel.Respelling) string {
	t, ok := tongues()[language]
	if !ok {
		t = tongues()[buurtbel.Dutch]
	}
	r := &reader{tongue: t, text: clean(text), lexicon: ordered(lexicon, language)}
	for r.at < len(r.text) {
		r.step()
	}
	return tidy(r.out.String())
}

// reader walks once over a text. Every rule looks at the text as written, never at what was said already, so rules cannot feed each other.
type reader struct {
	*tongue
	text    string
	at      int
	out     strings.Builder
	lexicon []buurtbel.Respelling
}

// rule reads what its form finds at the place where the reader stands. say gives "" when the rule does not apply after all.
type rule struct {
	form *regexp.Regexp
	say  func(r *reader, found []string) string
}

// form compiles a pattern that stands at the reader's place.
func form(pattern string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + pattern + `)`) }

func (r *reader) step() {
	c, size := utf8.DecodeRuneInString(r.text[r.at:])
	switch {
	case r.startsWord() && r.respell():
	case unicode.IsLetter(c):
		if r.startsWord() && r.apply(r.words) {
			return
		}
		r.word()
	case c >= '0' && c <= '9' || c == '+' || c == '€':
		if r.apply(r.numbers) {
			return
		}
		r.mark(c)
		r.at += size
	default:
		r.mark(c)
		r.at += size
	}
}

// startsWord tells that no letter stands before.
func (r *reader) startsWord() bool {
	c, _ := utf8.DecodeLastRuneInString(r.text[:r.at])
	return !unicode.IsLetter(c) && !unicode.IsDigit(c)
}

// apply tries rules in their order; the first that fits up to the end of a word is said.
func (r *reader) apply(rules []rule) bool {
	rest := r.text[r.at:]
	for _, one := range rules {
		found := one.form.FindStringSubmatch(rest)
		if found == nil || cutsWord(found[0], rest[len(found[0]):]) {
			continue
		}
		if said := one.say(r, found); said != "" {
			r.at += len(found[0])
			r.put(said)
			return true
		}
	}
	return false
}

// cutsWord tells that a word or a number goes on after what was found.
func cutsWord(found, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(found)
	next, _ := utf8.DecodeRuneInString(after)
	return unicode.IsDigit(last) && unicode.IsDigit(next) || unicode.IsLetter(last) && (unicode.IsLetter(next) || unicode.IsDigit(next) || unicode.IsMark(next))
}

// put says words, apart from the words around them.
func (r *reader) put(said string) {
	if last, _ := utf8.DecodeLastRuneInString(r.out.String()); unicode.IsLetter(last) {
		r.out.WriteByte(' ')
	}
	r.out.WriteString(said)
	joins := strings.HasSuffix(said, "-")
	if next, _ := utf8.DecodeRuneInString(r.text[r.at:]); !joins && (unicode.IsLetter(next) || unicode.IsDigit(next)) {
		r.out.WriteByte(' ')
	}
}

// word copies a run of letters.
func (r *reader) word() {
	length := strings.IndexFunc(r.text[r.at:], func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) })
	if length < 0 {
		length = len(r.text) - r.at
	}
	word := r.text[r.at : r.at+length]
	afterNumber := numberBefore.MatchString(r.text[:r.at])
	r.at += length
	r.put(calm(word, afterNumber))
}

var numberBefore = regexp.MustCompile(`[0-9] ?$`)

// calm brings words in capitals to what a voice reads as a word; two capitals beside a number are letters.
func calm(word string, afterNumber bool) string {
	upper := !strings.ContainsFunc(word, func(c rune) bool { return !unicode.IsUpper(c) })
	letters := []rune(word)
	switch {
	case upper && len(letters) >= 5:
		return string(letters[0]) + strings.ToLower(string(letters[1:]))
	case upper && len(letters) == 2 && afterNumber:
		return string(letters[0]) + " " + string(letters[1])
	}
	return word
}

// respell says a word of the lexicon as the zone wants it.
func (r *reader) respell() bool {
	for _, l := range r.lexicon {
		length := foldedPrefix(r.text[r.at:], l.Written)
		if length == 0 || cutsWord(r.text[r.at:r.at+length], r.text[r.at+length:]) {
			continue
		}
		r.at += length
		r.put(clean(l.Spoken))
		return true
	}
	return false
}

// foldedPrefix gives how many bytes of s are word, whatever the case; 0 when it does not begin so.
func foldedPrefix(s, word string) int {
	length := 0
	for range word {
		_, size := utf8.DecodeRuneInString(s[length:])
		if size == 0 {
			return 0
		}
		length += size
	}
	if strings.EqualFold(s[:length], word) {
		return length
	}
	return 0
}

// ordered gives the words of a language, longer ones first, without entries that say nothing.
func ordered(lexicon []buurtbel.Respelling, language buurtbel.Language) []buurtbel.Respelling {
	var usable []buurtbel.Respelling
	for _, l := range lexicon {
		l.Written, l.Spoken = clean(l.Written), clean(l.Spoken)
		if l.Written != "" && l.Spoken != "" && (l.Language == "" || l.Language == language) {
			usable = append(usable, l)
		}
	}
	slices.SortStableFunc(usable, func(a, b buurtbel.Respelling) int {
		return utf8.RuneCountInString(b.Written) - utf8.RuneCountInString(a.Written)
	})
	return usable
}

// wordBefore gives the last word before the reader, in small letters; a point, a colon or a comma between is skipped.
func (r *reader) wordBefore() string { return lastWord(r.text[:r.at]) }

func lastWord(s string) string {
	s = strings.TrimRight(s, " .:,")
	start := strings.LastIndexFunc(s, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) && c != '\'' })
	return strings.ToLower(s[start+1:])
}

// wordAfter gives the word that follows what was found, as written.
func (r *reader) wordAfter(found string) string {
	rest := strings.TrimLeft(r.text[r.at+len(found):], " ")
	end := strings.IndexFunc(rest, func(c rune) bool { return !unicode.IsLetter(c) })
	if end < 0 {
		end = len(rest)
	}
	return rest[:end]
}

// endsSentence tells that a point before rest is a full stop and not only that of an abbreviation.
func endsSentence(rest string) bool {
	trimmed := strings.TrimLeft(rest, " ")
	c, _ := utf8.DecodeRuneInString(trimmed)
	return trimmed == "" || trimmed != rest && unicode.IsUpper(c)
}

// stopAfterUnit is stop for what often ends a sentence: there a digit begins the next one.
func (r *reader) stopAfterUnit(found string) string {
	after := strings.TrimLeft(r.text[r.at+len(found):], " ")
	if next, _ := utf8.DecodeRuneInString(after); strings.HasSuffix(found, ".") && (isDigit(next) || next == '€') {
		return "."
	}
	return r.stop(found)
}

// stop keeps the point of an abbreviation where it also ends the sentence.
func (r *reader) stop(found string) string {
	if strings.HasSuffix(found, ".") && endsSentence(r.text[r.at+len(found):]) {
		return "."
	}
	return ""
}
