package sip

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/phone"
)

// How SIP travels to the carrier. TLS protects the signalling only; the sound is RTP in the clear in all three.
const (
	UDP = "udp"
	TCP = "tcp"
	TLS = "tls"
)

// How a carrier wants numbers.
const (
	NumberPlus     = "plus"     // +3220000111 (RFC 3966)
	NumberDigits   = "digits"   // 3220000111
	NumberOverseas = "overseas" // 003220000111
)

// Sound that can be spoken and understood: G.711 with A-law (Europe) or mu-law, as RFC 3551 names them.
const (
	PCMA = "pcma"
	PCMU = "pcmu"
)

// Config is one trunk of one carrier of calls. Durations are written as "30s".
type Config struct {
	Name string `toml:"name"` // names the trunk in events, logs and metrics: lower-case letters, digits and "-"

	Server    string `toml:"server"`    // host:port of the carrier; port 5060, 5061 with tls, when there is none
	Transport string `toml:"transport"` // "udp" (default), "tcp" or "tls" (TLS 1.2 or later)
	Domain    string `toml:"domain"`    // host part of SIP addresses; the host of Server when empty

	TLSCA         string `toml:"tls_ca"`          // file with the certificates that may sign the carrier's; the system's when empty
	TLSServerName string `toml:"tls_server_name"` // name in the carrier's certificate, when it is not the host of Server

	User          string        `toml:"user"`           // account for digest authentication (RFC 8760); empty for a trunk that knows us by our address
	Password      string        `toml:"password"`       // of User; never logged
	Register      bool          `toml:"register"`       // tell the carrier where we are (RFC 3261 section 10); needs User
	RegisterEvery time.Duration `toml:"register_every"` // how long a registration is asked for; refreshed after three quarters of it. 5m when 0
	PingEvery     time.Duration `toml:"ping_every"`     // between two OPTIONS that ask whether the carrier is there; 10s when 0
	AnswerTimeout time.Duration `toml:"answer_timeout"` // for the carrier's first word on any request, then it counts as gone; 2s when 0

	Caller     string   `toml:"caller"`      // number that every call presents: E.164 with +
	Shown      string   `toml:"shown"`       // number that telephones show when the carrier cannot present Caller, else empty; nothing here depends on it
	Number     string   `toml:"number_form"` // how the carrier wants numbers: "plus" (default), "digits" or "overseas"
	Country    string   `toml:"country"`     // country of callers whose number comes without country code (ISO 3166); "BE" when empty
	Countries  []string `toml:"countries"`   // countries that may be called; BE, NL, LU, FR and DE when empty
	AcceptFrom []string `toml:"accept_from"` // addresses or networks (192.0.2.0/24) that calls may come from, beside those of Server

	Lines       int           `toml:"lines"`        // calls that may be out at once by the contract, 1 to 5000; 10 when 0
	Incoming    int           `toml:"incoming"`     // calls that may be in at once, apart from Lines; 600 when 0
	Ring        time.Duration `toml:"ring"`         // how long a telephone rings when nobody says otherwise; 30s when 0
	LongestCall time.Duration `toml:"longest_call"` // after this an answered call is ended; 10m when 0

	Codecs   []string `toml:"codecs"`    // "pcma" and "pcmu", the liked one first; both, A-law first, when empty
	Local    string   `toml:"local"`     // our address, or address:port, for SIP and RTP; found by the way to Server when empty
	Public   string   `toml:"public"`    // our address as the carrier sees it when it is not Local, such as behind NAT
	RTPPorts string   `toml:"rtp_ports"` // ports for sound, such as "20000-24999"; any free one when empty

	server     string // host:port
	rtp        portRange
	acceptFrom []netip.Prefix
}

// Fill puts the defaults where nothing is said.
func (c *Config) Fill() {
	set(&c.Transport, UDP)
	set(&c.RegisterEvery, 5*time.Minute)
	set(&c.PingEvery, 10*time.Second)
	set(&c.AnswerTimeout, 2*time.Second)
	set(&c.Number, NumberPlus)
	set(&c.Country, "BE")
	set(&c.Lines, 10)
	set(&c.Incoming, 600)
	set(&c.Ring, 30*time.Second)
	set(&c.LongestCall, 10*time.Minute)
	if len(c.Countries) == 0 {
		c.Countries = slices.Clone(phone.DefaultCountries)
	}
	if len(c.Codecs) == 0 {
		c.Codecs = []string{PCMA, PCMU}
	}
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

var (
	nameForm    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	numberForm  = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	countryForm = regexp.MustCompile(`^[A-Z]{2}$`)
)

// Check tells everything that is wrong with c, after Fill. No value of a secret stands in the error.
func (c *Config) Check() error {
	var wrong []error
	say := func(bad bool, sentence string) {
		if bad {
			wrong = append(wrong, errors.New(sentence))
		}
	}
	say(!nameForm.MatchString(c.Name), "name: must be 1 to 32 of a-z, 0-9 and -")
	say(c.Transport != UDP && c.Transport != TCP && c.Transport != TLS, `transport: must be "udp", "tcp" or "tls"`)
	say(c.Register && c.User == "", "register: needs user")
	say(strings.ContainsAny(c.User, "\r\n<>@ "), "user: must hold no space, @, < or >")
	say(!numberForm.MatchString(c.Caller), "caller: must be a number with + and country code")
	say(c.Shown != "" && !numberForm.MatchString(c.Shown), "shown: must be a number with + and country code, or empty")
	say(c.Number != NumberPlus && c.Number != NumberDigits && c.Number != NumberOverseas, `number_form: must be "plus", "digits" or "overseas"`)
	say(c.Lines < 1 || c.Lines > 5000, "lines: must be 1 to 5000")
	say(c.Incoming < 1 || c.Incoming > 5000, "incoming: must be 1 to 5000")
	say(min(c.PingEvery, c.Ring, c.LongestCall) < time.Second, "ping_every, ring, longest_call: must be at least 1s")
	say(c.AnswerTimeout < 100*time.Millisecond, "answer_timeout: must be at least 100ms")
	say(c.RegisterEvery < 30*time.Second, "register_every: must be at least 30s")
	say(!all(append([]string{c.Country}, c.Countries...), countryForm.MatchString), "country, countries: must be two capitals each")
	say(!all(c.Codecs, func(s string) bool { return s == PCMA || s == PCMU }), `codecs: must be "pcma" or "pcmu"`)
	return errors.Join(append(wrong, c.readAddresses()...)...)
}

func all(list []string, ok func(string) bool) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !ok(s) })
}

// readAddresses reads what is written as text and checks it on the way.
func (c *Config) readAddresses() (wrong []error) {
	fail := func(field string, err error) {
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", field, err))
		}
	}
	var err error
	c.server, err = withPort(c.Server, map[string]string{TLS: "5061"}[c.Transport])
	fail("server", err)
	if c.Domain == "" && err == nil {
		c.Domain, _, err = net.SplitHostPort(c.server)
		fail("server", err)
	}
	c.rtp, err = readPorts(c.RTPPorts)
	fail("rtp_ports", err)
	c.acceptFrom, err = readPrefixes(c.AcceptFrom)
	fail("accept_from", err)
	if c.Local != "" {
		local, _, err := splitLocal(c.Local)
		if err == nil && local.IsUnspecified() {
			err = errors.New("must be one address, not all")
		}
		fail("local", err)
	}
	if c.Public != "" {
		_, err = netip.ParseAddr(c.Public)
		fail("public", err)
	}
	return wrong
}

func withPort(address, port string) (string, error) {
	if address == "" {
		return "", errors.New("is missing; write host:port")
	}
	set(&port, "5060")
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address, nil
	}
	joined := net.JoinHostPort(strings.Trim(address, "[]"), port)
	_, _, err := net.SplitHostPort(joined)
	return joined, err
}

// splitLocal reads "address" or "address:port".
func splitLocal(s string) (netip.Addr, uint16, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return a, 0, nil
	}
	ap, err := netip.ParseAddrPort(s)
	return ap.Addr(), ap.Port(), err
}

// portRange is the ports for sound, both ends included; 0 and 0 for any.
type portRange struct{ first, last int }

func readPorts(s string) (portRange, error) {
	if s == "" {
		return portRange{}, nil
	}
	from, to, found := strings.Cut(s, "-")
	first, err := strconv.Atoi(strings.TrimSpace(from))
	if err != nil || !found {
		return portRange{}, errors.New(`must be written as "20000-24999"`)
	}
	last, err := strconv.Atoi(strings.TrimSpace(to))
	if err != nil || first < 1024 || last > 65535 || last < first {
		return portRange{}, errors.New(`must be written as "20000-24999", from 1024 to 65535`)
	}
	return portRange{first, last}, nil
}

func readPrefixes(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range list {
		if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// String names the trunk and nothing secret, so that a Config that is printed by accident tells no password.
func (c Config) String() string { return "trunk " + c.Name + " at " + c.Server }

// LogValue does the same for slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// tlsConfig makes the TLS settings, nil without TLS.
func (c *Config) tlsConfig() (*tls.Config, error) {
	if c.Transport != TLS {
		return nil, nil
	}
	return channel.TLS(c.TLSCA, c.TLSServerName)
}
