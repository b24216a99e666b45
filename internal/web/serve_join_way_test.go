package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// TestAnApplicantReadsWhatIsOnItsWay: for each contact point what was sent there, and what to ask for; and that nothing is left to do only when that
// is so: a line that was not proved is not kept.
func TestAnApplicantReadsWhatIsOnItsWay(t *testing.T) {
	s := found(t, func(s *site) { s.calls = true })
	s.street()
	b := s.browser()
	form := b.post("/join/where", url.Values{"street": {"Vlierstraat"}, "number": {"1"}, "postal": {"9990"}, "kind": {"residents"}})
	sent := b.post("/join", filled(carried(form.body), map[string]string{"given": "Nora", "family": "Nieuw", "basis": "lives", "language": "nl", "mobile": "0455 07 77 77", "fixed": "02 000 09 17",
		"mailbox": "nora@example.org", "adult": "yes", "rules": "yes", "now-day": "all", "now-night": "text", "life-day": "all", "life-night": "all", "soon-day": "nothing", "soon-night": "nothing"}))
	page := sent.header.Get("Location")
	if sent.code != http.StatusSeeOther {
		t.Fatalf("%d %s", sent.code, plainOf(sent.body))
	}
	reads := func(want ...string) {
		t.Helper()
		got := plainOf(b.get(page).body)
		for _, w := range want {
			if w, none := strings.CutPrefix(w, "no: "); strings.Contains(got, w) == none {
				t.Errorf("%q: %t in %s", w, !none, got)
			}
		}
	}
	reads("Er is een code onderweg naar dit nummer. Vul hem hier in voor", "Er is een mail onderweg naar dit adres.", "Bent u bij dit toestel?", "no: U hoeft niets meer te doen")

	var id buurtbel.ID
	points := map[buurtbel.ContactKind]buurtbel.ID{}
	s.read(s.zone, func(tx *store.Tx) error {
		list, err := tx.OpenApplications(10)
		for _, a := range list {
			contacts, err := tx.ApplicantContacts(a.ID)
			if err != nil {
				return err
			}
			for _, c := range contacts {
				if c.Kind == buurtbel.Fixed {
					id = a.ID
				}
			}
			if id == a.ID {
				for _, c := range contacts {
					points[c.Kind] = c.ID
				}
			}
		}
		return err
	})
	var code string
	s.until("a code by text", func() bool {
		m, ok := s.sms.last("+32455077777", "code")
		if ok {
			code = digits.FindString(m.Content.Text)
		}
		return ok
	})
	b.post(page+"/prove", url.Values{"contact": {points[buurtbel.Mobile].String()}, "code": {code}})
	s.mailProves(b)
	reads("Bevestig intussen hieronder ook wat nog open staat", "no: U hoeft niets meer te doen", "no: Er is een code onderweg")

	s.write(s.zone, func(tx *store.Tx) error {
		_, err := tx.VerifyContact(id, points[buurtbel.Fixed])
		return err
	})
	reads("U hoeft niets meer te doen", "no: Bevestig intussen", "no: Bent u bij dit toestel?")
}
