package sip

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/emiago/sipgo"
	gosip "github.com/emiago/sipgo/sip"
)

// listen opens our side: the socket that requests come from and go to, and what answers them.
func (t *Trunk) listen() error {
	settings, err := t.cfg.tlsConfig()
	if err != nil {
		return err
	}
	options := []sipgo.UserAgentOption{sipgo.WithUserAgent("Buurtbel"), sipgo.WithUserAgentTransactionLayerOptions(gosip.WithTransactionLayerTerminateOnConnClose())}
	if settings != nil {
		options = append(options, sipgo.WithUserAgenTLSConfig(settings))
	}
	t.ua, err = sipgo.NewUA(options...)
	if err != nil {
		return fmt.Errorf("sip: %w", err)
	}
	t.closers = append(t.closers, t.ua.Close)
	server, err := sipgo.NewServer(t.ua)
	if err != nil {
		return fmt.Errorf("sip: %w", err)
	}
	t.handle(server)
	if err := t.bind(server); err != nil {
		return err
	}
	t.public = t.local.Addr()
	if t.cfg.Public != "" {
		t.public = netip.MustParseAddr(t.cfg.Public) // Check read it
	}
	t.client, err = sipgo.NewClient(t.ua, sipgo.WithClientHostname(bracketed(t.public)), sipgo.WithClientPort(int(t.local.Port())), sipgo.WithClientNAT())
	if err != nil {
		return fmt.Errorf("sip: %w", err)
	}
	t.contact = gosip.ContactHeader{Address: gosip.Uri{Scheme: "sip", User: t.accountName(), Host: bracketed(t.public), Port: int(t.local.Port())}}
	if t.cfg.Transport != UDP {
		t.contact.Address.UriParams.Add("transport", t.cfg.Transport)
	}
	return nil
}

// accountName is the user part of our own address.
func (t *Trunk) accountName() string {
	if t.cfg.User != "" {
		return t.cfg.User
	}
	return strings.TrimPrefix(t.cfg.Caller, "+")
}

func bracketed(a netip.Addr) string {
	if a.Is6() {
		return "[" + a.String() + "]"
	}
	return a.String()
}

// bind takes our address. With TLS nobody connects to us: calls come in over the connection that we opened.
func (t *Trunk) bind(server *sipgo.Server) error {
	host, port, err := t.ourAddress()
	if err != nil {
		return err
	}
	address := netip.AddrPortFrom(host, port)
	switch t.cfg.Transport {
	case UDP:
		c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(address))
		if err != nil {
			return fmt.Errorf("local: %w", err)
		}
		if err := c.SetReadBuffer(4 << 20); err != nil { // hundreds of calls may begin in one moment
			return fmt.Errorf("local: %w", err)
		}
		t.local = c.LocalAddr().(*net.UDPAddr).AddrPort()
		t.serve(func() error { return server.ServeUDP(c) }, c.Close)
		return t.untilServed()
	case TCP:
		l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(address))
		if err != nil {
			return fmt.Errorf("local: %w", err)
		}
		t.local = l.Addr().(*net.TCPAddr).AddrPort()
		t.serve(func() error { return server.ServeTCP(l) }, l.Close)
	default:
		set(&port, 5061)
		t.local = netip.AddrPortFrom(host, port)
	}
	return nil
}

// serve runs a listener until it is closed.
func (t *Trunk) serve(run, closing func() error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := run(); err != nil {
			t.log.Debug("no longer listening", "error", err) // closed by us, or by the system: then nothing answers and Up says so
		}
	}()
	t.closers = append(t.closers, func() error {
		err := closing()
		<-done
		return err
	})
}

// untilServed waits until the library knows our socket. A request before that would try to open the same port a second time.
func (t *Trunk) untilServed() error {
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); runtime.Gosched() {
		if c, err := t.ua.TransportLayer().GetConnection("udp", t.local.String()); err == nil {
			_, err = c.TryClose()
			return err
		}
	}
	return errors.New("local: the socket is not read")
}

// ourAddress is Config.Local, or the address that packets to the carrier come from. Finding it sends nothing.
func (t *Trunk) ourAddress() (netip.Addr, uint16, error) {
	if t.cfg.Local != "" {
		return splitLocal(t.cfg.Local)
	}
	for _, to := range []string{t.cfg.server, "192.0.2.1:9", "[2001:db8::1]:9"} {
		c, err := net.Dial("udp", to)
		if err != nil {
			continue // no way there, or no such name now
		}
		at := c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
		if err := c.Close(); err != nil {
			return netip.Addr{}, 0, fmt.Errorf("local: %w", err)
		}
		return at, 0, nil
	}
	return netip.Addr{}, 0, fmt.Errorf("local: our address cannot be found; write it")
}

// prepare gives a request its Via and its way out. It is given to each request of the library in place of its own preparation.
func (t *Trunk) prepare(c *sipgo.Client, req *gosip.Request) error {
	req.RemoveHeader("Via")
	if err := sipgo.ClientRequestAddVia(c, req); err != nil {
		return fmt.Errorf("sip: %w", err)
	}
	if t.cfg.Transport == UDP {
		req.Laddr = gosip.Addr{IP: t.local.Addr().AsSlice(), Port: int(t.local.Port()), Hostname: t.local.Addr().String()}
	}
	return nil
}

// asIs sends a request that is whole already.
func asIs(*sipgo.Client, *gosip.Request) error { return nil }

// request begins a request outside of calls.
func (t *Trunk) request(method gosip.RequestMethod, to gosip.Uri) *gosip.Request {
	req := gosip.NewRequest(method, to)
	req.SetTransport(strings.ToUpper(t.cfg.Transport))
	req.SetDestination(t.cfg.server)
	hops := gosip.MaxForwardsHeader(70)
	req.AppendHeader(&hops)
	return req
}

// do sends a request, with our credentials when it is asked for them, and gives the final answer.
func (t *Trunk) do(ctx context.Context, req *gosip.Request) (*gosip.Response, error) {
	res, err := t.client.Do(ctx, req, t.prepare)
	for try := 0; err == nil && t.asked(res) && try < 2; try++ { // a second time when the carrier's nonce grew old
		res, err = t.client.DoDigestAuth(ctx, req, res, t.credentials())
	}
	if err != nil {
		return nil, fmt.Errorf("sip: %s: %w", req.Method, err)
	}
	return res, nil
}

// asked tells whether the carrier wants credentials and we have some.
func (t *Trunk) asked(res *gosip.Response) bool {
	challenge := res.StatusCode == 401 && res.GetHeader("WWW-Authenticate") != nil || res.StatusCode == 407 && res.GetHeader("Proxy-Authenticate") != nil
	return challenge && t.cfg.User != ""
}

func (t *Trunk) credentials() sipgo.DigestAuth {
	return sipgo.DigestAuth{Username: t.cfg.User, Password: t.cfg.Password}
}

// lookUp refreshes the addresses of the carrier. When its name cannot be looked up the last ones stay.
func (t *Trunk) lookUp(ctx context.Context) {
	host, _, err := net.SplitHostPort(t.cfg.server)
	if err != nil {
		return
	}
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(list) == 0 {
		return
	}
	for i := range list {
		list[i] = list[i].Unmap()
	}
	t.peers.Store(&list)
}

// trusts tells whether a call may come from an address: the carrier's, or one that was named.
func (t *Trunk) trusts(source string) bool {
	at, err := netip.ParseAddrPort(source)
	if err != nil {
		return false
	}
	from := at.Addr().Unmap()
	if peers := t.peers.Load(); peers != nil && slices.Contains(*peers, from) {
		return true
	}
	return slices.ContainsFunc(t.cfg.acceptFrom, func(p netip.Prefix) bool { return p.Contains(from) })
}

// randomWord makes a tag or the first half of a Call-ID (RFC 3261 section 19.3).
func randomWord() string { return strings.ToLower(rand.Text()) }
