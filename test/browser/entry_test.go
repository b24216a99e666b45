package browser_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/port"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// carries puts an authenticator into a person's device: it knows its owner, and every touch says yes. The authenticator answers whatever asks,
// also a field that only proposes a passkey; with what carries gives the hand is taken off it, and laid on it again.
func (p *person) carries() (hand func(on bool)) {
	p.Helper()
	var id webauthn.AuthenticatorID
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		made, err := cdp.Call(ctx, t, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true,
			AutomaticPresenceSimulation: true, IsUserVerified: true}})
		id = made.AuthenticatorID
		return err
	}))
	return func(on bool) {
		p.Helper()
		p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, webauthn.SetAutomaticPresenceSimulation, webauthn.SetAutomaticPresenceSimulationParams{AuthenticatorID: id, Enabled: on})
			return err
		}))
	}
}

// mailedLink is a sign-in link as its owner asked for it: for who has a passkey it proves nothing.
func (h *house) mailedLink(id buurtbel.ID) string {
	h.Helper()
	secret, hash := token.New()
	err := h.app.DB.Write(h.Context(), buurtbel.Scope{}, func(tx *store.Tx) error {
		return tx.InsertOneUse(hash, store.OneUse{Purpose: string(token.SignIn), Subject: id, Person: id, Expires: h.app.DB.Now().Add(time.Minute)})
	})
	if err != nil {
		h.Fatal(err)
	}
	return "/s/" + secret
}

// official gives the first official with a role.
func (h *house) officialWith(role buurtbel.Role) buurtbel.ID {
	h.Helper()
	for i, o := range h.town.Town.Officials {
		if o.Role == role {
			return h.town.Officials[i]
		}
	}
	h.Fatalf("the town has no %s", role)
	return 0
}

// TestAPasskeyFromTheFirstTouchToAnAlert registers a passkey after a sign-in by link, signs in with it without typing anything, and sends an alert
// with one touch on the same page.
func TestAPasskeyFromTheFirstTouchToAnAlert(t *testing.T) {
	h := foundAt(t, 60, "localhost", nil)
	dispatcher := h.officialWith(buurtbel.RoleDispatcher)
	p := h.sits(1440, 900, "nl")
	hand := p.carries()
	p.signsIn(dispatcher, "")
	p.opens("/account")
	p.looks("account-first")
	p.do(chromedp.Click(chromedp.CSS("[data-make] [data-touch-now]")))
	p.reads("Laatst gebruikt")
	p.until("the passkey on the page", func() bool {
		return strings.Contains(p.says(), "Voeg een toegangssleutel toe") && strings.Contains(p.says(), "nog niet")
	})
	p.looks("account")
	hand(false)
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('form[action="/sign-out"]').submit()`))
	p.reads("Aanmelden met een toegangssleutel")
	p.looks("sign-in-passkey")
	hand(true)
	p.do(chromedp.Click(chromedp.CSS("[data-touch-now]")), chromedp.WaitVisible(chromedp.CSS(".start")))

	// By mail the same person shows nothing yet: the page says so before sending, and asks within the sending.
	hand(false)
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('form[action="/sign-out"]').submit()`))
	p.reads("Aanmelden met een toegangssleutel")
	p.opens(h.mailedLink(dispatcher))
	p.do(chromedp.Click(chromedp.CSS("main .go")), chromedp.WaitVisible(chromedp.CSS(".start")))
	hand(true)
	p.opens("/prove?back=/dispatch")
	p.looks("prove")
	p.opens("/dispatch")
	p.looks("dispatch-unproved")
	p.do(chromedp.Click(chromedp.CSS(`[data-digit="1"]`)))
	p.do(chromedp.SendKeys(chromedp.CSS("#street"), "Kerkstraat"))
	p.until("a form that can be sent", func() bool {
		ready, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](`(() => { const b = document.querySelector("[data-launch]"); for (const n of document.querySelectorAll("[name=network]:not(:disabled)")) { if (!document.querySelector("[name=network]:checked")) n.click(); }
			for (const r of document.querySelectorAll(".finding input:placeholder-shown, .finding input")) if (!r.value) { r.value = "zo gevraagd"; r.dispatchEvent(new Event("input", { bubbles: true })); }
			for (const f of document.querySelectorAll("#asks input[type=text]")) if (!f.value) { f.value = "grijze bestelwagen"; f.dispatchEvent(new Event("input", { bubbles: true })); }
			return Boolean(b && !b.disabled); })()`))
		return err == nil && ready
	})
	p.do(chromedp.Click(chromedp.CSS("[data-launch]")))
	p.until("the alert's own page", func() bool {
		at, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`location.pathname`))
		return err == nil && strings.HasPrefix(at, "/alerts/")
	})
}

func TestThePagesOfWhoAdmits(t *testing.T) {
	h := foundAt(t, 60, "localhost", nil)
	admin := &store.NewOfficial{ID: h.app.DB.NewID(), Name: "Ilse Beheer", Office: "police", Language: buurtbel.Dutch}
	admin.Mandates = []buurtbel.Mandate{{ID: h.app.DB.NewID(), Holder: admin.ID, Role: buurtbel.RoleAdministrator, Zone: h.town.Zone.ID, From: time.Now().Add(-time.Hour)}}
	if err := h.app.DB.Write(t.Context(), buurtbel.Scope{Zone: h.town.Zone.ID}, func(tx *store.Tx) error { return tx.InsertOfficial(admin) }); err != nil {
		t.Fatal(err)
	}
	p := h.sits(1440, 900, "nl")
	p.signsIn(admin.ID, "")
	p.opens("/entries")
	p.looks("entries")
	p.do(chromedp.Click(chromedp.CSS(`form[action="/entries/codes"] button`)))
	p.reads("Deze codes staan alleen op deze pagina")
	p.looks("sealed-sheet")
	code, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.querySelector(".sealed-codes b").textContent`))
	if err != nil {
		t.Fatal(err)
	}
	night := h.sits(390, 800, "nl")
	night.opens("/sign-in/code")
	night.looks("sealed")
	night.do(chromedp.SendKeys(chromedp.CSS("#code"), code), chromedp.SendKeys(chromedp.CSS("#who"), "Bart Nachtdienst"), chromedp.Click(chromedp.CSS("main .go")), chromedp.WaitVisible(chromedp.CSS(".start")))
	night.opens("/dispatch")
	night.reads("Dat geldt tot")
}

// TestTheProviderSignsAnOfficerIn goes through the pages of a real identity provider.
func TestTheProviderSignsAnOfficerIn(t *testing.T) {
	modules, err := filepath.Abs(filepath.Join("..", "..", ".peers", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("node"); err != nil {
		missing(t, "node", "install Node 20 or later")
	}
	if found, err := filepath.Glob(filepath.Join(modules, "oidc-provider")); err != nil || len(found) == 0 {
		missing(t, "npm oidc-provider", "scripts/peers")
	}
	mailbox := "officer@police.example.org"
	h := foundAt(t, 60, "localhost", func(c *config.Config, port string) {
		issuer := providerAt(t, modules, "http://localhost:"+port+"/sign-in/from/police", map[string]any{"id": "officer-1", "email": mailbox, "email_verified": true})
		c.OIDC = []config.OIDC{{Provider: entering.Provider{Name: "police", Label: "Federale politie", Issuer: issuer, ClientID: "buurtbel", ClientSecret: "a secret between two programs"}}}
	})
	officer := &store.NewOfficial{ID: h.app.DB.NewID(), Name: "Nele Officier", Office: "police", Language: buurtbel.Dutch,
		Contacts: []store.NewContact{{ID: h.app.DB.NewID(), Kind: buurtbel.Mailbox, Address: mailbox, Verified: true}}}
	officer.Mandates = []buurtbel.Mandate{{ID: h.app.DB.NewID(), Holder: officer.ID, Role: buurtbel.RoleOfficer, Zone: h.town.Zone.ID, From: time.Now().Add(-time.Hour)}}
	if err := h.app.DB.Write(t.Context(), buurtbel.Scope{Zone: h.town.Zone.ID}, func(tx *store.Tx) error { return tx.InsertOfficial(officer) }); err != nil {
		t.Fatal(err)
	}
	p := h.sits(1440, 900, "nl")
	p.opens("/sign-in")
	p.looks("sign-in-provider")
	p.do(chromedp.Click(chromedp.CSS(".ways a")), chromedp.WaitVisible(chromedp.CSS("[name=login]")), chromedp.SendKeys(chromedp.CSS("[name=login]"), "officer-1"),
		chromedp.SendKeys(chromedp.CSS("[name=password]"), "any"), chromedp.Click(chromedp.CSS("button[type=submit]")))
	p.reads("Nele")
	p.do(chromedp.WaitVisible(chromedp.CSS(".start")))
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = slices.DeleteFunc(h.faults, func(f string) bool { return strings.Contains(f, "fonts.") }) // the provider's own page wants a font from afar
}

// providerAt starts npm oidc-provider and gives its issuer.
func providerAt(t *testing.T, modules, back string, accounts ...map[string]any) string {
	t.Helper()
	free, err := port.Free(1)
	if err != nil {
		t.Fatal(err)
	}
	at := strconv.Itoa(free)
	known, err := json.Marshal(accounts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", filepath.Join("..", "peers", "provider.mjs"), modules, at, back, string(known))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Logf("the provider ended: %v", err)
		}
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.Contains(lines.Text(), "up") {
			return "http://127.0.0.1:" + at
		}
	}
	t.Fatal("the provider never started")
	return ""
}
