package replytext

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// home is an address of the record in folded form.
type home struct {
	streets map[string]bool // without anything between the words, kinds of street in their short form
	starts  map[string]bool
	number  string // digits
	letter  string // what follows them: "a"
}

var leadingNumber = regexp.MustCompile(`^\D{0,4}(\d{1,5})\s*([a-z]?)`)

func readHomes(list []Home) []home {
	var homes []home
	for _, h := range list {
		m := leadingNumber.FindStringSubmatch(fold(strings.TrimSpace(h.Number)))
		if m == nil {
			continue
		}
		k := home{map[string]bool{}, map[string]bool{}, strings.TrimLeft(m[1], "0"), m[2]}
		for _, street := range h.Streets {
			if len(street) > longest {
				continue
			}
			var joined strings.Builder
			for _, t := range tokenize(street) {
				joined.WriteString(streetWord(t.fold))
				k.starts[joined.String()] = true
			}
			if joined.Len() > 1 {
				k.streets[joined.String()] = true
			}
		}
		homes = append(homes, k)
	}
	return homes
}

// kinds of street and their short forms; those that end a word come first.
var streetEnds = []struct{ long, short string }{
	{"straat", "str"}, {"strasse", "str"}, {"steenweg", "stwg"}, {"stw", "stwg"}, {"plein", "pl"}, {"platz", "pl"}, {"laan", "ln"}, {"dreef", "dr"},
}

var streetWords = map[string]string{
	"sint": "st", "saint": "st", "sankt": "st", "sainte": "st", "ste": "st", "street": "st", "road": "rd", "avenue": "av", "ave": "av", "boulevard": "bd", "blvd": "bd", "boul": "bd",
	"chaussee": "ch", "chee": "ch", "rue": "r", "place": "pl", "plein": "pl", "platz": "pl", "straat": "str", "strasse": "str", "laan": "ln", "lane": "ln", "square": "sq", "steenweg": "stwg", "stw": "stwg",
	"burgemeester": "burg", "bourgmestre": "burg", "burgermeister": "burg", "doctor": "dr", "dokter": "dr", "docteur": "dr", "doktor": "dr", "professor": "prof", "professeur": "prof",
	"heilige": "h", "heilig": "h", "onze": "o", "lieve": "l", "vrouw": "v", "vrouwe": "v", "notre": "n", "dame": "d", "generaal": "gen", "general": "gen", "kardinaal": "kard", "cardinal": "kard",
}

// streetWord gives the short form of a word of a street's name, so that "Kerkstraat" and "Kerkstr." are one.
func streetWord(w string) string {
	if short, ok := streetWords[w]; ok {
		return short
	}
	for _, e := range streetEnds {
		if strings.HasSuffix(w, e.long) && len(w) > len(e.long)+1 {
			return strings.TrimSuffix(w, e.long) + e.short
		}
	}
	return w
}

// findHomes finds street and number in either order, and the number behind a word such as "nummer".
func findHomes(found []Found, text string, tokens []token, list []Home) []Found {
	for _, h := range readHomes(list) {
		for i := range tokens {
			if n := h.street(text, tokens, i); n > 0 {
				found = h.around(found, text, tokens, i, i+n)
			}
			if numberWords[tokens[i].fold] && i+1 < len(tokens) && h.is(tokens, i+1) && short(text, tokens, i) {
				found = append(found, Found{Place, tokens[i].start, h.end(text, tokens, i+1)})
			}
		}
	}
	return found
}

var numberWords = set("nr nummer huisnr huisnummer no numero num hausnr hausnummer number n°")

// short tells whether little stands between token i and the next.
func short(text string, tokens []token, i int) bool {
	between := text[tokens[i].end:tokens[i+1].start]
	return len(between) <= 8 && strings.Count(between, "\n") <= 1 && !strings.ContainsAny(between, "!?;")
}

// street counts the tokens from i on that spell the street.
func (h home) street(text string, tokens []token, i int) int {
	sofar, best := "", 0
	for n := 1; i+n <= len(tokens); n++ {
		if n > 1 && !short(text, tokens, i+n-2) {
			break
		}
		sofar += streetWord(tokens[i+n-1].fold)
		if h.streets[sofar] {
			best = n
		}
		if !h.starts[sofar] && !h.splits(sofar) {
			break
		}
	}
	return best
}

// splits tells whether a street's name begins with these letters though no word of it ends there: "Kerk straat".
func (h home) splits(sofar string) bool {
	for s := range h.streets {
		if strings.HasPrefix(s, sofar) {
			return true
		}
	}
	return false
}

// around looks for the number behind and before the street.
func (h home) around(found []Found, text string, tokens []token, from, to int) []Found {
	at := to
	for at < len(tokens) && at < to+2 && (numberWords[tokens[at].fold] || tokens[at].fold == "n") && short(text, tokens, at-1) {
		at++
	}
	if at < len(tokens) && h.is(tokens, at) && short(text, tokens, at-1) {
		found = append(found, Found{Place, tokens[from].start, h.end(text, tokens, at)})
	}
	for at = from - 1; at >= 0 && at >= from-5 && short(text, tokens, at); at-- {
		if h.is(tokens, at) {
			start := tokens[at].start
			if at > 0 && numberWords[tokens[at-1].fold] && short(text, tokens, at-1) {
				start = tokens[at-1].start
			}
			return append(found, Found{Place, start, tokens[to-1].end})
		}
		if !linking[tokens[at].fold] && !(at > 0 && len(tokens[at].fold) == 1 && tokens[at].glued) {
			break
		}
	}
	return found
}

// linking are the words that may stand between a number and its street.
var linking = set("in de het den van the of on at der die das am an auf dans la le les l du d sur rue bis ter a b c r")

// is tells whether token i is the number: the digits, and no other letter than the record's behind them.
func (h home) is(tokens []token, i int) bool {
	t := tokens[i]
	if !t.digits() || strings.TrimLeft(asciiDigits(t.fold), "0") != h.number || t.glued && i > 0 && tokens[i-1].digits() {
		return false
	}
	if i+1 < len(tokens) && tokens[i+1].glued && utf8.RuneCountInString(tokens[i+1].fold) == 1 && h.letter != "" {
		return tokens[i+1].fold == h.letter
	}
	return true
}

func asciiDigits(s string) string {
	var b strings.Builder
	for _, r := range s {
		if d := digitOf(r); d >= 0 {
			b.WriteByte(byte('0' + d))
		}
	}
	return b.String()
}

var boxWords = set("bus b bte boite box bt app appt apt appartement wohnung whg")

// end gives where an address ends whose number is token i: behind its letter and its box.
func (h home) end(text string, tokens []token, i int) int {
	end := tokens[i].end
	if i+1 < len(tokens) && (tokens[i+1].glued || tokens[i+1].fold == h.letter && short(text, tokens, i)) && utf8.RuneCountInString(tokens[i+1].fold) == 1 {
		i++
		end = tokens[i].end
	}
	if i+2 < len(tokens) && boxWords[tokens[i+1].fold] && short(text, tokens, i) && short(text, tokens, i+1) {
		return glue(text, Found{Place, end, tokens[i+2].end}).End
	}
	if i+1 < len(tokens) {
		if between := text[end:tokens[i+1].start]; between == "/" || between == "-" || between == " / " {
			return glue(text, Found{Place, end, tokens[i+1].end}).End
		}
	}
	return glue(text, Found{Place, end, end}).End
}
