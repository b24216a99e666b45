package alerting_test

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// A network's past says how many had an alert, and how soon; the forecast rests on it as soon as enough people were sent one.
func TestPastLaunchesGiveAForecast(t *testing.T) {
	each(t, func(w *town) {
		forecast := func() *alerting.Forecast {
			t.Helper()
			f, err := w.desk.Forecast(w.Context(), w.dispatcher, w.zone, w.draft(w.kerkveld))
			if err != nil {
				t.Fatal(err)
			}
			w.clock.advance(11 * time.Minute) // the next one counts anew
			return f
		}
		if f := forecast(); f.SoonKnown {
			t.Error("a forecast without a past")
		}
		w.mail.set(nil, func(to string) *channel.Failure {
			if to == mailbox(3) || to == mailbox(4) || to == mailbox(5) {
				return &channel.Failure{Reason: buurtbel.InvalidAddress}
			}
			return nil
		})
		for range 2 { // no receipts come in by SMS here: what the mail server takes is the sign
			w.launch(w.draft(w.kerkveld))
			w.finished()
			w.clock.advance(time.Hour)
		}
		if f := forecast(); !f.SoonKnown || f.Soon != 75 {
			t.Errorf("nine of twelve had it: %d %%, %t", f.Soon, f.SoonKnown)
		}
		past, err := w.desk.Past(w.Context(), w.officer, w.zone, []buurtbel.ID{w.kerkveld, w.waterkant}, w.clock.now().AddDate(-1, 0, 0), 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(past.Launches) != 2 || past.Launches[0].At.After(past.Launches[1].At) {
			t.Fatalf("past: %+v", past.Launches)
		}
		for _, r := range past.Launches {
			if r.Network != w.kerkveld || r.People != 12 || r.Arrived < 9 || r.Soon != 9 {
				t.Errorf("reach: %+v", r)
			}
		}
		if m := past.Members[w.members[0]]; m.Sent != 2 || m.Arrived != 2 {
			t.Errorf("a member who had both: %+v", m)
		}
		if _, err := w.desk.Past(w.Context(), w.elsewhere, w.zone, []buurtbel.ID{w.kerkveld}, w.clock.now().AddDate(-1, 0, 0), 10); buurtbel.KindOf(err) != buurtbel.Forbidden {
			t.Errorf("another zone's dispatcher: %v", err)
		}
	})
}
