package wording

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
)

var mailboxPattern = regexp.MustCompile(`[a-z0-9._%+\-]+ ?(?:@|\(at\)|\[at\]|\{at\}) ?[a-z0-9\-]+(?: ?(?:\.|\(dot\)|\[dot\]|\(punt\)|\[punt\]) ?[a-z0-9\-]+)*(?:\.| ?(?:\(dot\)|\[dot\]|\(punt\)|\[punt\]) ?)[a-z]{2,}|[a-z0-9._%+\-]+@[a-z0-9.\-]*[a-z0-9]`)

// spelledMailbox is an address in words: "jan punt peeters at voorbeeld punt be".
var spelledMailbox = regexp.MustCompile(`\b[a-z0-9\-]+(?: (?:punt|point|punkt|dot) [a-z0-9\-]+)* (?:at|apenstaartje|arobase|arrobase|klammeraffe|aapje) [a-z0-9\-]+(?: (?:punt|point|punkt|dot) [a-z0-9\-]+)* ?(?: (?:punt|point|punkt|dot) |\.)[a-z]{2,}\b`)

func mailboxes(d *document, _ buurtbel.Language, _ Context) {
	for _, p := range []*regexp.Regexp{mailboxPattern, spelledMailbox} {
		d.each(p, func(s span) { d.report(Refuse, Mailbox, s, nil) })
	}
}

var linkPattern = regexp.MustCompile(`\b(?:https?://|www\.)[^\s<>"]*[^\s<>".,;:!?)]`)

func links(d *document, _ buurtbel.Language, _ Context) {
	d.each(linkPattern, func(s span) { d.report(Warn, Link, s, nil) })
}

var slotPattern = regexp.MustCompile(`\{[a-z]+\}`)

func slots(d *document, _ buurtbel.Language, _ Context) {
	d.each(slotPattern, func(s span) { d.report(Refuse, OpenSlot, s, nil) })
}

// numeral is a row of digits with what people put between them.
var numeral = regexp.MustCompile(`(?:\+ ?|\(\+?)?[0-9](?:[0-9]|(?: ?[-./()_] ?| {1,2}|\) ?\(?| ?\()[0-9])*`)

// numerals lists rows of at least min digits that no letter touches, longest possible.
func (d *document) numerals(min int, look func(s span, digits string)) {
	for _, m := range numeral.FindAllStringIndex(d.low, -1) {
		s := span{m[0], m[1]}
		digits := onlyDigits(d.low[s.start:s.end])
		if len(digits) >= min && !d.overlaps(d.safe, s) && !d.overlaps(d.ownLines, s) && !d.overlaps(d.taken, s) {
			look(s, digits)
		}
	}
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

var (
	belgianWritten = regexp.MustCompile(`\b[0-9]{2}[./ \-]?[0-9]{2}[./ \-]?[0-9]{2} ?[-./ ]? ?[0-9]{3} ?[-./ ]? ?[0-9]{2}\b`)
	belgianDotted  = regexp.MustCompile(`^[0-9]{2}\.[0-9]{2}\.[0-9]{2} ?- ?[0-9]{3}[.\- ][0-9]{2}$`)
	frenchWritten  = regexp.MustCompile(`\b[12] ?[0-9]{2} ?[01][0-9] ?(?:[0-9]{2}|2[ab]) ?[0-9]{3} ?[0-9]{3}(?: ?[0-9]{2})?\b`)
	nationalWord   = regexp.MustCompile(`\b(rijksregister(?:nummer|nr)?|rrn|insz|niss|bsn|burgerservicenummer|sofinummer|nationaal nummer|numero national|registre national|numero de securite sociale|steuer-?id(?:entifikationsnummer)?|nationalregisternummer|national (?:register )?number|matricule)\b[^0-9.]{0,20}([0-9][0-9 ./\-]{5,20}[0-9])`)
)

// nationals finds national register numbers: Belgian ones by form and check digits, French ones by form, others by the word before them.
func nationals(d *document, _ buurtbel.Language, _ Context) {
	for _, m := range nationalWord.FindAllStringSubmatchIndex(d.low, -1) {
		d.report(Refuse, National, span{m[4], m[5]}, nil)
	}
	d.each(belgianWritten, func(s span) {
		written := d.low[s.start:s.end]
		if digits := onlyDigits(written); belgianDotted.MatchString(written) || belgianValid(digits) && plausibleBirth(digits) {
			d.report(Refuse, National, s, nil)
		}
	})
	d.each(frenchWritten, func(s span) { d.report(Refuse, National, s, nil) })
	d.numerals(9, func(s span, digits string) {
		if len(digits) == 9 && digits == d.low[s.start:s.end] && dutchValid(digits) && digits[0] != '0' {
			d.report(Refuse, National, s, nil)
		}
	})
}

// Personal tells whether a text that is no alert holds a national register number: a Belgian or French one by its form, any other by the word
// before it. A bare row of nine digits is none here: forms hold numbers of files too.
func Personal(text string) bool {
	low := read(text, Context{}).low
	if nationalWord.MatchString(low) || frenchWritten.MatchString(low) {
		return true
	}
	for _, written := range belgianWritten.FindAllString(low, -1) {
		if digits := onlyDigits(written); belgianDotted.MatchString(written) || belgianValid(digits) && plausibleBirth(digits) {
			return true
		}
	}
	return false
}

// belgianValid checks the last two digits: 97 minus the first nine modulo 97, with 2 before them for who was born from 2000.
func belgianValid(digits string) bool {
	if len(digits) != 11 {
		return false
	}
	n, err := strconv.ParseInt(digits[:9], 10, 64)
	if err != nil {
		return false
	}
	check, err := strconv.ParseInt(digits[9:], 10, 64)
	return err == nil && (97-n%97 == check || 97-(2_000_000_000+n)%97 == check)
}

// plausibleBirth leaves out telephone numbers that happen to fit: months run to 12, plus 20 or 40 in the register of foreigners.
func plausibleBirth(digits string) bool {
	month, err := strconv.Atoi(digits[2:4])
	if err != nil {
		return false
	}
	day, err := strconv.Atoi(digits[4:6])
	return err == nil && month%20 <= 12 && month < 60 && day <= 31
}

// dutchValid is the test of eleven of the burgerservicenummer: 9a+8b+...+2h-i is a multiple of 11.
func dutchValid(digits string) bool {
	sum := 0
	for i, c := range digits {
		weight := 9 - i
		if weight == 1 {
			weight = -1
		}
		sum += weight * int(c-'0')
	}
	return sum%11 == 0 && strings.Trim(digits, "0") != ""
}

var callWord = regexp.MustCompile(`\b(bel|bellen|belt|tel|telefoon|telefoonnummer|gsm|gsm-nummer|mobiel|sms|whatsapp|nummer|nr|appelez|appeler|telephonez|telephone|numero|contactez|portable|ruf|rufen sie|anrufen|telefon|telefonnummer|handy|rufnummer|call|phone|text|number|mobile)\b[ .:]{1,3}(?:(?:naar|op|het|de|nummer|nr|au|le|numero|sie|die|us|on|the|number|unter|at|direct|nu|dan|zonder voorvoegsel)[ .:]{1,2}){0,3}$`)

// numbered precedes the number of a house, a bus or a card.
var numbered = regexp.MustCompile(`(?:nummer|numero|number|nr|text|sms)[. :]+$`)

// phones finds telephone numbers; the zone's own lines are safe already. Rows of eight digits and more that are no date, time or amount are
// taken for one: an alert has no other use for them.
func phones(d *document, _ buurtbel.Language, _ Context) {
	d.numerals(3, func(s span, digits string) {
		called := callWord.MatchString(d.low[max(0, s.start-40):s.start])
		switch written := d.low[s.start:s.end]; {
		case d.touchesLetter(s) && len(digits) < 8, isDateOrTime(written), d.isAmount(s):
		case isPhone(written, digits, called):
			d.report(Refuse, Phone, s, nil)
		case called && (len(digits) == 3 || len(digits) == 4) && written == digits && !numbered.MatchString(d.low[max(0, s.start-12):s.start]):
			d.report(Warn, OtherLine, s, nil)
		}
	})
	spelledPhones(d)
}

func (d *document) touchesLetter(s span) bool {
	return s.start > 0 && kindAt(d.low, s.start-1) == letter || s.end < len(d.low) && kindAt(d.low, s.end) == letter
}

func isPhone(written, digits string, called bool) bool {
	n := len(digits)
	switch {
	case n > 20:
		return true
	case written[0] == '+' || strings.HasPrefix(written, "(+"):
		return n >= 6
	case strings.HasPrefix(digits, "00"):
		return n >= 9
	case digits[0] == '0':
		return n >= 8
	case called:
		return n >= 5
	case written == digits:
		return n >= 8
	case strings.ContainsAny(written, "/-") && n >= 8:
		return true
	}
	return n >= 9
}

// isDateOrTime recognises dates, ranges of times and ranges of years among rows of digits.
func isDateOrTime(written string) bool {
	parts := strings.FieldsFunc(written, func(r rune) bool { return r < '0' || r > '9' })
	marks := strings.FieldsFunc(written, func(r rune) bool { return r >= '0' && r <= '9' })
	dashed := func(i int) bool { return strings.TrimSpace(marks[i]) == "-" }
	switch {
	case len(marks) >= len(parts):
		return false
	case len(parts) == 1 && len(written) == 8:
		_, err := time.Parse("20060102", written)
		return err == nil && isYear(written)
	case len(parts) == 2:
		return len(parts[0]) == 4 && len(parts[1]) == 4 && isYear(parts[0]) && isYear(parts[1]) || isClock(parts)
	case len(parts) == 3:
		return isDate(parts)
	case len(parts) == 4:
		return isClock(parts[:2]) && isClock(parts[2:]) && dashed(1) && marks[0] == "." && marks[2] == "."
	case len(parts) == 5:
		return isDate(parts[:3]) && isClock(parts[3:]) && marks[2] == " " && marks[0] != " " && marks[1] != " "
	case len(parts) == 6:
		return isDate(parts[:3]) && isDate(parts[3:]) && (dashed(2) || marks[2] == " ") && marks[0] != " " && marks[4] != " "
	}
	return false
}

func isYear(s string) bool { return strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20") }

func isDate(p []string) bool {
	if len(p[0]) == 4 {
		p = []string{p[2], p[1], p[0]}
	}
	return atMost(p[0], 31) && atMost(p[1], 12) && strings.Trim(p[0], "0") != "" && strings.Trim(p[1], "0") != "" && (len(p[2]) == 4 && isYear(p[2]) || len(p[2]) == 2)
}

func isClock(p []string) bool { return atMost(p[0], 24) && atMost(p[1], 59) && len(p[1]) == 2 }

func atMost(s string, most int) bool {
	n, err := strconv.Atoi(s)
	return err == nil && len(s) <= 2 && n <= most
}

var (
	amountAfter  = regexp.MustCompile(`^ ?(?:,[0-9]{1,2}|,-)? ?(?:euros?|eur|€|dollar|meter|metres?|km|kilometer|m2|liter|litres?)\b|^ ?€`)
	amountBefore = regexp.MustCompile(`(?:€|eur|euros?) ?$`)
	grouped      = regexp.MustCompile(`^[1-9][0-9]{0,2}(?:[ .][0-9]{3})+$`)
)

// isAmount tells whether a row of digits is money or a measure with thousands separators.
func (d *document) isAmount(s span) bool {
	beside := amountAfter.MatchString(d.low[s.end:min(len(d.low), s.end+16)]) || amountBefore.MatchString(d.low[max(0, s.start-8):s.start])
	return beside && (grouped.MatchString(d.low[s.start:s.end]) || s.end-s.start <= 7)
}

// lines finds the zone's emergency lines as they stand in the text, so that they are nobody's private number.
func (d *document) lines(lines []string) []span {
	var out []span
	for _, m := range numeral.FindAllStringIndex(d.low, -1) {
		digits := onlyDigits(d.low[m[0]:m[1]])
		for _, l := range lines {
			if want := onlyDigits(l); want != "" && want == digits {
				out = append(out, span{m[0], m[1]})
			}
		}
	}
	return out
}

// spelledPhones finds eight and more digits by name, mixed with written ones.
func spelledPhones(d *document) {
	for i := 0; i < len(d.groups); {
		j, digits, words := i, 0, 0
		for j < len(d.groups) && (j == i || d.near(j)) {
			g := d.groups[j]
			if digitWords[g.text] {
				words++
				digits++
			} else if g.digits && len(g.text) <= 3 {
				digits += len(g.text)
			} else {
				break
			}
			j++
		}
		if words >= 3 && digits >= 7 {
			d.report(Refuse, Phone, span{d.groups[i].start, d.groups[j-1].end}, nil)
		}
		i = max(j, i+1)
	}
}
