package web

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// rgb is a colour in linear light.
type rgb [3]float64

var (
	tokenLine = regexp.MustCompile(`--([a-z-]+):\s*light-dark\((.+)\);`)
	oklchForm = regexp.MustCompile(`^oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)$`)
)

// oklch turns the CSS form into linear sRGB (CSS Color 4, section 9.3), clipped to what a screen can show.
func oklch(t *testing.T, s string) rgb {
	t.Helper()
	switch s {
	case "white":
		return rgb{1, 1, 1}
	case "black":
		return rgb{0, 0, 0}
	}
	m := oklchForm.FindStringSubmatch(s)
	if m == nil {
		t.Fatalf("cannot read the colour %q", s)
	}
	n := func(i int) float64 {
		v, err := strconv.ParseFloat(m[i], 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	l, a, b := n(1)/100, n(2)*math.Cos(n(3)*math.Pi/180), n(2)*math.Sin(n(3)*math.Pi/180)
	cube := func(v float64) float64 { return v * v * v }
	l, m2, s2 := cube(l+0.3963377774*a+0.2158037573*b), cube(l-0.1055613458*a-0.0638541728*b), cube(l-0.0894841775*a-1.291485548*b)
	clip := func(v float64) float64 { return min(1, max(0, v)) }
	return rgb{clip(4.0767416621*l - 3.3077115913*m2 + 0.2309699292*s2), clip(-1.2684380046*l + 2.6097574011*m2 - 0.3413193965*s2),
		clip(-0.0041960863*l - 0.7034186147*m2 + 1.707614701*s2)}
}

func contrast(a, b rgb) float64 {
	lum := func(c rgb) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }
	hi, lo := max(lum(a), lum(b)), min(lum(a), lum(b))
	return (hi + 0.05) / (lo + 0.05)
}

// palette reads the tokens of one block of tokens.css: theme 0 is light, 1 is dark. High contrast lays its own block over the first.
func palette(t *testing.T, theme int, high bool) map[string]rgb {
	t.Helper()
	data, err := assetFiles.ReadFile("assets/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	normal, rest, _ := strings.Cut(string(data), "@media (prefers-contrast: more)")
	more, _, _ := strings.Cut(rest, "@supports")
	out := map[string]rgb{}
	blocks := normal
	if high {
		blocks += more
	}
	for _, m := range tokenLine.FindAllStringSubmatch(blocks, -1) {
		if m[1] == "shade" {
			continue
		}
		pair := strings.Split(m[2], ", ")
		if len(pair) != 2 {
			t.Fatalf("%s is not a pair: %s", m[1], m[2])
		}
		out[m[1]] = oklch(t, pair[theme])
	}
	return out
}

func TestContrastOfTokens(t *testing.T) {
	text := []string{"ink", "ink-soft", "link", "good", "warn", "move"}
	grounds := []string{"surface", "surface-raised", "surface-sunk"}
	var pairs [][2]string
	for _, ink := range text {
		for _, ground := range grounds {
			pairs = append(pairs, [2]string{ink, ground})
		}
	}
	pairs = append(pairs, [][2]string{{"ink", "chosen"}, {"ink-soft", "chosen"}, {"ink", "good-soft"}, {"ink", "warn-soft"}, {"on-accent", "accent"}, {"on-accent", "accent-deep"},
		{"on-alert", "alert"}, {"on-exercise", "exercise"}}...)
	for theme, name := range []string{"light", "dark"} {
		for _, high := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s high=%v", name, high), func(t *testing.T) {
				p := palette(t, theme, high)
				for _, pair := range pairs {
					if got := contrast(p[pair[0]], p[pair[1]]); got < 7 {
						t.Errorf("%s on %s: %.2f, needs 7", pair[0], pair[1], got)
					}
				}
				for _, ground := range grounds {
					if got := contrast(p["line-strong"], p[ground]); got < 3 {
						t.Errorf("border on %s: %.2f, needs 3", ground, got)
					}
				}
			})
		}
	}
}

// TestRedIsForTheLiveAlert reads the style sheets: only the band of a live alert and its stop button may use --alert.
func TestRedIsForTheLiveAlert(t *testing.T) {
	for _, name := range []string{"base.css", "parts.css", "pages.css", "members.css", "print.css"} {
		data, err := assetFiles.ReadFile("assets/css/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, rule := range strings.Split(string(data), "}") {
			if strings.Contains(rule, "--alert)") && !strings.Contains(rule, ".live-band") && !strings.Contains(rule, ".stop") {
				t.Errorf("%s uses --alert: %s", name, strings.TrimSpace(rule))
			}
		}
	}
}
