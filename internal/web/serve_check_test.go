package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel/internal/store"
)

func TestAnybodyChecksACode(t *testing.T) {
	s := found(t)
	s.alerts()
	code := ""
	s.read(s.zone, func(tx *store.Tx) (err error) {
		code, err = tx.CodeOf(s.own)
		return err
	})
	b := s.browser()
	if got := b.get("/check"); got.code != http.StatusOK || !strings.Contains(got.body, `name="code"`) || strings.Contains(got.body, "verdict") {
		t.Fatalf("the form: %d %s", got.code, plainOf(got.body))
	}
	got := b.get("/check?code=" + url.QueryEscape(" "+strings.ToLower(code)+" "))
	if text := plainOf(got.body); got.code != http.StatusOK || !strings.Contains(text, "Deze code is echt") || !strings.Contains(text, "Politiezone Vlierbeek") || strings.Contains(text, "Kerk") {
		t.Errorf("a real code: %d %s", got.code, text)
	}
	for _, lie := range []string{"K7M-4P9", "112", hostile, strings.Repeat("é", 5000)} {
		got := b.get("/check?code=" + url.QueryEscape(lie))
		if got.code != http.StatusOK || !strings.Contains(plainOf(got.body), "Deze code kennen wij niet") || strings.Contains(got.body, "<script>alert") {
			t.Errorf("%.20q: %d %s", lie, got.code, plainOf(got.body))
		}
	}
	for _, lang := range []string{"fr", "de", "en"} {
		got := b.do(http.MethodGet, "/check?code="+code, nil, func(r *http.Request) { r.Header.Set("Accept-Language", lang) })
		if !strings.Contains(got.body, `lang="`+lang+`"`) || strings.Contains(got.body, "screen.check.") || strings.Contains(got.body, "message.check.") {
			t.Errorf("in %s: %s", lang, plainOf(got.body))
		}
	}
}

// Who guesses is stopped before the guess that would hit; who asks about real codes is not.
func TestGuessingCodesIsStopped(t *testing.T) {
	s := found(t)
	s.alerts()
	code := ""
	s.read(s.zone, func(tx *store.Tx) (err error) {
		code, err = tx.CodeOf(s.own)
		return err
	})
	b := s.browser()
	for range 2 * mostMisses {
		if got := b.get("/check?code=" + code); got.code != http.StatusOK {
			t.Fatalf("a real code: %d", got.code)
		}
	}
	for range mostMisses {
		if got := b.get("/check?code=K7M4P9"); got.code != http.StatusOK {
			t.Fatalf("a guess: %d", got.code)
		}
	}
	for _, next := range []string{"K7M4P9", code} {
		if got := b.get("/check?code=" + next); got.code != http.StatusServiceUnavailable || strings.Contains(got.body, "Vlierbeek") {
			t.Errorf("after %d guesses: %d", mostMisses, got.code)
		}
	}
	if got := b.get("/check"); got.code != http.StatusOK {
		t.Errorf("the form: %d", got.code)
	}
}
