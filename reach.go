package buurtbel

import (
	"cmp"
	"slices"
	"time"
)

// Left says why a member of the audience is not attempted. The list is closed; each has a sentence.
type Left string

// Why a member is left out.
const (
	NotLeft        Left = ""
	LeftByChoice   Left = "by-choice"    // wishes no alerts of this urgency at this hour, or only by ways that no contact point allows
	LeftNoContact  Left = "no-contact"   // has no contact point that works
	LeftNoCarrier  Left = "no-carrier"   // the only contact points need a channel that has no carrier here
	LeftAddress    Left = "left-address" // lives at an address that the dispatcher left out
	LeftExercise   Left = "exercise"     // wishes no exercises
	LeftSuspended  Left = "suspended"    // suspended, and the alert is not a matter of life
	LeftAway       Left = "away"         // is away by own wish
	LeftShift      Left = "shift"        // stands for a business, and another contact person's turn is now
	LeftTooLate    Left = "too-late"     // wishes it in the morning; it will have expired
	LeftNotAMember Left = "not-a-member" // left the network since the audience was frozen
)

// Step is one delivery that a member's plan asks for.
type Step struct {
	Contact   ID
	Channel   Channel
	Rank      int       // 0 at once; higher ranks only when every lower one failed
	NotBefore time.Time // zero: now
	IfSilent  bool      // of a call: not needed once a text of the same plan arrived
}

// Want describes the message that a delivery plan is made for.
type Want struct {
	Urgency  Urgency
	Official bool      // feedback and correction: to whoever was reached, at once, also by night; a call only where nothing else rings
	Expires  time.Time // no step begins later
	Channels []Channel // channels that have a carrier
	Night    Hours     // the zone's
	Cascade  Cascade   // the zone's
}

// Deliver decides how one member is reached now: pure, the heart of rule 1. Steps of rank 0 go together; higher ranks are the next
// contact points of the same channel. now is in the zone's location. Without steps the second result says why.
func Deliver(m *Member, contacts []ContactPoint, w Want, now time.Time) ([]Step, Left) {
	if left := m.leftOut(w, now); left != NotLeft {
		return nil, left
	}
	if w.Official {
		return followUp(m, contacts, w, now)
	}
	by, until := m.Choices.At(w.Urgency, now, w.Night)
	if by == Nothing {
		return nil, LeftByChoice
	}
	out, left := stepsBy(contacts, by, w, until)
	if len(out) == 0 && m.Choices.Only != 0 && left != LeftTooLate {
		out, left = anyWay(m, contacts, w, now)
	}
	return cascade(out, w, now), left
}

// anyWay forgets that a member wishes only texts or only calls, when no contact point or no carrier allows it: a wish about the way must not
// leave somebody out.
func anyWay(m *Member, contacts []ContactPoint, w Want, now time.Time) ([]Step, Left) {
	choices := m.Choices
	choices.Only = 0
	by, until := choices.At(w.Urgency, now, w.Night)
	return stepsBy(contacts, by, w, until)
}

// followUp tells who was reached how it ended, or that it was not so: in writing and at once, by the writing that the member wishes, or by
// all of it when the member's wishes have none now. Who has nothing but a telephone at home is called, by night in the morning.
func followUp(m *Member, contacts []ContactPoint, w Want, now time.Time) ([]Step, Left) {
	by, _ := m.Choices.At(w.Urgency, now, w.Night)
	if by &= ByText | ByMail; by == Nothing {
		by = ByText | ByMail
	}
	out, left := stepsBy(contacts, by, w, time.Time{})
	if left == NotLeft {
		return out, NotLeft
	}
	var morning time.Time
	if end := w.Night.End(now); end.After(now) {
		morning = end
	}
	out, byCall := stepsBy(contacts, ByCall, w, morning)
	if byCall == LeftByChoice { // has nothing to be called on: what stopped the writing is the reason
		return nil, left
	}
	return out, byCall
}

// stepsBy gives the steps of a wish that begins at until, or at once when until is zero.
func stepsBy(contacts []ContactPoint, by By, w Want, until time.Time) ([]Step, Left) {
	if !until.IsZero() && !until.Before(w.Expires) {
		return nil, LeftTooLate
	}
	return steps(contacts, by, w.Channels, until)
}

func (m *Member) leftOut(w Want, now time.Time) Left {
	switch {
	case m.State == MemberLeft || m.State == MemberExcluded:
		return LeftNotAMember
	case w.Official:
		return NotLeft // was reached, so hears the end
	case m.State == MemberSuspended && w.Urgency != Life && now.Before(m.SuspendedUntil):
		return LeftSuspended
	case m.Away.Contains(now) && w.Urgency != Life:
		return LeftAway
	case w.Urgency != Life && !m.Choices.Shift.On(now):
		return LeftShift
	}
	return NotLeft
}

// waysOf lists the channels by which a kind of contact point can be reached, each with the wish that allows it. A mobile gets a text, and is
// called.
func waysOf(kind ContactKind) []way {
	switch kind {
	case Mobile:
		return []way{{SMS, ByText}, {Voice, ByCall}}
	case Fixed:
		return []way{{Voice, ByCall}}
	case Mailbox:
		return []way{{Email, ByMail}}
	case Browser:
		return []way{{Push, ByText}}
	}
	return nil
}

type way struct {
	channel Channel
	by      By
}

func steps(contacts []ContactPoint, by By, channels []Channel, notBefore time.Time) ([]Step, Left) {
	var out []Step
	left := LeftNoContact
	for _, c := range inOrder(contacts) {
		if !c.Verified || c.State != ContactOK {
			continue
		}
		for _, y := range waysOf(c.Kind) {
			allowed := by&y.by != 0 && !(y.channel == Voice && c.NoCalls)
			switch {
			case !allowed && left == LeftNoContact:
				left = LeftByChoice
			case allowed && slices.Contains(channels, y.channel):
				out = append(out, Step{Contact: c.ID, Channel: y.channel, Rank: rankAfter(out, y.channel), NotBefore: notBefore})
			case allowed:
				left = LeftNoCarrier
			}
		}
	}
	if len(out) > 0 {
		return out, NotLeft
	}
	return nil, left
}

// inOrder gives the contact points in the member's order.
func inOrder(contacts []ContactPoint) []ContactPoint {
	byRank := func(a, b ContactPoint) int { return cmp.Compare(a.Rank, b.Rank) }
	if slices.IsSortedFunc(contacts, byRank) {
		return contacts
	}
	contacts = slices.Clone(contacts)
	slices.SortStableFunc(contacts, byRank)
	return contacts
}

// rankAfter counts the steps that a channel has already: a member has a handful at most. Every browser gets a push at once: it costs nothing, and
// that its push service took it says nothing about which device lies beside the member.
func rankAfter(out []Step, c Channel) int {
	if c == Push {
		return 0
	}
	n := 0
	for i := range out {
		if out[i].Channel == c {
			n++
		}
	}
	return n
}
