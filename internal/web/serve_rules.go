package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// rulesRoutes are a network's internal rules: at the desk, for anybody, and behind the link of a mail, where GET shows and POST accepts.
func (s *Server) rulesRoutes() []route {
	return []route{
		{method: "GET", path: "/rules", may: buurtbel.MaySeeNames, handler: (*visit).rulesList},
		{method: "GET", path: "/rules/{network}", may: buurtbel.MaySeeNames, handler: (*visit).rulesDesk},
		{method: "GET", path: "/rules/{network}/new", may: buurtbel.MayWriteRules, handler: (*visit).rulesNew},
		{method: "POST", path: "/rules/{network}/new", may: buurtbel.MayWriteRules, handler: (*visit).rulesWritten},
		{method: "POST", path: "/rules/{network}/decide", may: buurtbel.MayAgreeRules, handler: (*visit).rulesDecided},
		{method: "POST", path: "/rules/{network}/names", may: buurtbel.MaySeeNames, proof: proofAlways, handler: (*visit).rulesNames},
		{method: "GET", path: "/networks/{id}/rules", open: true, handler: (*visit).rulesPublic},
		{method: "GET", path: "/networks/{id}/rules/{version}", open: true, handler: (*visit).rulesPublic},
		{method: "GET", path: "/house-rules/{token}", open: true, handler: (*visit).rulesAsked},
		{method: "POST", path: "/house-rules/{token}", open: true, handler: (*visit).rulesAccepted},
	}
}

func rulesPath(network buurtbel.ID, rest string) string { return "/rules/" + network.String() + rest }

// versionName says which version it is: the standard one has no number.
func (v *visit) versionName(version int) string {
	switch version {
	case store.NoRules:
		return v.t("screen.rules.unknown")
	case 0:
		return v.t("screen.join.rules-standard")
	}
	return v.t("screen.join.rules-version", "Version", version)
}

// standardRules are those of a network that has none of its own.
func standardRules(lang buurtbel.Language) string {
	var points []string
	for i := range 6 {
		points = append(points, locale.Text(lang, fmt.Sprint("screen.join.rule-", i+1), nil))
	}
	return strings.Join(points, "\n")
}

// points are the lines of rules that say something.
func points(text string) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// lines is plain, line by line.
func lines(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		out = append(out, plain(line))
	}
	return strings.Join(out, "\n")
}

// rulesTexts gives rules in each language of a regime. Standard ones are there in every language.
func (v *visit) rulesTexts(n *buurtbel.Network, version int, texts map[buurtbel.Language]string, body string) []RulesText {
	var out []RulesText
	for i, l := range n.Regime {
		text := texts[l]
		switch {
		case version == 0 && text == "":
			text = standardRules(l)
		case text == "" && i == 0:
			text = body
		}
		if text == "" {
			continue
		}
		one := RulesText{Lang: string(l), Points: points(text)}
		if len(n.Regime) > 1 {
			one.Language = v.t("screen.language.own." + string(l))
		}
		out = append(out, one)
	}
	return out
}

func (v *visit) rulesList() error {
	networks, err := v.named()
	if err != nil {
		return err
	}
	view := RulesList{}
	for _, n := range networks {
		r, err := governing.RulesDesk(v.r.Context(), v.s.o.DB, v.actor, v.zone, n.ID)
		if err != nil {
			return err
		}
		l := RulesLine{Name: n.Name, Href: rulesPath(n.ID, ""), Now: v.rulesSince(r.InForce) + " · " + v.t("screen.rules.accepted-of", "Count", r.Counts[r.Newest()], "Total", r.Members)}
		if r.Draft != nil {
			l.Waits = v.t("screen.rules.state-" + r.Draft.State)
		}
		view.Networks = append(view.Networks, l)
	}
	return v.respond(http.StatusOK, v.frame(v.t("screen.rules.title"), Calm), view)
}

// rulesSince names a version and the day from which it holds.
func (v *visit) rulesSince(h store.HouseRules) string {
	if h.Version == 0 {
		return v.versionName(0)
	}
	return v.versionName(h.Version) + " · " + v.t("screen.rules.since", "Date", locale.Date(v.lang, h.From, v.place()))
}

func (v *visit) rulesDesk() error { return v.rulesPage(http.StatusOK, nil, nil) }

func (v *visit) rulesPage(status int, wrong error, fill func(*RulesPage, *governing.Rules) error) error {
	network, err := v.id("network")
	if err != nil {
		return err
	}
	r, err := governing.RulesDesk(v.r.Context(), v.s.o.DB, v.actor, v.zone, network)
	if err != nil {
		return v.rulesHidden(err)
	}
	n, scope := r.Network, buurtbel.Scope{Zone: v.zone, Network: network}
	view := RulesPage{Network: n.Name, Texts: v.rulesTexts(n, r.InForce.Version, r.InForce.Texts, r.InForce.Body), Names: rulesPath(network, "/names"), Asks: !v.coordinator(network),
		Total: v.t("screen.rules.accepted-of", "Count", r.Counts[r.Newest()], "Total", r.Members), PublicRef: "/networks/" + network.String() + "/rules"}
	view.Facts = []Fact{{v.t("screen.rules.in-force"), v.rulesSince(r.InForce)}}
	if later := r.Newest(); later > r.InForce.Version {
		view.Facts = append(view.Facts, Fact{v.t("screen.rules.coming"), v.rulesSince(r.Versions[0])})
	}
	if v.actor.May(buurtbel.MayWriteRules, scope, v.now) == nil {
		view.Write, view.WriteDo = rulesPath(network, "/new"), v.t("screen.rules.write")
		if r.Draft != nil {
			view.WriteDo = v.t("screen.rules.go-on")
		}
	}
	view.Proposal = v.rulesProposal(r, v.actor.May(buurtbel.MayAgreeRules, scope, v.now) == nil)
	if view.Asks {
		view.Reason = Field{Name: "reason", Label: v.t("screen.names.reason"), Hint: v.t("screen.names.reason-hint"), Value: plain(v.r.PostFormValue("reason"))}
	}
	if r.Newest() > 0 {
		accepted := r.Counts[r.Newest()]
		for _, one := range []struct {
			key   string
			count int
		}{{"accepted", accepted}, {"silent", r.Members - accepted - r.Refused}, {"refused", r.Refused}} {
			view.Answers = append(view.Answers, Fact{v.t("screen.rules.answer-" + one.key), v.t("screen.rules.members", "Count", one.count)})
		}
	}
	for version := r.Newest(); version >= store.NoRules; version-- {
		if count := r.Counts[version]; count > 0 || version == r.Newest() {
			view.Accepted = append(view.Accepted, Fact{v.versionName(version), v.t("screen.rules.members", "Count", count)})
		}
	}
	view.Versions = v.rulesVersions(network, r.Versions)
	if fill != nil {
		if err := fill(&view, r); err != nil {
			return err
		}
	}
	f := v.frame(v.t("screen.rules.of", "Network", n.Name), Calm)
	f.Path = rulesPath(network, "")
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	if said := v.r.URL.Query().Get("said"); v.r.Method == http.MethodGet && slices.Contains([]string{"kept", "proposed", "agreed", "returned"}, said) {
		f.Status = v.t("screen.rules.said-" + said)
	}
	return v.respond(status, f, view)
}

// rulesHidden tells nobody that a network exists whose rules are somebody else's to keep.
func (v *visit) rulesHidden(err error) error {
	if buurtbel.KindOf(err) == buurtbel.Forbidden {
		return buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	return err
}

func (v *visit) rulesVersions(network buurtbel.ID, versions []store.HouseRules) []Link {
	var out []Link
	for _, h := range versions {
		out = append(out, Link{Words: v.rulesSince(h), Href: "/networks/" + network.String() + "/rules/" + strconv.Itoa(h.Version)})
	}
	return out
}

func (v *visit) rulesProposal(r *governing.Rules, agrees bool) *RulesProposal {
	d := r.Draft
	if d == nil || d.State == governing.RulesWritten && agrees {
		return nil
	}
	p := &RulesProposal{Says: v.t("screen.rules.state-" + d.State), Note: d.Note, From: v.t("screen.rules.since", "Date", locale.Date(v.lang, d.From, v.place())), Texts: v.rulesTexts(r.Network, 1, d.Texts, "")}
	if agrees && d.State == governing.RulesProposed {
		p.Decide, p.Seen = rulesPath(r.Network.ID, "/decide"), strconv.FormatInt(d.At.UnixMicro(), 10)
		p.Why = Field{Name: "note", Label: v.t("screen.rules.why"), Hint: v.t("screen.rules.why-hint"), Rows: 3, Value: plain(v.r.PostFormValue("note"))}
	}
	return p
}

// rulesOwn reads the rules of the network in the path for who may write them.
func (v *visit) rulesOwn() (*governing.Rules, error) {
	network, err := v.id("network")
	if err != nil {
		return nil, err
	}
	r, err := governing.RulesDesk(v.r.Context(), v.s.o.DB, v.actor, v.zone, network)
	if err == nil {
		err = v.actor.May(buurtbel.MayWriteRules, buurtbel.Scope{Zone: v.zone, Network: network}, v.now)
	}
	if err != nil {
		return nil, v.rulesHidden(err)
	}
	return r, nil
}

// rulesNew begins with what is being written, else with what holds.
func (v *visit) rulesNew() error {
	r, err := v.rulesOwn()
	if err != nil {
		return err
	}
	d := store.RulesDraft{Network: r.Network.ID, Texts: map[buurtbel.Language]string{}, From: v.now.AddDate(0, 0, 14)}
	if r.Draft != nil {
		d = *r.Draft
	} else {
		for _, t := range v.rulesTexts(r.Network, r.InForce.Version, r.InForce.Texts, r.InForce.Body) {
			d.Texts[buurtbel.Language(t.Lang)] = strings.Join(t.Points, "\n")
		}
	}
	return v.rulesForm(r, d, http.StatusOK, nil, false)
}

func (v *visit) rulesForm(r *governing.Rules, d store.RulesDraft, status int, wrong error, preview bool) error {
	n := r.Network
	view := RulesWrite{Network: n.Name, Action: rulesPath(n.ID, "/new"), Back: rulesPath(n.ID, ""), Told: v.t("screen.rules.told", "Count", r.Members)}
	lacks := ""
	if buurtbel.KeyOf(wrong) == "error.rules.text" {
		lacks = string(n.Regime.Missing(d.Texts)[0])
	}
	for _, l := range n.Regime {
		f := Field{Name: "text-" + string(l), Label: v.t("screen.rules.text"), Hint: v.t("screen.rules.text-hint"), Rows: 12, Lang: string(l), Value: d.Texts[l]}
		if len(n.Regime) > 1 {
			f.Label = v.t("screen.rules.text-in", "Language", v.t("screen.language.own."+string(l)))
		}
		if lacks == string(l) {
			f.Error = v.rulesWrong(wrong)
		}
		view.Fields = append(view.Fields, f)
	}
	view.From = Field{Name: "from", Label: v.t("screen.rules.from"), Hint: v.t("screen.rules.from-hint"), Type: "date", Auto: "off"}
	if !d.From.IsZero() {
		view.From.Value = d.From.In(v.place()).Format(time.DateOnly)
	}
	if buurtbel.KeyOf(wrong) == "error.rules.from" || buurtbel.KeyOf(wrong) == "error.form.date" {
		view.From.Error = v.rulesWrong(wrong)
	}
	if preview && wrong == nil {
		view.Preview = v.rulesTexts(n, 1, d.Texts, "")
	}
	f := v.frame(v.t("screen.rules.write-of", "Network", n.Name), Calm)
	f.Path = view.Action
	if wrong != nil {
		f.Problem = v.rulesWrong(wrong)
	}
	return v.respond(status, f, view)
}

// rulesWrong says what is wrong, with languages by their names.
func (v *visit) rulesWrong(err error) string {
	if buurtbel.KeyOf(err) == "error.rules.text" {
		var e *buurtbel.Error
		if ok := asError(err, &e); ok {
			return v.t(e.Key, "Language", v.t(fmt.Sprint("screen.language.own.", e.Args["Language"])))
		}
	}
	return locale.Error(v.lang, err)
}

// rulesWritten shows a preview, keeps the text, or proposes it.
func (v *visit) rulesWritten() error {
	if err := v.form(); err != nil {
		return err
	}
	r, err := v.rulesOwn()
	if err != nil {
		return err
	}
	d := store.RulesDraft{Network: r.Network.ID, Texts: map[buurtbel.Language]string{}}
	var wrong error
	for _, l := range r.Network.Regime {
		text, err := v.typed("text-"+string(l), governing.MostRules)
		if err != nil {
			wrong, text = err, lines(v.r.PostFormValue("text-"+string(l))) // what was typed stays, to be mended
		}
		d.Texts[l] = strings.Join(points(text), "\n")
	}
	from, err := v.day("from")
	if err != nil && wrong == nil {
		wrong = err
	}
	d.From = from
	if wrong == nil {
		wrong = governing.CheckRules(r.Network, d, v.now.In(v.place()))
	}
	do := v.r.PostFormValue("do")
	said := map[string]string{"keep": "kept", "propose": "proposed"}[do]
	switch {
	case wrong != nil:
		return v.rulesForm(r, d, statusOf(buurtbel.KindOf(wrong)), wrong, false)
	case said == "":
		return v.rulesForm(r, d, http.StatusOK, nil, true)
	}
	if err := governing.WriteRules(v.r.Context(), v.s.o.DB, v.actor, v.zone, d, do == "propose"); err != nil {
		return err
	}
	return v.redirect(rulesPath(r.Network.ID, "?said="+said))
}

func (v *visit) rulesDecided() error {
	if err := v.form(); err != nil {
		return err
	}
	network, err := v.id("network")
	if err != nil {
		return err
	}
	if err := v.networkThere(network); err != nil {
		return err
	}
	note, err := v.typed("note", 2000)
	seen, bad := strconv.ParseInt(v.r.PostFormValue("seen"), 10, 64)
	yes := v.r.PostFormValue("do") == "agree"
	switch {
	case err != nil:
	case bad != nil || !yes && v.r.PostFormValue("do") != "return":
		err = buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	default:
		err = governing.DecideRules(v.r.Context(), v.s.o.DB, v.actor, v.zone, network, time.UnixMicro(seen), yes, note)
	}
	switch kind := buurtbel.KindOf(err); {
	case err == nil && yes:
		return v.redirect(rulesPath(network, "?said=agreed"))
	case err == nil:
		return v.redirect(rulesPath(network, "?said=returned"))
	case kind == buurtbel.Invalid || kind == buurtbel.Conflict:
		return v.rulesPage(statusOf(kind), err, nil)
	}
	return err
}

// rulesNames shows who has not accepted the newest rules. An official writes why first; each look is journalled.
func (v *visit) rulesNames() error {
	if err := v.form(); err != nil {
		return err
	}
	network, err := v.id("network")
	if err != nil {
		return err
	}
	why, ok, err := v.why(network, governing.ForRules)
	switch kind := buurtbel.KindOf(err); {
	case err != nil && kind == buurtbel.Invalid:
		return v.rulesPage(statusOf(kind), err, nil)
	case err != nil:
		return v.rulesHidden(err)
	case !ok:
		return v.rulesPage(http.StatusOK, nil, nil)
	}
	return v.rulesPage(http.StatusOK, nil, func(view *RulesPage, _ *governing.Rules) error {
		list, err := governing.WhoNotAccepted(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), v.zone, network, why)
		for _, p := range list {
			line := RulesPerson{Name: personName(p.Name), Href: "/asked/" + p.Member.String() + "/rules", Before: v.versionName(p.Version)}
			if p.Refused {
				line.Before = v.t("screen.rules.refuses-newest")
			}
			view.Lines = append(view.Lines, line)
		}
		view.Shown, view.None = true, len(list) == 0
		return err
	})
}
