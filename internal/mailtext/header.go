package mailtext

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lineWidth is where header lines are folded: RFC 2047 section 2 allows 76 for a line with an encoded word.
const lineWidth = 76

type header struct{ bytes []byte }

// add writes a field, folded at its spaces (RFC 5322 section 2.2.3). A value that holds a line break was already made one line.
func (h *header) add(name, value string) {
	h.bytes = append(append(h.bytes, name...), ':')
	column := len(name) + 1
	for i, word := range strings.Split(value, " ") {
		if i > 0 && column+1+len(word) > lineWidth {
			h.bytes = append(h.bytes, "\r\n"...)
			column = 0
		}
		h.bytes = append(append(h.bytes, ' '), word...)
		column += 1 + len(word)
	}
	h.bytes = append(h.bytes, "\r\n"...)
}

// oneLine makes every control character and run of blanks one space: a header field can then hold no line break.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

// plain tells whether s may stand in a header field as it is: printable ASCII that can be folded and cannot be taken for an encoded word.
func plain(s string) bool {
	for _, word := range strings.Split(s, " ") {
		if len(word) > lineWidth-len("Subject: ") {
			return false
		}
	}
	return !strings.Contains(s, "=?") && strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// unstructured encodes free text (RFC 5322 section 3.6.5, RFC 2047) that begins at column.
func unstructured(s string, column int) string {
	if s = oneLine(s); plain(s) {
		return s
	}
	return encodedWords(s, column)
}

// phrase encodes a display name and the space behind it, as a quoted string or as encoded words (RFC 2047 section 5, rule 3).
func phrase(s string, column int) string {
	switch s = oneLine(s); {
	case s == "":
		return ""
	case plain(s):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `" `
	}
	return encodedWords(s, column) + " "
}

const (
	wordOpen  = "=?utf-8?q?"
	wordClose = "?="
	wordWidth = 75 // RFC 2047 section 2
	hexDigits = "0123456789ABCDEF"
)

// encodedWords writes s as encoded words separated by spaces. mime.QEncoding fills its first word to 75 without knowing the field's name, and
// leaves ASCII alone that must be split; hence our own. No character is divided over two words (RFC 2047 section 5).
func encodedWords(s string, column int) string {
	var b strings.Builder
	room := wordWidth - column - len(wordClose)
	b.WriteString(wordOpen)
	used := len(wordOpen)
	for _, r := range s {
		q := qRune(r)
		if used+len(q) > room {
			b.WriteString(wordClose + " " + wordOpen)
			used, room = len(wordOpen), wordWidth-len(wordClose)
		}
		b.WriteString(q)
		used += len(q)
	}
	b.WriteString(wordClose)
	return b.String()
}

// qRune is the Q encoding in the narrowest set, that of a phrase, so that one function serves both places.
func qRune(r rune) string {
	switch {
	case r == ' ':
		return "_"
	case r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("!*+-/", r)):
		return string(r)
	}
	var q []byte
	for _, c := range []byte(string(r)) {
		q = append(q, '=', hexDigits[c>>4], hexDigits[c&15])
	}
	return string(q)
}

// identifier makes s fit the left side of a message id: what is not of its alphabet, or too long, becomes a digest.
func identifier(s string) string {
	if len(s) <= 64 && strings.IndexFunc(s, notIdentifier) < 0 {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

func notIdentifier(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-')
}

// fieldSafe tells whether s can stand in a header field: no control character, and short enough for one line.
func fieldSafe(s string) bool {
	if len(s) > 900 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// plainBox tells whether s is written as a mailbox of ours is: printable ASCII without blanks and angle brackets.
func plainBox(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '<' || c == '>' {
			return false
		}
	}
	return true
}
