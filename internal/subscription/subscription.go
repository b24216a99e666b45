// Package subscription reads what a browser gives when its owner allows messages: where to send them and how to seal them (Push API,
// PushSubscription.toJSON; RFC 8030, RFC 8291).
//
// It connects to nothing and does not judge whether an address may be reached: the channel does, when it connects.
//
// Always true: what Parse gives is complete, its keys are points and lengths that encryption accepts, and one subscription has one written
// form, so that the same browser is found again. An endpoint is a capability: whoever has it can use it, so it never stands in an error.
package subscription

import (
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"net/url"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// Subscription is where one browser takes messages, and the keys by which only that browser can read them.
type Subscription struct {
	Endpoint string `json:"endpoint"` // of the browser maker's push service
	Keys     Keys   `json:"keys"`
}

// Keys are base64url without padding.
type Keys struct {
	P256dh string `json:"p256dh"` // the browser's public key: an uncompressed point of P-256, 65 bytes (RFC 8291 section 3.1)
	Auth   string `json:"auth"`   // authentication secret, 16 bytes (RFC 8291 section 3.2)
}

// Bounds of what is read. The longest endpoints in use have some 600 characters.
const (
	mostBytes    = 4096
	mostEndpoint = 1500
)

// Parse reads the JSON of a subscription. Members that it does not know, such as expirationTime, are dropped.
//
// Errors: error.device.subscription (Invalid).
func Parse(text string) (Subscription, error) {
	var s Subscription
	if len(text) > mostBytes || json.Unmarshal([]byte(text), &s) != nil || !plainEndpoint(s.Endpoint) {
		return Subscription{}, wrong()
	}
	point, secret := decoded(s.Keys.P256dh), decoded(s.Keys.Auth)
	if _, err := ecdh.P256().NewPublicKey(point); err != nil || len(secret) != 16 {
		return Subscription{}, wrong()
	}
	s.Keys = Keys{P256dh: base64.RawURLEncoding.EncodeToString(point), Auth: base64.RawURLEncoding.EncodeToString(secret)}
	return s, nil
}

// String gives the one written form, which Parse reads. It is opened contact data.
func (s Subscription) String() string {
	text, err := json.Marshal(s)
	if err != nil { // three strings can always be written
		return ""
	}
	return string(text)
}

// plainEndpoint tells whether this is https, or http on the machine itself, which only tests and the demo use.
func plainEndpoint(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil || len(endpoint) > mostEndpoint || u.Host == "" || u.Hostname() == "" || u.User != nil || u.Opaque != "" || strings.Contains(endpoint, "#") {
		return false
	}
	if u.Scheme == "https" {
		return true
	}
	address, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "http" && err == nil && address.IsLoopback()
}

// decoded reads base64 in either alphabet, with or without padding, as browsers differ; nil when it is none.
func decoded(text string) []byte {
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	out, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil
	}
	return out
}

func wrong() error { return buurtbel.Fail(buurtbel.Invalid, "error.device.subscription", nil) }
