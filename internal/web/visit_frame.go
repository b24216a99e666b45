package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// frame is what stands around a page of the visit: zone, person, role, places, how to hand over and sign out. What cannot be read is left
// out: a page about a failure needs no store.
func (v *visit) frame(title string, mode Mode) Frame {
	f := Frame{Language: v.lang, Title: title, Theme: v.theme, Strong: v.strong, Large: v.large, Mode: mode, Path: "/"}
	if v.r.Method == http.MethodGet {
		f.Path = v.r.URL.RequestURI()
	}
	if v.session == nil {
		f.Shape = Bare
		return f
	}
	f.Role, f.Places, f.SignOut, f.Account = v.role(), v.places(), "/sign-out", "/account"
	if v.session.Shared {
		f.HandOver = "/hand-over?back=" + url.QueryEscape(f.Path)
	}
	if v.seesZone() == nil && v.s.o.Health != nil {
		f.Outage, f.OutageAt = v.outage(), "/carriers"
	}
	if v.s.o.Post != nil && v.actor.May(buurtbel.MayHearReplies, v.scope(), v.now) == nil {
		f.Flag = v.replyFlag()
	}
	err := v.read(func(tx *store.Tx) error {
		zone, err := tx.Zone()
		if err != nil {
			return err
		}
		f.Zone = zone.Name
		f.Person, err = v.nameOf(tx, v.actor.Person)
		return err
	})
	if err != nil && v.r.Context().Err() == nil {
		v.s.o.Logger.ErrorContext(v.r.Context(), "frame lacks names", "route", v.r.Pattern, "error", err)
	}
	return f
}

// leading lists the roles by what they are first of all at this desk.
var leading = []buurtbel.Role{buurtbel.RoleOfficer, buurtbel.RoleDispatcher, buurtbel.RoleChief, buurtbel.RoleCoordinator, buurtbel.RoleDeputy,
	buurtbel.RoleAdministrator, buurtbel.RoleAuditor, buurtbel.RoleMayor, buurtbel.RoleTreasurer, buurtbel.RoleSteering, buurtbel.RoleMember}

// roleFirst gives the role that decides what the first page shows; "" when the person holds none here.
func (v *visit) roleFirst() buurtbel.Role {
	for _, r := range leading {
		if v.actor.Holds(r, v.zone, v.now) {
			return r
		}
	}
	return ""
}

func (v *visit) role() string {
	if r := v.roleFirst(); r != "" {
		return v.t("screen.role." + string(r))
	}
	return ""
}

// fewPlaces is how many places the head of a page shows; the others stand behind the last one.
const fewPlaces = 5

// places lists the few places that the head of a page shows.
func (v *visit) places() []Link {
	all := v.everyPlace()
	if len(all) <= fewPlaces {
		return all
	}
	rest := Link{Words: v.t("screen.place.more"), Href: "/places", Here: v.r.URL.Path == "/places"}
	for _, l := range all[fewPlaces-1:] {
		rest.Here = rest.Here || l.Here
	}
	return append(all[:fewPlaces-1], rest)
}

// morePlaces is the page behind the last of the few.
func (v *visit) morePlaces() error {
	return v.respond(http.StatusOK, v.frame(v.t("screen.place.all"), Calm), Places{v.everyPlace()})
}

// everyPlace lists the places that the person may go to, the most used first.
func (v *visit) everyPlace() []Link {
	var out []Link
	add := func(right buurtbel.Permission, words, href string) {
		if v.may(right) == nil {
			out = append(out, Link{Words: v.t(words), Href: href, Here: strings.HasPrefix(v.r.URL.Path, href)})
		}
	}
	add(buurtbel.MayLaunch, "screen.place.dispatch", "/dispatch")
	if v.actor.May(buurtbel.MaySeeAlerts, v.scope(), v.now) == nil {
		add(buurtbel.MaySeeAlerts, "screen.place.alerts", "/alerts")
	}
	add(buurtbel.MayFeedback, "screen.place.debts", "/debts")
	add(buurtbel.MayWriteBulletin, "screen.place.bulletins", "/bulletins")
	add(buurtbel.MayTakeIn, "screen.place.applications", "/applications")
	add(buurtbel.MayDigest, "screen.place.digest", "/digest")
	add(buurtbel.MayHearReplies, "screen.place.replies", "/replies")
	add(buurtbel.MaySeeNames, "screen.place.members", "/members")
	add(buurtbel.MaySeeNames, "screen.place.lost", "/lost")
	add(buurtbel.MaySeeNames, "screen.place.reach", "/reach")
	add(buurtbel.MaySeeNames, "screen.place.tree", "/tree")
	add(buurtbel.MaySeeNames, "screen.place.calendar", "/calendar")
	add(buurtbel.MaySeeNames, "screen.place.rules", "/rules")
	add(buurtbel.MayConfigure, "screen.place.areas", "/areas")
	add(buurtbel.MaySeeMandates, "screen.place.mandates", "/mandates")
	add(buurtbel.MaySeeLooks, "screen.place.looked", "/looked")
	add(buurtbel.MayAgree, "screen.place.exercises", "/exercises") // police find theirs on the first page
	add(buurtbel.MayAdmit, "screen.place.entries", "/entries")
	add(buurtbel.MaySeeNames, "screen.place.asked", "/asked")
	if v.actor.May(buurtbel.MayRegister, v.scope(), v.now) == nil {
		add(buurtbel.MayRegister, "screen.place.keep", "/retention")
		add(buurtbel.MayRegister, "screen.place.breach", "/breaches")
	}
	return out
}

// nameOf gives a person's name for the pages of that person, and of offices: an official's name is an office's business.
func (v *visit) nameOf(tx *store.Tx, person buurtbel.ID) (string, error) {
	name, err := tx.OfficialName(person)
	if err != nil || name != "" || person != v.actor.Person {
		return name, err
	}
	err = tx.EachName([]buurtbel.ID{person}, func(_ buurtbel.ID, n store.Name) { name = n.Given + " " + n.Family })
	return name, err
}
