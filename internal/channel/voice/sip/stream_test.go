package sip

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pion/rtp"
	"github.com/zaf/g711"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

var there = netip.MustParseAddrPort("127.0.0.1:4000")

// packetOf makes a packet of 20 ms whose samples all say which it is.
func packetOf(n int) rtp.Packet {
	p := rtp.Packet{Header: rtp.Header{PayloadType: typeA, SequenceNumber: uint16(65500 + n), Timestamp: uint32(4294960000 + n*160), SSRC: 1}}
	for range voice.Frame {
		p.Payload = append(p.Payload, g711.EncodeAlawFrame(mark(n)))
	}
	return p
}

func mark(n int) int16 { return int16(1024 + 256*n) }

func markOf(v int16) int { return (int(v) - 1024) / 256 }

func TestLossAndReordering(t *testing.T) {
	for name, c := range map[string]struct{ sent, want []int }{ // -1 is silence
		"in order":            {[]int{0, 1, 2, 3}, []int{0, 1, 2, 3}},
		"overtaken":           {[]int{0, 2, 1, 3}, []int{0, 1, 2, 3}},
		"by two":              {[]int{0, 2, 3, 1, 4}, []int{0, 1, 2, 3, 4}},
		"twice":               {[]int{0, 1, 1, 0, 2}, []int{0, 1, 2}},
		"one lost":            {[]int{0, 1, 3, 4, 5, 6}, []int{0, 1, -1, 3, 4, 5, 6}},
		"two lost":            {[]int{0, 3, 4, 5, 6, 7}, []int{0, -1, -1, 3, 4, 5, 6, 7}},
		"too late for itself": {[]int{0, 2, 3, 4, 5, 1, 6}, []int{0, -1, 2, 3, 4, 5, 6}},
	} {
		t.Run(name, func(t *testing.T) {
			var packets []rtp.Packet
			for _, n := range c.sent {
				packets = append(packets, packetOf(n))
			}
			heard, _ := hears(-1, packets)
			var got []int
			for frame := range slices.Chunk(heard, voice.Frame) {
				got = append(got, -1)
				if frame[0] != 0 {
					got[len(got)-1] = markOf(frame[0])
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestReorderKeepsOrder: whatever comes, what is delivered is in order and nothing twice.
func TestReorderKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r reorder
		last, first := uint16(0), true
		for _, jump := range rapid.SliceOf(rapid.Int16Range(-20, 20)).Draw(t, "sequence") {
			seq := uint16(int16(last) + jump)
			r.add(sound{seq: seq, samples: []int16{1}}, func(p sound) {
				if !first && int16(p.seq-last) <= 0 {
					t.Fatalf("%d after %d", p.seq, last)
				}
				last, first = p.seq, false
			})
			if len(r.held) > waiting {
				t.Fatalf("%d packets wait", len(r.held))
			}
		}
	})
}

func TestPacketsOfOtherLengths(t *testing.T) {
	var packets []rtp.Packet
	for i := range 10 { // 30 ms each
		packets = append(packets, rtp.Packet{Header: rtp.Header{PayloadType: typeMu, SequenceNumber: uint16(i), Timestamp: uint32(1 + 240*i)}, Payload: slices.Repeat([]byte{0x10}, 240)})
	}
	if heard, _ := hears(-1, packets); len(heard) != 2400 {
		t.Errorf("%d samples of 2400", len(heard))
	}
}

func TestAnEventAndItsToneAreOnePress(t *testing.T) {
	at := 0
	add := func(packets []rtp.Packet, samples []int16) []rtp.Packet {
		for part := range slices.Chunk(samples, voice.Frame) {
			p := rtp.Packet{Header: rtp.Header{PayloadType: typeA, SequenceNumber: uint16(at), Timestamp: uint32(1 + at*160)}}
			for _, v := range part {
				p.Payload = append(p.Payload, g711.EncodeAlawFrame(v))
			}
			at++
			packets = append(packets, p)
		}
		return packets
	}
	pressed := tone('1', 100*time.Millisecond, 12, 12, 60)
	signal := func(packets []rtp.Packet, stamp uint32) []rtp.Packet {
		at++
		return append(packets, rtp.Packet{Header: rtp.Header{PayloadType: 101, SequenceNumber: uint16(at - 1), Timestamp: stamp}, Payload: event(1, false, 0)})
	}
	both := signal(add(nil, pressed[:1500]), 5000)
	both = add(both, pressed[1500:])
	both = add(both, tone('1', 100*time.Millisecond, 12, 12, 60)) // the second press leaks its tone before its event
	both = signal(both, 90000)
	if _, keys := hears(101, both); keys != "11" {
		t.Errorf("two presses, each signalled and sounding, give %q", keys)
	}
	if _, keys := hears(101, add(nil, tone('9', 300*time.Millisecond, 12, 12, 60))); keys != "9" {
		t.Errorf("events were agreed on and only the tone came: %q", keys)
	}
	if _, keys := hears(-1, add(nil, tone('2', 300*time.Millisecond, 12, 12, 60))); keys != "2" {
		t.Errorf("no events agreed on: %q", keys)
	}
}

func TestNobodyElseIsHeard(t *testing.T) {
	s := &stream{heard: make(chan voice.Audio, 100), keys: make(chan byte, 1)}
	s.agree(session{at: there, payloads: []int{typeA}, keys: -1, sends: true, receives: true})
	behind, stranger := netip.MustParseAddrPort("127.0.0.1:5000"), netip.MustParseAddrPort("127.0.0.1:6000")
	for n, from := range []netip.AddrPort{behind, behind, stranger} {
		p := packetOf(n)
		p.Version = 2
		s.take(&p, from, nil, time.Time{})
	}
	if len(s.heard) != 2 || *s.remote.Load() != behind {
		t.Errorf("%d frames heard, sound goes to %v", len(s.heard), *s.remote.Load())
	}
	moved := netip.MustParseAddrPort("127.0.0.1:7000")
	s.agree(session{at: moved, payloads: []int{typeA}, keys: -1, receives: true})
	if *s.remote.Load() != moved {
		t.Error("the other side moved, and sound does not follow")
	}
}

func TestASlowReaderLosesTheOldest(t *testing.T) {
	s := &stream{heard: make(chan voice.Audio, 3), keys: make(chan byte, 1)}
	s.agree(session{at: there, payloads: []int{typeA}, keys: -1, sends: true, receives: true})
	for n := range 10 {
		p := packetOf(n)
		p.Version = 2
		s.take(&p, there, nil, time.Time{})
	}
	if f := <-s.heard; markOf(f[0]) != 7 {
		t.Errorf("the first that is left says %d", f[0])
	}
}

// TestTheClockDoesNotDrift: in an hour of frames not one is missing, whatever each tick took.
func TestTheClockDoesNotDrift(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := openStream(netip.MustParseAddr("127.0.0.1"), portRange{}, newClock())
		if err != nil {
			t.Fatal(err)
		}
		s.agree(session{at: s.local(), payloads: []int{typeA}, keys: -1, sends: true})
		s.muted = true // nothing leaves: only the clock is asked
		begin := s.stamp
		s.begin()
		time.Sleep(time.Hour + time.Millisecond)
		synctest.Wait()
		if frames := (s.stamp - begin) / voice.Frame; frames < 50*3600 || frames > 50*3600+1 {
			t.Errorf("%d frames in an hour", frames)
		}
		s.end()
		time.Sleep(time.Second)
	})
}

func TestHeldSoundWaits(t *testing.T) {
	s := &stream{ended: make(chan struct{})}
	s.agree(session{at: there, payloads: []int{typeA}, keys: -1, sends: true})
	p := &playing{audio: make(voice.Audio, 200), done: make(chan struct{})}
	s.enqueue(p)
	if _, muted := s.nextFrame(); !muted || p.sent != 0 {
		t.Error("sound was spent on who is not listening")
	}
	s.agree(session{at: there, payloads: []int{typeA}, keys: -1, sends: true, receives: true})
	for _, want := range []int{160, 40} {
		frame, muted := s.nextFrame()
		s.sent()
		if muted || len(frame) != want {
			t.Errorf("%d samples, want %d", len(frame), want)
		}
	}
	if _, open := <-p.done; open || !p.whole {
		t.Error("not ended after its last frame")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.play(ctx, make(voice.Audio, 10)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestPortsForSound(t *testing.T) {
	host := netip.MustParseAddr("127.0.0.1")
	free, err := listenRTP(host, portRange{})
	if err != nil {
		t.Fatal(err)
	}
	port := free.LocalAddr().(interface{ AddrPort() netip.AddrPort }).AddrPort().Port() &^ 1
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	r := portRange{int(port), int(port) + 1}
	first, err := listenRTP(host, r)
	if err != nil {
		t.Skip("the port was taken meanwhile:", err)
	}
	if _, err := listenRTP(host, r); err == nil {
		t.Error("two calls on one port")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
}
