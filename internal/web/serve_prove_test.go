package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/entering"
)

var (
	shortCode = regexp.MustCompile(`\b[2-9A-Z]{4}-[2-9A-Z]{4}\b`)
	longCode  = regexp.MustCompile(`\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b`)
)

// mailed waits for a mail to an official and gives the code in it.
func (s *site) mailed(i int, subject string) string {
	s.Helper()
	text := ""
	s.until("a mail: "+subject, func() bool {
		m, ok := s.mail.last(mailboxOf(i), subject)
		if ok {
			text = m.Content.Text + " " + m.Content.Subject
		}
		return ok
	})
	return text
}

// wholeForm is a launch that may go out.
func (s *site) wholeForm(do string) url.Values {
	form := s.launchForm()
	form.Set("do", do)
	return form
}

func TestLaunchingNeedsAProof(t *testing.T) {
	s := found(t)
	dispatcher := s.people[buurtbel.RoleDispatcher]
	b, k := s.withKey(dispatcher)
	s.passes(11 * time.Minute)
	if got := b.post("/dispatch", s.wholeForm("check")); got.code != http.StatusOK || !strings.Contains(got.body, "raakt u uw sleutel") {
		t.Fatalf("composing needs no proof, and the page offers one: %d", got.code)
	}
	got := b.post("/dispatch", s.wholeForm("launch"))
	if got.code != http.StatusForbidden || !strings.Contains(got.body, "Toon nog eens wie u bent") || !strings.Contains(got.body, `value="grijze bestelwagen"`) {
		t.Fatalf("a launch without a proof: %d %s", got.code, got.body)
	}
	if n := s.countAlerts(); n != 0 {
		t.Fatalf("%d alerts went out", n)
	}
	if got := b.script("/prove/passkey", url.Values{"answer": {b.answers(k, "/prove/ask", ours)}}); got.code != http.StatusOK {
		t.Fatalf("one touch: %d %s", got.code, got.body)
	}
	if got := b.post("/dispatch", s.wholeForm("launch")); got.code != http.StatusSeeOther {
		t.Errorf("after the touch: %d", got.code)
	}
	if got := b.post("/dispatch", s.wholeForm("launch")); got.code != http.StatusSeeOther {
		t.Errorf("a second launch within ten minutes: %d", got.code)
	}
	s.passes(11 * time.Minute)
	if got := b.post("/dispatch", s.wholeForm("launch")); got.code != http.StatusForbidden {
		t.Errorf("after ten minutes: %d", got.code)
	}
}

func TestAProofIsOnesOwn(t *testing.T) {
	s := found(t)
	b, own := s.withKey(s.people[buurtbel.RoleDispatcher])
	_, others := s.withKey(s.colleague)
	if got := b.script("/prove/passkey", url.Values{"answer": {b.answers(others, "/prove/ask", ours)}}); got.code != http.StatusForbidden {
		t.Errorf("a colleague's passkey: %d", got.code)
	}
	answer := b.answers(own, "/prove/ask", ours)
	if got := b.script("/sign-in/passkey", url.Values{"answer": {answer}}); got.code != http.StatusConflict {
		t.Errorf("the answer to one question is taken for another: %d", got.code)
	}
}

func TestACodeByMailProves(t *testing.T) {
	s := found(t)
	b := s.as(s.people[buurtbel.RoleDispatcher])
	s.passes(11 * time.Minute)
	if got := b.post("/prove/mail", url.Values{"to": {"/dispatch"}}); got.code != http.StatusOK || !strings.Contains(got.body, "ligt in uw mailbox") {
		t.Fatalf("ask for a code: %d", got.code)
	}
	code := shortCode.FindString(s.mailed(80, "Uw code"))
	other := s.as(s.people[buurtbel.RoleOfficer])
	if got := other.post("/prove", url.Values{"proof": {code}, "to": {"/lost"}}); got.code != http.StatusForbidden {
		t.Errorf("the code proves another: %d", got.code)
	}
	form := s.wholeForm("launch")
	form.Set("proof", "AAAA-AAAA")
	if got := b.post("/dispatch", form); got.code != http.StatusForbidden || !strings.Contains(got.body, "Deze code klopt niet") {
		t.Errorf("a wrong code: %d", got.code)
	}
	before := b.session()
	form.Set("proof", " "+strings.ToLower(code))
	if got := b.post("/dispatch", form); got.code != http.StatusSeeOther || b.session() == before {
		t.Errorf("the launch with its code: %d", got.code)
	}
	s.passes(11 * time.Minute)
	form.Set("key", s.db.NewID().String())
	if got := b.post("/dispatch", form); got.code != http.StatusForbidden {
		t.Errorf("the code worked twice: %d", got.code)
	}
}

func TestListsNeedAProof(t *testing.T) {
	s := found(t)
	s.alerts()
	b := s.as(s.people[buurtbel.RoleOfficer])
	coordinator := s.as(s.people[buurtbel.RoleCoordinator])
	s.passes(11 * time.Minute)
	for path, who := range map[string]*browser{"/alerts/" + s.own.String() + "/names": b, "/lost": coordinator, "/tree/" + s.kerkveld.String() + "/print": coordinator,
		"/account/passkeys/ask": b, "/account/providers/x/remove": b} {
		got := who.post(path, url.Values{"reason": {"Ik bel hen op"}, "network": {s.kerkveld.String()}})
		if got.code != http.StatusForbidden || !strings.Contains(got.body, "Toon nog eens wie u bent") || strings.Contains(got.body, "Nummer5") {
			t.Errorf("%s: %d", path, got.code)
		}
	}
}

func TestAPageIsComeBackTo(t *testing.T) {
	s := found(t)
	b := s.as(s.people[buurtbel.RoleOfficer])
	if got := b.get("/prove?back=//evil.test/x"); strings.Contains(got.body, "evil.test") {
		t.Error("one is led to another site")
	}
	b.post("/prove/mail", url.Values{"to": {"/reach"}})
	got := b.post("/prove", url.Values{"proof": {shortCode.FindString(s.mailed(81, "Uw code"))}, "to": {"/reach"}})
	if got.code != http.StatusSeeOther || got.header.Get("Location") != "/reach" {
		t.Errorf("%d %s", got.code, got.header.Get("Location"))
	}
}

// sealedCodes makes a set as the administrator does and gives its codes.
func (s *site) sealedCodes() []string {
	s.Helper()
	got := s.as(s.people[buurtbel.RoleAdministrator]).post("/entries/codes", nil)
	codes := longCode.FindAllString(got.body, -1)
	if got.code != http.StatusOK || len(codes) < entering.SealedCodes {
		s.Fatalf("make codes: %d, %d codes", got.code, len(codes))
	}
	return codes
}

func TestSealedCodes(t *testing.T) {
	s := found(t)
	codes := s.sealedCodes()
	b := s.browser()
	if got := b.post("/sign-in/code", url.Values{"code": {codes[0]}}); got.code != http.StatusUnprocessableEntity {
		t.Errorf("without a name: %d", got.code)
	}
	if got := b.post("/sign-in/code", url.Values{"code": {strings.ToLower(strings.ReplaceAll(codes[0], "-", " "))}, "who": {"Bart Nachtdienst"}}); got.code != http.StatusSeeOther {
		t.Fatalf("sign in: %d %s", got.code, got.body)
	}
	if mail := s.mailed(82, "verzegelde code"); !strings.Contains(mail, "Bart Nachtdienst") || strings.Contains(mail, codes[0]) || !strings.Contains(mail, "11 codes") {
		t.Errorf("the chief reads: %s", mail)
	}
	s.passes(40 * time.Minute)
	if got := b.post("/dispatch", s.wholeForm("launch")); got.code != http.StatusSeeOther {
		t.Errorf("a launch: %d", got.code)
	}
	for path, want := range map[string]int{"/lost": 403, "/entries": 403, "/debts": 403} {
		if got := b.get(path); got.code != want {
			t.Errorf("%s: %d", path, got.code)
		}
	}
	if got := b.script("/account/passkeys/ask", nil); got.code != http.StatusForbidden {
		t.Errorf("a sealed code adds a passkey: %d", got.code)
	}
	if got := s.browser().post("/sign-in/code", url.Values{"code": {codes[0]}, "who": {"Iemand"}}); got.code != http.StatusForbidden {
		t.Errorf("a code worked twice: %d", got.code)
	}
	s.passes(21 * time.Minute)
	if got := b.get("/dispatch"); got.code != http.StatusSeeOther {
		t.Errorf("after an hour: %d", got.code)
	}
	again := s.browser()
	if got := again.post("/sign-in/code", url.Values{"code": {codes[1]}, "who": {"Bart Nachtdienst"}}); got.code != http.StatusSeeOther {
		t.Fatalf("the next code: %d", got.code)
	}
	fresh := s.sealedCodes()
	if got := s.browser().post("/sign-in/code", url.Values{"code": {codes[2]}, "who": {"Iemand"}}); got.code != http.StatusForbidden {
		t.Errorf("a code of the old set: %d", got.code)
	}
	if got := again.get("/dispatch"); got.code == http.StatusOK {
		t.Error("a session by the old set goes on")
	}
	for range 30 {
		s.browser().post("/sign-in/code", url.Values{"code": {"AAAA-AAAA-AAAA"}, "who": {"Iemand"}})
	}
	if got := s.browser().post("/sign-in/code", url.Values{"code": {fresh[0]}, "who": {"An"}}); got.code != http.StatusSeeOther {
		t.Errorf("after a flood of wrong codes a right one gets %d", got.code)
	}
}

func TestASealedCodeProvesInItsZone(t *testing.T) {
	s := found(t)
	codes := s.sealedCodes()
	b, _ := s.withKey(s.people[buurtbel.RoleDispatcher])
	foreign := s.as(s.foreignOfficer)
	chief := s.as(s.people[buurtbel.RoleChief])
	s.passes(11 * time.Minute)
	for name, who := range map[string]*browser{"another zone": foreign, "who may not launch": chief} {
		if got := who.post("/prove", url.Values{"proof": {codes[0]}, "to": {"/"}}); got.code != http.StatusForbidden {
			t.Errorf("%s: %d", name, got.code)
		}
	}
	form := s.wholeForm("launch")
	form.Set("proof", codes[0])
	if got := b.post("/dispatch", form); got.code != http.StatusSeeOther {
		t.Errorf("a launch with a sealed code: %d", got.code)
	}
	if mail := s.mailed(82, "verzegelde code"); !strings.Contains(mail, "Ann dispatcher") {
		t.Errorf("the chief reads: %s", mail)
	}
}

func TestSessionsAreSeenAndEnded(t *testing.T) {
	s := found(t)
	officer := s.people[buurtbel.RoleOfficer]
	one, two := s.as(officer), s.as(officer)
	page := one.get("/account").body
	ends := regexp.MustCompile(`/account/sessions/[0-9A-Za-z]+/end`).FindAllString(page, -1)
	if len(ends) != 1 || !strings.Contains(page, "dit toestel, nu") || !strings.Contains(page, "eigen netwerk") || strings.Contains(page, "127.0.0.1") {
		t.Fatalf("%v %s", ends, page)
	}
	if got := s.as(s.people[buurtbel.RoleDispatcher]).post(ends[0], nil); got.code != http.StatusNotFound {
		t.Errorf("another ends it: %d", got.code)
	}
	if got := one.post(ends[0], nil); got.code != http.StatusSeeOther {
		t.Errorf("end the other: %d", got.code)
	}
	if got := two.get("/dispatch"); got.code != http.StatusSeeOther {
		t.Errorf("it goes on: %d", got.code)
	}
	three := s.as(officer)
	if got := three.post("/account/sessions/end", nil); got.code != http.StatusSeeOther || one.get("/dispatch").code != http.StatusSeeOther || three.get("/dispatch").code != http.StatusOK {
		t.Error("ending the others ended too much or too little")
	}
	admin := s.as(s.people[buurtbel.RoleAdministrator])
	if got := admin.post("/entries/"+officer.String()+"/end", nil); got.code != http.StatusOK || three.get("/dispatch").code != http.StatusSeeOther {
		t.Errorf("the administrator ends every session: %d", got.code)
	}
}

func TestAnInvitationReplacesALostPasskey(t *testing.T) {
	s := found(t)
	officer := s.people[buurtbel.RoleOfficer]
	s.withKey(officer)
	admin := s.as(s.people[buurtbel.RoleAdministrator])
	if got := admin.post("/entries/"+officer.String()+"/invite", nil); got.code != http.StatusOK || strings.Contains(got.body, "/s/") {
		t.Fatalf("invite: %d", got.code)
	}
	link := regexp.MustCompile(`/s/[\w-]+`).FindString(s.mailed(81, "uitnodiging"))
	b := s.browser()
	if got := b.post(link, nil); got.code != http.StatusSeeOther {
		t.Fatalf("%s: %d", link, got.code)
	}
	if got := b.adds(newKey(), "nieuw"); got.code != http.StatusOK {
		t.Errorf("add a passkey: %d %s", got.code, got.body)
	}
}

func TestAttackForeignForms(t *testing.T) {
	s := found(t)
	b := s.as(s.people[buurtbel.RoleAdministrator])
	for _, r := range New(Options{}).routes() {
		if r.method != http.MethodPost {
			continue
		}
		got := b.do(http.MethodPost, strings.NewReplacer("{provider}", "x").Replace(regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(r.path, "1")), nil, func(r *http.Request) {
			r.Header.Set("Origin", "https://evil.test")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		})
		if got.code != http.StatusForbidden || !strings.Contains(got.body, "andere") {
			t.Errorf("%s takes another site's form: %d", r.path, got.code)
		}
	}
}

// TestKnownAndUnknownMailboxesAreAlike asks for links: page, status and headers are the same, but for the mailbox that was typed.
func TestKnownAndUnknownMailboxesAreAlike(t *testing.T) {
	s := found(t)
	ask := func(mailbox string) (int, string) {
		got := s.browser().post("/sign-in", url.Values{"email": {mailbox}})
		return got.code, strings.ReplaceAll(got.body, mailbox, "X")
	}
	knownCode, known := ask(mailboxOf(81))
	unknownCode, unknown := ask("nobody81@example.org")
	if knownCode != unknownCode || known != unknown {
		t.Errorf("they differ: %d %d", knownCode, unknownCode)
	}
}
