package web

import (
	"errors"
	"net/http"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// exerciseDraft is the alert of an exercise that police may launch now.
func exerciseDraft(r *governing.Ready) *alerting.Draft {
	return &alerting.Draft{Key: r.Key, Fact: r.Fact, Priority: buurtbel.PriorityHighest, Exercise: true, Title: r.Titles, Texts: r.Texts, Networks: []buurtbel.ID{r.Network.ID},
		Valid: r.Valid, Also: r.Mark}
}

// exerciseReady shows today's exercise with all that goes out, and one button.
func (v *visit) exerciseReady() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.exerciseShow(id, http.StatusOK, "")
}

func (v *visit) exerciseShow(id buurtbel.ID, status int, problem string) error {
	ready, err := v.s.o.Drills.Prepare(v.r.Context(), v.actor, v.zone, id)
	if buurtbel.KindOf(err) == buurtbel.Conflict && err != nil {
		return v.exerciseOver(id, err)
	}
	if err != nil {
		return err
	}
	check, err := v.s.o.Desk.Check(v.r.Context(), v.actor, v.zone, exerciseDraft(ready))
	if err != nil {
		return err
	}
	d := &drilling{visit: v, loc: v.place()}
	view := DrillLaunch{Network: ready.Network.Name, When: d.when(ready.Exercise), Facts: d.facts(ready.Exercise), Launch: exercisePath(id, "/launch")}
	for i, w := range check.Wordings {
		t := check.Texts[i]
		view.Texts = append(view.Texts, Bubble{From: ready.Network.Name, Text: w.SMS, Length: t.Units, Parts: t.Parts, Price: locale.Price(v.lang, int64(t.Parts)*v.s.o.PartPrice)})
	}
	for _, p := range check.Refused() {
		view.Findings, view.Launch = append(view.Findings, Finding{Level: "refused", Sentence: locale.Text(v.lang, p.Key, p.Args)}), ""
	}
	f := v.frame(v.t("screen.exercises.launch-title", "Network", ready.Network.Name), Exercise)
	f.Path, f.Problem = exercisePath(id, ""), problem
	return v.respond(status, f, view)
}

// exerciseOver shows what became of an exercise that cannot be launched: one that was launched already is followed.
func (v *visit) exerciseOver(id buurtbel.ID, why error) error {
	var e *buurtbel.Exercise
	err := v.read(func(tx *store.Tx) (err error) {
		e, err = tx.Exercise(id)
		return err
	})
	if err != nil {
		return err
	}
	if e.Alert != 0 {
		return v.redirect("/alerts/" + e.Alert.String())
	}
	return v.exercisesPage(statusOf(buurtbel.KindOf(why)), locale.Error(v.lang, why), func(*buurtbel.Exercise, *DrillCard) {})
}

// exerciseLaunch sends today's exercise out: police do, once.
func (v *visit) exerciseLaunch() error {
	id, err := v.exerciseForm()
	if err != nil {
		return err
	}
	defer v.s.o.DB.Hurry()()
	ready, err := v.s.o.Drills.Prepare(v.r.Context(), v.actor, v.zone, id)
	if err != nil {
		if buurtbel.KindOf(err) == buurtbel.Conflict {
			return v.exerciseOver(id, err)
		}
		return err
	}
	launched, err := v.s.o.Desk.Launch(v.r.Context(), v.actor, v.zone, exerciseDraft(ready))
	if err == nil {
		return v.redirect("/alerts/" + launched.Alert.String())
	}
	var refusal *alerting.Refusal
	if errors.As(err, &refusal) {
		return v.exerciseShow(id, statusOf(buurtbel.KindOf(err)), locale.Error(v.lang, refusal.Sentence))
	}
	if buurtbel.KindOf(err) == buurtbel.Conflict {
		return v.exerciseOver(id, err)
	}
	return err
}

// exerciseCards are what waits for this person about exercises: today's for police, a proposal for the coordinator.
func (v *visit) exerciseCards(tx *store.Tx, d *overview) ([]Card, error) {
	today := buurtbel.DayOf(v.now.In(d.loc))
	list, err := tx.Exercises(today)
	if err != nil {
		return nil, err
	}
	zone, err := tx.Zone()
	if err != nil {
		return nil, err
	}
	g := &drilling{visit: v, x: zone.Exercising(), loc: d.loc}
	var out []Card
	for _, e := range list {
		name := names(v.lang, chosen(d.networks, []buurtbel.ID{e.Network}))
		switch {
		case g.launchable(e):
			out = append(out, Card{Title: v.t("screen.start.exercise-today", "Network", name), Text: v.t("screen.start.exercise-today-text", "Part", v.t(partKey(e.Morning))),
				Action: v.t("screen.exercises.launch-open"), Href: exercisePath(e.ID, "")})
		case e.State == buurtbel.ExerciseProposed && v.actor.May(buurtbel.MayAgree, buurtbel.Scope{Zone: v.zone, Network: e.Network}, v.now) == nil:
			out = append(out, Card{Title: v.t("screen.start.exercise-agree", "Network", name, "Date", g.date(e.Day)), Text: v.t("screen.start.exercise-agree-text", "Amount", locale.Price(v.lang, e.Cost.Amount)),
				Action: v.t("screen.start.exercise-agree-do"), Href: "/exercises"})
		}
	}
	return out, nil
}
