package outside

import (
	"crypto/rand"
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"
)

// What happens to an open call from outside its own goroutine.
type signal string

const (
	sigAck    signal = "ack"
	sigCancel signal = "cancel"  // who called gave up
	sigBye    signal = "bye"     // the other side ended it
	sigAnswer signal = "answer"  // the visitor picks up
	sigHangUp signal = "hang-up" // the visitor puts the telephone down
	sigPress  signal = "press:"  // the visitor presses the key that follows
)

// call is one call of one telephone. It belongs to its goroutine, apart from what can wait in its channels.
type call struct {
	x       *exchange
	id      string // Call-ID
	number  uint64
	entry   *CallEntry
	entryID string
	habit   habit
	signals chan signal
	answers chan *sip.Response
	line    *line

	invite *sip.Request // of a call that came; nil of one that the telephone made
	peer   netip.AddrPort
	to     offer
	tag    string
	last   atomic.Pointer[[]byte] // the last answer to the invite
	acked  bool

	// of the dialog (section 12), for what the telephone asks itself
	target, from, toward string
	seq                  int
}

func newCall(x *exchange, number uint64, e *CallEntry) *call {
	return &call{x: x, number: number, entry: e, entryID: x.log.look(e).ID, signals: make(chan signal, 16), answers: make(chan *sip.Response, 16),
		tag: rand.Text(), line: &line{}}
}

func (c *call) signal(s signal) {
	select {
	case c.signals <- s:
	default: // somebody drums on the keys
	}
}

// answer answers the invite.
func (c *call) answer(status int, phrase, sdp string) {
	var more []sip.Header
	if status == 200 {
		more = append(more, sip.NewHeader("Content-Type", "application/sdp"), sip.NewHeader("Contact", fmt.Sprintf("<sip:%s@127.0.0.1:%d>", formatNumber(c.number), c.x.port)))
	}
	tag := c.tag
	if status == 100 {
		tag = ""
	}
	b := answer(c.invite, status, phrase, tag, sdp, more...)
	c.last.Store(&b)
	c.x.send(c.peer, b)
}

// taken is the life of a call that came.
func (c *call) taken() {
	defer c.x.ended(c)
	c.x.log.change(c.entry, func(e *CallEntry) { e.Habit = c.habit.name })
	if f := c.x.faults.now.Load(); f.CallsRefuse != 0 {
		c.refuse(f.CallsRefuse, Unavailable)
		return
	}
	switch c.habit.refuse {
	case 0:
	case 486, 600:
		c.refuse(c.habit.refuse, Busy)
		return
	case 404, 604:
		c.refuse(c.habit.refuse, Unknown)
		return
	default:
		c.refuse(c.habit.refuse, Unavailable)
		return
	}
	if !c.ring() {
		return
	}
	c.pickUp()
}

// refuse answers for good with no.
func (c *call) refuse(status int, did string) {
	c.answer(status, phraseOf(status), "")
	c.over(did, false)
	c.awaitAck()
}

func phraseOf(status int) string {
	return map[int]string{404: "Not Found", 480: "Temporarily Unavailable", 486: "Busy Here", 487: "Request Terminated", 503: "Service Unavailable", 603: "Decline"}[status]
}

// awaitAck repeats the last answer until it is acknowledged (sections 13.3.1.4 and 17.2.1).
func (c *call) awaitAck() {
	for range 8 {
		if c.acked {
			return
		}
		again := time.NewTimer(500 * time.Millisecond)
		select {
		case s := <-c.signals:
			c.acked = s == sigAck
		case <-again.C:
			c.x.send(c.peer, *c.last.Load())
		case <-c.x.ctx.Done():
			return
		}
		again.Stop()
	}
}

func (c *call) over(did string, left bool) {
	sound := len(c.line.recording(false))
	c.x.log.change(c.entry, func(e *CallEntry) {
		e.State, e.Ended, e.Left = Ended, time.Now().UnixNano(), left
		if e.Did == "" {
			e.Did = did
		}
		e.Sound, e.Spoken = int64(sound)*1000/soundRate, c.line.loud.Load()*frameTime.Milliseconds()
	})
}

// ring lets the telephone ring until it is to be answered; false when nobody does.
func (c *call) ring() bool {
	c.answer(180, "Ringing", "")
	c.x.log.change(c.entry, func(e *CallEntry) { e.Rang = true })
	wait := c.habit.ring
	if c.habit.never {
		wait = time.Hour
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if c.habit.rejects {
				c.refuse(603, Refused)
			}
			return !c.habit.rejects
		case s := <-c.signals:
			switch {
			case s == sigCancel:
				c.refuse(487, Nobody)
				return false
			case s == sigHangUp:
				c.byHand()
				c.refuse(603, Refused)
				return false
			case s == sigAnswer, strings.HasPrefix(string(s), string(sigPress)):
				c.byHand()
				return true
			}
		case <-c.x.ctx.Done():
			c.refuse(480, Unavailable)
			return false
		}
	}
}

func (c *call) byHand() {
	c.x.log.change(c.entry, func(e *CallEntry) { e.ByHand = true })
}

// pickUp answers and holds the call to its end.
func (c *call) pickUp() {
	l, err := openLine(c.x.keep)
	if err != nil {
		c.refuse(503, Unavailable)
		return
	}
	defer l.close()
	c.line = l
	greeting := c.greeting() // made now: afterwards every frame has its time
	did := Person
	if c.habit.machine {
		did = Machine
	}
	c.x.log.change(c.entry, func(e *CallEntry) { e.State, e.Answered, e.Did = Talking, time.Now().UnixNano(), did })
	l.begin(c.to)
	c.answer(200, "OK", describe(l.port()))
	c.target = fmt.Sprintf("sip:%s", c.peer)
	if contact := c.invite.Contact(); contact != nil {
		c.target = contact.Address.String()
	}
	c.from, c.toward = c.invite.To().Value()+";tag="+c.tag, c.invite.From().Value()
	c.talk(greeting)
}

func (c *call) greeting() []int16 {
	switch {
	case c.x.log.look(c.entry).ByHand:
		return nil
	case c.habit.machine:
		return c.x.sounds.greeting(c.number)
	}
	return c.x.sounds.hello(c.number)
}

// talk sends a frame every 20 ms until either side ends the call.
func (c *call) talk(greeting []int16) {
	m := newManners(c.habit)
	m.byHand = c.x.log.look(c.entry).ByHand
	tick := time.NewTicker(frameTime)
	defer tick.Stop()
	loud, frames, begun := int64(0), 0, time.Now()
	for {
		select {
		case s := <-c.signals:
			if ended, left := c.hear(s, m); ended {
				c.end(left)
				return
			}
		case <-c.x.ctx.Done():
			c.end(true)
			return
		case <-tick.C:
			for ; time.Since(begun) >= time.Duration(frames)*frameTime; frames++ { // a machine that is busy must not slow the telephone down
				if !c.acked && frames%25 == 24 {
					c.x.send(c.peer, *c.last.Load())
				}
				spoke := c.line.loud.Load() > loud
				if spoke {
					loud++
				}
				if c.do(m.step(spoke, c.line.saying()), greeting) {
					c.end(true)
					return
				}
				c.line.send()
			}
		}
	}
}

// hear takes a signal; ended is true when the call is over, and left when it was ended here.
func (c *call) hear(s signal, m *manners) (ended, left bool) {
	switch {
	case s == sigAck:
		c.acked = true
	case s == sigBye:
		return true, false
	case s == sigHangUp:
		c.byHand()
		return true, true
	case strings.HasPrefix(string(s), string(sigPress)):
		c.byHand()
		m.byHand = true
		c.press(s[len(sigPress)])
	}
	return false, false
}

// do carries out what the telephone does by itself; true when it puts itself down.
func (c *call) do(d deed, greeting []int16) (over bool) {
	switch {
	case d.greet:
		c.line.say(greeting)
	case d.beep:
		c.line.say(beepOf(c.number))
	case d.press != 0:
		c.press(d.press)
	}
	return d.leave
}

func (c *call) press(key byte) {
	c.line.press(key, c.habit.inBand)
	c.x.log.change(c.entry, func(e *CallEntry) { e.Keys += string(key) })
}

// end ends an answered call; left when the telephone does so, which it tells the other side.
func (c *call) end(left bool) {
	c.over(Person, left)
	if !left {
		return
	}
	c.seq++
	c.ask("BYE", c.target, "", c.seq)
}

// ask sends a request in the dialog and repeats it until it is answered (section 17.1.2).
func (c *call) ask(method, target, body string, seq int) *sip.Response {
	b := c.request(method, target, body, sip.GenerateBranch(), seq)
	pause := 500 * time.Millisecond
	for range 4 {
		c.x.send(c.peer, b)
		wait := time.NewTimer(pause)
		select {
		case r := <-c.answers:
			if string(r.CSeq().MethodName) == method {
				wait.Stop()
				return r
			}
		case <-wait.C:
		}
		wait.Stop()
		pause *= 2
	}
	return nil
}

func (c *call) request(method, target, body, branch string, seq int) []byte {
	kind := ""
	if body != "" {
		kind = "Content-Type: application/sdp\r\n"
	}
	return fmt.Appendf(nil, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;branch=%s;rport\r\nMax-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\n"+
		"CSeq: %d %s\r\nContact: <sip:%s@127.0.0.1:%d>\r\n%sContent-Length: %d\r\n\r\n%s",
		method, target, c.x.port, branch, c.from, c.toward, c.id, seq, method, formatNumber(c.number), c.x.port, kind, len(body), body)
}
