package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/store"
)

// joinRoutes are the pages of who wishes to join: nobody signs in, and the link to the own page is the right. GET shows, POST does.
func (s *Server) joinRoutes() []route {
	return []route{
		{method: "GET", path: "/join", open: true, handler: (*visit).joinStart},
		{method: "POST", path: "/join/where", open: true, handler: (*visit).joinWhere},
		{method: "POST", path: "/join", open: true, handler: (*visit).joinNow},
		{method: "GET", path: "/join/{token}", open: true, handler: (*visit).joinPage},
		{method: "POST", path: "/join/{token}/code", open: true, handler: (*visit).joinCode},
		{method: "POST", path: "/join/{token}/prove", open: true, handler: (*visit).joinProve},
		{method: "GET", path: "/join/{token}/with/{provider}", open: true, handler: (*visit).toResident},
		{method: "POST", path: "/join/{token}/answer", open: true, handler: (*visit).joinAnswer},
		{method: "POST", path: "/join/{token}/withdraw", open: true, handler: (*visit).joinWithdraw},
		{method: "GET", path: "/join/{token}/shop", open: true, handler: (*visit).shop},
		{method: "POST", path: "/join/{token}/shop/hours", open: true, handler: (*visit).shopHours},
		{method: "POST", path: "/join/{token}/shop/staff", open: true, handler: (*visit).shopStaff},
		{method: "GET", path: "/verify/{token}", open: true, handler: (*visit).verify},
		{method: "POST", path: "/verify/{token}", open: true, handler: (*visit).verifyNow},
		{method: "GET", path: "/household/{token}", open: true, handler: (*visit).household},
		{method: "POST", path: "/household/{token}", open: true, handler: (*visit).householdNow},
		{method: "GET", path: "/household/leave/{token}", open: true, handler: (*visit).leave},
		{method: "POST", path: "/household/leave/{token}", open: true, handler: (*visit).leaveNow},
		{method: "GET", path: "/business/join/{token}", open: true, handler: (*visit).business},
		{method: "POST", path: "/business/join/{token}", open: true, handler: (*visit).businessNow},
	}
}

// plainFrame is a public page: large, with the menu of languages and colours.
func (v *visit) plainFrame(title, path, problem string) Frame {
	f := v.bare(title)
	f.Path, f.Problem = path, problem
	return f
}

// mendable tells whether a page can say what is wrong and go on.
func mendable(err error) bool {
	kind := buurtbel.KindOf(err)
	return kind == buurtbel.Invalid || kind == buurtbel.Conflict || kind == buurtbel.Busy
}

func (v *visit) joinStart() error {
	return v.joinStartPage(http.StatusOK, v.r.URL.Query().Get("invitation"), "", false, nil)
}

var homeFields = []struct{ name, key, auto, mode string }{{"street", "street", "address-line1", ""}, {"number", "number", "off", ""}, {"postal", "postal", "postal-code", ""}, {"town", "town", "address-level2", ""}}

// joinStartPage asks for the address again with what was typed. outcome is the key of what came of it.
func (v *visit) joinStartPage(status int, invitation, outcome string, paper bool, err error) error {
	view := JoinStart{Action: "/join/where", Invitation: invitation, Paper: paper}
	if len(invitation) > 64 {
		view.Invitation = ""
	}
	if paper {
		view.Action = "/applications/new/where"
	}
	for _, k := range []string{"residents", "traders"} {
		chosen := v.r.PostFormValue("kind") == k || k == "residents" && v.r.PostFormValue("kind") == ""
		view.Kinds = append(view.Kinds, Option{ID: k, Words: v.t("screen.join.kind-" + k), Chosen: chosen})
	}
	for _, f := range homeFields {
		field := Field{Name: f.name, Label: v.t("screen.join." + f.key), Auto: f.auto, Value: plain(v.r.PostFormValue(f.name))}
		if f.name == "number" {
			field.Hint = v.t("screen.join.number-hint")
		}
		if f.name == "street" && err != nil {
			field.Error = locale.Error(v.lang, err)
		}
		view.Fields = append(view.Fields, field)
	}
	if outcome != "" {
		view.Outcome, view.Next = v.t("screen.join.outcome-"+outcome), v.t("screen.join.outcome-"+outcome+"-next")
	}
	if outcome == string(buurtbel.FoundNone) && !paper {
		view.Wish = []Kept{{"address", strings.Join([]string{plain(v.r.PostFormValue("street")), plain(v.r.PostFormValue("number")) + ",", plain(v.r.PostFormValue("postal")), plain(v.r.PostFormValue("town"))}, " ")}, {"kind", string(v.kind())}}
	}
	title, path := v.t("screen.join.title"), "/join"
	if paper {
		title = v.t("screen.join.paper-title")
		f := v.frame(title, Calm)
		f.Path = "/applications/new"
		return v.respond(status, f, view)
	}
	return v.respond(status, v.plainFrame(title, path, ""), view)
}

// homeTyped reads the typed address.
func (v *visit) homeTyped() (store.Home, buurtbel.NetworkKind, error) {
	if err := v.form(); err != nil {
		return store.Home{}, "", err
	}
	var home store.Home
	for name, into := range map[string]*string{"street": &home.Street, "number": &home.Number, "postal": &home.PostalCode, "town": &home.Municipality} {
		typed, err := v.typed(name, 120)
		if err != nil {
			return home, "", err
		}
		*into = typed
	}
	kind := buurtbel.Residents
	if v.r.PostFormValue("kind") == string(buurtbel.Traders) {
		kind = buurtbel.Traders
	}
	return home, kind, v.s.homesAsked.pass(v.origin(), v.now)
}

func (v *visit) joinWhere() error { return v.where(false) }

// where looks the address up: the form when a network is there, else what to do. It changes nothing.
func (v *visit) where(paper bool) error {
	home, kind, err := v.homeTyped()
	if err != nil {
		return err
	}
	where, err := v.s.o.Hall.Check(v.r.Context(), home, kind)
	invitation := v.r.PostFormValue("invitation")
	switch {
	case buurtbel.KindOf(err) == buurtbel.Invalid:
		return v.joinStartPage(http.StatusUnprocessableEntity, invitation, "", paper, err)
	case err != nil:
		return err
	case where.Network == nil:
		return v.joinStartPage(http.StatusOK, invitation, string(where.Found), paper, nil)
	}
	return v.joinForm(http.StatusOK, where, &joining.Form{Home: home, Kind: kind, Basis: basisOf(kind), Language: v.lang, Invitation: invitation, Post: buurtbel.PostShop}, nil, "", paper)
}

func basisOf(kind buurtbel.NetworkKind) buurtbel.Basis {
	if kind == buurtbel.Traders {
		return buurtbel.Works
	}
	return buurtbel.Lives
}

func (v *visit) joinNow() error {
	home, kind, err := v.homeTyped()
	if err != nil {
		return err
	}
	f, err := v.readForm(home, kind)
	if err != nil {
		return err
	}
	page, wrong, err := v.s.o.Hall.Apply(v.r.Context(), f, v.origin())
	if len(wrong) > 0 || err != nil && mendable(err) {
		return v.joinAgain(f, wrong, err, false)
	}
	if err != nil {
		return err
	}
	return v.redirect("/join/" + page)
}

// joinAgain shows the form once more with what to mend, or the address where that is what is wrong.
func (v *visit) joinAgain(f *joining.Form, wrong joining.Wrong, problem error, paper bool) error {
	where, err := v.s.o.Hall.Check(v.r.Context(), f.Home, f.Kind)
	if buurtbel.KindOf(err) == buurtbel.Invalid {
		return v.joinStartPage(http.StatusUnprocessableEntity, f.Invitation, "", paper, err)
	}
	if err != nil {
		return err
	}
	if where.Network == nil {
		return v.joinStartPage(http.StatusConflict, f.Invitation, string(where.Found), paper, nil)
	}
	status, words := http.StatusUnprocessableEntity, ""
	if problem != nil {
		status, words = statusOf(buurtbel.KindOf(problem)), locale.Error(v.lang, problem)
	}
	return v.joinForm(status, where, f, wrong, words, paper)
}

// joinSaid are the words of what was just done, by which the page says so once.
var joinSaid = []string{"sent", "sent-voice", "sent-email", "proved", "answered", "withdrawn", "identity", "identity-other"}

func (v *visit) joinPage() error {
	said := ""
	if word := v.r.URL.Query().Get("said"); slices.Contains(joinSaid, word) {
		said = v.t("screen.join." + word)
	}
	return v.joinPageWith(http.StatusOK, said, "", nil)
}

// joinPageWith shows the applicant's page; more fills in what was just done.
func (v *visit) joinPageWith(status int, said, problem string, more func(*JoinPage)) error {
	link, err := v.link()
	if err != nil {
		return err
	}
	p, err := v.s.o.Hall.Show(v.r.Context(), link)
	if err != nil {
		return err
	}
	if !v.chose && p.App.Language.Valid() {
		v.lang = p.App.Language
	}
	view := v.joinView(p, link)
	if more != nil {
		more(&view)
	}
	f := v.plainFrame(v.t("screen.join.page-title", "Network", p.Network.Name), "/join/"+link, problem)
	f.Status = said
	return v.respond(status, f, view)
}

func (v *visit) joinView(p *joining.Page, link string) JoinPage {
	path := "/join/" + link
	state := p.App.State()
	view := JoinPage{Lead: v.t("screen.join.state-"+string(state), "Network", p.Network.Name)}
	if !state.Final() {
		view.Proofs, view.Withdraw = v.proofs(p.App, p.Contacts, p.Channels, path), path+"/withdraw"
		v.underWay(view.Proofs, p)
		if state == buurtbel.ApplicationReady && slices.ContainsFunc(view.Proofs, func(o OwnProof) bool { return !o.Done && o.Send != "" }) {
			view.Lead = v.t("screen.join.state-ready-open", "Network", p.Network.Name) // what is not proved when the coordinator decides is not kept
		}
		if _, ok := p.App.Has(buurtbel.FactAddress); !ok {
			address := v.addressProof(p.App, path+"/prove")
			for _, one := range v.s.o.Entry.Residents() {
				address.With = append(address.With, Link{Words: v.t("screen.join.with-provider", "Provider", one.Label), Href: path + "/with/" + one.Name})
			}
			view.Proofs = append(view.Proofs, address)
			if _, sent := p.App.Has(buurtbel.FactLetter); sent && state == buurtbel.ApplicationReady {
				view.Lead = v.t("screen.join.state-ready-letter", "Network", p.Network.Name)
			}
		}
	}
	if state == buurtbel.ApplicationAsked {
		for _, n := range p.Notes {
			if n.Kind == buurtbel.FactAsked {
				view.Question = n.Body
			}
		}
		view.Answer, view.Answers = Field{Name: "answer", Label: v.t("screen.join.answer"), Rows: 4}, path+"/answer"
	}
	if p.Member {
		view.Me = "/me"
	}
	return view
}

// proofs are the contact points of an applicant, masked: the page may be open on a shared device.
func (v *visit) proofs(a *buurtbel.Application, contacts []store.ApplicantContact, channels []buurtbel.Channel, path string) []OwnProof {
	var out []OwnProof
	for _, c := range contacts {
		p := OwnProof{Name: v.t("screen.join.contact-"+string(c.Kind), "Address", masked(c)), Done: c.Verified, Contact: c.ID.String(), Send: path + "/code", Enter: path + "/prove"}
		p.State = v.t("screen.join.proof-open")
		if p.Done {
			p.State = v.t("screen.join.proof-done")
		}
		for _, way := range map[buurtbel.ContactKind][]buurtbel.Channel{buurtbel.Mobile: {buurtbel.SMS, buurtbel.Voice}, buurtbel.Fixed: {buurtbel.Voice}, buurtbel.Mailbox: {buurtbel.Email}}[c.Kind] {
			if has(channels, way) {
				p.Ways = append(p.Ways, Option{ID: string(way), Words: v.t("screen.join.send-" + string(way))})
			}
		}
		p.Code = Field{Name: "code", Label: v.t("screen.join.code"), Auto: "one-time-code", Mode: "numeric"}
		if c.Kind == buurtbel.Mailbox {
			p.Enter = ""
		}
		if len(p.Ways) == 0 { // such as a fixed line where nothing calls
			p.Enter, p.Send, p.Hint = "", "", v.t("screen.me.prove-none")
		}
		out = append(out, p)
	}
	return out
}

// underWay tells the applicant of each contact point what was sent there and how long it holds, or what to ask for.
func (v *visit) underWay(list []OwnProof, p *joining.Page) {
	loc, err := p.Zone.Location()
	if err != nil {
		loc = v.place()
	}
	for i, c := range p.Contacts {
		if list[i].Done || list[i].Send == "" {
			continue
		}
		until, sent := p.UnderWay[c.ID]
		if sent {
			list[i].Hint = v.t("screen.join.on-its-way-"+string(c.Kind), "Time", locale.Clock(v.lang, until, loc), "Date", locale.Date(v.lang, until, loc))
		} else {
			list[i].Hint = v.t("screen.join.ask-" + string(c.Kind))
		}
	}
}

func has(list []buurtbel.Channel, c buurtbel.Channel) bool {
	for _, one := range list {
		if one == c {
			return true
		}
	}
	return false
}

func (v *visit) addressProof(a *buurtbel.Application, enter string) OwnProof {
	p := OwnProof{Name: v.t("screen.join.address"), State: v.t("screen.join.proof-open"), Hint: v.t("screen.join.address-hint")}
	if _, sent := a.Has(buurtbel.FactLetter); sent {
		p.Hint, p.Enter, p.Code = v.t("screen.join.letter-hint"), enter, Field{Name: "code", Label: v.t("screen.join.letter-code"), Auto: "off"}
	}
	return p
}

// masked shows enough of a contact point for its owner to know it.
func masked(c store.ApplicantContact) string {
	if c.Kind == buurtbel.Mailbox {
		name, host, _ := strings.Cut(c.Address, "@")
		return string([]rune(name + "x")[:1]) + "…@" + host
	}
	number := phone.Format(c.Address, "BE")
	return number[:min(4, len(number))] + " … " + number[max(0, len(number)-2):]
}

// postedContact reads which contact point is meant; 0 is the address.
func (v *visit) postedContact() (buurtbel.ID, error) {
	if err := v.form(); err != nil {
		return 0, err
	}
	raw := v.r.PostFormValue("contact")
	if raw == "" {
		return 0, nil
	}
	id, err := buurtbel.ParseID(raw)
	if err != nil {
		return 0, buurtbel.Fail(buurtbel.NotFound, "error.contact.unknown", nil)
	}
	return id, nil
}

// joinDone leads back to the page after something was done, so that who loads it again sends nothing twice, or shows it with the reason why not.
func (v *visit) joinDone(err error, said string) error {
	switch {
	case err == nil:
		return v.redirect("/join/" + v.r.PathValue("token") + "?said=" + said)
	case mendable(err) || buurtbel.KeyOf(err) == "error.proof.over":
		return v.joinPageWith(statusOf(buurtbel.KindOf(err)), "", locale.Error(v.lang, err), nil)
	}
	return err
}

func (v *visit) joinCode() error {
	contact, err := v.postedContact()
	if err != nil {
		return err
	}
	way := buurtbel.Channel(v.r.PostFormValue("way"))
	err = v.s.o.Hall.SendCode(v.r.Context(), v.r.PathValue("token"), contact, way, v.origin())
	said := "sent"
	if way == buurtbel.Voice || way == buurtbel.Email {
		said += "-" + string(way)
	}
	return v.joinDone(err, said)
}

func (v *visit) joinProve() error {
	contact, err := v.postedContact()
	if err != nil {
		return err
	}
	return v.joinDone(v.s.o.Hall.EnterCode(v.r.Context(), v.r.PathValue("token"), contact, v.r.PostFormValue("code")), "proved")
}

func (v *visit) joinAnswer() error {
	if err := v.form(); err != nil {
		return err
	}
	text, err := v.typed("answer", 2000)
	if err == nil {
		err = v.s.o.Hall.Answer(v.r.Context(), v.r.PathValue("token"), text)
	}
	return v.joinDone(err, "answered")
}

func (v *visit) joinWithdraw() error {
	return v.joinDone(v.s.o.Hall.Withdraw(v.r.Context(), v.r.PathValue("token")), "withdrawn")
}
