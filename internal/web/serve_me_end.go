package web

import (
	"net/http"

	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/joining"
)

// ticked tells whether a step that cannot be taken back was asked for on its own page and ticked there.
func (v *visit) ticked() bool { return v.r.PostFormValue("sure") == "yes" }

// meLeft ends the membership. The own page closes with it.
func (v *visit) meLeft(m mine) error {
	if err := v.form(); err != nil {
		return err
	}
	if !v.ticked() {
		return v.meLeavePage(m, http.StatusUnprocessableEntity, v.t("screen.me.tick-first"))
	}
	if err := joining.Leave(v.r.Context(), v.s.o.DB, v.actor, m.word, v.s.o.Link); err != nil {
		return err
	}
	return v.meEnded(m, "left")
}

// meErased erases what is known of the member, and ends the membership when it goes on.
func (v *visit) meErased(m mine) error {
	if err := v.form(); err != nil {
		return err
	}
	if !v.ticked() {
		return v.meErasePage(m, http.StatusUnprocessableEntity, v.t("screen.me.tick-first"))
	}
	ctx, db := v.r.Context(), v.s.o.DB
	s, err := v.self(m)
	if err != nil {
		return err
	}
	if s.Left.IsZero() {
		if err := joining.Leave(ctx, db, v.actor, m.word, v.s.o.Link); err != nil {
			return err
		}
	}
	if err := guarding.Erase(ctx, db, v.actor, m.word.Member, m.word.How); err != nil {
		return err
	}
	return v.meEnded(m, "erased")
}

func (v *visit) meEnded(m mine, what string) error {
	page := MeDone{Title: v.t("screen.me." + what + "-title"), Says: []string{v.t("screen.me."+what+"-now", "Count", v.s.o.Periods.LeftDays())}}
	f := v.meFrame(m, page.Title)
	f.Path, f.SignOut = "/me/in", ""
	if m.asked {
		f.Path, page.Href, page.Words = "/asked", "/asked", v.t("screen.asked.title")
	} else {
		v.setCookie(cookieOwn, "", 0)
	}
	return v.respond(http.StatusOK, f, page)
}
