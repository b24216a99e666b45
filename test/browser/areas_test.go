package browser_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// spot is a place on the screen, in CSS pixels.
type spot struct{ X, Y float64 }

// spotOn gives the place at a share of the map's width and height.
func (p *person) spotOn(x, y float64) spot {
	p.Helper()
	box, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]float64](`(()=>{const r=document.querySelector("[data-canvas]").getBoundingClientRect();return [r.x,r.y,r.width,r.height]})()`))
	if err != nil {
		p.Fatal(err)
	}
	return spot{box[0] + x*box[2], box[1] + y*box[3]}
}

// touches moves the mouse to a place and clicks there, as a hand does.
func (p *person) touches(at spot) {
	p.Helper()
	for _, e := range []input.DispatchMouseEventParams{{Type: input.DispatchMouseEventTypeMouseMoved}, {Type: input.DispatchMouseEventTypeMousePressed, Buttons: 1},
		{Type: input.DispatchMouseEventTypeMouseReleased}} {
		e.X, e.Y = at.X, at.Y
		if e.Type != input.DispatchMouseEventTypeMouseMoved {
			e.Button, e.ClickCount = input.MouseButtonLeft, 1
		}
		p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, input.DispatchMouseEvent, e)
			return err
		}))
	}
}

// TestAnOfficerDrawsAnArea: on the map, with the mouse, corner by corner; what it changes is shown before it is stored.
func TestAnOfficerDrawsAnArea(t *testing.T) {
	t.Parallel()
	h := found(t, 300)
	p := h.sits(1440, 900, "nl")
	p.signsIn(h.town.Official(buurtbel.RoleOfficer), "")
	p.opens("/areas")
	p.do(chromedp.WaitVisible(chromedp.CSS(`[data-map][data-ready="yes"]`)))
	p.looks("areas")
	before := h.areas()
	p.do(chromedp.Click(chromedp.CSS(`main a[href*="kind=split"]`)), chromedp.WaitVisible(chromedp.CSS(`[data-map][data-ready="yes"]`)))
	p.do(chromedp.Click(chromedp.CSS(`[data-tools] button:first-child`)))
	for _, at := range [][2]float64{{0.3, 0.02}, {0.5, 0.02}, {0.5, 0.98}, {0.3, 0.98}} {
		p.touches(p.spotOn(at[0], at[1]))
	}
	p.touches(p.spotOn(0.3, 0.98)) // the last corner again: the area is closed
	p.until("what was drawn in the form", func() bool {
		text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.querySelector("[data-area]").value`))
		return err == nil && strings.Contains(text, "Polygon")
	})
	p.do(chromedp.SendKeys(chromedp.CSS("#name"), "BIN Nieuwveld"), chromedp.SendKeys(chromedp.CSS("#ground"), "Wijziging van het charter van 3 maart"))
	p.looks("area-split")
	p.do(chromedp.Click(chromedp.CSS(`button[value="check"]`)))
	p.reads("Wat dit verandert")
	p.do(chromedp.WaitVisible(chromedp.CSS(`[data-map][data-ready="yes"]`)))
	p.looks("area-review")
	if len(h.areas()) != len(before) {
		t.Error("the review stored something")
	}
	p.do(chromedp.Click(chromedp.CSS(`button[value="save"]`)))
	p.reads("De gebieden zijn gewijzigd")
	p.looks("areas-changed")
	if after := h.areas(); len(after) != len(before)+1 || after["BIN Nieuwveld"] == 0 {
		t.Errorf("networks before: %v, after: %v", before, after)
	}
	p.do(chromedp.Click(chromedp.CSS(`main a[href*="kind=redraw"]`)), chromedp.WaitVisible(chromedp.CSS(`[data-map][data-ready="yes"]`)))
	p.do(chromedp.Click(chromedp.CSS(`[data-tools] button:nth-child(3)`)))
	p.touches(p.spotOn(0.5, 0.5))
	p.looks("area-redraw")
}

// areas gives the square kilometres of each network.
func (h *house) areas() map[string]float64 {
	h.Helper()
	out := map[string]float64{}
	err := h.app.DB.Read(h.Context(), buurtbel.Scope{Zone: h.town.Zone.ID}, func(tx *store.Tx) error {
		all, err := tx.Networks()
		for _, n := range all {
			out[n.Name] = n.Area.SquareKM()
		}
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return out
}
