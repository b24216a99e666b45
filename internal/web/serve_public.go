package web

import (
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/asking"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/place"
)

// publicRoutes are the pages for everybody: no session, no tracking, no script needed.
func (s *Server) publicRoutes() []route {
	return []route{
		{method: "GET", path: "/bin", open: true, handler: (*visit).whatIs},
		{method: "GET", path: "/networks", open: true, handler: (*visit).networks},
		{method: "GET", path: "/networks/{id}", open: true, handler: (*visit).network},
		{method: "GET", path: "/networks/{id}/write", open: true, handler: (*visit).writeNetwork},
		{method: "POST", path: "/networks/{id}/write", open: true, handler: (*visit).writeNetworkNow},
		{method: "GET", path: "/address", open: true, handler: (*visit).address},
		{method: "POST", path: "/address", open: true, handler: (*visit).addressNow},
		{method: "POST", path: "/address/search", open: true, handler: (*visit).addressSearch},
		{method: "POST", path: "/wishes", open: true, handler: (*visit).wishNow},
		{method: "GET", path: "/w/{token}", open: true, handler: (*visit).wishShown},
		{method: "POST", path: "/w/{token}", open: true, handler: (*visit).wishAnswer},
		{method: "GET", path: "/tips", open: true, handler: (*visit).tips},
		{method: "GET", path: "/tips/{key}", open: true, handler: (*visit).tip},
		{method: "GET", path: "/called", open: true, handler: (*visit).called},
		{method: "GET", path: "/contact", open: true, handler: (*visit).contact},
		{method: "POST", path: "/contact", open: true, handler: (*visit).contactNow},
		{method: "POST", path: "/remarks", open: true, handler: (*visit).remarkNow},
		{method: "GET", path: "/remarks", may: buurtbel.MayConfigure, handler: (*visit).remarks},
		{method: "POST", path: "/remarks/{id}", may: buurtbel.MayConfigure, handler: (*visit).remarkDone},
		{method: "GET", path: "/wanted", may: buurtbel.MayConfigure, handler: (*visit).wanted},
	}
}

// Tries of one origin within a minute: a school types behind one address, nobody writes ten letters. And within a day: a coordinator's mailbox
// must not fill while everybody sleeps.
const (
	mostSearches     = 900
	mostWritten      = 10
	mostWrittenDaily = 40
)

// first is the first page: the desk for who is signed in, the public's for who is not. A session that ended asks to sign in again, and a PC
// that a shift shares is a desk, whoever sits there.
func (v *visit) first() error {
	if v.session == nil && v.cookie(cookieSession)+v.cookie(cookieDevice) != "" {
		if err := v.signedIn(); err != nil {
			return err
		}
	}
	if v.session != nil {
		return v.start()
	}
	return v.home()
}

// public is the frame of a page for everybody.
func (v *visit) public(title, path string) Frame {
	f := v.frame(title, Calm)
	f.Shape, f.Path, f.HandOver, f.Outage, f.OutageAt = Public, path, "", Outage{}, ""
	f.Person, f.Role, f.Zone = "", "", ""
	f.SignIn, f.Sheet = "/sign-in", "public"
	if v.session != nil {
		f.SignIn = ""
	}
	f.Places = nil
	for _, p := range []struct{ key, href string }{{"address", "/address"}, {"networks", "/networks"}, {"bin", "/bin"}, {"tips", "/tips"}, {"called", "/called"}} {
		f.Places = append(f.Places, Link{Words: v.t("screen.public." + p.key), Href: p.href, Here: path == p.href || strings.HasPrefix(path, p.href+"/")})
	}
	f.Foot = &Foot{Page: path, Contact: "/contact", Code: "/check"}
	return f
}

// town is what the public pages know of the installation.
type town struct {
	zones asking.Zones
	areas *place.Areas
}

func (v *visit) town() (town, error) {
	zones, err := asking.ReadZones(v.r.Context(), v.s.o.DB)
	t := town{zones: zones, areas: place.NewAreas(nil)}
	if v.s.o.Areas != nil {
		if a := v.s.o.Areas(); a != nil {
			t.areas = a
		}
	}
	return t, err
}

// active lists the networks that alerts may go to now, by name.
func (t town) active(v *visit) []*buurtbel.Network {
	var out []*buurtbel.Network
	for _, n := range t.areas.All() {
		if t.zones.Active(n, v.now) {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b *buurtbel.Network) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// only gives the one zone of an installation; nil when it has several, or none.
func (t town) only() *buurtbel.Zone {
	if len(t.zones) != 1 {
		return nil
	}
	for _, z := range t.zones {
		return z
	}
	return nil
}

// first gives the zone that looks after what belongs to none: the oldest.
func (t town) first() buurtbel.ID {
	ids := slices.Sorted(maps.Keys(t.zones))
	if len(ids) == 0 {
		return 0
	}
	return ids[0]
}

// phones gives the lines to call in a zone; nil asks for those of all zones, each once.
func (v *visit) phones(t town, zone *buurtbel.Zone) ([]Phone, error) {
	zones := []*buurtbel.Zone{zone}
	if zone == nil {
		zones = nil
		for _, id := range slices.Sorted(maps.Keys(t.zones)) {
			zones = append(zones, t.zones[id])
		}
	}
	var out []Phone
	for _, z := range zones {
		lines, err := z.EmergencyLines()
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			p := Phone{Use: v.t("screen.public.line-" + l.Use), Number: l.Number, Call: template.URL("tel:" + strings.Map(dialled, l.Number))} // digits and a plus
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

func (v *visit) home() error {
	t, err := v.town()
	if err != nil {
		return err
	}
	lines, err := v.phones(t, nil)
	if err != nil {
		return err
	}
	view := PublicHome{Ask: v.ask("", buurtbel.Residents, ""), Active: len(t.active(v)), Lines: lines}
	if z := t.only(); z != nil {
		view.Where = z.Name
	}
	return v.respond(http.StatusOK, v.public(v.t("screen.public.home-title"), "/"), view)
}

// textPart makes a part of a text page from the catalogue: heading, and words whose lines are paragraphs, or points.
func (v *visit) textPart(name string, points bool) TextPart {
	p := TextPart{Heading: v.t("screen.public." + name + "-title")}
	words := strings.Split(v.t("screen.public."+name), "\n")
	if points {
		p.Points = words
	} else {
		p.Words = words
	}
	return p
}

// textPage answers with a page of text whose title and lead stand in the catalogue under name, with the lines that help at once.
func (v *visit) textPage(name string, next []Link, parts ...TextPart) error {
	t, err := v.town()
	if err != nil {
		return err
	}
	lines, err := v.phones(t, nil)
	if err != nil {
		return err
	}
	key := "screen.public." + name
	view := PublicText{Title: v.t(key), Lead: v.t(key + "-lead"), Lines: lines, Parts: parts, Next: next}
	return v.respond(http.StatusOK, v.public(view.Title, "/"+name), view)
}

// whatIs says what a network is and is not, and promises nothing.
func (v *visit) whatIs() error {
	return v.textPage("bin", []Link{{Words: v.t("screen.public.address"), Href: "/address"}},
		v.textPart("bin-is", true), v.textPart("bin-is-not", true), v.textPart("bin-who", false), v.textPart("bin-evidence", false), v.textPart("bin-privacy", true), v.textPart("bin-join", false))
}

// called says what to do when we call.
func (v *visit) called() error {
	return v.textPage("called", []Link{{Words: v.t("screen.public.number"), Href: "/number"}, {Words: v.t("screen.check.title"), Href: "/check"}},
		v.textPart("called-save", false), v.textPart("called-hear", true), v.textPart("called-back", false), v.textPart("called-doubt", false))
}

// tipKeys are the tips in the order of the page.
var tipKeys = []string{"away", "doors", "watch", "fraud-phone", "fraud-door", "bike", "neighbours"}

func (v *visit) tipOf(key string) Tip {
	name := "screen.tip." + key
	return Tip{Href: "/tips/" + key, Title: v.t(name + "-title"), Lead: v.t(name), Points: strings.Split(v.t(name+"-points"), "\n")}
}

func (v *visit) tips() error {
	var view Tips
	for _, key := range tipKeys {
		view.List = append(view.List, v.tipOf(key))
	}
	return v.respond(http.StatusOK, v.public(v.t("screen.public.tips"), "/tips"), view)
}

func (v *visit) tip() error {
	key := v.r.PathValue("key")
	if !slices.Contains(tipKeys, key) {
		return buurtbel.Fail(buurtbel.NotFound, "error.kind.not-found", nil)
	}
	view := v.tipOf(key)
	for _, other := range tipKeys {
		if other != key {
			o := v.tipOf(other)
			view.Others = append(view.Others, Link{Words: o.Title, Href: o.Href})
		}
	}
	return v.respond(http.StatusOK, v.public(view.Title, "/tips/"+key), view)
}

func (v *visit) listed(t town, n *buurtbel.Network) ListedNetwork {
	line := ListedNetwork{Name: n.Name, Kind: v.t("screen.public.kind-" + string(n.Kind)), Href: "/networks/" + n.ID.String()}
	if z := t.zones[n.Zone]; z != nil {
		line.Zone = z.Name
	}
	return line
}

// networks is the overview: a map that the server draws, and the list that says the same.
func (v *visit) networks() error {
	t, err := v.town()
	if err != nil {
		return err
	}
	active := t.active(v)
	view := Networks{Drawing: v.draw(t, active, nil, nil)}
	for _, n := range active {
		view.List = append(view.List, v.listed(t, n))
	}
	return v.respond(http.StatusOK, v.public(v.t("screen.public.networks"), "/networks"), view)
}

// known finds an active network by the path. One that is not active is not the public's.
func (v *visit) known() (town, *buurtbel.Network, error) {
	id, err := v.id("id")
	if err != nil {
		return town{}, nil, err
	}
	t, err := v.town()
	if err != nil {
		return t, nil, err
	}
	for _, n := range t.active(v) {
		if n.ID == id {
			return t, n, nil
		}
	}
	return t, nil, buurtbel.Fail(buurtbel.NotFound, "error.kind.not-found", nil)
}

// network is the page of one network: what the law asks, what was agreed, who may be written to.
func (v *visit) network() error {
	t, n, err := v.known()
	if err != nil {
		return err
	}
	zone := t.zones[n.Zone]
	loc, err := zone.Location()
	if err != nil {
		return err
	}
	country, err := buurtbel.CountryProfile(zone.Country)
	if err != nil {
		return err
	}
	path := "/networks/" + n.ID.String()
	view := NetworkPage{Name: n.Name, Lead: v.t("screen.public.network-lead-"+string(n.Kind), "Zone", zone.Name), Write: path + "/write", Drawing: v.draw(t, []*buurtbel.Network{n}, n, nil),
		Laws: v.laws(country), Plan: v.planWords(zone.Plan), Night: v.t("screen.public.plan-night", "From", clockOf(v.lang, zone.Night.From), "Until", clockOf(v.lang, zone.Night.Until))}
	fact := func(key, value string) { view.Facts = append(view.Facts, Fact{v.t("screen.public." + key), value}) }
	fact("fact-kind", v.t("screen.public.kind-"+string(n.Kind)))
	fact("fact-zone", zone.Name)
	var languages []string
	for _, l := range n.Regime {
		languages = append(languages, v.t("screen.language.own."+string(l)))
	}
	fact("fact-languages", strings.Join(languages, ", "))
	if n.Charter != nil {
		fact("fact-charter", locale.Date(v.lang, n.Charter.Since, loc))
	}
	if n.Recognised != nil && country.NeedsRecognise {
		fact("fact-recognised", locale.Date(v.lang, n.Recognised.Since, loc))
	}
	fact("fact-plan", fmt.Sprint(zone.Plan.Version))
	if err := v.rulesPart(&view, n, zone, country); err != nil {
		return err
	}
	return v.respond(http.StatusOK, v.public(n.Name, path), view)
}

// laws names what binds a network in its country, each with where it can be read.
func (v *visit) laws(c buurtbel.Country) []Law {
	var out []Law
	for _, key := range []string{"circular", "militia", "privacy"} {
		if c.Code != "BE" && key != "privacy" {
			continue
		}
		out = append(out, Law{v.t("screen.public.law-" + key), v.t("screen.public.law-" + key + "-source")})
	}
	return out
}

// planWords says the communication plan row by row in plain words.
func (v *visit) planWords(p buurtbel.Plan) []PlanGroup {
	var out []PlanGroup
	for _, u := range buurtbel.Urgencies {
		g := PlanGroup{Heading: v.t("screen.public.urgency-" + string(u)), Words: v.t("screen.public.urgency-" + string(u) + "-words")}
		for _, r := range p.Rules {
			if r.Urgency != u {
				continue
			}
			fact := string(r.Fact)
			if key := "template.fact." + fact; locale.Has(key) {
				fact = v.t(key)
			}
			g.Rows = append(g.Rows, PlanWords{fact, v.t(fmt.Sprintf("screen.public.grade-%d", r.Day)), v.t(fmt.Sprintf("screen.public.grade-%d", r.Night))})
		}
		if len(g.Rows) > 0 {
			out = append(out, g)
		}
	}
	return out
}
