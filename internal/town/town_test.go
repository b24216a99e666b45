package town_test

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/geo"
	"github.com/buurtbel/buurtbel/internal/town"
)

func TestSameSeedSameTown(t *testing.T) {
	hidden := cmpopts.IgnoreUnexported(town.Town{}, town.Street{}, town.Home{})
	if diff := cmp.Diff(town.Build(1, 300), town.Build(1, 300), hidden); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(town.Build(1, 300), town.Build(2, 300), hidden) {
		t.Error("another seed gave the same town")
	}
}

func TestNumberOfMembers(t *testing.T) {
	for _, n := range []int{12, 60, 1500, 20_000} {
		if got := len(town.Build(1, n).Members); got != n {
			t.Errorf("%d members, want %d", got, n)
		}
	}
}

func TestHomesLieInTheirNetwork(t *testing.T) {
	v := town.Build(1, 1500)
	if len(v.Homes) < 2000 || len(v.Streets) < 40 {
		t.Errorf("a small town: %d homes in %d streets", len(v.Homes), len(v.Streets))
	}
	for _, h := range v.Homes {
		for i, n := range v.Networks {
			if n.Area.Contains(h.At) != (i == h.Network) {
				t.Errorf("%s %s is of %s; %s says otherwise", h.Street, h.Number, v.Networks[h.Network].Name, n.Name)
			}
		}
	}
	for _, m := range v.Members {
		if m.Home.Network != m.Network {
			t.Errorf("%s lives outside the own network", m.Home.Street)
		}
	}
}

func TestAreasFitTogether(t *testing.T) {
	v := town.Build(1, 12)
	var parts float64
	for i, n := range v.Networks {
		if err := geo.Validate(n.Area); err != nil {
			t.Errorf("%s: %v", n.Name, err)
		}
		parts += n.Area.SquareKM()
		for _, o := range v.Networks[i+1:] {
			common, err := geo.Overlap(n.Area, o.Area)
			if err != nil || common.SquareKM() > 1e-6 {
				t.Errorf("%s and %s share %f km² (%v)", n.Name, o.Name, common.SquareKM(), err)
			}
		}
	}
	box, _ := (buurtbel.Area{v.Networks[0].Area[0], v.Networks[1].Area[0], v.Networks[2].Area[0]}).Bounds()
	whole := (buurtbel.Area{{{{Lat: box.South, Lon: box.West}, {Lat: box.South, Lon: box.East}, {Lat: box.North, Lon: box.East}, {Lat: box.North, Lon: box.West}}}}).SquareKM()
	if share := parts / whole; share < 0.6 || share > 0.9 { // a disc fills 0.785 of its box
		t.Errorf("the networks fill %.2f of the town's box", share)
	}
}

var fictional = regexp.MustCompile(`^\+324550\d{5}$|^\+322000\d{4}$|^[a-z.0-9-]+@(politie\.)?vlierbeek\.test$`)

func TestContactsBelongToNobody(t *testing.T) {
	v := town.Build(1, 1500)
	used := map[string]int{}
	owner := map[string]int{}
	for i, m := range v.Members {
		for _, c := range m.Contacts {
			if !fictional.MatchString(c.Address) {
				t.Errorf("%s is not of the fictional ranges", c.Address)
			}
			if first, taken := owner[c.Address]; taken && (m.Household == 0 || v.Members[first].Household != m.Household) {
				t.Errorf("%s is shared outside a household", c.Address)
			}
			owner[c.Address] = i
			used[c.Address]++
		}
	}
	for _, o := range v.Officials {
		for _, c := range o.Contacts {
			if !fictional.MatchString(c.Address) || used[c.Address] > 0 {
				t.Errorf("%s of an official is taken or not fictional", c.Address)
			}
		}
	}
}

// TestMixture asks that the demo has somebody for everything it wants to show.
func TestMixture(t *testing.T) {
	v := town.Build(1, 1500)
	seen := map[string]int{}
	for _, m := range v.Members {
		kinds := ""
		for _, c := range m.Contacts {
			kinds += string(c.Kind) + " "
		}
		seen[kinds]++
		seen[string(m.Language)]++
		for what, yes := range map[string]bool{"away": m.Away, "suspended": m.Suspended, "wish": m.Choices.Per != nil, "household": m.Household != 0} {
			if yes {
				seen[what]++
			}
		}
		seen[string(m.Role)]++
	}
	for _, what := range []string{"mobile mailbox ", "mobile ", "fixed ", "mailbox ", "mobile mobile mailbox ", "fr", "away", "suspended", "wish", "household"} {
		if seen[what] == 0 {
			t.Errorf("nobody with %q", what)
		}
	}
	if seen["coordinator"] != 4 || seen["deputy"] != 4 {
		t.Errorf("%d coordinators, %d deputies", seen["coordinator"], seen["deputy"])
	}
}

func TestGeoJSON(t *testing.T) {
	v := town.Build(1, 12)
	areas, err := v.Areas()
	if err != nil {
		t.Fatal(err)
	}
	read, err := geo.Read(bytes.NewReader(areas), geo.Options{})
	if err != nil || len(read.Features) != 4 {
		t.Fatalf("areas: %v", err)
	}
	for _, buildings := range []bool{false, true} {
		b, err := v.Map(buildings)
		if err != nil || !json.Valid(b) {
			t.Errorf("map: %v", err)
		}
		t.Logf("map with buildings %t: %d kB", buildings, len(b)/1000)
	}
	if math.Abs(v.Homes[0].At.Lat-50.97) > 0.05 {
		t.Error("the town has moved")
	}
}
