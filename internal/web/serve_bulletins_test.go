package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/relaying"
	"github.com/buurtbel/buurtbel/internal/store"
)

const poloText = "Vannacht werd drie keer ingebroken. Mogelijk is een gele Volkswagen Polo betrokken. Bel 101 als u die wagen ziet."

// spreads offers a bulletin in each network, and leaves a draft.
func (s *site) spreads() {
	s.Helper()
	if s.spread != nil {
		return
	}
	for i, one := range []struct{ zone, network, by buurtbel.ID }{{s.zone, s.kerkveld, s.people[buurtbel.RoleOfficer]}, {s.zone, s.wide, s.people[buurtbel.RoleOfficer]}, {s.other, s.foreignNetwork, s.foreignOfficer},
		{s.zone, s.kerkveld, s.people[buurtbel.RoleOfficer]}} {
		b := &buurtbel.Bulletin{ID: s.db.NewID(), Topic: "vehicle", Networks: []buurtbel.ID{one.network}, Until: s.db.Now().Add(4 * 24 * time.Hour),
			Titles: map[buurtbel.Language]string{buurtbel.Dutch: "Een gele Polo " + hostile}, Texts: map[buurtbel.Language]string{buurtbel.Dutch: poloText + "\n\n" + hostile}, Unwise: "De tekst is van de dienst zelf."}
		if _, err := s.bulletins.Write(s.Context(), s.actor(one.by), one.zone, b); err != nil {
			s.Fatal(err)
		}
		if i < 3 {
			if err := s.bulletins.Offer(s.Context(), s.actor(one.by), one.zone, b.ID); err != nil {
				s.Fatal(err)
			}
		}
		s.spread = append(s.spread, b.ID)
	}
}

// written is a bulletin as its form posts it.
func (s *site) written(text string, networks ...buurtbel.ID) url.Values {
	until := s.db.Now().AddDate(0, 0, 5)
	form := url.Values{"do": {"offer"}, "topic": {"vehicle"}, "headline-nl": {"Een gele Polo"}, "text-nl": {text}, "advice-nl": {"Sluit de garage."}, "day": {until.Format(time.DateOnly)}, "hour": {"20:00"}}
	for _, n := range networks {
		form.Add("network", n.String())
	}
	return form
}

var relayLink = regexp.MustCompile(`https://alarm\.example\.org(/relay/[A-Za-z0-9_-]+)`)

// asks gives the link in the mail to somebody who relays.
func (s *site) asks(mailbox, words string) (link string) {
	s.Helper()
	s.until("the mail that asks", func() bool {
		m, ok := s.mail.last(mailbox, words)
		if ok {
			link = relayLink.FindStringSubmatch(m.Content.Text)[1]
		}
		return ok
	})
	return link
}

// TestRule03_ABulletinTakesTwoLevels goes from the officer's form to a member's own page, and back by a withdrawal.
func TestRule03_ABulletinTakesTwoLevels(t *testing.T) {
	s := found(t)
	officer, c := s.as(s.people[buurtbel.RoleOfficer]), s.as(s.people[buurtbel.RoleCoordinator])
	checked := officer.post("/bulletins/new", change(s.written(poloText, s.kerkveld), "do", "check"))
	if checked.code != http.StatusOK || !strings.Contains(checked.body, "Merk en kleur van een auto mogen") {
		t.Fatalf("%d %s", checked.code, plainOf(checked.body))
	}
	if got := officer.post("/bulletins/new", change(s.written(poloText+" Plaat 1-ABC-123.", s.kerkveld), "do", "check")); !strings.Contains(got.body, "Mag niet:") || strings.Contains(got.body, `value="offer"`) {
		t.Errorf("a plate: %d", got.code)
	}
	offered := officer.post("/bulletins/new", s.written(poloText, s.kerkveld))
	page, _, _ := strings.Cut(offered.header.Get("Location"), "?")
	if offered.code != http.StatusSeeOther || !strings.HasPrefix(page, "/bulletins/") {
		t.Fatalf("%d %s", offered.code, plainOf(offered.body))
	}
	if got := c.get("/"); !strings.Contains(plainOf(got.body), "bericht om door te sturen") {
		t.Error("the coordinator's first page does not say it")
	}
	link := s.asks(mailboxOf(0), "om door te sturen")
	phone := s.browser()
	for _, way := range []string{"", "/word", "/not-now"} {
		if got := phone.get(link + way); got.code != http.StatusOK || !strings.Contains(got.body, "gele Volkswagen Polo") {
			t.Fatalf("%s: %d %s", way, got.code, plainOf(got.body))
		}
	}
	if got := phone.get(link + "/elsewhere"); got.code != http.StatusNotFound {
		t.Errorf("%d", got.code)
	}
	if got := phone.post(link, url.Values{"do": {"not-now"}}); got.code != http.StatusUnprocessableEntity || !strings.Contains(plainOf(got.body), "waarom") {
		t.Errorf("not now without a reason: %d", got.code)
	}
	if got := phone.post(link, url.Values{"do": {"relay"}, "word": {"De plaat is 1-ABC-123."}}); got.code != http.StatusUnprocessableEntity || !strings.Contains(got.body, "De plaat is 1-ABC-123.") {
		t.Errorf("a word with a plate: %d", got.code)
	}
	if got := phone.post(link, url.Values{"do": {"relay"}, "word": {"Kijk uw camera na."}}); got.code != http.StatusSeeOther || got.header.Get("Location") != link {
		t.Fatalf("relay: %d %s", got.code, plainOf(got.body))
	}
	if got := phone.get(link); !strings.Contains(plainOf(got.body), "door Lid Nummer0") || strings.Contains(got.body, "<form method=\"post\" action=\"/relay") {
		t.Errorf("after relaying: %s", plainOf(got.body))
	}
	if got := phone.post(link, url.Values{"do": {"relay"}}); got.code != http.StatusConflict {
		t.Errorf("relayed twice: %d", got.code)
	}
	s.memberReads()
	s.until("the figures", func() bool {
		got := plainOf(officer.get(page).body)
		return strings.Contains(got, "Leden 6") && strings.Contains(got, "Verstuurd 6") && strings.Contains(got, "Kijk uw camera na.")
	})
	s.withdraws(officer, page)
}

func change(form url.Values, name, value string) url.Values {
	form.Set(name, value)
	return form
}

func (s *site) memberReads() {
	s.Helper()
	s.until("the member's mail", func() bool {
		m, ok := s.mail.last(mailboxOf(3), "gele Volkswagen Polo")
		return ok && strings.Contains(m.Content.Text, "voegt toe") && strings.Contains(m.Content.Text, "/me/reading")
	})
	if _, ok := s.mail.last(mailboxOf(8), "Polo"); ok {
		s.Error("another network was told")
	}
	own := s.ownAs(s.members[3])
	if got := plainOf(own.get("/me/messages").body); !strings.Contains(got, "gele Volkswagen Polo") {
		s.Errorf("the own page does not show it: %s", got)
	}
	if got := own.get("/me/reading"); !strings.Contains(got.body, `name="bulletins" value="yes" checked`) {
		s.Error("the own page does not ask whether bulletins are wished")
	}
	own.want("/me/reading", http.StatusSeeOther, url.Values{"language": {"nl"}})
	s.read(s.zone, func(tx *store.Tx) error {
		self, err := tx.Self(s.members[3], false)
		if err == nil && !self.Member.Choices.NoBulletins {
			s.Error("the wish was not kept")
		}
		return err
	})
}

func (s *site) withdraws(officer *browser, page string) {
	s.Helper()
	if got := officer.post(page+"/withdraw", url.Values{"network": {s.kerkveld.String()}, "reason-withdraw" + s.kerkveld.String(): {"De wagen had er niets mee te maken."}}); got.code != http.StatusSeeOther {
		s.Fatalf("withdraw: %d %s", got.code, plainOf(got.body))
	}
	s.until("the note", func() bool {
		s.chores()
		_, ok := s.mail.last(mailboxOf(3), "trekt in")
		return ok
	})
	if m, ok := s.mail.last(mailboxOf(0), "bericht is ingetrokken"); !ok || !strings.Contains(m.Content.Text, "had er niets mee te maken") {
		s.Error("the coordinator does not hear of it")
	}
	if got := plainOf(officer.get(page).body); !strings.Contains(got, "Ingetrokken") {
		s.Error(got)
	}
}

// chores does the tasks of bulletins that are due.
func (s *site) chores() {
	s.Helper()
	var due []store.Task
	s.read(0, func(tx *store.Tx) (err error) {
		due, err = tx.DueTasks(50, nil)
		return err
	})
	for _, task := range due {
		verb := s.bulletins.Verbs()[task.Kind]
		if verb == nil {
			continue
		}
		s.write(0, func(tx *store.Tx) error { _, err := tx.TakeTask(task); return err })
		if err := verb(s.Context(), buurtbel.System(), task); err != nil {
			s.Error(err)
		}
	}
}

// TestADraftIsKeptAndThrownAway: what is typed stays, and nobody else sees it.
func TestADraftIsKeptAndThrownAway(t *testing.T) {
	s := found(t)
	officer, chief := s.as(s.people[buurtbel.RoleOfficer]), s.as(s.people[buurtbel.RoleChief])
	kept := officer.post("/bulletins/new", change(s.written("Half geschreven "+hostile), "do", "keep"))
	path, _, _ := strings.Cut(kept.header.Get("Location"), "?")
	if kept.code != http.StatusSeeOther || !strings.HasSuffix(path, "/write") {
		t.Fatalf("%d %s", kept.code, plainOf(kept.body))
	}
	if got := officer.get(path); !strings.Contains(got.body, "Half geschreven") || strings.Contains(got.body, hostile) {
		t.Error("the draft is lost, or it is not plain")
	}
	if got := chief.get(path); got.code != http.StatusNotFound {
		t.Errorf("somebody else's draft: %d", got.code)
	}
	if got := officer.post(path, change(s.written("Half geschreven"), "do", "offer")); got.code != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Half geschreven") {
		t.Errorf("offered to nobody: %d", got.code)
	}
	if got := officer.post(path, change(s.written("Een man van Roemeense afkomst belt aan.", s.kerkveld), "do", "offer")); got.code != http.StatusUnprocessableEntity || !strings.Contains(got.body, `name="unwise"`) {
		t.Errorf("a warning asks no reason: %d", got.code)
	}
	if got := officer.post(path, url.Values{"do": {"drop"}}); got.code != http.StatusSeeOther {
		t.Errorf("%d", got.code)
	}
	if got := officer.get(path); got.code != http.StatusNotFound {
		t.Errorf("thrown away: %d", got.code)
	}
	if relaying.SpeaksFor(s.actor(s.people[buurtbel.RoleMayor]), s.zone, s.db.Now()) != buurtbel.SourceMunicipality {
		t.Error("the mayor's office does not speak for the municipality")
	}
}
