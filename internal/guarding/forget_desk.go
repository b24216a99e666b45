package guarding

import (
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// keptBulks is how long it is known how members stood before a change of several at once: longer than it can be taken back.
const keptBulks = 24 * time.Hour

// desk forgets what the coordinator's desk keeps for a while only.
func (f *forgetting) desk(zone buurtbel.ID) error {
	return f.write(zone, func(tx *store.Tx) error {
		if err := tx.ForgetBulks(f.now.Add(-keptBulks)); err != nil {
			return err
		}
		if err := tx.ForgetDrafts(f.now.Add(-f.periods.Previews)); err != nil {
			return err
		}
		if err := tx.ForgetBulletins(f.now.Add(-f.periods.Texts)); err != nil {
			return err
		}
		return tx.ForgetGuests(f.now.Add(-f.periods.Texts))
	})
}
