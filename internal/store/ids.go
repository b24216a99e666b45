package store

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/buurtbel/buurtbel"
)

// packIDs writes ids as varint differences: the frozen audience of a message. Order is kept.
func packIDs(ids []buurtbel.ID) []byte {
	out := make([]byte, 0, len(ids)*3)
	var last buurtbel.ID
	for _, id := range ids {
		out = binary.AppendVarint(out, int64(id-last))
		last = id
	}
	return out
}

func unpackIDs(b []byte) ([]buurtbel.ID, error) {
	many := 0
	for _, c := range b { // the last byte of each number has no eighth bit
		if c < 0x80 {
			many++
		}
	}
	out := make([]buurtbel.ID, 0, many)
	var last buurtbel.ID
	for len(b) > 0 {
		d, n := binary.Varint(b)
		if n <= 0 {
			return nil, fmt.Errorf("frozen audience: damaged at %d", len(out))
		}
		last += buurtbel.ID(d)
		out, b = append(out, last), b[n:]
	}
	return out, nil
}

// batch builds the one JSON argument of a batch: an array of objects with short keys.
// It escapes nothing but what comes from our own closed lists, numbers and hex; free text goes through text.
type batch struct {
	b     []byte
	first bool
}

func newBatch(n, width int) *batch {
	return &batch{b: append(make([]byte, 0, n*width+2), '[')}
}

func (j *batch) row() *batch {
	if len(j.b) > 1 {
		j.b = append(j.b, ',')
	}
	j.b = append(j.b, '{')
	j.first = true
	return j
}

func (j *batch) key(k string) {
	if !j.first {
		j.b = append(j.b, ',')
	}
	j.first = false
	j.b = append(j.b, '"')
	j.b = append(j.b, k...)
	j.b = append(j.b, '"', ':')
}

func (j *batch) int(k string, v int64) *batch {
	j.key(k)
	j.b = strconv.AppendInt(j.b, v, 10)
	return j
}

func (j *batch) id(k string, v buurtbel.ID) *batch { return j.int(k, int64(v)) }

// text writes any text as a JSON string.
func (j *batch) text(k, v string) *batch {
	j.key(k)
	j.b = appendJSON(j.b, v)
	return j
}

func (j *batch) hex(k string, v []byte) *batch {
	j.key(k)
	j.b = append(j.b, '"')
	j.b = hex.AppendEncode(j.b, v)
	j.b = append(j.b, '"')
	return j
}

func (j *batch) end() { j.b = append(j.b, '}') }

func (j *batch) empty() bool { return len(j.b) == 1 }

// done closes the array and gives the argument.
func (j *batch) done() string { return string(append(j.b, ']')) }

func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == 0: // no text column of PostgreSQL can hold it
			b = utf8.AppendRune(b, utf8.RuneError)
		case r < 0x20:
			b = fmt.Appendf(b, "\\u%04x", r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// clean makes a text from outside storable on both engines, the same way as a batch does: well-formed UTF-8 without NUL.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, string(utf8.RuneError)), "\x00", string(utf8.RuneError))
}

// jsonIDs writes ids as a JSON array, the argument of "in (select value from json_each($1))" and its pair.
func jsonIDs(ids []buurtbel.ID) string {
	b := append(make([]byte, 0, len(ids)*20+2), '[')
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(id), 10)
	}
	return string(append(b, ']'))
}
