package guarding

import (
	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// mails forgets mails that came in and what was said in sealed conversations: as long as texts that people wrote back. A conversation counts from
// its last text. A mail that no verb has settled stays.
func (f *forgetting) mails(zone buurtbel.ID) error {
	before := f.now.Add(-f.periods.Texts)
	for _, forget := range []func(*store.Tx) (int, error){
		func(tx *store.Tx) (int, error) { return tx.ForgetMail(before, slice/4) }, // a mail has megabytes
		func(tx *store.Tx) (int, error) { return tx.ForgetConversations(before, slice) },
	} {
		for n := 1; n > 0 && !f.late(); {
			if err := f.write(zone, func(tx *store.Tx) (err error) {
				n, err = forget(tx)
				return err
			}); err != nil {
				return err
			}
		}
	}
	return nil
}
