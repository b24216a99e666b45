package speech

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/buurtbel/buurtbel"
)

// tongue is how one language says what is written short.
type tongue struct {
	cardinal func(n int) string
	one      func(next string) string // how 1 is said before a word; "" asks for the cardinal
	ordinal  func(n int, before string) string
	year     func(n int) string
	clock    func(hour, minute int) string
	date     func(day int, month, before string) string
	group    func(digits string) string // a group of a telephone number
	postal   func(digits, after string) string

	code      string // pattern of the words before a code
	calling   string // pattern of the words before a short number that is called
	spelled   bool   // short numbers that are called are said digit by digit, not as numbers
	clockUnit string // pattern
	duration  map[string]bool
	ordinals  string   // pattern of what stands after the digits of an ordinal
	months    []string // from January
	short     []string // likewise, "" where there is none
	grouping  string   // pattern of what parts thousands
	decimal   string   // pattern of the decimal mark
	nouns     bool     // every noun has a capital
	oneByOne  bool     // digits after the decimal mark are said one by one

	to, or, minus, point, comma, plus, metre, box, always string
	euro                                                  [2]string
	symbols                                               map[rune]string
	andOr                                                 *regexp.Regexp
	units                                                 map[string][2]string
	roads                                                 *regexp.Regexp // the word before a house number, when it is clear that it is a street
	endings                                               []abbreviation // at the end of a word, such as "str" of Kerkstr.
	abbreviated                                           []abbreviation // whole words
	words, numbers                                        []rule
}

// abbreviation is what is written and what is said. The pattern's own first group, when it has one, is kept.
type abbreviation struct{ pattern, said string }

var tongues = sync.OnceValue(func() map[buurtbel.Language]*tongue {
	all := map[buurtbel.Language]*tongue{
		buurtbel.Dutch: dutch(), buurtbel.French: french(), buurtbel.German: german(), buurtbel.English: english(),
	}
	for _, t := range all {
		t.words, t.numbers = t.wordRules(), t.numberRules()
	}
	return all
})

// numeral is the pattern of a number with its thousands and decimals.
func (t *tongue) numeral() string {
	return `([0-9]{1,3}(?:` + t.grouping + `[0-9]{3})+|[0-9]+)(?:` + t.decimal + `([0-9]+))?`
}

// alternatives makes a pattern of words, longest first.
func alternatives(words []string) string {
	quoted := make([]string, 0, len(words))
	for _, w := range words {
		if w != "" {
			quoted = append(quoted, regexp.QuoteMeta(w))
		}
	}
	slices.SortStableFunc(quoted, func(a, b string) int { return len(b) - len(a) })
	return strings.Join(quoted, "|")
}

func (t *tongue) unitNames() string { return alternatives(slices.Sorted(maps.Keys(t.units))) }

func (t *tongue) monthNames() string {
	return alternatives(append(slices.Clone(t.months), t.short...))
}

// month gives a month's full name, "" for no month.
func (t *tongue) month(name string) string {
	for i, full := range t.months {
		if strings.EqualFold(full, name) || t.short[i] != "" && strings.EqualFold(t.short[i], name) {
			return full
		}
	}
	return ""
}

// count says a number before the word that follows it.
func (t *tongue) count(n int, next string) string {
	if n%100 == 1 || n%10 == 1 && n%100 > 20 {
		if said := t.one(next); said != "" && (n == 1 || said == "une") {
			all := t.cardinal(n)
			return all[:len(all)-len(t.cardinal(1))] + said
		}
	}
	return t.cardinal(n)
}

// digitByDigit says every digit, with no pause.
func (t *tongue) digitByDigit(s string) string {
	var said []string
	for _, c := range s {
		if isDigit(c) {
			said = append(said, t.cardinal(int(c-'0')))
		}
	}
	return strings.Join(said, " ")
}

// whole says the digits of a number: as a number, or one by one when it begins with 0 or is too long.
func (t *tongue) whole(digits, next string) string {
	n, ok := number(digits)
	if !ok || len(digits) > 1 && digits[0] == '0' {
		return t.digitByDigit(digits)
	}
	return t.count(n, next)
}

// number reads digits, leaving out what parts thousands.
func number(digits string) (int, bool) {
	n := 0
	for _, c := range digits {
		if !isDigit(c) {
			continue
		}
		if n = n*10 + int(c-'0'); n > most {
			return 0, false
		}
	}
	return n, true
}
