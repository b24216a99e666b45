package speech

import (
	"regexp"
	"strings"
	"sync"

	"github.com/buurtbel/buurtbel"
)

// onceLines reads the short emergency numbers of some countries; a country that has no profile adds none.
func onceLines(profile func(string) (buurtbel.Country, error), countries ...string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		lines := map[string]bool{}
		for _, code := range countries {
			country, err := profile(code)
			if err != nil {
				continue
			}
			for _, l := range country.Lines {
				if len(l.Number) <= 4 {
					lines[l.Number] = true
				}
			}
		}
		return lines
	})
}

var compiled sync.Map // pattern -> *regexp.Regexp; the patterns are those of the four languages

// regexpOf compiles a pattern once.
func regexpOf(pattern string) *regexp.Regexp {
	if known, ok := compiled.Load(pattern); ok {
		return known.(*regexp.Regexp)
	}
	made := regexp.MustCompile(pattern)
	compiled.Store(pattern, made)
	return made
}

var notDigits = regexp.MustCompile(`[^0-9]+`)

// groups gives the groups in which a number is written; a number in one piece, or with one long piece, is cut as people say it.
func groups(written string) []string {
	pieces := strings.Fields(notDigits.ReplaceAllString(written, " "))
	if len(pieces) == 1 {
		head := prefixLength(pieces[0])
		pieces = []string{pieces[0][:head], pieces[0][head:]}
	}
	var cut []string
	for _, p := range pieces {
		cut = append(cut, inPairs(p)...)
	}
	return cut
}

// prefixLength is how many digits of a national number belong together: 4 of a mobile or a paid number, 2 of a large city's, else 3.
func prefixLength(n string) int {
	switch {
	case strings.HasPrefix(n, "0800") || strings.HasPrefix(n, "090") || strings.HasPrefix(n, "070") || strings.HasPrefix(n, "078") || len(n) == 10 && n[:2] == "04":
		return 4
	case len(n) == 9 && strings.ContainsRune("2349", rune(n[1])):
		return 2
	}
	return 3
}

// inPairs cuts what is longer than four digits, and four digits that are no prefix, in twos; an odd one makes the first a three.
func inPairs(p string) []string {
	if len(p) < 4 || p[0] == '0' && len(p) == 4 {
		return []string{p}
	}
	var cut []string
	if len(p)%2 == 1 {
		cut, p = append(cut, p[:3]), p[3:]
	}
	for ; p != ""; p = p[2:] {
		cut = append(cut, p[:2])
	}
	return cut
}

func countDigits(s string) int { return len(notDigits.ReplaceAllString(s, "")) }

// sayTelephone says a national number in groups with a pause between.
func (t *tongue) sayTelephone(r *reader, f []string) string {
	digits := countDigits(f[0])
	paid := strings.HasPrefix(f[0], "0800") || strings.HasPrefix(f[0], "090")
	if digits > 11 || digits < 9 && (!paid || digits < 8) {
		return ""
	}
	return t.sayGroups(groups(f[0]))
}

func (t *tongue) sayGroups(all []string) string {
	said := make([]string, len(all))
	for i, g := range all {
		said[i] = t.group(g)
	}
	return strings.Join(said, ", ")
}

// sayInternational says a number with its country code; a code in one piece with the number is that of the two digits that follow the plus.
func (t *tongue) sayInternational(r *reader, f []string) string {
	country := strings.TrimPrefix(strings.TrimPrefix(f[1], "+"), "00")
	rest := f[2]
	if isDigit(rune(rest[0])) { // +32455…: no mark after the country code
		all := country + rest
		country, rest = all[:2], all[2:]
	}
	if n := countDigits(rest); n < 6 || n+len(country) > 15 {
		return ""
	}
	pieces := strings.Fields(notDigits.ReplaceAllString(rest, " "))
	if len(pieces) == 1 && len(pieces[0])%2 == 1 {
		pieces = []string{pieces[0][:3], pieces[0][3:]}
	}
	var cut []string
	for _, p := range pieces {
		cut = append(cut, inPairs(p)...)
	}
	return t.plus + " " + t.group(country) + ", " + t.sayGroups(cut)
}

// pairs says a group as Belgians do: zeros one by one, then what is left as a number.
func (t *tongue) pairs(g string) string {
	var said []string
	for len(g) > 1 && g[0] == '0' {
		said, g = append(said, t.cardinal(0)), g[1:]
	}
	if len(g) == 3 && g[1:] != "00" && len(said) > 0 { // 0455: zero, four, fifty-five
		said, g = append(said, t.cardinal(int(g[0]-'0'))), g[1:]
	}
	for len(g) > 1 && g[0] == '0' {
		said, g = append(said, t.cardinal(0)), g[1:]
	}
	return strings.Join(append(said, t.whole(g, "")), " ")
}
