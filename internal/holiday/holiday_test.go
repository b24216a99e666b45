package holiday

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
)

// moving holds the days that depend on Easter, written down by date: Good Friday, Easter Monday, Ascension Day, Whit Monday.
var moving = map[int][4]string{
	2026: {"04-03", "04-06", "05-14", "05-25"},
	2027: {"03-26", "03-29", "05-06", "05-17"},
	2028: {"04-14", "04-17", "05-25", "06-05"},
	2029: {"03-30", "04-02", "05-10", "05-21"},
	2030: {"04-19", "04-22", "05-30", "06-10"},
}

var fixed = map[string][]string{
	"BE": {"01-01", "05-01", "07-21", "08-15", "11-01", "11-11", "12-25"},
	"NL": {"01-01", "04-27", "05-05", "12-25", "12-26"},
	"LU": {"01-01", "05-01", "05-09", "06-23", "08-15", "11-01", "12-25", "12-26"},
	"FR": {"01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"},
	"DE": {"01-01", "05-01", "10-03", "12-25", "12-26"},
}

// goodFriday names the countries where it is a holiday.
var goodFriday = map[string]bool{"NL": true, "DE": true}

func calendar(t *testing.T, country string, extra ...string) *Calendar {
	t.Helper()
	c, err := For(country, extra...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestHolidaysByDate(t *testing.T) {
	for country, days := range fixed {
		c := calendar(t, country)
		for year, easter := range moving {
			want := append(slices.Clone(days), easter[1:]...)
			if goodFriday[country] {
				want = append(want, easter[0])
			}
			slices.Sort(want)
			want = slices.Compact(want)
			var got []string
			for d := time.Date(year, 1, 1, 12, 0, 0, 0, time.UTC); d.Year() == year; d = d.AddDate(0, 0, 1) {
				if c.Holiday(d) {
					got = append(got, d.Format("01-02"))
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %d (-want +got):\n%s", country, year, diff)
			}
		}
	}
}

func TestTheDayIsTheOneOnTheWall(t *testing.T) {
	brussels, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	c := calendar(t, "BE")
	for at, want := range map[time.Time]bool{
		time.Date(2026, 7, 21, 0, 0, 0, 0, brussels):                  true,
		time.Date(2026, 7, 21, 23, 59, 59, 0, brussels):               true,
		time.Date(2026, 7, 20, 23, 59, 59, 0, brussels):               false,
		time.Date(2026, 7, 22, 0, 0, 0, 0, brussels):                  false,
		time.Date(2026, 7, 20, 22, 30, 0, 0, time.UTC).In(brussels):   true,
		time.Date(2026, 7, 20, 22, 30, 0, 0, time.UTC):                false,
		time.Date(2026, 10, 25, 2, 30, 0, 0, brussels):                false, // the clock goes back
		time.Date(2026, 7, 21, 12, 0, 0, 0, time.FixedZone("", 3600)): true,
	} {
		if got := c.Holiday(at); got != want {
			t.Errorf("%s: %t", at, got)
		}
	}
}

func TestKingsDayMovesFromSunday(t *testing.T) {
	c := calendar(t, "NL") // 27 April 2031 is a Sunday
	if !c.Holiday(time.Date(2031, 4, 26, 9, 0, 0, 0, time.UTC)) || c.Holiday(time.Date(2031, 4, 27, 9, 0, 0, 0, time.UTC)) {
		t.Error("27 April 2031 is kept on the 26th")
	}
}

func TestExtraDays(t *testing.T) {
	c := calendar(t, "BE", "2026-12-24", "07-11")
	for day, want := range map[string]bool{
		"2026-12-24": true, "2027-12-24": false, "2026-07-11": true, "2030-07-11": true, "2026-12-25": true, "2026-12-23": false,
	} {
		d, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Holiday(d); got != want {
			t.Errorf("%s: %t", day, got)
		}
	}
	for _, wrong := range []string{"", "24/12/2026", "2026-13-01", "2027-02-29", "13-01", "1-1", "2026-12-24 ", "holiday"} {
		if _, err := For("BE", wrong); buurtbel.KeyOf(err) != "error.holiday.day" {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if _, err := For("BE", "02-29"); err != nil {
		t.Error(err)
	}
	if _, err := For("XX"); buurtbel.KeyOf(err) != "error.holiday.country" {
		t.Error(err)
	}
}

func TestEveryProfileHasACalendar(t *testing.T) {
	for _, a := range "ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		for _, b := range "ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
			code := fmt.Sprintf("%c%c", a, b)
			if _, err := buurtbel.CountryProfile(code); err == nil {
				calendar(t, code)
			}
		}
	}
}

func TestRule02FeedbackDueSkipsHolidays(t *testing.T) {
	brussels, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"2026-11-10": "2026-11-12", // Armistice Day on Wednesday
		"2026-12-24": "2026-12-28", // Christmas on Friday, then the weekend
		"2026-04-03": "2026-04-07", // Easter Monday
		"2026-11-20": "2026-11-23",
	} {
		day, err := time.ParseInLocation(time.DateOnly, at, brussels)
		if err != nil {
			t.Fatal(err)
		}
		due := buurtbel.FeedbackDue(day.Add(15*time.Hour), calendar(t, "BE"))
		if got := due.Add(-time.Second).Format(time.DateOnly); got != want {
			t.Errorf("alert of %s: due at the end of %s, want %s", at, got, want)
		}
	}
}
