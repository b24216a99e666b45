package delivery

import (
	"iter"
	"time"

	"github.com/buurtbel/buurtbel"
)

// standBy is how soon a carrier that has nothing to do while a better one works looks again: fail-over takes no longer.
const standBy = 50 * time.Millisecond

// able tells whether a carrier can take work now: fit, and trusted.
func (l *lane) able(now time.Time) bool { return l.fit(now) && l.health.trusted(now) }

// fit tells whether a carrier can go on with what it has: connected, answering, not asked for rest, and not in trouble.
func (l *lane) fit(now time.Time) bool {
	until := l.paused.Load()
	return l.Sender.Up() && (until == nil || !until.After(now)) && !l.silent(now) && !l.health.resting(now)
}

// others gives the other carriers of a lane's channel.
func (d *Dispatcher) others(l *lane) iter.Seq[*lane] {
	return func(yield func(*lane) bool) {
		for _, o := range d.lanes {
			if o != l && o.Channel == l.Channel && !yield(o) {
				return
			}
		}
	}
}

// elsewhere tells whether another carrier of the channel can take work now.
func (d *Dispatcher) elsewhere(l *lane, now time.Time) bool {
	for o := range d.others(l) {
		if o.able(now) {
			return true
		}
	}
	return false
}

// leaves tells whether a lane in trouble leaves the rest of what it claimed to another carrier. Calls stay: each has its line already.
func (l *lane) leaves() bool {
	now := l.d.db.Now()
	return l.Channel != buurtbel.Voice && !l.fit(now) && l.d.elsewhere(l, now)
}

// another tells whether a lane leaves work to another carrier of its channel: to one of lower order that can take it, and when it is silent
// or not trusted itself, to any that is not. A carrier alone is always used: a message that may fail is better than none.
func (d *Dispatcher) another(l *lane, now time.Time) bool {
	trusted := l.health.trusted(now) && !l.silent(now)
	for o := range d.others(l) {
		if o.able(now) && (!trusted || o.Order < l.Order && !o.full()) {
			return true
		}
	}
	return false
}

// full tells whether all lines of a trunk are taken. Other carriers are never full for long: they hand over within milliseconds.
func (l *lane) full() bool {
	return l.Channel == buurtbel.Voice && int(l.unsettled.Load()) >= l.lines()
}

// lines is how many calls of a trunk this node may have out: nodes that have the same trunk open share its lines.
func (l *lane) lines() int { return l.d.Share(l.Carrier, l.Sender.Window()) }

// room is how many deliveries may be claimed now. Calls are claimed as lines come free, so that a stop finds the others unbegun; the rest in
// batches worth a transaction.
func (l *lane) room() int {
	under := int(l.unsettled.Load())
	claim, most := l.portion()
	room := min(most-under, claim)
	if l.Channel == buurtbel.Voice {
		room = min(room, l.lines()-under)
	} else if room < claim/2 && under > 0 {
		return 0
	}
	if l.d.alone(l) {
		return room
	}
	if l.watched() && l.answers.unknown() {
		room = min(room, firstBatch-under) // no more than it may keep without a word
	}
	return l.health.room(room)
}

// answersIn is for how many seconds of a carrier's budget a lane may have attempts under way: one that waits for its turn, and two for the answer.
const answersIn = 3

// portion is how many deliveries are claimed at once, and how many may be under way. Of a carrier with a budget no more is claimed than this node's
// share lets go in about a second: what waits here longer could be going out by another node, or by another carrier when this one falls silent.
func (l *lane) portion() (claim, most int) {
	claim, most = l.d.limits.Claim, l.d.limits.Unsettled
	if l.Budget <= 0 {
		return claim, most
	}
	share := max(1, l.d.Share(l.Carrier, l.Budget))
	return min(claim, share), min(most, answersIn*share)
}

// alone tells whether no other carrier of the channel is connected.
func (d *Dispatcher) alone(l *lane) bool {
	for o := range d.others(l) {
		if o.Sender.Up() {
			return false
		}
	}
	return true
}

// Received notes that receipts of a carrier came in: a carrier whose receipts stay away is left for another one.
func (d *Dispatcher) Received(carrier string, n int) {
	now := d.db.Now()
	for _, l := range d.lanes {
		if l.Carrier == carrier {
			l.health.received(n, now)
		}
	}
}

// Health is what is known of one carrier.
type Health struct {
	Channel buurtbel.Channel
	Carrier string
	Up      bool // connected
	Trusted bool // has had no trouble lately
	Order   int
	Under   int    // attempts under way
	Shown   string // number or name that telephones show; "" where there is none
	Own     bool   // and members do not know it: used last
}

// Health tells how the carriers are, in their order.
func (d *Dispatcher) Health() []Health {
	now := d.db.Now()
	out := make([]Health, len(d.lanes))
	for i, l := range d.lanes {
		out[i] = Health{Channel: l.Channel, Carrier: l.Carrier, Up: l.Sender.Up(), Trusted: l.able(now), Order: l.Order, Under: int(l.unsettled.Load()), Shown: l.Shown, Own: l.Own}
	}
	return out
}
