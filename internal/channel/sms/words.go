package sms

import "strings"

// Clean makes what a carrier wrote fit for any store: UTF-8 without NUL, which some put at the end of texts and ids.
func Clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// codeDigits is how many digits the code of an error has at most. A longer run could be a number of a member, and is not shown.
const codeDigits = 6

// Code keeps of a carrier's code what a log and a page may show: at most so many letters, digits and a few signs.
func Code(s string, most int) string {
	var b strings.Builder
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '.', r == '-', r == '_':
		default:
			continue
		}
		b.WriteRune(r)
	}
	if b.Len() > most || digits > codeDigits {
		return "unreadable"
	}
	return b.String()
}
