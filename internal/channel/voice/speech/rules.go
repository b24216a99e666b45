package speech

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/buurtbel/buurtbel"
)

// numberRules lists what may begin with a digit, a plus or a euro sign. The order is the meaning: what is more particular stands first.
func (t *tongue) numberRules() []rule {
	numeral, units := t.numeral(), t.unitNames()
	return []rule{
		{form(`24/7`), func(*reader, []string) string { return t.always }},
		{form(`[0-9A-Z-]+`), t.sayCode},
		{form(`([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})`), func(r *reader, f []string) string { return t.sayDate(r, f[3], f[2], f[1]) }},
		{form(`([0-9]{1,2})([/.-])([0-9]{1,2})([/.-])([0-9]{4}|[0-9]{2})`), t.sayDateInDigits},
		{form(`([0-9]{1,2})/([0-9]{1,2})`), t.sayDayOrBox},
		{form(`([0-9]{1,2})\.([0-9]{1,2})\.`), t.sayShortDate},
		{form(`([0-9]{1,2})(?:` + t.ordinals + `|\.)? (?:of |de )?(?i:(` + t.monthNames() + `))\b\.?(?: ([0-9]{4}))?`), t.sayDayAndMonth},
		{form(`([0-9]{1,2})[.:]([0-5][0-9]) ?([ap])\.?m\b\.?`), t.sayHalfDay},
		{form(`([0-9]{1,2}) ?(?:` + t.clockUnit + `) ?([0-5][0-9])(?: ?min\b\.?)?`), t.sayClock},
		{form(`([0-9]{1,2})[.:]([0-5][0-9])(?::[0-5][0-9])? ?(?:` + t.clockUnit + `)\b\.?`), t.sayClock},
		{form(`([0-9]{1,2}):([0-5][0-9])`), t.sayClock},
		{form(`([0-9]{1,2})\.([0-5][0-9])`), t.sayBareClock},
		{form(`([0-9]{1,2}) ?(?:` + t.clockUnit + `)\b\.?`), t.sayHour},
		{form(`([1-2]) ?m ?([0-9]{2})`), t.sayHeight},
		{form(`([0-9])[.,]([0-9]{2}) ?m\b\.?`), t.sayHeight},
		{form(`(\+[0-9]{1,3}|00[1-9][0-9]?)(?:[ ./-]?\(0\))?((?:[ ./-]{0,3}[0-9]+){1,6})`), t.sayInternational},
		{form(`0[0-9]{1,3}(?:[ ./-]{1,3}[0-9]+)+`), t.sayTelephone},
		{form(`0[0-9]{7,9}`), t.sayTelephone},
		{form(`[0-9]{3}`), t.sayLine},
		{form(`[0-9]{4,5}`), t.sayPostal},
		{form(`[0-9]{4}`), t.sayShortNumber},
		{form(`[0-9]{4}`), t.sayYear},
		{form(`€ ?` + numeral), t.sayMoney},
		{form(numeral + ` ?(?:€|(?i:euros?|EUR)\b)`), t.sayMoney},
		{form(`([0-9]+)([a-gA-G])`), t.sayHouseLetter},
		{form(`([0-9]{1,2})\.`), t.sayGermanOrdinal},
		{form(numeral + ` ?(` + units + `)\.?`), t.sayMeasure},
		{form(`([0-9]+)(?:` + t.ordinals + `)`), t.sayOrdinal},
		{form(`([0-9]+)([A-Za-z])`), t.sayHouse},
		{form(numeral), t.sayNumber},
		{form(`[0-9]+`), func(r *reader, f []string) string { return t.whole(f[0], r.wordAfter(f[0])) }},
		{form(`\+`), func(*reader, []string) string { return t.plus }},
	}
}

// sayCode spells a code that follows the word for it, such as "code 4711" or "code K7-42".
func (t *tongue) sayCode(r *reader, f []string) string {
	if !codeBefore(r, t) {
		return ""
	}
	var said []string
	for _, c := range f[0] {
		switch {
		case isDigit(c):
			said = append(said, t.cardinal(int(c-'0')))
		case unicode.IsLetter(c):
			said = append(said, string(c))
		}
	}
	return strings.Join(said, ", ")
}

func codeBefore(r *reader, t *tongue) bool {
	return regexpOf(`(?i)(?:^|[^\pL])(?:` + t.code + `)[ :"]*$`).MatchString(r.text[:r.at])
}

// sayDateInDigits reads 12/03/2026; both marks must be the same.
func (t *tongue) sayDateInDigits(r *reader, f []string) string {
	if f[2] != f[4] {
		return ""
	}
	if len(f[5]) == 2 {
		f[5] = "20" + f[5]
	}
	return t.sayDate(r, f[1], f[3], f[5])
}

// sayDate gives "" for what is no day of the calendar. year may be "".
func (t *tongue) sayDate(r *reader, day, month, year string) string {
	d, m := atoi(day), atoi(month)
	if d < 1 || d > 31 || m < 1 || m > 12 {
		return ""
	}
	said := t.date(d, t.months[m-1], r.wordBefore())
	if year != "" {
		said += " " + t.year(atoi(year))
	}
	return said
}

// sayDayOrBox reads 12/3 after a street as a house number and its box, else as a day.
func (t *tongue) sayDayOrBox(r *reader, f []string) string {
	if r.afterStreet() {
		return t.cardinal(atoi(f[1])) + " " + t.box + " " + t.cardinal(atoi(f[2]))
	}
	if t.month(r.wordAfter(f[0])) != "" { // 5/6 mei
		return ""
	}
	return t.sayDate(r, f[1], f[2], "")
}

func (r *reader) afterStreet() bool { return r.roads.MatchString(r.text[:r.at]) }

// sayShortDate reads 12.3. where a sentence goes on or the month has a zero; what is a time keeps its point.
func (t *tongue) sayShortDate(r *reader, f []string) string {
	if len(f[2]) == 2 && atoi(f[2]) == 0 {
		return ""
	}
	return joinStop(t.sayDate(r, f[1], f[2], ""), r.stop(f[0]))
}

func (t *tongue) sayDayAndMonth(r *reader, f []string) string {
	day, month := atoi(f[1]), t.month(f[2])
	if day < 1 || day > 31 || month == "" {
		return ""
	}
	said := t.date(day, month, r.wordBefore())
	if f[3] != "" {
		said += " " + t.year(atoi(f[3]))
	}
	return joinStop(said, r.stop(f[0]))
}

func joinStop(said, stop string) string {
	if said == "" {
		return ""
	}
	return said + stop
}

func (t *tongue) sayClock(r *reader, f []string) string {
	hour, minute := atoi(f[1]), atoi(f[2])
	if hour > 24 || hour == 24 && minute > 0 {
		return ""
	}
	return t.clock(hour, minute) + r.stopAfterUnit(f[0])
}

// sayHalfDay reads 2.30 pm.
func (t *tongue) sayHalfDay(r *reader, f []string) string {
	said := t.sayClock(r, []string{"", f[1], f[2]})
	if said == "" {
		return ""
	}
	return said + " " + f[3] + " m" + r.stopAfterUnit(f[0])
}

// sayBareClock reads 14.30 without a unit: a time where a decimal would have a comma, in English only after a word that asks for a time.
func (t *tongue) sayBareClock(r *reader, f []string) string {
	rest := r.text[r.at+len(f[0]):]
	if decimalFollows.MatchString(rest) || regexpOf(`^ ?(?:`+t.unitNames()+`|(?i:euro|eur)|€)(?:[^\pL]|$)`).MatchString(rest) || strings.HasSuffix(r.text[:r.at], "€ ") || strings.HasSuffix(r.text[:r.at], "€") {
		return ""
	}
	if t.decimal == `\.` && !timeBefore.MatchString(r.text[:r.at]) {
		return ""
	}
	return t.sayClock(r, f)
}

var decimalFollows = regexp.MustCompile(`^[.,]?[0-9]`)
var timeBefore = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:at|by|from|until|till|since|before|after|around|about|to|and|between|-) ?(?:[0-9]+\.[0-9]+ ?(?:-|to|and) ?)?$`)

// sayHour reads an hour without minutes, or a number of hours.
func (t *tongue) sayHour(r *reader, f []string) string {
	hour := atoi(f[1])
	if hour > 24 || t.duration[r.wordBefore()] {
		return ""
	}
	return t.clock(hour, 0) + r.stopAfterUnit(f[0])
}

// sayHeight reads how tall somebody is: 1m75, 1,75 m.
func (t *tongue) sayHeight(r *reader, f []string) string {
	centimetres := t.cardinal(atoi(f[2]))
	if f[2] == "00" {
		centimetres = ""
	}
	return strings.TrimSpace(t.count(atoi(f[1]), t.metre)+" "+t.metre+" "+centimetres) + r.stopAfterUnit(f[0])
}

// sayLine says the number of an emergency line as people know it.
func (t *tongue) sayLine(r *reader, f []string) string {
	if !t.spelled {
		return ""
	}
	asked := t.asksToCall(r)
	next := r.wordAfter(f[0])
	alone := next == "" || afterLine[strings.ToLower(next)] || len(next) == 2 && strings.ToUpper(next) == next // 112 BE is an app
	if !asked && (!alone || !emergencyLines()[f[0]]) {
		return ""
	}
	return t.digitByDigit(f[0])
}

// asksToCall tells that a word before says that the number is one to call.
func (t *tongue) asksToCall(r *reader) bool {
	return regexpOf(`(?i)(?:^|[^\pL])(?:` + t.calling + `)[ :]+(?:[0-9 ]{3,14}[ /,]+(?:or|oder|and|und|of|ou|en|et)?[ ]*)?$`).MatchString(r.text[:r.at])
}

// sayShortNumber says a number of four digits that is called, in two halves or digit by digit.
func (t *tongue) sayShortNumber(r *reader, f []string) string {
	if !t.asksToCall(r) {
		return ""
	}
	return t.group(f[0][:2]) + " " + t.group(f[0][2:])
}

// sayGermanOrdinal reads "der 3. Einbruch": the point is no full stop after a word that asks for an ordinal.
func (t *tongue) sayGermanOrdinal(r *reader, f []string) string {
	before := r.wordBefore()
	if !t.nouns || !ordinalBefore[before] || r.wordAfter(f[0]) == "" || f[1] == "0" {
		return ""
	}
	return t.ordinal(atoi(f[1]), before)
}

var ordinalBefore = map[string]bool{
	"der": true, "die": true, "das": true, "den": true, "dem": true, "des": true, "im": true, "am": true, "zum": true, "zur": true, "vom": true, "beim": true, "ins": true,
}

// afterLine are words that may follow the number of a line, and do not say how many of something there are.
var afterLine = map[string]bool{"an": true, "oder": true, "und": true, "wählen": true, "anrufen": true, "or": true, "and": true, "now": true, "if": true, "at": true, "is": true}

func (t *tongue) sayPostal(r *reader, f []string) string {
	after := r.wordAfter(f[0])
	if after == "" || !strings.HasPrefix(r.text[r.at+len(f[0]):], " ") || f[0][0] == '0' && len(f[0]) == 4 {
		return ""
	}
	if first := []rune(after)[0]; !unicode.IsUpper(first) || t.month(after) != "" || strings.EqualFold(after, "euro") {
		return ""
	}
	listed := strings.HasSuffix(r.text[:r.at], ", ") || r.at == 0
	if n := atoi(f[0]); !listed && (n >= 1900 && n < 2100 || t.decimal == `\.` || t.nouns && !placeBefore[r.wordBefore()]) {
		return ""
	}
	return t.postal(f[0], after)
}

// placeBefore are words after which a German number and a noun are a postal code and a place.
var placeBefore = map[string]bool{"in": true, "nach": true, "aus": true}

func (t *tongue) sayYear(r *reader, f []string) string {
	n := atoi(f[0])
	rest := r.text[r.at+len(f[0]):]
	if n < 1900 || n >= 2100 || regexpOf(`^ ?(?:`+t.unitNames()+`|(?i:euro)|€)(?:[^\pL]|$)`).MatchString(rest) || decimalFollows.MatchString(rest) {
		return ""
	}
	return t.year(n)
}

// sayMoney says an amount; cents are said after the euros, as at a counter.
func (t *tongue) sayMoney(r *reader, f []string) string {
	euros, ok := number(f[1])
	if !ok {
		return ""
	}
	if len(f[2]) > 2 {
		return t.decimals(f[1], f[2]) + " " + t.euro[1]
	}
	unit := plural(t.euro, euros)
	if strings.HasSuffix(strings.ToLower(f[0]), "euro") { // as written: a 50 euro note
		unit = t.euro[0]
	}
	said := t.count(euros, t.euro[0]) + " " + unit
	if cents := atoi((f[2] + "00")[:2]); cents > 0 {
		said += " " + t.cardinal(cents)
	}
	return said
}

func plural(forms [2]string, n int) string {
	if n == 1 {
		return forms[0]
	}
	return forms[1]
}

// sayMeasure says a number with its unit: 3,5 km.
func (t *tongue) sayMeasure(r *reader, f []string) string {
	forms := t.units[f[3]]
	if f[3][0] == '-' { // 9-jarige
		return t.whole(f[1], "x") + forms[0]
	}
	stop := r.stopAfterUnit(f[0])
	if f[2] != "" {
		return t.decimals(f[1], f[2]) + " " + forms[1] + stop
	}
	n, ok := number(f[1])
	if !ok {
		return t.digitByDigit(f[1]) + " " + forms[1] + stop
	}
	if n == 0 && forms[0] != forms[1] && !t.oneByOne {
		return t.cardinal(0) + " " + forms[0] + stop
	}
	return t.count(n, forms[0]) + " " + plural(forms, n) + stop
}

func (t *tongue) decimals(whole, fraction string) string {
	said := t.digitByDigit(fraction)
	if !t.oneByOne && len(fraction) <= 2 && fraction[0] != '0' {
		said = t.cardinal(atoi(fraction))
	}
	mark := t.comma
	if t.decimal == `\.` {
		mark = t.point
	}
	return t.whole(whole, "") + " " + mark + " " + said
}

func (t *tongue) sayOrdinal(r *reader, f []string) string {
	n, ok := number(f[1])
	if !ok || n == 0 {
		return ""
	}
	return t.ordinal(n, strings.ToLower(r.wordBefore()+" "+f[0]))
}

// sayHouseLetter reads 12g after a street, which elsewhere is a weight.
func (t *tongue) sayHouseLetter(r *reader, f []string) string {
	if !r.afterStreet() {
		return ""
	}
	return t.sayHouse(r, f)
}

// sayHouse reads 12A, after a street also 12a.
func (t *tongue) sayHouse(r *reader, f []string) string {
	if !r.afterStreet() && strings.ToUpper(f[2]) != f[2] {
		return ""
	}
	return t.whole(f[1], "") + " " + strings.ToUpper(f[2])
}

func (t *tongue) sayNumber(r *reader, f []string) string {
	if f[2] != "" {
		return t.decimals(f[1], f[2])
	}
	return t.whole(f[1], r.wordAfter(f[0]))
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0 // the forms let digits through only
	}
	return n
}

// emergencyLines are the numbers of up to four digits in the country profiles.
var emergencyLines = onceLines(buurtbel.CountryProfile, "BE", "NL")
