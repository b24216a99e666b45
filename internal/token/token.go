// Package token makes and checks what stands in links and codes: proof that we gave somebody the right to do one thing.
//
// There are five sorts. Sign: short, without a row and without an end, for SMS and speech; the row it names decides whether it still counts.
// SignUntil: longer, with an end, for links in mail. New: random and used once; the row keeps its hash. NewCode and NewDigits: for people to
// type over; few bits, so the row keeps a keyed hash and counts the tries. Issue: a sealed note to ourselves that a browser carries.
//
// The package stores nothing and limits no rate: that is the business of the verb that accepts the token.
//
// Always true: a token for one purpose is refused for every other; comparing takes the same time wherever two differ; each right has one
// spelling only, so a link that was changed in any character is refused; no error holds a token.
package token

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Purpose is the one thing that a token lets its holder do. It is part of what is signed.
type Purpose string

// The purposes in use.
const (
	Heard       Purpose = "heard"         // acknowledge one delivery
	View        Purpose = "view"          // read one message in the browser
	SignIn      Purpose = "sign-in"       // open a session
	Verify      Purpose = "verify"        // prove that a contact point is one's own
	Confirm     Purpose = "confirm"       // second person confirms an alert
	Resume      Purpose = "resume"        // undo STOP for one contact point
	Unsubscribe Purpose = "unsubscribe"   // RFC 8058, stops bulletins only
	MailBack    Purpose = "mail-back"     // a mailbox works again
	ReadBack    Purpose = "reply-by-mail" // address part by which an answer finds its message
	Bounce      Purpose = "bounce"        // address part by which a report finds the mail that did not arrive
	Device      Purpose = "device"        // a member's devices: add one, see and remove them
	Wish        Purpose = "wish"          // prove the mailbox of a wish, or take the wish back
	OwnDevice   Purpose = "own-device"    // kept by one device: renew or remove itself
	Invite      Purpose = "invite"        // open a session, by somebody who vouches for the person
	Prove       Purpose = "prove"         // show once more who one is
	SealedCode  Purpose = "sealed-code"   // sign in with a code from the dispatch room's envelope
	Passkey     Purpose = "passkey"       // a ticket: the challenge of a passkey
	Provider    Purpose = "provider"      // a ticket: on the way to an identity provider
	Relay       Purpose = "relay"         // relay one bulletin to one network, or not now
	Apply       Purpose = "apply"         // an applicant's own page, and afterwards what the new member sees of the household
	Household   Purpose = "household"     // enter a household
	Leave       Purpose = "household-out" // leave the household
	Business    Purpose = "business"      // stand for a business
	Shop        Purpose = "shop"          // keep a business's hours and contact persons
)

const (
	macBits = 60
	macLen  = 11 // characters of base 62 for 60 bits
)

// Sign gives the short token: the id in base 62, then 60 bits of HMAC in 11 characters. At most 22 characters, letters and digits only.
// It never ends by itself.
func Sign(ring *vault.Ring, purpose Purpose, id buurtbel.ID) string {
	for tag := range ring.Tags(vault.Token, short(purpose, id)) {
		return string(appendBase62(appendBase62(make([]byte, 0, 22), uint64(id), 0), mac60(tag), macLen))
	}
	return "" // a ring without a token key cannot be made
}

// VerifySigned gives the id of a token that Sign made for the same purpose, with this or an older key of the ring.
//
// Error: error.token.unknown (NotFound) for anything else.
func VerifySigned(ring *vault.Ring, purpose Purpose, token string) (buurtbel.ID, error) {
	if len(token) <= macLen || len(token) > 2*macLen {
		return 0, unknown()
	}
	id, ok := parseBase62(token[:len(token)-macLen])
	mac, okMAC := parseBase62(token[len(token)-macLen:])
	if !ok || !okMAC || token[0] == '0' || id >= 1<<63 || mac >= 1<<macBits {
		return 0, unknown()
	}
	var given, want [8]byte
	binary.BigEndian.PutUint64(given[:], mac)
	for tag := range ring.Tags(vault.Token, short(purpose, buurtbel.ID(id))) {
		binary.BigEndian.PutUint64(want[:], mac60(tag))
		if hmac.Equal(given[:], want[:]) {
			return buurtbel.ID(id), nil
		}
	}
	return 0, unknown()
}

func mac60(tag []byte) uint64 { return binary.BigEndian.Uint64(tag) >> (64 - macBits) }

// Layout of a token with an end, before base64url: id 8 bytes, end 5 bytes (seconds since 1970), 16 bytes of HMAC.
const (
	untilBody = 8 + 5
	untilSize = untilBody + 16
)

var encoding = base64.RawURLEncoding.Strict()

// SignUntil gives a token that ends: 39 characters, safe in a path or a query. The end is counted in whole seconds.
func SignUntil(ring *vault.Ring, purpose Purpose, id buurtbel.ID, end time.Time) string {
	body := binary.BigEndian.AppendUint64(make([]byte, 0, untilSize), uint64(id))
	seconds := binary.BigEndian.AppendUint64(nil, uint64(max(0, end.Unix())))
	body = append(body, seconds[3:]...)
	for tag := range ring.Tags(vault.Token, until(purpose, body)) {
		return encoding.EncodeToString(append(body, tag[:16]...))
	}
	return "" // a ring without a token key cannot be made
}

// VerifyUntil gives the id of a token that SignUntil made for the same purpose and that has not ended at now.
//
// Errors: error.token.unknown (NotFound); error.token.expired (Conflict), only for a token that was once good.
func VerifyUntil(ring *vault.Ring, purpose Purpose, token string, now time.Time) (buurtbel.ID, error) {
	if len(token) != encoding.EncodedLen(untilSize) {
		return 0, unknown()
	}
	b, err := encoding.DecodeString(token)
	if err != nil || len(b) != untilSize {
		return 0, unknown()
	}
	body, mac := b[:untilBody], b[untilBody:]
	if !known(ring, until(purpose, body), mac) {
		return 0, unknown()
	}
	end := binary.BigEndian.Uint64(append([]byte{0, 0, 0}, body[8:]...))
	if now.Unix() >= int64(end) {
		return 0, expired()
	}
	return buurtbel.ID(binary.BigEndian.Uint64(body)), nil
}

// known tells whether mac is the head of the tag of data by any key.
func known(ring *vault.Ring, data, mac []byte) bool {
	for tag := range ring.Tags(vault.Token, data) {
		if hmac.Equal(tag[:len(mac)], mac) {
			return true
		}
	}
	return false
}

// short and until write what is authenticated; the first byte and the length keep sorts and purposes apart.
func short(purpose Purpose, id buurtbel.ID) []byte {
	return binary.BigEndian.AppendUint64(head('s', purpose), uint64(id))
}

func until(purpose Purpose, body []byte) []byte { return append(head('u', purpose), body...) }

func head(sort byte, purpose Purpose) []byte {
	return append(binary.AppendUvarint([]byte{sort}, uint64(len(purpose))), purpose...)
}

func expired() error { return buurtbel.Fail(buurtbel.Conflict, "error.token.expired", nil) }

// unknown is one error for every way in which a token can be wrong, so that trying teaches nothing.
func unknown() error { return buurtbel.Fail(buurtbel.NotFound, "error.token.unknown", nil) }
