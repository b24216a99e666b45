package web

import (
	"errors"
	"net/http"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/locale"
)

func (s *Server) dispatchRoutes() []route {
	return []route{
		{method: "GET", path: "/dispatch", may: buurtbel.MayLaunch, handler: (*visit).dispatch},
		{method: "POST", path: "/dispatch", may: buurtbel.MayLaunch, proof: proofLaunch, handler: (*visit).dispatched},
		{method: "POST", path: "/dispatch/check", may: buurtbel.MayLaunch, handler: (*visit).checked},
		{method: "POST", path: "/dispatch/listen", may: buurtbel.MayLaunch, handler: (*visit).listen},
		{method: "GET", path: "/dispatch/streets", may: buurtbel.MayLaunch, handler: (*visit).streets},
	}
}

// dispatch shows an empty form.
func (v *visit) dispatch() error {
	d, err := v.drafting(newForm(), false)
	if err != nil {
		return err
	}
	return v.showDispatch(d, http.StatusOK, "")
}

func (v *visit) showDispatch(d *drafting, status int, problem string) error {
	if err := d.weigh(); err != nil {
		return err
	}
	mode := Calm
	if d.form.exercise {
		mode = Exercise
	}
	frame := v.frame(v.t("screen.dispatch.title"), mode)
	frame.Path, frame.Problem = "/dispatch", problem
	page := d.page()
	var err error
	if page.Proof, err = v.proof("/dispatch"); err != nil {
		return err
	}
	return v.respond(status, frame, page)
}

// dispatched takes the form: do=launch sends, anything else shows the page again with what it says now. A form without script posts here too.
func (v *visit) dispatched() error {
	if err := v.form(); err != nil {
		return err
	}
	if v.r.PostFormValue("do") == "launch" {
		defer v.s.o.DB.Hurry()()
	}
	d, err := v.drafting(readForm(v.r.PostForm), v.r.PostFormValue("do") == "spelling")
	if err != nil {
		return err
	}
	if v.r.PostFormValue("do") != "launch" {
		return v.showDispatch(d, http.StatusOK, "")
	}
	return v.launch(d)
}

// launch sends the draft out. Whatever is wrong, the page comes back with everything that was typed.
func (v *visit) launch(d *drafting) error {
	err := d.refused()
	if err == nil {
		var launched *alerting.Launched
		if launched, err = v.s.o.Desk.Launch(v.r.Context(), v.actor, v.zone, d.draft); err == nil {
			return v.redirect("/alerts/" + launched.Alert.String())
		}
	}
	kind := buurtbel.KindOf(err)
	if kind == buurtbel.Forbidden || kind == buurtbel.NotFound || needsSignIn(err) {
		return err
	}
	if kind == buurtbel.Internal {
		v.s.o.Logger.ErrorContext(v.r.Context(), "launch failed", "error", err)
	}
	var refusal *alerting.Refusal
	if errors.As(err, &refusal) {
		err = refusal.Sentence
	}
	return v.showDispatch(d, statusOf(kind), locale.Error(v.lang, err))
}

// checked says what the form would do now, for the script that puts it in place. It changes nothing.
func (v *visit) checked() error {
	if err := v.form(); err != nil {
		return err
	}
	d, err := v.drafting(readForm(v.r.PostForm), v.r.PostFormValue("do") == "spelling")
	if err != nil {
		return err
	}
	if err := d.weigh(); err != nil {
		return err
	}
	return v.fragment(d.parts(v.r.PostForm))
}

// streets suggests street names while one types: the register's where there is one, else streets with enough member homes to be named.
func (v *visit) streets() error {
	typed := plain(v.r.URL.Query().Get("q"))
	if len([]rune(typed)) < 2 || len(typed) > 100 {
		return v.json(http.StatusOK, []string{})
	}
	names, err := v.suggestions(typed)
	if err != nil {
		return err
	}
	return v.json(http.StatusOK, append([]string{}, names...))
}

func (v *visit) suggestions(typed string) ([]string, error) {
	const most = 12
	if v.s.o.Streets != nil {
		if names := v.s.o.Streets(v.r.Context(), v.zone, typed, most); len(names) > 0 {
			return names, nil
		}
	}
	z, err := v.s.homes.in(v.r.Context(), v.s.o.DB, v.zone)
	if err != nil {
		return nil, err
	}
	return z.suggest(typed, most), nil
}
