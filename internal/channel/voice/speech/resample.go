package speech

import (
	"math"
	"sync"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// The filter before the rate goes down: all that a telephone carries passes, what would fold back into it does not.
const (
	passes    = 3400.0 // Hz
	stops     = 4000.0 // Hz: half of voice.Rate
	stopsBy   = 80.0   // dB
	mostSteps = 1024   // positions between two samples; more cannot be heard
)

// resampler turns one rate into voice.Rate with a filter per position between two samples (polyphase).
type resampler struct {
	up, down int // voice.Rate / rate, without common factors
	steps    int // filters
	half     int // samples of the source on each side
	filters  [][]float64
}

var resamplers sync.Map // rate -> *resampler; few rates occur

// resample gives s at voice.Rate.
func resample(s sound) []float64 {
	if s.rate == voice.Rate {
		return s.samples
	}
	known, ok := resamplers.Load(s.rate)
	if !ok {
		made := newResampler(s.rate)
		if made.up > 320 { // an odd rate: who sends those must not fill the memory
			return made.run(s.samples)
		}
		known, _ = resamplers.LoadOrStore(s.rate, made)
	}
	return known.(*resampler).run(s.samples)
}

// newResampler designs the filters: a sinc under a Kaiser window (Oppenheim and Schafer, Discrete-Time Signal Processing, 7.6).
func newResampler(rate int) *resampler {
	common := divisor(rate, voice.Rate)
	r := &resampler{up: voice.Rate / common, down: rate / common}
	r.steps = min(r.up, mostSteps)
	scale := min(1, float64(rate)/voice.Rate) // going up, the source's own band is the limit
	middle, width := (passes+stops)/2*scale, (stops-passes)*scale
	r.half = int(math.Ceil((stopsBy-8)/(2.285*2*math.Pi*width/float64(rate))/2)) + 1
	for step := range r.steps {
		r.filters = append(r.filters, kernel(float64(step)/float64(r.steps), r.half, middle/float64(rate)))
	}
	return r
}

// kernel gives the weights of the 2*half samples around a point that lies offset behind sample half-1. cut is in cycles a sample.
func kernel(offset float64, half int, cut float64) []float64 {
	beta := 0.1102 * (stopsBy - 8.7)
	weights, sum := make([]float64, 2*half), 0.0
	for i := range weights {
		x := float64(i-half+1) - offset
		place := x / float64(half)
		if math.Abs(place) < 1 {
			weights[i] = sinc(2*cut*x) * bessel(beta*math.Sqrt(1-place*place))
		}
		sum += weights[i]
	}
	for i := range weights {
		weights[i] /= sum // constant level stays exact
	}
	return weights
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// bessel is the modified Bessel function of order zero, by its series.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-12; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}

func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func (r *resampler) run(in []float64) []float64 {
	out := make([]float64, len(in)*r.up/r.down)
	for n := range out {
		at := n * r.down
		whole, part := at/r.up, at%r.up
		filter := r.filters[part*r.steps/r.up]
		first := whole - r.half + 1
		sum := 0.0
		for i := max(0, -first); i < len(filter) && first+i < len(in); i++ {
			sum += filter[i] * in[first+i]
		}
		out[n] = sum
	}
	return out
}
