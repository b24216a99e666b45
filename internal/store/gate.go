package store

import (
	"context"
	"sync"
)

// Rank orders writers that wait for SQLite's one connection.
type Rank uint8

// The ranks: an alert's work never waits behind more than the one transaction that is running.
const (
	Urgent Rank = iota // launch, stop, claims and results of alerts, what comes in
	Steady             // everything else
	Bulk               // slices of imports, backlog, retention
)

// gate lets one writer through at a time, the most urgent first, in order of arrival within a rank.
type gate struct {
	mu     sync.Mutex
	taken  bool
	queues [Bulk + 1][]chan struct{}
}

func newGate() *gate { return &gate{} }

func (g *gate) enter(ctx context.Context, r Rank) error {
	g.mu.Lock()
	if !g.taken {
		g.taken = true
		g.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	g.queues[r] = append(g.queues[r], turn)
	g.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		return g.giveUp(ctx, r, turn)
	}
}

// giveUp takes a waiter out of its queue; if its turn came at the same moment, the turn is passed on.
func (g *gate) giveUp(ctx context.Context, r Rank, turn chan struct{}) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, waiting := range g.queues[r] {
		if waiting == turn {
			g.queues[r] = append(g.queues[r][:i], g.queues[r][i+1:]...)
			return ctx.Err()
		}
	}
	g.pass()
	return ctx.Err()
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pass()
}

// pass gives the turn to the next writer. Callers hold mu.
func (g *gate) pass() {
	for r := range g.queues {
		if len(g.queues[r]) > 0 {
			turn := g.queues[r][0]
			g.queues[r] = g.queues[r][1:]
			close(turn)
			return
		}
	}
	g.taken = false
}
