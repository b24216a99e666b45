package browser_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
)

// runs puts a script before those of every page that a person opens from now on.
func (p *person) runs(script string) {
	p.Helper()
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

// asked counts how often the page asked our server for a passkey's question, and how the browser was asked.
const asked = `sessionStorage.asks = "";
const get = navigator.credentials?.get.bind(navigator.credentials);
if (get) navigator.credentials.get = (o) => { sessionStorage.asks += (o.mediation ?? "button") + " "; return get(o); };`

func (p *person) asks() string {
	p.Helper()
	said, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`sessionStorage.asks ?? ""`))
	if err != nil {
		p.Fatal(err)
	}
	return strings.TrimSpace(said)
}

// TestAPasskeyIsProposedInTheField signs in without a button and without a name: the browser proposes the passkey where the mailbox is typed.
func TestAPasskeyIsProposedInTheField(t *testing.T) {
	h := foundAt(t, 60, "localhost", nil)
	dispatcher := h.officialWith(buurtbel.RoleDispatcher)
	p := h.sits(390, 800, "nl")
	hand := p.carries()
	p.signsIn(dispatcher, "")
	p.opens("/account")
	p.do(chromedp.Click(chromedp.CSS("[data-make] [data-touch-now]")))
	p.until("the passkey on the page", func() bool {
		return strings.Contains(p.says(), "Voeg een toegangssleutel toe") && strings.Contains(p.says(), "nog niet")
	})
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('form[action="/sign-out"]').submit()`))
	p.do(chromedp.WaitVisible(chromedp.CSS(".start")))
	hand(false)
	p.runs(asked)
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('form[action="/sign-out"]').submit()`))
	p.reads("Aanmelden met een toegangssleutel")
	p.until("a passkey that is proposed", func() bool { return p.asks() == "conditional" })
	fills, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.querySelector("#email").autocomplete`))
	if err != nil || fills != "username webauthn" {
		t.Errorf("the field is filled with %q (%v)", fills, err)
	}
}

// TestWithoutProposalsThePageIsAsItWas opens the page in a browser that proposes nothing: no question goes out, and nothing is said.
func TestWithoutProposalsThePageIsAsItWas(t *testing.T) {
	h := foundAt(t, 60, "localhost", nil)
	for name, script := range map[string]string{"older": `delete PublicKeyCredential.isConditionalMediationAvailable;`,
		"no": `PublicKeyCredential.isConditionalMediationAvailable = async () => false;`} {
		p := h.sits(390, 800, "nl")
		p.carries()
		p.runs(script + asked)
		p.opens("/sign-in")
		p.reads("Aanmelden met een toegangssleutel")
		p.until("the button", func() bool {
			shown, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](`!document.querySelector("[data-touch]").hidden`))
			return err == nil && shown
		})
		wrong, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](`document.querySelector("[data-touch-wrong]").hidden`))
		if p.asks() != "" || err != nil || !wrong {
			t.Errorf("%s: asked %q, nothing said: %v (%v)", name, p.asks(), wrong, err)
		}
	}
}
