package sip

import (
	"sync"
	"time"
)

// A frame is due every 20 ms. The calls are spread over ten turns of 2 ms, so that a thousand packets do not leave in one burst.
const (
	turns     = 10
	turnEvery = 20 * time.Millisecond / turns
	// tooLate is how far behind its clock the pacer catches up by sending faster. After a longer halt, as of a machine that slept, it goes
	// on from now: listeners get a gap instead of a burst that their buffers drop.
	tooLate = 200 * time.Millisecond
)

// The two clocks of a trunk: one sends for all calls, one reads for all. A goroutine per call would have to be woken for each packet, and a
// thousand of them stand in the sender's way.
const (
	mouth = iota
	ear
	clocks
)

// pacer calls tick for each stream every 20 ms, by absolute deadlines, so that lateness never adds up.
type pacer struct {
	which int
	tick  func(*stream)

	mu      sync.Mutex
	turn    [turns]map[*stream]struct{}
	streams int
	running bool
}

// add makes s tick, in the turn that has the fewest.
func (p *pacer) add(s *stream) {
	p.mu.Lock()
	defer p.mu.Unlock()
	least := 0
	for i := range p.turn {
		if len(p.turn[i]) < len(p.turn[least]) {
			least = i
		}
	}
	if p.turn[least] == nil {
		p.turn[least] = map[*stream]struct{}{}
	}
	p.turn[least][s] = struct{}{}
	s.turn[p.which] = least
	p.streams++
	if !p.running {
		p.running = true
		go p.run()
	}
}

// clock is the pacers of a trunk.
type clock [clocks]pacer

func newClock() *clock {
	return &clock{mouth: {which: mouth, tick: (*stream).tick}, ear: {which: ear, tick: (*stream).collect}}
}

// remove ends the ticks of s. One may still be under way.
func (p *pacer) remove(s *stream) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.turn[s.turn[p.which]][s]; ok {
		delete(p.turn[s.turn[p.which]], s)
		p.streams--
	}
}

// run goes on while there are streams.
func (p *pacer) run() {
	due := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	var now []*stream
	for i := 0; ; i = (i + 1) % turns {
		if wait := time.Until(due); wait > 0 {
			timer.Reset(wait)
			<-timer.C
		} else if wait < -tooLate {
			due = time.Now()
		}
		var more bool
		if now, more = p.due(i, now[:0]); !more {
			return
		}
		for _, s := range now {
			p.tick(s)
		}
		due = due.Add(turnEvery)
	}
}

// due lists the streams of a turn; more is false when there are none at all and the clock stops.
func (p *pacer) due(turn int, list []*stream) (out []*stream, more bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.streams == 0 {
		p.running = false
		return list, false
	}
	for s := range p.turn[turn] {
		list = append(list, s)
	}
	return list, true
}
