package email

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/buurtbel/buurtbel"
)

// MadeKey is a new key that signs mail, with what is to be written for it.
type MadeKey struct {
	Record  string // the line of the zone file
	Setting string // the text in dkim.keys
}

// CreateKeys makes a pair of keys for the signatures of mail from a domain, RSA and Ed25519, in files of folder that only their owner may read. name tells
// pairs apart, such as "2027": the selectors are "r2027" and "e2027". from is the day on which they begin to sign; their records must be published
// before. A file is never overwritten.
//
// Errors: error.dkim.name (Invalid), error.dkim.exists (Conflict), error.dkim.write (Internal).
func CreateKeys(folder, name, domain string, from time.Time) ([]MadeKey, error) {
	if _, ok := readSigningKey("selector=e" + name + " file=x"); !ok || !keyName(name) {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.dkim.name", nil)
	}
	long, err := rsa.GenerateKey(rand.Reader, shortKey)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	_, small, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	var out []MadeKey
	for _, k := range []struct {
		selector string
		key      crypto.Signer
	}{{"r" + name, long}, {"e" + name, small}} {
		made, err := writeKey(folder, k.selector, domain, k.key, from)
		if err != nil {
			return out, err
		}
		out = append(out, made)
	}
	return out, nil
}

// keyName tells whether a name fits a label of a domain name and a file.
func keyName(name string) bool {
	for _, r := range name {
		if !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-') {
			return false
		}
	}
	return name != "" && len(name) <= 60
}

func writeKey(folder, selector, domain string, key crypto.Signer, from time.Time) (MadeKey, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return MadeKey{}, fmt.Errorf("write a key: %w", err)
	}
	path := filepath.Join(folder, "dkim-"+selector+".pem")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return MadeKey{}, buurtbel.FailWith(err, buurtbel.Conflict, "error.dkim.exists", buurtbel.Args{"Path": path})
	}
	if err == nil {
		err = errors.Join(pem.Encode(file, &pem.Block{Type: "PRIVATE KEY", Bytes: der}), file.Sync(), file.Close())
	}
	if err != nil {
		return MadeKey{}, buurtbel.FailWith(err, buurtbel.Internal, "error.dkim.write", buurtbel.Args{"Path": path})
	}
	kind, public := published(key.Public())
	return MadeKey{Record: record(selector+"._domainkey."+domain, "v=DKIM1; k="+kind+"; p="+base64.StdEncoding.EncodeToString(public)),
		Setting: "selector=" + selector + " file=" + path + " from=" + from.Format(time.DateOnly)}, nil
}
