package sip

import (
	"math"
	"time"
)

// events finds presses in RFC 4733 packets. One press is several packets with one timestamp, of which any may be lost; so the first packet
// of a timestamp that is new is the press, also when its duration is 0, and nothing waits for the end of it.
type events struct {
	seen [4]struct {
		id  uint64 // source and timestamp
		at  time.Time
		set bool
	}
	next int
	last struct {
		stamp uint32
		code  byte
	}
}

// pressAgain is after how long without packets a known timestamp counts as a new press: senders that play a recording repeat themselves.
const pressAgain = 3 * time.Second

const eventKeys = "0123456789*#"

// press gives the key, 0 when the packet starts no new press.
func (e *events) press(source, stamp uint32, payload []byte, now time.Time) byte {
	if len(payload) < 4 || int(payload[0]) >= len(eventKeys) {
		return 0
	}
	code, id := payload[0], uint64(source)<<32|uint64(stamp)
	for i := range e.seen {
		if s := &e.seen[i]; s.set && s.id == id {
			again := now.Sub(s.at) > pressAgain
			s.at = now
			if again {
				return eventKeys[code]
			}
			return 0
		}
	}
	longer := e.last.code == code && e.last.stamp != 0 && stamp-e.last.stamp == math.MaxUint16 // a press so long that it needs a second segment (2.5.1.3)
	s := &e.seen[e.next%len(e.seen)]
	s.id, s.at, s.set = id, now, true
	e.next++
	e.last.stamp, e.last.code = stamp, code
	if longer {
		return 0
	}
	return eventKeys[code]
}

// The tones of the keys (ITU-T Q.23).
var (
	lowTones  = [4]float64{697, 770, 852, 941}
	highTones = [4]float64{1209, 1336, 1477, 1633}
	toneKeys  = [4]string{"123A", "456B", "789C", "*0#D"}
)

// toneBlock is how many samples are looked at together: 205 puts each tone near the middle of its band.
const toneBlock = 205

// Limits after ITU-T Q.24. They are strict: a voice that is taken for a key would confirm what nobody heard.
const (
	toneFloor   = 3e4 // mean square of a block; about -43 dBm0
	toneShare   = 0.8 // of the block's energy in the two tones
	toneTwist   = 6.3 // 8 dB, the high tone weaker than the low one or the other way round
	tonePeak    = 6.3 // 8 dB above any other tone of its group
	toneHarmony = 0.1 // a second harmonic stays below this share of both tones: a voice has them, a key has not
	toneBlocks  = 2   // blocks in a row with the same key: 40 ms are always enough
	toneQuiet   = 2   // blocks in a row without it end the press
)

// tones finds presses in sound, for gateways that send no RFC 4733 events.
type tones struct {
	block        [toneBlock]float64
	n            int
	candidate    byte
	hits, misses int
	pressed      byte
}

// hear takes samples and gives the key whose press became sure in them, 0 for none.
func (t *tones) hear(samples []int16) (key byte) {
	for _, s := range samples {
		t.block[t.n] = float64(s)
		if t.n++; t.n == toneBlock {
			t.n = 0
			if k := t.judge(); k != 0 {
				key = k
			}
		}
	}
	return key
}

// judge ends a block and gives the key whose press is now sure.
func (t *tones) judge() byte {
	key := t.sounds()
	if key != t.candidate {
		t.candidate, t.hits = key, 0
	}
	if key == t.pressed {
		t.misses = 0
	} else if t.misses++; t.misses >= toneQuiet {
		t.pressed = 0
	}
	if key == 0 || key == t.pressed {
		return 0
	}
	if t.hits++; t.hits < toneBlocks {
		return 0
	}
	t.pressed, t.misses = key, 0
	return key
}

// sounds gives the key that sounds in the block, 0 for none.
func (t *tones) sounds() byte {
	var total float64
	for _, x := range t.block {
		total += x * x
	}
	if total /= toneBlock; total < toneFloor {
		return 0
	}
	low, lowAt, lowNext := strongest(energies(&t.block, &lowFactors))
	high, highAt, highNext := strongest(energies(&t.block, &highFactors))
	switch {
	case low+high < toneShare*total:
		return 0
	case low > toneTwist*high, high > toneTwist*low:
		return 0
	case low < tonePeak*lowNext, high < tonePeak*highNext:
		return 0
	case highAt == 3: // A to D are on no telephone
		return 0
	}
	harmonics := energies(&t.block, &[4]float64{toneFactor(2 * lowTones[lowAt]), toneFactor(2 * highTones[highAt])})
	if max(harmonics[0], harmonics[1]) > toneHarmony*(low+high) {
		return 0
	}
	return toneKeys[lowAt][highAt]
}

var lowFactors, highFactors = toneFactors(lowTones), toneFactors(highTones)

func toneFactors(hertz [4]float64) (k [4]float64) {
	for i, h := range hertz {
		k[i] = toneFactor(h)
	}
	return k
}

func toneFactor(hertz float64) float64 { return 2 * math.Cos(2*math.Pi*hertz/8000) }

// energies measures the mean square of four tones (Goertzel). Together they take little longer than one: none waits for another.
func energies(block *[toneBlock]float64, k *[4]float64) (e [4]float64) {
	var a1, a2, b1, b2, c1, c2, d1, d2 float64
	ka, kb, kc, kd := k[0], k[1], k[2], k[3]
	for _, x := range block {
		a1, a2 = x+ka*a1-a2, a1
		b1, b2 = x+kb*b1-b2, b1
		c1, c2 = x+kc*c1-c2, c1
		d1, d2 = x+kd*d1-d2, d1
	}
	const scale = 2.0 / toneBlock / toneBlock
	return [4]float64{
		scale * (a1*a1 + a2*a2 - ka*a1*a2), scale * (b1*b1 + b2*b2 - kb*b1*b2),
		scale * (c1*c1 + c2*c2 - kc*c1*c2), scale * (d1*d1 + d2*d2 - kd*d1*d2),
	}
}

// strongest gives the most energy of a group, which tone has it, and the most of the others.
func strongest(group [4]float64) (most float64, at int, next float64) {
	for i, e := range group {
		switch {
		case e > most:
			most, at, next = e, i, most
		case e > next:
			next = e
		}
	}
	return most, at, next
}
