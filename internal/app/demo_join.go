package app

import (
	"context"
	"fmt"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/town"
)

// SeedApplications puts two applications before the coordinator of the town's first network: one from the form, one from paper.
func (a *App) SeedApplications(ctx context.Context, s *Seeded) error {
	var home store.Home
	var at buurtbel.Point
	for _, m := range s.Town.Members {
		if m.Network == 0 {
			home, at = store.Home{Street: m.Home.Street, Number: m.Home.Number, PostalCode: town.PostalCode, Municipality: town.Name}, m.Home.At
		}
	}
	for _, one := range []struct {
		name    store.Name
		source  buurtbel.ApplicationSource
		contact store.NewContact
		lang    buurtbel.Language
	}{
		{store.Name{Given: "Nora", Family: "Claessens"}, buurtbel.FromForm, store.NewContact{Kind: buurtbel.Mobile, Address: "+32455099001", Verified: true}, buurtbel.Dutch},
		{store.Name{Given: "Germaine", Family: "Dubois"}, buurtbel.FromPaper, store.NewContact{Kind: buurtbel.Fixed, Address: "+3220009901", Verified: true}, buurtbel.French},
	} {
		one.contact.ID = a.DB.NewID()
		n := &store.NewApplication{Person: store.Applicant{Name: one.name, Home: home, Place: at}, Contacts: []store.NewContact{one.contact}}
		n.Application = buurtbel.Application{ID: a.DB.NewID(), Network: s.Networks[0], Basis: buurtbel.Lives, Source: one.source, Found: buurtbel.FoundInside, Language: one.lang,
			Facts: []buurtbel.ApplicationFact{{Kind: buurtbel.FactApplied, Detail: string(buurtbel.FoundInside)}, {Kind: buurtbel.FactTold, Detail: "1"}, {Kind: buurtbel.FactAdult, Detail: "own-word"},
				{Kind: buurtbel.FactRules, Detail: "0"}, {Kind: buurtbel.FactProved, Detail: one.contact.ID.String()}}}
		err := a.DB.Write(ctx, buurtbel.Scope{Zone: s.Zone.ID}, func(tx *store.Tx) error {
			stored := *n
			return tx.InsertApplication(&stored)
		})
		if err != nil {
			return fmt.Errorf("store an application: %w", err)
		}
	}
	return nil
}
