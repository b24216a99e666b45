package web

import (
	"net/http"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// leftShown is how long the desk shows who left.
const leftShown = 90 * 24 * time.Hour

// askedRoutes are where an office begins that acts for a member: find the member, see who left, decide about who moved.
func (s *Server) askedRoutes() []route {
	return []route{
		{method: "GET", path: "/asked", may: buurtbel.MaySeeNames, handler: (*visit).askedStart},
		{method: "POST", path: "/asked/find", may: buurtbel.MaySeeNames, handler: (*visit).askedFind},
		{method: "POST", path: "/asked/names", may: buurtbel.MaySeeNames, proof: proofAlways, handler: (*visit).askedNames},
		{method: "POST", path: "/asked/move", may: buurtbel.MaySeeNames, handler: (*visit).askedMove},
	}
}

func (v *visit) askedStart() error { return v.askedPage(http.StatusOK, 0, "", nil) }

func (v *visit) askedPage(status int, network buurtbel.ID, problem string, more func(*Asked)) error {
	networks, err := v.named()
	if err != nil {
		return err
	}
	page := Asked{Part: Field{Name: "part", Label: v.t("screen.tree.part"), Hint: v.t("screen.tree.part-hint"), Auto: "off"}}
	for _, n := range networks {
		if !v.coordinator(n.ID) {
			page.Why = Field{Name: "why", Label: v.t("screen.tree.reason"), Hint: v.t("screen.tree.reason-hint")}
		}
		line := AskedNetwork{ID: n.ID.String(), Name: n.Name, Chosen: n.ID == network || network == 0 && len(page.Networks) == 0}
		err := v.read(func(tx *store.Tx) error {
			left, err := tx.LeftSince(n.ID, v.now.Add(-leftShown))
			if err != nil {
				return err
			}
			moves, err := tx.MovesAsked(n.ID, 0, false)
			line.Left, line.Moves = len(left), len(moves)
			return err
		})
		if err != nil {
			return err
		}
		page.Networks = append(page.Networks, line)
	}
	if more != nil {
		more(&page)
	}
	f := v.frame(v.t("screen.asked.title"), Calm)
	f.Path, f.Problem = "/asked", problem
	return v.respond(status, f, page)
}

// askedNetwork reads which network a form is about, and why names are opened there.
func (v *visit) askedNetwork() (network buurtbel.ID, reason string, err error) {
	if err := v.form(); err != nil {
		return 0, "", err
	}
	network, err = buurtbel.ParseID(v.r.PostFormValue("network"))
	if err != nil {
		return 0, "", buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	if err := v.actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: v.zone, Network: network}, v.now); err != nil {
		return 0, "", err
	}
	err = v.read(func(tx *store.Tx) error {
		found, err := tx.NetworksOf([]buurtbel.ID{network})
		if err == nil && len(found) == 0 {
			err = buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
		}
		return err
	})
	if err != nil {
		return 0, "", err
	}
	if v.coordinator(network) {
		return network, "asked by the member", nil
	}
	reason, err = v.typed("why", 500)
	if err == nil && !says(reason) {
		err = buurtbel.Fail(buurtbel.Invalid, "screen.names.reason-missing", nil)
	}
	return network, reason, err
}

func (v *visit) askedFind() error {
	network, reason, err := v.askedNetwork()
	var found []governing.Found
	part, wrong := v.typed("part", 60)
	if err == nil {
		err = wrong
	}
	if err == nil {
		found, err = governing.Find(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), v.zone, network, reason, part)
	}
	status, problem := http.StatusOK, ""
	if err != nil && buurtbel.KindOf(err) == buurtbel.Invalid {
		status, problem = http.StatusUnprocessableEntity, locale.Error(v.lang, err)
	} else if err != nil {
		return err
	}
	return v.askedPage(status, network, problem, func(a *Asked) {
		a.Part.Value, a.Why.Value, a.Searched = part, plain(v.r.PostFormValue("why")), err == nil
		for _, f := range found {
			a.Found = append(a.Found, v.askedFound(f.Member, f.Name))
		}
	})
}

func (v *visit) askedFound(id buurtbel.ID, n store.Name) AskedFound {
	return AskedFound{n.Given + " " + n.Family, shortOf(id), "/asked/" + id.String()}
}

// askedNames opens the names of who left and of who moved. The look is journalled in the same transaction.
func (v *visit) askedNames() error {
	network, reason, err := v.askedNetwork()
	if err != nil && buurtbel.KindOf(err) == buurtbel.Invalid {
		return v.askedPage(http.StatusUnprocessableEntity, network, locale.Error(v.lang, err), nil)
	}
	if err != nil {
		return err
	}
	var left []AskedFound
	var moving []AskedMove
	err = v.s.o.DB.Write(v.r.Context(), v.scope(), func(tx *store.Tx) error {
		left, moving = nil, nil
		gone, err := tx.LeftSince(network, v.now.Add(-leftShown))
		if err != nil {
			return err
		}
		moves, err := tx.MovesAsked(network, 0, true)
		if err != nil {
			return err
		}
		ids := append([]buurtbel.ID(nil), gone...)
		for _, m := range moves {
			ids = append(ids, m.Member)
		}
		if len(ids) == 0 {
			return nil
		}
		names, err := tx.OpenNames(v.actor, v.roleFirst(), reason, 0, ids)
		called := map[buurtbel.ID]store.Name{}
		for _, n := range names {
			called[n.Member] = n.Name
		}
		for _, id := range gone {
			left = append(left, v.askedFound(id, called[id]))
		}
		for _, m := range moves {
			moving = append(moving, AskedMove{m.Member.String(), called[m.Member].Given + " " + called[m.Member].Family, meHome(m.Home), v.t("screen.asked.found-" + m.Found)})
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.askedPage(http.StatusOK, network, "", func(a *Asked) {
		for i := range a.Networks {
			if a.Networks[i].ID == network.String() {
				a.Networks[i].People, a.Networks[i].Moving = left, moving
			}
		}
	})
}

func (v *visit) askedMove() error {
	if err := v.form(); err != nil {
		return err
	}
	member, err := buurtbel.ParseID(v.r.PostFormValue("member"))
	if err != nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
	}
	answer := v.r.PostFormValue("do")
	if answer != "yes" && answer != "no" {
		return buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	}
	if err := joining.DecideMove(v.r.Context(), v.s.o.DB, v.actor, v.zone, member, answer == "yes"); err != nil {
		return err
	}
	return v.redirect("/asked")
}

// askedCopy makes the copy of the own data for a member who asked for it. The look is journalled with how it was asked.
func (v *visit) askedCopy(m mine) error {
	if do := v.r.PostFormValue("do"); do != "pdf" && do != "json" {
		return buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	}
	s, err := v.self(m)
	if err != nil {
		return err
	}
	reason := "copy asked by " + m.word.How
	if !v.coordinator(s.Member.Network) {
		if reason, err = v.typed("reason", 500); err != nil {
			return err
		}
		if !says(reason) {
			return v.meDataPage(m, http.StatusUnprocessableEntity, "", v.t("screen.names.reason-missing"))
		}
		reason = v.t("screen.me.asked-"+m.word.How) + ": " + reason
	}
	r, err := v.record(m, reason)
	if err != nil {
		return err
	}
	if v.r.PostFormValue("do") == "json" {
		body, err := r.JSON()
		if err != nil {
			return err
		}
		return v.download("application/json; charset=utf-8", "buurtbel.json", body)
	}
	return v.paper(r, buurtbel.Language(r.Language))
}
