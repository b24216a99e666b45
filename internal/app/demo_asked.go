package app

import (
	"context"
	"fmt"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/asking"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/town"
)

// seedAsked lets residents of the outskirts have asked for a network, so that the police have something to see, and a visitor have found a page wanting.
func (a *App) seedAsked(ctx context.Context, s *Seeded) error {
	scope := buurtbel.Scope{Zone: s.Zone.ID}
	var street buurtbel.ID
	if err := a.DB.Read(ctx, scope, func(tx *store.Tx) error {
		return tx.EachStreet(func(one store.Street) {
			if one.Name == town.FarStreet {
				street = one.ID
			}
		})
	}); err != nil {
		return fmt.Errorf("find the street without a network: %w", err)
	}
	until := a.DB.Now().Add(asking.DefaultWishLasts)
	for i := range asking.Threshold + 2 {
		wish := store.Wish{ID: a.DB.NewID(), Street: street, Kind: buurtbel.Residents, Language: buurtbel.Dutch, Until: until}
		contact := store.NewContact{ID: a.DB.NewID(), Kind: buurtbel.Mailbox, Address: fmt.Sprintf("verreveld%d@%s", i+1, town.MailDomain)}
		err := a.DB.Write(ctx, scope, func(tx *store.Tx) error {
			if _, err := tx.InsertWish(wish, contact); err != nil {
				return err
			}
			return tx.ProveWish(wish.ID, until)
		})
		if err != nil {
			return fmt.Errorf("seed a wish: %w", err)
		}
	}
	return asking.New(a.DB, asking.Options{}).Remark(ctx, s.Zone.ID, "/tips", "Graag ook een tip over brommers en steps.")
}
