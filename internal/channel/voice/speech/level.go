package speech

import (
	"errors"
	"math"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

const (
	lowest   = 250.0 // Hz; a telephone carries nothing below (ITU-T G.712), and rumble would only take loudness away
	level    = -19.0 // dBov of active speech; 0 is the power of a square wave at full scale (ITU-T G.100.1)
	ceiling  = 0.9   // of full scale; no sample is above
	gate     = -60.0 // dBov; what is below is no speech
	gateBack = 10.0  // dB; what is so far below the rest is a pause (as ITU-R BS.1770 gates)
	edge     = -45.0 // dBov after levelling; what is quieter at the ends is cut off
	look     = voice.Rate / 200
	before   = 60 * time.Millisecond // silence at the start
	after    = 120 * time.Millisecond
)

var errSilent = errors.New("there is only silence")

// prepare makes a sound fit for a telephone: rate, band, loudness, a touch of silence at both ends.
func prepare(s sound) (voice.Audio, error) {
	samples := highPass(resample(s))
	if err := levelled(samples); err != nil {
		return nil, err
	}
	samples = trimmed(samples)
	out := make(voice.Audio, 0, len(samples)+int((before+after)*voice.Rate/time.Second))
	out = append(out, Silence(before)...)
	for _, x := range samples {
		out = append(out, int16(math.Round(x*32767)))
	}
	return append(out, Silence(after)...), nil
}

// Silence gives so much of it.
func Silence(d time.Duration) voice.Audio {
	return make(voice.Audio, int(max(d, 0)*voice.Rate/time.Second))
}

// Join puts sounds one after the other with a pause between. It is a new sound; its parts are not changed.
func Join(pause time.Duration, parts ...voice.Audio) voice.Audio {
	var all voice.Audio
	for i, p := range parts {
		if i > 0 {
			all = append(all, Silence(pause)...)
		}
		all = append(all, p...)
	}
	return all
}

// highPass is a Butterworth filter of the fourth order, as two of the second (the bilinear transform).
func highPass(in []float64) []float64 {
	for _, q := range []float64{0.54119610, 1.3065630} {
		in = highPassStep(in, q)
	}
	return in
}

func highPassStep(in []float64, q float64) []float64 {
	w := 2 * math.Pi * lowest / voice.Rate
	cos, alpha := math.Cos(w), math.Sin(w)/(2*q)
	b0, b1 := (1+cos)/2/(1+alpha), -(1+cos)/(1+alpha)
	a1, a2 := -2*cos/(1+alpha), (1-alpha)/(1+alpha)
	out := make([]float64, len(in))
	var x1, x2, y1, y2 float64
	for i, x := range in {
		y := b0*x + b1*x1 + b0*x2 - a1*y1 - a2*y2
		x2, x1, y2, y1 = x1, x, y1, y
		out[i] = y
	}
	return out
}

// levelled brings active speech to level and holds the peaks below the ceiling. Holding them takes a little away, so it goes round a few times.
func levelled(samples []float64) error {
	for range 6 {
		loud, ok := loudness(samples)
		if !ok {
			return errSilent
		}
		if math.Abs(loud-level) < 0.2 && peak(samples) <= ceiling {
			return nil
		}
		gain := math.Pow(10, (level-loud)/20)
		for i := range samples {
			samples[i] *= gain
		}
		limit(samples)
	}
	return nil
}

func peak(samples []float64) float64 {
	most := 0.0
	for _, x := range samples {
		most = max(most, math.Abs(x))
	}
	return most
}

// loudness gives the level of the active parts in dBov; false when there are none.
func loudness(samples []float64) (float64, bool) {
	var powers []float64
	for i := 0; i < len(samples); i += voice.Frame {
		powers = append(powers, power(samples[i:min(i+voice.Frame, len(samples))]))
	}
	all, ok := meanAbove(powers, math.Pow(10, gate/10))
	if !ok {
		return 0, false
	}
	active, ok := meanAbove(powers, all*math.Pow(10, -gateBack/10))
	return 10 * math.Log10(active), ok
}

func power(samples []float64) float64 {
	sum := 0.0
	for _, x := range samples {
		sum += x * x
	}
	return sum / float64(len(samples))
}

func meanAbove(powers []float64, least float64) (float64, bool) {
	sum, n := 0.0, 0
	for _, p := range powers {
		if p > least {
			sum, n = sum+p, n+1
		}
	}
	return sum / float64(max(n, 1)), n > 0
}

// limit holds every sample below the ceiling with a gain that falls before the peak and rises after it over 5 ms, so that nothing clips.
func limit(samples []float64) {
	wanted := make([]float64, len(samples))
	for i, x := range samples {
		wanted[i] = min(1, ceiling/max(math.Abs(x), ceiling))
	}
	lowestAround := make([]float64, len(samples)) // over look on both sides
	for i := range wanted {
		lowestAround[i] = 1
	}
	for i, g := range wanted {
		if g == 1 {
			continue
		}
		for j := max(0, i-look); j <= min(len(samples)-1, i+look); j++ {
			lowestAround[j] = min(lowestAround[j], g)
		}
	}
	smooth(samples, lowestAround)
}

// smooth applies the mean of the gains from look before to look after, which is nowhere above what the peak in the middle asks for.
func smooth(samples, gains []float64) {
	at := func(i int) float64 { return gains[min(max(i, 0), len(gains)-1)] }
	sum := 0.0
	for i := -look; i <= look; i++ {
		sum += at(i)
	}
	for i := range samples {
		samples[i] *= sum / (2*look + 1)
		sum += at(i+look+1) - at(i-look)
	}
	for i := range samples { // rounding of the running sum
		samples[i] = min(max(samples[i], -ceiling), ceiling)
	}
}

// trimmed cuts off silence at both ends.
func trimmed(samples []float64) []float64 {
	least := math.Pow(10, edge/20)
	first, last := 0, len(samples)-1
	for first < last && math.Abs(samples[first]) < least {
		first++
	}
	for last > first && math.Abs(samples[last]) < least {
		last--
	}
	first, last = max(0, first-look), min(len(samples), last+1+look)
	return samples[first:last]
}
