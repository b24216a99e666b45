package buurtbel

import "time"

// Cascade is a zone's order of ways to one member, where it departs from the usual: push and text at once; no sign that one arrived within
// CallAfter, a call; no key pressed, the next number.
type Cascade struct {
	CallAfter int  `json:"call_after,omitempty"` // seconds from the texts to the call; 0: DefaultCallAfter
	LifeWaits bool `json:"life_waits,omitempty"` // a matter of life waits for the texts too; by default it calls at once
}

// DefaultCallAfter is how long a text may take to arrive before the member is called.
const DefaultCallAfter = 60 * time.Second

// callsAfter tells how long the calls of a member wait who gets a text too.
func (c Cascade) callsAfter(u Urgency) time.Duration {
	switch {
	case u == Life && !c.LifeWaits:
		return 0
	case c.CallAfter <= 0:
		return DefaultCallAfter
	}
	return time.Duration(c.CallAfter) * time.Second
}

// cascade puts the calls of a plan behind its texts. Calls go one number after the other, as the member ordered them; the first waits until
// the texts have had their time, or until none of them can arrive any more. Who gets no text that rings is called at once.
func cascade(out []Step, w Want, now time.Time) []Step {
	wait := w.Cascade.callsAfter(w.Urgency)
	begin, texts := textsBegin(out, now)
	if !texts || wait == 0 {
		return out
	}
	begin = begin.Add(wait)
	for i := range out {
		s := &out[i]
		if s.Channel != Voice || !begin.Before(w.Expires) { // too late to wait: then both together
			continue
		}
		s.IfSilent = true
		if s.Rank == 0 {
			s.NotBefore = begin
		}
	}
	return out
}

// textsBegin gives when the texts of a plan that ring begin; ok is false when it has none. Mail rings nobody.
func textsBegin(out []Step, now time.Time) (begin time.Time, ok bool) {
	for i := range out {
		if s := &out[i]; s.Channel == SMS || s.Channel == Push {
			begin, ok = s.NotBefore, true
		}
	}
	if begin.Before(now) {
		begin = now
	}
	return begin, ok
}

// MostCalls is how often one number is called for one message when it rings there.
const MostCalls = 3

// mostDials is how often a number is dialled that does not ring: the trunk or the network may be back in a moment.
const mostDials = 6

// The pauses before a number is dialled again: after nobody listened to the end, and after it did not even ring.
var (
	redial     = [...]time.Duration{time.Minute, 3 * time.Minute}
	redialSoon = [...]time.Duration{5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 3 * time.Minute}
)

// afterCall follows a call that nobody confirmed. The member's next number is called at once; this one again a little later when nobody
// listened to the end. A message that was spoken to the end, to a person or a machine, is not spoken there again.
func afterCall(o Outcome, t Tries, now time.Time) Move {
	last := Move{State: o.State, Reason: o.Reason, FallBack: true}
	pauses, most := redial[:], MostCalls
	if o.State == Failed {
		pauses, most = redialSoon[:], mostDials
	}
	due := now.Add(max(o.After, pauses[min(max(t.Number, 1), len(pauses))-1]))
	if o.State == Delivered || t.Number >= most || !due.Before(t.Expires) {
		return last
	}
	return Move{State: Queued, Reason: o.Reason, Open: true, Due: due, FallBack: true}
}

// calls tells whether what follows an outcome is decided as for a call.
func (t Tries) calls(o Outcome) bool {
	if t.Channel != Voice {
		return false
	}
	switch o.State {
	case Rang, HandedOver, Delivered:
		return true
	case Failed:
		return o.Temporary && o.Reason != Throttled
	}
	return false
}
