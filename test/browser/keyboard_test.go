package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/buurtbel/buurtbel"
)

// focused tells what has the focus: its words, its label or its name. It fails when nothing shows that it has.
func (p *person) focused() string {
	p.Helper()
	told, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](`(()=>{const e=document.activeElement;if(!e||e===document.body)return ["",""];
const label=e.labels&&e.labels[0]?e.labels[0].innerText:"";const box=e.closest("label")||e;const s=getComputedStyle(e),t=getComputedStyle(box);
const seen=[s,t].some(x=>x.outlineStyle!=="none"&&parseFloat(x.outlineWidth)>0||x.boxShadow!=="none");
return [(label||e.innerText||e.getAttribute("aria-label")||e.name||e.tagName).trim(), seen?"":"the focus is not to be seen on "+e.outerHTML.slice(0,120)]})()`))
	if err != nil {
		p.Fatal(err)
	}
	if told[1] != "" {
		p.Error(told[1])
	}
	return told[0]
}

// tabsTo presses Tab until what has the focus says these words.
func (p *person) tabsTo(words string) {
	p.Helper()
	var met []string
	for range 90 {
		p.do(chromedp.KeyEvent(kb.Tab))
		at := p.focused()
		if strings.Contains(at, words) {
			return
		}
		met = append(met, at)
	}
	p.Fatalf("Tab never comes to %q: %q", words, met)
}

// TestLaunchByKeyboardAlone signs in, writes and sends an alert and opens the dialog that stops it with Tab, arrows, Space and Enter: no mouse, no
// short cuts. Each thing that gets the focus shows it.
func TestLaunchByKeyboardAlone(t *testing.T) {
	t.Parallel()
	h := found(t, 60)
	street := ""
	for _, s := range h.town.Town.Streets {
		if s.Network == kerkveld && s.Homes > 5 {
			street = s.Name
			break
		}
	}
	p := h.sits(1280, 900, "nl")
	link, err := h.app.Gate.DirectLink(t.Context(), buurtbel.System(), h.town.Official(buurtbel.RoleDispatcher))
	if err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.Navigate(link))
	p.tabsTo("Naar de inhoud")
	p.do(chromedp.KeyEvent(kb.Enter)) // past the head of the page
	p.tabsTo("Meld mij aan op dit toestel")
	p.do(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS(".start")))
	p.tabsTo("Stel een bericht op")
	p.do(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("form[data-desk]")))
	p.settled()
	p.tabsTo("Inbraak bezig")
	p.do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowUp), chromedp.KeyEvent(" "))
	p.tabsTo("Straat")
	p.do(chromedp.KeyEvent(street), chromedp.WaitVisible(chromedp.CSS(`[name$="description"]`)))
	p.tabsTo("Wat men zag of wat men moet weten")
	p.do(chromedp.KeyEvent("grijze bestelwagen"))
	p.tabsTo("BIN Kerkveld")
	p.do(chromedp.KeyEvent(" "), chromedp.WaitVisible(chromedp.CSS(`[data-launch]:enabled`)))
	p.tabsTo("Verstuur naar")
	p.do(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS(`[data-opens="stop"]`)))
	p.reads(street)
	p.tabsTo("Stop")
	p.do(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("dialog[open]")))
	p.do(chromedp.KeyEvent(kb.Tab))
	p.focused()
	p.do(chromedp.KeyEvent(kb.Escape))
	p.until("the dialog to be gone", func() bool {
		open, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](`!!document.querySelector("dialog[open]")`))
		return err == nil && !open
	})
	if at := p.focused(); !strings.Contains(at, "Stop") {
		t.Errorf("after the dialog the focus is on %q", at)
	}
}
