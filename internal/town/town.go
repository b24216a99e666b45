// Package town builds Vlierbeek, a town that does not exist: streets and houses, a police zone with four networks, members with their
// contact points, officials. The demo, the tests and the benches live in it.
//
// It stores nothing and reads no clock. The same seed and number of members always give the same town. Always true: no telephone number in it
// belongs to anybody (+32 455 0x xx xx and 000 lines), every mailbox ends in .test, the postal code is not given out, and every home lies
// within the area of its member's network.
package town

import (
	"math/rand/v2"

	"github.com/buurtbel/buurtbel"
)

// What the town is called.
const (
	Name       = "Vlierbeek"
	ZoneName   = "Politiezone Vlierbeek"
	PostalCode = "9995"
	MailDomain = "vlierbeek.test"
	PoliceMail = "politie." + MailDomain
)

// Town is the whole town.
type Town struct {
	Networks  []Network
	Streets   []Street
	Homes     []Home
	Shops     []Shop
	Members   []Member
	Officials []Official

	brook, railway, park []buurtbel.Point
}

// Network is one neighbourhood information network with its district.
type Network struct {
	Name     string
	District string
	Kind     buurtbel.NetworkKind
	Regime   buurtbel.Regime
	Area     buurtbel.Area
}

// Street is a named line.
type Street struct {
	Name    string
	Network int // index in Networks, of the district it lies in
	Line    []buurtbel.Point
	Homes   int // houses along it
	metres  []spot
}

// Home is one house, or one dwelling in it.
type Home struct {
	Street  string
	Number  string
	Box     string
	Network int
	At      buurtbel.Point
	corners []buurtbel.Point
}

// Shop is a shop of the centre.
type Shop struct {
	Name string
	Home Home
}

// Contact is a way to reach somebody; Address is E.164 or a mailbox.
type Contact struct {
	Kind    buurtbel.ContactKind
	Address string
}

// Member is an adult who joined a network.
type Member struct {
	Given, Family string
	Network       int // index in Networks
	Household     int // counts from 1; 0: none
	Home          Home
	Language      buurtbel.Language
	Choices       buurtbel.Choices
	Away          bool
	Suspended     bool
	Contacts      []Contact
	Role          buurtbel.Role // coordinator, deputy, or "" for most
}

// Official is somebody of the police zone.
type Official struct {
	Name     string
	Role     buurtbel.Role
	OnCall   bool
	Language buurtbel.Language
	Contacts []Contact
}

// Build makes the town with so many members; fewer than 12 become 12, so that each network has its coordinator and deputy.
func Build(seed uint64, members int) *Town {
	t := &Town{}
	t.lay()
	p := &people{town: t, dice: rand.New(rand.NewPCG(seed, 0x766c6965726265)), homes: t.homesByNetwork()}
	p.shops()
	p.members(max(members, 12))
	p.officials()
	return t
}

// PlaceNames gives the names of streets, districts and shops: what a text may say without being warned.
func (t *Town) PlaceNames() (streets, districts, shops []string) {
	for _, s := range t.Streets {
		streets = append(streets, s.Name)
	}
	for _, n := range t.Networks {
		districts = append(districts, n.District)
	}
	for _, s := range t.Shops {
		shops = append(shops, s.Name)
	}
	return streets, districts, shops
}

func (t *Town) homesByNetwork() [][]Home {
	out := make([][]Home, len(t.Networks))
	for _, h := range t.Homes {
		out[h.Network] = append(out[h.Network], h)
	}
	return out
}
