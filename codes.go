package buurtbel

import "time"

// CodeCount is what one number or mailbox got of codes, and of links that prove or open something, whoever asked for them. There is one count per
// number, over all doors: who may type in a stranger's number at two of them must not make it ring twice as often.
type CodeCount struct {
	Day, Month, Calls Tally
	Last, LastCall    time.Time
	Stopped           time.Time // the owner wrote STOP: until then nothing goes there on a stranger's word
}

// Tally is how many there were since a moment.
type Tally struct {
	Since time.Time
	N     int
}

// CodeShare is how far one kind of asking may bring a count. All askings add to the same count and each kind ends at its own height, so that what
// strangers used up leaves something to the owner, and what anybody used up leaves something to the coordinator.
type CodeShare struct {
	Day    int // codes within 24 hours
	Month  int // codes within 30 days; 0: days alone are counted, and the month is not added to
	Calls  int // of them by call, within 23 hours: a call a day later at the same hour is another day's
	Gap    time.Duration
	Call   time.Duration // the gap between calls
	Proved bool          // the number is proved to be a member's: STOP holds nothing back, and one call may go by night
}

// The shares.
var (
	// CodesForStranger is for a number that is being proved: nobody knows yet whose it is. It rings twice a day at most.
	CodesForStranger = CodeShare{Day: 3, Month: 6, Calls: 2, Gap: time.Minute, Call: 2 * time.Minute}
	// CodesForWish is for the links of people who wish for a network, one per street.
	CodesForWish = CodeShare{Day: 4}
	// CodesForOwner is for a member who opens the own page. A code that is used does not count, see Used.
	CodesForOwner = CodeShare{Day: 4, Calls: 3, Call: 2 * time.Minute, Proved: true}
	// CodesForDesk is for who sits before the coordinator: a flood by strangers keeps nobody from being helped.
	CodesForDesk = CodeShare{Day: 8, Month: 12, Calls: 5, Gap: time.Minute, Call: 2 * time.Minute}
)

// CodeNight is when nobody is called with a code, in the zone's local time, but a member on the own proved number, who says at that moment that it
// may ring.
var CodeNight = DefaultNight

const (
	codeDay   = 24 * time.Hour
	codeMonth = 30 * 24 * time.Hour
	codeCalls = 23 * time.Hour
)

// Ask counts one code and tells whether it may go; what may not go changes nothing. now stands in the zone's location.
func (c *CodeCount) Ask(s CodeShare, call bool, now time.Time) bool {
	if c.Next(s, call, now).After(now) {
		return false
	}
	c.Day.add(now, codeDay)
	if s.Month > 0 {
		c.Month.add(now, codeMonth)
	}
	c.Last = now
	if call {
		c.Calls.add(now, codeCalls)
		c.LastCall = now
	}
	return true
}

// Next gives when a code may go by a share at the earliest: now, or later.
func (c *CodeCount) Next(s CodeShare, call bool, now time.Time) time.Time {
	at := latest(now, c.Day.room(s.Day, codeDay, now), pause(c.Last, s.Gap, now))
	if s.Month > 0 {
		at = latest(at, c.Month.room(s.Month, codeMonth, now))
	}
	if !s.Proved {
		at = latest(at, c.Stopped)
	}
	if !call {
		return at
	}
	at = latest(at, c.Calls.room(s.Calls, codeCalls, now), pause(c.LastCall, s.Call, now))
	at = at.In(now.Location())
	if dawn := CodeNight.End(at); dawn.After(at) && (!s.Proved || !c.LastCall.Before(dusk(dawn)) && c.LastCall.Before(dawn)) {
		return dawn
	}
	return at
}

// dusk is when the night began that ends at dawn.
func dusk(dawn time.Time) time.Time {
	return time.Date(dawn.Year(), dawn.Month(), dawn.Day()-1, CodeNight.From/60, CodeNight.From%60, 0, 0, dawn.Location())
}

// Used takes a code back out of the count, because who asked for it has the number: an owner is never kept out by own codes.
func (c *CodeCount) Used(call bool) {
	c.Day.N = max(0, c.Day.N-1)
	if call {
		c.Calls.N, c.LastCall = max(0, c.Calls.N-1), time.Time{}
	}
}

// room gives when a tally has room for one more; the zero time when it has.
func (t Tally) room(most int, span time.Duration, now time.Time) time.Time {
	if end := t.Since.Add(span); t.N >= most && end.After(now) && !putBack(t.Since, now) {
		return end
	}
	return time.Time{}
}

// add counts one more, in a new span when the last is over.
func (t *Tally) add(now time.Time, span time.Duration) {
	if !t.Since.Add(span).After(now) || putBack(t.Since, now) {
		*t = Tally{Since: now}
	}
	t.N++
}

// pause gives when the gap after a code is over.
func pause(last time.Time, gap time.Duration, now time.Time) time.Time {
	if putBack(last, now) {
		return time.Time{}
	}
	return last.Add(gap)
}

// putBack tells that a moment was written by a clock that was ahead and has been put back: it holds nothing back. Clocks of several machines differ by
// less than an hour.
func putBack(t, now time.Time) bool { return t.After(now.Add(time.Hour)) }

func latest(t time.Time, others ...time.Time) time.Time {
	for _, o := range others {
		if o.After(t) {
			t = o
		}
	}
	return t
}
