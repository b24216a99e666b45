package replytext

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// tail is how many digits at the end of a number are enough to know it.
const tail = 6

// longestGap is how many signs may stand between two digits of one number: "0455 - 01 / 23".
const longestGap = 4

// known is a number of the record, in digits.
type knownPhone struct {
	country  string // "32"
	national string // without trunk prefix: "455012345"
}

func readPhones(list []string) []knownPhone {
	var phones []knownPhone
	for _, e164 := range list {
		p, err := phonenumbers.Parse(e164, "BE")
		if err != nil { // the record holds what was once accepted; anything else cannot be somebody's number
			continue
		}
		k := knownPhone{strconv.Itoa(int(p.GetCountryCode())), phonenumbers.GetNationalSignificantNumber(p)}
		if len(k.national) >= tail {
			phones = append(phones, k)
		}
	}
	return phones
}

// digit is one digit of a text.
type digit struct {
	value      byte // '0' to '9'
	start, end int  // bytes of the text
	glued      bool // it follows the digit before without anything between
}

// findPhones finds the numbers in any spelling: national, international, with and without trunk prefix, in groups of any size with blanks,
// dots, slashes or brackets between, over the end of a line, in other scripts' digits, with the letter O for nought.
func findPhones(found []Found, text string, list []string) []Found {
	phones := readPhones(list)
	if len(phones) == 0 {
		return found
	}
	for _, cluster := range clusters(text) {
		digits := make([]byte, len(cluster))
		for i, d := range cluster {
			digits[i] = d.value
		}
		for _, p := range phones {
			found = p.find(found, text, cluster, string(digits))
		}
	}
	return found
}

func (k knownPhone) find(found []Found, text string, cluster []digit, digits string) []Found {
	last := k.national[len(k.national)-tail:]
	for from := 0; ; {
		at := strings.Index(digits[from:], last)
		if at < 0 {
			return found
		}
		at += from
		start, end := k.begin(digits, at), at+tail
		for start > 0 && cluster[start].glued { // never a part of a longer run
			start--
		}
		for end < len(cluster) && cluster[end].glued {
			end++
		}
		found = append(found, Found{Phone, opening(text, cluster[start].start), cluster[end-1].end})
		from = at + 1
	}
}

// begin gives where the number begins whose last digits stand at at.
func (k knownPhone) begin(digits string, at int) int {
	head := k.national[:len(k.national)-tail]
	for _, prefix := range []string{"00" + k.country + "0", "00" + k.country, k.country + "0", k.country, "0", ""} {
		if strings.HasSuffix(digits[:at], prefix+head) {
			return at - len(prefix) - len(head)
		}
	}
	for len(head) > 0 && !strings.HasSuffix(digits[:at], head) {
		head = head[1:]
	}
	return at - len(head)
}

// opening moves back over "+" and brackets before a number.
func opening(text string, at int) int {
	for at > 0 {
		r, size := utf8.DecodeLastRuneInString(text[:at])
		if !strings.ContainsRune("+(＋[", r) && !unicode.Is(unicode.Cf, r) {
			break
		}
		at -= size
	}
	return at
}

// clusters gives the runs of digits that could be one number: what stands between two is short and holds no letter.
func clusters(text string) [][]digit {
	var all [][]digit
	var run []digit
	gap, lastLetter := 0, false
	flush := func() {
		if len(run) >= tail {
			all = append(all, slices.Clone(run))
		}
		run = run[:0]
	}
	for i, r := range text {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(text[i:])
		}
		value := digitOf(r)
		if value < 0 && nought(text, i, size, r, lastLetter, len(run) > 0 && gap == 0) {
			value = 0
		}
		switch {
		case value >= 0:
			if gap > longestGap {
				flush()
			}
			run = append(run, digit{byte('0' + value), i, i + size, len(run) > 0 && run[len(run)-1].end == i})
			gap, lastLetter = 0, false
		case unicode.IsLetter(r):
			flush()
			gap, lastLetter = 0, true
		case classOf(r) == unseenClass:
		default:
			gap++
			lastLetter = false
		}
	}
	flush()
	return all
}

// nought tells whether a letter O is meant as a digit: a digit touches it and no letter.
func nought(text string, i, size int, r rune, afterLetter, afterDigit bool) bool {
	if r != 'o' && r != 'O' && r != 'Ο' && r != 'О' || afterLetter {
		return false
	}
	next, _ := utf8.DecodeRuneInString(text[i+size:])
	if unicode.IsLetter(next) && !strings.ContainsRune("oOΟО", next) {
		return false
	}
	return afterDigit || digitOf(next) >= 0 || strings.ContainsRune("oOΟО", next)
}
