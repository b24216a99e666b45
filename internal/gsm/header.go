package gsm

import "errors"

// Concat says which part of which text this is.
type Concat struct {
	Ref    int `json:"ref"`    // the sender's number for the text: 8 or 16 bits, so it comes round
	Total  int `json:"total"`  // number of parts
	Number int `json:"number"` // from 1
}

// Information element identifiers, TS 23.040 section 9.2.3.24.
const (
	concat8  = 0x00 // concatenated short messages, 8-bit reference
	concat16 = 0x08 // concatenated short messages, 16-bit reference
)

// HeaderSize is the length in octets of what Header makes.
const HeaderSize = 6

// Header is the user data header of part number of total, with an 8-bit reference (TS 23.040 section 9.2.3.24.1).
func Header(ref, total, number byte) [HeaderSize]byte {
	return [HeaderSize]byte{5, concat8, 3, ref, total, number}
}

// ErrHeader means that the octets do not begin with a whole user data header.
var ErrHeader = errors.New("gsm: user data header is cut off")

// ReadHeader takes the user data header off octets. Elements it does not know are skipped; a concatenation that says "part 3 of 2", "part 0"
// or "1 of 1" is no concatenation (TS 23.040: ignored) and leaves Concat zero.
func ReadHeader(octets []byte) (Concat, []byte, error) {
	if len(octets) == 0 || int(octets[0])+1 > len(octets) {
		return Concat{}, octets, ErrHeader
	}
	elements, rest := octets[1:int(octets[0])+1], octets[int(octets[0])+1:]
	var c Concat
	for len(elements) >= 2 {
		id, n := elements[0], int(elements[1])
		if 2+n > len(elements) {
			return Concat{}, rest, ErrHeader
		}
		if found := readConcat(id, elements[2:2+n]); found.Total > 0 {
			c = found // of two, the last counts (TS 23.040 section 9.2.3.24)
		}
		elements = elements[2+n:]
	}
	return c, rest, nil
}

func readConcat(id byte, data []byte) Concat {
	var c Concat
	switch {
	case id == concat8 && len(data) == 3:
		c = Concat{Ref: int(data[0]), Total: int(data[1]), Number: int(data[2])}
	case id == concat16 && len(data) == 4:
		c = Concat{Ref: int(data[0])<<8 | int(data[1]), Total: int(data[2]), Number: int(data[3])}
	}
	if c.Total < 2 || c.Number < 1 || c.Number > c.Total {
		return Concat{}
	}
	return c
}
