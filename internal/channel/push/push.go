// Package push is the channel that hands messages to the push services of browser makers (RFC 8030), sealed for one browser each (RFC 8291,
// aes128gcm of RFC 8188) and signed with our own key (VAPID, RFC 8292).
//
// A Pusher keeps a bounded number of requests open. It does not retry and removes no subscription: it says in a channel.Result what happened,
// by the table in verdict.go. A push service learns when we write to which browser, never what.
//
// Endpoints come from strangers, so no request goes to an address of this machine or of a private network: see guard.go.
//
// What is always true: settle is called exactly once for each Send; a failure is Uncertain if and only if the request was written and no answer to
// it came; no endpoint, key or text stands in a log line, a Failure or an error.
package push

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// Options are what the program gives besides the configuration.
type Options struct {
	Logger *slog.Logger     // nil: slog.Default()
	Now    func() time.Time // how long a message still holds; nil: time.Now
}

// Pusher hands messages to push services. It implements channel.Sender and is safe for concurrent use.
type Pusher struct {
	cfg    Config
	keys   *Keys
	log    *slog.Logger
	now    func() time.Time
	client *http.Client
	room   chan struct{} // one token per hand-over that is open
	resting
	hosts hosts
	lifetime
}

var _ channel.Sender = (*Pusher)(nil)

// Open reads the key. It fails when cfg is wrong or the key cannot be read; it connects to nothing.
func Open(ctx context.Context, cfg Config, o Options) (*Pusher, error) {
	cfg = cfg.withDefaults()
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	keys, err := OpenKeys(cfg.KeyFile)
	if err != nil {
		return nil, err
	}
	p := &Pusher{cfg: cfg, keys: keys, log: o.Logger, now: o.Now, client: newClient(cfg), room: make(chan struct{}, cfg.Window)}
	if p.log == nil {
		p.log = slog.Default()
	}
	if p.now == nil {
		p.now = time.Now
	}
	p.log = p.log.With("carrier", cfg.Name)
	p.lifetime.begin(ctx)
	return p, nil
}

// PublicKey is what browsers need to subscribe: base64url of the point (applicationServerKey).
func (p *Pusher) PublicKey() string { return p.keys.Public() }

// Window is how many hand-overs may be open at once.
func (p *Pusher) Window() int { return p.cfg.Window }

// Up tells whether Close was not called. There is no one carrier behind pushes that could be down: each push service answers for itself, and
// one that asks for rest gets it without holding back the others.
func (p *Pusher) Up() bool { return !p.closing() }

// Send implements channel.Sender.
func (p *Pusher) Send(ctx context.Context, m *channel.Message, settle func(channel.Result)) {
	select {
	case <-ctx.Done():
		settle(channel.Result{Failure: ended("canceled")})
		return
	case <-p.quit:
		settle(channel.Result{Failure: ended("closed")})
		return
	case p.room <- struct{}{}:
	}
	if !p.enter() {
		<-p.room
		settle(channel.Result{Failure: ended("closed")})
		return
	}
	go func() {
		settle(p.carry(ctx, m))
		<-p.room
		p.leave()
	}()
}

// Close begins nothing new and waits for the requests that are under way. When ctx ends first they are cut, what was written is settled as
// uncertain, and the error is that of ctx. It may be called more than once.
func (p *Pusher) Close(ctx context.Context) error {
	defer p.client.CloseIdleConnections()
	if err := p.lifetime.end(ctx); err != nil {
		return fmt.Errorf("close carrier %s: %w", p.cfg.Name, err)
	}
	return nil
}

// lifetime counts what is open, so that nothing is left unsettled at the end.
type lifetime struct {
	mu   sync.Mutex
	over bool
	open int
	quit chan struct{} // closed when nothing new begins
	gone chan struct{} // closed when moreover nothing is open
	cut  context.Context
	stop context.CancelFunc // ends every request at once
}

func (l *lifetime) begin(ctx context.Context) {
	l.quit, l.gone = make(chan struct{}), make(chan struct{})
	l.cut, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, l.shut)
}

func (l *lifetime) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return false
	}
	l.open++
	return true
}

func (l *lifetime) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open--; l.over && l.open == 0 {
		close(l.gone)
	}
}

func (l *lifetime) shut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return
	}
	l.over = true
	close(l.quit)
	if l.open == 0 {
		close(l.gone)
	}
}

func (l *lifetime) closing() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.over
}

func (l *lifetime) end(ctx context.Context) error {
	l.shut()
	defer l.stop()
	select {
	case <-l.gone:
		return nil
	case <-ctx.Done():
		l.stop()
		<-l.gone
		return context.Cause(ctx)
	}
}

// ended is the failure of a message that nothing was done for.
func ended(code string) *channel.Failure {
	return &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Code: code}
}
