package phone

import (
	"regexp"
	"strings"
)

// Piece is one number of a cell that may hold several.
type Piece struct {
	Text string // the number as written, without its note
	Note string // what stood beside it, such as a first name in brackets; "" when nothing did
}

var (
	between  = regexp.MustCompile(`[\n\r;|,&]|(?i:\s(?:en|et|und|and|of|ou|oder|or)\s)`)
	brackets = regexp.MustCompile(`\(([^()]*\pL[^()]*)\)`)
	word     = regexp.MustCompile(`^[\s:=-]*(\pL[\pL.' -]*?)\s*[:=-]?\s*([+\d(].*)$|^([+\d(][^\pL]*?)[\s:=-]*(\pL[\pL.' -]*)$`)
)

// Split cuts a cell into its numbers. A slash is part of a Belgian number ("0455/00.00.01") and also a separator
// ("0455 00 00 01 / 02 000 00 01"): it cuts only where both sides are whole numbers of country. Nothing is left out: what is no number
// is a piece too, and Parse says why.
func Split(cell, country string) []Piece {
	if len(cell) > 400 {
		return []Piece{{Text: cell}}
	}
	if _, err := Parse(cell, country); err == nil {
		return []Piece{{Text: strings.TrimSpace(cell)}}
	}
	var pieces []Piece
	for _, part := range between.Split(plainLines(cell), -1) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		for _, one := range cut(part, country) {
			pieces = append(pieces, note(one))
		}
	}
	return pieces
}

// plainLines is plain, but keeps line ends, which separate.
func plainLines(s string) string {
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
	for i, l := range lines {
		lines[i] = plain(l)
	}
	return strings.Join(lines, "\n")
}

// cut separates numbers that only a space, slash, dash or plus holds apart.
func cut(part, country string) []string {
	part = strings.Trim(part, " /-")
	if countDigits(part) <= 10 {
		return []string{part}
	}
	for i := 1; i < len(part); i++ {
		if !strings.ContainsRune(" /-+(", rune(part[i])) || countDigits(part[:i]) < 8 || countDigits(part[i:]) < 8 {
			continue
		}
		left, right := strings.Trim(part[:i], " /-"), strings.Trim(part[i:], " /-")
		if !readable(left, country) || startsWithNote(right) && !startsWithNote(left) { // "(An)" belongs to the number before it
			continue
		}
		rest := cut(right, country)
		if readable(rest[0], country) {
			return append([]string{left}, rest...)
		}
	}
	return []string{part}
}

func startsWithNote(text string) bool {
	at := brackets.FindStringIndex(text)
	return at != nil && at[0] == 0
}

func readable(text, country string) bool {
	_, err := Parse(note(text).Text, country)
	return err == nil
}

// note takes the words off a number: "(An)" behind it, "An:" before it. Labels such as "gsm" are not words about a person and stay for Parse.
func note(text string) Piece {
	text = strings.TrimSpace(text)
	if m := brackets.FindStringSubmatchIndex(text); m != nil {
		return Piece{Text: strings.TrimSpace(text[:m[0]] + " " + text[m[1]:]), Note: strings.TrimSpace(text[m[2]:m[3]])}
	}
	if bare := strings.TrimSpace(labels.ReplaceAllString(text, " ")); bare != text && countDigits(bare) > 0 {
		text = bare
	}
	m := word.FindStringSubmatch(text)
	switch {
	case m == nil:
		return Piece{Text: text}
	case m[1] != "":
		return Piece{Text: strings.TrimSpace(m[2]), Note: strings.TrimSpace(m[1])}
	}
	return Piece{Text: strings.TrimSpace(m[3]), Note: strings.TrimSpace(m[4])}
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}
