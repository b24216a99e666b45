package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
)

// clock is the time of the house.
func (h *house) clock() time.Time {
	if h.now != nil {
		return h.now()
	}
	return time.Now()
}

// heldMeeting puts a meeting that is over into the calendar of the first network.
func (h *house) heldMeeting() store.Meeting {
	h.Helper()
	m := store.Meeting{ID: h.app.DB.NewID(), Network: h.town.Networks[kerkveld], By: h.coordinator(kerkveld), Kind: "members", Invites: "all", Title: "Jaarvergadering van het voorbije jaar",
		Place: "Parochiezaal", From: h.clock().Add(-50 * time.Hour), Until: h.clock().Add(-48 * time.Hour)}
	if err := h.app.DB.Write(h.Context(), buurtbel.Scope{Zone: h.town.Zone.ID}, func(tx *store.Tx) error { return tx.InsertMeeting(m) }); err != nil {
		h.Fatal(err)
	}
	return m
}

// meets puts a meeting to come, with its invitations, and one that was held into the calendar; link is that of the invitation in a mailbox.
func (g *gate) meets(mailbox string) (meetings []string, link string) {
	g.Helper()
	actor, err := g.town.Actor(g.Context(), g.app.DB, g.coordinator(kerkveld))
	if err != nil {
		g.Fatal(err)
	}
	from := g.clock().Add(120 * time.Hour)
	id, err := governing.NewMeeting(g.Context(), g.app.DB, actor, g.town.Zone.ID, store.Meeting{Network: g.town.Networks[kerkveld], Kind: "social", Invites: "all", Title: "Buurtavond", Place: "Parochiezaal", From: from, Until: from.Add(2 * time.Hour)})
	if err == nil {
		err = governing.Invite(g.Context(), g.app.DB, actor, g.town.Zone.ID, id)
	}
	if err != nil {
		g.Fatal(err)
	}
	_, link = g.told(mailbox, "Buurtavond")
	return []string{id.String(), g.heldMeeting().ID.String()}, last(link)
}

// told waits for the last mail in a mailbox with words in its subject, and gives its text and the link in it; "" when it has none.
func (h *house) told(mailbox, words string) (text, link string) {
	h.Helper()
	h.until("a mail that says "+words, func() bool {
		list, err := h.outside.Mails(h.Context(), mailbox)
		if err != nil {
			h.Fatal(err)
		}
		for _, l := range list {
			if strings.Contains(l.Subject, words) {
				full, err := h.outside.Mail(h.Context(), l.ID)
				if err != nil {
					h.Fatal(err)
				}
				text = full.Text
				return true
			}
		}
		return false
	})
	if i := strings.Index(text, h.url+"/h/"); i >= 0 {
		link, _, _ = strings.Cut(text[i:], "\n")
	}
	return text, strings.TrimSpace(link)
}

// TestACalendarOfANetwork: on a telephone the coordinator calls a meeting and invites; a member answers in one tap; the meeting moves, and is taken
// back; of one that was held, who came is marked by name.
func TestACalendarOfANetwork(t *testing.T) {
	t.Parallel()
	h := found(t, 120)
	member, mailbox := h.member(kerkveld, buurtbel.Mailbox)
	h.heldMeeting()
	c := h.sits(390, 844, "nl")
	c.signsIn(h.coordinator(kerkveld), "")
	c.calls()
	_, link := h.told(mailbox, "nodigt u uit")
	m := h.sits(390, 844, "nl")
	m.answersInOneTap(link)
	meeting := c.where()
	c.moves(meeting, mailbox)
	m.findsItMoved(link, member)
	c.takesBack(mailbox)
	m.do(chromedp.Navigate(link))
	m.reads("gaat niet door")
	m.looks("invitation-cancelled")

	c.marksWhoCame()
	o := h.sits(1440, 900, "nl")
	o.signsIn(h.town.Official(buurtbel.RoleOfficer), "")
	o.do(chromedp.Navigate(c.where()))
	o.saysWhyFirst()
}

// calls puts a meeting into the calendar and invites to it.
func (c *person) calls() {
	c.Helper()
	c.opens("/calendar")
	c.do(chromedp.Click(chromedp.CSS(`main a[href^="/calendar/new"]`)))
	day := c.clock().AddDate(0, 0, 9).Format(time.DateOnly)
	c.do(chromedp.SendKeys(chromedp.CSS("#title"), "Buurtavond"), chromedp.SendKeys(chromedp.CSS("#place"), "Parochiezaal"), sets("#day", day))
	c.looks("calendar-new")
	c.do(chromedp.Click(chromedp.CSS("main .go")))
	c.reads("Verstuur de uitnodiging")
	c.do(chromedp.Click(chromedp.CSS(`main button[value="invite"]`)))
	c.reads("De uitnodiging is onderweg")
}

func (m *person) answersInOneTap(link string) {
	m.Helper()
	m.do(chromedp.Navigate(link))
	m.reads("Ik kom")
	m.looks("invitation")
	m.do(chromedp.Click(chromedp.CSS(`main button[value="yes"]`)))
	m.reads("U zei dat u komt")
	m.looks("invitation-said")
}

// moves begins the meeting at another time; who was invited reads so in a mail.
func (c *person) moves(meeting, mailbox string) {
	c.Helper()
	c.do(chromedp.Navigate(meeting))
	c.reads("Komen: 1, komen niet: 0")
	c.do(chromedp.Click(chromedp.CSS("main details.more summary")), sets("#from", "19:30"))
	c.looks("meeting-move")
	c.do(chromedp.Click(chromedp.CSS(`main button[value="move"]`)))
	c.reads("De wijziging is bewaard")
	if text, again := c.told(mailbox, "er is iets veranderd"); !strings.Contains(text, "19.30 uur") || again == "" {
		c.Errorf("the mail says: %s", text)
	}
}

// findsItMoved reads the new time by the old link and on the own page, where the answer is given anew.
func (m *person) findsItMoved(link string, member buurtbel.ID) {
	m.Helper()
	m.do(chromedp.Navigate(link)) // of the first mail
	m.reads("19.30 uur")
	if strings.Contains(m.says(), "U zei") {
		m.Error("the answer for another time counts still")
	}
	own, err := m.app.Gate.OwnLink(m.Context(), buurtbel.System(), member)
	if err != nil {
		m.Fatal(err)
	}
	m.do(chromedp.Navigate(own), chromedp.Click(chromedp.CSS("main .go")))
	m.reads("Mijn kalender")
	m.opens("/me/calendar")
	m.reads("19.30 uur")
	m.looks("me-calendar")
	m.do(chromedp.Click(chromedp.CSS(`main button[value="no"]`)))
	m.reads("U zei dat u niet komt")
}

func (c *person) takesBack(mailbox string) {
	c.Helper()
	c.do(chromedp.Click(chromedp.CSS(`main button[value="cancel"]`)))
	c.reads("Deze bijeenkomst gaat niet door")
	c.looks("meeting-cancelled")
	c.told(mailbox, "gaat niet door")
}

// marksWhoCame opens the meeting that was held, and writes down who was there.
func (c *person) marksWhoCame() {
	c.Helper()
	c.opens("/calendar")
	c.do(chromedp.Click(chromedp.CSS("main details.more summary")))
	c.looks("calendar")
	c.do(chromedp.Click(chromedp.CSS("main details.more li a")))
	c.reads("Wat ervan kwam")
	c.do(chromedp.Click(chromedp.CSS(`main a[href$="/attendance"]`)))
	c.reads("Wie was er?")
	c.do(chromedp.Click(chromedp.CSS(`.attendance label:nth-of-type(1)`)), chromedp.Click(chromedp.CSS(`.attendance label:nth-of-type(3)`)), sets("#others", "4"))
	c.looks("attendance")
	c.do(chromedp.Click(chromedp.CSS(`main button[value="keep"]`)))
	c.reads("De aanwezigheid is bewaard")
	c.reads("waarvan 2 personen bij naam")
	c.looks("meeting-held")
}

// saysWhyFirst is an officer who sees names only after a reason.
func (o *person) saysWhyFirst() {
	o.Helper()
	o.do(chromedp.Click(chromedp.CSS(`main a[href$="/attendance"]`)))
	o.reads("Waarom wilt u deze namen zien?")
	o.looks("attendance-asks")
	o.do(chromedp.SendKeys(chromedp.CSS("#reason"), "Verslag nakijken met de coördinator"), chromedp.Click(chromedp.CSS("main .go")))
	o.reads("Bewaar de aanwezigheid")
	o.looks("attendance-officer")
}

// sets fills a field as its own chooser would: what a person types into a day or an hour depends on the browser's language.
func sets(field, value string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](`document.querySelector("` + field + `").value = "` + value + `"`)
}

// where gives the address of the page without what it said.
func (p *person) where() string {
	p.Helper()
	where, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`location.origin + location.pathname`))
	if err != nil {
		p.Fatal(err)
	}
	return where
}
