package buurtbel_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

func TestPhoneTreeIsBalanced(t *testing.T) {
	now := time.Date(2026, 11, 3, 14, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		var people []buurtbel.TreePerson
		here := map[buurtbel.ID]buurtbel.TreeRank{}
		for i := range rapid.IntRange(0, 300).Draw(t, "people") {
			p := buurtbel.TreePerson{Member: buurtbel.ID(i + 1), Rank: buurtbel.TreeRank(rapid.IntRange(0, 3).Draw(t, "rank")), Numbers: rapid.IntRange(0, 9).Draw(t, "number") > 0}
			if rapid.IntRange(0, 9).Draw(t, "away") == 0 {
				p.Away = buurtbel.Span{From: now.Add(-time.Hour)}
			}
			if people = append(people, p); p.Numbers && p.Away.From.IsZero() {
				here[p.Member] = p.Rank
			}
		}
		starts, most := rapid.IntRange(1, 3).Draw(t, "starts"), rapid.IntRange(2, 6).Draw(t, "most")
		tree := buurtbel.PhoneTree(people, starts, most, now)
		checkTree(t, tree, here, starts, most)
		shuffled := rapid.Permutation(people).Draw(t, "shuffled")
		if diff := cmp.Diff(tree, buurtbel.PhoneTree(shuffled, starts, most, now)); diff != "" {
			t.Errorf("another order gives another tree: %s", diff)
		}
	})
}

func checkTree(t *rapid.T, tree []buurtbel.TreeCall, here map[buurtbel.ID]buurtbel.TreeRank, starts, most int) {
	level, calls, perLevel := map[buurtbel.ID]int{0: 0}, map[buurtbel.ID]int{}, map[int][]buurtbel.ID{0: {0}}
	last := buurtbel.TreeRank(0)
	for _, c := range tree {
		if _, twice := level[c.Member]; twice {
			t.Fatalf("%s is called twice", c.Member)
		}
		rank, known := here[c.Member]
		if at, called := level[c.Caller]; !known || !called || at != c.Level-1 {
			t.Fatalf("%+v: who is not there is in the tree, or calls before being called", c)
		}
		if rank < last {
			t.Errorf("%s of rank %d comes after rank %d", c.Member, rank, last)
		}
		last, level[c.Member] = rank, c.Level
		calls[c.Caller]++
		perLevel[c.Level] = append(perLevel[c.Level], c.Member)
	}
	if len(tree) != len(here) {
		t.Errorf("%d of %d people are in the tree", len(tree), len(here))
	}
	for l, members := range perLevel {
		least, top := math.MaxInt, 0
		for _, m := range members {
			least, top = min(least, calls[m]), max(top, calls[m])
		}
		if l > 0 && (top > most || top-least > 1) || l == 0 && top > starts {
			t.Errorf("at level %d one makes %d calls and another %d", l, least, top)
		}
		if full := starts * int(math.Pow(float64(most), float64(l-1))); l > 0 && len(perLevel[l+1]) > 0 && len(members) != full {
			t.Errorf("level %d has %d people of %d and there is a deeper one", l, len(members), full)
		}
	}
}

func TestPhoneTreeWhenTheCoordinatorIsAway(t *testing.T) {
	now := time.Date(2026, 11, 3, 14, 0, 0, 0, time.UTC)
	people := []buurtbel.TreePerson{
		{Member: 1, Rank: buurtbel.TreeCoordinator, Numbers: true, Away: buurtbel.Span{From: now.Add(-time.Hour), Until: now.Add(time.Hour)}},
		{Member: 2, Rank: buurtbel.TreeMember, Numbers: true}, {Member: 3, Rank: buurtbel.TreeDeputy, Numbers: true},
		{Member: 3, Rank: buurtbel.TreeMember, Numbers: true}, // a deputy who agreed as a member too is one person
	}
	want := []buurtbel.TreeCall{{Caller: 0, Member: 3, Level: 1}, {Caller: 3, Member: 2, Level: 2}}
	if diff := cmp.Diff(want, buurtbel.PhoneTree(people, 1, 4, now)); diff != "" {
		t.Error(diff)
	}
	if got := buurtbel.PhoneTree(people, 1, 4, now.Add(2*time.Hour)); got[0].Member != 1 {
		t.Errorf("when the coordinator is back the tree begins with %s", got[0].Member)
	}
	if got := buurtbel.TreeValid(now); !got.Equal(time.Date(2027, 5, 3, 14, 0, 0, 0, time.UTC)) {
		t.Errorf("a print of %s is valid until %s", now, got)
	}
}
