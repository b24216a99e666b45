package listen_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/channel/voice/listen"
)

var _ voice.Listener = (*listen.Listener)(nil)

func TestSigns(t *testing.T) {
	r := random(t)
	say := func(seconds float64) []float64 { return speech(r, seconds, -20) }
	for _, c := range []struct {
		name  string
		sound voice.Audio
		want  []voice.Sign
	}{
		{"nobody", telephone(silence(10)), nil},
		{"a room full of noise", telephone(noise(r, 10, -35)), nil},
		{"hallo", telephone(silence(0.3), say(0.5), silence(8)), []voice.Sign{voice.Speech, voice.Person}},
		{"hallo in noise", telephone(over(noise(r, 9, -38), slices.Concat(silence(0.3), say(0.5)))), []voice.Sign{voice.Speech, voice.Person}},
		{"a name and a question", telephone(silence(0.3), say(2.4), silence(8)), []voice.Sign{voice.Speech, voice.Person}},
		{"hallo and somebody far off", telephone(over(slices.Concat(silence(0.3), say(0.5), silence(15)), speech(r, 16, -42))), []voice.Sign{voice.Speech, voice.Person}},
		{"hallo together with us", telephone(silence(1.6), say(0.6), silence(8)), []voice.Sign{voice.Person}},
		{"a question against the message", telephone(silence(0.3), say(0.5), silence(3), say(0.9), silence(8)), []voice.Sign{voice.Speech, voice.Person}},
		{"a knock", telephone(silence(0.5), noise(r, 0.05, -12), silence(5)), nil},
		{"a greeting and its beep", telephone(silence(0.3), say(8), silence(0.7), tones(0.4, -15, 1000), silence(5)), []voice.Sign{voice.Speech, voice.Machine, voice.Beep}},
		{"a greeting without beep", telephone(silence(0.3), say(8), silence(5)), []voice.Sign{voice.Speech, voice.Machine, voice.GreetingEnded}},
		{"a greeting that begins short", telephone(silence(0.3), say(0.5), silence(1), say(5), silence(0.5), tones(0.4, -15, 440), silence(5)),
			[]voice.Sign{voice.Speech, voice.Person, voice.Machine, voice.Beep}},
		{"a greeting after a long silence", telephone(silence(2), say(6), tones(0.4, -15, 1800), silence(5)), []voice.Sign{voice.Machine, voice.Beep}},
		{"a greeting that goes on after a long pause", telephone(silence(0.3), say(6), silence(3), say(2), silence(4)),
			[]voice.Sign{voice.Speech, voice.Machine, voice.GreetingEnded, voice.Machine, voice.GreetingEnded}},
		{"only a beep", telephone(silence(0.5), tones(0.5, -15, 800), silence(5)), []voice.Sign{voice.Beep}},
		{"a key that is pressed", telephone(silence(0.3), say(0.5), silence(6), tones(0.3, -15, 770, 1336), silence(5)), []voice.Sign{voice.Speech, voice.Person}},
		{"a tone that does not end", telephone(tones(20, -15, 425)), nil},
		{"a tone of three seconds", telephone(silence(0.3), tones(3, -15, 1100), silence(5)), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := hear(c.sound)
			if diff := cmp.Diff(c.want, signsOf(got)); diff != "" {
				t.Errorf("signs (-want +got):\n%s%v", diff, got)
			}
		})
	}
}

// TestPersonIsAnsweredInTime: with 20 ms until our first packet and 200 ms on the way, who says something short is spoken to within 1.5 s.
func TestPersonIsAnsweredInTime(t *testing.T) {
	r := random(t)
	for _, seconds := range []float64{0.3, 0.6, 1.1, 2, 3} {
		got := hear(telephone(silence(0.4), speech(r, seconds, -20), silence(4)))
		if n := len(got); n != 2 || got[1].sign != voice.Person || got[1].at > 0.4+seconds+1.28 {
			t.Errorf("after %.1f s of speech: %v", seconds, got)
		}
	}
}

// TestBeeps: every tone and pair of the band, short and long, loud and soft, however it lies against the frames, with noise: told within 60 ms
// of its end, and once.
func TestBeeps(t *testing.T) {
	r := random(t)
	for range 400 {
		hertz := []float64{400 + 1600*r.Float64()}
		if g := 400 + 1600*r.Float64(); r.IntN(2) == 0 && max(g-hertz[0], hertz[0]-g) > 100 && !key(hertz[0], g) {
			hertz = append(hertz, g)
		}
		seconds, decibels := 0.12+1.88*r.Float64()*r.Float64(), -38+30*r.Float64()
		begin := 0.5 + 0.02*r.Float64()
		sound := slices.Concat(silence(begin), tones(seconds, decibels, hertz...), silence(1))
		got := hear(telephone(over(sound, noise(r, 4, min(decibels-12, -42)))))
		name := fmt.Sprintf("%.0f Hz, %.2f s, %.0f dB", hertz, seconds, decibels)
		if len(got) != 1 || got[0].sign != voice.Beep {
			t.Errorf("%s: %v", name, got)
		} else if late := got[0].at - begin - seconds; late < 0 || late > 0.0605 {
			t.Errorf("%s: told %.0f ms after its end", name, late*1000)
		}
	}
}

// key tells whether a pair may pass for that of a key.
func key(f, g float64) bool {
	low, high := min(f, g), max(f, g)
	return low > 670 && low < 970 && high > 1170 && high < 1680
}

func TestTwoTonesAfterOneAnother(t *testing.T) {
	for _, gap := range []float64{0, 0.02, 0.1} {
		got := hear(telephone(silence(0.5), tones(0.2, -15, 950), silence(gap), tones(0.2, -15, 1400), silence(2)))
		end := 0.5 + 0.2 + gap + 0.2
		if n := len(got); n == 0 || got[n-1].sign != voice.Beep || got[n-1].at < end || got[n-1].at > end+0.06 {
			t.Errorf("with %.2f s between them: %v, ended at %.2f", gap, got, end)
		}
	}
}

func TestStruckThingsAreNoBeeps(t *testing.T) {
	r := random(t)
	for range 50 {
		sound := tones(0.6, -12, 500+1400*r.Float64())
		for i, fade := 0, samples(0.02+0.06*r.Float64()); i < len(sound); i++ {
			sound[i] *= math.Exp(-float64(i) / float64(fade))
		}
		if got := hear(telephone(silence(0.5), sound, silence(2))); slices.Contains(signsOf(got), voice.Beep) {
			t.Error(got)
		}
	}
}

// TestOddFrames: how the samples are cut makes no difference but for when a sign is given.
func TestOddFrames(t *testing.T) {
	r := random(t)
	sound := telephone(silence(0.3), speech(r, 6, -20), silence(0.5), tones(0.4, -15, 1000), silence(3))
	want, l := signsOf(hear(sound)), listen.New()
	var got []voice.Sign
	for len(sound) > 0 {
		n := min(len(sound), r.IntN(400))
		if s, ok := l.Hear(sound[:n]); ok {
			got = append(got, s)
		}
		sound = sound[n:]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// inOrder tells what is wrong with an order of signs; "" when nothing is.
func inOrder(list []voice.Sign) string {
	var before voice.Sign
	persons, beeps, machines := 0, 0, 0
	for i, s := range list {
		switch {
		case s == voice.Speech && i > 0:
			return "speech is not the first sign"
		case s == voice.Person && (beeps > 0 || machines > 0 || persons > 0):
			return "a person after what only machines do, or twice"
		case s == voice.Machine && before == voice.Machine:
			return "a machine twice"
		case s == voice.GreetingEnded && before != voice.Machine:
			return "the end of a greeting that had not begun"
		}
		persons += count(s, voice.Person)
		beeps += count(s, voice.Beep)
		machines += count(s, voice.Machine)
		before = s
	}
	if machines > 5 {
		return "told too often that it is a machine"
	}
	return ""
}

func count(s, of voice.Sign) int {
	if s == of {
		return 1
	}
	return 0
}

// TestOrder: whatever sounds, the signs come in an order that a call can follow.
func TestOrder(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 3))
		var sound []float64
		for len(sound) < samples(20) {
			piece := 3 * r.Float64() * r.Float64()
			switch r.IntN(4) {
			case 0:
				sound = append(sound, silence(piece)...)
			case 1:
				sound = append(sound, speech(r, 2*piece, -35+25*r.Float64())...)
			case 2:
				sound = append(sound, tones(piece, -35+25*r.Float64(), 300+2000*r.Float64(), 300+2000*r.Float64())...)
			case 3:
				sound = append(sound, noise(r, piece, -60+45*r.Float64())...)
			}
		}
		if got := signsOf(hear(telephone(sound))); inOrder(got) != "" {
			t.Errorf("seed %d: %s: %v", seed, inOrder(got), got)
		}
	}
}

// TestVoicesOfEspeak: what a real voice says in four languages, with a beep after it and without.
func TestVoicesOfEspeak(t *testing.T) {
	program, err := exec.LookPath("espeak-ng")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("espeak-ng is required in CI: ", err)
		}
		t.Skip("espeak-ng is not installed (apt-get install espeak-ng)")
	}
	for _, c := range []struct{ voice, hello, greeting string }{
		{"nl+f2", "Hallo, met Lies?", "U bent verbonden met de voicemail van de familie Claes. Wij zijn er niet. Laat na de pieptoon uw naam en uw nummer achter."},
		{"fr-be+m3", "Allô, oui?", "Vous êtes bien sur la messagerie de la famille Dubois. Nous sommes absents. Laissez votre nom et votre numéro après le bip."},
		{"de+f4", "Hallo?", "Hier ist der Anrufbeantworter der Familie Braun. Wir sind nicht zu Hause. Bitte hinterlassen Sie Name und Nummer nach dem Ton."},
		{"en-gb+m1", "Hello?", "You have reached the answering machine of the Browns. We are not at home. Please leave your name and your number after the tone."},
	} {
		hello, greeting := espeak(t, program, c.voice, c.hello), espeak(t, program, c.voice, c.greeting)
		for _, s := range []struct {
			sound voice.Audio
			want  []voice.Sign
		}{
			{telephone(silence(0.4), hello, silence(6)), []voice.Sign{voice.Speech, voice.Person}},
			{telephone(silence(0.4), greeting, silence(0.5), tones(0.4, -15, 1000), silence(6)), []voice.Sign{voice.Speech, voice.Machine, voice.Beep}},
			{telephone(silence(0.4), greeting, silence(6)), []voice.Sign{voice.Speech, voice.Machine, voice.GreetingEnded}},
		} {
			got := hear(s.sound)
			list := signsOf(got)
			if s.want[1] == voice.Machine { // a pause between two sentences may pass for the end of an answer, and is corrected
				list = slices.DeleteFunc(list, func(s voice.Sign) bool { return s == voice.Person })
			}
			if !slices.Equal(list, s.want) {
				t.Errorf("%s, %v: %v", c.voice, s.want, got)
			}
		}
	}
}

// espeak gives what a voice says, at the rate of a telephone: means of the samples that fall together, which is enough for what is judged here.
func espeak(t *testing.T, program, name, text string) []float64 {
	t.Helper()
	wav, err := exec.CommandContext(t.Context(), program, "-v", name, "--stdout", text).Output()
	if err != nil || len(wav) < 44 {
		t.Fatalf("espeak-ng: %v", err)
	}
	wav = wav[44:]
	out := make([]float64, len(wav)/2*voice.Rate/22050)
	for i := range out {
		from, to := i*22050/voice.Rate, (i+1)*22050/voice.Rate
		for j := from; j < to; j++ {
			out[i] += float64(int16(binary.LittleEndian.Uint16(wav[2*j:]))) / float64(2*(to-from))
		}
	}
	return out
}

// FuzzHear: no samples, however cut, upset a listener or its order of signs.
func FuzzHear(f *testing.F) {
	r := random(f)
	for _, a := range []voice.Audio{
		telephone(silence(0.1), speech(r, 0.2, -20), silence(0.1)),
		telephone(tones(0.14, -15, 1000), silence(0.06)),
		telephone(noise(r, 0.1, 0)),
	} {
		f.Add(octets(a), uint8(1), uint8(160))
	}
	f.Fuzz(func(t *testing.T, b []byte, times, size uint8) {
		sound := make(voice.Audio, len(b)/2)
		for i := range sound {
			sound[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
		}
		l, n := listen.New(), int(size)+1
		var got []voice.Sign
		for range min(times, 20) {
			for part := range slices.Chunk(sound, n) {
				if s, ok := l.Hear(part); ok {
					got = append(got, s)
				}
			}
		}
		if wrong := inOrder(got); wrong != "" {
			t.Errorf("%s: %v", wrong, got)
		}
	})
}

func octets(a voice.Audio) []byte {
	var out []byte
	for _, v := range a {
		out = binary.LittleEndian.AppendUint16(out, uint16(v))
	}
	return out
}

func BenchmarkHear(b *testing.B) {
	r := random(b)
	sound := telephone(silence(0.3), speech(r, 8, -20), silence(0.5), tones(0.4, -15, 1000), silence(1))
	frames := slices.Collect(slices.Chunk(sound, voice.Frame))
	l := listen.New()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l.Hear(frames[i%len(frames)])
	}
}
