package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/outside"
)

// TestShiftChangesHands lets two dispatchers share a PC: a click for the name, six figures, Enter. What was typed and not sent stays.
func TestShiftChangesHands(t *testing.T) {
	h := found(t, 60)
	var shift []int
	for i, o := range h.town.Town.Officials {
		if o.Role == buurtbel.RoleDispatcher || o.Role == buurtbel.RoleOfficer {
			shift = append(shift, i)
		}
	}
	first, second := shift[0], shift[1]
	p := h.sits(1440, 900, "nl")
	p.signsIn(h.town.Officials[second], "835062")
	p.signsIn(h.town.Officials[first], "274951")
	p.looks("start-dispatcher")
	p.opens("/dispatch")
	p.do(chromedp.SendKeys(chromedp.CSS("#street"), "Kerk"))
	p.looks("dispatch")

	began := time.Now()
	p.clicks1("a.hand-over")
	p.do(chromedp.WaitVisible(chromedp.CSS("#pin")))
	p.types("835062")
	p.presses(kb.Enter)
	p.reads(h.town.Town.Officials[second].Name)
	p.do(chromedp.WaitVisible(chromedp.CSS("#street")))
	took := time.Since(began)
	t.Logf("the PC changed hands in %.1f s: %d keys, %d clicks", took.Seconds(), p.keys, p.clicks)
	if human := time.Duration(p.keys)*perKey + time.Duration(p.clicks)*perClick; human > 4*time.Second {
		t.Errorf("a person needs %s for it", human)
	}
	if kept, err := chromedp.Run(p.ctx, chromedp.Value(chromedp.CSS("#street"))); err != nil || kept != "Kerk" {
		t.Errorf("the street that was typed: %q (%v)", kept, err)
	}
	p.do(chromedp.Click(chromedp.CSS("a.hand-over")), chromedp.WaitVisible(chromedp.CSS("#pin")))
	p.looks("hand-over")
	p.do(chromedp.Click(chromedp.CSS(`button[value="leave"]`)))
	p.until("nobody at the desk", func() bool {
		return !strings.Contains(p.says(), "Ik ga weg") && strings.Contains(p.says(), "Wie neemt over")
	})
	p.looks("hand-over-left")
}

// TestFromDeskToFirstText is the twenty seconds of a dispatcher: from the first page to the first text at the carrier's, at a person's speed.
func TestFromDeskToFirstText(t *testing.T) {
	h := found(t, 400)
	street := ""
	for _, s := range h.town.Town.Streets {
		if s.Network == kerkveld && s.Homes > 20 {
			street = s.Name
			break
		}
	}
	p := h.sits(1440, 900, "nl")
	p.signsIn(h.town.Official(buurtbel.RoleDispatcher), "")
	if err := h.outside.Reset(h.Context()); err != nil {
		t.Fatal(err)
	}
	p.keys, p.clicks = 0, 0
	groups := []string{}
	group := func(name string) { groups = append(groups, name) }

	began := time.Now()
	group("F2: new alert")
	p.presses(kb.F2)
	p.do(chromedp.WaitVisible(chromedp.CSS("form[data-desk]")))
	group("F2 1: burglary in progress")
	p.presses(kb.F2)
	p.presses("1")
	group("street")
	p.types(street[:6])
	if suggested, err := chromedp.Run(p.ctx, chromedp.Poll[string](`(document.querySelector("#street-list option")||{}).value`, chromedp.WithPollingTimeout(patience))); err == nil {
		t.Logf("suggested: %s", suggested)
	}
	p.types(street[6:])
	group("Enter: on")
	p.presses(kb.Enter)
	group("what was seen")
	p.types("grijze bestelwagen")
	p.do(chromedp.WaitVisible(chromedp.CSS(`[data-launch]:enabled`)))
	p.shown()
	group("Ctrl Enter: send")
	p.presses(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl))
	var first time.Time
	h.until("the first text at the carrier's", func() bool {
		err := h.outside.Log(h.Context(), "", func(e outside.Entry) error {
			if at := time.Unix(0, e.At); first.IsZero() || at.Before(first) {
				first = at
			}
			return nil
		})
		return err == nil && !first.IsZero()
	})
	t.Logf("first text %.1f s after the first key: %d keys, %d clicks, %d groups: %s", first.Sub(began).Seconds(), p.keys, p.clicks, len(groups), strings.Join(groups, "; "))
	if human := time.Duration(p.keys)*perKey + time.Duration(p.clicks)*perClick; human > 15*time.Second {
		t.Errorf("a person needs %s for it", human)
	}
	p.reads(street)
	p.looks("live")
	p.opens("/alerts")
	p.looks("alerts")
}

// shown checks that the pre-flight stood on the page before anything could be sent.
func (p *person) shown() {
	p.Helper()
	says := p.says()
	for _, words := range []string{"Verstuur naar", "€"} {
		if !strings.Contains(says, words) {
			p.Errorf("the pre-flight does not say %q", words)
		}
	}
	p.do(chromedp.WaitVisible(chromedp.CSS(".bubble")), chromedp.WaitVisible(chromedp.CSS(".five")))
}
