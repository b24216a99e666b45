package token

import (
	"encoding/binary"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

const (
	alertCodeLen = 6
	codeLetters  = "ACDEFHJKMNPRTVWXY"
	codeDigits   = "23456789"
)

// AlertCode makes the short code that an alert carries, such as "K7M-4P9": from the key of its launch, so that a preview shows the code that
// goes out, and not to be guessed without the ring: 53 million codes. It begins with a letter and ends in a digit, so it is no word, no
// number and no house number. try makes another one when the first belongs to another alert. Six characters of codeAlphabet in two groups.
func AlertCode(ring *vault.Ring, zone buurtbel.ID, key string, try int) string {
	data := binary.BigEndian.AppendUint64(head('a', "alert"), uint64(zone))
	data = append(binary.AppendUvarint(data, uint64(try)), key...)
	for tag := range ring.Tags(vault.Token, data) {
		n := binary.BigEndian.Uint64(tag)
		c := make([]byte, alertCodeLen)
		for i := range c {
			from := codeAlphabet
			switch i {
			case 0:
				from = codeLetters
			case alertCodeLen - 1:
				from = codeDigits
			}
			c[i], n = from[n%uint64(len(from))], n/uint64(len(from))
		}
		return string(c[:3]) + "-" + string(c[3:])
	}
	return "" // a ring without a token key cannot be made
}

// alertMarks are what people put around a code: they do not count.
var alertMarks = strings.NewReplacer(" ", "", "-", "", ".", "", ",", "", ":", "", "?", "", "!", "", "\"", "", "'", "", "\n", "", "\r", "", "\t", "",
	"\u00a0", "", "\u2011", "", "\u2013", "", "\u201c", "", "\u201d", "", "\u2019", "")

// ReadAlertCode gives the one spelling of an alert's code as a person typed it, or texted it: nothing but the code, or the word "code" and
// the code. Case and marks do not count, and look-alikes are put right. ok is false when it can be no code.
func ReadAlertCode(typed string) (code string, ok bool) {
	if len(typed) > 64 {
		return "", false
	}
	c := strings.ToUpper(alertMarks.Replace(typed))
	if len(c) > alertCodeLen {
		c = strings.TrimPrefix(c, "CODE")
	}
	if len(c) != alertCodeLen {
		return "", false
	}
	c = lookalikes.Replace(c)
	if strings.Trim(c, codeAlphabet) != "" || !strings.Contains(codeLetters, c[:1]) || !strings.Contains(codeDigits, c[alertCodeLen-1:]) {
		return "", false
	}
	return c[:3] + "-" + c[3:], true
}
