package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

func asError(err error, to **buurtbel.Error) bool { return errors.As(err, to) }

// rulesKnown reads every version of a network's rules; they are public.
func (v *visit) rulesKnown(n *buurtbel.Network) (all []store.HouseRules, now store.HouseRules, err error) {
	err = v.s.o.DB.Read(v.r.Context(), buurtbel.Scope{Zone: n.Zone}, func(tx *store.Tx) error {
		if now, err = tx.HouseRules(n.ID); err != nil {
			return err
		}
		all, err = tx.AllHouseRules(n.ID)
		return err
	})
	return all, now, err
}

// rulesIn gives one version in the reader's language where it is there, else in the network's first.
func (v *visit) rulesIn(n *buurtbel.Network, h store.HouseRules) RulesText {
	if h.Version == 0 {
		return RulesText{Lang: string(v.lang), Points: points(standardRules(v.lang))}
	}
	text, lang := h.In(v.lang, n.Regime)
	return RulesText{Lang: string(lang), Points: points(text)}
}

// rulesPublic shows the version in force, or the one that was asked for: old ones stay readable.
func (v *visit) rulesPublic() error {
	t, n, err := v.known()
	if err != nil {
		return err
	}
	loc, err := t.zones[n.Zone].Location()
	if err != nil {
		return err
	}
	all, now, err := v.rulesKnown(n)
	if err != nil {
		return err
	}
	shown := now
	if asked := v.r.PathValue("version"); asked != "" {
		found := false
		for _, h := range all {
			if strconv.Itoa(h.Version) == asked {
				shown, found = h, true
			}
		}
		if !found {
			return v.notFound()
		}
	}
	base := "/networks/" + n.ID.String()
	since := func(h store.HouseRules) string {
		return v.versionName(h.Version) + " · " + v.t("screen.rules.since", "Date", locale.Date(v.lang, h.From, loc))
	}
	view := RulesPublic{Network: n.Name, Back: base, Text: v.rulesIn(n, shown), Facts: []Fact{{v.t("screen.rules.version"), v.versionName(shown.Version)}}}
	if shown.Version > 0 {
		view.Facts[0].Value = since(shown)
	}
	switch {
	case shown.Version > now.Version:
		view.Old = v.t("screen.rules.later")
	case shown.Version < now.Version:
		view.Old = v.t("screen.rules.old", "Version", v.versionName(now.Version))
	}
	for _, h := range all {
		if h.Version != shown.Version {
			view.Versions = append(view.Versions, Link{Words: since(h), Href: base + "/rules/" + strconv.Itoa(h.Version)})
		}
	}
	return v.respond(http.StatusOK, v.public(v.t("screen.rules.of", "Network", n.Name), v.r.URL.Path), view)
}

// rulesPart puts the rules in force, and the charter in words, on the public page of a network.
func (v *visit) rulesPart(view *NetworkPage, n *buurtbel.Network, zone *buurtbel.Zone, c buurtbel.Country) error {
	_, now, err := v.rulesKnown(n)
	if err != nil {
		return err
	}
	loc, err := zone.Location()
	if err != nil {
		return err
	}
	view.Rules, view.RulesAt = v.rulesIn(n, now), "/networks/"+n.ID.String()+"/rules"
	view.RulesName = v.versionName(now.Version)
	if now.Version > 0 {
		view.RulesName += " · " + v.t("screen.rules.since", "Date", locale.Date(v.lang, now.From, loc))
	}
	if c.NeedsCharter && n.Charter != nil {
		for _, key := range []string{"charter-1", "charter-2", "charter-3"} {
			view.Charter = append(view.Charter, v.t("screen.rules."+key, "Date", locale.Date(v.lang, n.Charter.Since, loc), "Zone", zone.Name, "Network", n.Name))
		}
	}
	return nil
}

// rulesBehind reads the rules behind the link of the path; NotFound when the link is about something else.
func (v *visit) rulesBehind() (*governing.RulesAsked, string, error) {
	link, err := v.link()
	if err != nil {
		return nil, "", err
	}
	a, err := governing.RulesBehind(v.r.Context(), v.s.o.DB, link)
	if err == nil && a == nil {
		err = buurtbel.Fail(buurtbel.NotFound, "error.token.unknown", nil)
	}
	if err == nil && !v.chose {
		v.lang = a.Network.Regime[0]
	}
	return a, link, err
}

func (v *visit) rulesAsked() error { return v.rulesAskedPage(http.StatusOK, nil) }

func (v *visit) rulesAskedPage(status int, wrong error) error {
	a, link, err := v.rulesBehind()
	if err != nil {
		return err
	}
	view := RulesAccept{Source: a.Network.Name, Action: "/house-rules/" + link, Version: strconv.Itoa(a.Rules.Version), Texts: v.rulesTexts(a.Network, a.Rules.Version, a.Rules.Texts, a.Rules.Body),
		Lead: v.versionName(a.Rules.Version) + " · " + v.t("screen.rules.since", "Date", locale.Date(v.lang, a.Rules.From, a.At))}
	if a.Accepted {
		view.Said = v.t("screen.rules.you-accepted")
	}
	if a.Refused {
		view.Refused = v.t("screen.rules.you-refused")
	}
	f := v.frame(v.t("screen.join.rules-title"), Calm)
	f.Shape = Member
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	return v.respond(status, f, view)
}

func (v *visit) rulesAccepted() error {
	link, err := v.link()
	if err == nil {
		err = v.form()
	}
	if err != nil {
		return err
	}
	version, bad := strconv.Atoi(v.r.PostFormValue("version"))
	if bad != nil {
		version = store.NoRules
	}
	answer := governing.AcceptBehind
	if v.r.PostFormValue("do") == "refuse" {
		answer = governing.RefuseBehind
	}
	err = answer(v.r.Context(), v.s.o.DB, link, version)
	if buurtbel.KindOf(err) == buurtbel.Conflict && err != nil {
		return v.rulesAskedPage(http.StatusConflict, err)
	}
	if err != nil {
		return err
	}
	return v.redirect("/house-rules/" + link)
}

// meRules shows a member the newest rules, and which versions were accepted when.
func (v *visit) meRules(m mine) error { return v.meRulesPage(m, http.StatusOK, nil) }

func (v *visit) meRulesPage(m mine, status int, wrong error) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	n, newest, done, err := v.meRulesOf(s)
	if err != nil {
		return err
	}
	refused, err := v.meRefused(s, newest.Version)
	if err != nil {
		return err
	}
	page := MeRules{Mine: v.view(m, s), Now: v.rulesSince(newest), Texts: v.rulesTexts(n, newest.Version, newest.Texts, newest.Body)}
	if len(done) == 0 || done[0].Version < newest.Version {
		page.Version = strconv.Itoa(newest.Version)
	}
	if refused {
		page.Refused = v.t("screen.rules.you-refused")
		if m.asked {
			page.Refused = v.t("screen.rules.member-refused")
		}
	}
	for _, d := range done {
		page.Done = append(page.Done, Fact{v.versionName(d.Version), locale.Date(v.lang, d.At, v.place())})
	}
	f := v.meFrame(m, v.t("screen.me.rules"))
	f.Path = m.base + "/rules"
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	return v.respond(status, f, page)
}

// meRulesOf reads a member's network with its newest rules, and what the member accepted.
func (v *visit) meRulesOf(s *store.Self) (n *buurtbel.Network, newest store.HouseRules, done []store.AcceptedRules, err error) {
	err = v.read(func(tx *store.Tx) error {
		networks, err := tx.NetworksOf([]buurtbel.ID{s.Member.Network})
		if err == nil && len(networks) == 0 {
			err = buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
		}
		if err != nil {
			return err
		}
		n = networks[0]
		all, err := tx.AllHouseRules(n.ID)
		if err != nil {
			return err
		}
		if len(all) > 0 {
			newest = all[0]
		}
		done, err = tx.RulesAccepted(n.ID, s.Member.ID)
		return err
	})
	return n, newest, done, err
}

// meRulesLine is the line of the first own page.
func (v *visit) meRulesLine(m mine, s *store.Self) (MeLine, error) {
	_, newest, done, err := v.meRulesOf(s)
	line := MeLine{m.base + "/rules", "check", v.t("screen.me.rules"), v.versionName(newest.Version)}
	if err != nil {
		return line, err
	}
	refused, err := v.meRefused(s, newest.Version)
	if !refused && (len(done) == 0 || done[0].Version < newest.Version) {
		line.Now = v.t("screen.rules.waits", "Version", line.Now)
	}
	return line, err
}

// meRefused tells whether a member said not to accept a version.
func (v *visit) meRefused(s *store.Self, version int) (refused bool, err error) {
	err = v.read(func(tx *store.Tx) error {
		list, err := tx.RulesRefused(s.Member.Network, s.Member.ID)
		refused = len(list) > 0 && list[0].Version == version
		return err
	})
	return refused, err
}

func (v *visit) meAcceptRules(m mine) error {
	if err := v.form(); err != nil {
		return err
	}
	version, bad := strconv.Atoi(v.r.PostFormValue("version"))
	if bad != nil {
		version = store.NoRules
	}
	answer := joining.AcceptRules
	if v.r.PostFormValue("do") == "refuse" {
		answer = joining.RefuseRules
	}
	err := answer(v.r.Context(), v.s.o.DB, v.actor, m.word, version)
	if err != nil && buurtbel.KindOf(err) == buurtbel.Conflict {
		return v.meRulesPage(m, http.StatusConflict, err)
	}
	if err != nil {
		return err
	}
	return v.kept(m, "/rules")
}
