package alerting_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/store"
)

// problems tells what a check found, for a failing test.
func problems(err error) string {
	var r *alerting.Refusal
	if !errors.As(err, &r) {
		return ""
	}
	var b strings.Builder
	for _, p := range r.Check.Problems {
		fmt.Fprintf(&b, "\n\t%s %s %v", p.Level, p.Key, p.Args)
	}
	return b.String()
}

func TestRule01_OnlyPoliceLaunch(t *testing.T) {
	each(t, func(w *town) {
		for i, who := range []buurtbel.Actor{w.actor(w.members[0]), w.actor(w.members[1]), w.actor(w.members[5]), w.chief, w.elsewhere, buurtbel.System(), {}} {
			if _, err := w.desk.Launch(t.Context(), who, w.zone, w.draft(w.kerkveld)); buurtbel.KindOf(err) != buurtbel.Forbidden {
				w.Errorf("actor %d: %v", i, err)
			}
			if _, err := w.desk.Forecast(w.Context(), who, w.zone, w.draft(w.kerkveld)); buurtbel.KindOf(err) != buurtbel.Forbidden {
				w.Errorf("actor %d may forecast: %v", i, err)
			}
		}
		late := w.dispatcher
		late.Mandates = append([]buurtbel.Mandate{}, late.Mandates...)
		late.Mandates[0].Until = tuesday.AddDate(0, 0, -1)
		_, err := w.desk.Launch(w.Context(), late, w.zone, w.draft(w.kerkveld))
		w.refused(err, "error.forbidden.launch")
		_, err = w.desk.Launch(w.Context(), w.elsewhere, w.elsewhere.Zone, w.draft(w.kerkveld))
		w.refused(err, "error.network.unknown")
		w.launch(w.draft(w.kerkveld))
		w.finished()
		w.same("who got it", w.sms.of("inbraak"), numbers(upTo(0, 12)...))
	})
}

func TestRule01_OnlyToNetworksInForce(t *testing.T) {
	each(t, func(w *town) {
		for network, key := range map[buurtbel.ID]string{w.unsigned: "error.network.no-charter", w.unknown: "error.network.not-recognised"} {
			d := w.draft(w.kerkveld, network)
			d.OffPlan, d.Unwise = "Er is geen tijd", "Er is geen tijd"
			_, err := w.desk.Launch(w.Context(), w.dispatcher, w.zone, d)
			w.refused(err, "error.alert.refused")
			if !strings.Contains(problems(err), key) {
				w.Errorf("not said: %s%s", key, problems(err))
			}
		}
		if len(w.sms.of("")) != 0 {
			w.Error("something was sent")
		}
	})
}

func TestRule01_OffPlanAsksAReasonAndIsReported(t *testing.T) {
	each(t, func(w *town) {
		d := w.draft(w.kerkveld)
		d.Fact, d.Priority = "burglary", buurtbel.PriorityLow // the plan wants a higher one by day
		for _, reason := range []string{"", ".", " - "} {
			d.OffPlan = reason
			_, err := w.desk.Launch(w.Context(), w.dispatcher, w.zone, d)
			w.refused(err, "error.alert.off-plan-reason")
		}
		d.OffPlan = "De daders zijn nog in de buurt"
		w.launch(d)
		second := w.draft(w.kerkveld)
		second.Fact, second.Priority, second.OffPlan = "suspicious-vehicle", buurtbel.PriorityLow, "Op vraag van de onderzoeksrechter"
		w.launch(second)
		w.launch(w.draft(w.kerkveld)) // on plan
		w.finished()
		if n := len(w.sms.to(mobile(3))); n != 3 {
			w.Errorf("a member got %d alerts: a departure is not held back", n)
		}
		w.tasks()
		if n := len(w.mail.of(d.OffPlan)); n != 0 {
			w.Fatal("told before the morning")
		}
		w.clock.set(time.Date(2026, 11, 4, 7, 0, 1, 0, brussels))
		w.tasks()
		w.finished()
		w.same("who was told", w.mail.of(d.OffPlan), []string{mailbox(92), mailbox(93)})
		for _, to := range []string{mailbox(92), mailbox(93)} {
			told := w.mail.to(to)
			last := told[len(told)-1]
			if !strings.Contains(last, second.OffPlan) || !strings.Contains(last, "Dirk Dams") {
				w.Errorf("one mail tells all: %s", last)
			}
		}
		before := len(w.mail.to(mailbox(93)))
		w.clock.set(time.Date(2026, 11, 5, 7, 0, 1, 0, brussels))
		w.tasks()
		w.finished()
		if n := len(w.mail.to(mailbox(93))); n != before {
			w.Error("told again the next morning")
		}
		if n := len(w.sms.to(mobile(93))); n != 0 {
			w.Error("the chief's telephone rang for a report")
		}
	})
}

func TestRule01_ReportAfterADowntimeLosesNothing(t *testing.T) {
	each(t, func(w *town) {
		d := w.draft(w.kerkveld)
		d.Fact, d.Priority, d.OffPlan = "burglary", buurtbel.PriorityLow, "De daders zijn nog in de buurt"
		w.launch(d)
		w.finished()
		w.clock.set(time.Date(2026, 11, 6, 12, 0, 0, 0, brussels)) // nothing ran for three days
		late := w.draft(w.kerkveld)
		late.Fact, late.Priority, late.OffPlan = "burglary", buurtbel.PriorityLow, "Er zijn weer sporen gevonden"
		w.launch(late)
		w.tasks()
		w.finished()
		w.same("told of the first", w.mail.of(d.OffPlan), []string{mailbox(92), mailbox(93)})
		if len(w.mail.of(late.OffPlan)) != 0 {
			w.Error("this noon's was told before the next morning")
		}
		w.clock.set(time.Date(2026, 11, 7, 7, 0, 1, 0, brussels))
		w.tasks()
		w.finished()
		w.same("told of the second", w.mail.of(late.OffPlan), []string{mailbox(92), mailbox(93)})
	})
}

func TestRule01_ByNightOnlyWhatThePlanAllows(t *testing.T) {
	each(t, func(w *town) {
		w.clock.set(time.Date(2026, 11, 4, 3, 0, 0, 0, brussels))
		d := w.draft(w.kerkveld)
		d.Fact = "suspicious-vehicle"
		_, err := w.desk.Launch(w.Context(), w.dispatcher, w.zone, d)
		w.refused(err, "error.alert.off-plan-reason")
		d.OffPlan = "Hij rijdt rond met gedoofde lichten"
		d.Valid = 6 * time.Hour
		l := w.launch(d)
		var tally *store.Tally
		w.read(func(tx *store.Tx) (err error) {
			tally, err = tx.Tally(l.Message)
			return err
		})
		if tally.Waiting != 12 || len(w.sms.of("")) != 0 {
			w.Errorf("who sleeps is left asleep: %+v", tally)
		}
		w.clock.set(time.Date(2026, 11, 4, 7, 0, 1, 0, brussels))
		w.until("the morning's texts", func() bool { return len(w.sms.of("inbraak")) == 12 })
	})
}

func TestUnwiseAsksAReasonAndIsReported(t *testing.T) {
	each(t, func(w *town) {
		d := w.draft(w.kerkveld)
		d.Texts[buurtbel.Dutch] = "Er is nu een inbraak bezig in de Kerkstraat. De dader heet Jan Vermeulen."
		_, err := w.desk.Launch(w.Context(), w.dispatcher, w.zone, d)
		w.refused(err, "error.alert.unwise-reason")
		d.Unwise = "Met toestemming van de familie"
		w.launch(d)
		w.finished()
		w.clock.set(time.Date(2026, 11, 4, 7, 0, 1, 0, brussels))
		w.tasks()
		w.finished()
		if got := w.mail.of("message.off-plan.unwise"); len(got) == 0 {
			got = w.mail.of(d.Unwise)
			w.same("who was told", got, []string{mailbox(92), mailbox(93)})
		}
	})
}

func TestKeyIsOneAlert(t *testing.T) {
	each(t, func(w *town) {
		d := w.draft(w.kerkveld)
		type outcome struct {
			l   *alerting.Launched
			err error
		}
		results := make(chan outcome)
		for range 8 { // a double click, eight times
			go func() {
				l, err := w.desk.Launch(w.Context(), w.dispatcher, w.zone, d)
				results <- outcome{l, err}
			}()
		}
		repeats := 0
		alerts := map[buurtbel.ID]bool{}
		for range 8 {
			r := <-results
			if r.err != nil {
				w.Fatal(r.err)
			}
			alerts[r.l.Alert] = true
			if r.l.Repeat {
				repeats++
			}
		}
		if len(alerts) != 1 || repeats != 7 {
			w.Errorf("%d alerts, %d repeats", len(alerts), repeats)
		}
		w.finished()
		w.same("who got it", w.sms.of("inbraak"), numbers(upTo(0, 12)...))
		d.Key = ""
		_, err := w.desk.Launch(w.Context(), w.dispatcher, w.zone, d)
		w.refused(err, "error.alert.key-missing")
	})
}
