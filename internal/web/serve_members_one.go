package web

import (
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/store"
)

// memberIDs reads network and member of the path.
func (v *visit) memberIDs() (network, member buurtbel.ID, err error) {
	if network, err = v.id("network"); err == nil {
		member, err = v.id("member")
	}
	return network, member, err
}

func (v *visit) memberOne() error {
	network, member, err := v.memberIDs()
	if err != nil {
		return err
	}
	return v.memberPage(network, member, http.StatusOK, nil)
}

// memberOneDo opens a member for an official who said why, or notes what the member told of a contact point.
func (v *visit) memberOneDo() error {
	network, member, err := v.memberIDs()
	if err == nil {
		err = v.form()
	}
	if err != nil {
		return err
	}
	do := v.r.PostFormValue("do")
	if !slices.Contains([]string{"stop", "start", "away", "back"}, do) {
		return v.memberPage(network, member, http.StatusOK, nil)
	}
	err = v.memberAsTold(network, member, do)
	if err != nil && buurtbel.KindOf(err) != buurtbel.Invalid {
		return err
	}
	if err == nil && v.coordinator(network) {
		return v.redirect(membersPath(network, "/"+member.String()+"?said="+do))
	}
	status := http.StatusOK
	if err != nil {
		status = statusOf(buurtbel.KindOf(err))
	}
	return v.memberPage(network, member, status, err)
}

// memberAsTold does what a member asked by telephone or on paper: the same as on the member's own page, by the same verbs.
func (v *visit) memberAsTold(network, member buurtbel.ID, do string) error {
	if err := v.actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: v.zone, Network: network}, v.now); err != nil {
		return err
	}
	err := v.read(func(tx *store.Tx) error {
		of, err := tx.NetworkOf(member)
		if err == nil && of != network {
			err = buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
		}
		return err
	})
	w := joining.Word{Zone: v.zone, Member: member, How: v.r.PostFormValue("how")}
	if err == nil && w.How == joining.OnOwnPage {
		err = buurtbel.Fail(buurtbel.Invalid, "error.own.how", nil)
	}
	if err != nil {
		return err
	}
	if do == "away" || do == "back" {
		var away buurtbel.Span
		if do == "away" {
			if away, err = v.awaySpan(); err != nil {
				return err
			}
		}
		return joining.Away(v.r.Context(), v.s.o.DB, v.actor, w, away)
	}
	contact, err := buurtbel.ParseID(v.r.PostFormValue("contact"))
	if err != nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.contact.unknown", nil)
	}
	return joining.Pause(v.r.Context(), v.s.o.DB, v.actor, w, contact, do == "stop")
}

// awaySpan reads an absence that begins now; without a day it has no end, which no absence may have.
func (v *visit) awaySpan() (buurtbel.Span, error) {
	day, err := v.day("until")
	away := buurtbel.Span{From: v.now, Until: v.now}
	if !day.IsZero() {
		away.Until = day.AddDate(0, 0, 1) // the whole of the last day
	}
	return away, err
}

// memberPage shows one member, or asks an official why.
func (v *visit) memberPage(network, member buurtbel.ID, status int, wrong error) error {
	why, ok, err := v.why(network, governing.ForMember)
	if err != nil && buurtbel.KindOf(err) != buurtbel.Invalid {
		return err
	}
	if wrong == nil && err != nil {
		status, wrong = statusOf(buurtbel.KindOf(err)), err
	}
	path := membersPath(network, "/"+member.String())
	view := MemberPage{Back: membersPath(network, ""), Action: path, Batch: membersPath(network, "/batch"), ID: member.String(), Asks: !ok}
	if !v.coordinator(network) {
		view.Reason = Field{Name: "reason", Label: v.t("screen.names.reason"), Hint: v.t("screen.names.reason-hint"), Value: plain(v.r.PostFormValue("reason"))}
	}
	title := v.t("screen.members.member")
	if ok {
		card, err := governing.OpenMember(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), v.zone, network, member, why)
		if err != nil {
			return err
		}
		v.fillMember(&view, card)
		title = view.Name
	}
	f := v.frame(title, Calm)
	f.Path = path
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	if said := v.r.URL.Query().Get("said"); v.r.Method == http.MethodGet && slices.Contains([]string{"stop", "start", "away", "back", "undone"}, said) {
		f.Status = v.t("screen.members.said-" + said)
	}
	return v.respond(status, f, view)
}

func (v *visit) fillMember(view *MemberPage, card *governing.MemberCard) {
	loc, m := v.place(), &card.Listed
	view.Network, view.Name, view.Here = card.Network.Name, personName(card.Card.Name), governing.TakesPart(m.Member.State)
	view.AwayNow = v.awayWords(m.Member.Away)
	view.Until = Field{Name: "until", Label: v.t("screen.members.until"), Type: "date", Value: v.now.In(loc).AddDate(0, 0, 14).Format(time.DateOnly)}
	household := v.t("screen.members.no")
	if m.Member.Household != 0 {
		household = v.t("screen.members.yes")
	}
	state := v.t("screen.members.state-" + string(m.Member.State))
	if m.Member.State == buurtbel.MemberSuspended {
		state = v.t("screen.members.state-suspended-until", "Date", locale.Date(v.lang, m.Member.SuspendedUntil, loc))
	}
	view.Facts = []Fact{{v.t("screen.members.home"), homeLine(card.Card.Home)}, {v.t("screen.members.since"), locale.Date(v.lang, m.Joined, loc)},
		{v.t("screen.members.state"), state}, {v.t("screen.members.household"), household}}
	var roles []string
	for _, r := range card.Roles {
		roles = append(roles, v.t("screen.role."+string(r.Role)))
	}
	if len(roles) > 0 {
		view.Role = strings.Join(roles, ", ")
		view.Facts = append(view.Facts, Fact{v.t("screen.members.role"), view.Role})
	}
	if governing.Silent(m.Member.Choices) {
		view.Facts = append(view.Facts, Fact{v.t("screen.members.wishes"), v.t("screen.members.silent")})
	}
	for _, c := range card.Card.Contacts {
		one := MemberContact{ID: c.ID.String(), Kind: v.t("screen.members.kind-" + string(c.Kind)), Address: c.Address, State: v.contactState(c.ContactPoint)}
		if c.Kind == buurtbel.Mobile || c.Kind == buurtbel.Fixed {
			one.Address, one.Call = phone.Format(c.Address, card.Country), template.URL("tel:"+strings.Map(dialled, c.Address)) //nolint:gosec // nothing but figures is left
		}
		one.Stop, one.Start = view.Here && c.State == buurtbel.ContactOK, view.Here && c.State == buurtbel.ContactStopped
		view.Contacts = append(view.Contacts, one)
	}
}

// contactState says what is not as usual with a contact point.
func (v *visit) contactState(c buurtbel.ContactPoint) string {
	switch {
	case c.State == buurtbel.ContactStopped:
		return v.t("screen.members.contact-stopped")
	case c.State == buurtbel.ContactDead:
		return v.t("screen.members.contact-dead")
	case !c.Verified:
		return v.t("screen.members.contact-unproved")
	case c.NoCalls:
		return v.t("screen.members.contact-no-calls")
	}
	return ""
}
