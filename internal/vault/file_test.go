package vault

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/buurtbel/buurtbel"
)

func TestCreateNeverOverwrites(t *testing.T) {
	_, path := newRing(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Create(path)
	wantKey(t, err, "error.vault.exists")
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Fatal("the ring was touched", err)
	}
	_, err = Create(filepath.Join(t.TempDir(), "no", "folder"))
	wantKey(t, err, "error.vault.write")
}

func TestRingIsForItsOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps no permission bits")
	}
	_, path := newRing(t)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o644, 0o610} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path)
		wantKey(t, err, "error.vault.readable-by-others")
	}
	_, err = Open(filepath.Join(t.TempDir(), "none"))
	wantKey(t, err, "error.vault.missing")
	_, err = Open(t.TempDir())
	if err == nil {
		t.Fatal("opened a folder")
	}
}

func TestRotate(t *testing.T) {
	r, path := newRing(t)
	old, first := seal(t, r, place, "before"), r.ActiveKey()
	if err := r.Rotate(path); err != nil {
		t.Fatal(err)
	}
	if r.ActiveKey() == first || r.Keys() != 2 {
		t.Fatalf("active %d after %d, %d keys", r.ActiveKey(), first, r.Keys())
	}
	young := seal(t, r, place, "after")
	if n, ok := KeyOf(old); !ok || n != first {
		t.Error("the old value names its key", n, ok)
	}
	if n, ok := KeyOf(young); !ok || n != r.ActiveKey() {
		t.Error("the new value names its key", n, ok)
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, ring := range []*Ring{r, again} {
		for s, want := range map[*Sealed]string{&old: "before", &young: "after"} {
			if got, err := ring.Open(place, *s); err != nil || string(got) != want {
				t.Errorf("%q %v", got, err)
			}
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Error(info.Mode(), err)
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Error("something was left behind", err)
	}
}

func TestReloadSeesAnotherProcessRotate(t *testing.T) {
	serving, path := newRing(t)
	other, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Rotate(path); err != nil {
		t.Fatal(err)
	}
	s := seal(t, other, place, "x")
	if !serving.VerifyMAC(Journal, []byte("x"), other.MAC(Journal, []byte("x"))) {
		t.Error("what the new key authenticated is refused")
	}
	if _, err = serving.Open(place, s); err != nil {
		t.Fatal("the file was not looked at again", err)
	}
	if serving.ActiveKey() != other.ActiveKey() {
		t.Error("the old key still seals")
	}
	if err := other.Rotate(path); err != nil {
		t.Fatal(err)
	}
	if err := serving.Refresh(); err != nil || serving.ActiveKey() != other.ActiveKey() {
		t.Error("Refresh did not see a second rotation", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	wantKey(t, serving.Reload(path), "error.vault.missing")
	if _, err = serving.Open(place, s); err != nil {
		t.Fatal("a failed reload must change nothing", err)
	}
}

func TestOneRotationAtATime(t *testing.T) {
	r, path := newRing(t)
	if err := os.WriteFile(path+".new", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantKey(t, r.Rotate(path), "error.vault.rotating")
	if err := os.Remove(path + ".new"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := r.Rotate(path); err != nil {
				t.Error(err)
			}
			if s, err := r.Seal(place, nil); err != nil {
				t.Error(err)
			} else if _, err := r.Open(place, s); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if again, err := Open(path); err != nil || again.Keys() != 9 {
		t.Fatal("9 keys expected", err)
	}
}

func TestBrokenRingNamesItsLine(t *testing.T) {
	_, path := newRing(t)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSpace(string(content)), "\n")
	secrets := allKeys(t, path)
	for name, c := range map[string]struct {
		content string
		line    int
	}{
		"empty":          {"", 1},
		"no hash key":    {lines[0] + lines[2], 3},
		"cut key":        {lines[0] + strings.Replace(lines[1], `"key":"`, `"key":"AA`, 1) + lines[2], 2},
		"cut line":       {lines[0] + lines[1] + lines[2][:40], 3},
		"twice the same": {lines[0] + lines[0], 2},
		"unknown field":  {strings.Replace(lines[0], `"id"`, `"nr"`, 1), 1},
		"unknown use":    {strings.Replace(lines[0], `"seal"`, `"peel"`, 1), 1},
		"number zero":    {strings.Replace(lines[0], `"id":1`, `"id":0`, 1), 1},
		"two values":     {strings.TrimSpace(lines[0]) + lines[1], 1},
		"not JSON":       {lines[0] + "key " + lines[1], 2},
	} {
		broken := filepath.Join(t.TempDir(), "ring")
		if err := os.WriteFile(broken, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(broken)
		var e *buurtbel.Error
		if !errors.As(err, &e) || e.Key != "error.vault.broken" || e.Args["Line"] != c.line {
			t.Errorf("%s: %v, want line %d", name, err, c.line)
			continue
		}
		for _, secret := range secrets {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error quotes a key", name)
			}
		}
	}
}

func TestRotatingABrokenRingLeavesIt(t *testing.T) {
	r, path := newRing(t)
	s := seal(t, r, place, "x")
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantKey(t, r.Rotate(path), "error.vault.broken")
	if _, err := os.Stat(path + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Error("something was left behind", err)
	}
	if _, err := r.Open(place, s); err != nil {
		t.Error(err)
	}
}

func TestFullRing(t *testing.T) {
	_, err := newEntries(1<<16-2, purposes)
	wantKey(t, err, "error.vault.full")
}
