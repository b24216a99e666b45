package browser_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/town"
)

// newcomer is who joins in the stories.
const (
	newcomerGiven  = "Fatoumata"
	newcomerFamily = "Vandenbroeck-Diallo"
	newcomerMobile = "+32455098877"
	newcomerFixed  = "+3220000977"
)

// newcomerTraces are what must not be left of her anywhere.
var newcomerTraces = []string{newcomerGiven, newcomerFamily, "0455 09 88 77", "455098877", "20000977", "02 000 09 77"}

// laterClock is a clock of a Tuesday afternoon that a test puts forward.
type laterClock struct {
	base  func() time.Time
	ahead atomic.Int64
}

func (c *laterClock) now() time.Time { return c.base().Add(time.Duration(c.ahead.Load())) }

// doorIn gives a home well within a network, in a street.
func (h *house) doorIn(network int, street string) (door town.Home) {
	h.Helper()
	list := h.town.Town.Homes
	for i := range list {
		if list[i].Street == street && list[i].Network == network && list[i].Box == "" {
			return list[i]
		}
	}
	h.Fatalf("nobody lives in %s", street)
	return door
}

// at waits for a thing of a kind on the page that says these words, and gives how to find it.
func (p *person) at(kind, words string) chromedp.CSS {
	p.Helper()
	p.until(fmt.Sprintf("%s with %q", kind, words), func() bool {
		found, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](fmt.Sprintf(`(()=>{if(document.readyState!=="complete")return false;document.querySelectorAll("[data-here]").forEach(e=>delete e.dataset.here);
const e=[...document.querySelectorAll(%q)].find(e=>e.textContent.includes(%q));if(e)e.dataset.here="yes";return !!e})()`, kind, words)))
		return err == nil && found
	})
	return chromedp.CSS("[data-here]")
}

// clicksOn clicks what says these words.
func (p *person) clicksOn(kind, words string) { p.Helper(); p.do(chromedp.Click(p.at(kind, words))) }

// proves types the code of a contact point, whose line says these words, and waits until it counts.
func (p *person) proves(words, code string) {
	p.Helper()
	line := p.at(".own-proof", words)
	p.do(chromedp.SendKeys(line+" form.enter input[name=code]", code), chromedp.Click(line+" form.enter button"))
	p.at(".own-proof:has(.good)", words)
}

// saves clicks a link that gives a file, and reads it.
func (p *person) saves(words, kind string) []byte {
	p.Helper()
	folder := p.TempDir()
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder,
			BrowserContextID: chromedp.FromContext(ctx).BrowserContextID})
		return err
	}))
	p.clicksOn("main a", words)
	var data []byte
	p.until("a file of "+kind, func() bool {
		names, err := filepath.Glob(filepath.Join(folder, "*."+kind))
		if err != nil || len(names) == 0 {
			return false
		}
		data, err = os.ReadFile(names[0])
		return err == nil && len(data) > 0
	})
	return data
}

// TestJoining: on a telephone a visitor asks with a typing error whether the home lies in a network, applies with a mobile and a landline, proves one
// by a text and the other by a call, and reads the rules; the coordinator lets her in on a telephone; she opens the own page with a code that the
// landline says, changes the quiet hours, takes a copy of her data, and leaves in two steps. At once nobody finds her on the list, and after the
// days that the page names nothing of her is left.
func TestJoining(t *testing.T) {
	t.Parallel()
	clock := &laterClock{base: aWorkday()}
	h := foundCalling(t, 60, clock.now)
	h.absent(newcomerFixed)
	door := h.doorIn(kerkveld, "Kapelletjesweg")
	p := h.sits(390, 844, "nl-BE,nl")
	own := p.asksAndApplies(door)
	p.provesBoth()

	h.letsIn(390, 844)
	p.opens(own)
	p.reads("U bent lid van")
	p.pictures("join-member")
	p.livesOnTheOwnPage()
	p.takesACopy(door)
	p.leaves()

	c := h.sits(390, 844, "nl")
	c.signsIn(h.coordinator(kerkveld), "")
	c.findsNothingOf("op deze lijst", "/members", newcomerTraces)
	clock.ahead.Store(int64(31 * 24 * time.Hour))
	h.until("her data to be erased", func() bool { return !h.known(newcomerFamily) })
	c = h.sits(390, 844, "nl") // the other session has ended long ago
	c.signsIn(h.coordinator(kerkveld), "")
	traces := append([]string{door.Street + " " + door.Number + ","}, newcomerTraces...)
	for path, words := range map[string]string{"/": "", "/applications": "", "/members": "op deze lijst", "/asked": "", "/lost": "", "/network": "", "/looked": "", "/calendar": ""} {
		c.findsNothingOf(words, path, traces)
	}
	c.opens("/members")
	c.do(chromedp.SendKeys(chromedp.CSS("#q"), newcomerFamily), chromedp.Click(chromedp.CSS("main form .button")))
	c.reads("Toon weer iedereen")
	c.at("main", "0 leden")
}

// asksAndApplies goes from the first page to the applicant's own, and gives its path.
func (p *person) asksAndApplies(door town.Home) (own string) {
	p.Helper()
	p.opens("/")
	p.do(chromedp.SendKeys(chromedp.CSS("#address"), "kapeletjeswég "+door.Number), chromedp.Click(chromedp.CSS("main .ask .go"))) // one l, and an accent
	p.reads("Ja. Dit adres ligt in de zone")
	p.reads(door.Street + " " + door.Number)
	p.pictures("join-inside")
	p.do(chromedp.Click(chromedp.CSS("main .answer .go")), chromedp.WaitVisible(chromedp.CSS("#given")))
	p.looks("join-form")
	p.do(chromedp.SendKeys(chromedp.CSS("#given"), newcomerGiven), chromedp.SendKeys(chromedp.CSS("#family"), newcomerFamily), chromedp.SendKeys(chromedp.CSS("#mobile"), "0455 09 88 77"),
		chromedp.SendKeys(chromedp.CSS("#fixed"), "02 000 09 77"), chromedp.Click(chromedp.CSS("input[name=adult]")), chromedp.Click(chromedp.CSS("main .join form > .go")))
	p.reads("Eén veld klopt nog niet") // the rules
	p.looks("join-mend")
	p.do(chromedp.Click(chromedp.CSS("input[name=rules]")), chromedp.Click(chromedp.CSS("main .join form > .go")))
	p.reads("Bijna klaar")
	p.looks("join-page")
	own, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`location.pathname`))
	if err != nil || !strings.HasPrefix(own, "/join/") {
		p.Fatalf("%s, %v", own, err)
	}
	return own
}

// provesBoth proves the mobile by a text and the landline by a call.
func (p *person) provesBoth() {
	p.Helper()
	p.proves("Gsm", p.texted(newcomerMobile, "bevestigt", 6))
	p.reads("ligt bij de coördinator")
	p.do(chromedp.Click(p.at(".own-proof", "Vaste lijn") + " button[value=voice]"))
	p.reads("We bellen u nu")
	p.looks("join-called")
	p.proves("Vaste lijn", p.picksUp(newcomerFixed, 1, 6))
	p.pictures("join-proved")
}

// letsIn lets the coordinator accept the one application that waits.
func (h *house) letsIn(width, height int64) {
	h.Helper()
	c := h.sits(width, height, "nl")
	c.signsIn(h.coordinator(kerkveld), "")
	c.pictures("join-start-coordinator")
	c.clicksOn("main a", "aanvra")
	c.reads("adres")
	c.pictures("join-applications")
	c.clicksOn("main .card form button", "Toon wie het is")
	c.reads(newcomerFamily)
	c.looks("join-application")
	c.do(chromedp.Click(chromedp.CSS("input[name=knows]")))
	c.clicksOn("main form button", "Aanvaard als lid")
	c.reads("Genoteerd. De aanvrager krijgt bericht.")
	if strings.Contains(c.says(), newcomerFamily) {
		c.Error("the name stays on the page after the decision")
	}
	c.pictures("join-accepted")
}

// livesOnTheOwnPage opens it with a code by telephone, and changes the quiet hours.
func (p *person) livesOnTheOwnPage() {
	p.Helper()
	p.clicksOn("main a", "Naar uw eigen pagina")
	p.do(chromedp.WaitVisible(chromedp.CSS("#address")), chromedp.SendKeys(chromedp.CSS("#address"), "02 000 09 77"), chromedp.Click(chromedp.CSS("main .go")), chromedp.WaitVisible(chromedp.CSS("#code")))
	p.reads("U hoort een code van acht cijfers")
	p.pictures("join-me-code")
	p.do(chromedp.SendKeys(chromedp.CSS("#code"), p.picksUp(newcomerFixed, 2, 8)), chromedp.Click(chromedp.CSS("main .go")), chromedp.WaitVisible(chromedp.CSS(".me-lines")))
	p.reads("Dag " + newcomerGiven)
	p.pictures("join-me")
	p.do(chromedp.Click(chromedp.CSS(`a[href="/me/wishes"]`)), chromedp.WaitVisible(chromedp.CSS("#from")))
	p.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("from").value = "21:15"`))
	p.clicksOn("main button.go", "")
	p.reads("Het geldt meteen")
	p.opens("/me")
	p.reads("21.15")
	p.opens("/me/looks")
	p.reads("beslissen over een aanvraag")
	p.looks("join-me-looks")
}

// takesACopy saves what is known, for a program and on paper, and reads it.
func (p *person) takesACopy(door town.Home) {
	p.Helper()
	p.opens("/me/data")
	var kept map[string]any
	data := p.saves("JSON", "json")
	if err := json.Unmarshal(data, &kept); err != nil {
		p.Fatal(err)
	}
	for _, want := range []string{newcomerGiven, newcomerFamily, newcomerMobile, newcomerFixed, door.Street, `"from": 1275`, `"purpose": "application"`} {
		if !bytes.Contains(data, []byte(want)) {
			p.Errorf("the copy for a program lacks %q: %s", want, data)
		}
	}
	sheet := p.saves("PDF", "pdf")
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		missing(p.T, "pdftotext", "apt-get install poppler-utils")
	}
	cmd := exec.CommandContext(p.Context(), tool, "-", "-")
	cmd.Stdin = bytes.NewReader(sheet)
	text, err := cmd.Output()
	if err != nil {
		p.Fatal(err)
	}
	for _, want := range []string{newcomerGiven, newcomerFamily, "0455 09 88 77", door.Street} {
		if !strings.Contains(string(text), want) {
			p.Errorf("the copy on paper lacks %q: %s", want, text)
		}
	}
}

// leaves ends the membership: a page that says what happens, and a tick.
func (p *person) leaves() {
	p.Helper()
	p.opens("/me")
	p.clicksOn("main a", "Stoppen als lid")
	p.reads("U krijgt meteen geen berichten meer")
	p.looks("join-leave")
	p.clicksOn("main button.go", "Stop als lid")
	p.at("main .wrong", "") // without the tick
	p.do(chromedp.Click(chromedp.CSS(`input[name="sure"]`)))
	p.clicksOn("main button.go", "Stop als lid")
	p.reads("U bent geen lid meer")
	p.pictures("join-left")
	p.opens("/me")
	p.reads("U hebt geen wachtwoord nodig") // the own page is shut
}

// findsNothingOf opens a page and finds none of these words on it, nor in what it is made of.
func (p *person) findsNothingOf(words, path string, traces []string) {
	p.Helper()
	p.opens(path)
	p.reads(words)
	html, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.documentElement.outerHTML`))
	if err != nil {
		p.Fatal(err)
	}
	for _, trace := range traces {
		if strings.Contains(html, trace) {
			p.Errorf("%s still shows %q", path, trace)
		}
	}
}

// known tells whether anybody who left the first network has this family name.
func (h *house) known(family string) (found bool) {
	h.Helper()
	h.look(func(tx *store.Tx) error {
		left, err := tx.LeftSince(h.town.Networks[kerkveld], time.Time{})
		if err != nil {
			return err
		}
		return tx.EachName(left, func(_ buurtbel.ID, n store.Name) { found = found || n.Family == family })
	})
	return found
}
