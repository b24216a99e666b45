package push

import (
	"context"
	"errors"
	"sync"
	"time"
)

// hosts watches each push service for itself, on the real clock as its timers are. One that takes requests and says nothing is given up after a
// moment: what it has is uncertain, and it rests for longer each time, so that it does not fill the window that the others' members need.
type hosts struct {
	mu   sync.Mutex
	list map[string]*host
}

// host is one push service.
type host struct {
	open   int                // requests without an answer
	since  time.Time          // of its last answer, or of the first request after none was open
	rest   time.Duration      // that it got last; 0: it answers
	until  time.Time          // the end of its rest
	ctx    context.Context    //nolint:containedctx // of the requests that are open now
	giveUp context.CancelFunc // ends them
	timer  *time.Timer
}

const (
	hostSilent  = 1500 * time.Millisecond // without a word while requests are open; push services answer within a fraction of a second
	hostRest    = 2 * time.Second         // and twice that each time it was in vain
	longestMute = time.Minute
	hostTrials  = 3   // requests that try a service after its rest
	mostHosts   = 200 // bound the memory: endpoints come from strangers
)

// errMute is why the requests of a push service end that says nothing.
var errMute = errors.New("push: the service says nothing")

// begin notes a request to a service. wait is not 0 when the service is to be left alone so long; else ctx ends when it falls silent, and done must be
// called, with whether it answered.
func (h *hosts) begin(ctx context.Context, name string) (_ context.Context, done func(answered bool), wait time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.get(name)
	if left := time.Until(s.until); left > 0 {
		return nil, nil, left
	}
	if s.rest > 0 && s.open >= hostTrials {
		return nil, nil, time.Second
	}
	if s.open == 0 {
		s.since = time.Now()
		base, end := context.WithCancelCause(context.Background())
		s.ctx, s.giveUp = base, func() { end(errMute) }
		s.timer = time.AfterFunc(hostSilent, func() { h.look(s) })
	}
	s.open++
	ctx, cancel := context.WithCancelCause(ctx)
	mine := s.ctx
	unhook := context.AfterFunc(mine, func() { cancel(context.Cause(mine)) })
	return ctx, func(answered bool) {
		unhook()
		cancel(nil)
		h.end(s, mine, answered)
	}, 0
}

func (h *hosts) get(name string) *host {
	if s := h.list[name]; s != nil {
		return s
	}
	if h.list == nil {
		h.list = map[string]*host{}
	}
	for old, s := range h.list {
		if len(h.list) < mostHosts {
			break
		}
		if s.open == 0 {
			delete(h.list, old)
		}
	}
	s := &host{}
	h.list[name] = s
	return s
}

func (h *hosts) end(s *host, of context.Context, answered bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if answered {
		s.since, s.rest, s.until = time.Now(), 0, time.Time{}
	}
	if s.ctx != of {
		return // it was given up since, and counts anew
	}
	if s.open--; s.open == 0 {
		s.timer.Stop()
		s.giveUp()
	}
}

// look gives a service up that has been silent for long enough, or looks again when it could have been.
func (h *hosts) look(s *host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch left := hostSilent - time.Since(s.since); {
	case s.open == 0:
	case left > 0:
		s.timer.Reset(left)
	default:
		s.rest = min(max(2*s.rest, hostRest), longestMute)
		s.until = time.Now().Add(s.rest)
		s.open = 0
		s.giveUp()
		s.ctx = nil
	}
}
