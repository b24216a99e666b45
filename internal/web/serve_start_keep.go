package web

import (
	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// breachCards remind of breaches that are open: the one whose clock runs out first decides the words.
func (v *visit) breachCards(tx *store.Tx) ([]Card, error) {
	list, err := tx.Breaches()
	if err != nil {
		return nil, err
	}
	open, words := 0, ""
	for _, b := range list {
		if !b.Closed.IsZero() {
			continue
		}
		open++
		words, _ = v.breachLeft(b) // the list has the newest first among the open ones: the oldest stays
	}
	if open == 0 {
		return nil, nil
	}
	return []Card{{Count: open, Title: v.t("screen.start.breach", "Count", open), Text: words, Action: v.t("screen.start.breach-do"), Href: "/breaches"}}, nil
}

// moveCards count members who moved and wait for a coordinator's decision.
func (v *visit) moveCards(tx *store.Tx, own []*buurtbel.Network) ([]Card, error) {
	n := 0
	for _, network := range own {
		moves, err := tx.MovesAsked(network.ID, 0, false)
		if err != nil {
			return nil, err
		}
		n += len(moves)
	}
	if n == 0 {
		return nil, nil
	}
	return []Card{{Count: n, Title: v.t("screen.start.moves", "Count", n), Text: v.t("screen.start.moves-text"), Action: v.t("screen.start.moves-do"), Href: "/asked"}}, nil
}
