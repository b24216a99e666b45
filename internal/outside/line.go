package outside

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/zaf/g711"
)

// offer is what the other side of a call wants, from its description (RFC 4566).
type offer struct {
	at      netip.AddrPort
	payload uint8 // 8: A-law, 0: mu-law
	keys    int   // payload type of key events; -1: none
}

// readOffer finds the first audio line with G.711; ok is false when there is none.
func readOffer(body string) (s offer, ok bool) {
	var host netip.Addr
	s.keys = -1
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\r\n")
		kind, value, _ := strings.Cut(line, "=")
		switch words := strings.Fields(value); {
		case kind == "c" && len(words) == 3:
			if a, err := netip.ParseAddr(words[2]); err == nil {
				host = a.Unmap()
			}
		case kind == "m" && len(words) > 3 && words[0] == "audio" && !ok:
			var port uint16
			if _, err := fmt.Sscan(words[1], &port); err != nil || port == 0 || words[2] != "RTP/AVP" {
				return s, false
			}
			s.at = netip.AddrPortFrom(netip.Addr{}, port)
			for _, t := range words[3:] {
				if (t == "8" || t == "0") && !ok {
					s.payload, ok = t[0]-'0', true
				}
			}
		case kind == "a" && strings.HasPrefix(value, "rtpmap:") && strings.Contains(value, "telephone-event/8000"):
			if _, err := fmt.Sscanf(value, "rtpmap:%d", &s.keys); err != nil || s.keys < 0 || s.keys > 127 {
				s.keys = -1
			}
		}
	}
	s.at = netip.AddrPortFrom(host, s.at.Port())
	return s, ok && host.Is4() && host.IsLoopback()
}

// describe is our own description.
func describe(port int) string {
	return fmt.Sprintf("v=0\r\no=- %d 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 8 0 101\r\n"+
		"a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n", port, port)
}

const (
	longestSound = 5 * time.Minute // of one call that is kept
	loudEnough   = 250             // mean of a frame's samples without sign, for speech
	mostSamples  = int(longestSound / time.Second * soundRate)
)

// uttered is what the telephone said from one sample of the call on.
type uttered struct {
	at    int
	sound []int16
}

// line is the sound of one call, both ways (RFC 3550), and its recording.
type line struct {
	socket *net.UDPConn
	keep   bool // record
	frames atomic.Int64
	loud   atomic.Int64 // of them, with speech

	mu    sync.Mutex
	begun time.Time
	heard []byte // A-law, from the first packet on
	first uint32 // its timestamp
	delay int    // samples from the answer to it
	said  []uttered

	to      offer // the rest is the sender's alone
	seq     uint16
	stamp   uint32
	ssrc    uint32
	queue   []int16 // being said
	key     byte    // being pressed
	keyFor  int     // frames it is down
	started bool
}

func openLine(keep bool) (*line, error) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("listen for sound: %w", err)
	}
	return &line{socket: c, keep: keep, ssrc: rand.Uint32(), stamp: rand.Uint32(), seq: uint16(rand.Uint32())}, nil
}

func (l *line) port() int { return l.socket.LocalAddr().(*net.UDPAddr).Port }

// begin records from now on, until close.
func (l *line) begin(to offer) {
	l.to = to
	l.mu.Lock()
	l.begun = time.Now()
	l.mu.Unlock()
	go l.receive()
}

func (l *line) close() { l.socket.Close() } //nolint:errcheck // nothing is lost with it

func (l *line) receive() {
	buf := make([]byte, 2048)
	var p rtp.Packet
	for {
		n, err := l.socket.Read(buf)
		if err != nil {
			return
		}
		if p.Unmarshal(buf[:n]) == nil && (p.PayloadType == 8 || p.PayloadType == 0) {
			l.take(&p)
		}
	}
}

// take notes one packet at the place that its timestamp gives it.
func (l *line) take(p *rtp.Packet) {
	sum := 0
	samples := make([]byte, len(p.Payload))
	for i, b := range p.Payload {
		v := g711.DecodeAlawFrame(b)
		if samples[i] = b; p.PayloadType == 0 {
			v = g711.DecodeUlawFrame(b)
			samples[i] = g711.EncodeAlawFrame(v)
		}
		sum += max(int(v), -int(v))
	}
	if sum > loudEnough*len(samples) {
		l.loud.Add(1)
	}
	l.frames.Add(1)
	if !l.keep {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.heard == nil {
		l.first, l.delay = p.Timestamp, l.now()
		l.heard = make([]byte, 0, 10*soundRate)
	}
	at := int(int32(p.Timestamp - l.first))
	if at < 0 || at+len(samples) > mostSamples || at > len(l.heard)+5*soundRate {
		return
	}
	for len(l.heard) < at+len(samples) {
		l.heard = append(l.heard, 0xD5) // silence
	}
	copy(l.heard[at:], samples)
}

// now is how many samples the call is old. The lock is held.
func (l *line) now() int { return int(time.Since(l.begun) * soundRate / time.Second) }

// say begins to say something; what was being said is left off.
func (l *line) say(sound []int16) {
	l.queue = sound
	if !l.keep || len(sound) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, uttered{l.now(), sound})
}

func (l *line) saying() bool { return len(l.queue) > 0 || l.keyFor > 0 }

const pressFrames = 6 // 120 ms

// press presses a key: as events where the other side takes them, unless inBand.
func (l *line) press(key byte, inBand bool) {
	if l.to.keys < 0 || inBand {
		l.say(keyTone(key))
		return
	}
	l.key, l.keyFor = key, pressFrames
}

// send sends the next 20 ms: a key, sound, or silence.
func (l *line) send() {
	if l.keyFor > 0 {
		l.sendKey()
	} else {
		l.sendSound()
	}
	l.stamp += soundFrame
}

func (l *line) sendSound() {
	frame := l.queue[:min(soundFrame, len(l.queue))]
	l.queue = l.queue[len(frame):]
	payload := make([]byte, soundFrame)
	for i := range payload {
		v := int16(0)
		if i < len(frame) {
			v = frame[i]
		}
		if payload[i] = g711.EncodeAlawFrame(v); l.to.payload == 0 {
			payload[i] = g711.EncodeUlawFrame(v)
		}
	}
	l.packet(l.to.payload, !l.started, l.stamp, payload)
	l.started = true
}

// sendKey sends a piece of a key's event; its timestamp is that of its beginning, and its end comes three times (RFC 4733 section 2.5).
func (l *line) sendKey() {
	down := pressFrames - l.keyFor
	payload := make([]byte, 4)
	payload[0] = byte(strings.IndexByte("0123456789*#", l.key))
	payload[1] = 10 // -10 dBm0
	binary.BigEndian.PutUint16(payload[2:], uint16((down+1)*soundFrame))
	l.keyFor--
	times := 1
	if l.keyFor == 0 {
		payload[1] |= 0x80
		times = 3
	}
	for range times {
		l.packet(uint8(l.to.keys), down == 0, l.stamp-uint32(down*soundFrame), payload)
	}
}

func (l *line) packet(kind uint8, mark bool, stamp uint32, payload []byte) {
	p := rtp.Packet{Header: rtp.Header{Version: 2, Marker: mark, PayloadType: kind, SequenceNumber: l.seq, Timestamp: stamp, SSRC: l.ssrc}, Payload: payload}
	l.seq++
	if b, err := p.Marshal(); err == nil {
		_, _ = l.socket.WriteToUDPAddrPort(b, l.to.at) // a packet that cannot be sent is one that was lost
	}
}

// recording mixes both sides, each at its time; heard leaves the telephone's own side out.
func (l *line) recording(heard bool) []int16 {
	l.mu.Lock()
	defer l.mu.Unlock()
	length := l.delay + len(l.heard)
	for _, u := range l.said {
		length = max(length, u.at+len(u.sound))
	}
	out := make([]int16, min(length, mostSamples))
	for i, b := range l.heard {
		if l.delay+i < len(out) {
			out[l.delay+i] = g711.DecodeAlawFrame(b)
		}
	}
	for _, u := range l.said {
		for i, v := range u.sound {
			if at := u.at + i; !heard && at < len(out) {
				out[at] = int16(max(-32768, min(32767, int(out[at])+int(v))))
			}
		}
	}
	return out
}

func (l *line) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return cap(l.heard)
}
