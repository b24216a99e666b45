package speech

import (
	"math"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

const (
	grain = voice.Rate * 30 / 1000 // samples that overlap: 30 ms, longer than the pitch period of a low voice
	seek  = voice.Rate * 10 / 1000 // how far the best fit is looked for on both sides
)

// Stretch makes a sound longer by a factor of 1 to 2 and keeps its pitch: pieces are laid over each other where they fit best (WSOLA,
// Verhelst and Roelands 1993). A sound too short for it is given back as it is.
func Stretch(a voice.Audio, factor float64) voice.Audio {
	if factor <= 1 || factor > 2 || len(a) < 4*grain {
		return a
	}
	hop := float64(grain) / factor
	out := append(voice.Audio(nil), a[:grain]...)
	natural := grain // what followed the last piece in the source
	for n := 1; ; n++ {
		at := int(float64(n) * hop)
		if max(at+seek, natural)+2*grain > len(a) {
			return append(out, a[min(natural, len(a)):]...)
		}
		best := fit(a, natural, at)
		for i := range grain { // fade from what would have followed into the best piece
			w := float64(i) / grain
			out = append(out, int16(math.Round(float64(a[natural+i])*(1-w)+float64(a[best+i])*w)))
		}
		natural = best + grain
	}
}

// fit finds the place around at whose samples are most like those at natural.
func fit(a voice.Audio, natural, at int) int {
	best, most := at, math.Inf(-1)
	for place := max(0, at-seek); place <= at+seek; place++ {
		product, energy := 0.0, 1.0
		for i := 0; i < grain; i += 2 {
			x, y := float64(a[natural+i]), float64(a[place+i])
			product += x * y
			energy += y * y
		}
		if likeness := product / math.Sqrt(energy); likeness > most {
			best, most = place, likeness
		}
	}
	return best
}
