package push

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// longestRest bounds what a push service may ask for.
const longestRest = time.Hour

// verdict says what an answer means (RFC 8030 sections 5, 7.2 and 8.4; RFC 8292 section 4.2); nil: handed over.
//
// InvalidAddress ends a subscription for good, so only the two codes that say so lead to it. Throttled pauses the whole carrier; a 429 is
// about one push service or one browser, so it is Unreachable with the pause that was asked for.
func verdict(status int, after time.Duration) *channel.Failure {
	f := &channel.Failure{Code: strconv.Itoa(status), After: after}
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusNotFound, status == http.StatusGone:
		f.Reason = buurtbel.InvalidAddress
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		f.Reason = buurtbel.Credentials
	case status == http.StatusRequestEntityTooLarge:
		f.Reason = buurtbel.TooLong
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= 500:
		f.Reason, f.Temporary = buurtbel.Unreachable, true
	case status >= 400:
		f.Reason = buurtbel.Rejected
	default: // a redirect or a protocol switch, which no push service gives
		f.Reason, f.Temporary = buurtbel.Unparseable, true
	}
	if !f.Temporary {
		f.After = 0
	}
	return f
}

// retryAfter reads the header (RFC 9110 section 10.2.3): seconds or a date; 0 when there is none that can be read.
func retryAfter(value string, now time.Time) time.Duration {
	if value == "" {
		return 0
	}
	if n, err := strconv.ParseUint(value, 10, 32); err == nil {
		return min(time.Duration(n)*time.Second, longestRest)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), longestRest)
}

// resting remembers which push services asked for rest, so that a thousand members of one are not a thousand more requests to it.
type resting struct {
	mu    sync.Mutex
	until map[string]time.Time // by host
}

// mostResting bounds the memory: hosts come from strangers.
const mostResting = 1000

func (r *resting) rest(host string, now time.Time, d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.until == nil || len(r.until) >= mostResting {
		r.until = map[string]time.Time{}
	}
	r.until[host] = now.Add(d)
}

// left gives how long a host still rests.
func (r *resting) left(host string, now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.until[host].Sub(now)
	if d <= 0 {
		delete(r.until, host)
		return 0
	}
	return d
}
