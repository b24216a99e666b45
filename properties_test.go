package buurtbel_test

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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

var kinds = []buurtbel.ContactKind{buurtbel.Mobile, buurtbel.Fixed, buurtbel.Mailbox, buurtbel.Browser}

func drawContacts(t *rapid.T) []buurtbel.ContactPoint {
	out := make([]buurtbel.ContactPoint, rapid.IntRange(0, 7).Draw(t, "contacts"))
	for i := range out {
		out[i] = buurtbel.ContactPoint{ID: buurtbel.ID(i + 1), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Rank: rapid.IntRange(0, 5).Draw(t, "rank"),
			State:    rapid.SampledFrom([]buurtbel.ContactState{buurtbel.ContactOK, buurtbel.ContactOK, buurtbel.ContactOK, buurtbel.ContactStopped, buurtbel.ContactDead, buurtbel.ContactGone}).Draw(t, "state"),
			Verified: rapid.IntRange(0, 3).Draw(t, "verified") > 0, NoCalls: rapid.IntRange(0, 4).Draw(t, "no calls") == 0}
	}
	return out
}

func drawMember(t *rapid.T, now time.Time) *buurtbel.Member {
	states := []buurtbel.MemberState{buurtbel.MemberActive, buurtbel.MemberActive, buurtbel.MemberActive, buurtbel.MemberSuspended, buurtbel.MemberLeft, buurtbel.MemberExcluded}
	m := &buurtbel.Member{State: rapid.SampledFrom(states).Draw(t, "member"), SuspendedUntil: now.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "suspended")) * time.Hour)}
	if rapid.Bool().Draw(t, "chosen") {
		m.Choices.Per = map[buurtbel.Urgency]buurtbel.Choice{}
		for _, u := range buurtbel.Urgencies {
			m.Choices.Per[u] = buurtbel.Choice{Day: buurtbel.By(rapid.IntRange(0, 15).Draw(t, "day")), Night: buurtbel.By(rapid.IntRange(0, 15).Draw(t, "night"))}
		}
	}
	if rapid.IntRange(0, 4).Draw(t, "away") == 0 {
		m.Away = buurtbel.Span{From: now.Add(-time.Hour)}
	}
	return m
}

func TestDeliverProperty(t *testing.T) {
	loc := brussels(t)
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(1_774_000_000, 1_775_600_000).Draw(t, "now"), 0).In(loc)
		contacts := drawContacts(t)
		w := buurtbel.Want{Urgency: rapid.SampledFrom(buurtbel.Urgencies).Draw(t, "urgency"), Official: rapid.Bool().Draw(t, "official"), Night: buurtbel.DefaultNight,
			Expires: now.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, "hours")) * time.Hour), Channels: rapid.SliceOfDistinct(rapid.SampledFrom(every), func(c buurtbel.Channel) buurtbel.Channel { return c }).Draw(t, "channels")}
		before := slices.Clone(contacts)
		steps, left := buurtbel.Deliver(drawMember(t, now), contacts, w, now)
		if diff := cmp.Diff(before, contacts); diff != "" {
			t.Fatalf("the contact points were changed: %s", diff)
		}
		checkSteps(t, steps, left, contacts, w, now)
	})
}

func checkSteps(t *rapid.T, steps []buurtbel.Step, left buurtbel.Left, contacts []buurtbel.ContactPoint, w buurtbel.Want, now time.Time) {
	if (left == buurtbel.NotLeft) != (len(steps) > 0) || left != buurtbel.NotLeft && !slices.Contains(lefts, left) {
		t.Fatalf("%d steps and left out for %q: somebody is lost", len(steps), left)
	}
	type use struct {
		contact buurtbel.ID
		channel buurtbel.Channel
	}
	seen := map[use]bool{}
	ranks := map[buurtbel.Channel]int{}
	order := map[buurtbel.Channel]int{}
	for _, s := range steps {
		c := contacts[s.Contact-1]
		switch {
		case seen[use{s.Contact, s.Channel}]:
			t.Fatalf("two steps to one contact point on %s", s.Channel)
		case s.Channel == buurtbel.Voice && c.NoCalls:
			t.Fatalf("a call to who wants none")
		case s.IfSilent && (s.Channel != buurtbel.Voice || w.Official || !hasText(steps)):
			t.Fatalf("%s waits for texts: %v", s.Channel, steps)
		case !c.Verified || c.State != buurtbel.ContactOK:
			t.Fatalf("a step to a contact point that is %s, verified %t", c.State, c.Verified)
		case !slices.Contains(w.Channels, s.Channel):
			t.Fatalf("a step on %s, which has no carrier", s.Channel)
		case s.Channel != buurtbel.Push && s.Rank != ranks[s.Channel] || s.Channel == buurtbel.Push && s.Rank != 0:
			t.Fatalf("rank %d on %s after %d", s.Rank, s.Channel, ranks[s.Channel])
		case c.Rank < order[s.Channel]:
			t.Fatalf("not in the member's order")
		case !s.NotBefore.IsZero() && (!s.NotBefore.After(now) || !s.NotBefore.Before(w.Expires)):
			t.Fatalf("not before %s, at %s, expires %s", s.NotBefore, now, w.Expires)
		}
		seen[use{s.Contact, s.Channel}], ranks[s.Channel], order[s.Channel] = true, s.Rank+1, c.Rank
	}
}

func hasText(steps []buurtbel.Step) bool {
	return slices.ContainsFunc(steps, func(s buurtbel.Step) bool { return s.Channel == buurtbel.SMS || s.Channel == buurtbel.Push })
}

func TestDeliverLeft(t *testing.T) {
	now := wall(t, "2026-06-01 12:00")
	stopped := []buurtbel.ContactPoint{{ID: 1, Kind: buurtbel.Mobile, State: buurtbel.ContactStopped, Verified: true}}
	unverified := []buurtbel.ContactPoint{{ID: 1, Kind: buurtbel.Mobile, State: buurtbel.ContactOK}}
	calls := per(buurtbel.Now, buurtbel.Choice{Day: buurtbel.ByCall})
	onlySMS := want(buurtbel.Now)
	onlySMS.Channels = []buurtbel.Channel{buurtbel.SMS}
	life := want(buurtbel.Life)
	life.Channels = onlySMS.Channels
	onlyVoice := want(buurtbel.Now)
	onlyVoice.Channels = []buurtbel.Channel{buurtbel.Voice}
	for name, c := range map[string]struct {
		m        buurtbel.Member
		contacts []buurtbel.ContactPoint
		w        buurtbel.Want
		channel  buurtbel.Channel
		left     buurtbel.Left
	}{
		"no contact point":                  {buurtbel.Member{}, nil, want(buurtbel.Now), "", buurtbel.LeftNoContact},
		"stopped":                           {buurtbel.Member{}, stopped, want(buurtbel.Now), "", buurtbel.LeftNoContact},
		"unverified":                        {buurtbel.Member{}, unverified, want(buurtbel.Now), "", buurtbel.LeftNoContact},
		"wishes calls, has a mailbox":       {buurtbel.Member{Choices: calls}, mailbox, want(buurtbel.Now), "", buurtbel.LeftByChoice},
		"wishes calls, has a mobile":        {buurtbel.Member{Choices: calls}, mobile, want(buurtbel.Now), buurtbel.Voice, ""},
		"wishes calls, nobody calls":        {buurtbel.Member{Choices: calls}, mobile, onlySMS, "", buurtbel.LeftNoCarrier},
		"a line at home, nobody calls":      {buurtbel.Member{}, fixed, onlySMS, "", buurtbel.LeftNoCarrier},
		"a mobile, nobody carries texts":    {buurtbel.Member{}, mobile, onlyVoice, buurtbel.Voice, ""},
		"away":                              {buurtbel.Member{Away: buurtbel.Span{From: now}}, mobile, want(buurtbel.Now), "", buurtbel.LeftAway},
		"away, a matter of life":            {buurtbel.Member{Away: buurtbel.Span{From: now}}, mobile, life, buurtbel.SMS, ""},
		"no contact point beats no carrier": {buurtbel.Member{}, append(slices.Clone(stopped), fixed...), onlySMS, "", buurtbel.LeftNoCarrier},
	} {
		t.Run(name, func(t *testing.T) {
			steps, left := buurtbel.Deliver(&c.m, c.contacts, c.w, now)
			if left != c.left || (c.channel != "") != (len(steps) == 1) || len(steps) == 1 && steps[0].Channel != c.channel {
				t.Errorf("got %v %q, want %s %q", steps, left, c.channel, c.left)
			}
		})
	}
}

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

func TestReadAnswer(t *testing.T) {
	for want, list := range map[buurtbel.Answer][]string{
		buurtbel.AnswerHeard: {"1", " 1 ", "1.", "1!", "(1)", "'1'", "1️⃣", "ok", "OK", "Ok.", "O.K.", "oke", "oké", "Oké!", "oke\u0301", "okee", "okay", "ja", "JA", "Ja!", "ja.",
			"oui", "Oui.", "yes", "jawohl", "gelezen", "gehoord", "Ontvangen", "reçu", "REÇU", "rec\u0327u", "recu", "bien reçu", "Bien  Reçu!", "lu", "erhalten", "gelesen", "received", "read"},
		buurtbel.AnswerStop: {"stop", "STOP", "Stop.", "\"STOP\"", "stopp", "STOP SMS", "stopsms", "stop all", "STOPALL", "stoppen", "afmelden", "uitschrijven", "arrêt", "ARRÊT", "arret",
			"arrêter", "arrêtez", "désabonner", "de\u0301sabonner", "abmelden", "beenden", "ende", "unsubscribe", "cancel", "end", "quit", "stop aub"},
		buurtbel.AnswerStart: {"start", "START", "Start!", "starten", "aanmelden", "hervatten", "reprendre", "démarrer", "anmelden", "resume", "unstop"},
	} {
		for _, text := range list {
			if got := buurtbel.ReadAnswer(text); got != want {
				t.Errorf("%q is %s, want %s", text, got, want)
			}
		}
	}
}

func TestReadAnswerProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"stop", "ja", "1", "start", "oui"}).Draw(t, "word")
		rest := rapid.StringMatching(`[a-z]{2,9}( [a-z]{1,9}){1,4}`).Draw(t, "rest")
		if got := buurtbel.ReadAnswer(word + ", " + rest); got != buurtbel.AnswerOther {
			t.Fatalf("%q is %s", word+", "+rest, got)
		}
	})
}

func FuzzReadAnswer(f *testing.F) {
	f.Add("stop, er staat iemand in de tuin")
	f.Add("rec\u0327u")
	f.Fuzz(func(t *testing.T, text string) {
		if a := buurtbel.ReadAnswer(text); a != buurtbel.AnswerOther && len(strings.Fields(text)) > 40 {
			t.Errorf("%q is %s", text, a)
		}
	})
}

// square gives a square ring of a side in degrees around a centre.
func square(centre buurtbel.Point, side float64) buurtbel.Ring {
	h := side / 2
	return buurtbel.Ring{{Lat: centre.Lat - h, Lon: centre.Lon - h}, {Lat: centre.Lat - h, Lon: centre.Lon + h}, {Lat: centre.Lat + h, Lon: centre.Lon + h}, {Lat: centre.Lat + h, Lon: centre.Lon - h}}
}

var centre = buurtbel.Point{Lat: 51, Lon: 4}

func TestAreaContains(t *testing.T) {
	holed := buurtbel.Area{buurtbel.Polygon{square(centre, 0.2), square(centre, 0.1)}, buurtbel.Polygon{square(centre, 0.02)}}
	for _, c := range []struct {
		lat, lon float64
		in       bool
	}{
		{51.08, 4, true}, {51, 4.08, true}, {51.03, 4.03, false}, {51.005, 4.005, true}, {51.2, 4, false}, {51, 4.2, false}, {50, 4, false}, {51.08, 4.08, true},
		{math.NaN(), 4, false}, {51, math.Inf(1), false},
	} {
		if got := holed.Contains(buurtbel.Point{Lat: c.lat, Lon: c.lon}); got != c.in {
			t.Errorf("%v: %t", c, got)
		}
	}
	if (buurtbel.Area{}).Contains(centre) || (buurtbel.Area{buurtbel.Polygon{}}).Contains(centre) || (buurtbel.Area{buurtbel.Polygon{buurtbel.Ring{centre}}}).Contains(centre) {
		t.Error("an area without land contains something")
	}
	closed := append(square(centre, 0.2), square(centre, 0.2)[0])
	if !(buurtbel.Area{buurtbel.Polygon{closed}}).Contains(centre) {
		t.Error("a ring that repeats its first point contains nothing")
	}
}

// Neighbours share a border without gap or overlap: every point of the two is in exactly one.
func TestAreaBorderIsOnOneSide(t *testing.T) {
	west := buurtbel.Area{buurtbel.Polygon{square(buurtbel.Point{Lat: 51, Lon: 4}, 1)}}
	east := buurtbel.Area{buurtbel.Polygon{square(buurtbel.Point{Lat: 51, Lon: 5}, 1)}}
	rapid.Check(t, func(t *rapid.T) {
		p := buurtbel.Point{Lat: rapid.Float64Range(50.51, 51.49).Draw(t, "lat"), Lon: rapid.OneOf(rapid.Just(4.5), rapid.Float64Range(3.51, 5.49)).Draw(t, "lon")}
		if west.Contains(p) == east.Contains(p) {
			t.Fatalf("%v is in both or in neither", p)
		}
	})
}

func TestAreaSize(t *testing.T) {
	const degree = math.Pi / 180 * 6371.0088
	flat := degree * degree * math.Cos(51*math.Pi/180)
	for name, c := range map[string]struct {
		area buurtbel.Area
		want float64
	}{
		"a tenth of a degree": {buurtbel.Area{buurtbel.Polygon{square(centre, 0.1)}}, flat * 0.01},
		"with a hole":         {buurtbel.Area{buurtbel.Polygon{square(centre, 0.1), square(centre, 0.05)}}, flat * 0.0075},
		"two":                 {buurtbel.Area{buurtbel.Polygon{square(centre, 0.1)}, buurtbel.Polygon{square(buurtbel.Point{Lat: 51, Lon: 5}, 0.1)}}, flat * 0.02},
		"the other way round": {buurtbel.Area{buurtbel.Polygon{reversed(square(centre, 0.1))}}, flat * 0.01},
		"a line":              {buurtbel.Area{buurtbel.Polygon{square(centre, 0.1)[:2]}}, 0},
		"nothing":             {nil, 0},
		"a circle of 2 km":    {buurtbel.Circle(centre, 2), math.Pi * 4},
	} {
		if got := c.area.SquareKM(); math.Abs(got-c.want) > c.want*0.01 {
			t.Errorf("%s: %.4f km², want %.4f", name, got, c.want)
		}
	}
}

func reversed(r buurtbel.Ring) buurtbel.Ring {
	r = slices.Clone(r)
	slices.Reverse(r)
	return r
}

func TestAreaSelfCrossing(t *testing.T) {
	bow := buurtbel.Ring{{Lat: 0, Lon: 0}, {Lat: 1, Lon: 1}, {Lat: 0, Lon: 1}, {Lat: 1, Lon: 0}}
	star := buurtbel.Ring{{Lat: 3, Lon: 0}, {Lat: -2, Lon: 2}, {Lat: 1, Lon: -3}, {Lat: 1, Lon: 3}, {Lat: -2, Lon: -2}}
	doubled := buurtbel.Ring{{Lat: 0, Lon: 0}, {Lat: 0, Lon: 1}, {Lat: 0, Lon: 1}, {Lat: 1, Lon: 1}, {Lat: 1, Lon: 1}, {Lat: 1, Lon: 0}, {Lat: 0, Lon: 0}}
	pinched := buurtbel.Ring{{Lat: 0, Lon: 0}, {Lat: 1, Lon: 1}, {Lat: 0, Lon: 2}, {Lat: 2, Lon: 2}, {Lat: 1, Lon: 1}, {Lat: 2, Lon: 0}}
	straight := buurtbel.Ring{{Lat: 0, Lon: 0}, {Lat: 0, Lon: 1}, {Lat: 0, Lon: 2}, {Lat: 0, Lon: 3}, {Lat: 1, Lon: 3}, {Lat: 1, Lon: 0}}
	for name, c := range map[string]struct {
		ring     buurtbel.Ring
		crossing bool
	}{
		"square": {square(centre, 1), false}, "bow tie": {bow, true}, "bow tie, other way round": {reversed(bow), true}, "star": {star, true},
		"points drawn twice": {doubled, false}, "the same, other way round": {reversed(doubled), false}, "touches itself": {pinched, false}, "points on a line": {straight, false},
		"empty": {nil, false}, "one point": {buurtbel.Ring{centre}, false}, "triangle": {bow[:3], false}, "circle": {buurtbel.Circle(centre, 1)[0][0], false},
	} {
		at, got := (buurtbel.Area{buurtbel.Polygon{square(buurtbel.Point{Lat: 60, Lon: 10}, 1)}, buurtbel.Polygon{c.ring}}).SelfCrossing()
		if got != c.crossing || got && !slices.Contains(c.ring, at) {
			t.Errorf("%s: %t at %v", name, got, at)
		}
	}
}

func TestCircleAndDistance(t *testing.T) {
	for _, radius := range []float64{0.1, 1, 10} {
		area := buurtbel.Circle(centre, radius)
		if !area.Contains(centre) {
			t.Errorf("a circle of %g km does not contain its centre", radius)
		}
		for _, p := range area[0][0] {
			if d := centre.KM(p); math.Abs(d-radius) > radius*0.01 {
				t.Errorf("a corner lies %g km from the centre, want %g", d, radius)
			}
		}
		box, ok := area.Bounds()
		if !ok || !box.Contains(centre) || box.North <= box.South || box.East <= box.West {
			t.Errorf("bounds %v", box)
		}
	}
	if d := (buurtbel.Point{Lat: 50.8503, Lon: 4.3517}).KM(buurtbel.Point{Lat: 51.2194, Lon: 4.4025}); math.Abs(d-41.2) > 0.5 {
		t.Errorf("Brussels to Antwerp: %g km", d)
	}
	if d := centre.KM(centre); d != 0 {
		t.Errorf("a point lies %g km from itself", d)
	}
	if d := centre.KM(buurtbel.Point{Lat: -51, Lon: -176}); math.IsNaN(d) || math.Abs(d-20015) > 10 {
		t.Errorf("to the other side of the earth: %g km", d)
	}
	if _, ok := (buurtbel.Area{}).Bounds(); ok {
		t.Error("nothing has bounds")
	}
}

func TestErrors(t *testing.T) {
	cause := buurtbel.FailWith(errString("disk"), buurtbel.Busy, "error.store.full", nil)
	if buurtbel.KindOf(cause) != buurtbel.Busy || buurtbel.KeyOf(cause) != "error.store.full" || cause.Unwrap() == nil || !strings.Contains(cause.Error(), "disk") {
		t.Errorf("got %v", cause)
	}
	if buurtbel.KindOf(errString("x")) != buurtbel.Internal || buurtbel.KeyOf(errString("x")) != "error.internal" {
		t.Error("an error of the program has a kind of its own")
	}
	words := map[buurtbel.Kind]string{buurtbel.Internal: "internal", buurtbel.Invalid: "invalid", buurtbel.NotFound: "not-found", buurtbel.Forbidden: "forbidden", buurtbel.Conflict: "conflict", buurtbel.Busy: "busy", 99: "internal"}
	for kind, word := range words {
		if kind.String() != word {
			t.Errorf("%d is %s", kind, kind)
		}
	}
}

type errString string

func (e errString) Error() string { return string(e) }
