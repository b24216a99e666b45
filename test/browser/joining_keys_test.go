package browser_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/buurtbel/buurtbel"
)

// backTo presses Shift+Tab until what has the focus says these words.
func (p *person) backTo(words string) {
	p.Helper()
	for range 90 {
		p.do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(1<<3))) // 8 is Shift
		if strings.Contains(p.focused(), words) {
			return
		}
	}
	p.Fatalf("Shift+Tab never comes to %q", words)
}

// reachable lists what the Tab key is to reach, in the order of the page: of choices that exclude each other the one that is chosen.
const reachable = `[...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter(e=>!e.disabled&&e.checkVisibility()&&!(e.type==="radio"&&!e.checked&&document.querySelector('input[name="'+e.name+'"]:checked')))`

// walks goes through the whole page by Tab: everything that can be used gets the focus, once, in the order in which it is read, never upwards.
func (p *person) walks(name string) {
	p.Helper()
	count, err := chromedp.Run(p.ctx, chromedp.Evaluate[int](reachable+`.length`))
	if err != nil {
		p.Fatal(err)
	}
	p.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur();getSelection().setPosition(document.body,0)`))
	low, left := -1.0, -1.0
	for i := range count {
		p.do(chromedp.KeyEvent(kb.Tab))
		at := p.focused()
		place, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]float64](`(()=>{const e=document.activeElement,r=e.getBoundingClientRect();return [`+reachable+`.indexOf(e), r.bottom+scrollY, e.closest("main")&&!e.closest(".pair, .row")?1:0, r.left]})()`))
		if err != nil {
			p.Fatal(err)
		}
		if int(place[0]) != i {
			p.Fatalf("%s: Tab number %d comes to %q, which is number %d of the page", name, i, at, int(place[0]))
		}
		if place[2] == 1 {
			if place[1] < low && place[3] <= left { // the next column begins above, and to the right
				p.Errorf("%s: Tab jumps up to %q", name, at)
			}
			low, left = place[1], place[3]
		}
	}
}

// announced checks that every sentence about a mistake belongs to the field that it is about, and that what says how many there are is told at once.
func (p *person) announced(want int) {
	p.Helper()
	told, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll(".wrong")].map(w=>{const f=w.id&&[...document.querySelectorAll("[aria-invalid=true], fieldset")].find(e=>(e.getAttribute("aria-describedby")||"").split(" ").includes(w.id));
return f?"":"nothing is described by: "+w.textContent.trim()})`))
	if err != nil {
		p.Fatal(err)
	}
	if len(told) != want {
		p.Errorf("%d mistakes are told, not %d", len(told), want)
	}
	for _, fault := range told {
		if fault != "" {
			p.Error(fault)
		}
	}
	if role, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`(e=>e?e.getAttribute("role"):"")(document.querySelector("#problem"))`)); err != nil || role != "alert" {
		p.Errorf("how many there are is told by %q, %v", role, err)
	}
}

// pressed waits until what was asked by a key has brought another page with words.
func (p *person) enters(words string) { p.Helper(); p.do(chromedp.KeyEvent(kb.Enter)); p.reads(words) }

// TestJoiningByKeyboardAlone asks about an address, applies, mends what was wrong and proves the number with Tab, Shift+Tab, arrows, Space and Enter.
func TestJoiningByKeyboardAlone(t *testing.T) {
	t.Parallel()
	h := found(t, 60)
	door := h.doorIn(kerkveld, "Kapelletjesweg")
	p := h.sits(1280, 900, "nl-BE,nl")
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error { // the window that one works in, also right after a page has come
		_, err := cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
	p.opens("/")
	p.walks("the first page")
	p.opens("/")
	p.tabsTo("Naar de inhoud")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.tabsTo("huis")
	p.do(chromedp.KeyEvent(kb.ArrowDown))
	p.do(chromedp.KeyEvent(kb.ArrowUp))
	p.tabsTo("adres")
	p.do(chromedp.KeyEvent("kapeletjeswég " + door.Number))
	p.enters("Ja. Dit adres ligt in de zone")
	p.tabsTo("Doe mee met dit netwerk")
	p.enters("Hoe bereiken we u?")
	p.walks("the form")
	p.backTo("achttien")
	p.tabsTo("Verstuur mijn aanvraag")
	p.enters("5 velden kloppen nog niet")
	p.announced(5)
	if at := p.focused(); !strings.Contains(at, "5 velden kloppen nog niet") {
		t.Errorf("after the mistakes the focus is on %q", at)
	}
	p.tabsTo("Voornaam")
	p.do(chromedp.KeyEvent(newcomerGiven))
	p.tabsTo("Familienaam")
	p.do(chromedp.KeyEvent(newcomerFamily))
	p.tabsTo("woon ik")
	p.do(chromedp.KeyEvent(kb.ArrowDown))
	p.holds("input[name=basis]:checked", "works")
	p.do(chromedp.KeyEvent(kb.ArrowUp))
	p.holds("input[name=basis]:checked", "lives")
	p.tabsTo("In welke taal schrijven we u?")
	p.do(chromedp.KeyEvent(kb.ArrowDown))
	p.holds("#language", string(buurtbel.French))
	p.do(chromedp.KeyEvent(kb.ArrowUp))
	p.tabsTo("Gsm-nummer")
	p.do(chromedp.KeyEvent("0455 09 88"))
	p.tabsTo("Ik kies het liever zelf")
	p.do(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#night-from")))
	p.tabsTo("en eindigt om")
	p.backTo("Ik kies het liever zelf")
	p.tabsTo("Ik las dit")
	p.do(chromedp.KeyEvent(" "))
	p.tabsTo("achttien")
	p.do(chromedp.KeyEvent(" "))
	p.tabsTo("Verstuur mijn aanvraag")
	p.enters("Eén veld klopt nog niet")
	p.announced(1)
	p.holds("#given", newcomerGiven)
	p.holds("#language", string(buurtbel.Dutch))
	p.tabsTo("Gsm-nummer")
	p.do(chromedp.KeyEvent(kb.End), chromedp.KeyEvent("77"))
	p.backTo("Familienaam")
	p.tabsTo("Verstuur mijn aanvraag")
	p.do(chromedp.KeyEvent(" "))
	p.reads("Bijna klaar")
	p.walks("the applicant's page")
	p.opens(p.path())
	p.tabsTo("De code van zes cijfers")
	p.do(chromedp.KeyEvent("12"))
	p.enters("Deze code klopt niet")
	if at := p.focused(); at == "" {
		t.Error("after a wrong code nothing has the focus")
	}
	p.tabsTo("De code van zes cijfers")
	p.do(chromedp.KeyEvent(h.texted(newcomerMobile, "bevestigt", 6)))
	p.enters("ligt bij de coördinator")
}

// holds checks what a field holds.
func (p *person) holds(selector, want string) {
	p.Helper()
	if got, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q).value`, selector))); err != nil || got != want {
		p.Errorf("%s holds %q, not %q (%v)", selector, got, want, err)
	}
}

// path is where the page is.
func (p *person) path() string {
	p.Helper()
	path, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`location.pathname`))
	if err != nil {
		p.Fatal(err)
	}
	return path
}

// TestJoiningWithoutScript does the same with a browser that runs no script: the question about the address, the form, what is wrong with it, and the
// proof.
func TestJoiningWithoutScript(t *testing.T) {
	t.Parallel()
	h := found(t, 60)
	door := h.doorIn(kerkveld, "Kapelletjesweg")
	p := h.sits(390, 844, "nl-BE,nl")
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	p.opens("/")
	p.do(chromedp.SendKeys(chromedp.CSS("#address"), "kapeletjeswég "+door.Number), chromedp.Click(chromedp.CSS("main .ask .go")))
	p.reads("Ja. Dit adres ligt in de zone")
	p.do(chromedp.Click(chromedp.CSS("main .answer .go")), chromedp.WaitVisible(chromedp.CSS("#given")))
	p.do(chromedp.Click(chromedp.CSS("main .join form > .go")))
	p.reads("5 velden kloppen nog niet")
	p.announced(5)
	if at, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.activeElement.id`)); err != nil || at == "problem" {
		t.Errorf("a script moved the focus: %q, %v", at, err)
	}
	p.do(chromedp.Click(chromedp.CSS("details.more summary")), chromedp.WaitVisible(chromedp.CSS("#night-from"))) // opens without script
	p.do(chromedp.SendKeys(chromedp.CSS("#given"), newcomerGiven), chromedp.SendKeys(chromedp.CSS("#family"), newcomerFamily), chromedp.SendKeys(chromedp.CSS("#mobile"), "0455 09 88 77"),
		chromedp.Click(chromedp.CSS("input[name=rules]")), chromedp.Click(chromedp.CSS("input[name=adult]")), chromedp.Click(chromedp.CSS("main .join form > .go")))
	p.reads("Bijna klaar")
	p.proves("Gsm", h.texted(newcomerMobile, "bevestigt", 6))
	p.reads("ligt bij de coördinator")
}
