package sip

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/zaf/g711"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

const (
	heardFrames = 100 // two seconds that a slow reader may be behind
	heardChunk  = 25  // frames that share one piece of memory
	keysWaiting = 32
	longestGap  = 5               // frames of silence that stand for packets that did not come; who listens longer in vain counts the time alone
	mostPacket  = 8 * voice.Frame // samples in one packet: 160 ms
	inbandWait  = 8 * voice.Frame // samples after a tone was sure in which an event may still come for the same press
	rtpHeader   = 12              // octets (RFC 3550 section 5.1)
	readBuffer  = 64 << 10        // of the socket; some seconds of sound
)

// stream is the sound of one call, both ways, over one socket. It sends a packet every 20 ms from start to end, silence when nothing is
// played, because gateways and address translators take a pause for the end. It sends no RTCP.
type stream struct {
	socket *net.UDPConn
	raw    syscall.RawConn
	clock  *clock
	turn   [clocks]int // the pacers' own

	said    netip.AddrPort                 // where the other side wants sound; agree's alone
	remote  atomic.Pointer[netip.AddrPort] // where sound goes
	latched atomic.Bool                    // remote is where the other side's packets come from
	format  atomic.Pointer[format]

	mu    sync.Mutex // guards playing and muted
	queue []*playing
	muted bool // the other side wants no sound for now

	packet [rtpHeader + voice.Frame]byte // the pacer's alone, as are the next two
	seq    uint16
	stamp  uint32

	heard chan voice.Audio
	keys  chan byte
	ended chan struct{} // closed by end
	once  sync.Once
	inMu  sync.Mutex // guards what follows, and the closing of heard and keys
	in    incoming
	from  inbox
}

// format is what was agreed on; replaced as a whole when the other side changes it.
type format struct {
	payload uint8 // PCMA or PCMU
	keys    int   // payload type of RFC 4733; -1 for none
}

// playing is a sound that is being sent.
type playing struct {
	audio voice.Audio
	sent  int
	done  chan struct{} // closed after the last frame was sent, or when the stream ended
	whole bool          // the last frame was sent; set before done is closed
}

// incoming is what is known of the other side's sound.
type incoming struct {
	ssrc    uint32
	order   reorder
	stamp   uint32 // of the next sample that is expected
	partial []int16
	chunk   []int16
	events  events
	signals bool // RFC 4733 events came: tones in the sound are the same presses
	tones   tones
	pending byte // key found in the sound, held back until no event can come for it
	wait    int  // samples until it is given
}

// openStream takes a socket on host and begins nothing.
func openStream(host netip.Addr, ports portRange, clock *clock) (*stream, error) {
	socket, err := listenRTP(host, ports)
	if err != nil {
		return nil, err
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return nil, err
	}
	s := &stream{
		socket: socket, raw: raw, clock: clock, seq: uint16(rand.Uint32()), stamp: rand.Uint32(),
		heard: make(chan voice.Audio, heardFrames), keys: make(chan byte, keysWaiting), ended: make(chan struct{}),
	}
	s.packet[0], s.packet[1] = 0x80, 0x80 // version 2; the marker stands on the first packet
	binary.BigEndian.PutUint32(s.packet[8:], rand.Uint32())
	return s, nil
}

// listenRTP finds a free even port (RFC 3550 section 11), beginning anywhere in the range.
func listenRTP(host netip.Addr, ports portRange) (*net.UDPConn, error) {
	if ports == (portRange{}) {
		return net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(host, 0)))
	}
	first := (ports.first + 1) &^ 1
	count := (ports.last-first)/2 + 1
	begin := rand.IntN(max(count, 1))
	for i := range count {
		port := first + 2*((begin+i)%count)
		if c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(host, uint16(port)))); err == nil {
			return c, nil
		}
	}
	return nil, errors.New("no port for sound is free")
}

func (s *stream) local() netip.AddrPort { return s.socket.LocalAddr().(*net.UDPAddr).AddrPort() }

// agree sets where sound goes and how it is written. It may be called again when the other side changes its mind.
func (s *stream) agree(other session) {
	s.format.Store(&format{payload: uint8(other.payloads[0]), keys: other.keys})
	if s.said != other.at {
		s.said = other.at
		s.remote.Store(&other.at)
		s.latched.Store(false)
	}
	s.mu.Lock()
	s.muted = !other.receives
	s.mu.Unlock()
}

// begin starts both ways.
func (s *stream) begin() {
	for i := range s.clock {
		s.clock[i].add(s)
	}
	select {
	case <-s.ended: // in the same moment; end may have looked before we were added
		s.leave()
	default:
	}
}

func (s *stream) leave() {
	for i := range s.clock {
		s.clock[i].remove(s)
	}
}

// end stops both ways. It may be called more than once, also without begin.
func (s *stream) end() {
	s.once.Do(func() {
		close(s.ended)
		s.leave()
		net.Conn(s.socket).Close()
		s.inMu.Lock()
		close(s.keys)
		close(s.heard)
		s.inMu.Unlock()
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, p := range s.queue {
			close(p.done)
		}
		s.queue = nil
	})
}

// play sends audio after what is playing and waits for its end.
func (s *stream) play(ctx context.Context, audio voice.Audio) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p := &playing{audio: audio, done: make(chan struct{})}
	if len(audio) == 0 {
		return nil
	}
	if !s.enqueue(p) {
		return voice.ErrHungUp
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		if s.drop(p) {
			return ctx.Err()
		}
	}
	if !p.whole {
		return voice.ErrHungUp
	}
	return nil
}

func (s *stream) enqueue(p *playing) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.ended:
		return false
	default:
	}
	s.queue = append(s.queue, p)
	return true
}

// drop takes p out of the queue; false when it had ended already.
func (s *stream) drop(p *playing) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, q := range s.queue {
		if q == p {
			s.queue = append(s.queue[:i], s.queue[i+1:]...)
			return true
		}
	}
	<-p.done // ended; closed under the lock
	return false
}

// tick sends the next frame. Only the pacer calls it.
func (s *stream) tick() {
	f, to := s.format.Load(), s.remote.Load()
	frame, muted := s.nextFrame()
	if !muted {
		s.packet[1] = s.packet[1]&0x80 | f.payload
		binary.BigEndian.PutUint16(s.packet[2:], s.seq)
		binary.BigEndian.PutUint32(s.packet[4:], s.stamp)
		encode(s.packet[rtpHeader:], frame, f.payload)
		// A packet that cannot be sent is a packet that was lost: the network does the same.
		if _, err := s.socket.WriteToUDPAddrPort(s.packet[:], *to); err == nil {
			s.packet[1] &^= 0x80
		}
		s.seq++
	}
	s.stamp += voice.Frame
	s.sent()
}

// nextFrame gives the next 20 ms, shorter at the end of a sound, nil for silence.
func (s *stream) nextFrame() (frame voice.Audio, muted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.muted {
		return nil, true
	}
	if len(s.queue) == 0 {
		return nil, false
	}
	p := s.queue[0]
	frame = p.audio[p.sent:min(p.sent+voice.Frame, len(p.audio))]
	p.sent += len(frame)
	return frame, false
}

// sent ends a sound whose last frame has left.
func (s *stream) sent() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 || s.queue[0].sent < len(s.queue[0].audio) {
		return
	}
	p := s.queue[0]
	s.queue = append(s.queue[:0], s.queue[1:]...)
	p.whole = true
	close(p.done)
}

func encode(to []byte, frame voice.Audio, payload uint8) {
	if payload == typeA {
		for i, v := range frame {
			to[i] = g711.EncodeAlawFrame(v)
		}
		fill(to[len(frame):], 0xD5)
		return
	}
	for i, v := range frame {
		to[i] = g711.EncodeUlawFrame(v)
	}
	fill(to[len(frame):], 0xFF)
}

func fill(to []byte, v byte) {
	for i := range to {
		to[i] = v
	}
}
