package replytext

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longest is the length in bytes up to which a line is looked at as an attribution, a closing formula and the like; a longer one is text.
const longest = 600

var special = map[rune]string{
	'ß': "ss", 'ẞ': "ss", 'ø': "o", 'Ø': "o", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'ł': "l", 'Ł': "l", 'đ': "d", 'Đ': "d", 'ı': "i",
	'’': "'", '‘': "'", '´': "'", '`': "'", 'ʼ': "'", '–': "-", '—': "-", '‑': "-", '−': "-",
}

// foldRune gives a rune in lower case without accents. It is "" for marks, and for what cannot be seen.
func foldRune(r rune) string {
	if r < utf8.RuneSelf {
		return string(unicode.ToLower(r))
	}
	if s, ok := special[r]; ok {
		return s
	}
	if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) {
		return ""
	}
	var b strings.Builder
	for _, c := range norm.NFKD.String(string(r)) {
		if !unicode.Is(unicode.Mn, c) {
			b.WriteRune(unicode.ToLower(c))
		}
	}
	return b.String()
}

// fold makes every spelling of a text one: small letters, no accents, plain apostrophes and hyphens.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		b.WriteString(foldRune(r))
	}
	return b.String()
}

// token is a word or a number of a text.
type token struct {
	start, end int    // bytes of the text
	fold       string // of letters only, or of digits only
	glued      bool   // nothing stands between it and the token before
}

func (t token) digits() bool {
	r, _ := utf8.DecodeRuneInString(t.fold)
	return digitOf(r) >= 0
}

// tokenize finds the words and numbers of a text. Marks and what cannot be seen belong to the word around them.
func tokenize(text string) []token {
	var tokens []token
	var word strings.Builder
	start, end, class := -1, 0, 0
	flush := func() {
		if start >= 0 {
			glued := len(tokens) > 0 && tokens[len(tokens)-1].end == start
			tokens = append(tokens, token{start, end, word.String(), glued})
			word.Reset()
			start = -1
		}
	}
	for i, r := range text {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(text[i:])
		}
		c := classOf(r)
		if c == unseenClass {
			if start >= 0 {
				end = i + size
			}
			continue
		}
		if c != class || c == gapClass {
			flush()
		}
		class = c
		if c == gapClass {
			continue
		}
		if start < 0 {
			start = i
		}
		word.WriteString(foldRune(r))
		end = i + size
	}
	flush()
	return tokens
}

const (
	gapClass = iota
	letterClass
	digitClass
	unseenClass
)

func classOf(r rune) int {
	switch {
	case digitOf(r) >= 0:
		return digitClass
	case unicode.IsLetter(r):
		return letterClass
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
		return unseenClass
	}
	return gapClass
}

// zeros are the digits nought of the scripts that telephones offer.
var zeros = []rune{'0', '０', '٠', '۰', '०', '০', '𝟎', '𝟘', '𝟢', '𝟬', '𝟶'}

// digitOf gives the value of a digit, -1 for anything else.
func digitOf(r rune) int {
	for _, zero := range zeros {
		if r >= zero && r <= zero+9 {
			return int(r - zero)
		}
		if r < utf8.RuneSelf {
			break
		}
	}
	return -1
}
