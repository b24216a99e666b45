package web

import (
	"net/http"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// passkeyRoutes sign people in by a passkey, by an identity provider, and by a sealed code.
func (s *Server) passkeyRoutes() []route {
	return []route{
		{method: "POST", path: "/sign-in/passkey/ask", open: true, handler: (*visit).askPasskey},
		{method: "POST", path: "/sign-in/passkey", open: true, handler: (*visit).enterPasskey},
		{method: "GET", path: "/sign-in/with/{provider}", open: true, handler: (*visit).toProvider},
		{method: "GET", path: "/sign-in/from/{provider}", open: true, handler: (*visit).fromProviderShown},
		{method: "POST", path: "/sign-in/from/{provider}", open: true, handler: (*visit).fromProvider},
		{method: "GET", path: "/sign-in/code", open: true, handler: (*visit).sealed},
		{method: "POST", path: "/sign-in/code", open: true, handler: (*visit).enterSealed},
	}
}

// touchIn is how the sign-in page asks for a passkey.
func (v *visit) touchIn() Touch {
	if !v.s.o.Entry.TakesPasskeys() {
		return Touch{}
	}
	return Touch{Ask: "/sign-in/passkey/ask", Bring: "/sign-in/passkey", Next: "/"}
}

// fills is what the field for a mailbox may be filled with: the browser proposes a passkey there too, where pages take one.
func (t Touch) fills() string {
	if t.Ask == "" {
		return "email"
	}
	return "username webauthn"
}

// others are the identity providers as the sign-in page offers them.
func (v *visit) others() []Link {
	var out []Link
	for _, p := range v.s.o.Entry.Providers() {
		out = append(out, Link{Words: v.t("screen.access.with", "Provider", p.Label), Href: "/sign-in/with/" + p.Name})
	}
	return out
}

// asked gives a script the question for a passkey; its ticket waits in a cookie that no script reads.
func (v *visit) asked(q *entering.Question, err error) error {
	if err != nil {
		return err
	}
	v.setCookie(cookieTicket, q.Ticket, q.Lasts)
	v.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, err = v.w.Write(q.Options)
	return err
}

// brought takes what a passkey said from a script's form, and the ticket that goes with it: each is brought once.
func (v *visit) brought() (ticket string, said []byte, err error) {
	if err := v.form(); err != nil {
		return "", nil, err
	}
	ticket = v.cookie(cookieTicket)
	v.setCookie(cookieTicket, "", 0)
	return ticket, []byte(v.r.PostFormValue("answer")), nil
}

func (v *visit) askPasskey() error { return v.asked(v.s.o.Entry.AskPasskey()) }

// enterPasskey signs in; the script goes on to the page that it is told.
func (v *visit) enterPasskey() error {
	ticket, said, err := v.brought()
	if err != nil {
		return err
	}
	e, err := v.s.o.Entry.EnterPasskey(v.r.Context(), ticket, said, v.at(""))
	if err != nil {
		return err
	}
	v.entered(e)
	return v.json(http.StatusOK, map[string]string{"next": "/"})
}

// toProvider sends the browser to an identity provider. It changes nothing here: what must come back waits in a cookie.
func (v *visit) toProvider() error { return v.goTo(nil, "/") }

func (v *visit) goTo(session *entering.Visit, back string) error {
	w, err := v.s.o.Entry.ToProvider(v.r.PathValue("provider"), session, back)
	if err != nil {
		return v.unreturned(err)
	}
	v.setCookie(cookieWay, w.Ticket, w.Lasts)
	v.w.Header().Set("Location", w.Address)
	v.w.WriteHeader(http.StatusFound)
	return nil
}

// unreturned says on the page with the other ways in, or the other proofs, why a provider did not work.
func (v *visit) unreturned(err error) error {
	kind := buurtbel.KindOf(err)
	if kind == buurtbel.Internal || kind == buurtbel.NotFound {
		return err
	}
	if v.session != nil {
		return v.provePage(statusOf(kind), Prove{Action: "/prove", To: "/"}, "", locale.Error(v.lang, err))
	}
	return v.signInPage(statusOf(kind), "", "", locale.Error(v.lang, err))
}

// fromProviderShown takes what the provider sent in the address into a form of ours: looking at an address changes nothing.
func (v *visit) fromProviderShown() error {
	q, name := v.r.URL.Query(), v.r.PathValue("provider")
	label := ""
	for _, p := range append(v.s.o.Entry.Providers(), v.s.o.Entry.Residents()...) {
		if p.Name == name {
			label = p.Label
		}
	}
	if label == "" {
		return v.notFound()
	}
	if q.Get("code") == "" || len(q.Get("code")) > 4000 || len(q.Get("state")) > 200 {
		return v.unreturned(buurtbel.Fail(buurtbel.Forbidden, "error.oidc.refused", buurtbel.Args{"Provider": label}))
	}
	f := v.bare(v.t("screen.sign-in.title"))
	f.Path = "/sign-in"
	return v.respond(http.StatusOK, f, Returned{Action: "/sign-in/from/" + name, State: q.Get("state"), Code: q.Get("code"), Provider: label})
}

func (v *visit) fromProvider() error {
	if err := v.form(); err != nil {
		return err
	}
	ticket := v.cookie(cookieWay)
	v.setCookie(cookieWay, "", 0)
	if v.resident() {
		return v.fromResident(ticket)
	}
	r, err := v.s.o.Entry.FromProvider(v.r.Context(), v.r.PathValue("provider"), ticket, v.r.PostFormValue("state"), v.r.PostFormValue("code"), v.session, v.at(""))
	if err != nil {
		return v.unreturned(err)
	}
	if r.Proved != nil {
		v.renewed(r.Proved)
	} else {
		v.entered(r.Entered)
	}
	return v.redirect(local(r.Back))
}

func (v *visit) sealed() error { return v.sealedPage(http.StatusOK, "", "", "") }

func (v *visit) sealedPage(status int, who, wrong, wrongWho string) error {
	f := v.bare(v.t("screen.sealed.title"))
	f.Path = "/sign-in/code"
	return v.respond(status, f, SealedIn{Action: "/sign-in/code", Back: "/sign-in", Lasts: locale.Span(v.lang, entering.SealedLasts),
		Code: Field{Name: "code", Label: v.t("screen.sealed.code"), Hint: v.t("screen.sealed.code-hint"), Auto: "off", Error: wrong, Focus: true},
		Who:  Field{Name: "who", Label: v.t("screen.sealed.who"), Hint: v.t("screen.sealed.who-hint"), Auto: "name", Value: who, Error: wrongWho}})
}

func (v *visit) enterSealed() error {
	if err := v.form(); err != nil {
		return err
	}
	who, err := v.typed("who", 200)
	if err != nil {
		return err
	}
	e, err := v.s.o.Entry.EnterSealed(v.r.Context(), v.r.PostFormValue("code"), who, v.at(""))
	switch buurtbel.KindOf(err) {
	case buurtbel.Invalid:
		return v.sealedPage(http.StatusUnprocessableEntity, who, "", locale.Error(v.lang, err))
	case buurtbel.Forbidden:
		return v.sealedPage(http.StatusForbidden, who, locale.Error(v.lang, err), "")
	case buurtbel.Busy:
		return v.sealedPage(http.StatusTooManyRequests, who, locale.Error(v.lang, err), "")
	}
	if err != nil {
		return err
	}
	v.entered(e)
	return v.redirect("/")
}

// renewed gives the browser the new cookie of a session whose owner showed who it is.
func (v *visit) renewed(p *entering.Proved) {
	v.setCookie(cookieSession, p.Session, p.Expires.Sub(v.now))
	v.session.Proved = p.Until
}

// secondsLeft gives whole seconds until a moment; 0 when it has passed.
func secondsLeft(until, now time.Time) int { return max(0, int(until.Sub(now).Seconds())) }
