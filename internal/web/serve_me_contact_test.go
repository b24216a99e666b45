package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// TestNewNumberOfAMember is the thread from the own page to the next alert: added, proved by the code that came there, and reached.
func TestNewNumberOfAMember(t *testing.T) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) { newNumber(t, foundOn(t, engine)) })
	}
}

func newNumber(t *testing.T, s *site) {
	const fresh = "+32455096969"
	b := s.ownAs(s.members[3])
	if got := b.get("/me/contacts"); !strings.Contains(got.body, `href="/me/contacts/add"`) {
		t.Fatal("no way to add")
	}
	b.want("/me/contacts/add", http.StatusUnprocessableEntity, url.Values{"address": {hostile}})
	b.want("/me/contacts/add", http.StatusUnprocessableEntity, url.Values{"address": {numberOf(3)}})
	at, _, _ := strings.Cut(b.want("/me/contacts/add", http.StatusSeeOther, url.Values{"address": {"0455 09 69 69"}}).header.Get("Location"), "?")
	if page := b.get(at); page.code != http.StatusOK || !strings.Contains(page.body, "0455 09 69 69") {
		t.Fatalf("%s: %d", at, page.code)
	}
	code := s.codeAt(fresh)
	b.want(at, http.StatusUnprocessableEntity, url.Values{"code": {otherThan(code)}})
	foreign := s.ownAs(s.members[4])
	foreign.want(at, http.StatusNotFound, url.Values{"code": {code}})
	s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.kerkveld)
	s.until("the alert at the old number", func() bool { _, ok := s.sms.last(numberOf(3), "inbraak"); return ok })
	if _, ok := s.sms.last(fresh, "inbraak"); ok {
		t.Error("an alert went to a number that was not proved")
	}
	b.want(at, http.StatusSeeOther, url.Values{"code": {code}})
	self := s.self(s.members[3])
	for _, c := range self.Contacts {
		if c.Address != fresh {
			b.want("/me/contacts", http.StatusSeeOther, url.Values{"do": {"pause"}, "contact": {c.ID.String()}})
		} else if !c.Verified {
			t.Error("not proved")
		}
	}
	s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.kerkveld)
	s.until("the next alert at the new number", func() bool { _, ok := s.sms.last(fresh, "inbraak"); return ok })
	if body := b.get("/me/data.json").body; !strings.Contains(body, `"added"`) || !strings.Contains(body, `"proved"`) {
		t.Error("the member's record says nothing of it")
	}
	s.newMailbox(b)
	s.numberByTelephone()
}

// newMailbox proves a mailbox by the link of the mail, which opens no page of the member's.
func (s *site) newMailbox(b *browser) {
	s.Helper()
	b.want("/me/contacts/add", http.StatusSeeOther, url.Values{"address": {"Fresh@Example.org"}})
	link := ""
	s.until("the mail", func() bool {
		m, ok := s.mail.last("fresh@example.org", "Bevestig")
		if !ok {
			return false
		}
		if f := regexp.MustCompile(`https://alarm\.example\.org(/verify/[0-9A-Za-z_-]+)`).FindStringSubmatch(m.Content.HTML); f != nil {
			link = f[1]
		}
		return link != ""
	})
	anybody := s.browser()
	if got := anybody.get(link); got.code != http.StatusOK || strings.Contains(plainOf(got.body), "lid te worden") {
		s.Errorf("%d %s", got.code, plainOf(got.body))
	}
	anybody.want(link, http.StatusOK, nil)
	anybody.want(link, http.StatusNotFound, nil)
	if got := anybody.get("/me"); got.code != http.StatusSeeOther {
		s.Errorf("the link opened the own page: %d", got.code)
	}
	if list := s.self(s.members[3]).Contacts; !list[len(list)-1].Verified {
		s.Error("the mailbox is not proved")
	}
}

// numberByTelephone lets the coordinator add a number for a member who calls, and reads the code out.
func (s *site) numberByTelephone() {
	s.Helper()
	o := s.as(s.people[buurtbel.RoleCoordinator])
	base := "/asked/" + s.members[5].String()
	at, _, _ := strings.Cut(o.want(base+"/contacts/add", http.StatusSeeOther, url.Values{"address": {"0455 09 79 79"}, "how": {"telephone"}}).header.Get("Location"), "?")
	if page := o.get(at).body; strings.Contains(page, "09 79 79") {
		s.Error("the office sees the number again")
	}
	code := s.codeAt("+32455097979")
	o.want(at, http.StatusSeeOther, url.Values{"code": {code}, "how": {"telephone"}})
	if body := s.ownAs(s.members[5]).get("/me/data.json").body; !strings.Contains(body, `"how": "telephone"`) || !strings.Contains(body, `"proved"`) {
		s.Error("not journalled as asked by telephone")
	}
}

func (s *site) codeAt(number string) (code string) {
	s.Helper()
	s.until("a code", func() bool {
		m, ok := s.sms.last(number, "code")
		if ok {
			code = digits.FindString(m.Content.Text)
		}
		return ok
	})
	return code
}

func otherThan(code string) string {
	if code == "123456" {
		return "654321"
	}
	return "123456"
}

// TestWishesKeepWhatThePageDoesNotShow: the turn at a business belongs to the business, and the way of reading to another page.
func TestWishesKeepWhatThePageDoesNotShow(t *testing.T) {
	s := found(t)
	kept := buurtbel.Choices{Only: buurtbel.ByText, Slower: true, Large: true, Shift: &buurtbel.Shift{Business: s.db.NewID(), Post: buurtbel.PostKeys, Alone: true}}
	s.write(s.zone, func(tx *store.Tx) error { return tx.SetChoices(s.members[3], kept) })
	b := s.ownAs(s.members[3])
	whole := func(after string) {
		c := s.self(s.members[3]).Member.Choices
		if c.Shift == nil || c.Shift.Business != kept.Shift.Business || c.Shift.Post != kept.Shift.Post || !c.Shift.Alone || c.Only != kept.Only || !c.Slower || !c.Large {
			t.Errorf("after %s: %+v", after, c)
		}
	}
	b.want("/me/wishes", http.StatusSeeOther, url.Values{"from": {"22:00"}, "until": {"07:00"}, "life-day": {"text"}})
	whole("wishes")
	b.want("/me/wishes", http.StatusSeeOther, url.Values{"do": {"default"}})
	whole("the default wishes")
	b.want("/me/reading", http.StatusSeeOther, url.Values{"language": {"nl"}, "ways": {"text"}, "slower": {"yes"}, "large": {"yes"}})
	whole("reading")
	if s.self(s.members[3]).Member.Choices.Per != nil {
		t.Error("reading changed the wishes")
	}
}

// TestHouseholdFromTheOwnPage: any member, also one who came from a list, invites from the own page.
func TestHouseholdFromTheOwnPage(t *testing.T) {
	s := found(t)
	b := s.ownAs(s.members[3])
	if got := b.get("/me"); !strings.Contains(got.body, `href="/me/household"`) || strings.Contains(got.body, `href="/me/shop"`) {
		t.Error("no household, or a business of nobody")
	}
	got := b.want("/me/household", http.StatusOK, url.Values{"mailbox": {""}})
	if !strings.Contains(got.body, "https://alarm.example.org/household/") || s.self(s.members[3]).Member.Household == 0 {
		t.Error("no invitation")
	}
	b.want("/me/household", http.StatusUnprocessableEntity, url.Values{"mailbox": {"x@"}})
	if got := b.get("/me/shop"); got.code != http.StatusNotFound {
		t.Errorf("shop: %d", got.code)
	}
}
