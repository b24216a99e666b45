package web

import (
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
)

// gate counts tries by key within a minute: links that are tried over and over cost the store nothing.
type gate struct {
	most  int // tries of one key within a minute
	mu    sync.Mutex
	since time.Time
	tries map[string]int
}

// gateKeys bounds what a gate remembers. Beyond it every try is counted as one key's: a flood cannot make the gate forget.
const gateKeys = 50_000

// pass counts a try; Busy when there were too many.
func (g *gate) pass(key string, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.since) >= time.Minute || now.Before(g.since) || g.tries == nil {
		g.since, g.tries = now, map[string]int{}
	}
	if _, known := g.tries[key]; !known && len(g.tries) >= gateKeys {
		key = ""
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
	if now.Sub(g.since) < time.Minute && !now.Before(g.since) && g.tries[key] >= g.most {
		return buurtbel.Fail(buurtbel.Busy, "error.form.too-often", nil)
	}
	return nil
}
