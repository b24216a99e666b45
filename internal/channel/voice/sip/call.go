package sip

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// allowed are the methods that we answer within a call.
const allowed = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO"

// call is one dialog (RFC 3261 section 12) with its sound.
type call struct {
	t        *Trunk
	stream   *stream
	outgoing bool
	id       gosip.CallIDHeader
	tag      string // ours

	ctx  context.Context // done when the call has ended
	end  context.CancelFunc
	once sync.Once

	mu      sync.Mutex // guards what follows
	from    *gosip.FromHeader
	to      *gosip.ToHeader
	target  gosip.Uri
	routes  []string
	seq     uint32 // of our last request
	theirs  uint32 // of the other side's last INVITE or UPDATE
	invite  gosip.Transaction
	version int
	open    *answered // our last 2xx, until it is acknowledged
	started bool

	session int64 // of our descriptions
	timer   *time.Timer
}

var _ voice.Call = (*call)(nil)

func (t *Trunk) newCall(s *stream, outgoing bool, id gosip.CallIDHeader) *call {
	c := &call{t: t, stream: s, outgoing: outgoing, id: id, tag: randomWord(), session: rand.Int64N(1 << 53)}
	c.ctx, c.end = context.WithCancel(context.Background())
	return c
}

func (c *call) key() string { return string(c.id) + " " + c.tag }

// Play sends sound; see voice.Call.
func (c *call) Play(ctx context.Context, a voice.Audio) error { return c.stream.play(ctx, a) }

// Heard gives the other side's sound; see voice.Call.
func (c *call) Heard() <-chan voice.Audio { return c.stream.heard }

// Keys gives the keys that the other side presses; see voice.Call.
func (c *call) Keys() <-chan byte { return c.stream.keys }

// Done is closed when the call ends.
func (c *call) Done() <-chan struct{} { return c.ctx.Done() }

// HangUp ends the call.
func (c *call) HangUp() { c.finish(true) }

// begin starts the sound of a call that was answered, once.
func (c *call) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.started || c.ctx.Err() != nil {
		return
	}
	c.started = true
	c.stream.begin()
	c.timer = time.AfterFunc(c.t.cfg.LongestCall, c.HangUp)
}

// finish ends the call once; bye tells the other side. The line is free when the other side knows.
func (c *call) finish(bye bool) {
	c.once.Do(func() {
		c.stream.end()
		c.end()
		c.mu.Lock()
		if c.timer != nil {
			c.timer.Stop()
		}
		c.mu.Unlock()
		go func() {
			defer c.t.release(c.outgoing)
			if bye {
				c.sayBye()
			}
			c.t.forget(c)
			if c.invite != nil {
				c.invite.Terminate()
			}
		}()
	})
}

// sayBye sends BYE and waits for its answer, a few seconds at most: the other side may be gone.
func (c *call) sayBye() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*c.t.cfg.AnswerTimeout)
	defer cancel()
	if res, err := c.t.do(ctx, c.request(gosip.BYE)); err != nil {
		c.t.log.Debug("the other side did not answer our goodbye", "error", err)
	} else if !res.IsSuccess() {
		c.t.log.Debug("the other side knows no such call any more", "status", res.StatusCode)
	}
}

// request makes a request within the dialog (RFC 3261 section 12.2.1.1).
func (c *call) request(method gosip.RequestMethod) *gosip.Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	req := gosip.NewRequest(method, *c.target.Clone())
	req.SetTransport(strings.ToUpper(c.t.cfg.Transport))
	for _, r := range c.routes {
		req.AppendHeader(gosip.NewHeader("Route", r))
	}
	if method != gosip.ACK {
		c.seq += 2 // credentials raise it by one
	}
	hops := gosip.MaxForwardsHeader(70)
	id := c.id
	req.AppendHeader(&hops)
	req.AppendHeader(gosip.HeaderClone(c.from))
	req.AppendHeader(gosip.HeaderClone(c.to))
	req.AppendHeader(&id)
	req.AppendHeader(&gosip.CSeqHeader{SeqNo: c.seq, MethodName: method})
	req.AppendHeader(c.t.contact.Clone())
	req.SetBody(nil)
	return req
}

// ours is what we can do with sound in this call.
func (c *call) ours() session {
	s := session{keys: typeKeys, sends: true, receives: true}
	for _, name := range c.t.cfg.Codecs {
		s.payloads = append(s.payloads, payloadOf[name])
	}
	port := c.stream.local().Port()
	s.at = addrPort(c.t.public, port)
	return s
}

// describe writes a description with the next version.
func (c *call) describe(s session) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.version++
	return s.write(c.session, c.version)
}

// routesOf reads the way back that the proxies between us noted: for who placed the call the last one comes first.
func routesOf(m interface {
	GetHeaders(string) []gosip.Header
}, outgoing bool) []string {
	var list []string
	for _, h := range m.GetHeaders("Record-Route") {
		for one := range strings.SplitSeq(h.Value(), ",") { // no address in a route holds a comma
			list = append(list, strings.TrimSpace(one))
		}
	}
	if outgoing {
		slices.Reverse(list)
	}
	return list
}

// retarget follows the other side to its new address (section 12.2.1.2).
func (c *call) retarget(contact *gosip.ContactHeader) {
	if contact == nil || contact.Address.Host == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.target = *contact.Address.Clone()
}

// agree reads the other side's description of what both use.
func (c *call) agree(body []byte) error {
	theirs, err := readSession(body)
	if err != nil {
		return err
	}
	both, err := c.ours().answer(theirs)
	if err != nil {
		return err
	}
	theirs.payloads = both.payloads
	c.stream.agree(theirs)
	return nil
}

// acknowledge sends the ACK of a 2xx (section 13.2.2.4).
func (c *call) acknowledge(invite *gosip.Request) error {
	ack := c.request(gosip.ACK)
	ack.CSeq().SeqNo = invite.CSeq().SeqNo
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		if h := invite.GetHeader(name); h != nil {
			ack.AppendHeader(gosip.HeaderClone(h))
		}
	}
	if err := c.t.client.WriteRequest(ack, c.t.prepare); err != nil {
		return fmt.Errorf("sip: ACK: %w", err)
	}
	return nil
}
