package token

import "strings"

// passLen is the length of a pass in digits: 26 bits, for a short life and few tries.
const passLen = 8

// NewPass makes a code of eight digits for SMS, speech and thick fingers. It opens more than NewDigits does, so it is longer.
func NewPass() string { return draw("0123456789", passLen) }

// ReadPass gives a pass as NewPass made it, from what a person typed: spaces, hyphens and dots do not count. It is false for what can be none.
func ReadPass(typed string) (string, bool) {
	if len(typed) > 64 {
		return "", false
	}
	digits := strings.NewReplacer(" ", "", "-", "", ".", "", "\u00a0", "").Replace(strings.TrimSpace(typed))
	return digits, len(digits) == passLen && strings.Trim(digits, "0123456789") == ""
}
