package sip

import (
	"errors"
	"strings"
	"time"

	"github.com/emiago/sipgo"
	gosip "github.com/emiago/sipgo/sip"
)

// handle says what answers which request.
func (t *Trunk) handle(server *sipgo.Server) {
	server.OnInvite(t.onInvite)
	server.OnAck(t.onAck)
	server.OnBye(t.onBye)
	server.OnUpdate(t.onUpdate)
	server.OnCancel(func(req *gosip.Request, tx gosip.ServerTransaction) { t.respond(req, tx, 481) }) // one that fits is the library's
	server.OnInfo(t.onInCall)
	server.OnNotify(t.onInCall)
	server.OnOptions(func(req *gosip.Request, tx gosip.ServerTransaction) { t.respond(req, tx, 200) })
	server.OnNoRoute(func(req *gosip.Request, tx gosip.ServerTransaction) { t.respond(req, tx, 405) })
}

// respond answers with a bare status.
func (t *Trunk) respond(req *gosip.Request, tx gosip.ServerTransaction, status int, headers ...gosip.Header) {
	res := gosip.NewResponseFromRequest(req, status, reasonPhrase(status), nil)
	if status == 200 || status == 405 {
		res.AppendHeader(gosip.NewHeader("Allow", allowed))
	}
	for _, h := range headers {
		res.AppendHeader(h)
	}
	if err := tx.Respond(res); err != nil {
		t.log.Debug("answer not sent", "method", string(req.Method), "status", status, "error", err)
	}
}

func reasonPhrase(status int) string {
	switch status {
	case 100:
		return "Trying"
	case 180:
		return "Ringing"
	case 200:
		return "OK"
	}
	return standardPhrase(status)
}

// inCall tells whether a request says that it belongs to a call (RFC 3261 section 12.2.2).
func inCall(req *gosip.Request) bool {
	to := req.To()
	return to != nil && to.Params.Has("tag")
}

func (t *Trunk) onInvite(req *gosip.Request, tx gosip.ServerTransaction) {
	if inCall(req) {
		t.onReInvite(req, tx)
		return
	}
	switch {
	case req.CallID() == nil || req.From() == nil || req.CSeq() == nil || req.Contact() == nil:
		t.respond(req, tx, 400)
	case !t.trusts(req.Source()):
		t.respond(req, tx, 403)
	case t.answer == nil:
		t.respond(req, tx, 480)
	case headerValue(req, "Require") != "" && !strings.EqualFold(headerValue(req, "Require"), "timer"):
		t.respond(req, tx, 420, gosip.NewHeader("Unsupported", headerValue(req, "Require")))
	case !t.takeIncoming():
		t.respond(req, tx, 486)
	default:
		t.pickUp(req, tx)
	}
}

// pickUp answers a call that came in, and hands it over when the other side has acknowledged.
func (t *Trunk) pickUp(req *gosip.Request, tx gosip.ServerTransaction) {
	defer t.loop.Done()
	t.respond(req, tx, 100)
	s, err := openStream(t.local.Addr(), t.cfg.rtp, t.clock)
	if err != nil {
		t.log.Error("no socket for sound", "error", err)
		t.respond(req, tx, 500)
		t.release(false)
		return
	}
	c := t.newCall(s, false, *req.CallID())
	req = req.Clone()
	req.To().Params.Add("tag", c.tag)
	c.accept(req)
	t.remember(c)
	open, err := c.pickUp(req, tx)
	if err != nil {
		t.log.Debug("call that came in ended before it began", "error", err)
		c.finish(false)
		return
	}
	if !c.acknowledged(tx, open) {
		c.finish(true)
		return
	}
	t.answer(c.ctx, t.callerOf(req), c)
	c.finish(true)
}

// accept makes the dialog of a call that came in (section 12.1.1).
func (c *call) accept(req *gosip.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	us := req.To().AsFrom()
	them := req.From().AsTo()
	c.from, c.to = &us, &them
	c.target = *req.Contact().Address.Clone()
	c.routes = routesOf(req, false)
	c.theirs = req.CSeq().SeqNo
	c.seq = 1
}

// pickUp rings and answers at once.
func (c *call) pickUp(req *gosip.Request, tx gosip.ServerTransaction) (*answered, error) {
	ours := c.ours()
	late := len(req.Body()) == 0
	if !late {
		offer, err := readSession(req.Body())
		if err == nil {
			ours, err = ours.answer(offer)
		}
		if err == nil {
			err = c.agree(req.Body())
		}
		if err != nil {
			c.t.respond(req, tx, 488)
			return nil, err
		}
	}
	c.t.respond(req, tx, 180, c.t.contact.Clone())
	open, err := c.accepted(req, tx, c.describe(ours), late)
	if err == nil && !late {
		c.begin()
	}
	return open, err
}

// answered is a 2xx of ours that waits for its ACK.
type answered struct {
	ok   *gosip.Response
	late bool          // it made the offer; the answer comes with the ACK
	ack  chan struct{} // closed when the ACK came
}

// accepted sends a 2xx to an INVITE and expects its ACK.
func (c *call) accepted(req *gosip.Request, tx gosip.ServerTransaction, body []byte, late bool) (*answered, error) {
	a := &answered{ok: c.okWith(req, body), late: late, ack: make(chan struct{})}
	c.mu.Lock()
	c.open = a
	c.mu.Unlock()
	return a, tx.Respond(a.ok)
}

// okWith makes the 200 with a description, and keeps a session timer that the other side refreshes (RFC 4028 section 9).
func (c *call) okWith(req *gosip.Request, body []byte) *gosip.Response {
	res := gosip.NewResponseFromRequest(req, 200, "OK", nil)
	res.AppendHeader(c.t.contact.Clone())
	res.AppendHeader(gosip.NewHeader("Allow", allowed))
	if expires := headerValue(req, "Session-Expires"); expires != "" && !strings.Contains(expires, "refresher=uas") {
		interval, _, _ := strings.Cut(expires, ";")
		res.AppendHeader(gosip.NewHeader("Require", "timer"))
		res.AppendHeader(gosip.NewHeader("Session-Expires", interval+";refresher=uac"))
	}
	if body != nil {
		res.AppendHeader(gosip.NewHeader("Content-Type", "application/sdp"))
	}
	res.SetBody(body)
	return res
}

// acknowledged repeats the 2xx until its ACK comes (RFC 3261 section 13.3.1.4); false when none came, or the call ended.
func (c *call) acknowledged(tx gosip.ServerTransaction, a *answered) bool {
	pause := gosip.T1
	again := time.NewTimer(pause)
	defer again.Stop()
	end := time.NewTimer(64 * gosip.T1)
	defer end.Stop()
	for {
		select {
		case <-a.ack:
			return true
		case <-again.C:
			if err := tx.Respond(a.ok); err != nil {
				c.t.log.Debug("answer not repeated", "error", err)
			}
			pause = min(2*pause, gosip.T2)
			again.Reset(pause)
		case <-end.C:
			return false
		case <-c.ctx.Done():
			return false
		case <-c.t.ctx.Done():
			return false
		}
	}
}

func (t *Trunk) onAck(req *gosip.Request, _ gosip.ServerTransaction) {
	c := t.callOf(req)
	if c == nil {
		return
	}
	c.mu.Lock()
	a := c.open
	c.open = nil
	c.mu.Unlock()
	if a == nil {
		return
	}
	if a.late {
		if err := c.agree(req.Body()); err != nil {
			t.log.Debug("late offer was not answered", "error", err)
			c.finish(true)
			return
		}
		c.begin()
	}
	close(a.ack)
}

func (t *Trunk) onBye(req *gosip.Request, tx gosip.ServerTransaction) {
	c := t.callOf(req)
	if c == nil {
		t.respond(req, tx, 481)
		return
	}
	t.respond(req, tx, 200)
	c.finish(false)
}

func (t *Trunk) onInCall(req *gosip.Request, tx gosip.ServerTransaction) {
	if t.callOf(req) == nil {
		t.respond(req, tx, 481)
		return
	}
	t.respond(req, tx, 200)
}

// onReInvite answers a change of the session: hold, another address, or only a sign of life (section 14.2).
func (t *Trunk) onReInvite(req *gosip.Request, tx gosip.ServerTransaction) {
	c := t.callOf(req)
	if c == nil || req.CSeq() == nil {
		t.respond(req, tx, 481)
		return
	}
	body, err := c.change(req)
	if err != nil {
		t.respond(req, tx, statusOfChange(err))
		return
	}
	open, err := c.accepted(req, tx, body, len(req.Body()) == 0)
	if err != nil {
		t.log.Debug("change of a call", "error", err)
		return
	}
	if !c.acknowledged(tx, open) {
		c.finish(true)
	}
}

// onUpdate does the same without ACK (RFC 3311).
func (t *Trunk) onUpdate(req *gosip.Request, tx gosip.ServerTransaction) {
	c := t.callOf(req)
	if c == nil || req.CSeq() == nil {
		t.respond(req, tx, 481)
		return
	}
	var body []byte
	if len(req.Body()) > 0 {
		var err error
		if body, err = c.change(req); err != nil {
			t.respond(req, tx, statusOfChange(err))
			return
		}
	}
	if err := tx.Respond(c.okWith(req, body)); err != nil {
		t.log.Debug("change of a call", "error", err)
	}
}

var errOld = errors.New("sip: a request that is older than the last")

func statusOfChange(err error) int {
	if errors.Is(err, errOld) {
		return 500
	}
	return 488
}

// change takes a new offer, or none, and gives our description.
func (c *call) change(req *gosip.Request) ([]byte, error) {
	c.mu.Lock()
	old := c.theirs > req.CSeq().SeqNo
	c.theirs = max(c.theirs, req.CSeq().SeqNo)
	c.mu.Unlock()
	if old {
		return nil, errOld
	}
	c.retarget(req.Contact())
	ours := c.ours()
	if len(req.Body()) > 0 {
		offer, err := readSession(req.Body())
		if err != nil {
			return nil, err
		}
		if ours, err = ours.answer(offer); err != nil {
			return nil, err
		}
		if err := c.agree(req.Body()); err != nil {
			return nil, err
		}
	}
	return c.describe(ours), nil
}

// callerOf gives the caller's number, "" when it is withheld. The network's word (RFC 3325) counts more than the telephone's.
func (t *Trunk) callerOf(req *gosip.Request) string {
	if p := strings.ToLower(headerValue(req, "Privacy")); strings.Contains(p, "id") || strings.Contains(p, "user") {
		return ""
	}
	for _, h := range req.GetHeaders("P-Asserted-Identity") {
		if n := t.cfg.readCaller(userPart(h.Value())); n != "" {
			return n
		}
	}
	from := req.From().Address
	return t.cfg.readCaller(from.User) // "anonymous" is no number
}

// userPart finds the user or the number in `"Name" <sip:+32…@host;user=phone>` or `tel:+32…`.
func userPart(s string) string {
	at := strings.Index(s, "<")
	s = s[at+1:]
	for _, scheme := range []string{"sip:", "sips:", "tel:"} {
		rest, ok := strings.CutPrefix(strings.TrimSpace(s), scheme)
		if !ok {
			continue
		}
		if end := strings.IndexAny(rest, "@;>"); end >= 0 {
			rest = rest[:end]
		}
		return rest
	}
	return ""
}
