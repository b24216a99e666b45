// Package email is the channel that hands mails to a mail server by SMTP (RFC 5321).
//
// A Mailer keeps a few connections open and sends each mail in an envelope of its own: exactly one RCPT, and a To field with the member's mailbox
// and nothing else, so that no member can see another's address. What all mails of an alert have in common is encoded once (package mailtext).
// It does not retry, suppress dead addresses or read bounces; it says in a channel.Result what happened, by the table in verdict.go.
//
// The dialogue is our own because the contract needs what the libraries hide: whether the final dot was written when a connection was lost, which command the
// answer belongs to, one deadline for each step, replies of bounded size, and PIPELINING (RFC 2920) from the end of one mail into the envelope of the next, which
// net/smtp, go-smtp and go-mail do not do and which halves the time and the system calls for a mail. TLS is crypto/tls, SASL is go-sasl, DKIM is go-msgauth.
//
// What is always true: settle is called exactly once for each Send; a failure is Uncertain if and only if the final dot may have reached the server and no answer
// to it came; no address, text or password stands in a log line, a Failure or an error.
package email

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// Options are what the program gives besides the configuration.
type Options struct {
	Logger *slog.Logger     // nil: slog.Default()
	Now    func() time.Time // the Date of a mail, and whether it expired; nil: time.Now
	// Hurried gives a channel that is closed when mails that are not urgent may go on, and nil when they need not rest. nil: they never rest.
	Hurried func() <-chan struct{}
}

// Mailer hands mails to one mail server. It implements channel.Sender and is safe for concurrent use.
type Mailer struct {
	cfg    Config
	tls    *tls.Config
	sign   signer // nil: no DKIM
	log    *slog.Logger
	now    func() time.Time
	letter templates

	hurried func() <-chan struct{}

	room    chan struct{} // one token per hand-over that is open
	urgent  chan *job     // has room for all tokens, so that putting a job in never blocks
	routine chan *job

	quit    chan struct{} // closed by Close: nothing new begins
	cut     context.Context
	cutNow  context.CancelFunc // ends every connection at once
	opening context.Context    //nolint:containedctx // ends when nothing new begins: connections that are being made are given up
	noMore  context.CancelFunc
	closing sync.Once
	gone    chan struct{} // closed when every goroutine has ended

	health health
}

var _ channel.Sender = (*Mailer)(nil)

// Open starts the connections' goroutines. It fails when cfg is wrong or the DKIM key cannot be read, never because a server is down. When ctx is done
// the Mailer begins nothing new, as by Close.
func Open(ctx context.Context, cfg Config, o Options) (*Mailer, error) {
	m, err := newMailer(ctx, cfg, o)
	if err == nil {
		m.start(ctx, m.probe)
	}
	return m, err
}

func newMailer(ctx context.Context, cfg Config, o Options) (*Mailer, error) {
	cfg = cfg.withDefaults()
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	m := &Mailer{cfg: cfg, log: o.Logger, now: o.Now, quit: make(chan struct{}), gone: make(chan struct{})}
	if m.log == nil {
		m.log = slog.Default()
	}
	if m.now == nil {
		m.now = time.Now
	}
	if m.hurried = o.Hurried; m.hurried == nil {
		m.hurried = func() <-chan struct{} { return nil }
	}
	m.log = m.log.With("carrier", cfg.Name)
	var err error
	if m.tls, err = cfg.tlsConfig(); err != nil {
		return nil, err
	}
	if m.sign, err = cfg.DKIM.signer(); err != nil {
		return nil, err
	}
	m.letter = templates{cfg: &m.cfg}
	m.health.wakeups = make(chan struct{}, 1)
	m.room = make(chan struct{}, cfg.Window)
	m.urgent = make(chan *job, cfg.Window)
	m.routine = make(chan *job, cfg.Window)
	m.cut, m.cutNow = context.WithCancel(context.WithoutCancel(ctx))
	m.opening, m.noMore = context.WithCancel(m.cut)
	return m, nil
}

// start runs the couriers and more. When all have ended nothing is left unsettled.
func (m *Mailer) start(ctx context.Context, more ...func()) {
	var all sync.WaitGroup
	for range m.cfg.Connections {
		all.Go(func() { (&courier{m: m}).run() })
	}
	for _, run := range more {
		all.Go(run)
	}
	stop := context.AfterFunc(ctx, m.shut)
	go func() {
		all.Wait()
		stop()
		m.cutNow()
		m.refuseQueued()
		close(m.gone)
	}()
}

// Window is how many mails may be open at once.
func (m *Mailer) Window() int { return m.cfg.Window }

// Up tells whether the server took the last connection, or none was tried yet, and Close was not called. While it is down the Mailer tries again by itself, and
// settles at once what it is given.
func (m *Mailer) Up() bool { return m.health.up() && !m.stopping() }

// Fit tells whether a mail with content c can be made and is small enough. The error is a sentence for who wrote c.
func (m *Mailer) Fit(c *channel.Content) error {
	_, err := m.letter.prepare(c)
	return err
}

// Close begins nothing new, waits for the mails that are under way, and ends the connections. What waited in the queue is settled as Unreachable. When
// ctx ends first the connections are cut, what was under way is settled as uncertain, and the error is that of ctx. It may be called more than once.
func (m *Mailer) Close(ctx context.Context) error {
	m.shut()
	select {
	case <-m.gone:
		return nil
	case <-ctx.Done():
		m.cutNow()
		<-m.gone
		return fmt.Errorf("close carrier %s: %w", m.cfg.Name, context.Cause(ctx))
	}
}

func (m *Mailer) shut() {
	m.closing.Do(func() {
		close(m.quit)
		m.noMore()
		m.refuseQueued()
	})
}

// isUrgent tells which of the two queues a class waits in: no alert, correction or code is ever behind a bulletin.
func isUrgent(c buurtbel.Class) bool { return c <= buurtbel.ClassCode }
