// Package sip carries calls over SIP (RFC 3261) with G.711 sound over RTP (RFC 3550): one contract with one carrier is one Trunk, which
// registers or is known by its address, asks whether the carrier is there, places calls, and takes those that come in.
//
// It decides nothing about who is called, when again, or what is said; it records nothing. It has no SRTP, no RTCP, no codec but G.711, follows
// no redirection and transfers no call. Numbers, passwords and the carrier's own words never reach its log or its errors.
//
// Always true:
//   - emergency lines, premium and service numbers, satellite telephones and countries that are not allowed are never dialled, whoever asks;
//   - a Trunk never has more calls out than Lines, the ringing ones and those that are being given up included; calls that come in have a
//     bound of their own and take no outgoing line;
//   - every call presents Config.Caller, unless the carrier is known not to present it (Config.Shown);
//   - a telephone that rings for nobody any more is told so at once, and one that was answered in that same moment is hung up;
//   - frames leave by one clock with absolute deadlines, so that a long message does not drift.
package sip

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo"
	gosip "github.com/emiago/sipgo/sip"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// Options is what a Trunk needs beside its configuration.
type Options struct {
	Logger *slog.Logger     // nil for none
	Answer voice.Answer     // takes calls that come in; nil: nobody is there (480)
	Now    func() time.Time // nil for time.Now; only the age of a registration asks it
}

// Trunk is a voice.Trunk. All its methods may be called from any goroutine.
type Trunk struct {
	cfg    Config
	log    *slog.Logger
	answer voice.Answer
	now    func() time.Time

	ua      *sipgo.UserAgent
	client  *sipgo.Client
	local   netip.AddrPort // where we listen for SIP
	public  netip.Addr     // our address as the carrier sees it
	contact gosip.ContactHeader
	closers []func() error

	clock *clock
	up    atomic.Bool
	rings atomic.Int64
	peers atomic.Pointer[[]netip.Addr] // the addresses of Server
	kick  chan struct{}                // ask the carrier now whether it is there

	mu      sync.Mutex
	calls   map[string]*call // by key
	out, in int
	closed  bool

	ctx  context.Context // ends what rings and the questions to the carrier
	stop context.CancelFunc
	work sync.WaitGroup // calls, and goodbyes that are still being said
	loop sync.WaitGroup
}

var _ voice.Trunk = (*Trunk)(nil)

var hush = sync.OnceFunc(func() { gosip.SetDefaultLogger(slog.New(slog.DiscardHandler)) })

// Open starts listening and the first registration, and returns at once: a carrier that is down is no error, it is tried again from 0.5 s
// to 30 s apart until ctx is done or Close is called. The error is of cfg, or says that our own address cannot be used.
func Open(ctx context.Context, cfg Config, options Options) (*Trunk, error) {
	cfg.Fill()
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	hush() // the library logs whole messages, and numbers with them
	t := &Trunk{
		cfg: cfg, log: options.Logger, answer: options.Answer, now: options.Now,
		clock: newClock(), kick: make(chan struct{}, 1), calls: map[string]*call{},
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	t.log = t.log.With("carrier", cfg.Name)
	if t.now == nil {
		t.now = time.Now
	}
	if err := t.listen(); err != nil {
		return nil, errors.Join(err, t.shut())
	}
	t.ctx, t.stop = context.WithCancel(ctx)
	t.loop.Go(t.keepUp)
	return t, nil
}

// Lines is how many calls may be out at once.
func (t *Trunk) Lines() int { return t.cfg.Lines }

// Up tells whether the carrier can take a call now: registered, where that is agreed, and answering.
func (t *Trunk) Up() bool { return t.up.Load() && t.ctx.Err() == nil }

// Local is where the trunk takes SIP: address and port.
func (t *Trunk) Local() string { return t.local.String() }

// Stats is what a trunk is doing.
type Stats struct {
	Out     int // calls out: placed, ringing, answered, or being ended
	Ringing int // of them, telephones that ring
	In      int // calls in
}

// Stats tells what the trunk is doing now.
func (t *Trunk) Stats() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Stats{Out: t.out, In: t.in, Ringing: int(t.rings.Load())}
}

// Dial calls a number; see voice.Trunk. ring counts from the first ring; before it the carrier has as long again to find the telephone.
// A ring of 0 is Config.Ring.
func (t *Trunk) Dial(ctx context.Context, to string, ring time.Duration) (voice.Call, *voice.Refusal) {
	if r := t.cfg.refuse(to); r != nil {
		return nil, r
	}
	if ring <= 0 {
		ring = t.cfg.Ring
	}
	if r := t.takeLine(); r != nil {
		return nil, r
	}
	c, r := t.dial(ctx, to, ring)
	if r != nil {
		return nil, r
	}
	return c, nil
}

func (t *Trunk) takeLine() *voice.Refusal {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed || t.ctx.Err() != nil:
		return &voice.Refusal{Reason: buurtbel.Unreachable, Temporary: true, Code: "closed"}
	case t.out >= t.cfg.Lines:
		return &voice.Refusal{Reason: buurtbel.Throttled, Temporary: true, Code: voice.CodeNoLine}
	}
	t.out++
	t.work.Add(1)
	return nil
}

// takeIncoming counts a call that comes in; false when there are too many.
func (t *Trunk) takeIncoming() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || t.in >= t.cfg.Incoming {
		return false
	}
	t.in++
	t.work.Add(1)
	t.loop.Add(1)
	return true
}

func (t *Trunk) release(outgoing bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if outgoing {
		t.out--
	} else {
		t.in--
	}
	t.work.Done()
}

func (t *Trunk) remember(c *call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls[c.key()] = c
}

func (t *Trunk) forget(c *call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.calls, c.key())
}

// callOf finds the call that a request belongs to (RFC 3261 section 12).
func (t *Trunk) callOf(req *gosip.Request) *call {
	id, to := req.CallID(), req.To()
	if id == nil || to == nil {
		return nil
	}
	tag, _ := to.Params.Get("tag")
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.calls[id.Value()+" "+tag]
}

// Close ends every call and gives up the registration. It waits until the other sides know, at most until ctx is done; then it gives ctx's
// error. It may be called more than once.
func (t *Trunk) Close(ctx context.Context) error {
	t.mu.Lock()
	again := t.closed
	t.closed = true
	var open []*call
	for _, c := range t.calls {
		open = append(open, c)
	}
	t.mu.Unlock()
	t.stop() // ringing telephones stop
	for _, c := range open {
		c.HangUp()
	}
	ended := make(chan struct{})
	go func() {
		t.work.Wait()
		t.loop.Wait()
		close(ended)
	}()
	var err error
	select {
	case <-ended:
		if !again {
			t.unregister(ctx)
		}
	case <-ctx.Done():
		err = ctx.Err()
	}
	err = errors.Join(err, t.shut())
	<-ended // without a transport everything ends at once
	t.loop.Wait()
	return err
}

// shut closes what listen opened.
func (t *Trunk) shut() error {
	t.mu.Lock()
	list := t.closers
	t.closers = nil
	t.mu.Unlock()
	var errs []error
	for _, c := range list {
		if err := c(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
