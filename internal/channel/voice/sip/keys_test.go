package sip

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// event makes the payload of RFC 4733 section 2.3.
func event(code byte, end bool, duration uint16) []byte {
	b := []byte{code, 10, 0, 0}
	if end {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], duration)
	return b
}

func TestAPressIsANewTimestamp(t *testing.T) {
	type packet struct {
		stamp    uint32
		code     byte
		duration uint16
		end      bool
		after    time.Duration
	}
	for name, c := range map[string]struct {
		packets []packet
		want    string
	}{
		"first duration 0":          {[]packet{{100, 1, 0, false, 0}, {100, 1, 160, false, 0}, {100, 1, 320, true, 0}, {100, 1, 320, true, 0}}, "1"},
		"only the end arrives":      {[]packet{{100, 9, 800, true, 0}, {100, 9, 800, true, 0}}, "9"},
		"one key twice":             {[]packet{{100, 2, 0, false, 0}, {100, 2, 160, true, 0}, {1700, 2, 0, false, 0}, {1700, 2, 160, true, 0}}, "22"},
		"an end that was overtaken": {[]packet{{100, 2, 0, false, 0}, {1700, 3, 0, false, 0}, {100, 2, 160, true, 0}, {1700, 3, 160, true, 0}}, "23"},
		"a recording again":         {[]packet{{100, 2, 0, false, 0}, {100, 2, 160, true, 0}, {100, 2, 0, false, 5 * time.Second}}, "22"},
		"a press of nine seconds":   {[]packet{{100, 5, 65535, false, 0}, {100 + 65535, 5, 800, true, 0}}, "5"},
		"star and pound":            {[]packet{{1, 10, 0, false, 0}, {2000, 11, 0, false, 0}}, "*#"},
		"no key of a telephone":     {[]packet{{1, 12, 0, false, 0}, {2000, 16, 0, false, 0}, {4000, 255, 0, false, 0}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var e events
			var got []byte
			now := time.Unix(0, 0)
			for _, p := range c.packets {
				now = now.Add(p.after + 20*time.Millisecond)
				if k := e.press(7, p.stamp, event(p.code, p.end, p.duration), now); k != 0 {
					got = append(got, k)
				}
			}
			if string(got) != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if k := new(events).press(1, 1, []byte{1, 2, 3}, time.Time{}); k != 0 {
		t.Error("a packet that is too short is a key")
	}
}

// tone makes a key press as a gateway passes it on: levels in dB below full scale, some noise, pause around it.
func tone(key byte, length time.Duration, low, high, noise float64) []int16 {
	rnd := rand.New(rand.NewPCG(5, uint64(key)))
	var l, h float64
	for i, row := range toneKeys {
		if at := strings.IndexByte(row, key); at >= 0 {
			l, h = lowTones[i], highTones[at]
		}
	}
	pause := make([]int16, 800)
	out := append([]int16(nil), pause...)
	for i := range int(length * 8000 / time.Second) {
		at := 2 * math.Pi * float64(i) / 8000
		v := level(low)*math.Sin(l*at) + level(high)*math.Sin(h*at+1) + level(noise)*rnd.NormFloat64()
		out = append(out, int16(v))
	}
	return append(out, pause...)
}

func level(db float64) float64 { return 32000 * math.Pow(10, -db/20) }

func listen(samples []int16) string {
	var t tones
	var got []byte
	for len(samples) > 0 {
		n := min(160, len(samples))
		if k := t.hear(samples[:n]); k != 0 {
			got = append(got, k)
		}
		samples = samples[n:]
	}
	return string(got)
}

func TestTonesOfEveryKey(t *testing.T) {
	for _, key := range []byte(eventKeys) {
		for name, c := range map[string][3]float64{ // low, high, noise in dB below full scale
			"usual": {12, 10, 60}, "quiet": {32, 30, 70}, "high weaker": {10, 16, 60}, "low weaker": {16, 12, 60}, "noise": {12, 12, 34},
		} {
			for _, length := range []time.Duration{80, 120, 400, 3000} {
				if got := listen(tone(key, length*time.Millisecond, c[0], c[1], c[2])); got != string(key) {
					t.Errorf("%s, %d ms: key %c gives %q", name, length, key, got)
				}
			}
		}
	}
	twice := append(tone('5', 90*time.Millisecond, 12, 12, 60), tone('5', 90*time.Millisecond, 12, 12, 60)...)
	if got := listen(twice); got != "55" {
		t.Errorf("two presses give %q", got)
	}
}

func TestWhatIsNoKey(t *testing.T) {
	noise, chord, single := make([]int16, 80000), make([]int16, 80000), make([]int16, 80000)
	rnd := rand.New(rand.NewPCG(8, 9))
	for i := range noise {
		at := 2 * math.Pi * float64(i) / 8000
		noise[i] = int16(6000 * rnd.NormFloat64())
		chord[i] = int16(6000*math.Sin(440*at) + 6000*math.Sin(1000*at)) // a voicemail's beep
		single[i] = int16(9000 * math.Sin(941*at))
	}
	for name, a := range map[string][]int16{"noise": noise, "beep of two tones": chord, "one tone": single, "a tap": tone('1', 20*time.Millisecond, 10, 10, 60)} {
		if got := listen(a); got != "" {
			t.Errorf("%s gives %q", name, got)
		}
	}
}

// TestVoicesAreNoKeys lets a speaker talk in four languages: not one key may be heard.
func TestVoicesAreNoKeys(t *testing.T) {
	path, err := exec.LookPath("espeak-ng")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("espeak-ng is absent: apt-get install espeak-ng")
		}
		t.Skip("espeak-ng is absent: apt-get install espeak-ng")
	}
	text := "Goedemorgen, met wie spreek ik? Nous ne sommes pas là, laissez un message. Ich bin gerade nicht da. Please leave a message after the tone, one, two, three, four, five. "
	total := 0
	for _, language := range []string{"nl", "fr-be", "de", "en-gb"} {
		for _, pitch := range []string{"10", "50", "95"} {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			wav, err := exec.CommandContext(ctx, path, "-v", language, "-p", pitch, "--stdout", strings.Repeat(text, 3)).Output()
			cancel()
			if err != nil {
				t.Fatal(err)
			}
			var samples []int16
			for i := 44; i+1 < len(wav); i += 2 {
				samples = append(samples, int16(binary.LittleEndian.Uint16(wav[i:])))
			}
			var narrow []int16 // from 22050 Hz, by the nearest sample: aliases make it harder, not easier
			for at := 0.0; int(at) < len(samples); at += 22050.0 / 8000 {
				narrow = append(narrow, samples[int(at)])
			}
			total += len(narrow)
			if got := listen(narrow); got != "" {
				t.Errorf("%s at pitch %s gives %q", language, pitch, got)
			}
		}
	}
	if total < 8000*60*3 {
		t.Errorf("only %d samples were spoken", total)
	}
}

// hears runs packets through a stream without a socket and gives the frames and keys.
func hears(keys int, packets []rtp.Packet) (heard []int16, pressed string) {
	s := &stream{heard: make(chan voice.Audio, 2000), keys: make(chan byte, 32)}
	s.agree(session{at: there, payloads: []int{typeA}, keys: keys, sends: true, receives: true})
	for i := range packets {
		packets[i].Version = 2
		s.take(&packets[i], there, nil, time.Unix(0, int64(i)*int64(20*time.Millisecond)))
	}
	close(s.heard)
	close(s.keys)
	for f := range s.heard {
		heard = append(heard, f...)
	}
	for k := range s.keys {
		pressed += string(k)
	}
	return heard, pressed
}
