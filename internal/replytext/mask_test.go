package replytext

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

var anneMarie = Known{
	Names:     []string{"Anne-Marie Van den Broeck"},
	Phones:    []string{"+32455012345", "+3220000123"},
	Mailboxes: []string{"am.vandenbroeck77@example.org"},
	Homes:     []Home{{Streets: []string{"Kerkstraat", "Rue de l'Église"}, Number: "12A"}},
}

// The marks of these tests are easier to read.
var plainMarks = map[Secret]string{Name: "<N>", Phone: "<P>", Mailbox: "<M>", Place: "<S>"}

func TestMask(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Niets gezien.", "Niets gezien."},
		// names
		{"Groeten, Anne-Marie Van den Broeck", "Groeten, <N>"},
		{"ANNE MARIE VANDENBROECK was thuis", "<N> was thuis"},
		{"Van den Broeck, Anne-Marie", "<N>"},
		{"van den broeck anne marie.", "<N>."},
		{"A.-M. Van den Broeck", "<N>"},
		{"A.M. Vandenbroeck", "<N>"},
		{"AM Van Den Broeck", "<N>"},
		{"Vandenbroeck A.", "<N>."},
		{"Dit is A. Broeck", "Dit is <N>"},
		{"Anné-Marïe hier", "<N> hier"},
		{"Anne belt u", "<N> belt u"},
		{"Maries fiets", "<N> fiets"},
		{"de Broeck's", "de <N>'s"},
		{"A n n e - M a r i e", "<N>"},
		{"Kanne is een dorp, Mariette ook", "Kanne is een dorp, Mariette ook"},
		{"foto_AnneMarieVandenBroeck.jpg", "<M>"},
		// numbers
		{"bel 0455 01 23 45 na 18 uur", "bel <P> na 18 uur"},
		{"bel 0455/01.23.45!", "bel <P>!"},
		{"+32 455 01 23 45 of 0032455012345", "<P> of <P>"},
		{"+32 (0)455-012-345", "<P>"},
		{"(0455) 01 23\n45", "<P>"},
		{"O455 O1 23 45", "<P>"},
		{"tel:+32455012345.", "tel:<P>."},
		{"٠٤٥٥ ٠١٢٣٤٥", "<P>"},
		{"02 000 01 23 en 02/000.01.24", "<P> en 02/000.01.24"},
		{"0455 01 23 46 is een ander", "0455 01 23 46 is een ander"},
		{"om 18.30 uur, 12 personen, 0455", "om 18.30 uur, 12 personen, 0455"},
		// mailboxes
		{"AM.VandenBroeck77@Example.org", "<M>"},
		{"am.vandenbroeck77+bin@example.org of am.vandenbroeck77 (at) example punt org", "<M> of <M>"},
		{"skype am.vandenbroeck77", "skype <M>"},
		{"xam.vandenbroeck77@example.org", "<M>"},
		{"anne@elders.example", "<M>"},
		{"info@example.org", "info@example.org"},
		// addresses
		{"Ik woon Kerkstraat 12A, 9300 Vlierbeek", "Ik woon <S>, 9300 Vlierbeek"},
		{"kerkstr. 12 a bus 3", "<S>"},
		{"Kerk straat nr. 12", "<S>"},
		{"op nummer 12 in de Kerkstraat", "op <S>"},
		{"12, rue de l'Eglise", "<S>"},
		{"bij ons, huisnummer 12, lag glas", "bij ons, <S>, lag glas"},
		{"Kerkstraat 120 en Kerkstraat 14", "Kerkstraat 120 en Kerkstraat 14"},
		{"in de Kerkstraat stonden 12 wagens", "in de Kerkstraat stonden 12 wagens"},
		{"Kerkstraat 12B is van de buren", "Kerkstraat 12B is van de buren"},
	} {
		if got := MaskWith(c.text, anneMarie, plainMarks); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestMaskOrdinaryNames(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"Jan De Wit", "een wit busje. Wit van kleur", "een wit busje. Wit van kleur"},
		{"Jan De Wit", "Ik ben mevrouw De Wit", "Ik ben mevrouw <N>"},
		{"Jan De Wit", "Groeten\nWit\n", "Groeten\n<N>\n"},
		{"An Peeters", "an old car", "an old car"},
		{"An Peeters", "vraag het aan An", "vraag het aan <N>"},
		{"Mark Hill", "up the hill is a mark; ask Mark", "up the hill is a mark; ask <N>"},
		{"Jürgen Müller", "Juergen Mueller, Jurgen Muller, MÜLLER", "<N>, <N>, <N>"},
		{"Thijs Declerck", "Thys De Clerck", "<N>"},
		{"Ina Maes", "in a house", "in a house"},
		{"Jan Peeters", "J.P.", "<N>."},
		{"Jan Peeters", "JP\n", "<N>\n"},
		{"Jan Peeters", "Dag,\nJan P.", "Dag,\n<N>."},
		{"Øyvind Łukasz", "oyvind LUKASZ", "<N>"},
	} {
		if got := MaskWith(c.text, Known{Names: []string{c.name}}, plainMarks); got != c.want {
			t.Errorf("%s in %q: %q, want %q", c.name, c.text, got, c.want)
		}
	}
}

// TestMaskAnySpelling writes a number in whatever way and finds no six last digits in a row left.
func TestMaskAnySpelling(t *testing.T) {
	numbers := []struct{ e164, country, national string }{{"+32455012345", "32", "455012345"}, {"+3220000123", "32", "20000123"}}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom(numbers).Draw(t, "number")
		prefix := rapid.SampledFrom([]string{"0", "+" + n.country, "00" + n.country, "+" + n.country + "(0)", "(+" + n.country + ") 0", n.country, "", "(0)"}).Draw(t, "prefix")
		var spelled strings.Builder
		for i, d := range prefix + n.national {
			if i > 0 {
				spelled.WriteString(rapid.SampledFrom([]string{"", "", "", " ", ".", "/", "-", " - ", "\u00a0", "\u200b", "\n", "_", " / ", "*", "\u2009"}).Draw(t, "gap"))
			}
			switch zero := rapid.SampledFrom([]rune{'0', '0', '0', '٠', '０'}).Draw(t, "script"); {
			case d >= '0' && d <= '9':
				spelled.WriteRune(d - '0' + zero)
			default:
				spelled.WriteRune(d)
			}
		}
		before := rapid.SampledFrom([]string{"", "bel ", "Tel.: ", "op 3/11 om 14:05 was ik thuis, ", "(", "nr", "12 "}).Draw(t, "before")
		after := rapid.SampledFrom([]string{"", ".", " na 18 uur", "!", ") dank", " 2 keer", "\nGroeten"}).Draw(t, "after")
		got := Mask(before+spelled.String()+after, Known{Phones: []string{n.e164}})
		if left := onlyDigits(got); strings.Contains(left, n.national[len(n.national)-6:]) {
			t.Fatalf("%q becomes %q", before+spelled.String()+after, got)
		}
	})
}

func onlyDigits(s string) string {
	var b strings.Builder
	for _, r := range s {
		if d := digitOf(r); d >= 0 {
			b.WriteByte(byte('0' + d))
		}
	}
	return b.String()
}

// TestMaskAnyName writes a name in whatever way and finds no word of it left.
func TestMaskAnyName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		given := rapid.SampledFrom([]string{"Hélène", "Luc", "Anne-Marie", "Jürgen", "Nadia"}).Draw(t, "given")
		family := rapid.SampledFrom([]string{"Verstraeten", "Van den Bossche", "Müller", "D'Hondt", "Goossens-Maes"}).Draw(t, "family")
		written := []string{given, family}
		if rapid.Bool().Draw(t, "family first") {
			written = []string{family, given}
		}
		s := strings.Join(written, rapid.SampledFrom([]string{" ", "  ", ", ", "\n", " \u200b", ""}).Draw(t, "between"))
		switch rapid.IntRange(0, 4).Draw(t, "letters") {
		case 1:
			s = strings.ToUpper(s)
		case 2:
			s = strings.ToLower(s)
		case 3:
			s = fold(s)
		case 4:
			s = strings.NewReplacer("-", " ", "Van den ", "Vanden", "'", "").Replace(s)
		}
		got := Mask("Ik was thuis. "+s+" (zie foto)", Known{Names: []string{given + " " + family}})
		for _, word := range strings.FieldsFunc(fold(given+" "+family), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if len(word) > 3 && strings.Contains(fold(got), word) {
				t.Fatalf("%q becomes %q", s, got)
			}
		}
	})
}

// TestFindStretches holds for any text: stretches are in order, do not overlap, and lie on runes.
func TestFindStretches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.SampledFrom([]string{"Anne", "-", "Marie", " ", "Broeck", "van den", "@", "0455", "012345", "Kerkstraat", "12", "é", "\n", ".", "x", "\xff", "＠example.org"})).Draw(t, "pieces")
		text := strings.Join(pieces, "")
		last := 0
		for _, f := range Find(text, anneMarie) {
			if f.Start < last || f.End <= f.Start || f.End > len(text) {
				t.Fatalf("%q: %v after %d", text, f, last)
			}
			last = f.End
		}
	})
}
