package listen

import (
	"math/bits"
	"slices"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// Levels in decibels against full scale (a mean square of 1). Speech on a telephone lies at -32 to -14 (ITU-T P.56 active level); a television
// in the room some 20 lower than who holds the receiver.
const (
	nearest   = -31.0 // loudest tenth of a second from which on speech is near the receiver
	faintest  = -40.0 // what is softer is never speech near the receiver
	highFloor = -40.0 // the noise floor is never taken to be higher: sustained music would pass for noise
	lowFloor  = -75.0
	overFloor = 6.0  // speech stands so far above the noise
	underPeak = 12.5 // what is so much softer than the loudest speech is somebody else, an echo, or the room
	fade      = 1.0 / second
)

// steady is how many of the last eight frames are loud when somebody speaks; a knock or a plate is shorter.
const steady = 5

// floorParts are the parts, of floorFrames each, over which the softest sound is sought: 2 s.
const (
	floorParts  = 10
	floorFrames = second / 5
)

// ear measures how loud the band of speech is, against the noise and against the loudest that was said.
type ear struct {
	sound    [points]float64
	spectrum spectrum

	frames int
	levels [5]float64          // powers of the last frames
	minima [floorParts]float64 // softest sound, newest part first
	peak   float64             // loudest speech, fading
	recent uint8               // the last frames, one bit each: loud enough for speech
	near   int                 // frames for which what sounds is still taken to be near
}

func newEar() ear {
	e := ear{peak: nearest}
	for i := range e.minima {
		e.minima[i] = highFloor
	}
	return e
}

// hear takes a frame and gives the spectrum of it and of the twelve milliseconds before.
func (e *ear) hear(frame []int16) *spectrum {
	copy(e.sound[:], e.sound[voice.Frame:])
	for i, v := range frame {
		e.sound[points-voice.Frame+i] = float64(v)
	}
	analyse(&e.sound, &e.spectrum)
	copy(e.levels[1:], e.levels[:len(e.levels)-1])
	e.levels[0] = e.spectrum.sum(lowest+3, last)
	e.frames++
	e.follow()
	return &e.spectrum
}

// follow keeps the noise floor: the softest sixty milliseconds of the last two seconds.
func (e *ear) follow() {
	now := decibels((e.levels[0] + e.levels[1] + e.levels[2]) / 3)
	if e.frames%floorFrames == 0 {
		copy(e.minima[1:], e.minima[:floorParts-1])
		e.minima[0] = now
	}
	e.minima[0] = min(e.minima[0], now)
}

func (e *ear) floor() float64 { return min(highFloor, max(lowFloor, slices.Min(e.minima[:]))) }

// voiced tells whether the last frame belongs to speech, or to other sound that is as loud, near the receiver. Tones are none.
// pure: the last frame was a tone, as a vowel may be for a moment. tone: it lasts too long for a vowel.
func (e *ear) voiced(pure, tone bool) bool {
	loud := 0.0
	for _, p := range e.levels {
		loud += p / float64(len(e.levels))
	}
	tenth, threshold := decibels(loud), max(faintest, e.floor()+overFloor, e.peak-underPeak)
	if tone {
		e.recent = 0
		return false
	}
	e.recent <<= 1
	if decibels(e.levels[0]) > threshold && !pure {
		e.recent |= 1
	}
	e.peak = max(nearest, e.peak-fade)
	e.near = max(0, e.near-1)
	if !pure && tenth > max(nearest, e.floor()+overFloor) {
		e.peak = max(e.peak, tenth)
		e.near = second
	}
	return e.near > 0 && bits.OnesCount8(e.recent) >= steady
}

// settle forgets what lies before a beep or the end of a greeting.
func (e *ear) settle() { e.recent, e.near = 0, 0 }
