package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

func TestSignInLinkWorksOnce(t *testing.T) {
	s := found(t)
	link := s.link(s.people[buurtbel.RoleOfficer])
	for range 3 { // a mail scanner opens it, the person opens it twice
		if got := s.browser().get(link); got.code != http.StatusOK || !strings.Contains(got.body, `action="`+link+`"`) {
			t.Fatalf("shown: %d", got.code)
		}
	}
	first, second := s.browser(), s.browser()
	if got := first.post(link, nil); got.code != http.StatusSeeOther {
		t.Fatalf("first use: %d", got.code)
	}
	if got := second.post(link, nil); got.code != http.StatusNotFound || !strings.Contains(got.body, "al gebruikt of vervallen") {
		t.Errorf("second use: %d", got.code)
	}
	if got := second.get(link); got.code != http.StatusNotFound {
		t.Errorf("shown after use: %d", got.code)
	}
	if got := second.get("/"); got.code != http.StatusOK || !strings.Contains(got.body, "data-address") || strings.Contains(got.body, "/sign-out") {
		t.Errorf("first page without a session is not the public's: %d", got.code)
	}
}

func TestLinkOfAnotherPurposeIsRefused(t *testing.T) {
	s := found(t)
	s.alerts()
	b := s.browser()
	confirm := s.secondLink(s.people[buurtbel.RoleChief], s.waiting, time.Hour)
	secret, hash := token.New()
	s.write(0, func(tx *store.Tx) error {
		return tx.InsertOneUse(hash, store.OneUse{Purpose: string(token.SignIn), Subject: s.people[buurtbel.RoleOfficer], Person: s.people[buurtbel.RoleOfficer], Expires: s.db.Now().Add(-time.Second)})
	})
	sign := strings.TrimPrefix(s.link(s.people[buurtbel.RoleChief]), "/s/")
	for _, path := range []string{"/s/" + confirm, "/h/" + confirm, "/c/" + sign, "/h/" + sign, "/s/" + secret, "/h/" + token.Sign(s.db.Ring(), token.View, s.own),
		"/h/" + token.Sign(s.db.Ring(), token.Heard, s.own), "/c/" + token.Sign(s.db.Ring(), token.Confirm, s.waiting), "/s/", "/h/" + strings.Repeat("a", 5000), "/c/%00", "/s/%0d%0aX:y"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if got := b.do(method, path, nil, nil); got.code != http.StatusNotFound {
				t.Errorf("%s %.40s: %d", method, path, got.code)
			}
		}
	}
	if got := b.get("/c/" + confirm); got.code != http.StatusOK {
		t.Errorf("the right purpose: %d", got.code)
	}
}

func TestEverySignInGetsANewCookie(t *testing.T) {
	s := found(t)
	b := s.forged(s.people[buurtbel.RoleMember]) // a cookie that somebody else planted
	at, err := url.Parse(s.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	planted := b.client.Jar.Cookies(at)[0].Value
	if got := b.post(s.link(s.people[buurtbel.RoleChief]), nil); got.code != http.StatusSeeOther {
		t.Fatal(got.code)
	}
	for _, c := range b.client.Jar.Cookies(at) {
		if c.Name == cookieSession && c.Value == planted {
			t.Error("the planted cookie is signed in")
		}
	}
	old := s.browser()
	old.client.Jar.SetCookies(at, []*http.Cookie{{Name: cookieSession, Value: planted, Path: "/"}})
	if got := old.get("/"); got.code != http.StatusSeeOther {
		t.Errorf("the planted session still lives: %d", got.code)
	}
}

func TestCookiesOfASecureSite(t *testing.T) {
	s := found(t)
	pages := New(Options{DB: s.db, Desk: s.desk, Entry: s.gate, MaxBody: 1 << 16, Secure: true}).Handler()
	s.server.Config.Handler = pages
	for path, form := range map[string]url.Values{s.link(s.people[buurtbel.RoleDispatcher]): {"pin": {"274951"}}, "/view": {"theme": {"dark"}, "language": {"de"}}} {
		got := s.browser().post(path, form)
		cookies := (&http.Response{Header: got.header}).Cookies()
		if len(cookies) == 0 {
			t.Errorf("%.4s: %d, no cookie", path, got.code)
		}
		for _, c := range cookies {
			if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("cookie %s: %+v", c.Name, c)
			}
		}
	}
}

func TestPostsOfOtherSitesAreRefused(t *testing.T) {
	s := found(t)
	s.alerts()
	b := s.as(s.people[buurtbel.RoleOfficer])
	for name, change := range map[string]func(*http.Request){
		"fetch metadata": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"same site":      func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"origin":         func(r *http.Request) { r.Header.Set("Origin", "https://elders.example") },
		"null origin":    func(r *http.Request) { r.Header.Set("Origin", "null") },
	} {
		for _, path := range []string{"/debts/" + s.own.String(), "/alerts/" + s.own.String() + "/stop", "/sign-out", "/view", "/dispatch", "/h/x"} {
			if got := b.do(http.MethodPost, path, url.Values{"ground": {"privacy"}}, change); got.code != http.StatusForbidden || !strings.Contains(got.body, "andere website") {
				t.Errorf("%s, %s: %d", name, path, got.code)
			}
		}
	}
	if got := b.get("/"); got.code != http.StatusOK {
		t.Errorf("the session was ended: %d", got.code)
	}
	debt := buurtbel.Debt{}
	s.read(s.zone, func(tx *store.Tx) (err error) {
		debt, _, err = tx.Debt(s.own)
		return err
	})
	if !debt.Settled.IsZero() {
		t.Error("another site's post settled a debt")
	}
}

func TestHugeBodiesAreRefused(t *testing.T) {
	s := found(t)
	s.alerts()
	b := s.as(s.people[buurtbel.RoleOfficer])
	huge := url.Values{"email": {strings.Repeat("a", 200<<10)}}
	for _, path := range []string{"/debts/" + s.own.String(), "/sign-in", "/view", "/hand-over", "/lost", "/c/" + s.secondLink(s.people[buurtbel.RoleChief], s.waiting, time.Hour)} {
		if got := b.post(path, huge); got.code != http.StatusRequestEntityTooLarge {
			t.Errorf("%.8s: %d", path, got.code)
		}
	}
	long := url.Values{textName(buurtbel.Dutch, s.own): {strings.Repeat("lang ", 4000)}}
	if got := b.post("/debts/"+s.own.String(), long); got.code != http.StatusUnprocessableEntity {
		t.Errorf("20,000 characters: %d", got.code)
	}
	if got := b.post("/debts/"+s.own.String(), url.Values{textName(buurtbel.Dutch, s.own): {"af" + buurtbel.LinkMark}}); got.code != http.StatusUnprocessableEntity {
		t.Errorf("our own mark in a text: %d", got.code)
	}
}

// TestNothingTypedBecomesPartOfAPage looks at every page that shows what people filled in: zone, networks, names, reasons, texts, addresses.
func TestNothingTypedBecomesPartOfAPage(t *testing.T) {
	s := found(t)
	s.alerts()
	officer, dispatcher := s.as(s.people[buurtbel.RoleOfficer]), s.as(s.people[buurtbel.RoleDispatcher])
	debt, field := "/debts/"+s.own.String(), textName(buurtbel.Dutch, s.own)
	pages := map[string]got{
		"start": officer.get("/"), "debts": officer.get("/debts"), "journal": officer.get("/alerts/" + s.own.String() + "/journal"), "lost": officer.get("/lost"),
		"settle refused": officer.post(debt, url.Values{field: {"Bel 0455 01 23 45 " + hostile}, "ground": {hostile}, "why-" + s.own.String(): {hostile}}),
		"settle warned":  officer.post(debt, url.Values{field: {"De politie heeft Jan Peeters aangehouden. " + hostile}}),
		"sign-in":        s.browser().post("/sign-in", url.Values{"email": {hostile}}),
		"sent":           s.browser().post("/sign-in", url.Values{"email": {`"<script>"@example.org`}}),
		"second":         s.browser().get("/c/" + s.secondLink(s.people[buurtbel.RoleChief], s.waiting, time.Hour)),
		"hand-over":      dispatcher.post("/hand-over", url.Values{"person": {hostile}, "pin": {hostile}, "back": {"/" + hostile}}),
		"hand-over back": dispatcher.get("/hand-over?back=/" + url.QueryEscape(hostile)),
		"unknown":        officer.get("/" + url.PathEscape(hostile) + "?" + url.QueryEscape(hostile)),
		"query":          officer.get("/debts?done=" + url.QueryEscape(hostile)),
	}
	for name, got := range pages {
		if got.code >= 500 {
			t.Errorf("%s: %d", name, got.code)
		}
		harmless(t, name, got.body)
	}
	if !strings.Contains(pages["settle refused"].body, html.EscapeString("Bel 0455 01 23 45")) {
		t.Error("what was typed is gone")
	}
}

var inline = regexp.MustCompile(`(?i)^on[a-z]+$`)

// harmless checks that a page holds no element or attribute that only the hostile text could have brought.
func harmless(t *testing.T, name, body string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	walk(doc, func(n *html.Node) {
		if n.Type != html.ElementNode {
			return
		}
		if src, _ := attr(n, "src"); n.Data == "img" || n.Data == "script" && !strings.HasPrefix(src, assetRoot) {
			t.Errorf("%s: <%s src=%q>", name, n.Data, src)
		}
		for _, a := range n.Attr {
			if inline.MatchString(a.Key) || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
				t.Errorf("%s: %s=%q", name, a.Key, a.Val)
			}
		}
	})
}

func TestRedirectsStayWithUs(t *testing.T) {
	s := found(t)
	for _, back := range []string{"https://elders.example/", "//elders.example", `/\elders.example`, `\\elders.example`, "/a\r\nSet-Cookie: x=y", "javascript:alert(1)", "http:elders", "/%0d%0aX-Y: z",
		"", "elders", " /x", "/\t/elders.example", "/a\x00b", "///elders.example"} {
		got := s.browser().post("/view", url.Values{"theme": {"light"}, "back": {back}})
		to := got.header.Get("Location")
		u, err := url.Parse(to)
		if got.code != http.StatusSeeOther || err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\r\n\\") {
			t.Errorf("back=%q leads to %q (%d)", back, to, got.code)
		}
		if got.header.Get("X-Y") != "" || len(got.header.Values("Set-Cookie")) != 1 {
			t.Errorf("back=%q brought headers: %v", back, got.header)
		}
	}
	if got := s.browser().post("/view", url.Values{"back": {"/alerts/x?done=told"}}); got.header.Get("Location") != "/alerts/x?done=told" {
		t.Errorf("a path of ours: %q", got.header.Get("Location"))
	}
}

// TestSignInTellsNothingAboutMailboxes compares every byte of the answers for a known and an unknown mailbox.
func TestSignInTellsNothingAboutMailboxes(t *testing.T) {
	s := found(t)
	known, unknown := mailboxOf(80), mailboxOf(88)
	answer := func(mailbox string) string {
		got := s.browser().post("/sign-in", url.Values{"email": {mailbox}})
		got.header.Del("Date")
		return strings.ReplaceAll(strings.Join([]string{http.StatusText(got.code), got.body, strings.Join(got.header.Values("Set-Cookie"), "")}, "\n"), mailbox, "M")
	}
	if a, b := answer(known), answer(unknown); a != b {
		t.Errorf("known:\n%s\nunknown:\n%s", a, b)
	}
	s.until("the link in the mail", func() bool { _, ok := s.mail.last(known, ""); return ok })
	if _, ok := s.mail.last(unknown, ""); ok {
		t.Error("a mail went to an unknown mailbox")
	}
	b := s.browser()
	for range 40 {
		if got := b.post("/sign-in", url.Values{"email": {unknown}}); got.code == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("40 requests in a row were not too many")
}

func TestFailureToAScriptIsJSON(t *testing.T) {
	s := found(t)
	s.alerts()
	asScript := func(r *http.Request) { r.Header.Set("Sec-Fetch-Dest", "empty") }
	for path, code := range map[string]int{"/debts": http.StatusForbidden, "/nothing": http.StatusNotFound} {
		got := s.browser().do(http.MethodGet, path, nil, asScript)
		if got.code != code || !strings.HasPrefix(got.header.Get("Content-Type"), "application/json") || !strings.Contains(got.body, `"error":`) {
			t.Errorf("%s: %d %s %s", path, got.code, got.header.Get("Content-Type"), got.body)
		}
	}
}

func TestLanguageOfScreens(t *testing.T) {
	s := found(t)
	speaks := func(header string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Accept-Language", header) }
	}
	for header, lang := range map[string]string{"": "nl", "de-BE,de;q=0.9,nl;q=0.5": "de", "pt-BR, fr-CA;q=0.8": "fr", "en-GB": "en", "xx": "nl", "nl;q=0, en": "en", strings.Repeat("x,", 5000): "nl"} {
		if got := s.browser().do(http.MethodGet, "/sign-in", nil, speaks(header)); !strings.Contains(got.body, `<html lang="`+lang+`"`) {
			t.Errorf("%.20q: not %s", header, lang)
		}
	}
	b := s.as(s.people[buurtbel.RoleOfficer])
	if got := b.do(http.MethodGet, "/", nil, speaks("de")); !strings.Contains(got.body, `<html lang="nl"`) {
		t.Error("a person's own language goes before the browser's")
	}
	b.post("/view", url.Values{"language": {"fr"}})
	if got := b.do(http.MethodGet, "/", nil, speaks("de")); !strings.Contains(got.body, `<html lang="fr"`) {
		t.Error("what was chosen goes before all")
	}
}
