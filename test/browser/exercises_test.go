package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
)

// An exercise, on a workday afternoon, from the kitchen to the desk: the coordinator agrees to one on a telephone, and police launch another that is announced for today.
func TestExercisesFromTheKitchenToTheDesk(t *testing.T) {
	t.Parallel()
	h := foundBy(t, 60, "127.0.0.1", nil, aWorkday(), func(h *house) error { return h.app.SeedExercises(h.Context(), h.town) })
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
	o.do(chromedp.Click(chromedp.CSS("main .go")))
	o.reads("OEFENING")
	o.until("the exercise with the members", func() bool {
		n, err := h.outside.Counts(t.Context())
		return err == nil && n.Submits > 0
	})
}
