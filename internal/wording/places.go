package wording

import "strings"

// Places is a prepared set of names of streets, districts and shops. Make it once per zone; it may be shared between goroutines.
type Places struct {
	byFirst map[string][]string // first word -> whole names, folded
}

// NewPlaces prepares lists of names as people write them.
func NewPlaces(lists ...[]string) *Places {
	p := &Places{byFirst: map[string][]string{}}
	for _, list := range lists {
		for _, name := range list {
			if folded := foldString(name); len(folded) > 2 {
				p.byFirst[firstWord(folded)] = append(p.byFirst[firstWord(folded)], folded)
			}
		}
	}
	return p
}

func firstWord(folded string) string {
	if i := strings.IndexFunc(folded, func(r rune) bool { return r < 0x80 && !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') }); i > 0 {
		return folded[:i]
	}
	return folded
}

// in finds the places that the text names; the longest at each word.
func (p *Places) in(d *document) []span {
	if p == nil {
		return nil
	}
	var out []span
	for _, g := range d.groups {
		start := g.start
		if start > 0 && kindAt(d.low, start-1) != other {
			continue
		}
		best := span{start, start}
		for _, name := range p.byFirst[firstWord(d.low[start:min(len(d.low), start+40)])] {
			s := span{start, start + len(name)}
			if s.end > best.end && strings.HasPrefix(d.low[start:], name) && d.whole(s) {
				best = s
			}
		}
		if best.end > best.start {
			out = append(out, best)
		}
	}
	return out
}
