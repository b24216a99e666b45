package delivery

import (
	"time"

	"github.com/buurtbel/buurtbel"
)

// standBy is how soon a carrier that has nothing to do while a better one works looks again: fail-over takes no longer.
const standBy = 50 * time.Millisecond

// able tells whether a carrier can take work now: connected, not asked for rest, and trusted.
func (l *lane) able(now time.Time) bool {
	until := l.paused.Load()
	return l.Sender.Up() && (until == nil || !until.After(now)) && l.health.trusted(now)
}

// another tells whether a lane leaves work to another carrier of its channel: to one of lower order that can take it, and when it is not
// trusted itself, to any that is. A carrier alone is always used: a message that may fail is better than none.
func (d *Dispatcher) another(l *lane, now time.Time) bool {
	trusted := l.health.trusted(now)
	for _, o := range d.lanes {
		if o == l || o.Channel != l.Channel || !o.able(now) {
			continue
		}
		if !trusted || o.Order < l.Order && !o.full() {
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
	room := min(l.d.limits.Unsettled-under, l.d.limits.Claim)
	if l.Channel == buurtbel.Voice {
		room = min(room, l.lines()-under)
	} else if room < l.d.limits.Claim/2 && under > 0 {
		return 0
	}
	if l.d.alone(l) {
		return room
	}
	return l.health.room(room)
}

// alone tells whether no other carrier of the channel is connected.
func (d *Dispatcher) alone(l *lane) bool {
	for _, o := range d.lanes {
		if o != l && o.Channel == l.Channel && o.Sender.Up() {
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
	Under   int // attempts under way
}

// Health tells how the carriers are, in their order.
func (d *Dispatcher) Health() []Health {
	now := d.db.Now()
	out := make([]Health, len(d.lanes))
	for i, l := range d.lanes {
		out[i] = Health{Channel: l.Channel, Carrier: l.Carrier, Up: l.Sender.Up(), Trusted: l.able(now), Order: l.Order, Under: int(l.unsettled.Load())}
	}
	return out
}
