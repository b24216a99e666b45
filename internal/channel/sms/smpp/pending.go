package smpp

import (
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
)

// sweepEvery is how often open parts are looked through for a deadline, a done ctx or a second try.
const sweepEvery = 50 * time.Millisecond

// submit enters all parts of h and queues their octets. It gives false, and does nothing, when the connection is dead.
func (c *conn) submit(h *hand) bool {
	deadline := time.Now().Add(c.s.cfg.ResponseTimeout)
	c.mu.Lock()
	if c.dead || c.last {
		c.mu.Unlock()
		return false
	}
	if len(c.open) == 0 {
		c.sweep.Reset(sweepEvery)
	}
	for i := range h.parts {
		c.enter(&h.parts[i], deadline)
	}
	c.mu.Unlock()
	c.s.counts.submitted.Add(int64(len(h.parts)))
	c.rouse()
	return true
}

// enter puts p into the table first and its octets after. The lock is held.
func (c *conn) enter(p *part, deadline time.Time) {
	sequence := c.nextSequence()
	for c.open[sequence] != nil { // after 2^31 numbers, and one of them still open
		sequence = c.nextSequence()
	}
	c.open[sequence] = p
	before := len(c.out)
	c.out = p.hand.appendPart(c.out, p, sequence)
	c.end += int64(len(c.out) - before)
	p.end, p.deadline, p.again = c.end, deadline, time.Time{}
}

// answered settles the part that carried sequence: submit_sm_resp (SMPP 3.4 section 4.4.2) or generic_nack (4.3).
func (c *conn) answered(h wire.Header, id []byte) {
	c.mu.Lock()
	p := c.open[h.Sequence]
	if p == nil || !p.again.IsZero() {
		c.mu.Unlock()
		c.s.counts.late.Add(1)
		return
	}
	if c.goesAgain(p, h.Status) {
		c.mu.Unlock()
		return
	}
	delete(c.open, h.Sequence)
	done := c.decide(p, h, id)
	c.mu.Unlock()
	if done {
		c.s.finish(p.hand)
	}
}

// decide records the carrier's answer on p. The lock is held.
func (c *conn) decide(p *part, h wire.Header, id []byte) bool {
	if h.Status == 0 && h.Command == wire.SubmitSMResp {
		c.s.counts.accepted.Add(1)
		return p.hand.accept(p, c.s.submitID(id))
	}
	c.s.counts.refused.Add(1)
	f := failureOf(h.Status)
	if f.Reason == buurtbel.Throttled {
		f.After = c.s.throttle()
	}
	return p.hand.fail(p, f)
}

// goesAgain tells whether p waits for a second try: a throttled part of a longer text, whose neighbours may be accepted. The lock is held.
func (c *conn) goesAgain(p *part, status uint32) bool {
	if status == 0 || len(p.hand.parts) == 1 || p.tries >= resubmits || failureOf(status).Reason != buurtbel.Throttled {
		return false
	}
	p.tries++
	p.again = time.Now().Add(c.s.throttle())
	return true
}

// throttle shuts the session's window for the configured pause, and gives it.
func (s *Session) throttle() time.Duration {
	s.counts.throttled.Add(1)
	s.paused.For(s.cfg.ThrottlePause)
	return s.cfg.ThrottlePause
}

// sweepOpen settles what is overdue or whose ctx is done, and sends again what waited.
func (c *conn) sweepOpen(now time.Time) {
	var done []*hand
	c.mu.Lock()
	for sequence, p := range c.open {
		switch {
		case p.hand.ctx.Err() != nil:
			done = c.give(done, sequence, p, codeCancelled)
		case !p.again.IsZero() && !now.Before(p.again):
			delete(c.open, sequence)
			c.enter(p, now.Add(c.s.cfg.ResponseTimeout))
		case p.again.IsZero() && !now.Before(p.deadline):
			c.s.counts.timedOut.Add(1)
			done = c.give(done, sequence, p, codeTimeout)
		}
	}
	if len(c.open) > 0 {
		c.sweep.Reset(sweepEvery)
	}
	waits := len(c.out) > 0
	c.mu.Unlock()
	if waits {
		c.rouse()
	}
	for _, h := range done {
		c.s.finish(h)
	}
}

// give ends p without an answer and adds its message to done when that was the last part. A part that waited for a second try was refused
// for certain. The lock is held.
func (c *conn) give(done []*hand, sequence uint32, p *part, code string) []*hand {
	delete(c.open, sequence)
	f := uncertain(code)
	if !p.again.IsZero() {
		f = unsent(code)
	}
	if p.hand.fail(p, f) {
		done = append(done, p.hand)
	}
	return done
}

// abandon settles everything that is open after the writer ended: what the socket took wholly may be at the carrier, the rest cannot be.
func (c *conn) abandon() {
	var done []*hand
	c.mu.Lock()
	c.dead = true
	c.sweep.Stop()
	for _, p := range c.open {
		f := unsent(codeLost)
		if p.again.IsZero() && p.end <= c.taken {
			f = uncertain(codeLost)
		}
		if p.hand.fail(p, f) {
			done = append(done, p.hand)
		}
	}
	clear(c.open)
	c.mu.Unlock()
	for _, h := range done {
		c.s.finish(h)
	}
}

// finish settles h and gives its places back, in this order: no more than a window is ever unsettled.
func (s *Session) finish(h *hand) {
	r := h.result()
	s.count(r.Failure)
	h.settle(r)
	s.window.release(len(h.parts))
}

func (s *Session) count(f *channel.Failure) {
	if f != nil && f.Uncertain {
		s.counts.uncertain.Add(1)
	}
}
