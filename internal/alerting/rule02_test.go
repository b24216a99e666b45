package alerting_test

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/store"
)

func said(nl string) map[buurtbel.Language]string {
	return map[buurtbel.Language]string{buurtbel.Dutch: nl, buurtbel.French: "Tout est fini."}
}

func (w *town) debt(alert buurtbel.ID) (d buurtbel.Debt, owed bool) {
	w.Helper()
	w.read(func(tx *store.Tx) (err error) {
		d, owed, err = tx.Debt(alert)
		return err
	})
	return d, owed
}

func (w *town) leave(member int) {
	w.Helper()
	w.write(func(tx *store.Tx) error { return tx.MoveMember(w.members[member], buurtbel.MemberLeft) })
}

func TestRule02_DebtIsDueTheNextWorkingDay(t *testing.T) {
	each(t, func(w *town) {
		for at, due := range map[time.Time]time.Time{
			tuesday: time.Date(2026, 11, 5, 0, 0, 0, 0, brussels),
			time.Date(2026, 11, 6, 23, 0, 0, 0, brussels):  time.Date(2026, 11, 10, 0, 0, 0, 0, brussels), // Friday night: by the end of Monday
			time.Date(2026, 11, 10, 12, 0, 0, 0, brussels): time.Date(2026, 11, 13, 0, 0, 0, 0, brussels), // the day after is Armistice Day
		} {
			w.clock.set(at)
			l := w.launch(w.draft(w.kerkveld))
			if d, owed := w.debt(l.Alert); !owed || !d.Due.Equal(due) {
				w.Errorf("launched %s: owed %t, due %s, want %s", at, owed, d.Due.In(brussels), due)
			}
		}
		w.clock.set(tuesday) // the last of the moments above may be a night, when nobody exercises
		exercise := w.draft(w.kerkveld)
		exercise.Exercise = true
		l := w.launch(exercise)
		if _, owed := w.debt(l.Alert); owed {
			w.Error("an exercise opened a debt")
		}
		_, err := w.desk.Feedback(w.Context(), w.officer, w.zone, l.Alert, alerting.Ending{Ground: buurtbel.GroundPrivacy})
		w.refused(err, "error.feedback.none")
	})
}

func TestRule02_ReachedAndOfficeHearHowItEnded(t *testing.T) {
	each(t, func(w *town) {
		unreachable := map[string]bool{mobile(0): true, mailbox(0): true, mobile(4): true, mailbox(4): true, mobile(6): true}
		refuse := func(to string) *channel.Failure {
			if unreachable[to] {
				return &channel.Failure{Reason: buurtbel.Rejected, Code: "0x0000000a"}
			}
			return nil
		}
		w.sms.set(nil, refuse)
		w.mail.set(nil, refuse)
		l := w.launch(w.draft(w.kerkveld))
		w.finished()
		w.sms.set(nil, nil)
		w.mail.set(nil, nil)
		w.leave(7)
		_, err := w.desk.Feedback(w.Context(), w.dispatcher, w.zone, l.Alert, alerting.Ending{Texts: said("De inbreker is gepakt.")})
		w.refused(err, "error.forbidden.feedback")
		if _, err := w.desk.Feedback(w.Context(), w.officer, w.zone, l.Alert, alerting.Ending{Texts: said("De inbreker is gevat.")}); err != nil {
			w.Fatalf("%v%s", err, problems(err))
		}
		w.finished()
		// 0 was not reached but is the coordinator; 4 was not reached; 6 was reached by mail; 7 left; 92 is the mandated officer.
		w.same("who heard how it ended", w.sms.of("gevat"), numbers(0, 1, 2, 3, 5, 6, 8, 9, 10, 11, 92))
		_, err = w.desk.Feedback(w.Context(), w.officer, w.zone, l.Alert, alerting.Ending{Texts: said("Nog eens.")})
		w.refused(err, "error.feedback.settled")
	})
}

func TestRule02_NothingMayBeTold(t *testing.T) {
	each(t, func(w *town) {
		l := w.launch(w.draft(w.kerkveld))
		w.finished()
		_, err := w.desk.Feedback(w.Context(), w.officer, w.zone, l.Alert, alerting.Ending{Ground: "geen zin"})
		w.refused(err, "error.feedback.ground")
		if _, err := w.desk.Feedback(w.Context(), w.chief, w.zone, l.Alert, alerting.Ending{Ground: buurtbel.GroundInvestigation}); err != nil {
			w.Fatal(err)
		}
		w.finished()
		if n := len(w.sms.of("Het onderzoek loopt")); n != 13 { // 12 members and the officer
			w.Errorf("%d got the honest sentence", n)
		}
		w.read(func(tx *store.Tx) error {
			settled, silent, err := tx.SilentShare()
			if settled != 1 || silent != 1 {
				w.Errorf("%d settled, %d of them silent", settled, silent)
			}
			return err
		})
	})
}

func TestRule02_OfficerIsRemindedEachWorkingDay(t *testing.T) {
	each(t, func(w *town) {
		w.clock.set(time.Date(2026, 11, 6, 14, 0, 0, 0, brussels)) // Friday
		first := w.launch(w.draft(w.kerkveld))
		second := w.launch(w.draft(w.waterkant))
		w.finished()
		mails := func() int { return len(w.mail.of("https://alarm.example.org/debts")) }
		for _, step := range []struct {
			at   time.Time
			want int
		}{
			{time.Date(2026, 11, 7, 9, 0, 0, 0, brussels), 0},  // Saturday
			{time.Date(2026, 11, 9, 7, 59, 0, 0, brussels), 0}, // Monday, too early
			{time.Date(2026, 11, 9, 8, 0, 1, 0, brussels), 1},  // due within this working day: one mail for both
			{time.Date(2026, 11, 9, 18, 0, 0, 0, brussels), 1},
			{time.Date(2026, 11, 10, 8, 0, 1, 0, brussels), 2},  // overdue: again
			{time.Date(2026, 11, 11, 12, 0, 0, 0, brussels), 2}, // Armistice Day
			{time.Date(2026, 11, 12, 8, 0, 1, 0, brussels), 3},
		} {
			w.clock.set(step.at)
			w.tasks()
			w.finished()
			if got := mails(); got != step.want {
				w.Fatalf("%s: %d mails, want %d", step.at, got, step.want)
			}
		}
		w.same("who was reminded", w.mail.of("https://alarm.example.org/debts"), []string{mailbox(92), mailbox(92), mailbox(92)})
		for _, alert := range []buurtbel.ID{first.Alert, second.Alert} {
			if _, err := w.desk.Feedback(w.Context(), w.officer, w.zone, alert, alerting.Ending{Ground: buurtbel.GroundPrivacy}); err != nil {
				w.Fatal(err)
			}
		}
		w.clock.set(time.Date(2026, 11, 13, 8, 0, 1, 0, brussels))
		w.tasks()
		w.finished()
		if got := mails(); got != 3 {
			w.Errorf("reminded after all was settled: %d mails", got)
		}
	})
}
