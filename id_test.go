package buurtbel_test

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

func TestIDsAreUniqueAndOrdered(t *testing.T) {
	g := buurtbel.IDs{Node: 7}
	start := time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC)
	const each, writers = 4000, 8
	got := make([][]buurtbel.ID, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range each {
				now := start.Add(time.Duration(i%97-i%89*2) * time.Minute) // forwards and back
				got[w] = append(got[w], g.Next(now))
			}
		}()
	}
	wg.Wait()
	seen := map[buurtbel.ID]bool{}
	for _, list := range got {
		if !slices.IsSorted(list) {
			t.Error("one writer's ids are out of order")
		}
		for _, id := range list {
			if seen[id] || id <= 0 {
				t.Fatalf("%s comes twice", id)
			}
			seen[id] = true
			if id>>14&0xff != 7 {
				t.Fatalf("%s is of another node", id)
			}
		}
	}
	if next := g.Next(start.Add(-1000 * time.Hour)); next <= slices.Max(got[0]) {
		t.Error("a clock that went back gave a smaller id")
	}
}

func TestIDsOfNodesDiffer(t *testing.T) {
	a, b := buurtbel.IDs{Node: 0}, buurtbel.IDs{Node: 255}
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	if x, y := a.Next(now), b.Next(now); x == y || x <= 0 || y <= 0 {
		t.Errorf("%s and %s", x, y)
	}
	if end := b.Next(time.Date(2095, 1, 1, 0, 0, 0, 0, time.UTC)); end <= 0 {
		t.Errorf("%s overflows", end)
	}
	if first := new(buurtbel.IDs).Next(time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)); first <= 0 {
		t.Errorf("a clock before the epoch gives %d", first)
	}
}

func TestIDsAfter(t *testing.T) {
	var old, young buurtbel.IDs
	old.Node = 200
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	last := old.Next(now)
	young.After(last)
	if next := young.Next(now.Add(-24 * time.Hour)); next <= last {
		t.Errorf("%s does not follow %s", next, last)
	}
	young.After(1)
	if next := young.Next(now.Add(-24 * time.Hour)); next <= last {
		t.Error("a smaller one set it back")
	}
}

func TestIDText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := buurtbel.ID(rapid.Int64Range(1, math.MaxInt64).Draw(t, "id"))
		back, err := buurtbel.ParseID(id.String())
		if err != nil || back != id {
			t.Fatalf("%s came back as %s: %v", id, back, err)
		}
		if back, err = buurtbel.ParseID(strings.ToUpper(id.String())); err != nil || back != id {
			t.Fatalf("capitals: %s came back as %s: %v", id, back, err)
		}
		next := buurtbel.ID(rapid.Int64Range(1, math.MaxInt64).Draw(t, "other"))
		if (id < next) != (id.String() < next.String()) {
			t.Fatalf("%d and %d do not sort as %s and %s", id, next, id, next)
		}
	})
}

func TestParseIDRefuses(t *testing.T) {
	for _, s := range []string{"", "0", "0000000000000", "00000000000001", "000000000001", "g000000000001", "zzzzzzzzzzzzz", "8000000000000", "000000000000i",
		"000000000000l", "000000000000o", "000000000000u", "000000000000-", " 00000000001", "000000000000é", "\u212a0000000000", "-000000000001"} {
		if id, err := buurtbel.ParseID(s); err == nil || buurtbel.KindOf(err) != buurtbel.Invalid {
			t.Errorf("%q: %d, %v", s, id, err)
		}
	}
}

func FuzzParseID(f *testing.F) {
	for _, s := range []string{"", "0000000000001", "7zzzzzzzzzzzz", "g000000000001", "\u212a0000000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := buurtbel.ParseID(s); err == nil && (id <= 0 || id.String() != strings.ToLower(s)) {
			t.Errorf("%q is %d, which is %s", s, id, id)
		}
	})
}
