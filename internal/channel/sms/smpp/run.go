package smpp

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// ErrClosed means that the session was closed.
var ErrClosed = errors.New("smpp: session is closed")

const (
	firstPause = 100 * time.Millisecond // before the first new connection
	lastPause  = 15 * time.Second       // the longest
	settled    = 2 * time.Second        // a connection that lasted this long was a good one: the next pause is short again
)

// run keeps a connection until ctx is done.
func (s *Session) run(ctx context.Context) {
	defer close(s.done)
	pause := firstPause / 2
	for ctx.Err() == nil {
		began := time.Now()
		err := s.connectAndServe(ctx)
		if ctx.Err() != nil || s.isClosing() {
			break
		}
		pause = nextPause(pause, time.Since(began))
		s.rest(ctx, err, jitter(pause))
	}
	s.down.Store(&channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Code: "closed"})
}

// nextPause follows on pause after a connection (or a try) that lasted so long.
func nextPause(pause, lasted time.Duration) time.Duration {
	if lasted > settled {
		return firstPause
	}
	return min(2*pause, lastPause)
}

// jitter spreads d over its upper half, so that many sessions do not come back in one moment.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(d/2+1)
}

// rest waits before the next connection.
func (s *Session) rest(ctx context.Context, err error, pause time.Duration) {
	s.retryAt.Store(time.Now().Add(pause).UnixNano())
	s.log.Warn("carrier is down", "error", err, "next_try_in", pause.Round(time.Millisecond))
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// connectAndServe makes one connection and stays until it ends. The error says why it ended.
func (s *Session) connectAndServe(ctx context.Context) error {
	c, err := s.dial(ctx)
	if err != nil {
		s.counts.failedBinds.Add(1)
		s.down.Store(whyDown(err))
		return err
	}
	s.counts.binds.Add(1)
	s.log.Info("carrier is up")
	return c.serve(ctx)
}

// whyDown is what a message gets after a connection failed with err.
func whyDown(err error) *channel.Failure {
	if refused := (*bindRefused)(nil); errors.As(err, &refused) {
		f := failureOf(refused.status)
		if refused.status == statusBindFailed {
			f.Reason = buurtbel.Credentials
		}
		f.Temporary = true // the account is refused, not the message
		return &f
	}
	return &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Code: "no connection"}
}

// downFailure is what a message gets now that no connection is bound.
func (s *Session) downFailure() *channel.Failure {
	f := *s.down.Load()
	if left := time.Until(time.Unix(0, s.retryAt.Load())); left > 0 {
		f.After = left
	}
	return &f
}
