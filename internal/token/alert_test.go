package token

import (
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
)

func TestAlertCodesAreReadBack(t *testing.T) {
	ring, _ := newRing(t)
	seen := map[string]bool{}
	for i := range 2000 {
		code := AlertCode(ring, buurtbel.ID(7), string(rune('a'+i%26))+strings.Repeat("k", i/26), 0)
		if len(code) != 7 || code[3] != '-' {
			t.Fatalf("code %q", code)
		}
		seen[code] = true
		for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""), " Code " + code + ". ", code[:3] + " " + code[4:], "code: " + code + "?"} {
			if got, ok := ReadAlertCode(typed); !ok || got != code {
				t.Fatalf("%q is read as %q, %t", typed, got, ok)
			}
		}
	}
	if len(seen) < 1999 {
		t.Errorf("%d different codes of 2000", len(seen))
	}
	if a, b := AlertCode(ring, 7, "k", 0), AlertCode(ring, 7, "k", 1); a == b {
		t.Error("another try gives the same code")
	}
	if a, b := AlertCode(ring, 7, "k", 0), AlertCode(ring, 8, "k", 0); a == b {
		t.Error("another zone gives the same code")
	}
	other, _ := newRing(t)
	if a, b := AlertCode(ring, 7, "k", 0), AlertCode(other, 7, "k", 0); a == b {
		t.Error("another ring gives the same code")
	}
}

func TestWhatIsNoAlertCode(t *testing.T) {
	for _, typed := range []string{"", "1", "STOP", "parket", "112 101", "123456", "7KM-4P9", "K7M-4PX", "K7M-4P9 er staat iemand", "K7M4P99", "CODE", "CODECODE", strings.Repeat("K", 99),
		"K7M-4P\u00e9", "1-ABC-234", "kerk12 5", "\x00K7M4P9"} {
		if code, ok := ReadAlertCode(typed); ok {
			t.Errorf("%q is read as the code %s", typed, code)
		}
	}
	if got, ok := ReadAlertCode("k7m-4pb"); !ok || got != "K7M-4P8" {
		t.Errorf("a look-alike is read as %q", got)
	}
}

func FuzzReadAlertCode(f *testing.F) {
	for _, s := range []string{"K7M-4P9", "code k7m4p9", "STOP", "\u2013"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := ReadAlertCode(typed)
		if again, too := ReadAlertCode(code); ok && (!too || again != code) {
			t.Errorf("%q: %q, then %q", typed, code, again)
		}
	})
}
