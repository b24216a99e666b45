package gsm

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// DecodeGSM7 reads unpacked septets. It never fails: an escape before a septet without a meaning shows the septet itself, a lone escape at the
// end a space (TS 23.038 section 6.2.1, notes), and an octet above 0x7F, which carriers that mean Latin-1 send, its Latin-1 character.
func DecodeGSM7(octets []byte) string {
	var b strings.Builder
	b.Grow(len(octets))
	for i := 0; i < len(octets); i++ {
		switch o := octets[i]; {
		case o == escape && i+1 < len(octets):
			i++
			b.WriteRune(escaped(octets[i]))
		case o == escape:
			b.WriteByte(' ')
		case o > 0x7F:
			b.WriteRune(latin1(o))
		default:
			b.WriteRune(basic[o])
		}
	}
	return b.String()
}

func escaped(o byte) rune {
	if r, ok := extension[o]; ok {
		return r
	}
	if o == escape { // reserved for a further table; shown as a space
		return ' '
	}
	if o > 0x7F {
		return latin1(o)
	}
	return basic[o]
}

// latin1 reads one octet of ISO 8859-1; the C1 controls, which no text means, become U+FFFD.
func latin1(o byte) rune {
	if o >= 0x80 && o < 0xA0 {
		return utf8.RuneError
	}
	return rune(o)
}

// DecodeUCS2 reads big-endian 16-bit units with surrogate pairs. A lone surrogate and an odd octet at the end become U+FFFD.
func DecodeUCS2(octets []byte) string {
	units := make([]uint16, 0, len(octets)/2+1)
	for ; len(octets) >= 2; octets = octets[2:] {
		units = append(units, uint16(octets[0])<<8|uint16(octets[1]))
	}
	if len(octets) == 1 {
		units = append(units, utf8.RuneError)
	}
	return string(utf16.Decode(units))
}

// DecodeLatin1 reads ISO 8859-1.
func DecodeLatin1(octets []byte) string {
	var b strings.Builder
	b.Grow(len(octets))
	for _, o := range octets {
		b.WriteRune(latin1(o))
	}
	return b.String()
}

// DecodeIA5 reads IA5 (ASCII). Octets above 0x7F, which IA5 does not have, are read as Latin-1.
func DecodeIA5(octets []byte) string { return DecodeLatin1(octets) }

// Decode reads the octets of a text by its data_coding (SMPP 3.4 section 5.2.19, with the GSM coding groups of TS 23.038 section 4).
// It never fails: a coding it does not know is read as Latin-1, so that a text is shown rather than lost.
func Decode(coding byte, octets []byte) string {
	switch Alphabet(coding) {
	case "gsm-7":
		return DecodeGSM7(octets)
	case "ucs-2":
		return DecodeUCS2(octets)
	case "ia5":
		if hasControls(octets) { // some carriers say IA5 and send septets: no text holds the controls that septets look like
			return DecodeGSM7(octets)
		}
	}
	return DecodeLatin1(octets)
}

// hasControls tells whether octets hold a control of IA5 other than the ends of lines and the NUL that closes a string.
func hasControls(octets []byte) bool {
	for _, o := range octets {
		if o < 0x20 && o != '\n' && o != '\r' && o != 0 {
			return true
		}
	}
	return false
}

// Alphabet names the alphabet that a data_coding stands for: "gsm-7", "ia5", "latin-1", "ucs-2", "binary" or "unknown".
func Alphabet(coding byte) string {
	switch coding {
	case 0:
		return "gsm-7"
	case 1:
		return "ia5"
	case 3:
		return "latin-1"
	case 8:
		return "ucs-2"
	case 2, 4:
		return "binary"
	}
	switch {
	case coding >= 0xF0 && coding&0x04 == 0: // message class, default alphabet
		return "gsm-7"
	case coding >= 0xF0:
		return "binary"
	case coding >= 0x10 && coding < 0x20: // general group with a message class: bits 3 and 2 name the alphabet
		return [...]string{"gsm-7", "binary", "ucs-2", "unknown"}[coding>>2&3]
	}
	return "unknown"
}
