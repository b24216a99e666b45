package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// ownAs is a browser with the own page of a member open.
func (s *site) ownAs(member buurtbel.ID) *browser {
	s.Helper()
	link, err := s.gate.OwnLink(s.Context(), buurtbel.System(), member)
	if err != nil {
		s.Fatal(err)
	}
	b := s.browser()
	path := strings.TrimPrefix(link, "https://alarm.example.org")
	if got := b.get(path); got.code != http.StatusOK {
		s.Fatalf("the link shows %d", got.code)
	}
	if got := b.post(path, nil); got.code != http.StatusSeeOther {
		s.Fatalf("own page: %d %s", got.code, got.body)
	}
	return b
}

func (s *site) self(member buurtbel.ID) (self *store.Self) {
	s.Helper()
	zone := s.zone
	s.read(0, func(tx *store.Tx) (err error) {
		zone, err = tx.ZoneOf(member)
		return err
	})
	s.read(zone, func(tx *store.Tx) (err error) {
		self, err = tx.Self(member, true)
		return err
	})
	return self
}

// want posts a form and expects a status.
func (b *browser) want(path string, status int, form url.Values) got {
	b.Helper()
	got := b.post(path, form)
	if got.code != status {
		b.Errorf("POST %s %v: %d, expected %d", path, form, got.code, status)
	}
	return got
}

// TestQuietHoursOfTheOwnPageHoldForTheNextAlert is the thread from a link to what rings: the member says that it is night all day and that
// nothing may come then; the next alert leaves this member out, by choice, and reaches the neighbour.
func TestQuietHoursOfTheOwnPageHoldForTheNextAlert(t *testing.T) {
	s := found(t)
	b := s.ownAs(s.members[3])
	if got := b.get("/me"); got.code != http.StatusOK || !strings.Contains(got.body, "Dag Lid") {
		t.Fatalf("own page: %d %s", got.code, got.body)
	}
	now := time.Now().In(brussels(t))
	form := url.Values{"from": {now.Add(-2 * time.Hour).Format("15:04")}, "until": {now.Add(4 * time.Hour).Format("15:04")},
		"life-day": {"text", "call"}, "now-day": {"text"}, "soon-day": {"mail"}}
	b.want("/me/wishes", http.StatusSeeOther, form)
	page := b.get("/me/wishes?said=kept").body
	if !strings.Contains(page, form.Get("from")) || !strings.Contains(page, "Het geldt meteen") {
		t.Error("the page does not show what was kept")
	}
	alert := s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.kerkveld)
	s.until("the neighbour's text", func() bool { _, ok := s.sms.last(numberOf(4), "inbraak"); return ok })
	s.until("the alert is planned", func() bool {
		left := buurtbel.Left("?")
		s.read(s.zone, func(tx *store.Tx) error {
			list, err := tx.MessagesTo(s.members[3], 10)
			for _, m := range list {
				if m.Alert == alert && m.Kind == buurtbel.KindLaunch {
					left = m.Left
				}
			}
			return err
		})
		return left == buurtbel.LeftByChoice
	})
	if _, ok := s.sms.last(numberOf(3), "inbraak"); ok {
		t.Error("a text went to who wished none at this hour")
	}
	if page := b.get("/me/messages").body; !strings.Contains(page, "u koos om dit op dat uur niet te krijgen") || !strings.Contains(page, "Kerkstraat") {
		t.Error("my messages do not say why nothing came")
	}
	b.want("/me/wishes", http.StatusSeeOther, url.Values{"do": {"default"}})
	if c := s.self(s.members[3]).Member.Choices; c.Night != nil || c.Per != nil {
		t.Errorf("put back: %+v", c)
	}
	b.want("/me/wishes", http.StatusUnprocessableEntity, url.Values{"from": {"25:99"}, "until": {"07:00"}})
}

func brussels(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

var (
	askingIn = regexp.MustCompile(`name="asking" value="([^"]+)"`)
	passIn   = regexp.MustCompile(`\b(\d{4}) (\d{4})\b`)
	linkIn   = regexp.MustCompile(`https://alarm\.example\.org(/me/in/[A-Za-z0-9_-]+)`)
)

func TestCodeByTextOpensTheOwnPageAndNoDesk(t *testing.T) {
	s := found(t)
	b := s.browser()
	asked := b.want("/me/in", http.StatusOK, url.Values{"address": {"0455 00 00 00"}}) // the coordinator's
	s.until("the code", func() bool { _, ok := s.sms.last(numberOf(0), "code"); return ok })
	m, _ := s.sms.last(numberOf(0), "code")
	code := passIn.FindString(m.Content.Text)
	asking := askingIn.FindStringSubmatch(asked.body)[1]
	b.want("/me/code", http.StatusForbidden, url.Values{"asking": {asking}, "code": {"0000 0001"}})
	b.want("/me/code", http.StatusSeeOther, url.Values{"asking": {asking}, "code": {" " + code}})
	if got := b.get("/me"); got.code != http.StatusOK {
		t.Errorf("own page: %d", got.code)
	}
	if got := b.get("/places"); got.code != http.StatusSeeOther {
		t.Errorf("the own page's session opened the desk: %d", got.code)
	}
	// The same cookie as a desk's opens nothing either.
	at, err := url.Parse(s.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(at) {
		if c.Name == cookieOwn {
			b.client.Jar.SetCookies(at, []*http.Cookie{{Name: cookieSession, Value: c.Value, Path: "/"}})
		}
	}
	if got := b.get("/tree"); got.code != http.StatusSeeOther {
		t.Errorf("as a desk's cookie it opened the phone tree: %d", got.code)
	}
	s.browser().want("/me/code", http.StatusForbidden, url.Values{"asking": {asking}, "code": {code}}) // used
	desk := s.as(s.people[buurtbel.RoleCoordinator])
	if got := desk.get("/me"); got.code != http.StatusSeeOther || got.header.Get("Location") != "/me/in" {
		t.Errorf("a desk's session opened an own page: %d", got.code)
	}
}

func TestLinkByMailOpensTheOwnPageOnce(t *testing.T) {
	s := found(t)
	b := s.browser()
	b.want("/me/in", http.StatusOK, url.Values{"address": {strings.ToUpper(mailboxOf(5))}})
	s.until("the mail", func() bool { _, ok := s.mail.last(mailboxOf(5), "eigen pagina"); return ok })
	m, _ := s.mail.last(mailboxOf(5), "eigen pagina")
	path := linkIn.FindStringSubmatch(m.Content.Text)[1]
	b.want(path, http.StatusSeeOther, nil)
	b.want(path, http.StatusNotFound, nil)
	if got := b.get("/me"); got.code != http.StatusOK {
		t.Errorf("own page: %d", got.code)
	}
	b.want("/me/out", http.StatusSeeOther, nil)
	if got := b.get("/me"); got.code != http.StatusSeeOther {
		t.Errorf("after closing: %d", got.code)
	}
}

// TestAskingTellsNothing compares what an unknown address gets with what a known one gets, word for word but the secret.
func TestAskingTellsNothing(t *testing.T) {
	s := found(t)
	shown := func(address string) string {
		got := s.browser().want("/me/in", http.StatusOK, url.Values{"address": {address}})
		return askingIn.ReplaceAllString(got.body, "")
	}
	if shown("0455 00 00 02") != shown("0455 09 99 99") {
		t.Error("a known number and an unknown one are answered differently")
	}
	if shown(mailboxOf(2)) != shown("nobody@example.org") {
		t.Error("a known mailbox and an unknown one are answered differently")
	}
	asked := s.browser().want("/me/in", http.StatusOK, url.Values{"address": {"0455 09 99 98"}})
	asking := askingIn.FindStringSubmatch(asked.body)[1]
	b := s.browser()
	for i := range 7 {
		body := b.want("/me/code", http.StatusForbidden, url.Values{"asking": {asking}, "code": {"1234 5678"}}).body
		if over := strings.Contains(body, "werkt niet meer"); over != (i >= 5) {
			t.Errorf("try %d: over %t", i+1, over)
		}
	}
	for _, bad := range []string{"", "abc", "112", "an@", "<script>"} {
		s.browser().want("/me/in", http.StatusUnprocessableEntity, url.Values{"address": {bad}})
	}
}

// TestFloodKeepsNobodyOfTheirOwnPage: who asks again and again with another's number uses that telephone's share up; the owner still enters, with
// the code that came last.
func TestFloodKeepsNobodyOfTheirOwnPage(t *testing.T) {
	s := found(t)
	for range 12 {
		s.browser().post("/me/in", url.Values{"address": {"0455 00 00 03"}})
	}
	b := s.browser()
	asked := b.want("/me/in", http.StatusOK, url.Values{"address": {"0455 00 00 03"}})
	asking := askingIn.FindStringSubmatch(asked.body)[1]
	s.browser().post("/me/in", url.Values{"address": {"0455 00 00 04"}})
	// Askings are looked up one after the other. A code that is tried before its asking was looked up is a wrong one, and wrong ones are few.
	s.until("the text that was asked for last", func() bool { _, ok := s.sms.last(numberOf(4), ""); return ok })
	entered := false
	s.until("the own page in spite of a flood", func() bool {
		s.sms.mu.Lock()
		var codes []string
		for _, m := range s.sms.took {
			if m.To == numberOf(3) {
				codes = append(codes, passIn.FindString(m.Content.Text))
			}
		}
		s.sms.mu.Unlock()
		if len(codes) != 4 || entered {
			return entered
		}
		for i := len(codes) - 1; i >= 0 && !entered; i-- { // the owner has four texts and tries the newest first
			entered = b.post("/me/code", url.Values{"asking": {asking}, "code": {codes[i]}}).code == http.StatusSeeOther
		}
		return entered
	})
}

func TestContactPointsOfTheOwnPage(t *testing.T) {
	s := found(t)
	b := s.ownAs(s.members[2])
	list := s.self(s.members[2]).Contacts
	foreign := s.self(s.members[3]).Contacts[0].ID.String()
	b.want("/me/contacts", http.StatusSeeOther, url.Values{"do": {"up"}, "contact": {list[1].ID.String()}})
	if got := s.self(s.members[2]).Contacts; got[0].ID != list[1].ID {
		t.Errorf("the order stayed: %+v", got)
	}
	b.want("/me/contacts", http.StatusSeeOther, url.Values{"do": {"pause"}, "contact": {list[0].ID.String()}})
	if got := s.self(s.members[2]).Contacts[1].State; got != buurtbel.ContactStopped {
		t.Errorf("paused: %s", got)
	}
	b.want("/me/contacts", http.StatusSeeOther, url.Values{"do": {"resume"}, "contact": {list[0].ID.String()}})
	body := b.want("/me/contacts", http.StatusOK, url.Values{"do": {"remove"}, "contact": {list[0].ID.String()}}).body
	if !strings.Contains(body, "Dit verwijderen?") || len(s.self(s.members[2]).Contacts) != 2 {
		t.Error("the first step removes already, or does not ask")
	}
	b.want("/me/contacts", http.StatusSeeOther, url.Values{"do": {"removes"}, "contact": {list[0].ID.String()}})
	if got := s.self(s.members[2]).Contacts; len(got) != 1 {
		t.Errorf("removed: %+v", got)
	}
	for _, do := range []string{"up", "pause", "removes", "resume"} {
		b.want("/me/contacts", http.StatusNotFound, url.Values{"do": {do}, "contact": {foreign}})
	}
	if got := s.self(s.members[3]).Contacts; len(got) != 2 || got[0].State != buurtbel.ContactOK {
		t.Errorf("the neighbour's changed: %+v", got)
	}
}

func TestReadingAwayAndName(t *testing.T) {
	s := found(t)
	b := s.ownAs(s.members[2])
	b.want("/me/reading", http.StatusSeeOther, url.Values{"language": {"fr"}, "ways": {"text"}, "large": {"yes"}, "tree": {"yes"}})
	self := s.self(s.members[2])
	if self.Member.Language != buurtbel.French || self.Member.Choices.Only != buurtbel.ByText || !self.Member.Choices.Large || !self.Out || !self.InTree {
		t.Errorf("%+v", self)
	}
	if got := b.get("/me").body; !strings.Contains(got, "Bonjour Lid") || !strings.Contains(got, `class="member large"`) {
		t.Error("the page is not in the language, or not in the print, that was chosen")
	}
	today := time.Now().In(brussels(t))
	b.want("/me/away", http.StatusSeeOther, url.Values{"from": {today.Format(time.DateOnly)}, "until": {today.AddDate(0, 0, 3).Format(time.DateOnly)}})
	if a := s.self(s.members[2]).Member.Away; !a.Contains(today.AddDate(0, 0, 3)) || a.Contains(today.AddDate(0, 0, 5)) {
		t.Errorf("away: %+v", a)
	}
	b.want("/me/away", http.StatusUnprocessableEntity, url.Values{"from": {"2020-01-01"}, "until": {"2020-01-02"}})
	b.want("/me/away", http.StatusSeeOther, url.Values{"do": {"home"}})
	if a := s.self(s.members[2]).Member.Away; !a.From.IsZero() {
		t.Errorf("home again: %+v", a)
	}
	b.want("/me/data", http.StatusSeeOther, url.Values{"do": {"name"}, "given": {hostile[:40]}, "family": {"Peeters"}})
	if got := b.get("/me/data").body; strings.Contains(got, "<script>alert") {
		t.Error("a name became part of the page")
	}
	b.want("/me/data", http.StatusUnprocessableEntity, url.Values{"do": {"name"}})
	b.want("/me/data", http.StatusUnprocessableEntity, url.Values{"do": {"home"}, "street": {"Kerkstraat"}})
}

// TestMoveOutOfTheAreaIsDecidedByTheCoordinator: until then the old address counts.
func TestMoveOutOfTheAreaIsDecidedByTheCoordinator(t *testing.T) {
	s := found(t)
	b := s.ownAs(s.members[2])
	got := b.want("/me/data", http.StatusSeeOther, url.Values{"do": {"home"}, "street": {"Verrestraat"}, "number": {"7"}, "postal": {"9998"}, "municipality": {"Elders"}})
	if at := got.header.Get("Location"); !strings.HasSuffix(at, "said=unknown") {
		t.Errorf("leads to %s", at)
	}
	if s.self(s.members[2]).Home.Street != "Kerkstraat" {
		t.Error("the new address counts before it was decided")
	}
	c := s.as(s.people[buurtbel.RoleCoordinator])
	if body := c.get("/asked").body; strings.Contains(body, "Verrestraat") || !strings.Contains(body, "1 lid verhuisde") {
		t.Error("the page tells the address before anybody looked, or not that somebody moved")
	}
	if body := c.want("/asked/names", http.StatusOK, url.Values{"network": {s.kerkveld.String()}}).body; !strings.Contains(body, "Verrestraat 7, 9998 Elders") {
		t.Error("the coordinator cannot read the new address")
	}
	c.want("/asked/move", http.StatusSeeOther, url.Values{"member": {s.members[2].String()}, "do": {"yes"}})
	c.want("/asked/move", http.StatusConflict, url.Values{"member": {s.members[2].String()}, "do": {"no"}})
	if s.self(s.members[2]).Home.Street != "Verrestraat" {
		t.Error("the decided address is not kept")
	}
	if body := b.get("/me/looks").body; !strings.Contains(body, "Coördinator") {
		t.Error("the member does not read that the coordinator looked")
	}
}
