package listen_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/channel/voice/listen"
)

// samples gives how many samples a number of seconds holds.
func samples(seconds float64) int { return int(math.Round(seconds * voice.Rate)) }

func amplitude(decibels float64) float64 { return 32768 * math.Pow(10, decibels/20) }

func silence(seconds float64) []float64 { return make([]float64, samples(seconds)) }

// tones sound together, each at a level in decibels against full scale.
func tones(seconds, decibels float64, hertz ...float64) []float64 {
	out := silence(seconds)
	for i := range out {
		ramp := min(1, float64(i)/16, float64(len(out)-1-i)/16)
		for _, f := range hertz {
			out[i] += ramp * math.Sqrt2 * amplitude(decibels) * math.Sin(2*math.Pi*f*float64(i)/voice.Rate)
		}
	}
	return out
}

// speech is a stand-in: syllables of a gliding pitch and many overtones, four a second, with short gaps.
func speech(r *rand.Rand, seconds, decibels float64) []float64 {
	out, phase := silence(seconds), 0.0
	pitch := 100 + 120*r.Float64()
	for i := range out {
		t := float64(i) / voice.Rate
		phase += 2 * math.Pi * pitch * (1 + 0.15*math.Sin(2*math.Pi*0.7*t) + 0.08*math.Sin(2*math.Pi*3.1*t)) / voice.Rate
		syllable := max(0, 0.25+math.Sin(2*math.Pi*4*t+0.8)) / 0.9
		for h := 1.0; h < 14; h++ {
			out[i] += amplitude(decibels) * syllable / math.Sqrt(h) * math.Sin(h*phase) / 1.6
		}
	}
	return out
}

func noise(r *rand.Rand, seconds, decibels float64) []float64 {
	out := silence(seconds)
	for i := range out {
		out[i] = amplitude(decibels) * r.NormFloat64()
	}
	return out
}

func over(a, b []float64) []float64 {
	out := slices.Clone(a)
	for i := range min(len(a), len(b)) {
		out[i] += b[i]
	}
	return out
}

// telephone brings sound to what is left of it after A-law (ITU-T G.711): a sign, three bits of power and four of the rest.
func telephone(parts ...[]float64) voice.Audio {
	var out voice.Audio
	for _, v := range slices.Concat(parts...) {
		size, step := min(32767, int(math.Abs(v))), 16
		for size >= 32*step {
			step *= 2
		}
		size = min(32767, size/step*step+step/2)
		out = append(out, int16(math.Copysign(float64(size), v)))
	}
	return out
}

// heard is a sign and when it was given, in seconds.
type heard struct {
	sign voice.Sign
	at   float64
}

func hear(a voice.Audio) []heard {
	var out []heard
	l := listen.New()
	for n := voice.Frame; n <= len(a); n += voice.Frame {
		if s, ok := l.Hear(a[n-voice.Frame : n]); ok {
			out = append(out, heard{s, float64(n) / voice.Rate})
		}
	}
	return out
}

func signsOf(list []heard) []voice.Sign {
	var out []voice.Sign
	for _, h := range list {
		out = append(out, h.sign)
	}
	return out
}

func random(t testing.TB) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(7, uint64(len(t.Name()))))
}
