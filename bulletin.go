package buurtbel

import (
	"slices"
	"strings"
	"time"
)

// Source says who speaks in a bulletin. Members always see it (rule 3).
type Source string

// The sources.
const (
	SourcePolice       Source = "police"
	SourceMunicipality Source = "municipality"
	SourceNetwork      Source = "network" // the network's own: its coordinator or deputy writes
)

// BulletinState says where a bulletin stands in one network.
type BulletinState string

// The states of a bulletin in one network.
const (
	BulletinDraft     BulletinState = "draft"     // being written; nobody else sees it
	BulletinOffered   BulletinState = "offered"   // waits for who relays it
	BulletinRelayed   BulletinState = "relayed"   // goes to the members
	BulletinDeclined  BulletinState = "declined"  // not now, with a reason
	BulletinWithdrawn BulletinState = "withdrawn" // by police, or by who wrote it
	BulletinExpired   BulletinState = "expired"   // its time was over before anybody relayed it
)

// BulletinTopics are what a bulletin can be about. The list is closed; each has a word on the screens.
var BulletinTopics = []string{"burglary", "theft", "vehicle", "fraud", "vandalism", "nuisance", "traffic", "fire", "works", "prevention", "network", "other"}

// Bulletin is a message that can wait: police or municipality write and assess it, the coordinator of each network relays it (rule 3).
type Bulletin struct {
	ID       ID
	Zone     ID
	Source   Source
	By       ID     // who wrote it
	Issuer   string // the name under which it speaks, such as "Politiezone Vlierbeek"
	Topic    string // of BulletinTopics
	Titles   map[Language]string
	Texts    map[Language]string
	Advice   map[Language]string // what one can do against it; may be empty
	Networks []ID
	Until    time.Time // until when it holds
	Unwise   string    // the written reason for going on in spite of warnings; "" when there were none
	At       time.Time // when it was written last
	Offered  time.Time // zero: a draft
}

// Offer is a bulletin before one network.
type Offer struct {
	ID       ID
	Bulletin ID
	Network  ID
	State    BulletinState
	Turn     Turn      // who was asked last
	Since    time.Time // of the turn
	By       ID        // who decided; 0: nobody yet, or time itself
	Name     string    // of who decided, for those who were asked too; "" when it was erased
	At       time.Time // of the decision
	Message  ID        // that went to the members; 0: none
	Note     ID        // that told those reached of a withdrawal; 0: none
	Word     string    // what who relayed it added
	Reason   string    // why not now, or why withdrawn
}

// Turn says who is asked to relay.
type Turn string

// The turns, in their order.
const (
	TurnCoordinator Turn = "coordinator"
	TurnDeputy      Turn = "deputy"
	TurnOfficer     Turn = "officer"
)

// Turns lists the turns in their order.
var Turns = []Turn{TurnCoordinator, TurnDeputy, TurnOfficer}

// Role is who is asked in a turn.
func (t Turn) Role() Role { return Role(t) }

// BulletinPlan is the communication plan's part about bulletins.
type BulletinPlan struct {
	Wait           int  `json:"wait,omitempty"`            // hours in which a turn may answer before the next one is asked; 0: DefaultBulletinWait
	NoMunicipality bool `json:"no_municipality,omitempty"` // the municipality does not write itself: it asks the police
	Free           bool `json:"free,omitempty"`            // a network's own bulletin goes out without a mandated officer's agreement
}

// DefaultBulletinWait is how long a turn may take: a bulletin can wait, and who relays it has a job.
const DefaultBulletinWait = 12 * time.Hour

// shortestTurn is how long a turn takes at the least, however soon a bulletin ends.
const shortestTurn = 10 * time.Minute

// Step is how long one turn lasts for a bulletin: the plan's time, and never more than a quarter of the time that the bulletin holds, so that
// each turn comes.
func (p BulletinPlan) Step(offered, until time.Time) time.Duration {
	wait := time.Duration(p.Wait) * time.Hour
	if wait <= 0 {
		wait = DefaultBulletinWait
	}
	return max(shortestTurn, min(wait, until.Sub(offered)/4))
}

// FirstTurn is who is asked first. A network's own bulletin, which its coordinator wrote, is for an officer to agree to.
func FirstTurn(s Source, there func(Turn) bool) Turn {
	if s == SourceNetwork {
		return TurnOfficer
	}
	for _, t := range Turns {
		if there(t) {
			return t
		}
	}
	return TurnOfficer
}

// NextTurn is who is asked after a turn that gave no answer; ok is false when nobody is left. there tells whether somebody holds the role and is
// not away.
func NextTurn(t Turn, there func(Turn) bool) (next Turn, ok bool) {
	for _, next := range Turns[slices.Index(Turns, t)+1:] {
		if there(next) {
			return next, true
		}
	}
	return t, false
}

// MayDecide tells whether a role may relay or decline now: who had a turn, and those before them. A network's own bulletin is decided by an
// officer alone.
func (o *Offer) MayDecide(s Source, r Role) bool {
	mine, asked := slices.Index(Turns, Turn(r)), slices.Index(Turns, o.Turn)
	if mine < 0 || s == SourceNetwork && r != RoleOfficer {
		return false
	}
	return mine <= asked
}

// bulletinMoves is what may follow a state.
var bulletinMoves = map[BulletinState][]BulletinState{
	BulletinOffered:  {BulletinRelayed, BulletinDeclined, BulletinWithdrawn, BulletinExpired},
	BulletinDeclined: {BulletinRelayed, BulletinWithdrawn, BulletinExpired}, // "not now" may become "now"
	BulletinRelayed:  {BulletinWithdrawn},
}

// MayBecome tells whether an offer may go to a state at now. What is over is relayed and declined by nobody.
//
// Errors (Conflict): error.bulletin.over; error.bulletin.decided when somebody was first.
func (o *Offer) MayBecome(to BulletinState, until, now time.Time) error {
	if !slices.Contains(bulletinMoves[o.State], to) {
		return Fail(Conflict, "error.bulletin.decided", nil)
	}
	if (to == BulletinRelayed || to == BulletinDeclined) && !now.Before(until) {
		return Fail(Conflict, "error.bulletin.over", nil)
	}
	return nil
}

// Limits of a bulletin.
const (
	MostBulletinTitle = 120
	MostBulletinText  = 4000
	MostBulletinWord  = 1000
	bulletinShortest  = time.Hour
	bulletinLongest   = 92 * 24 * time.Hour
)

// Check tells what a bulletin lacks before anything is said of its words.
//
// Errors (Invalid): error.bulletin.topic, error.bulletin.networks, error.bulletin.until, error.bulletin.title, error.bulletin.text.
func (b *Bulletin) Check(now time.Time) error {
	key := ""
	switch {
	case !slices.Contains(BulletinTopics, b.Topic):
		key = "error.bulletin.topic"
	case len(b.Networks) == 0:
		key = "error.bulletin.networks"
	case b.Until.Before(now.Add(bulletinShortest)) || b.Until.After(now.Add(bulletinLongest)):
		key = "error.bulletin.until"
	case len(b.Languages()) == 0:
		key = "error.bulletin.text"
	}
	for _, l := range b.Languages() {
		if key == "" && strings.TrimSpace(b.Titles[l]) == "" {
			key = "error.bulletin.title"
		}
	}
	if key == "" {
		return nil
	}
	return Fail(Invalid, key, nil)
}

// Languages lists those in which the bulletin has a text.
func (b *Bulletin) Languages() []Language {
	return slices.DeleteFunc(slices.Clone(Languages), func(l Language) bool { return strings.TrimSpace(b.Texts[l]) == "" })
}

// Relay is how a member gets a bulletin: by mail, once per mailbox in the member's order, unless the member wishes none. note is the one that
// tells those reached that a bulletin was withdrawn: it goes to whoever read the bulletin.
func Relay(m *Member, contacts []ContactPoint, channels []Channel, note bool) ([]Step, Left) {
	switch {
	case m.State == MemberLeft || m.State == MemberExcluded:
		return nil, LeftNotAMember
	case m.State == MemberSuspended && !note:
		return nil, LeftSuspended
	case m.Choices.NoBulletins && !note:
		return nil, LeftByChoice
	}
	return steps(contacts, ByMail, channels, time.Time{})
}
