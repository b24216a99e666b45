package speech

import (
	"regexp"
	"strings"
)

// german is German as it is spoken in the east of Belgium.
func german() *tongue {
	t := &tongue{
		cardinal: germanCardinal, one: germanOne, ordinal: func(n int, before string) string { return germanOrdinal(n) + germanEnding(before) },
		clock: germanClock, year: germanYear,
		date: func(day int, month, before string) string {
			if strings.HasSuffix(before, "tag") || before == "mittwoch" || before == "sonnabend" {
				return "den " + germanOrdinal(day) + "en " + month
			}
			return germanOrdinal(day) + germanEnding(before) + " " + month
		},
		code: `code|kennwort|pin`, calling: `notruf|polizei|nummer|rufen sie|wählen sie|unter|anrufen|wählt|ruft`, clockUnit: `Uhr|[hHuU]`,
		duration: map[string]bool{"innerhalb": true, "binnen": true, "für": true, "noch": true, "etwa": true, "nach": true},
		ordinals: `ten|ter|te`, grouping: `\.`, decimal: `,`, oneByOne: true, spelled: true, nouns: true,
		months: strings.Fields("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
		short:  strings.Fields("Jan Feb . Apr . Jun Jul Aug Sept Okt Nov Dez"),
		to:     "bis", or: "oder", minus: "minus", point: "Punkt", comma: "Komma", plus: "plus", metre: "Meter", box: "Briefkasten", always: "rund um die Uhr",
		euro: [2]string{"Euro", "Euro"},
		symbols: map[rune]string{
			'&': "und", '%': "Prozent", '@': "at", '=': "ist gleich", '+': "plus", '#': "Raute", '*': "Stern", '°': "Grad", '€': "Euro", '§': "Paragraf",
		},
		andOr: regexp.MustCompile(`(?i)(?:\bund ?/ ?o|\boder ?/ ?u)$`),
		units: germanUnits(),
		roads: regexp.MustCompile(`(?i)(?:straße|strasse|str\.?|weg|allee|platz|pl\.?|gasse|ring|ufer|damm|markt|hof|berg|pfad|nr\.?|nummer),? $`),
	}
	t.group, t.postal = t.digitByDigit, func(digits, _ string) string { return t.digitByDigit(digits) }
	t.endings = []abbreviation{{`str\.`, "straße"}, {`pl\.`, "platz"}, {`wg\.`, "weg"}}
	t.abbreviated = germanAbbreviations()
	return t
}

func germanUnits() map[string][2]string {
	same := func(s string) [2]string { return [2]string{s, s} }
	return map[string][2]string{
		"km/h": same("Stundenkilometer"), "km2": same("Quadratkilometer"), "km": same("Kilometer"), "m2": same("Quadratmeter"), "m3": same("Kubikmeter"), "m": same("Meter"),
		"cm": same("Zentimeter"), "mm": same("Millimeter"), "kg": same("Kilogramm"), "g": same("Gramm"), "l": same("Liter"), "ha": same("Hektar"), "%": same("Prozent"), "°C": same("Grad"),
		"°": same("Grad"), "J": {"Jahr", "Jahre"}, "h": {"Stunde", "Stunden"}, "Min.": {"Minute", "Minuten"}, "Min": {"Minute", "Minuten"}, "min": {"Minute", "Minuten"}, "Std.": {"Stunde", "Stunden"},
		"Sek.": {"Sekunde", "Sekunden"}, "kV": same("Kilovolt"), "x": same("Mal"), "-jährige": same("jährige"), "-jähriger": same("jähriger"), "-jähriges": same("jähriges"),
		"-jährigen": same("jährigen"), "-jährig": same("jährig"),
	}
}

func germanAbbreviations() []abbreviation {
	return []abbreviation{
		{`(?i:z\. ?b\.)`, "zum Beispiel"}, {`(?i:d\. ?h\.)`, "das heißt"}, {`(?i:u\. ?a\.)`, "unter anderem"}, {`(?i:usw)\.`, "und so weiter"}, {`(?i:bzw)\.`, "beziehungsweise"},
		{`(?i:ca)\.`, "circa"}, {`(?i:ggf)\.`, "gegebenenfalls"}, {`(?i:evtl)\.`, "eventuell"}, {`(?i:inkl)\.`, "inklusive"}, {`(?i:nr)\.`, "Nummer"}, {`(?i:tel)\.`, "Telefon"},
		{`(?i:max)\.`, "maximal"}, {`(?i:min)\.`, "mindestens"}, {`Str\.`, "Straße"}, {`Pl\.`, "Platz"}, {`St\. ?`, "Sankt "}, {`Dr\.`, "Doktor "}, {`Prof\.`, "Professor "},
		{`Mo-Fr\b`, "Montag bis Freitag"}, {`Hr\.`, "Herr "}, {`Fr\. `, "Frau "}, {`(?i:pers)\.`, "Personen"}, {`(?i:i\. ?d\. ?r\.)`, "in der Regel"}, {`(?i:s\. ?o\.)`, "siehe oben"},
	}
}

var germanFeminine = regexp.MustCompile(`(?:^(?:Person|Frau|Stunde|Minute|Sekunde|Straße|Woche|Tonne|Dame|Jacke|Tür|Tasche|Waffe|Nacht|Etage|Gasse)|ung|heit|keit|schaft|tät|ion)$`)

func germanOne(next string) string {
	switch {
	case germanFeminine.MatchString(next):
		return "eine"
	case next != "" && strings.ToUpper(next[:1]) == next[:1]:
		return "ein"
	}
	return ""
}

// germanEnding gives an ordinal the ending that the word before it asks for. Most dates stand after am, vom, bis or a weekday.
func germanEnding(before string) string {
	if words := strings.Fields(before); len(words) > 0 && (words[0] == "der" || words[0] == "die" || words[0] == "das") {
		return "e"
	}
	return "en"
}

func germanClock(hour, minute int) string {
	said := germanStem(hour) + " Uhr"
	if minute > 0 {
		said += " " + germanCardinal(minute)
	}
	return said
}

func germanYear(n int) string {
	if n < 1100 || n >= 2000 {
		return germanCardinal(n)
	}
	return germanStem(n/100) + "hundert" + germanRest(n%100)
}
