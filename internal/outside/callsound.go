package outside

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os/exec"
	"strings"
	"sync"
	"time"
)

const (
	soundRate  = 8000           // samples a second, as G.711
	soundFrame = soundRate / 50 // 20 ms
)

// sounds makes what telephones say: spoken by espeak-ng where it is installed, else by a hum that has the rhythm of speech. Each is made once.
type sounds struct {
	program string // "" where there is none
	mu      sync.Mutex
	made    map[string]func() []int16
}

func newSounds() *sounds {
	s := &sounds{made: map[string]func() []int16{}}
	if path, err := exec.LookPath("espeak-ng"); err == nil {
		s.program = path
	}
	return s
}

// saying is a text in a voice of espeak-ng.
type saying struct{ voice, text string }

var (
	hellos = []saying{{"nl", "Hallo?"}, {"nl+f2", "Hallo, met Janssens. Wie is daar?"}, {"nl+m3", "Ja, hallo?"}, {"fr-be", "Allô?"}, {"nl+f4", "Goeiendag, met De Smet."}}

	greetings = []saying{
		{"nl", "Dit is de voicemail van Luk. Ik ben er nu niet. Spreek uw boodschap in na de toon."},
		{"nl+f2", "U bent bij de familie Peeters. Laat een bericht na de biep."},
		{"fr-be", "Bonjour, vous êtes bien chez Claire. Laissez un message après le bip."},
		{"nl+f4", "Dag, met Fatma. Ik kan even niet opnemen. Laat gerust een bericht achter, dan bel ik u terug."},
	}

	// beeps differ as those of real machines: one tone or two, in hertz.
	beeps = [][]float64{{1000}, {1400}, {440}, {850, 1000}}
)

// hello gives what the person at a number says who picks up.
func (s *sounds) hello(number uint64) []int16 {
	return s.of(hellos[mix(number)>>3%uint64(len(hellos))])
}

// greeting gives what the voicemail of a number says before its beep.
func (s *sounds) greeting(number uint64) []int16 {
	return s.of(greetings[mix(number)>>3%uint64(len(greetings))])
}

func beepOf(number uint64) []int16 {
	return tone(400*time.Millisecond, 9000, beeps[mix(number)>>7%uint64(len(beeps))]...)
}

func (s *sounds) of(say saying) []int16 {
	s.mu.Lock()
	f := s.made[say.text]
	if f == nil {
		f = sync.OnceValue(func() []int16 { return s.speak(say) })
		s.made[say.text] = f
	}
	s.mu.Unlock()
	return f()
}

func (s *sounds) speak(say saying) []int16 {
	if s.program != "" {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, s.program, "-v", say.voice, "-s", "160", "--stdin", "--stdout")
		cmd.Stdin = strings.NewReader(say.text)
		if out, err := cmd.Output(); err == nil {
			if samples, err := readWAV(out); err == nil {
				return samples
			}
		}
	}
	return hum(time.Duration(len(say.text)) * 65 * time.Millisecond)
}

// readWAV takes 16-bit mono sound out of a WAV file, at our rate.
func readWAV(b []byte) ([]int16, error) {
	if len(b) < 44 || string(b[:4]) != "RIFF" || binary.LittleEndian.Uint16(b[22:]) != 1 || binary.LittleEndian.Uint16(b[34:]) != 16 {
		return nil, errors.New("not a WAV of the kind that is wanted")
	}
	rate := float64(binary.LittleEndian.Uint32(b[24:]))
	at := bytes.Index(b, []byte("data"))
	if at < 0 || rate < soundRate || rate > 192_000 {
		return nil, errors.New("a WAV without sound")
	}
	data := b[min(at+8, len(b)):]
	in := make([]float64, len(data)/2)
	for i := range in {
		in[i] = float64(int16(binary.LittleEndian.Uint16(data[2*i:])))
	}
	// The mean of the samples that one of ours stands for also takes away what is too high for a telephone.
	step := rate / soundRate
	out := make([]int16, int(float64(len(in))/step))
	for i := range out {
		from, to := int(float64(i)*step), min(len(in), int(float64(i+1)*step)+1)
		sum := 0.0
		for _, v := range in[from:to] {
			sum += v
		}
		out[i] = int16(sum / float64(max(1, to-from)))
	}
	return out, nil
}

// tone is one or two tones together.
func tone(length time.Duration, loud float64, hertz ...float64) []int16 {
	out := make([]int16, int(length.Seconds()*soundRate))
	for i := range out {
		v := 0.0
		for _, h := range hertz {
			v += math.Sin(2 * math.Pi * h * float64(i) / soundRate)
		}
		out[i] = int16(loud * v / float64(len(hertz)))
	}
	return out
}

// hum has pitch, vowels and syllables of a voice, and says nothing.
func hum(length time.Duration) []int16 {
	out := make([]int16, int(length.Seconds()*soundRate))
	for i := range out {
		t := float64(i) / soundRate
		syllable := math.Max(0, math.Sin(2*math.Pi*3.7*t)) * (0.75 + 0.25*math.Sin(2*math.Pi*0.6*t))
		pitch := 120 + 14*math.Sin(2*math.Pi*0.9*t)
		v := 0.0
		for k := 1.0; k < 20; k++ {
			h := k * pitch
			v += math.Sin(2*math.Pi*h*t) / (1 + math.Pow((h-600)/250, 2)*0.3)
		}
		out[i] = int16(2200 * syllable * v)
	}
	return out
}

// Frequencies of the keys (ITU-T Q.23).
var (
	keyRows    = [4]float64{697, 770, 852, 941}
	keyColumns = [3]float64{1209, 1336, 1477}
)

const telephoneKeys = "123456789*0#"

// keyTone is a key as tones in the sound.
func keyTone(key byte) []int16 {
	i := strings.IndexByte(telephoneKeys, key)
	if i < 0 {
		return nil
	}
	return tone(120*time.Millisecond, 9000, keyRows[i/3], keyColumns[i%3])
}

// wav writes sound as a WAV file that every browser plays.
func wav(samples []int16) []byte {
	b := make([]byte, 0, 44+2*len(samples))
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(36+2*len(samples)))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1) // PCM
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint32(b, soundRate)
	b = binary.LittleEndian.AppendUint32(b, 2*soundRate)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(2*len(samples)))
	for _, v := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}
