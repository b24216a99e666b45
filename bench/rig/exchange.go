package rig

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// Exchange speaks as little SIP (RFC 3261) as will do for a trunk to call it, and has one socket for the sound of all calls. What it answers is
// decided by who uses it.
type Exchange struct{ SIP, RTP *net.UDPConn }

// Request is what a caller said.
type Request struct {
	Method string
	Target string // the rest of its first line
	Body   string
	from   netip.AddrPort
	lines  []string
}

// OpenExchange opens both sockets on loopback.
func OpenExchange() (*Exchange, error) {
	e := &Exchange{}
	for _, c := range []**net.UDPConn{&e.SIP, &e.RTP} {
		var err error
		if *c, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
			return nil, fmt.Errorf("listen: %w", err)
		}
		if err := errors.Join((*c).SetReadBuffer(4<<20), (*c).SetWriteBuffer(4<<20)); err != nil {
			return nil, fmt.Errorf("listen: %w", err)
		}
	}
	return e, nil
}

// Close closes both sockets, so that Serve ends.
func (e *Exchange) Close() error { return errors.Join(e.SIP.Close(), e.RTP.Close()) }

// Address is where a trunk finds it.
func (e *Exchange) Address() string { return e.SIP.LocalAddr().String() }

// Serve gives each request to answer until the exchange is closed.
func (e *Exchange) Serve(answer func(*Request)) {
	buf := make([]byte, 4096)
	for {
		n, from, err := e.SIP.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		head, body, _ := bytes.Cut(buf[:n], []byte("\r\n\r\n"))
		r := &Request{from: from, lines: strings.Split(string(head), "\r\n"), Body: string(body)}
		r.Method, r.Target, _ = strings.Cut(r.lines[0], " ")
		answer(r)
	}
}

// Header gives one header; "" when there is none.
func (r *Request) Header(name string) string {
	for _, l := range r.lines {
		if k, v, ok := strings.Cut(l, ":"); ok && strings.EqualFold(k, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// Sound is where an INVITE wants to hear; not valid when it says nothing of it.
func (r *Request) Sound() netip.AddrPort {
	_, rest, _ := strings.Cut(r.Body, "m=audio ")
	port, err := strconv.ParseUint(strings.SplitN(rest, " ", 2)[0], 10, 16)
	if err != nil {
		fmt.Fprintln(os.Stderr, "exchange: INVITE without sound")
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))
}

// Reply answers a request.
func (e *Exchange) Reply(r *Request, status, body string) {
	var b strings.Builder
	b.WriteString("SIP/2.0 " + status + "\r\n")
	for _, l := range r.lines[1:] {
		switch k, _, _ := strings.Cut(l, ":"); strings.ToLower(k) {
		case "via", "from", "call-id", "cseq":
			b.WriteString(l + "\r\n")
		case "to":
			if !strings.Contains(l, "tag=") {
				l += ";tag=exchange"
			}
			b.WriteString(l + "\r\n")
		}
	}
	fmt.Fprintf(&b, "Contact: <sip:%s>\r\n", e.Address())
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	if _, err := e.SIP.WriteToUDPAddrPort([]byte(b.String()), r.from); err != nil {
		fmt.Fprintln(os.Stderr, "exchange:", err)
	}
}

// Description is the answer to an INVITE: where the exchange hears.
func (e *Exchange) Description() string {
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 8 101\r\n"+
		"a=rtpmap:101 telephone-event/8000\r\n", e.RTP.LocalAddr().(*net.UDPAddr).Port)
}
