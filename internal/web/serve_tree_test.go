package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/delivery"
	"github.com/buurtbel/buurtbel/internal/store"
)

// looks lists what the journal of a zone says of a look or a change that holds some words.
func (s *site) journalled(words string) int {
	s.Helper()
	n := 0
	s.read(s.zone, func(tx *store.Tx) error {
		entries, err := tx.JournalOf(s.zone)
		for _, e := range entries {
			if strings.Contains(string(e.Content), words) {
				n++
			}
		}
		return err
	})
	return n
}

func TestPhoneTreeFromConsentToPaper(t *testing.T) {
	s := found(t)
	b := s.as(s.people[buurtbel.RoleCoordinator])
	path := "/tree/" + s.kerkveld.String()
	if got := plainOf(b.get(path).body); !strings.Contains(got, "nog nooit afgedrukt") || strings.Contains(got, "Nummer4") || strings.Contains(got, "+324") {
		t.Fatalf("the page opens names or numbers by itself: %s", got)
	}
	if got := b.post(path+"/find", url.Values{"part": {"nummer4"}}); got.code != http.StatusOK || !strings.Contains(got.body, "Lid Nummer4") || strings.Contains(got.body, "Nummer5") {
		t.Fatalf("the search: %d %s", got.code, plainOf(got.body))
	}
	consent := func(do string) {
		t.Helper()
		if got := b.post(path+"/consent", url.Values{"member": {s.members[4].String()}, "how": {"telephone"}, "do": {do}}); got.code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", do, got.code, plainOf(got.body))
		}
	}
	print := func() string {
		t.Helper()
		got := b.post(path+"/print", nil)
		if got.code != http.StatusOK {
			t.Fatalf("print: %d %s", got.code, plainOf(got.body))
		}
		return got.body
	}
	if got := print(); strings.Contains(got, "0455 00 00 04") || !strings.Contains(got, "0455 00 00 01") {
		t.Errorf("before anybody agreed: %s", plainOf(got))
	}
	consent("agrees")
	got := print()
	if !strings.Contains(plainOf(got), "afdruk 2") || strings.Count(got, "0455 00 00 04") != 1 {
		t.Errorf("a number stands on one sheet only, once: %s", plainOf(got))
	}
	sheets := strings.Split(got, `<article`)
	for i, sheet := range sheets[1:] {
		if n := strings.Count(sheet, `class="n"`); n > buurtbel.TreeCalls || strings.Contains(sheet, "Lid Nummer0</h2>") && strings.Contains(sheet, "0455 00 00 00") {
			t.Errorf("sheet %d: %s", i, plainOf(sheet))
		}
	}
	consent("leaves")
	if got := b.post(path+"/find", url.Values{"part": {"nummer4"}}); !strings.Contains(got.body, "Doet niet mee aan oefeningen") || !strings.Contains(got.body, "Stemt in sinds") {
		t.Errorf("after a member left the exercises: %s", plainOf(got.body))
	}
	consent("joins")
	consent("withdraws")
	if got := print(); strings.Contains(got, "0455 00 00 04") {
		t.Errorf("after the consent was taken back: %s", plainOf(got))
	}
	if s.journalled("phone tree consent given by telephone") != 1 || s.journalled("phone tree consent withdrawn by telephone") != 1 || s.journalled("phone tree printed") != 3 ||
		s.journalled("exercises left by telephone") != 1 || s.journalled("exercises joined by telephone") != 1 {
		t.Error("the journal does not tell consents and prints")
	}
	if got := plainOf(s.as(s.people[buurtbel.RoleOfficer]).get(path).body); !strings.Contains(got, "Coördinator") || !strings.Contains(got, "geldig tot") {
		t.Errorf("the officer does not see who printed: %s", got)
	}
}

// An official writes why before a name is opened, and never records the word of another network's member.
func TestPhoneTreeAsksAnOfficialWhy(t *testing.T) {
	s := found(t)
	b := s.as(s.people[buurtbel.RoleOfficer])
	path := "/tree/" + s.kerkveld.String()
	for _, refused := range []url.Values{{}, {"reason": {" . "}}} {
		if got := b.post(path+"/print", refused); got.code != http.StatusUnprocessableEntity || strings.Contains(got.body, "0455 00 00 01") {
			t.Errorf("printed without a reason: %d", got.code)
		}
	}
	if got := b.post(path+"/print", url.Values{"reason": {"Het blad voor de meldkamer " + hostile}}); got.code != http.StatusOK || strings.Contains(got.body, "<script>alert") {
		t.Errorf("printed with one: %d", got.code)
	}
	if s.journalled("Het blad voor de meldkamer") != 1 {
		t.Error("the reason is not in the journal")
	}
	for _, member := range []buurtbel.ID{s.members[8], s.members[17]} { // of another network, of another zone
		if got := b.post(path+"/consent", url.Values{"member": {member.String()}, "how": {"paper"}, "do": {"agrees"}}); got.code != http.StatusNotFound {
			t.Errorf("a foreign member's consent: %d", got.code)
		}
	}
}

func TestOutageIsSaidAtTheDesk(t *testing.T) {
	s := found(t)
	down := []delivery.Health{{Channel: buurtbel.SMS, Carrier: "a"}, {Channel: buurtbel.SMS, Carrier: "b"}, {Channel: buurtbel.Email, Carrier: "mail"}}
	script := func(r *http.Request) { r.Header.Set("Sec-Fetch-Dest", "empty") }
	dispatcher, coordinator := s.as(s.people[buurtbel.RoleDispatcher]), s.as(s.people[buurtbel.RoleCoordinator])
	const none = "werkt nu geen enkele verbinding"
	if got := dispatcher.get("/dispatch"); strings.Contains(got.body, none) {
		t.Error("an outage is said while nobody knows of one")
	}
	s.carriers.Store(&down)
	for _, path := range []string{"/", "/dispatch", "/alerts"} {
		if got := dispatcher.get(path); !strings.Contains(plainOf(got.body), none) {
			t.Errorf("%s does not say that nothing works", path)
		}
	}
	if got := dispatcher.do(http.MethodGet, "/carriers", nil, script); got.code != http.StatusOK || !strings.Contains(got.body, none) || strings.Contains(got.body, "/tree") {
		t.Errorf("the banner for a dispatcher: %d %s", got.code, got.body)
	}
	if got := s.as(s.people[buurtbel.RoleOfficer]).get("/"); !strings.Contains(got.body, `href="/tree"`) {
		t.Error("the officer is not led to the phone tree")
	}
	if got := coordinator.get("/"); strings.Contains(got.body, none) {
		t.Error("the coordinator is told of the desk's connections")
	}
	some := []delivery.Health{down[0], {Channel: buurtbel.SMS, Carrier: "b", Up: true}, down[2]}
	s.carriers.Store(&some)
	if got := plainOf(dispatcher.get("/").body); strings.Contains(got, none) || !strings.Contains(got, "Nu vertrekt niets per mail. Wel per sms.") {
		t.Errorf("one carrier of two is enough, mail has none: %s", got)
	}
	form := url.Values{"template": {"burglary-in-progress"}, "network": {s.kerkveld.String()}, "valid": {"60"}, "priority": {"1"}}
	if got := plainOf(dispatcher.post("/dispatch/check", form).body); !strings.Contains(got, "Nu vertrekt niets per mail: 6 bestemmingen wachten") {
		t.Errorf("before a launch: %s", got)
	}
}
