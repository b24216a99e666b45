package entering

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits bound how often links are asked for. They live in memory: a restart forgets them, which harms nobody.
//
// Nobody can be locked out: who floods the mailbox of another uses up the share of the own origin, and every counted request put a link
// that works into that mailbox.
type limits struct {
	now  func() time.Time
	mu   sync.Mutex
	kept map[string]*kept
}

type kept struct {
	bucket *rate.Limiter
	used   time.Time
}

const (
	mostKept = 20_000
	keepFor  = 12 * time.Hour // the longest that a share takes to fill up
)

// How much is allowed: so many at once, and then one each pause.
var (
	perOrigin  = share{burst: 20, pause: 6 * time.Second}  // an office behind one address changes shifts
	perAsking  = share{burst: 3, pause: time.Minute}       // one origin for one mailbox
	perWrong   = share{burst: 10, pause: 6 * time.Second}  // wrong codes of one session, or of one origin
	perMailbox = share{burst: 12, pause: 30 * time.Second} // all origins for one mailbox: what a mailbox can bear
)

type share struct {
	burst int
	pause time.Duration
}

func newLimits(now func() time.Time) *limits { return &limits{now: now, kept: map[string]*kept{}} }

// origin counts a request and gives how long the origin must wait; 0: go on.
func (l *limits) origin(origin string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	r := l.bucket("o"+origin, perOrigin, now).ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// mailbox counts a request for a mailbox and tells whether a link may be sent.
func (l *limits) mailbox(mailbox, origin string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	return l.bucket("a"+origin+"\x00"+mailbox, perAsking, now).AllowN(now, 1) && l.bucket("m"+mailbox, perMailbox, now).AllowN(now, 1)
}

// wrong counts a wrong code and tells whether there were too many. Nobody asks it before a code was tried: a right one always works.
func (l *limits) wrong(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	return !l.bucket("w"+key, perWrong, now).AllowN(now, 1)
}

func (l *limits) bucket(key string, s share, now time.Time) *rate.Limiter {
	k, ok := l.kept[key]
	if !ok {
		l.forget(now)
		k = &kept{bucket: rate.NewLimiter(rate.Every(s.pause), s.burst)}
		l.kept[key] = k
	}
	k.used = now
	return k.bucket
}

// forget makes room: first what was not used for long, then whatever comes first. It never refuses a newcomer.
func (l *limits) forget(now time.Time) {
	if len(l.kept) < mostKept {
		return
	}
	for key, k := range l.kept {
		if now.Sub(k.used) > keepFor {
			delete(l.kept, key)
		}
	}
	for key := range l.kept {
		if len(l.kept) < mostKept*9/10 {
			return
		}
		delete(l.kept, key)
	}
}
