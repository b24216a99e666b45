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

// applications puts one application into each network.
func (s *site) applications() {
	for i, one := range []struct {
		zone, network buurtbel.ID
		into          *buurtbel.ID
	}{{s.zone, s.kerkveld, &s.application}, {s.zone, s.wide, &s.wideApplication}, {s.other, s.foreignNetwork, &s.foreignApplication}} {
		a := &store.NewApplication{Application: buurtbel.Application{ID: s.db.NewID(), Network: one.network, Basis: buurtbel.Lives, Source: buurtbel.FromForm, Found: buurtbel.FoundInside, Language: buurtbel.Dutch,
			Facts: []buurtbel.ApplicationFact{{Kind: buurtbel.FactApplied, Detail: "inside"}, {Kind: buurtbel.FactTold, Detail: "1"}, {Kind: buurtbel.FactAdult}, {Kind: buurtbel.FactRules, Detail: "0"}}},
			Person:   store.Applicant{Name: store.Name{Given: "Nora " + hostile, Family: "Nieuw" + hostile}, Home: store.Home{Street: "Kerkstraat " + hostile, Number: "1", PostalCode: "9999"}},
			Contacts: []store.NewContact{{ID: s.db.NewID(), Kind: buurtbel.Mobile, Address: numberOf(500 + i)}}}
		s.write(one.zone, func(tx *store.Tx) error { return tx.InsertApplication(a) })
		*one.into = a.ID
	}
}

// street gives the first network an area with a street in it.
func (s *site) street() {
	s.write(s.zone, func(tx *store.Tx) error {
		n, err := tx.NetworksOf([]buurtbel.ID{s.kerkveld})
		if err != nil {
			return err
		}
		n[0].Area = buurtbel.Area{{{{Lat: 51, Lon: 4}, {Lat: 51.01, Lon: 4}, {Lat: 51.01, Lon: 4.01}, {Lat: 51, Lon: 4.01}, {Lat: 51, Lon: 4}}}}
		if err := tx.PutNetwork(n[0]); err != nil {
			return err
		}
		street := store.Street{ID: s.db.NewID(), Name: "Vlierstraat", Key: "vlierstraat", PostalCode: "9990", Municipality: "Vlierbeek"}
		return tx.PutAddresses([]store.Street{street}, []store.House{{Street: street.ID, Number: "1", Lat: 510050000, Lon: 40050000}, {Street: street.ID, Number: "90", Lat: 520050000, Lon: 40050000}})
	})
}

var (
	hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
	digits = regexp.MustCompile(`\b\d{6}\b`)
)

// carried gives the hidden values of a page.
func carried(body string) url.Values {
	out := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(body, -1) {
		out.Set(m[1], m[2])
	}
	return out
}

func filled(v url.Values, more map[string]string) url.Values {
	out := url.Values{}
	for k, list := range v {
		out[k] = list
	}
	for k, value := range more {
		out.Set(k, value)
	}
	return out
}

// TestJoiningOverHTTP goes from the address to the next alert: form, code by text, coordinator, alert.
func TestJoiningOverHTTP(t *testing.T) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) { joinOverHTTP(t, foundOn(t, engine)) })
	}
}

func joinOverHTTP(t *testing.T, s *site) {
	s.street()
	b := s.browser()
	if got := b.get("/join"); got.code != http.StatusOK || !strings.Contains(got.body, `name="street"`) {
		t.Fatalf("%d", got.code)
	}
	address := url.Values{"street": {"Vlierstr."}, "number": {"1"}, "postal": {"9990"}, "kind": {"residents"}}
	if got := b.post("/join/where", url.Values{"street": {"Vlierstraat"}, "number": {"90"}, "postal": {"9990"}}); got.code != http.StatusOK || !strings.Contains(plainOf(got.body), "nog geen netwerk") {
		t.Errorf("outside: %d", got.code)
	}
	if got := b.post("/join/where", url.Values{"street": {"Nergensstraat"}, "number": {"1"}, "postal": {"9990"}}); got.code != http.StatusOK || !strings.Contains(plainOf(got.body), "niet zeker") {
		t.Errorf("unknown: %d", got.code)
	}
	form := b.post("/join/where", address)
	if form.code != http.StatusOK || !strings.Contains(form.body, `name="mobile"`) || strings.Contains(form.body, "<script>alert") {
		t.Fatalf("%d %s", form.code, form.body)
	}
	base := carried(form.body)
	if got := b.post("/join", filled(base, map[string]string{"given": hostile, "mobile": hostile})); got.code != http.StatusUnprocessableEntity || strings.Contains(got.body, "<script>alert") || !strings.Contains(got.body, "&lt;script&gt;") {
		t.Errorf("%d", got.code)
	}
	person := map[string]string{"given": "Nora", "family": "Nieuw", "basis": "lives", "language": "nl", "mobile": "0455 07 77 77", "mailbox": "nora@example.org", "adult": "yes", "rules": "yes",
		"now-day": "all", "now-night": "text", "life-day": "all", "life-night": "all", "soon-day": "nothing", "soon-night": "nothing"}
	sent := b.post("/join", filled(base, person))
	page := sent.header.Get("Location")
	if sent.code != http.StatusSeeOther || !strings.HasPrefix(page, "/join/") {
		t.Fatalf("%d %s", sent.code, plainOf(sent.body))
	}
	var code string
	s.until("a code by text", func() bool {
		m, ok := s.sms.last("+32455077777", "code")
		if ok {
			code = digits.FindString(m.Content.Text)
		}
		return ok
	})
	own := b.get(page)
	contact := regexp.MustCompile(`name="contact" value="([^"]+)"`).FindStringSubmatch(own.body)
	if own.code != http.StatusOK || contact == nil || strings.Contains(own.body, "077777") || strings.Contains(own.body, "nora@") {
		t.Fatalf("%d: the own page shows no contact point, or shows it whole", own.code)
	}
	done := b.post(page+"/prove", url.Values{"contact": {contact[1]}, "code": {code}})
	if got := b.get(done.header.Get("Location")); done.code != http.StatusSeeOther || !strings.Contains(plainOf(got.body), "Bevestigd. Dank u.") {
		t.Fatalf("%d %s", done.code, plainOf(got.body))
	}
	if got := b.post(page+"/prove", url.Values{"contact": {contact[1]}, "code": {code}}); got.code != http.StatusNotFound {
		t.Errorf("the same code again: %d", got.code)
	}
	s.mailProves(b)
	s.acceptNora()
	alert := s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.kerkveld)
	s.until("the next alert on her telephone", func() bool { _, ok := s.sms.last("+32455077777", "inbraak"); return ok })
	if alert == 0 {
		t.Error("no alert")
	}
	if got := b.get(page); !strings.Contains(plainOf(got.body), "U bent lid van") {
		t.Error("her page does not say that she is a member")
	}
}

// mailProves proves the mailbox by the link of the mail: GET shows, POST proves, and once only.
func (s *site) mailProves(b *browser) {
	s.Helper()
	var link string
	s.until("the mail with the link", func() bool {
		m, ok := s.mail.last("nora@example.org", "Bevestig")
		if !ok {
			return false
		}
		f := regexp.MustCompile(`https://alarm\.example\.org(/verify/[0-9A-Za-z_-]+)`).FindStringSubmatch(m.Content.HTML)
		if f != nil {
			link = f[1]
		}
		return link != ""
	})
	for range 2 {
		if got := b.get(link); got.code != http.StatusOK {
			s.Fatalf("a look used the link up: %d", got.code)
		}
	}
	if got := b.post(link, nil); got.code != http.StatusSeeOther {
		s.Errorf("%d", got.code)
	}
	if got := b.post(link, nil); got.code != http.StatusNotFound {
		s.Errorf("used twice: %d", got.code)
	}
}

// acceptNora lets the coordinator find, open and accept her.
func (s *site) acceptNora() {
	s.Helper()
	c := s.as(s.people[buurtbel.RoleCoordinator])
	list := c.get("/applications")
	at := regexp.MustCompile(`action="(/applications/[0-9a-z]{13})"`).FindStringSubmatch(list.body)
	if list.code != http.StatusOK || at == nil || strings.Contains(list.body, "Nora") {
		s.Fatalf("%d: the list opens nobody, or shows a name before it was opened", list.code)
	}
	before := s.looksKept()
	opened := c.post(at[1], nil)
	if opened.code != http.StatusOK || !strings.Contains(opened.body, "Nora Nieuw") || s.looksKept() != before+1 {
		s.Fatalf("%d, %d looks", opened.code, s.looksKept()-before)
	}
	if got := c.post(at[1]+"/decide", url.Values{"do": {"accepted"}}); got.code != http.StatusConflict {
		s.Errorf("accepted without a proof of the address: %d", got.code)
	}
	if got := c.post(at[1]+"/decide", url.Values{"do": {"declined"}, "ground": {"I do not like her"}}); got.code != http.StatusUnprocessableEntity {
		s.Errorf("declined for a ground of no list: %d", got.code)
	}
	if got := c.post(at[1]+"/decide", url.Values{"do": {"accepted"}, "knows": {"yes"}}); got.code != http.StatusSeeOther {
		s.Fatalf("%d %s", got.code, plainOf(got.body))
	}
	if got := c.get(at[1]); got.code != http.StatusOK || strings.Contains(got.body, "Nora") || !strings.Contains(plainOf(got.body), "wie besliste, kent de persoon") {
		s.Errorf("%d", got.code)
	}
}

// looksKept counts the journalled looks of the zone.
func (s *site) looksKept() (n int) {
	s.read(s.zone, func(tx *store.Tx) error {
		list, err := tx.OldEntries(time.Time{}, time.Now().Add(time.Hour), 1000)
		n = len(list)
		return err
	})
	return n
}

// TestPaperAndLetters: the coordinator types a paper form over, prints the form to sign and the letter with the code, and the applicant reads the code out.
func TestPaperAndLetters(t *testing.T) {
	s := found(t)
	s.street()
	c := s.as(s.people[buurtbel.RoleCoordinator])
	form := c.post("/applications/new/where", url.Values{"street": {"Vlierstraat"}, "number": {"1"}, "postal": {"9990"}, "kind": {"residents"}})
	made := c.post("/applications/new", filled(carried(form.body), map[string]string{"given": "Łucja", "family": "Peeters-Özgür", "basis": "lives", "language": "fr", "mobile": "0455078888", "adult": "yes", "rules": "yes"}))
	at := made.header.Get("Location")
	if made.code != http.StatusSeeOther {
		t.Fatalf("%d %s", made.code, plainOf(made.body))
	}
	for _, kind := range []string{"consent", "letter"} {
		got := c.post(at+"/"+kind, nil)
		if got.code != http.StatusOK || got.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(got.body, "%PDF") || got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s", kind, got.code, got.header.Get("Content-Type"))
		}
	}
	opened := c.post(at, nil)
	contact := regexp.MustCompile(`name="contact" value="([^"]+)"`).FindStringSubmatch(opened.body)
	if contact == nil || !strings.Contains(plainOf(opened.body), "op papier") {
		t.Fatal("no contact point to prove")
	}
	if got := c.post(at+"/code", url.Values{"contact": {contact[1]}, "way": {"sms"}}); got.code != http.StatusOK {
		t.Fatalf("%d %s", got.code, plainOf(got.body))
	}
	var code string
	s.until("a code", func() bool {
		m, ok := s.sms.last("+32455078888", "code")
		if ok {
			code = digits.FindString(m.Content.Text)
		}
		return ok
	})
	if got := c.post(at+"/prove", url.Values{"contact": {contact[1]}, "code": {code}}); got.code != http.StatusOK {
		t.Errorf("%d", got.code)
	}
	if got := c.post(at+"/decide", url.Values{"do": {"accepted"}, "knows": {"yes"}}); got.code != http.StatusSeeOther {
		t.Errorf("%d", got.code)
	}
}
