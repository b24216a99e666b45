package store_test

import (
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// TestOutcomesThatAreAlike: a batch that is recorded as one says of each delivery what the same outcome recorded alone says, comes late with
// the truth like it, and undoes nothing.
func TestOutcomesThatAreAlike(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 6)
		m, _ := v.launch(v.alert(), buurtbel.KindLaunch)
		work := v.claim(m, buurtbel.SMS, 99)
		as := func(o buurtbel.Outcome, work []store.Work) (list []store.Settled) {
			for _, w := range work {
				w.More = false
				list = append(list, v.settled(w, buurtbel.SMS, o))
				list[len(list)-1].Move = list[0].Move
			}
			return list
		}
		doubt := buurtbel.Outcome{State: buurtbel.Uncertain}
		alone, together := work[0], work[1:4]
		v.record(as(doubt, work[:1])...)
		v.record(as(doubt, together)...)
		timeless := func(w store.Work) delivery {
			d := v.delivery(w.Delivery)
			d.Due = 0
			return d
		}
		for _, w := range together {
			if got, want := timeless(w), timeless(alone); got != want {
				t.Errorf("together %+v, alone %+v", got, want)
			}
		}
		v.record(as(handedOver, work[:1])...)
		v.record(as(handedOver, together)...)
		v.record(as(doubt, together)...)
		for _, w := range together {
			if got, want := timeless(w), timeless(alone); got != want {
				t.Errorf("the truth came late: together %+v, alone %+v", got, want)
			}
		}
		if n := v.count(`select count(*) from attempt where state = 'handed-over'`); n != 4 {
			t.Errorf("%d attempts say that they were handed over", n)
		}
	})
}
