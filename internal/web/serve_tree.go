package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/store"
)

// treeRoutes are the phone tree of a network, for when no carrier works. They open names and numbers: only who may see names comes here.
func (s *Server) treeRoutes() []route {
	return []route{
		{method: "GET", path: "/tree", may: buurtbel.MaySeeNames, handler: (*visit).trees},
		{method: "GET", path: "/tree/{network}", may: buurtbel.MaySeeNames, handler: (*visit).tree},
		{method: "POST", path: "/tree/{network}/find", may: buurtbel.MaySeeNames, handler: (*visit).treeFind},
		{method: "POST", path: "/tree/{network}/consent", may: buurtbel.MaySeeNames, handler: (*visit).treeConsent},
		{method: "POST", path: "/tree/{network}/print", may: buurtbel.MaySeeNames, proof: proofAlways, handler: (*visit).treePrint},
	}
}

// named lists the networks whose names the person may see.
func (v *visit) named() ([]*buurtbel.Network, error) {
	var out []*buurtbel.Network
	err := v.read(func(tx *store.Tx) error {
		all, err := tx.Networks()
		for _, n := range all {
			if v.actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: v.zone, Network: n.ID}, v.now) == nil {
				out = append(out, n)
			}
		}
		return err
	})
	return out, err
}

func (v *visit) trees() error {
	networks, err := v.named()
	if err != nil {
		return err
	}
	view := Trees{}
	for _, n := range networks {
		t, err := governing.PhoneTree(v.r.Context(), v.s.o.DB, v.actor, v.zone, n.ID)
		if err != nil {
			return err
		}
		view.Networks = append(view.Networks, TreeLine{Name: n.Name, Href: treePath(n.ID, ""), State: v.treeState(t), Late: !t.Valid(v.now)})
	}
	return v.respond(http.StatusOK, v.frame(v.t("screen.tree.title"), Calm), view)
}

func treePath(network buurtbel.ID, rest string) string { return "/tree/" + network.String() + rest }

// treeState says whether a valid print lies in the drawer.
func (v *visit) treeState(t *governing.Tree) string {
	switch {
	case len(t.Calls) == 0:
		return v.t("screen.tree.empty")
	case len(t.Prints) == 0:
		return v.t("screen.tree.never")
	case !t.Valid(v.now):
		return v.t("screen.tree.lapsed", "Number", strconv.Itoa(t.Prints[0].Number))
	}
	return v.t("screen.tree.valid", "Number", strconv.Itoa(t.Prints[0].Number), "Until", locale.Date(v.lang, t.Prints[0].Until, v.place()))
}

func (v *visit) tree() error {
	network, err := v.id("network")
	if err != nil {
		return err
	}
	return v.treePage(network, http.StatusOK, "", func(*Tree) {})
}

// treePage shows a network's tree; more fills in what a search found or what was typed.
func (v *visit) treePage(network buurtbel.ID, status int, problem string, more func(*Tree)) error {
	t, err := governing.PhoneTree(v.r.Context(), v.s.o.DB, v.actor, v.zone, network)
	if err != nil {
		return err
	}
	view := Tree{Network: t.Network.Name, Lead: v.treeState(t), Empty: len(t.Calls) == 0, Print: treePath(network, "/print"), Find: treePath(network, "/find"),
		Consent: treePath(network, "/consent"), Part: Field{Name: "part", Label: v.t("screen.tree.part"), Hint: v.t("screen.tree.part-hint"), Auto: "off"}}
	view.Facts = []Fact{{v.t("screen.tree.people"), locale.Number(v.lang, int64(len(t.Calls)))}, {v.t("screen.tree.agreed"), locale.Number(v.lang, int64(t.Agreed))},
		{v.t("screen.tree.callers"), v.t("screen.tree.callers-most", "Count", t.Callers(), "Most", buurtbel.TreeCalls)}, {v.t("screen.tree.levels"), locale.Number(v.lang, int64(t.Levels()))}}
	if !v.coordinator(network) {
		view.Reason = Field{Name: "reason", Label: v.t("screen.tree.reason"), Hint: v.t("screen.tree.reason-hint")}
		view.Why = Field{Name: "why", Label: v.t("screen.tree.reason")}
	}
	if view.Prints, err = v.treePrints(t); err != nil {
		return err
	}
	more(&view)
	f := v.frame(v.t("screen.tree.title"), Calm)
	f.Path, f.Problem = treePath(network, ""), problem
	if v.r.Method == http.MethodGet {
		switch v.r.URL.Query().Get("said") {
		case "tree":
			f.Status = v.t("screen.tree.recorded")
		case "exercises":
			f.Status = v.t("screen.tree.noted")
		}
	}
	return v.respond(status, f, view)
}

// place is the zone's time zone for words on a page; UTC when it cannot be read.
func (v *visit) place() *time.Location {
	loc := time.UTC
	err := v.read(func(tx *store.Tx) error {
		z, err := tx.Zone()
		if err == nil {
			loc, err = z.Location()
		}
		return err
	})
	if err != nil {
		return time.UTC
	}
	return loc
}

func (v *visit) treePrints(t *governing.Tree) ([]TreePrint, error) {
	var out []TreePrint
	loc := v.place()
	err := v.read(func(tx *store.Tx) error {
		for _, p := range t.Prints {
			who, err := tx.OfficialName(p.By)
			if err != nil {
				return err
			}
			words := v.t("screen.role." + string(p.Role))
			if who != "" {
				words = who + ", " + words
			}
			out = append(out, TreePrint{strconv.Itoa(p.Number), locale.When(v.lang, p.At, v.now, loc), locale.Date(v.lang, p.Until, loc), words, locale.Number(v.lang, int64(p.People))})
		}
		return nil
	})
	return out, err
}

// treeReason reads why names are opened: an official writes it, the coordinator of the network keeps the tree.
func (v *visit) treeReason(network buurtbel.ID, field string) (string, error) {
	if v.coordinator(network) {
		return "phone tree", nil
	}
	reason, err := v.typed(field, 500)
	if err == nil && !says(reason) {
		err = buurtbel.Fail(buurtbel.Invalid, "screen.names.reason-missing", nil)
	}
	return reason, err
}

func (v *visit) treeFind() error {
	network, err := v.id("network")
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	part, err := v.typed("part", 60)
	if err != nil {
		return err
	}
	reason, err := v.treeReason(network, "why")
	var found []governing.Found
	if err == nil {
		found, err = governing.Find(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), v.zone, network, reason, part)
	}
	status, problem := http.StatusOK, ""
	if kind := buurtbel.KindOf(err); err != nil && kind == buurtbel.Invalid {
		status, problem = statusOf(kind), locale.Error(v.lang, err)
	} else if err != nil {
		return err
	}
	return v.treePage(network, status, problem, func(t *Tree) {
		t.Part.Value, t.Why.Value, t.Asked = part, plain(v.r.PostFormValue("why")), err == nil
		for _, f := range found {
			t.Found = append(t.Found, v.treeFound(f))
		}
	})
}

func (v *visit) treeFound(f governing.Found) TreeFound {
	out := TreeFound{ID: f.Member.String(), Name: f.Name.Given + " " + f.Name.Family, Agrees: f.Agrees, Out: f.Out, State: v.t("screen.tree.not-agreed")}
	since := locale.Date(v.lang, f.Since, v.place())
	switch {
	case f.Agrees:
		out.State = v.t("screen.tree.agrees-since", "Date", since)
	case !f.Since.IsZero():
		out.State = v.t("screen.tree.withdrawn-since", "Date", since)
	}
	return out
}

func (v *visit) treeConsent() error {
	network, err := v.id("network")
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	member, err := buurtbel.ParseID(v.r.PostFormValue("member"))
	if err != nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
	}
	record := map[string]func(context.Context, *store.DB, buurtbel.Actor, buurtbel.ID, buurtbel.ID, buurtbel.ID, bool, string) error{
		"agrees": governing.Consent, "withdraws": governing.Consent, "joins": governing.Exercises, "leaves": governing.Exercises,
	}
	do := v.r.PostFormValue("do")
	if record[do] == nil {
		return buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	}
	if err := record[do](v.r.Context(), v.s.o.DB, v.actor, v.zone, network, member, do == "agrees" || do == "joins", v.r.PostFormValue("how")); err != nil {
		return err
	}
	said := "tree"
	if do == "joins" || do == "leaves" {
		said = "exercises"
	}
	return v.redirect(treePath(network, "?said="+said))
}

// treePrint answers with the sheets themselves: a print is numbered and journalled, so nobody can come back to its address.
func (v *visit) treePrint() error {
	network, err := v.id("network")
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	reason, err := v.treeReason(network, "reason")
	if buurtbel.KindOf(err) == buurtbel.Invalid && err != nil {
		return v.treePage(network, statusOf(buurtbel.Invalid), locale.Error(v.lang, err), func(t *Tree) {
			t.Reason.Value, t.Reason.Error = plain(v.r.PostFormValue("reason")), locale.Error(v.lang, err)
		})
	}
	if err != nil {
		return err
	}
	p, err := governing.Print(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), v.zone, network, reason)
	if err != nil {
		return err
	}
	f := v.frame(v.t("screen.tree.sheet-title", "Network", p.Network.Name), Calm)
	f.Path = treePath(network, "")
	return v.respond(http.StatusOK, f, v.sheetsView(p))
}

func (v *visit) sheetsView(p *governing.Printed) TreeSheets {
	loc := v.place()
	country := ""
	if err := v.read(func(tx *store.Tx) error {
		z, err := tx.Zone()
		if err == nil {
			country = z.Country
		}
		return err
	}); err != nil {
		v.s.o.Logger.ErrorContext(v.r.Context(), "zone's country for numbers", "error", err)
	}
	out := TreeSheets{Network: p.Network.Name, Number: strconv.Itoa(p.Number), Date: locale.Date(v.lang, p.At, loc), Until: locale.Date(v.lang, p.Until, loc), Back: treePath(p.Network.ID, "")}
	for _, s := range p.Sheets {
		sheet := TreeSheet{Title: s.Caller, CalledBy: s.CalledBy, Police: s.Caller == ""}
		if sheet.Police {
			sheet.Title = v.t("screen.tree.police")
		}
		for _, c := range s.Calls {
			line := TreeCalled{Name: c.Name, Number: phone.Format(c.Number, country)}
			if c.Goes > 0 {
				line.Goes = v.t("screen.tree.goes", "Count", c.Goes)
			}
			sheet.Calls = append(sheet.Calls, line)
		}
		out.Sheets = append(out.Sheets, sheet)
	}
	return out
}

// treeCards remind a coordinator of a network whose tree has no valid print. A network in which nobody agreed yet is not asked for one.
func (v *visit) treeCards(tx *store.Tx, own []*buurtbel.Network) ([]Card, error) {
	var out []Card
	for _, n := range own {
		prints, err := tx.TreePrints(n.ID, 1)
		if err != nil {
			return nil, err
		}
		if len(prints) > 0 && v.now.Before(prints[0].Until) {
			continue
		}
		key := "screen.start.tree-text"
		if len(prints) > 0 {
			key = "screen.start.tree-lapsed"
		}
		out = append(out, Card{Title: v.t("screen.start.tree", "Network", n.Name), Text: v.t(key), Action: v.t("screen.start.tree-do"), Href: treePath(n.ID, "")})
	}
	return out, nil
}
