package app

import (
	"context"
	"fmt"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/push"
	"github.com/buurtbel/buurtbel/internal/delivery"
)

// openPush opens the way to members' browsers, when there is a key for it.
func (a *App) openPush(ctx context.Context, o Options) error {
	c := a.Config.Push
	if !c.On() {
		return nil
	}
	p, err := push.Open(ctx, c.Config, push.Options{Logger: a.log, Now: o.Now})
	if err != nil {
		return fmt.Errorf("messages to browsers: %w", err)
	}
	a.pusher = p
	a.lanes = append(a.lanes, delivery.Lane{Channel: buurtbel.Push, Carrier: c.Name, Sender: p})
	return nil
}

// pushKey is what browsers need to subscribe; "" when no messages go to them.
func (a *App) pushKey() string {
	if a.pusher == nil {
		return ""
	}
	return a.pusher.PublicKey()
}

// shown takes the receipt of a browser that shows a delivery, by the door through which all receipts come.
func (a *App) shown(ctx context.Context, delivery buurtbel.ID) error {
	stored := make(chan error, 1)
	a.Door.Arrive(channel.Event{Kind: channel.Receipt, Carrier: a.Config.Push.Name, Ref: push.RefOf(delivery), State: channel.ReceiptDelivered},
		func(err error) { stored <- err })
	select {
	case err := <-stored:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
