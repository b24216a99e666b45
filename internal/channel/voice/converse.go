package voice

import (
	"context"
	"time"
)

// gap is how long nothing may come from the other side before silence is made up for the listener: gateways stop sending when nobody speaks
// (RFC 3389), and a listener counts time in samples.
const gap = 100 * time.Millisecond

// partner is the head of a call: Dialogue, or that of who calls back.
type partner interface {
	Next(e Event, now time.Time) Action
	Due() time.Time
	Over() bool
	Listens() bool
}

// conversation carries out a partner's actions on a call. It belongs to one goroutine.
type conversation struct {
	call     Call
	script   *Script
	head     partner
	listener Listener // nil: nobody listens, everybody is a person

	keys   <-chan byte
	frames <-chan Audio
	heard  bool // a frame came since the last gap was looked at
	said   *saying
	due    *time.Timer
	set    time.Time // what due is set to
}

// saying is a part on its way.
type saying struct {
	cancel context.CancelFunc
	done   chan error // one value
}

// converse holds one call to its end and hangs up. A stop that is closed withdraws the message; it may be nil. When ctx is done the call ends
// at once.
func converse(ctx context.Context, call Call, script *Script, head partner, listener Listener, stop <-chan struct{}) {
	c := &conversation{call: call, script: script, head: head, listener: listener, keys: call.Keys(), due: time.NewTimer(time.Hour)}
	if listener != nil {
		c.frames = call.Heard()
	}
	defer c.due.Stop()
	defer c.hush()
	defer call.HangUp()
	gaps := time.NewTicker(gap)
	defer gaps.Stop()
	if listener == nil {
		gaps.Stop()
	}
	for !head.Over() {
		c.wind()
		select {
		case k, ok := <-c.keys:
			c.pressed(k, ok)
		case f, ok := <-c.frames:
			c.hear(f, ok)
		case err := <-c.ending():
			c.spoken(err)
		case <-c.due.C:
			c.set = time.Time{}
			c.feed(Event{Kind: Ticked})
		case <-gaps.C:
			if !c.fillGap() {
				gaps.Stop()
			}
		case <-stop:
			stop = nil
			c.feed(Event{Kind: Withdrawn})
		case <-call.Done():
			c.gone()
		case <-ctx.Done():
			c.gone()
		}
	}
}

// wind sets the timer to when the head wants its tick.
func (c *conversation) wind() {
	due := c.head.Due()
	if due.Equal(c.set) {
		return
	}
	c.set = due
	if due.IsZero() {
		c.due.Stop()
		return
	}
	c.due.Reset(time.Until(due))
}

// ending gives the end of what is being said; nil when nothing is.
func (c *conversation) ending() <-chan error {
	if c.said == nil {
		return nil
	}
	return c.said.done
}

func (c *conversation) pressed(k byte, ok bool) {
	if !ok {
		c.keys = nil
		return
	}
	c.feed(Event{Kind: KeyPressed, Key: k})
}

func (c *conversation) hear(f Audio, ok bool) {
	if !ok || !c.head.Listens() {
		c.frames = nil
		return
	}
	c.heard = true
	if sign, ok := c.listener.Hear(f); ok {
		c.feed(Event{Kind: Signed, Sign: sign})
	}
}

// fillGap gives the listener silence where nothing came; false when it need not listen any more.
func (c *conversation) fillGap() bool {
	if c.frames == nil {
		return false
	}
	for range framesIn(gap, c.heard) {
		if sign, ok := c.listener.Hear(silence); ok {
			c.feed(Event{Kind: Signed, Sign: sign})
		}
	}
	c.heard = false
	return true
}

func framesIn(d time.Duration, heard bool) int {
	if heard {
		return 0
	}
	return samples(d) / Frame
}

var silence = make(Audio, Frame)

// spoken takes the end of what was being said. Anything but its last frame sent means that the call is gone.
func (c *conversation) spoken(err error) {
	c.said.cancel()
	c.said = nil
	if err != nil {
		c.gone()
		return
	}
	c.do(c.head.Next(Event{Kind: PartEnded}, time.Now()))
}

// feed brings an event to the head, after the end of what was being said when that came first.
func (c *conversation) feed(e Event) {
	select {
	case err := <-c.ending():
		if err == nil {
			c.spoken(nil)
		} else {
			c.said.done <- err // the call is gone; what came before still counts
		}
	default:
	}
	c.do(c.head.Next(e, time.Now()))
}

// gone ends a call that the other side ended, or that cannot go on. Keys pressed before still count, and so does a last frame that was sent.
func (c *conversation) gone() {
	c.call.HangUp()
	for c.keys != nil {
		select {
		case k, ok := <-c.keys:
			c.pressed(k, ok)
			continue
		default:
		}
		break
	}
	if c.hush() {
		c.head.Next(Event{Kind: PartEnded}, time.Now())
	}
	c.head.Next(Event{Kind: HungUp}, time.Now())
}

func (c *conversation) do(a Action) {
	switch a.Kind {
	case Nothing:
		return
	case Speak:
		c.hush()
		c.speak(c.script.Say(a.Part, a.Slow))
	case Hush, HangUp:
		c.hush()
	}
}

// speak begins to say sound. The call is the one that ends it: by its last frame, or because it ended.
func (c *conversation) speak(sound Audio) {
	ctx, cancel := context.WithCancel(context.Background())
	s := &saying{cancel, make(chan error, 1)}
	c.said = s
	if len(sound) == 0 {
		s.done <- nil
		return
	}
	go func() { s.done <- c.call.Play(ctx, sound) }()
}

// hush ends what is being said. It tells whether the last frame of it was sent all the same.
func (c *conversation) hush() (whole bool) {
	if c.said == nil {
		return false
	}
	c.said.cancel()
	whole = <-c.said.done == nil
	c.said = nil
	return whole
}
