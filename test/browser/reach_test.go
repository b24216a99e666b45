package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestMapOfStreets looks at the map of streets with little reach on a narrow telephone and on a desk, and follows a mark to its line in the list.
func TestMapOfStreets(t *testing.T) {
	t.Parallel()
	h := found(t, 30)
	for _, size := range []struct {
		width, height int64
		drawing       string
	}{{320, 700, ".narrow"}, {1440, 900, ".broad"}} {
		p := h.sits(size.width, size.height, "de")
		p.opens("/looks/reach?lang=de")
		p.reads("Molenweg")
		p.looks("reach")
		p.do(chromedp.EmulateViewport(size.width, size.height))
		fits, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth <= innerWidth`))
		if err != nil || !fits {
			t.Errorf("%d wide: the page goes beyond the screen (%v)", size.width, err)
		}
		letters, err := chromedp.Run(p.ctx, chromedp.Evaluate[float64](`Math.min(...[...document.querySelectorAll(".reach-map `+size.drawing+` text")].map((t) => 16 * t.getCTM().a))`))
		if err != nil || letters < 12 {
			t.Errorf("%d wide: letters on the map are %g pixels high (%v)", size.width, letters, err)
		}
		p.do(chromedp.Click(chromedp.CSS(".reach-map " + size.drawing + " a:nth-of-type(3)")))
		there, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.querySelector("tr:target td").textContent`))
		if err != nil || there != "Molenweg" {
			t.Errorf("%d wide: the mark leads to %q (%v)", size.width, there, err)
		}
	}
}
