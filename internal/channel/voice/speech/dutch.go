package speech

import (
	"regexp"
	"strings"
)

// dutch is Dutch as it is spoken in Belgium.
func dutch() *tongue {
	t := &tongue{
		cardinal: dutchCardinal, one: func(string) string { return "" },
		ordinal: func(n int, _ string) string { return dutchOrdinal(n) },
		clock:   dutchClock,
		date:    func(day int, month, _ string) string { return dutchCardinal(day) + " " + month },
		year:    dutchYear, postal: dutchPostal,
		code: `code|kode|pincode`, calling: `bel|belt|bellen|via|op het nummer|telefoonnummer|telefoon|noodnummer`, clockUnit: `uur|[uUhH]`, duration: map[string]bool{},
		ordinals: `ste|de|e`, grouping: `\.`, decimal: `,`,
		months: strings.Fields("januari februari maart april mei juni juli augustus september oktober november december"),
		short:  strings.Fields("jan feb mrt apr . jun jul aug sep okt nov dec"),
		to:     "tot", or: "of", minus: "min", point: "punt", comma: "komma", plus: "plus", metre: "meter", box: "bus", always: "dag en nacht",
		euro: [2]string{"euro", "euro"},
		symbols: map[rune]string{
			'&': "en", '%': "procent", '@': "apenstaartje", '=': "is", '+': "plus", '#': "hekje", '*': "sterretje", '°': "graden", '€': "euro",
		},
		andOr: regexp.MustCompile(`(?i)(?:\ben ?/ ?o|\bof ?/ ?e)$`),
		units: dutchUnits(),
		roads: regexp.MustCompile(`(?i)(?:straat|str\.?|laan|ln\.?|weg|steenweg|stwg\.?|dreef|dr\.?|plein|pl\.?|lei|kaai|markt|hof|pad|baan|wijk|ring|kade|singel|gracht|dijk|berg|veld|nr\.?|nummer),? $`),
	}
	t.group = t.pairs
	t.endings = []abbreviation{
		{`str\.?`, "straat"}, {`stwg\.?`, "steenweg"}, {`stw\.`, "steenweg"}, {`ln\.?`, "laan"}, {`dr\.`, "dreef"}, {`pl\.`, "plein"}, {`wg\.`, "weg"},
	}
	t.abbreviated = dutchAbbreviations()
	return t
}

func dutchUnits() map[string][2]string {
	same := func(s string) [2]string { return [2]string{s, s} }
	return map[string][2]string{
		"km/u": same("kilometer per uur"), "km/h": same("kilometer per uur"), "km2": same("vierkante kilometer"), "km": same("kilometer"),
		"m2": same("vierkante meter"), "m3": same("kubieke meter"), "m": same("meter"), "cm": same("centimeter"), "mm": same("millimeter"),
		"kg": same("kilogram"), "g": same("gram"), "l": same("liter"), "ha": same("hectare"), "%": same("procent"), "°C": same("graden"), "°": same("graden"),
		"u": same("uur"), "j": same("jaar"), "uur": same("uur"), "min": {"minuut", "minuten"}, "sec": {"seconde", "seconden"}, "kV": same("kilovolt"), "ct": same("cent"), "x": same("keer"),
		"-jarige": same("jarige"), "-jarigen": same("jarigen"), "-jarig": same("jarig"),
	}
}

func dutchAbbreviations() []abbreviation {
	return []abbreviation{
		{`(?i:t\. ?h\. ?v\.)`, "ter hoogte van"}, {`(?i:thv)\b\.?`, "ter hoogte van"}, {`(?i:t\. ?e\. ?m\.|tem\b)`, "tot en met"}, {`(?i:t\.a\.v\.)`, "ter attentie van"},
		{`(?i:i\. ?v\. ?m\.)`, "in verband met"}, {`(?i:m\. ?b\. ?t\.)`, "met betrekking tot"}, {`(?i:d\. ?w\. ?z\.)`, "dat wil zeggen"}, {`(?i:o\. ?a\.)`, "onder andere"},
		{`(?i:a\. ?u\. ?b\.)`, "alstublieft"}, {`(?i:bijv|bv|vb)\.`, "bijvoorbeeld"}, {`(?i:enz)\.`, "enzovoort"}, {`(?i:ca)\.`, "ongeveer"}, {`(?i:nr)\.-?plaat`, "nummerplaat"}, {`(?i:nr)\b\.?`, "nummer"},
		{`(?i:tel)\.`, "telefoon"}, {`(?i:max)\.`, "maximaal"}, {`(?i:min)\.`, "minimaal"}, {`(?i:incl)\.`, "inclusief"}, {`(?i:pers)\.`, "personen"}, {`(?i:blz)\.`, "bladzijde"},
		{`(?i:str)\.`, "straat"}, {`(?i:stwg|stw)\.`, "steenweg"}, {`(?i:ln)\.`, "laan"}, {`(?i:pl)\.`, "plein"}, {`(?i:dr)\.`, "dokter "}, {`(?i:prof)\.`, "professor "},
		{`(?i:burg)\.`, "burgemeester "}, {`(?i:past)\.`, "pastoor "}, {`(?i:kan)\.`, "kanunnik "}, {`(?i:kard)\.`, "kardinaal "}, {`(?i:gen)\.`, "generaal "}, {`(?i:kon)\.`, "koning "},
		{`St\.?-`, "Sint-"}, {`St\. ?`, "Sint "}, {`O\.? ?-?L\.? ?-?V\.?-`, "Onze-Lieve-Vrouw-"}, {`O\.? ?-?L\.? ?-?V\b\.?`, "Onze-Lieve-Vrouw "}, {`(?i:gsm)-?nr\.?`, "gsm-nummer"}, {`(?i:dhr)\.`, "meneer "}, {`(?i:mevr|mw)\.`, "mevrouw "},
		{`(?i:t\. ?w\. ?v\.)`, "ter waarde van"}, {`(?i:verd)\.`, "verdieping"}, {`(?i:ref)\.`, "referentie "}, {`(?i:ma-vr)`, "maandag tot vrijdag"},
		{`(?i:vlgs)\.`, "volgens"}, {`(?i:resp)\.`, "respectievelijk"}, {`(?i:omg)\.`, "omgeving"}, {`(?i:vtg)\b\.?`, "voertuig"},
	}
}

func dutchClock(hour, minute int) string {
	if minute == 0 {
		return dutchCardinal(hour) + " uur"
	}
	return dutchCardinal(hour) + " uur " + dutchCardinal(minute)
}

// dutchYear says 1998 in hundreds and 2026 in thousands.
func dutchYear(n int) string {
	if n < 1100 || n >= 2000 || n%100 == 0 && n%1000 == 0 {
		return dutchCardinal(n)
	}
	return strings.TrimSpace(dutchCardinal(n/100) + "honderd " + dutchRest(n%100))
}

// dutchPostal says a postal code in two halves; round ones as a number.
func dutchPostal(digits, _ string) string {
	n := atoi(digits)
	switch {
	case len(digits) != 4 || n%1000 == 0:
		return dutchCardinal(n)
	case n%100 == 0:
		return dutchCardinal(n/100) + "honderd"
	case n%100 < 10:
		return dutchCardinal(n/100) + " nul " + dutchCardinal(n%100)
	}
	return dutchCardinal(n/100) + " " + dutchCardinal(n%100)
}
