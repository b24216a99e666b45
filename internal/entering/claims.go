package entering

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// claims are what a provider says of somebody, without what we must not have: a national register number is dropped here, where the bytes are
// read, before any line of a log, journal or table could hold it (rule 14).
type claims struct {
	said    map[string]any
	dropped []string // names of claims that were dropped, for the operator; never what they held
}

// nationalNames are claims that hold a national number by their name, whatever stands in them: of the Belgian federal identity service, itsme,
// and others. Letters only, small.
var nationalNames = []string{"nationalnumber", "nationalregister", "nationalid", "egovnrn", "eid", "rrn", "nrn", "niss", "insz", "rijksregister", "registrenational",
	"bsn", "burgerservicenummer", "ssn", "socialsecurity", "personalnumber", "personalidentifier", "personidentifier", "fiscalnumber", "taxid", "ssin", "bis"}

// nationalOnly are names that are a national number only when they stand alone: "eid" must not drop "eidas_level".
var nationalOnly = []string{"eid", "bis", "ssn", "bsn", "nrn", "rrn"}

func namesNational(name string) bool {
	if holdsNational(name) {
		return true
	}
	n := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(name))
	for _, w := range nationalNames {
		if n == w || !slices.Contains(nationalOnly, w) && strings.Contains(n, w) {
			return true
		}
	}
	// parts of a name such as "be_rrn" or "urn:be:nrn"
	for part := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if slices.Contains(nationalNames, part) {
			return true
		}
	}
	return false
}

// digitRun is a row of digits as people and registers write numbers: with dots, hyphens, spaces or slashes between.
var digitRun = regexp.MustCompile(`[0-9](?:[ .\-/]{0,3}[0-9]){8,}`)

// holdsNational tells whether a text holds a Belgian national register number with right check digits, or one of the register of foreigners
// (its months run from 20 or 40), as a row of its own or within a longer one.
func holdsNational(text string) bool {
	for _, run := range digitRun.FindAllString(text, -1) {
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, run)
		for i := 0; i+11 <= len(digits); i++ {
			if isBelgian(digits[i : i+11]) {
				return true
			}
		}
	}
	return false
}

// isBelgian checks eleven digits: the last two are 97 less the first nine modulo 97, with 2 before them for who was born from 2000 (Royal Decree
// of 3 April 1984, article 3).
func isBelgian(digits string) bool {
	n, err := strconv.ParseInt(digits[:9], 10, 64)
	check, err2 := strconv.ParseInt(digits[9:], 10, 64)
	month, err3 := strconv.Atoi(digits[2:4])
	day, err4 := strconv.Atoi(digits[4:6])
	if err != nil || err2 != nil || err3 != nil || err4 != nil || month >= 60 || month%20 > 12 || day > 31 {
		return false
	}
	return 97-n%97 == check || 97-(2_000_000_000+n)%97 == check
}

// readClaims reads what a provider says, as JSON, and drops what must not be kept.
func readClaims(raw []byte) (claims, error) {
	c := claims{said: map[string]any{}}
	all := map[string]any{}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	if err := d.Decode(&all); err != nil {
		return c, errClaims
	}
	for name, value := range all {
		if namesNational(name) || deepNational(value) {
			c.dropped = append(c.dropped, name)
			continue
		}
		c.said[name] = value
	}
	slices.Sort(c.dropped)
	return c, nil
}

// deepNational looks at every text, number and name within a value.
func deepNational(value any) bool {
	switch value := value.(type) {
	case string:
		return holdsNational(value)
	case json.Number:
		return holdsNational(value.String()) || holdsNational("0"+value.String()) || holdsNational("00"+value.String()) // leading zeros are lost in a number
	case []any:
		return slices.ContainsFunc(value, deepNational)
	case map[string]any:
		for name, v := range value {
			if namesNational(name) || deepNational(v) {
				return true
			}
		}
	}
	return false
}

func (c claims) text(name string) string {
	s, ok := c.said[name].(string)
	if !ok {
		return ""
	}
	return s
}

// yes tells whether a claim is true; some providers write it as a text.
func (c claims) yes(name string) bool {
	return c.said[name] == true || c.said[name] == "true"
}

func (c claims) number(name string) (int64, bool) {
	n, ok := c.said[name].(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil
}

// list gives a claim that is a list of texts, or one text.
func (c claims) list(name string) []string {
	switch v := c.said[name].(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, one := range v {
			if s, ok := one.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}
