package joining

import (
	"context"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// ReadDigest stores whether a member wishes the weekday police news. Everything else that a member gets stays as it is.
//
// Errors: those of Word.May.
func ReadDigest(ctx context.Context, db *store.DB, actor buurtbel.Actor, w Word, wishes bool) error {
	return w.change(ctx, db, actor, "digest", func(tx *store.Tx, _ buurtbel.ID) error {
		s, err := tx.Self(w.Member, false)
		if err != nil {
			return err
		}
		c := s.Member.Choices
		c.NoDigest = !wishes
		return tx.SetChoices(w.Member, c)
	})
}
