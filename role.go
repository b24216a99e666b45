package buurtbel

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

// Permission is one thing that somebody may do.
type Permission string

// The permissions.
const (
	MayLaunch      Permission = "launch"       // launch, update, stop, correct, all clear
	MayConfirm     Permission = "confirm"      // be the second person for an oversized area
	MayFeedback    Permission = "feedback"     // settle a feedback debt
	MaySeeAlerts   Permission = "see-alerts"   // counts and streets of an alert
	MaySeeNames    Permission = "see-names"    // names of members
	MayImport      Permission = "import"       // areas, addresses, members
	MayConfigure   Permission = "configure"    // zone, plan, templates, mandates
	MayReadLog     Permission = "read-log"     // the journal
	MaySeeMandates Permission = "see-mandates" // who holds which role
	MaySeeLooks    Permission = "see-looks"    // who looked at members' data
	MayInstall     Permission = "install"      // zones, migrations, keys
	MayDeliver     Permission = "deliver"      // claim and record deliveries
	MayArrive      Permission = "arrive"       // store what comes in
	MayAnswerLost  Permission = "answer-lost"  // see and settle texts that came back
	MayAgree       Permission = "agree"        // to the cost and the day of the network's exercises
	MayAdmit       Permission = "admit"        // sealed codes, invitations, ending sessions of others
	MayOwn         Permission = "own"          // the own data, on the own page
	MayRegister    Permission = "register"     // keep the register of breaches
	MayTakeIn      Permission = "take-in"      // decide about applications
	MayWriteRules  Permission = "write-rules"  // propose internal rules
	MayAgreeRules  Permission = "agree-rules"  // to internal rules that were proposed
	MayDigest      Permission = "digest"       // write the weekday police news, and tips
	MayPassOn      Permission = "pass-on"      // see all that members of the network write, sealed, and pass it on
	MayHearReplies Permission = "hear-replies" // read and answer what members write, sealed; police what was passed on to them or is urgent

	MayWriteBulletin Permission = "write-bulletin" // what can wait
	MayRelayBulletin Permission = "relay-bulletin" // a bulletin to the members, or not now
	MayWithdraw      Permission = "withdraw"       // a bulletin
)

// permissions is rule 1 and rule 14 as a table: role by role.
var permissions = map[Role][]Permission{
	RoleMember:        {MayOwn},
	RoleCoordinator:   {MaySeeAlerts, MaySeeNames, MayImport, MaySeeMandates, MaySeeLooks, MayAgree, MayTakeIn, MayWriteRules, MayPassOn, MayHearReplies, MayWriteBulletin, MayRelayBulletin},
	RoleDeputy:        {MaySeeAlerts, MaySeeNames, MayImport, MaySeeMandates, MaySeeLooks, MayAgree, MayTakeIn, MayWriteRules, MayPassOn, MayHearReplies, MayWriteBulletin, MayRelayBulletin},
	RoleSteering:      {MaySeeAlerts},
	RoleTreasurer:     {MaySeeAlerts},
	RoleOfficer:       {MayLaunch, MayConfirm, MayFeedback, MaySeeAlerts, MaySeeNames, MayReadLog, MayImport, MayConfigure, MayAnswerLost, MaySeeMandates, MaySeeLooks, MayRegister, MayTakeIn, MayAgreeRules, MayDigest, MayHearReplies, MayWriteBulletin, MayRelayBulletin, MayWithdraw},
	RoleDispatcher:    {MayLaunch, MayConfirm, MaySeeAlerts, MayAnswerLost, MayHearReplies},
	RoleChief:         {MayConfirm, MayFeedback, MaySeeAlerts, MayReadLog, MaySeeMandates, MaySeeLooks, MayRegister, MayWriteBulletin, MayWithdraw},
	RoleMayor:         {MayWriteBulletin},
	RoleAuditor:       {MayReadLog, MaySeeAlerts, MaySeeMandates, MaySeeLooks},
	RoleAdministrator: {MayImport, MayConfigure, MayInstall, MayReadLog, MaySeeMandates, MayAdmit, MayRegister},
	RoleSystem:        {MayDeliver, MayArrive, MayInstall, MaySeeAlerts, MayImport, MayConfigure, MayAdmit},
}
