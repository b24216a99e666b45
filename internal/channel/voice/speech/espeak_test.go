package speech

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// alerts are messages as they go out, one per language.
var alerts = map[buurtbel.Language]string{
	buurtbel.Dutch:   "Politiezone Vlierbeek: inbraak bezig in de omgeving van Kerkstraat 12A bus 3. Twee personen te voet, met een donkere jas. Bel 112 of 101. Stand om 14.05 uur, geldig tot 16u30.",
	buurtbel.French:  "Zone de police Vlierbeek : cambriolage en cours, secteur rue du Moulin 12A. Deux personnes à pied, en veste sombre. Appelez le 112 ou le 101. Situation à 14 h 05, valable jusqu'à 16h30.",
	buurtbel.German:  "Polizeizone Vlierbeek: Gerade läuft ein Einbruch im Bereich Mühlenweg 12A. Zwei Personen zu Fuß, in dunkler Jacke. Rufen Sie 112 oder 101 an. Stand 14.05 Uhr, gültig bis 16.30 Uhr.",
	buurtbel.English: "Police zone Vlierbeek: burglary in progress near 12A Mill Rd. Two people on foot in dark coats. Call 112 or 101. Seen at 14:05, valid until 16:30.",
}

func openEspeak(t testing.TB, c Config) voice.Speaker {
	t.Helper()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		missing := "espeak-ng is not installed: apt-get install espeak-ng"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	s, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func speak(t testing.TB, s voice.Speaker, text string, language buurtbel.Language, slow bool) voice.Audio {
	t.Helper()
	audio, err := s.Speak(t.Context(), text, language, slow)
	if err != nil {
		t.Fatal(err)
	}
	return audio
}

// loudnessOf is the level of active speech in dBov.
func loudnessOf(t testing.TB, a voice.Audio) float64 {
	t.Helper()
	samples := make([]float64, len(a))
	for i, x := range a {
		samples[i] = float64(x) / 32768
	}
	loud, ok := loudness(samples)
	if !ok {
		t.Fatal("silence")
	}
	return loud
}

func TestEspeakSpeaksFourLanguages(t *testing.T) {
	s := openEspeak(t, Config{})
	for _, l := range buurtbel.Languages {
		text := Say(alerts[l], l, nil)
		usual, slow := speak(t, s, text, l, false), speak(t, s, text, l, true)
		words := float64(len(strings.Fields(text)))
		if perMinute := words / usual.Length().Minutes(); perMinute < 90 || perMinute > 220 {
			t.Errorf("%s: %.0f words a minute", l, perMinute)
		}
		if ratio := float64(len(slow)) / float64(len(usual)); ratio < 1.2 || ratio > 1.5 {
			t.Errorf("%s: slow is %.2f times as long", l, ratio)
		}
		for _, a := range []voice.Audio{usual, slow} {
			if loud := loudnessOf(t, a); math.Abs(loud-level) > 0.5 {
				t.Errorf("%s: %.2f dBov, want %.0f", l, loud, level)
			}
			for i, x := range a {
				if math.Abs(float64(x)) > ceiling*32768 {
					t.Fatalf("%s: sample %d is %d: above the ceiling", l, i, x)
				}
			}
		}
	}
}

func TestEqualLoudnessOverSentencesAndVoices(t *testing.T) {
	lines := []string{
		"Bel nu honderdtwaalf.", "Ja.", "Druk één om te bevestigen dat u dit bericht hoorde. Druk twee om het opnieuw te horen.",
		"Sssst, stil.", Say(alerts[buurtbel.Dutch], buurtbel.Dutch, nil),
	}
	for _, name := range []string{"nl", "nl+f2", "nl+m3", "nl+whisper"} {
		s := openEspeak(t, Config{Voices: []string{"nl=" + name}})
		for _, line := range lines {
			if loud := loudnessOf(t, speak(t, s, line, buurtbel.Dutch, false)); math.Abs(loud-level) > 0.5 {
				t.Errorf("voice %s, %q: %.2f dBov, want %.0f", name, line, loud, level)
			}
		}
	}
}

func TestPhonemesAreNotSmuggledIn(t *testing.T) {
	s := openEspeak(t, Config{})
	plain := speak(t, s, "bel de politie", buurtbel.Dutch, false)
	with := speak(t, s, "bel de politie [[[[", buurtbel.Dutch, false)
	if len(plain) != len(with) {
		t.Errorf("brackets change what is said: %d and %d samples", len(plain), len(with))
	}
}

// TestTextIsInNoArguments looks at every process of the machine while a program holds the text.
func TestTextIsInNoArguments(t *testing.T) {
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("this system has no /proc")
	}
	const secret = "zeldzaamwoordzonderbetekenis"
	started := filepath.Join(t.TempDir(), "started")
	script := writeProgram(t, `read -r text; echo "$text" > "`+started+`.part"; mv "`+started+`.part" "`+started+`"; exec sleep 60`)
	s, err := Open(Config{Kind: Command, Program: script, Args: []string{"{voice}", "{speed}"}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := s.Speak(ctx, secret, buurtbel.Dutch, false)
		done <- err
	}()
	await(t, started)
	seen := 0
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		line, err := os.ReadFile(f)
		if err != nil {
			continue // the process ended
		}
		seen++
		if strings.Contains(string(line), secret) {
			t.Errorf("the text is in %s", f)
		}
	}
	if seen == 0 {
		t.Error("no process was looked at")
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), secret) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestEspeakIsKilledAndShowsNoText has espeak-ng busy for seconds, looks at its arguments, and cancels.
func TestEspeakIsKilledAndShowsNoText(t *testing.T) {
	const secret = "zeldzaamwoordzonderbetekenis"
	s := openEspeak(t, Config{Largest: 1 << 30})
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("this system has no /proc")
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := s.Speak(ctx, strings.Repeat(secret+". ", 20_000), buurtbel.Dutch, false)
		done <- err
	}()
	child, arguments := childProcess(t, "espeak-ng")
	if strings.Contains(arguments, secret) || !strings.Contains(arguments, "--stdin") {
		t.Errorf("arguments: %q", arguments)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), secret) {
		t.Errorf("cancelled: %v", err)
	}
	gone(t, child)
}

// childProcess waits for a process of a name whose parent is this one.
func childProcess(t *testing.T, name string) (pid int, arguments string) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for range 10_000 {
		files, err := filepath.Glob("/proc/[0-9]*/stat")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			stat, err := os.ReadFile(f)
			if err != nil || !strings.Contains(string(stat), fmt.Sprintf("(%s) ", name)) {
				continue
			}
			line, err := os.ReadFile(filepath.Join(filepath.Dir(f), "cmdline"))
			fields := strings.Fields(string(stat))
			if err != nil || fields[3] != strconv.Itoa(os.Getpid()) {
				continue
			}
			if pid, err = strconv.Atoi(fields[0]); err == nil && len(line) > 0 {
				return pid, string(line)
			}
		}
		<-tick.C
	}
	t.Fatalf("%s never began", name)
	return 0, ""
}
