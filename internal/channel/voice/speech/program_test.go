package speech

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// writeProgram makes a shell script.
func writeProgram(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "speaker")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// await waits until a file is there.
func await(t *testing.T, path string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(40 * time.Second)
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("the program did not begin in 40 s")
		}
	}
}

// gone waits until a process is no more.
func gone(t *testing.T, pid int) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 2000 {
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(state), ") Z ") || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return
		}
		<-tick.C
	}
	t.Errorf("process %d is still there", pid)
}

func TestCancelKillsTheProgramAndItsChildren(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pids")
	script := writeProgram(t, `cat >/dev/null; sleep 600 & echo "$$ $!" > "`+pids+`.part"; mv "`+pids+`.part" "`+pids+`"; wait`)
	s, err := Open(Config{Kind: Command, Program: script})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := s.Speak(ctx, "wordt nooit gezegd", buurtbel.Dutch, false)
		done <- err
	}()
	await(t, pids)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	text, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range strings.Fields(string(text)) {
		pid, err := strconv.Atoi(f)
		if err != nil {
			t.Fatal(err)
		}
		gone(t, pid)
	}
}

func TestProgramThatFails(t *testing.T) {
	const text = "geheimetekst"
	for _, c := range []struct {
		name, body, key string
		change          func(*Config)
	}{
		{"stops with an error and repeats the text", `cat >&2; exit 3`, "speech.program-stopped", nil},
		{"hangs", `exec sleep 60`, "speech.too-slow", func(c *Config) { c.Timeout = 50 * time.Millisecond }},
		{"never ends its sound", `cat >/dev/null; exec cat /dev/zero`, "speech.too-large", func(c *Config) { c.Largest = 1 << 16 }},
		{"gives no WAV", `cat`, "speech.unreadable", nil},
		{"gives nothing", `cat >/dev/null`, "speech.unreadable", nil},
		{"does not read the text", `exit 0`, "speech.unreadable", nil},
		{"gives silence", fmt.Sprintf("cat >/dev/null; cat %q", writeFile(t, wavOf(t, make([]float64, 8000), 8000))), "speech.silent", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := Config{Kind: Command, Program: writeProgram(t, c.body)}
			if c.change != nil {
				c.change(&config)
			}
			s, err := Open(config)
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Speak(t.Context(), strings.Repeat(text+" ", 2000), buurtbel.Dutch, false)
			if buurtbel.KeyOf(err) != c.key {
				t.Errorf("%v, want %s", err, c.key)
			}
			if strings.Contains(fmt.Sprint(err), text) {
				t.Errorf("the text is in the error: %v", err)
			}
			if !locale.Has(buurtbel.KeyOf(err)) {
				t.Errorf("no sentence for %s", buurtbel.KeyOf(err))
			}
		})
	}
}

func TestProgramThatIsMissing(t *testing.T) {
	for _, kind := range []string{Espeak, Command} {
		_, err := Open(Config{Kind: kind, Program: "speaks-in-no-language"})
		if buurtbel.KeyOf(err) != "speech.program-missing" || buurtbel.KindOf(err) != buurtbel.Invalid {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestProgramKnowsNoneOfOurSecrets(t *testing.T) {
	t.Setenv("BUURTBEL_STORE_DATABASE", "secret")
	out := filepath.Join(t.TempDir(), "environment")
	s, err := Open(Config{Kind: Command, Program: writeProgram(t, `env > "`+out+`"`)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Speak(t.Context(), "tekst", buurtbel.Dutch, false); err == nil {
		t.Error("no sound, and no error")
	}
	seen, err := os.ReadFile(out)
	if err != nil || strings.Contains(string(seen), "secret") {
		t.Errorf("the program sees our environment: %v", err)
	}
}

func TestArgumentsAreFilledIn(t *testing.T) {
	out := filepath.Join(t.TempDir(), "arguments")
	script := writeProgram(t, `echo "$@" >> "`+out+`"`)
	s, err := Open(Config{Kind: Command, Program: script, Args: []string{"-v", "{voice}", "{language}", "{speed}", "{percent}"}, Voices: []string{"fr=marie"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, slow := range []bool{false, true} {
		if _, err := s.Speak(t.Context(), "texte", buurtbel.French, slow); err == nil {
			t.Error("no sound, and no error")
		}
	}
	got, err := os.ReadFile(out)
	if err != nil || string(got) != "-v marie fr 1 100\n-v marie fr 0.75 75\n" {
		t.Errorf("%q, %v", got, err)
	}
}

// counting is an engine that notes how many texts it has at once, and lets go when told.
type counting struct {
	lock      sync.Mutex
	now, most int
	entered   chan struct{}
	release   chan struct{}
	answer    []byte
}

func (c *counting) wav(ctx context.Context, _ string, _ manner) ([]byte, error) {
	c.lock.Lock()
	c.now++
	c.most = max(c.most, c.now)
	c.lock.Unlock()
	c.entered <- struct{}{}
	<-c.release
	c.lock.Lock()
	c.now--
	c.lock.Unlock()
	return c.answer, ctx.Err()
}

func TestNoMoreAtOnceThanAllowed(t *testing.T) {
	e := &counting{entered: make(chan struct{}, 10), release: make(chan struct{}), answer: wavOf(t, tone(1000, 8000, 8000, 0.3), 8000)}
	s := &turns{engine: e, free: make(chan struct{}, 3), timeout: time.Minute}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if _, err := s.Speak(t.Context(), "tekst", buurtbel.Dutch, false); err != nil {
				t.Error(err)
			}
		})
	}
	for range 3 {
		<-e.entered
	}
	waiting, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Speak(waiting, "tekst", buurtbel.Dutch, false); !errors.Is(err, context.Canceled) {
		t.Errorf("who waits for a turn can go: %v", err)
	}
	close(e.release)
	all.Wait()
	if e.most != 3 {
		t.Errorf("%d at once, want 3", e.most)
	}
}

func TestNothingToSay(t *testing.T) {
	s := &turns{free: make(chan struct{}, 1), timeout: time.Second}
	for _, c := range []struct {
		text     string
		language buurtbel.Language
		key      string
	}{{" ", buurtbel.Dutch, "speech.text-empty"}, {"tekst", "it", "speech.language"}} {
		if _, err := s.Speak(t.Context(), c.text, c.language, false); buurtbel.KeyOf(err) != c.key || buurtbel.KindOf(err) != buurtbel.Invalid {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}
