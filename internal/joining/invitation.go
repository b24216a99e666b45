package joining

import (
	"slices"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// sends tells whether who sent an invitation may still do so: stands for the business, or is in the household. An invitation ends with its sender.
func sends(tx *store.Tx, use store.OneUse, purpose token.Purpose) (bool, error) {
	if use.By == 0 {
		return true, nil
	}
	if purpose == token.Business {
		people, err := tx.BusinessPeople(use.Subject)
		return slices.ContainsFunc(people, func(p store.BusinessPerson) bool { return p.Member == use.By }), err
	}
	household, err := tx.HouseholdOf(use.By)
	if buurtbel.KindOf(err) == buurtbel.NotFound {
		return false, nil // left the network
	}
	return household == use.Subject, err
}

// takeInvitation uses an invitation up. Who sends its sender away at the same moment comes before or after, never between.
//
// Errors: error.link.used (NotFound).
func takeInvitation(tx *store.Tx, secret string, purpose token.Purpose) error {
	use, err := tx.UseOneUse(token.Hash(secret), string(purpose))
	if err != nil {
		return err
	}
	if use.By != 0 {
		if purpose == token.Business {
			if _, err := tx.LockBusiness(use.Subject); err != nil {
				return err
			}
		}
		if err := tx.LockMember(use.By); err != nil {
			return overIfGone(err)
		}
	}
	ok, err := sends(tx, use, purpose)
	if err == nil && !ok {
		err = buurtbel.Fail(buurtbel.NotFound, "error.link.used", nil)
	}
	return err
}

// overIfGone: that the sender left is told to nobody.
func overIfGone(err error) error {
	if buurtbel.KindOf(err) == buurtbel.NotFound {
		return buurtbel.FailWith(err, buurtbel.NotFound, "error.link.used", nil)
	}
	return err
}
