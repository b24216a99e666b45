package email

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/mailtext"
)

// Config says which mail server takes our mail, and who it comes from.
type Config struct {
	Name    string `toml:"name"`    // what logs and metrics call this carrier; default "mail"
	Address string `toml:"address"` // host:port of the server, such as "mail.example.org:587"; required
	TLS     string `toml:"tls"`     // "starttls" (default; a server that does not offer it is not used), "tls" (from the first byte, port 465) or "none" (a relay on the same machine)
	CAFile  string `toml:"ca_file"` // PEM file with the authorities that may vouch for the server; default: those of the operating system

	Username string `toml:"username"` // empty: no AUTH
	Password string `toml:"password"` // never sent in the clear, except to a server on the same machine

	From     string `toml:"from"`     // mailbox in From, such as "alarm@example.org"; required. The name before it is the message's
	ReplyTo  string `toml:"reply_to"` // mailbox in Reply-To; default: none, so answers go to From
	Bounces  string `toml:"bounces"`  // mailbox that gets reports of mails that could not be delivered (MAIL FROM); default: From
	Domain   string `toml:"domain"`   // our own domain: right side of Message-ID, and what EHLO says; default: the domain of From
	ListID   string `toml:"list_id"`  // List-Id of bulletins and digests, such as "berichten.example.org"; default: messages.<domain>
	Greeting string `toml:"greeting"` // host name that EHLO says; default: Domain

	Connections   int `toml:"connections"`    // connections at once; default 4, at most 50
	PerConnection int `toml:"per_connection"` // mails before a connection is replaced; default 1000
	Window        int `toml:"window"`         // mails that may be open at once, queued ones included; default 32 for each connection, at most 500

	Timeouts Timeouts `toml:"timeouts"`
	DKIM     DKIM     `toml:"dkim"`
}

// Timeouts bound each step of the dialogue. RFC 5321 section 4.5.3.2 asks for minutes, for relays that may wait for days; an alert may not.
// The first three may take half as long again.
type Timeouts struct {
	Connect time.Duration `toml:"connect"` // TCP, TLS and the server's greeting, each; default 10s
	Command time.Duration `toml:"command"` // from a command to its answer; default 30s
	Final   time.Duration `toml:"final"`   // from the end of a mail to its answer; default 60s. After it the mail is uncertain, so shorter means doubles
	Idle    time.Duration `toml:"idle"`    // an unused connection is closed after this; default 30s
	Backoff time.Duration `toml:"backoff"` // before the second try to connect, doubled for each next, at most 60s; default 500ms
}

// DKIM says how mails are signed (RFC 6376). Off when neither Selector nor Keys is given; then the mail server is expected to sign.
type DKIM struct {
	Selector string   `toml:"selector"` // the key is published at <selector>._domainkey.<domain>
	Domain   string   `toml:"domain"`   // default: Config.Domain
	KeyFile  string   `toml:"key_file"` // PEM file with a PKCS #8 private key, Ed25519 (cheap) or RSA (understood everywhere), or a PKCS #1 RSA key
	Keys     []string `toml:"keys"`     // further keys, each "selector=NAME file=PATH from=DAY until=DAY"; a mail gets a signature of each whose days it is
}

// The words of Config.TLS.
const (
	tlsStart = "starttls"
	tlsFull  = "tls"
	tlsNone  = "none"
)

const (
	maxConnections = 50
	maxWindow      = 500 // attempts without an outcome that a node may have at one carrier
	maxBackoff     = time.Minute
)

func (c Config) withDefaults() Config {
	preset(&c.Name, "mail")
	preset(&c.TLS, tlsStart)
	preset(&c.Bounces, c.From)
	preset(&c.Domain, c.From[strings.LastIndexByte(c.From, '@')+1:])
	preset(&c.Greeting, c.Domain)
	preset(&c.Connections, 4)
	preset(&c.PerConnection, 1000)
	preset(&c.Window, min(32*c.Connections, maxWindow))
	preset(&c.Timeouts.Connect, 10*time.Second)
	preset(&c.Timeouts.Command, 30*time.Second)
	preset(&c.Timeouts.Final, time.Minute)
	preset(&c.Timeouts.Idle, 30*time.Second)
	preset(&c.Timeouts.Backoff, 500*time.Millisecond)
	preset(&c.DKIM.Domain, c.Domain)
	return c
}

// list is the List-Id of bulletins and digests.
func (c *Config) list() string {
	if c.ListID == "" {
		return "messages." + c.Domain
	}
	return c.ListID
}

func preset[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Check tells the first thing that is wrong with c. It opens nothing.
func (c Config) Check() error {
	c = c.withDefaults()
	host, port, err := net.SplitHostPort(c.Address)
	if err != nil || host == "" || port == "" {
		return wrong("address")
	}
	if c.TLS != tlsStart && c.TLS != tlsFull && c.TLS != tlsNone {
		return wrong("tls")
	}
	if c.Username != "" && c.TLS == tlsNone && !loopbackName(host) {
		return wrong("username")
	}
	if err := c.checkSender(); err != nil {
		return err
	}
	switch {
	case c.Connections < 1 || c.Connections > maxConnections:
		return wrong("connections")
	case c.PerConnection < 1:
		return wrong("per_connection")
	case c.Window < 1 || c.Window > maxWindow:
		return wrong("window")
	}
	if _, err := c.DKIM.all(); err != nil {
		return err
	}
	return c.Timeouts.check()
}

func (c *Config) checkSender() error {
	for _, box := range []struct{ field, value string }{{"from", c.From}, {"bounces", c.Bounces}, {"reply_to", c.ReplyTo}} {
		if box.field == "reply_to" && box.value == "" {
			continue
		}
		// The sender's own mailbox is written as it is in commands that have no SMTPUTF8.
		if stored, err := mailtext.Valid(box.value); err != nil || stored != box.value || !ascii(box.value) {
			return wrong(box.field)
		}
	}
	for _, d := range []struct{ field, value string }{{"domain", c.Domain}, {"dkim.domain", c.DKIM.Domain}} {
		if stored, err := mailtext.Domain(d.value); err != nil || stored != d.value {
			return wrong(d.field)
		}
	}
	for _, w := range []struct{ field, value string }{{"list_id", c.ListID}, {"greeting", c.Greeting}, {"dkim.selector", c.DKIM.Selector}} {
		if !ascii(w.value) || strings.ContainsAny(w.value, " <>\r\n\t\x00") {
			return wrong(w.field)
		}
	}
	return nil
}

func (t Timeouts) check() error {
	for _, d := range []time.Duration{t.Connect, t.Command, t.Final, t.Idle, t.Backoff} {
		if d < 0 {
			return wrong("timeouts")
		}
	}
	return nil
}

func wrong(field string) error {
	return buurtbel.Fail(buurtbel.Invalid, "error.email.config", buurtbel.Args{"field": field})
}

func (c *Config) tlsConfig() (*tls.Config, error) {
	host, _, err := net.SplitHostPort(c.Address)
	if err != nil {
		return nil, wrong("address")
	}
	t := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(c.Connections)}
	if c.CAFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Invalid, "error.email.config", buurtbel.Args{"field": "ca_file"})
	}
	t.RootCAs = x509.NewCertPool()
	if !t.RootCAs.AppendCertsFromPEM(pem) {
		return nil, wrong("ca_file")
	}
	return t, nil
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func loopbackName(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
