package main

import (
	"fmt"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

type zoneMails struct {
	inZone
	Most int `arg:"" help:"Bulletins and digests by mail that a member gets on one day, from 1 to 20. What is more goes the next morning, in one mail. Alerts are never counted."`
}

// mostMails is what a zone may allow at most.
const mostMails = 20

func (z zoneMails) Run(w *world) error {
	if z.Most < 1 || z.Most > mostMails {
		return buurtbel.Fail(buurtbel.Invalid, "error.command.mails", buurtbel.Args{"Most": mostMails})
	}
	a, err := w.opened()
	if err != nil {
		return err
	}
	defer closing(w, a)
	zone, err := z.find(w, a)
	if err != nil {
		return err
	}
	err = a.DB.Write(w.ctx, buurtbel.Scope{Zone: zone.ID}, func(tx *store.Tx) error {
		now, err := tx.Zone()
		if err != nil {
			return err
		}
		now.Mails = z.Most
		if err := tx.PutZone(now); err != nil {
			return err
		}
		return tx.Append(zone.ID, buurtbel.EntryChange, 0, fmt.Appendf(nil, "mails a day %d", z.Most))
	})
	if err != nil {
		return err
	}
	return w.json(map[string]int{"mails_a_day": z.Most})
}
