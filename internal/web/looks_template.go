package web

import (
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
)

func (s sample) templates(f Frame, name string) (Frame, Page) {
	f.Title = s.t("templates.title")
	burglary, _ := locale.TemplateOf("burglary-in-progress")
	if name == "templates" {
		v := Templates{New: "/looks/template-new", Own: []TemplateLine{{"Koeien op de weg", "/looks/template-new", locale.Span(s.lang, 2*time.Hour), s.t("dispatch.urgency.now"), true}}}
		for i, t := range locale.Templates()[:8] {
			v.Ready = append(v.Ready, TemplateLine{t.Title(s.lang), "/looks/template", locale.Span(s.lang, t.ExpiresAfter), s.t("dispatch.urgency." + string(t.Urgency)), i == 1})
		}
		for _, t := range locale.Templates()[19:] {
			v.After = append(v.After, TemplateLine{t.Title(s.lang), "/looks/template", locale.Span(s.lang, t.ExpiresAfter), s.t("templates.urgency-same"), false})
		}
		return f, v
	}
	v := TemplateEdit{Action: "/templates/burglary-in-progress", Back: "/looks/templates", Name: burglary.Title(s.lang), Edited: true,
		Valid: []Option{{"60", locale.Span(s.lang, time.Hour), "", true}}, Slots: []Fact{{"{place}", s.own("template.slot.place")}, {"{description}", s.own("template.slot.description")}}}
	if name == "template-new" {
		v.Name, v.Fresh, v.Own = s.t("templates.new"), true, true
		v.Facts = []Option{{"other", s.own("template.fact.other"), "", true}}
		f.Problem = s.own("error.template.refused")
		v.Findings = []Finding{{Level: "refused", Sentence: s.own("error.template.empty")}}
	}
	f.Title = v.Name
	for _, lang := range buurtbel.Languages {
		v.Versions = append(v.Versions, s.version(burglary, lang, v.Fresh))
	}
	return f, v
}

func (s sample) version(t locale.Template, lang buurtbel.Language, empty bool) TemplateVersion {
	l := string(lang)
	out := TemplateVersion{Language: l, Name: s.t("language.own." + l), Title: Field{Name: "title-" + l, Label: s.t("templates.field-title"), Lang: l},
		Text: Field{Name: "text-" + l, Label: s.t("templates.field-text"), Lang: l, Rows: 9}}
	if empty {
		return out
	}
	out.Title.Value, out.Text.Value = t.Title(lang), t.Bare(lang)
	out.Bubble = &Bubble{From: sampleZone, Text: sampleZone + ": " + t.Bare(lang), Length: 230, Parts: 2, Price: locale.Price(s.lang, 1100)}
	if lang == buurtbel.German {
		out.Findings = []Finding{{Level: "warned", Sentence: locale.Text(s.lang, "wording.link", buurtbel.Args{"Words": "example.org"})}}
	}
	return out
}
