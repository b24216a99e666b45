package alerting

import (
	"context"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// View is an alert with what became of each of its messages.
type View struct {
	Alert    *buurtbel.Alert
	Messages []MessageView
	Debt     *buurtbel.Debt // nil: it opened none
}

// MessageView is one message with its counts.
type MessageView struct {
	*buurtbel.Message
	Tally *store.Tally
}

// Show gives an alert with its counts. It opens no contact data.
func (d *Desk) Show(ctx context.Context, actor buurtbel.Actor, zone, alert buurtbel.ID) (*View, error) {
	scope := buurtbel.Scope{Zone: zone}
	if err := actor.May(buurtbel.MaySeeAlerts, scope, d.db.Now()); err != nil {
		return nil, err
	}
	v := &View{}
	err := d.db.Read(ctx, scope, func(tx *store.Tx) error {
		var err error
		if v.Alert, err = tx.Alert(alert); err != nil {
			return err
		}
		messages, err := tx.MessagesOf(alert)
		if err != nil {
			return err
		}
		for _, m := range messages {
			t, err := tx.Tally(m.ID)
			if err != nil {
				return err
			}
			v.Messages = append(v.Messages, MessageView{m, t})
		}
		debt, owed, err := tx.Debt(alert)
		if owed {
			v.Debt = &debt
		}
		return err
	})
	return v, err
}
