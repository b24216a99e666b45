package joining

import (
	"context"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// ShownOn gives the delivery that a browser says it shows, by the acknowledgement link it got. Only a delivery to a browser can be shown by one: who
// has the link of a mail or a text cannot say that another device rang. It changes nothing; the receipt goes the way of all receipts.
//
// Errors: error.token.unknown for a link that is none, or of another channel; error.link.unknown (both NotFound) for one that is long over.
func ShownOn(ctx context.Context, db *store.DB, link string) (buurtbel.ID, error) {
	id, err := token.VerifySigned(db.Ring(), token.Heard, link)
	if err != nil {
		return 0, err
	}
	var place store.DeliveryPlace
	err = db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		place, err = tx.Delivery(id)
		return err
	})
	switch {
	case err != nil:
		return 0, err
	case place.Channel != buurtbel.Push:
		return 0, buurtbel.Fail(buurtbel.NotFound, "error.token.unknown", nil)
	case place.Expires.Add(deviceOffer).Before(db.Now()):
		return 0, buurtbel.Fail(buurtbel.NotFound, "error.link.unknown", nil)
	}
	return id, nil
}
