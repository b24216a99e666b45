package wording

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

var town = Context{
	Places:  NewPlaces([]string{"Jan Breydelstraat", "Sint-Jansstraat", "Dr. Peeterslaan", "rue Jean Jaurès"}, []string{"Karel de Grotewijk"}, []string{"Slagerij Jan"}),
	Lines:   []string{"101", "112"},
	Sources: []string{"Politiezone Vlierbeek"},
}

// codesOf lists what Check finds as "code:words".
func codesOf(text string, lang buurtbel.Language, ctx Context) []string {
	var out []string
	for _, f := range Check(text, lang, ctx) {
		out = append(out, string(f.Code)+":"+text[f.Start:f.End])
	}
	return out
}

func TestCheck(t *testing.T) {
	cases := []struct {
		lang buurtbel.Language
		text string
		want []string
	}{
		{buurtbel.Dutch, "Politiezone Vlierbeek: inbraak in de Jan Breydelstraat 12. Bel 101.", nil},
		{buurtbel.Dutch, "Kenteken één a b c één twee drie", []string{"plate:één a b c één twee drie"}},
		{buurtbel.Dutch, "nummerplaat begint met 1-AB, grijze BMW X5", []string{"plate:1-AB"}},
		{buurtbel.Dutch, "plaat 1 Alfa Bravo Charlie 2 3 4", []string{"plate:1 Alfa Bravo Charlie 2 3 4"}},
		{buurtbel.Dutch, "Bel nul vier vijf vijf nul nul een twee drie vier", []string{"phone:nul vier vijf vijf nul nul een twee drie vier"}},
		{buurtbel.Dutch, "Bel 1733 of 101", []string{"other-line:1733"}},
		{buurtbel.Dutch, "Jan Peeters is gezien in de Jan Breydelstraat", []string{"name:Jan Peeters"}},
		{buurtbel.Dutch, "Slagerij Jan en de Karel de Grotewijk", nil},
		{buurtbel.Dutch, "Een vtg, o.a. grijs", []string{"abbreviation:vtg", "abbreviation:o.a."}},
		{buurtbel.Dutch, "De dader is een Marokkaanse man", []string{"suspect:dader", "origin:Marokkaanse"}},
		{buurtbel.Dutch, "Poolse nummerplaat, Turkse bakker, zwarte BMW", nil},
		{buurtbel.Dutch, "Meld anoniem", []string{"promise:anoniem"}},
		{buurtbel.Dutch, "Stem op onze lijst", []string{"politics:Stem op"}},
		{buurtbel.Dutch, "Opgelet!", []string{"loud:!"}},
		{buurtbel.Dutch, "Kijk op www.example.org/x.", []string{"link:www.example.org/x"}},
		{buurtbel.Dutch, "Inbraak in {place}", []string{"slot:{place}"}},
		{buurtbel.Dutch, "Bewoner is verward", []string{"vulnerable:verward"}},
		{buurtbel.French, "M. Dupont habite rue Jean Jaurès, écrivez à Monsieur Dupont", []string{"name:Monsieur Dupont"}},
		{buurtbel.French, "Homme de type européen, l'auteur des faits", []string{"origin:type européen", "suspect:auteur des faits"}},
		{buurtbel.German, "Täter mit dunkler Hautfarbe, Kfz grau", []string{"suspect:Täter", "origin:dunkler Hautfarbe", "abbreviation:Kfz"}},
		{buurtbel.English, "The culprit is John Miller, asap", []string{"suspect:culprit", "name:John Miller", "abbreviation:asap"}},
		{buurtbel.Dutch, "Suivez-le en halten Sie ihn fest", []string{"follow:Suivez-le", "follow:halten Sie ihn fest"}},
	}
	for _, c := range cases {
		if d := cmp.Diff(c.want, codesOf(c.text, c.lang, town)); d != "" {
			t.Errorf("%q:\n%s", c.text, d)
		}
	}
}

func TestRule6_OrdersAndAdvice(t *testing.T) {
	refused := []string{"Volg hem", "hou hem tegen", "Ga patrouilleren", "poursuivez-le", "Arrêtez-le", "halten Sie ihn fest", "follow him", "Volg hem, hij is gevaarlijk"}
	allowed := []string{"volg de instructies", "stop met zoeken", "halte Kerkplein", "de volgende stap", "niet achtervolgen", "houd ramen gesloten", "Volg hem niet",
		"arrêtez de fumer", "suivez les consignes", "halten Sie die Tür zu", "follow the instructions", "De politie patrouilleert", "hou niemand tegen",
		"Achtervolg hem nooit", "Ne le suivez pas", "Verfolgen Sie niemanden"}
	for _, text := range refused {
		if !refuses(Check(text, buurtbel.Dutch, Context{})) {
			t.Errorf("allowed: %q", text)
		}
	}
	for _, text := range allowed {
		if found := Check(text, buurtbel.Dutch, Context{}); refuses(found) {
			t.Errorf("refused: %q %v", text, found)
		}
	}
}

func TestRule6_MissingPerson(t *testing.T) {
	const text = "Lotte, 9 jaar, wordt vermist, misschien in de wagen 3-BCD-567. Bel 101."
	ctx := town
	if d := cmp.Diff([]string{"name:Lotte", "plate:3-BCD-567"}, codesOf(text, buurtbel.Dutch, ctx)); d != "" {
		t.Errorf("without permission:\n%s", d)
	}
	ctx.Missing = &Permission{By: "parket", FirstNames: []string{"Lotte"}, Plates: []string{"3bcd567"}}
	if got := codesOf(text, buurtbel.Dutch, ctx); got != nil {
		t.Errorf("with permission: %v", got)
	}
	if d := cmp.Diff([]string{"name:Lotte Maes"}, codesOf("Lotte Maes wordt vermist", buurtbel.Dutch, ctx)); d != "" {
		t.Errorf("the family name is not covered:\n%s", d)
	}
	found := Check("Lotte heeft autisme", buurtbel.Dutch, ctx)
	if len(found) != 1 || found[0].Level != Refuse || found[0].Code != Vulnerable {
		t.Errorf("why somebody is vulnerable: %v", found)
	}
}

func TestElements(t *testing.T) {
	const text = "Politiezone Vlierbeek: inbraak bezig in de Jan Breydelstraat. Blijf binnen. Gezien om 14.05 uur."
	want := map[ElementName]string{Source: "Politiezone Vlierbeek", Hazard: "inbraak", Location: "Jan Breydelstraat", Guidance: "Blijf", Time: "14.05 uur"}
	for _, e := range Elements(text, buurtbel.Dutch, town) {
		if !e.Found || text[e.Start:e.End] != want[e.Name] {
			t.Errorf("%s: found %t %q", e.Name, e.Found, text[e.Start:e.End])
		}
	}
	for _, e := range Elements("Goeiedag allemaal", buurtbel.Dutch, town) {
		if e.Found || !strings.HasSuffix(e.Key, ".missing") {
			t.Errorf("%s found in a greeting", e.Name)
		}
	}
}

func checkSpans(t interface{ Fatalf(string, ...any) }, text string, found []Finding) {
	last := 0
	for _, f := range found {
		if f.Start < last || f.End <= f.Start || f.End > len(text) {
			t.Fatalf("span %d-%d of %d bytes, after %d", f.Start, f.End, len(text), last)
		}
		if utf8.ValidString(text) && !utf8.ValidString(text[f.Start:f.End]) {
			t.Fatalf("span %d-%d cuts a letter of %q", f.Start, f.End, text)
		}
		last = f.Start
	}
}

// A plate in its usual form is refused wherever it stands.
func TestRule6_PlatesAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		form := rapid.SampledFrom([]string{`[1-9]-[A-Z]{3}-[0-9]{3}`, `[1-9][A-Z]{3}[0-9]{3}`, `[B-Z]{2}-[0-9]{3}-[B-Z]{2}`, `[0-9]{2}-[BDFGHJ]{3}-[0-9]`}).Draw(t, "form")
		plate := rapid.StringMatching(form).Draw(t, "plate")
		for _, month := range []string{"JAN", "FEB", "MAR", "MRT", "APR", "MEI", "MAI", "MAY", "JUN", "JUL", "AUG", "AOU", "SEP", "OKT", "OCT", "NOV", "DEC", "DEZ", "UUR", "TOT", "BIS", "MIN", "SEC"} {
			if strings.Contains(plate, month) {
				t.Skip("reads as a date or a measure")
			}
		}
		text := rapid.SampledFrom([]string{"", "De wagen ", "é ", "Plaat: "}).Draw(t, "before") + plate + rapid.SampledFrom([]string{"", " reed weg", ", grijs", "."}).Draw(t, "after")
		if !refuses(Check(text, buurtbel.Dutch, town)) {
			t.Fatalf("allowed: %q", text)
		}
	})
}

func FuzzCheck(f *testing.F) {
	for _, lang := range buurtbel.Languages {
		for _, m := range readCorpus(f, lang).texts[:20] {
			f.Add(m.text, string(lang))
		}
	}
	f.Add("ß1-ßßß-123\u0301 ﬁ 1é\xff", "nl")
	f.Fuzz(func(t *testing.T, text, lang string) {
		l := buurtbel.Language(lang)
		checkSpans(t, text, Check(text, l, town))
		for _, e := range Elements(text, l, town) {
			if e.Start > e.End || e.End > len(text) || e.Found && e.Start == e.End {
				t.Fatalf("element %v", e)
			}
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	c := readCorpus(b, buurtbel.Dutch)
	for i := range b.N {
		Check(c.texts[i%len(c.texts)].text, c.lang, c.ctx)
	}
}

// Things that look like plates, numbers or orders and are none, and the other way round; each was wrong once.
func TestRule6_LookAlikes(t *testing.T) {
	allowed := []string{"De IC 1234 van 7.32 uur", "vlucht SN 8412 is geland", "Mercedes C220d en E350", "Kruispunt N9 - R4 - E40 is dicht.", "WK 2026 op het plein",
		"Laat de politie de man tegenhouden", "Lassen Sie die Polizei den Mann verfolgen", "It is forbidden to patrol yourself", "Let the police stop him",
		"Kerkstraat 1 bus 123", "Van 5 tot 100 euro", "Audi Q5, BMW 320d, e-208, Kia EV6, MG ZS", "gevolgd op de E411. N'intervenez pas", "3-nov-26", "Tussen 14.05-16.00 uur",
		"Houd hem in het oog van thuis uit", "Stop de verspreiding van valse berichten"}
	refused := []string{"kenteken XX dash 12 dash YZ", "nummerplaat eindigt op 789", "kenteken AB twaalf CD", "plaque qui commence par 1-AB", "volgt u hem maar", "Volg die gast",
		"Suivez discrètement la voiture", "Blijf achter hem aan rijden", "Loop hem na", "１ＡＢＣ１２３", "3–BCD–123", "info [at] example [dot] org", "06 11 12 13 14", "tel 0455 (00) 12 34"}
	for _, text := range allowed {
		if found := Check(text, buurtbel.Dutch, town); refuses(found) {
			t.Errorf("refused: %q %v", text, found)
		}
	}
	for _, text := range refused {
		if !refuses(Check(text, buurtbel.Dutch, town)) {
			t.Errorf("allowed: %q", text)
		}
	}
}

// refuses tells whether any finding forbids the text.
func refuses(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Level == Refuse })
}
