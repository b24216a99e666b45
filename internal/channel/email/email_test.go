package email

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var discard = slog.New(slog.DiscardHandler)

// plainConfig is a relay on this machine, with waits short enough for a test.
func plainConfig(address string) Config {
	return Config{Address: address, TLS: tlsNone, From: "alarm@vlierbeek.example.org",
		Timeouts: Timeouts{Backoff: 20 * time.Millisecond}}
}

func open(t testing.TB, cfg Config) *Mailer {
	t.Helper()
	m, err := Open(context.Background(), cfg, Options{Logger: discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return m
}

func keyFile(t testing.TB, kind string) string {
	t.Helper()
	var key crypto.PrivateKey
	var err error
	if kind == "rsa" {
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	} else {
		_, key, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), kind+".pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
