package sip

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

const (
	firstPause = 500 * time.Millisecond
	mostPause  = 30 * time.Second
)

// registration is the state of keepUp.
type registration struct {
	callID  gosip.CallIDHeader
	tag     string
	seq     uint32
	lasts   time.Duration // what the carrier grants
	refresh time.Time
}

// keepUp registers, asks whether the carrier is there, and tries again, until the trunk is closed.
func (t *Trunk) keepUp() {
	r := &registration{callID: gosip.CallIDHeader(randomWord()), tag: randomWord(), lasts: t.cfg.RegisterEvery}
	pause := firstPause
	for t.ctx.Err() == nil {
		t.lookUp(t.ctx)
		err := t.greet(t.ctx, r)
		if t.up.Swap(err == nil) != (err == nil) {
			t.log.Info("carrier", "up", err == nil)
		}
		wait := t.cfg.PingEvery
		if t.cfg.Register {
			wait = min(wait, max(r.refresh.Sub(t.now()), firstPause))
		}
		if err != nil {
			t.log.Warn("carrier does not take calls", "error", err)
			r.refresh = time.Time{} // what began anew has forgotten us
			wait = pause * time.Duration(75+rand.IntN(50)) / 100
			pause = min(2*pause, mostPause)
		} else {
			pause = firstPause
		}
		select {
		case <-time.After(wait):
		case <-t.kick:
		case <-t.ctx.Done():
		}
	}
	t.up.Store(false)
}

// suspect is called when a call got no answer at all: no other is placed until the carrier has answered a question.
func (t *Trunk) suspect() {
	t.up.Store(false)
	select {
	case t.kick <- struct{}{}:
	default:
	}
}

// greet registers when it is time, else it asks whether the carrier is there.
func (t *Trunk) greet(ctx context.Context, r *registration) error {
	ctx, cancel := context.WithTimeout(ctx, t.cfg.AnswerTimeout)
	defer cancel()
	if t.cfg.Register && !t.now().Before(r.refresh) {
		return t.register(ctx, r)
	}
	return t.ping(ctx)
}

// ping sends OPTIONS (RFC 3261 section 11). Any answer says that the carrier lives, except that it cannot serve.
func (t *Trunk) ping(ctx context.Context) error {
	req := t.request(gosip.OPTIONS, gosip.Uri{Scheme: "sip", Host: t.cfg.Domain})
	t.address(req, randomWord(), gosip.CallIDHeader(randomWord()), 1)
	res, err := t.do(ctx, req)
	if err != nil {
		return err
	}
	if res.StatusCode >= 500 && res.StatusCode != 501 {
		return fmt.Errorf("sip: OPTIONS: %d %s", res.StatusCode, standardPhrase(res.StatusCode))
	}
	return nil
}

// address puts our own address as From and To.
func (t *Trunk) address(req *gosip.Request, tag string, id gosip.CallIDHeader, seq uint32) {
	us := gosip.Uri{Scheme: "sip", User: t.accountName(), Host: t.cfg.Domain}
	from := &gosip.FromHeader{Address: us}
	from.Params.Add("tag", tag)
	to := us
	if req.Method == gosip.OPTIONS {
		to.User = ""
	}
	req.AppendHeader(from)
	req.AppendHeader(&gosip.ToHeader{Address: to})
	req.AppendHeader(&id)
	req.AppendHeader(&gosip.CSeqHeader{SeqNo: seq, MethodName: req.Method})
	req.AppendHeader(t.contact.Clone())
	req.SetBody(nil)
}

// register tells the carrier where we are (RFC 3261 section 10.2).
func (t *Trunk) register(ctx context.Context, r *registration) error {
	for range 2 {
		res, err := t.sendRegister(ctx, r, r.lasts)
		if err != nil {
			return err
		}
		switch {
		case res.StatusCode == 423:
			least, err := strconv.ParseUint(headerValue(res, "Min-Expires"), 10, 31)
			if err != nil {
				return fmt.Errorf("sip: REGISTER: 423 without a time")
			}
			r.lasts = time.Duration(least) * time.Second
			continue
		case !res.IsSuccess():
			return fmt.Errorf("sip: REGISTER: %d %s", res.StatusCode, standardPhrase(res.StatusCode))
		}
		r.refresh = t.now().Add(granted(res, t.contact.Address, r.lasts) * 3 / 4)
		return nil
	}
	return fmt.Errorf("sip: REGISTER: 423 Interval Too Brief")
}

func (t *Trunk) sendRegister(ctx context.Context, r *registration, lasts time.Duration) (*gosip.Response, error) {
	req := t.request(gosip.REGISTER, gosip.Uri{Scheme: "sip", Host: t.cfg.Domain})
	r.seq += 10 // credentials raise it by one each time
	t.address(req, r.tag, r.callID, r.seq)
	expires := gosip.ExpiresHeader(lasts / time.Second)
	req.AppendHeader(&expires)
	return t.do(ctx, req)
}

// granted is how long the carrier keeps our address: of our Contact when it says so there, else of the answer.
func granted(res *gosip.Response, us gosip.Uri, asked time.Duration) time.Duration {
	least := asked
	if n, err := strconv.ParseUint(headerValue(res, "Expires"), 10, 31); err == nil {
		least = time.Duration(n) * time.Second
	}
	port := ":" + strconv.Itoa(us.Port)
	for _, h := range res.GetHeaders("Contact") {
		for one := range strings.SplitSeq(h.Value(), ",") {
			_, rest, found := strings.Cut(strings.ToLower(one), ";expires=")
			if !found || !strings.Contains(one, us.Host+port) {
				continue
			}
			digits, _, _ := strings.Cut(rest, ";")
			if n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 31); err == nil {
				least = time.Duration(n) * time.Second
			}
		}
	}
	return max(min(least, asked), 4*time.Second)
}

// unregister gives up the registration; a carrier that does not hear it finds out when it ends.
func (t *Trunk) unregister(ctx context.Context) {
	if !t.cfg.Register {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, t.cfg.AnswerTimeout)
	defer cancel()
	r := &registration{callID: gosip.CallIDHeader(randomWord()), tag: randomWord()}
	if _, err := t.sendRegister(ctx, r, 0); err != nil {
		t.log.Debug("the registration was not given up", "error", err)
	}
}
