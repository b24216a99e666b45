package browser_test

import (
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// restingMailbox gives the mailbox of the member whose device link is shown.
func (g *gate) restingMailbox() buurtbel.ID {
	g.Helper()
	member, _ := g.member(kerkveld, buurtbel.Mailbox)
	var list []store.Mailbox
	err := g.app.DB.Read(g.Context(), buurtbel.Scope{Zone: g.town.Zone.ID}, func(tx *store.Tx) (err error) {
		list, err = tx.MailboxesOf(member)
		return err
	})
	if err != nil || len(list) == 0 {
		g.Fatal("no mailbox", err)
	}
	return list[0].Contact
}

// stopLink is the end of the link by which one tap stops bulletins.
func (g *gate) stopLink() string {
	return token.Sign(g.app.DB.Ring(), token.Unsubscribe, g.restingMailbox())
}

// mailBackLink is the end of the link by which somebody shows that a mailbox works.
func (g *gate) mailBackLink() string {
	return token.SignUntil(g.app.DB.Ring(), token.MailBack, g.restingMailbox(), g.app.DB.Now().Add(time.Hour))
}
