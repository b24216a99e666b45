package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// officerRoutes are what is done the next morning: feedback, the journal of an alert, contact points that were lost.
func (s *Server) officerRoutes() []route {
	return []route{
		{method: "GET", path: "/debts", may: buurtbel.MayFeedback, handler: (*visit).debts},
		{method: "POST", path: "/debts/{alert}", may: buurtbel.MayFeedback, handler: (*visit).settle},
		{method: "GET", path: "/alerts/{id}/journal", may: buurtbel.MayReadLog, handler: (*visit).journal},
		{method: "GET", path: "/lost", may: buurtbel.MaySeeNames, handler: (*visit).lost},
		{method: "POST", path: "/lost", may: buurtbel.MaySeeNames, proof: proofAlways, handler: (*visit).lostNames},
		{method: "POST", path: "/lost/calls", may: buurtbel.MaySeeNames, handler: (*visit).lostCalls},
	}
}

// mostText bounds what is read of one field; the check of the text says how long it may be.
const mostText = 5000

// ending is what was typed for a debt, and what the check said of it.
type ending struct {
	alert    buurtbel.ID
	texts    map[buurtbel.Language]string
	ground   buurtbel.Ground
	why      string
	wrong    string // a sentence about the text field
	findings []Finding
}

func (v *visit) debts() error {
	status := ""
	if v.r.URL.Query().Get("done") == "told" {
		status = v.t("screen.debts.told")
	}
	return v.debtsPage(http.StatusOK, status, "", nil)
}

// debtsPage shows the open debts; typed fills the one that was posted.
func (v *visit) debtsPage(code int, status, problem string, typed *ending) error {
	var view Debts
	err := v.read(func(tx *store.Tx) error {
		d, err := v.overview(tx)
		if err != nil {
			return err
		}
		open, err := tx.OpenDebts()
		if err != nil {
			return err
		}
		for _, debt := range open {
			line, err := v.debt(tx, d, debt, typed)
			if err != nil {
				return err
			}
			view.Open = append(view.Open, line)
		}
		return v.settledLately(tx, d, &view)
	})
	if err != nil {
		return err
	}
	f := v.frame(v.t("screen.place.debts"), Calm)
	f.Path, f.Status, f.Problem = "/debts", status, problem
	return v.respond(code, f, view)
}

func (v *visit) debt(tx *store.Tx, d *overview, debt buurtbel.Debt, typed *ending) (Debt, error) {
	a, err := tx.Alert(debt.Alert)
	if err != nil {
		return Debt{}, err
	}
	reached, err := reachedBy(tx, a.ID)
	if err != nil {
		return Debt{}, err
	}
	if typed == nil || typed.alert != a.ID {
		typed = &ending{}
	}
	id := a.ID.String()
	last := debt.Due.Add(-1) // due is the end of a day: the day is the one before
	out := Debt{ID: id, Action: "/debts/" + id, Subject: v.subject(d.networks, a), Sent: locale.When(v.lang, a.At, v.now, d.loc),
		Age: v.t("screen.debts.age", "Span", locale.Span(v.lang, v.now.Sub(a.At))), Due: locale.Day(v.lang, last, v.now, d.loc), Late: !v.now.Before(debt.Due),
		Reached: reached, Findings: typed.findings, Grounds: v.grounds(typed.ground), Silenced: typed.ground != buurtbel.GroundNone}
	for i, lang := range languages(chosen(d.networks, a.Networks)) {
		field := Field{Name: textName(lang, a.ID), Label: v.t("screen.field.feedback"), Hint: v.t("screen.field.feedback-hint"), Value: typed.texts[lang], Rows: 3}
		if i == 0 {
			field.Error = typed.wrong
		}
		out.Texts = append(out.Texts, Ending{Language: string(lang), Sentences: sentences(lang, a.Fact), Text: v.inLanguage(field, lang)})
	}
	if typed.why != "" || slices.ContainsFunc(typed.findings, func(f Finding) bool { return f.Level == "warned" }) {
		out.Why = Field{Name: "why-" + id, Label: v.t("screen.finding.why"), Value: typed.why}
	}
	if v.may(buurtbel.MayReadLog) == nil {
		out.Journal = "/alerts/" + id + "/journal"
	}
	return out, nil
}

// inLanguage says in which language a field is to be filled, when it is not the language of the screen.
func (v *visit) inLanguage(f Field, lang buurtbel.Language) Field {
	if lang != v.lang {
		f.Label += " (" + v.t("screen.language.own."+string(lang)) + ")"
		f.Lang = string(lang)
	}
	return f
}

func textName(lang buurtbel.Language, alert buurtbel.ID) string {
	return "text-" + string(lang) + "-" + alert.String()
}

// languages lists the languages of the networks' regimes, each once.
func languages(networks []*buurtbel.Network) []buurtbel.Language {
	var out []buurtbel.Language
	for _, n := range networks {
		for _, lang := range n.Regime {
			if !slices.Contains(out, lang) {
				out = append(out, lang)
			}
		}
	}
	return out
}

// sentences are ready beginnings in the language of the members.
func sentences(lang buurtbel.Language, fact buurtbel.Fact) []string {
	keys := []string{"screen.debts.say-safe", "screen.debts.say-nobody"}
	if strings.HasPrefix(string(fact), "missing-") {
		keys = []string{"screen.debts.say-found"}
	}
	var out []string
	for _, key := range keys {
		out = append(out, locale.Text(lang, key, nil))
	}
	return out
}

func (v *visit) grounds(now buurtbel.Ground) []Option {
	out := []Option{{Words: v.t("screen.ground.none"), Chosen: now == buurtbel.GroundNone}}
	for _, g := range buurtbel.Grounds {
		out = append(out, Option{ID: string(g), Words: v.t("screen.ground." + string(g)), Chosen: g == now})
	}
	return out
}

// reachedBy counts the members whom an alert reached: the feedback goes to them.
func reachedBy(tx *store.Tx, alert buurtbel.ID) (int, error) {
	messages, err := tx.MessagesOf(alert)
	if err != nil || len(messages) == 0 {
		return 0, err
	}
	tally, err := tx.Tally(messages[0].ID)
	if err != nil {
		return 0, err
	}
	n := 0
	for state, count := range tally.Members {
		if state.Reached() {
			n += count
		}
	}
	return n, nil
}

func (v *visit) settledLately(tx *store.Tx, d *overview, view *Debts) error {
	for _, a := range d.alerts {
		debt, owed, err := tx.Debt(a.ID)
		if err != nil {
			return err
		}
		if owed && !debt.Settled.IsZero() && len(view.Settled) < lastFew {
			view.Settled = append(view.Settled, Fact{v.subject(d.networks, a), locale.When(v.lang, debt.Settled, v.now, d.loc)})
		}
	}
	settled, silent, err := tx.SilentShare()
	if silent > 0 {
		view.Silent = v.t("screen.debts.silent", "Count", silent, "Settled", settled)
	}
	return err
}

// settle tells the members how it ended, or why nothing may be told. What was typed comes back with what must be mended.
func (v *visit) settle() error {
	alert, err := v.id("alert")
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	var expected []buurtbel.Language
	err = v.read(func(tx *store.Tx) error {
		a, err := tx.Alert(alert)
		if err != nil {
			return err
		}
		networks, err := tx.Networks()
		expected = languages(chosen(networks, a.Networks))
		return err
	})
	if err != nil {
		return err
	}
	e, err := v.readEnding(alert, expected)
	if err != nil {
		return err
	}
	if problem := v.unready(e, expected); problem != "" {
		return v.debtsPage(http.StatusUnprocessableEntity, "", problem, e)
	}
	_, err = v.s.o.Desk.Feedback(v.r.Context(), v.actor, v.zone, alert, alerting.Ending{Texts: e.texts, Ground: e.ground, Unwise: e.why})
	var refused *alerting.Refusal
	switch {
	case errors.As(err, &refused):
		e.findings = append(e.findings, v.findings(refused.Check, e)...)
		return v.debtsPage(http.StatusUnprocessableEntity, "", locale.Error(v.lang, refused.Sentence), e)
	case buurtbel.KindOf(err) == buurtbel.Invalid || buurtbel.KindOf(err) == buurtbel.Conflict:
		return v.debtsPage(statusOf(buurtbel.KindOf(err)), "", locale.Error(v.lang, err), e)
	case err != nil:
		return err
	}
	return v.redirect("/debts?done=told")
}

func (v *visit) readEnding(alert buurtbel.ID, expected []buurtbel.Language) (*ending, error) {
	e := &ending{alert: alert, texts: map[buurtbel.Language]string{}, ground: buurtbel.Ground(v.r.PostFormValue("ground"))}
	for _, lang := range expected {
		text, err := v.typed(textName(lang, alert), mostText)
		if err != nil {
			return nil, err
		}
		if text != "" {
			e.texts[lang] = text
		}
	}
	var err error
	e.why, err = v.typed("why-"+alert.String(), 500)
	return e, err
}

// unready says what must be mended before the text is checked at all: nothing chosen, both chosen, or a language that is lacking without a reason.
func (v *visit) unready(e *ending, expected []buurtbel.Language) string {
	silent := e.ground != buurtbel.GroundNone
	switch {
	case silent && !slices.Contains(buurtbel.Grounds, e.ground):
		e.ground = buurtbel.GroundNone
		return v.t("error.feedback.ground")
	case silent && len(e.texts) > 0:
		return v.t("error.feedback.both")
	case !silent && len(e.texts) == 0:
		e.wrong = v.t("error.feedback.text-empty")
		return e.wrong
	}
	if lacking := buurtbel.Regime(expected).Missing(e.texts); !silent && len(lacking) > 0 && e.why == "" {
		var words []string
		for _, lang := range lacking {
			words = append(words, v.t("screen.language.own."+string(lang)))
		}
		e.findings = []Finding{{Level: "warned", Code: "lacks-language", Sentence: v.t("screen.debts.lacks", "Languages", locale.List(v.lang, words))}}
		return v.t("error.alert.unwise-reason")
	}
	return ""
}

// findings puts what a check noticed into words. One written reason counts for all warnings of a feedback.
func (v *visit) findings(c *alerting.Check, e *ending) []Finding {
	var out []Finding
	for _, p := range c.Problems {
		if p.Level == wording.Note {
			continue
		}
		f := Finding{Level: "warned", Code: p.Key, Sentence: v.t(p.Key)}
		if s := locale.Text(v.lang, p.Key, p.Args); s != p.Key {
			f.Sentence = s
		}
		if p.Level == wording.Refuse {
			f.Level = "refused"
		}
		if text := e.texts[p.Language]; p.Start < p.End && p.End <= len(text) && !strings.Contains(f.Sentence, text[p.Start:p.End]) {
			f.Where = text[p.Start:p.End]
		}
		out = append(out, f)
	}
	return out
}
