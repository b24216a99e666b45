package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/token"
)

// typedForm is the dispatch form as it was typed: all of it goes back into the page when something is wrong.
type typedForm struct {
	ready       ready // of the zone; put there once for each request
	key         string
	template    string
	filled      string // the template whose text stands in the boxes; another one chosen puts its text in place
	priority    buurtbel.Priority
	minutes     int // 0: as the template has it
	exercise    bool
	street      string
	area        string // GeoJSON
	networks    []buurtbel.ID
	auto        []buurtbel.ID // networks that the street or the drawing chose: as long as nobody changed them, the next street chooses anew
	slots       map[string]string
	boxes       map[buurtbel.Language]map[string]box
	leaveOut    string
	asked       buurtbel.Asked
	permittedBy string
	permitUntil string // local wall time, as the browser writes it
	plates      string // of the missing person's own vehicle
	offPlan     string
	unwise      string
}

// box is one box of the text. raw still has its slots; shown is what we last put in it: as long as text is shown, nobody wrote in the box
// and it follows the slots.
type box struct{ raw, shown, text string }

func (b box) edited() bool { return b.text != b.shown }

// readForm reads the posted form. Nothing is refused here: the check says what is wrong, and what was typed stays.
func readForm(f url.Values) *typedForm {
	get := func(name string) string { return strings.TrimSpace(plain(f.Get(name))) }
	t := &typedForm{key: get("key"), template: get("template"), filled: get("filled"), exercise: f.Get("exercise") != "", street: get("street"),
		area: strings.TrimSpace(f.Get("area")), networks: ids(f["network"]), auto: ids(strings.Fields(f.Get("auto"))), slots: map[string]string{},
		boxes: map[buurtbel.Language]map[string]box{}, leaveOut: strings.ToValidUTF8(f.Get("leave-out"), ""),
		asked:       buurtbel.Asked{By: get("asked-by"), CallSign: get("call-sign"), Incident: get("incident")},
		permittedBy: get("permitted-by"), permitUntil: get("permitted-until"), plates: get("permitted-plates"),
		offPlan: get("reason-off-plan"), unwise: get("reason-unwise")}
	t.priority, t.minutes = buurtbel.Priority(number(f.Get("priority"), int(buurtbel.PriorityHigh))), number(f.Get("valid"), 0)
	for name := range f {
		if slot, ok := strings.CutPrefix(name, "slot-"); ok {
			t.slots[slot] = get(name)
		}
	}
	for _, lang := range buurtbel.Languages {
		for _, name := range boxNames {
			field := string(lang) + "-" + name
			if _, posted := f["text-"+field]; posted {
				t.putBox(lang, name, box{raw: plain(f.Get("raw-" + field)), shown: plain(f.Get("shown-" + field)), text: plain(f.Get("text-" + field))})
			}
		}
	}
	return t
}

func (t *typedForm) putBox(lang buurtbel.Language, name string, b box) {
	if t.boxes[lang] == nil {
		t.boxes[lang] = map[string]box{}
	}
	t.boxes[lang][name] = b
}

func number(s string, otherwise int) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return otherwise
	}
	return n
}

func ids(list []string) []buurtbel.ID {
	var out []buurtbel.ID
	for _, s := range list {
		if id, err := buurtbel.ParseID(s); err == nil && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// newForm is the empty form; its key makes every launch from it one alert.
func newForm() *typedForm {
	key, _ := token.New()
	return &typedForm{key: key, priority: buurtbel.PriorityHigh, slots: map[string]string{}, boxes: map[buurtbel.Language]map[string]box{}}
}

// fact is what the chosen template stands for.
func (t *typedForm) fact() buurtbel.Fact {
	if p, ok := t.ready.of(t.template); ok {
		return p.Fact
	}
	return "other"
}

// valid is how long the alert holds.
func (t *typedForm) valid() time.Duration {
	if t.minutes > 0 {
		return time.Duration(min(t.minutes, 100_000)) * time.Minute
	}
	if p, ok := t.ready.of(t.template); ok {
		return p.Valid
	}
	return 2 * time.Hour
}

// choose puts the text of another template in place when one was chosen; what was typed into the slots stays.
func (t *typedForm) choose() {
	if t.template == t.filled {
		return
	}
	t.filled, t.minutes = t.template, 0
	t.boxes = map[buurtbel.Language]map[string]box{}
}

// shared are slots that read the same in every language.
var shared = []string{"name", "age", "place", "time"}

// slotNames lists the slots that the chosen template asks for, without those that are known already.
func (t *typedForm) slotNames() []string {
	var out []string
	for _, lang := range buurtbel.Languages { // a zone may ask for less in one language than in another
		for _, name := range locale.SlotsIn(joinBoxes(t.ready.boxes(t.template, lang))) {
			if name != "place" && name != "line" && name != "time" && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return append(out, "time")
}

// values gives what stands in the slots of one language. A hyphen leaves the sentence out; so does a slot that is filled in another language
// only: free text is never translated, and missing names it.
func (t *typedForm) values(lang buurtbel.Language, languages []buurtbel.Language, clock, line string) (values map[string]string, missing []string) {
	values = map[string]string{"line": line, "time": clock}
	if typed := t.slots["time"]; typed != "" {
		values["time"] = typed
	}
	if t.street != "" {
		values["place"] = t.street
	}
	for _, name := range t.slotNames() {
		typed := t.slots[t.slotField(name, lang)]
		switch {
		case name == "time":
		case typed == "-":
			values[name] = ""
		case typed != "":
			values[name] = typed
		case slices.ContainsFunc(languages, func(l buurtbel.Language) bool { return t.slots[t.slotField(name, l)] != "" }):
			values[name] = ""
			missing = append(missing, name)
		}
	}
	return values, missing
}

func (t *typedForm) slotField(name string, lang buurtbel.Language) string {
	if slices.Contains(shared, name) {
		return name
	}
	return string(lang) + "-" + name
}

// fill lets the boxes of one language follow the slots; a box that somebody wrote in keeps its words, and its open slots are still filled.
func (t *typedForm) fill(lang buurtbel.Language, values map[string]string) {
	pattern := map[string]string{}
	if t.boxes[lang] == nil {
		pattern = t.ready.boxes(t.template, lang)
	}
	first := true
	for _, name := range boxNames {
		b, known := t.boxes[lang][name]
		switch {
		case !known:
			b.raw = pattern[name]
		case b.edited():
			b.raw = b.text
		}
		b.text = fillBox(b.raw, values, first)
		b.shown = b.text
		t.putBox(lang, name, b)
		first = first && b.text == ""
	}
}

// respell changes the text so that it keeps the seven-bit alphabet; the boxes follow the slots no longer.
func (t *typedForm) respell(spelling func(string) string) {
	for lang := range t.boxes {
		for name, b := range t.boxes[lang] {
			s := spelling(b.text)
			t.boxes[lang][name] = box{s, s, s}
		}
	}
}

func (t *typedForm) text(lang buurtbel.Language) string {
	texts := map[string]string{}
	for name, b := range t.boxes[lang] {
		texts[name] = b.text
	}
	return joinBoxes(texts)
}

// addresses reads the addresses to leave out, one a line or parted by semicolons: a street, then a number with its box.
func (t *typedForm) addresses() []alerting.Address {
	var out []alerting.Address
	for _, line := range strings.FieldsFunc(t.leaveOut, func(r rune) bool { return r == '\n' || r == ';' || r == '\r' }) {
		words := strings.Fields(strings.ReplaceAll(line, ",", " "))
		at := slices.IndexFunc(words, func(w string) bool { return w[0] >= '0' && w[0] <= '9' })
		if at < 1 { // no number: the check says so
			continue
		}
		a := alerting.Address{Street: strings.Join(words[:at], " "), Number: words[at]}
		if rest := words[at+1:]; len(rest) > 0 {
			a.Box = rest[len(rest)-1]
		}
		out = append(out, a)
	}
	return out
}

// unread lists the lines of the addresses to leave out that have no street or no number.
func (t *typedForm) unread() []string {
	var out []string
	for _, line := range strings.FieldsFunc(t.leaveOut, func(r rune) bool { return r == '\n' || r == ';' || r == '\r' }) {
		words := strings.Fields(strings.ReplaceAll(line, ",", " "))
		at := slices.IndexFunc(words, func(w string) bool { return w[0] >= '0' && w[0] <= '9' })
		if len(words) > 0 && at < 1 {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out
}

// says tells whether a written reason says something.
func says(reason string) bool {
	return len(strings.Trim(strings.Join(strings.Fields(reason), ""), ".-")) >= 3
}
