package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// sound has 1 as full scale and 8,000 samples a second.
type sound []float64

func seconds(s float64) int { return int(s * voice.Rate) }

func ratio(decibels float64) float64 { return math.Pow(10, decibels/20) }

// gain gives the sound louder by decibels.
func (s sound) gain(decibels float64) sound {
	out, by := make(sound, len(s)), ratio(decibels)
	for i, v := range s {
		out[i] = v * by
	}
	return out
}

// active is the level of a sound while there is some, in decibels: the mean over the frames within 25 dB of the loudest.
func (s sound) active() float64 {
	var powers []float64
	for f := range slices.Chunk(s, voice.Frame) {
		p := 0.0
		for _, v := range f {
			p += v * v / float64(len(f))
		}
		powers = append(powers, p)
	}
	if len(powers) == 0 {
		return -200
	}
	least, sum, n := slices.Max(powers)*ratio(-50), 0.0, 0.0
	for _, p := range powers {
		if p >= least {
			sum, n = sum+p, n+1
		}
	}
	return 10 * math.Log10(sum/n+1e-20)
}

// level gives the sound with that active level.
func (s sound) level(decibels float64) sound { return s.gain(decibels - s.active()) }

// add mixes other into s from a place on; what sticks out at the end is cut off.
func (s sound) add(other sound, from int) sound {
	for i, v := range other {
		if j := from + i; j >= 0 && j < len(s) {
			s[j] += v
		}
	}
	return s
}

func (s sound) highPass(hertz float64) sound { return s.minus(s.lowPass(hertz).lowPass(hertz)) }

func (s sound) minus(o sound) sound {
	out := make(sound, len(s))
	for i := range s {
		out[i] = s[i] - o[i]
	}
	return out
}

func (s sound) lowPass(hertz float64) sound {
	out, a, y := make(sound, len(s)), 1-math.Exp(-2*math.Pi*hertz/voice.Rate), 0.0
	for i, v := range s {
		y += a * (v - y)
		out[i] = y
	}
	return out
}

// trim cuts silence off both ends.
func (s sound) trim() sound {
	loud := func(v float64) bool { return math.Abs(v) > 0.004 }
	from := slices.IndexFunc(s, loud)
	if from < 0 {
		return nil
	}
	to := len(s)
	for !loud(s[to-1]) {
		to--
	}
	return s[from:to]
}

// room gives the sound as a room adds to it.
func (s sound) room(r *rand.Rand) sound {
	out := slices.Clone(s)
	for range 12 {
		delay := seconds(0.01 + 0.25*r.Float64())
		out.add(s.gain(-6-float64(delay)/seconds01*2), delay)
	}
	return out
}

const seconds01 = 800.0

// noiseKinds are what may sound behind speech.
var noiseKinds = []string{"white", "pink", "car", "hum", "vacuum", "dishes"}

// noise makes n samples at a level in decibels.
func noise(r *rand.Rand, kind string, n int, decibels float64) sound {
	out := make(sound, n)
	for i := range out {
		out[i] = r.NormFloat64()
	}
	switch kind {
	case "pink":
		out = out.lowPass(900)
	case "car":
		out = out.lowPass(300).lowPass(300)
	case "hum":
		out = out.gain(-30)
		harmonics(out, 0, n, 50, []float64{1, 0.6, 0.9, 0.3, 0.5, 0.2, 0.3}, 0)
	case "vacuum":
		out = out.lowPass(2000)
		harmonics(out, 0, n, 140+60*r.Float64(), []float64{0.3, 0.2, 0.1, 0.1}, 0)
	case "dishes":
		out = out.gain(-25)
		for at := 0; at < n; at += seconds(0.15 + 1.2*r.Float64()) {
			for _, f := range []float64{900, 1400, 2300, 3100} {
				ring(out, at, f*(0.9+0.2*r.Float64()), 0.6*r.Float64(), 0.02+0.05*r.Float64())
			}
		}
	}
	return out.highPass(100).level(decibels)
}

// ring adds a struck tone that fades.
func ring(s sound, at int, hertz, amplitude, fade float64) {
	for i := range min(len(s)-at, seconds(8*fade)) {
		t := float64(i) / voice.Rate
		s[at+i] += amplitude * math.Exp(-t/fade) * math.Sin(2*math.Pi*hertz*t)
	}
}

// harmonics adds a tone with its overtones; fade is in seconds, 0 for a tone that stays.
func harmonics(s sound, at, n int, hertz float64, strengths []float64, fade float64) {
	for i := range min(n, len(s)-at) {
		t := float64(i) / voice.Rate
		envelope := min(1, t/0.01, float64(n-i)/seconds01)
		if fade > 0 {
			envelope *= math.Exp(-t / fade)
		}
		for h, strength := range strengths {
			if f := hertz * float64(h+1); f < voice.Rate/2 {
				s[at+i] += envelope * strength * math.Sin(2*math.Pi*f*t)
			}
		}
	}
}

// instruments by the strengths of their overtones: nearly pure ones are the hard case.
var instruments = [][]float64{{1, 0.5, 0.35, 0.25, 0.15, 0.1}, {1, 0.08, 0.03}, {1, 0.1, 0.5, 0.05, 0.25}, {0.5, 1, 0.7, 0.5, 0.3, 0.2}}

// music makes n samples of chords with a melody over them.
func music(r *rand.Rand, n int, decibels float64) sound {
	out := make(sound, n)
	beat := seconds(0.22 + 0.3*r.Float64())
	key := 110 * math.Pow(2, r.Float64())
	lead, under := instruments[r.IntN(len(instruments))], instruments[r.IntN(len(instruments))]
	fade := []float64{0, 0.3, 0.8}[r.IntN(3)]
	scale := []int{0, 2, 4, 5, 7, 9, 11, 12}
	for at, i := 0, 0; at < n; at, i = at+beat, i+1 {
		if i%4 == 0 {
			root := []int{0, 5, 7, 9}[r.IntN(4)]
			for _, third := range []int{0, 4, 7} {
				harmonics(out, at, 4*beat, key*math.Pow(2, float64(root+third)/12), under, 2*fade)
			}
		}
		if r.IntN(4) > 0 {
			length := beat * (1 + r.IntN(2))
			harmonics(out, at, length, 4*key*math.Pow(2, float64(scale[r.IntN(len(scale))])/12), lead, fade)
		}
	}
	return out.level(decibels)
}

// line sends sound over a telephone: 16 bit, A-law (ITU-T G.711), now and then a packet lost.
func line(r *rand.Rand, s sound, loss float64) voice.Audio {
	out := make(voice.Audio, len(s))
	for i, v := range s {
		out[i] = alaw(int(max(-1, min(1, v)) * 32767))
	}
	for f := range slices.Chunk(out, voice.Frame) {
		if r.Float64() < loss {
			clear(f)
		}
	}
	return out
}

// alaw gives a sample as it is after A-law: thirteen bits, of which five of the leading ones survive.
func alaw(v int) int16 {
	sign := 1
	if v < 0 {
		sign, v = -1, -v
	}
	step := 16
	for v >= step*32 {
		step *= 2
	}
	return int16(sign * min(32767, v/step*step+step/2))
}
