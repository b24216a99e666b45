package wording

import (
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// filled are plain values for every slot of the templates.
var filled = map[buurtbel.Language]map[string]string{
	buurtbel.Dutch:   {"place": "Molenweg", "time": "14.05 uur", "until": "16.00 uur", "description": "twee personen te voet", "vehicle": "grijze bestelwagen", "posing": "de watermaatschappij", "event": "een inbraak", "amount": "biljetten van 50 euro", "shelter": "de sporthal"},
	buurtbel.French:  {"place": "rue du Moulin", "time": "14 h 05", "until": "16 h 00", "description": "deux personnes à pied", "vehicle": "camionnette grise", "posing": "la compagnie des eaux", "event": "un cambriolage", "amount": "billets de 50 euros", "shelter": "la salle des sports"},
	buurtbel.German:  {"place": "Mühlenweg", "time": "14.05 Uhr", "until": "16.00 Uhr", "description": "zwei Personen zu Fuß", "vehicle": "grauer Lieferwagen", "posing": "Wasserwerke", "event": "einem Einbruch", "amount": "Scheine zu 50 Euro", "shelter": "Sporthalle"},
	buurtbel.English: {"place": "Mill Road", "time": "14:05", "until": "16:00", "description": "two people on foot", "vehicle": "a grey van", "posing": "the water company", "event": "a burglary", "amount": "50 euro notes", "shelter": "the sports hall"},
}

// Every ready text of a fact has the five elements, and every ready text passes its own pre-flight without a refusal or a warning.
func TestTemplatesPassTheirOwnPreflight(t *testing.T) {
	ctx := Context{Lines: []string{"101"}, Sources: []string{"Zone Vlierbeek"}, Missing: &Permission{FirstNames: []string{"Lotte"}}}
	for _, tpl := range locale.Templates() {
		for _, l := range buurtbel.Languages {
			slots := map[string]string{"source": "Zone Vlierbeek", "line": "101", "name": "Lotte", "age": "9"}
			for k, v := range filled[l] {
				slots[k] = v
			}
			text := locale.Fill(tpl.Text(l), l, slots)
			for _, f := range Check(text, l, ctx) {
				t.Errorf("%s %s: %s %s %q in %q", tpl.Key, l, f.Level, f.Code, text[f.Start:f.End], text)
			}
			for _, e := range Elements(text, l, ctx) {
				if !e.Found && tpl.Fact != "" { // what follows an alert refers to its place and time
					t.Errorf("%s %s: no %s in %q", tpl.Key, l, e.Name, text)
				}
			}
		}
	}
}

// Every code and element has its sentence, and the sentence takes the arguments that findings carry.
func TestEveryFindingHasASentence(t *testing.T) {
	for _, code := range []Code{Plate, Phone, National, Mailbox, Follow, Vulnerable, OpenSlot, Name, Origin, Politics, Suspect, Promise, Link, OtherLine, Short, Jargon, Loud} {
		key := "wording." + string(code)
		for _, l := range buurtbel.Languages {
			if got := locale.Text(l, key, buurtbel.Args{"Words": "x", "Instead": ""}); got == key {
				t.Errorf("%s: no sentence for %s", l, key)
			}
		}
	}
	for _, name := range ElementNames {
		for _, end := range []string{".found", ".missing"} {
			if key := "wording.element." + string(name) + end; !locale.Has(key) {
				t.Errorf("no sentence for %s", key)
			}
		}
	}
}
