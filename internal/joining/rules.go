package joining

import (
	"context"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// AcceptRules records that a member accepts the newest internal rules of the network, in the version that was read (rule 8). Twice is once.
//
// Errors: those of Word.May; error.join.rules-changed (Conflict) when a newer version was agreed to since.
func AcceptRules(ctx context.Context, db *store.DB, actor buurtbel.Actor, w Word, version int) error {
	return w.change(ctx, db, actor, "rules", func(tx *store.Tx, network buurtbel.ID) error {
		all, err := tx.AllHouseRules(network)
		if err != nil {
			return err
		}
		newest := 0
		if len(all) > 0 {
			newest = all[0].Version
		}
		if version != newest {
			return buurtbel.Fail(buurtbel.Conflict, "error.join.rules-changed", nil)
		}
		_, err = tx.AcceptRules(network, version, w.Member, actor.Person, w.How)
		return err
	})
}
