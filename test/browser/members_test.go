package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
)

// TestACoordinatorWorksWithTheList: on a telephone, the coordinator finds a neighbour, notes an absence, looks at what a change of several
// members would do and takes it back; the officer says why before a name is opened.
func TestACoordinatorWorksWithTheList(t *testing.T) {
	t.Parallel()
	h := found(t, 300)
	c := h.sits(390, 844, "nl")
	c.signsIn(h.coordinator(kerkveld), "")
	c.opens("/members")
	c.reads("leden op deze lijst")
	c.looks("members")
	name := h.neighbour(kerkveld)
	c.do(chromedp.SendKeys(chromedp.CSS("#q"), name), chromedp.Click(chromedp.CSS("main form .button")))
	c.reads("Toon weer iedereen")
	c.looks("members-found")
	c.do(chromedp.Click(chromedp.CSS(".member-lines a.name")))
	c.reads("Nummers en adressen")
	c.looks("member")
	c.do(chromedp.Click(chromedp.CSS(`form:has([name="until"]) .button`)))
	c.reads("De afwezigheid is genoteerd")
	c.opens("/members?")
	c.reads("leden op deze lijst")
	c.do(chromedp.Click(chromedp.CSS("main details.more:not(:has(.member-filter)) summary")), chromedp.Click(chromedp.CSS(`input[name="all"]`)),
		chromedp.Evaluate[chromedp.Void](`document.querySelector("#kind").value = "left"`))
	c.looks("members-batch")
	c.do(chromedp.Click(chromedp.CSS(`form[action$="/batch"] button.button:not(.quiet)`)))
	c.reads("Klopt dit?")
	c.looks("member-batch")
	c.do(chromedp.Click(chromedp.CSS("main .go")))
	c.reads("Het vertrek is genoteerd")
	c.do(chromedp.Click(chromedp.CSS(".undo .button")))
	c.reads("Alles staat weer zoals voordien")
	c.do(chromedp.Click(chromedp.CSS(`form[action$="/print"] button`)))
	c.reads("afgedrukt")
	c.looks("member-print")

	o := h.sits(1440, 900, "nl")
	o.signsIn(h.town.Official(buurtbel.RoleOfficer), "")
	o.opens("/members")
	o.looks("member-networks")
	o.do(chromedp.Click(chromedp.CSS(".alert-lines a")))
	o.reads("Uw reden wordt genoteerd")
	o.looks("members-asks")
	o.do(chromedp.SendKeys(chromedp.CSS("#reason"), "Nazicht van de lijst met de coördinator"), chromedp.Click(chromedp.CSS("main .go")))
	o.reads("op deze lijst")
	o.looks("members-officer")
	o.do(chromedp.Click(chromedp.CSS(".member-lines button.name")))
	o.reads("Nummers en adressen")
}
