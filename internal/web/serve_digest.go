package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/informing"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// digestRoutes are the weekday police news: written and brought by an officer, decided by a zone, read again by members, published where the zone
// wants it.
func (s *Server) digestRoutes() []route {
	return []route{
		{method: "GET", path: "/digest", may: buurtbel.MayDigest, handler: (*visit).digest},
		{method: "GET", path: "/digest/new", may: buurtbel.MayDigest, handler: (*visit).digestNew},
		{method: "POST", path: "/digest/new", may: buurtbel.MayDigest, handler: (*visit).digestMake},
		{method: "GET", path: "/digest/items/{item}", may: buurtbel.MayDigest, handler: (*visit).digestItem},
		{method: "POST", path: "/digest/items/{item}", may: buurtbel.MayDigest, handler: (*visit).digestChange},
		{method: "GET", path: "/digest/list", may: buurtbel.MayDigest, handler: (*visit).digestList},
		{method: "POST", path: "/digest/list", may: buurtbel.MayDigest, handler: (*visit).digestBring},
		{method: "POST", path: "/digest/list/take", may: buurtbel.MayDigest, handler: (*visit).digestTake},
		{method: "GET", path: "/digest/tips", may: buurtbel.MayDigest, handler: (*visit).digestTips},
		{method: "POST", path: "/digest/tips", may: buurtbel.MayDigest, handler: (*visit).digestTipDo},
		{method: "GET", path: "/digest/rules", may: buurtbel.MayConfigure, handler: (*visit).digestRules},
		{method: "POST", path: "/digest/rules", may: buurtbel.MayConfigure, handler: (*visit).digestDecide},
		{method: "GET", path: "/news", open: true, handler: (*visit).news},
		{method: "GET", path: "/news/{zone}", open: true, handler: (*visit).newsOf},
		{method: "GET", path: "/news/{zone}/feed.atom", open: true, handler: (*visit).newsFeed},
	}
}

func (v *visit) digest() error {
	b, err := v.s.o.News.Board(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	view := DigestBoard{Next: v.t("screen.digest.never"), New: "/digest/new", List: "/digest/list", Tips: "/digest/tips"}
	if !b.Next.IsZero() {
		view.Next = v.t("screen.digest.next", "When", locale.When(v.lang, b.Next, v.now, b.Location))
	}
	if v.actor.May(buurtbel.MayConfigure, v.scope(), v.now) == nil {
		view.Rules = "/digest/rules"
	}
	for _, i := range b.Waiting {
		line := v.digestLine(b.Rules, i, b.Location)
		line.Href = "/digest/items/" + i.ID.String()
		if lacking := b.Lacking(i); len(lacking) > 0 {
			line.Note = v.t("screen.digest.lacks", "Languages", locale.List(v.lang, v.languageNames(lacking)))
		}
		view.Waiting = append(view.Waiting, line)
	}
	for _, l := range b.Letters {
		view.Sent = append(view.Sent, DigestSent{v.digestDay(l.Day, b.Location), b.Networks[l.Network], v.t("screen.digest.count", "Count", l.Items)})
	}
	f := v.frame(v.t("screen.digest.title"), Calm)
	f.Path = "/digest"
	if said := v.r.URL.Query().Get("said"); slices.Contains([]string{"kept", "taken-back", "brought"}, said) {
		f.Status = v.t("screen.digest.said-" + said)
	}
	return v.respond(http.StatusOK, f, view)
}

func (v *visit) languageNames(list []buurtbel.Language) []string {
	var out []string
	for _, l := range list {
		out = append(out, v.t("screen.digest.in-"+string(l)))
	}
	return out
}

func (v *visit) digestDay(day string, loc *time.Location) string {
	t, err := time.ParseInLocation(buurtbel.DigestDay, day, loc)
	if err != nil {
		return day
	}
	return locale.Date(v.lang, t.Add(12*time.Hour), loc)
}

// digestLine is an item in a list, in the reader's language; its words as they were written.
func (v *visit) digestLine(r buurtbel.DigestRules, i buurtbel.DigestItem, loc *time.Location) DigestLine {
	out := DigestLine{Category: informing.CategoryWords(r, i.Category, v.lang), Line: informing.Line(i, v.lang, loc)}
	for _, l := range buurtbel.Languages {
		if words := i.Info[l]; words != "" {
			out.Words = append(out.Words, DigestWords{string(l), words})
		}
	}
	return out
}

func (v *visit) digestNew() error {
	return v.digestForm(http.StatusOK, 0, informing.Entry{Day: v.now.In(v.place()).Format(buurtbel.DigestDay)}, nil, nil)
}

// digestForm shows an item being written, with what is wrong with it.
func (v *visit) digestForm(status int, id buurtbel.ID, e informing.Entry, l *informing.Looked, wrong error) error {
	b, err := v.s.o.News.Board(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	view := DigestForm{Action: "/digest/new", Title: v.t("screen.digest.new")}
	if id != 0 {
		view.Action, view.Title, view.TakeBack = "/digest/items/"+id.String(), v.t("screen.digest.change"), v.t("screen.digest.take-back-means")
	}
	for _, c := range append(slices.Clone(buurtbel.DigestCategories), b.Rules.Keys()...) {
		view.Categories = append(view.Categories, Option{ID: string(c), Words: informing.CategoryWords(b.Rules, c, v.lang), Chosen: c == e.Category})
	}
	for _, p := range buurtbel.DayParts {
		view.Parts = append(view.Parts, Option{ID: string(p), Words: locale.Text(v.lang, "digest.pick-"+string(p), nil), Chosen: p == e.Part})
	}
	field := func(name, value string) Field {
		return Field{Name: name, Label: v.t("screen.digest." + name), Hint: v.t("screen.digest." + name + "-hint"), Value: plain(value), Auto: "off"}
	}
	view.Municipality, view.Street, view.District = field("municipality", e.Municipality), field("street", e.Street), field("district", e.District)
	view.Day = Field{Name: "day", Label: v.t("screen.digest.day"), Type: "date", Value: plain(e.Day), Auto: "off"}
	view.Info = v.digestInfo(b, e)
	v.digestFound(&view, b, l)
	f := v.frame(view.Title, Calm)
	f.Path = view.Action
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	return v.respond(status, f, view)
}

// digestInfo is the one info field, once for each language that a network of the zone wants or that was written.
func (v *visit) digestInfo(b *informing.Board, e informing.Entry) []Field {
	var out []Field
	for _, l := range buurtbel.Languages {
		if slices.Contains(b.Languages, l) || e.Info[l] != "" || len(b.Languages) == 0 && l == buurtbel.Dutch {
			out = append(out, Field{Name: "info-" + string(l), Label: v.t("screen.digest.info", "Language", v.t("screen.digest.in-"+string(l))), Hint: v.t("screen.digest.info-hint"), Value: e.Info[l], Rows: 3, Lang: string(l)})
		}
	}
	return out
}

// digestFound puts what was found beside the fields that it is about.
func (v *visit) digestFound(view *DigestForm, b *informing.Board, l *informing.Looked) {
	if l == nil {
		return
	}
	for _, found := range l.Refused {
		words := locale.Text(v.lang, found.Key, found.Args)
		switch field := found.Field; {
		case field == "street" || found.Key == "error.digest.place":
			view.Street.Error = words
		case field == "district":
			view.District.Error = words
		case found.Key == "error.digest.category":
			view.CategoryError = words
		case found.Key == "error.digest.part":
			view.PartError = words
		case found.Key == "error.digest.day":
			view.Day.Error = words
		case found.Key == "error.digest.municipality":
			view.Municipality.Error = words
		default:
			view.Refused = append(view.Refused, v.digestFinding(found))
		}
	}
	for _, found := range l.Warned {
		view.Warned = append(view.Warned, v.digestFinding(found))
	}
	for _, i := range l.Beside {
		view.Beside = append(view.Beside, v.digestLine(b.Rules, i, b.Location))
	}
}

func (v *visit) digestFinding(f informing.Finding) DigestFinding {
	out := DigestFinding{Sentence: locale.Text(v.lang, f.Key, f.Args)}
	if words, ok := f.Args["Words"].(string); ok {
		out.Where = "“" + words + "”"
	}
	return out
}

// digestTyped reads an item as it was typed.
func (v *visit) digestTyped() (informing.Entry, error) {
	if err := v.form(); err != nil {
		return informing.Entry{}, err
	}
	e := informing.Entry{Category: buurtbel.DigestCategory(plain(v.r.PostFormValue("category"))), Part: buurtbel.DayPart(plain(v.r.PostFormValue("part"))), Day: v.r.PostFormValue("day"),
		Sure: v.r.PostFormValue("sure") != "", Info: map[buurtbel.Language]string{}}
	var wrong error
	read := func(name string, most int) string {
		text, err := v.typed(name, most)
		if err != nil && wrong == nil {
			wrong = err
		}
		return text
	}
	e.Municipality, e.Street, e.District = read("municipality", buurtbel.DigestPlace), read("street", buurtbel.DigestPlace), read("district", buurtbel.DigestPlace)
	for _, l := range buurtbel.Languages {
		e.Info[l] = strings.ReplaceAll(read("info-"+string(l), 4*buurtbel.DigestInfo), "\n", " ")
	}
	return e, wrong
}

func (v *visit) digestMake() error { return v.digestEnter(0) }

func (v *visit) digestEnter(id buurtbel.ID) error {
	e, err := v.digestTyped()
	var l *informing.Looked
	if err == nil {
		_, l, err = v.s.o.News.Enter(v.r.Context(), v.actor, v.zone, id, e)
	}
	if kind := buurtbel.KindOf(err); err != nil && (kind == buurtbel.Invalid || kind == buurtbel.Conflict) {
		return v.digestForm(statusOf(kind), id, e, l, err)
	}
	if err != nil {
		return err
	}
	return v.redirect("/digest?said=kept")
}

func (v *visit) digestItem() error {
	id, err := v.id("item")
	if err != nil {
		return err
	}
	i, err := v.s.o.News.Item(v.r.Context(), v.actor, v.zone, id)
	if err != nil {
		return err
	}
	if i.Edition != "" || i.TakenBack {
		return v.digestForm(http.StatusOK, id, entryOf(i), nil, buurtbel.Fail(buurtbel.Conflict, "error.digest.told", nil))
	}
	return v.digestForm(http.StatusOK, id, entryOf(i), nil, nil)
}

// entryOf is an item as it would be typed.
func entryOf(i buurtbel.DigestItem) informing.Entry {
	e := informing.Entry{Category: i.Category, Day: i.Day, Part: i.Part, Municipality: i.Municipality, District: i.Place, Info: i.Info}
	if i.Street {
		e.Street, e.District = i.Place, ""
	}
	return e
}

func (v *visit) digestChange() error {
	id, err := v.id("item")
	if err != nil {
		return err
	}
	i, err := v.s.o.News.Item(v.r.Context(), v.actor, v.zone, id) // another zone's does not exist here
	if err == nil {
		err = v.form()
	}
	if err != nil {
		return err
	}
	if v.r.PostFormValue("do") != "take-back" {
		return v.digestEnter(id)
	}
	err = v.s.o.News.TakeBack(v.r.Context(), v.actor, v.zone, id)
	if buurtbel.KindOf(err) == buurtbel.Conflict {
		return v.digestForm(http.StatusConflict, id, entryOf(i), nil, err)
	}
	if err != nil {
		return err
	}
	return v.redirect("/digest?said=taken-back")
}
