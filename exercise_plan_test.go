package buurtbel_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/holiday"
)

func calendarBE(t *testing.T) buurtbel.Calendar {
	t.Helper()
	c, err := holiday.For("BE", "07-21", "12-24")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A program that looks every day for five years proposes what the zone wants: working days, never a holiday, weeks apart, no more in a year
// than asked, and nearly as many.
func TestProposedExercisesOfFiveYears(t *testing.T) {
	c := calendarBE(t)
	rapid.Check(t, func(t *rapid.T) {
		x := buurtbel.DefaultExercises
		x.PerYear, x.Apart = rapid.IntRange(0, 4).Draw(t, "per year"), rapid.IntRange(2, 10).Draw(t, "weeks")
		network := buurtbel.ID(rapid.Uint32().Draw(t, "network"))
		start := buurtbel.DayOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) + buurtbel.Day(rapid.IntRange(0, 365).Draw(t, "start"))
		var held []buurtbel.Day
		for today := start; today < start+5*365; today++ {
			if len(held) > 0 && held[len(held)-1] >= today { // one is planned
				continue
			}
			day, ok := x.Propose(network, today, held, c)
			if !ok {
				continue
			}
			if err := x.ExerciseDay(day, today, held, c); err != nil || day < today+28 {
				t.Fatalf("%s proposed on %s: %v", day, today, err)
			}
			held = append(held, day)
		}
		perYear := map[string]int{}
		for i, d := range held {
			perYear[d.String()[:4]]++
			noon := d.At(12, 0, time.UTC)
			if w := noon.Weekday(); w == time.Saturday || w == time.Sunday || c.Holiday(noon) {
				t.Fatalf("%s is no working day", d)
			}
			if i > 0 && d-held[i-1] < buurtbel.Day(7*x.Apart) {
				t.Fatalf("%s comes %d days after the one before", d, d-held[i-1])
			}
		}
		for year, n := range perYear {
			if n > x.PerYear {
				t.Fatalf("%d exercises in %s, want at most %d", n, year, x.PerYear)
			}
		}
		if want := 4*x.PerYear - 1; len(held) < want {
			t.Fatalf("%d exercises in five years of %d a year: %v", len(held), x.PerYear, held)
		}
	})
}

func TestWhichDayMayHaveAnExercise(t *testing.T) {
	c, x := calendarBE(t), buurtbel.DefaultExercises
	day := func(s string) buurtbel.Day {
		d, err := buurtbel.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	today, others := day("2026-03-02"), []buurtbel.Day{day("2026-09-01")}
	for at, want := range map[string]string{
		"2026-03-10": "", "2026-03-30": "", // the Monday after the clocks changed
		"2026-03-09": "error.exercise.soon", "2026-02-20": "error.exercise.soon", "2026-03-14": "error.exercise.weekend", "2026-03-29": "error.exercise.weekend",
		"2026-05-01": "error.exercise.day-off", "2026-07-21": "error.exercise.day-off", "2026-12-24": "error.exercise.day-off",
		"2026-07-07": "", "2026-07-08": "error.exercise.close", "2026-10-26": "error.exercise.close", "2026-10-27": "", "2027-03-30": "error.exercise.far",
	} {
		err := x.ExerciseDay(day(at), today, others, c)
		if want == "" && err != nil || want != "" && buurtbel.KeyOf(err) != want {
			t.Errorf("%s: %v, want %q", at, err, want)
		}
	}
	if _, err := buurtbel.ParseDay("2026-02-30"); buurtbel.KeyOf(err) != "error.day.unreadable" {
		t.Errorf("30 February: %v", err)
	}
}

// A day is the same whatever the clock does in it.
func TestDaysAndClocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"Europe/Brussels", "Europe/Lisbon", "America/Sao_Paulo", "Pacific/Apia", "UTC"}).Draw(t, "zone")
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		day := buurtbel.Day(rapid.IntRange(16000, 25000).Draw(t, "day"))
		if day == buurtbel.DayOf(time.Date(2011, 12, 30, 0, 0, 0, 0, time.UTC)) {
			return // Samoa left it out
		}
		noon := day.At(12, 0, loc)
		if buurtbel.DayOf(noon) != day || buurtbel.DayOf(day.At(23, 59, loc)) != day || buurtbel.DayOf((day+1).At(12, 0, loc)) != day+1 || noon.Hour() != 12 {
			t.Fatalf("%s in %s: noon is %s", day, name, noon)
		}
		if again, err := buurtbel.ParseDay(day.String()); err != nil || again != day {
			t.Fatalf("%s reads as %s", day, again)
		}
	})
}

// Whoever follows Next to the letter, at the moments that it names, never announces late, at night or without an agreement, and always gets
// to an end.
func TestTheProgramsOwnStepsWithAnExercise(t *testing.T) {
	brussels, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	c, x := calendarBE(t), buurtbel.DefaultExercises
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 3, 1, 0, 0, 0, 0, brussels).Add(time.Duration(rapid.IntRange(0, 365*24*60).Draw(t, "start")) * time.Minute)
		day, ok := x.Propose(7, buurtbel.DayOf(now), []buurtbel.Day{buurtbel.DayOf(now) - 182}, c)
		if !ok {
			t.Fatal("nothing proposed half a year after the last")
		}
		e := buurtbel.Exercise{State: buurtbel.ExerciseProposed, Day: day, Since: now}
		agrees := now.Add(time.Duration(rapid.IntRange(0, 60*24).Draw(t, "agrees")) * time.Hour)
		downtime := time.Duration(rapid.IntRange(0, 40).Draw(t, "late")) * time.Hour
		for range 40 {
			if e.State == buurtbel.ExerciseProposed && !now.Before(agrees) && e.MayAgree(buurtbel.DayOf(now)) == nil {
				e.State, e.AgreedAt, e.Agreed = buurtbel.ExerciseAgreed, now, 100
			}
			step, next := e.Next(now)
			switch step {
			case buurtbel.StepRemind:
				if now.Sub(e.Since) < 14*24*time.Hour || !e.RemindedAt.IsZero() {
					t.Fatalf("reminded after %s", now.Sub(e.Since))
				}
				e.RemindedAt = now
			case buurtbel.StepMoveOn:
				again, ok := x.Again(buurtbel.DayOf(now), nil, c)
				if !ok || again < buurtbel.DayOf(now)+8 {
					t.Fatalf("moved on to %s", again)
				}
				e.Day, e.Since, e.State, e.RemindedAt = again, now, buurtbel.ExerciseProposed, time.Time{}
			case buurtbel.StepAnnounce:
				if e.AgreedAt.IsZero() || e.Day-buurtbel.DayOf(now) != 7 || now.Hour() < 10 || now.Hour() >= 20 {
					t.Fatalf("announced at %s for %s, agreed %s", now, e.Day, e.AgreedAt)
				}
				e.State = buurtbel.ExerciseAnnounced
			case buurtbel.StepMiss:
				if buurtbel.DayOf(now) <= e.Day {
					t.Fatalf("missed on %s", now)
				}
				e.State = buurtbel.ExerciseMissed
			case buurtbel.StepCount, buurtbel.StepWait:
				if e.State == buurtbel.ExerciseMissed {
					return
				}
				if !next.After(now) {
					t.Fatalf("%s waits at %s until %s", e.State, now, next)
				}
				if e.State == buurtbel.ExerciseProposed && agrees.After(now) && agrees.Before(next) {
					now = agrees
				} else {
					now, downtime = next.Add(downtime), 0
				}
			}
		}
		t.Fatalf("still %s after forty steps", e.State)
	})
}

func TestAgreedCostAndLaunchDay(t *testing.T) {
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	e := buurtbel.Exercise{State: buurtbel.ExerciseAnnounced, Day: buurtbel.DayOf(noon), Agreed: 1000, AgreedAt: noon.AddDate(0, 0, -10)}
	if err := e.MayLaunch(noon, 1200); err != nil {
		t.Errorf("a fifth more: %v", err)
	}
	for want, err := range map[string]error{"error.exercise.cost-grew": e.MayLaunch(noon, 1201), "error.exercise.other-day": e.MayLaunch(noon.AddDate(0, 0, 1), 1000)} {
		if buurtbel.KeyOf(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for _, state := range []buurtbel.ExerciseState{buurtbel.ExerciseProposed, buurtbel.ExerciseAgreed, buurtbel.ExerciseLaunched, buurtbel.ExerciseSkipped, buurtbel.ExerciseMissed, buurtbel.ExerciseHeld} {
		e := e
		if e.State = state; buurtbel.KeyOf(e.MayLaunch(noon, 0)) != "error.exercise.moved" {
			t.Errorf("%s was launched", state)
		}
	}
	never := buurtbel.Exercise{State: buurtbel.ExerciseAnnounced, Day: buurtbel.DayOf(noon)}
	if buurtbel.KeyOf(never.MayLaunch(noon, 0)) != "error.exercise.cost-grew" {
		t.Error("launched without an agreement")
	}
}

func TestHowMembersHearOfAnExercise(t *testing.T) {
	both := []buurtbel.Channel{buurtbel.SMS, buurtbel.Email, buurtbel.Push, buurtbel.Voice}
	m := &buurtbel.Member{ID: 1, State: buurtbel.MemberActive}
	point := func(id buurtbel.ID, kind buurtbel.ContactKind, state buurtbel.ContactState) buurtbel.ContactPoint {
		return buurtbel.ContactPoint{ID: id, Kind: kind, State: state, Verified: true, Rank: int(id)}
	}
	for name, c := range map[string]struct {
		points []buurtbel.ContactPoint
		want   []buurtbel.Channel
		left   buurtbel.Left
	}{
		"mailbox":          {[]buurtbel.ContactPoint{point(1, buurtbel.Mobile, "ok"), point(2, buurtbel.Mailbox, "ok")}, []buurtbel.Channel{buurtbel.Email}, ""},
		"no mailbox":       {[]buurtbel.ContactPoint{point(1, buurtbel.Mobile, "ok"), point(2, buurtbel.Browser, "ok")}, []buurtbel.Channel{buurtbel.SMS}, ""},
		"mailbox is dead":  {[]buurtbel.ContactPoint{point(1, buurtbel.Mobile, "ok"), point(2, buurtbel.Mailbox, "dead")}, []buurtbel.Channel{buurtbel.SMS}, ""},
		"texts stopped":    {[]buurtbel.ContactPoint{point(1, buurtbel.Mobile, "stopped")}, nil, buurtbel.LeftNoContact},
		"a fixed line":     {[]buurtbel.ContactPoint{point(1, buurtbel.Fixed, "ok")}, nil, buurtbel.LeftNoContact},
		"nothing whatever": {nil, nil, buurtbel.LeftNoContact},
	} {
		steps, left := buurtbel.Announce(m, c.points, both)
		var got []buurtbel.Channel
		for _, s := range steps {
			got = append(got, s.Channel)
		}
		if !slices.Equal(got, c.want) || left != c.left {
			t.Errorf("%s: %v %q, want %v %q", name, got, left, c.want, c.left)
		}
	}
}
