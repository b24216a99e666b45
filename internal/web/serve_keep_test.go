package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
)

func TestBreachRegister(t *testing.T) {
	s := found(t)
	o := s.as(s.people[buurtbel.RoleOfficer])
	at := time.Now().Add(-30 * time.Hour).In(brussels(t))
	form := url.Values{"day": {at.Format(time.DateOnly)}, "hour": {at.Format("15:04")}, "what": {"Een lijst bleef liggen " + hostile}, "whom": {"leden"}, "count": {"12"}}
	where := o.want("/breaches", http.StatusSeeOther, form).header.Get("Location")
	s.until("the chief's mail", func() bool { _, ok := s.mail.last(mailboxOf(82), "datalek"); return ok })
	body := o.get(where).body
	if !strings.Contains(body, "Nog 41 uur") || !strings.Contains(body, "Controleorgaan") || strings.Contains(body, "<script>alert") {
		t.Errorf("the page does not count down, or does not name the authority: %s", plainOf(body))
	}
	form.Set("do", "close")
	if body := o.want(where, http.StatusUnprocessableEntity, form).body; !strings.Contains(body, "Beslis eerst") {
		t.Error("closed without a decision")
	}
	form.Set("authority", "told")
	form.Set("persons", "not")
	o.want(where, http.StatusUnprocessableEntity, form) // not told: why?
	form.Set("why-persons", "De lijst lag versleuteld")
	o.want(where, http.StatusSeeOther, form)
	if body := o.get(where).body; !strings.Contains(body, "Afgesloten") || strings.Contains(body, `name="do" value="close"`) {
		t.Error("it is not closed")
	}
	o.want(where, http.StatusNotFound, form)
	late := url.Values{"day": {"2020-01-01"}, "hour": {"10:00"}, "what": {"Oud"}}
	where = o.want("/breaches", http.StatusSeeOther, late).header.Get("Location")
	late.Set("authority", "told")
	o.want(where, http.StatusUnprocessableEntity, late) // after the 72 hours: why so late?
	future := url.Values{"day": {"2199-01-01"}, "hour": {"10:00"}, "what": {"x"}}
	o.want("/breaches", http.StatusUnprocessableEntity, future)
}

func TestKeepPagesNameTheSupervisorOfTheCountry(t *testing.T) {
	s := found(t)
	o := s.as(s.people[buurtbel.RoleOfficer])
	body := o.get("/retention").body
	if !strings.Contains(body, "400 dagen") || !strings.Contains(body, "Zolang iemand lid is") {
		t.Error("the page lacks a period")
	}
	for _, category := range []string{"members", "left", "deliveries", "letters", "texts", "journal", "previews", "entries", "breaches"} {
		one := o.get("/retention/" + category)
		if one.code != http.StatusOK || !strings.Contains(one.body, "Controleorgaan op de politionele informatie") {
			t.Errorf("%s: %d", category, one.code)
		}
		if pdf := o.get("/retention/" + category + "/paper"); !strings.HasPrefix(pdf.body, "%PDF-") {
			t.Errorf("%s: no document", category)
		}
	}
}
