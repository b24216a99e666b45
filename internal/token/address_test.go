package token

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

// A tag in an address opens what it was made for, in either case, and nothing when one character is changed.
func TestAddressTag(t *testing.T) {
	ring, _ := newRing(t)
	rapid.Check(t, func(r *rapid.T) {
		id := buurtbel.ID(rapid.Int64Min(1).Draw(r, "id"))
		tag := SignAddress(ring, ReadBack, id)
		if len(tag) != 29 || strings.Trim(tag, "abcdefghijklmnopqrstuvwxyz234567") != "" {
			r.Fatalf("%q is no tag for an address", tag)
		}
		for _, spelling := range []string{tag, strings.ToUpper(tag)} {
			if got, err := VerifyAddress(ring, ReadBack, spelling); err != nil || got != id {
				r.Fatalf("%q gives %v, %v", spelling, got, err)
			}
		}
		if _, err := VerifyAddress(ring, Bounce, tag); err == nil {
			r.Fatal("the tag of an answer is one of a bounce too")
		}
		i := rapid.IntRange(0, len(tag)-1).Draw(r, "place")
		other := []byte(tag)
		other[i] = rapid.SampledFrom([]byte("abcdefghijklmnopqrstuvwxyz234567+-=189")).Draw(r, "letter")
		if string(other) == tag {
			return
		}
		if _, err := VerifyAddress(ring, ReadBack, string(other)); err == nil {
			r.Fatalf("%q was changed and still counts", other)
		}
	})
}
