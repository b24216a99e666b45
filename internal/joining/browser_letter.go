package joining

import (
	"context"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// newDeviceLetter plans the mail that tells a member of a new device: who forwarded an alert learns so that somebody else added one. A member
// without a mailbox gets none. It gives what stores the mail, in the transaction that adds the device.
func newDeviceLetter(ctx context.Context, db *store.DB, member buurtbel.ID, who buurtbel.Actor, base string) (func(*store.Tx) error, error) {
	var zone *buurtbel.Zone
	var people []store.Reachable
	err := db.Read(ctx, buurtbel.Scope{Zone: who.Zone}, func(tx *store.Tx) (err error) {
		if zone, err = tx.Zone(); err != nil {
			return err
		}
		people, err = tx.Reachables([]buurtbel.ID{member})
		return err
	})
	if err != nil {
		return nil, err
	}
	now := db.Now()
	m := &buurtbel.Message{ID: db.NewID(), Zone: who.Zone, Kind: buurtbel.KindReport, Class: buurtbel.KindReport.Class(), Urgency: buurtbel.Soon,
		State: buurtbel.MessageRunning, Sender: zone.Name, Expires: now.Add(24 * time.Hour)}
	letter := deviceLetter(who.Language, zone.Name, base+"/device/"+token.SignUntil(db.Ring(), token.Device, member, now.Add(tellsLasts)))
	m.Texts = []buurtbel.Wording{{Regime: string(who.Language), Subject: letter.Subject, Mail: letter.Text(), HTML: letter.HTML()}}
	var recipients []store.Recipient
	for _, p := range people {
		if r := db.Direct(p, 0, m.Expires, buurtbel.Email); r.Left == buurtbel.NotLeft {
			recipients = append(recipients, r)
		}
	}
	return func(tx *store.Tx) error {
		if len(recipients) == 0 {
			return nil
		}
		return tx.Post(m, recipients)
	}, nil
}

func deviceLetter(lang buurtbel.Language, source, link string) locale.Letter {
	subject := locale.Text(lang, "message.device.subject", nil)
	letter := locale.Letter{Subject: subject, Blocks: []locale.Block{
		{Role: locale.Heading, Text: subject},
		{Role: locale.Body, Text: locale.Text(lang, "message.device.mail", buurtbel.Args{"Source": source})},
		{Role: locale.Button, Text: locale.Text(lang, "message.device.button", nil), Target: link},
	}}
	for i := range letter.Blocks {
		letter.Blocks[i].Language = lang
	}
	return letter
}
