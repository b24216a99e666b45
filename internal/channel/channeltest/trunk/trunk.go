// Package trunk is a carrier of calls that exists in memory, with telephones that ring, answer, speak, press keys, hang up, are busy or have a
// machine. It keeps what was said to each, frame by frame in real time, so that a test knows which word was the last.
//
// It runs on the clock of its goroutines: inside a synctest bubble a call of a minute takes no time. It knows no protocol and makes no sound.
package trunk

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// Phone is what a telephone does when it is called, in a goroutine of its own. When it returns, a call that it answered is hung up, and one
// that it did not rings on.
type Phone func(p *Party)

// Trunk is the carrier. It implements voice.Trunk.
type Trunk struct {
	mu     sync.Mutex
	lines  int
	phones map[string]Phone
	other  Phone // of every number without a phone of its own; nil: such a number does not exist
	calls  []*Party
	out    int
	most   int            // see Most
	to     map[string]int // calls that are out, by number
	twice  bool           // one number was called twice at once
	silent bool
	grace  time.Duration
	down   chan struct{} // closed by Cut
}

var _ voice.Trunk = (*Trunk)(nil)

// New makes a trunk with as many lines.
func New(lines int) *Trunk {
	return &Trunk{lines: lines, phones: map[string]Phone{}, to: map[string]int{}, down: make(chan struct{})}
}

// Connect puts a phone at a number.
func (t *Trunk) Connect(number string, p Phone) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.phones[number] = p
}

// ConnectOthers puts a phone at every other number.
func (t *Trunk) ConnectOthers(p Phone) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.other = p
}

// SetLines changes the budget.
func (t *Trunk) SetLines(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = n
}

// SetGrace makes every line stay taken for d after the end of its call, as until the carrier has acknowledged it.
func (t *Trunk) SetGrace(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.grace = d
}

// Lines implements voice.Trunk.
func (t *Trunk) Lines() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lines
}

// Silent makes the carrier take calls and answer nothing.
func (t *Trunk) Silent() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.silent = true
}

// Cut drops every call; the carrier does not come back.
func (t *Trunk) Cut() {
	if t.Up() {
		close(t.down)
	}
}

// Up implements voice.Trunk.
func (t *Trunk) Up() bool {
	select {
	case <-t.down:
		return false
	default:
		return true
	}
}

// Close implements voice.Trunk.
func (t *Trunk) Close(context.Context) error {
	t.Cut()
	return nil
}

// Calls gives every call that was placed, in order.
func (t *Trunk) Calls() []*Party {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.calls)
}

// Most is the most calls that were out at once, ringing ones included, and one more when a call was placed above the lines.
func (t *Trunk) Most() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.most
}

// Twice tells whether one number was ever called twice at once.
func (t *Trunk) Twice() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.twice
}

// place books a call; nil when every line is taken.
func (t *Trunk) place(to string) (p *Party, phone Phone, silent bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.most = max(t.most, t.out+1) // also of a call too many
	if t.out >= t.lines {
		return nil, nil, false
	}
	p = newParty(to)
	p.ended = func() { t.over(to) }
	t.calls = append(t.calls, p)
	t.out++
	t.to[to]++
	t.twice = t.twice || t.to[to] > 1
	phone, ok := t.phones[to]
	if !ok {
		phone = t.other
	}
	return p, phone, t.silent
}

func (t *Trunk) over(to string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.to[to]--
	if t.grace > 0 {
		time.AfterFunc(t.grace, t.free)
		return
	}
	t.out--
}

func (t *Trunk) free() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.out--
}

// Dial implements voice.Trunk.
func (t *Trunk) Dial(ctx context.Context, to string, ring time.Duration) (voice.Call, *voice.Refusal) {
	if !t.Up() {
		return nil, &voice.Refusal{Reason: buurtbel.Unreachable, Temporary: true, Code: "down"}
	}
	p, phone, silent := t.place(to)
	switch {
	case p == nil:
		return nil, &voice.Refusal{Reason: buurtbel.Throttled, Temporary: true, Code: voice.CodeNoLine}
	case silent:
		phone = func(p *Party) { <-p.done }
	case phone == nil:
		p.end()
		return nil, &voice.Refusal{Reason: buurtbel.InvalidAddress, Code: "404 Not Found"}
	}
	go p.run(phone)
	patience := time.NewTimer(ring)
	defer patience.Stop()
	select {
	case <-p.answered:
		go p.watch(t.down)
		return p, nil
	case r := <-p.refused:
		return nil, p.give(r)
	case <-patience.C:
		return nil, p.give(voice.Refusal{Reason: buurtbel.NoAnswer, Temporary: true, Code: "487 Request Terminated"})
	case <-ctx.Done():
		return nil, p.give(voice.Refusal{Reason: buurtbel.NoAnswer, Temporary: true, Uncertain: silent, Code: "487 Request Terminated"})
	case <-t.down:
		return nil, p.give(voice.Refusal{Reason: buurtbel.Unreachable, Temporary: true, Uncertain: true, Code: "connection lost"})
	}
}

// CallIn lets somebody call our number: phone is the caller, whose call is answered at once. It returns when answer did.
func (t *Trunk) CallIn(ctx context.Context, from string, phone Phone, answer voice.Answer) *Party {
	p := newParty(from)
	p.Answer()
	go p.run(phone)
	go p.watch(t.down)
	answer(ctx, from, p)
	p.end()
	return p
}
