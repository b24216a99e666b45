package listen

import "math"

// What makes a beep: one tone or two at once, or such tones one after the other, and then quiet.
const (
	toneLow, toneHigh = 385.0, 2030.0 // hertz
	softest           = -48.0         // decibels against full scale
	pureSingle        = 0.80          // share of the power that lies in one tone
	purePair          = 0.84          // share that lies in two
	weaker            = 1.0 / 16      // the second of two tones is at most 12 dB weaker
	shortest          = 4             // spectra of 32 ms, 20 ms apart, that one tone of 120 ms fills
	longest           = second * 26 / 10
	mostTones         = 6    // that follow one another in one beep
	evenly            = 1.3  // decibels by which it changes in 20 ms: what is struck fades faster
	gone              = 7.0  // decibels by which it falls when it ends
	goneFrames        = 2    // so long it is watched: with the frame it ends in, 60 ms at most
	driftHertz        = 10.0 // by which the pitch of one tone may wander
	drift             = 0.008
	dtmfOff           = 0.02
)

// pitch is one tone, or two at once; high is 0 for one.
type pitch struct{ low, high float64 }

// tone follows pure tones. It tells of a beep when it has ended.
type tone struct {
	run     int   // spectra of pure tone so far
	pitch   pitch // of the present tone
	same    int   // spectra for which it lasts
	best    int   // that the longest of them lasted
	tones   int
	impure  int // spectra that were loud and no tone
	low     int // spectra that were soft
	loudest float64
	level   float64 // of the last pure spectrum, power
	even    int     // spectra that were as loud as the one before
	was     float64 // loudest of the tone that has ended
	key     bool    // it was the pair of a telephone's key
}

// pure tells whether the last spectrum was that of a tone.
func (t *tone) pure() bool { return t.run > 0 && t.impure == 0 }

// sounding tells whether a tone is on that may become a beep: what is now heard is no speech, and no silence yet.
func (t *tone) sounding() bool {
	return t.run >= shortest && t.best >= shortest-1 && t.run <= longest
}

// hear takes the next spectrum and tells whether a beep has just ended.
// Keys are told by the same pairs as some beeps: only a machine is believed to beep so.
func (t *tone) hear(s *spectrum, machine bool) bool {
	total := s.sum(lowest, last)
	p, strength, pure := purest(s, total)
	switch {
	case t.run > 0 && total*math.Pow(10, gone/10) < t.loudest:
		return t.softer(machine)
	case pure && decibels(strength) > softest:
		t.sustain(p, strength)
	case t.run > 0:
		t.disturbed()
	}
	return false
}

// softer counts the quiet after a tone.
func (t *tone) softer(machine bool) bool {
	t.low++
	if t.low < goneFrames {
		return false
	}
	beep := t.isBeep() && (machine || !t.key)
	*t = tone{was: t.loudest}
	return beep
}

// disturbed takes what is loud but no tone: one spectrum of it lies between two tones, more is speech or music.
func (t *tone) disturbed() {
	t.impure++
	t.low = 0
	if t.impure > 2 {
		*t = tone{}
	}
}

func (t *tone) sustain(p pitch, strength float64) {
	t.low, t.impure = 0, 0
	if math.Abs(decibels(strength)-decibels(t.level)) < evenly {
		t.even++
	}
	t.run++
	t.level = strength
	t.loudest = max(t.loudest, strength)
	if t.same > 0 && t.pitch.near(p) {
		t.same++
		n := float64(t.same)
		t.pitch = pitch{t.pitch.low + (p.low-t.pitch.low)/n, t.pitch.high + (p.high-t.pitch.high)/n}
	} else {
		t.pitch, t.same = p, 1
	}
	if t.same == 2 {
		t.tones++
	}
	t.best = max(t.best, t.same)
	t.key = t.key || t.same >= 2 && t.pitch.dtmf()
}

func (t *tone) isBeep() bool {
	return t.best >= shortest && t.run <= longest && t.tones <= mostTones && t.even >= max(2, t.run/3)
}

// near tells whether q is the same pitch, as well as a spectrum tells.
func (p pitch) near(q pitch) bool {
	off := func(a, b float64) bool { return math.Abs(a-b) > max(driftHertz, drift*a) }
	return (p.high == 0) == (q.high == 0) && !off(p.low, q.low) && !off(p.high, q.high)
}

// dtmf tells whether the pair is a key's (ITU-T Q.23).
func (p pitch) dtmf() bool {
	is := func(f float64, of ...float64) bool {
		for _, g := range of {
			if math.Abs(f-g) < dtmfOff*g {
				return true
			}
		}
		return false
	}
	return is(p.low, 697, 770, 852, 941) && is(p.high, 1209, 1336, 1477, 1633)
}

// purest gives the tone or the two tones that make up nearly all of a spectrum, with their power.
func purest(s *spectrum, total float64) (pitch, float64, bool) {
	k := loudestLine(s, -8)
	first := s.sum(k-2, k+2)
	f := frequency(s, k)
	if f < toneLow || f > toneHigh || total <= quiet {
		return pitch{}, 0, false
	}
	j := loudestLine(s, k)
	if second := s.sum(j-2, j+2); j > 0 && second > first*weaker {
		return pair(s, k, j, total)
	}
	return pitch{low: f}, first, first > pureSingle*total
}

func pair(s *spectrum, k, j int, total float64) (pitch, float64, bool) {
	strength := s.sum(min(k, j)-2, min(k, j)+2) + s.sum(max(max(k, j)-2, min(k, j)+3), max(k, j)+2)
	f, g := frequency(s, min(k, j)), frequency(s, max(k, j))
	if f < toneLow || g > toneHigh {
		// A tone with a trace of something else outside the band.
		first := s.sum(k-2, k+2)
		return pitch{low: frequency(s, k)}, first, first > pureSingle*total
	}
	return pitch{f, g}, strength, strength > purePair*total
}

// loudestLine gives the loudest line that is a peak and lies more than two lines from but; 0 when there is none.
func loudestLine(s *spectrum, but int) int {
	best := 0
	for k := lowest; k <= last; k++ {
		peak := s[k] >= s[k-1] && s[k] >= s[k+1]
		if peak && (k < but-2 || k > but+2) && (best == 0 || s[k] > s[best]) {
			best = k
		}
	}
	return best
}

// frequency gives the pitch of the peak at line k in hertz, by the parabola through three lines.
func frequency(s *spectrum, k int) float64 {
	if k < 1 || k >= lines-1 {
		return 0
	}
	a, b, c := math.Log(s[k-1]+quiet), math.Log(s[k]+quiet), math.Log(s[k+1]+quiet)
	if d := a - 2*b + c; d < 0 {
		return width * (float64(k) + (a-c)/(2*d))
	}
	return width * float64(k)
}
