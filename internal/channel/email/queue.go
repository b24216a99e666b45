package email

import (
	"context"
	"sync/atomic"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// job is one hand-over from Send until it is settled.
type job struct {
	ctx    context.Context
	msg    *channel.Message
	done   func(channel.Result)
	state  atomic.Int32 // one of the phases
	unhook func() bool  // ends the watch on ctx; nil when ctx never ends
	again  bool         // it was put back once already, after a connection that had grown old was lost
	fit    fitted       // set by the courier that carries it
}

// The phases of a job. It moves by compare-and-swap, so that whoever brings it to settled is the only one to call done.
const (
	queued  int32 = iota
	carried       // a courier has it; the server was not given the mail
	written       // the mail goes to the server: from here on nobody can take it back
	settled
)

// move brings j from one phase to another. It reports false when j was settled meanwhile.
func (j *job) move(from, to int32) bool { return j.state.CompareAndSwap(from, to) }

// finish settles j, unless somebody did.
func (j *job) finish(f *channel.Failure) {
	if j.state.Swap(settled) == settled {
		return
	}
	if j.unhook != nil {
		j.unhook()
	}
	parts := 0
	if f == nil {
		parts = 1
	}
	j.done(channel.Result{Parts: parts, Failure: f})
}

// canceled settles j because its context has ended, whether the server answers or not.
func (j *job) canceled() {
	for {
		now := j.state.Load()
		if now == settled {
			return
		}
		if !j.move(now, settled) {
			continue
		}
		f := ended("canceled")
		f.Uncertain = now == written
		j.done(channel.Result{Failure: f})
		return
	}
}

// Send implements channel.Sender.
func (m *Mailer) Send(ctx context.Context, msg *channel.Message, settle func(channel.Result)) {
	j := &job{ctx: ctx, msg: msg, done: settle}
	switch {
	case ctx.Err() != nil:
		j.finish(ended("canceled"))
		return
	case m.stopping():
		j.finish(ended("closed"))
		return
	}
	select {
	case m.room <- struct{}{}:
		if ctx.Done() != nil {
			j.unhook = context.AfterFunc(ctx, j.canceled)
		}
		m.put(j)
	case <-ctx.Done():
		j.finish(ended("canceled"))
	case <-m.quit:
		j.finish(ended("closed"))
	}
}

// put queues j, which holds a token of room until take or settle gives it back.
func (m *Mailer) put(j *job) {
	if isUrgent(classOf(j.msg)) {
		m.urgent <- j
	} else {
		m.routine <- j
	}
	if m.stopping() { // Close may have emptied the queue before j was in it
		m.refuseQueued()
	}
}

func classOf(msg *channel.Message) buurtbel.Class {
	if msg.Content == nil {
		return buurtbel.ClassDigest
	}
	return msg.Content.Class
}

// take makes the caller the one who carries j, which came from the queue. It reports false when j was settled while it waited.
func (m *Mailer) take(j *job) bool {
	if j.move(queued, carried) {
		return true
	}
	<-m.room
	return false
}

// waiting gives the next job without waiting, an urgent one first; nil when there is none.
func (m *Mailer) waiting() *job {
	for {
		var j *job
		select {
		case j = <-m.urgent:
		default:
			if j = m.unhurried(); j == nil {
				return nil
			}
		}
		if m.take(j) {
			return j
		}
	}
}

// unhurried gives the next routine job without waiting; nil when there is none, or when an alert is being launched.
func (m *Mailer) unhurried() *job {
	if m.hurried() != nil && !m.stopping() {
		return nil
	}
	select {
	case j := <-m.routine:
		return j
	default:
		return nil
	}
}

func (m *Mailer) refuseQueued() {
	for j := m.waiting(); j != nil; j = m.waiting() {
		m.settle(j, ended("closed"))
	}
}

// settle ends j, which the caller carries.
func (m *Mailer) settle(j *job, f *channel.Failure) {
	j.finish(f)
	<-m.room
}

// requeue puts j, which the caller carries, back for another courier.
func (m *Mailer) requeue(j *job) {
	j.fit = fitted{}
	if j.move(carried, queued) {
		m.put(j)
	} else {
		<-m.room
	}
}

// ended is the failure of a mail that nothing was done for.
func ended(code string) *channel.Failure {
	return &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Code: code}
}
