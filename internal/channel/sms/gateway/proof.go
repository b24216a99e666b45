package gateway

import (
	"crypto/hmac"
	"crypto/sha1" // what some providers still sign with; as an HMAC it is not broken
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/template"
	"time"
)

// How a provider shows that a request is its own.
const (
	proofNone   = "none"
	proofSHA256 = "hmac-sha256"
	proofSHA1   = "hmac-sha1"
	proofToken  = "token"
	proofBasic  = "basic"
)

// proof checks it.
type proof struct {
	Proof
	signed *template.Template
}

func (f *findings) proof(c *Proof) proof {
	p := proof{Proof: *c, signed: f.template("check.signed", c.Signed)}
	signs := c.Kind == proofSHA256 || c.Kind == proofSHA1
	f.say(c.Kind != proofNone && len(c.Secret) < 8, "check.secret", "must be at least 8 characters")
	f.say(signs && c.Header == "", "check.header", "is missing")
	f.say(c.Kind == proofToken && (c.Header == "") == (c.Query == ""), "check.header", "either header or query must be given")
	f.say(c.TimestampHeader != "" && (!signs || !strings.Contains(c.Signed, ".Timestamp")), "check.signed", "a time that is not signed proves nothing")
	f.say(signs && !strings.Contains(c.Signed, ".Body"), "check.signed", "the body must be signed")
	f.say(c.Window < time.Second, "check.window", "must be at least 1s")
	_, err := execute(p.signed, signedText{})
	f.say(err != nil, "check.signed", "cannot be filled")
	return p
}

// signedText is what the template of what is signed can say.
type signedText struct{ Body, Timestamp string }

// holds tells whether the request is the provider's own.
func (p *proof) holds(header http.Header, query url.Values, body []byte, now time.Time) bool {
	switch p.Kind {
	case proofNone:
		return true
	case proofToken:
		given := query.Get(p.Query)
		if p.Header != "" {
			given = strings.TrimPrefix(header.Get(p.Header), p.Prefix)
		}
		return same(given, p.Secret)
	case proofBasic:
		name, password, ok := (&http.Request{Header: header}).BasicAuth()
		return ok && same(name, p.Username) && same(password, p.Secret)
	case proofSHA256:
		return p.signature(sha256.New, header, body, now)
	case proofSHA1:
		return p.signature(sha1.New, header, body, now)
	}
	return false
}

func (p *proof) signature(algorithm func() hash.Hash, header http.Header, body []byte, now time.Time) bool {
	stamp := ""
	if p.TimestampHeader != "" {
		stamp = header.Get(p.TimestampHeader)
		seconds, err := strconv.ParseInt(stamp, 10, 64)
		if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > p.Window {
			return false
		}
	}
	text, err := execute(p.signed, signedText{Body: string(body), Timestamp: stamp})
	if err != nil {
		return false
	}
	h := hmac.New(algorithm, []byte(p.Secret))
	h.Write([]byte(text))
	given, ok := strings.CutPrefix(header.Get(p.Header), p.Prefix)
	if !ok {
		return false
	}
	decode := hex.DecodeString
	if p.Encoding == "base64" {
		decode = base64.StdEncoding.DecodeString
	}
	code, err := decode(given)
	return err == nil && hmac.Equal(code, h.Sum(nil))
}

// same compares in a time that tells neither the contents nor the length of what is right.
func same(given, right string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(right))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
