package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/relaying"
	"github.com/buurtbel/buurtbel/internal/store"
)

// poloText is the example that the source system tells of: the make and the colour of a car are fine.
const poloText = "Deze week werd drie keer ingebroken in uw buurt.\n\nMogelijk is een gele Volkswagen Polo betrokken. Ziet u die wagen, kijk dan goed en bel."

// mailboxOf gives the mailbox of somebody of the town.
func (h *house) mailboxOf(person buurtbel.ID) (box string) {
	h.Helper()
	for i, id := range h.town.Members {
		if id == person {
			for _, c := range h.town.Town.Members[i].Contacts {
				if c.Kind == buurtbel.Mailbox {
					box = c.Address
				}
			}
		}
	}
	if box == "" {
		h.Fatalf("%s has no mailbox", person)
	}
	return box
}

// bulletin writes a bulletin of the police for the first network; with offer it waits for its coordinator.
func (h *house) bulletin(offer bool) buurtbel.ID {
	h.Helper()
	officer, err := h.town.Actor(h.Context(), h.app.DB, h.town.Official(buurtbel.RoleOfficer))
	if err != nil {
		h.Fatal(err)
	}
	b := &buurtbel.Bulletin{ID: h.app.DB.NewID(), Topic: "vehicle", Networks: h.town.Networks[kerkveld : kerkveld+1], Until: h.clock().Add(100 * time.Hour), Unwise: "Nagelezen door de dienst.",
		Titles: map[buurtbel.Language]string{}, Texts: map[buurtbel.Language]string{}, Advice: map[buurtbel.Language]string{}}
	for _, l := range buurtbel.Languages {
		b.Titles[l], b.Texts[l], b.Advice[l] = "Let op een gele Polo", poloText, "Sluit ramen en garage."
	}
	if _, err = h.app.Bulletins.Write(h.Context(), officer, h.town.Zone.ID, b); err == nil && offer {
		err = h.app.Bulletins.Offer(h.Context(), officer, h.town.Zone.ID, b.ID)
	}
	if err != nil {
		h.Fatal(err)
	}
	return b.ID
}

// relays gives the link in the coordinator's last mail that asks to relay.
func (h *house) relays(mailbox string) (link string) {
	h.Helper()
	var text string
	h.until("a mail with a link to relay", func() bool {
		list, err := h.outside.Mails(h.Context(), mailbox)
		if err != nil {
			h.Fatal(err)
		}
		for _, l := range list {
			full, err := h.outside.Mail(h.Context(), l.ID)
			if err != nil {
				h.Fatal(err)
			}
			if strings.Contains(full.Text, h.url+"/relay/") {
				text = full.Text
				return true
			}
		}
		return false
	})
	link, _, _ = strings.Cut(text[strings.Index(text, h.url+"/relay/"):], "\n")
	return strings.TrimSpace(link)
}

// news puts bulletins before the first network: one that waits, one that was relayed, and a draft; link is that of the coordinator's mail about the
// first.
func (g *gate) news() (bulletins []string, draft, link string) {
	g.Helper()
	coordinator := g.coordinator(kerkveld)
	waits := g.bulletin(true)
	link = last(g.relays(g.mailboxOf(coordinator)))
	relayed := g.bulletin(true)
	var offers []*buurtbel.Offer
	g.look1(func(tx *store.Tx) (err error) {
		offers, err = tx.Offers(relayed)
		return err
	})
	g.must(g.app.Bulletins.Decide(g.Context(), g.actor(coordinator), g.town.Zone.ID, offers[0].ID, relayWith("Kijk ook uw camera na.")))
	return []string{waits.String(), relayed.String()}, g.bulletin(false).String(), link
}

// TestABulletinFromPoliceToMember: the officer writes and offers; the coordinator relays from the mail on a telephone, with a word; a member reads it;
// the officer sees the figures and withdraws it.
func TestABulletinFromPoliceToMember(t *testing.T) {
	t.Parallel()
	h := found(t, 60)
	network, coordinator := h.town.Networks[kerkveld].String(), h.coordinator(kerkveld)
	member, mailbox := h.member(kerkveld, buurtbel.Mailbox)
	o := h.sits(1440, 900, "nl")
	o.signsIn(h.town.Official(buurtbel.RoleOfficer), "")
	o.opens("/bulletins")
	o.looks("bulletins-none")
	o.opens("/bulletins/new")
	o.do(chromedp.SetValue(chromedp.CSS("#topic"), "vehicle"), chromedp.Click(chromedp.CSS(`input[name="network"][value="`+network+`"]`)))
	o.do(chromedp.SendKeys(chromedp.CSS("#headline-nl"), "Let op een gele Polo"), chromedp.SendKeys(chromedp.CSS("#text-nl"), poloText+" Plaat 1-ABC-123."), chromedp.SendKeys(chromedp.CSS("#advice-nl"), "Sluit ramen en garage."))
	o.do(chromedp.Click(chromedp.CSS(`main button[value="check"]`)))
	o.reads("Mag niet:")
	o.looks("bulletin-refused")
	o.do(chromedp.SetValue(chromedp.CSS("#text-nl"), poloText), chromedp.Click(chromedp.CSS(`main button[value="check"]`)))
	o.reads("Merk en kleur van een auto mogen")
	o.looks("bulletin-checked")
	o.do(chromedp.Click(chromedp.CSS(`main button[value="offer"]`)))
	o.reads("Voorgelegd.")
	o.looks("bulletin-offered")

	c := h.sits(390, 844, "nl")
	link := h.relays(h.mailboxOf(coordinator))
	c.do(chromedp.Navigate(link))
	c.reads("Stuur door aan de leden")
	c.looks("relay")
	c.do(chromedp.Navigate(link + "/not-now"))
	c.looks("relay-not-now")
	c.do(chromedp.Navigate(link+"/word"), chromedp.SendKeys(chromedp.CSS("#word"), "Kijk ook uw camera na."))
	c.looks("relay-word")
	c.do(chromedp.Click(chromedp.CSS("main .go")))
	c.reads("Doorgestuurd")
	c.looks("relay-done")

	text, _ := h.told(mailbox, "gele Polo")
	if !strings.Contains(text, "Bericht van de politie") || !strings.Contains(text, "Kijk ook uw camera na.") || !strings.Contains(text, "/me/reading") {
		t.Errorf("the member reads: %s", text)
	}
	own, err := h.app.Gate.OwnLink(t.Context(), buurtbel.System(), member)
	if err != nil {
		t.Fatal(err)
	}
	m := h.sits(390, 844, "nl")
	m.do(chromedp.Navigate(own), chromedp.Click(chromedp.CSS("main .go")), chromedp.WaitVisible(chromedp.CSS(".me-lines")))
	m.opens("/me/messages")
	m.reads("gele Volkswagen Polo")
	m.looks("bulletin-on-own-page")

	o.opens("/bulletins")
	o.looks("bulletins-list")
	o.do(chromedp.Click(chromedp.CSS(`main .mandates a`)))
	o.reads("Kijk ook uw camera na.")
	o.reads("Verstuurd")
	o.looks("bulletin-figures")
	o.do(chromedp.Click(chromedp.CSS(`main details.more summary`)), chromedp.SendKeys(chromedp.CSS(`textarea[id^="reason-withdraw"]`), "De wagen had er niets mee te maken."))
	o.do(chromedp.Click(chromedp.CSS(`main button[value="withdraw"]`)))
	o.reads("Ingetrokken")
	o.looks("bulletin-withdrawn")
	if note, _ := h.told(mailbox, "trekt in"); !strings.Contains(note, "had er niets mee te maken") {
		t.Errorf("the note says: %s", note)
	}
}

func relayWith(word string) relaying.Decision { return relaying.Decision{Relay: true, Word: word} }
