package web

import (
	"net/http"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// accountRoutes show a person how one signs in and where one is signed in, and change it.
func (s *Server) accountRoutes() []route {
	return []route{
		{method: "GET", path: "/account", handler: (*visit).account},
		{method: "POST", path: "/account/passkeys/ask", proof: proofAlways, handler: (*visit).askNewPasskey},
		{method: "POST", path: "/account/passkeys", proof: proofAlways, handler: (*visit).keepPasskey},
		{method: "POST", path: "/account/passkeys/{id}/remove", proof: proofAlways, handler: (*visit).removePasskey},
		{method: "POST", path: "/account/providers/{provider}/remove", proof: proofAlways, handler: (*visit).removeProvider},
		{method: "POST", path: "/account/sessions/{id}/end", handler: (*visit).endSession},
		{method: "POST", path: "/account/sessions/end", handler: (*visit).endOthers},
	}
}

// clock gives the zone's own place of time.
func (v *visit) clock() (*time.Location, error) {
	var loc *time.Location
	err := v.read(func(tx *store.Tx) error {
		z, err := tx.Zone()
		if err != nil {
			return err
		}
		loc, err = z.Location()
		return err
	})
	return loc, err
}

func (v *visit) account() error { return v.accountPage(http.StatusOK, "") }

func (v *visit) accountPage(status int, problem string) error {
	own, err := v.s.o.Entry.Own(v.r.Context(), v.session)
	if err != nil {
		return err
	}
	loc, err := v.clock()
	if err != nil {
		return err
	}
	f := v.frame(v.t("screen.access.own-title"), Calm)
	f.Path, f.Problem = "/account", problem
	when := func(t time.Time) string {
		if t.IsZero() {
			return v.t("screen.access.never")
		}
		return locale.When(v.lang, t, v.now, loc)
	}
	view := Account{Mailbox: own.Mailbox, Name: Field{Name: "name", Label: v.t("screen.access.key-name"), Hint: v.t("screen.access.key-name-hint"), Auto: "off", Value: entering.Device(v.r.UserAgent())}}
	if v.s.o.Entry.TakesPasskeys() && v.session.How != entering.BySealedCode {
		view.Touch = Touch{Ask: "/account/passkeys/ask", Bring: "/account/passkeys", Next: "/account"}
	}
	for _, p := range own.Passkeys {
		line := AccountLine{Name: p.Name, Act: "/account/passkeys/" + p.ID.String() + "/remove", Facts: []Fact{{v.t("screen.access.since"), when(p.Created)}, {v.t("screen.access.used"), when(p.Used)}}}
		if !p.Doubted.IsZero() {
			line.Doubt = v.t("screen.access.doubted")
		}
		view.Passkeys = append(view.Passkeys, line)
	}
	for _, i := range own.Providers {
		view.Others = append(view.Others, AccountLine{Name: v.providerLabel(i.Provider), Act: "/account/providers/" + i.Provider + "/remove",
			Facts: []Fact{{v.t("screen.access.since"), when(i.Created)}, {v.t("screen.access.used"), when(i.Used)}}})
	}
	for _, s := range own.Sessions {
		view.Sessions = append(view.Sessions, v.sessionLine(s, when))
	}
	if len(own.Sessions) > 1 {
		view.EndOthers = "/account/sessions/end"
	}
	return v.respond(status, f, view)
}

func (v *visit) providerLabel(name string) string {
	for _, p := range v.s.o.Entry.Providers() {
		if p.Name == name {
			return p.Label
		}
	}
	return name
}

func (v *visit) sessionLine(s store.Session, when func(time.Time) string) AccountLine {
	line := AccountLine{Name: s.Agent, Here: s.ID == v.session.ID, Facts: []Fact{{v.t("screen.access.in-since"), when(s.Created)}, {v.t("screen.access.seen"), when(s.Seen)}}}
	if line.Name == "" {
		line.Name = v.t("screen.access.device-unknown")
	}
	if how := howWords[s.How]; how != "" {
		line.Facts = append(line.Facts, Fact{v.t("screen.access.how"), v.t(how)})
	}
	switch s.Origin {
	case "":
	case "local":
		line.Facts = append(line.Facts, Fact{v.t("screen.access.from"), v.t("screen.access.from-local")})
	default:
		line.Facts = append(line.Facts, Fact{v.t("screen.access.from"), s.Origin})
	}
	if !line.Here {
		line.Act = "/account/sessions/" + s.ID.String() + "/end"
	}
	return line
}

var howWords = map[string]string{entering.ByLink: "screen.access.how-link", entering.ByInvitation: "screen.access.how-invitation", entering.ByPIN: "screen.access.how-pin",
	entering.ByPasskey: "screen.access.how-passkey", entering.ByProvider: "screen.access.how-provider", entering.BySealedCode: "screen.access.how-sealed"}

func (v *visit) askNewPasskey() error {
	return v.asked(v.s.o.Entry.NewPasskey(v.r.Context(), v.session))
}

func (v *visit) keepPasskey() error {
	ticket, said, err := v.brought()
	if err != nil {
		return err
	}
	name, err := v.typed("name", 200)
	if err != nil {
		return err
	}
	if err := v.s.o.Entry.KeepPasskey(v.r.Context(), v.session, ticket, name, said); err != nil {
		return err
	}
	return v.json(http.StatusOK, map[string]string{"next": "/account"})
}

// changed comes back to the page after a change, or says on it why there was none.
func (v *visit) changed(err error) error {
	switch kind := buurtbel.KindOf(err); {
	case err == nil:
		return v.redirect("/account")
	case kind == buurtbel.Conflict:
		return v.accountPage(statusOf(kind), locale.Error(v.lang, err))
	}
	return err
}

func (v *visit) removePasskey() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.changed(v.s.o.Entry.RemovePasskey(v.r.Context(), v.session, id))
}

func (v *visit) removeProvider() error {
	return v.changed(v.s.o.Entry.RemoveProvider(v.r.Context(), v.session, v.r.PathValue("provider")))
}

func (v *visit) endSession() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.changed(v.s.o.Entry.EndSession(v.r.Context(), v.session, id))
}

func (v *visit) endOthers() error {
	return v.changed(v.s.o.Entry.EndOthers(v.r.Context(), v.session))
}
