// Package smsc is a carrier of short messages inside a test: it speaks SMPP 3.4 over a real socket on 127.0.0.1 and misbehaves on demand.
//
// It is no simulator of a network: nothing is routed, and a receipt says what the test wants. It keeps what it accepted, so that a test can
// compare both sides.
//
// Always true: a submit_sm that stands in Submits was read whole, whatever answer it got or did not get.
package smsc

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
)

// SMSC is a running carrier.
type SMSC struct {
	t    testing.TB
	addr string
	ids  atomic.Int64

	mu       sync.Mutex
	listener net.Listener
	faults   Faults
	links    map[*link]bool
	submits  []wire.Message
	changed  chan struct{} // closed and replaced when something was read
	accepts  sync.WaitGroup
}

// Start runs a carrier until the test ends.
func Start(t testing.TB, faults Faults) *SMSC {
	t.Helper()
	s := &SMSC{t: t, faults: faults, links: map[*link]bool{}, changed: make(chan struct{})}
	s.listen("127.0.0.1:0")
	s.addr = s.listener.Addr().String()
	t.Cleanup(s.Down)
	return s
}

func (s *SMSC) listen(addr string) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		s.t.Fatalf("smsc: %v", err)
	}
	s.mu.Lock()
	s.listener = l
	s.mu.Unlock()
	s.accepts.Go(func() { s.accept(l) })
}

// Addr is where it listens, host:port.
func (s *SMSC) Addr() string { return s.addr }

// Down stops listening and drops every connection, as a carrier that falls over.
func (s *SMSC) Down() {
	s.mu.Lock()
	l := s.listener
	s.listener = nil
	s.mu.Unlock()
	if l != nil {
		if err := l.Close(); err != nil {
			s.t.Errorf("smsc: %v", err)
		}
	}
	s.Drop()
	s.accepts.Wait()
}

// Restart listens again on the same address.
func (s *SMSC) Restart() { s.listen(s.addr) }

// Drop cuts every connection.
func (s *SMSC) Drop() {
	s.mu.Lock()
	links := make([]*link, 0, len(s.links))
	for l := range s.links {
		links = append(links, l)
	}
	s.mu.Unlock()
	for _, l := range links {
		l.cut()
	}
}

// Misbehave replaces the faults, for connections that are open too.
func (s *SMSC) Misbehave(f Faults) {
	s.mu.Lock()
	s.faults = f
	s.mu.Unlock()
}

// Submits is every submit_sm read so far, in order.
func (s *SMSC) Submits() []wire.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.submits)
}

// Await waits until f is true, looking again whenever something was read, for at most ten seconds.
func (s *SMSC) Await(what string, f func() bool) {
	s.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if f() {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			s.t.Fatalf("smsc: waited in vain for %s", what)
		}
	}
}

func (s *SMSC) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *SMSC) accept(l net.Listener) {
	for {
		nc, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			s.t.Errorf("smsc: %v", err)
			return
		}
		k := &link{s: s, nc: nc, r: bufio.NewReaderSize(nc, 64<<10), w: bufio.NewWriterSize(nc, 64<<10), answers: map[uint32]chan uint32{}}
		s.mu.Lock()
		s.links[k] = true
		down := s.listener == nil
		s.mu.Unlock()
		if down {
			k.cut()
		}
		s.accepts.Go(k.serve)
	}
}

// Deliver sends m (deliver_sm, or data_sm when it says so) over a bound connection and gives the status of the answer. It fails the test
// when none comes within ten seconds.
func (s *SMSC) Deliver(m wire.Message) uint32 {
	s.t.Helper()
	status, err := s.TryDeliver(m, 10*time.Second)
	if err != nil {
		s.t.Fatalf("smsc: %v", err)
	}
	return status
}

// ErrNoAnswer means that a delivery was not answered.
var ErrNoAnswer = errors.New("the delivery was not answered")

// TryDeliver is Deliver with a patience of the caller's.
func (s *SMSC) TryDeliver(m wire.Message, patience time.Duration) (uint32, error) {
	s.mu.Lock()
	var k *link
	for l := range s.links {
		if l.isBound.Load() {
			k = l
		}
	}
	s.mu.Unlock()
	if k == nil {
		return 0, errors.New("nobody is bound")
	}
	answer, err := k.deliver(m)
	if err != nil {
		return 0, err
	}
	select {
	case status := <-answer:
		return status, nil
	case <-time.After(patience):
		return 0, ErrNoAnswer
	}
}

// Raw sends octets as they are over every connection.
func (s *SMSC) Raw(octets []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := range s.links {
		l.raw(octets)
	}
}

// ReceiptText writes a receipt as appendix B of the specification has it.
func ReceiptText(id, stat string) string {
	return fmt.Sprintf("id:%s sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:%s err:000 text:-", id, stat)
}
