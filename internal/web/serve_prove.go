package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// need says when a route asks the person to have shown within ten minutes who it is. It stands in the table of routes.
type need string

const (
	proofNone   need = ""
	proofAlways need = "always" // a look at a whole list, an export, a way in that stays
	proofLaunch need = "launch" // only when the form says do=launch: composing asks nothing
)

// proveRoutes show once more who somebody is.
func (s *Server) proveRoutes() []route {
	return []route{
		{method: "GET", path: "/prove", handler: (*visit).prove},
		{method: "POST", path: "/prove", handler: (*visit).provedByCode},
		{method: "POST", path: "/prove/mail", handler: (*visit).mailProof},
		{method: "POST", path: "/prove/ask", handler: (*visit).askTouch},
		{method: "POST", path: "/prove/passkey", handler: (*visit).touched},
		{method: "GET", path: "/prove/with/{provider}", handler: (*visit).proveWith},
	}
}

// proved lets a request pass that needs no proof, or whose person gave one lately, or that brings a code in the field "proof".
func (v *visit) proved(n need) error {
	if n == proofNone {
		return nil
	}
	if v.r.Method == http.MethodPost {
		if err := v.form(); err != nil {
			return err
		}
		if n == proofLaunch && v.r.PostFormValue("do") != "launch" {
			return nil
		}
	}
	needed := v.s.o.Entry.Fresh(v.session)
	code := v.r.PostFormValue("proof")
	if needed == nil || code == "" {
		return needed
	}
	return v.takeCode(code, needed)
}

// takeCode takes a code that was typed; a wrong one is said where the code is asked for.
func (v *visit) takeCode(code string, needed error) error {
	p, err := v.s.o.Entry.ProveCode(v.r.Context(), v.session, code)
	switch buurtbel.KindOf(err) {
	case buurtbel.Forbidden, buurtbel.Busy:
		v.amiss = locale.Error(v.lang, err)
		return needed
	}
	if err != nil {
		return err
	}
	v.renewed(p)
	return nil
}

// proof says what the person can show now. back is the page to come back to from a provider.
func (v *visit) proof(back string) (Proof, error) {
	p := Proof{Left: secondsLeft(v.session.Proved, v.now), Touch: Touch{Ask: "/prove/ask", Bring: "/prove/passkey"},
		Code: Field{Name: "proof", Label: v.t("screen.prove.code"), Hint: v.t("screen.prove.code-hint"), Auto: "one-time-code", Error: v.amiss}}
	z, err := v.clock()
	if err != nil {
		return p, err
	}
	p.Until = locale.When(v.lang, v.session.Proved, v.now, z)
	ways, err := v.s.o.Entry.Ways(v.r.Context(), v.session)
	if err != nil {
		return p, err
	}
	if !ways.Passkey {
		p.Touch = Touch{}
	}
	for _, w := range ways.Providers {
		p.Others = append(p.Others, Link{Words: v.t("screen.prove.with", "Provider", w.Label), Href: "/prove/with/" + w.Name + "?back=" + url.QueryEscape(back)})
	}
	if ways.Mail {
		p.Mail = "/prove/mail"
	}
	p.Sealed = ways.Sealed
	p.Typed = ways.Mail || ways.Sealed
	if ways.Sealed {
		p.Code.Hint = v.t("screen.prove.code-sealed-hint")
	}
	return p, nil
}

// prove asks who it is, and goes on with a page.
func (v *visit) prove() error {
	to := local(v.r.URL.Query().Get("back"))
	return v.provePage(http.StatusOK, Prove{Action: "/prove", To: to}, "", "")
}

func (v *visit) provePage(status int, view Prove, told, problem string) error {
	back := view.To
	if back == "" {
		back = "/"
		if v.shows(view.Action) {
			back = view.Action
		}
	}
	var err error
	if view.Proof, err = v.proof(back); err != nil {
		return err
	}
	view.Back, view.Proof.Left = back, 0
	if view.To != "" {
		view.Back = "/"
	}
	view.Proof.Touch.Next = view.To
	f := v.frame(v.t("screen.prove.title"), Calm)
	f.Path, f.Status, f.Problem = "/prove?back="+url.QueryEscape(back), told, problem
	return v.respond(status, f, view)
}

// askProof answers a request that needs a proof: a page is asked for again after it, a form is posted again with all that was typed.
func (v *visit) askProof() error {
	if v.r.Method != http.MethodPost {
		return v.redirect("/prove?back=" + url.QueryEscape(v.r.URL.RequestURI()))
	}
	return v.provePage(http.StatusForbidden, Prove{Action: v.r.URL.RequestURI(), Fields: v.fieldsBut("proof")}, "", v.amiss)
}

// fieldsBut gives what was posted, in order, without some fields.
func (v *visit) fieldsBut(but ...string) []Fact {
	var out []Fact
	for name, values := range v.r.PostForm {
		if slices.Contains(but, name) {
			continue
		}
		for _, value := range values {
			out = append(out, Fact{name, value})
		}
	}
	slices.SortStableFunc(out, func(a, b Fact) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// shows tells whether a page of ours can be asked for at a path, so that one can come back to it.
func (v *visit) shows(path string) bool {
	u, err := url.Parse(path)
	if err != nil {
		return false
	}
	for _, r := range v.s.routes() {
		if r.method == http.MethodGet && matches(r.path, u.Path) {
			return true
		}
	}
	return false
}

// matches tells whether a path fits a pattern of the table of routes, part by part.
func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i, w := range want {
		if w == "{$}" || w != got[i] && !strings.HasPrefix(w, "{") {
			return false
		}
	}
	return true
}

// provedByCode takes a code and goes on with a page.
func (v *visit) provedByCode() error {
	if err := v.form(); err != nil {
		return err
	}
	to := local(v.r.PostFormValue("to"))
	if err := v.takeCode(v.r.PostFormValue("proof"), buurtbel.Fail(buurtbel.Forbidden, entering.NeedsProof, nil)); err != nil {
		if buurtbel.KeyOf(err) == entering.NeedsProof {
			return v.provePage(http.StatusForbidden, Prove{Action: "/prove", To: to}, "", v.amiss)
		}
		return err
	}
	return v.redirect(to)
}

// mailProof mails a code; a script stays on its page, a form comes back with all that was typed.
func (v *visit) mailProof() error {
	if err := v.form(); err != nil {
		return err
	}
	err := v.s.o.Entry.MailProof(v.r.Context(), v.session)
	told := v.t("screen.prove.mailed")
	switch kind := buurtbel.KindOf(err); {
	case err == nil && v.part():
		return v.json(http.StatusOK, map[string]string{"told": told})
	case err == nil:
		return v.provePage(http.StatusOK, v.goingOn(), told, "")
	case !v.part() && (kind == buurtbel.Busy || kind == buurtbel.Forbidden):
		return v.provePage(statusOf(kind), v.goingOn(), "", locale.Error(v.lang, err))
	}
	return err
}

// goingOn is what the form that asked for a code goes on with: the page that it named, or the post that it stands for.
func (v *visit) goingOn() Prove {
	if to := v.r.PostFormValue("to"); to != "" {
		return Prove{Action: "/prove", To: local(to)}
	}
	if at := v.r.PostFormValue("prove-at"); at != "" {
		return Prove{Action: local(at), Fields: v.fieldsBut("proof", "prove-at")}
	}
	return Prove{Action: "/prove", To: "/"}
}

func (v *visit) askTouch() error { return v.asked(v.s.o.Entry.AskProof(v.r.Context(), v.session)) }

// touched takes the answer of the person's own passkey.
func (v *visit) touched() error {
	ticket, said, err := v.brought()
	if err != nil {
		return err
	}
	p, err := v.s.o.Entry.ProvePasskey(v.r.Context(), v.session, ticket, said)
	if err != nil {
		return err
	}
	v.renewed(p)
	proof, err := v.proof("/")
	if err != nil {
		return err
	}
	return v.json(http.StatusOK, map[string]any{"left": proof.Left, "told": v.t("screen.prove.until", "Until", proof.Until)})
}

// proveWith sends the browser to an identity provider that must ask anew.
func (v *visit) proveWith() error {
	return v.goTo(v.session, local(v.r.URL.Query().Get("back")))
}
