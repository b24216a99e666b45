package smoke_test

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/config"
)

// stretch is a wire between the program and a mail server that can go dead: connections stay, and nothing goes through any more.
type stretch struct {
	listener net.Listener
	to       string
	mu       sync.Mutex
	dead     bool
	ends     []net.Conn
}

// newStretch lays one to an address; "" is nowhere: it takes connections and never says a word.
func newStretch(t *testing.T, to string) *stretch {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &stretch{listener: l, to: to}
	var ended sync.WaitGroup
	ended.Go(s.run)
	t.Cleanup(func() {
		l.Close()
		s.mu.Lock()
		for _, c := range s.ends {
			c.Close()
		}
		s.mu.Unlock()
		ended.Wait()
	})
	return s
}

func (s *stretch) run() {
	var joined sync.WaitGroup
	defer joined.Wait()
	for {
		near, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.keep(near)
		if s.to == "" {
			continue
		}
		far, err := net.Dial("tcp", s.to)
		if err != nil {
			near.Close()
			continue
		}
		s.keep(far)
		joined.Go(func() { s.carry(near, far) })
		joined.Go(func() { s.carry(far, near) })
	}
}

func (s *stretch) keep(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends = append(s.ends, c)
}

// carry brings bytes over until one end closes, which closes the other. On a dead wire bytes are lost, and nobody hears of an end.
func (s *stretch) carry(from, to net.Conn) {
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		switch {
		case s.isDead():
		case n > 0:
			if _, failed := to.Write(b[:n]); failed != nil {
				err = failed
			}
		}
		if err != nil {
			if !s.isDead() {
				to.Close()
			}
			return
		}
	}
}

func (s *stretch) isDead() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dead
}

func (s *stretch) die() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = true
}

// twoMailServers puts a mail server before the one there is, over a wire, with time-outs that outlast the story's patience.
func twoMailServers(wire func(to string) *stretch) func(*config.Config) {
	return func(c *config.Config) {
		first := c.Email[0]
		first.Name, first.Address = "first", wire(first.Address).listener.Addr().String()
		first.Timeouts.Connect, first.Timeouts.Command, first.Timeouts.Final = time.Hour, time.Hour, time.Hour
		c.Email = []config.Email{first, c.Email[0]}
	}
}

// TestMailServerThatNeverSpeaks takes connections and says nothing, not even a greeting. The mails of an alert go by the other server.
func TestMailServerThatNeverSpeaks(t *testing.T) {
	tell(t, plot{members: 60, config: twoMailServers(func(string) *stretch { return newStretch(t, "") })}, func(s *story) {
		alert := s.launch(kerkveld)
		s.expectAll(kerkveld, burglary)
		s.finished(alert, buurtbel.KindLaunch)
	})
}

// TestMailServerFallsSilent did well, and its connections stay open while nothing comes back any more.
func TestMailServerFallsSilent(t *testing.T) {
	var wires sync.Map // by address: the engines' stories run side by side
	tell(t, plot{members: 60, config: twoMailServers(func(to string) *stretch {
		w := newStretch(t, to)
		wires.Store(w.listener.Addr().String(), w)
		return w
	})}, func(s *story) {
		first := s.launch(kerkveld)
		s.expectAll(kerkveld, burglary)
		s.finished(first, buurtbel.KindLaunch)
		w, _ := wires.Load(s.app.Config.Email[0].Address)
		w.(*stretch).die()
		second := s.launch(molenwijk)
		s.expectAll(molenwijk, burglary)
		s.finished(second, buurtbel.KindLaunch)
	})
}
