package web

import (
	"net/http"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/store"
)

// applicationRoutes are the desk of who decides about applications: coordinator, deputy and officer. Only a POST opens who applied, and is journalled.
func (s *Server) applicationRoutes() []route {
	return []route{
		{method: "GET", path: "/applications", may: buurtbel.MayTakeIn, handler: (*visit).applications},
		{method: "GET", path: "/applications/new", may: buurtbel.MayTakeIn, handler: (*visit).paperStart},
		{method: "POST", path: "/applications/new/where", may: buurtbel.MayTakeIn, handler: (*visit).paperWhere},
		{method: "POST", path: "/applications/new", may: buurtbel.MayTakeIn, handler: (*visit).paperNow},
		{method: "GET", path: "/applications/{id}", may: buurtbel.MayTakeIn, handler: (*visit).application},
		{method: "POST", path: "/applications/{id}", may: buurtbel.MayTakeIn, handler: (*visit).openApplication},
		{method: "POST", path: "/applications/{id}/decide", may: buurtbel.MayTakeIn, handler: (*visit).decideApplication},
		{method: "POST", path: "/applications/{id}/code", may: buurtbel.MayTakeIn, handler: (*visit).codeForApplicant},
		{method: "POST", path: "/applications/{id}/prove", may: buurtbel.MayTakeIn, handler: (*visit).proveForApplicant},
		{method: "POST", path: "/applications/{id}/letter", may: buurtbel.MayTakeIn, handler: (*visit).addressLetter},
		{method: "POST", path: "/applications/{id}/consent", may: buurtbel.MayTakeIn, handler: (*visit).consentForm},
		{method: "POST", path: "/applications/{id}/welcome", may: buurtbel.MayTakeIn, handler: (*visit).welcomeLetter},
	}
}

func (v *visit) applications() error {
	list, err := v.s.o.Hall.Waiting(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	names := map[buurtbel.ID]string{}
	if err := v.read(func(tx *store.Tx) error {
		all, err := tx.Networks()
		for _, n := range all {
			names[n.ID] = n.Name
		}
		return err
	}); err != nil {
		return err
	}
	view := Applications{New: "/applications/new"}
	loc := v.place()
	for _, a := range list {
		line := ApplicationLine{When: locale.When(v.lang, a.Facts[0].At, v.now, loc), Network: names[a.Network], State: v.t("screen.applications.state-" + string(a.State())),
			Missing: v.missing(a), Href: "/applications/" + a.ID.String()}
		if v.coordinator(a.Network) {
			line.Open = line.Href
		}
		view.Lines = append(view.Lines, line)
	}
	f := v.frame(v.t("screen.applications.title"), Calm)
	f.Path = "/applications"
	return v.respond(http.StatusOK, f, view)
}

// missing says in words what acceptance still lacks.
func (v *visit) missing(a *buurtbel.Application) string {
	words := v.missingWords(a)
	if len(words) == 0 {
		return ""
	}
	return v.t("screen.applications.missing", "What", locale.List(v.lang, words))
}

func (v *visit) missingWords(a *buurtbel.Application) []string {
	var words []string
	for _, m := range a.Missing() {
		words = append(words, v.t("screen.applications.missing-"+m))
	}
	return words
}

func (v *visit) paperStart() error { return v.joinStartPage(http.StatusOK, "", "", true, nil) }
func (v *visit) paperWhere() error { return v.where(true) }

func (v *visit) paperNow() error {
	home, kind, err := v.homeTyped()
	if err != nil {
		return err
	}
	f, err := v.readForm(home, kind)
	if err != nil {
		return err
	}
	id, wrong, err := v.s.o.Hall.Paper(v.r.Context(), v.actor, v.zone, f)
	if len(wrong) > 0 || err != nil && mendable(err) {
		return v.joinAgain(f, wrong, err, true)
	}
	if err != nil {
		return err
	}
	return v.redirect("/applications/" + id.String())
}

// application shows how one stands, without who applied.
func (v *visit) application() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	o, err := v.s.o.Hall.Outline(v.r.Context(), v.actor, v.zone, id)
	if err != nil {
		return err
	}
	said := ""
	if v.r.URL.Query().Get("said") == "decided" {
		said = v.t("screen.applications.decided")
	}
	return v.applicationPage(http.StatusOK, v.outlineView(o), said, "")
}

func (v *visit) applicationPage(status int, view ApplicationPage, said, problem string) error {
	f := v.frame(v.t("screen.applications.one"), Calm)
	f.Path, f.Status, f.Problem = "/applications", said, problem
	return v.respond(status, f, view)
}

func (v *visit) outlineView(o *joining.Outline) ApplicationPage {
	path := "/applications/" + o.App.ID.String()
	state := o.App.State()
	view := ApplicationPage{Lead: v.t("screen.applications.lead", "Network", o.Network.Name, "State", v.t("screen.applications.state-"+string(state))), Missing: v.missingWords(o.App)}
	loc := v.place()
	for _, f := range o.App.Facts {
		if f.Kind == buurtbel.FactReminded {
			continue
		}
		view.History = append(view.History, Fact{v.t("screen.applications.fact-" + string(f.Kind)), locale.When(v.lang, f.At, v.now, loc) + v.factDetail(f)})
	}
	if !state.Final() {
		view.Open = path
		if !v.coordinator(o.App.Network) {
			view.Reason = Field{Name: "reason", Label: v.t("screen.names.reason"), Hint: v.t("screen.applications.reason-hint")}
		}
	}
	if _, welcomed := o.App.Has(buurtbel.FactWelcomed); state == buurtbel.ApplicationAccepted && !welcomed {
		view.Welcome = path + "/welcome"
	}
	return view
}

func (v *visit) factDetail(f buurtbel.ApplicationFact) string {
	switch f.Kind {
	case buurtbel.FactAddress:
		return " · " + v.t("screen.applications.by-"+f.Detail)
	case buurtbel.FactDeclined:
		return " · " + v.t("screen.applications.ground-"+f.Detail)
	case buurtbel.FactRules:
		if f.Detail == "0" {
			return " · " + v.t("screen.join.rules-standard")
		}
		return " · " + v.t("screen.join.rules-version", "Version", f.Detail)
	case buurtbel.FactApplied:
		return " · " + v.t("screen.applications.found-"+f.Detail)
	}
	return ""
}

// openApplication shows who applied, with what can be done.
func (v *visit) openApplication() error {
	if err := v.form(); err != nil {
		return err
	}
	return v.openedPage(http.StatusOK, "", "")
}

// admitPurpose is why names are opened: an official writes it.
func (v *visit) admitPurpose(network buurtbel.ID) (string, error) {
	if v.coordinator(network) {
		return "application", nil
	}
	reason, err := v.typed("reason", 500)
	if err == nil && !says(reason) {
		err = buurtbel.Fail(buurtbel.Invalid, "screen.names.reason-missing", nil)
	}
	return reason, err
}

func (v *visit) openedPage(status int, said, problem string) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	outline, err := v.s.o.Hall.Outline(v.r.Context(), v.actor, v.zone, id)
	if err != nil {
		return err
	}
	if outline.App.State().Final() {
		return v.applicationPage(status, v.outlineView(outline), said, problem)
	}
	purpose, err := v.admitPurpose(outline.App.Network)
	if buurtbel.KindOf(err) == buurtbel.Invalid {
		view := v.outlineView(outline)
		view.Reason.Error = locale.Error(v.lang, err)
		return v.applicationPage(http.StatusUnprocessableEntity, view, "", "")
	}
	if err != nil {
		return err
	}
	o, err := v.s.o.Hall.Open(v.r.Context(), v.actor, v.roleFirst(), v.zone, id, purpose)
	if err != nil {
		return err
	}
	return v.applicationPage(status, v.openedView(o, purpose), said, problem)
}

func (v *visit) openedView(o *joining.Opened, purpose string) ApplicationPage {
	view := v.outlineView(&o.Outline)
	path := view.Open
	view.Opened, view.Reason.Value = true, purpose
	view.Person = v.applicant(o)
	view.Proofs = v.proofs(o.App, o.Contacts, []buurtbel.Channel{buurtbel.SMS, buurtbel.Voice, buurtbel.Email}, path)
	if _, sent := o.App.Has(buurtbel.FactLetter); sent && !o.App.State().Final() {
		address := v.addressProof(o.App, path+"/prove")
		address.Hint = ""
		view.Proofs = append(view.Proofs, address)
	}
	if view.Reason.Name != "" {
		for i := range view.Proofs {
			view.Proofs[i].Reason = purpose
		}
	}
	view.Decide, view.Letter, view.Consent = path+"/decide", path+"/letter", path+"/consent"
	officer := v.actor.Holds(buurtbel.RoleOfficer, v.zone, v.now)
	ready := *o.App
	_, known := o.App.Has(buurtbel.FactAddress)
	if view.Knows = !known; view.Knows {
		ready.Facts = append(append([]buurtbel.ApplicationFact(nil), ready.Facts...), buurtbel.ApplicationFact{Kind: buurtbel.FactAddress})
	}
	view.Accept = ready.MayFollow(buurtbel.ApplicationFact{Kind: buurtbel.FactAccepted}, officer) == nil
	for _, g := range buurtbel.DeclineGrounds {
		view.Grounds = append(view.Grounds, Option{ID: string(g), Words: v.t("screen.applications.ground-" + string(g))})
	}
	if officer {
		view.Grounds = append(view.Grounds, Option{ID: string(buurtbel.DeclineOfficer), Words: v.t("screen.applications.ground-officer")})
		view.Why = Field{Name: "why", Label: v.t("screen.applications.why"), Rows: 3}
	} else if o.App.State() != buurtbel.ApplicationReferred {
		view.Refer = Field{Name: "refer", Label: v.t("screen.applications.refer-why"), Rows: 3}
	}
	view.Ask = Field{Name: "question", Label: v.t("screen.applications.question"), Hint: v.t("screen.applications.question-hint"), Rows: 3}
	if o.App.State() == buurtbel.ApplicationAsked {
		view.Answer = Field{Name: "answer", Label: v.t("screen.applications.answer"), Rows: 3}
	}
	for _, n := range o.Notes {
		view.Notes = append(view.Notes, Said{string(v.lang), v.t("screen.applications.fact-"+string(n.Kind)) + ": " + n.Body})
	}
	return view
}

// applicant lists who applied, for who decides.
func (v *visit) applicant(o *joining.Opened) []Fact {
	home := strings.TrimSpace(o.Person.Home.Street + " " + o.Person.Home.Number)
	if o.Person.Home.Box != "" {
		home = v.t("screen.applications.box", "Home", home, "Box", o.Person.Home.Box)
	}
	out := []Fact{{v.t("screen.applications.name"), o.Person.Name.Given + " " + o.Person.Name.Family},
		{v.t("screen.applications.basis-" + string(o.App.Basis)), home + ", " + o.Person.Home.PostalCode + " " + o.Person.Home.Municipality}}
	if o.Person.Shop != "" {
		out = append(out, Fact{v.t("screen.join.shop"), o.Person.Shop})
	}
	for _, c := range o.Contacts {
		address := c.Address
		if c.Kind != buurtbel.Mailbox {
			address = phone.Format(address, o.Zone.Country)
		}
		out = append(out, Fact{v.t("screen.lost.kind-" + string(c.Kind)), address})
	}
	if o.App.Source != buurtbel.FromForm {
		out = append(out, Fact{v.t("screen.applications.source"), v.t("screen.applications.source-" + string(o.App.Source))})
	}
	return out
}

// decideApplication takes one of the decisions of the page.
func (v *visit) decideApplication() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	d := joining.Decision{Kind: buurtbel.ApplicationFactKind(v.r.PostFormValue("do")), Knowing: v.r.PostFormValue("knows") == "yes"}
	field := map[buurtbel.ApplicationFactKind]string{buurtbel.FactAsked: "question", buurtbel.FactAnswered: "answer", buurtbel.FactReferred: "refer", buurtbel.FactDeclined: "why", buurtbel.FactAccepted: ""}
	name, known := field[d.Kind]
	if !known {
		return v.openedPage(http.StatusUnprocessableEntity, "", v.t("screen.applications.choose"))
	}
	if name != "" {
		if d.Note, err = v.typed(name, 2000); err != nil {
			return err
		}
	}
	if d.Kind == buurtbel.FactDeclined {
		if d.Ground = buurtbel.DeclineGround(v.r.PostFormValue("ground")); d.Ground != buurtbel.DeclineOfficer {
			d.Note = ""
		}
	}
	err = v.s.o.Hall.Decide(v.r.Context(), v.actor, v.zone, id, d)
	if err != nil && mendable(err) {
		return v.openedPage(statusOf(buurtbel.KindOf(err)), "", locale.Error(v.lang, err))
	}
	if err != nil {
		return err
	}
	return v.redirect("/applications/" + id.String() + "?said=decided")
}

// codeForApplicant sends a code while the applicant is beside, or on the telephone.
func (v *visit) codeForApplicant() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	contact, err := v.postedContact()
	if err != nil {
		return err
	}
	err = v.s.o.Hall.SendCodeFor(v.r.Context(), v.actor, v.zone, id, contact, buurtbel.Channel(v.r.PostFormValue("way")))
	return v.helped(err, v.t("screen.applications.code-sent"))
}

func (v *visit) proveForApplicant() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	contact, err := v.postedContact()
	if err != nil {
		return err
	}
	err = v.s.o.Hall.EnterCodeFor(v.r.Context(), v.actor, v.zone, id, contact, v.r.PostFormValue("code"))
	return v.helped(err, v.t("screen.join.proved"))
}

func (v *visit) helped(err error, said string) error {
	if err != nil && (mendable(err) || buurtbel.KeyOf(err) == "error.proof.over") {
		return v.openedPage(statusOf(buurtbel.KindOf(err)), "", locale.Error(v.lang, err))
	}
	if err != nil {
		return err
	}
	return v.openedPage(http.StatusOK, said, "")
}

// applicationCards count the applications on which the person decides: a coordinator's those that wait, an officer's those that were referred.
func (v *visit) applicationCards(tx *store.Tx, d *overview) ([]Card, error) {
	if v.may(buurtbel.MayTakeIn) != nil {
		return nil, nil
	}
	own := map[buurtbel.ID]bool{}
	for _, n := range d.networks {
		own[n.ID] = v.coordinator(n.ID)
	}
	officer := v.actor.Holds(buurtbel.RoleOfficer, v.zone, v.now)
	all, err := tx.OpenApplications(startApplications)
	n := 0
	for _, a := range all {
		state, edge := a.State(), a.Found == buurtbel.FoundRefer
		if own[a.Network] && state == buurtbel.ApplicationReady && !edge || officer && (state == buurtbel.ApplicationReferred || state == buurtbel.ApplicationReady && edge) {
			n++
		}
	}
	if err != nil || n == 0 {
		return nil, err
	}
	return []Card{{Count: n, Title: v.t("screen.start.applications", "Count", n), Text: v.t("screen.start.applications-text"), Action: v.t("screen.start.applications-do"), Href: "/applications"}}, nil
}

// startApplications is how many open applications the first page looks through.
const startApplications = 300
