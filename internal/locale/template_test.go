package locale

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

// examples are values as a dispatcher writes them.
var examples = map[buurtbel.Language]map[string]string{
	buurtbel.Dutch: {"source": "Politiezone Vlierbeek", "place": "Kerkstraat", "time": "14.05 uur", "until": "16.00 uur", "line": "101",
		"description": "Twee personen met donkere jas, te voet", "vehicle": "grijze bestelwagen", "posing": "de watermaatschappij", "name": "Lotte",
		"age": "9", "shelter": "sporthal De Linde", "event": "een inbraak", "amount": "biljetten van 50 euro"},
	buurtbel.French: {"source": "Police de Vlierbeek", "place": "rue du Moulin", "time": "14 h 05", "until": "16 h 00", "line": "101",
		"description": "Deux personnes en veste sombre, à pied", "vehicle": "camionnette grise", "posing": "la compagnie des eaux", "name": "Lotte",
		"age": "9", "shelter": "la salle des sports", "event": "un cambriolage", "amount": "billets de 50 euros"},
	buurtbel.German: {"source": "Polizei Vlierbeek", "place": "Kirchstraße", "time": "14.05 Uhr", "until": "16.00 Uhr", "line": "101",
		"description": "Zwei Personen mit dunkler Jacke, zu Fuß", "vehicle": "grauer Lieferwagen", "posing": "Wasserwerke", "name": "Lotte",
		"age": "9", "shelter": "Sporthalle Linde", "event": "einem Einbruch", "amount": "Scheine zu 50 Euro"},
	buurtbel.English: {"source": "Vlierbeek Police", "place": "Church Street", "time": "14:05", "until": "16:00", "line": "101",
		"description": "Two people in dark coats, on foot", "vehicle": "a grey van", "posing": "the water company", "name": "Lotte",
		"age": "9", "shelter": "the sports hall", "event": "a burglary", "amount": "50 euro notes"},
}

// basic is the GSM 03.38 default alphabet with its extension table.
const basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"

func notBasic(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(basic, r) {
			return -1
		}
		return r
	}, s)
}

func TestTemplatesFilled(t *testing.T) {
	for _, tpl := range Templates() {
		for _, l := range buurtbel.Languages {
			got := Fill(tpl.Text(l), l, examples[l])
			if left := SlotsIn(got); len(left) > 0 {
				t.Errorf("%s in %s keeps slots %v", tpl.Key, l, left)
			}
			if n := utf8.RuneCountInString(got); n < 160 && tpl.Fact != "" || n > 306 { // 306 is two SMS parts; what follows an alert may be short
				t.Errorf("%s in %s is %d characters long: %s", tpl.Key, l, n, got)
			}
			if bad := notBasic(got); bad != "" {
				t.Errorf("%s in %s leaves GSM 7-bit by %q", tpl.Key, l, bad)
			}
			if !strings.HasPrefix(got, examples[l]["source"]) {
				t.Errorf("%s in %s does not begin with its source", tpl.Key, l)
			}
		}
		if !slices.Contains(kinds, buurtbel.MessageKind(tpl.Key)) && (tpl.Fact == "" || tpl.Urgency == "") {
			t.Errorf("%s has no fact in the default plan", tpl.Key)
		}
	}
}

func TestEveryFactOfTheDefaultPlanHasAName(t *testing.T) {
	for _, rule := range buurtbel.DefaultPlan.Rules {
		if !Has("template.fact." + string(rule.Fact)) {
			t.Errorf("fact %s has no name", rule.Fact)
		}
		if _, ok := TemplateOf(string(rule.Fact)); !ok && rule.Fact != "other" {
			t.Errorf("fact %s has no template", rule.Fact)
		}
	}
	for _, tpl := range Templates() {
		for _, s := range tpl.Slots {
			if !Has("template.slot." + s) {
				t.Errorf("slot %s has no label", s)
			}
		}
	}
}

func TestFill(t *testing.T) {
	const text = "{source}: inbraak in {place}. {description}. {fixed} Geldig tot {until}."
	got := Fill(text, buurtbel.Dutch, map[string]string{"source": "Politie", "place": "Kerkstraat", "description": "", "line": "101", "until": "16.00 uur"})
	want := "Politie: inbraak in Kerkstraat. Grijp niet zelf in. Iets gezien? Bel 101. Geldig tot 16.00 uur."
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	got = Fill(text, buurtbel.Dutch, map[string]string{"source": "Politie", "description": "twee personen."})
	want = "Politie: inbraak in {place}. Twee personen. {fixed} Geldig tot {until}."
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"place", "line", "until"}, SlotsIn(got)); d != "" {
		t.Error(d)
	}
}

func TestFillTakesAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := map[string]string{"source": rapid.String().Draw(t, "source"), "place": rapid.String().Draw(t, "place")}
		got := Fill("{source}: in {place}. Klaar.", buurtbel.Dutch, values)
		if !strings.HasSuffix(got, "Klaar.") {
			t.Fatalf("lost its end: %q", got)
		}
	})
}
