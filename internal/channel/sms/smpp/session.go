// Package smpp carries short messages over SMPP 3.4: one account at one carrier is one Session, which binds as transceiver, stays bound, hands
// messages over within the carrier's window and takes receipts and texts in.
//
// It decides nothing about who gets a message, when it is tried again or by which carrier; it keeps nothing beyond the connection.
// Passwords, numbers and texts never reach its log or its errors.
//
// Always true:
//   - a message is entered in the table of open answers before its octets are handed to the socket, so that no answer is ever unexpected;
//   - settle is called exactly once for each Send, with a Failure that is Uncertain exactly when the carrier may have the message or a part of it;
//   - deliver_sm and data_sm are answered only after the event was stored; when it could not be, the carrier is asked to try again.
//
// A text of several parts is settled once. When every part was accepted its Refs stand in the order of the parts. When every part was refused
// the first refusal is the Failure. When some were accepted and others not, the Failure is Uncertain, with the reason of the first part that
// was not accepted, and Refs holds the ids that are known ("" for the others): the phone shows an incomplete text at best, so it must go again,
// and the double must be named. A part that is throttled goes again by itself, up to five times, because its neighbours may have been accepted.
package smpp

import (
	"context"
	"crypto/tls"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
)

// Options is what a Session needs beside its configuration.
type Options struct {
	Logger *slog.Logger     // nil for none
	Arrive channel.Arrive   // takes receipts and texts; nil refuses them all for now
	Now    func() time.Time // nil for time.Now; only what the calendar decides (expiry, validity) asks it
}

// Session is a channel.Sender. All its methods may be called from any goroutine.
type Session struct {
	cfg     Config
	log     *slog.Logger
	arrive  channel.Arrive
	now     func() time.Time
	tls     *tls.Config
	source  address
	window  *window
	limit   *sms.Rate
	text    encodedCache
	ref     atomic.Uint32 // reference of texts in several parts
	bound   atomic.Pointer[conn]
	down    atomic.Pointer[channel.Failure] // what a message gets while no connection is bound
	retryAt atomic.Int64                    // when the next connection is tried, Unix nanoseconds
	paused  sms.Pause                       // the carrier is too busy
	events  atomic.Int64                    // events waiting to be stored
	counts  counts

	closing   chan struct{} // closed by Close: no new messages
	closeOnce sync.Once
	stop      context.CancelFunc // ends run
	done      chan struct{}      // closed when run has ended
	upMu      sync.Mutex
	upChanged chan struct{} // closed and replaced whenever the session goes up
}

var _ channel.Sender = (*Session)(nil)

// Open starts a session and its first connection, and returns at once: a carrier that is down is no error, it is tried again from 0.1 s to
// 15 s apart until ctx is done or Close is called. The error is only ever one of cfg.
func Open(ctx context.Context, cfg Config, options Options) (*Session, error) {
	cfg.Fill()
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	settings, err := cfg.tlsConfig()
	if err != nil {
		return nil, err
	}
	cfg.zone, err = time.LoadLocation(cfg.ReceiptZone)
	if err != nil {
		return nil, err
	}
	s := newSession(cfg, settings, options)
	ctx, s.stop = context.WithCancel(ctx)
	go s.run(ctx)
	return s, nil
}

func newSession(cfg Config, settings *tls.Config, options Options) *Session {
	s := &Session{
		cfg: cfg, tls: settings, log: options.Logger, arrive: options.Arrive, now: options.Now,
		source:  sourceAddress(&cfg),
		window:  newWindow(cfg.Window),
		limit:   sms.NewRate(cfg.MaxPerSecond, cfg.MaxParts),
		closing: make(chan struct{}), done: make(chan struct{}), upChanged: make(chan struct{}),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.log = s.log.With("carrier", cfg.Name)
	if s.now == nil {
		s.now = time.Now
	}
	s.down.Store(&channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Code: "not connected yet"})
	return s
}

// Window is how many submit_sm may be open at once. A text of n parts takes n of them.
func (s *Session) Window() int { return s.cfg.Window }

// Limit sets how many parts a second go at most, where the contract has a limit: nodes that have the same account share it. 0: none for now.
func (s *Session) Limit(perSecond int) { s.limit.Limit(perSecond) }

// Up tells whether the carrier can take a message now: bound, not closing, not without a share, and not pausing because it was too fast.
func (s *Session) Up() bool {
	return s.bound.Load() != nil && !s.limit.Resting() && !s.isClosing() && s.paused.Left() <= 0
}

func (s *Session) isClosing() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// WaitUp waits until the session is bound, ctx is done (its error) or the session is closed (ErrClosed).
func (s *Session) WaitUp(ctx context.Context) error {
	for {
		s.upMu.Lock()
		changed := s.upChanged
		s.upMu.Unlock()
		if s.bound.Load() != nil {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.closing:
			return ErrClosed
		case <-s.done:
			return ErrClosed
		}
	}
}

// goUp makes c the connection that messages take.
func (s *Session) goUp(c *conn) {
	s.bound.Store(c)
	s.upMu.Lock()
	close(s.upChanged)
	s.upChanged = make(chan struct{})
	s.upMu.Unlock()
}

// Close takes no more messages, waits until the open ones are answered and the events that came in are stored, unbinds and ends the
// connection. What is open when ctx is done settles as Uncertain; then Close gives ctx's error. It may be called more than once.
func (s *Session) Close(ctx context.Context) error {
	s.closeOnce.Do(func() { close(s.closing) })
	err := s.drain(ctx)
	if c := s.bound.Load(); c != nil && err == nil {
		c.unbind(ctx)
	}
	s.stop()
	<-s.done
	return err
}

// drain waits until nothing is open.
func (s *Session) drain(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for s.window.used() > 0 || s.bound.Load() != nil && s.events.Load() > 0 {
		select {
		case <-tick.C:
		case <-s.done: // nothing answers any more; all has settled
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
