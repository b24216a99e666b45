package delivery

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// answers watches how soon a carrier of texts or mails answers. One that takes everything and says nothing looks connected until its
// time-outs, and an alert must not wait for those while another carrier could have it. Calls are not watched here: a trunk that gives no word
// to a call counts as gone after its own answer_timeout. Push services stand beside each other behind one carrier, which watches each of
// them. It decides with now as an argument and knows no clock.
type answers struct {
	mail  bool // set once, before use: a mail server's patience instead of a text carrier's
	mu    sync.Mutex
	under int           // hand-overs without an answer
	since time.Time     // of the last answer, or of the first hand-over after none was under way
	usual time.Duration // how long an answer takes, smoothed; 0: none came yet
}

// A silent carrier gets nothing more while another can have it; one that goes on being silent is given up, and what it holds goes to another
// as uncertain. Both are a multiple of what is usual with it, and never shorter than this.
const (
	silentAfter   = 800 * time.Millisecond
	hopelessAfter = time.Second     // more
	strangerAfter = 4 * time.Second // given up when it never answered: how long it usually takes is not known
	timesUsual    = 4
	smoothing     = 8
)

// The same of a mail server, which says something within milliseconds when it is well and may read a mail for a second before it takes it. A
// mail that goes twice keeps its Message-ID, and one that was only queued is not sent by who gave it up, so a stranger need not be spared.
const (
	mailSilent   = 1200 * time.Millisecond
	mailHopeless = 600 * time.Millisecond // more
	mailStranger = 1800 * time.Millisecond
	// mails queue for a few connections: how long one takes is learnt from those before which there were only a few.
	mailAbreast = 4
)

// times gives the three of them, in the order above.
func (a *answers) times() (silent, hopeless, stranger time.Duration) {
	if a.mail {
		return mailSilent, mailHopeless, mailStranger
	}
	return silentAfter, hopelessAfter, strangerAfter
}

// begin notes a hand-over; teaches tells whether its time will say what is usual.
func (a *answers) begin(now time.Time) (teaches bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.under == 0 {
		a.since = now
	}
	a.under++
	return !a.mail || a.under <= mailAbreast
}

// over ends a hand-over that was begun at a moment. said tells whether the carrier answered, usual whether the time it took says what is usual.
func (a *answers) over(began time.Time, said, usual bool, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.under--
	if said {
		a.since = now
	}
	if took := now.Sub(began); usual {
		if a.usual == 0 {
			a.usual = max(took, time.Microsecond)
		}
		a.usual += (took - a.usual) / smoothing
	}
}

// silent tells whether nothing was answered for longer than is usual.
func (a *answers) silent(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.under > 0 && now.Sub(a.since) > a.allowed()
}

// hopeless tells whether the carrier was silent for so long that what it holds must go another way.
func (a *answers) hopeless(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, more, stranger := a.times()
	limit := a.allowed() + more
	if a.usual == 0 {
		limit = stranger
	}
	return a.under > 0 && now.Sub(a.since) > limit
}

func (a *answers) allowed() time.Duration {
	silent, _, _ := a.times()
	return max(silent, timesUsual*a.usual)
}

// unknown tells whether the carrier has not answered yet since the program began.
func (a *answers) unknown() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.usual == 0
}

// errSilent is why hand-overs end that a silent carrier holds.
var errSilent = errors.New("delivery: the carrier does not answer")

// held ends the hand-overs of alerts that are under way at a carrier, all at once.
type held struct {
	mu  sync.Mutex
	ctx context.Context
	end context.CancelCauseFunc
}

func (h *held) context() context.Context {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx == nil {
		h.ctx, h.end = context.WithCancelCause(context.Background())
	}
	return h.ctx
}

func (h *held) letGo() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx != nil {
		h.end(errSilent)
		h.ctx = nil
	}
}

// watched tells whether answers of this lane are watched.
func (l *lane) watched() bool { return l.Channel == buurtbel.SMS || l.Channel == buurtbel.Email }

func (l *lane) silent(now time.Time) bool { return l.watched() && l.answers.silent(now) }

// hand gives one message to the carrier. What an alert has under way can be taken back from a silent one.
func (l *lane) hand(ctx context.Context, msg *channel.Message, r result) {
	if !l.watched() {
		l.Sender.Send(ctx, msg, func(res channel.Result) { l.settle(r, res) })
		return
	}
	if rankOf(r.class) == store.Urgent {
		ctx = l.held.context()
	}
	began := l.d.db.Now()
	teaches := l.answers.begin(began)
	l.Sender.Send(ctx, msg, func(res channel.Result) {
		f := res.Failure
		good := f == nil
		l.answers.over(began, good || !f.Uncertain && f.Reason != buurtbel.Unreachable, good && teaches, l.d.db.Now())
		if !good && !f.Uncertain && errors.Is(context.Cause(ctx), errSilent) { // it never left
			l.giveBack(r)
			return
		}
		l.settle(r, res)
	})
}

// giveBack ends a begun attempt of which nothing was sent: the message is due again at once and it counts for no attempt.
func (l *lane) giveBack(r result) {
	r.Withdrawn, r.Move = true, buurtbel.Move{State: buurtbel.Queued, Open: true, Due: l.d.db.Now()}
	l.results <- r
}

// giveUp is how often silent carriers are looked at.
const giveUp = 100 * time.Millisecond

// relieve takes the messages of alerts back from carriers that fell silent, while another one can have them.
func (d *Dispatcher) relieve(ctx context.Context) {
	tick := time.NewTicker(giveUp)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := d.db.Now()
		for _, l := range d.lanes {
			if l.watched() && l.answers.hopeless(now) && d.elsewhere(l, now) {
				d.log.Warn("a carrier does not answer; what it holds is uncertain and goes to another", "carrier", l.Carrier, "unsettled", l.unsettled.Load())
				l.health.distrust(now)
				l.held.letGo()
			}
		}
	}
}
