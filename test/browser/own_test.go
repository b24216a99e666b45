package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
)

// plainMember gives a member of a network who holds no role and is at home.
func (h *house) plainMember(network int) buurtbel.ID {
	h.Helper()
	for i, m := range h.town.Town.Members {
		if m.Network == network && m.Role == "" && !m.Away && !m.Suspended && len(m.Contacts) > 1 {
			return h.town.Members[i]
		}
	}
	h.Fatal("no member")
	return 0
}

// lastName gives the name of the last member of a network who holds no role.
func (h *house) lastName(network int) string {
	name := ""
	for _, m := range h.town.Town.Members {
		if m.Network == network && m.Role == "" && !m.Suspended {
			name = m.Given + " " + m.Family
		}
	}
	return name
}

// TestAMemberKeepsTheOwnPage: on a telephone a member opens the own page by a link, changes the quiet hours, goes away, reads who looked, and
// leaves; an officer does the same for somebody who calls, and keeps the register of breaches.
func TestAMemberKeepsTheOwnPage(t *testing.T) {
	t.Parallel()
	h := found(t, 300)
	link, err := h.app.Gate.OwnLink(t.Context(), buurtbel.System(), h.plainMember(kerkveld))
	if err != nil {
		t.Fatal(err)
	}
	m := h.sits(390, 844, "nl")
	m.opens("/me/in")
	m.looks("me-in")
	m.opens(strings.TrimPrefix(link, h.url))
	m.looks("me-link")
	m.do(chromedp.Click(chromedp.CSS("button.go")), chromedp.WaitVisible(chromedp.CSS(".me-lines")))
	m.looks("me")
	m.do(chromedp.Click(chromedp.CSS(`a[href="/me/wishes"]`)), chromedp.WaitVisible(chromedp.CSS("#from")))
	m.looks("me-wishes")
	m.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("from").value = "21:15"`), chromedp.Click(chromedp.CSS("button.go")))
	m.reads("Het geldt meteen")
	m.opens("/me")
	m.reads("21.15")
	for _, page := range []string{"contacts", "away", "reading", "messages", "data", "looks", "leave", "erase"} {
		m.opens("/me/" + page)
		m.looks("me-" + page)
	}
	m.do(chromedp.EmulateViewport(320, 700))
	m.opens("/me/wishes")
	m.looks("me-wishes-narrow")
	m.opens("/me/leave")
	m.do(chromedp.Click(chromedp.CSS(`input[name="sure"]`)), chromedp.Click(chromedp.CSS("button.go")))
	m.reads("U bent geen lid meer")
	m.looks("me-left")

	o := h.sits(1440, 900, "nl")
	o.signsIn(h.town.Official(buurtbel.RoleOfficer), "")
	o.opens("/asked")
	o.looks("asked")
	o.do(chromedp.Evaluate[chromedp.Void](`for (const o of document.querySelectorAll("#network option")) o.selected = o.text === "` + h.town.Town.Networks[kerkveld].Name + `"`))
	o.do(chromedp.SendKeys(chromedp.CSS("#part"), h.lastName(kerkveld)), chromedp.SendKeys(chromedp.CSS("#why"), "Het lid belde over zijn nummers"), chromedp.Click(chromedp.CSS("button.go")))
	o.reads("Kenmerk")
	o.looks("asked-found")
	o.do(chromedp.Click(chromedp.CSS(`main a[href^="/asked/"]`)), chromedp.WaitVisible(chromedp.CSS(".me-lines")))
	o.looks("asked-member")
	o.do(chromedp.Click(chromedp.CSS(`a[href$="/data"]`)), chromedp.WaitVisible(chromedp.CSS("details.more")))
	o.looks("asked-data")
	for _, page := range []string{"retention", "retention/members", "breaches"} {
		o.opens("/" + page)
		o.looks(strings.ReplaceAll(page, "/", "-"))
	}
	o.do(chromedp.SendKeys(chromedp.CSS("#what"), "Een afgedrukte lijst bleef in de trein liggen"), chromedp.Click(chromedp.CSS("main button.go")), chromedp.WaitVisible(chromedp.CSS(".clock")))
	o.reads("71 uur")
	o.looks("breach")
}
