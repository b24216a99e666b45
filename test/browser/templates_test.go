package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
)

// TestOfficerEditsATemplate changes a ready text, has it refused, puts the original back and makes a new one.
func TestOfficerEditsATemplate(t *testing.T) {
	t.Parallel()
	h := found(t, 50)
	p := h.sits(1440, 900, "nl")
	p.signsIn(h.town.Official(buurtbel.RoleOfficer), "")
	p.opens("/templates")
	p.reads("Na een bericht")
	p.looks("templates")
	p.opens("/templates/burglary-in-progress")
	p.looks("template")
	p.do(emptied("#text-nl"), chromedp.SendKeys(chromedp.CSS("#text-nl"), "De auto met 1-ABC-123 in {straat}."), chromedp.Click(chromedp.CSS("main .go")))
	p.reads("{straat} kent het programma niet")
	p.looks("template-refused")
	p.do(emptied("#text-nl"), chromedp.SendKeys(chromedp.CSS("#text-nl"), "Ingebroken in {place}. {description}. Kijk uw kelder na."), chromedp.Click(chromedp.CSS("main .go")))
	p.reads("Bewaard")
	p.looks("template-saved")
	p.do(chromedp.Click(chromedp.CSS(`button[value="reset"]`)))
	p.reads("opnieuw de oorspronkelijke tekst")
	p.opens("/templates/new")
	p.looks("template-new")
	p.opens("/")
	p.reads("Sjablonen voor berichten")
	p.looks("start-officer-templates")
	german := h.sits(320, 640, "de")
	german.opens("/looks/template?lang=de")
	german.looks("template-de")
}

// TestAnUpdateBeginsWithWhatIsNew opens the form of an update: the open place of the ready text is selected, and what is typed takes its place.
func TestAnUpdateBeginsWithWhatIsNew(t *testing.T) {
	t.Parallel()
	h := found(t, 50)
	alert := h.launch(kerkveld)
	p := h.sits(1440, 900, "nl")
	p.signsIn(h.town.Official(buurtbel.RoleOfficer), "")
	p.opens("/templates/update")
	p.reads("Nieuws over een bericht")
	p.looks("template-update")
	p.opens("/alerts/" + alert.String())
	p.do(chromedp.WaitVisible(chromedp.CSS(`[data-opens="update"]`)), chromedp.Click(chromedp.CSS(`[data-opens="update"]`)), chromedp.KeyEvent("De politie is ter plaatse"))
	p.looks("live-update")
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.querySelector("dialog[open] textarea").value`))
	if err != nil || text != "De politie is ter plaatse. Ons vorige bericht blijft gelden. Blijf opletten van thuis uit." {
		t.Errorf("%q, %v", text, err)
	}
}
