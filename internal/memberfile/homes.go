package memberfile

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/sheet"
)

// home is the address of one row.
type home struct{ street, number, box, code, town string }

var (
	townLine = regexp.MustCompile(`^(?:(?:B|BE|L|F|D|NL)\s*-?\s*)?([1-9]\d{3}(?:\s?[A-Z]{2}\b)?|\d{5})(?:\s*[-,]?\s*(\pL.*))?$`)
	fullLine = regexp.MustCompile(`^(.*?\pL.*?)[\s,;\n-]+((?:(?:B|BE)\s*-?\s*)?[1-9]\d{3}\s*,?\s+\pL.*)$`)
)

// splitTown reads "9999 Vlierbeek", "B-9999 Vlierbeek", "9999"; code is "" when there is none.
func splitTown(text string) (code, town string) {
	m := townLine.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return "", strings.TrimSpace(text)
	}
	return strings.ReplaceAll(m[1], " ", ""), strings.TrimSpace(m[2])
}

// addressLine reads a whole address. What follows the house number and is no town stays with the street, so that it is seen.
func (h *home) addressLine(text string) {
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "\n", ", ")), " ")
	if m := fullLine.FindStringSubmatch(text); m != nil && digits(m[1]) > 0 {
		text = m[1]
		h.code, h.town = splitTown(strings.Replace(m[2], ",", " ", 1))
	}
	street, house, ok := addressfile.SplitLine(strings.Trim(text, " ,;"))
	h.street = street
	if ok {
		h.number, h.box = house.Number, house.Box
	}
}

var months = map[string]int{
	"jan": 1, "januari": 1, "janv": 1, "janvier": 1, "januar": 1, "january": 1, "feb": 2, "februari": 2, "fevr": 2, "fevrier": 2, "februar": 2, "february": 2,
	"mrt": 3, "maart": 3, "mars": 3, "mar": 3, "marz": 3, "maerz": 3, "march": 3, "mrz": 3, "apr": 4, "april": 4, "avr": 4, "avril": 4, "mei": 5, "mai": 5, "may": 5,
	"jun": 6, "juni": 6, "juin": 6, "june": 6, "jul": 7, "juli": 7, "juil": 7, "juillet": 7, "july": 7, "aug": 8, "augustus": 8, "aout": 8, "august": 8,
	"sep": 9, "sept": 9, "september": 9, "septembre": 9, "okt": 10, "oktober": 10, "oct": 10, "octobre": 10, "october": 10, "nov": 11, "november": 11, "novembre": 11,
	"dec": 12, "december": 12, "decembre": 12, "dez": 12, "dezember": 12,
}

var writtenDate = regexp.MustCompile(`^(?:(\d{1,2})[\s./-]+([a-z]{3,9})(?:[\s./-]+\d{2,4})?|([a-z]{3,9})[\s./-]+(\d{1,2}))$`)

// undate tells what was typed before a spreadsheet made a date of it. A rising pair is a range ("3-5" became 3 May), a falling one a number
// with its box ("12/3" became 12 March). Which of the two it was nobody can know for certain, so it is asked.
func undate(text string, kind sheet.Kind) (addressfile.House, bool) {
	a, b := 0, 0
	if at, err := time.Parse("2006-01-02", text); err == nil && (kind == sheet.Date || len(text) == 10) {
		a, b = at.Day(), int(at.Month())
		if a == 1 && at.Year() < 2000 { // "5-35" became May 1935
			a, b = int(at.Month()), at.Year()%100
		}
	} else if m := writtenDate.FindStringSubmatch(strings.Trim(addressfile.Fold(text), " ")); m != nil {
		a, b = number(m[1]), months[m[2]]
		if m[3] != "" {
			a, b = months[m[3]], number(m[4])
		}
	}
	switch {
	case a == 0 || b == 0:
		return addressfile.House{}, false
	case a < b:
		return addressfile.House{Number: fmt.Sprintf("%d-%d", a, b)}, true
	}
	return addressfile.House{Number: strconv.Itoa(a), Box: strconv.Itoa(b)}, true
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// houseCell reads the house number cell. key names the problem, "" when there is none.
func (h *home) houseCell(c sheet.Cell) (key string, severity Severity) {
	if house, was := undate(c.Text, c.Kind); was {
		h.number, h.box = house.Number, house.Box
		return "import.house-number-date", Ask
	}
	if house, ok := addressfile.ParseHouse(c.Text); ok {
		h.number = house.Number
		if house.Box != "" {
			h.box = house.Box
		}
		return "", ""
	}
	if street, house, ok := addressfile.SplitLine(c.Text); ok && h.street == "" {
		h.street, h.number, h.box = street, house.Number, house.Box
		return "import.house-number-line", Mend
	}
	return "import.house-number-unreadable", Refuse
}

var boxWord = regexp.MustCompile(`(?i)^(?:bus|bte|bo[iî]te|box|app?t?|nr)\b\s*[.:]?\s*`)

func (h *home) boxCell(text string) {
	h.box = strings.ToUpper(strings.Join(strings.Fields(boxWord.ReplaceAllString(text, "")), ""))
}

// key is the home for comparing, "" when there is too little.
func (h home) key() string {
	if h.street == "" || h.number == "" {
		return ""
	}
	return addressfile.StreetKey(h.street) + " " + addressfile.HouseKey(h.number, h.box)
}
