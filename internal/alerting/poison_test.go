package alerting_test

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/store"
)

// TestMessageThatCannotBeReadHoldsBackNoOther: a message whose alert is missing stands before the update of a sound one.
func TestMessageThatCannotBeReadHoldsBackNoOther(t *testing.T) {
	each(t, func(w *town) {
		damaged := &buurtbel.Message{ID: w.db.NewID(), Zone: w.zone, Alert: w.db.NewID(), Kind: buurtbel.KindLaunch, Class: buurtbel.ClassAlert, Urgency: buurtbel.Now,
			State: buurtbel.MessageRunning, Texts: []buurtbel.Wording{{Regime: "nl", SMS: "Oproep."}}, Expires: w.db.Now().Add(time.Hour)}
		w.write(func(tx *store.Tx) error { return tx.InsertMessage(damaged, w.members) }) // its alert does not exist: it cannot be planned
		sound := w.launch(w.draft(w.kerkveld))
		w.until("all heard of the sound one", func() bool { return w.tally(sound.Message).Members[buurtbel.HandedOver] == 12 })
		if _, err := w.desk.Tell(w.Context(), w.dispatcher, w.zone, sound.Alert, alerting.Follow{Kind: buurtbel.KindUpdate, Texts: said("De politie zoekt nu in de Molenweg."), Valid: time.Hour}); err != nil {
			t.Fatal(err)
		}
		w.until("the update too", func() bool { return len(w.sms.of("Molenweg")) == 12 })
	})
}
