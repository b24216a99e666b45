package outside

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// SMSC is a carrier for short messages: SMPP 3.4 on a loopback port, a log that is the truth, and telephones that answer.
type SMSC struct {
	opts   Options
	faults *misbehaviour
	log    *smsLog
	phones *phones // nil in bench mode
	counts counts
	done   chan struct{}
	tasks  sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener // nil while restarting
	port     int
	sessions map[*session]struct{}
	accounts map[string]*account
	conns    uint16
}

// counts is what GET /counts shows; all since the start of the program.
type counts struct {
	submits, taken, throttled, refused    atomic.Int64
	receipts, answered, repeated, dropped atomic.Int64
	binds, conns                          atomic.Int64
	mails, mailsRefused                   atomic.Int64
}

func newSMSC(opts Options, log *smsLog, faults *misbehaviour, phones *phones) *SMSC {
	return &SMSC{opts: opts, log: log, faults: faults, phones: phones, done: make(chan struct{}),
		sessions: map[*session]struct{}{}, accounts: map[string]*account{}}
}

// start listens on 127.0.0.1. Port 0 takes a free one.
func (c *SMSC) start(ctx context.Context, port int) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return fmt.Errorf("listen for SMPP: %w", err)
	}
	c.mu.Lock()
	c.listener, c.port = l, l.Addr().(*net.TCPAddr).Port
	c.mu.Unlock()
	c.tasks.Go(func() { c.accept(l) })
	return nil
}

func (c *SMSC) accept(l net.Listener) {
	for {
		nc, err := l.Accept()
		if err != nil {
			return // closed: the only way it ends
		}
		s := c.enter(nc)
		if s == nil {
			continue
		}
		c.tasks.Go(s.write)
		c.tasks.Go(s.read)
	}
}

// enter makes a session of a connection, or closes it when the SMSC is ending.
func (c *SMSC) enter(nc net.Conn) *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.done:
		nc.Close()
		return nil
	default:
	}
	c.conns++
	c.counts.conns.Add(1)
	s := newSession(c, nc, c.conns)
	c.sessions[s] = struct{}{}
	return s
}

func (c *SMSC) leave(s *session) {
	c.mu.Lock()
	delete(c.sessions, s)
	c.mu.Unlock()
}

// account is the ESME with that system id; receipts and texts wait there for a connection that may receive.
func (c *SMSC) account(systemID string) *account {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.accounts[systemID]
	if a == nil {
		a = newAccount(c)
		c.accounts[systemID] = a
		c.tasks.Go(a.pump)
	}
	return a
}

// anyAccount is where a text goes that no account was named for: the only one, or the first by name.
func (c *SMSC) anyAccount() *account {
	c.mu.Lock()
	defer c.mu.Unlock()
	name, found := "", (*account)(nil)
	for n, a := range c.accounts {
		if found == nil || n < name {
			name, found = n, a
		}
	}
	return found
}

// drop closes every connection without a word, as a cable that is cut.
func (c *SMSC) drop() {
	c.mu.Lock()
	list := make([]*session, 0, len(c.sessions))
	for s := range c.sessions {
		list = append(list, s)
	}
	c.mu.Unlock()
	for _, s := range list {
		s.close()
	}
}

var errRestarting = errors.New("the SMSC is restarting")

// restart closes the port and all connections, and opens the same port again after the pause.
func (c *SMSC) restart(ctx context.Context, pause time.Duration) error {
	c.mu.Lock()
	l, port := c.listener, c.port
	c.listener = nil
	c.mu.Unlock()
	if l == nil {
		return errRestarting
	}
	if err := l.Close(); err != nil {
		return fmt.Errorf("close the SMPP port: %w", err)
	}
	c.drop()
	select {
	case <-time.After(pause):
	case <-c.done:
		return nil
	}
	return c.start(context.WithoutCancel(ctx), port)
}

// stop ends everything and waits for it.
func (c *SMSC) stop() {
	c.mu.Lock()
	close(c.done)
	l := c.listener
	c.mu.Unlock()
	if l != nil {
		l.Close()
	}
	c.drop()
	c.tasks.Wait()
}

var errNobody = errors.New("nobody has bound yet")

// write lets the telephone number send a text to the ESME; to "" is who wrote to it last, or the number of the service.
// The channel closes once every part was answered with status 0.
func (c *SMSC) write(number uint64, to, text string) (<-chan struct{}, error) {
	var a *account
	if c.phones != nil {
		last, name := c.phones.lastSender(number)
		if to == "" {
			to = last
		}
		if name != "" {
			a = c.account(name)
		}
	}
	if a == nil {
		a = c.anyAccount()
	}
	if a == nil {
		return nil, errNobody
	}
	if to == "" {
		to = c.opts.Service
	}
	m := newIncoming()
	if c.phones != nil {
		m.bubble = c.phones.wrote(number, to, text)
	}
	parts := writeParts(text, byte(m.ref))
	m.left.Store(int32(len(parts)))
	for _, p := range parts {
		a.push(item{number: number, plus: true, peer: to, numberTON: 1, numberNPI: 1, peerTON: 1, peerNPI: 1, part: &p, incoming: m})
	}
	return m.done, nil
}
