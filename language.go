package buurtbel

import "slices"

// Language is one of the four languages of screens and messages.
type Language string

// The languages, by their ISO 639-1 code.
const (
	Dutch   Language = "nl"
	French  Language = "fr"
	German  Language = "de"
	English Language = "en"
)

// Languages lists every language, Dutch first.
var Languages = []Language{Dutch, French, German, English}

// Valid tells whether l is one of the four languages.
func (l Language) Valid() bool { return slices.Contains(Languages, l) }

// Regime is the ordered list of languages in which official messages of a network go out, to everyone alike (rule 17).
type Regime []Language

// Missing lists the languages that the regime wants and texts lacks, in the regime's order.
func (r Regime) Missing(texts map[Language]string) []Language {
	var missing []Language
	for _, l := range r {
		if texts[l] == "" {
			missing = append(missing, l)
		}
	}
	return missing
}
