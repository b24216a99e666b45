package buurtbel

import "time"

// MemberState says where a membership stands.
type MemberState string

// The member states.
const (
	MemberActive    MemberState = "active"
	MemberSuspended MemberState = "suspended" // until a date; alerts of urgency life still come (rule 11)
	MemberLeft      MemberState = "left"
	MemberExcluded  MemberState = "excluded"
)

// Member is a person who joined a network. Name and home are opened contact data: see Actor and the store.
type Member struct {
	ID             ID
	Zone, Network  ID
	Household      ID // 0: none; each adult accepted it (rule 20)
	State          MemberState
	SuspendedUntil time.Time // of MemberSuspended
	Language       Language  // of screens and the network's own texts; officials do not see it (rule 17)
	Choices        Choices
	Away           Span // absence: nothing rings but urgency life
}

// Span is a stretch of time; a zero Until is open.
type Span struct{ From, Until time.Time }

// MayBeAbsence tells whether somebody may note at a moment to be away in this span: it has not passed, and ends within a year. The zero Span is a return.
func (s Span) MayBeAbsence(now time.Time) bool {
	if s == (Span{}) {
		return true
	}
	return !s.From.IsZero() && s.Until.After(s.From) && s.Until.After(now) && !s.Until.After(now.AddDate(1, 0, 1))
}

// Contains tells whether t lies in the span; the zero Span contains nothing.
func (s Span) Contains(t time.Time) bool {
	if s.From.IsZero() {
		return false
	}
	return !t.Before(s.From) && (s.Until.IsZero() || t.Before(s.Until))
}

// Household is a group of members whose adults each accepted it. It is never derived from an address.
type Household struct {
	ID   ID
	Zone ID
}

// ContactKind sorts contact points.
type ContactKind string

// The kinds of contact point.
const (
	Mobile  ContactKind = "mobile"
	Fixed   ContactKind = "fixed"
	Mailbox ContactKind = "mailbox"
	Browser ContactKind = "browser"
)

// ContactState says whether a contact point can be used.
type ContactState string

// The contact states.
const (
	ContactOK      ContactState = "ok"
	ContactStopped ContactState = "stopped" // the member wrote STOP: texts to this number only
	ContactDead    ContactState = "dead"    // the carrier says that it does not exist
	ContactGone    ContactState = "gone"    // removed by the member
)

// ContactPoint is one verified way to reach a member. Its number or mailbox stays sealed in the store.
type ContactPoint struct {
	ID       ID
	Member   ID
	Kind     ContactKind
	Rank     int // the member's order, 0 first
	State    ContactState
	Verified bool
	NoCalls  bool // the member pressed 9: texts go on
}

// By is a set of ways in which a member wishes to be reached.
type By uint8

// The ways. Nothing is a valid choice and is not leaving (rule 1).
const (
	ByText  By = 1 << iota // SMS and push
	ByCall                 // telephone call
	ByMail                 // e-mail, which rings nobody
	Later                  // nothing now; the same in the morning, if the alert still holds
	Nothing By = 0
)

// Choice is what a member wishes for one urgency, by day and by night.
type Choice struct {
	Day   By `json:"day"`
	Night By `json:"night"`
}

// Choices are a member's wishes. The zero value means the defaults and the zone's night.
type Choices struct {
	Night  *Hours             `json:"night,omitempty"`
	Per    map[Urgency]Choice `json:"per,omitempty"`
	Slower bool               `json:"slower,omitempty"` // wishes slower speech
	Large  bool               `json:"large,omitempty"`  // wishes large print
	Only   By                 `json:"only,omitempty"`   // ByText: texts, no calls. ByCall: calls, no texts. 0: as Per says. Never a reason why
	Shift  *Shift             `json:"shift,omitempty"`  // of a contact person of a business; the business decides it, not the member

	NoDigest    bool `json:"no_digest,omitempty"`    // wishes no weekday police news
	NoBulletins bool `json:"no_bulletins,omitempty"` // wishes no messages that can wait
}

// DefaultChoices: by night life = call and text, now = text, soon = in the morning (rule 1). By day everything the member has.
var DefaultChoices = map[Urgency]Choice{
	Life: {Day: ByText | ByCall | ByMail, Night: ByText | ByCall | ByMail},
	Now:  {Day: ByText | ByCall | ByMail, Night: ByText | ByMail},
	Soon: {Day: ByText | ByCall | ByMail, Night: Later},
}

// At gives the member's wish for an urgency at local time at, and until when a Later lasts.
func (c Choices) At(u Urgency, at time.Time, zoneNight Hours) (by By, until time.Time) {
	night := zoneNight
	if c.Night != nil {
		night = *c.Night
	}
	choice, ok := c.Per[u]
	if !ok {
		choice = defaultChoice(u)
	}
	if !night.Contains(minuteOf(at)) {
		return c.only(choice.Day &^ Later), time.Time{} // by day there is nothing to wait for
	}
	if choice.Night&Later != 0 {
		return c.only(choice.Day &^ Later), night.End(at)
	}
	return c.only(choice.Night), time.Time{}
}

// only turns whatever would ring into the one way that the member wishes (rule 17). Mail rings nobody and stays.
func (c Choices) only(by By) By {
	if c.Only == 0 || by&(ByText|ByCall) == 0 {
		return by
	}
	return by&^(ByText|ByCall) | c.Only&(ByText|ByCall)
}

// defaultChoice treats an urgency that nobody knows like Soon: it must neither ring at night nor leave everybody out.
func defaultChoice(u Urgency) Choice {
	if choice, ok := DefaultChoices[u]; ok {
		return choice
	}
	return DefaultChoices[Soon]
}
