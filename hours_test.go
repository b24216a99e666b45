package buurtbel_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

func TestHoursContains(t *testing.T) {
	for _, c := range []struct {
		from, until, minute int
		in                  bool
	}{
		{22 * 60, 7 * 60, 22 * 60, true}, {22 * 60, 7 * 60, 0, true}, {22 * 60, 7 * 60, 7*60 - 1, true},
		{22 * 60, 7 * 60, 7 * 60, false}, {22 * 60, 7 * 60, 22*60 - 1, false},
		{60, 120, 60, true}, {60, 120, 119, true}, {60, 120, 120, false}, {60, 120, 0, false},
		{300, 300, 300, false}, {22 * 60, 24 * 60, 23*60 + 59, true}, {22 * 60, 24 * 60, 0, false},
	} {
		if got := (buurtbel.Hours{From: c.from, Until: c.until}).Contains(c.minute); got != c.in {
			t.Errorf("%d-%d contains %d: %t", c.from, c.until, c.minute, got)
		}
	}
}

// In the night of 29 March 2026 02:00 becomes 03:00; in that of 25 October 03:00 becomes 02:00.
func TestHoursEndWhenTheClockChanges(t *testing.T) {
	utc := func(text string) time.Time {
		at, err := time.Parse("2006-01-02 15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return at.In(brussels(t))
	}
	night := buurtbel.DefaultNight
	for name, c := range map[string]struct {
		hours   buurtbel.Hours
		at, end time.Time
	}{
		"an ordinary night":             {night, wall(t, "2026-06-01 23:30"), wall(t, "2026-06-02 07:00")},
		"after midnight":                {night, wall(t, "2026-06-02 03:00"), wall(t, "2026-06-02 07:00")},
		"by day: now":                   {night, wall(t, "2026-06-02 12:00"), wall(t, "2026-06-02 12:00")},
		"an hour is skipped":            {night, wall(t, "2026-03-28 23:00"), utc("2026-03-29 05:00")}, // 07:00 summer time, seven hours later
		"before the skipped hour":       {night, wall(t, "2026-03-29 01:59"), utc("2026-03-29 05:00")},
		"an hour comes twice":           {night, wall(t, "2026-10-24 23:00"), utc("2026-10-25 06:00")}, // 07:00 winter time, nine hours later
		"in the second of it":           {night, utc("2026-10-25 01:30"), utc("2026-10-25 06:00")},
		"ends in the skipped hour":      {buurtbel.Hours{From: 22 * 60, Until: 150}, wall(t, "2026-03-28 23:00"), utc("2026-03-29 01:00")}, // 02:30 does not come: over at 03:00
		"ends in the hour: first":       {buurtbel.Hours{From: 22 * 60, Until: 135}, utc("2026-10-25 00:05"), utc("2026-10-25 00:15")},     // 02:05 to 02:15 summer time
		"ends in the hour: second":      {buurtbel.Hours{From: 22 * 60, Until: 135}, utc("2026-10-25 01:05"), utc("2026-10-25 01:15")},     // 02:05 to 02:15 winter time
		"ends in the hour: from before": {buurtbel.Hours{From: 22 * 60, Until: 135}, wall(t, "2026-10-24 23:00"), utc("2026-10-25 00:15")},
		"until midnight":                {buurtbel.Hours{From: 22 * 60, Until: 24 * 60}, wall(t, "2026-06-01 23:30"), wall(t, "2026-06-02 00:00")},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.hours.End(c.at); !got.Equal(c.end) {
				t.Errorf("ends %s, want %s", got, c.end.In(got.Location()))
			}
		})
	}
}

func TestHoursEndProperty(t *testing.T) {
	loc := brussels(t)
	nights := []time.Time{wall(t, "2026-03-28 00:00"), wall(t, "2026-10-24 00:00"), wall(t, "2026-06-01 00:00")}
	rapid.Check(t, func(t *rapid.T) {
		h := buurtbel.Hours{From: rapid.IntRange(0, 1439).Draw(t, "from"), Until: rapid.IntRange(0, 1440).Draw(t, "until")}
		if h.From == 0 && h.Until == 1440 {
			t.Skip("the whole day never ends")
		}
		at := rapid.SampledFrom(nights).Draw(t, "day").Add(time.Duration(rapid.IntRange(0, 72*3600).Draw(t, "second")) * time.Second).In(loc)
		end := h.End(at)
		minute := func(at time.Time) int { return at.Hour()*60 + at.Minute() }
		if end.Before(at) || h.Contains(minute(end)) {
			t.Fatalf("%v ends %s, which is before %s or within", h, end, at)
		}
		if end.After(at) && !h.Contains(minute(end.Add(-time.Nanosecond))) {
			t.Fatalf("%v ends later than it must: %s", h, end)
		}
		for m := at; m.Before(end); m = m.Add(7 * time.Minute) {
			if !h.Contains(minute(m)) {
				t.Fatalf("%v was over at %s already, not %s", h, m, end)
			}
		}
	})
}

type noHolidays struct{}

func (noHolidays) Holiday(time.Time) bool { return false }

type every3rd struct{}

func (every3rd) Holiday(day time.Time) bool { return day.YearDay()%3 == 0 }

func TestFeedbackDueProperty(t *testing.T) {
	loc := brussels(t)
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(1_767_225_600, 1_830_297_600).Draw(t, "at"), 0).In(loc)
		calendar := rapid.SampledFrom([]buurtbel.Calendar{noHolidays{}, every3rd{}}).Draw(t, "calendar")
		due := buurtbel.FeedbackDue(at, calendar)
		last := due.Add(-time.Nanosecond)
		switch {
		case due.Hour() != 0 || due.Minute() != 0:
			t.Fatalf("due %s is no end of a day", due)
		case last.Weekday() == time.Saturday || last.Weekday() == time.Sunday || calendar.Holiday(last):
			t.Fatalf("due at the end of %s", last)
		case !due.After(at.Add(23 * time.Hour)):
			t.Fatalf("%s: due %s already", at, due)
		}
	})
}

func TestSpan(t *testing.T) {
	from, until := wall(t, "2026-06-01 00:00"), wall(t, "2026-06-10 00:00")
	for _, c := range []struct {
		span buurtbel.Span
		at   time.Time
		in   bool
	}{
		{buurtbel.Span{}, from, false}, {buurtbel.Span{From: from}, until, true}, {buurtbel.Span{From: from}, from, true},
		{buurtbel.Span{From: from, Until: until}, from.Add(-1), false}, {buurtbel.Span{From: from, Until: until}, until.Add(-1), true},
		{buurtbel.Span{From: from, Until: until}, until, false}, {buurtbel.Span{Until: until}, from, false},
	} {
		if c.span.Contains(c.at) != c.in {
			t.Errorf("%v contains %s: %t", c.span, c.at, !c.in)
		}
	}
}
