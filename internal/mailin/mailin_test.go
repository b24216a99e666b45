package mailin_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/mailin"
)

// shelf is a postroom that keeps what it was given, or fails as it is told.
type shelf struct {
	mu   sync.Mutex
	fail error
	kept []string
	path string
	to   []string
}

func (s *shelf) Ours(box string) bool { return strings.HasPrefix(box, "antwoord") }

func (s *shelf) Receive(_ context.Context, _ buurtbel.Actor, path string, to []string, raw []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail == nil {
		s.kept, s.path, s.to = append(s.kept, string(raw)), path, to
	}
	return s.fail
}

func serve(t *testing.T, s *shelf, address string, lmtp bool, o mailin.Options) string {
	t.Helper()
	o.Logger, o.Now, o.Domain = slog.New(slog.DiscardHandler), time.Now, "alarm.example.org"
	o.Sentence = func(err error) string { return "Niet\nnot: " + buurtbel.KeyOf(err) }
	l, err := mailin.Listen(address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- mailin.New(s, o).Serve(ctx, l, lmtp) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func send(c *smtp.Client, to, text string) error {
	if err := c.Mail("lid@example.org", nil); err != nil {
		return err
	}
	if err := c.Rcpt(to, nil); err != nil {
		return errors.Join(err, c.Reset())
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return err
	}
	return w.Close()
}

func dial(t *testing.T, address string) *smtp.Client {
	t.Helper()
	c, err := smtp.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func code(err error) int {
	var e *smtp.SMTPError
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

// Nothing is acknowledged that was not stored; nothing is taken for anybody else; a sentence says why.
func TestTheDoorAnswersByWhatHappened(t *testing.T) {
	s := &shelf{}
	c := dial(t, serve(t, s, "127.0.0.1:0", false, mailin.Options{}))
	if err := send(c, "antwoord+abc@alarm.example.org", "Subject: x\r\n\r\nDag.\r\n"); err != nil {
		t.Fatal(err)
	}
	if len(s.kept) != 1 || s.kept[0] != "Subject: x\r\n\r\nDag.\r\n" || s.path != "lid@example.org" || s.to[0] != "antwoord+abc@alarm.example.org" {
		t.Errorf("stored: %q from %s to %v", s.kept, s.path, s.to)
	}
	if got := code(send(c, "iemand@example.com", "x")); got != 550 {
		t.Errorf("for somebody else: %d", got)
	}
	for want, fail := range map[int]error{
		451: errors.New("the disk is full"), 550: buurtbel.Fail(buurtbel.Forbidden, "error.reply.sender", nil),
	} {
		s.fail = fail
		err := send(c, "antwoord@alarm.example.org", "Subject: x\r\n\r\nDag.\r\n")
		if code(err) != want {
			t.Errorf("%v: %v, not %d", fail, err, want)
		}
		if want == 550 && !strings.Contains(err.Error(), "error.reply.sender") {
			t.Errorf("no sentence: %v", err)
		}
	}
	if len(s.kept) != 1 {
		t.Errorf("%d mails were stored", len(s.kept))
	}
}

func TestSizeAndRate(t *testing.T) {
	s := &shelf{}
	c := dial(t, serve(t, s, "127.0.0.1:0", false, mailin.Options{MaxBytes: 100_000, PerMinute: 3}))
	if err := c.Hello("mx.example.org"); err != nil {
		t.Fatal(err)
	}
	if err := c.Mail("lid@example.org", &smtp.MailOptions{Size: 30 << 20}); code(err) != 552 {
		t.Errorf("30 MB announced: %v", err)
	}
	if err := send(c, "antwoord@alarm.example.org", strings.Repeat("x\r\n", 100_000)); code(err) != 552 {
		t.Errorf("too large: %v", err)
	}
	var last error
	for range 4 {
		last = send(c, "antwoord@alarm.example.org", "x\r\n")
	}
	if code(last) != 450 {
		t.Errorf("the rate: %v", last)
	}
}

// A socket of this machine, by LMTP; one that a dead program left is taken over, a live one is not.
func TestLMTPOnASocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lmtp")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	if err := left.Close(); err != nil {
		t.Fatal(err)
	}
	s := &shelf{}
	serve(t, s, path, true, mailin.Options{})
	if l, err := mailin.Listen(path); err == nil {
		_ = l.Close()
		t.Error("a socket that is in use was taken over")
	}
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	c := smtp.NewClientLMTP(conn)
	defer c.Close()
	if err := send(c, "antwoord@alarm.example.org", "Dag.\r\n"); err != nil || len(s.kept) != 1 {
		t.Errorf("%v, %d mails", err, len(s.kept))
	}
}

func TestStartTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"alarm.example.org"}}
	der, err := x509.CreateCertificate(rand.Reader, made, made, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{}
	address := serve(t, s, "127.0.0.1:0", false, mailin.Options{TLS: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}})
	roots := x509.NewCertPool()
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(cert)
	c, err := smtp.DialStartTLS(address, &tls.Config{RootCAs: roots, ServerName: "alarm.example.org", MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := send(c, "antwoord@alarm.example.org", "Dag.\r\n"); err != nil || len(s.kept) != 1 {
		t.Error(fmt.Errorf("%d mails: %w", len(s.kept), err))
	}
}
