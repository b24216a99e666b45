package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// preflight puts what the check says into words.
func (d *drafting) preflight() Preflight {
	p := Preflight{Findings: d.findings(), Places: d.places(), Reach: d.reachWords(), Launch: d.button(), Chosen: d.form.template != ""}
	if d.check == nil {
		return p
	}
	p.Elements = d.elements()
	for i, t := range d.check.Texts {
		b := Bubble{From: d.zone.Name, Text: buurtbel.WithoutLink(t.SMS), Length: t.Units, Parts: t.Parts, Wide: len(t.Offending) > 0,
			Price: locale.Price(d.v.lang, int64(t.Parts)*d.partPrice())}
		if len(d.check.Texts) > 1 {
			b.Language = d.regimeName(t.Regime)
		}
		if b.Wide {
			b.Tip = d.v.t("screen.sms.wide-why", "Characters", strings.Join(slices.Compact(slices.Clone(t.Offending)), " "))
			b.Offer = i == 0 && d.offer()
		}
		p.Bubbles = append(p.Bubbles, b)
	}
	if d.v.s.o.Say != nil && len(d.spoken()) > 0 {
		p.Listen = "/dispatch/listen"
	}
	if len(d.check.Wordings) > 0 {
		w := d.check.Wordings[0]
		p.Letter = Letter{From: d.zone.Name, Subject: w.Subject, Paragraphs: paragraphs(w.Mail)}
	}
	return p
}

func (d *drafting) regimeName(regime string) string {
	var names []string
	for _, lang := range strings.Split(regime, "+") {
		names = append(names, d.v.t("screen.language.own."+lang))
	}
	return strings.Join(names, " + ")
}

// paragraphs cuts the mail's plain text; the line with the link is the button, which a preview does not have.
func paragraphs(mail string) []string {
	var out []string
	for _, p := range strings.Split(mail, "\n\n") {
		if p = strings.TrimSpace(p); p != "" && !strings.Contains(p, buurtbel.LinkMark) {
			out = append(out, p)
		}
	}
	return out
}

func (d *drafting) elements() []Check {
	found := d.found()
	found["source"] = len(d.languages) > 0
	var out []Check
	for _, name := range wording.ElementNames {
		c := Check{ID: string(name), Found: found[string(name)]}
		if !c.Found {
			c.Note = d.v.t("wording.element." + c.ID + ".missing")
		}
		out = append(out, c)
	}
	return out
}

// levels are the words of the page for the levels of the check, the heaviest first.
var levels = map[wording.Level]string{wording.Refuse: "refused", wording.Warn: "warned", wording.Note: "told"}

// findings lists what the check noticed, the heaviest first. The last warning, and leaving the plan, ask a written reason each.
func (d *drafting) findings() []Finding {
	var out []Finding
	if d.areaWrong != nil {
		out = append(out, Finding{Level: "refused", Code: "area", Sentence: locale.Error(d.v.lang, d.areaWrong)})
	}
	if d.check == nil {
		return out
	}
	for _, level := range []wording.Level{wording.Refuse, wording.Warn} {
		out = append(out, d.findingsOf(level)...)
	}
	if len(d.check.Warned()) > 0 && len(out) > 0 {
		last := &out[len(out)-1]
		last.Code, last.AsksWhy, last.Reason = "unwise", true, d.form.unwise
	}
	if !d.check.OnPlan {
		out = append(out, Finding{Level: "warned", Code: "off-plan", Sentence: d.v.t("screen.dispatch.off-plan"), AsksWhy: true, Reason: d.form.offPlan})
	}
	if f := d.forecast; f != nil && f.SecondKey != "" {
		out = append(out, Finding{Level: "told", Code: "second", Sentence: d.v.t("screen.dispatch.second", "Why", d.v.t(f.SecondKey, pairsOf(f.SecondArgs)...))})
	}
	if f := d.forecast; f != nil && f.NoPlace > 0 {
		out = append(out, Finding{Level: "told", Code: "no-place", Sentence: d.v.t("screen.dispatch.no-place", "Count", f.NoPlace)})
	}
	for _, lang := range d.languages {
		for _, slot := range d.missing[lang] {
			out = append(out, Finding{Level: "told", Code: "missing", Sentence: d.v.t("screen.dispatch.lacks-slot",
				"Slot", d.v.t("template.slot."+slot), "Language", d.v.t("screen.language.own."+string(lang)))})
		}
	}
	return append(append(d.carrierFinding(), out...), d.findingsOf(wording.Note)...)
}

func pairsOf(args buurtbel.Args) []any {
	var out []any
	for name, value := range args {
		out = append(out, name, value)
	}
	return out
}

func (d *drafting) findingsOf(level wording.Level) []Finding {
	var out []Finding
	for _, p := range d.check.Problems {
		if p.Level != level || p.Key == "error.alert.no-network" || strings.HasPrefix(p.Key, "wording.element.") { // the button says so
			continue
		}
		args := p.Args
		if lang, ok := args["Language"].(string); ok {
			args = buurtbel.Args{"Language": d.v.t("screen.language.own." + lang)}
		}
		f := Finding{Level: levels[level], Code: strings.ReplaceAll(p.Key, ".", "-"), Sentence: d.v.t(p.Key, pairsOf(args)...), Where: d.around(p.Language, p.Start, p.End)}
		if !slices.ContainsFunc(out, func(o Finding) bool { return o.Sentence == f.Sentence && o.Where == f.Where }) {
			out = append(out, f)
		}
	}
	return out
}

// around gives the words that a finding is about, with a few before and after them, so that they are found in the text.
func (d *drafting) around(lang buurtbel.Language, start, end int) string {
	text := d.draft.Texts[lang]
	if start >= end || start < 0 || end > len(text) {
		return ""
	}
	from := strings.LastIndexByte(text[:start], ' ')
	for range 2 {
		if from > 0 {
			from = strings.LastIndexByte(text[:from], ' ')
		}
	}
	until := end
	for range 3 {
		if next := strings.IndexByte(text[min(until+1, len(text)):], ' '); next >= 0 {
			until += next + 1
		} else {
			until = len(text)
		}
	}
	out := strings.TrimSpace(text[from+1 : until])
	if from >= 0 {
		out = "… " + out
	}
	if until < len(text) {
		out += " …"
	}
	return out
}

// places lists the chosen networks' streets that may be named, the fullest first, and per network the rest. A drawn area counts by network.
func (d *drafting) places() []PlaceLine {
	if d.forecast == nil {
		return nil
	}
	const most = 8
	rest := map[buurtbel.ID]int{}
	for id, n := range d.forecast.ByNetwork {
		rest[id] = n
	}
	var out []PlaceLine
	if d.draft.Area == nil {
		for _, s := range d.homes.sorted {
			n := 0
			for _, id := range d.form.networks {
				n += s.members[id]
			}
			if n > 0 && s.named() {
				out = append(out, PlaceLine{Name: s.name, Count: n})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b PlaceLine) int { return cmp.Compare(b.Count, a.Count) })
	out = out[:min(most, len(out))]
	for _, p := range out {
		for id, n := range d.homes.streets[foldStreet(p.Name)].members {
			if _, chosen := rest[id]; chosen {
				rest[id] -= n
			}
		}
	}
	for _, n := range d.networks {
		if left := rest[n.ID]; left > 0 {
			line := PlaceLine{Name: n.Name, Count: left}
			if len(out) > 0 && d.draft.Area == nil {
				line.Note = d.v.t("screen.dispatch.other-streets")
			}
			out = append(out, line)
		}
	}
	return out
}

func (d *drafting) partPrice() int64 {
	if d.forecast != nil && d.forecast.Parts > 0 {
		return d.forecast.Cost / int64(d.forecast.Parts)
	}
	return d.v.s.partPrice(d.zone)
}

func (s *Server) partPrice(zone *buurtbel.Zone) int64 {
	if s.o.PartPrice > 0 {
		return s.o.PartPrice
	}
	return int64(zone.Limits.Part)
}

// reachWords says who is reached, what it costs, who is left out and why, and who gets it in the morning by own wish.
func (d *drafting) reachWords() Reach {
	f := d.forecast
	if f == nil {
		return Reach{}
	}
	points := 0
	for _, n := range f.Contacts {
		points += n
	}
	silent := ""
	if f.IfSilent > 0 {
		silent = d.v.t("screen.dispatch.if-silent", "Count", f.IfSilent, "Price", locale.Price(d.v.lang, (f.MostCost+50)/100*100))
	}
	r := Reach{Sentence: d.v.t("screen.dispatch.sum", "Count", d.reach(), "Points", points), Cost: locale.Price(d.v.lang, (f.Cost+50)/100*100), IfSilent: silent}
	if f.SoonKnown {
		r.Soon = d.v.t("screen.reach.soon", "Percent", strconv.Itoa(f.Soon))
	}
	if f.Later > 0 {
		r.LeftOut = append(r.LeftOut, PlaceLine{Name: d.v.t("screen.left.later"), Count: f.Later})
	}
	for _, why := range leftOrder {
		if n := f.Left[why]; n > 0 {
			r.LeftOut = append(r.LeftOut, PlaceLine{Name: d.v.t("screen.left." + string(why)), Count: n})
		}
	}
	return r
}

// leftOrder lists why a member is left out, in the order in which it is told.
var leftOrder = []buurtbel.Left{buurtbel.LeftByChoice, buurtbel.LeftTooLate, buurtbel.LeftAway, buurtbel.LeftShift, buurtbel.LeftExercise, buurtbel.LeftAddress, buurtbel.LeftNoContact, buurtbel.LeftNoCarrier,
	buurtbel.LeftSuspended, buurtbel.LeftNotAMember}

// button says exactly what the launch would do, or what must be done first.
func (d *drafting) button() Launch {
	l := Launch{}
	if f := d.forecast; f != nil {
		key := "screen.dispatch.launch"
		if d.form.exercise {
			key = "screen.dispatch.launch-exercise"
		}
		l.Words, l.Second = d.v.t(key, "Count", d.reach(), "Where", d.whereWords()), f.SecondKey != ""
	}
	switch {
	case d.form.template == "":
		l.Wait = d.v.t("screen.dispatch.wait-text")
	case len(d.form.networks) == 0:
		l.Wait = d.v.t("screen.dispatch.wait-where")
	case len(d.check.Refused()) > 0 || d.areaWrong != nil:
		l.Wait = d.v.t("screen.dispatch.wait-refused")
	case d.reach() == 0:
		l.Wait = d.v.t("screen.dispatch.nobody-here")
	case !d.check.OnPlan && !says(d.form.offPlan), len(d.check.Warned()) > 0 && !says(d.form.unwise):
		l.Wait = d.v.t("screen.dispatch.wait-reason")
	default:
		l.Ready = true
	}
	return l
}

func (d *drafting) whereWords() string {
	if d.draft.Area != nil {
		return d.v.t("screen.dispatch.where-drawn")
	}
	var names []string
	for _, n := range d.networks {
		if slices.Contains(d.form.networks, n.ID) {
			names = append(names, n.Name)
		}
	}
	if len(names) > 2 {
		return d.v.t("screen.dispatch.where-networks", "Count", len(names))
	}
	return locale.List(d.v.lang, names)
}
