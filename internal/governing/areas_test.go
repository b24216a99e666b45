package governing_test

import (
	"slices"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
)

// square is a square of 0.01 degrees, a kilometre or so, at a column of a row of squares.
func square(column, wide float64) buurtbel.Area {
	west, east := 4+column/100, 4+(column+wide)/100
	return buurtbel.Area{{{{Lat: 50.9, Lon: west}, {Lat: 50.9, Lon: east}, {Lat: 50.91, Lon: east}, {Lat: 50.91, Lon: west}}}}
}

// lands gives the village's network columns 0 to 2, a second one columns 2 to 4, and ten members a home in each half column of the first.
func (v *village) lands() (other buurtbel.ID, homes map[string][]buurtbel.ID) {
	v.Helper()
	other, homes = v.db.NewID(), map[string][]buurtbel.ID{}
	charter := &buurtbel.Dated{Since: v.db.Now(), Document: "charter"}
	var list []store.NewMember
	add := func(name string, network buurtbel.ID, column float64, n int) {
		for range n {
			m := store.NewMember{Member: buurtbel.Member{ID: v.db.NewID(), Network: network, Language: buurtbel.Dutch}, Name: store.Name{Given: "Bo", Family: name},
				Place:    buurtbel.Point{Lat: 50.905, Lon: 4 + column/100},
				Contacts: []store.NewContact{{ID: v.db.NewID(), Kind: buurtbel.Mailbox, Address: v.db.NewID().String() + "@example.org", Verified: true}}}
			list, homes[name] = append(list, m), append(homes[name], m.ID)
		}
	}
	add("west", v.network, 0.5, 4)
	add("east", v.network, 1.5, 3)
	add("other", other, 2.5, 5)
	v.write(func(tx *store.Tx) error {
		for _, n := range []*buurtbel.Network{{ID: v.network, Name: "BIN Kerkveld", Area: square(0, 2), Charter: charter, Recognised: charter}, {ID: other, Name: "BIN Weideveld", Area: square(2, 2), Charter: charter}} {
			n.Kind, n.Regime = buurtbel.Residents, buurtbel.Regime{buurtbel.Dutch}
			if err := tx.PutNetwork(n); err != nil {
				return err
			}
		}
		return tx.InsertMembers(list)
	})
	return other, homes
}

func (v *village) networks() map[string]*buurtbel.Network {
	v.Helper()
	out := map[string]*buurtbel.Network{}
	v.read(func(tx *store.Tx) error {
		all, err := tx.Networks()
		for _, n := range all {
			out[n.Name] = n
		}
		return err
	})
	return out
}

func (v *village) seen(network buurtbel.ID) string {
	v.Helper()
	for _, n := range v.networks() {
		if n.ID == network {
			mark, err := store.AreaMark(n.Area)
			if err != nil {
				v.Fatal(err)
			}
			return mark
		}
	}
	v.Fatal("no such network")
	return ""
}

// livesIn tells to which network members belong.
func (v *village) livesIn(members []buurtbel.ID) []buurtbel.ID {
	v.Helper()
	var out []buurtbel.ID
	v.read(func(tx *store.Tx) error {
		of, err := tx.NetworkOfEach(members)
		for _, m := range members {
			out = append(out, of[m])
		}
		return err
	})
	slices.Sort(out)
	return slices.Compact(out)
}

func TestAnAreaIsReviewedBeforeItChanges(t *testing.T) {
	each(t, func(v *village) {
		other, homes := v.lands()
		officer := v.official(buurtbel.RoleOfficer, "officer@example.org")
		change := governing.AreaChange{Kind: governing.Redraw, Network: v.network, Drawn: square(0, 3), Ground: "wijziging van 3 maart", Seen: v.seen(v.network)}
		r, err := governing.ReviewArea(v.Context(), v.db, officer, v.zone, change)
		if err != nil {
			v.Fatal(err)
		}
		if len(r.Overlaps) != 1 || r.Overlaps[0].Name != "BIN Weideveld" || r.Stay != 7 || len(r.Moves) != 0 || r.Unplaced != 30 {
			v.Errorf("%+v", r)
		}
		change.Drawn = square(0, 1)
		r, err = governing.ReviewArea(v.Context(), v.db, officer, v.zone, change)
		if err != nil || r.Outside != 3 || r.Stay != 4 {
			v.Errorf("%+v, %v", r, err)
		}
		for key, spoil := range map[string]func(*governing.AreaChange){
			"error.area.drawn":      func(c *governing.AreaChange) { c.Drawn = nil },
			"error.area.ground":     func(c *governing.AreaChange) { c.Ground = " " },
			"error.area.changed":    func(c *governing.AreaChange) { c.Seen = "x" },
			"error.network.unknown": func(c *governing.AreaChange) { c.Network = 5 },
			"error.area.name":       func(c *governing.AreaChange) { c.Kind = governing.Fresh },
			"error.area.apart": func(c *governing.AreaChange) {
				c.Kind, c.Name, c.Drawn = governing.Split, "BIN Nieuw", square(8, 1)
			},
		} {
			wrong := change
			spoil(&wrong)
			_, err := governing.ChangeArea(v.Context(), v.db, officer, v.zone, wrong, "https://alarm.example.org")
			v.key(err, key)
		}
		_, err = governing.ChangeArea(v.Context(), v.db, v.coordinator, v.zone, change, "")
		v.key(err, "error.forbidden.configure")
		if got := v.networks()["BIN Kerkveld"].Area.SquareKM(); got < 1.5 {
			v.Errorf("a refused change was stored: %.2f km²", got)
		}
		change.Drawn, change.Move = square(0, 1.9), true
		if _, err := governing.ChangeArea(v.Context(), v.db, officer, v.zone, change, "https://alarm.example.org"); err != nil {
			v.Fatal(err)
		}
		v.read(func(tx *store.Tx) error {
			before, err := tx.AreaVersions(v.network)
			if err != nil || len(before) != 1 || before[0].Ground != "wijziging van 3 maart" || before[0].Area.SquareKM() < 1.5 {
				v.Errorf("the area before: %+v, %v", before, err)
			}
			return err
		})
		if got := v.livesIn(homes["other"]); !slices.Equal(got, []buurtbel.ID{other}) {
			v.Errorf("who was not concerned moved to %v", got)
		}
	})
}

func TestANetworkIsSplitAndJoinedAgain(t *testing.T) {
	each(t, func(v *village) {
		other, homes := v.lands()
		officer := v.official(buurtbel.RoleOfficer, "officer@example.org")
		change := func(c governing.AreaChange) {
			v.Helper()
			c.Ground, c.Seen = "wijziging van 3 maart", v.seen(c.Network)
			if _, err := governing.ChangeArea(v.Context(), v.db, officer, v.zone, c, "https://alarm.example.org"); err != nil {
				v.Fatal(err)
			}
		}
		change(governing.AreaChange{Kind: governing.Split, Network: v.network, Drawn: square(1, 1), Name: "BIN Oostveld"})
		made := v.networks()["BIN Oostveld"]
		if made == nil || made.Charter == nil || made.Charter.Document != "wijziging van 3 maart" || made.Recognised == nil {
			v.Fatalf("the new network: %+v", made)
		}
		if got := v.livesIn(homes["east"]); !slices.Equal(got, []buurtbel.ID{made.ID}) {
			v.Errorf("who lives in the part belongs to %v", got)
		}
		if got := v.livesIn(homes["west"]); !slices.Equal(got, []buurtbel.ID{v.network}) {
			v.Errorf("who lives in the rest belongs to %v", got)
		}
		if n := v.letters(); n != 3 {
			v.Errorf("%d letters", n)
		}
		change(governing.AreaChange{Kind: governing.Merge, Network: other, Other: made.ID})
		if got := v.livesIn(append(homes["east"], homes["other"]...)); !slices.Equal(got, []buurtbel.ID{other}) {
			v.Errorf("after the merger they belong to %v", got)
		}
		if n := v.networks()["BIN Oostveld"]; n.Ended == nil {
			v.Error("the network that was joined goes on")
		}
		if got := v.networks()["BIN Weideveld"].Area.SquareKM(); got < 2.2 {
			v.Errorf("together %.2f km²", got)
		}
	})
}
