package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

func TestMemberReadsWhichOfficeLooked(t *testing.T) {
	s := found(t)
	s.alerts()
	b := s.ownAs(s.members[5])
	if body := b.get("/me/looks").body; !strings.Contains(body, "Nog niemand") {
		t.Error("somebody looked already")
	}
	o := s.as(s.people[buurtbel.RoleOfficer])
	o.want("/asked/find", http.StatusOK, url.Values{"network": {s.kerkveld.String()}, "part": {"Nummer5"}, "why": {"Het lid belde over zijn gsm"}})
	body := b.get("/me/looks").body
	for _, want := range []string{"Het lid belde over zijn gsm", "Gemandateerd"} {
		if !strings.Contains(body, want) {
			t.Errorf("my looks lack %q", want)
		}
	}
	if body := s.ownAs(s.members[4]).get("/me/looks").body; strings.Contains(body, "Het lid belde") {
		t.Error("a look at one member shows at another")
	}
}

func TestExportIsWhole(t *testing.T) {
	s := found(t)
	s.alerts()
	s.until("the text", func() bool { _, ok := s.sms.last(numberOf(2), "inbraak"); return ok })
	b := s.ownAs(s.members[2])
	b.want("/me/wishes", http.StatusSeeOther, url.Values{"from": {"21:00"}, "until": {"08:00"}, "life-day": {"text"}})
	got := b.get("/me/data.json")
	var record struct {
		Name     store.Name
		Contacts []struct{ Address string } `json:"contact_points"`
		Messages []struct{ Text string }
		Changes  []struct{ What, How string }
	}
	if err := json.Unmarshal([]byte(got.body), &record); err != nil {
		t.Fatal(err)
	}
	if record.Name.Family != "Nummer2" || len(record.Contacts) != 2 || record.Contacts[0].Address != numberOf(2) || len(record.Messages) != 1 || len(record.Changes) != 1 || record.Changes[0].How != "own-page" {
		t.Errorf("%+v", record)
	}
	if strings.Contains(got.body, numberOf(3)) {
		t.Error("somebody else's number is in it")
	}
	if d := got.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", got.header)
	}
	pdf := b.get("/me/data.pdf")
	if pdf.code != http.StatusOK || !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Fatalf("%d %.20q", pdf.code, pdf.body)
	}
	if text := textOfPDF(t, pdf.body); !strings.Contains(text, "Lid Nummer2") || !strings.Contains(text, "Kerkstraat") {
		t.Errorf("the PDF says:\n%s", text)
	}
}

// TestRightsByTelephoneAreJournalledAsSuch does by an office what the member does on the own page, and looks how the member reads it.
func TestRightsByTelephoneAreJournalledAsSuch(t *testing.T) {
	s := found(t)
	o := s.as(s.people[buurtbel.RoleCoordinator])
	base := "/asked/" + s.members[3].String()
	if body := o.get(base + "/contacts").body; strings.Contains(body, "0455") || strings.Contains(body, mailboxOf(3)) {
		t.Error("acting for a member shows the numbers without a look")
	}
	o.want(base+"/wishes", http.StatusSeeOther, url.Values{"from": {"21:00"}, "until": {"08:00"}, "how": {"telephone"}})
	o.want(base+"/reading", http.StatusSeeOther, url.Values{"how": {"paper"}, "slower": {"yes"}, "exercises": {"yes"}})
	o.want(base+"/wishes", http.StatusUnprocessableEntity, url.Values{"from": {"21:00"}, "until": {"08:00"}, "how": {"own-page"}})
	pdf := o.want(base+"/copy", http.StatusOK, url.Values{"do": {"pdf"}, "how": {"telephone"}})
	if !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Errorf("%.30q", pdf.body)
	}
	body := s.ownAs(s.members[3]).get("/me/data.json").body
	for _, want := range []string{`"how": "telephone"`, `"how": "paper"`, "copy asked by telephone"} {
		if !strings.Contains(body, want) {
			t.Errorf("the member's record lacks %s", want)
		}
	}
	if lang := s.self(s.members[3]).Member.Language; lang != buurtbel.Dutch {
		t.Errorf("an office that does not see the language changed it to %s", lang)
	}
}
