package outside

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
)

const (
	lineMax = 4 << 10  // of a command; RFC 5321 section 4.5.3.1.4 asks for 512 and more with extensions
	mailMax = 25 << 20 // octets, told in EHLO (RFC 1870)
	headMax = 64 << 10 // octets of a mail's head that are looked at
)

// Mail is a mail server: ESMTP with PIPELINING on a loopback port, that takes everything for everyone.
type Mail struct {
	opts   Options
	log    *mailLog
	faults *misbehaviour
	boxes  *boxes // nil in bench mode
	counts *counts
	tls    *tls.Config // nil: no STARTTLS
	ca     []byte      // PEM
	tasks  sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener
	port     int
	open     map[net.Conn]struct{}
	conns    uint16
	ended    bool
}

func newMail(opts Options, log *mailLog, faults *misbehaviour, boxes *boxes, counts *counts) (*Mail, error) {
	m := &Mail{opts: opts, log: log, faults: faults, boxes: boxes, counts: counts, open: map[net.Conn]struct{}{}}
	if opts.TLS {
		var err error
		if m.tls, m.ca, err = selfSigned(); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *Mail) start(ctx context.Context, port int) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return fmt.Errorf("listen for SMTP: %w", err)
	}
	m.listener, m.port = l, l.Addr().(*net.TCPAddr).Port
	m.tasks.Go(func() { m.accept(l) })
	return nil
}

func (m *Mail) accept(l net.Listener) {
	for {
		nc, err := l.Accept()
		if err != nil {
			return // closed: the only way it ends
		}
		no, ok := m.enter(nc)
		if !ok {
			nc.Close()
			continue
		}
		m.tasks.Go(func() {
			newMailSession(m, nc, no).serve()
			nc.Close()
			m.mu.Lock()
			delete(m.open, nc)
			m.mu.Unlock()
		})
	}
}

func (m *Mail) enter(nc net.Conn) (no uint16, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ended {
		return 0, false
	}
	m.conns++
	m.open[nc] = struct{}{}
	return m.conns, true
}

func (m *Mail) stop() {
	m.mu.Lock()
	m.ended = true
	m.listener.Close()
	for nc := range m.open {
		nc.Close()
	}
	m.mu.Unlock()
	m.tasks.Wait()
}
