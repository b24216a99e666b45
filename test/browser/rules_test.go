package browser_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// TestANetworkWritesItsRules: the coordinator writes on a telephone, the officer agrees at the desk, a member accepts.
func TestANetworkWritesItsRules(t *testing.T) {
	t.Parallel()
	h := found(t, 60)
	network := h.town.Networks[0]
	var els buurtbel.ID
	for i, m := range h.town.Town.Members {
		if m.Role == buurtbel.RoleCoordinator && m.Network == 0 {
			els = h.town.Members[i]
		}
	}
	c := h.sits(390, 800, "nl")
	c.signsIn(els, "")
	c.opens("/rules")
	c.looks("rules-list")
	c.opens("/rules/" + network.String() + "/new")
	c.looks("rules-write")
	c.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#text-nl").value = ""`))
	c.do(chromedp.Click(chromedp.CSS(`main button[value="preview"]`)))
	c.reads("ontbreekt nog")
	c.looks("rules-write-wrong")
	c.do(chromedp.SendKeys(chromedp.CSS("#text-nl"), "Ziet u iets verdachts, bel dan meteen 112 of 101.\nKom niet zelf tussen: volg niemand en houd niemand tegen.\nWat u als lid leest, blijft binnen het netwerk."))
	c.do(chromedp.Click(chromedp.CSS(`main button[value="preview"]`)))
	c.reads("Zo zien leden het")
	c.looks("rules-preview")
	c.do(chromedp.Click(chromedp.CSS(`main button[value="propose"]`)))
	c.reads("Voorgesteld")
	c.looks("rules-proposed")

	o := h.sits(1440, 900, "nl")
	o.signsIn(h.officialWith(buurtbel.RoleOfficer), "")
	o.opens("/rules/" + network.String())
	o.looks("rules-decide")
	o.do(chromedp.Click(chromedp.CSS(`main button[value="agree"]`)))
	o.reads("Dit is de nieuwe versie")
	o.looks("rules-agreed")

	c.opens("/rules/" + network.String())
	c.do(chromedp.Click(chromedp.CSS(`form[action$="/names"] button`)))
	c.reads("Nog niet aanvaard")
	c.looks("rules-names")

	var member buurtbel.ID
	for i, m := range h.town.Town.Members {
		if m.Role == "" && m.Network == 0 && member == 0 {
			member = h.town.Members[i]
		}
	}
	link, err := h.app.Gate.OwnLink(t.Context(), buurtbel.System(), member)
	if err != nil {
		t.Fatal(err)
	}
	m := h.sits(390, 800, "nl")
	m.do(chromedp.Navigate(link))
	m.do(chromedp.Click(chromedp.CSS("main .go")), chromedp.WaitVisible(chromedp.CSS(".me-lines")))
	m.reads("wacht op uw antwoord")
	m.looks("me-first")
	m.opens("/me/rules")
	m.looks("me-rules")
	m.do(chromedp.Click(chromedp.CSS(`form[action="/me/rules"] .go`)))
	m.reads("U hebt deze versie aanvaard")
	m.looks("me-rules-accepted")

	err = h.app.DB.Write(t.Context(), buurtbel.Scope{Zone: h.town.Zone.ID}, func(tx *store.Tx) error {
		_, err := tx.PutHouseRules(network, store.HouseRules{Body: "Bel eerst.", By: els, From: tx.Now().Add(-time.Minute)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p := h.sits(390, 800, "de")
	p.opens("/networks/" + network.String())
	p.looks("public-network-rules")
	p.opens("/networks/" + network.String() + "/rules/1")
	p.looks("public-rules-old")
}
