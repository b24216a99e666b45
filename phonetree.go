package buurtbel

import (
	"cmp"
	"slices"
	"time"
)

// TreeRank is the order in which people stand in a phone tree.
type TreeRank int

// The ranks.
const (
	TreeCoordinator TreeRank = iota
	TreeDeputy
	TreeSteering
	TreeMember // agreed expressly, and may take it back at any time
)

// TreePerson is somebody whom a phone tree may count on.
type TreePerson struct {
	Member  ID
	Rank    TreeRank
	Away    Span
	Numbers bool // has a telephone that can be called
}

// TreeCall says that one person calls another; a Caller of 0 is the police.
type TreeCall struct {
	Caller, Member ID
	Level          int // 1: called by the police
}

// Limits of a phone tree.
const (
	TreeStarts = 2 // people whom the police call: one who does not answer must not stop the tree
	TreeCalls  = 4 // calls that one person makes at most
)

// TreeValid is how long a printed tree is valid: people move, and take their word back.
func TreeValid(printed time.Time) time.Time { return printed.AddDate(0, 6, 0) }

// PhoneTree says who calls whom when no carrier works: the police call at most starts people, and nobody calls more than most. Who is away
// now, or has no telephone, is left out. It is as shallow as it can be, and calls are spread evenly over the callers of a level. The same
// people give the same tree, in whatever order they come.
func PhoneTree(people []TreePerson, starts, most int, now time.Time) []TreeCall {
	var here []TreePerson
	for _, p := range people {
		if p.Numbers && !p.Away.Contains(now) {
			here = append(here, p)
		}
	}
	slices.SortFunc(here, func(a, b TreePerson) int {
		return cmp.Or(cmp.Compare(a.Member, b.Member), cmp.Compare(a.Rank, b.Rank))
	})
	here = slices.CompactFunc(here, func(a, b TreePerson) bool { return a.Member == b.Member })
	slices.SortStableFunc(here, func(a, b TreePerson) int { return cmp.Compare(a.Rank, b.Rank) })
	starts, most = max(starts, 1), max(most, 1)
	var out []TreeCall
	callers := []ID{0}
	for level, room := 1, starts; len(here) > 0; level, room = level+1, len(callers)*most {
		called := here[:min(room, len(here))]
		here = here[len(called):]
		var next []ID
		for i, p := range called {
			out = append(out, TreeCall{callers[i%len(callers)], p.Member, level})
			next = append(next, p.Member)
		}
		callers = next
	}
	return out
}
