package sheet

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// decode turns the file's bytes into text and says which encoding it was; guessed is true when nothing in the file says so.
func decode(data []byte) (text, name string, guessed bool, err error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return string(bytes.ToValidUTF8(data[3:], []byte("\ufffd"))), "utf-8", false, nil
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		text, err = decode16(data[2:], unicode.LittleEndian)
		return text, "utf-16le", false, err
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		text, err = decode16(data[2:], unicode.BigEndian)
		return text, "utf-16be", false, err
	}
	switch even, odd := zeros(data); {
	case even+odd == 0:
	case odd > 4*even && odd*4 > len(data):
		text, err = decode16(data, unicode.LittleEndian)
		return text, "utf-16le", true, err
	case even > 4*odd && even*4 > len(data):
		text, err = decode16(data, unicode.BigEndian)
		return text, "utf-16be", true, err
	default:
		return "", "", false, fail("kind", nil) // zero bytes in no pattern: not a text
	}
	if utf8.Valid(data) {
		return string(data), "utf-8", false, nil
	}
	text1252, err := charmap.Windows1252.NewDecoder().String(string(data)) // Latin-1 is the part of it without 0x80…0x9f
	if err != nil {
		return "", "", false, fail("kind", nil)
	}
	return text1252, "windows-1252", true, nil
}

func decode16(data []byte, order unicode.Endianness) (string, error) {
	out, err := unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(data)
	if err != nil {
		return "", fail("kind", nil)
	}
	return string(out), nil
}

func zeros(data []byte) (even, odd int) {
	for i, b := range data {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	return even, odd
}

// mend undoes a text that was UTF-8, was taken for Windows-1252 and saved again ("ZoÃ«" for "Zoë").
func mend(text string) (string, bool) {
	if !strings.ContainsAny(text, "ÃÂâ") {
		return text, false
	}
	raw, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil || !utf8.ValidString(raw) || utf8.RuneCountInString(raw) >= utf8.RuneCountInString(text) {
		return text, false
	}
	return raw, true
}
