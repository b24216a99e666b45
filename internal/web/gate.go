package web

import (
	"cmp"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
)

// gate counts tries by key within a span: links that are tried over and over cost the store nothing.
type gate struct {
	most  int           // tries of one key within the span
	span  time.Duration // 0: a minute
	mu    sync.Mutex
	since time.Time
	tries map[string]int
}

// gateKeys bounds what a gate remembers. Beyond it the gate begins anew. Whoever brings so many keys has as many times the share anyway; if the
// newcomers shared one count instead, a flood of links that do not exist would keep every member from confirming an alert.
const gateKeys = 50_000

// pass counts a try; Busy when there were too many.
func (g *gate) pass(key string, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, known := g.tries[key]
	if now.Sub(g.since) >= cmp.Or(g.span, time.Minute) || now.Before(g.since) || g.tries == nil || !known && len(g.tries) >= gateKeys {
		g.since, g.tries = now, map[string]int{}
	}
	if g.tries[key]++; g.tries[key] > g.most {
		return buurtbel.Fail(buurtbel.Busy, "error.form.too-often", nil)
	}
	return nil
}

// full tells whether a key had its share, without counting a try.
func (g *gate) full(key string, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.since) < cmp.Or(g.span, time.Minute) && !now.Before(g.since) && g.tries[key] >= g.most {
		return buurtbel.Fail(buurtbel.Busy, "error.form.too-often", nil)
	}
	return nil
}

// back gives a try back that came to nothing.
func (g *gate) back(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tries[key] > 0 {
		g.tries[key]--
	}
}
