package buurtbel_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/holiday"
)

// quiet are the weekdays of 2026 without a digest, from a calendar on paper: the public holidays of each country that fall on a weekday.
var quiet = map[string]string{
	"BE": "2026-01-01 2026-04-06 2026-05-01 2026-05-14 2026-05-25 2026-07-21 2026-11-11 2026-12-25",
	"NL": "2026-01-01 2026-04-03 2026-04-06 2026-04-27 2026-05-05 2026-05-14 2026-05-25 2026-12-25",
}

func in(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// TestAYearOfDigests walks from digest to digest through a year, over both changes of the clock: the days are those of the calendar on paper, and the
// hour on the wall is always the zone's.
func TestAYearOfDigests(t *testing.T) {
	for country, zone := range map[string]string{"BE": "Europe/Brussels", "NL": "Europe/Amsterdam"} {
		t.Run(country, func(t *testing.T) {
			c, err := holiday.For(country)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for day := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
				if name := day.Format(buurtbel.DigestDay); day.Weekday() != time.Saturday && day.Weekday() != time.Sunday && !strings.Contains(quiet[country], name) {
					want = append(want, name)
				}
			}
			if len(want) != 253 { // 261 weekdays, eight of them holidays
				t.Fatalf("the calendar on paper has %d days", len(want))
			}
			for _, minute := range []int{0, 2*60 + 30, 7 * 60, 23*60 + 59} {
				r := buurtbel.DigestRules{At: minute}
				var got []string
				at := time.Date(2025, 12, 31, 23, 59, 30, 0, in(t, zone))
				for {
					if at = r.Next(at, c); at.Year() != 2026 {
						break
					}
					if !r.Open(at, c) || r.Open(at.Add(-time.Second), c) && minute > 0 || at.Hour()*60+at.Minute() != minute {
						t.Errorf("at %d: %s", minute, at)
					}
					got = append(got, at.Format(buurtbel.DigestDay))
				}
				if !slices.Equal(got, want) {
					t.Errorf("at %d: %d days, want %d", minute, len(got), len(want))
				}
			}
		})
	}
}

func TestDigestsThatAreOffAndLate(t *testing.T) {
	c, err := holiday.For("BE")
	if err != nil {
		t.Fatal(err)
	}
	monday := time.Date(2026, 3, 30, 15, 0, 0, 0, in(t, "Europe/Brussels")) // the day after the clock changed
	if r := (buurtbel.DigestRules{Off: true, At: 600}); r.Open(monday, c) || !r.Next(monday, c).IsZero() {
		t.Error("a zone that sends none sends")
	}
	r := buurtbel.DefaultDigest
	if !r.Open(monday, c) { // the program was down at ten
		t.Error("later on the same day is too late")
	}
	if got := r.Next(monday, c); !got.Equal(time.Date(2026, 3, 31, 8, 0, 0, 0, time.UTC)) {
		t.Error(got)
	}
	if got := r.Next(time.Date(2026, 10, 23, 11, 0, 0, 0, monday.Location()), c); !got.Equal(time.Date(2026, 10, 26, 9, 0, 0, 0, time.UTC)) { // over the change in autumn
		t.Error(got)
	}
}

// TestRule07_FixedFields: the categories are closed, the day is of the last month, and a street is named from twenty addresses on.
func TestRule07_FixedFields(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, in(t, "Europe/Brussels"))
	good := buurtbel.DigestItem{Category: buurtbel.HomeBurglary, Day: "2026-11-19", Part: buurtbel.InEvening, Municipality: "Vlierbeek", Place: "Kerkstraat", Street: true, Homes: buurtbel.DigestStreet}
	if lacks := good.Lacks(nil, now); lacks != nil {
		t.Fatal(lacks)
	}
	for key, change := range map[string]func(*buurtbel.DigestItem){
		"error.digest.category":     func(i *buurtbel.DigestItem) { i.Category = "neighbour-dispute" },
		"error.digest.day":          func(i *buurtbel.DigestItem) { i.Day = "2026-11-21" },
		"error.digest.part":         func(i *buurtbel.DigestItem) { i.Part = "14:05" },
		"error.digest.municipality": func(i *buurtbel.DigestItem) { i.Municipality = " " },
		"error.digest.place":        func(i *buurtbel.DigestItem) { i.Homes = buurtbel.DigestStreet - 1 },
		"error.digest.info-long": func(i *buurtbel.DigestItem) {
			i.Info = map[buurtbel.Language]string{buurtbel.Dutch: strings.Repeat("a", buurtbel.DigestInfo+1)}
		},
	} {
		i := good
		change(&i)
		if lacks := i.Lacks(nil, now); !slices.Equal(lacks, []string{key}) {
			t.Errorf("%s: %v", key, lacks)
		}
	}
	i := good
	i.Day = "2026-10-01"
	if i.Lacks(nil, now) == nil {
		t.Error("an item of seven weeks ago is no news")
	}
	i = good
	i.Category = "own-1"
	if lacks := i.Lacks([]buurtbel.DigestCategory{"own-1"}, now); lacks != nil {
		t.Errorf("the zone's own category: %v", lacks)
	}
	if lacks := (&buurtbel.DigestItem{}).Lacks(nil, now); len(lacks) != 5 {
		t.Errorf("all that is lacking is said at once: %v", lacks)
	}
}

func TestTwoItemsThatPointToOneHome(t *testing.T) {
	item := func(id buurtbel.ID, category buurtbel.DigestCategory, day string, part buurtbel.DayPart, place string, homes int) buurtbel.DigestItem {
		return buurtbel.DigestItem{ID: id, Category: category, Day: day, Part: part, Municipality: "Vlierbeek", Place: place, Street: homes > 0, Homes: homes}
	}
	base := item(1, buurtbel.HomeBurglary, "2026-11-19", buurtbel.InEvening, "Kerkstraat", 200)
	for _, c := range []struct {
		name  string
		other buurtbel.DigestItem
		want  bool
	}{
		{"same part of the same day", item(2, buurtbel.Damage, "2026-11-19", buurtbel.InEvening, "kerkstraat", 200), true},
		{"two burglaries in homes", item(2, buurtbel.HomeBurglary, "2026-11-10", buurtbel.AtNight, "Kerkstraat", 200), true},
		{"long street, other day", item(2, buurtbel.Damage, "2026-11-18", buurtbel.InEvening, "Kerkstraat", 200), false},
		{"short street", item(2, buurtbel.Damage, "2026-11-18", buurtbel.InEvening, "Kerkstraat", 25), true},
		{"another street", item(2, buurtbel.HomeBurglary, "2026-11-19", buurtbel.InEvening, "Molenstraat", 25), false},
		{"three weeks before", item(2, buurtbel.HomeBurglary, "2026-10-28", buurtbel.InEvening, "Kerkstraat", 200), false},
		{"itself", base, false},
	} {
		if got := len(base.Beside([]buurtbel.DigestItem{c.other})) == 1; got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
	back := item(2, buurtbel.Damage, "2026-11-19", buurtbel.InEvening, "Kerkstraat", 200)
	back.TakenBack = true
	if len(base.Beside([]buurtbel.DigestItem{back})) != 0 {
		t.Error("what was taken back points nowhere")
	}
}

func TestDigestGoesByMailToWhoWishesIt(t *testing.T) {
	all := []buurtbel.Channel{buurtbel.SMS, buurtbel.Voice, buurtbel.Email, buurtbel.Push}
	contacts := []buurtbel.ContactPoint{{ID: 1, Kind: buurtbel.Mobile, State: buurtbel.ContactOK, Verified: true}, {ID: 2, Kind: buurtbel.Mailbox, Rank: 1, State: buurtbel.ContactOK, Verified: true}}
	m := buurtbel.Member{State: buurtbel.MemberActive}
	steps, left := buurtbel.DigestSteps(&m, contacts, all)
	if len(steps) != 1 || steps[0].Contact != 2 || steps[0].Channel != buurtbel.Email || left != buurtbel.NotLeft {
		t.Errorf("%v %q", steps, left)
	}
	if steps, left := buurtbel.DigestSteps(&m, contacts[:1], all); len(steps) != 0 || left != buurtbel.LeftNoContact {
		t.Errorf("telephone alone: %v %q", steps, left)
	}
	m.Choices.NoDigest = true
	if steps, left := buurtbel.DigestSteps(&m, contacts, all); len(steps) != 0 || left != buurtbel.LeftByChoice {
		t.Errorf("wishes none: %v %q", steps, left)
	}
	for state, want := range map[buurtbel.MemberState]buurtbel.Left{buurtbel.MemberSuspended: buurtbel.LeftSuspended, buurtbel.MemberLeft: buurtbel.LeftNotAMember, buurtbel.MemberExcluded: buurtbel.LeftNotAMember} {
		if _, left := buurtbel.DigestSteps(&buurtbel.Member{State: state}, contacts, all); left != want {
			t.Errorf("%s: %q", state, left)
		}
	}
	if got := buurtbel.KindDigest.Class(); got != buurtbel.ClassDigest || got <= buurtbel.ClassBulletin {
		t.Errorf("class %d: nothing waits behind a digest", got)
	}
}

func TestATipThatFits(t *testing.T) {
	november, june, october := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), time.Date(2026, 6, 19, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC)
	burglary := buurtbel.TipTopicsOf(buurtbel.HomeBurglary)
	seen := map[string]bool{}
	for n := range 60 {
		tip, ok := buurtbel.PickTip(nil, burglary, november.AddDate(0, 0, n%11))
		if again, _ := buurtbel.PickTip(nil, burglary, november.AddDate(0, 0, n%11)); !ok || again.Key != tip.Key {
			t.Fatalf("%v %v: the same day gives the same tip", tip, again)
		}
		if tip.Topic != buurtbel.TipBurglary {
			t.Errorf("%s in November", tip.Key)
		}
		seen[tip.Key] = true
	}
	if len(seen) < 3 {
		t.Errorf("they take turns: %v", seen)
	}
	holiday := false
	for n := range 11 {
		tip, _ := buurtbel.PickTip(nil, burglary, june.AddDate(0, 0, n))
		holiday = holiday || tip.Topic == buurtbel.TipHoliday
	}
	if !holiday {
		t.Error("no tip of the holidays in June")
	}
	if tip, ok := buurtbel.PickTip(nil, nil, october); !ok || tip.Topic != buurtbel.TipBurglary {
		t.Errorf("the season's, when it gets dark early: %v", tip)
	}
	if tip, ok := buurtbel.PickTip(nil, buurtbel.TipTopicsOf(buurtbel.Damage), time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC)); !ok || tip.Topic == buurtbel.TipBicycle {
		t.Errorf("damage has the season's: %v", tip)
	}
	own := []buurtbel.Tip{{ID: 1, Topic: buurtbel.TipFraudDoor, Texts: map[buurtbel.Language]string{buurtbel.Dutch: "Bel ons."}}}
	found := false
	for n := range 10 {
		tip, _ := buurtbel.PickTip(own, []buurtbel.TipTopic{buurtbel.TipFraudDoor}, june.AddDate(0, 0, n))
		found = found || tip.ID == 1
	}
	if !found {
		t.Error("the zone's own tip never comes")
	}
}
