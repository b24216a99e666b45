package house

import (
	"regexp"
	"strings"
	"testing"
)

// belgian finds what a telephone would take for a Belgian number: international in any spelling, or a national mobile number.
var belgian = regexp.MustCompile(`(?:^|[^\w+.,/-])(` +
	`(?:\+|00)[ ]?32[ ./()-]*(?:\(?0\)?[ ]?)?[1-9](?:[ ./()-]{0,2}\d){6,8}` + `|` +
	`04[5-9]\d(?:[ ./-]{0,2}\d){6}` + `)(?:[^\w]|$)`)

// fictional are the ranges that belong to nobody: the mobile numbers +32 455 0x xx xx, and in every zone (paid
// and free numbers too) the lines that start with 000.
var fictional = regexp.MustCompile(`^(4550\d{5}|[2-9]000\d{4}|[1-8]\d000\d{3}|90\d000\d{2})$`)

// known are numbers that are public and meant to be shown. Each has its reason.
var known = map[string]string{}

func TestNumbersBelongToNobody(t *testing.T) {
	for _, f := range all(t, notVendored) {
		for _, at := range belgian.FindAllSubmatchIndex(f.text, -1) {
			spelled := string(f.text[at[2]:at[3]])
			if n := national(spelled); !fictional.MatchString(n) && known[n] == "" {
				t.Errorf("%s:%d: %q may be somebody's number: take one from +32 455 0x xx xx", f.path, lineOf(f.text, at[2]), spelled)
			}
		}
	}
}

// national strips a number to what follows +32.
func national(spelled string) string {
	var digits strings.Builder
	for _, c := range spelled {
		if c >= '0' && c <= '9' {
			digits.WriteRune(c)
		}
	}
	n := strings.TrimLeft(digits.String(), "0")
	if strings.HasPrefix(strings.TrimSpace(spelled), "+") || strings.HasPrefix(spelled, "00") {
		n = strings.TrimPrefix(n, "32")
	}
	return strings.TrimLeft(n, "0")
}

func TestNumberPattern(t *testing.T) {
	for _, c := range []struct {
		text  string
		found bool
	}{
		{"+3" + "2 470 12 34 56", true},
		{"003" + "2/470.12.34.56", true},
		{"+3" + "2 (0)2 123 45 67", true},
		{"bel 04" + "70/12.34.56!", true},
		{"04" + "95123456", true},
		{"+32 455 01 23 45", false},
		{"0455/01.23.45", false},
		{"+32 2 000 12 34", false},
		{"2026-04" + "70123456", false},
		{"1704" + "70123456", false},
		{"d04" + "70123456", false},
	} {
		found := false
		for _, m := range belgian.FindAllStringSubmatch(c.text, -1) {
			found = found || !fictional.MatchString(national(m[1]))
		}
		if found != c.found {
			t.Errorf("%q: found %v, want %v", c.text, found, c.found)
		}
	}
}
