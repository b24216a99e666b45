package speech

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// scripted is a speaker whose sound is as many samples as the text has letters.
type scripted struct {
	lock  sync.Mutex
	said  []string
	enter func(ctx context.Context) error
}

func (s *scripted) Speak(ctx context.Context, text string, _ buurtbel.Language, _ bool) (voice.Audio, error) {
	s.lock.Lock()
	s.said = append(s.said, text)
	s.lock.Unlock()
	if s.enter != nil {
		if err := s.enter(ctx); err != nil {
			return nil, err
		}
	}
	return make(voice.Audio, len(text)), nil
}

// folder writes recordings: an index, and tones of so many milliseconds.
func folder(t *testing.T, index string, tones map[string]int) string {
	t.Helper()
	at := t.TempDir()
	if err := os.WriteFile(filepath.Join(at, "index.json"), []byte(index), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, long := range tones {
		if err := os.WriteFile(filepath.Join(at, name), wavOf(t, tone(800, 16000, 16*long, 0.3), 16000), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return at
}

func TestRecordingsAndTheRest(t *testing.T) {
	at := folder(t, `[
		{"language":"nl","text":"Bel 112 of 101.","file":"bel.wav","slow":"traag.wav"},
		{"language":"nl","text":"Grijp niet zelf in. Bel 112 of 101.","file":"beide.wav"}]`, map[string]int{"bel.wav": 500, "traag.wav": 900, "beide.wav": 1000})
	rest := &scripted{}
	r, err := openRecorded(at, 1<<20, rest)
	if err != nil {
		t.Fatal(err)
	}
	ms := func(a voice.Audio) time.Duration { return a.Length().Round(50 * time.Millisecond) }
	ends := before + after
	for _, c := range []struct {
		text string
		slow bool
		long time.Duration
		rest []string
	}{
		{Say("Bel 112 of 101.", buurtbel.Dutch, nil), false, 500*time.Millisecond + ends, nil},
		{Say("BEL 112 of 101!", buurtbel.Dutch, nil), true, 900*time.Millisecond + ends, nil},
		{Say("Grijp niet zelf in. Bel 112 of 101.", buurtbel.Dutch, nil), false, time.Second + ends, nil},
		{Say("Grijp niet zelf in. Bel 112 of 101.", buurtbel.Dutch, nil), true, 1333*time.Millisecond + ends*4/3, nil},
		{Say("Inbraak in de Kerkstraat. Let op. Bel 112 of 101. Dank u.", buurtbel.Dutch, nil), false, 500*time.Millisecond + ends + 2*pause, []string{"Inbraak in de Kerkstraat. Let op.", "Dank u."}},
	} {
		rest.said = nil
		audio := speak(t, r, c.text, buurtbel.Dutch, c.slow)
		if d := ms(audio) - c.long; d < -60*time.Millisecond || d > 60*time.Millisecond {
			t.Errorf("%q: %s, want %s", c.text, ms(audio), c.long)
		}
		if d := cmp.Diff(c.rest, rest.said); d != "" {
			t.Errorf("%q: said by the other:\n%s", c.text, d)
		}
	}
	rest.said = nil
	speak(t, r, Say("Bel 112 of 101.", buurtbel.Dutch, nil), buurtbel.German, false)
	if len(rest.said) != 1 {
		t.Error("a recording is used in another language")
	}
	if _, err := r.Speak(t.Context(), "...", buurtbel.Dutch, false); buurtbel.KeyOf(err) != "speech.text-empty" {
		t.Errorf("marks alone: %v", err)
	}
}

func TestRecordingsThatAreBroken(t *testing.T) {
	entry := func(file string) string { return `[{"language":"nl","text":"Geheimetekst.","file":"` + file + `"}]` }
	for name, c := range map[string]struct{ folder, key string }{
		"no folder":      {filepath.Join(t.TempDir(), "none"), "speech.folder-missing"},
		"no index":       {t.TempDir(), "speech.index-unreadable"},
		"index no JSON":  {folder(t, `nl;Geheimetekst`, nil), "speech.index-unreadable"},
		"unknown field":  {folder(t, `[{"taal":"nl"}]`, nil), "speech.index-unreadable"},
		"no text":        {folder(t, `[{"language":"nl","file":"a.wav"}]`, nil), "speech.index-unreadable"},
		"file missing":   {folder(t, entry("a.wav"), nil), "speech.recording-unreadable"},
		"file no sound":  {folder(t, entry("index.json"), nil), "speech.recording-unreadable"},
		"out of folder":  {folder(t, entry("../a.wav"), nil), "speech.recording-unreadable"},
		"absolute place": {folder(t, entry(writeFile(t, wavOf(t, tone(800, 8000, 800, 0.3), 8000))), nil), "speech.recording-unreadable"},
	} {
		_, err := openRecorded(c.folder, 1<<20, &scripted{})
		if buurtbel.KeyOf(err) != c.key || buurtbel.KindOf(err) != buurtbel.Invalid || strings.Contains(err.Error(), "Geheime") {
			t.Errorf("%s: %v, want %s", name, err, c.key)
		}
	}
}

func TestCacheSaysEachTextOnce(t *testing.T) {
	s := &scripted{}
	c := NewCache(s, "stem", 1<<20)
	for range 3 {
		for _, slow := range []bool{false, true} {
			for _, l := range []buurtbel.Language{buurtbel.Dutch, buurtbel.French} {
				speak(t, c, "tekst", l, slow)
			}
		}
	}
	if len(s.said) != 4 {
		t.Errorf("said %d times, want 4", len(s.said))
	}
}

func TestCacheKeepsWithinItsBytes(t *testing.T) {
	s := &scripted{}
	c := NewCache(s, "stem", 10_000)
	say := func(letter string) { speak(t, c, strings.Repeat(letter, 1000), buurtbel.Dutch, false) }
	for _, letter := range strings.Split("abcdaeafag", "") { // a is used all the time
		say(letter)
	}
	if n := strings.Count(strings.Join(s.said, ""), "a"); n != 1000 {
		t.Errorf("what is used most was said %d times", n/1000)
	}
	if c.held > 10_000 || len(c.entries) != c.recent.Len() || len(c.entries) == 0 {
		t.Errorf("%d bytes in %d entries, %d listed", c.held, len(c.entries), c.recent.Len())
	}
	say(strings.Repeat("z", 10))
	if c.held > 10_000 {
		t.Errorf("%d bytes after a large one", c.held)
	}
}

func TestCacheMakesATextOnceForAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		s := &scripted{enter: func(ctx context.Context) error {
			select {
			case <-release:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}}
		c := NewCache(s, "stem", 1<<20)
		first, goes := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := c.Speak(first, "tekst", buurtbel.Dutch, false); !errors.Is(err, context.Canceled) {
				t.Errorf("who goes: %v", err)
			}
		})
		synctest.Wait()
		for range 5 {
			all.Go(func() {
				if _, err := c.Speak(t.Context(), "tekst", buurtbel.Dutch, false); err != nil {
					t.Errorf("who stays: %v", err)
				}
			})
		}
		synctest.Wait()
		goes()
		synctest.Wait()
		close(release)
		all.Wait()
		if len(s.said) != 1 {
			t.Errorf("said %d times", len(s.said))
		}
	})
}

func TestCacheStopsWhatNobodyWaitsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stopped := 0
		s := &scripted{}
		s.enter = func(ctx context.Context) error {
			if len(s.said) > 1 {
				return nil
			}
			<-ctx.Done()
			stopped++
			return ctx.Err()
		}
		c := NewCache(s, "stem", 1<<20)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.Speak(ctx, "tekst", buurtbel.Dutch, false); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who waited in vain: %v", err)
		}
		synctest.Wait()
		if stopped != 1 {
			t.Error("the making goes on although nobody waits")
		}
		if _, err := c.Speak(t.Context(), "tekst", buurtbel.Dutch, false); err != nil {
			t.Errorf("a failure was kept: %v", err)
		}
	})
}

func BenchmarkEspeak(b *testing.B) {
	s := openEspeak(b, Config{})
	for _, l := range buurtbel.Languages {
		text := Say(alerts[l], l, nil)
		b.Run(string(l), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Speak(b.Context(), text, l, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPrepare(b *testing.B) {
	in := sound{tone(800, 22050, 10*22050, 0.3), 22050}
	for b.Loop() {
		if _, err := prepare(in); err != nil {
			b.Fatal(err)
		}
	}
}
