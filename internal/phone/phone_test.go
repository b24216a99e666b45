package phone

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

func TestParseReadsWhatPeopleWrite(t *testing.T) {
	for _, c := range []struct{ raw, country, want string }{
		{"0455/00.00.01", "BE", "+32455000001 mobile BE"},
		{"0455 00 00 01", "BE", "+32455000001 mobile BE"},
		{"04 55 00 00 01", "BE", "+32455000001 mobile BE"},
		{"+32 (0)455 00 00 01", "BE", "+32455000001 mobile BE"},
		{"+32(0)455/000.001", "BE", "+32455000001 mobile BE"},
		{"0032 455 00 00 01", "BE", "+32455000001 mobile BE"},
		{"0032 (0) 455 00 00 01", "BE", "+32455000001 mobile BE"},
		{"455000001", "BE", "+32455000001 mobile BE"},      // the spreadsheet ate the zero
		{"32455000001", "BE", "+32455000001 mobile BE"},    // the spreadsheet ate the plus
		{"455000001.0", "BE", "+32455000001 mobile BE"},    // … and took it for an amount
		{"4.55000001E+08", "BE", "+32455000001 mobile BE"}, // … and for a scientific one
		{"'0455000001", "BE", "+32455000001 mobile BE"},
		{"gsm: 0455-00-00-01", "BE", "+32455000001 mobile BE"},
		{"Tél. 0455\u00a000\u00a000\u00a001", "BE", "+32455000001 mobile BE"},
		{"02/000.01.23", "BE", "+3220000123 fixed BE"},
		{"20000123", "BE", "+3220000123 fixed BE"},
		{"+31 6 12345678", "BE", "+31612345678 mobile NL"},
		{"06-12345678", "NL", "+31612345678 mobile NL"},
		{"+352 621 000 001", "BE", "+352621000001 mobile LU"},
	} {
		n, err := Parse(c.raw, c.country)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.raw, err)
			continue
		}
		if got := fmt.Sprintf("%s %s %s", n.E164, n.Kind, n.Country); got != c.want {
			t.Errorf("Parse(%q) = %s, want %s", c.raw, got, c.want)
		}
	}
}

func TestParseRefusesWithItsReason(t *testing.T) {
	for _, c := range []struct{ raw, reason string }{
		{"", "empty"}, {"  ", "empty"}, {"niet gekend", "letters"}, {"0455 OO OO O1", "letters"}, {"?", "unreadable"},
		{"0900 12 345", "premium"}, {"0903/12345", "premium"}, {"070 12 34 56", "premium"}, {"+32 70 000 123", "premium"},
		{"0800 12 345", "freephone"}, {"+800 1234 5678", "freephone"}, {"078 12 34 56", "service"},
		{"+881 6 1234 5678", "satellite"}, {"+870 773 123 456", "satellite"}, {"00882 16 000 000", "satellite"},
		{"100", "emergency"}, {"101", "emergency"}, {"112", "emergency"}, {"110", "emergency"}, {"114", "emergency"}, {"+32 112", "emergency"},
		{"1733", "short"}, {"8844", "short"},
		{"0455 00 00", "too-short"}, {"0455 00 00 01 23", "too-long"}, {"4.55E+08", "scientific"}, {"4,5500E+08", "scientific"},
		{"06 12345678", "foreign"}, {"0455 00 00 01 poste 4", "letters"}, {strings.Repeat("1", 200), "too-long"},
	} {
		_, err := Parse(c.raw, "BE")
		if got := buurtbel.KeyOf(err); err == nil || got != "error.phone."+c.reason {
			t.Errorf("Parse(%q): %s, want %s", c.raw, got, c.reason)
		}
	}
	if _, err := Parse("0900-8844", "NL"); buurtbel.KeyOf(err) != "error.phone.premium" {
		t.Errorf("0900-8844: %v", err)
	}
}

func TestAllowedCountries(t *testing.T) {
	if _, err := ParseAllowed("+34 612 34 56 78", "BE", DefaultCountries); buurtbel.KeyOf(err) != "error.phone.country" {
		t.Errorf("Spain is not among the default countries: %v", err)
	}
	if _, err := ParseAllowed("+34 612 34 56 78", "BE", []string{"ES"}); err != nil {
		t.Errorf("Spain was allowed: %v", err)
	}
}

func TestFormatForAPerson(t *testing.T) {
	for _, c := range [][3]string{
		{"+32455000001", "BE", "0455 00 00 01"}, {"+32455000001", "NL", "+32 455 00 00 01"}, {"+3220000123", "BE", "02 000 01 23"}, {"x", "BE", "x"},
	} {
		if got := Format(c[0], c[1]); got != c[2] {
			t.Errorf("Format(%s, %s) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestNumberHidesItselfInALog(t *testing.T) {
	n := Number{E164: "+32455000001", Kind: Mobile, Country: "BE"}
	if s := fmt.Sprint(n) + fmt.Sprintf("%v %s", &n, n); strings.Contains(s, "455") {
		t.Errorf("the number shows: %s", s)
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		cell string
		want []Piece
	}{
		{"0455/00.00.01", []Piece{{Text: "0455/00.00.01"}}},
		{"0455 00 00 01 / 02 000 01 23", []Piece{{Text: "0455 00 00 01"}, {Text: "02 000 01 23"}}},
		{"0455/00.00.01/0455/00.00.02", []Piece{{Text: "0455/00.00.01"}, {Text: "0455/00.00.02"}}},
		{"0455000001 0455000002", []Piece{{Text: "0455000001"}, {Text: "0455000002"}}},
		{"+32455000001+32455000002", []Piece{{Text: "+32455000001"}, {Text: "+32455000002"}}},
		{"0455 00 00 01 en 0455 00 00 02", []Piece{{Text: "0455 00 00 01"}, {Text: "0455 00 00 02"}}},
		{"0455 00 00 01\n0455 00 00 02", []Piece{{Text: "0455 00 00 01"}, {Text: "0455 00 00 02"}}},
		{"0455/00.00.01 (Jan) / 0455/00.00.02", []Piece{{"0455/00.00.01", "Jan"}, {Text: "0455/00.00.02"}}},
		{"(Jan) 0455 00 00 01 (An) 0455 00 00 02", []Piece{{"0455 00 00 01", "Jan"}, {"0455 00 00 02", "An"}}},
		{"0455 00 00 01 (Jan), 0455 00 00 02 (An)", []Piece{{"0455 00 00 01", "Jan"}, {"0455 00 00 02", "An"}}},
		{"Jan: 0455 00 00 01; An: 0455 00 00 02", []Piece{{"0455 00 00 01", "Jan"}, {"0455 00 00 02", "An"}}},
		{"0455 00 00 01 - 0455 00 00 02 - 02 000 01 23", []Piece{{Text: "0455 00 00 01"}, {Text: "0455 00 00 02"}, {Text: "02 000 01 23"}}},
		{"gsm 0455 00 00 01 / tel 02 000 01 23", []Piece{{Text: "0455 00 00 01"}, {Text: "02 000 01 23"}}},
		{"geen", []Piece{{Text: "geen"}}},
		{"02 000 01 23/24", []Piece{{Text: "02 000 01 23/24"}}},
		{"", nil},
	} {
		if diff := cmp.Diff(c.want, Split(c.cell, "BE")); diff != "" {
			t.Errorf("Split(%q): %s", c.cell, diff)
		}
	}
}

// Every way of writing the same mobile number gives the same E.164.
func TestParseIgnoresDecoration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		local := fmt.Sprintf("4550%05d", rapid.IntRange(0, 99999).Draw(t, "number"))
		prefix := rapid.SampledFrom([]string{"0", "+32", "0032", "+32 (0)", "32", ""}).Draw(t, "prefix")
		text := prefix
		for i, d := range local {
			if i > 0 {
				text += rapid.SampledFrom([]string{"", "", " ", ".", "/", "-"}).Draw(t, "separator")
			}
			text += string(d)
		}
		n, err := Parse(text, "BE")
		if err != nil || n.E164 != "+32"+local || n.Kind != Mobile {
			t.Fatalf("Parse(%q) = %s, %v", text, n.E164, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0455/00.00.01", "+32 (0)455", "4.55E+08", "112", "0455 00 00 01 / 02 000 01 23 (An)", "+881612345678"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		n, err := Parse(raw, "BE")
		if err != nil {
			var e *buurtbel.Error
			if !errors.As(err, &e) || e.Kind != buurtbel.Invalid || !strings.HasPrefix(e.Key, "error.phone.") {
				t.Fatalf("not a sentence: %v", err)
			}
		} else if again, err := Parse(n.E164, "NL"); err != nil || again != n {
			t.Fatalf("%q gave %s, which gives %s (%v)", raw, n.E164, again.E164, err)
		}
		if pieces := Split(raw, "BE"); len(pieces) == 0 && strings.TrimSpace(raw) != "" && countDigits(raw) > 0 {
			t.Fatalf("%q: digits were dropped", raw)
		}
	})
}
