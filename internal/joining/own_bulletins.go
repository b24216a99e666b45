package joining

import (
	"context"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// ReadBulletins stores whether a member wishes messages that can wait. Everything else that a member gets stays as it is, alerts above all.
//
// Errors: those of Word.May.
func ReadBulletins(ctx context.Context, db *store.DB, actor buurtbel.Actor, w Word, wishes bool) error {
	return w.change(ctx, db, actor, "bulletins", func(tx *store.Tx, _ buurtbel.ID) error {
		s, err := tx.Self(w.Member, false)
		if err != nil {
			return err
		}
		c := s.Member.Choices
		c.NoBulletins = !wishes
		return tx.SetChoices(w.Member, c)
	})
}
