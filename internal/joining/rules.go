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
		if err := newestRules(tx, network, version); err != nil {
			return err
		}
		_, err := tx.AcceptRules(network, version, w.Member, actor.Person, w.How)
		return err
	})
}

// RefuseRules records that a member does not accept the newest internal rules, in the version that was read. The member stays one, and may still
// accept them; who accepted them has accepted.
//
// Errors: those of AcceptRules.
func RefuseRules(ctx context.Context, db *store.DB, actor buurtbel.Actor, w Word, version int) error {
	return w.change(ctx, db, actor, "rules-refused", func(tx *store.Tx, network buurtbel.ID) error {
		if err := newestRules(tx, network, version); err != nil {
			return err
		}
		changed, err := tx.RefuseRules(network, version, w.Member, actor.Person, w.How)
		if err == nil && !changed {
			err = errUnchanged
		}
		return err
	})
}

func newestRules(tx *store.Tx, network buurtbel.ID, version int) error {
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
	return nil
}
