package main

import (
	"context"
	"math/rand/v2"
	"strings"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// sayings gives the texts of living.txt that are of a set, each with its language.
func sayings(set string) ([]greeting, error) {
	lines, err := readLines("living")
	if err != nil {
		return nil, err
	}
	var out []greeting
	for _, l := range lines {
		f := strings.SplitN(l, " ", 3)
		if f[1] == set {
			out = append(out, greeting{f[0], f[2]})
		}
	}
	return out, nil
}

// living makes answer i of a person: of ten, seven say something, one says nothing, one has a television on and says nothing, one speaks
// with a television on.
func (h half) living(ctx context.Context, s *studio, i int) (*answer, error) {
	r := rand.New(rand.NewPCG(h.seed+1, uint64(i)))
	out, room := &answer{}, make(sound, seconds(30))
	level := between(r, -30, -14)
	room.add(noise(r, pick(r, noiseKinds), len(room), level-between(r, 14, 45)), 0)
	television, says := i%10 >= 8, i%10 != 7 && i%10 != 8
	if television {
		heard, err := h.television(ctx, s, r, len(room), between(r, -52, min(level-14, -38)))
		if err != nil {
			return nil, err
		}
		room.add(heard, 0)
		out.kind = "television, "
	}
	if !says {
		out.kind += "says nothing"
		out.sound = line(r, room, 0)
		return out, nil
	}
	if err := h.says(ctx, s, r, out, room, level); err != nil {
		return nil, err
	}
	out.sound = line(r, room, pick(r, []float64{0, 0, 0.01}))
	return out, nil
}

// says adds what a person answers, and in one of four what is said against our message.
func (h half) says(ctx context.Context, s *studio, r *rand.Rand, out *answer, room sound, level float64) error {
	all, err := sayings(h.name)
	if err != nil {
		return err
	}
	g := pick(r, all)
	v := h.voice(r, g.language)
	spoken, err := s.say(ctx, v, g.text)
	if err != nil {
		return err
	}
	from := seconds(between(r, 0.1, 1))
	room.add(spoken.level(level), from)
	out.ends = float64(from+len(spoken)) / voice.Rate
	out.kind += g.text
	if r.IntN(4) > 0 {
		return nil
	}
	over, err := sayings("over")
	if err != nil {
		return err
	}
	g = pick(r, over)
	v.language = g.language
	if spoken, err = s.say(ctx, v, g.text); err != nil {
		return err
	}
	out.over = between(r, 0.3, 4)
	out.retort = line(r, spoken.level(level), 0)
	out.kind += " + " + g.text
	return nil
}

// television makes n samples of speech and music as they sound from across a room.
func (h half) television(ctx context.Context, s *studio, r *rand.Rand, n int, decibels float64) (sound, error) {
	programmes, err := readLines("television")
	if err != nil {
		return nil, err
	}
	var out sound
	for len(out) < n {
		language, text, _ := strings.Cut(pick(r, programmes), " ")
		spoken, err := s.say(ctx, h.voice(r, language), text)
		if err != nil {
			return nil, err
		}
		out = append(out, spoken...)
		out = append(out, make(sound, seconds(between(r, 0.1, 0.8)))...)
	}
	from := r.IntN(len(out) - n + 1)
	out = out[from : from+n].room(r)
	out.add(music(r, n, between(r, -25, -8)), 0)
	return out.lowPass(1800).level(decibels), nil
}
