package locale

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Template is a ready text for an alert, with named slots such as {place}. Its words stand in the catalogue; a zone may edit a copy.
type Template struct {
	Key          string           // stable name; the same as Fact where there is one template for it
	Fact         buurtbel.Fact    // "" for update, correction and all clear: that of the alert they refer to
	Urgency      buurtbel.Urgency // as the default plan has it; "" where Fact is
	ExpiresAfter time.Duration    // typical; the dispatcher may choose another
	Slots        []string         // in the order of the Dutch text
	Traders      bool             // meant for networks of traders
	Person       bool             // names a missing person: needs a recorded permission
}

// drafts are the templates without what is derived: minutes until expiry and for whom.
var drafts = []struct {
	key             string
	minutes         int
	traders, person bool
}{
	{key: "burglary-in-progress", minutes: 60},
	{key: "burglary", minutes: 720},
	{key: "suspicious-vehicle", minutes: 180},
	{key: "suspicious-persons", minutes: 120},
	{key: "missing-child", minutes: 360, person: true},
	{key: "missing-adult", minutes: 720, person: true},
	{key: "fraudsters-at-door", minutes: 480},
	{key: "phone-fraud", minutes: 1440},
	{key: "fire-smoke", minutes: 180},
	{key: "hazardous-substance", minutes: 180},
	{key: "storm-flood", minutes: 720},
	{key: "road-blocked", minutes: 240},
	{key: "evacuation", minutes: 240},
	{key: "robbery", minutes: 120},
	{key: "vandalism-in-progress", minutes: 60},
	{key: "witness-call", minutes: 2880},
	{key: "shoplifters-active", minutes: 240, traders: true},
	{key: "ram-raid", minutes: 120, traders: true},
	{key: "counterfeit-money", minutes: 1440, traders: true},
	{key: "update", minutes: 180},
	{key: "correction", minutes: 1440},
	{key: "all-clear", minutes: 720},
}

// Templates lists the ready texts, most used first, those that follow an alert last.
func Templates() []Template {
	list := make([]Template, 0, len(drafts))
	for _, d := range drafts {
		t := Template{Key: d.key, ExpiresAfter: time.Duration(d.minutes) * time.Minute, Traders: d.traders, Person: d.person}
		if rule, ok := buurtbel.DefaultPlan.Rule(buurtbel.Fact(d.key)); ok {
			t.Fact, t.Urgency = rule.Fact, rule.Urgency
		}
		t.Slots = SlotsIn(t.Text(buurtbel.Dutch))
		list = append(list, t)
	}
	return list
}

// TemplateOf gives the template with a key; ok is false when there is none.
func TemplateOf(key string) (t Template, ok bool) {
	list := Templates()
	i := slices.IndexFunc(list, func(t Template) bool { return t.Key == key })
	if i < 0 {
		return Template{}, false
	}
	return list[i], true
}

// Title is the short name, also the subject of the mail.
func (t Template) Title(lang buurtbel.Language) string {
	return Text(lang, "template."+t.Key+".title", nil)
}

// Text is the text with its slots.
func (t Template) Text(lang buurtbel.Language) string {
	return Text(lang, "template."+t.Key+".text", nil)
}

// Bare is the text as a zone may edit it: without what the frame of every alert adds by itself.
func (t Template) Bare(lang buurtbel.Language) string { return capital(Unframed(t.Text(lang))) }

// Example gives a plausible value for a slot, to show what a text becomes.
func Example(lang buurtbel.Language, slot string) string {
	return Text(lang, "template.example."+slot, nil)
}

var (
	slot        = regexp.MustCompile(`\{[a-z]+\}`)
	untilClause = regexp.MustCompile(`[,;]?[^,;.]*\{until\}`)
)

// Unframed takes out of a text what the frame of every alert adds by itself: who speaks, the fixed line, until when it holds.
func Unframed(text string) string {
	for _, mark := range []string{"{source} : ", "{source}: ", "{fixed} "} {
		text = strings.Replace(text, mark, "", 1)
	}
	var kept []string
	for _, sentence := range Sentences(text) {
		sentence = strings.TrimSpace(untilClause.ReplaceAllString(sentence, ""))
		if sentence != "" && sentence != "." {
			kept = append(kept, sentence)
		}
	}
	return strings.Join(kept, " ")
}

// Sentences cuts after full stops, exclamation and question marks that a space follows.
func Sentences(text string) []string {
	var out []string
	start := 0
	for i := 0; i+1 < len(text); i++ {
		if strings.IndexByte(".!?", text[i]) >= 0 && text[i+1] == ' ' {
			out = append(out, text[start:i+1])
			start = i + 2
		}
	}
	return append(out, text[start:])
}

// SlotsIn lists the slots that a text still has, each once, in order, without braces. {fixed} counts as {line}, which fills it.
func SlotsIn(text string) []string {
	var names []string
	for _, s := range slot.FindAllString(text, -1) {
		name := strings.Trim(s, "{}")
		if name == "fixed" {
			name = "line"
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Fill puts values in the slots of a text in lang: a template's own, or a zone's edited copy. {fixed} becomes the fixed line, made from
// slots["line"]. A slot that is given as "" takes its whole sentence with it; a slot that is not given stays visible as {name}.
func Fill(text string, lang buurtbel.Language, slots map[string]string) string {
	values := make(map[string]string, len(slots)+1)
	for name, value := range slots {
		values[name] = strings.TrimRight(strings.TrimSpace(value), ".")
	}
	if line := values["line"]; line != "" {
		values["fixed"] = FixedLine(lang, line)
	}
	var kept []string
	for _, sentence := range strings.SplitAfter(text, ". ") {
		if !emptied(sentence, values) {
			kept = append(kept, capital(strings.TrimSpace(fillOne(sentence, values))))
		}
	}
	return strings.Join(kept, " ")
}

func emptied(sentence string, values map[string]string) bool {
	return slices.ContainsFunc(slot.FindAllString(sentence, -1), func(s string) bool {
		value, given := values[strings.Trim(s, "{}")]
		return given && value == ""
	})
}

func fillOne(sentence string, values map[string]string) string {
	return slot.ReplaceAllStringFunc(sentence, func(s string) string {
		if value, given := values[strings.Trim(s, "{}")]; given {
			return value
		}
		return s
	})
}

// capital lets a sentence that begins with a slot's value begin as a sentence does.
func capital(sentence string) string {
	for i, r := range sentence {
		if i == 0 {
			return strings.ToUpper(string(r)) + sentence[len(string(r)):]
		}
	}
	return sentence
}

// FixedLine is the sentence that every alert carries: do not act yourself, call line. line is a number from the zone or the country profile.
func FixedLine(lang buurtbel.Language, line string) string {
	return Text(lang, "message.fixed", buurtbel.Args{"Line": line})
}
