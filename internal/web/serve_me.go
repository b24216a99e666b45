package web

import (
	"net/http"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// cookieOwn names the session of a member's own page. It opens no desk, and a desk's session opens no own page.
const cookieOwn = "own"

// mine says whose data a page shows and changes: the member's own, or by an office that was asked by telephone or on paper.
type mine struct {
	word  joining.Word
	base  string
	asked bool
}

// meRoutes are a member's own pages and, with the same forms, what an office does for a member who asks by telephone or on paper.
func (s *Server) meRoutes() []route {
	out := []route{
		{method: "GET", path: "/me/in", open: true, handler: (*visit).meIn},
		{method: "POST", path: "/me/in", open: true, handler: (*visit).meAsk},
		{method: "POST", path: "/me/code", open: true, handler: (*visit).meCode},
		{method: "GET", path: "/me/in/{token}", open: true, handler: (*visit).meLink},
		{method: "POST", path: "/me/in/{token}", open: true, handler: (*visit).meEnter},
		{method: "POST", path: "/me/out", open: true, handler: (*visit).meOut},
		{method: "GET", path: "/me/looks", own: true, handler: selfish((*visit).meLooks)},
		{method: "GET", path: "/me/messages", own: true, handler: selfish((*visit).meMessages)},
		{method: "GET", path: "/me/household", own: true, handler: selfish((*visit).meHome)},
		{method: "POST", path: "/me/household", own: true, handler: selfish((*visit).meInvite)},
		{method: "GET", path: "/me/shop", own: true, handler: selfish((*visit).meShop)},
		{method: "GET", path: "/me/data.json", own: true, handler: selfish((*visit).meJSON)},
		{method: "GET", path: "/me/data.pdf", own: true, handler: selfish((*visit).mePDF)},
	}
	for _, r := range []struct {
		method, path string
		do           func(*visit, mine) error
	}{
		{"GET", "", (*visit).me},
		{"GET", "/wishes", (*visit).meWishes}, {"POST", "/wishes", (*visit).meWish},
		{"GET", "/contacts", (*visit).meContacts}, {"POST", "/contacts", (*visit).meContact},
		{"GET", "/contacts/add", (*visit).meAdd}, {"POST", "/contacts/add", (*visit).meAdds},
		{"GET", "/contacts/{contact}", (*visit).meProve}, {"POST", "/contacts/{contact}", (*visit).meProves},
		{"GET", "/away", (*visit).meAway}, {"POST", "/away", (*visit).meGoAway},
		{"GET", "/reading", (*visit).meReading}, {"POST", "/reading", (*visit).meRead},
		{"GET", "/data", (*visit).meData}, {"POST", "/data", (*visit).meChange},
		{"GET", "/rules", (*visit).meRules}, {"POST", "/rules", (*visit).meAcceptRules},
		{"GET", "/digest", (*visit).meDigest}, {"POST", "/digest", (*visit).meDigestWish},
		{"GET", "/leave", (*visit).meLeave}, {"POST", "/leave", (*visit).meLeft},
		{"GET", "/erase", (*visit).meErase}, {"POST", "/erase", (*visit).meErased},
	} {
		out = append(out, route{method: r.method, path: "/me" + r.path, own: true, handler: selfish(r.do)},
			route{method: r.method, path: "/asked/{member}" + r.path, may: buurtbel.MaySeeNames, handler: onWord(r.do)})
	}
	out = append(out, route{method: "POST", path: "/asked/{member}/copy", may: buurtbel.MaySeeNames, proof: proofAlways, handler: onWord((*visit).askedCopy)})
	return append(out, s.askedRoutes()...)
}

// selfish serves a page of the own data.
func selfish(do func(*visit, mine) error) func(*visit) error {
	return func(v *visit) error {
		return do(v, mine{joining.Word{Zone: v.zone, Member: v.actor.Person, How: joining.OnOwnPage}, "/me", false})
	}
}

// onWord serves the same page to an office that was asked by telephone or on paper. Another network's member does not exist there.
func onWord(do func(*visit, mine) error) func(*visit) error {
	return func(v *visit) error {
		id, err := v.id("member")
		if err != nil {
			return err
		}
		w := joining.Word{Zone: v.zone, Member: id, How: joining.ByTelephone}
		if v.r.Method == http.MethodPost {
			if err := v.form(); err != nil {
				return err
			}
			if how := v.r.PostFormValue("how"); how != "" {
				w.How = how
			}
			if w.How == joining.OnOwnPage {
				return buurtbel.Fail(buurtbel.Invalid, "error.own.how", nil)
			}
		}
		if err := w.May(v.r.Context(), v.s.o.DB, v.actor); err != nil {
			return err
		}
		return do(v, mine{w, "/asked/" + id.String(), true})
	}
}

// ownSession puts the member of an own page into the visit.
func (v *visit) ownSession() error {
	own, err := v.s.o.Entry.VisitOwn(v.r.Context(), v.cookie(cookieOwn))
	if err != nil {
		return err
	}
	v.actor, v.session, v.zone = own.Actor, nil, own.Zone
	if v.actor.Language.Valid() {
		v.lang = v.actor.Language // what the member chose on the own page counts on every device
	}
	return nil
}

// meFrame is the frame of an own page: large, without a menu. An office has its own frame around it.
func (v *visit) meFrame(m mine, title string) Frame {
	f := v.frame(title, Calm)
	if m.asked {
		return f
	}
	f.Shape, f.SignOut = Member, "/me/out"
	f.Large = v.large
	if v.r.Method == http.MethodGet && v.r.URL.Query().Get("said") == "kept" {
		f.Status = v.t("screen.me.kept")
	}
	return f
}

// view is what the pages of one member's data have in common.
func (v *visit) view(m mine, s *store.Self) Mine {
	out := Mine{Base: m.base, Asked: m.asked}
	if m.asked {
		out.Whom = v.t("screen.asked.whom", "Number", shortOf(m.word.Member), "Date", locale.Date(v.lang, s.Joined, v.place()))
		for _, how := range []string{joining.ByTelephone, joining.OnPaper} {
			out.How = append(out.How, Option{ID: how, Words: v.t("screen.me.asked-" + how), Chosen: how == m.word.How})
		}
	}
	v.large = v.large || s.Member.Choices.Large
	return out
}

// shortOf is the reference by which an office tells members apart without their names.
func shortOf(id buurtbel.ID) string {
	text := id.String()
	return text[max(0, len(text)-5):]
}

// self reads the member of a page. Sealed values are opened for the member alone.
func (v *visit) self(m mine) (*store.Self, error) {
	var s *store.Self
	err := v.read(func(tx *store.Tx) (err error) {
		s, err = tx.Self(m.word.Member, !m.asked)
		return err
	})
	return s, err
}

// kept goes back to a page, where it says that the change was kept.
func (v *visit) kept(m mine, page string) error {
	return v.redirect(m.base + page + "?said=kept")
}

func (v *visit) meIn() error { return v.meInPage(http.StatusOK, MeIn{}, "") }

func (v *visit) meInPage(status int, view MeIn, problem string) error {
	view.Action = "/me/in"
	view.Address.Name, view.Address.Label, view.Address.Hint, view.Address.Auto, view.Address.Focus = "address", v.t("screen.me-in.address"), v.t("screen.me-in.hint"), "off", true
	f := v.frame(v.t("screen.me-in.title"), Calm)
	f.Shape, f.Path, f.Problem = Member, "/me/in", problem
	return v.respond(status, f, view)
}

// meAsk answers the same for an address that we know and for one that we do not.
func (v *visit) meAsk() error {
	if err := v.form(); err != nil {
		return err
	}
	typed, err := v.written("address", 254)
	var asking *entering.Asking
	if err == nil {
		asking, err = v.s.o.Entry.AskOwn(v.r.Context(), typed, v.origin(), v.r.PostFormValue("night") == "ring")
	}
	switch buurtbel.KindOf(err) {
	case buurtbel.Invalid:
		return v.meInPage(http.StatusUnprocessableEntity, MeIn{Address: Field{Value: typed, Error: locale.Error(v.lang, err)}}, "")
	case buurtbel.Busy:
		return v.meInPage(http.StatusTooManyRequests, MeIn{Address: Field{Value: typed}}, locale.Error(v.lang, err))
	}
	if err != nil {
		return err
	}
	enough := ""
	if asking.Enough {
		enough = v.t("error.proof.too-often") + " " + v.t("screen.me-in.last")
	}
	switch {
	case asking.Night:
		return v.meInPage(http.StatusOK, MeIn{Night: typed}, "")
	case asking.Secret == "":
		return v.meInPage(http.StatusOK, MeIn{Sent: v.t("screen.me-in.sent", "Lasts", locale.Span(v.lang, entering.LinkLasts))}, enough)
	}
	return v.meCodePage(http.StatusOK, asking.Secret, asking.Call, "", enough)
}

func (v *visit) meCodePage(status int, asking string, call bool, wrong, problem string) error {
	code := Field{Name: "code", Label: v.t("screen.me-in.code"), Hint: v.t("screen.me-in.code-hint"), Mode: "numeric", Auto: "one-time-code", Error: wrong, Focus: true}
	return v.meInPage(status, MeIn{Asking: asking, Call: call, Code: code}, problem)
}

func (v *visit) meCode() error {
	if err := v.form(); err != nil {
		return err
	}
	asking := v.r.PostFormValue("asking")
	if err := v.s.links.pass("own "+asking[:min(len(asking), 64)], v.now); err != nil {
		return err
	}
	e, err := v.s.o.Entry.EnterOwnCode(v.r.Context(), asking, v.r.PostFormValue("code"), v.cookie(cookieOwn))
	switch {
	case buurtbel.KeyOf(err) == "error.own.code":
		return v.meCodePage(http.StatusForbidden, asking, v.r.PostFormValue("call") != "", locale.Error(v.lang, err), "")
	case err != nil && buurtbel.KindOf(err) == buurtbel.Forbidden:
		return v.meInPage(http.StatusForbidden, MeIn{}, locale.Error(v.lang, err))
	case err != nil:
		return err
	}
	return v.meOpened(e)
}

func (v *visit) meOpened(e *entering.Entered) error {
	v.setCookie(cookieOwn, e.Session, e.Expires.Sub(v.now))
	return v.redirect(v.whereOwn())
}

// meLink shows the button of a link: mail scanners open links, so nothing is used up.
func (v *visit) meLink() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	lang, err := v.s.o.Entry.BehindOwn(v.r.Context(), link)
	if err != nil {
		return err
	}
	if !v.chose && lang.Valid() {
		v.lang = lang
	}
	return v.meInPage(http.StatusOK, MeIn{Enter: "/me/in/" + link}, "")
}

func (v *visit) meEnter() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	e, err := v.s.o.Entry.EnterOwn(v.r.Context(), link, v.cookie(cookieOwn))
	if err != nil {
		return err
	}
	return v.meOpened(e)
}

func (v *visit) meOut() error {
	if value := v.cookie(cookieOwn); value != "" {
		if err := v.s.o.Entry.Leave(v.r.Context(), value); err != nil {
			return err
		}
	}
	v.setCookie(cookieOwn, "", 0)
	return v.redirect("/me/in")
}

// me is the first of the own pages: each line says how it stands and leads to where it is changed.
func (v *visit) me(m mine) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	network, moving, err := v.meNetwork(s)
	if err != nil {
		return err
	}
	lines, err := v.meLines(m, s)
	if err != nil {
		return err
	}
	page := Me{Mine: v.view(m, s), Network: network, Hello: v.t("screen.me.hello", "Name", s.Name.Given), Lines: lines}
	switch {
	case m.asked:
		page.Hello = v.t("screen.asked.title")
	case s.Name.Given == "":
		page.Hello = v.t("screen.me.title")
	}
	if moving {
		page.Moving = v.t("screen.me.moving-waits")
	}
	return v.respond(http.StatusOK, v.meFrame(m, v.t("screen.me.title")), page)
}

// meNetwork gives the name of a member's network, and whether a new address waits for a decision.
func (v *visit) meNetwork(s *store.Self) (name string, moving bool, err error) {
	err = v.read(func(tx *store.Tx) error {
		networks, err := tx.NetworksOf([]buurtbel.ID{s.Member.Network})
		for _, n := range networks {
			name = n.Name
		}
		if err != nil {
			return err
		}
		moves, err := tx.MovesAsked(s.Member.Network, s.Member.ID, false)
		moving = len(moves) > 0
		return err
	})
	return name, moving, err
}

func (v *visit) meLines(m mine, s *store.Self) ([]MeLine, error) {
	line := func(page, icon, now string) MeLine {
		return MeLine{m.base + "/" + page, icon, v.t("screen.me." + page), now}
	}
	away := v.t("screen.me.away-not")
	if a := s.Member.Away; !a.Until.IsZero() && a.Until.After(v.now) {
		away = v.t("screen.me.away-until", "Date", locale.Date(v.lang, a.Until.Add(-time.Minute), v.place()))
	}
	rules, err := v.meRulesLine(m, s)
	if err != nil {
		return nil, err
	}
	out := []MeLine{line("wishes", "clock", v.meNight(s)), line("contacts", "phone", v.t("screen.me.contacts-count", "Count", working(s))), line("away", "moon", away)}
	if m.asked {
		return append(out, line("reading", "languages", ""), line("digest", "mail", ""), line("data", "file-text", ""), rules, line("leave", "arrow-right", ""), line("erase", "x", "")), nil
	}
	out = append(out, line("reading", "languages", v.t("screen.language.own."+string(s.Member.Language))), line("messages", "message-square", v.t("screen.me.messages-now")), line("calendar", "clock", v.t("screen.me.calendar-now")), line("digest", "mail", v.t("screen.me.digest-now")),
		MeLine{m.base + "/replies", "square-pen", v.t("screen.reply.mine"), v.t("screen.reply.mine-now")},
		line("data", "file-text", v.t("screen.me.data-now")), line("looks", "eye", v.t("screen.me.looks-now")), rules)
	groups, err := v.meGroups(m)
	return append(append(out, groups...), line("leave", "arrow-right", v.t("screen.me.leave-now"))), err
}

// meNight says when it is night for a member.
func (v *visit) meNight(s *store.Self) string {
	night := v.nightOf(s)
	return v.t("screen.me.night-now", "From", clockOf(v.lang, night.From), "Until", clockOf(v.lang, night.Until))
}

// nightOf is the night of a member: the own one, else the zone's.
func (v *visit) nightOf(s *store.Self) buurtbel.Hours {
	if n := s.Member.Choices.Night; n != nil {
		return *n
	}
	night := buurtbel.DefaultNight
	if err := v.read(func(tx *store.Tx) error {
		z, err := tx.Zone()
		if err == nil {
			night = z.Night
		}
		return err
	}); err != nil {
		v.s.o.Logger.ErrorContext(v.r.Context(), "zone's night", "error", err)
	}
	return night
}

func clockOf(lang buurtbel.Language, minute int) string {
	return locale.Clock(lang, time.Date(2026, 1, 1, minute/60, minute%60, 0, 0, time.UTC), time.UTC)
}

func working(s *store.Self) int {
	n := 0
	for _, c := range s.Contacts {
		if c.Verified && c.State == buurtbel.ContactOK {
			n++
		}
	}
	return n
}

func (v *visit) record(m mine, reason string) (*guarding.Record, error) {
	return guarding.Export(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), reason, v.zone, m.word.Member, joining.Told)
}

// country is that of the visit's zone.
func (v *visit) country() (string, error) {
	country := ""
	err := v.read(func(tx *store.Tx) error {
		z, err := tx.Zone()
		if err == nil {
			country = z.Country
		}
		return err
	})
	return country, err
}

// download answers with a file that is kept nowhere on the way.
func (v *visit) download(kind, name string, body []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	v.w.WriteHeader(http.StatusOK)
	_, err := v.w.Write(body)
	return err
}
