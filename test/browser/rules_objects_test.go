package browser_test

import (
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
)

// rules gives the first network internal rules of its own, which hold from next week, and proposes others; link is that of the mail that asks a
// member to accept them.
func (g *gate) rules() (link string) {
	g.Helper()
	coordinator, officer := g.actor(g.coordinator(kerkveld)), g.actor(g.person(buurtbel.RoleOfficer))
	network, zone := g.town.Networks[kerkveld], g.town.Zone.ID
	var n *buurtbel.Network
	g.look1(func(tx *store.Tx) error {
		list, err := tx.NetworksOf([]buurtbel.ID{network})
		n = list[0]
		return err
	})
	propose := func(text string) {
		d := store.RulesDraft{Network: network, From: g.now().AddDate(0, 0, 7), Texts: map[buurtbel.Language]string{}}
		for _, l := range n.Regime {
			d.Texts[l] = text
		}
		g.must(governing.WriteRules(g.Context(), g.app.DB, coordinator, zone, d, true))
	}
	propose("Ziet u iets verdachts, bel dan meteen 112 of 101.\nKom niet zelf tussen: volg niemand en houd niemand tegen.")
	desk, err := governing.RulesDesk(g.Context(), g.app.DB, officer, zone, network)
	g.must(err)
	g.must(governing.DecideRules(g.Context(), g.app.DB, officer, zone, network, desk.Draft.At, true, ""))
	g.until("another moment than that of the first proposal", func() bool { return g.app.DB.Now().Sub(desk.Draft.At) > time.Millisecond })
	propose("Ziet u iets verdachts, bel dan meteen 112 of 101.\nVerdenk niemand om afkomst of uiterlijk. Vertel wat u zag.")
	_, mailbox := g.member(kerkveld, buurtbel.Mailbox)
	_, link = g.told(mailbox, "reglement verandert")
	return last(link)
}
