package web

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// rgb is a colour in linear light.
type rgb [3]float64

var (
	tokenLine = regexp.MustCompile(`--([a-z-]+):\s*light-dark\((.+)\);`)
	oklchForm = regexp.MustCompile(`^oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)$`)
)

// oklch turns the CSS form into linear sRGB (CSS Color 4, section 9.3), clipped to what a screen can show; false for another form.
func oklch(s string) (rgb, bool) {
	switch s {
	case "white":
		return rgb{1, 1, 1}, true
	case "black":
		return rgb{}, true
	}
	m := oklchForm.FindStringSubmatch(s)
	if m == nil {
		return rgb{}, false
	}
	var n [3]float64
	for i := range n {
		v, err := strconv.ParseFloat(m[i+1], 64)
		if err != nil {
			return rgb{}, false
		}
		n[i] = v
	}
	l, a, b := n[0]/100, n[1]*math.Cos(n[2]*math.Pi/180), n[1]*math.Sin(n[2]*math.Pi/180)
	cube := func(v float64) float64 { return v * v * v }
	l, m2, s2 := cube(l+0.3963377774*a+0.2158037573*b), cube(l-0.1055613458*a-0.0638541728*b), cube(l-0.0894841775*a-1.291485548*b)
	clip := func(v float64) float64 { return min(1, max(0, v)) }
	return rgb{clip(4.0767416621*l - 3.3077115913*m2 + 0.2309699292*s2), clip(-1.2684380046*l + 2.6097574011*m2 - 0.3413193965*s2),
		clip(-0.0041960863*l - 0.7034186147*m2 + 1.707614701*s2)}, true
}

// contrast is the ratio of WCAG 2.2 between two colours: 1 to 21.
func contrast(a, b rgb) float64 {
	lum := func(c rgb) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }
	hi, lo := max(lum(a), lum(b)), min(lum(a), lum(b))
	return (hi + 0.05) / (lo + 0.05)
}

// colourSheets gives the two sheets with colours: as usual, and what high contrast lays over them.
func colourSheets() (usual, high string, err error) {
	tokens, err := assetFiles.ReadFile("assets/css/tokens.css")
	if err != nil {
		return "", "", fmt.Errorf("colours: %w", err)
	}
	more, err := assetFiles.ReadFile("assets/css/contrast.css")
	if err != nil {
		return "", "", fmt.Errorf("colours: %w", err)
	}
	return string(tokens), string(more), nil
}

// palette reads the colours of a style sheet, dark or light. A colour that comes again counts as it comes last.
func palette(css string, dark bool) map[string]rgb {
	out := map[string]rgb{}
	for _, m := range tokenLine.FindAllStringSubmatch(css, -1) {
		light, darker, two := strings.Cut(m[2], ", ")
		if dark {
			light = darker
		}
		if c, ok := oklch(light); ok && two {
			out[m[1]] = c
		}
	}
	return out
}

// Swatch is one colour with its contrasts against the ground it stands on: light, dark, and both in high contrast.
type Swatch struct {
	Name, On string
	Ratios   [4]string
}

// tokens are the colours worth looking at, as tokens.css names them, each with the ground that it is reckoned against.
var tokens = [][2]string{{"surface", "ink"}, {"surface-raised", "ink"}, {"surface-sunk", "ink"}, {"ink", "surface"}, {"ink-soft", "surface"}, {"line", "surface"},
	{"line-strong", "surface"}, {"link", "surface"}, {"accent", "on-accent"}, {"accent-deep", "on-accent"}, {"chosen", "ink"}, {"good", "surface"}, {"good-soft", "ink"}, {"warn", "surface"},
	{"warn-soft", "ink"}, {"move", "surface"}, {"alert", "on-alert"}, {"exercise", "on-exercise"}, {"exercise-stripe", "exercise"}}

func swatches(lang buurtbel.Language) ([]Swatch, error) {
	usual, high, err := colourSheets()
	if err != nil {
		return nil, err
	}
	sheets := [2]string{usual, usual + high}
	var out []Swatch
	for _, pair := range tokens {
		s := Swatch{Name: pair[0], On: pair[1]}
		for i := range s.Ratios {
			p := palette(sheets[i/2], i%2 == 1)
			s.Ratios[i] = locale.Decimal(lang, int64(math.Floor(contrast(p[pair[0]], p[pair[1]])*10)), 1)
		}
		out = append(out, s)
	}
	return out, nil
}

// sizes are the tokens of type, steps those of room.
var (
	sizes = []string{"figure", "title", "large", "size", "small"}
	steps = []int{1, 2, 3, 4, 5, 6, 8}
)

// iconNames lists the drawings by name.
func iconNames() []string {
	var names []string
	for name := range icons {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
