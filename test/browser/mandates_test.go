package browser_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
)

// neighbour gives the name of a member of a network who holds no role.
func (h *house) neighbour(network int) string {
	h.Helper()
	for _, m := range h.town.Town.Members {
		if m.Network == network && m.Role == "" {
			return m.Given + " " + m.Family
		}
	}
	h.Fatal("no neighbour")
	return ""
}

// TestAMandateIsGivenAndLaidDown: the officer gives a member of the network a role, the coordinator hands over while away, and both see who
// looked at names.
func TestAMandateIsGivenAndLaidDown(t *testing.T) {
	t.Parallel()
	h := found(t, 300)
	officer := h.sits(1440, 900, "nl")
	officer.signsIn(h.town.Official(buurtbel.RoleOfficer), "")
	officer.opens("/mandates")
	officer.looks("mandates")
	officer.do(chromedp.Click(chromedp.CSS(`main a[href*="role=steering"]`)), chromedp.WaitVisible(chromedp.CSS("#ground")))
	officer.looks("mandate-new")
	officer.do(chromedp.SendKeys(chromedp.CSS("#ground"), "Verslag van de ledenvergadering van 3 maart"), chromedp.SendKeys(chromedp.CSS("#part"), "zz"),
		chromedp.Click(chromedp.CSS(`button[value="find"]`)))
	officer.reads("Geen lid met die naam")
	officer.do(emptied("#part"), chromedp.SendKeys(chromedp.CSS("#part"), h.neighbour(kerkveld)), chromedp.Click(chromedp.CSS(`button[value="find"]`)), chromedp.WaitVisible(chromedp.CSS(`input[name="holder"]`)))
	officer.looks("mandate-found")
	officer.do(chromedp.Click(chromedp.CSS(`input[name="holder"]`)), chromedp.Click(chromedp.CSS(`button[value="give"]`)))
	officer.reads("De rol is gegeven")
	officer.looks("mandates-given")
	officer.do(chromedp.Click(chromedp.CSS(`main a[href^="/mandates/"].button`)), chromedp.WaitVisible(chromedp.CSS("#ground")))
	officer.looks("mandate")
	officer.opens("/looked")
	officer.looks("looked")

	c := h.sits(390, 844, "nl")
	c.signsIn(h.coordinator(kerkveld), "")
	c.opens("/mandates")
	c.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('main input[name="until"]').value = "` + time.Now().AddDate(0, 0, 12).Format(time.DateOnly) + `"`))
	c.do(chromedp.Click(chromedp.CSS(`form[action="/away"] button`)))
	c.reads("krijgt nu een mail")
	c.looks("handed-over")
	c.opens("/looked")
	c.looks("looked-coordinator")
	c.do(chromedp.EmulateViewport(320, 700))
	c.looks("looked-narrow")
}
