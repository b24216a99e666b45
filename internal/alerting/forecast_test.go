package alerting_test

import (
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

func TestForecastCountsWhoHasNoKnownPlace(t *testing.T) {
	each(t, func(w *town) {
		m := store.NewMember{Member: buurtbel.Member{ID: w.db.NewID(), Network: w.kerkveld, Language: buurtbel.Dutch}, Name: store.Name{Given: "An", Family: "Claes"}}
		gone := m
		gone.ID, gone.Network = w.db.NewID(), w.waterkant
		w.write(func(tx *store.Tx) error { return tx.InsertMembers([]store.NewMember{m, gone}) })
		d := w.draft(w.kerkveld)
		for _, c := range []struct {
			area     buurtbel.Area
			networks []buurtbel.ID
			want     int
		}{{nil, []buurtbel.ID{w.kerkveld}, 0}, {square(50.89, 4.70, 0.0146), []buurtbel.ID{w.kerkveld}, 1}, {square(50.89, 4.70, 0.0146), []buurtbel.ID{w.kerkveld, w.waterkant}, 2}} {
			d.Area, d.Networks = c.area, c.networks
			f, err := w.desk.Forecast(w.Context(), w.dispatcher, w.zone, d)
			if err != nil || f.NoPlace != c.want {
				w.Errorf("%d networks: %+v, %v; want %d without a place", len(c.networks), f, err, c.want)
			}
		}
	})
}
