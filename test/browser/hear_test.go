package browser_test

import (
	"encoding/binary"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/channel/voice/speech"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/outside"
)

// foundCalling is found with telephones that ring. What a call says is sung: each digit is a tone of its own, every other word a short low hum, so
// that a test hears on the line which digits were said.
func foundCalling(t *testing.T, members int, now func() time.Time) *house {
	t.Helper()
	singer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if _, err := w.Write(speech.WAV(sung(string(text)))); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(singer.Close)
	h := &house{T: t, host: "127.0.0.1", now: now, calls: true, change: func(c *config.Config, _ string) {
		c.Speech = speech.Config{Kind: speech.HTTP, URL: singer.URL, Format: "text", Body: "{text}"}
	}}
	return h.built(members)
}

// spoken are the digits as a Dutch voice reads them.
var spoken = []string{"nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"}

const (
	sungFor  = voice.Rate * 140 / 1000 // samples of a digit
	restFor  = voice.Rate * 80 / 1000  // between words
	otherFor = voice.Rate * 30 / 1000  // of any other word
	hum      = 250.0                   // hertz
)

// pitch is the tone of a digit in hertz, well within what a telephone carries.
func pitch(digit int) float64 { return 500 + 150*float64(digit) }

func sung(text string) voice.Audio {
	var out voice.Audio
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		hertz, samples := hum, otherFor
		for digit, name := range spoken {
			if strings.Trim(word, ".,:;!?") == name {
				hertz, samples = pitch(digit), sungFor
			}
		}
		for i := range samples {
			out = append(out, int16(9000*math.Sin(2*math.Pi*hertz*float64(i)/voice.Rate)))
		}
		out = append(out, make(voice.Audio, restFor)...)
	}
	return out
}

// heardIn gives the digits that were sung in a WAV file, in order. Where no digit was sung for longer than the rests within a code take, a new run begins.
func heardIn(wav []byte) (runs []string) {
	const frame, enough, apart = voice.Rate / 50, 4, 12 // samples, and frames of 20 ms
	if len(wav) < 44 {
		return nil
	}
	var digits strings.Builder
	end := func() {
		if digits.Len() > 0 {
			runs = append(runs, digits.String())
		}
		digits.Reset()
	}
	last, run := -1, 0
	for at := 44; at+2*frame <= len(wav); at += 2 * frame {
		digit := toneIn(wav[at : at+2*frame])
		if digit != last {
			last, run = digit, 0
		}
		switch run++; {
		case run == enough && digit >= 0:
			digits.WriteByte(byte('0' + digit))
		case run == apart && digit < 0:
			end()
		}
	}
	end()
	return runs
}

// saidTwice gives the code of so many digits that two runs agree on; "" when none do. On a busy machine a digit may be lost on the line: then the
// call says it again.
func saidTwice(runs []string, length int) string {
	for i, run := range runs {
		if len(run) == length && slices.Contains(runs[:i], run) {
			return run
		}
	}
	return ""
}

// toneIn gives the digit whose tone fills a piece of sound; -1: none does.
func toneIn(piece []byte) int {
	best, loudest, all := -1, 0.0, 0.0
	n := len(piece) / 2
	for i := range n {
		v := float64(int16(binary.LittleEndian.Uint16(piece[2*i:])))
		all += v * v
	}
	for digit := range spoken {
		var re, im float64
		for i := range n {
			v := float64(int16(binary.LittleEndian.Uint16(piece[2*i:])))
			angle := 2 * math.Pi * pitch(digit) * float64(i) / voice.Rate
			re, im = re+v*math.Cos(angle), im+v*math.Sin(angle)
		}
		if power := 2 * (re*re + im*im) / float64(n); power > loudest {
			best, loudest = digit, power
		}
	}
	if all < float64(n)*200*200 || loudest < 0.7*all {
		return -1
	}
	return best
}

// TestDigitsAreHeard sings every digit and hears it again.
func TestDigitsAreHeard(t *testing.T) {
	sound := sung("Uw code is: Nul. Één. Twee. Drie. Vier. Vier. Vijf. Zes. Zeven. Acht. Negen. Vroeg u dit niet, dan is een code niets.")
	if got := heardIn(speech.WAV(sound)); !slices.Equal(got, []string{"01234456789"}) {
		t.Errorf("heard %q", got)
	}
	sound = sung("Uw code is: een. Nul. Twee. Ik herhaal. Uw code is: nul. Twee. Ik herhaal. Uw code is: nul. Twee.")
	if got := saidTwice(heardIn(speech.WAV(sound)), 2); got != "02" {
		t.Errorf("heard %q in %q", got, heardIn(speech.WAV(sound)))
	}
}

// absent lets nobody pick a telephone up but the test.
func (h *house) absent(number string) {
	h.Helper()
	err := h.outside.Fault(h.Context(), func(f *outside.Fault) {
		f.CallRules = append(f.CallRules, outside.CallRule{Suffix: strings.TrimPrefix(number, "+"), Habit: "absent"})
	})
	if err != nil {
		h.Fatal(err)
	}
}

// picksUp waits until a telephone rings for the nth time, picks it up, writes down the code of so many digits that is said twice, and puts
// it down: no key is asked for.
func (h *house) picksUp(number string, nth, length int) (code string) {
	h.Helper()
	id := ""
	h.until("a telephone that rings", func() bool {
		rung := 0
		err := h.outside.CallLog(h.Context(), func(e outside.CallEntry) error {
			if e.Number == number && e.Rang {
				if rung++; rung == nth && e.State == outside.Ringing {
					id = e.ID
				}
			}
			return nil
		})
		if err != nil {
			h.Fatal(err)
		}
		return id != ""
	})
	if err := h.outside.PickUp(h.Context(), id); err != nil {
		h.Fatal(err)
	}
	h.until("a code that is said twice", func() bool {
		sound, err := h.outside.Sound(h.Context(), id)
		if err == nil {
			code = saidTwice(heardIn(sound), length)
		}
		return err == nil && code != ""
	})
	if err := h.outside.PutDown(h.Context(), id); err != nil {
		h.Fatal(err)
	}
	h.until("the end of the call", func() bool {
		ended := false
		err := h.outside.CallLog(h.Context(), func(e outside.CallEntry) error {
			ended = ended || e.ID == id && e.State == outside.Ended
			return nil
		})
		if err != nil {
			h.Fatal(err)
		}
		return ended
	})
	return code
}

// texted waits for a text with words on a telephone and gives its code of so many digits.
func (h *house) texted(number, words string, length int) (code string) {
	h.Helper()
	h.until("a text with a code", func() bool {
		phones, err := h.outside.Phones(h.Context())
		if err != nil {
			h.Fatal(err)
		}
		for _, one := range phones {
			for _, b := range one.Bubbles {
				if one.Number == number && b.In && strings.Contains(b.Text, words) {
					code = codeIn(b.Text, length)
				}
			}
		}
		return code != ""
	})
	return code
}

// codeIn gives the first run of so many digits.
func codeIn(text string, length int) string {
	for _, run := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(run) == length {
			return run
		}
	}
	return ""
}
