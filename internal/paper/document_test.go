package paper

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
)

func sample() *Document {
	return &Document{Language: buurtbel.Dutch, Title: "Wat wij van u bewaren", Lead: "Gemaakt op zondag.", Foot: "BIN Kerkveld", Made: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC),
		Sections: []Section{{Title: "U", Rows: []Row{{"Naam", "Łukasz Şahin-Čapek"}, {"Adres", "Rue de l'Église 3\n1000 Brussel"}, {"Raar", "a\x00b\u202ec 😀<b>(x)\\) Tj ET</b>"}}},
			{Title: "Lang", Paragraphs: []string{strings.Repeat("Een zin die niet ophoudt. ", 400)}}}}
}

func TestTextHoldsWhatIsReadable(t *testing.T) {
	got := sample().Text()
	for _, want := range []string{"# Wat wij van u bewaren", "Naam: Łukasz Şahin-Čapek", `Raar: abc <b>(x)\) Tj ET</b>`, "1000 Brussel"} {
		if !strings.Contains(got, want) {
			t.Errorf("the text lacks %q:\n%.400s", want, got)
		}
	}
	if strings.ContainsAny(got, "\x00\u202e") {
		t.Error("a mark that nobody sees went through")
	}
}

func TestPDFIsTheSameTwice(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := sample().PDF(w); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same document gave other bytes")
	}
	if !bytes.HasPrefix(a.Bytes(), []byte("%PDF-")) || a.Len() < 5000 {
		t.Errorf("%d bytes, beginning %.10q", a.Len(), a.Bytes())
	}
}

// TestAnotherReaderReadsIt gives the PDF to pdftotext (poppler): every name and letter must come out.
func TestAnotherReaderReadsIt(t *testing.T) {
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("pdftotext is missing: apt-get install poppler-utils")
		}
		t.Skip("pdftotext is missing: apt-get install poppler-utils")
	}
	for _, large := range []bool{false, true} {
		d := sample()
		d.Large = large
		path := filepath.Join(t.TempDir(), "a.pdf")
		var b bytes.Buffer
		if err := d.PDF(&b); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), program, path, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Łukasz Şahin-Čapek", "Rue de l'Église 3", `(x)\) Tj ET`, "niet ophoudt"} {
			if !strings.Contains(strings.ReplaceAll(string(out), "\n", " "), want) {
				t.Errorf("large %t: the reader does not find %q", large, want)
			}
		}
	}
}
