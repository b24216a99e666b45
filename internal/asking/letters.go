package asking

import (
	"context"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/mailtext"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Note is what somebody writes on a form of ours. Mailbox is where the answer may go; "" when none is wanted. Nobody proves it: who answers is told so.
type Note struct {
	Name, Mailbox, Text string
	Language            buurtbel.Language
}

// letterLasts is how long a letter may wait for a mail server.
const letterLasts = 48 * time.Hour

// read checks a note and brings it to its form.
func (n *Note) read() (err error) {
	if n.Text, err = bounded(n.Text, MostText); err != nil {
		return err
	}
	if n.Name != "" {
		if n.Name, err = bounded(n.Name, MostName); err != nil {
			return err
		}
	}
	if n.Mailbox != "" {
		n.Mailbox, err = mailbox(n.Mailbox)
	}
	return err
}

func mailbox(typed string) (string, error) {
	m, err := mailtext.Valid(typed)
	if err != nil {
		return "", buurtbel.FailWith(err, buurtbel.Invalid, "error.asking.mailbox", nil)
	}
	return m, nil
}

// WriteToNetwork brings a note to the coordinator and the deputy of a network, as a letter: who writes learns no address and no number of them.
// Conflict (error.asking.closed) when the network has nobody who can be written to, or is not active.
func (c *Counter) WriteToNetwork(ctx context.Context, zone, network buurtbel.ID, n Note) error {
	return c.write(ctx, zone, network, n, "network", buurtbel.RoleCoordinator, buurtbel.RoleDeputy)
}

// WriteToPolice brings a note to the mandated officers of a zone.
func (c *Counter) WriteToPolice(ctx context.Context, zone buurtbel.ID, n Note) error {
	return c.write(ctx, zone, 0, n, "police", buurtbel.RoleOfficer)
}

func (c *Counter) write(ctx context.Context, zone, network buurtbel.ID, n Note, to string, roles ...buurtbel.Role) error {
	if err := n.read(); err != nil {
		return err
	}
	from, people, about, err := c.receivers(ctx, zone, network, roles)
	if err != nil {
		return err
	}
	letters := c.db.Letters(from, buurtbel.KindAnswer, buurtbel.Soon, c.db.Now().Add(letterLasts))
	for _, p := range people {
		letters.To(p, noteLetter(p.Member.Language, n, to, about).Wording(p.Member.Language), buurtbel.Email)
	}
	if len(letters.OnlyReached().Recipients) == 0 {
		return buurtbel.Fail(buurtbel.Conflict, "error.asking.closed", nil)
	}
	return c.db.Write(ctx, buurtbel.Scope{Zone: zone}, letters.Post)
}

// receivers reads who gets a note. A network that is not active is closed.
func (c *Counter) receivers(ctx context.Context, zone, network buurtbel.ID, roles []buurtbel.Role) (from *buurtbel.Zone, people []store.Reachable, about string, err error) {
	err = c.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if from, err = tx.Zone(); err != nil {
			return err
		}
		if network != 0 {
			list, err := tx.NetworksOf([]buurtbel.ID{network})
			if err != nil {
				return err
			}
			if len(list) == 0 {
				return buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
			}
			if !(Zones{zone: from}).Active(list[0], tx.Now()) {
				return buurtbel.Fail(buurtbel.Conflict, "error.asking.closed", nil)
			}
			about = list[0].Name
		}
		people, err = tx.ReachableHolders(network, roles...)
		return err
	})
	if err != nil {
		return nil, nil, "", fmt.Errorf("read who is written to: %w", err)
	}
	return from, people, about, nil
}

// noteLetter is the letter that brings a note. What somebody wrote stands between two lines, so that nobody takes it for ours.
func noteLetter(lang buurtbel.Language, n Note, to, about string) locale.Letter {
	t := func(key string, args buurtbel.Args) string { return locale.Text(lang, "message.note."+key, args) }
	subject := t("subject-"+to, buurtbel.Args{"Network": about})
	blocks := []locale.Block{
		{Role: locale.Heading, Text: subject}, {Role: locale.Body, Text: t("lead-"+to, buurtbel.Args{"Network": about})}, {Role: locale.Rule},
		{Role: locale.Lead, Text: n.Text}, {Role: locale.Rule},
	}
	if n.Name != "" {
		blocks = append(blocks, locale.Block{Role: locale.Body, Text: t("name", buurtbel.Args{"Name": n.Name})})
	}
	answer := t("no-answer", nil)
	if n.Mailbox != "" {
		answer = t("answer", buurtbel.Args{"Mailbox": n.Mailbox})
	}
	blocks = append(blocks, locale.Block{Role: locale.Body, Text: answer}, locale.Block{Role: locale.Fine, Text: t("fine", nil)})
	for i := range blocks {
		blocks[i].Language = lang
	}
	return locale.Letter{Subject: subject, Blocks: blocks}
}
