package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// templateRoutes are the ready texts of the zone.
func (s *Server) templateRoutes() []route {
	return []route{
		{method: "GET", path: "/templates", may: buurtbel.MayConfigure, handler: (*visit).templates},
		{method: "GET", path: "/templates/{key}", may: buurtbel.MayConfigure, handler: (*visit).editTemplate},
		{method: "POST", path: "/templates/{key}", may: buurtbel.MayConfigure, handler: (*visit).saveTemplate},
	}
}

// newTemplate stands in the address of a ready text that does not exist yet.
const newTemplate = "new"

func (v *visit) templates() error {
	list, err := v.s.o.Desk.Patterns(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	zone, err := v.readZone()
	if err != nil {
		return err
	}
	after, err := v.s.o.Desk.Followers(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	view := Templates{New: "/templates/" + newTemplate}
	for i := range list {
		line := v.templateLine(zone, &list[i])
		if list[i].Own {
			view.Own = append(view.Own, line)
		} else {
			view.Ready = append(view.Ready, line)
		}
	}
	for i := range after {
		view.After = append(view.After, v.templateLine(zone, &after[i]))
	}
	f := v.frame(v.t("screen.templates.title"), Calm)
	f.Path = "/templates"
	switch v.r.URL.Query().Get("done") {
	case "reset":
		f.Status = v.t("screen.templates.done-reset")
	case "dropped":
		f.Status = v.t("screen.templates.done-dropped")
	}
	return v.respond(http.StatusOK, f, view)
}

func (v *visit) templateLine(zone *buurtbel.Zone, p *alerting.Pattern) TemplateLine {
	line := TemplateLine{Name: p.Title(v.lang), Href: "/templates/" + p.Key, Valid: locale.Span(v.lang, p.Valid), Urgency: v.t("screen.templates.urgency-same"), Edited: p.Edited}
	if p.Follows == "" {
		line.Urgency = v.t("screen.dispatch.urgency." + string(zone.Plan.UrgencyOf(p.Fact)))
	}
	return line
}

func (v *visit) readZone() (zone *buurtbel.Zone, err error) {
	err = v.read(func(tx *store.Tx) error {
		zone, err = tx.Zone()
		return err
	})
	return zone, err
}

// patternAt is the ready text of the address; a fresh one under "new".
func (v *visit) patternAt() (*alerting.Pattern, error) {
	key := v.r.PathValue("key")
	if key == newTemplate {
		return &alerting.Pattern{Fact: "other", Valid: 2 * time.Hour, Own: true}, nil
	}
	list, err := v.s.o.Desk.Patterns(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return nil, err
	}
	after, err := v.s.o.Desk.Followers(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return nil, err
	}
	p, ok := ready(append(list, after...)).of(key)
	if !ok {
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.template.unknown", nil)
	}
	return &p, nil
}

func (v *visit) editTemplate() error {
	p, err := v.patternAt()
	if err != nil {
		return err
	}
	edit := &alerting.TemplateEdit{Key: p.Key, Fact: p.Fact, Titles: p.Titles, Texts: p.Texts, Valid: p.Valid}
	check := &alerting.Check{}
	if p.Key != "" {
		if check, err = v.s.o.Desk.CheckTemplate(v.r.Context(), v.actor, v.zone, edit); err != nil {
			return err
		}
	}
	status := ""
	if v.r.URL.Query().Get("done") == "saved" {
		status = v.t("screen.templates.done-saved")
	}
	return v.templatePage(http.StatusOK, p, edit, check, status, "")
}

// saveTemplate keeps what was typed, or gives the catalogue's words back. What is refused comes back as it was typed.
func (v *visit) saveTemplate() error {
	if err := v.form(); err != nil {
		return err
	}
	p, err := v.patternAt()
	if err != nil {
		return err
	}
	ctx := v.r.Context()
	if v.r.PostFormValue("do") == "reset" && p.Key != "" {
		if err := v.s.o.Desk.ResetTemplate(ctx, v.actor, v.zone, p.Key); err != nil {
			return err
		}
		if p.Own {
			return v.redirect("/templates?done=dropped")
		}
		return v.redirect("/templates?done=reset")
	}
	edit := v.typedTemplate(p)
	key, err := v.s.o.Desk.EditTemplate(ctx, v.actor, v.zone, edit)
	var refused *alerting.Refusal
	switch kind := buurtbel.KindOf(err); {
	case err == nil:
		return v.redirect("/templates/" + key + "?done=saved")
	case errors.As(err, &refused):
		return v.templatePage(http.StatusUnprocessableEntity, p, edit, refused.Check, "", locale.Error(v.lang, refused.Sentence))
	case kind == buurtbel.Conflict || kind == buurtbel.Busy:
		return v.templatePage(statusOf(kind), p, edit, &alerting.Check{}, "", locale.Error(v.lang, err))
	}
	return err
}

// typedTemplate reads the form. Nothing is refused here: the check says what is wrong, and what was typed stays.
func (v *visit) typedTemplate(p *alerting.Pattern) *alerting.TemplateEdit {
	get := func(name string) string { return strings.TrimSpace(plain(v.r.PostFormValue(name))) }
	minutes := min(max(number(get("valid"), 0), 0), 100_000)
	edit := &alerting.TemplateEdit{Key: p.Key, Fact: buurtbel.Fact(get("fact")), Valid: time.Duration(minutes) * time.Minute,
		Titles: map[buurtbel.Language]string{}, Texts: map[buurtbel.Language]string{}}
	if _, posted := v.r.PostForm["valid"]; !posted {
		edit.Valid = p.Valid
	}
	for _, lang := range buurtbel.Languages {
		edit.Titles[lang], edit.Texts[lang] = get("title-"+string(lang)), get("text-"+string(lang))
	}
	return edit
}

func (v *visit) templatePage(code int, p *alerting.Pattern, edit *alerting.TemplateEdit, check *alerting.Check, status, problem string) error {
	zone, err := v.readZone()
	if err != nil {
		return err
	}
	view := TemplateEdit{Action: "/templates/" + newTemplate, Back: "/templates", Name: v.t("screen.templates.new"), Fresh: p.Key == "", Own: p.Own, Edited: p.Edited, Follows: p.Follows != "",
		Valid: v.validities(edit.Valid), Findings: v.templateFindings(check, "", edit)}
	if p.Key != "" {
		view.Action, view.Name = "/templates/"+p.Key, p.Title(v.lang)
	}
	if p.Own {
		view.Facts = v.facts(zone, edit.Fact)
	}
	for _, name := range p.Slots() {
		view.Slots = append(view.Slots, Fact{"{" + name + "}", v.t("template.slot." + name)})
	}
	for _, lang := range buurtbel.Languages {
		version := v.templateVersion(zone, check, edit, lang)
		if view.Follows { // its title is only what we call it: the mail has the alert's
			version.Title, version.Text.Rows = Field{}, 5
		}
		view.Versions = append(view.Versions, version)
	}
	f := v.frame(view.Name, Calm)
	f.Path, f.Status, f.Problem = view.Action, status, problem
	return v.respond(code, f, view)
}

func (v *visit) templateVersion(zone *buurtbel.Zone, check *alerting.Check, edit *alerting.TemplateEdit, lang buurtbel.Language) TemplateVersion {
	l := string(lang)
	out := TemplateVersion{Language: l, Name: v.t("screen.language.own." + l), Findings: v.templateFindings(check, lang, edit),
		Title: Field{Name: "title-" + l, Label: v.t("screen.templates.field-title"), Value: edit.Titles[lang], Lang: l, Auto: "off"},
		Text:  Field{Name: "text-" + l, Label: v.t("screen.templates.field-text"), Value: edit.Texts[lang], Lang: l, Auto: "off", Rows: 9}}
	for _, t := range check.Texts {
		if t.Regime == l {
			out.Bubble = &Bubble{From: zone.Name, Text: buurtbel.WithoutLink(t.SMS), Length: t.Units, Parts: t.Parts, Wide: len(t.Offending) > 0,
				Price: locale.Price(v.lang, int64(t.Parts)*v.s.partPrice(zone))}
			if out.Bubble.Wide {
				out.Bubble.Tip = v.t("screen.sms.wide-why", "Characters", strings.Join(slices.Compact(slices.Clone(t.Offending)), " "))
			}
		}
	}
	return out
}

// templateFindings puts into words what the check noticed of a language; "" for what is about all of them.
func (v *visit) templateFindings(check *alerting.Check, lang buurtbel.Language, edit *alerting.TemplateEdit) []Finding {
	var out []Finding
	for _, level := range []wording.Level{wording.Refuse, wording.Warn, wording.Note} {
		for _, p := range check.Problems {
			if p.Level != level || p.Language != lang {
				continue
			}
			f := Finding{Level: levels[level], Code: strings.ReplaceAll(p.Key, ".", "-"), Sentence: locale.Text(v.lang, p.Key, p.Args)}
			if text := edit.Texts[lang]; p.Start < p.End && p.End <= len(text) && !strings.Contains(f.Sentence, text[p.Start:p.End]) {
				f.Where = text[p.Start:p.End]
			}
			if !slices.ContainsFunc(out, func(o Finding) bool { return o.Sentence == f.Sentence && o.Where == f.Where }) {
				out = append(out, f)
			}
		}
	}
	return out
}

// facts lists what the zone's plan knows.
func (v *visit) facts(zone *buurtbel.Zone, now buurtbel.Fact) []Option {
	var out []Option
	for _, rule := range zone.Plan.Rules {
		key := "template.fact." + string(rule.Fact)
		o := Option{ID: string(rule.Fact), Words: string(rule.Fact), Chosen: rule.Fact == now}
		if locale.Has(key) {
			o.Words = v.t(key)
		}
		out = append(out, o)
	}
	return out
}

// validities lists how long an alert may hold, in minutes, with the one of now among them.
func (v *visit) validities(now time.Duration) []Option {
	minutes := []int{30, 60, 120, 180, 240, 360, 480, 720, 1440, 2880}
	chosen := int(now.Minutes())
	if !slices.Contains(minutes, chosen) {
		minutes = append(minutes, chosen)
		slices.Sort(minutes)
	}
	var out []Option
	for _, m := range minutes {
		out = append(out, Option{ID: strconv.Itoa(m), Words: locale.Span(v.lang, time.Duration(m)*time.Minute), Chosen: m == chosen})
	}
	return out
}
