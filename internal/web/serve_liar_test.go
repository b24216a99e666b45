package web

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
)

// liar is an identity provider that says what a test wants.
type liar struct {
	*testing.T
	key    *rsa.PrivateKey
	server *httptest.Server
	pages  oidctest.Server
	nonce  string // of the last way
	proof  string // the challenge of the last way (RFC 7636)
	change func(claims map[string]any)
	token  func(token string) string
	down   bool
}

func startLiar(t *testing.T) *liar {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	l := &liar{T: t, key: key}
	l.pages.PublicKeys = []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: oidc.RS256}}
	l.server = httptest.NewServer(http.HandlerFunc(l.serve))
	l.pages.SetIssuer(l.server.URL)
	t.Cleanup(l.server.Close)
	return l
}

func (l *liar) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case l.down:
		w.WriteHeader(http.StatusBadGateway)
	case r.URL.Path == "/token":
		l.tells(w, r)
	default:
		l.pages.ServeHTTP(w, r)
	}
}

func (l *liar) tells(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("code_verifier") == "" || r.FormValue("redirect_uri") != backAt {
		l.Errorf("the code is asked for with %v", r.Form)
	}
	now := time.Now()
	claims := map[string]any{"iss": l.server.URL, "aud": "buurtbel", "sub": "officer-1", "exp": now.Add(time.Minute).Unix(), "iat": now.Unix(), "nonce": l.nonce,
		"auth_time": now.Unix(), "email": mailboxOf(81), "email_verified": true}
	if l.change != nil {
		l.change(claims)
	}
	said, err := json.Marshal(claims)
	if err != nil {
		l.Error(err)
	}
	token := oidctest.SignIDToken(l.key, "k", oidc.RS256, string(said))
	if l.token != nil {
		token = l.token(token)
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": token}); err != nil {
		l.Error(err)
	}
}

// goes begins a way at an address of ours and gives its state.
func (l *liar) goes(b *browser, start string) (state string) {
	l.Helper()
	away := b.get(start)
	at, err := url.Parse(away.header.Get("Location"))
	if err != nil || away.code != http.StatusFound {
		l.Fatalf("to the provider: %d %v", away.code, err)
	}
	q := at.Query()
	l.nonce, l.proof = q.Get("nonce"), q.Get("code_challenge")
	if q.Get("code_challenge_method") != "S256" || l.proof == "" || len(l.nonce) < 20 || len(q.Get("state")) < 20 {
		l.Errorf("the way lacks something: %s", at)
	}
	return q.Get("state")
}

func (l *liar) returns(b *browser, state string) got {
	return b.post("/sign-in/from/police", url.Values{"state": {state}, "code": {"any"}})
}

// TestAttackTokens lets the provider say what must not be believed. Each time a sentence says that it did not work, and the other ways in stand there.
func TestAttackTokens(t *testing.T) {
	l := startLiar(t)
	s := found(t, withPolice(l.server.URL))
	set := func(name string, value any) func(map[string]any) {
		return func(c map[string]any) { c[name] = value }
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(map[string]any)
		token  func(string) string
	}{
		"wrong nonce":       {set("nonce", "another"), nil},
		"no nonce":          {set("nonce", ""), nil},
		"wrong audience":    {set("aud", "somebody-else"), nil},
		"several audiences": {set("aud", []string{"buurtbel", "somebody-else"}), nil},
		"another party":     {set("azp", "somebody-else"), nil},
		"wrong issuer":      {set("iss", "https://evil.test"), nil},
		"expired":           {set("exp", time.Now().Add(-time.Hour).Unix()), nil},
		"not yet":           {set("nbf", time.Now().Add(time.Hour).Unix()), nil},
		"another key": {nil, func(string) string {
			return oidctest.SignIDToken(other, "k", oidc.RS256, `{"iss":"`+l.server.URL+`","aud":"buurtbel","sub":"officer-1"}`)
		}},
		"no signature":           {nil, func(s string) string { return "eyJhbGciOiJub25lIn0." + strings.Split(s, ".")[1] + "." }},
		"changed":                {nil, func(s string) string { return s[:len(s)-8] + "AAAAAAAA" }},
		"no token":               {nil, func(string) string { return "" }},
		"mailbox not verified":   {set("email_verified", false), nil},
		"verified in words only": {set("email_verified", "yes"), nil},
		"no subject":             {set("sub", ""), nil},
	} {
		l.change, l.token = c.change, c.token
		b := s.browser()
		got := l.returns(b, l.goes(b, "/sign-in/with/police"))
		if got.code != http.StatusForbidden || b.session() != "" || !strings.Contains(got.body, "Federale politie") || !strings.Contains(got.body, "Stuur mij de mail") {
			t.Errorf("%s: %d", name, got.code)
		}
	}
	l.change, l.token = nil, nil
	b := s.browser()
	if got := l.returns(b, l.goes(b, "/sign-in/with/police")); got.code != http.StatusSeeOther || b.get("/dispatch").code != http.StatusOK {
		t.Errorf("what is right: %d", got.code)
	}
}

func TestAttackState(t *testing.T) {
	l := startLiar(t)
	s := found(t, withPolice(l.server.URL))
	late := func(name string, got got, b *browser) {
		t.Helper()
		if got.code != http.StatusConflict || b.session() != "" || !strings.Contains(got.body, "Begin opnieuw") {
			t.Errorf("%s: %d", name, got.code)
		}
	}
	b := s.browser()
	late("no way was begun", l.returns(b, "x"), b)
	state := l.goes(b, "/sign-in/with/police")
	late("another state", l.returns(b, state+"x"), b)
	state = l.goes(b, "/sign-in/with/police")
	victim := s.browser()
	late("a state of another browser", l.returns(victim, state), victim)
	victim2 := s.browser()
	l.goes(victim2, "/sign-in/with/police")
	late("a state of another browser that is on its own way", l.returns(victim2, state), victim2)
	state = l.goes(b, "/sign-in/with/police")
	at, err := url.Parse(s.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	kept := b.client.Jar.Cookies(at)
	if got := l.returns(b, state); got.code != http.StatusSeeOther {
		t.Fatalf("what is right: %d", got.code)
	}
	thief := s.browser()
	thief.client.Jar.SetCookies(at, kept)
	late("replayed", l.returns(thief, state), thief)
	slow := s.browser()
	state = l.goes(slow, "/sign-in/with/police")
	s.passes(11 * time.Minute)
	late("after ten minutes", l.returns(slow, state), slow)
}

func TestAProviderThatIsDown(t *testing.T) {
	l := startLiar(t)
	s := found(t, withPolice(l.server.URL))
	b := s.browser()
	if got := l.returns(b, l.goes(b, "/sign-in/with/police")); got.code != http.StatusSeeOther {
		t.Fatalf("sign in: %d", got.code)
	}
	if got := b.post("/prove/mail", nil); got.code != http.StatusForbidden {
		t.Errorf("a mailed code proves beside the provider: %d", got.code)
	}
	state := l.goes(b, "/prove/with/police?back=/dispatch")
	l.down = true
	got := l.returns(b, state)
	if got.code != http.StatusServiceUnavailable || !strings.Contains(got.body, "antwoordt niet") || !strings.Contains(got.body, "Mail mij een code") {
		t.Errorf("proving: %d %s", got.code, got.body)
	}
	s.passes(4 * time.Minute)
	if got := b.post("/prove/mail", nil); got.code != http.StatusOK {
		t.Errorf("while the provider is down a code is not mailed: %d", got.code)
	}
	code := shortCode.FindString(s.mailed(81, "Uw code"))
	s.passes(8 * time.Minute)
	form := s.launchForm()
	form.Set("proof", code)
	if got := b.post("/dispatch", form); got.code != http.StatusSeeOther {
		t.Errorf("a launch while the provider is down: %d", got.code)
	}
	nobody := s.browser()
	state = func() string {
		l.down = false
		defer func() { l.down = true }()
		return l.goes(nobody, "/sign-in/with/police")
	}()
	if got := l.returns(nobody, state); got.code != http.StatusServiceUnavailable || !strings.Contains(got.body, "Stuur mij de mail") {
		t.Errorf("signing in: %d", got.code)
	}
}

func TestAProviderThatNeverAnswers(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	s := found(t, withPolice(closed.URL))
	if got := s.browser().get("/sign-in/with/police"); got.code != http.StatusServiceUnavailable || !strings.Contains(got.body, "Stuur mij de mail") {
		t.Errorf("%d", got.code)
	}
}

func TestAnOldSignInAtTheProviderProvesNothing(t *testing.T) {
	l := startLiar(t)
	s := found(t, withPolice(l.server.URL))
	b := s.browser()
	hourAgo := func(c map[string]any) { c["auth_time"] = time.Now().Add(-time.Hour).Unix() }
	l.change = hourAgo
	if got := l.returns(b, l.goes(b, "/sign-in/with/police")); got.code != http.StatusSeeOther {
		t.Fatalf("sign in: %d", got.code)
	}
	if got := b.post("/dispatch", s.launchForm()); got.code != http.StatusForbidden {
		t.Errorf("a sign-in of an hour ago launches: %d", got.code)
	}
	for name, change := range map[string]func(map[string]any){"an hour old": hourAgo, "not told": func(c map[string]any) { delete(c, "auth_time") },
		"to come": func(c map[string]any) { c["auth_time"] = time.Now().Add(time.Hour).Unix() }} {
		l.change = change
		if got := l.returns(b, l.goes(b, "/prove/with/police?back=/")); got.code != http.StatusForbidden || !strings.Contains(got.body, "niet opnieuw gevraagd") {
			t.Errorf("%s: %d", name, got.code)
		}
	}
}
