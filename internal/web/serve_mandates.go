package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// mandateRoutes are who holds which role, who looked at members' data, and the hand-over of a coordinator who is away.
func (s *Server) mandateRoutes() []route {
	return []route{
		{method: "GET", path: "/mandates", may: buurtbel.MaySeeMandates, handler: (*visit).mandates},
		{method: "GET", path: "/mandates/new", may: buurtbel.MaySeeMandates, handler: (*visit).mandateNew},
		{method: "POST", path: "/mandates/new", may: buurtbel.MaySeeMandates, handler: (*visit).mandateGive},
		{method: "GET", path: "/mandates/{mandate}", may: buurtbel.MaySeeMandates, handler: (*visit).mandate},
		{method: "POST", path: "/mandates/{mandate}", may: buurtbel.MaySeeMandates, handler: (*visit).mandateChange},
		{method: "GET", path: "/looked", may: buurtbel.MaySeeLooks, handler: (*visit).looked},
		{method: "POST", path: "/away", may: buurtbel.MaySeeMandates, handler: (*visit).away},
	}
}

func (v *visit) mandates() error { return v.mandatesPage(http.StatusOK, "") }

func (v *visit) mandatesPage(status int, problem string) error {
	held, err := governing.Mandates(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), v.zone, nil)
	if err != nil {
		return err
	}
	networks, err := v.networksByID()
	if err != nil {
		return err
	}
	view := Mandates{Groups: v.appointable(networks), Away: v.awayForm(networks)}
	loc := v.place()
	for _, h := range held {
		where := ""
		if n := networks[h.Network]; n != nil {
			where = n.Name
		}
		line := v.mandateLine(h, loc)
		if !h.Now(v.now) && !h.From.After(v.now) {
			view.Past = append(view.Past, line.in(where))
			continue
		}
		view.add(where, line)
	}
	f := v.frame(v.t("screen.mandate.title"), Calm)
	f.Path, f.Problem = "/mandates", problem
	if said := v.r.URL.Query().Get("said"); v.r.Method == http.MethodGet && slices.Contains([]string{"given", "ended", "confirmed", "away", "back"}, said) {
		f.Status = v.t("screen.mandate.said-" + said)
	}
	return v.respond(status, f, view)
}

func (v *visit) networksByID() (map[buurtbel.ID]*buurtbel.Network, error) {
	out := map[buurtbel.ID]*buurtbel.Network{}
	err := v.read(func(tx *store.Tx) error {
		all, err := tx.Networks()
		for _, n := range all {
			out[n.ID] = n
		}
		return err
	})
	return out, err
}

func (v *visit) mandateLine(h governing.Held, loc *time.Location) MandateLine {
	l := MandateLine{Role: v.t("screen.role." + string(h.Role)), Name: h.Name, Since: v.t("screen.mandate.since", "Date", locale.Date(v.lang, h.From, loc))}
	if h.Name == "" {
		l.Name = v.t("screen.mandate.no-name")
	}
	if !h.Until.IsZero() {
		l.Since = v.t("screen.mandate.from-until", "From", locale.Date(v.lang, h.From, loc), "Until", locale.Date(v.lang, h.Until, loc))
	}
	if h.Role.MeetingConfirms() {
		if h.Confirmed.IsZero() {
			l.Open = v.t("screen.mandate.not-confirmed")
		} else {
			l.Note = v.t("screen.mandate.confirmed", "Date", locale.Date(v.lang, h.Confirmed, loc))
		}
	}
	if h.EndGround != "" {
		l.Note, l.Open = v.t("screen.mandate.ended", "Ground", h.EndGround), ""
	}
	if h.Ends || h.Confirm {
		l.Href = "/mandates/" + h.ID.String()
	}
	return l
}

// appointable gives the zone and its networks with the roles that the person may give there; where there is none, nothing.
func (v *visit) appointable(networks map[buurtbel.ID]*buurtbel.Network) []MandateGroup {
	var out []MandateGroup
	add := func(g MandateGroup, scope buurtbel.Scope, path string) {
		for _, r := range v.actor.Appoints(scope, v.now) {
			if r.Citizen() == (scope.Network != 0) {
				g.New = append(g.New, Link{Words: v.t("screen.role." + string(r)), Href: "/mandates/new?role=" + string(r) + path})
			}
		}
		if len(g.New) > 0 {
			out = append(out, g)
		}
	}
	add(MandateGroup{}, v.scope(), "")
	for _, n := range sorted(networks) {
		add(MandateGroup{Name: n.Name}, buurtbel.Scope{Zone: v.zone, Network: n.ID}, "&network="+n.ID.String())
	}
	return out
}

func sorted(networks map[buurtbel.ID]*buurtbel.Network) []*buurtbel.Network {
	out := make([]*buurtbel.Network, 0, len(networks))
	for _, n := range networks {
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b *buurtbel.Network) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// appointing reads for which role and network a mandate is given, and asks whether the person may.
func (v *visit) appointing() (buurtbel.Mandate, error) {
	m := buurtbel.Mandate{Role: buurtbel.Role(v.r.FormValue("role"))}
	if text := v.r.FormValue("network"); text != "" {
		id, err := buurtbel.ParseID(text)
		if err != nil {
			return m, buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
		}
		m.Network = id
		networks, err := v.networksByID()
		if err == nil && networks[id] == nil {
			err = buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
		}
		if err != nil {
			return m, err
		}
	}
	return m, v.actor.MayAppoint(m.Role, 0, buurtbel.Scope{Zone: v.zone, Network: m.Network}, v.now)
}

func (v *visit) mandateNew() error {
	m, err := v.appointing()
	if err != nil {
		return err
	}
	return v.mandateForm(m, http.StatusOK, nil, nil)
}

// mandateGive looks for the person first; the second step gives the mandate. What was typed stays when something is wrong.
func (v *visit) mandateGive() error {
	if err := v.form(); err != nil {
		return err
	}
	m, err := v.appointing()
	if err != nil {
		return err
	}
	m, typed, err := v.mandateTyped(m)
	if err == nil && m.Role.Citizen() && v.r.PostFormValue("do") == "find" {
		found, err := v.mandateFind(m)
		if buurtbel.KindOf(err) == buurtbel.Invalid {
			return v.mandateForm(m, http.StatusUnprocessableEntity, err, found)
		}
		if err != nil {
			return err
		}
		return v.mandateForm(m, http.StatusOK, nil, found)
	}
	if err == nil {
		_, err = governing.Appoint(v.r.Context(), v.s.o.DB, v.actor, v.zone, governing.Appointment{Mandate: m, Mailbox: typed})
	}
	if kind := buurtbel.KindOf(err); err != nil && kind != buurtbel.Internal && kind != buurtbel.Busy {
		return v.mandateForm(m, statusOf(kind), err, nil)
	}
	if err != nil {
		return err
	}
	return v.redirect("/mandates?said=given")
}

// mandateTyped reads what was typed of a new mandate.
func (v *visit) mandateTyped(m buurtbel.Mandate) (buurtbel.Mandate, string, error) {
	var err error
	if m.Ground, err = v.typed("ground", 300); err != nil {
		return m, "", err
	}
	mailbox, err := v.typed("mailbox", 254)
	if err != nil {
		return m, "", err
	}
	if text := v.r.PostFormValue("holder"); text != "" {
		if m.Holder, err = buurtbel.ParseID(text); err != nil {
			return m, mailbox, buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
		}
	}
	for name, to := range map[string]*time.Time{"from": &m.From, "until": &m.Until, "screened": &m.Screened} {
		if *to, err = v.day(name); err != nil {
			return m, mailbox, err
		}
	}
	if v.r.PostFormValue("do") != "find" && m.Holder == 0 && (m.Role.Citizen() || mailbox == "") {
		err = buurtbel.Fail(buurtbel.Invalid, "error.mandate.holder", nil)
	}
	return m, mailbox, err
}

// day reads a date field as midnight in the zone; empty is zero.
func (v *visit) day(name string) (time.Time, error) {
	text := strings.TrimSpace(v.r.PostFormValue(name))
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, v.place())
	if err != nil || t.Year() < 1990 || t.Year() > 2100 {
		return time.Time{}, buurtbel.Fail(buurtbel.Invalid, "error.form.date", nil)
	}
	return t, nil
}

// mandateFind looks for members by a part of the name: the ground of the appointment is the reason of the look.
func (v *visit) mandateFind(m buurtbel.Mandate) ([]governing.Found, error) {
	if !says(m.Ground) {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.mandate.ground", nil)
	}
	part, err := v.typed("part", 60)
	if err != nil {
		return nil, err
	}
	return governing.Find(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), v.zone, m.Network, m.Ground, part)
}

func (v *visit) mandateForm(m buurtbel.Mandate, status int, wrong error, found []governing.Found) error {
	today := v.now.In(v.place()).Format(time.DateOnly)
	date := func(t time.Time, empty string) string {
		if t.IsZero() {
			return empty
		}
		return t.Format(time.DateOnly)
	}
	view := MandateNew{Role: string(m.Role), Words: v.t("screen.role." + string(m.Role)), Citizen: m.Role.Citizen(), Asked: v.r.PostFormValue("do") == "find" && wrong == nil,
		Part:   Field{Name: "part", Label: v.t("screen.mandate.part"), Hint: v.t("screen.tree.part-hint"), Value: plain(v.r.PostFormValue("part")), Auto: "off"},
		Ground: Field{Name: "ground", Label: v.t("screen.mandate.ground"), Hint: v.t("screen.mandate.ground-hint"), Value: plain(v.r.PostFormValue("ground")), Auto: "off"},
		From:   Field{Name: "from", Label: v.t("screen.mandate.from"), Type: "date", Value: date(m.From, today)},
		Until:  Field{Name: "until", Label: v.t("screen.mandate.until"), Hint: v.t("screen.mandate.until-hint"), Type: "date", Value: date(m.Until, "")}}
	if m.Network != 0 {
		view.Network = m.Network.String()
	}
	if m.Role == buurtbel.RoleCoordinator {
		view.Screened = Field{Name: "screened", Label: v.t("screen.mandate.screened"), Hint: v.t("screen.mandate.screened-hint"), Type: "date", Value: date(m.Screened, "")}
	}
	networks, err := v.networksByID()
	if err != nil {
		return err
	}
	if n := networks[m.Network]; n != nil {
		view.Where = n.Name
	}
	if err := v.mandatePeople(&view, m, found); err != nil {
		return err
	}
	f := v.frame(v.t("screen.mandate.new"), Calm)
	f.Path = "/mandates"
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	return v.respond(status, f, view)
}

// mandatePeople lists who can be chosen: the members that were found, or the officials of the zone.
func (v *visit) mandatePeople(view *MandateNew, m buurtbel.Mandate, found []governing.Found) error {
	for _, p := range found {
		view.People = append(view.People, Option{ID: p.Member.String(), Words: p.Name.Given + " " + p.Name.Family, Chosen: p.Member == m.Holder})
	}
	if view.Citizen {
		return nil
	}
	view.Mailbox = Field{Name: "mailbox", Label: v.t("screen.mandate.mailbox"), Hint: v.t("screen.mandate.mailbox-hint"), Type: "email", Value: plain(v.r.PostFormValue("mailbox")), Auto: "off"}
	return v.read(func(tx *store.Tx) error {
		officials, err := tx.Officials()
		for _, o := range officials {
			if o.ID != v.actor.Person {
				view.People = append(view.People, Option{ID: o.ID.String(), Words: o.Name, Note: o.Office, Chosen: o.ID == m.Holder})
			}
		}
		return err
	})
}

// mandateHeld reads one mandate as the person sees it.
func (v *visit) mandateHeld() (governing.Held, error) {
	id, err := v.id("mandate")
	if err != nil {
		return governing.Held{}, err
	}
	held, err := governing.Mandates(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), v.zone, func(h governing.Held) bool { return h.ID == id })
	if err == nil && len(held) == 0 {
		err = buurtbel.Fail(buurtbel.NotFound, "error.mandate.unknown", nil)
	}
	if err != nil {
		return governing.Held{}, err
	}
	return held[0], nil
}

func (v *visit) mandate() error { return v.mandatePage(http.StatusOK, nil) }

func (v *visit) mandatePage(status int, wrong error) error {
	h, err := v.mandateHeld()
	if err != nil {
		return err
	}
	loc := v.place()
	networks, err := v.networksByID()
	if err != nil {
		return err
	}
	view := MandateOne{MandateLine: v.mandateLine(h, loc), Action: "/mandates/" + h.ID.String(), Ends: h.Ends, Own: h.Holder == v.actor.Person, Confirm: h.Confirm,
		Ground:  Field{Name: "ground", Label: v.t("screen.mandate.end-ground"), Hint: v.t("screen.mandate.end-hint"), Value: plain(v.r.PostFormValue("ground")), Auto: "off"},
		Day:     Field{Name: "day", Label: v.t("screen.mandate.day"), Type: "date", Value: plain(v.r.PostFormValue("day"))},
		Meeting: Field{Name: "meeting", Label: v.t("screen.mandate.meeting"), Hint: v.t("screen.mandate.meeting-hint"), Value: plain(v.r.PostFormValue("meeting")), Auto: "off"}}
	view.Facts = append(view.Facts, Fact{v.t("screen.mandate.ground"), h.Ground})
	if !h.Screened.IsZero() {
		view.Facts = append(view.Facts, Fact{v.t("screen.mandate.screened"), locale.Date(v.lang, h.Screened, loc)})
	}
	if h.Meeting != "" {
		view.Facts = append(view.Facts, Fact{v.t("screen.mandate.meeting"), h.Meeting})
	}
	if n := networks[h.Network]; n != nil {
		view.Where = n.Name
	}
	f := v.frame(v.t("screen.mandate.title"), Calm)
	f.Path = view.Action
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	return v.respond(status, f, view)
}

func (v *visit) mandateChange() error {
	id, err := v.formOf("mandate")
	if err != nil {
		return err
	}
	said := ""
	switch v.r.PostFormValue("do") {
	case "end":
		var ground string
		if ground, err = v.typed("ground", 300); err == nil {
			err = governing.Withdraw(v.r.Context(), v.s.o.DB, v.actor, v.zone, id, ground)
		}
		said = "ended"
	case "confirm":
		var day time.Time
		var meeting string
		if day, err = v.day("day"); err == nil {
			meeting, err = v.typed("meeting", 300)
		}
		if err == nil {
			err = governing.Confirm(v.r.Context(), v.s.o.DB, v.actor, v.zone, id, day, meeting)
		}
		said = "confirmed"
	default:
		err = buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	}
	if kind := buurtbel.KindOf(err); err != nil && (kind == buurtbel.Invalid || kind == buurtbel.Conflict) {
		return v.mandatePage(statusOf(kind), err)
	}
	if err != nil {
		return err
	}
	if own := func(m buurtbel.Mandate) bool { return m.ID == id }; said == "ended" && slices.ContainsFunc(v.actor.Mandates, own) {
		return v.redirect("/") // who laid down the own role may have no other place to go
	}
	return v.redirect("/mandates?said=" + said)
}
