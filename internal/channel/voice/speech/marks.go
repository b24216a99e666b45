package speech

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var cleaner = strings.NewReplacer(
	"\r\n", "\n", "\r", "\n", "\u00a0", " ", "\u202f", " ", "\u2009", " ", "\t", " ", "’", "'", "‘", "'", "´", "'", "`", "'",
	"…", ".", "–", "-", "—", " - ", "‑", "-", "−", "-", "\u00ad", "", "²", "2", "³", "3",
)

var breaks = regexp.MustCompile(`[ ]*\n[\n ]*`)
var spaces = regexp.MustCompile(`[ ]{2,}`)

// clean brings a text to one line with plain spaces, apostrophes and dashes. A new line ends a sentence.
func clean(text string) string {
	text = strings.TrimSpace(cleaner.Replace(strings.ToValidUTF8(text, "")))
	text = breaks.ReplaceAllStringFunc(text, func(string) string { return "\n" })
	lines := strings.Split(text, "\n")
	for i, line := range lines[:len(lines)-1] {
		if last, _ := utf8.DecodeLastRuneInString(line); unicode.IsLetter(last) || unicode.IsDigit(last) {
			lines[i] = line + "."
		}
	}
	return strings.TrimSpace(spaces.ReplaceAllString(strings.Join(lines, " "), " "))
}

// mark says one rune that is no letter and that no rule took.
func (r *reader) mark(c rune) {
	before, _ := utf8.DecodeLastRuneInString(r.text[:r.at])
	after, _ := utf8.DecodeRuneInString(r.text[r.at+utf8.RuneLen(c):])
	digits := isDigit(before) && isDigit(after)
	switch c {
	case '-':
		r.hyphen(before, after)
	case '/':
		r.slash(before, after)
	case '.', ',':
		r.pointOrComma(c, digits)
	case '(', ')', '[', ']', '{', '}':
		r.out.WriteString(", ")
	case ' ', '!', '?', ';', '\'':
		r.out.WriteRune(c)
	case ':':
		r.out.WriteString(": ")
	default:
		r.symbol(c)
	}
}

func (r *reader) symbol(c rune) {
	if word := r.symbols[c]; word != "" {
		r.out.WriteString(" " + word + " ")
		return
	}
	switch {
	case unicode.IsDigit(c): // of another script, or after one
		if c >= '0' && c <= '9' {
			r.put(r.cardinal(int(c - '0')))
		}
	case unicode.IsMark(c):
		r.out.WriteRune(c)
	default: // quotation marks, bullets, pictures
		r.out.WriteByte(' ')
	}
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

// hyphen reads "12-14" as a span, "-5" as below zero, " - " as a pause, and leaves it inside a word.
func (r *reader) hyphen(before, after rune) {
	span := spanBefore.MatchString(r.text[:r.at]) && spanAfter.MatchString(r.text[r.at:])
	switch {
	case span:
		r.out.WriteString(" " + r.to + " ")
	case isDigit(after) && (before == ' ' || r.at == 0):
		r.out.WriteString(" " + r.minus + " ")
	case (unicode.IsLetter(before) || isDigit(before)) && (unicode.IsLetter(after) || after == '\''):
		r.out.WriteByte('-')
	case before == ' ' && after == ' ':
		r.out.WriteString(", ")
	default:
		r.out.WriteByte(' ')
	}
}

var spanBefore = regexp.MustCompile(`[0-9](?:[uhm]|[0-9 ]*(?:uur|Uhr|heures|km|m))? ?$`)
var spanAfter = regexp.MustCompile(`^- ?[0-9]`)

func (r *reader) slash(before, after rune) {
	rest, _ := utf8.DecodeRuneInString(strings.TrimLeft(r.text[r.at+1:], " "))
	switch {
	case r.andOr.MatchString(r.text[:r.at] + "/" + string(rest)):
		r.out.WriteByte(' ')
	case unicode.IsLetter(before) && unicode.IsLetter(after) || before == ' ' && after == ' ':
		r.out.WriteString(" " + r.or + " ")
	default:
		r.out.WriteString(", ")
	}
}

func (r *reader) pointOrComma(c rune, digits bool) {
	switch {
	case digits && c == '.':
		r.out.WriteString(" " + r.point + " ")
	case digits:
		r.out.WriteString(" " + r.comma + " ")
	default:
		r.out.WriteRune(c)
	}
}

var tidying = []struct {
	form *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`\s+`), " "},
	{regexp.MustCompile(` +([.,;:!?])`), "$1"},
	{regexp.MustCompile(`([.!?])[.,;: ]*[.]`), "$1"},
	{regexp.MustCompile(`!+\?[!?]*|\?+![!?]*|\?{2,}`), "?"},
	{regexp.MustCompile(`!{2,}`), "!"},
	{regexp.MustCompile(`[,;:](?: ?[,;])+`), ","},
	{regexp.MustCompile(`, ?([.!?:])`), "$1"},
	{regexp.MustCompile(`([.!?]) ?[,;:]+`), "$1"},
}

// tidy brings marks and spaces to one of each. It repeats until nothing changes, which is soon: every step makes the text shorter.
func tidy(said string) string {
	for before := ""; before != said; {
		before = said
		for _, t := range tidying {
			said = t.form.ReplaceAllString(said, t.with)
		}
		said = strings.Trim(strings.TrimLeft(said, " .,;:!?"), " ,;")
	}
	return capitals(said)
}

// capitals begins each sentence with one: some voices take a point before a small letter for that of an abbreviation.
func capitals(said string) string {
	var out strings.Builder
	starts, letters := true, 0 // letters of the word so far; the point after one letter is that of an abbreviation
	for _, c := range said {
		switch {
		case c == ' ':
			letters = 0
		case strings.ContainsRune("!?", c) || c == '.' && letters > 1:
			starts = true
		case starts && letters == 0 && unicode.IsLetter(c):
			c, starts = unicode.ToUpper(c), false
			letters++
		case unicode.IsLetter(c):
			starts = false
			letters++
		case c == '.':
			letters = 0
		case c == '\'': // 's Avonds
			starts = false
		}
		out.WriteRune(c)
	}
	return out.String()
}
