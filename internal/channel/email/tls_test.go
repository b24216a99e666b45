package email

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/buurtbel/buurtbel"
)

// newLines reads lines without their end.
func newLines(r io.Reader) func() (string, error) {
	in := bufio.NewReader(r)
	return func() (string, error) {
		line, err := in.ReadString('\n')
		return strings.TrimRight(line, "\r\n"), err
	}
}

// post is a mail server made of go-smtp, a codec nobody here wrote.
type post struct {
	mu    sync.Mutex
	mails []received
}

type received struct {
	from string
	to   []string
	mail []byte
	name string // who signed in
}

func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{post: p}, nil }

func (p *post) all() []received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]received(nil), p.mails...)
}

type session struct {
	post *post
	received
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		if name != "alarm" || password != "geheim" {
			return smtp.ErrAuthFailed
		}
		s.name = name
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error { s.from = from; return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error   { s.to = append(s.to, to); return nil }
func (s *session) Reset()                                      { s.from, s.to = "", nil }
func (s *session) Logout() error                               { return nil }

func (s *session) Data(r io.Reader) error {
	mail, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	s.post.mails = append(s.post.mails, received{s.from, append([]string(nil), s.to...), bytes.Clone(mail), s.name})
	return nil
}

// postOffice starts the server. When implicit it speaks TLS from the first byte.
func postOffice(t *testing.T, certificate *tls.Certificate, implicit bool) (*post, string) {
	t.Helper()
	p := new(post)
	s := smtp.NewServer(p)
	s.Domain, s.EnableSMTPUTF8 = "mail.example.org", true
	s.ErrorLog = quiet{}
	l := listen(t)
	address := l.Addr().String()
	if certificate != nil {
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}}
	} else {
		s.AllowInsecureAuth = true
	}
	if implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		<-served
	})
	return p, address
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// certificate makes one for 127.0.0.1 that vouches for itself, and the file that trusts it.
func certificate(t *testing.T) (*tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

func TestSecured(t *testing.T) {
	for _, word := range []string{tlsStart, tlsFull} {
		t.Run(word, func(t *testing.T) {
			cert, file := certificate(t)
			p, address := postOffice(t, cert, word == tlsFull)
			cfg := plainConfig(address)
			cfg.TLS, cfg.CAFile, cfg.Username, cfg.Password = word, file, "alarm", "geheim"
			m := open(t, cfg)
			for range 3 {
				if f := sendOne(m, "zoë@example.org").Failure; f != nil {
					t.Fatal(f)
				}
			}
			for _, mail := range p.all() {
				if mail.name != "alarm" || mail.from != "alarm@vlierbeek.example.org" || len(mail.to) != 1 || mail.to[0] != "zoë@example.org" {
					t.Errorf("got envelope %q %q of %q", mail.from, mail.to, mail.name)
				}
			}
			if n := len(p.all()); n != 3 {
				t.Errorf("%d mails arrived", n)
			}
		})
	}
}

func TestBadCertificate(t *testing.T) {
	for _, word := range []string{tlsStart, tlsFull} {
		t.Run(word, func(t *testing.T) {
			cert, _ := certificate(t)
			p, address := postOffice(t, cert, word == tlsFull)
			cfg := plainConfig(address)
			cfg.TLS, cfg.Username, cfg.Password = word, "alarm", "geheim"
			m := open(t, cfg)
			if f := sendOne(m, "lid@example.org").Failure; f == nil || f.Reason != buurtbel.Unreachable || f.Code != codeCertificate || !f.Temporary {
				t.Errorf("got %v", f)
			}
			if m.Up() || len(p.all()) != 0 {
				t.Error("a server that cannot prove who it is was used")
			}
		})
	}
}

func TestPlainTextWhereTLSIsWanted(t *testing.T) {
	_, address := postOffice(t, nil, false)
	cfg := plainConfig(address)
	cfg.TLS = tlsFull
	m := open(t, cfg)
	if f := sendOne(m, "lid@example.org").Failure; f == nil || f.Reason != buurtbel.Unreachable || f.Code != codeTLS {
		t.Errorf("got %v", f)
	}
}

func TestWrongPassword(t *testing.T) {
	_, address := postOffice(t, nil, false)
	cfg := plainConfig(address)
	cfg.Username, cfg.Password = "alarm", "fout"
	m := open(t, cfg)
	if f := sendOne(m, "lid@example.org").Failure; f == nil || f.Reason != buurtbel.Credentials || !f.Temporary || m.Up() {
		t.Errorf("got %v, up %t", f, m.Up())
	}
}

func TestConfigCheck(t *testing.T) {
	good := Config{Address: "mail.example.org:587", From: "alarm@example.org"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*Config){
		"address":       func(c *Config) { c.Address = "mail.example.org" },
		"tls":           func(c *Config) { c.TLS = "perhaps" },
		"username":      func(c *Config) { c.TLS, c.Username = tlsNone, "alarm" },
		"from":          func(c *Config) { c.From = "alarm" },
		"bounces":       func(c *Config) { c.Bounces = "a@example.org>\r\nDATA" },
		"reply_to":      func(c *Config) { c.ReplyTo = "Jan <jan@example.org>" },
		"domain":        func(c *Config) { c.Domain = "Example.org" },
		"greeting":      func(c *Config) { c.Greeting = "x\r\nMAIL" },
		"connections":   func(c *Config) { c.Connections = 51 },
		"window":        func(c *Config) { c.Window = 501 },
		"list_id":       func(c *Config) { c.ListID = "<x>" },
		"dkim.selector": func(c *Config) { c.DKIM.Selector = "a b" },
		"timeouts":      func(c *Config) { c.Timeouts.Final = -1 },
	} {
		c := good
		change(&c)
		var told *buurtbel.Error
		if err := c.Check(); !errors.As(err, &told) || told.Args["field"] != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
}
