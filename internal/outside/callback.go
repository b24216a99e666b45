package outside

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/emiago/sipgo/sip"
)

var errNoTrunk = errors.New("nobody has called yet: it is not known where calls to that number go")

// callBack lets a telephone call a number, that of the last call when to is empty; it gives the id of the call's entry.
func (x *exchange) callBack(number uint64, to string) (string, error) {
	trunk := x.trunk.Load()
	x.mu.Lock()
	if to == "" {
		to = x.called
	}
	x.mu.Unlock()
	if trunk == nil || to == "" {
		return "", errNoTrunk
	}
	l, err := openLine(x.keep)
	if err != nil {
		return "", err
	}
	e, _ := x.log.begin(CallEntry{Number: formatNumber(number), Peer: to, Back: true, ByHand: true, State: Ringing, At: time.Now().UnixNano()})
	c := newCall(x, number, e)
	c.line, c.peer, c.acked = l, *trunk, true
	c.target = fmt.Sprintf("sip:%s@%s", to, trunk)
	c.from = fmt.Sprintf("<sip:%s@127.0.0.1:%d>;tag=%s", formatNumber(number), x.port, c.tag)
	c.toward = fmt.Sprintf("<sip:%s@%s>", to, trunk)
	x.admit(rand.Text(), c)
	x.work.Go(c.made)
	return c.entryID, nil
}

// made is the life of a call that the telephone makes.
func (c *call) made() {
	defer c.x.ended(c)
	defer c.line.close()
	c.seq = 1
	branch := sip.GenerateBranch()
	r := c.place(branch)
	if r == nil || !r.IsSuccess() {
		did := Unavailable
		if r != nil {
			c.toward = r.To().Value()
			c.x.send(c.peer, c.request("ACK", c.target, "", branch, 1))
			if r.StatusCode == 486 {
				did = Busy
			}
		}
		c.over(did, false)
		return
	}
	c.toward = r.To().Value()
	if contact := r.Contact(); contact != nil {
		c.target = contact.Address.String()
	}
	c.x.send(c.peer, c.request("ACK", c.target, "", sip.GenerateBranch(), 1))
	to, ok := readOffer(string(r.Body()))
	if !ok {
		c.over(Unavailable, true)
		c.seq++
		c.ask("BYE", c.target, "", c.seq)
		return
	}
	c.x.log.change(c.entry, func(e *CallEntry) { e.State, e.Answered, e.Did = Talking, time.Now().UnixNano(), Person })
	c.line.begin(to)
	c.talk(nil)
}

// place sends the invite until it is answered for good; nil when nobody does, or the visitor gave up.
func (c *call) place(branch string) *sip.Response {
	b := c.request("INVITE", c.target, describe(c.line.port()), branch, 1)
	again := time.NewTicker(500 * time.Millisecond)
	defer again.Stop()
	patience := time.NewTimer(30 * time.Second)
	defer patience.Stop()
	c.x.send(c.peer, b)
	for word := false; ; {
		select {
		case r := <-c.answers:
			if !r.IsProvisional() {
				return r
			}
			word = true
			c.x.log.change(c.entry, func(e *CallEntry) { e.Rang = true })
		case <-again.C:
			if !word {
				c.x.send(c.peer, b)
			}
		case s := <-c.signals:
			if s == sigHangUp {
				c.x.send(c.peer, c.request("CANCEL", c.target, "", branch, 1))
			}
		case <-patience.C:
			return nil
		case <-c.x.ctx.Done():
			return nil
		}
	}
}
