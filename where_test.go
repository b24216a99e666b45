package buurtbel

import (
	"testing"
	"time"
)

func TestRule08_ZoneCheckHasThreeOutcomes(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	kerkveld, brugzicht := &Network{Name: "Kerkveld", Kind: Residents}, &Network{Name: "Brugzicht", Kind: Residents}
	shops := &Network{Name: "Winkels", Kind: Traders}
	ended := &Network{Name: "Vroeger", Kind: Residents, Ended: &Dated{Since: now.AddDate(-1, 0, 0)}}
	const far = 500.0
	for name, c := range map[string]struct {
		all     []Whereabouts
		outcome Found
		why     Why
		n       int
	}{
		"nowhere":                       {nil, FoundNone, "", 0},
		"in one":                        {[]Whereabouts{{kerkveld, true, true, far}}, FoundInside, "", 1},
		"in one, and among shops":       {[]Whereabouts{{kerkveld, true, true, far}, {shops, true, true, far}}, FoundInside, "", 1},
		"among shops only":              {[]Whereabouts{{shops, true, true, far}}, FoundNone, "", 0},
		"in two":                        {[]Whereabouts{{kerkveld, true, true, far}, {brugzicht, true, true, far}}, FoundRefer, WhyOverlap, 2},
		"just inside":                   {[]Whereabouts{{kerkveld, true, true, BorderMetres}}, FoundRefer, WhyBorder, 1},
		"just outside":                  {[]Whereabouts{{kerkveld, true, false, 3}}, FoundRefer, WhyBorder, 1},
		"beside a border, farther away": {[]Whereabouts{{kerkveld, true, false, BorderMetres + 1}}, FoundNone, "", 0},
		"between two":                   {[]Whereabouts{{kerkveld, true, true, 3}, {brugzicht, true, false, 4}}, FoundRefer, WhyBorder, 2},
		"not recognised yet":            {[]Whereabouts{{kerkveld, false, true, far}}, FoundRefer, WhyStarting, 1},
		"recognised and not yet":        {[]Whereabouts{{kerkveld, true, true, far}, {brugzicht, false, true, far}}, FoundInside, "", 1},
		"dissolved":                     {[]Whereabouts{{ended, true, true, far}}, FoundNone, "", 0},
	} {
		got := CheckPlace(c.all, Residents, now)
		if got.Outcome != c.outcome || got.Why != c.why || len(got.Networks) != c.n {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := CheckPlace([]Whereabouts{{shops, true, true, far}}, Traders, now); got.Outcome != FoundInside {
		t.Errorf("a shop: %+v", got)
	}
}
