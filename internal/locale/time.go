package locale

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
)

// names of days from Sunday and of months from January, per language.
var days = map[buurtbel.Language][7]string{
	buurtbel.Dutch:   {"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"},
	buurtbel.French:  {"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
	buurtbel.German:  {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
	buurtbel.English: {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

var months = map[buurtbel.Language][12]string{
	buurtbel.Dutch: {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"},
	buurtbel.French: {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
		"décembre"},
	buurtbel.German: {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
	buurtbel.English: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
		"December"},
}

// near are the words for yesterday, today and tomorrow.
var near = map[buurtbel.Language][3]string{
	buurtbel.Dutch:   {"gisteren", "vandaag", "morgen"},
	buurtbel.French:  {"hier", "aujourd'hui", "demain"},
	buurtbel.German:  {"gestern", "heute", "morgen"},
	buurtbel.English: {"yesterday", "today", "tomorrow"},
}

// Clock writes the time of day: "14.05 uur", "14 h 05", "14.05 Uhr", "14:05".
func Clock(lang buurtbel.Language, t time.Time, loc *time.Location) string {
	t = t.In(loc)
	switch lang {
	case buurtbel.French:
		return fmt.Sprintf("%d h %02d", t.Hour(), t.Minute())
	case buurtbel.German:
		return fmt.Sprintf("%d.%02d Uhr", t.Hour(), t.Minute())
	case buurtbel.English:
		return fmt.Sprintf("%d:%02d", t.Hour(), t.Minute())
	}
	return fmt.Sprintf("%d.%02d uur", t.Hour(), t.Minute())
}

// Date writes the whole date: "dinsdag 3 november 2026", "Dienstag, 3. November 2026".
func Date(lang buurtbel.Language, t time.Time, loc *time.Location) string {
	t, lang = t.In(loc), known(lang)
	day, month := days[lang][t.Weekday()], months[lang][t.Month()-1]
	switch {
	case lang == buurtbel.German:
		return fmt.Sprintf("%s, %d. %s %d", day, t.Day(), month, t.Year())
	case lang == buurtbel.French && t.Day() == 1:
		return fmt.Sprintf("%s 1er %s %d", day, month, t.Year())
	}
	return fmt.Sprintf("%s %d %s %d", day, t.Day(), month, t.Year())
}

// Day writes the day as a person would say it at now: "vandaag", "morgen", "gisteren", else the whole date.
func Day(lang buurtbel.Language, t, now time.Time, loc *time.Location) string {
	if away := daysBetween(now.In(loc), t.In(loc)); away >= -1 && away <= 1 {
		return near[known(lang)][away+1]
	}
	return Date(lang, t, loc)
}

// When writes day and time as a person would say them at now: "vandaag 14.05 uur", "aujourd'hui à 14 h 05", "heute um 14.05 Uhr", "today at 14:05".
func When(lang buurtbel.Language, t, now time.Time, loc *time.Location) string {
	link := map[buurtbel.Language]string{buurtbel.Dutch: " ", buurtbel.French: " à ", buurtbel.German: " um ", buurtbel.English: " at "}
	day := Day(lang, t, now, loc)
	if known(lang) == buurtbel.Dutch && strings.Contains(day, " ") {
		day += " om"
	}
	return day + link[known(lang)] + Clock(lang, t, loc)
}

// daysBetween counts calendar days, whatever the clocks did between them.
func daysBetween(a, b time.Time) int {
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(midnight(b).Sub(midnight(a)).Hours() / 24)
}

// spans are units of time from large to small; the words stand in the catalogue under message.span.
var spans = []struct {
	word string
	long time.Duration
}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}}

// Span writes a length of time in its largest whole unit: "3 minuten", "1 uur", "2 dagen". Less than a second is 0 seconds.
func Span(lang buurtbel.Language, d time.Duration) string {
	for _, s := range spans {
		if d.Abs() >= s.long {
			return Text(lang, "message.span."+s.word, buurtbel.Args{"Count": int64(d.Abs() / s.long)})
		}
	}
	return Text(lang, "message.span.second", buurtbel.Args{"Count": 0})
}

// Number writes a whole number with the thousands separator of the language; French uses a no-break space.
func Number(lang buurtbel.Language, n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + thousands(lang) + s[i:]
	}
	return sign + s
}

func thousands(lang buurtbel.Language) string {
	switch lang {
	case buurtbel.French:
		return "\u00a0"
	case buurtbel.English:
		return ","
	}
	return "."
}

// Decimal writes value (in units of 10^-places) with the decimal mark of the language: Decimal(nl, 1234, 2) is "12,34".
func Decimal(lang buurtbel.Language, value int64, places int) string {
	if places <= 0 {
		return Number(lang, value)
	}
	unit := int64(1)
	for range places {
		unit *= 10
	}
	sign := ""
	if value < 0 {
		sign, value = "-", -value
	}
	mark := ","
	if lang == buurtbel.English {
		mark = "."
	}
	return fmt.Sprintf("%s%s%s%0*d", sign, Number(lang, value/unit), mark, places, value%unit)
}

// Price writes a small price given in ten-thousandths of a euro, as carriers charge, with as many decimals as it needs: "€ 0,055", "€ 12,50".
func Price(lang buurtbel.Language, tenThousandths int64) string {
	places := 4
	for places > 2 && tenThousandths%10 == 0 {
		tenThousandths, places = tenThousandths/10, places-1
	}
	return withSign(lang, Decimal(lang, tenThousandths, places))
}

// withSign puts the euro sign where the language has it, tied with a no-break space.
func withSign(lang buurtbel.Language, amount string) string {
	switch lang {
	case buurtbel.French, buurtbel.German:
		return amount + "\u00a0€"
	case buurtbel.English:
		return "€" + amount
	}
	return "€\u00a0" + amount
}

// List joins words as a sentence does: "Kerkstraat, Molenweg en Veldstraat".
func List(lang buurtbel.Language, words []string) string {
	and := map[buurtbel.Language]string{buurtbel.Dutch: " en ", buurtbel.French: " et ", buurtbel.German: " und ", buurtbel.English: " and "}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + and[known(lang)] + words[last]
}

func known(lang buurtbel.Language) buurtbel.Language {
	if lang.Valid() {
		return lang
	}
	return buurtbel.Dutch
}
