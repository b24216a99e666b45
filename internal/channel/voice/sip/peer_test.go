package sip_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/channel/voice/sip"
	"github.com/buurtbel/buurtbel/internal/channel/voice/speech"
	"github.com/buurtbel/buurtbel/internal/port"
)

// absent skips a test whose peer is not installed; where everything is checked that is a failure.
func absent(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// program finds a peer.
func program(t testing.TB, name, debianPackage string) string {
	t.Helper()
	for _, folder := range []string{"", "/usr/sbin/", "/usr/bin/"} {
		if path, err := exec.LookPath(folder + name); err == nil {
			return path
		}
	}
	absent(t, name+" is absent: apt-get install "+debianPackage)
	return ""
}

// freePort gives a port of 127.0.0.1 that is free for UDP and TCP.
func freePort(t testing.TB) int { t.Helper(); return freePorts(t, 1) }

// freePorts gives the first of n ports that follow each other: sipp takes four for media.
func freePorts(t testing.TB, n int) int {
	t.Helper()
	p, err := port.Free(n)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// start runs a peer until the test ends.
func start(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Error(err)
		}
		cmd.Wait() // it was killed, and says so
		if t.Failed() {
			if b, err := os.ReadFile(log.Name()); err == nil {
				t.Logf("%s:\n%s", filepath.Base(cmd.Path), b[max(0, len(b)-6000):])
			}
		}
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
}

// fill writes a file of testdata with ${NAME} replaced, into folder.
func fill(t testing.TB, folder, name string, values map[string]string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for k, v := range values {
		text = strings.ReplaceAll(text, "${"+k+"}", v)
	}
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sipp runs a scenario of testdata and gives its address.
func sipp(t testing.TB, scenario string, values map[string]string, args ...string) string {
	t.Helper()
	path := program(t, "sipp", "sip-tester")
	folder := t.TempDir()
	port := freePort(t)
	args = append([]string{"-sf", fill(t, folder, scenario, values), "-i", "127.0.0.1", "-p", fmt.Sprint(port), "-mp", fmt.Sprint(freePorts(t, 4)), "-nostdin", "-trace_err"}, args...)
	cmd := exec.Command(path, args...)
	cmd.Dir = folder
	start(t, cmd)
	return fmt.Sprintf("127.0.0.1:%d", port)
}

const (
	caller = "+3220000100"
	callee = "+3220000123"
)

// open opens a trunk to server that is up.
func open(t testing.TB, server string, change func(*sip.Config), answer voice.Answer) *sip.Trunk {
	t.Helper()
	trunk := openDown(t, server, change, answer)
	until(t, "the trunk is up", trunk.Up)
	return trunk
}

func openDown(t testing.TB, server string, change func(*sip.Config), answer voice.Answer) *sip.Trunk {
	t.Helper()
	cfg := sip.Config{Name: "test", Server: server, Caller: caller, Local: "127.0.0.1"}
	if change != nil {
		change(&cfg)
	}
	trunk, err := sip.Open(t.Context(), cfg, sip.Options{Answer: answer})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := trunk.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return trunk
}

// until waits for what only time brings.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(40 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("waited in vain: " + what)
		}
	}
}

// receive takes the next value, or fails.
func receive[T any](t testing.TB, what string, from <-chan T) T {
	t.Helper()
	var v T
	select {
	case got, ok := <-from:
		if !ok {
			t.Fatal("closed: " + what)
		}
		v = got
	case <-time.After(40 * time.Second):
		t.Fatal("waited in vain: " + what)
	}
	return v
}

func dial(t testing.TB, trunk *sip.Trunk) voice.Call {
	t.Helper()
	c, r := trunk.Dial(t.Context(), callee, 10*time.Second)
	if r != nil {
		t.Fatalf("refused: %+v", *r)
	}
	return c
}

// words makes a sound like speech: bursts of noise in changing bands with pauses, loud from the first sample.
func words(length time.Duration) voice.Audio {
	rnd := rand.New(rand.NewPCG(1, 2))
	a := make(voice.Audio, int(length*voice.Rate/time.Second))
	var slow, phase float64
	for i := range a {
		at := float64(i) / voice.Rate
		slow += (rnd.NormFloat64() - slow) * 0.3
		phase += 2 * math.Pi * (180 + 60*math.Sin(at*3)) / voice.Rate
		loud := math.Max(0, math.Cos(2*math.Pi*at*2.2))
		a[i] = int16(9000 * loud * (0.6*math.Sin(phase) + 0.5*slow))
	}
	return a
}

// readWAV reads 16 bit mono PCM. A file that is still being written has a length of 0 in its header; what is there counts.
func readWAV(t testing.TB, path string) voice.Audio {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(b), "data")
	if at < 0 {
		t.Fatal("no sound in " + path)
	}
	return toAudio(b[at+8:])
}

func toAudio(b []byte) voice.Audio {
	a := make(voice.Audio, len(b)/2)
	for i := range a {
		a[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return a
}

func writeWAV(t testing.TB, path string, a voice.Audio) {
	t.Helper()
	if err := os.WriteFile(path, speech.WAV(a), 0o600); err != nil {
		t.Fatal(err)
	}
}

// likeness is the best correlation of want with any piece of got, and where that piece begins.
func likeness(want, got voice.Audio) (best float64, at int) {
	energy := func(a voice.Audio) (e float64) {
		for _, v := range a {
			e += float64(v) * float64(v)
		}
		return e
	}
	probe := want[:min(len(want), voice.Rate/2)]
	most := 0.0
	for i := 0; i+len(probe) <= len(got); i++ { // a first look with the first half second
		var dot float64
		for j, v := range probe {
			dot += float64(v) * float64(got[i+j])
		}
		if dot <= 0 {
			continue
		}
		if near := dot * dot / energy(got[i:i+len(probe)]); near > most {
			most, at = near, i
		}
	}
	piece := got[at:min(at+len(want), len(got))]
	var dot float64
	for i, v := range piece {
		dot += float64(v) * float64(want[i])
	}
	if e := math.Sqrt(energy(want) * energy(piece)); e > 0 {
		best = dot / e
	}
	return best, at
}
