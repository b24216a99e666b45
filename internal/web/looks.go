package web

import (
	"net/http"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// looksPage shows every component; the pages it links to are filled with an invented town.
type looksPage struct {
	Pages    []Link
	Variants []Link
	Swatches []Swatch
	Sizes    []string
	Steps    []int
	Icons    []string
	Menu     Frame // of the view menu
	Outage   Outage
	Verdict  []string
	Cards    []Card
	Names    []NameStep
	Lines    []AlertLine
	Entries  []Entry
	Launch   string
	Fields   []Field
	Messages Frame
	Findings []Finding
	Checks   []Check
	Bubbles  []Bubble
	Letter   Letter
	Counts   Counts
	Plot     Plot
	Gaps     Gaps
	Back     Back
	Facts    []Fact
	Map      Map
}

func (looksPage) template() string { return "looks" }

// Looks serves /looks and /looks/<page>: the components and every page with invented data. It reads nothing and changes nothing.
// ?lang=, ?theme=, ?contrast=more, ?print=large and ?exercise=yes show the variants.
func Looks() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lang := buurtbel.Language(r.FormValue("lang"))
		if !lang.Valid() {
			lang = buurtbel.Dutch
		}
		s := sample{lang, r.FormValue("exercise") != ""}
		frame, view := s.page(strings.Trim(strings.TrimPrefix(r.URL.Path, "/looks"), "/"))
		if view == nil {
			http.NotFound(w, r)
			return
		}
		if theme := r.FormValue("theme"); theme == "light" || theme == "dark" {
			frame.Theme = theme
		}
		frame.Strong, frame.Large = r.FormValue("contrast") == "more", r.FormValue("print") == "large"
		if err := Respond(w, http.StatusOK, frame, view); err != nil {
			http.Error(w, locale.Text(lang, "error.internal", nil), http.StatusInternalServerError)
		}
	})
}

// sample fills views with an invented town in one language.
type sample struct {
	lang     buurtbel.Language
	exercise bool
}

func (s sample) t(key string, pairs ...any) string {
	words, err := sentence(s.lang, "screen."+key, pairs)
	if err != nil {
		return key
	}
	return words
}

// own gives a sentence of another area of the catalogue.
func (s sample) own(key string) string { return locale.Text(s.lang, key, nil) }

// samplePages lists the pages of /looks in the order of an alert's life.
var samplePages = []string{"sign-in", "sign-in-sent", "enter", "start-dispatcher", "start-officer", "start-coordinator", "start-member", "dispatch", "dispatch-refused",
	"confirm", "live", "live-waiting", "live-over", "alerts", "own", "names", "debts", "debts-none", "journal", "lost", "trees", "tree", "tree-sheets", "outage", "reach", "join", "join-none", "join-form", "join-mend", "join-page", "join-member", "join-verify", "shop", "applications", "application", "application-officer", "exercises", "drill-launch", "templates", "template", "template-new", "heard", "heard-said", "check", "check-real", "check-unknown", "number", "number-sheet", "number-zones", "carriers", "device", "app", "hand-over", "sign-in-all", "prove", "returned", "sealed", "account", "entries", "sealed-sheet", "failure"}

func (s sample) page(name string) (Frame, Page) {
	f := s.frame()
	switch name {
	case "":
		f.Title = s.t("looks.title")
		return f, s.looks()
	case "sign-in", "sign-in-sent":
		return s.signIn(name == "sign-in-sent")
	case "dispatch", "dispatch-refused":
		f.Title = s.t("dispatch.title")
		return f, s.dispatch(name == "dispatch-refused")
	case "live", "live-over", "live-waiting":
		f.Title = sampleTitle
		view := s.live(name == "live-over")
		if name == "live-waiting" {
			view.Waiting, view.Tells = Waiting{People: 6120, Since: "02.14 uur", Left: "4:12"}, nil
		}
		return f, view
	case "alerts":
		f.Title = s.t("place.alerts")
		return f, Alerts{New: true, Going: []AlertLine{{"/looks/live", sampleTitle, "BIN Kerkveld", "vandaag 02.14 uur", s.t("alert.running"), s.exercise}}}
	case "own":
		f.Title, f.Role, f.Places, f.HandOver = sampleTitle, s.t("role.coordinator"), nil, ""
		return f, s.ownNetwork()
	case "names":
		f.Title = s.t("names.title")
		return f, Names{Action: "/x", Back: "/looks/live", Shown: !s.exercise, Reason: Field{Name: "reason", Label: s.t("names.reason")}, Lines: []NameLine{{"Lies Wouters", "BIN Kerkveld", "rang", s.t("reason.no-answer"), s.steps()}}}
	case "debts", "debts-none":
		f.Title, f.Role = s.t("place.debts"), s.t("role.officer")
		return f, s.debts(name == "debts-none")
	case "journal":
		f.Title = s.t("place.journal")
		return f, s.journal()
	case "lost":
		f.Title, f.Role = s.t("lost.title"), s.t("role.coordinator")
		return f, s.lost()
	case "mail-stop", "mail-stopped":
		return s.mail(name)
	case "me-in", "me-night", "me-code", "me", "me-wishes", "me-contacts", "me-contacts-sure", "me-add", "me-prove", "me-home", "me-away", "me-reading", "me-messages", "me-data", "me-looks", "me-leave", "me-done":
		return s.me(name)
	case "asked", "keep", "keep-one", "breaches", "breach":
		return s.keepPages(name)
	case "trees", "tree", "tree-sheets":
		f.Title, f.Role = s.t("tree.title"), s.t("role.coordinator")
		return f, s.tree(name)
	case "exercises", "drill-launch":
		f.Title, f.Role = s.t("exercises.title"), s.t("role.coordinator")
		if name == "drill-launch" {
			f.Title, f.Role, f.Mode = s.t("exercises.launch-title", "Network", "BIN Kerkveld"), s.t("role.officer"), Exercise
		}
		return f, s.exercises(name == "drill-launch")
	case "reach":
		f.Title, f.Role = s.t("reach.title"), s.t("role.officer")
		return f, s.reach()
	case "outage":
		f.Title, f.OutageAt = s.t("dispatch.title"), "/looks/nothing-newer"
		f.Outage = Outage{Words: s.t("carriers.none"), Href: "/looks/trees", All: true}
		view := s.dispatch(false)
		view.Preflight.Findings = append([]Finding{{Level: "warned", Code: "carriers", Sentence: s.t("carriers.launch-none", "Until", "04.14 uur")}}, view.Preflight.Findings...)
		return f, view
	case "join", "join-none", "join-form", "join-mend", "join-page", "join-member", "join-verify", "shop":
		return s.joining(f, name)
	case "applications", "application", "application-officer":
		return s.applications(f, name)
	case "templates", "template", "template-new":
		f.Role = s.t("role.officer")
		return s.templates(f, name)
	case "failure":
		f.Title = s.t("failure.not-found")
		return f, Failure{s.t("failure.not-found"), s.t("failure.not-found-means"), s.t("failure.next"), "/", s.t("failure.home")}
	}
	if role, ok := strings.CutPrefix(name, "start-"); ok {
		return s.start(f, role)
	}
	return s.person(f, name)
}

func (s sample) person(f Frame, name string) (Frame, Page) {
	switch name {
	case "sign-in-all", "prove", "returned", "sealed", "account", "entries", "sealed-sheet":
		return s.entryPages(f, name)
	case "heard", "heard-said":
		f.Shape, f.Title = Member, s.t("heard.title", "Source", sampleZone)
		return f, s.heard(name == "heard-said")
	case "device", "app":
		f.Shape, f.Title = Member, s.t("device.title")
		return f, s.device(name == "app")
	case "check", "check-real", "check-unknown":
		return s.check(f, name)
	case "number", "number-sheet", "number-zones":
		return s.number(f, name)
	case "carriers":
		f.Title = s.t("carriers.title")
		return f, s.carriers()
	case "confirm":
		f.Shape, f.Title, f.Places = Bare, s.t("confirm.title"), nil
		return f, s.confirm()
	case "enter":
		return s.enter(f)
	case "hand-over":
		f.Shape, f.Title, f.Places = Bare, s.t("hand-over.title"), nil
		return f, s.handOver()
	}
	return f, nil
}

func (s sample) frame() Frame {
	f := Frame{Language: s.lang, Zone: sampleZone, Person: "Ann Peeters", Role: s.t("role.dispatcher"), Path: "/looks", HandOver: "/looks/hand-over", SignOut: "/sign-out", Places: []Link{
		{s.t("place.dispatch"), "/looks/dispatch", false}, {s.t("place.alerts"), "/looks/live", false}, {s.t("place.debts"), "/looks/debts", false},
	}}
	if s.exercise {
		f.Mode = Exercise
	}
	return f
}

func (s sample) looks() looksPage {
	d := s.dispatch(true)
	l := s.live(false)
	colours, err := swatches(s.lang)
	if err != nil { // embedded: the tests read it
		colours = nil
	}
	journal := s.journal()
	p := looksPage{Swatches: colours, Sizes: sizes, Steps: steps, Icons: iconNames(), Menu: Frame{Language: s.lang, Path: "/looks"}, Outage: Outage{Words: s.t("carriers.none"), Href: "/looks/trees", All: true},
		Names: s.steps(), Entries: journal.Entries, Lines: []AlertLine{{"/looks/live", sampleTitle, "BIN Kerkveld", "vandaag 02.14 uur", s.t("alert.running"), s.exercise}}, Launch: d.Preflight.Launch.Words, Findings: d.Preflight.Findings, Checks: d.Preflight.Elements, Bubbles: d.Preflight.Bubbles,
		Letter: d.Preflight.Letter, Counts: l.Counts, Plot: l.Plot, Gaps: l.Gaps, Back: l.Back, Facts: journal.Facts, Map: d.Map}
	p.Map.Places = d.Preflight.Places
	p.Messages = Frame{Status: s.t("confirm.done-yes"), Problem: s.t("dispatch.wait-refused")}
	p.Fields = []Field{
		{Name: "street-sample", Label: s.t("field.street"), Hint: s.t("field.street-hint"), Value: "Kerkstraat"},
		{Name: "email-sample", Label: s.t("field.email"), Hint: s.t("field.email-hint"), Value: "ann.peeters", Error: s.t("field.email-error"), Type: "email"},
		{Name: "text-sample", Label: s.t("field.feedback"), Hint: s.t("field.feedback-hint"), Rows: 3},
	}
	if _, view := s.start(s.frame(), "officer"); view != nil {
		if start, ok := view.(Start); ok {
			p.Cards = start.Cards
		}
	}
	if _, view := s.check(s.frame(), "check-unknown"); view != nil {
		if code, ok := view.(Code); ok {
			p.Verdict = code.Says
		}
	}
	p.Variants = s.variants()
	for _, name := range samplePages {
		p.Pages = append(p.Pages, Link{Words: name, Href: "/looks/" + name})
	}
	return p
}

// variants are the same page as other people see it.
func (s sample) variants() []Link {
	at := "/looks?lang=" + string(s.lang)
	return []Link{{Words: s.t("frame.theme.light"), Href: at + "&theme=light"}, {Words: s.t("frame.theme.dark"), Href: at + "&theme=dark"},
		{Words: s.t("looks.strong-light"), Href: at + "&theme=light&contrast=more"}, {Words: s.t("looks.strong-dark"), Href: at + "&theme=dark&contrast=more"},
		{Words: s.t("frame.print-large"), Href: at + "&print=large"}, {Words: s.t("frame.drill"), Href: at + "&exercise=yes"}}
}
