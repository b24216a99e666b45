package email

import (
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// health is what all connections together know about the server.
type health struct {
	mu      sync.Mutex
	open    int              // connections that are ready for mail
	trying  int              // connections being made
	failed  int              // tries to connect that failed, since the last that did not
	lost    int              // connections lost under a mail, since the last mail that was answered
	why     *channel.Failure // not nil: the server is down
	until   time.Time        // when the next try is due; of the real clock, because timers are
	wakeups chan struct{}    // of room 1: tells the probe that the server went down
}

// tolerated is how many connections may be lost under a mail before the server counts as down.
const tolerated = 3

func (h *health) up() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.why == nil
}

// failure gives nil when the server is up, and else what to settle mails with.
func (h *health) failure() *channel.Failure {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.why == nil {
		return nil
	}
	f := *h.why
	f.After = max(time.Until(h.until), 0)
	return &f
}

// begin notes that a connection is being made. opened, refused or recovered must follow.
func (h *health) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.trying++
}

func (h *health) opened() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.trying--
	h.open++
	h.failed = 0
}

func (h *health) closed() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open--
}

func (h *health) answered() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lost = 0
}

// down notes that the server cannot be used, wakes the probe, and tells whether this is news. The caller holds mu.
func (h *health) down(why *channel.Failure, tries int, base time.Duration) bool {
	delay := backoff(base, tries)
	if why.Reason == buurtbel.Credentials {
		delay = maxBackoff // a server may lock an account that is tried often
	}
	news := h.why == nil
	h.why, h.until = why, time.Now().Add(max(delay, why.After))
	select {
	case h.wakeups <- struct{}{}:
	default:
	}
	return news
}

// backoff is base, doubled for each try after the first.
func backoff(base time.Duration, tries int) time.Duration {
	for range tries - 1 {
		if base *= 2; base >= maxBackoff {
			return maxBackoff
		}
	}
	return min(base, maxBackoff)
}

// refused notes that a connection could not be made. It reports false when there are others, open or being made: perhaps the server only wants fewer of them. The
// last one to fail decides.
func (m *Mailer) refused(why *channel.Failure) (down bool, rest time.Duration) {
	h := &m.health
	h.mu.Lock()
	defer h.mu.Unlock()
	h.trying--
	h.failed++
	if h.open+h.trying > 0 && h.why == nil {
		return false, backoff(m.cfg.Timeouts.Backoff, h.failed)
	}
	if h.down(why, h.failed, m.cfg.Timeouts.Backoff) && !m.stopping() {
		m.log.Warn("mail server down", "reason", string(why.Reason), "code", why.Code)
	}
	return true, 0
}

// dropped notes that a connection was lost under a mail. A server that does so again and again gets a rest, or it would be hammered.
func (m *Mailer) dropped(why *channel.Failure) {
	h := &m.health
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lost++
	if h.lost >= tolerated && h.down(why, h.lost-tolerated+1, m.cfg.Timeouts.Backoff) {
		m.log.Warn("mail server drops connections", "reason", string(why.Reason), "code", why.Code)
	}
}

// probe tries the server once at the start, so that a wrong password is in the log before the first alert, and again whenever it is down. Its connection
// carries no mail.
func (m *Mailer) probe() {
	for {
		m.health.begin()
		if l, why := m.dial(m.opening); why == nil {
			m.recovered()
			l.hangUp()
		} else {
			m.refused(why)
		}
		if !m.untilDue() {
			return
		}
	}
}

func (m *Mailer) recovered() {
	h := &m.health
	h.mu.Lock()
	defer h.mu.Unlock()
	h.trying--
	h.failed = 0
	if h.why != nil {
		h.why = nil
		m.log.Info("mail server up")
	}
}

// untilDue waits until the server is down and its next try due. It reports false when the Mailer closes.
func (m *Mailer) untilDue() bool {
	h := &m.health
	for {
		h.mu.Lock()
		isDown, wait := h.why != nil, time.Until(h.until)
		h.mu.Unlock()
		if isDown {
			return m.pause(wait)
		}
		select {
		case <-h.wakeups:
		case <-m.quit:
			return false
		}
	}
}

// pause waits for d, or reports false because the Mailer closes.
func (m *Mailer) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-m.quit:
		return false
	}
}

func (m *Mailer) stopping() bool {
	select {
	case <-m.quit:
		return true
	default:
		return false
	}
}
