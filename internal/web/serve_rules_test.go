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

// proposes writes rules as coordinator, and gives the mark of the proposal as the officer's page shows it.
func (s *site) proposes(c, officer *browser, text string) (seen string) {
	s.Helper()
	path := "/rules/" + s.kerkveld.String()
	got := c.post(path+"/new", url.Values{"do": {"propose"}, "text-nl": {text}, "from": {s.db.Now().Format(time.DateOnly)}})
	if got.code != http.StatusSeeOther {
		s.Fatalf("propose: %d %s", got.code, plainOf(got.body))
	}
	mark := regexp.MustCompile(`name="seen" value="([0-9]+)"`).FindStringSubmatch(officer.get(path).body)
	if mark == nil {
		s.Fatal("the officer finds no proposal")
	}
	return mark[1]
}

// TestRule08_NewRulesAreAgreedToAndAcceptedAnew goes from the coordinator's text to a member who accepts it.
func TestRule08_NewRulesAreAgreedToAndAcceptedAnew(t *testing.T) {
	s := found(t)
	c, officer := s.as(s.people[buurtbel.RoleCoordinator]), s.as(s.people[buurtbel.RoleOfficer])
	path, public := "/rules/"+s.kerkveld.String(), "/networks/"+s.kerkveld.String()
	if got := s.browser().get(public); !strings.Contains(got.body, "Standaardreglement") || !strings.Contains(got.body, "burgemeester") {
		t.Error("the public page shows neither the standard rules nor the charter")
	}
	preview := c.post(path+"/new", url.Values{"do": {"preview"}, "text-nl": {"Bel eerst.\n\n" + hostile}, "from": {s.db.Now().Format(time.DateOnly)}})
	if preview.code != http.StatusOK || !strings.Contains(preview.body, "<li>Bel eerst.</li>") || strings.Contains(preview.body, hostile) {
		t.Errorf("preview: %d", preview.code)
	}
	first := s.proposes(c, officer, "Bel eerst.")
	second := s.proposes(c, officer, "Bel eerst.\nVerberg niets.")
	if got := officer.post(path+"/decide", url.Values{"do": {"agree"}, "seen": {first}}); got.code != http.StatusConflict {
		t.Errorf("agreed to what was written since: %d", got.code)
	}
	if got := officer.post(path+"/decide", url.Values{"do": {"return"}, "seen": {second}}); got.code != http.StatusUnprocessableEntity {
		t.Errorf("given back without a word: %d", got.code)
	}
	if got := officer.post(path+"/decide", url.Values{"do": {"return"}, "seen": {second}, "note": {"Zet ook de noodlijn erbij."}}); got.code != http.StatusSeeOther {
		t.Fatalf("give back: %d %s", got.code, plainOf(got.body))
	}
	if got := c.get(path); !strings.Contains(got.body, "Zet ook de noodlijn erbij.") {
		t.Error("the coordinator does not see why")
	}
	seen := s.proposes(c, officer, "Bel eerst 112.\nVerberg niets.")
	if got := officer.post(path+"/decide", url.Values{"do": {"agree"}, "seen": {seen}}); got.code != http.StatusSeeOther {
		t.Fatalf("agree: %d %s", got.code, plainOf(got.body))
	}
	if got := officer.post(path+"/decide", url.Values{"do": {"agree"}, "seen": {seen}}); got.code != http.StatusConflict {
		t.Errorf("agreed twice: %d", got.code)
	}
	for _, at := range []string{public, public + "/rules", public + "/rules/1"} {
		if got := s.browser().get(at); got.code != http.StatusOK || !strings.Contains(got.body, "Bel eerst 112.") {
			t.Errorf("%s: %d", at, got.code)
		}
	}
	s.acceptsByMail(c)
}

// acceptsByMail is a member who gets the mail and accepts, and a second version that asks anew.
func (s *site) acceptsByMail(c *browser) {
	s.Helper()
	path, link := "/rules/"+s.kerkveld.String(), ""
	s.until("the mail to a member", func() bool {
		m, ok := s.mail.last(mailboxOf(3), "reglement verandert")
		link = strings.TrimPrefix(m.Link, "https://alarm.example.org")
		return ok && link != ""
	})
	if _, ok := s.mail.last(mailboxOf(9), "reglement verandert"); ok {
		s.Error("another network was told")
	}
	member := s.browser()
	own := member.get(link).header.Get("Location")
	if got := member.get(own); !strings.HasPrefix(own, "/house-rules/") || !strings.Contains(got.body, "Ik aanvaard dit reglement") {
		s.Fatalf("%s: %d", own, got.code)
	}
	count := func() string {
		return regexp.MustCompile(`([0-9]+) van de [0-9]+ leden`).FindString(plainOf(c.get(path).body))
	}
	before := count()
	if got := member.post(own, url.Values{"version": {"7"}}); got.code != http.StatusConflict {
		s.Errorf("accepts what was not shown: %d", got.code)
	}
	for range 2 {
		if got := member.post(own, url.Values{"version": {"1"}}); got.code != http.StatusSeeOther {
			s.Fatalf("accept: %d %s", got.code, plainOf(got.body))
		}
	}
	if after := count(); after == before || !strings.HasPrefix(after, "1 ") {
		s.Errorf("%q became %q", before, after)
	}
	if kept := s.ownAs(s.members[3]).get("/me/data.json").body; !strings.Contains(kept, `"rules_accepted": [`) || !strings.Contains(kept, `"how": "link"`) {
		s.Errorf("the member's own copy does not say it: %s", kept)
	}
	names := plainOf(c.post(path+"/names", nil).body)
	if !strings.Contains(names, "Nog niet aanvaard") {
		s.Error("no names of who has not accepted")
	}
	s.write(s.zone, func(tx *store.Tx) error {
		_, err := tx.PutHouseRules(s.kerkveld, store.HouseRules{Body: "Nieuw.", By: s.people[buurtbel.RoleCoordinator], From: tx.Now().AddDate(0, 1, 0)})
		return err
	})
	if got := member.get(own); !strings.Contains(got.body, "Nieuw.") || !strings.Contains(got.body, "Ik aanvaard dit reglement") {
		s.Error("a newer version is not asked")
	}
	if got := s.browser().get("/networks/" + s.kerkveld.String() + "/rules"); !strings.Contains(got.body, "Bel eerst 112.") || strings.Contains(got.body, "<li>Nieuw.</li>") {
		s.Error("a version of next month is shown as the one in force")
	}
}

func TestRulesThatCannotBeProposed(t *testing.T) {
	s := found(t)
	c := s.as(s.people[buurtbel.RoleCoordinator])
	today := s.db.Now().Format(time.DateOnly)
	for _, one := range []struct{ text, from, says string }{
		{"", today, "ontbreekt nog"},
		{"Mail naar els@example.org.", today, "els@example.org"},
		{"Bel 0455 00 00 01.", today, "openbaar"},
		{"Bel eerst.", "2020-01-01", "vanaf vandaag"},
		{"Bel eerst.", "morgen", "datum"},
		{strings.Repeat("a", 20_001), today, "aaaa"},
	} {
		got := c.post("/rules/"+s.kerkveld.String()+"/new", url.Values{"do": {"propose"}, "text-nl": {one.text}, "from": {one.from}})
		if got.code != http.StatusUnprocessableEntity || !strings.Contains(plainOf(got.body), one.says) {
			t.Errorf("%.20q from %s: %d, does not say %q", one.text, one.from, got.code, one.says)
		}
		if one.text != "" && len(one.text) < 100 && !strings.Contains(got.body, one.text) {
			t.Errorf("%.20q is lost", one.text)
		}
	}
}

// TestRule08_NoIsAnAnswer: who does not accept stays a member, is counted apart, for the officer too and without a name, and accepts later.
func TestRule08_NoIsAnAnswer(t *testing.T) {
	s := found(t)
	c, officer := s.as(s.people[buurtbel.RoleCoordinator]), s.as(s.people[buurtbel.RoleOfficer])
	path := "/rules/" + s.kerkveld.String()
	if strings.Contains(officer.get("/").body, path) {
		t.Error("a card before anything happened")
	}
	seen := s.proposes(c, officer, "Bel eerst.")
	if got := officer.post(path+"/decide", url.Values{"do": {"agree"}, "seen": {seen}}); got.code != http.StatusSeeOther {
		t.Fatalf("agree: %d", got.code)
	}
	link := ""
	s.until("the mail to a member", func() bool {
		m, ok := s.mail.last(mailboxOf(3), "reglement verandert")
		link = strings.TrimPrefix(m.Link, "https://alarm.example.org")
		return ok && link != ""
	})
	member := s.browser()
	own := member.get(link).header.Get("Location")
	reads := func(b *browser, at string, want ...string) {
		t.Helper()
		got := plainOf(b.get(at).body)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s does not say %q: %s", at, w, got)
			}
		}
	}
	if got := member.post(own, url.Values{"version": {"1"}, "do": {"refuse"}}); got.code != http.StatusSeeOther {
		t.Fatalf("refuse: %d", got.code)
	}
	reads(member, own, "U blijft lid en krijgt elk dringend bericht", "Ik aanvaard dit reglement")
	me := s.ownAs(s.members[4])
	if got := me.post("/me/rules", url.Values{"version": {"1"}, "do": {"refuse"}}); got.code != http.StatusSeeOther {
		t.Fatalf("refuse on the own page: %d", got.code)
	}
	reads(me, "/me/rules", "U blijft lid", "Ik aanvaard dit reglement")
	reads(officer, "/", "Nieuw reglement van BIN Kerkveld", "Aanvaard: 0.", "Niet aanvaard: 2.")
	reads(c, path, "Niet aanvaard 2 leden")
	if names := plainOf(c.post(path+"/names", nil).body); strings.Count(names, "Aanvaardt de nieuwste versie niet") != 2 {
		t.Error("the names do not say who does not accept")
	}
	if kept := me.get("/me/data.json").body; !strings.Contains(kept, `"rules_not_accepted": [`) {
		t.Errorf("the member's own copy does not say it: %s", kept)
	}
	if got := me.post("/me/rules", url.Values{"version": {"1"}}); got.code != http.StatusSeeOther {
		t.Fatalf("accept after all: %d", got.code)
	}
	reads(officer, "/", "Aanvaard: 1.", "Niet aanvaard: 1.")
	reads(me, "/me/rules", "U hebt deze versie aanvaard")
}
