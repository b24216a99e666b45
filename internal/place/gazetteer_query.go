package place

import (
	"regexp"
	"strings"

	"github.com/buurtbel/buurtbel/internal/addressfile"
)

// longestTyped is how much of what is typed is read, in bytes: the longest address many times over.
const longestTyped = 200

// mostWords is how many words of it count.
const mostWords = 12

// reading is one way to understand what was typed.
type reading struct {
	words []string
	house []attempt // ways of reading the house number, the surest first; nil: none was typed
	stem  string    // what was typed of a number that may go on: "7" may become 76; "" when it is finished
}

// understand gives the ways to read what was typed: with the last number as the house's, with the first, and with none ("11 Novemberlaan").
func (g *Gazetteer) understand(typed string) []reading {
	if len(typed) > longestTyped {
		typed = typed[:longestTyped]
	}
	parts := strings.FieldsFunc(typed, func(r rune) bool { return r <= ' ' || strings.ContainsRune(",;()\"", r) })
	parts = g.joinCodes(parts[:min(len(parts), mostWords)])
	var numbers []int
	for i, p := range parts {
		if isDigit(p[0]) && !g.codes[addressfile.Fold(p)] {
			numbers = append(numbers, i)
		}
	}
	var out []reading
	if n := len(numbers); n > 0 {
		out = append(out, readHouse(parts, numbers[n-1]))
		if n > 1 {
			out = append(out, readHouse(parts, numbers[0]))
		}
	}
	return append(out, reading{words: words(parts)})
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// joinCodes writes Dutch postal codes in one: "1234 AB" is "1234AB".
func (g *Gazetteer) joinCodes(parts []string) []string {
	var out []string
	for i := 0; i < len(parts); i++ {
		if i+1 < len(parts) && len(parts[i]) == 4 && len(parts[i+1]) == 2 && g.codes[addressfile.Fold(parts[i]+parts[i+1])] {
			out = append(out, parts[i]+parts[i+1])
			i++
			continue
		}
		out = append(out, parts[i])
	}
	return out
}

// words folds what is left of the parts; a part with a hyphen or an apostrophe may be several words or one.
func words(parts []string) []string {
	var out []string
	for _, p := range parts {
		for _, w := range strings.Fields(addressfile.Fold(strings.ReplaceAll(p, ".", " "))) {
			out = append(out, w[:min(len(w), longestTerm)])
		}
	}
	return out[:min(len(out), mostWords)]
}

var (
	boxWord  = regexp.MustCompile(`(?i)^(?:bus|bte|bo[iî]te|box|app|appartement|b)\.?$`)
	boxBegun = regexp.MustCompile(`(?i)^(?:bu|bt|bo|bo[iî]|bo[iî]t)$`)
	boxName  = regexp.MustCompile(`(?i)^(?:\d{1,4}[a-z]?|[a-z]\d{0,3})$`)
	letter   = regexp.MustCompile(`(?i)^(?:[a-z]|bis|ter)$`)
	inOne    = regexp.MustCompile(`(?i)^(\d{1,5}[a-z]?)(?:b|bus|bte)(\d{1,4})$`)
)

// readHouse takes the house number that begins at a part out of the words: "76", "76a", "76 a", "76 bus 2", "76/2", "76b2".
func readHouse(parts []string, at int) reading {
	number, next := parts[at], at+1
	if next < len(parts) && letter.MatchString(parts[next]) && !(boxWord.MatchString(parts[next]) && next+1 < len(parts) && boxName.MatchString(parts[next+1])) {
		number += parts[next]
		next++
	}
	boxed := ""
	switch {
	case next+1 < len(parts) && boxWord.MatchString(parts[next]) && boxName.MatchString(parts[next+1]):
		boxed = parts[next+1]
		next += 2
	case next < len(parts) && (boxWord.MatchString(parts[next]) || next == len(parts)-1 && boxBegun.MatchString(parts[next])):
		next++
	}
	r := reading{words: append(words(parts[:at]), words(parts[next:])...)}
	q := Query{HouseNumber: number, Box: boxed}
	if h, ok := addressfile.ParseHouse(number); ok && boxed == "" {
		q = Query{HouseNumber: h.Number, Box: h.Box}
	}
	r.house = attempts(q)
	if m := inOne.FindStringSubmatch(number); m != nil && boxed == "" {
		r.house = append(r.house[:1:1], attempts(Query{HouseNumber: m[1], Box: m[2]})...)
	}
	if next == len(parts) && boxed == "" {
		r.stem = addressfile.HouseKey(number, "")
	}
	return r
}

// fitsKey is fits for a number in its folded form.
func (a attempt) fitsKey(key string) bool {
	if a.bare {
		key, _, _ = strings.Cut(key, "/")
	}
	return a.number != "" && a.number == key
}
