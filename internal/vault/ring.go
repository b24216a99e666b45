package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"iter"
	"log/slog"
	"sync"
	"sync/atomic"
)

// Purpose is what a MAC is for. Each has keys of its own.
type Purpose uint8

// The purposes of a MAC.
const (
	Journal Purpose = iota // heads of the journal
	Token                  // links and codes
)

// HashSize is the length in bytes of what Ring.Hash gives.
const HashSize = 16

// MACSize is the length in bytes of what Ring.MAC gives: key number and HMAC-SHA256.
const MACSize = 2 + sha256.Size

// Ring holds every key of an installation. Safe for concurrent use, also while it rotates.
type Ring struct {
	keys   atomic.Pointer[keys]
	file   atomic.Pointer[file] // nil: not from a file
	rotate sync.Mutex           // one rotation at a time within the process; between processes the ".new" file guards
}

// keys is one state of the ring; it never changes once it is published.
type keys struct {
	unsealed bool
	active   uint16 // number of the newest seal key
	seal     map[uint16]cipher.AEAD
	hash     *macKey
	mac      [2][]*macKey // by Purpose, newest first
}

// macKey lends out ready-made HMAC states, because making one costs two compressions of the key.
type macKey struct {
	number uint16
	states sync.Pool
}

func newMACKey(number uint16, secret []byte) *macKey {
	secret = append([]byte(nil), secret...)
	return &macKey{number: number, states: sync.Pool{New: func() any { return hmac.New(sha256.New, secret) }}}
}

// append appends the HMAC-SHA256 (RFC 2104) of the label and the data; the label's length keeps the two apart.
func (k *macKey) append(dst []byte, label string, data []byte) []byte {
	h := k.states.Get().(hash.Hash)
	h.Reset()
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(label)))
	h.Write(size[:])
	h.Write([]byte(label))
	h.Write(data)
	dst = h.Sum(dst)
	k.states.Put(h)
	return dst
}

// Hash gives the keyed hash by which a value is found again. The purpose keeps equal values of different columns apart.
// It is the same for the life of the installation: rotation leaves its key alone.
func (r *Ring) Hash(purpose, value string) []byte {
	return r.keys.Load().hash.append(make([]byte, 0, sha256.Size), purpose, []byte(value))[:HashSize:HashSize]
}

// MAC authenticates data: the number of the newest key of the purpose, then HMAC-SHA256.
func (r *Ring) MAC(purpose Purpose, data []byte) []byte {
	k := r.keys.Load().mac[purpose][0]
	return k.append(binary.BigEndian.AppendUint16(make([]byte, 0, MACSize), k.number), "mac", data)
}

// VerifyMAC tells whether mac was made by MAC over data, by this key or an older one. It takes the same time wherever they differ.
func (r *Ring) VerifyMAC(purpose Purpose, data, mac []byte) bool {
	if len(mac) != MACSize {
		return false
	}
	k := r.macKey(purpose, binary.BigEndian.Uint16(mac))
	return k != nil && hmac.Equal(k.append(nil, "mac", data), mac[2:])
}

// macKey finds a key by its number; one that is not known may have been added to the file by another process.
func (r *Ring) macKey(purpose Purpose, number uint16) *macKey {
	for _, state := range []func() *keys{r.keys.Load, r.newer} {
		for _, k := range state().mac[purpose] {
			if k.number == number {
				return k
			}
		}
	}
	return nil
}

// newer gives the keys after a look at the file. When that cannot be read, those at hand go on: the caller then lacks its key and says so.
func (r *Ring) newer() *keys {
	if err := r.Refresh(); err != nil {
		return r.keys.Load()
	}
	return r.keys.Load()
}

// Tags gives the HMAC-SHA256 of data by every key of the purpose, newest first, for tokens too short to name their key.
// A tag is not a MAC of the same data.
func (r *Ring) Tags(purpose Purpose, data []byte) iter.Seq[[]byte] {
	all := r.keys.Load().mac[purpose]
	return func(yield func([]byte) bool) {
		for _, k := range all {
			if !yield(k.append(nil, "tag", data)) {
				return
			}
		}
	}
}

// ActiveKey is the number of the key that Seal uses now. A row whose KeyOf differs is due to be sealed again.
func (r *Ring) ActiveKey() uint16 { return r.keys.Load().active }

// Keys counts the seal keys that the ring can open with.
func (r *Ring) Keys() int { return len(r.keys.Load().seal) }

// Sealing is false only for a Ring made by NewUnsealed.
func (r *Ring) Sealing() bool { return !r.keys.Load().unsealed }

// Format writes "key ring" for every verb: a Ring has nothing that may be shown.
func (r *Ring) Format(f fmt.State, _ rune) { writeWord(f, "key ring") }

// LogValue writes "key ring" into logs.
func (r *Ring) LogValue() slog.Value { return slog.StringValue("key ring") }

// writeWord cannot report a failure: fmt.State has no place for it and fmt itself ignores it.
func writeWord(w io.Writer, word string) {
	if _, err := io.WriteString(w, word); err != nil {
		return
	}
}

// NewUnsealed makes a Ring that leaves values readable behind a marker byte. It exists for one purpose: the control of tests
// and benches that must show that a stolen, unsealed database would be found out. Nothing that serves people may use it.
func NewUnsealed() *Ring {
	known := make([]byte, keySize)
	r := new(Ring)
	r.keys.Store(&keys{
		unsealed: true, hash: newMACKey(1, known),
		mac: [2][]*macKey{{newMACKey(2, known)}, {newMACKey(3, known)}},
	})
	return r
}

// build makes the ciphers once, for the life of the process.
func build(entries []entry) (*keys, error) {
	k := &keys{seal: make(map[uint16]cipher.AEAD)}
	for _, e := range entries { // in the order of the file: later is newer
		switch e.Purpose {
		case "seal":
			block, err := aes.NewCipher(e.Key)
			if err != nil {
				return nil, err
			}
			if k.seal[e.Number], err = cipher.NewGCM(block); err != nil {
				return nil, err
			}
			k.active = e.Number
		case "hash":
			k.hash = newMACKey(e.Number, e.Key)
		case "journal":
			k.mac[Journal] = append([]*macKey{newMACKey(e.Number, e.Key)}, k.mac[Journal]...)
		case "token":
			k.mac[Token] = append([]*macKey{newMACKey(e.Number, e.Key)}, k.mac[Token]...)
		}
	}
	return k, nil
}
