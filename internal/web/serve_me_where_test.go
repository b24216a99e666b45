package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
)

// TestTheLetterThatAsksLeadsToTheContactPoints, by way of the code, and once. No other address is ever gone to.
func TestTheLetterThatAsksLeadsToTheContactPoints(t *testing.T) {
	s := found(t)
	form := url.Values{"kind": {"ask"}, "do": {"do"}, "member": {s.members[5].String()}}
	s.as(s.members[0]).want("/members/"+s.kerkveld.String()+"/batch", http.StatusSeeOther, form)
	s.until("the letter", func() bool { _, ok := s.mail.last(mailboxOf(5), "nummers en adressen"); return ok })
	m, _ := s.mail.last(mailboxOf(5), "nummers en adressen")
	link := regexp.MustCompile(`https://alarm\.example\.org(/me\S*)`).FindStringSubmatch(m.Content.Text)
	if link == nil {
		t.Fatalf("no link to the own page: %s", m.Content.Text)
	}
	b := s.browser()
	if got := b.get(link[1]); got.code != http.StatusSeeOther || got.header.Get("Location") != "/me/in" {
		t.Fatalf("%d %s", got.code, got.header.Get("Location"))
	}
	asked := b.want("/me/in", http.StatusOK, url.Values{"address": {"0455 00 00 05"}})
	s.until("the code", func() bool { _, ok := s.sms.last(numberOf(5), "code"); return ok })
	text, _ := s.sms.last(numberOf(5), "code")
	code := url.Values{"asking": {askingIn.FindStringSubmatch(asked.body)[1]}, "code": {passIn.FindString(text.Content.Text)}}
	if got := b.want("/me/code", http.StatusSeeOther, code); got.header.Get("Location") != "/me/contacts" {
		t.Errorf("after the code: %s", got.header.Get("Location"))
	}
	if got := b.get("/me/contacts"); got.code != http.StatusOK {
		t.Errorf("contact points: %d", got.code)
	}
	// Once, and never elsewhere.
	at, err := url.Parse(s.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(at) {
		if c.Name == cookieWhere {
			t.Errorf("it is remembered: %s", c.Value)
		}
	}
	for _, evil := range []string{"//example.org", "../members", "contacts/../../sign-in", "out"} {
		b := s.browser()
		b.client.Jar.SetCookies(at, []*http.Cookie{{Name: cookieWhere, Value: evil, Path: "/"}})
		own, err := s.gate.OwnLink(t.Context(), buurtbel.System(), s.members[5])
		if err != nil {
			t.Fatal(err)
		}
		if got := b.post(strings.TrimPrefix(own, "https://alarm.example.org"), nil); got.header.Get("Location") != "/me" {
			t.Errorf("%s leads to %s", evil, got.header.Get("Location"))
		}
	}
}
