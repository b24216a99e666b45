package main

import (
	"context"
	"embed"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

//go:embed texts
var texts embed.FS

// half is one of two sets of texts, voices and seeds that have nothing in common.
type half struct {
	name     string
	seed     uint64
	variants []string
}

// The detector's constants were chosen on tuning alone.
var (
	tuning = half{"tuning", 1000, []string{"m1", "m2", "m5", "m6", "f1", "f2", "f3", "klatt"}}
	held   = half{"held", 7_000_000, []string{"m3", "m4", "m7", "f4", "f5"}}
)

// answer is what one call hears, from the answer on.
type answer struct {
	machine bool
	sound   voice.Audio // then silence
	ends    float64     // seconds: end of the first that a living one says; 0 when nothing is said
	opens   float64     // seconds: from when on the machine records
	kind    string
	over    float64 // seconds: when something is said against our message, after it began; 0: never
	retort  voice.Audio
}

var languages = []string{"nl", "fr", "de", "en"}

// readLines gives the lines of a file of texts.
func readLines(name string) ([]string, error) {
	b, err := texts.ReadFile("texts/" + name + ".txt")
	if err != nil {
		return nil, fmt.Errorf("read texts: %w", err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n"), nil
}

// greeting is a text of a machine in a language.
type greeting struct{ language, text string }

// greetings gives the texts of a half, the languages in turn.
func (h half) greetings() ([]greeting, error) {
	var all [][]string
	for _, l := range languages {
		lines, err := readLines(h.name + "." + l)
		if err != nil {
			return nil, err
		}
		all = append(all, lines)
	}
	var out []greeting
	for i := range all[0] {
		for l, lines := range all {
			out = append(out, greeting{languages[l], lines[i]})
		}
	}
	return out, nil
}

func (h half) voice(r *rand.Rand, language string) voiceOf {
	return voiceOf{language, h.variants[r.IntN(len(h.variants))], 25 + r.IntN(50), 130 + r.IntN(65)}
}

func between(r *rand.Rand, low, high float64) float64 { return low + (high-low)*r.Float64() }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// machine makes run i: a greeting, what plays under it, its beep, and the line.
func (h half) machine(ctx context.Context, s *studio, g greeting, i int) (*answer, error) {
	r := rand.New(rand.NewPCG(h.seed, uint64(i)))
	spoken, err := s.say(ctx, h.voice(r, g.language), g.text)
	if err != nil {
		return nil, err
	}
	level := between(r, -32, -14)
	spoken, backing := spoken.level(level), pick(r, []string{"none", "none", "noise", "noise", "music"})
	start := seconds(between(r, 0.05, 1.4))
	before, after := 0, 0
	if backing == "music" {
		before, after = seconds(pick(r, []float64{0, 1, 3})), seconds(pick(r, []float64{0, 0.5, 2}))
	}
	body := make(sound, before+len(spoken)+after).add(spoken, before)
	backing = h.under(r, body, backing, level)
	beep, kind := beepOf(r)
	pause := 0
	if beep != nil {
		pause = seconds(between(r, 0.1, 2))
	}
	whole := make(sound, start+len(body)+pause+len(beep)).add(body, start).add(beep, start+len(body)+pause)
	opens := float64(len(whole)) / voice.Rate
	whole = append(whole, make(sound, seconds(30))...)
	if hiss := between(r, -75, -48); r.IntN(3) > 0 {
		whole.add(noise(r, "white", len(whole), hiss), 0)
	}
	return &answer{machine: true, sound: line(r, whole, pick(r, []float64{0, 0, 0.01})), opens: opens, kind: backing + ", " + kind}, nil
}

// under adds music or noise to what a machine plays and names it.
func (h half) under(r *rand.Rand, body sound, kind string, level float64) string {
	switch kind {
	case "music":
		body.add(music(r, len(body), level-between(r, 6, 15)), 0)
	case "noise":
		below := pick(r, []float64{8, 12, 18, 25})
		kind = fmt.Sprintf("%s at %g dB", pick(r, noiseKinds), below)
		body.add(noise(r, strings.Fields(kind)[0], len(body), level-below), 0)
	}
	return kind
}

// beepOf makes a machine's beep; nil for none.
func beepOf(r *rand.Rand) (sound, string) {
	level, length := between(r, -26, -8), between(r, 0.2, 0.7)
	f, g := between(r, 400, 2000), between(r, 400, 2000)
	for math.Abs(f-g) < 90 {
		g = between(r, 400, 2000)
	}
	kind := pick(r, []string{"none", "single", "single", "single", "dual", "dual", "two-tone", "two-tone", "quiet", "long", "short", "thrice"})
	switch kind {
	case "none":
		return nil, "no beep"
	case "dual":
		return dial(length, level, f, g), fmt.Sprintf("dual %.0f+%.0f Hz", f, g)
	case "two-tone":
		out := append(dial(between(r, 0.13, 0.4), level, f), make(sound, seconds(pick(r, []float64{0, 0, 0.03, 0.1})))...)
		return append(out, dial(between(r, 0.13, 0.4), level, g)...), fmt.Sprintf("two-tone %.0f, %.0f Hz", f, g)
	case "thrice":
		one := append(dial(0.15, level, f), make(sound, seconds(0.12))...)
		return append(append(append(sound{}, one...), one...), dial(0.15, level, f)...), fmt.Sprintf("thrice %.0f Hz", f)
	case "quiet":
		level = between(r, -38, -30)
	case "long":
		length = between(r, 1, 2)
	case "short":
		length = between(r, 0.12, 0.2)
	}
	return dial(length, level, f), fmt.Sprintf("%s %.0f Hz %.2f s %.0f dB", kind, f, length, level)
}

// dial makes tones that sound together.
func dial(length, decibels float64, hertz ...float64) sound {
	out := make(sound, seconds(length))
	for i := range out {
		ramp := min(1, float64(i)/24, float64(len(out)-1-i)/24)
		for _, f := range hertz {
			out[i] += ramp * math.Sin(2*math.Pi*f*float64(i)/voice.Rate)
		}
	}
	return out.level(decibels)
}
