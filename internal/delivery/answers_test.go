package delivery

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
)

func TestAnswers(t *testing.T) {
	at := time.Date(2026, 6, 1, 3, 0, 0, 0, time.UTC)
	begun := func(a *answers, n int) {
		for range n {
			a.begin(at)
		}
	}
	known := func(took time.Duration) *answers {
		a := &answers{}
		a.begin(at.Add(-took))
		a.over(at.Add(-took), true, true, at)
		return a
	}
	for name, c := range map[string]struct {
		have             func() *answers
		after            time.Duration
		silent, hopeless bool
	}{
		"nothing under way":               {func() *answers { return known(time.Millisecond) }, time.Hour, false, false},
		"a moment":                        {func() *answers { a := known(time.Millisecond); begun(a, 3); return a }, silentAfter, false, false},
		"longer than it takes":            {func() *answers { a := known(time.Millisecond); begun(a, 3); return a }, silentAfter + time.Millisecond, true, false},
		"for good":                        {func() *answers { a := known(time.Millisecond); begun(a, 3); return a }, silentAfter + hopelessAfter + time.Millisecond, true, true},
		"a slow one has more time":        {func() *answers { a := known(time.Second); begun(a, 3); return a }, timesUsual * time.Second, false, false},
		"not for ever":                    {func() *answers { a := known(time.Second); begun(a, 3); return a }, timesUsual*time.Second + 2*hopelessAfter, true, true},
		"a stranger is not given up soon": {func() *answers { a := &answers{}; begun(a, 3); return a }, strangerAfter, true, false},
		"but given up":                    {func() *answers { a := &answers{}; begun(a, 3); return a }, strangerAfter + time.Millisecond, true, true},
		"a refusal is an answer": {func() *answers {
			a := known(time.Millisecond)
			begun(a, 3)
			a.over(at, true, false, at.Add(time.Second))
			return a
		}, 1500 * time.Millisecond, false, false},
		"an end without a word is not": {func() *answers {
			a := known(time.Millisecond)
			begun(a, 3)
			a.over(at, false, false, at.Add(time.Second))
			return a
		}, 1500 * time.Millisecond, true, false},
		"nor is anything left after all of": {func() *answers { a := known(time.Millisecond); begun(a, 1); a.over(at, false, false, at); return a }, time.Hour, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			a, now := c.have(), at.Add(c.after)
			if got := a.silent(now); got != c.silent {
				t.Errorf("silent %t", got)
			}
			if got := a.hopeless(now); got != c.hopeless {
				t.Errorf("hopeless %t", got)
			}
		})
	}
}

func TestManyTroubledInARowNeedNoShare(t *testing.T) {
	at := time.Date(2026, 6, 1, 3, 0, 0, 0, time.UTC)
	var b breaker
	for range 10_000 {
		b.saw(fine, at)
	}
	for range inARow - 1 {
		b.saw(trouble, at)
	}
	if !b.trusted(at) {
		t.Fatal("distrusted too soon")
	}
	b.saw(buurtbel.Outcome{State: buurtbel.HandedOver}, at)
	b.saw(trouble, at)
	if !b.trusted(at) {
		t.Fatal("a good one between them is forgotten")
	}
	for range inARow {
		b.saw(trouble, at)
	}
	if b.trusted(at) || !b.resting(at) {
		t.Error("still trusted")
	}
	if b.resting(at.Add(firstRest)) {
		t.Error("what tries it after its rest is taken away from it")
	}
}

func TestACarrierThatIsGivenUpRests(t *testing.T) {
	at := time.Date(2026, 6, 1, 3, 0, 0, 0, time.UTC)
	var b breaker
	b.distrust(at)
	b.distrust(at)
	if b.trusted(at.Add(firstRest - 1)) {
		t.Error("trusted")
	}
	if !b.trusted(at.Add(firstRest)) {
		t.Error("the second word on one silence made its rest longer")
	}
}

// A mail server has its own patience, and mails that waited in its queue teach nothing of how long it takes.
func TestAnswersOfAMailServer(t *testing.T) {
	at := time.Date(2026, 6, 1, 3, 0, 0, 0, time.UTC)
	a := &answers{mail: true}
	a.begin(at)
	if a.hopeless(at.Add(mailStranger)) || !a.hopeless(at.Add(mailStranger+time.Millisecond)) {
		t.Error("a stranger")
	}
	a.over(at, true, true, at.Add(20*time.Millisecond))
	for i := range 128 {
		if teaches := a.begin(at.Add(time.Second)); teaches != (i < mailAbreast) {
			t.Fatalf("the %dth teaches: %t", i, teaches)
		}
	}
	at = at.Add(time.Second)
	if a.silent(at.Add(mailSilent)) || !a.silent(at.Add(mailSilent+time.Millisecond)) || a.hopeless(at.Add(mailSilent+mailHopeless)) || !a.hopeless(at.Add(mailSilent+mailHopeless+time.Millisecond)) {
		t.Error("one that is known")
	}
}
