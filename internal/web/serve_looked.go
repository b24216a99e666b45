package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// looked shows who looked at members' names and numbers: police to the coordinator, the coordinator to the officer (rule 14).
func (v *visit) looked() error {
	looks, err := governing.Looks(v.r.Context(), v.s.o.DB, v.actor, v.zone)
	if err != nil {
		return err
	}
	networks, err := v.networksByID()
	if err != nil {
		return err
	}
	view := Looked{}
	loc := v.place()
	for _, l := range looks {
		line := LookLine{When: locale.When(v.lang, l.At, v.now, loc), Who: v.t("screen.role." + string(l.Role)), Why: v.purpose(l.Purpose),
			Members: locale.Number(v.lang, int64(l.Members)), Own: l.Own}
		if l.Times > 1 {
			line.When += " · " + v.t("screen.looked.times", "Count", l.Times)
		}
		var of []string
		for _, id := range l.Networks {
			if n := networks[id]; n != nil {
				of = append(of, n.Name)
			}
		}
		line.Where = strings.Join(of, ", ")
		view.Lines = append(view.Lines, line)
	}
	return v.respond(http.StatusOK, v.frame(v.t("screen.looked.title"), Calm), view)
}

// purpose says why somebody looked.
func (v *visit) purpose(text string) string {
	return guarding.Purpose(v.lang, text)
}

// awayForm is where a coordinator or a deputy hands over; empty for anybody else.
func (v *visit) awayForm(networks map[buurtbel.ID]*buurtbel.Network) []AwayForm {
	var out []AwayForm
	for _, n := range sorted(networks) {
		if !v.leads(n.ID) {
			continue
		}
		a := AwayForm{Network: n.ID.String(), Name: n.Name, Until: Field{Name: "until", Label: v.t("screen.away.until"), Type: "date"}}
		if until := v.awayUntil(); !until.IsZero() {
			a.Now = v.t("screen.away.now", "Date", locale.Date(v.lang, until, v.place()))
		}
		out = append(out, a)
	}
	return out
}

// leads tells whether the person is coordinator or deputy of a network.
func (v *visit) leads(network buurtbel.ID) bool {
	return slices.ContainsFunc(v.actor.Mandates, func(m buurtbel.Mandate) bool {
		return (m.Role == buurtbel.RoleCoordinator || m.Role == buurtbel.RoleDeputy) && m.Zone == v.zone && m.Network == network && m.Now(v.now)
	})
}

// awayUntil tells until when the person is away; zero: not away, or it cannot be read.
func (v *visit) awayUntil() time.Time {
	var until time.Time
	err := v.read(func(tx *store.Tx) error {
		people, err := tx.Reachables([]buurtbel.ID{v.actor.Person})
		for _, p := range people {
			if p.Member.Away.Contains(v.now) {
				until = p.Member.Away.Until
			}
		}
		return err
	})
	if err != nil {
		v.s.o.Logger.ErrorContext(v.r.Context(), "read an absence", "error", err)
	}
	return until
}

func (v *visit) away() error {
	if err := v.form(); err != nil {
		return err
	}
	network, err := buurtbel.ParseID(v.r.PostFormValue("network"))
	if err != nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	said, away := "back", buurtbel.Span{}
	if v.r.PostFormValue("do") != "back" {
		said = "away"
		if away, err = v.awaySpan(); err != nil {
			return v.mandatesPage(http.StatusUnprocessableEntity, locale.Error(v.lang, err))
		}
	}
	err = governing.HandOver(v.r.Context(), v.s.o.DB, v.actor, v.zone, network, away, v.s.o.Link)
	if buurtbel.KindOf(err) == buurtbel.Invalid {
		return v.mandatesPage(http.StatusUnprocessableEntity, locale.Error(v.lang, err))
	}
	if err != nil {
		return err
	}
	return v.redirect("/mandates?said=" + said)
}
