package sip

import (
	"context"
	"net/netip"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

func addrPort(a netip.Addr, port uint16) netip.AddrPort { return netip.AddrPortFrom(a, port) }

// attempt is a call that was placed and not answered yet.
type attempt struct {
	t    *Trunk
	c    *call
	req  *gosip.Request
	tx   gosip.ClientTransaction
	rang bool // 180 to 183 came
	word bool // anything came: from now on it can be cancelled (RFC 3261 section 9.1)
	auth int  // times we showed credentials
}

// dial places a call; the line is taken. On refusal the line is given back as soon as the carrier has nothing open any more.
func (t *Trunk) dial(ctx context.Context, to string, ring time.Duration) (*call, *voice.Refusal) {
	s, err := openStream(t.local.Addr(), t.cfg.rtp, t.clock)
	if err != nil {
		t.release(true)
		t.log.Error("no socket for sound", "error", err)
		return nil, &voice.Refusal{Reason: buurtbel.Unreachable, Temporary: true, Code: "no port for sound"}
	}
	c := t.newCall(s, true, gosip.CallIDHeader(randomWord()))
	a := &attempt{t: t, c: c, req: t.invite(c, to)}
	sending, cancel := context.WithTimeout(ctx, t.cfg.AnswerTimeout)
	defer cancel()
	a.tx, err = t.client.TransactionRequest(sending, a.req, t.prepare)
	if err != nil {
		c.finish(false)
		t.suspect()
		return nil, lost(false, err)
	}
	t.remember(c)
	r := a.wait(ctx, ring)
	if a.rang {
		t.rings.Add(-1)
	}
	if r != nil {
		return nil, r
	}
	return c, nil
}

// invite makes the INVITE (section 13.2.1), with our number as who calls.
func (t *Trunk) invite(c *call, to string) *gosip.Request {
	callee := gosip.Uri{Scheme: "sip", User: t.cfg.written(to), Host: t.cfg.Domain}
	target := callee
	target.UriParams.Add("user", "phone")
	req := t.request(gosip.INVITE, target)
	us := gosip.Uri{Scheme: "sip", User: t.cfg.written(t.cfg.Caller), Host: t.cfg.Domain}
	c.from = &gosip.FromHeader{Address: us}
	c.from.Params.Add("tag", c.tag)
	c.to, c.target, c.seq = &gosip.ToHeader{Address: callee}, target, 1
	id := c.id
	req.AppendHeader(gosip.HeaderClone(c.from))
	req.AppendHeader(gosip.HeaderClone(c.to))
	req.AppendHeader(&id)
	req.AppendHeader(&gosip.CSeqHeader{SeqNo: c.seq, MethodName: gosip.INVITE})
	req.AppendHeader(t.contact.Clone())
	req.AppendHeader(gosip.NewHeader("P-Asserted-Identity", "<"+us.String()+">")) // RFC 3325
	req.AppendHeader(gosip.NewHeader("Allow", allowed))
	req.AppendHeader(gosip.NewHeader("Content-Type", "application/sdp"))
	req.SetBody(c.describe(c.ours()))
	return req
}

// wait waits for an answer. nil says that the call was answered and is under way.
func (a *attempt) wait(ctx context.Context, ring time.Duration) *voice.Refusal {
	silent := time.NewTimer(a.t.cfg.AnswerTimeout)
	defer silent.Stop()
	limit := time.NewTimer(ring)
	defer limit.Stop()
	for {
		select {
		case res := <-a.tx.Responses():
			silent.Stop()
			if a.hear(res) {
				limit.Reset(ring)
			}
			if res.IsProvisional() {
				continue
			}
			if again, r := a.final(ctx, res); !again {
				return r
			}
			silent.Reset(a.t.cfg.AnswerTimeout)
		case <-a.tx.Done():
			a.c.finish(false)
			a.t.suspect()
			return lost(a.rang, a.tx.Err())
		case <-silent.C:
			a.t.suspect()
			go a.abandon()
			return lost(a.rang, errSilent)
		case <-limit.C:
			return a.giveUp(true)
		case <-ctx.Done():
			return a.giveUp(false)
		case <-a.t.ctx.Done():
			return a.giveUp(false)
		}
	}
}

// hear notes what an answer tells; true when the telephone began to ring with it.
func (a *attempt) hear(res *gosip.Response) bool {
	a.word = true
	if rings := res.StatusCode >= 180 && res.StatusCode <= 183; !rings || a.rang {
		return false
	}
	a.rang = true
	a.t.rings.Add(1)
	return true
}

// final reads a final answer. again says that the call was placed anew, with credentials.
func (a *attempt) final(ctx context.Context, res *gosip.Response) (again bool, r *voice.Refusal) {
	if res.IsSuccess() {
		return false, a.answered(res)
	}
	if a.t.asked(res) && a.auth < 2 {
		a.auth++
		a.tx.Terminate()
		tx, err := a.t.client.TransactionDigestAuth(ctx, a.req, res, a.t.credentials())
		if err == nil {
			a.tx, a.word = tx, false
			return true, nil
		}
		a.c.finish(false)
		return false, &voice.Refusal{Reason: buurtbel.Credentials, Code: "the carrier's question could not be answered"}
	}
	a.c.finish(false) // the transaction lives on to answer repetitions (Timer D)
	return false, refusal(res, a.rang)
}

// answered begins the call: the ACK first, so that the other side's timers rest.
func (a *attempt) answered(res *gosip.Response) *voice.Refusal {
	a.join(res)
	if err := a.c.acknowledge(a.req); err != nil {
		a.c.finish(true)
		return lost(a.rang, err)
	}
	if err := a.c.agree(res.Body()); err != nil {
		a.t.log.Warn("call answered without sound for us", "error", err)
		a.c.finish(true)
		return &voice.Refusal{Reason: buurtbel.Rejected, Rang: a.rang, Code: "no common sound"}
	}
	a.c.begin()
	return nil
}

// join makes the dialog (section 12.1.2), and answers repetitions of the 2xx with another ACK.
func (a *attempt) join(res *gosip.Response) {
	c := a.c
	c.mu.Lock()
	if to := res.To(); to != nil {
		c.to = &gosip.ToHeader{Address: *to.Address.Clone(), Params: to.Params.Clone()}
	}
	c.routes = routesOf(res, true)
	c.seq = a.req.CSeq().SeqNo
	c.invite = a.tx
	c.mu.Unlock()
	c.retarget(res.Contact())
	a.tx.OnRetransmission(func(*gosip.Response) {
		if err := c.acknowledge(a.req); err != nil {
			a.t.log.Debug("repeated ACK", "error", err)
		}
	})
}

// giveUp stops the ringing. When late is set the time to ring is over, and who answers in that same moment is still taken.
func (a *attempt) giveUp(late bool) *voice.Refusal {
	r := &voice.Refusal{Reason: buurtbel.NoAnswer, Rang: a.rang, Temporary: true, Code: "487 Request Terminated"}
	if !a.word {
		go a.abandon()
		return r
	}
	if err := a.cancel(); err != nil {
		go a.abandon()
		return lost(a.rang, err)
	}
	wait := time.NewTimer(a.t.cfg.AnswerTimeout)
	defer wait.Stop()
	for {
		select {
		case res := <-a.tx.Responses():
			if res.IsProvisional() {
				a.hear(res)
				continue
			}
			if res.IsSuccess() && late {
				return a.answered(res)
			}
			r.Rang = a.rang
			a.close(res)
			return r
		case <-a.tx.Done():
			a.c.finish(false)
			return lost(a.rang, a.tx.Err())
		case <-wait.C:
			a.t.suspect()
			go a.abandon()
			return lost(a.rang, errSilent)
		}
	}
}

// close ends an attempt that nobody waits for any more: a 2xx that crossed our CANCEL is acknowledged and hung up (section 15).
func (a *attempt) close(res *gosip.Response) {
	if !res.IsSuccess() {
		a.c.finish(false)
		return
	}
	a.join(res)
	if err := a.c.acknowledge(a.req); err != nil {
		a.t.log.Debug("ACK of a call given up", "error", err)
	}
	a.c.finish(true)
}

// abandon sees an attempt to its end after everybody left: whatever comes, the telephone is not to ring on. It takes Timer B at most.
func (a *attempt) abandon() {
	wait := time.NewTimer(gosip.Timer_B)
	defer wait.Stop()
	cancelled := false
	for {
		select {
		case res := <-a.tx.Responses():
			if !res.IsProvisional() {
				a.close(res)
				return
			}
			if !cancelled {
				cancelled = true
				if err := a.cancel(); err != nil {
					a.t.log.Debug("cancelling a call given up", "error", err)
				}
			}
			continue
		case <-a.tx.Done():
		case <-wait.C:
		}
		a.tx.Terminate()
		a.c.finish(false)
		return
	}
}

// cancel sends CANCEL (section 9.1): the same Via, From, To, Call-ID and number as the INVITE, and the same way.
func (a *attempt) cancel() error {
	inv := a.req
	req := gosip.NewRequest(gosip.CANCEL, *inv.Recipient.Clone())
	req.SetTransport(strings.ToUpper(a.t.cfg.Transport))
	req.SetDestination(a.t.cfg.server)
	req.Laddr = inv.Laddr
	hops := gosip.MaxForwardsHeader(70)
	req.AppendHeader(inv.Via().Clone())
	req.AppendHeader(&hops)
	req.AppendHeader(gosip.HeaderClone(inv.From()))
	req.AppendHeader(gosip.HeaderClone(inv.To()))
	req.AppendHeader(gosip.HeaderClone(inv.CallID()))
	req.AppendHeader(&gosip.CSeqHeader{SeqNo: inv.CSeq().SeqNo, MethodName: gosip.CANCEL})
	req.SetBody(nil)
	ctx, cancel := context.WithTimeout(context.Background(), a.t.cfg.AnswerTimeout)
	tx, err := a.t.client.TransactionRequest(ctx, req, asIs)
	if err != nil {
		cancel()
		return err
	}
	go func() { // the INVITE's own answer is what counts; this one only has to be taken
		defer cancel()
		defer tx.Terminate()
		select {
		case <-tx.Responses():
		case <-tx.Done():
		case <-ctx.Done():
		}
	}()
	return nil
}
