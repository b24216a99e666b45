package alerting_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/store"
)

// TestManyAreFollowedInSlices has more members than one slice holds, some of them reached only after the correction was asked for.
func TestManyAreFollowedInSlices(t *testing.T) {
	each(t, func(w *town) {
		const many = 1700
		w.write(func(tx *store.Tx) error {
			z, err := tx.Zone()
			if err != nil {
				return err
			}
			z.Limits.Members = 2 * many
			return tx.PutZone(z)
		})
		var list []store.NewMember
		for i := range many {
			list = append(list, store.NewMember{Member: buurtbel.Member{ID: w.db.NewID(), Network: w.kerkveld, Language: buurtbel.Dutch}, Name: store.Name{Given: "Jo", Family: "Peeters"},
				Contacts: []store.NewContact{{ID: w.db.NewID(), Kind: buurtbel.Mobile, Address: fmt.Sprintf("+324551%05d", i), Verified: true}}})
		}
		for slice := range slices.Chunk(list, 400) {
			w.write(func(tx *store.Tx) error { return tx.InsertMembers(slice) })
		}
		l := w.launch(w.draft(w.kerkveld))
		w.until("a good part at the carrier", func() bool { return len(w.sms.of("inbraak")) > 700 })
		m, err := w.desk.Correct(w.Context(), w.dispatcher, w.zone, l.Alert, alerting.Follow{Texts: said("Er was geen sprake van een misdrijf."), Valid: time.Hour})
		if err != nil {
			w.Fatalf("%v%s", err, problems(err))
		}
		w.finished()
		alerted := w.sms.of("nu een inbraak")
		w.same("who got the correction", w.sms.of("geen sprake"), alerted)
		if tally := w.tally(m); tally.Audience < len(alerted) || tally.Expanded != tally.Audience {
			w.Errorf("%d alerted, audience %d, expanded %d", len(alerted), tally.Audience, tally.Expanded)
		}
	})
}
