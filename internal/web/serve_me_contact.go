package web

import (
	"net/http"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

func (v *visit) meAdd(m mine) error { return v.meAddPage(m, http.StatusOK, "", "") }

// meAddPage asks for a number or a mailbox.
func (v *visit) meAddPage(m mine, status int, typed, wrong string) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	page := MeAdd{Mine: v.view(m, s), Address: Field{Name: "address", Label: v.t("screen.me.add-address"), Hint: v.t("screen.me.add-hint"), Auto: "off", Value: typed, Error: wrong, Focus: true}}
	f := v.meFrame(m, v.t("screen.me.add"))
	f.Path = m.base + "/contacts/add"
	return v.respond(status, f, page)
}

// meAdds keeps what was typed and sends what proves it: a code to a mobile, a link to a mailbox. A fixed line is called when the person says so.
func (v *visit) meAdds(m mine) error {
	if err := v.form(); err != nil {
		return err
	}
	typed, err := v.line("address", 254)
	var id buurtbel.ID
	var kind buurtbel.ContactKind
	if err == nil {
		id, kind, err = v.s.o.Hall.AddContact(v.r.Context(), v.actor, m.word, typed)
	}
	if err != nil && mendable(err) {
		return v.meAddPage(m, http.StatusUnprocessableEntity, plain(v.r.PostFormValue("address")), locale.Error(v.lang, err))
	}
	if err != nil {
		return err
	}
	way := map[buurtbel.ContactKind]buurtbel.Channel{buurtbel.Mobile: buurtbel.SMS, buurtbel.Mailbox: buurtbel.Email}[kind]
	if way == "" || !has(v.s.o.Hall.OwnWays(kind), way) {
		return v.redirect(m.base + "/contacts/" + id.String())
	}
	err = v.s.o.Hall.SendOwnCode(v.r.Context(), v.actor, m.word, id, way, v.origin())
	if err != nil && mendable(err) {
		return v.meProvePage(m, id, statusOf(buurtbel.KindOf(err)), "", locale.Error(v.lang, err))
	}
	if err != nil {
		return err
	}
	return v.redirect(m.base + "/contacts/" + id.String() + "?said=" + string(way))
}

func (v *visit) meProve(m mine) error {
	id, err := v.id("contact")
	if err != nil {
		return err
	}
	said := ""
	switch way := buurtbel.Channel(v.r.URL.Query().Get("said")); way {
	case buurtbel.SMS, buurtbel.Voice, buurtbel.Email:
		said = v.sentBy(way)
	case buurtbel.Push:
	}
	return v.meProvePage(m, id, http.StatusOK, said, "")
}

// sentBy says what was sent.
func (v *visit) sentBy(way buurtbel.Channel) string {
	if way == buurtbel.Voice || way == buurtbel.Email {
		return v.t("screen.join.sent-" + string(way))
	}
	return v.t("screen.join.sent")
}

// meProvePage asks for the code of one new contact point.
func (v *visit) meProvePage(m mine, id buurtbel.ID, status int, said, problem string) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	country, err := v.country()
	if err != nil {
		return err
	}
	var c *store.SelfContact
	for i := range s.Contacts {
		if s.Contacts[i].ID == id {
			c = &s.Contacts[i]
		}
	}
	switch {
	case c == nil:
		return buurtbel.Fail(buurtbel.NotFound, "error.contact.unknown", nil)
	case c.Verified:
		return v.redirect(m.base + "/contacts")
	}
	page := MeProve{Mine: v.view(m, s), Action: m.base + "/contacts/" + id.String(), Kind: v.t("screen.me.kind-" + string(c.Kind)), ByLink: c.Kind == buurtbel.Mailbox,
		Code: Field{Name: "code", Label: v.t("screen.join.code"), Auto: "one-time-code", Mode: "numeric"}}
	if !m.asked {
		page.Address = meAddress(*c, country)
	}
	for _, way := range v.s.o.Hall.OwnWays(c.Kind) {
		page.Ways = append(page.Ways, Option{ID: string(way), Words: v.t("screen.join.send-" + string(way))})
	}
	f := v.meFrame(m, v.t("screen.me.prove"))
	f.Path, f.Status, f.Problem = page.Action, said, problem
	return v.respond(status, f, page)
}

// meProves sends a code by the way that was chosen, or takes the one that was typed.
func (v *visit) meProves(m mine) error {
	if err := v.form(); err != nil {
		return err
	}
	id, err := v.id("contact")
	if err != nil {
		return err
	}
	if way := buurtbel.Channel(v.r.PostFormValue("way")); way != "" {
		err = v.s.o.Hall.SendOwnCode(v.r.Context(), v.actor, m.word, id, way, v.origin())
		if err == nil {
			return v.redirect(m.base + "/contacts/" + id.String() + "?said=" + string(way))
		}
	} else {
		err = v.s.o.Hall.EnterOwnCode(v.r.Context(), v.actor, m.word, id, v.r.PostFormValue("code"))
		if err == nil {
			return v.kept(m, "/contacts")
		}
	}
	if mendable(err) || buurtbel.KeyOf(err) == "error.proof.over" {
		return v.meProvePage(m, id, statusOf(buurtbel.KindOf(err)), "", locale.Error(v.lang, err))
	}
	return err
}

// meHome is the member's household: who of it wishes to join is invited here.
func (v *visit) meHome(m mine) error { return v.meHomePage(m, http.StatusOK, "", "", "") }

func (v *visit) meHomePage(m mine, status int, said, problem, invited string) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	page := MeHome{Mine: v.view(m, s), Invited: invited, Mailbox: Field{Name: "mailbox", Label: v.t("screen.join.invite-mailbox"), Hint: v.t("screen.join.invite-hint"), Type: "email", Auto: "off"}}
	if s.Member.Household != 0 {
		page.Leave = "/household/leave/" + v.s.o.Hall.LeaveLink(s.Member.ID)
	}
	f := v.meFrame(m, v.t("screen.join.household"))
	f.Path = m.base + "/household"
	if said != "" || problem != "" {
		f.Status, f.Problem = said, problem
	}
	return v.respond(status, f, page)
}

func (v *visit) meInvite(m mine) error {
	if err := v.form(); err != nil {
		return err
	}
	mailbox, err := v.line("mailbox", 254)
	address := ""
	if err == nil {
		address, err = v.s.o.Hall.InviteHome(v.r.Context(), v.actor, m.word, mailbox)
	}
	switch {
	case err != nil && mendable(err):
		return v.meHomePage(m, statusOf(buurtbel.KindOf(err)), "", locale.Error(v.lang, err), "")
	case err != nil:
		return err
	case mailbox != "":
		return v.meHomePage(m, http.StatusOK, v.t("screen.join.invited-mail"), "", "")
	}
	return v.meHomePage(m, http.StatusOK, v.t("screen.join.invited-link"), "", address)
}

// meShop leads to the business for which the member stands.
func (v *visit) meShop(m mine) error {
	_, business, err := v.s.o.Hall.Home(v.r.Context(), v.actor, m.word)
	if err != nil {
		return err
	}
	if business == 0 {
		return buurtbel.Fail(buurtbel.NotFound, "error.business.unknown", nil)
	}
	return v.redirect("/join/" + v.s.o.Hall.PageLink(m.word.Member) + "/shop")
}

// meGroups are the lines of a member's household and business.
func (v *visit) meGroups(m mine) ([]MeLine, error) {
	household, business, err := v.s.o.Hall.Home(v.r.Context(), v.actor, joining.Word{Zone: m.word.Zone, Member: m.word.Member, How: joining.OnOwnPage})
	if err != nil {
		return nil, err
	}
	now := v.t("screen.me.household-not")
	if household {
		now = v.t("screen.me.household-in")
	}
	out := []MeLine{{m.base + "/household", "users", v.t("screen.join.household"), now}}
	if business != 0 {
		out = append(out, MeLine{m.base + "/shop", "clock", v.t("screen.me.shop"), v.t("screen.shop.link")})
	}
	return out, nil
}
