package entering

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// numbers have the form and the check digits of Belgian national register numbers: born in month 0, from 2000 on, and of the register of foreigners.
func numbers() []string {
	check := func(base, century int64) string {
		return fmt.Sprintf("%09d%02d", base, 97-(century*1_000_000_000+base)%97)
	}
	return []string{check(850000123, 0), check(40000123, 2), check(854000123, 0)}
}

func TestRule14_ClaimsWithNationalNumbersAreDropped(t *testing.T) {
	for _, n := range numbers() {
		for _, value := range []any{n, "BE" + n, n[:2] + "." + n[2:4] + "." + n[4:6] + "-" + n[6:9] + "." + n[9:], "x" + n + "@example.org", []any{"a", n}, map[string]any{"deep": []any{n}},
			map[string]any{n: 1}, json.Number(strings.TrimLeft(n, "0"))} {
			raw, err := json.Marshal(map[string]any{"note": value, "sub": "s"})
			if err != nil {
				t.Fatal(err)
			}
			c, err := readClaims(raw)
			if err != nil || c.said["note"] != nil || c.text("sub") != "s" || !slices.Equal(c.dropped, []string{"note"}) {
				t.Errorf("%s: %v %v", raw, c, err)
			}
		}
	}
	for _, name := range []string{"national_number", "nationalNumber", "rrn", "RRN", "egovNRN", "be.eid.national-number", "urn:be:rrn", "niss", "insz", "ssn", "rijksregisternummer", "bsn", "eid"} {
		if c, err := readClaims([]byte(`{"` + name + `":"anything"}`)); err != nil || len(c.said) != 0 {
			t.Errorf("%s is kept: %v", name, err)
		}
	}
}

func TestOtherClaimsStay(t *testing.T) {
	for name, value := range map[string]string{"email": "an.peeters@example.org", "sub": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "phone_number": "+32455000123", "groups": "bin-dispatch", "name": "An Peeters",
		"auth_time": "1795334400", "zoneinfo": "Europe/Brussels", "employee": "850000123", "eidas_level": "high", "session": "abc"} {
		c, err := readClaims([]byte(`{"` + name + `":"` + value + `"}`))
		if err != nil || c.text(name) != value {
			t.Errorf("%s is dropped: %v", name, c.dropped)
		}
	}
}

func FuzzClaims(f *testing.F) {
	f.Add([]byte(`{"sub":"s","groups":["a"],"n":85000012350}`))
	f.Add([]byte(`{"a":{"b":[{"rrn":"x"}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := readClaims(raw)
		if err != nil {
			return
		}
		kept, err := json.Marshal(c.said)
		if err != nil {
			t.Fatal(err)
		}
		again, err := readClaims(kept)
		if err != nil || len(again.dropped) != 0 {
			t.Errorf("what is kept of %q is dropped the second time: %v %v", raw, again.dropped, err)
		}
	})
}

func TestADeviceInAFewWords(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                        "Firefox, Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0":               "Edge, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36":                            "Chrome, Android",
		"curl/8.0": "", "": "", "<script>": "",
	} {
		if got := Device(agent); got != want {
			t.Errorf("%q: %q", agent, got)
		}
	}
	for address, want := range map[string]string{"198.51.100.7": "198.51.…", "127.0.0.1": "local", "10.1.2.3": "local", "::1": "local", "2001:db8:1:2::7": "2001:db8:…", "::ffff:198.51.100.7": "198.51.…", "": "", "x": ""} {
		if got := Roughly(address); got != want {
			t.Errorf("%q: %q", address, got)
		}
	}
}
