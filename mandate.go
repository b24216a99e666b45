package buurtbel

import (
	"slices"
	"strings"
	"time"
)

// Mandate is a dated fact: a person holds a role in a zone, or in one network of it.
type Mandate struct {
	ID      ID
	Holder  ID // an official or a member
	Role    Role
	Zone    ID        // 0 only for RoleAdministrator of the installation and RoleSystem
	Network ID        // 0: the whole zone
	From    time.Time // inclusive
	Until   time.Time // exclusive; zero: open
	Ground  string    // by what it was given, such as the appointment's document

	By        ID        // who gave it; 0: the program, or a list that was imported
	Screened  time.Time // of a coordinator: day of a screening by police without objection. Its content is never kept (rule 9)
	Confirmed time.Time // day of the members' meeting that confirmed it; zero: not yet
	Meeting   string    // where that is written down, such as the minutes
	EndedBy   ID        // who ended it before its time; 0: nobody did
	EndGround string    // by what
}

// Now tells whether the mandate holds.
func (m Mandate) Now(now time.Time) bool { return m.holds(now) }

func (m Mandate) holds(now time.Time) bool {
	return !now.Before(m.From) && (m.Until.IsZero() || now.Before(m.Until))
}

// ofInstallation tells whether the mandate stands above the zones. A mandate of any other role that lacks its zone is a mistake and covers nothing.
func (m Mandate) ofInstallation() bool {
	return m.Zone == 0 && (m.Role == RoleAdministrator || m.Role == RoleSystem)
}

func (m Mandate) covers(s Scope) bool {
	switch {
	case m.Role == RoleSystem:
		return true
	case m.Zone == 0:
		return m.ofInstallation() && s.Zone == 0
	}
	return m.Zone == s.Zone && (m.Network == 0 || m.Network == s.Network)
}

// appoints is who may give a role and end it: citizens' roles within a network by its mandated officer, what serves a network by its
// coordinator, police roles by the chief, and what stands above them by an administrator.
var appoints = map[Role][]Role{
	RoleCoordinator:   {RoleSteering, RoleTreasurer},
	RoleOfficer:       {RoleCoordinator, RoleDeputy, RoleSteering, RoleTreasurer},
	RoleChief:         {RoleOfficer, RoleDispatcher, RoleCoordinator, RoleDeputy},
	RoleAdministrator: {RoleChief, RoleOfficer, RoleDispatcher, RoleMayor, RoleAuditor, RoleAdministrator},
}

// Citizen tells whether a role belongs to members of a network, rather than to police, city and those who keep house.
func (r Role) Citizen() bool {
	return slices.Contains([]Role{RoleMember, RoleCoordinator, RoleDeputy, RoleSteering, RoleTreasurer}, r)
}

// MeetingConfirms tells whether the members confirm who holds a role in a meeting (seed 001, rule 9).
func (r Role) MeetingConfirms() bool {
	return slices.Contains([]Role{RoleCoordinator, RoleDeputy, RoleSteering, RoleTreasurer, RoleOfficer}, r)
}

// Appoints lists the roles that the actor may give and end in a scope now.
func (a Actor) Appoints(s Scope, now time.Time) []Role {
	var out []Role
	for _, r := range Roles {
		if a.mayAppoint(r, s, now) {
			out = append(out, r)
		}
	}
	return out
}

func (a Actor) mayAppoint(r Role, s Scope, now time.Time) bool {
	return slices.ContainsFunc(a.Mandates, func(m Mandate) bool { return m.holds(now) && m.covers(s) && slices.Contains(appoints[m.Role], r) })
}

// MayAppoint asks whether the actor may give a role to somebody. Nobody gives a role to himself.
//
// Errors: error.mandate.forbidden, error.mandate.self (Forbidden).
func (a Actor) MayAppoint(r Role, holder ID, s Scope, now time.Time) error {
	if !a.mayAppoint(r, s, now) {
		return Fail(Forbidden, "error.mandate.forbidden", nil)
	}
	if holder == a.Person {
		return Fail(Forbidden, "error.mandate.self", nil)
	}
	return nil
}

// MayEnd asks whether the actor may end a mandate: who may give the role may, and everybody lays down an own one.
//
// Errors: error.mandate.forbidden (Forbidden).
func (a Actor) MayEnd(m Mandate, now time.Time) error {
	if m.Holder == a.Person || a.mayAppoint(m.Role, Scope{Zone: m.Zone, Network: m.Network}, now) {
		return nil
	}
	return Fail(Forbidden, "error.mandate.forbidden", nil)
}

// ahead is how long before its first day a mandate may be written down.
const ahead = 366 * 24 * time.Hour

// Check tells what a new mandate lacks. It may begin in the past, because it is often written down after the meeting that gave it.
//
// Errors (Invalid): error.mandate.role, error.mandate.network, error.mandate.ground, error.mandate.from, error.mandate.until,
// error.mandate.screened.
func (m Mandate) Check(now time.Time) error {
	key := ""
	switch {
	case m.Role == RoleMember || !slices.Contains(Roles, m.Role):
		key = "error.mandate.role"
	case m.Role.Citizen() == (m.Network == 0) && m.Role != RoleOfficer && m.Role != RoleDispatcher:
		key = "error.mandate.network"
	case strings.TrimSpace(m.Ground) == "":
		key = "error.mandate.ground"
	case m.From.IsZero() || m.From.After(now.Add(ahead)):
		key = "error.mandate.from"
	case !m.Until.IsZero() && !m.Until.After(m.From):
		key = "error.mandate.until"
	case m.Role == RoleCoordinator && (m.Screened.IsZero() || m.Screened.After(now)):
		key = "error.mandate.screened"
	}
	if key == "" {
		return nil
	}
	return Fail(Invalid, key, nil)
}

// Overlaps tells whether two mandates hold at one moment.
func (m Mandate) Overlaps(o Mandate) bool {
	return (m.Until.IsZero() || o.From.Before(m.Until)) && (o.Until.IsZero() || m.From.Before(o.Until))
}

// Silence says since when somebody who holds a role has given no sign, and how long that may last.
type Silence struct {
	Since time.Time // last sign: worked here, answered, was appointed, or came back from an absence
	Limit time.Duration
}

// SilenceLimit is how long a coordinator of the zone may give no sign; 0: for ever.
func (z *Zone) SilenceLimit() time.Duration {
	switch {
	case z.Silence < 0:
		return 0
	case z.Silence > 0:
		return time.Duration(z.Silence) * 24 * time.Hour
	}
	return DefaultSilence
}

// DefaultSilence is how long a coordinator may give no sign before deputy and officer are told.
const DefaultSilence = 30 * 24 * time.Hour

// Due tells whether it lasts too long.
func (s Silence) Due(now time.Time) bool { return s.Limit > 0 && now.Sub(s.Since) >= s.Limit }
