package speech

import (
	"regexp"
	"strings"
)

// french is French as it is spoken in Belgium.
func french() *tongue {
	t := &tongue{
		cardinal: frenchCardinal, one: frenchOne, ordinal: frenchOrdinalAs, clock: frenchClock, year: frenchCardinal,
		date: func(day int, month, _ string) string {
			if day == 1 {
				return "premier " + month
			}
			return frenchCardinal(day) + " " + month
		},
		postal: func(digits, _ string) string { return frenchCardinal(atoi(digits)) },
		code:   `code`, calling: `appelez le|appeler le|formez le|composez le|au numéro|ou le|téléphone`, clockUnit: `heures?|[hHuU]`, duration: map[string]bool{},
		ordinals: `ers?|ères?|res?|ièmes?|èmes?|emes?|es?|nde?`, grouping: `[ .]`, decimal: `,`,
		months: strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
		short:  strings.Fields("janv févr . avr . . juil aout sept oct nov déc"),
		to:     "à", or: "ou", minus: "moins", point: "point", comma: "virgule", plus: "plus", metre: "mètre", box: "boîte", always: "jour et nuit",
		euro: [2]string{"euro", "euros"},
		symbols: map[rune]string{
			'&': "et", '%': "pour cent", '@': "arobase", '=': "égale", '+': "plus", '#': "dièse", '*': "étoile", '°': "degrés", '€': "euros",
		},
		andOr: regexp.MustCompile(`(?i)(?:\bet ?/ ?o|\bou ?/ ?e)$`),
		units: frenchUnits(),
		roads: regexp.MustCompile(`(?i)(?:^|[^\pL])(?:rue|r\.|avenue|av\.?|boulevard|bd\.?|bld\.?|chaussée|ch\.|chée|place|pl\.|quai|chemin|route|rte|impasse|allée|clos|square|sentier|venelle|drève|n°|numéro)(?: [\pL'.-]+){0,6},? $`),
	}
	t.group = t.pairs
	t.abbreviated = frenchAbbreviations()
	return t
}

func frenchUnits() map[string][2]string {
	s := func(one string) [2]string { return [2]string{one, one + "s"} }
	return map[string][2]string{
		"km/h": {"kilomètre à l'heure", "kilomètres à l'heure"}, "km2": {"kilomètre carré", "kilomètres carrés"}, "km": s("kilomètre"), "m2": {"mètre carré", "mètres carrés"},
		"m3": {"mètre cube", "mètres cubes"}, "m": s("mètre"), "cm": s("centimètre"), "mm": s("millimètre"), "kg": s("kilo"), "g": s("gramme"), "l": s("litre"), "ha": s("hectare"),
		"%": {"pour cent", "pour cent"}, "°C": s("degré"), "°": s("degré"), "h": s("heure"), "min": s("minute"), "sec": s("seconde"), "kV": s("kilovolt"), "x": {"fois", "fois"},
	}
}

func frenchAbbreviations() []abbreviation {
	return []abbreviation{
		{`(?i:p\. ?ex\.)`, "par exemple"}, {`(?i:c\.?-à-d\.?)`, "c'est-à-dire"}, {`(?i:etc)\.`, "et cetera"}, {`(?i:env)\.`, "environ"}, {`(?i:s\.? ?v\.? ?p)\b\.?`, "s'il vous plaît"},
		{`(?i:rdv)\b`, "rendez-vous"}, {`(?i:tél)\b\.?`, "téléphone"}, {`(?i:n°s?|nr\b\.?|no\.) ?`, "numéro "}, {`(?i:bte)\b\.?`, "boîte"}, {`(?i:max)\.`, "maximum"}, {`(?i:min)\.`, "minimum"},
		{`(?i:av)\.`, "avenue "}, {`(?i:bd|bld|boul)\b\.?`, "boulevard "}, {`(?i:chée)\b\.?`, "chaussée "}, {`(?i:ch)\.`, "chaussée "}, {`(?i:pl)\.`, "place "}, {`(?i:rte)\b\.?`, "route "},
		{`(?i:imp)\.`, "impasse "}, {`(?i:all)\.`, "allée "}, {`(?i:sq)\.`, "square "}, {`([rR])\. `, "$1ue "}, {`Ste[ -]`, "Sainte "}, {`St[ -]`, "Saint "}, {`St\. ?`, "Saint "},
		{`Mmes\b`, "mesdames"}, {`Mme\b`, "madame"}, {`Mlle\b`, "mademoiselle"}, {`MM\.`, "messieurs"}, {`M\. `, "monsieur "}, {`(?i:dr)\b\.?`, "docteur "}, {`(?i:pers)\.`, "personnes"},
		{`(?i:lu-ve)\b`, "lundi à vendredi"}, {`(?i:réf)\.`, "référence "}, {`(?i:pcq)\b`, "parce que"}, {`(?i:gsm)\b`, "GSM"},
	}
}

// feminine are the words of alerts before which one is une. A list: French does not show gender.
var feminine = regexp.MustCompile(`(?i)^(?:personne|voiture|camionnette|moto|femme|fille|dame|heure|minute|seconde|maison|habitation|rue|fois|tonne|porte|fenêtre|victime|arme|année|semaine|journée|nuit|veste|remorque|boîte)s?$`)

func frenchOne(next string) string {
	if feminine.MatchString(next) {
		return "une"
	}
	return ""
}

func frenchOrdinalAs(n int, written string) string {
	if n == 1 && (strings.HasSuffix(written, "re") || strings.HasSuffix(written, "res")) {
		return "première"
	}
	return frenchOrdinal(n)
}

// frenchClock agrees with the feminine of heure and minute: vingt et une heures une.
func frenchClock(hour, minute int) string {
	hours := "heures"
	if hour < 2 {
		hours = "heure"
	}
	said := une(hour) + " " + hours
	if minute > 0 {
		said += " " + une(minute)
	}
	return said
}

func une(n int) string {
	said := frenchCardinal(n)
	if n == 1 || strings.HasSuffix(said, " un") {
		return said + "e"
	}
	return said
}
