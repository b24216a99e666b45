package email

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/buurtbel/buurtbel"
)

// signer gives the DKIM-Signature field of a finished mail, line end included.
type signer func(mail []byte) (string, error)

// signedFields are the fields that a signature covers. From and Subject are named twice, so that a second one cannot be added (RFC 6376 section 8.15).
var signedFields = []string{
	"From", "From", "Reply-To", "Subject", "Subject", "Date", "Message-ID", "To", "In-Reply-To", "References", "Auto-Submitted", "List-Id",
	"MIME-Version", "Content-Language", "Content-Type", "Content-Transfer-Encoding",
}

// signer gives nil when signing is off.
func (d DKIM) signer() (signer, error) {
	if d.Selector == "" {
		return nil, nil
	}
	key, err := readKey(d.KeyFile)
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Invalid, "error.email.config", buurtbel.Args{"field": "dkim.key_file"})
	}
	options := &dkim.SignOptions{
		Domain: d.Domain, Selector: d.Selector, Signer: key, Hash: crypto.SHA256, HeaderKeys: signedFields,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	}
	return func(mail []byte) (string, error) {
		s, err := dkim.NewSigner(options)
		if err != nil {
			return "", err
		}
		if _, err := s.Write(mail); err != nil {
			return "", errors.Join(err, s.Close())
		}
		if err := s.Close(); err != nil {
			return "", err
		}
		return s.Signature(), nil
	}, nil
}

// readKey reads a private key; its errors hold nothing of it.
func readKey(file string) (crypto.Signer, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	if block.Type == "RSA PRIVATE KEY" {
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	switch key := key.(type) {
	case ed25519.PrivateKey:
		return key, nil
	case *rsa.PrivateKey:
		return key, nil
	}
	return nil, fmt.Errorf("unsupported key %T", key)
}
