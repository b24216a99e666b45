package alerting_test

import (
	"slices"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/store"
)

func TestCorrectionGoesToExactlyWhoWasReached(t *testing.T) {
	each(t, func(w *town) {
		// 0 to 3: refused at once; 4 to 7: the answer comes long after the stop, and is yes; 8: nobody can know; 9: refused after the stop.
		hold := make(chan struct{})
		late := []string{mobile(4), mobile(5), mobile(6), mobile(7), mobile(8), mobile(9)}
		w.mail.set(nil, func(string) *channel.Failure { return &channel.Failure{Reason: buurtbel.Rejected} })
		w.sms.set(nil, func(to string) *channel.Failure {
			if slices.Contains(late, to) {
				<-hold
			}
			switch {
			case to < mobile(4) || to == mobile(9):
				return &channel.Failure{Reason: buurtbel.Rejected}
			case to == mobile(8):
				return &channel.Failure{Reason: buurtbel.Unreachable, Uncertain: true}
			}
			return nil
		})
		l := w.launch(w.draft(w.kerkveld))
		w.until("every text at the carrier", func() bool { return len(w.sms.of("inbraak")) == 12 })
		if _, err := w.desk.Correct(w.Context(), w.dispatcher, w.zone, l.Alert, alerting.Follow{Texts: said("Er was geen sprake van inbraak."), Valid: time.Hour}); err != nil {
			w.Fatalf("%v%s", err, problems(err))
		}
		w.until("the first corrections", func() bool { return len(w.sms.of("geen sprake")) >= 2 })
		w.mail.set(nil, nil)
		close(hold)
		w.finished()
		w.same("who got the correction", slices.Compact(w.sms.of("geen sprake")), numbers(4, 5, 6, 7, 8, 10, 11))
		if w.state(l.Alert) != buurtbel.AlertStopped {
			w.Errorf("state %s", w.state(l.Alert))
		}
	})
}

func TestStopStopsWhatIsUnsent(t *testing.T) {
	each(t, func(w *town) {
		w.clock.set(time.Date(2026, 11, 4, 3, 0, 0, 0, brussels))
		d := w.draft(w.kerkveld)
		d.Fact, d.OffPlan, d.Valid = "suspicious-vehicle", "Hij rijdt rond met gedoofde lichten", 8*time.Hour
		l := w.launch(d) // everybody sleeps until seven
		w.refused(w.desk.Stop(w.Context(), w.actor(w.members[0]), w.zone, l.Alert), "error.forbidden.launch")
		if err := w.desk.Stop(w.Context(), w.dispatcher, w.zone, l.Alert); err != nil {
			w.Fatal(err)
		}
		w.finished()
		w.clock.set(time.Date(2026, 11, 4, 7, 1, 0, 0, brussels))
		if _, err := w.desk.Correct(w.Context(), w.second, w.zone, l.Alert, alerting.Follow{Texts: said("Het was niets."), Valid: time.Hour}); err != nil {
			w.Fatal(err)
		}
		w.finished()
		if got := w.sms.of(""); len(got) != 0 {
			w.Errorf("sent after the stop: %v", got)
		}
	})
}

func TestExpiredIsNotSent(t *testing.T) {
	each(t, func(w *town) {
		w.sms.set(nil, func(string) *channel.Failure {
			return &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, After: 10 * time.Minute}
		})
		d := w.draft(w.kerkveld)
		d.Valid = 15 * time.Minute
		l := w.launch(d)
		w.until("the first tries", func() bool { return len(w.sms.of("")) == 12 })
		w.sms.set(nil, nil)
		w.clock.advance(16 * time.Minute)
		w.finished()
		if n := len(w.sms.of("")); n != 12 {
			w.Errorf("%d texts: tried again after its time", n)
		}
		w.read(func(tx *store.Tx) error {
			tally, err := tx.Tally(l.Message)
			if err == nil && tally.ByChannel[buurtbel.SMS].Deliveries[buurtbel.Expired] != 12 {
				w.Errorf("tally: %+v", tally.ByChannel[buurtbel.SMS])
			}
			return err
		})
		if w.state(l.Alert) != buurtbel.AlertFinished {
			w.Errorf("state %s", w.state(l.Alert))
		}
	})
}

func TestUpdateAlsoReachesWhoGotTheAlertLater(t *testing.T) {
	each(t, func(w *town) {
		hold := make(chan struct{})
		w.sms.set(hold, nil)
		w.mail.set(hold, nil)
		l := w.launch(w.draft(w.kerkveld))
		w.until("texts at the carrier", func() bool { return len(w.sms.of("inbraak")) == 12 })
		if _, err := w.desk.Tell(w.Context(), w.dispatcher, w.zone, l.Alert, alerting.Follow{Kind: buurtbel.KindUpdate, Texts: said("De politie zoekt nu in de Molenweg."), Valid: time.Hour}); err != nil {
			w.Fatalf("%v%s", err, problems(err))
		}
		w.sms.set(nil, nil)
		w.mail.set(nil, nil)
		close(hold)
		w.finished()
		w.same("who got the update", w.sms.of("Molenweg"), numbers(upTo(0, 12)...))
	})
}

func TestAllClearStopsTheAlertButNotACorrection(t *testing.T) {
	each(t, func(w *town) {
		l := w.launch(w.draft(w.kerkveld))
		w.finished()
		w.sms.down.Store(true)
		if _, err := w.desk.Correct(w.Context(), w.dispatcher, w.zone, l.Alert, alerting.Follow{Texts: said("Het is in de Molenweg."), Valid: time.Hour}); err != nil {
			w.Fatal(err)
		}
		if _, err := w.desk.Tell(w.Context(), w.dispatcher, w.zone, l.Alert, alerting.Follow{Kind: buurtbel.KindAllClear, Texts: said("Alles is weer veilig."), Valid: time.Hour}); err != nil {
			w.Fatalf("%v%s", err, problems(err))
		}
		if _, err := w.desk.Feedback(w.Context(), w.officer, w.zone, l.Alert, alerting.Ending{Ground: buurtbel.GroundInvestigation}); err != nil {
			w.Fatal(err)
		}
		w.sms.down.Store(false)
		w.finished()
		w.same("who got the correction", w.sms.of("Molenweg"), numbers(upTo(0, 12)...))
		w.same("who got the all clear", w.sms.of("weer veilig"), numbers(upTo(0, 12)...))
		if n := len(w.sms.of("Het onderzoek loopt")); n != 13 {
			w.Errorf("%d heard how it ended", n)
		}
		_, err := w.desk.Tell(w.Context(), w.dispatcher, w.zone, l.Alert, alerting.Follow{Kind: buurtbel.KindBulletin, Texts: said("Iets.")})
		w.refused(err, "error.alert.kind")
	})
}

func TestAddressesThatAreLeftOut(t *testing.T) {
	each(t, func(w *town) {
		d := w.draft(w.kerkveld)
		d.LeaveOut = []alerting.Address{{Street: "  kerkstraat ", Number: "3"}, {Street: "Kerkstraat", Number: "5", Box: "2"}}
		l := w.launch(d)
		w.finished()
		w.same("who got it", w.sms.of("inbraak"), numbers(0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11))
		if len(w.mail.to(mailbox(2))) != 0 {
			w.Error("a mail went to the address that was left out")
		}
		if _, err := w.desk.Correct(w.Context(), w.dispatcher, w.zone, l.Alert, alerting.Follow{Texts: said("Het is in de Molenweg."), Valid: time.Hour}); err != nil {
			w.Fatal(err)
		}
		w.finished()
		if slices.Contains(w.sms.of("Molenweg"), mobile(2)) {
			w.Error("the correction rang where no telephone may ring")
		}
	})
}

func TestExerciseIsMarkedInEveryText(t *testing.T) {
	each(t, func(w *town) {
		d := w.draft(w.kerkveld, w.waterkant)
		d.Exercise = true
		w.write(func(tx *store.Tx) error {
			z, err := tx.Zone()
			if err == nil {
				z.Limits.Members = 100
				err = tx.PutZone(z)
			}
			return err
		})
		l := w.launch(d)
		w.finished()
		if _, err := w.desk.Tell(w.Context(), w.dispatcher, w.zone, l.Alert, alerting.Follow{Kind: buurtbel.KindAllClear, Texts: said("Alles is weer veilig."), Valid: time.Hour}); err != nil {
			w.Fatal(err)
		}
		w.finished()
		if n := len(w.sms.of("OEFENING")); n != 36 {
			w.Errorf("%d of 36 texts are marked", n)
		}
		if n := len(w.sms.of("EXERCICE")); n != 12 {
			w.Errorf("%d of 12 French texts are marked", n)
		}
	})
}
