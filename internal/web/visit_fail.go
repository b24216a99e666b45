package web

import (
	"errors"
	"net/http"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// fail answers a request that could not be done: with the way to sign in, a page, or a sentence as JSON for a script. It logs what is ours to mend.
func (v *visit) fail(err error) {
	kind := buurtbel.KindOf(err)
	if kind == buurtbel.Internal && v.r.Context().Err() == nil {
		v.s.o.Logger.ErrorContext(v.r.Context(), "page failed", "route", v.r.Pattern, "error", err)
	}
	if e := v.answer(err, kind); e != nil && v.r.Context().Err() == nil {
		v.s.o.Logger.ErrorContext(v.r.Context(), "answer failed", "route", v.r.Pattern, "error", e)
	}
}

func (v *visit) answer(err error, kind buurtbel.Kind) error {
	status := statusOf(kind)
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		status = http.StatusRequestEntityTooLarge
	}
	switch {
	case v.part():
		return v.json(status, map[string]string{"error": locale.Error(v.lang, err)})
	case buurtbel.KeyOf(err) == entering.NeedsProof:
		return v.askProof()
	case buurtbel.KeyOf(err) == "error.own.session" && (v.r.Method == http.MethodGet || v.r.Method == http.MethodHead):
		return v.toOwn()
	case needsSignIn(err) && (v.r.Method == http.MethodGet || v.r.Method == http.MethodHead):
		return v.redirect("/sign-in")
	case kind == buurtbel.Busy:
		v.w.Header().Set("Retry-After", "5")
	}
	frame := v.frame("", Calm)
	view := v.failure(err, kind)
	frame.Title = view.Happened
	if v.session == nil {
		frame.Shape = Bare
	}
	return v.respond(status, frame, view)
}

// failure says what happened, what it means and what to do.
func (v *visit) failure(err error, kind buurtbel.Kind) Failure {
	f := Failure{Happened: v.t("screen.failure." + kind.String()), Means: locale.Error(v.lang, err), Next: v.t("screen.failure.next"), Href: "/", Words: v.t("screen.failure.home")}
	switch {
	case buurtbel.KeyOf(err) == "error.own.session":
		f.Happened, f.Next, f.Href, f.Words = v.t("screen.failure.sign-in"), v.t("screen.failure.sign-in-next"), "/me/in", v.t("screen.me-in.title")
	case needsSignIn(err):
		f.Happened, f.Next, f.Href, f.Words = v.t("screen.failure.sign-in"), v.t("screen.failure.sign-in-next"), "/sign-in", v.t("screen.sign-in.title")
	case kind == buurtbel.Internal:
		f.Next = v.t("screen.failure.internal-means")
	case kind == buurtbel.Invalid || kind == buurtbel.Conflict:
		f.Next = v.t("screen.failure.back")
	}
	return f
}

// notFound answers for every address that is not ours.
func (v *visit) notFound() error {
	return buurtbel.Fail(buurtbel.NotFound, "error.kind.not-found", nil)
}

// crossSite answers a form that another site posted.
func (v *visit) crossSite() error {
	return buurtbel.Fail(buurtbel.Forbidden, "error.form.cross-site", nil)
}
