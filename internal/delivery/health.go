package delivery

import (
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
)

// breaker decides whether a carrier is trusted with work while another one could have it. It opens when what a carrier answers says that
// it, rather than a number, has a problem; after a rest it lets a few messages try. It decides with now as an argument and knows no clock.
type breaker struct {
	mu      sync.Mutex
	recent  [ring]tally // outcomes by second
	open    time.Time   // until when the carrier rests; zero: trusted
	rest    time.Duration
	row     int       // troubled outcomes since the last good one
	trying  int       // messages that may still try after a rest
	since   time.Time // of the first trial after a rest
	silence receipts
}

// tally counts the outcomes of one second.
type tally struct {
	second   int64
	good     int
	troubled int
}

const (
	ring      = 10               // seconds that are remembered
	enough    = 5                // troubled outcomes before a share says anything
	inARow    = 20               // troubled outcomes that need no share: the seconds before were good and say nothing any more
	firstRest = 2 * time.Second  // and twice that each time it was in vain
	longest   = time.Minute      // rest
	trials    = 5                // messages that try a carrier after its rest
	verdictIn = 10 * time.Second // how long trials may take before others may try
)

// troubled tells whether an outcome speaks against the carrier, rather than against one number or one message.
func troubled(o buurtbel.Outcome) bool {
	if o.State == buurtbel.Uncertain {
		return true
	}
	if o.State != buurtbel.Failed {
		return false
	}
	switch o.Reason {
	case buurtbel.Unreachable, buurtbel.Throttled, buurtbel.Credentials, buurtbel.Unparseable:
		return true
	case buurtbel.Rejected, buurtbel.Other:
		return o.Temporary
	}
	return false
}

// saw takes one outcome.
func (b *breaker) saw(o buurtbel.Outcome, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := &b.recent[now.Unix()%ring]
	if t.second != now.Unix() {
		*t = tally{second: now.Unix()}
	}
	if !troubled(o) {
		t.good++
		b.row = 0
		if !b.open.IsZero() && !now.Before(b.open) { // a trial went well
			b.open, b.rest = time.Time{}, 0
			b.recent = [ring]tally{}
		}
		return
	}
	t.troubled++
	b.row++
	switch {
	case !b.open.IsZero() && now.Before(b.open): // what was still under way when it opened
	case !b.open.IsZero(), o.Reason == buurtbel.Credentials, b.row >= inARow, b.tooMuch(now):
		b.trip(now)
	}
}

// tooMuch tells whether the last seconds speak against the carrier: at least half of what it answered was trouble.
func (b *breaker) tooMuch(now time.Time) bool {
	good, bad := 0, 0
	for _, t := range b.recent {
		if now.Unix()-t.second < ring {
			good, bad = good+t.good, bad+t.troubled
		}
	}
	return bad >= enough && bad >= good
}

func (b *breaker) trip(now time.Time) {
	b.rest = min(max(2*b.rest, firstRest), longest)
	b.restUntil(now.Add(b.rest))
}

// restUntil puts the carrier to rest until then; a few messages may try it afterwards.
func (b *breaker) restUntil(then time.Time) {
	b.open, b.trying = then, trials
}

// distrust opens the breaker whatever was seen before: the carrier says nothing at all.
func (b *breaker) distrust(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open.IsZero() || !now.Before(b.open) {
		b.trip(now)
	}
}

// resting tells whether the carrier is in a rest that it was put to. The messages that try it afterwards stay with it.
func (b *breaker) resting(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return now.Before(b.open)
}

// trusted tells whether the carrier may have work now. After a rest a few messages may, until their outcome is known.
func (b *breaker) trusted(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.open.IsZero():
		return true
	case now.Before(b.open):
		return false
	case b.trying > 0:
		return true
	}
	if now.Sub(b.since) > verdictIn {
		b.trying = trials
	}
	return b.trying > 0
}

// room tells how many of n messages the carrier may get while others could have them.
func (b *breaker) room(n int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open.IsZero() {
		return n
	}
	return min(n, b.trying)
}

// tried notes that n messages were given to the carrier.
func (b *breaker) tried(n int, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open.IsZero() {
		b.trying, b.since = max(0, b.trying-n), now
	}
}

// receipts watches whether the receipts of a carrier come as they use to. A carrier that takes everything and delivers nothing shows in
// nothing else.
type receipts struct {
	given [watched]count // messages handed over that a receipt should follow
	got   [watched]count // receipts that came in
	usual float64        // receipts per message when all was well; 0: not known yet
	rest  time.Duration
	asked int64 // the second in which late was last asked
}

type count struct {
	bucket int64
	n      int
}

const (
	watched = 12              // buckets that are remembered
	bucket  = 5 * time.Second // length of one
	patient = 4               // buckets that a receipt may take
	asks    = 20              // messages before their silence says anything
	quiet   = 0.1             // of the usual: the carrier is distrusted
	well    = 0.5             // of the usual: it is trusted, and what is usual is learnt
)

func add(list *[watched]count, now time.Time, n int) {
	at := now.UnixNano() / int64(bucket)
	c := &list[at%watched]
	if c.bucket != at {
		*c = count{bucket: at}
	}
	c.n += n
}

// sum counts what lies at least old buckets back.
func sum(list *[watched]count, now time.Time, old int64) (n int) {
	at := now.UnixNano() / int64(bucket)
	for _, c := range list {
		if age := at - c.bucket; age >= old && age < watched {
			n += c.n
		}
	}
	return n
}

// late tells whether receipts stay away: of the messages that should have theirs by now hardly any came. It learns what is usual.
func (r *receipts) late(now time.Time) bool {
	given := sum(&r.given, now, patient)
	if given < asks {
		return false
	}
	share := float64(sum(&r.got, now, 0)) / float64(given)
	usual := r.usual
	if usual == 0 {
		usual = 1
	}
	switch {
	case share < quiet*usual:
		return true
	case share >= well*usual:
		r.rest = 0
		r.usual = 0.9*usual + 0.1*min(share, 1)
	}
	return false
}

// handedOver notes messages that receipts should follow; received notes receipts.
func (b *breaker) handedOver(n int, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	add(&b.silence.given, now, n)
	r := &b.silence
	if !b.open.IsZero() || r.asked == now.Unix() { // thousands a second are handed over: once a second is often enough
		return
	}
	r.asked = now.Unix()
	if r.late(now) {
		r.rest = min(max(2*r.rest, longest/2), 10*longest)
		r.given, r.got = [watched]count{}, [watched]count{}
		b.restUntil(now.Add(r.rest))
	}
}

func (b *breaker) received(n int, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	add(&b.silence.got, now, n)
}
