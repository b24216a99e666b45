package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

func TestBoxesOfEveryTemplate(t *testing.T) {
	for _, tpl := range locale.Templates() {
		if tpl.Fact == "" { // it follows an alert and has no boxes
			continue
		}
		for _, lang := range buurtbel.Languages {
			boxes := boxesOf(tpl.Text(lang), lang)
			text := joinBoxes(boxes)
			for _, slot := range locale.SlotsIn(tpl.Text(lang)) {
				switch kept := strings.Contains(text, "{"+slot+"}"); {
				case slot == "source" || slot == "until":
					if kept {
						t.Errorf("%s in %s keeps %s: %s", tpl.Key, lang, slot, text)
					}
				case slot != "line" && !kept:
					t.Errorf("%s in %s lost %s: %s", tpl.Key, lang, slot, text)
				}
			}
			if strings.Contains(text, "{fixed}") || strings.Contains(text, "  ") || boxes["hazard"] == "" || boxes["guidance"] == "" {
				t.Errorf("%s in %s: %q", tpl.Key, lang, boxes)
			}
		}
	}
	for _, c := range []struct {
		key  string
		lang buurtbel.Language
		want map[string]string
	}{
		{"burglary-in-progress", buurtbel.Dutch, map[string]string{"hazard": "er is nu een inbraak bezig", "location": "in de omgeving van {place}.", "detail": "{description}.",
			"guidance": "Blijf binnen, doe het licht aan en kijk vanuit uw huis.", "time": "Stand om {time}."}},
		{"missing-child", buurtbel.French, map[string]string{"hazard": "enfant disparu.", "location": "{name}, {age} ans, dernière observation à {time}, secteur {place}.", "detail": "{description}.",
			"guidance": "Regardez maintenant dans votre jardin, garage et remise."}},
		{"road-blocked", buurtbel.German, map[string]string{"hazard": "Die Straße ist im Bereich {place} gesperrt.", "detail": "{description}.",
			"guidance": "Fahren Sie einen anderen Weg und lassen Sie die Rettungsdienste durch.", "time": "Stand {time}."}},
	} {
		tpl, _ := locale.TemplateOf(c.key)
		got := boxesOf(tpl.Text(c.lang), c.lang)
		for _, name := range boxNames {
			if got[name] != c.want[name] {
				t.Errorf("%s %s %s: %q, expected %q", c.key, c.lang, name, got[name], c.want[name])
			}
		}
	}
}

func TestBoxesFollowTheForm(t *testing.T) {
	f := newForm()
	tpl, _ := locale.TemplateOf("burglary-in-progress")
	f.ready = ready{{Key: tpl.Key, Fact: tpl.Fact, Texts: map[buurtbel.Language]string{buurtbel.Dutch: tpl.Bare(buurtbel.Dutch), buurtbel.French: tpl.Bare(buurtbel.French)}}}
	f.template, f.street = "burglary-in-progress", "Kerkstraat"
	f.slots["nl-description"] = "grijze bestelwagen."
	languages := []buurtbel.Language{buurtbel.Dutch, buurtbel.French}
	fill := func() {
		f.choose()
		for _, lang := range languages {
			values, _ := f.values(lang, languages, "2.10", "112")
			f.fill(lang, values)
		}
	}
	fill()
	if got := f.text(buurtbel.Dutch); got != "Er is nu een inbraak bezig in de omgeving van Kerkstraat. Grijze bestelwagen. Blijf binnen, doe het licht aan en kijk vanuit uw huis. Stand om 2.10." {
		t.Error(got)
	}
	if got := f.text(buurtbel.French); strings.Contains(got, "bestelwagen") || strings.Contains(got, "{description}") {
		t.Errorf("what was typed in Dutch, in French: %s", got)
	}
	f.street = "Molenweg"
	b := f.boxes[buurtbel.Dutch]["guidance"]
	b.text = "Blijf weg van {place}."
	f.putBox(buurtbel.Dutch, "guidance", b)
	fill()
	if got := f.text(buurtbel.Dutch); !strings.Contains(got, "van Molenweg. Grijze") || !strings.Contains(got, "Blijf weg van Molenweg. Stand") {
		t.Errorf("after another street and a box by hand: %s", got)
	}
	f.slots["nl-description"] = "-"
	fill()
	if got := f.text(buurtbel.Dutch); !strings.Contains(got, "van Molenweg. Blijf weg") {
		t.Errorf("a hyphen leaves the sentence out: %s", got)
	}
}

func TestAddressesToLeaveOut(t *testing.T) {
	f := &typedForm{leaveOut: "Kerkstraat 12\n Oude Molenweg 3A bus 2 ;\n\nzomaar"}
	got := f.addresses()
	if len(got) != 2 || got[0].Street != "Kerkstraat" || got[0].Number != "12" || got[1].Street != "Oude Molenweg" || got[1].Number != "3A" || got[1].Box != "2" {
		t.Errorf("%+v", got)
	}
	if unread := f.unread(); !slices.Equal(unread, []string{"zomaar"}) {
		t.Errorf("unread: %q", unread)
	}
}

// launchForm is a form that can go out to Kerkveld.
func (s *site) launchForm() url.Values {
	return url.Values{"do": {"launch"}, "key": {s.db.NewID().String()}, "template": {"burglary-in-progress"}, "priority": {"1"}, "street": {"Kerkstraat"},
		"network": {s.kerkveld.String()}, "slot-nl-description": {"grijze bestelwagen"}, "reason-unwise": {"de naam van de zone"}}
}

func (s *site) countAlerts() int {
	n := 0
	s.read(s.zone, func(tx *store.Tx) error {
		list, err := tx.Alerts(100)
		n = len(list)
		return err
	})
	return n
}

func TestLaunchFromTheForm(t *testing.T) {
	s := found(t)
	b := s.as(s.people[buurtbel.RoleDispatcher])
	page := b.get("/dispatch")
	for _, want := range []string{`name="key" value="`, `value="burglary-in-progress"`, `aria-keyshortcuts="1"`, `data-launch`, `name="priority" value="2" checked`, `name="leave-out"`, "screen.", `name="exercise"`} {
		if strings.Contains(page.body, want) == (want == "screen.") {
			t.Errorf("the page and %s", want)
		}
	}
	form := s.launchForm()
	check := b.post("/dispatch/check", form)
	for _, want := range []string{`data-for="texts"`, "Grijze bestelwagen.", "in de omgeving van Kerkstraat.", "Verstuur naar 6 leden in BIN Kerkveld", `data-for="asks"`, `name="filled" value="burglary-in-progress"`} {
		if !strings.Contains(check.body, want) {
			t.Errorf("the check lacks %s", want)
		}
	}
	if n := s.countAlerts(); n != 0 {
		t.Fatalf("a check made %d alerts", n)
	}
	var twice [4]got
	var posts sync.WaitGroup
	for i := range twice {
		posts.Go(func() { twice[i] = b.post("/dispatch", form) })
	}
	posts.Wait()
	for _, g := range twice {
		if g.code != http.StatusSeeOther || g.header.Get("Location") != twice[0].header.Get("Location") {
			t.Errorf("double click: %d %s", g.code, g.header.Get("Location"))
		}
	}
	if n := s.countAlerts(); n != 1 {
		t.Errorf("%d alerts of one form", n)
	}
	s.until("six texts", func() bool { s.sms.mu.Lock(); defer s.sms.mu.Unlock(); return len(s.sms.took) == 6 })
	if m, ok := s.sms.last(numberOf(0), "Grijze bestelwagen. Blijf binnen"); !ok {
		t.Errorf("the text: %+v", m.Content.Text)
	}
}

func TestWrongFormsKeepWhatWasTyped(t *testing.T) {
	s := found(t)
	b := s.as(s.people[buurtbel.RoleDispatcher])
	long := strings.Repeat("Ik zag iets. ", 1600)
	crossing := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[4,51],[4.1,51.1],[4.1,51],[4,51.1],[4,51]]]}}]}`
	for name, c := range map[string]struct {
		change func(url.Values)
		keeps  string
		says   string
	}{
		"plate":       {func(f url.Values) { f.Set("slot-nl-description", "wagen met 1-ABC-123") }, "wagen met 1-ABC-123", "nummerplaat"},
		"open slot":   {func(f url.Values) { f.Del("slot-nl-description"); f.Set("call-sign", "Zulu 7") }, "Zulu 7", "{description} is nog niet ingevuld"},
		"20,000":      {func(f url.Values) { f.Set("slot-nl-description", long) }, "Ik zag iets. Ik zag iets", "tekens"},
		"crossing":    {func(f url.Values) { f.Set("area", crossing) }, "4.1,51.1", "kruist"},
		"no json":     {func(f url.Values) { f.Set("area", "{") }, "grijze bestelwagen", "regel 1"},
		"leave out":   {func(f url.Values) { f.Set("leave-out", "overal") }, "overal", "huisnummer"},
		"no network":  {func(f url.Values) { f.Del("network"); f.Set("street", "Nergens"); f.Set("auto", "x") }, "Nergens", "netwerk"},
		"no template": {func(f url.Values) { f.Del("template"); f.Set("incident", "D-77") }, "D-77", "Kies wat er gebeurt"},
		"too short": {func(f url.Values) {
			f.Set("valid", "1")
			f.Set("filled", "burglary-in-progress")
			f.Set("incident", "D-78")
		}, "D-78", "minuten"},
	} {
		t.Run(name, func(t *testing.T) {
			form := s.launchForm()
			c.change(form)
			got := b.post("/dispatch", form)
			if got.code != http.StatusUnprocessableEntity {
				t.Errorf("status %d", got.code)
			}
			if !strings.Contains(got.body, c.keeps) || !strings.Contains(got.body, c.says) || !strings.Contains(got.body, `role="alert"`) {
				t.Errorf("keeps %v, says %v", strings.Contains(got.body, c.keeps), strings.Contains(got.body, c.says))
			}
			if !strings.Contains(got.body, `value="`+form.Get("key")+`"`) {
				t.Error("another key: a second try could be a second alert")
			}
		})
	}
	if n := s.countAlerts(); n != 0 {
		t.Errorf("%d alerts", n)
	}
}

func TestDispatchRefusesWhoMayNot(t *testing.T) {
	s := found(t)
	b := s.as(s.people[buurtbel.RoleDispatcher])
	foreign := s.launchForm()
	foreign.Set("network", s.foreignNetwork.String())
	for _, path := range []string{"/dispatch", "/dispatch/check"} {
		if got := b.post(path, foreign); got.code != http.StatusNotFound {
			t.Errorf("%s with another zone's network: %d", path, got.code)
		}
	}
	got := b.do(http.MethodPost, "/dispatch", s.launchForm(), func(r *http.Request) {
		r.Header.Set("Origin", "https://elsewhere.example.org")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
	})
	if got.code != http.StatusForbidden {
		t.Errorf("another site's post: %d", got.code)
	}
	huge := s.launchForm()
	huge.Set("slot-nl-description", strings.Repeat("x", 70<<10))
	if got := b.post("/dispatch", huge); got.code != http.StatusRequestEntityTooLarge {
		t.Errorf("a body beyond the limit: %d", got.code)
	}
	if n := s.countAlerts(); n != 0 {
		t.Errorf("%d alerts", n)
	}
}

func TestSecondPersonIsSaidBefore(t *testing.T) {
	s := found(t)
	b := s.as(s.people[buurtbel.RoleDispatcher])
	form := s.launchForm()
	form["network"] = []string{s.wide.String()}
	if got := b.post("/dispatch/check", form); !strings.Contains(got.body, "tweede persoon") {
		t.Error("the check does not say that a second person is needed")
	}
	got := b.post("/dispatch", form)
	if got.code != http.StatusSeeOther {
		t.Fatalf("launch: %d", got.code)
	}
	page := b.get(got.header.Get("Location"))
	if !strings.Contains(page.body, `class="clock"`) || strings.Contains(page.body, "/cut") {
		t.Error("the waiting page lacks its countdown, or may be cut at once")
	}
	if got := b.post(got.header.Get("Location")+"/cut", nil); got.code != http.StatusConflict || !strings.Contains(got.body, `class="clock"`) {
		t.Errorf("cut before its time: %d", got.code)
	}
	if got := b.post(got.header.Get("Location")+"/stop", nil); got.code != http.StatusSeeOther {
		t.Errorf("withdraw: %d", got.code)
	}
}

func TestStreetSuggestions(t *testing.T) {
	s := found(t)
	b := s.as(s.people[buurtbel.RoleDispatcher])
	for q, want := range map[string]string{"ker": `["Kerkstraat"]`, "k": `[]`, "Nergens": `[]`} {
		if got := b.get("/dispatch/streets?q=" + q); strings.TrimSpace(got.body) != want {
			t.Errorf("%s: %s", q, got.body)
		}
	}
	s.membersAt("Stille Dreef", 2)
	if got := b.get("/dispatch/streets?q=stil"); strings.TrimSpace(got.body) != "[]" {
		t.Errorf("a street with two homes is named: %s", got.body)
	}
}

func (s *site) membersAt(street string, n int) []buurtbel.ID {
	var list []store.NewMember
	var out []buurtbel.ID
	for i := range n {
		m := store.NewMember{Member: buurtbel.Member{ID: s.db.NewID(), Network: s.kerkveld, Language: buurtbel.Dutch}, Name: store.Name{Given: "Stil", Family: "Lid"},
			Home:     store.Home{Street: street, Number: string(rune('1' + i))},
			Contacts: []store.NewContact{{ID: s.db.NewID(), Kind: buurtbel.Mobile, Address: numberOf(60 + i), Verified: true}}}
		list, out = append(list, m), append(out, m.ID)
	}
	s.write(s.zone, func(tx *store.Tx) error { return tx.InsertMembers(list) })
	return out
}

func TestADrawingTellsWhomItCannotReach(t *testing.T) {
	s := found(t)
	b := s.as(s.people[buurtbel.RoleDispatcher])
	form := s.launchForm()
	const polygon = `{"type":"Polygon","coordinates":[[[4.70,50.87],[4.72,50.87],[4.72,50.89],[4.70,50.89],[4.70,50.87]]]}`
	for area, want := range map[string]string{
		polygon: "6 leden van de gekozen netwerken hebben geen bekende plaats.",
		`{"type":"FeatureCollection","features":[]}`: locale.Text(buurtbel.Dutch, "error.alert.area-empty", nil),
	} {
		form.Set("area", area)
		if got := b.post("/dispatch/check", form); got.code != http.StatusOK || !strings.Contains(plainOf(got.body), want) {
			t.Errorf("%s: %d %s", area, got.code, plainOf(got.body))
		}
		if got := b.post("/dispatch", form); got.code == http.StatusSeeOther {
			t.Errorf("%s went out", area)
		}
	}
	form.Del("area")
	if got := b.post("/dispatch/check", form); strings.Contains(plainOf(got.body), "geen bekende plaats") {
		t.Error("without a drawing everybody of the network is reached")
	}
}
