package token

import (
	"encoding/binary"
	"time"

	"github.com/buurtbel/buurtbel/internal/vault"
)

// A ticket is what we give a browser to bring back: state of a short dialogue, such as the challenge of a passkey. Only we can read or make
// one, so that asking for one writes nothing into the store; that each is redeemed once is the store's business, by its Hash.

// ticketSize is the longest that a ticket may be: a cookie holds about 4,000 bytes.
const ticketSize = 3600

// Issue seals content as a ticket for one purpose that ends at a moment, counted in whole seconds. The only error is a system without
// randomness.
func Issue(ring *vault.Ring, purpose Purpose, content []byte, end time.Time) (string, error) {
	plain := append(binary.BigEndian.AppendUint64(nil, uint64(max(0, end.Unix()))), content...)
	sealed, err := ring.Seal(vault.AD{Table: "ticket", Column: string(purpose)}, plain)
	return encoding.EncodeToString(sealed), err
}

// Redeem opens a ticket that Issue made for the same purpose and that has not ended at now, and gives its end.
//
// Errors: error.token.unknown (NotFound); error.token.expired (Conflict), only for a ticket that was once good.
func Redeem(ring *vault.Ring, purpose Purpose, ticket string, now time.Time) (content []byte, end time.Time, err error) {
	if len(ticket) > ticketSize {
		return nil, end, unknown()
	}
	sealed, err := encoding.DecodeString(ticket)
	if err != nil {
		return nil, end, unknown()
	}
	plain, err := ring.Open(vault.AD{Table: "ticket", Column: string(purpose)}, sealed)
	if err != nil || len(plain) < 8 {
		return nil, end, unknown()
	}
	end = time.Unix(int64(binary.BigEndian.Uint64(plain)), 0)
	if !now.Before(end) {
		return nil, end, expired()
	}
	return plain[8:], end, nil
}
