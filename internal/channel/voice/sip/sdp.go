package sip

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Payload types with a meaning of their own (RFC 3551 section 6), and the one we ask for keys.
const (
	typeMu   = 0
	typeA    = 8
	typeKeys = 101
)

// session is what one side says of its sound: the part of SDP (RFC 8866) that a telephone needs.
type session struct {
	at       netip.AddrPort
	payloads []int // PCMA and PCMU, in the order of preference, as payload types
	keys     int   // payload type of telephone-event at 8000 Hz (RFC 4733); -1 for none
	sends    bool  // this side sends sound
	receives bool  // this side wants sound
}

var payloadOf = map[string]int{PCMA: typeA, PCMU: typeMu}

// errSound says that the two sides have no sound in common.
var errSound = errors.New("sdp: no sound that both sides know")

// write makes the description; id is the same for one call, version grows with each.
func (s session) write(id int64, version int) []byte {
	var b strings.Builder
	family := "IP4"
	if s.at.Addr().Is6() {
		family = "IP6"
	}
	fmt.Fprintf(&b, "v=0\r\no=- %d %d IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\n", id, version, family, s.at.Addr(), family, s.at.Addr())
	fmt.Fprintf(&b, "m=audio %d RTP/AVP", s.at.Port())
	for _, p := range s.payloads {
		fmt.Fprintf(&b, " %d", p)
	}
	if s.keys >= 0 {
		fmt.Fprintf(&b, " %d", s.keys)
	}
	b.WriteString("\r\n")
	for _, p := range s.payloads {
		fmt.Fprintf(&b, "a=rtpmap:%d %s/8000\r\n", p, map[int]string{typeA: "PCMA", typeMu: "PCMU"}[p])
	}
	if s.keys >= 0 {
		fmt.Fprintf(&b, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\n", s.keys, s.keys)
	}
	b.WriteString("a=ptime:20\r\na=" + s.direction() + "\r\n")
	return []byte(b.String())
}

func (s session) direction() string {
	switch {
	case s.sends && s.receives:
		return "sendrecv"
	case s.sends:
		return "sendonly"
	case s.receives:
		return "recvonly"
	}
	return "inactive"
}

// answer is what we say to an offer: the first of its payload types that we know, and its number for keys.
func (s session) answer(offer session) (session, error) {
	for _, p := range offer.payloads {
		for _, ours := range s.payloads {
			if p == ours {
				return session{at: s.at, payloads: []int{p}, keys: offer.keys, sends: offer.receives, receives: offer.sends}, nil
			}
		}
	}
	return session{}, errSound
}

// readSession reads the first audio line of a description. Lines it does not know are skipped, as RFC 8866 section 5 wants.
func readSession(body []byte) (session, error) {
	r := sdpReader{session: session{keys: -1, sends: true, receives: true}}
	for _, line := range strings.Split(string(body), "\n") {
		line = strings.TrimRight(line, "\r")
		if len(line) < 2 || line[1] != '=' {
			continue
		}
		if err := r.line(line[0], line[2:]); err != nil {
			return session{}, err
		}
	}
	return r.finish()
}

type sdpReader struct {
	session
	host  netip.Addr // of the whole, until the audio line has its own
	port  uint16
	media int // media lines so far
	audio int // which of them is ours, from 1
	types []int
	maps  map[int]string
}

func (r *sdpReader) inAudio() bool { return r.audio > 0 && r.media == r.audio }

func (r *sdpReader) line(kind byte, value string) error {
	switch kind {
	case 'c':
		if r.media == 0 || r.inAudio() {
			return r.connection(value)
		}
	case 'm':
		r.media++
		if r.audio == 0 && strings.HasPrefix(value, "audio ") {
			r.audio = r.media
			return r.audioLine(value)
		}
	case 'a':
		if r.media == 0 || r.inAudio() {
			r.attribute(value)
		}
	}
	return nil
}

func (r *sdpReader) connection(value string) error {
	f := strings.Fields(value)
	if len(f) < 3 {
		return errors.New("sdp: connection line cannot be read")
	}
	host, err := netip.ParseAddr(strings.Split(f[2], "/")[0])
	if err != nil { // a name here would have to be looked up; carriers send addresses
		return errors.New("sdp: connection line has no address")
	}
	r.host = host.Unmap()
	return nil
}

func (r *sdpReader) audioLine(value string) error {
	f := strings.Fields(value)
	if len(f) < 4 {
		return errors.New("sdp: audio line cannot be read")
	}
	port, err := strconv.ParseUint(strings.Split(f[1], "/")[0], 10, 16)
	if err != nil {
		return errors.New("sdp: audio line has no port")
	}
	if f[2] != "RTP/AVP" { // SAVP and its kin are encrypted
		return errSound
	}
	r.port = uint16(port)
	for _, s := range f[3:] {
		if t, err := strconv.ParseUint(s, 10, 7); err == nil && len(r.types) < 64 {
			r.types = append(r.types, int(t))
		}
	}
	return nil
}

func (r *sdpReader) attribute(value string) {
	switch value {
	case "sendrecv":
		r.sends, r.receives = true, true
	case "sendonly":
		r.sends, r.receives = true, false
	case "recvonly":
		r.sends, r.receives = false, true
	case "inactive":
		r.sends, r.receives = false, false
	}
	rest, ok := strings.CutPrefix(value, "rtpmap:")
	if !ok {
		return
	}
	number, name, _ := strings.Cut(rest, " ")
	if t, err := strconv.ParseUint(number, 10, 7); err == nil {
		if r.maps == nil {
			r.maps = map[int]string{}
		}
		r.maps[int(t)] = strings.ToLower(strings.TrimSpace(name))
	}
}

func (r *sdpReader) finish() (session, error) {
	for _, t := range r.types {
		name := r.maps[t]
		switch {
		case t == typeA && (name == "" || strings.HasPrefix(name, "pcma/8000")), t == typeMu && (name == "" || strings.HasPrefix(name, "pcmu/8000")):
			r.payloads = append(r.payloads, t)
		case r.keys < 0 && strings.HasPrefix(name, "telephone-event/8000"):
			r.keys = t
		}
	}
	if r.audio == 0 || len(r.payloads) == 0 || r.port == 0 {
		return session{}, errSound
	}
	if !r.host.IsValid() {
		return session{}, errors.New("sdp: no connection line")
	}
	if r.host.IsUnspecified() { // the old way to put somebody on hold (RFC 3264 section 8.4)
		r.receives = false
	}
	r.at = netip.AddrPortFrom(r.host, r.port)
	return r.session, nil
}
