package smpp_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/smsc"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
)

func TestConfigFromTOML(t *testing.T) {
	const file = `
name = "carrier-a"
sender = "+32455010000"
can_be_answered = true
price_per_part = 550
address = "smpp.example.org:2775"
system_id = "buurtbel"
password = "s3cretpw"
enquire_interval = "45s"
throttle_pause = "250ms"
source_ton = 3
`
	var cfg smpp.Config
	made, err := toml.Decode(file, &cfg)
	if err != nil || len(made.Undecoded()) > 0 {
		t.Fatal(err, made.Undecoded())
	}
	cfg.Fill()
	if err := cfg.Check(); err != nil {
		t.Fatal(err)
	}
	if cfg.Name != "carrier-a" || cfg.PricePerPart != 550 || cfg.EnquireInterval != 45*time.Second || cfg.ThrottlePause != 250*time.Millisecond ||
		*cfg.SourceTON != 3 || cfg.Window != 100 || cfg.MaxParts != 6 {
		t.Errorf("%s: %d %v", cfg, cfg.Window, cfg.EnquireInterval)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "cfg", cfg)
	if said := fmt.Sprintf("%v %+v %s", cfg, cfg, log.String()); strings.Contains(said, "s3cretpw") {
		t.Error("a printed Config tells the password")
	}
}

// TestTLS: a certificate that the configured authority signed is taken, and no other.
func TestTLS(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{})
	certificate, file := selfSigned(t)
	addr := tlsFront(t, certificate, carrier.Addr())
	cfg := config(addr)
	cfg.TLS, cfg.TLSCA, cfg.TLSServerName = true, file, "smpp.example.org"
	s := open(t, cfg, nil)
	if got := send(t, s, message("Proef")); got.Failure != nil {
		t.Error(got.Failure)
	}
	for name, spoil := range map[string]func(*smpp.Config){
		"another name": func(c *smpp.Config) { c.TLSServerName = "else.example.org" },
		"no authority": func(c *smpp.Config) { c.TLSCA = "" },
	} {
		other := cfg
		spoil(&other)
		s := start(t, other, smpp.Options{})
		await(t, "a refused connection", func() bool { return s.Stats().FailedBinds > 0 })
		if f := send(t, s, message("Proef")).Failure; f == nil || f.Reason != buurtbel.Unreachable || f.Uncertain {
			t.Errorf("%s: %+v", name, f)
		}
	}
	cfg.TLSCA = filepath.Join(t.TempDir(), "absent.pem")
	if _, err := smpp.Open(t.Context(), cfg, smpp.Options{}); err == nil {
		t.Error("an absent file was taken")
	}
}

// selfSigned makes a certificate for smpp.example.org and the file that names it as an authority.
func selfSigned(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "smpp.example.org"}, DNSNames: []string{"smpp.example.org"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// tlsFront takes TLS connections and passes them on in the clear.
func tlsFront(t *testing.T, certificate tls.Certificate, to string) string {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	t.Cleanup(func() { l.Close(); all.Wait() })
	all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { pass(t, in, to) })
		}
	})
	return l.Addr().String()
}

func pass(t *testing.T, in net.Conn, to string) {
	out, err := net.Dial("tcp", to)
	if err != nil {
		t.Log(err)
		in.Close()
		return
	}
	var both sync.WaitGroup
	flow := func(from, to net.Conn) {
		if _, err := io.Copy(to, from); err != nil {
			t.Log(err)
		}
		to.Close()
		from.Close()
	}
	both.Go(func() { flow(in, out) })
	both.Go(func() { flow(out, in) })
	both.Wait()
}
