package gsm

// Split gives the octets of each part of text, without headers: one part when it fits in Single units, else parts of at most Joined units.
// An empty text is one empty part.
func Split(text string) (Encoding, [][]byte) {
	encoding, octets := Encode(text)
	return encoding, SplitOctets(encoding, octets)
}

// SplitOctets cuts what Encode made. The parts share memory with octets.
func SplitOctets(encoding Encoding, octets []byte) [][]byte {
	if len(octets) <= encoding.Single()*encoding.size() {
		return [][]byte{octets}
	}
	var parts [][]byte
	for len(octets) > 0 {
		n := cut(encoding, octets)
		parts = append(parts, octets[:n:n])
		octets = octets[n:]
	}
	return parts
}

// size is the number of octets of a unit.
func (e Encoding) size() int {
	if e == UCS2 {
		return 2
	}
	return 1
}

// cut gives the length in octets of the longest first part that leaves pairs whole.
func cut(encoding Encoding, octets []byte) int {
	n := encoding.Joined() * encoding.size()
	if len(octets) <= n {
		return len(octets)
	}
	if encoding == GSM7 && octets[n-1] == escape {
		return n - 1
	}
	if encoding == UCS2 && octets[n-2]&0xFC == 0xD8 { // a high surrogate; its low half would open the next part
		return n - 2
	}
	return n
}
