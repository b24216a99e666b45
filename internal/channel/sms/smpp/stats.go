package smpp

import "sync/atomic"

type counts struct {
	binds, failedBinds                                                                  atomic.Int64
	submitted, accepted, refused, throttled, timedOut, uncertain, late, notSent, writes atomic.Int64
	events, postponed, garbage                                                          atomic.Int64
}

// Stats are counts since Open: what tests and measurements look at. The metrics of the program count deliveries instead. PDUs unless it says otherwise.
type Stats struct {
	Binds       int64 // connections that were bound
	FailedBinds int64 // connections that were not
	Submitted   int64 // submit_sm queued for the socket
	Accepted    int64 // submit_sm answered with 0
	Refused     int64 // submit_sm answered with anything else, throttled ones that go again by themselves left out
	Throttled   int64 // answers "too fast"
	TimedOut    int64 // submit_sm without an answer in time
	Uncertain   int64 // messages settled as uncertain
	NotSent     int64 // messages settled without reaching a connection
	Late        int64 // answers to nothing that is open
	Writes      int64 // writes to the socket; Submitted/Writes is how many PDUs travel at once
	Events      int64 // receipts and texts handed over
	Postponed   int64 // receipts and texts that the carrier was asked to bring again
	Garbage     int64 // PDUs that could not be read or were not expected
	Open        int64 // places of the window taken now
	Waiting     int64 // events waiting to be stored now
}

// Stats gives the counts.
func (s *Session) Stats() Stats {
	c := &s.counts
	return Stats{
		Binds: c.binds.Load(), FailedBinds: c.failedBinds.Load(),
		Submitted: c.submitted.Load(), Accepted: c.accepted.Load(), Refused: c.refused.Load(), Throttled: c.throttled.Load(),
		TimedOut: c.timedOut.Load(), Uncertain: c.uncertain.Load(), NotSent: c.notSent.Load(), Late: c.late.Load(), Writes: c.writes.Load(),
		Events: c.events.Load(), Postponed: c.postponed.Load(), Garbage: c.garbage.Load(),
		Open: int64(s.window.used()), Waiting: s.events.Load(),
	}
}
