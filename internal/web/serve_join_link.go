package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/token"
)

// tap answers with a page that says one thing.
func (v *visit) tap(title, problem string, view JoinTap) error {
	return v.respond(http.StatusOK, v.plainFrame(title, v.r.URL.Path, problem), view)
}

// verify shows what a link in a mail proves; the button proves it.
func (v *visit) verify() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	m, err := v.s.o.Hall.BehindMail(v.r.Context(), link)
	if err != nil {
		return err
	}
	if !v.chose && m.Language.Valid() {
		v.lang = m.Language
	}
	key := "screen.join.verify"
	if m.Member {
		key = "screen.me.verify"
	}
	return v.tap(v.t("screen.join.verify-title"), "", JoinTap{Text: []string{v.t(key, "Network", m.Network)}, Action: "/verify/" + link, Words: v.t("screen.join.verify-do")})
}

func (v *visit) verifyNow() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	page, err := v.s.o.Hall.ProveMail(v.r.Context(), link)
	if err != nil {
		return err
	}
	if page == "" {
		return v.tap(v.t("screen.join.verify-title"), "", JoinTap{Text: []string{v.t("screen.join.proved")}, Href: "/me", Words: v.t("screen.join.to-me")})
	}
	return v.redirect("/join/" + page)
}

func (v *visit) household() error { return v.invitation(token.Household, "/household/") }
func (v *visit) business() error  { return v.invitation(token.Business, "/business/join/") }

// invitation shows what somebody is invited to: a member confirms in one tap, anybody else applies with the own data.
func (v *visit) invitation(purpose token.Purpose, path string) error {
	link, err := v.link()
	if err != nil {
		return err
	}
	i, err := v.s.o.Hall.BehindInvitation(v.r.Context(), link, purpose)
	if err != nil {
		return err
	}
	view := JoinTap{Text: []string{v.t("screen.join.invitation-household")}, Action: path + link, Words: v.t("screen.join.invitation-yes")}
	if purpose == token.Business {
		view.Text[0] = v.t("screen.join.invitation-business", "Business", i.Business)
	}
	if !i.Known {
		view.Text = append(view.Text, v.t("screen.join.invitation-apply"))
		view.Action, view.Href, view.Words = "", "/join?invitation="+link, v.t("screen.join.invitation-go")
	}
	return v.tap(v.t("screen.join.invitation-title"), "", view)
}

func (v *visit) householdNow() error { return v.confirmInvitation(token.Household) }
func (v *visit) businessNow() error  { return v.confirmInvitation(token.Business) }

func (v *visit) confirmInvitation(purpose token.Purpose) error {
	link, err := v.link()
	if err != nil {
		return err
	}
	if err := v.s.o.Hall.Confirm(v.r.Context(), link, purpose); err != nil {
		return err
	}
	return v.tap(v.t("screen.join.invitation-title"), "", JoinTap{Text: []string{v.t("screen.join.invitation-done-" + string(purpose))}})
}

// leave shows the one button that leaves the household.
func (v *visit) leave() error { return v.leavePage(false) }

func (v *visit) leaveNow() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	if err := v.s.o.Hall.LeaveHousehold(v.r.Context(), link); err != nil {
		return err
	}
	return v.leavePage(true)
}

func (v *visit) leavePage(done bool) error {
	link, err := v.link()
	if err != nil {
		return err
	}
	lang, in, err := v.s.o.Hall.BehindLeave(v.r.Context(), link)
	if err != nil {
		return err
	}
	if !v.chose && lang.Valid() {
		v.lang = lang
	}
	view := JoinTap{Text: []string{v.t("screen.join.leave")}, Action: "/household/leave/" + link, Words: v.t("screen.join.leave-do")}
	if done || !in {
		view = JoinTap{Text: []string{v.t("screen.join.left")}}
	}
	return v.tap(v.t("screen.join.leave-title"), "", view)
}

func (v *visit) shop() error { return v.shopPage(http.StatusOK, "", "", nil) }

func (v *visit) shopPage(status int, said, problem string, more func(*ShopPage)) error {
	link, err := v.link()
	if err != nil {
		return err
	}
	s, err := v.s.o.Hall.ShowShop(v.r.Context(), link)
	if err != nil {
		return err
	}
	view, err := v.shopView(s, "/join/"+link)
	if err != nil {
		return err
	}
	if more != nil {
		more(&view)
	}
	f := v.plainFrame(s.Name, "/join/"+link+"/shop", problem)
	f.Status = said
	return v.respond(status, f, view)
}

func (v *visit) shopView(s *joining.Shop, path string) (ShopPage, error) {
	view := ShopPage{Name: s.Name, Hours: path + "/shop/hours", Staff: path + "/shop/staff", Invite: path + "/shop/staff",
		Mailbox: Field{Name: "mailbox", Label: v.t("screen.shop.mailbox"), Hint: v.t("screen.join.invite-hint"), Type: "email", Auto: "off"}}
	loc, err := s.Zone.Location()
	if err != nil {
		return view, err
	}
	view.Now = v.t("screen.shop.closed")
	if s.Week.Open(v.now.In(loc)) {
		view.Now = v.t("screen.shop.open")
	}
	for i := range 7 {
		d := (i + 1) % 7 // Monday first
		view.Days = append(view.Days, Field{Name: fmt.Sprint("day-", d), Label: v.t(fmt.Sprint("screen.shop.day-", d)), Value: hoursText(s.Week[d]), Auto: "off"})
	}
	other := map[buurtbel.Post]buurtbel.Post{buurtbel.PostShop: buurtbel.PostKeys, buurtbel.PostKeys: buurtbel.PostShop}
	for _, p := range s.People {
		view.People = append(view.People, ShopLine{ID: p.Member.String(), Name: p.Given, Post: v.t("screen.shop.post-" + string(p.Post)), Other: string(other[p.Post]),
			OtherWords: v.t("screen.shop.to-" + string(other[p.Post])), Own: p.Own})
	}
	return view, nil
}

// hoursText writes the hours of a day as people type them: "09:00-12:30, 13:30-18:00".
func hoursText(list []buurtbel.Hours) string {
	var out []string
	for _, h := range list {
		out = append(out, wall(h.From)+"-"+wall(h.Until))
	}
	return strings.Join(out, ", ")
}

// readHours reads what hoursText writes; an empty text is a day on which the business is closed.
func readHours(text string) ([]buurtbel.Hours, error) {
	var out []buurtbel.Hours
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ';' }) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		from, until, ok := strings.Cut(strings.ReplaceAll(part, "–", "-"), "-")
		a, okA := minutes(from)
		b, okB := minutes(until)
		if !ok || !okA || !okB || a == b || len(out) == 4 {
			return nil, buurtbel.Fail(buurtbel.Invalid, "error.business.hours", nil)
		}
		out = append(out, buurtbel.Hours{From: a, Until: b % (24 * 60)})
	}
	return out, nil
}

func (v *visit) shopHours() error {
	if err := v.form(); err != nil {
		return err
	}
	var week buurtbel.OpeningWeek
	var bad error
	for d := range week {
		typed, err := v.typed(fmt.Sprint("day-", d), 80)
		if err == nil {
			week[d], err = readHours(typed)
		}
		if err != nil {
			bad = err
		}
	}
	if bad == nil {
		bad = v.s.o.Hall.SetHours(v.r.Context(), v.r.PathValue("token"), week)
	}
	return v.shopDone(bad, v.t("screen.shop.hours-kept"), func(p *ShopPage) {
		for i := range p.Days {
			p.Days[i].Value = plain(v.r.PostFormValue(p.Days[i].Name))
			if _, err := readHours(p.Days[i].Value); err != nil {
				p.Days[i].Error = locale.Error(v.lang, err)
			}
		}
	})
}

func (v *visit) shopDone(err error, said string, more func(*ShopPage)) error {
	if err != nil && mendable(err) {
		return v.shopPage(statusOf(buurtbel.KindOf(err)), "", locale.Error(v.lang, err), more)
	}
	if err != nil {
		return err
	}
	return v.shopPage(http.StatusOK, said, "", nil)
}

// shopStaff changes who stands for the business: leaves, changes post, or is invited.
func (v *visit) shopStaff() error {
	if err := v.form(); err != nil {
		return err
	}
	link := v.r.PathValue("token")
	if v.r.PostFormValue("do") == "invite" {
		mailbox, err := v.typed("mailbox", 254)
		if err != nil {
			return err
		}
		address, err := v.s.o.Hall.Invite(v.r.Context(), link, mailbox, token.Business)
		if err != nil {
			return v.shopDone(err, "", nil)
		}
		return v.shopPage(http.StatusOK, v.t("screen.shop.invited"), "", func(p *ShopPage) {
			if mailbox == "" {
				p.Invited = address
			}
		})
	}
	member, err := buurtbel.ParseID(v.r.PostFormValue("member"))
	if err != nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
	}
	own, err := v.ownShop(link, member)
	if err != nil {
		return err
	}
	post := buurtbel.Post(v.r.PostFormValue("post"))
	if err := v.s.o.Hall.MoveStaff(v.r.Context(), link, member, post); err != nil {
		return v.shopDone(err, "", nil)
	}
	if own && post == "" {
		return v.redirect("/join/" + link)
	}
	return v.shopPage(http.StatusOK, v.t("screen.shop.staff-changed"), "", nil)
}

// ownShop tells whether a contact person is who holds the page.
func (v *visit) ownShop(link string, member buurtbel.ID) (bool, error) {
	s, err := v.s.o.Hall.ShowShop(v.r.Context(), link)
	if err != nil {
		return false, err
	}
	for _, p := range s.People {
		if p.Member == member {
			return p.Own, nil
		}
	}
	return false, buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
}
