package alerting_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

var secondLink = regexp.MustCompile(`https://alarm\.example\.org/c/([A-Za-z0-9_-]+)`)

// oversized launches to more members than one person may.
func (w *town) oversized() buurtbel.ID {
	w.Helper()
	l := w.launch(w.draft(w.kerkveld, w.waterkant))
	if !l.Waiting || w.state(l.Alert) != buurtbel.AlertWaiting {
		w.Fatal("18 members did not wait for a second person")
	}
	w.tasks()
	return l.Alert
}

// linkOf gives the secret of the newest link that an official got by mail.
func (w *town) linkOf(i int) string {
	w.Helper()
	found := ""
	w.until("the second person's mail", func() bool {
		mails := w.mail.to(mailbox(i))
		if len(mails) == 0 {
			return false
		}
		if m := secondLink.FindStringSubmatch(mails[len(mails)-1]); m != nil {
			found = m[1]
		}
		return found != ""
	})
	return found
}

func TestSecondPersonConfirmsOnTheOwnPhone(t *testing.T) {
	each(t, func(w *town) {
		w.clock.set(time.Date(2026, 11, 4, 3, 0, 0, 0, brussels)) // officials sleep too, but not for this
		alert := w.oversized()
		link := w.linkOf(91)
		w.linkOf(93)
		w.until("the texts", func() bool { return len(w.sms.to(mobile(91))) == 1 && len(w.sms.to(mobile(93))) == 1 })
		for _, i := range []int{90, 92, 94} { // who launched, who is not on call, who is of another zone
			if len(w.sms.to(mobile(i))) != 0 || len(w.mail.to(mailbox(i))) != 0 {
				w.Errorf("official %d was asked", i)
			}
		}
		if len(w.sms.of("Er is nu een inbraak bezig")) > 2 {
			w.Fatal("members got the alert before it was confirmed")
		}
		for range 2 { // GET changes nothing
			q, err := w.desk.QuestionBehind(w.Context(), link)
			if err != nil || q.People != 18 || q.Asker != "Dirk Dams" || q.WhyKey == "" || len(q.Networks) != 2 {
				w.Fatalf("question: %+v, %v", q, err)
			}
		}
		q, err := w.desk.QuestionBehind(w.Context(), link)
		if err != nil {
			w.Fatal(err)
		}
		w.refused(w.desk.AnswerBehind(w.Context(), link, []byte("another text"), true), "error.confirm.changed")
		if err := w.desk.AnswerBehind(w.Context(), link, q.Digest, true); err != nil {
			w.Fatal(err)
		}
		w.refused(w.desk.AnswerBehind(w.Context(), link, q.Digest, true), "error.link.used")
		w.refused(w.desk.AnswerBehind(w.Context(), w.linkOf(93), q.Digest, false), "error.confirm.answered")
		w.finished()
		if _, owed := w.debt(alert); !owed {
			w.Error("a confirmed alert opened no debt")
		}
		for i := range 18 {
			if n := len(w.sms.to(mobile(i))); n != 1 {
				w.Errorf("member %d got %d texts", i, n)
			}
		}
	})
}

func TestWhoLaunchedIsNeverTheSecond(t *testing.T) {
	each(t, func(w *town) {
		alert := w.oversized()
		q, err := w.desk.Question(w.Context(), w.dispatcher, w.zone, alert)
		if err != nil {
			w.Fatal(err)
		}
		w.refused(w.desk.AnswerSecond(w.Context(), w.dispatcher, w.zone, alert, q.Digest, true), "error.confirm.same-person")
		w.refused(w.desk.AnswerSecond(w.Context(), w.actor(w.members[0]), w.zone, alert, q.Digest, true), "error.forbidden.confirm")
		w.refused(w.desk.AnswerSecond(w.Context(), w.elsewhere, w.zone, alert, q.Digest, true), "error.forbidden.confirm")
		if err := w.desk.AnswerSecond(w.Context(), w.officer, w.zone, alert, q.Digest, false); err != nil {
			w.Fatal(err)
		}
		if got := w.state(alert); got != buurtbel.AlertRefused {
			w.Errorf("state %s", got)
		}
		if _, owed := w.debt(alert); owed {
			w.Error("a refused alert opened a debt")
		}
		w.finished()
		if len(w.sms.to(mobile(3))) != 0 {
			w.Error("a refused alert was sent")
		}
		w.refused(w.desk.Cut(w.Context(), w.dispatcher, w.zone, alert), "error.confirm.answered")
	})
}

func TestSecondPersonWhoseMandateEnded(t *testing.T) {
	each(t, func(w *town) {
		alert := w.oversized()
		link := w.linkOf(91)
		q, err := w.desk.Question(w.Context(), w.officer, w.zone, alert)
		if err != nil {
			w.Fatal(err)
		}
		w.write(func(tx *store.Tx) error { return tx.Withdraw(w.second.Mandates[0].ID, 0, "moved away") })
		w.refused(w.desk.AnswerBehind(w.Context(), link, q.Digest, true), "error.forbidden.confirm")
	})
}

func TestNobodyConfirms(t *testing.T) {
	each(t, func(w *town) {
		d := w.draft(w.kerkveld, w.waterkant)
		d.Area = square(50.89, 4.69, 0.20) // far more than 25 km²
		l := w.launch(d)
		if !l.Waiting {
			w.Fatal("an oversized area did not wait")
		}
		w.refused(w.desk.Cut(w.Context(), w.dispatcher, w.zone, l.Alert), "error.confirm.too-early")
		w.clock.advance(5*time.Minute + time.Second)
		w.tasks()
		if w.state(l.Alert) != buurtbel.AlertWaiting || len(w.sms.to(mobile(3))) != 0 {
			w.Fatal("something went by itself")
		}
		w.refused(w.desk.Cut(w.Context(), w.chief, w.zone, l.Alert), "error.forbidden.launch")
		if err := w.desk.Cut(w.Context(), w.dispatcher, w.zone, l.Alert); err != nil {
			w.Fatal(err)
		}
		w.refused(w.desk.Cut(w.Context(), w.dispatcher, w.zone, l.Alert), "error.confirm.answered")
		w.finished()
		for i := range 18 {
			if n := len(w.sms.to(mobile(i))); n != 1 {
				w.Errorf("member %d of the networks' own areas got %d texts", i, n)
			}
		}
	})
}

func TestCutReachesNobodyWhomTheDispatcherDidNotMean(t *testing.T) {
	each(t, func(w *town) {
		d := w.draft(w.kerkveld, w.waterkant)
		d.Area = square(50.89, 4.70, 0.0146) // south-west: some of Kerkveld
		d.Area = append(d.Area, square(51.2, 4.69, 0.20)...)
		l := w.launch(d)
		if !l.Waiting || l.People == 0 || l.People == 18 {
			w.Fatalf("%d people, waiting %t", l.People, l.Waiting)
		}
		w.clock.advance(6 * time.Minute)
		if err := w.desk.Cut(w.Context(), w.dispatcher, w.zone, l.Alert); err != nil {
			w.Fatal(err)
		}
		w.finished()
		w.same("who got it", w.sms.of("inbraak"), numbers(upTo(0, l.People)...))
	})
}

func TestUnconfirmedAlertLapses(t *testing.T) {
	each(t, func(w *town) {
		alert := w.oversized()
		link := w.linkOf(91)
		q, err := w.desk.QuestionBehind(w.Context(), link)
		if err != nil {
			w.Fatal(err)
		}
		w.clock.advance(61 * time.Minute)
		w.refused(w.desk.AnswerBehind(w.Context(), link, q.Digest, true), "error.link.used")
		w.refused(w.desk.AnswerSecond(w.Context(), w.officer, w.zone, alert, q.Digest, true), "error.confirm.late")
		w.refused(w.desk.Cut(w.Context(), w.dispatcher, w.zone, alert), "error.confirm.late")
		w.tasks()
		if got := w.state(alert); got != buurtbel.AlertRefused {
			w.Errorf("state %s", got)
		}
		w.finished()
		if len(w.sms.to(mobile(3))) != 0 {
			w.Error("sent after its time")
		}
	})
}

func TestWaitingAlertCanBeStopped(t *testing.T) {
	each(t, func(w *town) {
		alert := w.oversized()
		q, err := w.desk.Question(w.Context(), w.officer, w.zone, alert)
		if err != nil {
			w.Fatal(err)
		}
		if err := w.desk.Stop(w.Context(), w.dispatcher, w.zone, alert); err != nil {
			w.Fatal(err)
		}
		if err := w.desk.AnswerSecond(w.Context(), w.officer, w.zone, alert, q.Digest, true); buurtbel.KindOf(err) != buurtbel.Conflict {
			w.Errorf("confirmed after the stop: %v", err)
		}
		w.finished()
		if len(w.sms.to(mobile(3))) != 0 {
			w.Error("sent after the stop")
		}
	})
}
