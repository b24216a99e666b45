package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// voiceOf is how something is said: a voice of espeak-ng with a variant of it.
type voiceOf struct {
	language, variant string
	pitch, speed      int
}

var dialects = map[string]string{"nl": "nl", "fr": "fr-be", "de": "de", "en": "en-gb"}

// studio makes speech, each piece once.
type studio struct {
	program string
	made    map[string]sound
}

func newStudio() (*studio, error) {
	program, err := exec.LookPath("espeak-ng")
	if err != nil {
		return nil, fmt.Errorf("espeak-ng makes the voices (apt-get install espeak-ng): %w", err)
	}
	return &studio{program, map[string]sound{}}, nil
}

// say speaks text, at an active level of 0 dB. A "~" with a number of seconds is a pause.
func (s *studio) say(ctx context.Context, v voiceOf, text string) (sound, error) {
	pieces := strings.Split(text, "~")
	var out sound
	for i, piece := range pieces {
		if i > 0 {
			number, rest, _ := strings.Cut(piece, " ")
			pause, err := strconv.ParseFloat(number, 64)
			if err != nil {
				return nil, fmt.Errorf("a pause in a text: %w", err)
			}
			out, piece = append(out, make(sound, int(pause*voice.Rate))...), rest
		}
		spoken, err := s.piece(ctx, v, strings.TrimSpace(piece))
		if err != nil {
			return nil, err
		}
		out = append(out, spoken...)
	}
	return out.level(0), nil
}

func (s *studio) piece(ctx context.Context, v voiceOf, text string) (sound, error) {
	arguments := []string{"-v", dialects[v.language] + "+" + v.variant, "-p", strconv.Itoa(v.pitch), "-s", strconv.Itoa(v.speed), "--stdout", text}
	key := strings.Join(arguments, "\x00")
	if made, ok := s.made[key]; ok {
		return made, nil
	}
	out, err := exec.CommandContext(ctx, s.program, arguments...).Output()
	if err != nil {
		return nil, fmt.Errorf("espeak-ng: %w", err)
	}
	pcm, err := samplesOf(out)
	if err != nil {
		return nil, err
	}
	made := telephone(pcm).trim()
	s.made[key] = made
	return made, nil
}

// samplesOf reads what espeak-ng writes: 16 bit, 22,050 samples a second, one channel, with a length that it did not know yet.
func samplesOf(wav []byte) ([]float64, error) {
	at := bytes.Index(wav, []byte("data"))
	if at < 0 || len(wav) < at+8 || binary.LittleEndian.Uint32(wav[24:]) != 22050 {
		return nil, errors.New("espeak-ng gave no sound of 22,050 samples a second")
	}
	wav = wav[at+8:]
	out := make([]float64, len(wav)/2)
	for i := range out {
		out[i] = float64(int16(binary.LittleEndian.Uint16(wav[2*i:]))) / 32768
	}
	return out, nil
}

const (
	upBy, downBy = 160, 441 // 22,050 to 8,000
	taps         = 96
	cut          = 3400.0 / 22050
)

var filter = func() (f [upBy][taps]float64) {
	for phase := range f {
		for i := range f[phase] {
			x := float64(i-taps/2) - float64(phase)/upBy
			w := 0.5 + 0.5*math.Cos(2*math.Pi*x/(taps+2))
			if math.Abs(x) < 1e-9 {
				f[phase][i] = 2 * cut
				continue
			}
			f[phase][i] = w * math.Sin(2*math.Pi*cut*x) / (math.Pi * x)
		}
	}
	return f
}()

// telephone brings sound to the band and the rate of a telephone: 250 to 3,400 Hz.
func telephone(pcm []float64) sound {
	out := make(sound, len(pcm)*upBy/downBy)
	for n := range out {
		at, phase := n*downBy/upBy, n*downBy%upBy
		for i, c := range filter[phase] {
			if j := at + i - taps/2; j >= 0 && j < len(pcm) {
				out[n] += c * pcm[j]
			}
		}
	}
	return out.highPass(250)
}
