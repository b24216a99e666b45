package token

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

func newRing(t testing.TB) (*vault.Ring, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keyring")
	r, err := vault.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	return r, path
}

var anID = rapid.Custom(func(t *rapid.T) buurtbel.ID { return buurtbel.ID(rapid.Int64Range(1, 1<<63-1).Draw(t, "id")) })

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if err == nil || buurtbel.KeyOf(err) != key {
		t.Fatalf("got error %v, want %s", err, key)
	}
}

func TestSigned(t *testing.T) {
	ring, _ := newRing(t)
	rapid.Check(t, func(t *rapid.T) {
		id := anID.Draw(t, "id")
		s := Sign(ring, Heard, id)
		if got, err := VerifySigned(ring, Heard, s); err != nil || got != id {
			t.Fatalf("%d signed as %q reads as %d, %v", id, s, got, err)
		}
		if len(s) > 22 || strings.Trim(s, base62) != "" {
			t.Fatalf("%q is no token for an SMS", s)
		}
		if _, err := VerifySigned(ring, View, s); err == nil {
			t.Fatal("good for another purpose")
		}
		i := rapid.IntRange(0, len(s)-1).Draw(t, "place")
		c := rapid.SampledFrom([]byte(base62)).Draw(t, "character")
		if changed := s[:i] + string(c) + s[i+1:]; changed != s {
			if _, err := VerifySigned(ring, Heard, changed); err == nil {
				t.Fatalf("%q is as good as %q", changed, s)
			}
		}
	})
}

func TestSignedHasOneSpelling(t *testing.T) {
	ring, _ := newRing(t)
	s := Sign(ring, Heard, 4711)
	for _, other := range []string{"", "0", s[1:], s[:len(s)-1], "0" + s, s + "0", s + " ", " " + s, strings.ToUpper(s) + "x", s[:len(s)-11], s + s,
		strings.Repeat("z", 22), strings.Repeat("é", 11), "-" + s} {
		_, err := VerifySigned(ring, Heard, other)
		wantKey(t, err, "error.token.unknown")
		if other != "" && other != "0" && strings.Contains(err.Error(), other) {
			t.Error("the error quotes the token")
		}
	}
}

func TestTokensOutliveRotationNotTheRing(t *testing.T) {
	ring, path := newRing(t)
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	s, u, c := Sign(ring, Heard, 1), SignUntil(ring, SignIn, 1, now.Add(time.Hour)), HashCode(ring, Verify, 1, "123456")
	if err := ring.Rotate(path); err != nil {
		t.Fatal(err)
	}
	if _, err := VerifySigned(ring, Heard, s); err != nil {
		t.Error(err)
	}
	if _, err := VerifyUntil(ring, SignIn, u, now); err != nil {
		t.Error(err)
	}
	if !bytes.Equal(c, HashCode(ring, Verify, 1, "123456")) {
		t.Error("a code was lost by rotation")
	}
	if s == Sign(ring, Heard, 1) {
		t.Error("still signed with the old key")
	}
	other, _ := newRing(t)
	_, err := VerifySigned(other, Heard, s)
	wantKey(t, err, "error.token.unknown")
	_, err = VerifyUntil(other, SignIn, u, now)
	wantKey(t, err, "error.token.unknown")
}

func TestSignedUntil(t *testing.T) {
	ring, _ := newRing(t)
	rapid.Check(t, func(t *rapid.T) {
		id := anID.Draw(t, "id")
		end := time.Unix(rapid.Int64Range(1, 1<<35).Draw(t, "end"), 0)
		s := SignUntil(ring, SignIn, id, end)
		if got, err := VerifyUntil(ring, SignIn, s, end.Add(-time.Nanosecond)); err != nil || got != id || len(s) != 39 {
			t.Fatalf("%q reads as %d, %v", s, got, err)
		}
		if _, err := VerifyUntil(ring, SignIn, s, end); buurtbel.KeyOf(err) != "error.token.expired" {
			t.Fatalf("at its end: %v", err)
		}
		if _, err := VerifyUntil(ring, Verify, s, end.Add(-time.Second)); err == nil {
			t.Fatal("good for another purpose")
		}
		i := rapid.IntRange(0, len(s)-1).Draw(t, "place")
		c := rapid.SampledFrom([]byte(base62+"-_=")).Draw(t, "character")
		if changed := s[:i] + string(c) + s[i+1:]; changed != s {
			if _, err := VerifyUntil(ring, SignIn, changed, end.Add(-time.Second)); buurtbel.KeyOf(err) != "error.token.unknown" {
				t.Fatalf("%q: %v", changed, err)
			}
		}
	})
}

func TestSortsDoNotMix(t *testing.T) {
	ring, _ := newRing(t)
	now := time.Unix(1e9, 0)
	_, err := VerifyUntil(ring, Heard, Sign(ring, Heard, 1), now)
	wantKey(t, err, "error.token.unknown")
	_, err = VerifySigned(ring, Heard, SignUntil(ring, Heard, 1, now.Add(time.Hour)))
	wantKey(t, err, "error.token.unknown")
}

func TestOneUse(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		s, hash := New()
		if seen[s] || len(s) != 27 || !bytes.Equal(hash, Hash(s)) || bytes.Contains(hash, []byte(s)) {
			t.Fatalf("%q", s)
		}
		seen[s] = true
	}
}

func TestCodes(t *testing.T) {
	counts := map[rune]int{}
	for range 2000 {
		c := NewCode()
		if got, err := ReadCode(c); err != nil || got != c {
			t.Fatalf("%q reads as %q, %v", c, got, err)
		}
		d := NewDigits()
		if got, err := ReadCode(d); err != nil || got != d || len(d) != 6 {
			t.Fatalf("%q reads as %q, %v", d, got, err)
		}
		for _, r := range strings.ReplaceAll(c, "-", "") {
			counts[r]++
		}
	}
	for _, r := range codeAlphabet { // 640 expected of each; five standard deviations are 125
		if n := counts[r]; n < 500 || n > 780 {
			t.Errorf("%c was drawn %d times", r, n)
		}
	}
}

func TestReadCode(t *testing.T) {
	for typed, want := range map[string]string{
		"k7wn-2xha": "K7WN-2XHA", " K7WN 2XHA ": "K7WN-2XHA", "k7wn2xha": "K7WN-2XHA", "KTWN-ZXHA": "KTWN-2XHA", "BSZG-UOQ0": "8526-VDDD",
		"123 456": "123456", "12-34-56": "123456", "": "", "K7WN-2XH": "", "K7WN-2XHAA": "", "K7WN-2XH1": "", "K7WN-2XHé": "", "12345": "",
		"1234567": "", strings.Repeat("-", 100) + "123456": "",
	} {
		got, err := ReadCode(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q reads as %q, %v; want %q", typed, got, err, want)
		}
	}
}

func TestHashCodeIsBound(t *testing.T) {
	ring, _ := newRing(t)
	other, _ := newRing(t)
	h := HashCode(ring, Verify, 1, "123456")
	for name, x := range map[string][]byte{
		"purpose": HashCode(ring, SignIn, 1, "123456"), "subject": HashCode(ring, Verify, 2, "123456"),
		"code": HashCode(ring, Verify, 1, "123457"), "ring": HashCode(other, Verify, 1, "123456"),
	} {
		if bytes.Equal(h, x) {
			t.Error(name, "does not count")
		}
	}
}

func FuzzVerifySigned(f *testing.F) {
	ring, _ := newRing(f)
	good := Sign(ring, Heard, 4711)
	f.Add(good)
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := VerifySigned(ring, Heard, s); err == nil && Sign(ring, Heard, id) != s {
			t.Fatalf("%q is taken for %d", s, id)
		}
	})
}

func FuzzVerifyUntil(f *testing.F) {
	ring, _ := newRing(f)
	now := time.Unix(1e9, 0)
	good := SignUntil(ring, SignIn, 4711, now.Add(time.Hour))
	f.Add(good)
	f.Add(strings.Repeat("A", 39))
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := VerifyUntil(ring, SignIn, s, now); err == nil && s != good {
			t.Fatalf("%q was taken", s)
		}
	})
}

func FuzzReadCode(f *testing.F) {
	f.Add("k7wn-2xha")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ReadCode(s)
		if err != nil {
			return
		}
		if again, err := ReadCode(c); err != nil || again != c {
			t.Fatalf("%q reads as %q reads as %q", s, c, again)
		}
	})
}

func BenchmarkSign(b *testing.B) {
	ring, _ := newRing(b)
	b.ReportAllocs()
	for b.Loop() {
		Sign(ring, Heard, 1<<61)
	}
}
