package buurtbel

import "time"

// DeliveryState says what we can know of a delivery. "Sent" is not delivered, delivered is not heard.
type DeliveryState string

// The delivery states.
const (
	Queued     DeliveryState = "queued"      // to be handed over when due
	Sending    DeliveryState = "sending"     // an attempt was begun and committed; its outcome is open
	Uncertain  DeliveryState = "uncertain"   // begun, and nobody can know whether the carrier took it
	Rang       DeliveryState = "rang"        // a telephone rang and nobody answered, or the call was refused there
	HandedOver DeliveryState = "handed-over" // the carrier has it; of a call: somebody answered and hung up before the end
	Delivered  DeliveryState = "delivered"   // the carrier says that the device has it
	Heard      DeliveryState = "heard"       // the member confirmed
	Failed     DeliveryState = "failed"      // with a Reason
	Expired    DeliveryState = "expired"     // its time was over before it could be handed over
	Stopped    DeliveryState = "stopped"     // by police, before it was handed over
	NotNeeded  DeliveryState = "not-needed"  // another contact point of the member did
)

// DeliveryStates lists every state, in the order of a delivery's life.
var DeliveryStates = []DeliveryState{Queued, Sending, Uncertain, Rang, HandedOver, Delivered, Heard, Failed, Expired, Stopped, NotNeeded}

// Reached tells whether a delivery in this state counts as having reached its member (rule 2).
func (s DeliveryState) Reached() bool {
	return s == Uncertain || s == Rang || s == HandedOver || s == Delivered || s == Heard
}

// Outcome is what came of one attempt, or what a receipt says later.
type Outcome struct {
	State     DeliveryState // HandedOver, Delivered, Failed, Uncertain or Heard; of a call also Rang
	Reason    Reason        // of Failed and Rang
	Temporary bool          // of Failed: the same may succeed later
	After     time.Duration // the carrier's wish for the next try
	Receipt   bool          // of HandedOver: a receipt will follow
}

// Tries is what a delivery has behind it.
type Tries struct {
	Channel   Channel
	Number    int // attempts begun, this one included
	Uncertain int // of these, uncertain before this outcome
	Class     Class
	Expires   time.Time
}

// Move is what follows an outcome.
type Move struct {
	State    DeliveryState
	Reason   Reason
	Due      time.Time // when the delivery needs attention again; meaningless when not Open
	Open     bool      // false: final
	FallBack bool      // the member's next contact point is tried
	Dead     bool      // the contact point does not exist
}

// ReceiptWait is how long a handed-over delivery may still get a receipt that changes what we know, at most until it expires.
const ReceiptWait = 48 * time.Hour

// backOff gives the pause before try n+1. Alerts hurry; the rest has time.
func backOff(n int, c Class) time.Duration {
	quick := []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second}
	slow := []time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour}
	table := slow
	if c <= ClassAnswer {
		table = quick
	}
	return table[min(max(n, 1), len(table))-1]
}

// Next decides what follows the outcome of an attempt: pure, the other half of the delivery policy.
func Next(o Outcome, t Tries, now time.Time) Move {
	if t.calls(o) {
		return afterCall(o, t, now)
	}
	switch o.State {
	case HandedOver:
		if !o.Receipt || !now.Before(t.Expires) {
			return Move{State: HandedOver}
		}
		return Move{State: HandedOver, Open: true, Due: earliest(t.Expires, now.Add(ReceiptWait))}
	case Delivered, Heard:
		return Move{State: o.State}
	case Uncertain:
		return afterUncertain(t, now)
	case Failed:
		return afterFailure(o, t, now)
	}
	return Move{State: o.State}
}

// MostDoubts is how many uncertain ends of one delivery are followed by another try.
const MostDoubts = 3

// afterUncertain sends once more: for an alert a double is better than silence, and a mail keeps its Message-ID. The first time at once: a
// crash is over by then. A carrier that takes the bytes and hangs up again and again gets growing pauses, and after MostDoubts the delivery
// is left as it is. The doubles stay a subset of the uncertain.
func afterUncertain(t Tries, now time.Time) Move {
	due := now
	if t.Uncertain > 0 {
		due = now.Add(backOff(t.Number, t.Class))
	}
	if t.Uncertain >= MostDoubts || !due.Before(t.Expires) {
		return Move{State: Uncertain}
	}
	return Move{State: Queued, Open: true, Due: due}
}

func afterFailure(o Outcome, t Tries, now time.Time) Move {
	if o.Reason == Throttled || o.Temporary {
		return retry(o, t, now)
	}
	return Move{State: Failed, Reason: o.Reason, FallBack: true, Dead: o.Reason == InvalidAddress}
}

func retry(o Outcome, t Tries, now time.Time) Move {
	pause := o.After
	if pause <= 0 {
		pause = backOff(t.Number, t.Class)
	}
	if o.Reason == Throttled && o.After <= 0 {
		pause = time.Second
	}
	due := now.Add(pause)
	if !due.Before(t.Expires) {
		return giveUp(o, t)
	}
	return Move{State: Queued, Reason: o.Reason, Open: true, Due: due}
}

func giveUp(o Outcome, t Tries) Move {
	if t.Uncertain > 0 {
		return Move{State: Uncertain, Reason: o.Reason}
	}
	return Move{State: Expired, Reason: o.Reason, FallBack: true}
}

// OnReceipt decides what a receipt changes in a delivery that stands at state s. ok is false when it changes nothing:
// what is known better is never overwritten. That the device has it is worth knowing whatever we thought; that it failed is news only
// where we believed that the carrier has it: a queued or begun delivery has a newer attempt under way.
func OnReceipt(s DeliveryState, o Outcome) (m Move, ok bool) {
	switch {
	case o.State == Delivered && s != Delivered && s != Heard:
		return Move{State: Delivered}, true
	case o.State == Failed && (s == HandedOver || s == Uncertain):
		return Move{State: Failed, Reason: o.Reason, FallBack: true, Dead: o.Reason == InvalidAddress}, true
	}
	return Move{}, false
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
