package web

import (
	"net/http"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// entryRoutes are the first page, signing in and out, handing a shared PC over, and how the pages look.
func (s *Server) entryRoutes() []route {
	return []route{
		{method: "GET", path: "/{$}", open: true, handler: (*visit).first},
		{method: "GET", path: "/places", handler: (*visit).morePlaces},
		{method: "GET", path: "/sign-in", open: true, handler: (*visit).signIn},
		{method: "POST", path: "/sign-in", open: true, handler: (*visit).askLink},
		{method: "GET", path: "/s/{token}", open: true, handler: (*visit).enterShown},
		{method: "POST", path: "/s/{token}", open: true, handler: (*visit).enterNow},
		{method: "POST", path: "/sign-out", open: true, handler: (*visit).signOut},
		{method: "GET", path: "/hand-over", open: true, handler: (*visit).handOver},
		{method: "POST", path: "/hand-over", open: true, handler: (*visit).takeOver},
		{method: "POST", path: "/view", open: true, handler: (*visit).setView},
	}
}

// bare is the frame of a page for who is not at work here yet.
func (v *visit) bare(title string) Frame {
	f := v.frame(title, Calm)
	f.Shape, f.Places, f.HandOver = Bare, nil, ""
	return f
}

func (v *visit) signIn() error { return v.signInPage(http.StatusOK, "", "", "") }

// signInPage shows the form, with what was typed and what is wrong with it, or says where the link went.
func (v *visit) signInPage(status int, typed, wrong, problem string) error {
	f := v.bare(v.t("screen.sign-in.title"))
	f.Path, f.Problem = "/sign-in", problem
	touch := v.touchIn()
	return v.respond(status, f, SignIn{Action: "/sign-in", Touch: touch, Others: v.others(), Sealed: "/sign-in/code", Lasts: locale.Span(v.lang, entering.LinkLasts), Email: Field{Name: "email", Label: v.t("screen.field.email"),
		Hint: v.t("screen.field.email-hint"), Type: "email", Auto: touch.fills(), Value: typed, Error: wrong, Focus: wrong != ""}})
}

// askLink answers the same for a mailbox that we know and for one that we do not.
func (v *visit) askLink() error {
	if err := v.form(); err != nil {
		return err
	}
	mailbox, err := v.typed("email", 254)
	if err == nil {
		err = v.s.o.Entry.Request(mailbox, v.origin())
	}
	switch buurtbel.KindOf(err) {
	case buurtbel.Invalid:
		return v.signInPage(http.StatusUnprocessableEntity, mailbox, v.t("screen.field.email-error"), "")
	case buurtbel.Busy:
		return v.signInPage(http.StatusTooManyRequests, mailbox, "", locale.Error(v.lang, err))
	}
	if err != nil {
		return err
	}
	f := v.bare(v.t("screen.sign-in.sent-title"))
	f.Path = "/sign-in"
	return v.respond(http.StatusOK, f, SignIn{Action: "/sign-in", Sent: mailbox, Lasts: locale.Span(v.lang, entering.LinkLasts)})
}

// enterShown shows the button of a sign-in link: mail scanners open links, so nothing is used up.
func (v *visit) enterShown() error { return v.enterPage(http.StatusOK, "", "") }

func (v *visit) enterPage(status int, wrong, problem string) error {
	link, err := v.link()
	if err != nil {
		return err
	}
	who, err := v.s.o.Entry.Behind(v.r.Context(), link)
	if err != nil {
		return err
	}
	if !v.chose && who.Language.Valid() {
		v.lang = who.Language
	}
	f := v.bare(v.t("screen.sign-in.title"))
	f.Path, f.Problem = "/s/"+link, problem
	return v.respond(status, f, SignIn{Action: "/sign-in", Enter: "/s/" + link, Name: who.Name, Shared: v.cookie(cookieDevice) != "",
		PIN: Field{Name: "pin", Label: v.t("screen.field.pin"), Hint: v.t("screen.field.pin-hint"), Error: wrong, Type: "password", Auto: "one-time-code", Mode: "numeric"}})
}

// enterNow uses the link up. The session's cookie is new, whatever the browser brought.
func (v *visit) enterNow() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	pin, err := v.written("pin", 20)
	if err != nil {
		return err
	}
	e, err := v.s.o.Entry.Enter(v.r.Context(), link, v.at(pin))
	if buurtbel.KindOf(err) == buurtbel.Invalid {
		return v.enterPage(http.StatusUnprocessableEntity, locale.Error(v.lang, err), "")
	}
	if err != nil {
		return err
	}
	v.entered(e)
	return v.redirect("/")
}

// deviceLasts is how long a browser remembers that its PC is shared. The shifts that it opens end much sooner.
const deviceLasts = 180 * 24 * time.Hour

// at says where somebody signs in.
func (v *visit) at(pin string) entering.At {
	return entering.At{Session: v.cookie(cookieSession), Device: v.cookie(cookieDevice), PIN: pin, Agent: v.r.UserAgent(), From: v.origin()}
}

func (v *visit) entered(e *entering.Entered) {
	v.setCookie(cookieSession, e.Session, e.Expires.Sub(v.now))
	if e.Device != "" && e.Device != v.cookie(cookieDevice) {
		v.setCookie(cookieDevice, e.Device, deviceLasts)
	}
}

func (v *visit) signOut() error {
	if value := v.cookie(cookieSession); value != "" {
		if err := v.s.o.Entry.Leave(v.r.Context(), value); err != nil {
			return err
		}
	}
	v.setCookie(cookieSession, "", 0)
	return v.redirect("/sign-in")
}

// handOver shows who can take this PC over. The cookie of the PC is the right: it is given only where somebody signed in.
func (v *visit) handOver() error {
	return v.handOverPage(http.StatusOK, local(v.r.URL.Query().Get("back")), "", "")
}

func (v *visit) handOverPage(status int, back, chosen, wrong string) error {
	people, err := v.s.o.Entry.Colleagues(v.r.Context(), v.cookie(cookieDevice))
	if err != nil {
		return err
	}
	view := HandOver{Action: "/hand-over", Back: back, Other: "/sign-in", Leave: v.session != nil,
		PIN: Field{Name: "pin", Label: v.t("screen.field.pin"), Error: wrong, Type: "password", Auto: "one-time-code", Mode: "numeric", Focus: true}}
	for _, p := range people {
		if v.session == nil || p.ID != v.actor.Person {
			view.People = append(view.People, Option{ID: p.ID.String(), Words: p.Name, Chosen: p.ID.String() == chosen})
		}
	}
	if v.session == nil && len(view.People) == 0 {
		return v.redirect("/sign-in")
	}
	if chosen == "" && len(view.People) > 0 {
		view.People[0].Chosen = true
	}
	f := v.bare(v.t("screen.hand-over.title"))
	f.Path, f.SignOut = "/hand-over", ""
	return v.respond(status, f, view)
}

// takeOver gives the PC to the next person: by name and PIN, or free for whoever comes.
func (v *visit) takeOver() error {
	if err := v.form(); err != nil {
		return err
	}
	device, session, back := v.cookie(cookieDevice), v.cookie(cookieSession), local(v.r.PostFormValue("back"))
	if v.r.PostFormValue("do") == "leave" {
		if _, err := v.s.o.Entry.HandOver(v.r.Context(), session, device); err != nil {
			return err
		}
		v.setCookie(cookieSession, "", 0)
		return v.redirect("/hand-over")
	}
	pin, err := v.written("pin", 20)
	if err != nil {
		return err
	}
	person, err := buurtbel.ParseID(v.r.PostFormValue("person"))
	if err != nil {
		return v.handOverPage(http.StatusUnprocessableEntity, back, "", v.t("screen.hand-over.choose"))
	}
	e, err := v.s.o.Entry.Switch(v.r.Context(), person, pin, v.at(""))
	if buurtbel.KindOf(err) == buurtbel.Forbidden {
		return v.handOverPage(http.StatusForbidden, back, person.String(), locale.Error(v.lang, err))
	}
	if err != nil {
		return err
	}
	v.entered(e)
	return v.redirect(back)
}

// viewLasts is how long a browser keeps its language and colours.
const viewLasts = 365 * 24 * time.Hour

func (v *visit) setView() error {
	if err := v.form(); err != nil {
		return err
	}
	if lang := buurtbel.Language(v.r.PostFormValue("language")); lang.Valid() {
		v.setCookie(cookieLanguage, string(lang), viewLasts)
	}
	switch theme := v.r.PostFormValue("theme"); theme {
	case "light", "dark":
		v.setCookie(cookieTheme, theme, viewLasts)
	case "device":
		v.setCookie(cookieTheme, "", 0)
	}
	v.setChoice("contrast", cookieContrast, "more")
	v.setChoice("print", cookiePrint, "large")
	return v.redirect(v.r.PostFormValue("back"))
}

// setChoice keeps one value of a field for this browser and forgets it at any other; a form without the field changes nothing.
func (v *visit) setChoice(field, cookie, kept string) {
	switch v.r.PostFormValue(field) {
	case "":
	case kept:
		v.setCookie(cookie, kept, viewLasts)
	default:
		v.setCookie(cookie, "", 0)
	}
}
