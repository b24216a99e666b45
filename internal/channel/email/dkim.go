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
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/buurtbel/buurtbel"
)

// signer gives the DKIM-Signature fields of a finished mail, line ends included: one of each key that signs at now.
type signer func(mail []byte, now time.Time) (string, error)

// signedFields are the fields that a signature covers. From and Subject are named twice, so that a second one cannot be added (RFC 6376 section 8.15).
var signedFields = []string{
	"From", "From", "Reply-To", "Subject", "Subject", "Date", "Message-ID", "To", "In-Reply-To", "References", "Auto-Submitted", "List-Id",
	"List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", // RFC 8058 section 4 wants the first two covered
	"MIME-Version", "Content-Language", "Content-Type", "Content-Transfer-Encoding",
}

// signer gives nil when signing is off. With keys of both sorts each mail has two signatures (RFC 8463 section 5): readers that know Ed25519 take
// that one, all others RSA.
func (d DKIM) signer() (signer, error) {
	keys, err := d.all()
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	options := make([]*dkim.SignOptions, len(keys))
	for i, k := range keys {
		key, err := readKey(k.File)
		if err != nil {
			return nil, buurtbel.FailWith(err, buurtbel.Invalid, "error.email.config", buurtbel.Args{"field": k.field + "key_file"})
		}
		options[i] = &dkim.SignOptions{
			Domain: d.Domain, Selector: k.Selector, Signer: key, Hash: crypto.SHA256, HeaderKeys: signedFields,
			HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		}
	}
	return func(mail []byte, now time.Time) (string, error) {
		var fields strings.Builder
		for i := range keys {
			if !keys[i].signs(now) {
				continue
			}
			field, err := sign(mail, options[i])
			if err != nil {
				return "", err
			}
			fields.WriteString(field)
		}
		return fields.String(), nil
	}, nil
}

func sign(mail []byte, o *dkim.SignOptions) (string, error) {
	s, err := dkim.NewSigner(o)
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
