package app_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel/internal/app"
)

func TestCompareBothWays(t *testing.T) {
	an, bo := app.Pair{Address: "+32455000001", Text: "a1"}, app.Pair{Address: "+32455000002", Text: "a1"}
	letter := app.Pair{Address: "an@vlierbeek.test", Text: "0001@vlierbeek.test"}
	sure := func(list ...app.Pair) (out []app.Handed) {
		for _, p := range list {
			out = append(out, app.Handed{Pair: p})
		}
		return out
	}
	doubt := func(p app.Pair) app.Handed { return app.Handed{Pair: p, Uncertain: true} }
	for _, c := range []struct {
		name  string
		here  []app.Handed
		there []app.Pair
		want  app.Difference
	}{
		{"the same in another order", sure(an, bo, letter), []app.Pair{letter, bo, an}, app.Difference{}},
		{"lost", sure(an, bo, letter), []app.Pair{an, letter}, app.Difference{OnlyHere: []app.Pair{bo}}},
		{"unknown to the store", sure(an), []app.Pair{an, letter}, app.Difference{OnlyThere: []app.Pair{letter}}},
		{"doubled", sure(an), []app.Pair{an, an, an}, app.Difference{OnlyThere: []app.Pair{an, an}}},
		{"another text to the same number", sure(an), []app.Pair{{Address: an.Address, Text: "b2"}},
			app.Difference{OnlyHere: []app.Pair{an}, OnlyThere: []app.Pair{{Address: an.Address, Text: "b2"}}}},
		{"a household shares a number", sure(an, an), []app.Pair{an, an}, app.Difference{}},
		{"uncertain and taken", append(sure(an), doubt(an)), []app.Pair{an, an}, app.Difference{}},
		{"uncertain and not taken", append(sure(an), doubt(an)), []app.Pair{an}, app.Difference{}},
		{"uncertain allows one", []app.Handed{doubt(an)}, []app.Pair{an, an}, app.Difference{OnlyThere: []app.Pair{an}}},
	} {
		got := app.Compare(c.here, c.there)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if got.Empty() != (len(c.want.OnlyHere)+len(c.want.OnlyThere) == 0) {
			t.Errorf("%s: Empty is %t", c.name, got.Empty())
		}
	}
}
