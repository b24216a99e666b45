package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

var plainTags = regexp.MustCompile(`<[^>]*>`)

// plainOf gives what a person reads of a page.
func plainOf(body string) string {
	return strings.Join(strings.Fields(plainTags.ReplaceAllString(body, " ")), " ")
}

func TestMemberConfirmsByLink(t *testing.T) {
	s := found(t)
	s.alerts()
	var link string
	s.until("the mail with its link", func() bool {
		m, ok := s.mail.last(mailboxOf(3), "")
		link = strings.TrimPrefix(m.Link, "https://alarm.example.org")
		return ok
	})
	b := s.browser()
	heard := func() int {
		n := 0
		s.read(s.zone, func(tx *store.Tx) error {
			messages, err := tx.MessagesOf(s.own)
			if err != nil {
				return err
			}
			tally, err := tx.Tally(messages[0].ID)
			n = tally.Members[buurtbel.Heard]
			return err
		})
		return n
	}
	for range 2 {
		if got := b.get(link); got.code != http.StatusOK || !strings.Contains(got.body, "Ik heb het gehoord") || !strings.Contains(got.body, "inbraak bezig") || strings.Contains(got.body, "<script") {
			t.Fatalf("shown: %d %s", got.code, plainOf(got.body))
		}
	}
	if heard() != 0 {
		t.Error("opening the page confirmed")
	}
	for range 2 {
		if got := b.post(link, nil); got.code != http.StatusSeeOther || got.header.Get("Location") != link {
			t.Fatalf("confirmed: %d", got.code)
		}
	}
	if got := b.get(link); !strings.Contains(got.body, "Dank u. U bevestigde dit vandaag ") || strings.Contains(got.body, "<form") {
		t.Errorf("after: %s", plainOf(got.body))
	}
	if heard() != 1 {
		t.Errorf("%d members heard it", heard())
	}
	tired := 0
	for range 60 {
		if b.post(link, nil).code == http.StatusServiceUnavailable {
			tired++
		}
	}
	if tired == 0 {
		t.Error("a link may be tried without end")
	}
}

func TestOfficerSettlesADebt(t *testing.T) {
	s := found(t)
	s.alerts()
	b := s.as(s.people[buurtbel.RoleOfficer])
	s.until("members reached", func() bool { return strings.Contains(plainOf(b.get("/debts").body), "6 leden bereikt") })
	path, text, why := "/debts/"+s.own.String(), textName(buurtbel.Dutch, s.own), "why-"+s.own.String()
	for _, c := range []struct {
		form url.Values
		code int
		says string
	}{
		{nil, 422, "Schrijf hoe het afliep"},
		{url.Values{text: {"Alles is weer rustig."}, "ground": {"privacy"}}, 422, "Kies een van beide"},
		{url.Values{"ground": {"geen zin"}}, 422, "Kies waarom er niets"},
		{url.Values{text: {"De wagen had plaat 1-ABC-123."}}, 422, "Dit mag niet weg."},
		{url.Values{text: {"De heer Jan Peeters is aangehouden."}}, 422, "Waarom moet het toch zo?"},
		{url.Values{text: {"De heer Jan Peeters is aangehouden."}, why: {"Hij gaf zelf toestemming."}}, 303, ""},
		{url.Values{text: {"Nog eens."}}, 409, "al verstuurd"},
	} {
		got := b.post(path, c.form)
		if got.code != c.code || !strings.Contains(plainOf(got.body), c.says) {
			t.Errorf("%v: %d %s", c.form, got.code, plainOf(got.body))
		}
		if typed := c.form.Get(text); got.code == 422 && typed != "" && !strings.Contains(got.body, typed) {
			t.Errorf("%v: what was typed is gone", c.form)
		}
	}
	if got := b.get("/debts?done=told"); !strings.Contains(got.body, "De leden krijgen nu te lezen") || !strings.Contains(got.body, "Onlangs verteld") {
		t.Errorf("after: %s", plainOf(got.body))
	}
	s.until("members told", func() bool { _, ok := s.sms.last(numberOf(4), "aangehouden"); return ok })
	if _, ok := s.mail.last(mailboxOf(81), ""); !ok {
		s.until("the officer told", func() bool { _, ok := s.mail.last(mailboxOf(81), ""); return ok })
	}
	journal := plainOf(b.get("/alerts/" + s.own.String() + "/journal").body)
	for _, want := range []string{"Het logboek klopt", "Verteld hoe het afliep", "Bericht verstuurd", "6 leden", "Ann officer", "Overgedragen: "} {
		if !strings.Contains(journal, want) {
			t.Errorf("the journal lacks %q: %s", want, journal)
		}
	}
}

func TestSilenceHasAGround(t *testing.T) {
	s := found(t)
	s.alerts()
	b := s.as(s.people[buurtbel.RoleChief])
	if got := b.post("/debts/"+s.own.String(), url.Values{"ground": {"investigation"}}); got.code != http.StatusSeeOther {
		t.Fatal(got.code, plainOf(got.body))
	}
	if page := plainOf(b.get("/debts").body); !strings.Contains(page, "Over 1 van 1 berichten mocht niets verteld worden") {
		t.Error(page)
	}
	if page := plainOf(b.get("/alerts/" + s.own.String() + "/journal").body); !strings.Contains(page, "Het onderzoek loopt") {
		t.Error(page)
	}
}

// TestJournalSaysWhatIsErasedAndBroken takes a journal's contents away, then changes, drops and cuts entries.
func TestJournalSaysWhatIsErasedAndBroken(t *testing.T) {
	s := found(t)
	s.alerts()
	b := s.as(s.people[buurtbel.RoleAuditor])
	path := "/alerts/" + s.waiting.String() + "/journal"
	s.write(s.zone, func(tx *store.Tx) error {
		return tx.EraseContent(buurtbel.Chain{Subject: s.waiting, Node: s.db.Node()}, 1)
	})
	if page := plainOf(b.get(path).body); !strings.Contains(page, "De inhoud is gewist") || !strings.Contains(page, "Het logboek klopt") {
		t.Error(page)
	}
	s.until("two entries", func() bool {
		n := 0
		s.read(s.zone, func(tx *store.Tx) error {
			entries, err := tx.JournalOf(s.own)
			n = len(entries)
			return err
		})
		return n > 1
	})
	s.read(s.zone, func(tx *store.Tx) error {
		w := &writer{v: &visit{lang: buurtbel.Dutch, now: time.Now()}, tx: tx, loc: time.UTC}
		whole, err := tx.JournalOf(s.own)
		if err != nil || len(whole) < 2 {
			t.Fatalf("%d entries, %v", len(whole), err)
		}
		for name, bend := range map[string]func([]store.JournalEntry) []store.JournalEntry{
			"whole":   func(e []store.JournalEntry) []store.JournalEntry { return e },
			"changed": func(e []store.JournalEntry) []store.JournalEntry { e[0].Actor++; return e },
			"content": func(e []store.JournalEntry) []store.JournalEntry { e[1].Broken = true; return e },
			"removed": func(e []store.JournalEntry) []store.JournalEntry { return e[1:] },
			"cut":     func(e []store.JournalEntry) []store.JournalEntry { return e[:len(e)-1] },
			"gone":    func([]store.JournalEntry) []store.JournalEntry { return nil },
		} {
			says, broken, err := w.verified(s.own, bend(slices.Clone(whole)))
			if err != nil || broken != (name != "whole") || broken == strings.Contains(says, "Het logboek klopt:") {
				t.Errorf("%s: %t %s %v", name, broken, says, err)
			}
		}
		return nil
	})
}

func TestSecondPersonAnswers(t *testing.T) {
	s := found(t)
	s.alerts()
	chief := s.people[buurtbel.RoleChief]
	link, late := s.secondLink(chief, s.waiting, time.Hour), s.secondLink(chief, s.waiting, time.Hour)
	own := s.secondLink(s.people[buurtbel.RoleOfficer], s.waiting, time.Hour) // who launched
	b := s.browser()
	page := b.get("/c/" + link).body
	digest := regexp.MustCompile(`name="digest" value="([0-9a-f]+)"`).FindStringSubmatch(page)
	if digest == nil || !strings.Contains(plainOf(page), "Ja, verstuur naar 10 leden") || !strings.Contains(plainOf(page), "8") {
		t.Fatal(plainOf(page))
	}
	yes := url.Values{"digest": {digest[1]}, "answer": {"yes"}}
	for _, c := range []struct {
		link string
		form url.Values
		code int
	}{
		{own, yes, http.StatusForbidden},
		{link, nil, http.StatusUnprocessableEntity},
		{link, url.Values{"digest": {"zz"}, "answer": {"yes"}}, http.StatusUnprocessableEntity},
		{link, url.Values{"digest": {digest[1]}, "answer": {"perhaps"}}, http.StatusUnprocessableEntity},
		{link, url.Values{"digest": {"00" + digest[1][2:]}, "answer": {"yes"}}, http.StatusConflict}, // another text, area or count
		{link, yes, http.StatusOK},
		{link, yes, http.StatusNotFound}, // used
		{late, yes, http.StatusConflict}, // answered by then
	} {
		if got := b.post("/c/"+c.link, c.form); got.code != c.code {
			t.Errorf("%v: %d, expected %d: %s", c.form, got.code, c.code, plainOf(got.body))
		}
	}
	if page := b.get("/c/" + late).body; !strings.Contains(page, "Het bericht vertrekt nu") || strings.Contains(page, `name="answer"`) {
		t.Error(plainOf(page))
	}
	s.until("the alert out", func() bool { _, ok := s.sms.last(numberOf(8), "inbraak"); return ok })
}

func TestSharedDesk(t *testing.T) {
	s := found(t)
	b := s.browser()
	ann, bart := s.people[buurtbel.RoleDispatcher], s.colleague
	if got := b.post(s.link(ann), url.Values{"pin": {"123456"}}); got.code != http.StatusUnprocessableEntity {
		t.Errorf("an easy PIN: %d", got.code)
	}
	for person, pin := range map[buurtbel.ID]string{ann: "274951", bart: "835062"} {
		if got := b.post(s.link(person), url.Values{"pin": {pin}}); got.code != http.StatusSeeOther {
			t.Fatal(got.code, plainOf(got.body))
		}
	}
	who := func() string { return regexp.MustCompile(`<p class="who"><b>([^<]*)`).FindString(b.get("/").body) }
	if got := b.post("/hand-over", url.Values{"do": {"switch"}, "person": {ann.String()}, "pin": {"999999"}}); got.code != http.StatusForbidden {
		t.Errorf("a wrong PIN: %d", got.code)
	}
	if got := b.post("/hand-over", url.Values{"do": {"switch"}, "person": {ann.String()}, "pin": {"274951"}, "back": {"/dispatch"}}); got.code != http.StatusSeeOther || got.header.Get("Location") != "/dispatch" {
		t.Fatalf("hand-over: %d %s", got.code, plainOf(got.body))
	}
	if !strings.Contains(who(), "Ann") {
		t.Errorf("at the desk: %s", who())
	}
	if page := b.get("/hand-over?back=/dispatch").body; !strings.Contains(page, "Bart Maes") || strings.Contains(page, `value="`+ann.String()+`"`) {
		t.Error(plainOf(page))
	}
	if got := b.post("/hand-over", url.Values{"do": {"leave"}}); got.code != http.StatusSeeOther {
		t.Fatal(got.code)
	}
	if got := b.get("/"); got.code != http.StatusSeeOther {
		t.Errorf("the desk is still open: %d", got.code)
	}
	if got := b.post("/hand-over", url.Values{"do": {"switch"}, "person": {bart.String()}, "pin": {"835062"}}); got.code != http.StatusSeeOther || !strings.Contains(who(), "Bart") {
		t.Errorf("taken over: %d %s", got.code, who())
	}
	if got := s.browser().post("/hand-over", url.Values{"do": {"switch"}, "person": {bart.String()}, "pin": {"835062"}}); got.code == http.StatusOK {
		t.Errorf("the PIN works on another PC: %d", got.code)
	}
}

func TestCoordinatorSeesLostContactPoints(t *testing.T) {
	s := found(t)
	var contact buurtbel.ID
	s.write(s.zone, func(tx *store.Tx) error {
		found, err := tx.HoldersOf(numberOf(5))
		if err != nil {
			return err
		}
		contact = found[0].Contact
		_, err = tx.MoveContact(contact, buurtbel.ContactOK, buurtbel.ContactStopped)
		return err
	})
	b := s.as(s.people[buurtbel.RoleCoordinator])
	if page := plainOf(b.get("/").body); !strings.Contains(page, "1 contactgegeven werkt niet meer") {
		t.Error(page)
	}
	if page := plainOf(b.get("/lost").body); strings.Contains(page, "Nummer5") || !strings.Contains(page, "1 contactgegeven") || strings.Contains(page, "Weideveld") {
		t.Error(page)
	}
	looks := func() int {
		n := 0
		s.read(s.zone, func(tx *store.Tx) error {
			entries, err := tx.JournalOf(s.zone)
			for _, e := range entries {
				if e.Kind == buurtbel.EntryLook && e.Actor == s.people[buurtbel.RoleCoordinator] {
					n++
				}
			}
			return err
		})
		return n
	}
	if looks() != 0 {
		t.Error("a look was journalled before there was one")
	}
	if page := plainOf(b.post("/lost", url.Values{"network": {s.kerkveld.String()}}).body); !strings.Contains(page, "Nummer5") || !strings.Contains(page, "STOP") {
		t.Error(page)
	}
	if looks() != 1 {
		t.Errorf("%d looks in the journal", looks())
	}
	if page := plainOf(s.as(s.people[buurtbel.RoleOfficer]).get("/lost").body); strings.Contains(page, "Toon de namen") || !strings.Contains(page, "1 contactgegeven") {
		t.Error(page)
	}
}

func TestHealth(t *testing.T) {
	s := found(t)
	var answer map[string]string
	if got := s.browser().get("/health"); got.code != 200 || json.Unmarshal([]byte(got.body), &answer) != nil || answer["status"] != "ok" {
		t.Errorf("%d %s", got.code, got.body)
	}
}

func TestGateForgetsAfterAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate{most: 2}
		pass := func() bool { return g.pass("a", time.Now()) == nil }
		first, second, third := pass(), pass(), pass()
		if !first || !second || third {
			t.Error("two of three should pass")
		}
		if g.pass("b", time.Now()) != nil {
			t.Error("another key has its own count")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		<-ctx.Done()
		if !pass() {
			t.Error("a minute later it should pass")
		}
		for i := range gateKeys + 10 {
			if g.pass(buurtbel.ID(i).String(), time.Now()) != nil && i < gateKeys-1 {
				t.Fatalf("key %d", i)
			}
		}
		if len(g.tries) > gateKeys+1 {
			t.Errorf("remembers %d", len(g.tries))
		}
	})
}

func TestOriginBehindProxies(t *testing.T) {
	s := New(Options{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	for _, c := range []struct{ remote, forwarded, want string }{
		{"192.0.2.7:5000", "", "192.0.2.7"},
		{"192.0.2.7:5000", "198.51.100.1", "192.0.2.7"}, // not a proxy of ours: its word counts for nothing
		{"10.1.1.1:80", "198.51.100.1", "198.51.100.1"},
		{"10.1.1.1:80", "203.0.113.5, 198.51.100.1, 10.2.2.2", "198.51.100.1"},
		{"10.1.1.1:80", "nonsense", "10.1.1.1"},
		{"[::ffff:192.0.2.7]:5000", "", "192.0.2.7"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.RemoteAddr = c.remote
		r.Header.Set("X-Forwarded-For", c.forwarded)
		if got := (&visit{r: r, s: s}).origin(); got != c.want {
			t.Errorf("%s, %q: %s", c.remote, c.forwarded, got)
		}
	}
}

func TestCoordinatorReadsWhatTheOwnNetworkGot(t *testing.T) {
	s := found(t)
	s.alerts()
	officer, coordinator := s.as(s.people[buurtbel.RoleOfficer]), s.as(s.people[buurtbel.RoleCoordinator])
	s.until("members reached", func() bool { return strings.Contains(plainOf(officer.get("/debts").body), "6 leden bereikt") })
	at := "/alerts/" + s.own.String() + "/network"
	if got := coordinator.get("/"); !strings.Contains(got.body, `href="`+at+`"`) || strings.Contains(got.body, s.waiting.String()) {
		t.Errorf("the first page leads elsewhere: %s", plainOf(got.body))
	}
	got := coordinator.get(at)
	for _, want := range []string{"Er is nu een inbraak bezig in de Kerkstraat", "Iedereen is bereikt", "hoorden nog niet hoe het afliep"} {
		if !strings.Contains(plainOf(got.body), want) {
			t.Errorf("the page lacks %q: %d %s", want, got.code, plainOf(got.body))
		}
	}
	if strings.Contains(got.body, "Nummer3") || strings.Contains(got.body, "<script>alert") {
		t.Error("the page shows a name, or what was typed is part of it")
	}
	if got := officer.post("/debts/"+s.own.String(), url.Values{textName(buurtbel.Dutch, s.own): {"Alles is weer rustig."}}); got.code != http.StatusSeeOther {
		t.Fatal(got.code)
	}
	if got := plainOf(coordinator.get(at).body); !strings.Contains(got, "Hoe het afliep") || !strings.Contains(got, "Alles is weer rustig.") || strings.Contains(got, "nog niet hoe") {
		t.Errorf("after the feedback: %s", got)
	}
}
