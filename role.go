package buurtbel

import "time"

// Role is what a mandate lets a person do.
type Role string

// The roles: citizens first, then police, then those who keep house.
const (
	RoleMember        Role = "member"
	RoleCoordinator   Role = "coordinator"
	RoleDeputy        Role = "deputy"
	RoleSteering      Role = "steering"
	RoleTreasurer     Role = "treasurer"
	RoleOfficer       Role = "officer" // mandated officer
	RoleDispatcher    Role = "dispatcher"
	RoleChief         Role = "chief"
	RoleMayor         Role = "mayor"
	RoleAuditor       Role = "auditor"
	RoleAdministrator Role = "administrator"
	RoleSystem        Role = "system" // the program itself, in loops
)

// Roles lists every role that a person can hold.
var Roles = []Role{RoleMember, RoleCoordinator, RoleDeputy, RoleSteering, RoleTreasurer, RoleOfficer, RoleDispatcher, RoleChief, RoleMayor, RoleAuditor, RoleAdministrator}

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
}

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

// Permission is one thing that somebody may do.
type Permission string

// The permissions.
const (
	MayLaunch     Permission = "launch"      // launch, update, stop, correct, all clear
	MayConfirm    Permission = "confirm"     // be the second person for an oversized area
	MayFeedback   Permission = "feedback"    // settle a feedback debt
	MaySeeAlerts  Permission = "see-alerts"  // counts and streets of an alert
	MaySeeNames   Permission = "see-names"   // names of members
	MayImport     Permission = "import"      // areas, addresses, members
	MayConfigure  Permission = "configure"   // zone, plan, templates, mandates
	MayReadLog    Permission = "read-log"    // the journal
	MayInstall    Permission = "install"     // zones, migrations, keys
	MayDeliver    Permission = "deliver"     // claim and record deliveries
	MayArrive     Permission = "arrive"      // store what comes in
	MayAnswerLost Permission = "answer-lost" // see and settle texts that came back
)

// permissions is rule 1 and rule 14 as a table: role by role.
var permissions = map[Role][]Permission{
	RoleMember:        {},
	RoleCoordinator:   {MaySeeAlerts, MaySeeNames, MayImport},
	RoleDeputy:        {MaySeeAlerts, MaySeeNames, MayImport},
	RoleSteering:      {MaySeeAlerts},
	RoleTreasurer:     {MaySeeAlerts},
	RoleOfficer:       {MayLaunch, MayConfirm, MayFeedback, MaySeeAlerts, MaySeeNames, MayReadLog, MayImport, MayConfigure, MayAnswerLost},
	RoleDispatcher:    {MayLaunch, MayConfirm, MaySeeAlerts, MayAnswerLost},
	RoleChief:         {MayConfirm, MayFeedback, MaySeeAlerts, MayReadLog},
	RoleMayor:         {},
	RoleAuditor:       {MayReadLog, MaySeeAlerts},
	RoleAdministrator: {MayImport, MayConfigure, MayInstall, MayReadLog},
	RoleSystem:        {MayDeliver, MayArrive, MayInstall, MaySeeAlerts, MayImport, MayConfigure},
}
