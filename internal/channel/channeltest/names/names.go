// Package names is a server of the domain name system (RFC 1035) on loopback, for tests of what asks one. It knows the lines that it was given, written as in a
// zone file, and nothing else; it asks nobody. Its codec is that of golang.org/x/net.
package names

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// Server answers until the test ends. Safe for concurrent use.
type Server struct {
	Address string // host:port

	conn   net.PacketConn
	mu     sync.Mutex
	known  map[string][]dnsmessage.Resource // by name in small letters and type
	silent map[string]bool                  // names that get SERVFAIL
}

// Serve starts a server with these lines: "example.org. IN MX 10 mail.example.org." It knows A, AAAA, MX, PTR and TXT.
func Serve(t testing.TB, lines ...string) *Server {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Address: conn.LocalAddr().String(), conn: conn, known: map[string][]dnsmessage.Resource{}, silent: map[string]bool{}}
	for _, l := range lines {
		s.Add(t, l)
	}
	gone := make(chan struct{})
	go func() { defer close(gone); s.run() }()
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		<-gone
	})
	return s
}

// Resolver asks this server only.
func (s *Server) Resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", s.Address)
	}}
}

// Add adds one line.
func (s *Server) Add(t testing.TB, line string) {
	t.Helper()
	r, err := parse(line)
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := keyOf(r.Header.Name.String(), r.Header.Type)
	s.known[key] = append(s.known[key], r)
}

// Forget takes out all lines of a name and a type, such as "TXT".
func (s *Server) Forget(name, kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, keyOf(name, kinds[kind]))
}

// Fail lets every question for a name end in SERVFAIL.
func (s *Server) Fail(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent[strings.ToLower(name)] = true
}

var kinds = map[string]dnsmessage.Type{"A": dnsmessage.TypeA, "AAAA": dnsmessage.TypeAAAA, "MX": dnsmessage.TypeMX, "PTR": dnsmessage.TypePTR, "TXT": dnsmessage.TypeTXT}

func keyOf(name string, kind dnsmessage.Type) string {
	return strings.ToLower(name) + " " + kind.String()
}

var quoted = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)

func parse(line string) (r dnsmessage.Resource, err error) {
	words := strings.Fields(line)
	if len(words) < 4 || words[1] != "IN" {
		return r, fmt.Errorf("not NAME IN TYPE DATA")
	}
	name, err := dnsmessage.NewName(words[0])
	if err != nil {
		return r, err
	}
	r.Header = dnsmessage.ResourceHeader{Name: name, Type: kinds[words[2]], Class: dnsmessage.ClassINET, TTL: 60}
	r.Body, err = body(words[2], words[3:], line)
	return r, err
}

func body(kind string, words []string, line string) (dnsmessage.ResourceBody, error) {
	switch kind {
	case "A", "AAAA":
		a, err := netip.ParseAddr(words[0])
		if err != nil {
			return nil, err
		}
		if kind == "A" {
			return &dnsmessage.AResource{A: a.As4()}, nil
		}
		return &dnsmessage.AAAAResource{AAAA: a.As16()}, nil
	case "MX":
		n, err := strconv.ParseUint(words[0], 10, 16)
		if err != nil {
			return nil, err
		}
		host, err := dnsmessage.NewName(words[1])
		return &dnsmessage.MXResource{Pref: uint16(n), MX: host}, err
	case "PTR":
		host, err := dnsmessage.NewName(words[0])
		return &dnsmessage.PTRResource{PTR: host}, err
	case "TXT":
		var texts []string
		for _, m := range quoted.FindAllStringSubmatch(line, -1) {
			texts = append(texts, regexp.MustCompile(`\\(.)`).ReplaceAllString(m[1], "$1"))
		}
		return &dnsmessage.TXTResource{TXT: texts}, nil
	}
	return nil, fmt.Errorf("no type %s here", kind)
}

func (s *Server) run() {
	b := make([]byte, 4096)
	for {
		n, from, err := s.conn.ReadFrom(b)
		if err != nil {
			return
		}
		if answer, err := s.answer(b[:n]); err == nil {
			if _, err := s.conn.WriteTo(answer, from); err != nil {
				return
			}
		}
	}
}

func (s *Server) answer(question []byte) ([]byte, error) {
	var p dnsmessage.Parser
	h, err := p.Start(question)
	if err != nil {
		return nil, err
	}
	q, err := p.Question()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := dnsmessage.Message{Header: dnsmessage.Header{ID: h.ID, Response: true, Authoritative: true, RecursionAvailable: true}, Questions: []dnsmessage.Question{q}}
	m.Answers = s.known[keyOf(q.Name.String(), q.Type)]
	if s.silent[strings.ToLower(q.Name.String())] {
		m.RCode = dnsmessage.RCodeServerFailure
	} else if len(m.Answers) == 0 && !s.hasName(q.Name.String()) {
		m.RCode = dnsmessage.RCodeNameError
	}
	return m.Pack()
}

// hasName tells whether there is anything at a name.
func (s *Server) hasName(name string) bool {
	for _, kind := range kinds {
		if len(s.known[keyOf(name, kind)]) > 0 {
			return true
		}
	}
	return false
}
