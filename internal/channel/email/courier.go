package email

import (
	"cmp"
	"context"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// courier is one goroutine with at most one connection. It carries mails one behind the other; with PIPELINING the envelope of the next goes out in the same
// write as the body of the one before.
type courier struct {
	m    *Mailer
	line *line  // nil: no connection
	out  []byte // reused for what is written
	mail []byte // reused for a mail that is signed
	date dateLine
	last cached // the content of the mail before
}

// run carries until the Mailer closes. Between two jobs it holds its connection for Timeouts.Idle.
func (c *courier) run() {
	for j := c.next(); j != nil; j = c.next() {
		for j != nil {
			j = c.carry(j)
		}
		c.out, c.mail = trimmed(c.out), trimmed(c.mail)
	}
	c.leave()
}

// trimmed lets go of a buffer that one large mail made large.
func trimmed(b []byte) []byte {
	if cap(b) > 64<<10 {
		return nil
	}
	return b
}

// next waits for a job. It gives nil when the Mailer closes.
func (c *courier) next() *job {
	for !c.m.stopping() {
		if j := c.m.waiting(); j != nil {
			return j
		}
		if j := c.wait(); j != nil && c.m.take(j) {
			return j
		}
	}
	return nil
}

// wait gives a job that is not yet taken, or nil when the idle time is over, a hurry ended, or the Mailer closes.
func (c *courier) wait() *job {
	var idle <-chan time.Time
	if c.line != nil {
		timer := time.NewTimer(c.m.cfg.Timeouts.Idle)
		defer timer.Stop()
		idle = timer.C
	}
	routine, calm := c.m.routine, c.m.hurried()
	if calm != nil {
		routine = nil
	}
	select {
	case j := <-c.m.urgent:
		return j
	case j := <-routine:
		return j
	case <-calm:
	case <-idle:
		c.leave()
	case <-c.m.quit:
	}
	return nil
}

// carry brings j to its end, and gives back the next job when its envelope is already on the way.
func (c *courier) carry(j *job) (next *job) {
	if !j.fit.written {
		if !c.begin(j) {
			return nil
		}
	}
	if j.ctx.Done() != nil { // who takes a mail back does not wait for a server that says nothing
		defer context.AfterFunc(j.ctx, c.line.abandon)()
	}
	refusal, err := c.line.envelopeAnswer()
	switch {
	case err != nil:
		c.lose(j, err)
		return nil
	case refusal != nil:
		c.refuse(j, refusal)
		return nil
	}
	return c.body(j)
}

// begin connects if need be and writes j's envelope. It reports false when j was settled or put back.
func (c *courier) begin(j *job) bool {
	if !c.connect(j) || !c.suits(j) {
		return false
	}
	c.out = c.line.appendEnvelope(c.out[:0], &j.fit)
	if err := c.line.write(c.out, c.m.cfg.Timeouts.Command); err != nil {
		c.lose(j, err)
		return false
	}
	j.fit.written = true
	return true
}

// suits settles j when there is no use in starting it.
func (c *courier) suits(j *job) bool {
	f := c.fit(j)
	if f != nil {
		c.m.settle(j, f)
	}
	return f == nil
}

// connect makes a connection when there is none. It reports false when j was settled or put back.
func (c *courier) connect(j *job) bool {
	if c.line != nil {
		return true
	}
	if why := c.m.health.failure(); why != nil {
		c.m.settle(j, why)
		return false
	}
	c.m.health.begin()
	l, why := c.m.dial(j.ctx)
	if why == nil {
		c.line = l
		c.m.health.opened()
		return true
	}
	down, rest := c.m.refused(why)
	if down {
		c.m.settle(j, why)
		return false
	}
	c.m.requeue(j) // one of the other connections takes it
	c.m.pause(rest)
	return false
}

// body writes j's mail, behind it the envelope of another job if one is waiting, and reads the answer to the mail.
func (c *courier) body(j *job) (next *job) {
	var ok bool
	if c.out, ok = c.appendMail(c.out[:0], j); !ok || !j.move(carried, written) {
		// The server waits for a mail that cannot be signed, or that was canceled. Only ending the connection leaves nothing half said.
		c.drop()
		c.m.settle(j, &channel.Failure{Reason: buurtbel.Rejected, Code: "content"})
		return nil
	}
	if next = c.ahead(); next != nil {
		c.out = c.line.appendEnvelope(c.out, &next.fit)
		next.fit.written = true
	}
	failed := c.line.write(c.out, c.m.cfg.Timeouts.Final)
	answer, err := c.line.read() // also when writing failed: a server that hangs up early may have said why
	switch {
	case err != nil:
		c.unsure(j, next, cmp.Or(failed, err))
		return nil
	case failed != nil && answer.code < 400:
		c.unsure(j, next, failed)
		return nil
	}
	return c.conclude(j, next, answer, failed != nil || answer.code == 421)
}

// ahead gives the job whose envelope may go out with the body of another. With a server that has no PIPELINING, or at the end of a connection's share,
// there is none.
func (c *courier) ahead() *job {
	if !c.line.pipelining || c.line.carried+2 > c.m.cfg.PerConnection || c.m.stopping() {
		return nil
	}
	for j := c.m.waiting(); j != nil; j = c.m.waiting() {
		if c.suits(j) {
			return j
		}
	}
	return nil
}

// conclude settles j by the answer to its mail. over tells that the connection is of no more use.
func (c *courier) conclude(j, next *job, answer reply, over bool) *job {
	c.line.carried++
	c.m.health.answered()
	var f *channel.Failure
	if answer.code/100 != 2 {
		f = verdict(stepFinal, answer)
	}
	c.m.settle(j, f)
	switch {
	case over:
		c.drop()
		c.putBack(next, ended(codeClosed))
		return nil
	case c.line.carried >= c.m.cfg.PerConnection:
		c.leave() // then ahead gave no next
		return nil
	}
	return next
}

// unsure is the end of a mail whose final dot may have arrived and that got no readable answer. A write that failed counts as one that may have
// arrived: behind TLS and the kernel's buffers nobody can tell.
func (c *courier) unsure(j, next *job, err error) {
	c.drop()
	f := *failureOf(err)
	f.Uncertain = true
	c.m.dropped(&f)
	c.m.settle(j, &f)
	c.putBack(next, failureOf(err))
}

// lose is the end of a connection under j before the server was asked to take anything. Servers close connections that have been
// quiet or used for long; such a loss says nothing about j, so j gets one more connection.
func (c *courier) lose(j *job, err error) {
	old := c.line.carried > 0
	c.drop()
	f := failureOf(err)
	if old && f.Code == codeClosed {
		c.putBack(j, f)
		return
	}
	c.m.dropped(f)
	c.m.settle(j, f)
}

// refuse settles j by the server's refusal of its envelope, and makes the connection ready for the next.
func (c *courier) refuse(j *job, refusal *refusal) {
	if refusal.code == 421 {
		old := c.line.carried > 0
		c.drop()
		if f := verdict(refusal.step, refusal.reply); old && f.Reason == buurtbel.Unreachable {
			c.putBack(j, f)
		} else {
			c.m.dropped(f)
			c.m.settle(j, f)
		}
		return
	}
	f := verdict(refusal.step, refusal.reply)
	if err := c.line.reset(refusal.dataOpen); err != nil {
		c.drop()
	}
	c.m.settle(j, f)
}

// putBack queues j once more, because nothing was said about it. The second time, or when the Mailer closes, it settles it with f.
func (c *courier) putBack(j *job, f *channel.Failure) {
	switch {
	case j == nil:
	case j.again || c.m.stopping():
		c.m.settle(j, f)
	default:
		j.again = true
		c.m.requeue(j)
	}
}

// drop ends the connection without a word.
func (c *courier) drop() {
	if c.line != nil {
		c.line.close()
		c.line = nil
		c.m.health.closed()
	}
}

// leave ends the connection as RFC 5321 section 4.1.1.10 wants it.
func (c *courier) leave() {
	if c.line != nil {
		c.line.hangUp()
		c.line = nil
		c.m.health.closed()
	}
}
