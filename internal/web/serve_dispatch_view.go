package web

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/geo"
	"github.com/buurtbel/buurtbel/internal/gsm"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// page makes the whole dispatch page.
func (d *drafting) page() Dispatch {
	f, v := d.form, d.v
	p := Dispatch{Action: "/dispatch", Check: "/dispatch/check", Suggest: "/dispatch/streets", Key: f.key, Fresh: f.template == "", Exercise: f.exercise,
		Patterns: d.patterns(), Priorities: d.priorities(), Asks: d.asks(), Where: d.where(), Area: f.area, Texts: d.texts(),
		Street: Field{Name: "street", Label: v.t("screen.field.street"), Value: f.street, List: "street-list", Auto: "off", Key: "F4"},
		LeaveOut: Field{Name: "leave-out", Label: v.t("screen.field.leave-out"), Hint: v.t("screen.field.leave-out-hint"), Value: f.leaveOut, Rows: 2,
			Error: d.leaveOutError()},
		Origin: []Field{{Name: "call-sign", Label: v.t("screen.field.call-sign"), Value: f.asked.CallSign, Auto: "off"},
			{Name: "incident", Label: v.t("screen.field.incident"), Value: f.asked.Incident, Auto: "off"}},
		Askers: d.askers(),
		Map:    Map{Title: v.t("screen.map.title"), Areas: d.areas(), Draw: true, Drawn: f.area}}
	p.OriginOpen = f.asked != (buurtbel.Asked{})
	p.Preflight = d.preflight()
	return p
}

func (d *drafting) leaveOutError() string {
	if lines := d.form.unread(); len(lines) > 0 {
		return d.v.t("screen.dispatch.leave-out-unread", "Line", lines[0])
	}
	return ""
}

// patterns lists the templates, most used first, with the digit that chooses each; those for traders only where the zone has such a network.
func (d *drafting) patterns() []Pattern {
	traders := slices.ContainsFunc(d.networks, func(n *buurtbel.Network) bool { return n.Kind == buurtbel.Traders })
	var out []Pattern
	for _, t := range d.form.ready {
		rule, known := d.zone.Plan.Rule(t.Fact)
		if t.Traders && !traders || !known {
			continue
		}
		p := Pattern{ID: t.Key, Name: t.Title(d.v.lang), Urgency: d.v.t("screen.dispatch.urgency." + string(rule.Urgency)), Chosen: d.form.template == t.Key}
		if len(out) < 9 {
			p.Digit = strconv.Itoa(len(out) + 1)
		}
		out = append(out, p)
	}
	if _, known := d.zone.Plan.Rule("other"); !known { // the zone's plan allows nothing but what it names
		return out
	}
	urgency := d.v.t("screen.dispatch.urgency." + string(d.zone.Plan.UrgencyOf("other")))
	return append(out, Pattern{ID: freeText, Name: d.v.t("screen.dispatch.free"), Urgency: urgency, Digit: "0", Chosen: d.form.template == freeText})
}

func (d *drafting) priorities() []Option {
	var out []Option
	for p := buurtbel.PriorityHighest; p <= buurtbel.PriorityLow; p++ {
		n := strconv.Itoa(int(p))
		out = append(out, Option{ID: n, Words: n, Chosen: d.form.priority == p})
	}
	return out
}

func (d *drafting) askers() []Option {
	var out []Option
	for _, by := range []string{"", "caller", "patrol", "own"} {
		id := by
		if by == "" {
			id = "nobody"
		}
		out = append(out, Option{ID: by, Words: d.v.t("screen.asked." + id), Chosen: d.form.asked.By == by})
	}
	return out
}

// asks are the fields that the chosen template wants.
func (d *drafting) asks() Asks {
	f := d.form
	a := Asks{Filled: f.filled, Valid: d.valid()}
	if f.template == "" {
		return a
	}
	for _, name := range f.slotNames() {
		if slices.Contains(shared, name) {
			a.Slots = append(a.Slots, d.slot(name, name, ""))
			continue
		}
		for _, lang := range d.languages {
			a.Slots = append(a.Slots, d.slot(name, f.slotField(name, lang), lang))
		}
	}
	if d.person() {
		a.Permit = []Field{{Name: "permitted-by", Label: d.v.t("screen.field.permitted-by"), Value: f.permittedBy, Auto: "off"},
			{Name: "permitted-until", Label: d.v.t("screen.field.permitted-until"), Value: f.permitUntil, Type: "datetime-local"},
			{Name: "permitted-plates", Label: d.v.t("screen.field.permitted-plates"), Hint: d.v.t("screen.field.permitted-plates-hint"), Value: f.plates, Auto: "off"}}
	}
	return a
}

func (d *drafting) slot(name, field string, lang buurtbel.Language) Field {
	out := Field{Name: "slot-" + field, Label: d.v.t("template.slot." + name), Value: d.form.slots[field], Auto: "off"}
	if len(d.languages) > 1 && lang != "" {
		out.Label += " (" + d.v.t("screen.language.own."+string(lang)) + ")"
		out.Lang = string(lang)
	}
	switch name {
	case "time":
		out.Hint = d.v.t("screen.field.time-hint")
	case "description":
		out.Hint = d.v.t("screen.field.description-hint")
	}
	return out
}

// valid lists how long the alert may hold; the template's own is chosen until another is.
func (d *drafting) valid() []Option { return d.v.validities(d.form.valid()) }

func (d *drafting) where() Where {
	w := Where{}
	for _, id := range d.form.auto {
		w.Auto = strings.TrimSpace(w.Auto + " " + id.String())
	}
	for _, n := range d.networks {
		line := NetworkLine{ID: n.ID.String(), Name: n.Name, Members: d.counts[n.ID], Chosen: slices.Contains(d.form.networks, n.ID)}
		if d.closed(n.ID) {
			line.Closed = d.v.t("screen.dispatch.closed")
		}
		w.Networks = append(w.Networks, line)
	}
	return w
}

// texts shows the boxes of each language between what the frame adds: who speaks, and the fixed sentences.
func (d *drafting) texts() []TextVersion {
	if d.form.template == "" {
		return nil
	}
	found := d.found()
	var out []TextVersion
	for _, lang := range d.languages {
		t := TextVersion{Language: string(lang), Elements: []Element{{ID: "source", Text: d.zone.Name, Found: true, Fixed: true}}}
		if len(d.languages) > 1 {
			t.Name = d.v.t("screen.language.own." + string(lang))
		}
		for _, name := range boxNames {
			b := d.form.boxes[lang][name]
			seen, isElement := found[name]
			t.Elements = append(t.Elements, Element{ID: name, Text: b.text, Raw: b.raw, Shown: b.shown, Found: seen || !isElement})
		}
		rule := locale.FixedLine(lang, d.line)
		until := locale.Text(lang, "message.valid-until", buurtbel.Args{"Until": locale.When(lang, d.v.now.Add(d.form.valid()), d.v.now, d.loc)})
		t.Elements = append(t.Elements, Element{ID: "rule", Text: rule + " " + until, Found: true, Fixed: true})
		out = append(out, t)
	}
	return out
}

// found tells which elements every language has.
func (d *drafting) found() map[string]bool {
	out := map[string]bool{}
	for _, name := range []string{"hazard", "location", "guidance", "time"} {
		out[name] = false
	}
	if d.check == nil {
		return out
	}
	for i, lang := range d.languages {
		if len(d.check.Elements[lang]) == 0 { // no network is chosen yet, so nothing was read: what is written counts
			for name := range out {
				out[name] = d.form.boxes[lang][name].text != ""
			}
		}
		for _, e := range d.check.Elements[lang] {
			out[string(e.Name)] = e.Found && (i == 0 || out[string(e.Name)])
		}
	}
	return out
}

// areas draws the networks, the chosen ones apart, over the zone's base map.
func (d *drafting) areas() string {
	type feature struct {
		Type       string            `json:"type"`
		Properties map[string]string `json:"properties"`
		Geometry   json.RawMessage   `json:"geometry"`
	}
	features := []any{}
	if base := d.v.s.o.Base; base != nil {
		var c struct {
			Features []json.RawMessage `json:"features"`
		}
		if json.Unmarshal([]byte(base(d.v.zone)), &c) == nil { // no base map: the networks stand alone
			for _, f := range c.Features {
				features = append(features, f)
			}
		}
	}
	for _, n := range d.networks {
		if len(n.Area) == 0 {
			continue
		}
		kind := "zone"
		if slices.Contains(d.form.networks, n.ID) {
			kind = "chosen"
		}
		features = append(features, feature{"Feature", map[string]string{"id": n.ID.String(), "name": n.Name, "kind": kind}, geo.Encode(n.Area)})
	}
	b, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil { // a base map that is no JSON was left out above
		return ""
	}
	return string(b)
}

// parts is the answer to a check: what it says, and those parts of the form that it changes.
func (d *drafting) parts(posted url.Values) Preflight {
	p := d.preflight()
	f := d.form
	was := readForm(posted)
	if was.filled != f.filled || !d.sameLanguages(was) {
		asks := d.asks()
		p.Asks = &asks
	}
	if !slices.Equal(was.networks, f.networks) || !slices.Equal(was.auto, f.auto) {
		where := d.where()
		p.Where = &where
	}
	if f.template != "" && (was.filled != f.filled || !d.sameBoxes(was)) {
		p.Texts = d.texts()
	}
	return p
}

func (d *drafting) sameLanguages(was *typedForm) bool {
	n := 0
	for _, lang := range d.languages {
		if was.boxes[lang] != nil {
			n++
		}
	}
	return n == len(d.languages) && n == len(was.boxes)
}

func (d *drafting) sameBoxes(was *typedForm) bool {
	if !d.sameLanguages(was) {
		return false
	}
	for _, lang := range d.languages {
		for name, b := range d.form.boxes[lang] {
			if was.boxes[lang][name].text != b.text {
				return false
			}
		}
	}
	return true
}

// offer tells whether another spelling of what was typed would keep the seven-bit alphabet.
func (d *drafting) offer() bool {
	for _, lang := range d.languages {
		text := d.form.text(lang)
		if s, _ := gsm.Spelling(text); s != text {
			return true
		}
	}
	return false
}
