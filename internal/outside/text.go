package outside

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// The default alphabet of GSM 03.38 (3GPP TS 23.038 section 6.2.1), 0x1B left out as a space.
const gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

const gsmEscape = 0x1B

var gsmExtended = map[byte]rune{
	0x0A: '\f', 0x14: '^', 0x28: '{', 0x29: '}', 0x2F: '\\', 0x3C: '[', 0x3D: '~', 0x3E: ']', 0x40: '|', 0x65: '€',
}

var (
	gsmToText [2][128]string // [1] after an escape
	textToGSM = map[rune][]byte{}
)

func init() {
	i := byte(0)
	for _, r := range gsmBasic {
		gsmToText[0][i] = string(r)
		if i != gsmEscape {
			textToGSM[r] = []byte{i}
		}
		i++
	}
	gsmToText[1] = gsmToText[0] // an unknown escape shows the plain character (3GPP TS 23.038 section 6.2.1.1)
	for b, r := range gsmExtended {
		gsmToText[1][b] = string(r)
		textToGSM[r] = []byte{gsmEscape, b}
	}
}

// appendText decodes the octets of a short message to UTF-8 by its data coding (SMPP 3.4 section 5.2.19).
func appendText(dst []byte, coding byte, b []byte) []byte {
	switch coding {
	case 0:
		return appendGSM(dst, b)
	case 8:
		return appendUCS2(dst, b)
	default: // ASCII, Latin-1 and what a telephone would show of octets
		for _, c := range b {
			dst = utf8.AppendRune(dst, rune(c))
		}
		return dst
	}
}

func appendGSM(dst, b []byte) []byte {
	table := 0
	for _, c := range b {
		if c == gsmEscape && table == 0 {
			table = 1
			continue
		}
		dst = append(dst, gsmToText[table][c&0x7F]...)
		table = 0
	}
	return dst
}

func appendUCS2(dst, b []byte) []byte {
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(b[i])<<8 | rune(b[i+1])
		if utf16.IsSurrogate(r) && i+3 < len(b) {
			if pair := utf16.DecodeRune(r, rune(b[i+2])<<8|rune(b[i+3])); pair != utf8.RuneError {
				r, i = pair, i+2
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// written is one short message as a telephone sends it.
type written struct {
	coding byte
	body   []byte // with its user data header when there are several parts
	udhi   bool
}

// writeParts encodes a text as a telephone does: septets when possible, else UCS-2, split at 153 or 67 characters.
func writeParts(text string, ref byte) []written {
	units, coding := textUnits(text)
	single, split := 160, 153
	if coding == 8 {
		single, split = 140, 134
	}
	var parts [][]byte
	var part []byte
	total := 0
	for _, u := range units {
		total += len(u)
		if len(part)+len(u) > split {
			parts, part = append(parts, part), nil
		}
		part = append(part, u...)
	}
	if total <= single {
		return []written{{coding: coding, body: join(units)}}
	}
	parts = append(parts, part)
	list := make([]written, 0, len(parts))
	for i, p := range parts {
		head := []byte{5, 0, 3, ref, byte(len(parts)), byte(i + 1)}
		list = append(list, written{coding: coding, body: append(head, p...), udhi: true})
	}
	return list
}

func join(units [][]byte) []byte {
	var b []byte
	for _, u := range units {
		b = append(b, u...)
	}
	return b
}

// textUnits cuts a text in pieces that must stay whole: one character each.
func textUnits(text string) (units [][]byte, coding byte) {
	for _, r := range text {
		g, ok := textToGSM[r]
		if !ok {
			return ucs2Units(text), 8
		}
		units = append(units, g)
	}
	return units, 0
}

func ucs2Units(text string) [][]byte {
	var units [][]byte
	for _, r := range text {
		var u []byte
		for _, w := range utf16.Encode([]rune{r}) {
			u = append(u, byte(w>>8), byte(w))
		}
		units = append(units, u)
	}
	return units
}

// Hash is how the logs name a text: FNV-1a of its UTF-8, 64 bits.
func Hash(text string) uint64 { return hashOf([]byte(text)) }

func hashOf(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// appendNumber writes E.164 with "+".
func appendNumber(b []byte, number uint64) []byte {
	return strconv.AppendUint(append(b, '+'), number, 10)
}

func formatNumber(number uint64) string { return string(appendNumber(nil, number)) }
