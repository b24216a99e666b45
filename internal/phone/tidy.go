package phone

import (
	"regexp"
	"strings"
	"unicode"
)

// labels are words that people write beside a number and that say nothing about whose it is.
var labels = regexp.MustCompile(`(?i)\b(?:tel(?:efoon|ephone|efon)?|tél(?:éphone)?|gsm|mob(?:iel|ile|il)?|handy|phone|fax|nr|no|thuis|privé|prive|werk|bureau|domicile|maison|portable|vast|fixe|fix|festnetz|home|work)\b\s*[.:]?`)

// trunkZero is the zero that is dialled at home only: "+32 (0)455".
var trunkZero = regexp.MustCompile(`^(\+|00)(\s*\d{1,3}\s*)\(\s*0\s*\)`)

// scientific is what a spreadsheet makes of a long number in a narrow column.
var scientific = regexp.MustCompile(`^(\d)[.,](\d+)[eE]\+?(\d{1,2})$`)

// decimals is what a spreadsheet adds to a number that it takes for an amount.
var decimals = regexp.MustCompile(`^(\d{8,15})[.,]0+$`)

// tidy gives "+digits" or "digits".
func tidy(raw string) (string, error) {
	text := strings.TrimSpace(plain(raw))
	if text == "" || len(text) > maxRaw {
		return "", fail(map[bool]string{true: "empty", false: "too-long"}[text == ""], nil)
	}
	text = strings.TrimPrefix(text, "'") // a spreadsheet's sign for "this is text"
	if expanded, is, err := unscientific(text); is {
		return expanded, err
	}
	if m := decimals.FindStringSubmatch(text); m != nil {
		return m[1], nil
	}
	text = strings.TrimSpace(labels.ReplaceAllString(strings.TrimPrefix(text, "tel:"), ""))
	text = trunkZero.ReplaceAllString(text, "$1$2")
	return digitsOnly(text)
}

// digitsOnly keeps a leading plus and the digits; a letter is refused, because a letter means something that must not be guessed.
func digitsOnly(text string) (string, error) {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && b.Len() == 0:
			b.WriteRune(r)
		case unicode.IsLetter(r):
			return "", fail("letters", nil)
		case unicode.IsSpace(r), strings.ContainsRune("-./()\\_·•'’:", r):
		default:
			return "", fail("unreadable", nil)
		}
	}
	if b.Len() == 0 || b.String() == "+" {
		return "", fail("unreadable", nil)
	}
	return b.String(), nil
}

// unscientific expands 4.55000001E+08; when digits were lost there is nothing to expand and the number must be asked again.
func unscientific(text string) (string, bool, error) {
	m := scientific.FindStringSubmatch(text)
	if m == nil {
		return "", false, nil
	}
	digits, exponent := m[1]+m[2], int(m[3][0]-'0')
	if len(m[3]) == 2 {
		exponent = exponent*10 + int(m[3][1]-'0')
	}
	digits = strings.TrimRight(digits, "0")
	if exponent < 7 || exponent > 14 || len(digits) < exponent-2 || len(digits) > exponent+1 {
		return "", true, fail("scientific", nil)
	}
	return digits + strings.Repeat("0", exponent+1-len(digits)), true, nil
}

// plain turns the signs of word processors (no-break spaces, dashes, full-width digits, direction marks) into plain ones.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u200b' || r == '\u200e' || r == '\u200f' || r == '\u202a' || r == '\u202c' || r == '\ufeff':
			return -1
		case unicode.IsSpace(r):
			return ' '
		case r >= '\u2010' && r <= '\u2015', r == '\u2212':
			return '-'
		case r >= '\uff10' && r <= '\uff19':
			return r - '\uff10' + '0'
		case r == '\uff0b':
			return '+'
		}
		return r
	}, s)
}
