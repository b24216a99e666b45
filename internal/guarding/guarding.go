// Package guarding keeps what must not be lost or rewritten, the journal's heads, signed and sent outside, and forgets what need not be kept.
//
// A head names the whole journal as it stands. Who owns the database can rewrite the past in it, but not the line that left the house.
package guarding

import (
	"context"
	"fmt"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Seal joins and authenticates the heads of all chains and sends the line outside. A line that could not be sent is an error; the next
// head vouches for the same past, so nothing is lost by trying again.
func Seal(ctx context.Context, db *store.DB, actor buurtbel.Actor, send func(context.Context, string) error) error {
	if err := actor.May(buurtbel.MayInstall, buurtbel.Scope{}, db.Now()); err != nil {
		return err
	}
	head, err := db.Heads(ctx)
	if err != nil {
		return fmt.Errorf("join heads: %w", err)
	}
	if err := send(ctx, store.HeadText(head)); err != nil {
		return fmt.Errorf("send head outside: %w", err)
	}
	return nil
}

// Verify checks the whole journal, against heads that came from outside if there are any. nil: whole.
func Verify(ctx context.Context, db *store.DB, actor buurtbel.Actor, against []store.Head) ([]buurtbel.Break, error) {
	if err := actor.May(buurtbel.MayInstall, buurtbel.Scope{}, db.Now()); err != nil {
		return nil, err
	}
	var breaks []buurtbel.Break
	err := db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		breaks, err = tx.Verify(against)
		return err
	})
	return breaks, err
}
