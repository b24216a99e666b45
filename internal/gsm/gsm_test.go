package gsm_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel/internal/gsm"
)

// alphabet is every character of the default alphabet and its extension table.
func alphabet() []rune {
	var all []rune
	for r := rune(0); r < 0x3000; r++ {
		if gsm.Fits(r) {
			all = append(all, r)
		}
	}
	return all
}

func texts() *rapid.Generator[string] {
	fitting := rapid.SampledFrom(alphabet())
	costly := rapid.SampledFrom([]rune("^{}[]~\\|€\f"))
	other := rapid.SampledFrom([]rune("ëïç’…😀🚓\u200dЖ漢"))
	letters := rapid.OneOf(fitting, costly)
	return rapid.OneOf(
		rapid.StringOfN(letters, 0, 700, -1),
		rapid.StringOfN(rapid.OneOf(letters, other), 0, 400, -1),
		rapid.StringOfN(rapid.OneOf(other, rapid.Just('😀')), 0, 200, -1),
	)
}

func decode(encoding gsm.Encoding, octets []byte) string {
	if encoding == gsm.UCS2 {
		return gsm.DecodeUCS2(octets)
	}
	return gsm.DecodeGSM7(octets)
}

func TestSplitJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := texts().Draw(t, "text")
		encoding, parts := gsm.Split(text)
		var joined strings.Builder
		for i, part := range parts {
			fits(t, encoding, part, len(parts))
			if i > 0 && len(part) == 0 {
				t.Fatal("an empty part")
			}
			joined.WriteString(decode(encoding, part)) // each part by itself: no pair is torn
		}
		if joined.String() != text {
			t.Fatalf("%q became %q", text, joined.String())
		}
		if whole := decode(encoding, bytes.Join(parts, nil)); whole != text {
			t.Fatalf("joined octets: %q", whole)
		}
	})
}

func fits(t *rapid.T, encoding gsm.Encoding, part []byte, total int) {
	size, limit := 1, encoding.Single()
	if encoding == gsm.UCS2 {
		size = 2
	}
	if total > 1 {
		limit = encoding.Joined()
	}
	if len(part) > limit*size {
		t.Fatalf("%d octets in a part of %s", len(part), encoding)
	}
	if septetOctets := (len(part)*7 + 7) / 8; encoding == gsm.GSM7 && total > 1 && septetOctets+gsm.HeaderSize > 140 {
		t.Fatalf("%d octets of packed septets and the header are more than 140", septetOctets)
	}
}

func TestAnalyseAgreesWithSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := texts().Draw(t, "text")
		a := gsm.Analyse(text)
		encoding, parts := gsm.Split(text)
		size := 1
		if encoding == gsm.UCS2 {
			size = 2
		}
		limit := encoding.Joined()
		if len(parts) == 1 {
			limit = encoding.Single()
		}
		want := gsm.Analysis{
			Encoding: encoding, Parts: len(parts), Units: len(bytes.Join(parts, nil)) / size,
			Left: limit - len(parts[len(parts)-1])/size, Offending: a.Offending,
		}
		if diff := cmp.Diff(want, a); diff != "" {
			t.Fatal(diff)
		}
		for _, o := range a.Offending {
			if string([]rune(text)[o.Position]) != o.Rune {
				t.Fatalf("%q is not at %d", o.Rune, o.Position)
			}
		}
	})
}

func TestAnalyse(t *testing.T) {
	tests := []struct {
		text               string
		encoding           gsm.Encoding
		parts, units, left int
		offending          []gsm.Offender
	}{
		{"", gsm.GSM7, 1, 0, 160, []gsm.Offender{}},
		{strings.Repeat("a", 160), gsm.GSM7, 1, 160, 0, []gsm.Offender{}},
		{strings.Repeat("a", 161), gsm.GSM7, 2, 161, 145, []gsm.Offender{}},
		{strings.Repeat("a", 306), gsm.GSM7, 2, 306, 0, []gsm.Offender{}},
		{strings.Repeat("a", 307), gsm.GSM7, 3, 307, 152, []gsm.Offender{}},
		{strings.Repeat("€", 80), gsm.GSM7, 1, 160, 0, []gsm.Offender{}},
		{strings.Repeat("€", 81), gsm.GSM7, 2, 162, 143, []gsm.Offender{}}, // 152 in the first part: no torn pair
		{"België", gsm.UCS2, 1, 6, 64, []gsm.Offender{{Rune: "ë", Position: 5}}},
		{strings.Repeat("ë", 70), gsm.UCS2, 1, 70, 0, nil},
		{strings.Repeat("ë", 71), gsm.UCS2, 2, 71, 63, nil},
		{strings.Repeat("😀", 34), gsm.UCS2, 1, 68, 2, nil},
		{strings.Repeat("😀", 36), gsm.UCS2, 2, 72, 61, nil}, // 33 pairs in the first part
	}
	for _, test := range tests {
		got := gsm.Analyse(test.text)
		if test.offending == nil {
			test.offending = got.Offending
		}
		want := gsm.Analysis{Encoding: test.encoding, Parts: test.parts, Units: test.units, Left: test.left, Offending: test.offending}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%.10q: %s", test.text, diff)
		}
	}
}

func TestSpelling(t *testing.T) {
	tests := map[string]string{
		"België":                            "Belgie",
		"geïnformeerd":                      "geinformeerd",
		"’s Avonds “stil”… – nu":            `'s Avonds "stil"... - nu`,
		"Crème brûlée, garçon, où, cœur":    "Crème brulée, garcon, où, coeur",
		"ÍÓÚ Éé Çà Ñ":                       "IOU Éé Çà Ñ",
		"10\u00a0000 €":                     "10 000 €",
		"cafe\u0301 e\u0308":                "café e",
		"Straße, Äpfel, Łódź":               "Straße, Äpfel, Lodz",
		"½ uur, 20\u202fm²":                 "1/2 uur, 20 m2",
		"zonder\u200b breuk\ufeff":          "zonder breuk",
		"ĳs en Ĳs":                          "ijs en IJs",
		"alles past {al} [hier] ^ ~ \\ | €": "alles past {al} [hier] ^ ~ \\ | €",
	}
	for text, want := range tests {
		got, made := gsm.Spelling(text)
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if gsm.Choose(got) != gsm.GSM7 {
			t.Errorf("%q still needs UCS-2", got)
		}
		if (len(made) == 0) != (text == want) {
			t.Errorf("%q: replacements %+v", text, made)
		}
	}
	if got, _ := gsm.Spelling("\u01c5\u0301n"); got != "Dzn" {
		t.Errorf("a mark after a letter that is spelt anew: %q", got)
	}
	if got, made := gsm.Spelling("vuur 🔥 Жë"); got != "vuur 🔥 Жe" || len(made) != 1 || made[0].Position != 8 {
		t.Errorf("what has no spelling stays: %q %+v", got, made)
	}
}

func TestSpellingIsMinimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		spelt, made := gsm.Spelling(text)
		again, more := gsm.Spelling(spelt)
		if again != spelt || len(more) > 0 {
			t.Fatalf("%q spelt again becomes %q", spelt, again)
		}
		if gsm.Choose(text) == gsm.GSM7 && (spelt != text || len(made) > 0) {
			t.Fatal("changed what fits")
		}
	})
}

func TestHeader(t *testing.T) {
	tests := []struct {
		name   string
		octets []byte
		want   gsm.Concat
		rest   string
		err    error
	}{
		{"8-bit reference", []byte("\x05\x00\x03\x2a\x03\x02JA"), gsm.Concat{Ref: 42, Total: 3, Number: 2}, "JA", nil},
		{"16-bit reference", []byte("\x06\x08\x04\x01\x2a\x03\x02JA"), gsm.Concat{Ref: 298, Total: 3, Number: 2}, "JA", nil},
		{"port numbers before it", []byte("\x0b\x05\x04\x0b\x84\x23\xf0\x00\x03\x07\x02\x01JA"), gsm.Concat{Ref: 7, Total: 2, Number: 1}, "JA", nil},
		{"something else", []byte("\x04\x24\x01\x01\x00JA"), gsm.Concat{}, "JA", nil},
		{"part 3 of 2", []byte("\x05\x00\x03\x07\x02\x03JA"), gsm.Concat{}, "JA", nil},
		{"part 0", []byte("\x05\x00\x03\x07\x02\x00JA"), gsm.Concat{}, "JA", nil},
		{"empty header", []byte("\x00JA"), gsm.Concat{}, "JA", nil},
		{"nothing", nil, gsm.Concat{}, "", gsm.ErrHeader},
		{"cut off", []byte("\x05\x00"), gsm.Concat{}, "\x05\x00", gsm.ErrHeader},
		{"element cut off", []byte("\x03\x00\x09\x01JA"), gsm.Concat{}, "JA", gsm.ErrHeader},
	}
	for _, test := range tests {
		got, rest, err := gsm.ReadHeader(test.octets)
		if got != test.want || string(rest) != test.rest || !errors.Is(err, test.err) {
			t.Errorf("%s: %+v %q %v", test.name, got, rest, err)
		}
	}
	made := gsm.Header(9, 2, 1)
	if got, _, err := gsm.ReadHeader(made[:]); err != nil || got != (gsm.Concat{Ref: 9, Total: 2, Number: 1}) {
		t.Errorf("%+v %v", got, err)
	}
}

func TestDecode(t *testing.T) {
	tests := []struct {
		coding byte
		octets string
		want   string
	}{
		{0, "\x1b\x65 \x00", "€ @"}, {0, "\x1bA\x1b\x1b\x1b", "A  "}, {0, "caf\xe9\x85", "caf\u00e9\ufffd"}, {1, "a_@", "a_@"}, {1, "caf\x05 \x1b\x65", "café €"}, {3, "\xeb", "ë"},
		{8, "\x00a\xd8\x3d", "a\ufffd"}, {8, "\x00a\x00", "a\ufffd"}, {0xF1, "\x02", "$"}, {0x18, "\x00a", "a"}, {0xF5, "\x02", "\x02"}, {0x77, "a", "a"},
	}
	for _, test := range tests {
		if got := gsm.Decode(test.coding, []byte(test.octets)); got != test.want {
			t.Errorf("coding %d, %q: %q, want %q", test.coding, test.octets, got, test.want)
		}
	}
}

// TestAgainstPerl compares both tables with an implementation that nobody here wrote: Encode::GSM0338 of the Perl core.
func TestAgainstPerl(t *testing.T) {
	perl, err := exec.LookPath("perl")
	if err == nil {
		err = exec.CommandContext(t.Context(), perl, "-MEncode::GSM0338", "-e", "1").Run()
	}
	if err != nil {
		absent(t, "perl with Encode::GSM0338 is absent: apt-get install perl")
	}
	all := alphabet()
	out := perlHex(t, perl, string(all))
	_, octets := gsm.Encode(string(all))
	if want := fmt.Sprintf("%x", octets); out != want {
		t.Errorf("perl encodes\n%s\nwe encode\n%s", out, want)
	}
	if len(all) != 127+10 {
		t.Errorf("%d characters", len(all))
	}
	if back := gsm.DecodeGSM7(octets); !slices.Equal([]rune(back), all) {
		t.Error("decoding does not give them back")
	}
}

func perlHex(t *testing.T, perl, text string) string {
	t.Helper()
	script := `use Encode; binmode STDIN, ":utf8"; local $/; print unpack("H*", encode("gsm0338", <STDIN>))`
	cmd := exec.CommandContext(t.Context(), perl, "-e", script)
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func absent(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func FuzzDecode(f *testing.F) {
	f.Add(byte(0), []byte("\x1b\x65caf\x05"))
	f.Add(byte(8), []byte("\xd8\x3d\xde\x00"))
	f.Add(byte(3), []byte("\xeb"))
	f.Fuzz(func(t *testing.T, coding byte, octets []byte) {
		if text := gsm.Decode(coding, octets); !utf8.ValidString(text) {
			t.Fatalf("%q is not UTF-8", text)
		}
		if concat, rest, err := gsm.ReadHeader(octets); err == nil && (len(rest) >= len(octets) || concat.Number > concat.Total) {
			t.Fatalf("%+v, %d octets left of %d", concat, len(rest), len(octets))
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	text := strings.Repeat("Inbraak bezig in de Vlierstraat. ", 9)
	b.ReportAllocs()
	for b.Loop() {
		gsm.Split(text)
	}
}
