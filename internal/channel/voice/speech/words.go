package speech

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordRules lists what may begin with a letter.
func (t *tongue) wordRules() []rule {
	rules := []rule{
		{form(`(?:https?://)?(?:www\.)?(?:[a-z0-9-]+\.)+(?:be|nl|com|eu|org|net|brussels|vlaanderen|info|example|invalid|test)(?:/[^ ]*[^ .,;:!?)])?`), t.sayAddress},
		{form(`[A-Z0-9][0-9A-Z-]*[0-9][0-9A-Z-]*`), t.sayCode},
	}
	for _, a := range t.abbreviated {
		rules = append(rules, rule{form(a.pattern), t.sayAbbreviation(a)})
	}
	for _, a := range t.endings {
		rules = append(rules, rule{form(`([\pL'-]*\pL)` + a.pattern), t.sayEnding(a)})
	}
	if t.decimal == `\.` { // March 12, March 12th 2026
		rules = append(rules, rule{form(`(` + t.monthNames() + `)\.? ([0-9]{1,2})(?:` + t.ordinals + `)?(?:,? ([0-9]{4}))?`), t.sayMonthFirst})
	}
	return rules
}

// sayAbbreviation says the whole words. $1 stands for what the pattern's first group found.
func (t *tongue) sayAbbreviation(a abbreviation) func(*reader, []string) string {
	return func(r *reader, f []string) string {
		said := a.said
		if len(f) > 1 {
			said = strings.ReplaceAll(said, "$1", f[1])
		}
		if strings.HasSuffix(said, " ") && r.at+len(f[0]) < len(r.text) { // such as a title: a capital that follows begins no sentence
			return likeCase(f[0], strings.TrimSpace(said))
		}
		return likeCase(f[0], strings.TrimSpace(said)) + r.stop(f[0])
	}
}

// likeCase gives said a capital where written has one.
func likeCase(written, said string) string {
	first, _ := utf8.DecodeRuneInString(written)
	c, size := utf8.DecodeRuneInString(said)
	if unicode.IsUpper(first) {
		return string(unicode.ToUpper(c)) + said[size:]
	}
	return said
}

// sayEnding completes the name of a street. Without its point only a house number shows that it is one: Lincoln is no lane.
func (t *tongue) sayEnding(a abbreviation) func(*reader, []string) string {
	return func(r *reader, f []string) string {
		pointed := strings.HasSuffix(f[0], ".")
		if !pointed && !houseFollows.MatchString(r.text[r.at+len(f[0]):]) {
			return ""
		}
		if last, _ := utf8.DecodeLastRuneInString(f[1]); a.said == "laan" && strings.ContainsRune("aiouyäöü", unicode.ToLower(last)) {
			return ""
		}
		return f[1] + a.said + r.stop(f[0])
	}
}

var houseFollows = regexp.MustCompile(`^,? [0-9]`)

func (t *tongue) sayMonthFirst(r *reader, f []string) string {
	day, month := atoi(f[2]), t.month(f[1])
	if day < 1 || day > 31 || month == "" {
		return ""
	}
	said := month + " the " + englishOrdinal(day)
	if f[3] != "" {
		said += " " + t.year(atoi(f[3]))
	}
	return said
}

// sayAddress reads the address of a page or, after an at sign, of a mailbox.
func (t *tongue) sayAddress(r *reader, f []string) string {
	address := f[0]
	if _, after, ok := strings.Cut(address, "://"); ok {
		address = after
	}
	var out strings.Builder
	if rest, ok := strings.CutPrefix(address, "www."); ok {
		out.WriteString("w w w " + t.point + " ")
		address = rest
	}
	inner := &reader{tongue: t}
	for _, c := range address {
		switch {
		case unicode.IsLetter(c):
			out.WriteRune(c)
		case isDigit(c):
			out.WriteString(" " + inner.cardinal(int(c-'0')) + " ")
		case c == '.':
			out.WriteString(" " + t.point + " ")
		default:
			out.WriteByte(' ')
		}
	}
	return strings.TrimSpace(out.String())
}
