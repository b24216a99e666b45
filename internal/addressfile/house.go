package addressfile

import (
	"regexp"
	"strings"
)

// House is a house number with its box, written one way: "12A", box "3".
type House struct {
	Number string // "12", "12A", "3-5", "12_1" (a number without letter of its own), "12BIS"
	Box    string // "" when there is none
}

var house = regexp.MustCompile(`(?i)^(?:(?:nr|no|n°|nummer|num[ée]ro|huisnr|huisnummer)\s*[.:]?\s*)?` +
	`(\d{1,5})\s*(?:([-+/])\s*(\d{1,5})\b|(_\d{1,3}))?\s*(bis|ter|quater|[a-z]{1,2}\d?)?\s*(.*)$`)

// box is what may follow a number: a word for box and its name, or a slash and its name.
var box = regexp.MustCompile(`(?i)^[\s,;./-]*(?:(?:bus|bte|bo[iî]te|box|app(?:t|artement)?|postfach|wohnung|b|bs)\s*[.:]?\s*([a-z0-9][a-z0-9./-]{0,9})|[/-]\s*([a-z0-9][a-z0-9.]{0,9}))$`)

var boxWords = map[string]bool{"BU": true, "BS": true, "AP": true, "BO": true, "BT": true}

// ParseHouse reads a house number with an optional box: "12", "12 a", "12 bus 3", "12A/0201", "nr. 3-5", "4 bte 2".
// ok is false when the text is anything else.
func ParseHouse(text string) (h House, ok bool) {
	text = strings.TrimSpace(text)
	m := house.FindStringSubmatch(text)
	if m == nil || len(text) > 40 {
		return House{}, false
	}
	number, sign, second, sub, letter, rest := m[1], m[2], m[3], m[4], strings.ToUpper(m[5]), strings.TrimSpace(m[6])
	if rest != "" && letter != "" && (boxWords[letter] || letter == "B") { // "12 bus 3": the letters belong to the word
		letter, rest = "", m[5]+m[6]
	}
	h.Number = strings.TrimLeft(number, "0") + sub + letter
	switch sign {
	case "-", "+":
		h.Number = strings.TrimLeft(number, "0") + "-" + second + letter
	case "/":
		h.Box = second + letter
		h.Number = strings.TrimLeft(number, "0")
	}
	if number = strings.TrimLeft(number, "0"); number == "" {
		return House{}, false
	}
	if rest == "" {
		return h, true
	}
	b := box.FindStringSubmatch(rest)
	if b == nil || h.Box != "" || sign != "" && rest[0] == '-' { // the last is a date
		return House{}, false
	}
	h.Box = strings.ToUpper(b[1] + b[2])
	return h, true
}

var numberFirst = regexp.MustCompile(`^(\d{1,4}\s?[a-zA-Z]?(?:\s?bis)?)\s*,\s*(\pL.{2,})$`)

// SplitLine separates a street line into street and house: "Vlierlaan 12 bus 3", "Vlierlaan, 12", "12, rue du Sureau".
// When there is no number, street is the whole line and ok is false.
func SplitLine(line string) (street string, h House, ok bool) {
	line = strings.Join(strings.Fields(line), " ")
	if m := numberFirst.FindStringSubmatch(line); m != nil {
		if h, ok = ParseHouse(m[1]); ok {
			return strings.TrimSpace(m[2]), h, true
		}
	}
	for i := 1; i < len(line); i++ { // the first number that makes the whole rest a house
		if line[i] < '0' || line[i] > '9' || line[i-1] != ' ' && line[i-1] != ',' && line[i-1] != '.' {
			continue
		}
		street := strings.TrimRight(trimNumberWord(line[:i]), " ,.")
		if h, ok = ParseHouse(line[i:]); ok && street != "" {
			return street, h, true
		}
	}
	return line, House{}, false
}

var numberWord = regexp.MustCompile(`(?i)[\s,]+(?:nr|no|n°|nummer)\s*\.?\s*$`)

func trimNumberWord(s string) string { return numberWord.ReplaceAllString(s, "") }
