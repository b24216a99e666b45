package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// memberListRoutes are the coordinator's list of members. They open names: only who may see them comes here, and each look is journalled.
func (s *Server) memberListRoutes() []route {
	return []route{
		{method: "GET", path: "/members", may: buurtbel.MaySeeNames, proof: proofAlways, handler: (*visit).memberNetworks},
		{method: "GET", path: "/members/{network}", may: buurtbel.MaySeeNames, proof: proofAlways, handler: (*visit).members},
		{method: "POST", path: "/members/{network}", may: buurtbel.MaySeeNames, proof: proofAlways, handler: (*visit).membersSought},
		{method: "GET", path: "/members/{network}/{member}", may: buurtbel.MaySeeNames, handler: (*visit).memberOne},
		{method: "POST", path: "/members/{network}/{member}", may: buurtbel.MaySeeNames, handler: (*visit).memberOneDo},
		{method: "POST", path: "/members/{network}/batch", may: buurtbel.MaySeeNames, proof: proofAlways, handler: (*visit).memberBatch},
		{method: "POST", path: "/members/{network}/undo", may: buurtbel.MaySeeNames, handler: (*visit).memberUndo},
		{method: "POST", path: "/members/{network}/print", may: buurtbel.MaySeeNames, proof: proofAlways, handler: (*visit).memberPrint},
		{method: "POST", path: "/members/{network}/export", may: buurtbel.MaySeeNames, proof: proofAlways, handler: (*visit).memberExport},
	}
}

func membersPath(network buurtbel.ID, rest string) string {
	return "/members/" + network.String() + rest
}

// memberNetworks is the list itself for who has one network, and the choice for who has several.
func (v *visit) memberNetworks() error {
	networks, err := v.named()
	if err != nil {
		return err
	}
	if len(networks) == 1 {
		return v.membersPage(networks[0].ID, http.StatusOK, nil)
	}
	view := MemberNetworks{}
	for _, n := range networks {
		view.Networks = append(view.Networks, Link{Words: n.Name, Href: membersPath(n.ID, "")})
	}
	return v.respond(http.StatusOK, v.frame(v.t("screen.members.title"), Calm), view)
}

func (v *visit) members() error {
	network, err := v.id("network")
	if err != nil {
		return err
	}
	return v.membersPage(network, http.StatusOK, nil)
}

// membersSought shows what a search or a filter gives. What a coordinator filters by stands in the address; names and numbers never do.
func (v *visit) membersSought() error {
	network, err := v.formOf("network")
	if err != nil {
		return err
	}
	if v.coordinator(network) && strings.TrimSpace(v.r.PostFormValue("q")) == "" {
		q := url.Values{}
		for _, f := range v.filterFields() {
			q.Set(f.Name, f.Value)
		}
		if p := v.r.PostFormValue("page"); p != "" {
			q.Set("page", p)
		}
		return v.redirect(membersPath(network, "?"+q.Encode()))
	}
	return v.membersPage(network, http.StatusOK, nil)
}

// filterNames are the fields of a filter, but for what is searched.
var filterNames = []string{"state", "lacks", "street", "sort", "away", "silent"}

// filterFields gives the filter as it is posted along.
func (v *visit) filterFields() []Fact {
	var out []Fact
	for _, name := range filterNames {
		if value := plain(v.r.FormValue(name)); value != "" && len(value) < 200 {
			out = append(out, Fact{name, value})
		}
	}
	return out
}

// filter reads a filter. What is searched is posted, and may be a part of a name, a number or a mailbox.
func (v *visit) filter() (governing.Filter, error) {
	f := governing.Filter{State: v.r.FormValue("state"), Lacks: v.r.FormValue("lacks"), Street: v.r.FormValue("street"), ByHome: v.r.FormValue("sort") == "home",
		Away: v.r.FormValue("away") == "yes", Silent: v.r.FormValue("silent") == "yes"}
	if !slices.Contains([]string{"", "all", "active", "suspended", "left", "excluded"}, f.State) || !slices.Contains([]string{"", governing.LacksNumber, governing.LacksMailbox}, f.Lacks) {
		return f, buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	}
	q, err := v.typed("q", 254)
	if strings.Contains(q, "@") || strings.ContainsAny(q, "0123456789") && !strings.ContainsFunc(q, unicode.IsLetter) {
		f.Address = q
	} else {
		f.Part = q
	}
	return f, err
}

// why reads why an official looks; a coordinator's purpose is the list itself. ok is false when an official has not said it yet.
func (v *visit) why(network buurtbel.ID, purpose string) (why string, ok bool, err error) {
	if v.coordinator(network) {
		return purpose, true, nil
	}
	if err := v.actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: v.zone, Network: network}, v.now); err != nil {
		return "", false, err
	}
	if v.r.Method == http.MethodGet {
		return "", false, v.networkThere(network)
	}
	reason, err := v.typed("reason", 500)
	if err == nil && !says(reason) {
		err = buurtbel.Fail(buurtbel.Invalid, "screen.names.reason-missing", nil)
	}
	if err == nil {
		err = v.networkThere(network)
	}
	return reason, err == nil, err
}

// networkThere is NotFound for a network of another zone.
func (v *visit) networkThere(network buurtbel.ID) error {
	return v.read(func(tx *store.Tx) error {
		networks, err := tx.NetworksOf([]buurtbel.ID{network})
		if err == nil && len(networks) == 0 {
			err = buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
		}
		return err
	})
}

// membersPage shows a network's list, or asks an official why; wrong is what was wrong with the last step.
func (v *visit) membersPage(network buurtbel.ID, status int, wrong error) error {
	why, ok, err := v.why(network, governing.ForList)
	if err != nil && buurtbel.KindOf(err) != buurtbel.Invalid {
		return err
	}
	if wrong == nil && err != nil {
		status, wrong = statusOf(buurtbel.KindOf(err)), err
	}
	view := MemberList{Action: membersPath(network, ""), Asks: !ok, Official: !v.coordinator(network), Hidden: v.filterFields(),
		Query: Field{Name: "q", Label: v.t("screen.members.query"), Hint: v.t("screen.members.query-hint"), Value: plain(v.r.PostFormValue("q")), Auto: "off"}}
	if view.Official {
		view.Reason = Field{Name: "reason", Label: v.t("screen.names.reason"), Hint: v.t("screen.names.reason-hint"), Value: plain(v.r.PostFormValue("reason"))}
	}
	if v.actor.May(buurtbel.MayImport, buurtbel.Scope{Zone: v.zone, Network: network}, v.now) == nil {
		view.Import = membersPath(network, "/import")
	}
	if ok {
		if err := v.fillList(&view, network, why); buurtbel.KindOf(err) == buurtbel.Invalid && err != nil {
			status, wrong = statusOf(buurtbel.Invalid), err
		} else if err != nil {
			return err
		}
	}
	if view.Undo, err = v.undoLines(network); err != nil {
		return err
	}
	if view.Network == "" {
		networks, err := v.networksByID()
		if err != nil {
			return err
		}
		if n := networks[network]; n != nil {
			view.Network = n.Name
		}
	}
	f := v.frame(v.t("screen.members.of", "Network", view.Network), Calm)
	f.Path = view.Action
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	if said := v.r.URL.Query().Get("said"); v.r.Method == http.MethodGet && slices.Contains([]string{"away", "back", "left", "ask", "undone", "imported"}, said) {
		f.Status = v.t("screen.members.said-" + said)
	}
	return v.respond(status, f, view)
}

// fillList puts the rows of a page into the view.
func (v *visit) fillList(view *MemberList, network buurtbel.ID, why string) error {
	filter, err := v.filter()
	if err != nil {
		return err
	}
	page, err := strconv.Atoi(v.r.FormValue("page"))
	if err != nil {
		page = 1
	}
	list, err := governing.ListMembers(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), v.zone, network, why, filter, page)
	if err != nil {
		return err
	}
	view.Network, view.Total = list.Network.Name, v.t("screen.members.total", "Count", list.Total)
	view.Filters, view.Narrowed = v.memberFilter(filter, list.Streets), len(view.Hidden) > 0
	view.Count = v.t("screen.members.count", "Count", list.Count)
	if list.Pages > 1 {
		view.PageWords = v.t("screen.members.page", "Page", list.Page, "Pages", list.Pages)
	}
	if list.Page > 1 {
		view.Earlier = strconv.Itoa(list.Page - 1)
	}
	if list.Page < list.Pages {
		view.Later = strconv.Itoa(list.Page + 1)
	}
	for i := range list.Rows {
		view.Lines = append(view.Lines, v.memberLine(network, &list.Rows[i]))
	}
	return nil
}

func (v *visit) memberLine(network buurtbel.ID, m *governing.Row) MemberLine {
	return MemberLine{ID: m.Member.ID.String(), Name: personName(m.Name), Home: homeLine(m.Home), Href: membersPath(network, "/"+m.Member.ID.String()),
		Reached: v.reached(m.Contacts), Notes: v.memberNotes(&m.Listed)}
}

// personName is a name as people say it; what the list lacks is left out.
func personName(n store.Name) string { return strings.TrimSpace(n.Given + " " + n.Family) }

// homeLine is an address on one line.
func homeLine(h store.Home) string {
	street := strings.TrimSpace(h.Street + " " + h.Number)
	if h.Box != "" {
		street += "/" + h.Box
	}
	town := strings.TrimSpace(h.PostalCode + " " + h.Municipality)
	if street == "" || town == "" {
		return street + town
	}
	return street + ", " + town
}

// reached says by what a member can be reached.
func (v *visit) reached(contacts []buurtbel.ContactPoint) string {
	numbers, mails, browsers := 0, 0, 0
	for _, c := range contacts {
		switch {
		case c.State != buurtbel.ContactOK:
		case c.Kind == buurtbel.Mobile || c.Kind == buurtbel.Fixed:
			numbers++
		case c.Kind == buurtbel.Mailbox:
			mails++
		case c.Kind == buurtbel.Browser:
			browsers++
		}
	}
	var out []string
	if numbers > 0 {
		out = append(out, v.t("screen.members.numbers", "Count", numbers))
	} else {
		out = append(out, v.t("screen.members.no-number"))
	}
	if mails > 0 {
		out = append(out, v.t("screen.members.mailboxes", "Count", mails))
	} else {
		out = append(out, v.t("screen.members.no-mailbox"))
	}
	if browsers > 0 {
		out = append(out, v.t("screen.members.browsers", "Count", browsers))
	}
	return strings.Join(out, " · ")
}

// memberNotes says what is not as usual with a member.
func (v *visit) memberNotes(m *store.Listed) []string {
	var out []string
	loc := v.place()
	switch m.Member.State {
	case buurtbel.MemberSuspended:
		out = append(out, v.t("screen.members.state-suspended-until", "Date", locale.Date(v.lang, m.Member.SuspendedUntil, loc)))
	case buurtbel.MemberLeft, buurtbel.MemberExcluded:
		out = append(out, v.t("screen.members.state-"+string(m.Member.State)))
	case buurtbel.MemberActive:
	}
	if until := v.awayWords(m.Member.Away); until != "" {
		out = append(out, until)
	}
	if governing.Silent(m.Member.Choices) {
		out = append(out, v.t("screen.members.silent"))
	}
	return out
}

// awayWords says until when somebody is away; "" for who is there.
func (v *visit) awayWords(away buurtbel.Span) string {
	switch {
	case !away.Contains(v.now):
		return ""
	case away.Until.IsZero():
		return v.t("screen.members.away-open")
	}
	return v.t("screen.members.away-until", "Date", locale.Date(v.lang, away.Until.Add(-1), v.place()))
}

func (v *visit) memberFilter(f governing.Filter, streets []string) MemberFilter {
	out := MemberFilter{Away: f.Away, Silent: f.Silent}
	for _, s := range []string{"", "all", "active", "suspended", "left", "excluded"} {
		out.State = append(out.State, Option{ID: s, Words: v.t("screen.members.state-" + orTaking(s)), Chosen: f.State == s})
	}
	for _, l := range []string{"", governing.LacksNumber, governing.LacksMailbox} {
		key := "screen.members.lacks-nothing"
		if l != "" {
			key = "screen.members.lacks-" + l
		}
		out.Lacks = append(out.Lacks, Option{ID: l, Words: v.t(key), Chosen: f.Lacks == l})
	}
	out.Sort = []Option{{ID: "", Words: v.t("screen.members.sort-name"), Chosen: !f.ByHome}, {ID: "home", Words: v.t("screen.members.sort-home"), Chosen: f.ByHome}}
	out.Street = []Option{{Words: v.t("screen.members.every-street"), Chosen: f.Street == ""}}
	for _, s := range streets {
		out.Street = append(out.Street, Option{ID: s, Words: s, Chosen: f.Street == s})
	}
	return out
}

func orTaking(state string) string {
	if state == "" {
		return "taking"
	}
	return state
}
