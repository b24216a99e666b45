package paper

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var letter = Sheet{From: []string{"BIN Vlierwijk", "Politiezone Vlierbeek"}, To: []string{"Łucja Ščepánek-Özgür", "Vlierstraat 1 bus 2", "9990 Vlierbeek"}, Date: "1 juni 2026", Title: "Uw code",
	Language: "nl", Parts: []Part{{Text: "Geachte, hier is uw code: één keer geldig, voor € 0."}, {Text: "K7WN-2XHA", Size: Large}, {Text: "Reglement", Size: Heading}, {Text: "– regel één", Size: Tight},
		{Text: "Ik ben achttien of ouder.", Size: Tick}, {Text: "Handtekening", Size: Sign}}}

func TestPDF(t *testing.T) {
	one, err := PDF(letter, letter)
	if err != nil {
		t.Fatal(err)
	}
	again, err := PDF(letter, letter)
	if err != nil || !bytes.Equal(one, again) {
		t.Errorf("the same sheets give other bytes (%v)", err)
	}
	if !bytes.HasPrefix(one, []byte("%PDF-1.")) || len(one) > 400_000 {
		t.Errorf("%d bytes, %.10q", len(one), one)
	}
}

// TestPeersReadIt lets poppler read the text: accents must survive, and the address must stand in the window.
func TestPeersReadIt(t *testing.T) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("pdftotext is missing: apt-get install poppler-utils")
		}
		t.Skip("pdftotext is missing: apt-get install poppler-utils")
	}
	b, err := PDF(letter)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "letter.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, "-layout", path, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v %s", err, out)
	}
	for _, p := range append(append([]string{letter.Title, letter.Date}, letter.From...), letter.To...) {
		if !strings.Contains(string(out), p) {
			t.Errorf("%q cannot be read from the page", p)
		}
	}
	for _, p := range letter.Parts {
		if !strings.Contains(string(out), p.Text) {
			t.Errorf("%q cannot be read from the page", p.Text)
		}
	}
}

// TestALetterLeavesOutWhatNoReaderShows: whoever types a name with a sign that the font lacks gets the letter of the name without it.
func TestALetterLeavesOutWhatNoReaderShows(t *testing.T) {
	odd := letter
	odd.Title += "\u202e"
	odd.To = []string{letter.To[0] + "😀", letter.To[1], "\x00" + letter.To[2]}
	odd.Parts = slices.Clone(letter.Parts)
	odd.Parts[0].Text += "🏠"
	want, err := PDF(letter)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := PDF(odd); err != nil || !bytes.Equal(got, want) {
		t.Errorf("another letter: %v", err)
	}
}
