package speech

import (
	"regexp"
	"strings"
)

// english is English as it is spoken in Britain.
func english() *tongue {
	t := &tongue{
		cardinal: englishCardinal, one: func(string) string { return "" },
		ordinal: func(n int, _ string) string { return englishOrdinal(n) },
		clock:   englishClock, year: englishYear, date: englishDate,
		code: `code|pin`, calling: `call|dial|ring|phone|police|emergency|number`, clockUnit: `o'clock|hrs|hours`,
		duration: map[string]bool{"in": true, "within": true, "for": true, "about": true, "last": true, "next": true, "every": true},
		ordinals: `st|nd|rd|th`, grouping: `,`, decimal: `\.`, oneByOne: true, spelled: true,
		months: strings.Fields("January February March April May June July August September October November December"),
		short:  strings.Fields("Jan Feb Mar Apr . Jun Jul Aug Sept Oct Nov Dec"),
		to:     "to", or: "or", minus: "minus", point: "point", comma: "comma", plus: "plus", metre: "metre", box: "box", always: "twenty-four seven",
		euro: [2]string{"euro", "euros"},
		symbols: map[rune]string{
			'&': "and", '%': "per cent", '@': "at", '=': "equals", '+': "plus", '#': "hash", '*': "star", '°': "degrees", '€': "euros",
		},
		andOr: regexp.MustCompile(`(?i)(?:\band ?/ ?o|\bor ?/ ?a)$`),
		units: englishUnits(),
		roads: regexp.MustCompile(`(?i)(?:street|st\.?|road|rd\.?|lane|ln\.?|avenue|ave?\.?|square|sq\.?|drive|dr\.?|place|pl\.?|straat|laan|weg|number|no\.?),? $`),
	}
	t.group, t.postal = t.digitByDigit, func(digits, _ string) string { return t.digitByDigit(digits) }
	t.abbreviated = englishAbbreviations()
	return t
}

func englishUnits() map[string][2]string {
	s := func(one string) [2]string { return [2]string{one, one + "s"} }
	return map[string][2]string{
		"km/h": {"kilometre per hour", "kilometres per hour"}, "mph": {"mile per hour", "miles per hour"}, "km2": {"square kilometre", "square kilometres"}, "km": s("kilometre"),
		"m2": {"square metre", "square metres"}, "m3": {"cubic metre", "cubic metres"}, "m": s("metre"), "cm": s("centimetre"), "mm": s("millimetre"), "kg": s("kilo"), "g": s("gram"),
		"l": s("litre"), "ha": s("hectare"), "%": {"per cent", "per cent"}, "°C": s("degree"), "°": s("degree"), "h": s("hour"), "min": s("minute"), "sec": s("second"), "kV": s("kilovolt"),
		"am": {"a m", "a m"}, "pm": {"p m", "p m"}, "a.m.": {"a m", "a m"}, "p.m.": {"p m", "p m"}, "x": {"time", "times"},
	}
}

func englishAbbreviations() []abbreviation {
	return []abbreviation{
		{`(?i:e\. ?g\.)`, "for example"}, {`(?i:i\. ?e\.)`, "that is"}, {`(?i:etc)\.`, "et cetera"}, {`(?i:approx)\.`, "approximately"}, {`(?i:asap)\b`, "as soon as possible"},
		{`(?i:no)\. ?(?:#)?`, "number "}, {`(?i:tel)\.`, "telephone"}, {`(?i:max)\.`, "maximum"}, {`(?i:min)\.`, "minimum"}, {`(?i:incl)\.`, "including"},
		{`([A-Z][a-z']+) St\b\.?`, "$1 Street"}, {`([A-Z][a-z']+) Rd\b\.?`, "$1 Road"}, {`([A-Z][a-z']+) Dr\b\.?`, "$1 Drive"}, {`([A-Z][a-z']+) Ln\b\.?`, "$1 Lane"},
		{`([A-Z][a-z']+) (?:Ave|Av)\b\.?`, "$1 Avenue"}, {`([A-Z][a-z']+) Sq\b\.?`, "$1 Square"}, {`([A-Z][a-z']+) Pl\b\.?`, "$1 Place"},
		{`St\b\.? `, "Saint "}, {`Dr\b\.?`, "Doctor"}, {`Mr\b\.?`, "Mister"}, {`Mrs\b\.?`, "Missus"}, {`Prof\.`, "Professor"}, {`Mon-Fri\b`, "Monday to Friday"}, {`a\.m\.`, "a m"}, {`p\.m\.`, "p m"}, {`pm\b`, "p m"},
	}
}

func englishDate(day int, month, before string) string {
	said := englishOrdinal(day) + " of " + month
	if before == "the" {
		return said
	}
	return "the " + said
}

// englishClock says a time as it is written, so that two thirty stays two thirty whether the text goes on with p.m. or not.
func englishClock(hour, minute int) string {
	switch {
	case minute == 0 && hour == 0:
		return "midnight"
	case hour == 0:
		return "zero " + englishMinute(minute)
	case minute == 0 && hour <= 12:
		return englishCardinal(hour) + " o'clock"
	case minute == 0:
		return englishCardinal(hour) + " hundred hours"
	}
	return englishCardinal(hour) + " " + englishMinute(minute)
}

func englishMinute(minute int) string {
	if minute < 10 {
		return "oh " + englishCardinal(minute)
	}
	return englishCardinal(minute)
}

// englishYear says 2026 in two halves, 2005 as a number.
func englishYear(n int) string {
	switch {
	case n < 1100 || n >= 2000 && n < 2010 || n%1000 == 0:
		return englishCardinal(n)
	case n%100 == 0:
		return englishCardinal(n/100) + " hundred"
	}
	return strings.TrimSpace(englishCardinal(n/100) + " " + englishMinute(n%100))
}
