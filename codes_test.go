package buurtbel_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

// asks tells how many of so many codes go, one each pause.
func asks(c *buurtbel.CodeCount, s buurtbel.CodeShare, call bool, at time.Time, pause time.Duration, n int) (sent int) {
	for range n {
		if c.Ask(s, call, at) {
			sent++
		}
		at = at.Add(pause)
	}
	return sent
}

func TestCodesToOneNumberAreOneCount(t *testing.T) {
	noon := wall(t, "2026-06-01 12:00")
	stranger, owner, desk := buurtbel.CodesForStranger, buurtbel.CodesForOwner, buurtbel.CodesForDesk
	var c buurtbel.CodeCount
	for _, step := range []struct {
		name  string
		share buurtbel.CodeShare
		call  bool
		want  int
	}{
		{"a stranger rings", stranger, true, 2}, {"and writes", stranger, false, 1}, {"the owner is rung once more", owner, true, 1}, {"and not written to", owner, false, 0},
		{"then nobody", stranger, false, 0}, {"nor the owner", owner, false, 0}, {"but at the desk", desk, true, 2}, {"and there", desk, false, 2}, {"at all", desk, true, 0},
	} {
		if sent := asks(&c, step.share, step.call, noon, 3*time.Minute, 6); sent != step.want {
			t.Errorf("%s: %d, expected %d", step.name, sent, step.want)
		}
		noon = noon.Add(18 * time.Minute)
	}
	for days, want := range map[int]int{1: 0, 31: 2} { // strangers and desk used the month up
		count := c
		if sent := asks(&count, stranger, true, noon.AddDate(0, 0, days), 3*time.Minute, 6); sent != want {
			t.Errorf("%d days later: %d calls", days, sent)
		}
	}
}

func TestACodeThatIsUsedDoesNotCount(t *testing.T) {
	at := wall(t, "2026-06-01 12:00")
	var c buurtbel.CodeCount
	for i := range 40 {
		if !c.Ask(buurtbel.CodesForOwner, true, at) {
			t.Fatalf("the owner was refused the %dth time", i+1)
		}
		c.Used(true)
		at = at.Add(time.Second)
	}
}

// Clocks at the edges of the night, and in the nights in which they change.
func TestCodesByNight(t *testing.T) {
	for name, at := range map[string]string{"22.00": "2026-06-01 22:00", "before midnight": "2026-06-01 23:59", "midnight": "2026-06-02 00:00", "before seven": "2026-06-02 06:59",
		"the hour that is skipped": "2026-03-29 01:59", "after it": "2026-03-29 03:01", "an hour that comes twice": "2026-10-25 02:30"} {
		now, c := wall(t, at), buurtbel.CodeCount{}
		if c.Ask(buurtbel.CodesForStranger, true, now) || c.Ask(buurtbel.CodesForDesk, true, now) {
			t.Errorf("%s: a number that is being proved rang", name)
		}
		next := c.Next(buurtbel.CodesForStranger, true, now)
		if next.Hour() != 7 || next.Minute() != 0 || next.Sub(now) > 10*time.Hour || !c.Ask(buurtbel.CodesForStranger, true, next) {
			t.Errorf("%s: the next call may go at %s", name, next)
		}
		c = buurtbel.CodeCount{}
		if !c.Ask(buurtbel.CodesForStranger, false, now) {
			t.Errorf("%s: a text waits for no morning", name)
		}
		if sent := asks(&c, buurtbel.CodesForOwner, true, now, 5*time.Second, 20); sent != 1 {
			t.Errorf("%s: the owner was called %d times", name, sent)
		}
	}
	for name, at := range map[string]string{"before the night": "2026-06-01 21:59", "seven": "2026-06-02 07:00"} {
		if now := wall(t, at); !new(buurtbel.CodeCount).Ask(buurtbel.CodesForStranger, true, now) {
			t.Errorf("%s: no call", name)
		}
	}
	c, evening := buurtbel.CodeCount{}, wall(t, "2026-06-01 21:59")
	if !c.Ask(buurtbel.CodesForOwner, true, evening) || !c.Ask(buurtbel.CodesForOwner, true, evening.Add(3*time.Minute)) || c.Ask(buurtbel.CodesForOwner, true, evening.Add(3*time.Hour)) {
		t.Error("a call of the evening took the one of the night, or two went by night")
	}
}

// A share that has room again in the middle of a night has none for a stranger before the morning.
func TestNextCallIsNotByNight(t *testing.T) {
	c := buurtbel.CodeCount{}
	for _, at := range []string{"2026-06-01 03:00", "2026-06-01 12:00"} {
		if !c.Ask(buurtbel.CodesForOwner, true, wall(t, at)) {
			t.Fatalf("refused at %s", at)
		}
	}
	next := c.Next(buurtbel.CodesForStranger, true, wall(t, "2026-06-01 14:00"))
	if want := buurtbel.CodeNight.End(wall(t, "2026-06-02 02:00")); !next.Equal(want) {
		t.Errorf("it may go at %s, not at %s", next, want)
	}
}

func TestStopHoldsStrangersBack(t *testing.T) {
	now := wall(t, "2026-06-01 12:00")
	c := buurtbel.CodeCount{Stopped: now.AddDate(1, 0, 0)}
	if c.Ask(buurtbel.CodesForStranger, false, now) || !c.Ask(buurtbel.CodesForOwner, false, now) {
		t.Error("STOP")
	}
}

// A clock that was a year ahead and was put back keeps nobody out; one that is a little behind another's does not begin a new count.
func TestCodesWhenTheClockIsPutBack(t *testing.T) {
	now := wall(t, "2026-06-01 12:00")
	for back, want := range map[time.Duration]int{365 * 24 * time.Hour: 2, 30 * time.Second: 0} {
		var c buurtbel.CodeCount
		asks(&c, buurtbel.CodesForStranger, true, now.Add(back), 3*time.Minute, 6)
		if sent := asks(&c, buurtbel.CodesForStranger, true, now, 3*time.Minute, 6); sent != want {
			t.Errorf("put back by %s: %d calls, expected %d", back, sent, want)
		}
	}
}

// Whatever is asked, in whatever order: never more within any day than the highest share, and what Next says is when it goes.
func TestRapidCodes(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		shares := []buurtbel.CodeShare{buurtbel.CodesForStranger, buurtbel.CodesForOwner}
		now, c := wall(t, "2026-10-24 09:00"), buurtbel.CodeCount{}
		var went, rang []time.Time
		for range rapid.IntRange(1, 120).Draw(r, "asks") {
			now = now.Add(time.Duration(rapid.IntRange(0, 5*3600).Draw(r, "pause")) * time.Second)
			s, call := rapid.SampledFrom(shares).Draw(r, "share"), rapid.Bool().Draw(r, "call")
			before := c
			if next := c.Next(s, call, now); next.After(now) {
				after := before
				if c.Ask(s, call, now) || c != before || !after.Ask(s, call, next) {
					r.Fatalf("it may go at %s, and did not then, or before", next)
				}
				continue
			}
			if !c.Ask(s, call, now) {
				r.Fatal("it may go, and did not")
			}
			went = append(went, now)
			if call {
				rang = append(rang, now)
			}
		}
		most(r, went, 2*buurtbel.CodesForOwner.Day)
		most(r, rang, 2*buurtbel.CodesForOwner.Calls)
	})
}

// most: spans follow each other, so that any stretch of a day touches two of them at most.
func most(r *rapid.T, at []time.Time, n int) {
	for i := range at {
		if i >= n && at[i].Sub(at[i-n]) < 22*time.Hour {
			r.Fatalf("%d within %s", n+1, at[i].Sub(at[i-n]))
		}
	}
}
