// Package gateway carries short messages over the HTTP interface of any provider: the configuration says how a request is made of a message, how its
// answer is read, and how receipts and texts that the provider brings are read. No provider is known by name.
//
// It decides nothing about who gets a message, when it is tried again or by which carrier; it keeps nothing. Templates cannot read files or the
// environment; they, the paths and the tables are tried before anything is sent. Redirects are not followed and no proxy is asked.
// Only HTTP/1.1 is spoken, because there one connection carries one request at a time and it is known whether a byte of it was written.
//
// Always true:
//   - settle is called exactly once for each Send, with a Failure that is Uncertain exactly when the provider may have the message;
//   - a request is sent a second time by itself only when not a byte of it was written;
//   - a request of the provider is answered with 200 only after all its events were stored;
//   - keys, numbers and texts never reach a log or an error; errors of the HTTP library hold addresses and are never passed on.
package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/gsm"
)

// Options is what a Gateway needs beside its configuration.
type Options struct {
	Logger *slog.Logger     // nil for none
	Arrive channel.Arrive   // takes receipts and texts; nil refuses them all for now
	Now    func() time.Time // nil for time.Now; only what the calendar decides (expiry, validity, age of a signature) asks it
	Public string           // what our own addresses begin with, such as "https://buurtbel.example.org"; for templates that name them
}

// Gateway is a channel.Sender. All its methods may be called from any goroutine.
type Gateway struct {
	cfg      Config
	made     *compiled
	log      *slog.Logger
	arrive   channel.Arrive
	now      func() time.Time
	callback string
	tls      *tls.Config
	wire     *http.Transport
	limit    *sms.Rate
	text     atomic.Pointer[shared]

	room    chan struct{} // one token per request that is open
	paused  sms.Pause     // the provider asked for it
	down    atomic.Bool   // no connection could be made; a probe tries
	closing chan struct{} // closed by Close: no new messages
	cut     context.Context
	cutNow  context.CancelFunc // ends every request at once
	closed  sync.Once
	drain   sync.Mutex
	drained bool
	probes  sync.WaitGroup
}

var _ channel.Sender = (*Gateway)(nil)

// compiled is what a Config becomes before it is used.
type compiled struct {
	composer *composer
	answer   answer
	proof    proof
	receipts receiptShape
	texts    textShape
}

func compile(c *Config) (*compiled, error) {
	var f findings
	c.limits(&f)
	m := &compiled{composer: f.composer(c), answer: f.answer(c), proof: f.proof(&c.Proof), receipts: f.receipts(&c.Receipt), texts: f.texts(&c.Incoming)}
	if len(f) == 0 {
		m.composer.try(&f, c)
	}
	return m, errors.Join(f...)
}

// Open makes a Gateway. It opens no connection: the first message does. The error is only ever one of cfg.
func Open(ctx context.Context, cfg Config, o Options) (*Gateway, error) {
	cfg.Fill()
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	made, err := compile(&cfg)
	if err != nil {
		return nil, err
	}
	g := &Gateway{cfg: cfg, made: made, log: o.Logger, arrive: o.Arrive, now: o.Now, room: make(chan struct{}, cfg.Window), closing: make(chan struct{})}
	if g.log == nil {
		g.log = slog.New(slog.DiscardHandler)
	}
	g.log = g.log.With("carrier", cfg.Name)
	if g.now == nil {
		g.now = time.Now
	}
	if cfg.PathSecret != "" {
		g.callback = strings.TrimSuffix(o.Public, "/") + Root + cfg.Name + "/" + cfg.PathSecret + "/"
	}
	g.limit = sms.NewRate(cfg.MaxPerSecond, 1)
	if g.tls, err = channel.TLS(cfg.TLSCA, cfg.TLSServerName); err != nil {
		return nil, err
	}
	g.wire = g.transport()
	g.cut, g.cutNow = context.WithCancel(ctx)
	return g, nil
}

// Window is how many requests may be open at once.
func (g *Gateway) Window() int { return g.cfg.Window }

// Limit sets how many messages a second go at most, where the contract has a limit: nodes that have the same account share it. 0: none for now.
func (g *Gateway) Limit(perSecond int) { g.limit.Limit(perSecond) }

// Up tells whether the provider can take a message now: it could be connected to, is not closing, not without a share, and did not ask for a pause.
func (g *Gateway) Up() bool {
	return !g.down.Load() && !g.limit.Resting() && !g.isClosing() && g.cut.Err() == nil && g.paused.Left() <= 0
}

func (g *Gateway) isClosing() bool {
	select {
	case <-g.closing:
		return true
	default:
		return false
	}
}

// Close takes no more messages, waits until the open requests are answered, and ends the connections. What is open when ctx is done settles as
// Uncertain; then Close gives ctx's error. It may be called more than once. Receipts and texts are taken in as long as the handler is served.
func (g *Gateway) Close(ctx context.Context) error {
	g.closed.Do(func() { close(g.closing) })
	stop := context.AfterFunc(ctx, g.cutNow)
	g.drain.Lock()
	if !g.drained {
		for range cap(g.room) {
			g.room <- struct{}{} // every request ends, at the latest when it is cut or its time is over
		}
		g.drained = true
	}
	g.drain.Unlock()
	inTime := stop()
	g.cutNow()
	g.probes.Wait()
	g.wire.CloseIdleConnections()
	if !inTime {
		return fmt.Errorf("close carrier %s: %w", g.cfg.Name, ctx.Err())
	}
	return nil
}

// counted is a text with what it takes.
type counted struct {
	text     string
	encoding gsm.Encoding
	parts    int
}

// shared is the last text that all recipients have in common.
type shared struct {
	content *channel.Content // held, so that its address cannot come back as another content
	counted
}
