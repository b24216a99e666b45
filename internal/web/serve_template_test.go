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
)

const cows = "Ingebroken in {place}. {description}. Kijk uw kelder na. Ontdekt om {time}."

func TestTemplatesAreEditedAndReset(t *testing.T) {
	s := found(t)
	officer := s.as(s.people[buurtbel.RoleOfficer])
	at := "/templates/burglary-in-progress"
	got := officer.post(at, url.Values{"do": {"save"}, "text-nl": {cows}, "title-nl": {"Kelder"}, "valid": {"240"}})
	if got.code != http.StatusSeeOther || got.header.Get("Location") != at+"?done=saved" {
		t.Fatalf("%d %s", got.code, got.body)
	}
	tpl, _ := locale.TemplateOf("burglary-in-progress")
	got = officer.get(at + "?done=saved")
	for _, want := range []string{cows, "Ingebroken in Molenweg.", "Bewaard.", "Terug naar de oorspronkelijke tekst", tpl.Bare(buurtbel.French)} {
		if !strings.Contains(got.body, escaped(want)) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if parts := regexp.MustCompile(`<b>[1-9] del(en)?</b>`).FindAllString(got.body, -1); len(parts) != len(buurtbel.Languages) {
		t.Errorf("what each language costs: %q", parts)
	}
	if got := officer.get("/templates"); strings.Count(got.body, "Aangepast door uw zone") != 1 || !strings.Contains(got.body, "Kelder") {
		t.Error("the list does not say what was changed")
	}
	if got := s.as(s.foreignOfficer).get(at); strings.Contains(got.body, "kelder") {
		t.Error("the other zone sees it")
	}
	if got := officer.post(at, url.Values{"do": {"reset"}}); got.header.Get("Location") != "/templates?done=reset" {
		t.Errorf("reset: %d", got.code)
	}
	if got := officer.get(at); strings.Contains(got.body, "kelder") || !strings.Contains(got.body, escaped(tpl.Bare(buurtbel.Dutch))) {
		t.Error("the original text is not back")
	}
}

// escaped is how a page writes a text.
func escaped(s string) string { return strings.ReplaceAll(s, "'", "&#39;") }

func TestRefusedTemplateKeepsWhatWasTyped(t *testing.T) {
	s := found(t)
	officer := s.as(s.people[buurtbel.RoleOfficer])
	got := officer.post("/templates/burglary-in-progress", url.Values{"do": {"save"}, "text-nl": {"De auto met 1-ABC-123 in {straat}."}, "title-fr": {"Cave " + hostile}, "valid": {"30"}})
	if got.code != http.StatusUnprocessableEntity {
		t.Fatal(got.code)
	}
	for _, want := range []string{"De auto met 1-ABC-123 in {straat}.", "Cave ", `<option value="30" selected>`, "{straat} kent het programma niet"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(got.body, "<script>alert") {
		t.Error("what was typed is part of the page")
	}
	if got := officer.get("/templates"); strings.Contains(got.body, "Aangepast") {
		t.Error("it was kept")
	}
}

func TestOwnTemplateIsMadeAndTakenAway(t *testing.T) {
	s := found(t)
	officer := s.as(s.people[buurtbel.RoleOfficer])
	if got := officer.get("/templates/new"); got.code != http.StatusOK || !strings.Contains(got.body, `name="fact"`) {
		t.Fatal(got.code)
	}
	got := officer.post("/templates/new", url.Values{"do": {"save"}, "fact": {"burglary-in-progress"}, "title-nl": {"Dieven in tuinen"}, "text-nl": {cows}, "valid": {"60"}})
	at, ok := strings.CutSuffix(got.header.Get("Location"), "?done=saved")
	if got.code != http.StatusSeeOther || !ok {
		t.Fatalf("%d %s", got.code, got.body)
	}
	dispatcher := s.as(s.people[buurtbel.RoleDispatcher])
	if got := dispatcher.get("/dispatch"); !strings.Contains(got.body, "Dieven in tuinen") {
		t.Error("the dispatch page does not have it")
	}
	if got := s.as(s.foreignOfficer).get(at); got.code != http.StatusNotFound {
		t.Errorf("the other zone: %d", got.code)
	}
	if got := officer.post(at, url.Values{"do": {"reset"}}); got.header.Get("Location") != "/templates?done=dropped" {
		t.Errorf("%d", got.code)
	}
	if got := officer.get(at); got.code != http.StatusNotFound {
		t.Errorf("after it was taken away: %d", got.code)
	}
}

func TestLaunchUsesTheEditedText(t *testing.T) {
	s := found(t)
	got := s.as(s.people[buurtbel.RoleOfficer]).post("/templates/burglary-in-progress", url.Values{"do": {"save"}, "text-nl": {cows}, "title-nl": {"Inbraak in de kelder"}, "valid": {"240"}})
	if got.code != http.StatusSeeOther {
		t.Fatal(got.code)
	}
	got = s.as(s.people[buurtbel.RoleDispatcher]).post("/dispatch", s.launchForm())
	if got.code != http.StatusSeeOther {
		t.Fatalf("%d %s", got.code, got.body)
	}
	s.until("the edited text arrives", func() bool {
		m, ok := s.sms.last(numberOf(0), "Ingebroken in Kerkstraat. Grijze bestelwagen. Kijk uw kelder na.")
		return ok && time.Until(m.Expires) > 3*time.Hour
	})
	s.until("the mail has the title", func() bool {
		_, ok := s.mail.last(mailboxOf(0), "Inbraak in de kelder")
		return ok
	})
}

func TestThePageOfAnAlertOffersTheZonesWords(t *testing.T) {
	s := found(t)
	s.alerts()
	officer, dispatcher := s.as(s.people[buurtbel.RoleOfficer]), s.as(s.people[buurtbel.RoleDispatcher])
	at := "/alerts/" + s.own.String()
	for _, key := range []string{"update", "correction", "all-clear"} {
		tpl, _ := locale.TemplateOf(key)
		if got := dispatcher.get(at); !strings.Contains(got.body, escaped(tpl.Bare(buurtbel.Dutch))) {
			t.Errorf("%s of the catalogue is not offered", key)
		}
		if got := officer.get("/templates"); !strings.Contains(got.body, `href="/templates/`+key+`"`) {
			t.Errorf("%s stands in no list", key)
		}
		if got := officer.get("/templates/" + key); got.code != http.StatusOK || strings.Contains(got.body, `name="title-nl"`) || !strings.Contains(got.body, "{line}") {
			t.Errorf("%s: %d", key, got.code)
		}
		got := officer.post("/templates/"+key, url.Values{"do": {"save"}, "text-nl": {"Onze eigen " + key + ". Bel {line}."}, "valid": {"240"}})
		if got.code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", key, got.code, plainOf(got.body))
		}
		if got := dispatcher.get(at); !strings.Contains(got.body, "Onze eigen "+key+". Bel 1") {
			t.Errorf("%s of the zone is not offered", key)
		}
	}
	if got := dispatcher.get("/dispatch"); strings.Contains(got.body, "Onze eigen") || strings.Contains(got.body, `value="all-clear"`) {
		t.Error("an alert can begin with its end")
	}
	s.until("members reached", func() bool { return strings.Contains(plainOf(officer.get("/debts").body), "6 leden bereikt") })
	if got := dispatcher.post(at+"/tell", url.Values{"kind": {"all-clear"}, "all-clear-nl": {"Onze eigen all-clear."}}); got.code != http.StatusSeeOther {
		t.Fatalf("%d %s", got.code, plainOf(got.body))
	}
	s.until("the all clear, as long as the zone says", func() bool {
		m, ok := s.sms.last(numberOf(0), "Onze eigen all-clear")
		return ok && time.Until(m.Expires) > 3*time.Hour+30*time.Minute
	})
}
