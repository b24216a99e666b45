package memberfile

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/sheet"
)

func read(t *testing.T, data string, o Options) *Reading {
	t.Helper()
	table, err := sheet.Read(strings.NewReader(data), sheet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read(table, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// show writes people as one line each.
func show(r *Reading) []string {
	var out []string
	for _, p := range r.People {
		line := fmt.Sprintf("%d %s|%s", p.Line, p.Given, p.Family)
		if p.Street != "" {
			line += fmt.Sprintf(" @%s %s/%s %s %s", p.Street, p.HouseNumber, p.Box, p.PostalCode, p.Municipality)
		}
		for _, c := range p.Mobiles {
			line += " m" + strings.TrimPrefix(c.Number.E164, "+32455")
		}
		for _, c := range p.Fixed {
			line += " f" + strings.TrimPrefix(c.Number.E164, "+322000")
			if c.Shared {
				line += "*"
			}
		}
		for _, c := range p.Mails {
			line += " " + c.Mail
		}
		if p.Language != "" {
			line += " " + string(p.Language)
		}
		if p.Confirm {
			line += " ?"
		}
		if p.SameAs != 0 {
			line += fmt.Sprint(" =", p.SameAs)
		}
		out = append(out, line)
	}
	return out
}

func problems(r *Reading) []string {
	var out []string
	for _, p := range r.Problems {
		out = append(out, fmt.Sprintf("%d%s %s %s", p.Line, p.Column, p.Severity, strings.TrimPrefix(p.Key, "import.")))
	}
	return out
}

func check(t *testing.T, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadMessyList(t *testing.T) {
	data, err := os.ReadFile("testdata/messy.csv")
	if err != nil {
		t.Fatal(err)
	}
	r := read(t, string(data), Options{})
	check(t, []string{
		"4 Jan|Vlierman @Kerkstraat 12/3 9999 Vlierbeek m000001 f0101* jan.vlierman@example.org nl ?",
		"4 An|Vlierman @Kerkstraat 12/3 9999 Vlierbeek m000002 f0101* an@example.org nl ?",
		"5 Piet|Janssens @Kerkstraat 3-5/ 9999 Vlierbeek m000003 piet@example.org fr ?",
		"6 |Vlierman @Vlierlaan 4/ 9999 Vlierbeek m000004 nl ?",
		"6 |Haagmans @Vlierlaan 4/ 9999 Vlierbeek m000005 nl ?",
		"7 Greta|De Haag @Vlierlaan 5A/ 9999 Vlierbeek f0102 greta@example.org ?",
		"10 |Struik @Dorp 7/ 9999 Vlierbeek struik@example.org ?",
		"11 Bo|VAN DEN VLIER @Dorp 8/  Vlierbeek bo@example.org bo.werk@example.org",
		"12 Piet|Janssens @Kerkstr. 3-5/ 9999 Vlierbeek m000003 nl ? =5",
		"13 Linde|Boom @Dorp 9/ 9999 Vlierbeek m000009 nl ?",
		"13 Tom|Boom @Dorp 9/ 9999 Vlierbeek m000010 nl ?",
	}, show(r))
	check(t, []string{
		"1 mend row-above-header", "2 mend row-above-header", "3A ask name-order", "4A ask two-people", "5C ask house-number-date", "6A ask two-people", "7E refuse error.phone.premium", "7G ask mail-mended",
		"9 mend row-repeated-header", "10A ask family-only", "10E refuse error.phone.emergency", "10G ask mail-mended", "11E refuse error.phone.country", "11H refuse language",
		"12A ask double-person", "12E ask double-number", "13E ask second-adult", "14 mend row-total", "15 refuse row-no-person",
	}, problems(r))
	if r.Header != 3 || r.Rows != 8 || r.Skipped != 5 {
		t.Errorf("header %d, %d rows, %d skipped", r.Header, r.Rows, r.Skipped)
	}
	if r.People[5].Remarks[0] != "wil geen sms" {
		t.Errorf("remarks: %q", r.People[5].Remarks)
	}
}

func TestHeadersInFourLanguages(t *testing.T) {
	for header, want := range map[string]string{
		"Achternaam;Voornaam;Straatnaam;Huisnr.;Bus;Postcode;Woonplaats;Mobiel;Vaste lijn;E-mailadres": "family given street house-number box postal-code municipality mobile fixed mail",
		"Nom;Prénom;Rue;N°;Bte;Code postal;Localité;GSM;Tél. fixe;Courriel;Langue;Remarques":           "family given street house-number box postal-code municipality mobile fixed mail language remark",
		"Nachname;Vorname;Straße;Hausnummer;PLZ;Wohnort;Handy;Festnetz;E-Mail;Sprache":                 "family given street house-number postal-code municipality mobile fixed mail language",
		"Last name;First name;Address;Zip;Town;Mobile phone;Email":                                     "family given address postal-code municipality mobile mail",
		"naam;voornaam;adres;tel./gsm;mail":                                                            "family given address phone mail",
		"Volgnr;Naam + voornaam;straat + nr;GSM 1;GSM 2;e-mail 1;Lidgeld":                              "ignore name address mobile mobile mail ignore",
		"voornaam;naam;gsm;voornaam partner;naam partner;gsm partner;gezin":                            "given family mobile given/p name/p mobile/p household",
		"Naam partner 1;Naam partner 2;gsm partner 1;gsm partner 2":                                    "name name/p mobile mobile/p",
		"Uw GSM-nummer a.u.b.;Naam;Datum inschrijving (dd/mm)":                                         "mobile name ignore",
	} {
		r := read(t, header+"\n"+strings.Repeat(";", strings.Count(header, ";"))+"\nx;y;z\n", Options{})
		var got []string
		for _, c := range r.Columns {
			m := string(c.Meaning)
			if c.Partner {
				m += "/p"
			}
			got = append(got, m)
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s", header, diff)
		}
	}
}

func TestColumnsByContent(t *testing.T) {
	const body = "1;Vlierman;Jan;Kerkstraat;12;9999;Vlierbeek;0455000001;jan@example.org;NL\n2;Haag;An;Vlierlaan;3;9999;Vlierbeek;0455000002;an@example.org;NL\n" +
		"3;Struik;Piet;Dorpsweg;7B;9999;Vlierbeek;0455000003;piet@example.org;FR\n4;Boom;Els;Dorpsweg;8;9999;Vlierbeek;0455000004;els@example.org;NL\n"
	want := []string{"1 Jan|Vlierman @Kerkstraat 12/ 9999 Vlierbeek m000001 jan@example.org nl", "2 An|Haag @Vlierlaan 3/ 9999 Vlierbeek m000002 an@example.org nl",
		"3 Piet|Struik @Dorpsweg 7B/ 9999 Vlierbeek m000003 piet@example.org fr", "4 Els|Boom @Dorpsweg 8/ 9999 Vlierbeek m000004 els@example.org nl"}
	check(t, want, show(read(t, body, Options{})))

	wrong := read(t, "naam;e-mail;gsm\nJan Vlierman;0455000001;jan@example.org\nAn Haag;0455000002;an@example.org\nPiet Struik;0455000003;piet@example.org\n", Options{})
	check(t, []string{"2 Jan|Vlierman m000001 jan@example.org", "3 An|Haag m000002 an@example.org", "4 Piet|Struik m000003 piet@example.org"}, show(wrong))
	check(t, []string{"1B ask column-contradicts", "1C ask column-contradicts"}, problems(wrong))
}

func TestColumnsByHand(t *testing.T) {
	r := read(t, "a;b;c\nVlier;Jan;0455000001\n", Options{Header: 1, Columns: map[string]Meaning{"A": Family, "B": Given, "C": Phone}})
	check(t, []string{"2 Jan|Vlier m000001"}, show(r))
	table, err := sheet.Read(strings.NewReader("a;b\nx;y\n"), sheet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for columns, want := range map[string]string{"naam": "error.import.meaning", "name": "error.import.no-contact-column", "mail": "error.import.no-name-column"} {
		if _, err := Read(table, Options{Header: 1, Columns: map[string]Meaning{"A": Meaning(columns), "B": Remark}}); buurtbel.KeyOf(err) != want {
			t.Errorf("%s: %v", columns, err)
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"Jan Vlierman": "Jan/Vlierman", "Vlierman Jan": "Jan/Vlierman", "Vlierman, Jan": "Jan/Vlierman", "VLIERMAN Thor": "Thor/VLIERMAN", "Van den Vlier Jan": "Jan/Van den Vlier", "Jan Van den Vlier": "Jan/Van den Vlier",
		"Thor van den Vlier": "Thor/van den Vlier", "Van den Vlier, Thor": "Thor/Van den Vlier", "An Sofie Haag": "An Sofie/Haag", "Dhr. Jan Haag": "Jan/Haag", "Mevr. Haag": "/Haag", "Jan": "Jan/",
		"Jan en An Peeters": "Jan/Peeters An/Peeters ?", "Jan & An Peeters": "Jan/Peeters An/Peeters ?", "Peeters Jan en An": "Jan/Peeters An/Peeters ?", "Jan Peeters en An Claes": "Jan/Peeters An/Claes ?",
		"Peeters - Claes": "/Peeters /Claes ?", "Peeters-Claes Jan": "Jan/Peeters-Claes", "Peeters Jan / Claes An": "Jan/Peeters An/Claes ?", "Peeters, Jan en An": "Jan/Peeters An/Peeters ?",
		"Jan Peeters, An Claes": "Jan/Peeters An/Claes ?", "Familie Peeters": "/Peeters ?", "Fam. Peeters - Claes": "/Peeters /Claes ?", "Dhr. en Mevr. Peeters": "/Peeters ?", "Jan Peeters - Claes": "Jan/Peeters /Claes ?",
		"Thor en An Peeters": "Thor/Peeters An/Peeters ?", "Van de Vlier - De Haag Jan & An": "Jan/Van de Vlier An/De Haag ?", "Wed. Haag": "/Haag",
	} {
		adults, sure := readNames("", "", name, false)
		var got []string
		for _, a := range adults {
			got = append(got, a.given+"/"+a.family)
		}
		if !sure {
			got = append(got, "?")
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %s, want %s", name, strings.Join(got, " "), want)
		}
	}
	for _, c := range []struct{ given, family, want string }{
		{"Jan", "Peeters", "Jan/Peeters"}, {"Jan en An", "Peeters", "Jan/Peeters An/Peeters"}, {"Jan & An", "Peeters - Claes", "Jan/Peeters An/Claes"},
		{"Jan en An", "Peeters-Claes", "Jan/Peeters An/Claes"}, {"Jan", "Peeters-Claes", "Jan/Peeters-Claes"}, {"", "Peeters / Claes", "/Peeters /Claes"},
	} {
		adults, _ := readNames(c.given, c.family, "", false)
		var got []string
		for _, a := range adults {
			got = append(got, a.given+"/"+a.family)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestTheColumnDecidesUnknownNames(t *testing.T) {
	r := read(t, "naam;gsm\nVlier Jan;0455000001\nHaag An;0455000002\nBeuk Thor;0455000003\nStruik Els;0455000004\n", Options{})
	if p := r.People[2]; p.Given != "Thor" || p.Family != "Beuk" {
		t.Errorf("%s|%s", p.Given, p.Family)
	}
	r = read(t, "naam;gsm\nVlier Thor;0455000001\nHaag Odin;0455000002\n", Options{})
	check(t, []string{"1A ask name-order"}, problems(r))
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]home{
		"Vlierlaan 12 bus 3": {"Vlierlaan", "12", "3", "", ""}, "Vlierlaan 12, 9999 Vlierbeek": {"Vlierlaan", "12", "", "9999", "Vlierbeek"}, "Vlierlaan 12 9999 Vlierbeek": {"Vlierlaan", "12", "", "9999", "Vlierbeek"},
		"Vlierlaan 12 - B-9999 Vlierbeek": {"Vlierlaan", "12", "", "9999", "Vlierbeek"}, "12, rue du Sureau\n9999 Vlierbeek": {"rue du Sureau", "12", "", "9999", "Vlierbeek"}, "Vlierlaan": {"Vlierlaan", "", "", "", ""},
	} {
		var h home
		if h.addressLine(text); h != want {
			t.Errorf("%q: %+v", text, h)
		}
	}
}

func TestHouseNumbersThatBecameDates(t *testing.T) {
	for _, c := range []struct {
		text string
		kind sheet.Kind
		want addressfile.House
	}{
		{"2026-05-03", sheet.Date, addressfile.House{Number: "3-5"}}, {"2026-03-12", sheet.Date, addressfile.House{Number: "12", Box: "3"}}, {"1935-05-01", sheet.Date, addressfile.House{Number: "5-35"}},
		{"3-mei", sheet.Text, addressfile.House{Number: "3-5"}}, {"3/mei", sheet.Text, addressfile.House{Number: "3-5"}}, {"mei/35", sheet.Text, addressfile.House{Number: "5-35"}}, {"3-May", sheet.Text, addressfile.House{Number: "3-5"}},
		{"11-août", sheet.Text, addressfile.House{Number: "11", Box: "8"}}, {"03-mei-26", sheet.Text, addressfile.House{Number: "3-5"}},
	} {
		if got, ok := undate(c.text, c.kind); !ok || got != c.want {
			t.Errorf("%q: %+v %v", c.text, got, ok)
		}
	}
	for _, text := range []string{"12", "3-5", "12 bus 3", "12A"} {
		if got, ok := undate(text, sheet.Text); ok {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestSecondAdults(t *testing.T) {
	r := read(t, "voornaam;naam;gsm;mail;voornaam partner;gsm partner\n"+
		"Jan;Vlier;0455000001;jan@example.org;An;0455000002\n"+
		"Piet;Haag;0455000003 / 0455000004;piet@example.org;;\n"+
		"Els;Struik;0455000005;els@example.org, els.werk@example.org;;\n"+
		"Tom;Boom;0455000006;tom@example.org - mia@example.org;;\n", Options{})
	check(t, []string{"2 Jan|Vlier m000001 jan@example.org ?", "2 An| m000002 ?", "3 Piet|Haag m000003 piet@example.org ?", "3 |Haag m000004 ?",
		"4 Els|Struik m000005 els@example.org els.werk@example.org", "5 Tom|Boom m000006 tom@example.org ?", "5 |Boom mia@example.org ?"}, show(r))
	if r.People[0].Household == "" || r.People[0].Household != r.People[1].Household || r.People[4].Household != "" {
		t.Errorf("households: %q %q %q", r.People[0].Household, r.People[1].Household, r.People[4].Household)
	}
}

func TestDoubles(t *testing.T) {
	r := read(t, "naam;adres;tel;mail\nJan Vlier;Kerkstraat 1;02 000 01 01;x@example.org\nAn Haag;Kerkstraat 1;02 000 01 01;y@example.org\n"+
		"Vlier Jan;Kerkstr. 1;0455000001;X@example.org\nBo Struik;Vlierlaan 2;02 000 01 01;z@example.org\n", Options{})
	check(t, []string{"4A ask double-person", "4D ask double-mail", "5C ask double-number"}, problems(r))
	if r.People[2].SameAs != 2 || r.People[3].SameAs != 0 {
		t.Errorf("same as %d, %d", r.People[2].SameAs, r.People[3].SameAs)
	}
}

// Every row of the file is a person, or skipped and told.
func TestNothingIsDropped(t *testing.T) {
	r := read(t, "naam;gsm;mail\n;0455000001;\n;;x@example.org\nJan;;\nniets;geen;-\n-;-;-\n", Options{})
	lines := map[int]bool{}
	for _, p := range r.People {
		lines[p.Line] = true
	}
	for _, p := range r.Problems {
		lines[p.Line] = true
	}
	for line := 2; line <= 6; line++ {
		if !lines[line] {
			t.Errorf("line %d has neither a person nor a problem", line)
		}
	}
}

// No problem carries what stands in the list, but the headers.
func TestProblemsTellNoData(t *testing.T) {
	data, err := os.ReadFile("testdata/messy.csv")
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(read(t, string(data), Options{}).Problems)
	for _, secret := range []string{"Vlierman", "example", "0455", "Kerkstr", "Struik"} {
		if strings.Contains(text, secret) {
			t.Errorf("a problem tells %s", secret)
		}
	}
}

func TestLargeListIsQuick(t *testing.T) {
	var b strings.Builder
	b.WriteString("naam;adres;gsm;mail\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "Jan Vlier%d;Kerkstraat %d;0455 0%d;m%d@example.org\n", i, i+1, 10000+i, i)
	}
	start := time.Now()
	r := read(t, b.String(), Options{})
	t.Logf("2,000 rows in %v", time.Since(start))
	if len(r.People) != 2000 || len(r.Problems) != 0 {
		t.Errorf("%d people, %d problems: %v", len(r.People), len(r.Problems), problems(r)[:min(5, len(r.Problems))])
	}
}

func FuzzRead(f *testing.F) {
	data, err := os.ReadFile("testdata/messy.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(data))
	f.Add("naam;gsm\nJan en An - ;0455000001/0455000002 (x)\n&;+\n,;,\n")
	f.Fuzz(func(t *testing.T, data string) {
		table, err := sheet.Read(strings.NewReader(data), sheet.Options{MaxBytes: 1 << 16})
		if err != nil {
			return
		}
		r, err := Read(table, Options{})
		if err != nil {
			if buurtbel.KindOf(err) != buurtbel.Invalid {
				t.Fatalf("not a sentence: %v", err)
			}
			return
		}
		told := map[int]bool{r.Header: true}
		for _, p := range r.People {
			told[p.Line] = true
			for _, c := range append(p.Mobiles, p.Fixed...) {
				if again, err := phone.Parse(c.Number.E164, "BE"); err != nil || again != c.Number {
					t.Fatalf("a number that is none: %v", err)
				}
			}
		}
		for _, p := range r.Problems {
			told[p.Line] = true
		}
		for _, row := range table.Rows {
			if !told[row.Line] {
				t.Fatalf("line %d was dropped", row.Line)
			}
		}
	})
}

// One number of a couple says whose it is; then the other number is the other's, wherever it stands.
func TestNumberWithoutANameIsTheOthers(t *testing.T) {
	for _, cell := range []string{"0455/00.00.01 (Jan) / 0455/00.00.02", "0455/00.00.02 / 0455/00.00.01 (Jan)"} {
		r := read(t, "Naam;GSM\nJan en An Peeters;"+cell+"\nTom Maes;0455/00.00.03\n", Options{})
		if diff := cmp.Diff([]string{"2 Jan|Peeters m000001 ?", "2 An|Peeters m000002 ?", "3 Tom|Maes m000003"}, show(r)); diff != "" {
			t.Errorf("%s: %s", cell, diff)
		}
	}
}
