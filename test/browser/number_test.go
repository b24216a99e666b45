package browser_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
)

// TestAnybodySavesTheNumber: the page of our number in a browser, on a small telephone, on paper and in the dark, where another telephone still
// reads the code from the glass.
func TestAnybodySavesTheNumber(t *testing.T) {
	t.Parallel()
	h := found(t, 50)
	p := h.sits(390, 844, "nl")
	p.opens("/number")
	p.reads("Bewaar ons nummer")
	p.looks("number")
	if text := p.scans("light"); !strings.Contains(text, "\nTEL;TYPE=text;PREF=1:8810\r\n") || !strings.Contains(text, "FN:"+h.town.Zone.Name) {
		t.Errorf("the code says %q", text)
	}
	if text := p.scans("dark"); !strings.Contains(text, "TEL;") {
		t.Errorf("in the dark the code says %q", text)
	}
	p.do(chromedp.Click(chromedp.CSS(`a[href$="/sheet"]`)))
	p.reads("Druk dit blad af")
	p.looks("number-sheet")

	for _, lang := range []string{"nl", "fr", "de", "en"} {
		p.opens("/looks/number-sheet?lang=" + lang)
		p.settled()
		if n := p.sheets("number-sheet-" + lang); n != 1 {
			t.Errorf("in %s it takes %d sheets of paper", lang, n)
		}
	}

	german := h.sits(320, 640, "de")
	for _, page := range []string{"number", "number-sheet", "number-zones", "carriers"} {
		german.opens("/looks/" + page + "?lang=de")
		german.looks(page + "-de")
		wide, err := chromedp.Run(german.ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`))
		if err != nil || wide {
			t.Errorf("%s is wider than a telephone of 320 pixels (%v)", page, err)
		}
	}

	officer := h.sits(1440, 900, "nl")
	officer.signsIn(h.town.Official(buurtbel.RoleOfficer), "")
	officer.opens("/carriers")
	officer.reads("Telefoons tonen")
	officer.looks("carriers")
}

// scans reads the code of the page from a picture of the screen, as another telephone does.
func (p *person) scans(scheme string) string {
	p.Helper()
	reader, err := exec.LookPath("zbarimg")
	if err != nil {
		missing(p.T, "zbarimg", "apt-get install zbar-tools")
	}
	p.wears(scheme)
	picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.Fatal(err)
	}
	file := filepath.Join(p.TempDir(), "screen.png")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		p.Fatal(err)
	}
	out, err := exec.CommandContext(p.Context(), reader, "--quiet", "--raw", "--oneshot", "-Sdisable", "-Sqrcode.enable", "-Sbinary", file).Output()
	if err != nil {
		p.Errorf("nothing was read in the %s: %v", scheme, err)
	}
	return string(out)
}

// sheets prints the page on A4 and counts the sheets; the print is kept beside the pictures.
func (p *person) sheets(name string) int {
	p.Helper()
	var print []byte
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		r, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69}) // inches
		print = r.Data
		return err
	}))
	if folder := os.Getenv("BUURTBEL_PICTURES"); folder != "" {
		if err := os.WriteFile(filepath.Join(folder, name+".pdf"), print, 0o600); err != nil {
			p.Fatal(err)
		}
	}
	return len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(print, -1))
}
