package delivery

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
)

var (
	fine    = buurtbel.Outcome{State: buurtbel.HandedOver}
	trouble = buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Unreachable, Temporary: true}
	number  = buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.InvalidAddress}
)

func TestBreaker(t *testing.T) {
	at := time.Date(2026, 6, 1, 3, 0, 0, 0, time.UTC)
	after := func(d time.Duration) time.Time { return at.Add(d) }
	for name, c := range map[string]struct {
		saw     []buurtbel.Outcome
		now     time.Time
		trusted bool
	}{
		"nothing known":                {nil, at, true},
		"four in trouble are not many": {[]buurtbel.Outcome{trouble, trouble, trouble, trouble}, at, true},
		"five are":                     {[]buurtbel.Outcome{trouble, trouble, trouble, trouble, trouble}, at, false},
		"not among many that are fine": {[]buurtbel.Outcome{fine, fine, fine, fine, fine, fine, trouble, trouble, trouble, trouble, trouble}, at, true},
		"dead numbers are no trouble":  {[]buurtbel.Outcome{number, number, number, number, number, number}, at, true},
		"our account is refused":       {[]buurtbel.Outcome{{State: buurtbel.Failed, Reason: buurtbel.Credentials}}, at, false},
		"rests no longer than needed":  {[]buurtbel.Outcome{trouble, trouble, trouble, trouble, trouble}, after(firstRest), true},
	} {
		t.Run(name, func(t *testing.T) {
			var b breaker
			for _, o := range c.saw {
				b.saw(o, at)
			}
			if got := b.trusted(c.now); got != c.trusted {
				t.Errorf("trusted %t", got)
			}
		})
	}
}

func TestBreakerTriesAFewAndRestsLongerEachTime(t *testing.T) {
	now := time.Date(2026, 6, 1, 3, 0, 0, 0, time.UTC)
	var b breaker
	for range enough {
		b.saw(trouble, now)
	}
	for rest := firstRest; rest < 16*time.Second; rest *= 2 {
		if now = now.Add(rest - time.Millisecond); b.trusted(now) {
			t.Fatalf("trusted before its rest of %s was over", rest)
		}
		now = now.Add(time.Millisecond)
		if !b.trusted(now) || b.room(100) != trials {
			t.Fatalf("after %s: trusted %t, room %d", rest, b.trusted(now), b.room(100))
		}
		b.tried(trials, now)
		if b.trusted(now) {
			t.Fatal("more than a few try")
		}
		b.saw(trouble, now)
	}
	now = now.Add(time.Hour)
	b.tried(trials, now)
	b.saw(fine, now)
	if !b.trusted(now) || b.room(100) != 100 {
		t.Error("one that went well does not bring the carrier back")
	}
}

func TestReceiptsThatStayAway(t *testing.T) {
	now := time.Date(2026, 6, 1, 3, 0, 0, 0, time.UTC)
	var b breaker
	second := func(given, got int) {
		now = now.Add(time.Second)
		b.handedOver(given, now)
		b.received(got, now)
	}
	for range 120 {
		second(10, 9)
	}
	if !b.trusted(now) {
		t.Fatal("distrusted while receipts come")
	}
	seconds := 0
	for ; b.trusted(now) && seconds < 300; seconds++ {
		second(10, 0)
	}
	if seconds < 20 || seconds > 90 {
		t.Errorf("distrusted after %d seconds without a receipt", seconds)
	}
	now = now.Add(longest)
	if !b.trusted(now) {
		t.Error("not tried again after its rest")
	}
}

// A carrier that never gave a receipt for a few messages is not judged.
func TestFewMessagesSayNothing(t *testing.T) {
	now := time.Date(2026, 6, 1, 3, 0, 0, 0, time.UTC)
	var b breaker
	for range asks - 1 {
		now = now.Add(10 * time.Second)
		b.handedOver(1, now)
	}
	if !b.trusted(now) {
		t.Error("distrusted")
	}
}
