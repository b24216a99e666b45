// Package phone reads telephone numbers as people write them and gives them in E.164.
//
// It refuses, each with its own reason, what must never be alerted: premium, freephone and service numbers, satellite telephones,
// emergency lines and short codes. It does not know whether a number is in service, and calls nobody.
// What Parse accepts, Parse accepts again in its E.164 form and gives the same Number.
// No error of this package holds the number it is about.
package phone

import (
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/buurtbel/buurtbel"
)

// Kind says what a number can carry.
type Kind string

// The kinds of number.
const (
	Mobile Kind = "mobile" // takes texts and calls
	Fixed  Kind = "fixed"  // a line at home or at work, also over internet: takes calls only
	Other  Kind = "other"  // a company number, or a country whose numbers do not tell: calls are likely, texts are not sure
)

// Number is one telephone number that may be alerted, if its country is allowed.
type Number struct {
	E164    string // with "+", such as "+32455000001"
	Kind    Kind
	Country string // ISO 3166 code of two capitals, such as "BE"
}

// String hides the number, so that a stray %v in a log line tells nothing. Use E164 or Format.
func (n Number) String() string { return "(number)" }

// LogValue hides the number in structured logs too.
func (n Number) LogValue() slog.Value { return slog.StringValue(n.String()) }

// DefaultCountries are those a zone allows until it says otherwise.
var DefaultCountries = []string{"BE", "NL", "LU", "FR", "DE"}

// neighbours are tried when a number without country code cannot be one of the zone's own country.
var neighbours = []string{"BE", "NL", "LU", "FR", "DE"}

// maxRaw is the longest text that is looked at. The longest E.164 number has 15 digits; the rest is decoration.
const maxRaw = 80

// Parse reads one number. A number without country code is taken for one of country (ISO 3166, two capitals).
//
// Validity is the metadata's (IsValid), with one exception: a Belgian fixed number of the right length whose exchange is not yet handed
// out passes as Fixed, because exchanges are opened between two editions of the metadata. All of +32 45x…49x is valid as mobile, so the
// unassigned +32 455 0x xx xx, which belongs to nobody, passes as Mobile.
//
// Errors are *buurtbel.Error of kind Invalid: error.phone.empty, .letters, .scientific, .emergency, .short, .too-short, .too-long,
// .satellite, .premium, .freephone, .service, .foreign (Args Countries: "NL, FR", where it would be valid), .unreadable.
func Parse(raw, country string) (Number, error) {
	text, err := tidy(raw)
	if err != nil {
		return Number{}, err
	}
	if err := refuseShort(text, country); err != nil {
		return Number{}, err
	}
	n, err := read(text, country)
	if buurtbel.KeyOf(err) == "error.phone.unreadable" && !strings.HasPrefix(text, "+") && !strings.HasPrefix(text, "00") {
		if c := foreign(text, country); c != "" {
			return Number{}, fail("foreign", buurtbel.Args{"Countries": c})
		}
	}
	return n, err
}

// ParseAllowed is Parse followed by Allowed.
func ParseAllowed(raw, country string, countries []string) (Number, error) {
	n, err := Parse(raw, country)
	if err != nil {
		return Number{}, err
	}
	return n, n.Allowed(countries)
}

// Allowed is nil when the number's country is in countries, else error.phone.country (Args Country).
func (n Number) Allowed(countries []string) error {
	if slices.Contains(countries, n.Country) {
		return nil
	}
	return fail("country", buurtbel.Args{"Country": n.Country})
}

// Format writes an E.164 number for a person in country: national there ("0455 00 00 01"), international elsewhere.
// What it cannot read it gives back unchanged.
func Format(e164, country string) string {
	p, err := phonenumbers.Parse(e164, country)
	if err != nil {
		return e164
	}
	if phonenumbers.GetCountryCodeForRegion(country) == int(p.GetCountryCode()) {
		return phonenumbers.Format(p, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(p, phonenumbers.INTERNATIONAL)
}

func fail(reason string, args buurtbel.Args) error {
	return buurtbel.Fail(buurtbel.Invalid, "error.phone."+reason, args)
}

// read parses a tidied text and sorts what the metadata makes of it.
func read(text, country string) (Number, error) {
	p, err := phonenumbers.Parse(text, country)
	if err != nil {
		return Number{}, fail("unreadable", nil)
	}
	if p.GetExtension() != "" { // an extension cannot be alerted
		return Number{}, fail("unreadable", nil)
	}
	nsn := phonenumbers.GetNationalSignificantNumber(p)
	if err := refuseWorldwide(int(p.GetCountryCode())); err != nil {
		return Number{}, err
	}
	if err := refuseBelgianService(int(p.GetCountryCode()), nsn); err != nil {
		return Number{}, err
	}
	n := Number{E164: phonenumbers.Format(p, phonenumbers.E164), Country: phonenumbers.GetRegionCodeForNumber(p)}
	n.Kind, err = kindOf(p, nsn)
	if err != nil {
		return Number{}, err
	}
	if n.Country == "" {
		n.Country = phonenumbers.GetRegionCodeForCountryCode(int(p.GetCountryCode()))
	}
	return n, nil
}

func kindOf(p *phonenumbers.PhoneNumber, nsn string) (Kind, error) {
	switch phonenumbers.GetNumberType(p) {
	case phonenumbers.MOBILE:
		return Mobile, nil
	case phonenumbers.FIXED_LINE, phonenumbers.VOIP:
		return Fixed, nil
	case phonenumbers.FIXED_LINE_OR_MOBILE, phonenumbers.UAN:
		return Other, nil
	case phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST:
		return "", fail("premium", nil)
	case phonenumbers.TOLL_FREE:
		return "", fail("freephone", nil)
	case phonenumbers.PERSONAL_NUMBER, phonenumbers.PAGER, phonenumbers.VOICEMAIL:
		return "", fail("service", nil)
	}
	if p.GetCountryCode() == 32 && belgianFixed.MatchString(nsn) {
		return Fixed, nil
	}
	return "", whyImpossible(p, nsn)
}

func whyImpossible(p *phonenumbers.PhoneNumber, nsn string) error {
	switch phonenumbers.IsPossibleNumberWithReason(p) {
	case phonenumbers.TOO_SHORT:
		return fail("too-short", nil)
	case phonenumbers.TOO_LONG:
		return fail("too-long", nil)
	}
	if p.GetCountryCode() == 32 && belgianCut.MatchString(nsn) {
		return fail("too-short", nil)
	}
	return fail("unreadable", nil)
}

var (
	// Belgian national plan: area codes 2, 3, 4, 9 and the two-digit ones, eight digits in all; no service ranges (see belgianService).
	belgianFixed = regexp.MustCompile(`^[1-9]\d{7}$`)
	// A mobile number that lost digits.
	belgianCut = regexp.MustCompile(`^0?4[5-9]\d{2,6}$`)
	// 070 and 0902…0909 cost the caller more, 0800 costs the owner, 077 is for machines, 078 for companies.
	belgianPremium   = regexp.MustCompile(`^0?(70|90[0-9])\d`)
	belgianFreephone = regexp.MustCompile(`^0?800\d`)
	belgianService   = regexp.MustCompile(`^0?(77|78)\d{4}`)
)

func refuseBelgianService(code int, nsn string) error {
	switch {
	case code != 32:
		return nil
	case belgianPremium.MatchString(nsn):
		return fail("premium", nil)
	case belgianFreephone.MatchString(nsn):
		return fail("freephone", nil)
	case belgianService.MatchString(nsn):
		return fail("service", nil)
	}
	return nil
}

// refuseWorldwide sorts the calling codes that belong to no country (ITU-T E.164, list of assigned codes).
func refuseWorldwide(code int) error {
	switch code {
	case 870, 878, 881, 882, 883:
		return fail("satellite", nil)
	case 800:
		return fail("freephone", nil)
	case 808, 979:
		return fail("premium", nil)
	}
	return nil
}

// emergency lists lines that must stay free, in the countries of neighbours and as people carry them over from elsewhere.
var emergency = []string{"100", "101", "102", "103", "105", "106", "107", "110", "112", "113", "114", "115", "116000", "116117", "15", "17", "18", "911", "999", "144"}

// refuseShort refuses emergency lines and short codes, also when somebody put a country code before them.
func refuseShort(text, country string) error {
	digits := strings.TrimPrefix(text, "+")
	for _, prefix := range []string{"", "32", "31", "352", "33", "49"} {
		rest, cut := strings.CutPrefix(digits, prefix)
		if cut && (prefix == "" || text[0] == '+') && slices.Contains(emergency, rest) {
			return fail("emergency", nil)
		}
	}
	switch {
	case phonenumbers.IsEmergencyNumber(digits, country):
		return fail("emergency", nil)
	case text[0] != '+' && len(digits) <= 6:
		return fail("short", nil)
	}
	return nil
}

// foreign names the neighbouring countries in which text is a whole number: "NL, FR", or "" for none.
func foreign(text, country string) string {
	var found []string
	for _, c := range neighbours {
		if c == country {
			continue
		}
		if _, err := read(text, c); err == nil {
			found = append(found, c)
		}
	}
	return strings.Join(found, ", ")
}
