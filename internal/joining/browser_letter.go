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
	words := deviceLetter(who.Language, zone.Name, base+"/device/"+token.SignUntil(db.Ring(), token.Device, member, now.Add(tellsLasts)))
	letters := db.Letters(zone, buurtbel.KindReport, buurtbel.Soon, now.Add(24*time.Hour))
	for _, p := range people {
		letters.To(p, words, buurtbel.Email)
	}
	return letters.OnlyReached().Post, nil
}

func deviceLetter(lang buurtbel.Language, source, link string) buurtbel.Wording {
	return locale.NoteLetter(lang, locale.Text(lang, "message.device.subject", nil), locale.Text(lang, "message.device.mail", buurtbel.Args{"Source": source}),
		locale.Text(lang, "message.device.button", nil), link).Wording(lang)
}
