package speech

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/zaf/g711"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// tone gives n samples of a sine.
func tone(frequency float64, rate, n int, amplitude float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = amplitude * math.Sin(2*math.Pi*frequency*float64(i)/float64(rate))
	}
	return out
}

// file puts a sound of any form in a WAV file, with an odd chunk before it, which is padded. size is written as the length of the sound, -1 for
// the true one.
func file(kind, channels, rate, bits int, data []byte, size int) []byte {
	made := riff(layout{uint16(kind), channels, rate, bits}, data)
	made = slices.Insert(made, 36, []byte("LIST\x03\x00\x00\x00abc\x00")...)
	if size >= 0 {
		binary.LittleEndian.PutUint32(made[len(made)-len(data)-4:], uint32(size))
	}
	return made
}

func wavOf(t testing.TB, samples []float64, rate int) []byte {
	t.Helper()
	return file(formPCM, 1, rate, 16, linear(samples, 16), -1)
}

func linear(samples []float64, bits int) []byte {
	var out []byte
	for _, x := range samples {
		v := int64(math.Round(x * (math.Pow(2, float64(bits-1)) - 1)))
		switch bits {
		case 8:
			out = append(out, byte(v+128))
		case 16:
			out = binary.LittleEndian.AppendUint16(out, uint16(v))
		case 24:
			out = append(out, byte(v), byte(v>>8), byte(v>>16))
		case 32:
			out = binary.LittleEndian.AppendUint32(out, uint32(v))
		}
	}
	return out
}

func writeFile(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.wav")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryFormIsRead(t *testing.T) {
	want := tone(440, 16000, 1600, 0.5)
	pcm := linear(want, 16)
	var floats, stereo []byte
	for _, x := range want {
		floats = binary.LittleEndian.AppendUint32(floats, math.Float32bits(float32(x)))
	}
	for i := 0; i < len(pcm); i += 2 {
		stereo = append(append(stereo, pcm[i], pcm[i+1]), 0, 0) // the right side is silent
	}
	extensible := file(formExtensible, 1, 16000, 16, pcm, -1)
	extensible = append(append(append(append([]byte(nil), extensible[:16]...), 40, 0, 0, 0), extensible[20:36]...), append(append([]byte{22, 0, 16, 0, 4, 0, 0, 0}, append([]byte{1, 0}, make([]byte, 14)...)...), extensible[36:]...)...)
	for _, c := range []struct {
		name     string
		file     []byte
		gain, by float64 // expected level, and how far a sample may be off
	}{
		{"8 bits", file(formPCM, 1, 16000, 8, linear(want, 8), -1), 1, 0.01},
		{"16 bits", file(formPCM, 1, 16000, 16, pcm, -1), 1, 0.0001},
		{"24 bits", file(formPCM, 1, 16000, 24, linear(want, 24), -1), 1, 0.0001},
		{"32 bits", file(formPCM, 1, 16000, 32, linear(want, 32), -1), 1, 0.0001},
		{"floating point", file(formFloat, 1, 16000, 32, floats, -1), 1, 0.0001},
		{"A-law", file(formALaw, 1, 16000, 8, g711.EncodeAlaw(pcm), -1), 1, 0.02},
		{"mu-law", file(formMuLaw, 1, 16000, 8, g711.EncodeUlaw(pcm), -1), 1, 0.02},
		{"stereo", file(formPCM, 2, 16000, 16, stereo, -1), 0.5, 0.0001},
		{"extensible", extensible, 1, 0.0001},
		{"length of a pipe", file(formPCM, 1, 16000, 16, pcm, 0x7ffff000), 1, 0.0001},
		{"largest length", file(formPCM, 1, 16000, 16, pcm, 0xffffffff), 1, 0.0001},
	} {
		s, err := readWAV(c.file)
		if err != nil || s.rate != 16000 || len(s.samples) != len(want) {
			t.Errorf("%s: %v, rate %d, %d samples", c.name, err, s.rate, len(s.samples))
			continue
		}
		for i := range want {
			if math.Abs(s.samples[i]-want[i]*c.gain) > c.by {
				t.Errorf("%s: sample %d is %f, want %f", c.name, i, s.samples[i], want[i]*c.gain)
				break
			}
		}
	}
}

func TestWhatIsNoWAV(t *testing.T) {
	pcm := linear(tone(440, 8000, 100, 0.5), 16)
	for name, content := range map[string][]byte{
		"nothing": nil, "text": []byte("<html>geheimetekst</html>"), "a head alone": file(1, 1, 8000, 16, pcm, -1)[:30], "no sound": file(1, 1, 8000, 16, nil, -1),
		"no channels": file(1, 0, 8000, 16, pcm, -1), "a rate of 1": file(1, 1, 1, 16, pcm, -1), "12 bits": file(1, 1, 8000, 12, pcm, -1), "MP3 within": file(0x55, 1, 8000, 16, pcm, -1),
	} {
		if _, err := readWAV(content); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	said := voice.Audio{0, 1, -1, math.MaxInt16, math.MinInt16}
	s, err := readWAV(WAV(said))
	if err != nil || s.rate != voice.Rate || len(s.samples) != len(said) {
		t.Fatalf("%v, rate %d, %d samples", err, s.rate, len(s.samples))
	}
	for i, x := range s.samples {
		if x != float64(said[i])/(1<<15) {
			t.Errorf("sample %d is %f, want %d", i, x, said[i])
		}
	}
}

func FuzzReadWAV(f *testing.F) {
	pcm := linear(tone(440, 8000, 50, 0.5), 16)
	f.Add(file(formPCM, 1, 8000, 16, pcm, -1))
	f.Add(file(formALaw, 2, 44100, 8, pcm, 0x7ffff000))
	f.Add(file(formExtensible, 1, 22050, 24, pcm, 3))
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := readWAV(content)
		if err != nil {
			return
		}
		if len(s.samples) == 0 || len(s.samples) > len(content) || s.rate < leastRate || s.rate > mostRate {
			t.Errorf("%d samples at %d Hz from %d bytes", len(s.samples), s.rate, len(content))
		}
		for _, x := range s.samples {
			if math.IsNaN(x) || math.Abs(x) > 8 {
				t.Fatalf("a sample is %f", x)
			}
		}
	})
}

func decibel(samples []float64) float64 { return 10 * math.Log10(power(samples)) }

func TestResamplingKeepsTheBandAndNothingElse(t *testing.T) {
	for _, rate := range []int{11025, 16000, 22050, 24000, 32000, 44100, 48000, 44101} {
		for _, c := range []struct {
			frequency   float64
			least, most float64 // dB against the source
		}{{300, -0.1, 0.1}, {1000, -0.1, 0.1}, {3300, -0.5, 0.5}, {4100, -200, -70}, {5000, -200, -70}, {5400, -200, -70}} {
			if c.frequency > float64(rate)/2 {
				continue
			}
			in := tone(c.frequency, rate, rate, 0.5)
			out := resample(sound{in, rate})
			if d := len(out) - voice.Rate; d < -1 || d > 1 {
				t.Errorf("%d Hz: a second became %d samples", rate, len(out))
			}
			if got := decibel(out[1000:7000]) - decibel(in); got < c.least || got > c.most {
				t.Errorf("%d Hz, tone of %.0f Hz: %.1f dB, want %.1f to %.1f", rate, c.frequency, got, c.least, c.most)
			}
		}
	}
	up := resample(sound{tone(1000, 6000, 6000, 0.5), 6000})
	if got := decibel(up[1000:7000]) - decibel(tone(1000, 6000, 6000, 0.5)); math.Abs(got) > 0.1 {
		t.Errorf("from 6000 Hz: %.2f dB", got)
	}
}

func TestRumbleIsTakenOut(t *testing.T) {
	for _, c := range []struct{ frequency, least, most float64 }{{50, -200, -50}, {100, -200, -30}, {300, -3, 0}, {1000, -0.1, 0.1}} {
		in := tone(c.frequency, voice.Rate, voice.Rate, 0.5)
		if got := decibel(highPass(in)[2000:]) - decibel(in); got < c.least || got > c.most {
			t.Errorf("%.0f Hz: %.1f dB, want %.1f to %.1f", c.frequency, got, c.least, c.most)
		}
	}
}

func TestLoudnessIsTheSameForAll(t *testing.T) {
	quiet, loud := tone(800, 22050, 22050, 0.003), tone(800, 22050, 22050, 0.99)
	pauses := append(append(tone(800, 22050, 11025, 0.2), make([]float64, 44100)...), tone(800, 22050, 11025, 0.2)...)
	peaks := tone(800, 22050, 22050, 0.02)
	for i := 500; i < len(peaks); i += 1500 {
		peaks[i] = 1
	}
	for name, in := range map[string][]float64{"quiet": quiet, "loud": loud, "with pauses": pauses, "with peaks": peaks} {
		a, err := prepare(sound{in, 22050})
		if err != nil {
			t.Fatal(name, err)
		}
		if got := loudnessOf(t, a); math.Abs(got-level) > 0.5 {
			t.Errorf("%s: %.2f dBov", name, got)
		}
		for _, x := range a {
			if math.Abs(float64(x)) > ceiling*32768 {
				t.Errorf("%s: %d is above the ceiling", name, x)
				break
			}
		}
	}
}

func TestSilenceAtTheEnds(t *testing.T) {
	in := append(append(make([]float64, 8000), tone(800, 8000, 4000, 0.3)...), make([]float64, 8000)...)
	a, err := prepare(sound{in, 8000})
	if err != nil {
		t.Fatal(err)
	}
	if want := 500*time.Millisecond + before + after; a.Length() < want-20*time.Millisecond || a.Length() > want+20*time.Millisecond {
		t.Errorf("%s, want %s", a.Length(), want)
	}
	for i, x := range a[:voice.Rate/1000*55] {
		if x != 0 {
			t.Fatalf("sample %d at the start is %d", i, x)
		}
	}
	if _, err := prepare(sound{make([]float64, 8000), 8000}); err == nil {
		t.Error("silence is no speech")
	}
}

func TestStretchKeepsThePitch(t *testing.T) {
	var in voice.Audio
	for _, x := range tone(220, voice.Rate, 4*voice.Rate, 0.4) {
		in = append(in, int16(x*32767))
	}
	out := Stretch(in, 1/slowly)
	if ratio := float64(len(out)) / float64(len(in)); ratio < 1.28 || ratio > 1.38 {
		t.Errorf("%.3f times as long", ratio)
	}
	crossings := 0
	for i := 1; i < len(out); i++ {
		if out[i-1] < 0 && out[i] >= 0 {
			crossings++
		}
	}
	if pitch := float64(crossings) / out.Length().Seconds(); math.Abs(pitch-220) > 6 {
		t.Errorf("220 Hz became %.1f Hz", pitch)
	}
	if d := loudnessOf(t, out) - loudnessOf(t, in); math.Abs(d) > 0.5 {
		t.Errorf("it is %.2f dB louder", d)
	}
}

func TestJoin(t *testing.T) {
	a, b := voice.Audio{1, 2}, voice.Audio{3}
	all := Join(time.Millisecond, a, b)
	if len(all) != 2+8+1 || all[0] != 1 || all[2] != 0 || all[10] != 3 {
		t.Errorf("%v", all)
	}
	if Join(time.Second) != nil {
		t.Error("nothing joined is something")
	}
}
