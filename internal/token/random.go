package token

import (
	"crypto/rand"
	"crypto/sha256"
	"math/bits"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// randomSize is the length of a one-use token in bytes: 160 bits.
const randomSize = 20

// New makes a one-use token: token goes into the link, hash into the row. 27 characters.
func New() (token string, hash []byte) {
	b := make([]byte, randomSize)
	fill(b)
	token = encoding.EncodeToString(b)
	return token, Hash(token)
}

// Hash is what the row of a one-use token holds: SHA-256. It needs no key, because nobody can guess 160 bits.
func Hash(token string) []byte {
	sum := sha256.Sum256([]byte("buurtbel one-use token\x00" + token))
	return sum[:]
}

// codeAlphabet has no two characters that are easily taken for each other; lookalikes says what a mistaken one was meant to be.
const codeAlphabet = "23456789ACDEFHJKMNPRTVWXY"

var lookalikes = strings.NewReplacer("B", "8", "S", "5", "Z", "2", "G", "6", "U", "V", "O", "D", "0", "D", "Q", "D")

const (
	codeLen     = 8
	longCodeLen = 12
	digitsLen   = 6
)

// NewCode makes a code that a person types over from paper or a screen: eight characters in two groups, such as "K7WN-2XHA", 37 bits.
func NewCode() string {
	c := draw(codeAlphabet, codeLen)
	return c[:4] + "-" + c[4:]
}

// NewLongCode makes a code for paper that waits for a bad night: twelve characters in three groups, such as "K7WN-2XHA-P4RT", 55 bits. Nobody
// guesses one, so no limit of tries need stand before it.
func NewLongCode() string {
	c := draw(codeAlphabet, longCodeLen)
	return c[:4] + "-" + c[4:8] + "-" + c[8:]
}

// NewDigits makes a code of six digits, for SMS and speech: 20 bits. It needs a short life and few tries.
func NewDigits() string { return draw("0123456789", digitsLen) }

// ReadCode gives the one spelling of a code as a person typed it: case, spaces and hyphens do not count, and look-alikes are put right.
//
// Error: error.token.code (Invalid) when it can be no code.
func ReadCode(typed string) (string, error) {
	if len(typed) > 64 {
		return "", badCode()
	}
	c := strings.NewReplacer(" ", "", "-", "", "\u00a0", "", "\u2011", "", "\u2013", "").Replace(strings.ToUpper(typed))
	if len(c) == digitsLen && strings.Trim(c, "0123456789") == "" {
		return c, nil
	}
	c = lookalikes.Replace(c)
	if len(c) != codeLen && len(c) != longCodeLen || strings.Trim(c, codeAlphabet) != "" {
		return "", badCode()
	}
	if len(c) == longCodeLen {
		return c[:4] + "-" + c[4:8] + "-" + c[8:], nil
	}
	return c[:4] + "-" + c[4:], nil
}

// HashCode is what the row of a code holds. It is keyed, because a code has few bits, and bound to purpose and subject.
// code is as NewCode, NewDigits or ReadCode gave it.
func HashCode(ring *vault.Ring, purpose Purpose, subject buurtbel.ID, code string) []byte {
	return ring.Hash("token.code."+string(purpose), subject.String()+code)
}

func badCode() error { return buurtbel.Fail(buurtbel.Invalid, "error.token.code", nil) }

// draw picks n characters of alphabet, all equally likely.
func draw(alphabet string, n int) string {
	limit := 256 - 256%len(alphabet) // bytes from here on would favour the first characters
	picked := make([]byte, 0, n)
	var b [16]byte
	for {
		fill(b[:])
		for _, c := range b {
			if int(c) < limit {
				picked = append(picked, alphabet[int(c)%len(alphabet)])
			}
			if len(picked) == n {
				return string(picked)
			}
		}
	}
}

// fill cannot fail: since Go 1.24 crypto/rand ends the program when the system has no randomness.
func fill(b []byte) {
	if _, err := rand.Read(b); err != nil {
		panic("token: the system has no randomness: " + err.Error())
	}
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// appendBase62 writes v with at least width digits.
func appendBase62(dst []byte, v uint64, width int) []byte {
	var digits [macLen]byte // 62^11 > 2^64
	i := len(digits)
	for v > 0 || len(digits)-i < max(1, width) {
		i--
		digits[i] = base62[v%62]
		v /= 62
	}
	return append(dst, digits[i:]...)
}

// parseBase62 reads at most 11 digits; false for any other character or a value beyond 64 bits.
func parseBase62(s string) (v uint64, ok bool) {
	for i := range len(s) {
		d := strings.IndexByte(base62, s[i])
		high, low := bits.Mul64(v, 62)
		sum, carry := bits.Add64(low, uint64(max(d, 0)), 0)
		if d < 0 || high != 0 || carry != 0 {
			return 0, false
		}
		v = sum
	}
	return v, len(s) > 0
}
