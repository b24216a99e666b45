package token

import (
	"encoding/base32"
	"encoding/binary"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Layout of a token in a mail address, before base 32: id 8 bytes, 10 bytes of HMAC. Mail servers may change the case of an address, so the
// alphabet has one case; what comes back in the other is read all the same.
const (
	addressBody = 8
	addressSize = addressBody + 10
)

var addressEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// SignAddress gives the token that stands behind the plus sign of one of our mailboxes: 29 small letters and digits. It never ends by itself:
// the row it names decides whether it still counts.
func SignAddress(ring *vault.Ring, purpose Purpose, id buurtbel.ID) string {
	body := binary.BigEndian.AppendUint64(make([]byte, 0, addressSize), uint64(id))
	for tag := range ring.Tags(vault.Token, inAddress(purpose, body)) {
		return addressEncoding.EncodeToString(append(body, tag[:addressSize-addressBody]...))
	}
	return "" // a ring without a token key cannot be made
}

// VerifyAddress gives the id of a token that SignAddress made for the same purpose, with this or an older key of the ring.
//
// Error: error.token.unknown (NotFound) for anything else.
func VerifyAddress(ring *vault.Ring, purpose Purpose, token string) (buurtbel.ID, error) {
	if len(token) != addressEncoding.EncodedLen(addressSize) {
		return 0, unknown()
	}
	token = strings.ToLower(token)
	b, err := addressEncoding.DecodeString(token)
	if err != nil || len(b) != addressSize || addressEncoding.EncodeToString(b) != token {
		return 0, unknown()
	}
	if !known(ring, inAddress(purpose, b[:addressBody]), b[addressBody:]) {
		return 0, unknown()
	}
	return buurtbel.ID(binary.BigEndian.Uint64(b)), nil
}

func inAddress(purpose Purpose, body []byte) []byte { return append(head('m', purpose), body...) }
