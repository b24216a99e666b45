// Package gsm knows the alphabets of short messages: the GSM 7-bit default alphabet with its extension table and UCS-2
// (3GPP TS 23.038, formerly GSM 03.38), how a text falls into parts, and the header that joins parts (3GPP TS 23.040, 9.2.3.24).
//
// It counts, encodes, splits, decodes and proposes a cheaper spelling. It does not pack septets into octets (SMPP carries one septet in
// each octet), knows no national shift tables, and knows nothing of prices, numbers or carriers.
//
// Always true: a part never ends between an escape and its septet nor between the halves of a surrogate pair, every part fits, and the parts
// one after the other decode to the text they came from.
package gsm

import "unicode/utf16"

// Encoding is the alphabet in which a whole text travels: one character outside GSM7 makes all of it UCS2.
type Encoding uint8

// The encodings of outgoing texts.
const (
	GSM7 Encoding = iota // units are septets, one in each octet
	UCS2                 // units are 16 bits, big-endian, with surrogate pairs (UTF-16, as every phone reads it)
)

func (e Encoding) String() string {
	if e == UCS2 {
		return "ucs-2"
	}
	return "gsm-7"
}

// MarshalText writes the encoding as its word.
func (e Encoding) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// Single is how many units a text of one part holds: 160 septets or 70 UCS-2 units in 140 octets.
func (e Encoding) Single() int {
	if e == UCS2 {
		return 70
	}
	return 160
}

// Joined is how many units each part holds when there are several: the 6 octets of the header take 7 septets or 3 units.
func (e Encoding) Joined() int {
	if e == UCS2 {
		return 67
	}
	return 153
}

const (
	escape  = 0x1B
	missing = 0xFFFF // no septet for this rune
)

// basic is the default alphabet, TS 23.038 section 6.2.1; the escape stands as U+FFFF because no text may produce it.
var basic = []rune("@£$¥èéùìòÇ\nØø\rÅå" +
	"Δ_ΦΓΛΩΠΨΣΘΞ\uffffÆæßÉ" +
	" !\"#¤%&'()*+,-./" +
	"0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNO" +
	"PQRSTUVWXYZÄÖÑÜ§" +
	"¿abcdefghijklmno" +
	"pqrstuvwxyzäöñüà")

// extension is the default extension table, TS 23.038 section 6.2.1.1: each costs an escape and a septet.
var extension = map[byte]rune{
	0x0A: '\f', 0x14: '^', 0x28: '{', 0x29: '}', 0x2F: '\\', 0x3C: '[', 0x3D: '~', 0x3E: ']', 0x40: '|', 0x65: '€',
}

var (
	latin [256]uint16         // septets of runes below 256: escape<<8 | septet for the extension table
	other = map[rune]uint16{} // septets of the other runes
)

func init() {
	for i := range latin {
		latin[i] = missing
	}
	put := func(r rune, code uint16) {
		if r < 256 {
			latin[r] = code
		} else {
			other[r] = code
		}
	}
	for i, r := range basic {
		if i != escape {
			put(r, uint16(i))
		}
	}
	for s, r := range extension {
		put(r, escape<<8|uint16(s))
	}
}

// septets gives the septet of r, with the escape in the high octet, or missing.
func septets(r rune) uint16 {
	if r >= 0 && r < 256 {
		return latin[r]
	}
	if code, ok := other[r]; ok {
		return code
	}
	return missing
}

// Fits tells whether r is in the GSM 7-bit default alphabet or its extension table.
func Fits(r rune) bool { return septets(r) != missing }

// Choose gives the encoding that text needs.
func Choose(text string) Encoding {
	for _, r := range text {
		if septets(r) == missing {
			return UCS2
		}
	}
	return GSM7
}

// Encode gives the whole text in the encoding it needs: one octet per septet, or two per UCS-2 unit.
// Bytes that are not UTF-8 become U+FFFD and so UCS-2.
func Encode(text string) (Encoding, []byte) {
	octets := make([]byte, 0, len(text)+8)
	for _, r := range text {
		code := septets(r)
		if code == missing {
			return UCS2, encodeUCS2(text)
		}
		if code > 0xFF {
			octets = append(octets, escape)
		}
		octets = append(octets, byte(code))
	}
	return GSM7, octets
}

func encodeUCS2(text string) []byte {
	octets := make([]byte, 0, 2*len(text))
	for _, r := range text {
		if hi, lo := utf16.EncodeRune(r); hi != 0xFFFD {
			octets = append(octets, byte(hi>>8), byte(hi), byte(lo>>8), byte(lo))
			continue
		}
		octets = append(octets, byte(r>>8), byte(r))
	}
	return octets
}
