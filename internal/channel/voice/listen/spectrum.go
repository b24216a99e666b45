package listen

import (
	"math"
	"math/bits"
	"math/cmplx"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

const (
	points = 256                          // samples in a spectrum: 32 ms
	lines  = points/2 + 1                 // lines in it
	width  = float64(voice.Rate) / points // hertz from line to line
	lowest = 5                            // the first line that counts, 156 Hz: below lies hum
	last   = 112                          // the last, 3500 Hz: above lies nothing on a telephone
	quiet  = 1e-12                        // power that stands for silence, so that its logarithm exists
)

// spectrum is the power of each line; the sum over all lines is the mean square of the sound, 1 being full scale.
type spectrum [lines]float64

var (
	hann    [points]float64        // the window, scaled so that power comes out right
	twiddle [points / 2]complex128 // of the complex transform of half the length, then of the split
	swapped [points / 2]uint8      // bit-reversed places
)

func init() {
	sum := 0.0
	for i := range hann {
		hann[i] = 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/points)
		sum += hann[i] * hann[i]
	}
	norm := math.Sqrt(2/(sum*points)) / 32768
	for i := range hann {
		hann[i] *= norm
	}
	for i := range twiddle {
		twiddle[i] = cmplx.Exp(complex(0, -2*math.Pi*float64(i)/points))
		swapped[i] = bits.Reverse8(uint8(i)) >> 1
	}
}

// analyse gives the spectrum of the newest samples.
func analyse(sound *[points]float64, s *spectrum) {
	const half = points / 2
	var z [half]complex128
	for i, to := range swapped {
		z[to] = complex(sound[2*i]*hann[2*i], sound[2*i+1]*hann[2*i+1])
	}
	for size := 2; size <= half; size *= 2 {
		step := points / size
		for start := 0; start < half; start += size {
			for i := range size / 2 {
				a, b := z[start+i], z[start+i+size/2]*twiddle[i*step]
				z[start+i], z[start+i+size/2] = a+b, a-b
			}
		}
	}
	for k := range half {
		s[k] = power(split(&z, k))
	}
	s[half] = power(complex(real(z[0])-imag(z[0]), 0))
}

// split takes line k of a real sound out of the transform of its even and odd samples.
func split(z *[points / 2]complex128, k int) complex128 {
	a, b := z[k], cmplx.Conj(z[(points/2-k)%(points/2)])
	even, odd := (a+b)/2, (a-b)/complex(0, 2)
	return even + twiddle[k]*odd
}

func power(c complex128) float64 { return real(c)*real(c) + imag(c)*imag(c) }

// sum adds the lines from a to b, both included.
func (s *spectrum) sum(a, b int) float64 {
	total := 0.0
	for k := max(a, 0); k <= min(b, lines-1); k++ {
		total += s[k]
	}
	return total
}

// decibels gives power against full scale.
func decibels(power float64) float64 { return 10 * math.Log10(power+quiet) }
