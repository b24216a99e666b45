package buurtbel

import (
	"strings"
	"sync/atomic"
	"time"
)

// ID names one row: 63 bits, ordered by time of making. 41 bits of milliseconds since 2026, 8 bits of node, 14 bits of sequence.
// It is opaque: nothing but its maker may read a meaning into it.
type ID int64

var idEpoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

// IDs makes ids for one node. Its zero value is node 0 and ready to use. Safe for concurrent use.
type IDs struct {
	Node uint8
	last atomic.Int64 // milliseconds<<14 | sequence of the last id given out
}

// Next gives an id larger than every earlier one of this IDs, also when the clock goes back.
func (g *IDs) Next(now time.Time) ID {
	floor := (now.UnixMilli() - idEpoch) << 14
	for {
		last := g.last.Load()
		next := max(last+1, floor)
		if g.last.CompareAndSwap(last, next) {
			return ID(next>>14<<22 | int64(g.Node)<<14 | next&(1<<14-1))
		}
	}
}

const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz" // Crockford's base 32: no i, l, o, u

// String writes the id as 13 characters of Crockford's base 32, so that it sorts as it counts.
func (id ID) String() string {
	var b [13]byte
	v := uint64(id)
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = idAlphabet[v&31]
		v >>= 5
	}
	return string(b[:])
}

// After makes every later id larger than id, whoever made it: the clock may have been put back since the program last ran.
func (g *IDs) After(id ID) {
	floor := int64(id)>>22<<14 | 1<<14 - 1
	for {
		last := g.last.Load()
		if last >= floor || g.last.CompareAndSwap(last, floor) {
			return
		}
	}
}

// ParseID reads what String wrote, also in capitals. Anything else is Invalid.
func ParseID(s string) (ID, error) {
	if len(s) != 13 || s[0] > '7' { // 13 characters are 65 bits: the first may fill only three
		return 0, Fail(Invalid, "error.id", nil)
	}
	var v uint64
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		n := strings.IndexByte(idAlphabet, c)
		if n < 0 {
			return 0, Fail(Invalid, "error.id", nil)
		}
		v = v<<5 | uint64(n)
	}
	if v == 0 || v >= 1<<63 {
		return 0, Fail(Invalid, "error.id", nil)
	}
	return ID(v), nil
}
