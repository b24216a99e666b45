package sip

import (
	"errors"
	"net/netip"
	"syscall"
	"time"

	"github.com/pion/rtp"
	"github.com/zaf/g711"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// inbox is where a packet is read into.
type inbox struct {
	once    func(fd uintptr) bool // reads one packet without waiting
	buf     [1500]byte
	n       int
	who     syscall.Sockaddr
	err     error
	packet  rtp.Packet
	samples []int16
}

// mostAtOnce is how many packets one turn takes, so that a flood on one line cannot hold up the others.
const mostAtOnce = 32

// collect takes what has come since the last turn. Only the clock's ear calls it.
func (s *stream) collect() {
	s.inMu.Lock()
	defer s.inMu.Unlock()
	select {
	case <-s.ended:
		return
	default:
	}
	b := &s.from
	if b.once == nil {
		b.samples = make([]int16, 0, mostPacket)
		b.once = func(fd uintptr) bool {
			b.n, b.who, b.err = syscall.Recvfrom(int(fd), b.buf[:], 0) // the socket does not block: nothing there is an error
			return true
		}
	}
	now := time.Now()
	for range mostAtOnce {
		if err := s.raw.Read(b.once); err != nil || errors.Is(b.err, syscall.EAGAIN) {
			return // closed, or nothing more
		}
		if b.err != nil || b.packet.Unmarshal(b.buf[:b.n]) != nil {
			continue // a complaint of the network about a packet that we sent, or no RTP
		}
		b.samples = s.take(&b.packet, addressOf(b.who), b.samples[:0], now)
	}
}

func addressOf(who syscall.Sockaddr) netip.AddrPort {
	switch a := who.(type) {
	case *syscall.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *syscall.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr).Unmap(), uint16(a.Port))
	}
	return netip.AddrPort{}
}

// take handles one packet.
func (s *stream) take(p *rtp.Packet, from netip.AddrPort, samples []int16, now time.Time) []int16 {
	f := s.format.Load()
	if f == nil || p.Version != 2 || !s.listensTo(from) {
		return samples
	}
	in := &s.in
	if in.ssrc != p.SSRC {
		in.ssrc, in.order.started = p.SSRC, false
		in.order.held = in.order.held[:0]
	}
	switch {
	case f.keys >= 0 && int(p.PayloadType) == f.keys:
		in.signals = true
		if key := in.events.press(p.SSRC, p.Timestamp, p.Payload, now); key != 0 {
			s.press(key)
		}
		in.order.skip(p.SequenceNumber, s.deliver)
	case p.PayloadType == typeA || p.PayloadType == typeMu:
		samples = decode(samples, p.Payload, p.PayloadType)
		in.order.add(sound{p.SequenceNumber, p.Timestamp, samples}, s.deliver)
	default:
		in.order.skip(p.SequenceNumber, s.deliver)
	}
	return samples
}

// listensTo takes the address that the other side named, or the first that sends; sound goes back to where it comes from (RFC 4961), and
// nobody else is heard.
func (s *stream) listensTo(from netip.AddrPort) bool {
	if from == *s.remote.Load() {
		s.latched.Store(true)
		return true
	}
	if s.latched.Swap(true) {
		return false
	}
	s.remote.Store(&from)
	return true
}

func decode(to []int16, payload []byte, kind uint8) []int16 {
	if len(payload) > mostPacket {
		payload = payload[:mostPacket]
	}
	if kind == typeA {
		for _, b := range payload {
			to = append(to, g711.DecodeAlawFrame(b))
		}
		return to
	}
	for _, b := range payload {
		to = append(to, g711.DecodeUlawFrame(b))
	}
	return to
}

// deliver takes sound in order, puts silence where some is missing, and cuts it in frames.
func (s *stream) deliver(p sound) {
	in := &s.in
	if len(p.samples) == 0 {
		return
	}
	if gap := int32(p.stamp - in.stamp); in.stamp != 0 && gap > 0 {
		for range min((int(gap)+voice.Frame-1)/voice.Frame, longestGap) {
			s.hear(silence[:])
		}
	}
	in.stamp = p.stamp + uint32(len(p.samples))
	s.hear(p.samples)
}

var silence [voice.Frame]int16

// hear looks for tones and passes whole frames on.
func (s *stream) hear(samples []int16) {
	in := &s.in
	s.listenForTones(samples)
	for len(samples) > 0 {
		if in.partial == nil {
			in.partial = in.piece()
		}
		n := min(len(samples), voice.Frame-len(in.partial))
		in.partial = append(in.partial, samples[:n]...)
		samples = samples[n:]
		if len(in.partial) == voice.Frame {
			s.pass(in.partial)
			in.partial = nil
		}
	}
}

// piece gives memory for one frame.
func (in *incoming) piece() []int16 {
	if len(in.chunk) < voice.Frame {
		in.chunk = make([]int16, heardChunk*voice.Frame)
	}
	p := in.chunk[:0:voice.Frame]
	in.chunk = in.chunk[voice.Frame:]
	return p
}

// pass gives a frame to who listens; the oldest is lost when nobody took it in time.
func (s *stream) pass(frame voice.Audio) {
	for {
		select {
		case s.heard <- frame:
			return
		default:
		}
		select {
		case <-s.heard:
		default:
		}
	}
}

// listenForTones gives a key that sounds, unless it was or will be signalled: where events are agreed on, one may come a little after its
// tone, so the tone waits for it.
func (s *stream) listenForTones(samples []int16) {
	in := &s.in
	if in.signals {
		in.pending = 0
		return
	}
	if in.pending != 0 {
		if in.wait -= len(samples); in.wait <= 0 {
			s.press(in.pending)
			in.pending = 0
		}
	}
	key := in.tones.hear(samples)
	if key == 0 {
		return
	}
	if s.format.Load().keys < 0 {
		s.press(key)
		return
	}
	if in.pending != 0 {
		s.press(in.pending)
	}
	in.pending, in.wait = key, inbandWait
}

func (s *stream) press(key byte) {
	select {
	case s.keys <- key:
	default: // nobody reads, and 32 wait
	}
}
