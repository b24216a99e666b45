package buurtbel

import "time"

// Why says why a check refers to the police; "" for the other outcomes.
type Why string

// The reasons.
const (
	WhyBorder   Why = "border"   // so near the border that a map cannot tell on which side the door is
	WhyOverlap  Why = "overlap"  // two networks of one kind
	WhyStarting Why = "starting" // a network is being founded there, or waits to be recognised
)

// BorderMetres is how near to a border a map cannot tell: addresses lie on the middle of a plot or at the street, areas are drawn along streets.
const BorderMetres = 15.0

// Whereabouts is how a place lies to one network.
type Whereabouts struct {
	Network *Network
	Active  bool    // may receive alerts now
	Inside  bool    // lies in its area
	Metres  float64 // to its border
}

// Check is what the zone check says.
type Check struct {
	Outcome  Found
	Why      Why
	Networks []*Network // the one it lies in, or those to be looked at; none when there is none
}

// CheckPlace decides rule 8's zone check from how a place lies to the networks of the kind that is asked for. Networks that ended count for
// nothing; one that is not recognised yet is for a person to explain.
func CheckPlace(all []Whereabouts, kind NetworkKind, now time.Time) Check {
	var inside, near, starting []*Network
	for _, w := range all {
		switch {
		case w.Network.Kind != kind || w.Network.Ended.holds(now):
		case !w.Active:
			if w.Inside {
				starting = append(starting, w.Network)
			}
		case w.Metres <= BorderMetres:
			near = append(near, w.Network)
		case w.Inside:
			inside = append(inside, w.Network)
		}
	}
	switch {
	case len(near) > 0:
		return Check{FoundRefer, WhyBorder, append(inside, near...)}
	case len(inside) > 1:
		return Check{FoundRefer, WhyOverlap, inside}
	case len(inside) == 1:
		return Check{Outcome: FoundInside, Networks: inside}
	case len(starting) > 0:
		return Check{FoundRefer, WhyStarting, starting}
	}
	return Check{Outcome: FoundNone}
}
