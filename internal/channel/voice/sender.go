package voice

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/phone"
)

// Codes of failures that do not come from the carrier.
const (
	codeExpired   = "expired"        // its time was over before it could be dialled
	codeCancelled = "cancelled"      // ctx was done before it rang
	codeClosed    = "closed"         // the sender is closed
	codeDown      = "down"           // the trunk cannot take a call now
	codeForbidden = "may not dial"   // emergency, premium, satellite, or a country that is not allowed
	codeSpeech    = "no speech"      // the message could not be rendered
	ringDefault   = 25 * time.Second // five rings in Belgium; voicemails take over at about twenty seconds
)

// Options are what a Sender needs besides its trunk.
type Options struct {
	Scripts   *Scripts
	Listener  func() Listener  // makes the listener of one call; nil: every answer is taken for a person's
	Ring      time.Duration    // how long a telephone may ring; 0: 25 s
	Countries []string         // ISO 3166 countries that may be dialled; nil: every one
	Logger    *slog.Logger     // nil: slog.Default()
	Now       func() time.Time // whether a message expired; nil: time.Now
}

// Sender calls people over one trunk. It implements channel.Sender and is safe for concurrent use.
//
// It keeps the trunk's lines full and never above, and never calls one number twice at once: the second waits without holding a line. A
// context that is cancelled ends waiting and ringing at once. A call that was answered goes on, except that channel.ErrStopped as cause is said and
// the call ended. What may never be dialled is refused here once more, whatever was checked before.
type Sender struct {
	trunk Trunk
	o     Options
	lines lines
	turns turns

	closing chan struct{}      // closed by Close: nothing new begins
	cut     context.Context    // done when Close gave up: every call ends
	cutNow  context.CancelFunc //
	mu      sync.Mutex
	closed  bool
	open    sync.WaitGroup // hand-overs that are not settled; added to under mu
}

var _ channel.Sender = (*Sender)(nil)

// NewSender makes a Sender. The trunk stays its maker's, who closes it after the Sender.
func NewSender(trunk Trunk, o Options) *Sender {
	if o.Ring <= 0 {
		o.Ring = ringDefault
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Sender{trunk: trunk, o: o, closing: make(chan struct{})}
	s.lines.most = trunk.Lines
	s.cut, s.cutNow = context.WithCancel(context.Background())
	return s
}

// Window is how many lines the trunk has.
func (s *Sender) Window() int { return s.trunk.Lines() }

// Up tells whether the trunk can take a call now.
func (s *Sender) Up() bool { return !s.isClosing() && s.trunk.Up() }

func (s *Sender) isClosing() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// Close begins no new call and waits for those that are out. When ctx is done first it ends them, and says so by ctx's error. Everything is
// settled when it returns.
func (s *Sender) Close(ctx context.Context) error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.closing)
	}
	s.mu.Unlock()
	gone := make(chan struct{})
	go func() {
		s.open.Wait()
		close(gone)
	}()
	var err error
	select {
	case <-gone:
	case <-ctx.Done():
		err = ctx.Err()
	}
	s.cutNow()
	<-gone
	return err
}

// enter registers a hand-over; false when the sender is closed.
func (s *Sender) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.open.Add(1)
	return true
}

// betweenCalls is how long a telephone rests between two calls that waited for each other: it may not be put down yet.
const betweenCalls = 2 * time.Second

// Send implements channel.Sender. It waits for a free line, unless the number is being called now: then it returns at once, and the call
// follows when the one before has ended.
func (s *Sender) Send(ctx context.Context, m *channel.Message, settle func(channel.Result)) {
	if f := s.obstacle(ctx, m); f != nil {
		settle(channel.Result{Failure: f})
		return
	}
	if !s.enter() {
		settle(channel.Result{Failure: s.ended()})
		return
	}
	h := &hand{s: s, ctx: ctx, m: m, settle: settle}
	comes := s.turns.take(m.To)
	if comes == nil {
		h.begin()
		return
	}
	go func() {
		select {
		case <-comes:
			wait(ctx, betweenCalls) // cancelled or not, begin knows what to do
			h.begin()
		case <-ctx.Done():
			s.turns.leave(m.To, comes)
			h.finish(channel.Result{Failure: s.ended()})
		case <-s.closing:
			s.turns.leave(m.To, comes)
			h.finish(channel.Result{Failure: s.ended()})
		}
	}()
}

// obstacle says why m cannot be called now, nil when it can.
func (s *Sender) obstacle(ctx context.Context, m *channel.Message) *channel.Failure {
	switch {
	case ctx.Err() != nil, s.isClosing():
		return s.ended()
	case !m.Expires.IsZero() && !s.o.Now().Before(m.Expires):
		return &channel.Failure{Reason: buurtbel.Rejected, Code: codeExpired}
	case !s.mayDial(m.To):
		return &channel.Failure{Reason: buurtbel.InvalidAddress, Code: codeForbidden}
	case !s.trunk.Up():
		return &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Code: codeDown}
	}
	return nil
}

func (s *Sender) mayDial(to string) bool {
	n, err := phone.Parse(to, "")
	return err == nil && (s.o.Countries == nil || n.Allowed(s.o.Countries) == nil)
}

// ended is the failure of a call that nothing was done for.
func (s *Sender) ended() *channel.Failure {
	code := codeCancelled
	if s.isClosing() {
		code = codeClosed
	}
	return &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Code: code}
}

// hand is one hand-over that has the turn at its number.
type hand struct {
	s      *Sender
	ctx    context.Context
	m      *channel.Message
	settle func(channel.Result)
}

func (h *hand) finish(r channel.Result) {
	h.settle(r)
	h.s.open.Done()
}

// begin waits for a line and leaves the call to a goroutine of its own.
func (h *hand) begin() {
	if !h.s.lines.take(h.ctx, h.s.closing) {
		h.s.turns.give(h.m.To)
		h.finish(channel.Result{Failure: h.s.ended()})
		return
	}
	go func() {
		result := h.call()
		h.s.lines.give()
		h.s.turns.give(h.m.To)
		h.finish(result)
	}()
}

// call renders, dials and speaks.
func (h *hand) call() channel.Result {
	if f := h.s.obstacle(h.ctx, h.m); f != nil {
		return channel.Result{Failure: f}
	}
	ctx, cancel := context.WithCancelCause(h.ctx)
	defer cancel(nil)
	defer context.AfterFunc(h.s.cut, func() { cancel(h.s.cut.Err()) })()
	script, err := h.s.o.Scripts.of(ctx, h.m.Content)
	if err != nil {
		return channel.Result{Failure: h.unrendered(ctx, err)}
	}
	call, refusal := h.dial(ctx)
	if refusal != nil {
		return h.refused(ctx, refusal)
	}
	return h.talk(call, script)
}

// How long a hand-over that has a line waits for the trunk to have it too, and how often it looks.
const (
	lineComes = 10 * time.Second
	lineLook  = 50 * time.Millisecond
)

// dial places the call. A trunk counts a line as taken until the carrier has acknowledged the end of its call, so the line that came free here
// may take a moment to be free there.
func (h *hand) dial(ctx context.Context) (Call, *Refusal) {
	for until := time.Now().Add(lineComes); ; {
		call, refusal := h.s.trunk.Dial(ctx, h.m.To, h.ring())
		if refusal == nil || refusal.Code != CodeNoLine || time.Now().After(until) || !wait(ctx, lineLook) {
			return call, refusal
		}
	}
}

// wait lets time pass; false when ctx is done first.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (h *hand) unrendered(ctx context.Context, err error) *channel.Failure {
	if ctx.Err() != nil {
		return h.s.ended()
	}
	h.s.o.Logger.ErrorContext(ctx, "message could not be spoken", "error", err)
	return &channel.Failure{Reason: buurtbel.Other, Temporary: true, Code: codeSpeech}
}

// ring is how long the telephone may ring: a message that expires meanwhile is not answered any more.
func (h *hand) ring() time.Duration {
	if h.m.Expires.IsZero() {
		return h.s.o.Ring
	}
	return max(time.Second, min(h.s.o.Ring, h.m.Expires.Sub(h.s.o.Now())))
}

// refused says what a call came to that nobody answered. A telephone that rang has reached its member as far as we can know (rule 2).
func (h *hand) refused(ctx context.Context, r *Refusal) channel.Result {
	switch {
	case r.Rang:
		reason := r.Reason
		if reason != buurtbel.LineBusy && reason != buurtbel.Rejected {
			reason = buurtbel.NoAnswer
		}
		return channel.Result{State: buurtbel.Rang, Reason: reason}
	case ctx.Err() != nil && !r.Uncertain:
		return channel.Result{Failure: h.s.ended()}
	}
	return channel.Result{Failure: &channel.Failure{Reason: r.Reason, Temporary: r.Temporary || r.Uncertain, Uncertain: r.Uncertain, After: r.After, Code: r.Code}}
}

// talk speaks to who or what answered.
func (h *hand) talk(call Call, script *Script) channel.Result {
	answered := time.Now()
	head := NewDialogue(h.m.Slow, answered)
	var listener Listener
	if h.s.o.Listener != nil {
		listener = h.s.o.Listener()
	}
	stop, release := stopped(h.ctx)
	converse(h.s.cut, call, script, head, listener, stop)
	release()
	end := head.Ending()
	return channel.Result{State: end.State(), Seconds: seconds(time.Since(answered)), OptOut: end.OptOut, Parts: 1}
}

// stopped gives what is closed once ctx is cancelled because of channel.ErrStopped.
func stopped(ctx context.Context) (<-chan struct{}, func() bool) {
	stop := make(chan struct{})
	return stop, context.AfterFunc(ctx, func() {
		if errors.Is(context.Cause(ctx), channel.ErrStopped) {
			close(stop)
		}
	})
}

// seconds counts a begun second whole, as carriers do.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
