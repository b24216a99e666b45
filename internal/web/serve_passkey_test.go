package web

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// ours is what an authenticator is told of our pages.
var ours = virtualwebauthn.RelyingParty{ID: "alarm.example.org", Name: "Buurtbel", Origin: "https://alarm.example.org"}

// key is a security key with one passkey on it.
type key struct {
	device     virtualwebauthn.Authenticator
	credential virtualwebauthn.Credential
}

// newKey makes a passkey. An authenticator writes both coordinates of its public key in 32 bytes, leading zeros and all (RFC 9053 section 7.1.1); the
// virtual one leaves such zeros out, and a key written short is refused, as it should be. So a key with a short coordinate is not used.
func newKey() *key {
	const whole = 77 // the map of five labels and the two coordinates
	for {
		c := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		if len(c.Key.AttestationData()) == whole {
			return &key{virtualwebauthn.NewAuthenticator(), c}
		}
	}
}

func asScript(r *http.Request) { r.Header.Set("Accept", "application/json") }

// script posts as our own script does.
func (b *browser) script(path string, form url.Values) got {
	b.Helper()
	return b.do(http.MethodPost, path, form, asScript)
}

// adds puts a passkey on the account of who is signed in.
func (b *browser) adds(k *key, name string) got {
	b.Helper()
	asked := b.script("/account/passkeys/ask", nil)
	if asked.code != http.StatusOK {
		return asked
	}
	options, err := virtualwebauthn.ParseAttestationOptions(asked.body)
	if err != nil {
		b.Fatal(err)
	}
	answer := virtualwebauthn.CreateAttestationResponse(ours, k.device, k.credential, *options)
	k.device.Options.UserHandle = handleIn(b, asked.body)
	k.device.AddCredential(k.credential)
	return b.script("/account/passkeys", url.Values{"name": {name}, "answer": {answer}})
}

// handleIn reads the handle that the question names its owner by.
func handleIn(b *browser, question string) []byte {
	b.Helper()
	options, err := virtualwebauthn.ParseAttestationOptions(question)
	if err != nil {
		b.Fatal(err)
	}
	return []byte(options.UserID)
}

// answers asks at a path and gives what a key says of it, for some pages.
func (b *browser) answers(k *key, ask string, pages virtualwebauthn.RelyingParty) string {
	b.Helper()
	asked := b.script(ask, nil)
	if asked.code != http.StatusOK {
		b.Fatalf("%s: %d %s", ask, asked.code, asked.body)
	}
	options, err := virtualwebauthn.ParseAssertionOptions(asked.body)
	if err != nil {
		b.Fatal(err)
	}
	k.credential.Counter++
	return virtualwebauthn.CreateAssertionResponse(pages, k.device, k.credential, *options)
}

// touches signs in with a key.
func (b *browser) touches(k *key) got {
	b.Helper()
	return b.script("/sign-in/passkey", url.Values{"answer": {b.answers(k, "/sign-in/passkey/ask", ours)}})
}

// withKey is a person with a passkey, and the browser in which it was added.
func (s *site) withKey(person buurtbel.ID) (*browser, *key) {
	s.Helper()
	b, k := s.as(person), newKey()
	if got := b.adds(k, "mijn sleutel"); got.code != http.StatusOK {
		s.Fatalf("add a passkey: %d %s", got.code, got.body)
	}
	return b, k
}

func (b *browser) session() string {
	at, err := url.Parse(b.server.URL)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(at) {
		if c.Name == cookieSession {
			return c.Value
		}
	}
	return ""
}

func (b *browser) puts(name, value string) {
	at, err := url.Parse(b.server.URL)
	if err != nil {
		b.Fatal(err)
	}
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

func TestPasskeySignsInWithoutAName(t *testing.T) {
	s := found(t)
	officer := s.people[buurtbel.RoleOfficer]
	_, k := s.withKey(officer)
	b := s.browser()
	if got := b.touches(k); got.code != http.StatusOK {
		t.Fatalf("sign in: %d %s", got.code, got.body)
	}
	if got := b.get("/dispatch"); got.code != http.StatusOK {
		t.Errorf("the desk answers %d", got.code)
	}
	if page := b.get("/account").body; !strings.Contains(page, "mijn sleutel") || !strings.Contains(page, "een toegangssleutel") {
		t.Error("the account does not show the passkey and how one came in")
	}
}

func TestSeveralPasskeysAndTheLastWayIn(t *testing.T) {
	s := found(t)
	officer := s.official(s.zone, buurtbel.RoleOfficer, "Zonder Mailbox", -1)
	b, first := s.withKey(officer)
	second := newKey()
	if got := b.adds(second, "reserve"); got.code != http.StatusOK {
		t.Fatalf("a second passkey: %d %s", got.code, got.body)
	}
	if got := b.adds(newKey(), " "); got.code != http.StatusUnprocessableEntity {
		t.Errorf("a passkey without a name: %d", got.code)
	}
	var list []store.Passkey
	s.read(0, func(tx *store.Tx) (err error) {
		list, err = tx.Passkeys(officer)
		return err
	})
	if len(list) != 2 {
		t.Fatalf("%d passkeys", len(list))
	}
	if got := b.post("/account/passkeys/"+list[0].ID.String()+"/remove", nil); got.code != http.StatusSeeOther {
		t.Fatalf("remove one: %d", got.code)
	}
	if got := s.browser().touches(first); got.code != http.StatusForbidden {
		t.Errorf("a removed passkey signs in: %d", got.code)
	}
	if got := s.browser().touches(second); got.code != http.StatusOK {
		t.Errorf("the other one: %d", got.code)
	}
	got := b.post("/account/passkeys/"+list[1].ID.String()+"/remove", nil)
	if got.code != http.StatusConflict || !strings.Contains(got.body, "niet meer aanmelden") {
		t.Errorf("the last way in was removed: %d", got.code)
	}
	if got := s.browser().touches(second); got.code != http.StatusOK {
		t.Errorf("the last way in: %d", got.code)
	}
}

func TestAPasskeyOfAnotherPersonIsNotRemoved(t *testing.T) {
	s := found(t)
	officer := s.people[buurtbel.RoleOfficer]
	_, k := s.withKey(officer)
	var list []store.Passkey
	s.read(0, func(tx *store.Tx) (err error) {
		list, err = tx.Passkeys(officer)
		return err
	})
	if got := s.as(s.people[buurtbel.RoleDispatcher]).post("/account/passkeys/"+list[0].ID.String()+"/remove", nil); got.code != http.StatusNotFound {
		t.Errorf("another's passkey: %d", got.code)
	}
	if got := s.browser().touches(k); got.code != http.StatusOK {
		t.Errorf("it no longer works: %d", got.code)
	}
}

// TestAttackAnswersOfAPasskey tries what is not the answer of our own passkey, on our own pages, to the question that was asked.
func TestAttackAnswersOfAPasskey(t *testing.T) {
	s := found(t)
	_, k := s.withKey(s.people[buurtbel.RoleOfficer])
	try := func(name string, b *browser, answer string, want int) {
		t.Helper()
		if got := b.script("/sign-in/passkey", url.Values{"answer": {answer}}); got.code != want || b.session() != "" {
			t.Errorf("%s: %d %s", name, got.code, got.body)
		}
	}
	b := s.browser()
	foreign := ours
	foreign.Origin = "https://alarm.example.org.evil.test"
	try("foreign origin", b, b.answers(k, "/sign-in/passkey/ask", foreign), 403)
	foreign = ours
	foreign.ID, foreign.Origin = "evil.test", "https://evil.test"
	try("foreign domain", b, b.answers(k, "/sign-in/passkey/ask", foreign), 403)
	k.device.Options.UserNotVerified = true
	try("without verification", b, b.answers(k, "/sign-in/passkey/ask", ours), 403)
	k.device.Options.UserNotVerified = false
	stranger := newKey()
	stranger.device.Options.UserHandle = k.device.Options.UserHandle
	try("a key that nobody registered", b, b.answers(stranger, "/sign-in/passkey/ask", ours), 403)
	other := *k
	other.device.Options.UserHandle = []byte("\x00\x00\x00\x00\x00\x00\x00\x07")
	try("another's handle", b, b.answers(&other, "/sign-in/passkey/ask", ours), 403)
	k.credential.Counter = other.credential.Counter
	answer := b.answers(k, "/sign-in/passkey/ask", ours)
	try("in another browser", s.browser(), answer, 409)
	b2 := s.browser()
	b2.answers(k, "/sign-in/passkey/ask", ours)
	try("to another question", b2, answer, 403)
	// A flood of wrong answers keeps the right one out of nothing.
	for range 60 {
		b.answers(k, "/sign-in/passkey/ask", ours)
		b.script("/sign-in/passkey", url.Values{"answer": {"{}"}})
	}
	if got := s.browser().touches(k); got.code != http.StatusOK {
		t.Errorf("after the flood a right passkey gets %d %s", got.code, got.body)
	}
}

func TestAnAnswerWorksOnce(t *testing.T) {
	s := found(t)
	_, k := s.withKey(s.people[buurtbel.RoleOfficer])
	b := s.browser()
	answer := b.answers(k, "/sign-in/passkey/ask", ours)
	at, err := url.Parse(s.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	cookies := b.client.Jar.Cookies(at)
	thief := s.browser()
	thief.client.Jar.SetCookies(at, cookies)
	if got := b.script("/sign-in/passkey", url.Values{"answer": {answer}}); got.code != http.StatusOK {
		t.Fatalf("sign in: %d %s", got.code, got.body)
	}
	if got := thief.script("/sign-in/passkey", url.Values{"answer": {answer}}); got.code != http.StatusConflict || thief.session() != "" {
		t.Errorf("replayed with its ticket: %d %s", got.code, got.body)
	}
}

func TestACopiedPasskeyIsShut(t *testing.T) {
	s := found(t)
	officer := s.people[buurtbel.RoleOfficer]
	_, k := s.withKey(officer)
	k.credential.Counter = 40
	if got := s.browser().touches(k); got.code != http.StatusOK {
		t.Fatalf("sign in: %d", got.code)
	}
	copied := *k
	copied.credential.Counter = 7
	got := s.browser().touches(&copied)
	if got.code != http.StatusForbidden || !strings.Contains(got.body, "gekopieerd") {
		t.Errorf("a counter that went back: %d %s", got.code, got.body)
	}
	if got := s.browser().touches(k); got.code != http.StatusForbidden {
		t.Errorf("the passkey still signs in: %d", got.code)
	}
	if page := s.as(officer).get("/account").body; !strings.Contains(page, "kan gekopieerd zijn") {
		t.Error("its owner is not told")
	}
}

func TestAPasskeyThatIsGoneSignsNobodyIn(t *testing.T) {
	s := found(t)
	temporary := &store.NewOfficial{ID: s.db.NewID(), Name: "Tijdelijk", Office: "police", Language: buurtbel.Dutch}
	mandate := s.mandate(temporary.ID, buurtbel.RoleDispatcher, s.zone, 0)
	mandate.Until = time.Now().Add(time.Hour)
	temporary.Mandates = []buurtbel.Mandate{mandate}
	s.write(s.zone, func(tx *store.Tx) error { return tx.InsertOfficial(temporary) })
	_, k := s.withKey(temporary.ID)
	if got := s.browser().touches(k); got.code != http.StatusOK {
		t.Fatalf("with a mandate: %d", got.code)
	}
	s.passes(2 * time.Hour)
	if got := s.browser().touches(k); got.code != http.StatusForbidden {
		t.Errorf("without a mandate: %d", got.code)
	}
}

// TestAttackFixation plants a session: whoever signs in or shows again who it is gets another one, and the planted one stays worthless.
func TestAttackFixation(t *testing.T) {
	s := found(t)
	officer := s.people[buurtbel.RoleOfficer]
	_, k := s.withKey(officer)
	b := s.browser()
	planted, _ := token.New()
	b.puts(cookieSession, planted)
	b.puts(cookieDevice, planted)
	if got := b.touches(k); got.code != http.StatusOK || b.session() == planted {
		t.Fatalf("signed in under a planted session: %d", got.code)
	}
	thief := s.browser()
	thief.puts(cookieSession, planted)
	if got := thief.get("/dispatch"); got.code != http.StatusSeeOther {
		t.Errorf("the planted session shows %d", got.code)
	}
	before := b.session()
	if got := b.script("/prove/passkey", url.Values{"answer": {b.answers(k, "/prove/ask", ours)}}); got.code != http.StatusOK {
		t.Fatalf("show again: %d %s", got.code, got.body)
	}
	if b.session() == before {
		t.Error("the session kept its cookie when its owner showed who it is")
	}
	thief.puts(cookieSession, before)
	if got := thief.post("/lost", url.Values{"network": {s.kerkveld.String()}}); got.code != http.StatusForbidden {
		t.Errorf("the session from before the proof shows a list: %d", got.code)
	}
	if got := thief.script("/account/passkeys/ask", nil); got.code != http.StatusForbidden {
		t.Errorf("the session from before the proof adds passkeys: %d", got.code)
	}
}

// passes lets time go by.
func (s *site) passes(d time.Duration) { s.later.Add(int64(d)) }

func TestALinkProvesOnlyWhoHasNothingBetter(t *testing.T) {
	s := found(t)
	officer := s.people[buurtbel.RoleOfficer]
	mailed := func() *browser {
		secret, hash := token.New()
		s.write(0, func(tx *store.Tx) error {
			return tx.InsertOneUse(hash, store.OneUse{Purpose: string(token.SignIn), Subject: officer, Person: officer, Expires: s.db.Now().Add(time.Minute)})
		})
		b := s.browser()
		if got := b.post("/s/"+secret, nil); got.code != http.StatusSeeOther {
			t.Fatalf("link: %d", got.code)
		}
		if got := b.post("/s/"+secret, nil); got.code != http.StatusNotFound {
			t.Fatalf("the link worked twice: %d", got.code)
		}
		return b
	}
	if got := mailed().script("/account/passkeys/ask", nil); got.code != http.StatusOK {
		t.Errorf("who has no passkey cannot add the first: %d", got.code)
	}
	s.withKey(officer)
	if got := mailed().script("/account/passkeys/ask", nil); got.code != http.StatusForbidden {
		t.Errorf("a mailbox alone adds passkeys beside those there are: %d", got.code)
	}
	if got := mailed().script("/prove/mail", nil); got.code != http.StatusForbidden {
		t.Errorf("a mailbox alone proves what a passkey must: %d", got.code)
	}
}

func TestPasskeysNeedADomain(t *testing.T) {
	for link, want := range map[string]bool{"https://alarm.example.org": true, "http://localhost:8080": true, "http://127.0.0.1:8080": false, "http://[::1]:8080": false, "": false} {
		if _, ok := (entering.Passkeys{}).Rules(link); ok != want {
			t.Errorf("%q: %t", link, ok)
		}
	}
	p, ok := (entering.Passkeys{Domain: "example.org"}).Rules("https://alarm.example.org:8443")
	if !ok || p.Domain != "example.org" || p.Origins[0] != "https://alarm.example.org:8443" {
		t.Errorf("%+v %t", p, ok)
	}
}

// TestTheQuestionTellsNothing asks for a passkey as nobody: what comes is the same for everybody, but for the challenge.
func TestTheQuestionTellsNothing(t *testing.T) {
	s := found(t)
	s.withKey(s.people[buurtbel.RoleOfficer])
	var said struct {
		PublicKey map[string]any `json:"publicKey"`
	}
	if err := json.Unmarshal([]byte(s.browser().script("/sign-in/passkey/ask", nil).body), &said); err != nil {
		t.Fatal(err)
	}
	if said.PublicKey["allowCredentials"] != nil || said.PublicKey["userVerification"] != "required" || said.PublicKey["rpId"] != "alarm.example.org" {
		t.Errorf("%v", said.PublicKey)
	}
	if _, err := cookiejar.New(nil); err != nil {
		t.Fatal(err)
	}
}
