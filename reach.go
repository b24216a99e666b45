package buurtbel

import (
	"slices"
	"time"
)

// Left says why a member of the audience is not attempted. The list is closed; each has a sentence.
type Left string

// Why a member is left out.
const (
	NotLeft        Left = ""
	LeftByChoice   Left = "by-choice"    // wishes no alerts of this urgency at this hour
	LeftNoContact  Left = "no-contact"   // has no contact point that works
	LeftNoCarrier  Left = "no-carrier"   // the only contact points need a channel that has no carrier here
	LeftAddress    Left = "left-address" // lives at an address that the dispatcher left out
	LeftSuspended  Left = "suspended"    // suspended, and the alert is not a matter of life
	LeftAway       Left = "away"         // is away by own wish
	LeftTooLate    Left = "too-late"     // wishes it in the morning; it will have expired
	LeftNotAMember Left = "not-a-member" // left the network since the audience was frozen
)

// Step is one delivery that a member's plan asks for.
type Step struct {
	Contact   ID
	Channel   Channel
	Rank      int       // 0 at once; higher ranks only when every lower one failed
	NotBefore time.Time // zero: now
}

// Want describes the message that a delivery plan is made for.
type Want struct {
	Urgency  Urgency
	Official bool      // feedback and correction: to whoever was reached, also by night, but never by call
	Expires  time.Time // no step begins later
	Channels []Channel // channels that have a carrier
	Night    Hours     // the zone's
}

// Deliver decides how one member is reached now: pure, the heart of rule 1. Steps of rank 0 go together; higher ranks are the next
// contact points of the same channel. now is in the zone's location. Without steps the second result says why.
func Deliver(m *Member, contacts []ContactPoint, w Want, now time.Time) ([]Step, Left) {
	if left := m.leftOut(w, now); left != NotLeft {
		return nil, left
	}
	by, until := m.Choices.At(w.Urgency, now, w.Night)
	if w.Official && by == Nothing {
		by, until = ByText|ByMail, time.Time{} // who was reached hears how it ended
	}
	if by == Nothing {
		return nil, LeftByChoice
	}
	if !until.IsZero() && !until.Before(w.Expires) {
		return nil, LeftTooLate
	}
	return steps(contacts, by, w.Channels, until)
}

func (m *Member) leftOut(w Want, now time.Time) Left {
	switch {
	case m.State == MemberLeft || m.State == MemberExcluded:
		return LeftNotAMember
	case m.State == MemberSuspended && w.Urgency != Life && now.Before(m.SuspendedUntil):
		return LeftSuspended
	case m.Away.Contains(now) && w.Urgency != Life:
		return LeftAway
	}
	return NotLeft
}

// channelOf tells by which channel a kind of contact point is reached under a wish; ok is false when the wish excludes it.
func channelOf(kind ContactKind, by By) (channel Channel, ok bool) {
	switch kind {
	case Mobile:
		if by&ByText != 0 {
			return SMS, true
		}
		return Voice, by&ByCall != 0
	case Fixed:
		return Voice, by&ByCall != 0
	case Mailbox:
		return Email, by&ByMail != 0
	case Browser:
		return Push, by&ByText != 0
	}
	return "", false
}

func steps(contacts []ContactPoint, by By, channels []Channel, notBefore time.Time) ([]Step, Left) {
	var out []Step
	var rank [4]int // next rank per channel
	wished, carried := false, false
	for _, c := range contacts {
		channel, ok := channelOf(c.Kind, by)
		if !ok || !c.Verified || c.State != ContactOK {
			continue
		}
		wished = true
		if !slices.Contains(channels, channel) {
			continue
		}
		carried = true
		n := &rank[slot(channel)]
		out = append(out, Step{Contact: c.ID, Channel: channel, Rank: *n, NotBefore: notBefore})
		*n++
	}
	switch {
	case !wished:
		return nil, LeftNoContact
	case !carried:
		return nil, LeftNoCarrier
	}
	return out, NotLeft
}

func slot(c Channel) int {
	return max(0, slices.Index([]Channel{SMS, Email, Voice, Push}, c))
}
