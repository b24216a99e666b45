package browser_test

import (
	"github.com/buurtbel/buurtbel/internal/store"
)

// tells lets the police have some weeks of news, and gives an item that waits for the next working day.
func (g *gate) tells() (item string) {
	g.Helper()
	if err := g.app.SeedNews(g.Context(), g.town); err != nil {
		g.Fatal(err)
	}
	g.look1(func(tx *store.Tx) error {
		list, err := tx.DigestWaiting()
		if len(list) > 0 {
			item = list[0].ID.String()
		}
		return err
	})
	return item
}
