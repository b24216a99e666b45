package replytext

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// markSignatures finds, in each run of own lines, where the text ends and the signature begins.
func markSignatures(lines []line, names names) {
	for i := range lines {
		if lines[i].own() && len(lines[i].text) <= longest && isDevice(trimmed(lines[i].text)) {
			lines[i].kind = Device
		}
	}
	before := false // own text stands above
	for at := 0; at < len(lines); {
		if !lines[at].own() {
			at++
			continue
		}
		end := at
		for end < len(lines) && (lines[end].own() || lines[end].kind == Device) {
			end++
		}
		s := segment{lines: lines[at:end], names: names, before: before}
		s.sign()
		before = before || s.hasOwn(len(s.lines))
		at = end
	}
}

// segment is a run of lines that nobody quoted.
type segment struct {
	lines  []line
	names  names
	before bool
}

func (s segment) hasOwn(end int) bool {
	for _, l := range s.lines[:end] {
		if l.own() && !l.blank() {
			return true
		}
	}
	return false
}

func (s segment) sign() {
	written := s.before
	for i, l := range s.lines {
		if !l.own() || l.blank() || len(l.text) > longest {
			written = written || l.own() && !l.blank()
			continue
		}
		if s.delimits(i) || written && s.closes(i) {
			s.cutFrom(i)
			break
		}
		written = true
	}
	s.cutDisclaimers()
	s.cutTail()
	s.cutEnd()
}

// cutEnd cuts a closing formula with a name at the end of the last line, as people type on a telephone.
func (s segment) cutEnd() {
	for i := len(s.lines) - 1; i >= 0; i-- {
		l := &s.lines[i]
		if !l.own() || l.blank() {
			continue
		}
		starts := sentenceEnd.FindAllStringIndex(l.text, -1)
		for _, at := range starts[max(0, len(starts)-3):] {
			if rest := l.text[at[1]:]; len(rest) <= 80 && (closingAndName(rest, s.names) || isClosing(rest) && strings.Contains(rest, "gr")) {
				l.tail = rest
				return
			}
		}
		return
	}
}

var sentenceEnd = regexp.MustCompile(`[.!?…,;)\x{1F300}-\x{1FAFF}]+\s+`)

// delimits knows "-- " (RFC 3676 section 4.3), and the same without its space when little follows.
func (s segment) delimits(i int) bool {
	text := s.lines[i].text
	if text == "-- " {
		return true
	}
	return bareRule.MatchString(text) && s.count(i+1) <= 12
}

var bareRule = regexp.MustCompile(`^(--|—|––|-- ?[*_]*|[_\-=*~]{4,})$`)

// count gives the lines that are not blank from i on, 13 at most.
func (s segment) count(i int) int {
	n := 0
	for ; i < len(s.lines) && n < 13; i++ {
		if !s.lines[i].blank() {
			n++
		}
	}
	return n
}

// closes tells whether line i is a closing formula under which no more text of the member stands.
func (s segment) closes(i int) bool {
	text := s.lines[i].text
	if !isClosing(text) {
		return closingAndName(text, s.names) && !s.textFollows(i)
	}
	return !s.textFollows(i)
}

// textFollows tells whether the next line is a sentence rather than a name.
func (s segment) textFollows(i int) bool {
	for _, l := range s.lines[i+1:] {
		if l.blank() || !l.own() {
			continue
		}
		return isSentence(l.text) && !disclaims(l.text) && !afterthought.MatchString(fold(l.text)) && !isClosing(l.text)
	}
	return false
}

func isSentence(text string) bool {
	words := len(strings.Fields(text))
	return words >= 7 && !contact.MatchString(text) || words >= 3 && strings.ContainsAny(text[len(text)-1:], ".?!") && !nameLike(text)
}

// cutFrom cuts all from line i on, except what the member adds under the signature.
func (s segment) cutFrom(i int) {
	adding := false
	for ; i < len(s.lines); i++ {
		l := &s.lines[i]
		switch {
		case l.blank():
			adding = false
		case len(l.text) <= longest && afterthought.MatchString(fold(l.text)):
			adding = true
		}
		if !adding && l.own() {
			l.kind = Signature
		}
	}
}

var afterthought = regexp.MustCompile(`^\W{0,2}(p\.? ?s\.? ?[:.,-]? |p\.?s\.?\s*$|ps\s*:|n\.?b\.?\s*[:.]? |o+h? ja\b|ach ja\b|ah oui\b|au fait\b|ubrigens\b|trouwens\b|btw\b|by the way\b|oh,? and\b|nog iets\b|encore une chose\b|noch etwas\b|one more thing\b|edit\s*:|post ?scriptum)`)

// cutDisclaimers cuts paragraphs that say for whom a mail is.
func (s segment) cutDisclaimers() {
	for at := 0; at < len(s.lines); {
		end, long := at, 0
		var paragraph strings.Builder
		for end < len(s.lines) && s.lines[end].own() && !s.lines[end].blank() {
			if long += len(s.lines[end].text); long <= 4*longest {
				paragraph.WriteString(s.lines[end].text)
				paragraph.WriteByte(' ')
			}
			end++
		}
		if end > at && disclaims(paragraph.String()) {
			mark(s.lines[at:end], Disclaimer)
		}
		at = max(end, at+1)
	}
}

// cutTail cuts a name, or a name with ways to reach it, that stands under the text without any formula.
func (s segment) cutTail() {
	end := len(s.lines)
	from, reach, names := end, false, 0
	for i := end - 1; i >= 0 && end-i <= 30; i-- {
		l := s.lines[i]
		if l.blank() || !l.own() {
			continue
		}
		switch {
		case len(l.text) > longest:
		case s.names.only(l.text):
			from, names = i, names+1
			continue
		case isContact(l.text):
			from, reach = i, true
			continue
		case nameLike(l.text):
			from, names = i, names+1
			continue
		case bareRule.MatchString(l.text):
			from = i
			continue
		case reach && isRole(l.text):
			from = i
			continue
		}
		break
	}
	if !reach && names > 2 {
		return
	}
	for ; from < end; from++ {
		l := s.lines[from]
		if l.own() && !l.blank() && (s.standsApart(from) || s.names.only(l.text) && (s.before || s.hasOwn(from))) {
			mark(s.lines[from:end], Signature)
			return
		}
	}
}

// standsApart tells whether the text above line i is finished there, and does not announce it.
func (s segment) standsApart(i int) bool {
	gap := false
	for j := i - 1; j >= 0; j-- {
		l := s.lines[j]
		if l.blank() {
			gap = true
			continue
		}
		if !l.own() {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(l.text, " )*_\"”»"))
		if last == ':' {
			return false
		}
		unwrapped := i == s.last() && last != ',' && len(l.text) <= 50 && len(strings.Fields(l.text)) >= 3 && !nameLike(l.text)
		return gap || unwrapped || strings.ContainsRune(".!?…,;", last) || unicode.Is(unicode.So, last) || thanks.MatchString(trimmed(l.text)) || isClosing(l.text)
	}
	return s.before
}

// last gives the last own line.
func (s segment) last() int {
	i := len(s.lines) - 1
	for i >= 0 && (!s.lines[i].own() || s.lines[i].blank()) {
		i--
	}
	return i
}

var contact = regexp.MustCompile(`(?i)[^\s@]+@[^\s@]+\.[a-z]{2,}|\bwww\.|https?://|(\+|\b)\d{2,4}[ ./()-]{0,3}\d(?:[ ./()-]{0,2}\d){5,10}\b|\bBE ?0\d{3}[. ]\d{3}|linkedin|facebook\.com`)

var contactLabel = regexp.MustCompile(`^[*_]{0,2}(tel|gsm|mobiel|mobile|mob|handy|fax|e-?mail|mail|telefoon|telephone|telefon|phone|t|m|f|e|w|adres|adresse|address)[*_]{0,2}\s*[.:]|^[*_]{0,2}(tel|gsm|t|m|mob)\.? [+0(]`)

var (
	postal     = regexp.MustCompile(`^(B-|BE-|D-|F-|L-|NL-)?[1-9]\d{3,4}( ?[A-Z]{2})? +\p{Lu}[\p{L} '’-]+$`)
	streetLine = regexp.MustCompile(`^(\p{Lu}[\p{L}'’. -]+,? \d{1,4} ?[a-zA-Z]?([ ,/]+(bus|b|bte|boîte|boite|box|apt|app)\.? ?\w{1,4})?|\d{1,4},? (rue|avenue|chemin|place|chaussée|boulevard|allée|\p{Lu})[\p{L}'’ -]+)(,? +[1-9]\d{3,4} \p{Lu}[\p{L} -]+|, \p{Lu}[\p{L} -]+)?$`)
)

// isContact knows a line that holds nothing but a way to reach somebody.
func isContact(text string) bool {
	words := len(strings.Fields(text))
	if words > 14 || utf8.RuneCountInString(text) > 120 || strings.HasSuffix(text, "?") || strings.HasSuffix(text, "!") {
		return false
	}
	if contactLabel.MatchString(fold(text)) {
		return true
	}
	if contact.MatchString(text) {
		left := strings.Fields(contact.ReplaceAllString(text, " "))
		return len(left) == 0 || strings.ContainsAny(text, "|•·") || len(left) <= 4 && !strings.HasSuffix(text, ".") && nameLike(strings.Join(left, " ")) || len(left) == 1
	}
	return words <= 9 && (postal.MatchString(text) || streetLine.MatchString(text))
}

// isRole knows a short line of a block: a task, a department, a firm.
func isRole(text string) bool {
	t := strings.Trim(text, "*_ ")
	first, _ := utf8.DecodeRuneInString(t)
	return t != "" && len(strings.Fields(t)) <= 6 && (unicode.IsUpper(first) || t != text) && !strings.ContainsAny(t[len(t)-1:], ".?!:,")
}
