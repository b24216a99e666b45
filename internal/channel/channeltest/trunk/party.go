package trunk

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// frame is how long one frame lasts.
const frame = time.Second * voice.Frame / voice.Rate

// Party is one call, seen from both sides: its Phone acts with Ring, Answer, Speak, Press and Leave; it implements voice.Call for us.
type Party struct {
	To string // the number

	answered chan struct{}
	refused  chan voice.Refusal
	done     chan struct{}
	once     sync.Once
	ended    func()
	voices   chan voice.Audio
	keys     chan byte
	heard    sync.WaitGroup // frames on their way into voices, added to under mu

	mu      sync.Mutex
	rang    bool
	since   time.Time // of the answer
	until   time.Time // of the end
	sound   voice.Audio
	firstAt time.Time     // of the first frame said to it
	more    chan struct{} // closed and made anew when sound grows
	playing int
	overlap bool // two sounds were played at once
}

func newParty(to string) *Party {
	return &Party{To: to, answered: make(chan struct{}), refused: make(chan voice.Refusal, 1), done: make(chan struct{}),
		voices: make(chan voice.Audio, 64), keys: make(chan byte, 16), more: make(chan struct{}), ended: func() {}}
}

func (p *Party) run(phone Phone) {
	phone(p)
	if p.isAnswered() {
		p.end()
	}
}

// watch ends the call with the carrier.
func (p *Party) watch(down <-chan struct{}) {
	select {
	case <-down:
		p.end()
	case <-p.done:
	}
}

func (p *Party) isAnswered() bool {
	select {
	case <-p.answered:
		return true
	default:
		return false
	}
}

// give ends a call that nobody answered.
func (p *Party) give(r voice.Refusal) *voice.Refusal {
	p.end()
	p.mu.Lock()
	defer p.mu.Unlock()
	r.Rang = p.rang
	return &r
}

func (p *Party) end() {
	p.once.Do(func() {
		p.mu.Lock()
		p.until = time.Now()
		close(p.done)
		p.mu.Unlock()
		p.heard.Wait()
		close(p.voices)
		p.ended()
	})
}

// Ring rings for d; false when the caller gave up.
func (p *Party) Ring(d time.Duration) bool {
	p.mu.Lock()
	p.rang = true
	p.mu.Unlock()
	return p.Wait(d)
}

// Wait lets time pass; false when the call ended meanwhile.
func (p *Party) Wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-p.done:
		return false
	}
}

// Refuse ends a call that was not answered.
func (p *Party) Refuse(r voice.Refusal) { p.refused <- r }

// Answer picks up.
func (p *Party) Answer() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.since = time.Now()
	close(p.answered)
}

// Speak says something in real time; false when the call ended meanwhile.
func (p *Party) Speak(a voice.Audio) bool {
	for part := range slices.Chunk(a, voice.Frame) {
		if !p.Wait(frame) || !p.utter(part) {
			return false
		}
	}
	return true
}

func (p *Party) utter(a voice.Audio) bool {
	p.mu.Lock()
	select {
	case <-p.done:
		p.mu.Unlock()
		return false
	default:
	}
	p.heard.Add(1)
	p.mu.Unlock()
	defer p.heard.Done()
	select {
	case p.voices <- a:
	default: // a reader that is slow loses frames
	}
	return true
}

// Press presses a key.
func (p *Party) Press(k byte) {
	select {
	case p.keys <- k:
	case <-p.done:
	}
}

// Leave hangs up.
func (p *Party) Leave() { p.end() }

// Until waits until enough of what was said to it satisfies want; false when the call ended first.
func (p *Party) Until(want func(sound voice.Audio) bool) bool {
	for {
		p.mu.Lock()
		more, ok := p.more, want(p.sound)
		p.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-more:
		case <-p.done:
			return false
		}
	}
}

// Sound is everything that was said to it.
func (p *Party) Sound() voice.Audio {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sound)
}

// Overlap tells whether two sounds were ever played at once.
func (p *Party) Overlap() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.overlap
}

// Lasted is how long the call was answered; Quiet how long it was answered before the first frame was said to it.
func (p *Party) Lasted() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until.Sub(p.since)
}

// Quiet is how long the call was answered before the first frame was said to it.
func (p *Party) Quiet() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.firstAt.Sub(p.since)
}

// Play implements voice.Call.
func (p *Party) Play(ctx context.Context, a voice.Audio) error {
	p.begin(1)
	defer p.begin(-1)
	tick := time.NewTicker(frame)
	defer tick.Stop()
	for part := range slices.Chunk(a, voice.Frame) {
		select {
		case <-tick.C:
		case <-p.done:
			return voice.ErrHungUp
		case <-ctx.Done():
			return ctx.Err()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !p.say(part) {
			return voice.ErrHungUp
		}
	}
	return nil
}

func (p *Party) begin(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.playing += n
	p.overlap = p.overlap || p.playing > 1
}

func (p *Party) say(a voice.Audio) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.done:
		return false
	default:
	}
	if len(p.sound) == 0 {
		p.firstAt = time.Now()
	}
	p.sound = append(p.sound, a...)
	close(p.more)
	p.more = make(chan struct{})
	return true
}

// Heard implements voice.Call.
func (p *Party) Heard() <-chan voice.Audio { return p.voices }

// Keys implements voice.Call.
func (p *Party) Keys() <-chan byte { return p.keys }

// Done implements voice.Call.
func (p *Party) Done() <-chan struct{} { return p.done }

// HangUp implements voice.Call.
func (p *Party) HangUp() { p.end() }
