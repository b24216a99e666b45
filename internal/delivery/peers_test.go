package delivery

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel/internal/store"
)

// watcher looks at the heartbeats of others, every lookEvery.
type watcher struct {
	p         peers
	mono, now time.Time
	nodes     map[int]store.Node
}

func newWatcher() *watcher {
	w := &watcher{mono: time.Now(), now: time.Now(), nodes: map[int]store.Node{}}
	w.p.own, w.p.came = 1, w.mono
	return w
}

func (w *watcher) beat(id int, seen time.Time) {
	w.nodes[id] = store.Node{ID: id, Boot: w.now.Add(-time.Hour), Seen: seen, Carriers: map[string]int{"a": 0}}
}

func (w *watcher) look(after time.Duration) []silent {
	w.mono, w.now = w.mono.Add(after), w.now.Add(after)
	var list []store.Node
	for _, n := range w.nodes {
		list = append(list, n)
	}
	return w.p.look(list, w.mono, w.now)
}

func TestNodeLivesWhileItsHeartbeatChangesWhateverItsClockSays(t *testing.T) {
	for _, skew := range []time.Duration{-30 * time.Second, 0, 30 * time.Second, 24 * time.Hour} {
		w := newWatcher()
		for range 100 {
			w.beat(2, w.now.Add(skew))
			if dead := w.look(lookEvery); len(dead) != 0 {
				t.Fatalf("a node whose clock is %s ahead was taken for dead", skew)
			}
		}
		after := time.Duration(0)
		for len(w.look(lookEvery)) == 0 {
			if after += lookEvery; after > 2*silence {
				t.Fatalf("a node whose clock is %s ahead died, and nobody noticed", skew)
			}
		}
		if after+beatEvery+lookEvery > 4*time.Second {
			t.Errorf("its death was noticed after %s", after)
		}
	}
}

func TestDatabaseThatWasGoneMakesNobodyDead(t *testing.T) {
	w := newWatcher()
	w.beat(2, w.now)
	w.look(lookEvery)
	for range 5 { // nobody could beat, and nobody could look
		if dead := w.look(time.Minute); len(dead) != 0 {
			t.Fatal("a node was taken for dead because the database did not answer")
		}
		w.beat(2, w.now)
		w.look(lookEvery)
	}
}

func TestDeadNodeIsLookedAfterNowAndThen(t *testing.T) {
	w := newWatcher()
	w.beat(2, w.now)
	times, first := 0, 0
	for range 80 { // 20 s
		for _, s := range w.look(lookEvery) {
			times++
			if s.first {
				first++
			}
			if s.id != 2 {
				t.Errorf("node %d", s.id)
			}
		}
	}
	if times < 3 || times > 5 || first != 1 {
		t.Errorf("its work was taken over %d times in 20 s, %d of them first", times, first)
	}
	w.beat(1, w.now) // we ourselves are never silent, however the row looks
	for range 80 {
		for _, s := range w.look(lookEvery) {
			if s.id == 1 {
				t.Fatal("a node took itself for dead")
			}
		}
	}
}

// Calls last: what a node uses stays in use when its share shrinks. Together they never use more lines than there are.
func TestLinesInUseNeverExceedTheBudget(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const most = 4
		budget := rapid.IntRange(1, 30).Draw(rt, "lines")
		begin := time.Now()
		rows, alive, used := map[int]store.Node{}, map[int]*peers{}, map[int]int{}
		for tick := range 100 {
			now := begin.Add(time.Duration(tick) * lookEvery)
			id := rapid.IntRange(0, most-1).Draw(rt, "node")
			if alive[id] == nil {
				alive[id] = &peers{own: id, came: now}
				rows[id] = store.Node{ID: id, Boot: now, Seen: now, Carriers: map[string]int{"a": 0}}
			}
			var list []store.Node
			for id := range alive {
				if tick%2 == 0 {
					rows[id] = store.Node{ID: id, Boot: rows[id].Boot, Seen: now, Carriers: map[string]int{"a": used[id]}}
				}
			}
			for _, n := range rows {
				list = append(list, n)
			}
			sum := 0
			for id := range most {
				p := alive[id]
				if p == nil {
					continue
				}
				p.look(list, now, now)
				used[id] -= rapid.IntRange(0, used[id]).Draw(rt, "ended")
				if room := p.share("a", budget, now) - used[id]; room > 0 {
					used[id] += rapid.IntRange(0, room).Draw(rt, "begun")
				}
				sum += used[id]
			}
			if sum > budget {
				rt.Fatalf("%d calls on %d lines", sum, budget)
			}
		}
	})
}

// Several nodes that look at the same heartbeats never use more of a carrier than its budget together, while nodes come, die and come back.
func TestSharesNeverExceedTheBudget(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const most = 5
		budget := rapid.IntRange(0, 40).Draw(rt, "budget")
		begin := time.Now()
		rows := map[int]store.Node{}
		alive := map[int]*peers{}
		for tick := range 120 {
			now := begin.Add(time.Duration(tick) * lookEvery)
			switch id := rapid.IntRange(0, most-1).Draw(rt, "node"); rapid.IntRange(0, 9).Draw(rt, "what") {
			case 0:
				if alive[id] == nil {
					alive[id] = &peers{own: id, came: now}
					rows[id] = store.Node{ID: id, Boot: now, Seen: now, Carriers: map[string]int{"a": 0}}
				}
			case 1:
				delete(alive, id)
			}
			sum := 0
			for id := range alive {
				if tick%2 == 0 {
					n := rows[id]
					n.Seen = now
					rows[id] = n
				}
			}
			var list []store.Node
			for _, n := range rows {
				list = append(list, n)
			}
			for id, p := range alive {
				p.look(list, now, now)
				mine := p.share("a", budget, now)
				if mine < 0 || p.share("b", budget, now) > budget {
					rt.Fatalf("node %d has %d", id, mine)
				}
				sum += mine
			}
			if sum > budget {
				rt.Fatalf("%d nodes use %d of %d", len(alive), sum, budget)
			}
		}
	})
}

func TestSharesDivideTheWholeBudget(t *testing.T) {
	w := newWatcher()
	for range 20 {
		w.beat(1, w.now)
		w.beat(2, w.now)
		w.beat(3, w.now)
		w.look(lookEvery)
	}
	if got := w.p.share("a", 10, w.mono); got != 4 { // 4 + 3 + 3
		t.Errorf("a third of 10 is %d", got)
	}
	if got := w.p.share("b", 10, w.mono); got != 10 {
		t.Errorf("of a carrier that no other node has open: %d of 10", got)
	}
	for range 20 { // 2 and 3 are dead
		w.beat(1, w.now)
		w.look(lookEvery)
	}
	if got := w.p.share("a", 10, w.mono); got != 10 {
		t.Errorf("alone: %d of 10", got)
	}
}

func TestClockThatWasPutBackIsFound(t *testing.T) {
	wall, mono := time.Now(), time.Now()
	c := clock{wall: wall, mono: mono}
	for _, step := range []struct{ passed, moved, want time.Duration }{
		{time.Second, 0, 0}, {time.Second, -time.Hour, time.Hour}, {time.Second, 0, 0}, {time.Second, time.Hour, -time.Hour}, {time.Second, -2 * time.Second, 2 * time.Second},
	} {
		wall, mono = wall.Add(step.passed+step.moved), mono.Add(step.passed)
		if got := c.back(wall, mono); got.Round(time.Millisecond) != step.want {
			t.Errorf("moved by %s: %s", step.moved, got)
		}
	}
}
