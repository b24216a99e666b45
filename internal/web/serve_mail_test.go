package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/mailread"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// posted is one letter to one member.
type posted struct{ member, message, delivery buurtbel.ID }

// bulletin sends one to a member, and gives its delivery to the mailbox.
func (s *site) bulletin(member buurtbel.ID, subject string) (sent posted) {
	s.Helper()
	var people []store.Reachable
	var zone *buurtbel.Zone
	s.read(s.zone, func(tx *store.Tx) (err error) {
		if zone, err = tx.Zone(); err != nil {
			return err
		}
		people, err = tx.Reachables([]buurtbel.ID{member})
		return err
	})
	l := s.db.Letters(zone, buurtbel.KindBulletin, buurtbel.Soon, s.db.Now().Add(72*time.Hour))
	l.To(people[0], locale.NoteLetter(buurtbel.Dutch, subject, "Er is nieuws uit de wijk.", "", "").Wording(buurtbel.Dutch), buurtbel.Email)
	s.write(s.zone, l.Post)
	return posted{member, l.Message.ID, l.Recipients[0].Steps[0].ID}
}

// fate is what became of it, as the member's own page has it.
func (s *site) fate(p posted) (state string) {
	s.read(s.zone, func(tx *store.Tx) error {
		list, err := tx.MessagesTo(p.member, 100)
		for _, m := range list {
			if m.Message == p.message && len(m.Ways) > 0 {
				state = strings.TrimSpace(string(m.Ways[0].State) + " " + string(m.Ways[0].Reason))
			}
		}
		return err
	})
	return state
}

func (s *site) mailboxOf(member buurtbel.ID) (box store.Mailbox) {
	s.Helper()
	s.read(s.zone, func(tx *store.Tx) error {
		list, err := tx.MailboxesOf(member)
		if err == nil {
			box = list[0]
		}
		return err
	})
	return box
}

// TestOneClickStopsNewsAndNothingElse: a mail program posts without cookies; bulletins stop at that mailbox, alerts do not; looking changes nothing; the
// link and the own page undo it.
func TestOneClickStopsNewsAndNothingElse(t *testing.T) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) { oneClick(t, foundOn(t, engine)) })
	}
}

func oneClick(t *testing.T, s *site) {
	member := s.members[3]
	box := s.mailboxOf(member)
	sent := func(subject string) func() bool {
		return func() bool { _, ok := s.mail.last(s.addressOf(member), subject); return ok }
	}
	s.bulletin(member, "Nieuws een")
	s.until("the first bulletin", sent("Nieuws een"))
	link := "/stop/" + token.Sign(s.db.Ring(), token.Unsubscribe, box.Contact)
	program := s.browser()
	for range 2 {
		if got := program.get(link); got.code != http.StatusOK || !strings.Contains(got.body, "Stop dit nieuws") || !strings.Contains(plainOf(got.body), "blijft lid") {
			t.Fatalf("%d %s", got.code, plainOf(got.body))
		}
	}
	if s.mailboxOf(member).Rest != buurtbel.MailGoes {
		t.Fatal("looking stopped something")
	}
	for range 2 { // used twice is fine
		program.want(link, http.StatusOK, url.Values{"List-Unsubscribe": {"One-Click"}})
	}
	if got := s.mailboxOf(member); got.Rest != buurtbel.RestByWish {
		t.Fatalf("%+v", got)
	}
	if m, ok := s.mail.last(s.addressOf(member), "Nieuws een"); !ok || m.Stop != "https://alarm.example.org"+link {
		t.Errorf("the mail says %q", m.Stop)
	}
	stopped := s.bulletin(member, "Nieuws twee")
	s.until("the second bulletin to be closed", func() bool { return s.fate(stopped) == "failed opted-out" })
	other := s.bulletin(s.members[4], "Nieuws drie")
	s.until("the neighbour's", func() bool { return s.fate(other) == "handed-over" })
	s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.kerkveld)
	s.until("an alert all the same", sent("Inbraak"))
	if m, ok := s.mail.last(s.addressOf(member), "Inbraak"); ok && m.Stop != "" {
		t.Error("an alert can be stopped by a tap")
	}
	if sent("Nieuws twee")() {
		t.Error("a bulletin went to who stopped them")
	}
	own := s.ownAs(member)
	if page := own.get("/me/contacts"); !strings.Contains(page.body, `value="mail-go"`) {
		t.Error("the own page does not show it")
	}
	own.want("/me/contacts", http.StatusSeeOther, url.Values{"do": {"mail-go"}, "contact": {box.Contact.String()}})
	s.bulletin(member, "Nieuws vier")
	s.until("bulletins again", sent("Nieuws vier"))
	own.want("/me/contacts", http.StatusSeeOther, url.Values{"do": {"mail-stop"}, "contact": {box.Contact.String()}})
	s.ownAs(s.members[4]).want("/me/contacts", http.StatusNotFound, url.Values{"do": {"mail-go"}, "contact": {box.Contact.String()}})
	program.want(link, http.StatusOK, url.Values{"do": {"again"}})
	if got := s.mailboxOf(member).Rest; got != buurtbel.MailGoes {
		t.Errorf("the link does not undo: %q", got)
	}
	if body := own.get("/me/data.json").body; !strings.Contains(body, "mail-stopped") || !strings.Contains(body, "mail-again") {
		t.Error("the member's record says nothing of it")
	}
	for _, wrong := range []string{"/stop/" + token.Sign(s.db.Ring(), token.Heard, box.Contact), link + "x", "/stop/" + token.Sign(s.db.Ring(), token.Unsubscribe, s.db.NewID())} {
		program.want(wrong, http.StatusNotFound, url.Values{"List-Unsubscribe": {"One-Click"}})
	}
}

func (s *site) addressOf(member buurtbel.ID) string {
	for _, c := range s.self(member).Contacts {
		if c.Kind == buurtbel.Mailbox {
			return c.Address
		}
	}
	s.Fatal("no mailbox")
	return ""
}

// TestMailsThatComeBack: the mailbox rests after two mails a day apart, the member hears it by text, and one tap in a new mail puts it back.
func TestMailsThatComeBack(t *testing.T) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) { comesBack(t, foundOn(t, engine)) })
	}
}

func comesBack(t *testing.T, s *site) {
	member := s.members[3]
	box := s.mailboxOf(member)
	gone := &mailread.Mail{Kind: mailread.Bounce, Report: &mailread.Report{Recipients: []mailread.Undelivered{{Action: mailread.GaveUp, Status: "5.1.1", Severity: mailread.Hard, Reason: buurtbel.InvalidAddress}}}}
	program := buurtbel.System()
	report := func(p posted, m *mailread.Mail) (fresh, began bool) {
		t.Helper()
		r, err := s.hall.MailReturned(t.Context(), program, p.delivery, m)
		if err != nil {
			t.Fatal(err)
		}
		return r.Fresh, r.Began
	}
	handed := func(subject string) posted {
		d := s.bulletin(member, subject)
		s.until(subject, func() bool { return s.fate(d) == "handed-over" })
		return d
	}
	first, second := handed("Een"), handed("Twee")
	if fresh, began := report(first, gone); !fresh || began {
		t.Errorf("the first report: %t %t", fresh, began)
	}
	if state := s.fate(first); state != "failed invalid-address" {
		t.Errorf("its delivery is %s", state)
	}
	if fresh, _ := report(first, gone); fresh {
		t.Error("one report counted twice")
	}
	moved := 0
	s.read(s.zone, func(tx *store.Tx) error {
		entries, err := tx.JournalOf(s.zone)
		for _, e := range entries {
			if e.Kind == buurtbel.EntryReceipts && strings.HasPrefix(string(e.Content), first.delivery.String()+" ") {
				moved++
			}
		}
		return err
	})
	if moved != 1 {
		t.Errorf("the journal tells %d times that the delivery failed", moved)
	}
	late := &mailread.Mail{Kind: mailread.Bounce, Report: &mailread.Report{Recipients: []mailread.Undelivered{{Action: mailread.Delayed, Severity: mailread.Soft}}}}
	if fresh, _ := report(second, late); fresh {
		t.Error("a delay counted")
	}
	s.later.Add(int64(21 * time.Hour))
	if _, began := report(second, gone); !began {
		t.Fatal("two mails a day apart stopped nothing")
	}
	s.until("a text about it", func() bool { _, ok := s.sms.last(numberOf(3), "komen terug"); return ok })
	third := s.bulletin(member, "Drie")
	s.until("the third to be closed", func() bool { return s.fate(third) == "failed invalid-address" })
	s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.kerkveld)
	s.until("an alert all the same", func() bool { _, ok := s.mail.last(s.addressOf(member), "Inbraak"); return ok })
	own := s.ownAs(member)
	if page := own.get("/me/contacts"); !strings.Contains(plainOf(page.body), "lijkt niet te bestaan") {
		t.Error("the own page does not say it")
	}
	own.want("/me/contacts", http.StatusConflict, url.Values{"do": {"mail-go"}, "contact": {box.Contact.String()}})
	own.want("/me/contacts", http.StatusSeeOther, url.Values{"do": {"mail-ask"}, "contact": {box.Contact.String()}})
	link := ""
	s.until("the mail that shows it", func() bool {
		if m, ok := s.mail.last(s.addressOf(member), "Werkt dit mailadres"); ok {
			if f := regexp.MustCompile(`https://alarm\.example\.org(/mail-back/[0-9A-Za-z_-]+)`).FindStringSubmatch(m.Content.HTML); f != nil {
				link = f[1]
			}
		}
		return link != ""
	})
	reader := s.browser()
	if reader.get(link); s.mailboxOf(member).Rest != buurtbel.RestByReturn {
		t.Error("looking put it back")
	}
	reader.want(link, http.StatusOK, url.Values{})
	reader.want(link, http.StatusOK, url.Values{})
	handed("Vier")
	angry := &mailread.Mail{Kind: mailread.Complaint, Abuse: &mailread.Abuse{Type: "abuse", Reason: buurtbel.OptedOut}}
	if _, began := report(handed("Vijf"), angry); !began || s.mailboxOf(member).Rest != buurtbel.RestByComplaint {
		t.Error("a complaint does not count at once")
	}
	if _, err := s.hall.MailReturned(t.Context(), s.actor(s.people[buurtbel.RoleOfficer]), first.delivery, gone); buurtbel.KindOf(err) != buurtbel.Forbidden {
		t.Errorf("anybody may report: %v", err)
	}
	if _, err := s.hall.MailReturned(t.Context(), program, s.db.NewID(), gone); buurtbel.KindOf(err) != buurtbel.NotFound {
		t.Errorf("of a mail that is not ours: %v", err)
	}
}
