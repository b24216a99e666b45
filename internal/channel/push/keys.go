package push

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"

	"github.com/buurtbel/buurtbel"
)

// Keys are our own key pair at the push services (RFC 8292): a browser takes messages only from whom it was subscribed with.
type Keys struct{ private *ecdh.PrivateKey }

const pemType = "PRIVATE KEY"

// CreateKeys makes a new key file that only its owner may read, and never overwrites one: every subscription is bound to its key.
//
// Errors: error.push.key-exists (Conflict), error.push.key-write (Internal).
func CreateKeys(path string) (*Keys, error) {
	made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(made)
	if err != nil {
		return nil, fmt.Errorf("write a key: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, buurtbel.FailWith(err, buurtbel.Conflict, "error.push.key-exists", buurtbel.Args{"Path": path})
	}
	if err == nil {
		err = errors.Join(pem.Encode(file, &pem.Block{Type: pemType, Bytes: der}), file.Sync(), file.Close())
	}
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Internal, "error.push.key-write", buurtbel.Args{"Path": path})
	}
	return OpenKeys(path)
}

// OpenKeys reads a key file: PEM with a PKCS #8 key on P-256. A file that others may read is refused.
//
// Errors: error.push.key-missing (NotFound), error.push.key-open, error.push.key-broken (Invalid), error.push.key-read (Internal).
func OpenKeys(path string) (*Keys, error) {
	args := buurtbel.Args{"Path": path}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, buurtbel.FailWith(err, buurtbel.NotFound, "error.push.key-missing", args)
	}
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Internal, "error.push.key-read", args)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Internal, "error.push.key-read", args)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.push.key-open", args)
	}
	content, err := io.ReadAll(io.LimitReader(file, 64<<10))
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Internal, "error.push.key-read", args)
	}
	keys := parseKeys(content)
	if keys == nil {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.push.key-broken", args) // what is wrong is not told: it could quote the key
	}
	return keys, nil
}

func parseKeys(content []byte) *Keys {
	block, _ := pem.Decode(content)
	if block == nil || block.Type != pemType {
		return nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil
	}
	signing, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || signing.Curve != elliptic.P256() {
		return nil
	}
	private, err := signing.ECDH()
	if err != nil {
		return nil
	}
	return &Keys{private}
}

// Public is the public half as browsers want it: base64url without padding of the uncompressed point.
func (k *Keys) Public() string {
	return base64.RawURLEncoding.EncodeToString(k.private.PublicKey().Bytes())
}

// secret is the private half as webpush-go wants it.
func (k *Keys) secret() string { return base64.RawURLEncoding.EncodeToString(k.private.Bytes()) }
