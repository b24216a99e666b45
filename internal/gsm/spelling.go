package gsm

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Replacement is one change that Spelling made.
type Replacement struct {
	Position int    `json:"position"` // in characters (runes) of the text after composition (NFC), from 0
	From     string `json:"from"`
	To       string `json:"to"` // "" when the character is invisible and was left out
}

// respelt holds what Unicode cannot derive: signs of typography and letters that do not decompose.
var respelt = map[rune]string{
	'‘': "'", '’': "'", '‚': "'", '‛': "'", '′': "'", '´': "'", '`': "'", 'ʼ': "'",
	'“': `"`, '”': `"`, '„': `"`, '‟': `"`, '«': `"`, '»': `"`, '″': `"`, '‹': "'", '›': "'",
	'‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '―': "-", '−': "-", '\u00ad': "",
	'…': "...", '•': "-", '·': "-", '‣': "-", '▪': "-", '●': "-",
	'\u00a0': " ", '\u2002': " ", '\u2003': " ", '\u2007': " ", '\u2009': " ", '\u200a': " ", '\u202f': " ", '\t': " ",
	'\u200b': "", '\u200c': "", '\u200d': "", '\u2060': "", '\ufeff': "", '\ufe0f': "", '\u200e': "", '\u200f': "",
	'\u2028': "\n", '\u2029': "\n", '\u0085': "\n", '\v': "\n",
	'œ': "oe", 'Œ': "OE", 'ĳ': "ij", 'Ĳ': "IJ", 'ł': "l", 'Ł': "L", 'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D",
	'þ': "th", 'Þ': "Th", 'ı': "i", 'ħ': "h", 'Ħ': "H", 'ẞ': "SS", 'ŉ': "'n",
	'×': "x", '÷': ":", '±': "+/-", '≈': "ca.", '≤': "<=", '≥': ">=", '→': "->", '←': "<-",
	'½': "1/2", '¼': "1/4", '¾': "3/4", '¹': "1", '²': "2", '³': "3", 'º': "o", 'ª': "a",
	'©': "(c)", '®': "(R)", '™': "TM", '№': "nr.", '¢': "c", '¦': "|", '¬': "-", '¸': ",",
}

// Spelling gives the nearest text that stays in GSM-7, and what it changed; nothing is changed that fits already. A character without a
// spelling (another script, a picture) stays, so the result may still need UCS-2: Analyse names it.
func Spelling(text string) (string, []Replacement) {
	made := []Replacement{}
	if Choose(text) == GSM7 {
		return text, made
	}
	var b strings.Builder
	position, respelt := 0, false
	for _, r := range norm.NFC.String(text) {
		to, ok := respell(r)
		if !ok && respelt && isMark(r) { // it would join the letter that another spelling left
			to, ok = "", true
		}
		respelt = ok
		if ok {
			made = append(made, Replacement{Position: position, From: string(r), To: to})
		}
		b.WriteString(to)
		position++
	}
	return b.String(), made
}

// isMark tells whether r is a combining mark.
func isMark(r rune) bool { return r >= 0x0300 && r < 0x0370 }

// respell gives the spelling of r and whether it differs from r.
func respell(r rune) (string, bool) {
	if Fits(r) {
		return string(r), false
	}
	if to, ok := respelt[r]; ok {
		return to, true
	}
	var b strings.Builder
	for _, d := range norm.NFKD.String(string(r)) {
		switch {
		case Fits(d):
			b.WriteRune(d)
		case isMark(d): // the letter stands without it
		default:
			return string(r), false
		}
	}
	if b.Len() == 0 {
		return string(r), false
	}
	return b.String(), true
}
