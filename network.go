package buurtbel

import "time"

// NetworkKind sorts networks.
type NetworkKind string

// The kinds of network.
const (
	Residents NetworkKind = "residents" // BIN
	Traders   NetworkKind = "traders"   // BIN-Z
)

// Network is one neighbourhood information network.
type Network struct {
	ID         ID
	Zone       ID
	Name       string // such as "BIN Kerkveld"
	Kind       NetworkKind
	Regime     Regime // languages of official messages, in order
	Area       Area
	Charter    *Dated // in force since; nil when not signed
	Recognised *Dated // recognised by the ministry since; nil when not
	Ended      *Dated // dissolved
}

// Dated is a state as a fact: since when, by which document (rule 10).
type Dated struct {
	Since    time.Time `json:"since"`
	Document string    `json:"document"` // name of the document; "" when it is not kept here
}

func (d *Dated) holds(now time.Time) bool { return d != nil && !d.Since.After(now) }

// MayReceive tells whether police may send alerts to the network now (rule 1): its charter is in force and it is recognised,
// as far as the country asks for them. Otherwise the error says what is missing.
func (n *Network) MayReceive(c Country, now time.Time) error {
	args := Args{"Network": n.Name}
	switch {
	case n.Ended.holds(now):
		return Fail(Invalid, "error.network.ended", args)
	case c.NeedsCharter && !n.Charter.holds(now):
		return Fail(Invalid, "error.network.no-charter", args)
	case c.NeedsRecognise && !n.Recognised.holds(now):
		return Fail(Invalid, "error.network.not-recognised", args)
	}
	return nil
}
