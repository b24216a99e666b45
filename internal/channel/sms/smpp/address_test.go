package smpp

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
)

func TestAddressOf(t *testing.T) {
	tests := map[string]address{
		"+32455000001": {TON: 1, NPI: 1, Addr: "32455000001"},
		"8850":         {TON: 3, NPI: 0, Addr: "8850"},
		"32455000001":  {TON: 0, NPI: 1, Addr: "32455000001"},
		"Vlierbeek":    {TON: 5, NPI: 0, Addr: "Vlierbeek"},
		"BIN 1":        {TON: 5, NPI: 0, Addr: "BIN 1"},
	}
	for s, want := range tests {
		if got := addressOf(s); got != want {
			t.Errorf("%q: %+v, want %+v", s, got, want)
		}
	}
	ton, npi := uint8(6), uint8(8)
	if got := sourceAddress(&Config{Config: sms.Config{Sender: "8850"}, SourceTON: &ton, SourceNPI: &npi}); got != (address{TON: 6, NPI: 8, Addr: "8850"}) {
		t.Errorf("%+v", got)
	}
}

func TestNumberOf(t *testing.T) {
	tests := []struct {
		in   address
		want string
	}{
		{address{TON: 1, Addr: "32455000001"}, "+32455000001"},
		{address{TON: 1, Addr: "+32455000001"}, "+32455000001"},
		{address{TON: 0, Addr: "0032455000001"}, "+32455000001"},
		{address{TON: 1, Addr: "0032455000001"}, "+32455000001"},
		{address{TON: 0, Addr: "32455000001"}, "+32455000001"},
		{address{TON: 2, Addr: "0455000001"}, "0455000001"},
		{address{TON: 0, Addr: "0455000001"}, "0455000001"},
		{address{TON: 0, Addr: "8850"}, "8850"},
		{address{TON: 5, Addr: "Vlierbeek"}, "Vlierbeek"},
		{address{}, ""},
	}
	for _, test := range tests {
		if got := numberOf(test.in); got != test.want {
			t.Errorf("%+v: %q, want %q", test.in, got, test.want)
		}
	}
}

func TestValidity(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for left, want := range map[time.Duration]string{
		time.Hour: "000000010000000R", 90 * time.Second: "000000000130000R", 49*time.Hour + 999*time.Millisecond: "000002010000000R",
		time.Millisecond: "000000000001000R", 400 * 24 * time.Hour: "000030000000000R",
	} {
		if got := validity(now.Add(left), now); got != want {
			t.Errorf("%v: %q, want %q", left, got, want)
		}
	}
	if got := validity(time.Time{}, now); got != "" {
		t.Errorf("no expiry: %q", got)
	}
}

func TestPriority(t *testing.T) {
	s, flat := &Session{}, &Session{cfg: Config{FlatPriority: true}}
	for class := buurtbel.ClassAlert; class < buurtbel.ClassDigest; class++ {
		if s.priority(class) < s.priority(class+1) || flat.priority(class) != 0 {
			t.Errorf("class %d: %d", class, s.priority(class))
		}
	}
}

func TestJitter(t *testing.T) {
	for range 1000 {
		if d := jitter(firstPause); d < firstPause/2 || d > firstPause {
			t.Fatal(d)
		}
	}
}

// TestBackOff: a carrier that cannot be reached is tried from 0.1 s to 15 s apart, and a good connection starts again from the beginning.
func TestBackOff(t *testing.T) {
	pause := firstPause
	for _, want := range []time.Duration{200, 400, 800, 1600, 3200, 6400, 12800, 15000, 15000} {
		if pause = nextPause(pause, time.Second); pause != want*time.Millisecond {
			t.Errorf("%v, want %v", pause, want*time.Millisecond)
		}
	}
	if pause = nextPause(pause, time.Minute); pause != firstPause {
		t.Errorf("after a good connection: %v", pause)
	}
}

// TestRest: what is sent while the session waits learns when the next connection is tried.
func TestRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSession(Config{}, nil, Options{})
		began := time.Now()
		done := make(chan struct{})
		go func() { defer close(done); s.rest(t.Context(), ErrClosed, lastPause) }()
		synctest.Wait()
		if f := s.downFailure(); f.After != lastPause {
			t.Errorf("after %v", f.After)
		}
		<-done
		if took := time.Since(began); took != lastPause {
			t.Errorf("rested %v", took)
		}
	})
}

// TestWindow: never more than its size, nobody waits for ever, who gives up leaves no hole.
func TestWindow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.IntRange(1, 10).Draw(rt, "size")
		wants := rapid.SliceOfN(rapid.IntRange(1, size), 1, 60).Draw(rt, "wants")
		patience := rapid.SliceOfN(rapid.IntRange(0, 40), len(wants), len(wants)).Draw(rt, "patience")
		synctest.Test(t, func(*testing.T) {
			if most := crowd(size, wants, patience); most > size {
				rt.Fatalf("%d places of %d", most, size)
			}
		})
	})
}

// crowd lets one goroutine each take its places for a while, and gives the most that were taken at once.
func crowd(size int, wants, patience []int) int {
	w := newWindow(size)
	var all sync.WaitGroup
	var mu sync.Mutex
	taken, most := 0, 0
	hold := func(n int) {
		mu.Lock()
		taken += n
		most = max(most, taken)
		mu.Unlock()
	}
	for i, n := range wants {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(patience[i])*time.Millisecond)
			defer cancel()
			if !w.acquire(ctx, nil, n) {
				return
			}
			hold(n)
			<-time.After(time.Duration(n) * time.Millisecond) // in the bubble's own time
			hold(-n)
			w.release(n)
		})
	}
	all.Wait()
	if w.used() != 0 || w.waiting.Len() != 0 {
		return size + 1
	}
	return most
}
