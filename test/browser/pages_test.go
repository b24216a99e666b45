package browser_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/outside"
)

const kerkveld = 0

// launch sends the demo's alert to a network, as the dispatcher.
func (h *house) launch(network int) buurtbel.ID { h.Helper(); return h.launchTo(network, nil) }

// launchTo is launch, to a drawn area when there is one.
func (h *house) launchTo(network int, area buurtbel.Area) buurtbel.ID {
	h.Helper()
	draft, err := app.DemoDraft(h.town, network, time.Now())
	if err != nil {
		h.Fatal(err)
	}
	draft.Unwise, draft.Area = "Gecontroleerd met de ploeg ter plaatse.", area
	actor, err := h.town.Actor(h.Context(), h.app.DB, h.town.Official(buurtbel.RoleDispatcher))
	if err != nil {
		h.Fatal(err)
	}
	launched, err := h.app.Desk.Launch(h.Context(), actor, h.town.Zone.ID, draft)
	if err != nil {
		h.Fatal(err)
	}
	return launched.Alert
}

// until waits for something that happens outside.
func (h *house) until(what string, ok func() bool) {
	h.Helper()
	tick, end := time.NewTicker(20*time.Millisecond), time.After(patience)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-end:
			h.Fatalf("waited %s for: %s", patience, what)
		}
	}
}

// letter waits for a mail to a mailbox and gives it with its text.
func (h *house) letter(to, subject string) outside.Letter {
	h.Helper()
	var found outside.Letter
	h.until("a mail to "+to, func() bool {
		list, err := h.outside.Mails(h.Context(), to)
		if err != nil {
			h.Fatal(err)
		}
		for _, l := range list {
			if strings.Contains(l.Subject, subject) {
				found = l
				return true
			}
		}
		return false
	})
	full, err := h.outside.Mail(h.Context(), found.ID)
	if err != nil {
		h.Fatal(err)
	}
	return full
}

// linkIn gives the first address of ours in a text.
func (h *house) linkIn(text, path string) string {
	h.Helper()
	_, after, ok := strings.Cut(text, h.url+path)
	if !ok {
		h.Fatalf("no link %s in: %s", path, text)
	}
	return path + strings.FieldsFunc(after, func(r rune) bool { return r <= ' ' || r == '"' || r == '<' || r == ')' })[0]
}

// emptied empties a field.
func emptied(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void]("document.querySelector(" + strconv.Quote(selector) + ").value = ''")
}

// TestOfficerNextMorning signs in with a link from the mail, tells how an alert ended, and reads its journal.
func TestOfficerNextMorning(t *testing.T) {
	t.Parallel()
	h := found(t, 300)
	alert := h.launch(kerkveld)
	var mailbox string
	for i, o := range h.town.Town.Officials {
		if o.Role == buurtbel.RoleOfficer && h.town.Officials[i] == h.town.Official(buurtbel.RoleOfficer) {
			for _, c := range o.Contacts {
				if c.Kind == buurtbel.Mailbox {
					mailbox = c.Address
				}
			}
		}
	}
	p := h.sits(1440, 900, "nl")
	p.opens("/sign-in")
	p.looks("sign-in")
	p.do(chromedp.SendKeys(chromedp.CSS("#email"), "dit is niets\r"))
	p.reads("voorbeeld")
	p.looks("sign-in-wrong")
	p.do(emptied("#email"), chromedp.SendKeys(chromedp.CSS("#email"), mailbox+"\r"))
	p.reads("Kijk in uw mailbox")
	p.looks("sign-in-sent")
	p.opens(h.linkIn(h.letter(mailbox, "").Text, "/s/"))
	p.do(chromedp.Click(chromedp.CSS("main .go")), chromedp.WaitVisible(chromedp.CSS(".start")))
	p.looks("start-officer")

	p.do(chromedp.KeyEvent(kb.F4))
	p.reads("wacht op terugkoppeling")
	p.looks("debts")
	text := chromedp.CSS(`textarea[name^="text-nl-"]`)
	p.do(chromedp.SendKeys(text, "De wagen 1-ABC-123 van Jan Peeters is gevonden."), chromedp.Click(chromedp.CSS(".debt form > .go")))
	p.reads("Dit mag niet weg")
	p.looks("debts-refused")
	if kept, err := chromedp.Run(p.ctx, chromedp.Value(text)); err != nil || !strings.Contains(kept, "1-ABC-123") {
		t.Errorf("what was typed: %q %v", kept, err)
	}
	p.do(emptied(string(text)), chromedp.Click(chromedp.CSS(".sentences button")), chromedp.Click(chromedp.CSS(".debt form > .go")))
	p.reads("De leden krijgen nu te lezen hoe het afliep")
	p.looks("debts-none")

	p.opens("/alerts/" + alert.String() + "/journal")
	p.reads("Het logboek klopt")
	p.reads("Verteld hoe het afliep")
	p.looks("journal")
	p.opens("/lost")
	p.looks("lost-officer")
	p.opens("/nergens")
	p.looks("failure")
	_, phone := h.member(kerkveld, buurtbel.Mobile)
	h.until("the ending on a telephone", func() bool {
		phones, err := h.outside.Phones(h.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range phones {
			if one.Number == phone {
				return len(one.Bubbles) > 1
			}
		}
		return false
	})

	p.do(chromedp.Click(chromedp.CSS("details.menu summary")), chromedp.Click(chromedp.CSS(`button[name="language"][value="de"]`)))
	p.until("the page in German", func() bool {
		lang, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.documentElement.lang`))
		return err == nil && lang == "de"
	})
	h.launch(kerkveld)
	for name, path := range map[string]string{"start-officer-de": "/", "debts-de": "/debts", "journal-de": "/alerts/" + alert.String() + "/journal", "lost-de": "/lost"} {
		p.opens(path)
		p.looks(name)
	}
}

// TestMemberTapsThatItWasHeard opens the link of the alert's mail on a telephone.
func TestMemberTapsThatItWasHeard(t *testing.T) {
	t.Parallel()
	h := found(t, 100)
	h.launch(kerkveld)
	_, mailbox := h.member(kerkveld, buurtbel.Mailbox)
	link := h.linkIn(h.letter(mailbox, "").Text, "/h/")
	p := h.sits(390, 844, "nl")
	p.opens(link)
	p.reads("Ik heb het gehoord")
	p.looks("heard")
	p.do(chromedp.Click(chromedp.CSS("main .go")))
	p.reads("U bevestigde dit vandaag")
	p.looks("heard-said")
	old := h.sits(320, 640, "de")
	old.opens(link)
	old.looks("heard-narrow")
	if wide, err := chromedp.Run(old.ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`)); err != nil || wide > 0 {
		t.Errorf("the page is %d pixels too wide (%v)", wide, err)
	}
}

// TestCoordinatorOnATelephone sees what waits and who can no longer be reached.
func TestCoordinatorOnATelephone(t *testing.T) {
	t.Parallel()
	h := found(t, 100)
	_, phone := h.member(kerkveld, buurtbel.Mobile)
	h.launch(kerkveld)
	h.until("the text on the telephone", func() bool {
		taken, err := h.outside.Write(h.Context(), phone, "STOP", 5*time.Second)
		return err == nil && taken
	})
	p := h.sits(390, 844, "nl")
	p.signsIn(h.coordinator(kerkveld), "")
	h.until("the lost contact point", func() bool {
		p.opens("/")
		return strings.Contains(p.says(), "contactgegeven werkt niet meer")
	})
	p.looks("start-coordinator")
	p.do(chromedp.Click(chromedp.CSS(`.card a[href$="/lost"]`)))
	p.reads("Toon de namen")
	p.looks("lost")
	p.do(chromedp.Click(chromedp.CSS("main form .button")))
	p.reads("Het lid schreef STOP")
	p.looks("lost-names")
	p.opens("/")
	p.do(chromedp.Click(chromedp.CSS(`.card a[href$="/network"]`)))
	p.reads("Wat de leden kregen")
	p.looks("own-network")
	german := h.sits(320, 640, "de")
	german.opens("/looks/own?lang=de")
	german.looks("own-network-de")
}

// TestSecondPersonOnATelephone confirms an area that is larger than usual, from the link that was sent to who is on call.
func TestSecondPersonOnATelephone(t *testing.T) {
	t.Parallel()
	h := found(t, 100)
	at := h.town.Town.Homes[0].At
	const half = 0.06 // degrees: some seventy square kilometres
	h.launchTo(kerkveld, buurtbel.Area{{{{Lat: at.Lat - half, Lon: at.Lon - half}, {Lat: at.Lat - half, Lon: at.Lon + half}, {Lat: at.Lat + half, Lon: at.Lon + half}, {Lat: at.Lat + half, Lon: at.Lon - half}}}})
	mailbox := ""
	for i, o := range h.town.Town.Officials {
		if !o.OnCall || h.town.Officials[i] == h.town.Official(buurtbel.RoleDispatcher) {
			continue
		}
		for _, c := range o.Contacts {
			if c.Kind == buurtbel.Mailbox {
				mailbox = c.Address
			}
		}
	}
	p := h.sits(390, 844, "nl")
	p.opens(h.linkIn(h.letter(mailbox, "").Text, "/c/"))
	p.reads("Mag dit bericht vertrekken?")
	p.do(chromedp.WaitVisible(chromedp.CSS(".map-name, [data-none]")))
	p.looks("second")
	p.do(chromedp.Click(chromedp.CSS(`button[value="yes"]`)))
	p.reads("Het bericht vertrekt nu")
	p.looks("second-done")
	_, phone := h.member(kerkveld, buurtbel.Mobile)
	h.until("the text on a telephone", func() bool {
		phones, err := h.outside.Phones(h.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range phones {
			if one.Number == phone {
				return len(one.Bubbles) > 0
			}
		}
		return false
	})
}
