package buurtbel

import (
	"slices"
	"time"
)

// Scope is the part of the installation that an action or a query touches. Every zone-owned row carries its zone.
type Scope struct {
	Zone    ID // 0: the installation itself
	Network ID // 0: the whole zone
	Member  ID // 0: everybody in it
}

// Actor is who does something: a person with mandates, or the program itself. It is an argument, never a context value.
type Actor struct {
	Person   ID // an official or a member; 0 for the program
	Zone     ID // the person's own zone
	Office   string
	Mandates []Mandate
	Language Language
}

// System is the program itself, in its loops and at its command line.
func System() Actor {
	return Actor{Office: "system", Language: English, Mandates: []Mandate{{Role: RoleSystem}}}
}

// May is the only rule of rights: nil when a mandate that holds now and covers the scope gives the permission, else Forbidden.
func (a Actor) May(p Permission, s Scope, now time.Time) error {
	for _, m := range a.Mandates {
		if m.holds(now) && m.covers(s) && slices.Contains(permissions[m.Role], p) {
			return nil
		}
	}
	return Fail(Forbidden, "error.forbidden."+string(p), nil)
}

// Holds tells whether the actor holds a role in a zone now.
func (a Actor) Holds(r Role, zone ID, now time.Time) bool {
	for _, m := range a.Mandates {
		if m.Role == r && m.holds(now) && (m.Zone == zone || m.ofInstallation()) {
			return true
		}
	}
	return false
}

// Roles gives the actor's roles that hold in a zone now, in the order of Roles.
func (a Actor) Roles(zone ID, now time.Time) []Role {
	var out []Role
	for _, r := range Roles {
		if a.Holds(r, zone, now) {
			out = append(out, r)
		}
	}
	return out
}

// Zones gives the zones in which the actor may do p now, in the order of the mandates.
func (a Actor) Zones(p Permission, now time.Time) []ID {
	var out []ID
	for _, m := range a.Mandates {
		s := Scope{Zone: m.Zone, Network: m.Network}
		if m.Zone != 0 && !slices.Contains(out, m.Zone) && a.May(p, s, now) == nil {
			out = append(out, m.Zone)
		}
	}
	return out
}
