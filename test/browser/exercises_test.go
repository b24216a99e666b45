package browser_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/holiday"
)

// An exercise from the kitchen to the desk: the coordinator agrees to one on a telephone, and police launch another that is announced for today.
func TestExercisesFromTheKitchenToTheDesk(t *testing.T) {
	h := found(t, 60)
	if err := h.app.SeedExercises(t.Context(), h.town); err != nil {
		t.Fatal(err)
	}
	p := h.sits(390, 844, "nl-BE")
	p.signsIn(h.coordinator(kerkveld), "")
	p.reads("wacht op uw akkoord")
	p.looks("start-exercise")
	p.opens("/exercises")
	p.reads("Voorgesteld, wacht op akkoord")
	p.looks("exercises-coordinator")
	p.do(chromedp.Click(chromedp.CSS("main details.more summary")))
	p.looks("exercises-move")
	p.do(chromedp.Click(chromedp.CSS("main .go")))
	p.reads("Uw akkoord is genoteerd")
	p.looks("exercises-agreed")

	o := h.sits(1280, 900, "nl-BE")
	o.signsIn(h.town.Official(buurtbel.RoleOfficer), "")
	o.reads("Oefening van vandaag")
	o.opens("/exercises")
	o.reads("Instellingen van de zone")
	o.looks("exercises-officer")
	o.do(chromedp.Click(chromedp.CSS("main .go")))
	o.reads("Wat de leden lezen en horen")
	o.looks("exercise-launch")
	loc, err := h.town.Zone.Location()
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := holiday.For(h.town.Zone.Country)
	if err != nil {
		t.Fatal(err)
	}
	if why := buurtbel.MayExercise(time.Now().In(loc), h.town.Zone.Night, calendar); why != nil {
		t.Skipf("no exercise may ring at this hour: %v", why) // the page said why
	}
	o.do(chromedp.Click(chromedp.CSS("main .go")))
	o.reads("OEFENING")
	o.until("the exercise with the members", func() bool {
		n, err := h.outside.Counts(t.Context())
		return err == nil && n.Submits > 0
	})
}
