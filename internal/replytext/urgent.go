package replytext

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Danger says what a text tells of.
type Danger string

// The dangers. None is said of a text that is not urgent.
const (
	None     Danger = ""
	Burglary Danger = "burglary" // also theft, and somebody where nobody should be
	Violence Danger = "violence" // also a threat, a weapon, somebody who follows
	Fire     Danger = "fire"     // also smoke and gas
	Accident Danger = "accident" // somebody hurt, stuck or in the water
	Help     Danger = "help"     // a call for help that does not say why
)

// mostUrgent is how much of a text is read, in bytes: who is in danger does not write pages first.
const mostUrgent = 20_000

// Urgent tells whether a text speaks of a burglary or danger that happens now, and of which. It takes what the member wrote (Parts.Own): a
// quoted alert is urgent too.
//
// A sentence is urgent when it names a danger and nothing puts it in the past (a day, a tense, a word such as "last"), or turns it into talk
// about prevention. Words of what still goes on ("nog binnen", "en cours") outweigh a tense, and in a text that tells of the past a
// sentence needs them. Typing errors of one letter in longer words, and some dialect, are understood. In doubt it is urgent: a warning too
// many costs a smile.
func Urgent(text string) (bool, Danger) {
	if len(text) > mostUrgent {
		text = text[:mostUrgent]
	}
	tokens := tokenize(text)
	sentences := splitSentences(text, tokens)
	for _, lang := range guess(tokens) {
		if danger := lang.read(sentences); danger != None {
			return true, danger
		}
	}
	return false, None
}

// read gives the danger of the first urgent sentence.
func (l *lexicon) read(sentences []string) Danger {
	told := false // an earlier sentence speaks of the past
	for _, s := range sentences {
		if danger := l.judge(s, told); danger != None {
			return danger
		}
		told = told || l.past(s)
	}
	return None
}

// splitSentences gives the sentences in folded form, each word as the lexicon spells it, blanks around it.
func splitSentences(text string, tokens []token) []string {
	var all []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			all = append(all, " "+b.String())
			b.Reset()
		}
	}
	for i, t := range tokens {
		if i > 0 && ends(text[tokens[i-1].end:t.start], tokens[i-1]) {
			flush()
		}
		b.WriteString(corrected(t.fold))
		b.WriteByte(' ')
	}
	flush()
	return all
}

// ends tells whether what stands between two words ends a sentence. A full stop behind a number or an abbreviation does not.
func ends(between string, before token) bool {
	if strings.ContainsAny(between, "!?\n;…") {
		return true
	}
	return strings.Contains(between, ". ") && !before.digits() && utf8.RuneCountInString(before.fold) > 2
}

// guess finds the language by its small words; several when a few words leave a doubt.
func guess(tokens []token) []*lexicon {
	counts := make([]int, len(lexicons))
	for _, t := range tokens {
		for i, l := range lexicons {
			if l.small[t.fold] {
				counts[i]++
			}
		}
	}
	most := slices.Max(counts)
	least := most
	if most <= 2 {
		least = max(most-1, 0)
	}
	var best []*lexicon
	for i, l := range lexicons {
		if counts[i] >= least {
			best = append(best, l)
		}
	}
	return best
}

// lexicon is what one language says of danger and time. The patterns run over what splitSentences gives.
type lexicon struct {
	small  map[string]bool // frequent words, which tell the language
	who    *regexp.Regexp  // somebody
	still  *regexp.Regexp  // they are there yet: outweighs all
	going  *regexp.Regexp  // it is going on: outweighs a tense
	now    *regexp.Regexp  // a moment
	call   *regexp.Regexp  // come, call, help
	days   *regexp.Regexp  // a moment that is over
	tense  *regexp.Regexp  // it happened
	calm   *regexp.Regexp  // prevention, insurance, meetings
	danger []dangerWords
}

type dangerWords struct {
	danger Danger
	words  *regexp.Regexp
}

func (l *lexicon) past(s string) bool {
	return l.days.MatchString(s) || l.tense.MatchString(s) && !l.going.MatchString(s) && !l.still.MatchString(s)
}

// judge weighs one sentence. After told, a danger alone is part of the story.
func (l *lexicon) judge(s string, told bool) Danger {
	danger := l.dangerIn(s)
	still, days := l.still.MatchString(s), l.days.MatchString(s)
	switch {
	case l.calm.MatchString(s):
		return None
	case still && (danger != None || !days && l.who.MatchString(s)):
		return cmp.Or(danger, Burglary)
	case days:
		return None
	case danger != None && l.going.MatchString(s):
		return danger
	case l.tense.MatchString(s):
		return None
	case l.call.MatchString(s) || crying.MatchString(s):
		return cmp.Or(danger, Help)
	case danger != None && (!told || l.now.MatchString(s)):
		return danger
	}
	return None
}

// crying is a sentence that is, or begins with, a call for help.
var crying = regexp.MustCompile(`^ (?:help|hilfe|au secours|a l aide|sos|hulp|secours)(?: help| hilfe)* (?:$|er |ze |ik |mijn |een |iemand |il |y |ils |on |quelqu |un |des |da |ein |jemand |mein |ich |there |he |my |i |they |someone |somebody |a |aub |svp |bitte |please )`)

func (l *lexicon) dangerIn(s string) Danger {
	for _, d := range l.danger {
		if d.words.MatchString(s) {
			return d.danger
		}
	}
	return None
}

// corrected gives the word of the lexicon that differs from w in one letter, or w. Short words stay: too many are alike.
func corrected(w string) string {
	if len(w) < 6 || len(w) > 24 || keywordSet[w] {
		return w
	}
	for _, k := range keywords {
		if d := len(k) - len(w); d >= -1 && d <= 1 && k[0] == w[0] && oneEdit(w, k) {
			return k
		}
	}
	return w
}

// oneEdit tells whether a becomes b by leaving out, adding, replacing or swapping one letter. Both are in ASCII for the most part; bytes will do.
func oneEdit(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a) <= 1 && len(b) <= 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}

// keywords are the words that are understood with an error of one letter.
var keywords = strings.Fields(`inbreker inbrekers inbraak inbreken ingebroken dieven dief diefstal overval brandweer politie dringend
	cambrioleur cambrioleurs cambriolage cambrioler voleur voleurs secours pompiers couteau incendie urgence
	einbrecher einbruch einbrechen eingebrochen diebe feuerwehr polizei messer hilfe dringend uberfall
	burglar burglars burglary breaking thieves robbery emergency knife police attacking`)

var keywordSet = set(strings.Join(keywords, " "))
