package browser_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/town"
)

// A resident asks whether the home lies in a network, in each of the three ways it can end; whoever looks is followed by nothing.
func TestAResidentChecksAnAddress(t *testing.T) {
	t.Parallel()
	h := found(t, 200)
	p := h.sits(390, 844, "nl")
	p.opens("/")
	p.looks("home")
	inside := h.town.Town.Members[30].Home
	for i := range h.town.Town.Homes { // well within a network
		if one := h.town.Town.Homes[i]; one.Network == kerkveld && i%37 == 5 {
			inside = one
		}
	}
	for _, c := range []struct{ typed, want, name string }{
		{inside.Street + " " + inside.Number, "Ja. Dit adres ligt in de zone", "address-inside"},
		{town.BorderStreet + " 2", "Dit adres moet de politie", "address-refer"},
		{strings.ToLower(town.FarStreet[:4]) + strings.ToLower(town.FarStreet[5:]) + " 5", "Hier is nog geen netwerk", "address-none"}, // a letter is missing
	} {
		p.opens("/address")
		p.do(chromedp.Focus(chromedp.CSS("#address")))
		p.do(chromedp.SendKeys(chromedp.CSS("#address"), c.typed), chromedp.Click(chromedp.CSS("main .go")))
		p.reads(c.want)
		p.looks(c.name)
	}
	p.do(chromedp.SendKeys(chromedp.CSS("#email"), "wens@vlierbeek.test"), chromedp.Click(chromedp.CSS("main .answer .go")))
	p.reads("Kijk in uw mailbox")
	p.looks("wish-sent")
	link := h.linkIn(h.letter("wens@vlierbeek.test", "Bevestig").Text, "/w/")
	p.opens(link)
	p.looks("wish")
	p.do(chromedp.Click(chromedp.CSS("main .go")))
	p.reads("Uw wens telt mee")
	if cookies, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.cookie+JSON.stringify(localStorage)`)); err != nil || cookies != "{}" {
		t.Errorf("the browser keeps %q, %v", cookies, err)
	}
	p.opens("/address") // an address that fits several
	p.do(chromedp.SendKeys(chromedp.CSS("#address"), inside.Street), chromedp.Click(chromedp.CSS("main .go")))
	p.reads("Welk adres bedoelt u?")
	p.looks("address-which")
}

// A stranger writes to a coordinator, whose mailbox gets it and stands on no page.
func TestAStrangerWritesToANetwork(t *testing.T) {
	t.Parallel()
	h := found(t, 200)
	p := h.sits(1280, 900, "nl")
	p.opens("/networks")
	p.looks("networks")
	p.do(chromedp.Click(chromedp.CSS(".network-list a")))
	p.reads("Wat is er afgesproken?")
	p.looks("network")
	p.do(chromedp.Click(chromedp.CSS("main .go")))
	p.reads("Een vrijwilliger")
	p.do(chromedp.Click(chromedp.CSS("main .go"))) // nothing was written
	p.reads("Schrijf eerst")
	p.looks("write-empty")
	p.do(chromedp.SendKeys(chromedp.CSS("#text"), "Ik ben nieuw in de straat en doe graag mee."), chromedp.Click(chromedp.CSS("main .go")))
	p.reads("Uw bericht is onderweg")
	p.looks("written")
	for path, name := range map[string]string{"/bin": "bin", "/called": "called", "/tips": "tips", "/tips/doors": "tip", "/contact": "contact"} {
		p.opens(path)
		p.looks(name)
	}
	p.do(chromedp.Click(chromedp.CSS(".improve summary")), chromedp.SendKeys(chromedp.CSS("#remark"), "De kaart mag groter."), chromedp.Click(chromedp.CSS(".improve .button")))
	p.reads("Bedankt")
	officer := h.sits(1280, 900, "nl")
	officer.signsIn(h.town.Official(buurtbel.RoleOfficer), "")
	officer.looks("start-public")
	officer.opens("/remarks")
	officer.reads("De kaart mag groter.")
	officer.looks("remarks")
	officer.opens("/wanted")
	officer.reads(town.FarStreet)
	officer.looks("wanted")
}

// The widest language at the narrowest width: nothing runs out of the page.
func TestPublicPagesFit(t *testing.T) {
	t.Parallel()
	h := found(t, 50)
	for _, width := range []int64{320, 768, 3840} {
		for _, lang := range []string{"de", "fr"} {
			p := h.sits(width, 900, lang)
			for _, path := range []string{"/", "/bin", "/called", "/tips", "/networks", "/networks/" + h.town.Networks[kerkveld].String(), "/networks/" + h.town.Networks[kerkveld].String() + "/write", "/address", "/contact"} {
				p.opens(path)
				p.settled()
				over, err := chromedp.Run(p.ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth-innerWidth`))
				if err != nil || over > 0 {
					t.Errorf("%s in %s at %d: %d too wide, %v", path, lang, width, over, err)
				}
			}
		}
	}
}

// html-validate finds nothing in the public pages.
func TestPublicPagesAreValidHTML(t *testing.T) {
	t.Parallel()
	tool := filepath.Join("..", "..", ".peers", "node_modules", ".bin", "html-validate")
	if _, err := os.Stat(tool); err != nil {
		missing(t, "html-validate", "scripts/peers")
	}
	h := found(t, 50)
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, ".htmlvalidate.json"), []byte(`{"root":true,"extends":["html-validate:recommended"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, path := range []string{"/", "/bin", "/called", "/tips", "/tips/away", "/networks", "/networks/" + h.town.Networks[kerkveld].String(), "/networks/" + h.town.Networks[kerkveld].String() + "/write", "/address", "/contact"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(answer.Body)
		if err != nil || answer.Body.Close() != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", path, answer.StatusCode, err)
		}
		if err := os.WriteFile(filepath.Join(folder, string(rune('a'+i))+".html"), page, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "node", mustAbs(t, tool), "--formatter", "text", ".")
	cmd.Dir = folder
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("html-validate: %v\n%s", err, said)
	}
}

func mustAbs(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}
