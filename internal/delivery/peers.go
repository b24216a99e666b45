package delivery

import (
	"slices"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel/internal/store"
)

const (
	beatEvery = 500 * time.Millisecond // signs of life; with silence and lookEvery: a killed node's work is taken over within four seconds
	lookEvery = 250 * time.Millisecond // looks at those of others
	silence   = 3 * time.Second        // without a new sign, while we could see one, until a node is taken for dead
	again     = 5 * time.Second        // between looks at what a dead node may still hold: a commit of its last moment
	tolerance = time.Second            // by which clocks may differ without anybody doing something about it
)

// peers is what this process knows of the nodes from their heartbeats. It compares no clock with another: a node lives when its heartbeat
// changes, and silence counts on our own monotonic clock and only while the database answered us. A database that was gone for a minute
// makes nobody dead.
type peers struct {
	mu     sync.Mutex
	own    int
	came   time.Time // when this process began, of the real clock
	known  map[int]*peer
	looked time.Time // when the database last answered
}

type peer struct {
	store.Node
	quiet time.Duration // without a new sign
	ahead time.Duration // of its clock before ours, when a sign of it was last new
	taken time.Duration // quiet when its work was last taken over; 0: not yet
}

// silent is a node that is taken for dead.
type silent struct {
	id    int
	until time.Time     // attempts that began before, by its own clock, are of the dead process
	ahead time.Duration // of its clock before ours
	first bool          // it was alive at the last look
}

// look takes in the heartbeats as they stand and gives the nodes whose work must be taken over. mono is of the real clock, now of the store's.
func (p *peers) look(nodes []store.Node, mono, now time.Time) []silent {
	p.mu.Lock()
	defer p.mu.Unlock()
	passed := time.Duration(0)
	if !p.looked.IsZero() {
		passed = min(mono.Sub(p.looked), 2*lookEvery)
	}
	p.looked = mono
	if p.known == nil {
		p.known = map[int]*peer{}
	}
	var dead []silent
	for _, n := range nodes {
		known := p.known[n.ID]
		if known == nil || !known.Boot.Equal(n.Boot) || !known.Seen.Equal(n.Seen) {
			p.known[n.ID] = &peer{Node: n, ahead: n.Seen.Sub(now)}
			continue
		}
		known.quiet += passed
		if n.ID != p.own && known.quiet >= silence && (known.taken == 0 || known.quiet-known.taken >= again) {
			dead = append(dead, silent{id: n.ID, until: known.last().Add(silence), ahead: known.ahead, first: known.taken == 0})
			known.taken = known.quiet
		}
	}
	return dead
}

// last is the moment of a node's last sign by its own clock; of one that ended in good order everything is over.
func (p *peer) last() time.Time {
	if p.Seen.IsZero() {
		return ever.Add(-silence)
	}
	return p.Seen
}

// settling is how long a node that came has no share yet where others may have one.
const settling = 4 * lookEvery

// share gives what part of a carrier's budget is this node's: the whole divided among the nodes that live and have the carrier open. What
// does not divide goes to the lower numbers. All others count a node that came before it takes its share, so that together they never exceed
// the budget; lines that another still uses above its own part, for calls that last, are not taken from under it. What a dead node had is
// divided when it is taken for dead.
func (p *peers) share(carrier string, budget int, mono time.Time) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	nodes := []int{p.own}
	for id, n := range p.known {
		if _, open := n.Carriers[carrier]; id != p.own && open && n.quiet < silence && !n.Seen.IsZero() {
			nodes = append(nodes, id)
		}
	}
	if p.looked.IsZero() || len(nodes) > 1 && mono.Sub(p.came) < settling {
		return 0
	}
	slices.Sort(nodes)
	part := func(place int) int {
		if place < budget%len(nodes) {
			return budget/len(nodes) + 1
		}
		return budget / len(nodes)
	}
	mine, others := 0, 0
	for place, id := range nodes {
		if id == p.own {
			mine = part(place)
			continue
		}
		others += max(part(place), p.known[id].Carriers[carrier])
	}
	return max(0, min(mine, budget-others))
}

// clock finds out that the clock on the wall was put back: the monotonic one goes on.
type clock struct{ wall, mono time.Time }

// back gives by how much the wall's clock fell behind since the last look.
func (c *clock) back(wall, mono time.Time) time.Duration {
	behind := mono.Sub(c.mono) - wall.Round(0).Sub(c.wall.Round(0))
	c.wall, c.mono = wall, mono
	return behind
}
