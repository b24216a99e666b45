// Package vault seals what must not be readable in a stolen database: names, numbers, addresses, coordinates, texts of replies.
//
// The keys lie in a key ring, a file outside the database. A sealed value is bound to its table, its column and its row:
// moved anywhere else it no longer opens. Values are found again by a keyed hash (Ring.Hash), and heads of the journal and
// tokens are authenticated with keys of their own (Ring.MAC).
//
// The package knows no SQL and no actor: who may open what, and the record of every look, is the store's business.
//
// Always true: a Sealed prints as "sealed" and refuses JSON; no error and no printed form of a Ring holds key material or
// opened text; opening either gives exactly what was sealed or an error; adding a key never makes an older value unreadable.
//
// AES-256-GCM with random 96-bit nonces (NIST SP 800-38D section 8.2.2) is good for 2^32 seals with one key; rotate before that.
package vault

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/buurtbel/buurtbel"
)

// Layout of a sealed value: version 1 byte, key number 2 bytes (big-endian), nonce 12 bytes, ciphertext, tag 16 bytes.
const (
	version   = 0x01
	unsealed  = 0x00 // marker of a Ring made by NewUnsealed; an ordinary Ring refuses it
	nonceSize = 12
	tagSize   = 16
	headSize  = 1 + 2 + nonceSize
)

// Overhead is how many bytes a sealed value is longer than its plain text.
const Overhead = headSize + tagSize

// Sealed is a value as it lies in the database. It is bytes for database/sql and says nothing anywhere else.
type Sealed []byte

var errNeverWritten = errors.New("vault: a sealed value is never written out")

// String says only that there is something.
func (Sealed) String() string { return "sealed" }

// GoString says only that there is something.
func (Sealed) GoString() string { return "sealed" }

// Format writes "sealed" for every verb.
func (Sealed) Format(f fmt.State, _ rune) { writeWord(f, "sealed") }

// LogValue writes "sealed" into logs.
func (Sealed) LogValue() slog.Value { return slog.StringValue("sealed") }

// MarshalJSON always fails: a sealed value in JSON is a mistake of the program.
func (Sealed) MarshalJSON() ([]byte, error) { return nil, errNeverWritten }

// MarshalText always fails, for the same reason.
func (Sealed) MarshalText() ([]byte, error) { return nil, errNeverWritten }

// Value gives the bytes to database/sql; nil is NULL.
func (s Sealed) Value() (driver.Value, error) {
	if s == nil {
		return nil, nil
	}
	return []byte(s), nil
}

// Scan takes a copy of a column's bytes; NULL is nil.
func (s *Sealed) Scan(column any) error {
	switch v := column.(type) {
	case nil:
		*s = nil
	case []byte:
		*s = append(Sealed{}, v...)
	default:
		return fmt.Errorf("vault: a sealed column holds %T, not bytes", column)
	}
	return nil
}

// AD is where a value lives. It is authenticated with the value and never stored.
type AD struct {
	Table  string
	Column string
	Row    buurtbel.ID
}

// append writes ad and the head of the sealed value so that two different ones never give the same bytes.
func (ad AD) append(dst []byte, head []byte) []byte {
	dst = append(dst, head[:3]...)
	dst = binary.AppendUvarint(dst, uint64(len(ad.Table)))
	dst = append(dst, ad.Table...)
	dst = binary.AppendUvarint(dst, uint64(len(ad.Column)))
	dst = append(dst, ad.Column...)
	return binary.BigEndian.AppendUint64(dst, uint64(ad.Row))
}

// scratch lends the bytes of associated data, which would otherwise be allocated once for every value opened.
var scratch = sync.Pool{New: func() any { b := make([]byte, 0, 128); return &b }}

// Seal seals plain for the place ad with the active key. The only error is a system without randomness.
func (r *Ring) Seal(ad AD, plain []byte) (Sealed, error) {
	return r.AppendSeal(make(Sealed, 0, len(plain)+Overhead), ad, plain)
}

// AppendSeal appends the sealed value to dst, which must not overlap plain.
func (r *Ring) AppendSeal(dst Sealed, ad AD, plain []byte) (Sealed, error) {
	k := r.keys.Load()
	if k.unsealed {
		return append(append(dst, unsealed), plain...), nil
	}
	start := len(dst)
	dst = append(dst, version, byte(k.active>>8), byte(k.active))
	dst = append(dst, make([]byte, nonceSize)...)
	nonce := dst[start+3 : start+headSize]
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("vault: read a nonce: %w", err)
	}
	lent := scratch.Get().(*[]byte)
	*lent = ad.append((*lent)[:0], dst[start:])
	dst = k.seal[k.active].Seal(dst, nonce, plain, *lent)
	scratch.Put(lent)
	return dst, nil
}

// Open gives the plain text of s, which must have been sealed for ad.
//
// Errors, both Internal: error.vault.key-unknown when the ring lacks the key, error.vault.damaged when s was changed, cut,
// or belongs elsewhere.
func (r *Ring) Open(ad AD, s Sealed) ([]byte, error) {
	return r.AppendOpen(make([]byte, 0, max(0, len(s)-Overhead)), ad, s)
}

// AppendOpen appends the plain text of s to dst, which must not overlap s. After an error the bytes of dst stay as they were.
func (r *Ring) AppendOpen(dst []byte, ad AD, s Sealed) ([]byte, error) {
	k := r.keys.Load()
	if k.unsealed && len(s) > 0 && s[0] == unsealed {
		return append(dst, s[1:]...), nil
	}
	number, ok := KeyOf(s)
	if !ok {
		return dst, damaged(ad)
	}
	aead := k.seal[number]
	if aead == nil { // another process may have rotated the keys just now
		aead = r.newer().seal[number]
	}
	if aead == nil {
		return dst, buurtbel.Fail(buurtbel.Internal, "error.vault.key-unknown", buurtbel.Args{"Key": int(number)})
	}
	lent := scratch.Get().(*[]byte)
	*lent = ad.append((*lent)[:0], s)
	plain, err := aead.Open(dst, s[3:headSize], s[headSize:], *lent)
	scratch.Put(lent)
	if err != nil {
		return dst, damaged(ad)
	}
	return plain, nil
}

// damaged names the place, so that an operator can find the row; never the value.
func damaged(ad AD) error {
	return buurtbel.Fail(buurtbel.Internal, "error.vault.damaged",
		buurtbel.Args{"Table": ad.Table, "Column": ad.Column, "Row": ad.Row.String()})
}

// KeyOf gives the number of the key that s was sealed with; false when s is no sealed value (or one of an unsealed Ring).
func KeyOf(s Sealed) (number uint16, ok bool) {
	if len(s) < Overhead || s[0] != version {
		return 0, false
	}
	return binary.BigEndian.Uint16(s[1:3]), true
}
