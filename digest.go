package buurtbel

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// DigestCategory sorts what a digest tells. The list is closed (rule 7): disputes of neighbours and families have no category, and a zone that
// adds one of its own cannot make one for them.
type DigestCategory string

// The categories that every zone has.
const (
	InjuryAccident DigestCategory = "injury-accident" // traffic accident with somebody hurt
	Damage         DigestCategory = "damage"          // damage or vandalism
	SmallTheft     DigestCategory = "small-theft"
	HomeBurglary   DigestCategory = "home-burglary"
	OtherBurglary  DigestCategory = "other-burglary" // in a building that is no home
)

// DigestCategories lists the categories that every zone has, in the order of a digest.
var DigestCategories = []DigestCategory{InjuryAccident, HomeBurglary, OtherBurglary, SmallTheft, Damage}

// DayPart is how closely a digest tells when something happened: never the time.
type DayPart string

// The parts of a day.
const (
	AtNight     DayPart = "night"     // midnight to six
	InMorning   DayPart = "morning"   // six to noon
	InAfternoon DayPart = "afternoon" // noon to six
	InEvening   DayPart = "evening"   // six to midnight
	SomeTime    DayPart = "day"       // nobody knows when on that day
)

// DayParts lists the parts of a day in their order.
var DayParts = []DayPart{AtNight, InMorning, InAfternoon, InEvening, SomeTime}

// Limits of an item of a digest.
const (
	DigestStreet  = 20                  // addresses that a street must have to be named; with fewer the district is
	DigestOldest  = 31 * 24 * time.Hour // how long ago an item may have happened
	DigestInfo    = 300                 // characters of the info field
	DigestPlace   = 80                  // characters of a place's name
	DigestDay     = "2006-01-02"        // how days are written
	digestBeside  = 14 * 24 * time.Hour // items so near in time may be put together by a reader
	digestFewer   = 2 * DigestStreet    // in a street with fewer addresses two items may point to one of them
	digestCatchUp = 7                   // days after which a digest that could not be sent is not told any more
)

// DigestItem is one line of a digest, with a fixed set of fields.
type DigestItem struct {
	ID           ID
	Category     DigestCategory
	Day          string // "2026-11-20", in the zone's own time
	Part         DayPart
	Municipality string
	Place        string              // a street, or the district where the street may not be named
	Street       bool                // Place is a street
	Homes        int                 // addresses of the street when it was entered; 0: Place is a district
	Info         map[Language]string // the one info field, as police wrote it in each language; never translated
	By           ID
	Edition      string // day of the digest that told it first; "": still to be told
	TakenBack    bool
}

// Lacks lists what is wrong with an item at now, in the zone's location, as keys of sentences; own are the zone's own categories.
func (i *DigestItem) Lacks(own []DigestCategory, now time.Time) []string {
	day, err := time.ParseInLocation(DigestDay, i.Day, now.Location())
	long := false
	for _, text := range i.Info {
		long = long || len([]rune(text)) > DigestInfo
	}
	var out []string
	for _, one := range []struct {
		wrong bool
		key   string
	}{
		{!slices.Contains(DigestCategories, i.Category) && !slices.Contains(own, i.Category), "category"},
		{err != nil || day.After(now) || now.Sub(day) > DigestOldest, "day"},
		{!slices.Contains(DayParts, i.Part), "part"},
		{!placed(i.Municipality), "municipality"},
		{!placed(i.Place) || i.Street && i.Homes < DigestStreet, "place"},
		{long, "info-long"},
	} {
		if one.wrong {
			out = append(out, "error.digest."+one.key)
		}
	}
	return out
}

func placed(name string) bool {
	return strings.TrimSpace(name) != "" && len([]rune(name)) <= DigestPlace && !strings.ContainsAny(name, "\n\t")
}

// Beside finds the items among others that, read together with i, may point to one home: in the same place within two weeks, when the place is a
// short street or a district, when both tell of the same part of the same day, or when both are burglaries in homes.
func (i *DigestItem) Beside(others []DigestItem) []DigestItem {
	var out []DigestItem
	for _, o := range others {
		if o.ID != i.ID && !o.TakenBack && i.samePlace(&o) && i.near(&o) && i.pointsWith(&o) {
			out = append(out, o)
		}
	}
	return out
}

func (i *DigestItem) samePlace(o *DigestItem) bool {
	return strings.EqualFold(i.Municipality, o.Municipality) && strings.EqualFold(i.Place, o.Place)
}

func (i *DigestItem) near(o *DigestItem) bool {
	a, err := time.Parse(DigestDay, i.Day)
	b, wrong := time.Parse(DigestDay, o.Day)
	return err == nil && wrong == nil && a.Sub(b).Abs() <= digestBeside
}

func (i *DigestItem) pointsWith(o *DigestItem) bool {
	short := min(i.Homes, o.Homes) < digestFewer && (i.Street || o.Street)
	return short || i.Day == o.Day && i.Part == o.Part || i.Category == HomeBurglary && o.Category == HomeBurglary
}

// DigestRules are what a zone decides about its digest.
type DigestRules struct {
	Off    bool          `json:"off,omitempty"`
	At     int           `json:"at"`               // minutes after midnight, local time
	Public bool          `json:"public,omitempty"` // counts by municipality and month are shown to everybody
	Own    []OwnCategory `json:"own,omitempty"`
}

// OwnCategory is a category that a zone added.
type OwnCategory struct {
	Key   DigestCategory      `json:"key"`
	Words map[Language]string `json:"words"` // in every language
}

// DefaultDigest is what a zone begins with: at ten in the morning, for members only.
var DefaultDigest = DigestRules{At: 10 * 60}

// Keys lists the zone's own categories.
func (r DigestRules) Keys() []DigestCategory {
	out := make([]DigestCategory, 0, len(r.Own))
	for _, c := range r.Own {
		out = append(out, c.Key)
	}
	return out
}

// sends tells whether a digest goes out on a day.
func (r DigestRules) sends(day time.Time, c Calendar) bool {
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	return !r.Off && !weekend && !c.Holiday(day)
}

func (r DigestRules) moment(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), r.At/60, r.At%60, 0, 0, day.Location())
}

// Open tells whether the digest of the day of now may go out: it is a working day, and the hour has come. A program that was down at that hour sends
// it later on the same day. now is in the zone's location.
func (r DigestRules) Open(now time.Time, c Calendar) bool {
	return r.sends(now, c) && !now.Before(r.moment(now))
}

// Next gives the first moment after now at which a digest goes out, by the clock on the wall of now's location; zero when none does.
func (r DigestRules) Next(now time.Time, c Calendar) time.Time {
	for n := range 400 { // no country has a year of holidays
		day := time.Date(now.Year(), now.Month(), now.Day()+n, 12, 0, 0, 0, now.Location())
		if at := r.moment(day); r.sends(day, c) && at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// DigestFloor is the edition after which a digest of now tells what a network has not heard: what is older is not news any more.
func DigestFloor(now time.Time) string {
	return now.AddDate(0, 0, -digestCatchUp).Format(DigestDay)
}

// SortDigest puts items in the order of a digest: by category, then the newest first.
func SortDigest(items []DigestItem, own []DigestCategory) {
	order := append(slices.Clone(DigestCategories), own...)
	slices.SortStableFunc(items, func(a, b DigestItem) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Category), slices.Index(order, b.Category)), cmp.Compare(b.Day, a.Day), cmp.Compare(a.ID, b.ID))
	})
}

// DigestSteps plans a digest for one member: by mail alone, which rings nobody, and not at all for who wishes none.
func DigestSteps(m *Member, contacts []ContactPoint, channels []Channel) ([]Step, Left) {
	switch {
	case m.State == MemberLeft || m.State == MemberExcluded:
		return nil, LeftNotAMember
	case m.State == MemberSuspended: // only what is a matter of life (rule 11)
		return nil, LeftSuspended
	case m.Choices.NoDigest:
		return nil, LeftByChoice
	}
	mail := slices.DeleteFunc(slices.Clone(channels), func(c Channel) bool { return c != Email })
	out, left := steps(contacts, ByMail, mail, time.Time{})
	if left == LeftByChoice { // has telephones only
		left = LeftNoContact
	}
	return out, left
}

// DigestCount is how many items of a category happened in one month and municipality.
type DigestCount struct {
	Month        string // "2026-11"
	Municipality string
	Category     DigestCategory
	Count        int
}
