// Package place holds, per process and in memory, where members live (Audience) and which addresses exist (Directory).
//
// Both are opened contact data: nothing in here writes to disk or to a log. Both are only as fresh as what was put in: the store feeds them
// and has the last word. Both may be asked by many goroutines while one changes them.
package place

import (
	"iter"
	"math"
	"slices"
	"sync"

	"github.com/buurtbel/buurtbel"
)

// Member is where one member is to be found: the home, or the work place of a trader.
type Member struct {
	ID, Network, Zone buurtbel.ID
	At                buurtbel.Point
}

// Audience finds the members inside an area. Its zero value is empty and ready to use. A member stands at one place; a network lies in one
// zone. Places are kept to 1e-7 of a degree, about a centimetre.
type Audience struct {
	mu       sync.RWMutex
	cells    map[cellKey]*cell
	where    map[key]cellKey
	networks []network
	byID     map[buurtbel.ID]uint32
	last     uint32 // the network of the last member put: they come in rows
}

type network struct{ id, zone buurtbel.ID }

// cellKey is row and column of a grid of about 560 by 560 metres in the Low Countries.
type cellKey struct{ row, column int16 }

const (
	cellLat = 0.005 // degrees
	cellLon = 0.008
	scale   = 1e7
)

// cell is a slice behind a pointer, so that it grows without a second look-up.
type cell struct{ entries []entry }

// key is an id in two halves: so a map of it has no padding.
type key struct{ high, low uint32 }

// entry takes 20 bytes.
type entry struct {
	key
	lat, lon int32
	network  uint32
}

func keyOf(id buurtbel.ID) key { return key{uint32(uint64(id) >> 32), uint32(uint64(id))} }

func (k key) id() buurtbel.ID { return buurtbel.ID(uint64(k.high)<<32 | uint64(k.low)) }

func (e *entry) point() buurtbel.Point {
	return buurtbel.Point{Lat: float64(e.lat) / scale, Lon: float64(e.lon) / scale}
}

func cellOf(p buurtbel.Point) cellKey {
	return cellKey{row: clamp(math.Floor(p.Lat / cellLat)), column: clamp(math.Floor(p.Lon / cellLon))}
}

func clamp(v float64) int16 { return int16(max(math.MinInt16, min(math.MaxInt16, v))) }

// Put adds a member or moves one that is there, also to another network.
func (a *Audience) Put(m Member) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.put(m)
}

// Load puts many members in slices that let readers through, and leaves the index compact. It is meant for the start; about says how many
// are to be expected, 0 when nobody knows.
func (a *Audience) Load(members iter.Seq[Member], about int) {
	a.mu.Lock()
	a.start(about)
	a.mu.Unlock()
	batch := make([]Member, 0, 4096)
	flush := func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, m := range batch {
			a.put(m)
		}
		batch = batch[:0]
	}
	for m := range members {
		if batch = append(batch, m); len(batch) == cap(batch) {
			flush()
		}
	}
	flush()
	a.compact()
}

// compact gives back what growing left over.
func (a *Audience) compact() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.cells {
		if cap(c.entries) > len(c.entries)+len(c.entries)/8 {
			c.entries = slices.Clip(append(make([]entry, 0, len(c.entries)), c.entries...))
		}
	}
}

func (a *Audience) start(about int) {
	if a.cells == nil {
		a.cells, a.where, a.byID = map[cellKey]*cell{}, make(map[key]cellKey, about), map[buurtbel.ID]uint32{}
	}
}

func (a *Audience) put(m Member) {
	a.start(0)
	k := keyOf(m.ID)
	to := cellOf(m.At)
	e := entry{key: k, lat: int32(math.Round(m.At.Lat * scale)), lon: int32(math.Round(m.At.Lon * scale)), network: a.network(m)}
	if from, known := a.where[k]; known {
		if from == to {
			c := a.cells[to]
			c.entries[c.find(k)] = e
			return
		}
		a.take(k, from)
	}
	c := a.cells[to]
	if c == nil {
		c = &cell{}
		a.cells[to] = c
	}
	c.entries = append(c.entries, e)
	a.where[k] = to
}

// network gives the number of a network; a network that changed zone changes it for all its members.
func (a *Audience) network(m Member) uint32 {
	if last := a.last; int(last) < len(a.networks) && a.networks[last].id == m.Network {
		a.networks[last].zone = m.Zone
		return last
	}
	n, known := a.byID[m.Network]
	if !known {
		n = uint32(len(a.networks))
		a.byID[m.Network] = n
		a.networks = append(a.networks, network{m.Network, m.Zone})
	}
	a.networks[n].zone = m.Zone
	a.last = n
	return n
}

func (c *cell) find(k key) int {
	return slices.IndexFunc(c.entries, func(e entry) bool { return e.key == k })
}

func (a *Audience) take(k key, from cellKey) {
	c := a.cells[from]
	i, last := c.find(k), len(c.entries)-1
	c.entries[i] = c.entries[last]
	if c.entries = c.entries[:last]; last == 0 {
		delete(a.cells, from)
	}
}

// Remove forgets a member; one that is not there is forgotten already.
func (a *Audience) Remove(member buurtbel.ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k := keyOf(member)
	if from, known := a.where[k]; known {
		a.take(k, from)
		delete(a.where, k)
	}
}

// Len is the number of members.
func (a *Audience) Len() int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return len(a.where)
}

// Get gives what is known of a member.
func (a *Audience) Get(member buurtbel.ID) (Member, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	k := keyOf(member)
	at, known := a.where[k]
	if !known {
		return Member{}, false
	}
	c := a.cells[at]
	e := &c.entries[c.find(k)]
	n := a.networks[e.network]
	return Member{ID: member, Network: n.id, Zone: n.zone, At: e.point()}, true
}

// Within gives the members of a zone inside an area, in the order of their ids.
func (a *Audience) Within(zone buurtbel.ID, area buurtbel.Area) []buurtbel.ID {
	box, ok := area.Bounds()
	if !ok {
		return nil
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	s := search{audience: a, zone: zone, area: area, border: border(area)}
	s.box(cellOf(buurtbel.Point{Lat: box.South, Lon: box.West}), cellOf(buurtbel.Point{Lat: box.North, Lon: box.East}))
	slices.Sort(s.found)
	return s.found
}

// Near gives the members of a zone at most km kilometres from a point, in the order of their ids.
func (a *Audience) Near(zone buurtbel.ID, centre buurtbel.Point, km float64) []buurtbel.ID {
	if !(km > 0) {
		return nil
	}
	const perDegree = 111.19
	lat := km / perDegree
	lon := lat / max(0.01, math.Cos(centre.Lat*math.Pi/180))
	a.mu.RLock()
	defer a.mu.RUnlock()
	s := search{audience: a, zone: zone, near: func(p buurtbel.Point) bool { return centre.KM(p) <= km }}
	s.box(cellOf(buurtbel.Point{Lat: centre.Lat - lat*1.01, Lon: centre.Lon - lon*1.01}), cellOf(buurtbel.Point{Lat: centre.Lat + lat*1.01, Lon: centre.Lon + lon*1.01}))
	slices.Sort(s.found)
	return s.found
}

// search is one question. Cells that no edge of the area passes lie wholly inside or wholly outside, so that most points need no test.
type search struct {
	audience *Audience
	zone     buurtbel.ID
	area     buurtbel.Area
	border   map[cellKey]bool
	near     func(buurtbel.Point) bool
	found    []buurtbel.ID
}

func (s *search) box(from, to cellKey) {
	cells := (int(to.row) - int(from.row) + 1) * (int(to.column) - int(from.column) + 1)
	if cells > len(s.audience.cells) {
		for k, c := range s.audience.cells {
			if k.row >= from.row && k.row <= to.row && k.column >= from.column && k.column <= to.column {
				s.cell(k, c)
			}
		}
		return
	}
	for row := int(from.row); row <= int(to.row); row++ {
		for column := int(from.column); column <= int(to.column); column++ {
			k := cellKey{int16(row), int16(column)}
			if c := s.audience.cells[k]; c != nil {
				s.cell(k, c)
			}
		}
	}
}

func (s *search) cell(k cellKey, c *cell) {
	switch {
	case s.near != nil:
		s.each(c, s.near)
	case s.border[k]:
		s.each(c, s.area.Contains)
	case s.area.Contains(buurtbel.Point{Lat: (float64(k.row) + 0.5) * cellLat, Lon: (float64(k.column) + 0.5) * cellLon}):
		s.each(c, nil)
	}
}

// each takes the cell's members of the zone that pass inside; nil passes all.
func (s *search) each(c *cell, inside func(buurtbel.Point) bool) {
	for i := range c.entries {
		e := &c.entries[i]
		if s.audience.networks[e.network].zone == s.zone && (inside == nil || inside(e.point())) {
			s.found = append(s.found, e.id())
		}
	}
}

// border marks the cells that an edge of the area may pass, a cell around them included: points are rounded.
func border(area buurtbel.Area) map[cellKey]bool {
	marked := map[cellKey]bool{}
	for _, polygon := range area {
		for _, ring := range polygon {
			for i, p := range ring {
				markEdge(marked, p, ring[(i+1)%len(ring)])
			}
		}
	}
	return marked
}

// markEdge goes along the edge in steps of half a cell, so that a long slanting edge does not mark its whole box.
func markEdge(marked map[cellKey]bool, p, q buurtbel.Point) {
	steps := int(min(100_000, max(math.Abs(q.Lat-p.Lat)/cellLat, math.Abs(q.Lon-p.Lon)/cellLon)*2)) + 1
	last := cellKey{math.MinInt16, math.MinInt16}
	for i := range steps + 1 {
		t := float64(i) / float64(steps)
		k := cellOf(buurtbel.Point{Lat: p.Lat + t*(q.Lat-p.Lat), Lon: p.Lon + t*(q.Lon-p.Lon)})
		if k == last {
			continue
		}
		last = k
		for row := k.row - 1; row <= k.row+1; row++ {
			for column := k.column - 1; column <= k.column+1; column++ {
				marked[cellKey{row, column}] = true
			}
		}
	}
}
