package buurtbel

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var appStart = time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)

// with gives an application with facts, a day apart.
func with(kinds ...ApplicationFactKind) *Application {
	a := &Application{Found: FoundInside}
	for i, k := range kinds {
		a.Facts = append(a.Facts, ApplicationFact{Seq: i + 1, Kind: k, At: appStart.Add(time.Duration(i) * day)})
	}
	return a
}

var complete = []ApplicationFactKind{FactApplied, FactTold, FactAdult, FactRules, FactProved, FactAddress}

func and(more ...ApplicationFactKind) []ApplicationFactKind {
	return append(append([]ApplicationFactKind(nil), complete...), more...)
}

func TestApplicationState(t *testing.T) {
	for _, c := range []struct {
		facts []ApplicationFactKind
		want  ApplicationState
	}{
		{complete[:4], ApplicationProving}, {complete, ApplicationReady}, {and(FactAsked), ApplicationAsked}, {and(FactAsked, FactAnswered), ApplicationReady},
		{and(FactReferred), ApplicationReferred}, {and(FactReferred, FactAsked, FactProved), ApplicationAsked}, {and(FactAccepted), ApplicationAccepted},
		{and(FactDeclined, FactReminded), ApplicationDeclined}, {and(FactWithdrawn), ApplicationWithdrawn}, {[]ApplicationFactKind{FactApplied, FactLapsed, FactProved}, ApplicationLapsed},
	} {
		if got := with(c.facts...).State(); got != c.want {
			t.Errorf("%v: %s, want %s", c.facts, got, c.want)
		}
	}
}

func TestRule8_WhoDecidesWhat(t *testing.T) {
	lacking := with(FactApplied, FactTold, FactAdult, FactRules, FactProved)
	edgeCase := with(complete...)
	edgeCase.Found = FoundRefer
	for name, c := range map[string]struct {
		a       *Application
		kind    ApplicationFactKind
		detail  string
		officer bool
		want    string // key; "": allowed
	}{
		"complete":                           {with(complete...), FactAccepted, "", false, ""},
		"a question is open":                 {with(and(FactAsked)...), FactAccepted, "", false, ""},
		"no proof of address":                {lacking, FactAccepted, "", false, "error.application.missing"},
		"no proof of address, officer":       {lacking, FactAccepted, "", true, "error.application.missing"},
		"no proof at all":                    {with(complete[:4]...), FactAccepted, "", false, "error.application.missing"},
		"edge case":                          {edgeCase, FactAccepted, "", false, "error.application.not-yours"},
		"edge case, officer":                 {edgeCase, FactAccepted, "", true, ""},
		"referred":                           {with(and(FactReferred)...), FactAccepted, "", false, "error.application.not-yours"},
		"referred, officer":                  {with(and(FactReferred)...), FactAccepted, "", true, ""},
		"referred, coordinator declines":     {with(and(FactReferred)...), FactDeclined, "outside", false, "error.application.not-yours"},
		"referred, coordinator asks":         {with(and(FactReferred)...), FactAsked, "", false, "error.application.not-yours"},
		"closed list":                        {with(complete...), FactDeclined, "excluded", false, ""},
		"another ground":                     {with(complete...), FactDeclined, "officer", false, "error.application.ground"},
		"another ground, officer":            {with(complete...), FactDeclined, "officer", true, ""},
		"no ground":                          {with(complete...), FactDeclined, "", true, "error.application.ground"},
		"accepted twice":                     {with(and(FactAccepted)...), FactAccepted, "", true, "error.application.over"},
		"declined after withdrawal":          {with(and(FactWithdrawn)...), FactDeclined, "outside", true, "error.application.over"},
		"a proof after the end":              {with(and(FactDeclined)...), FactProved, "", false, "error.application.over"},
		"an answer without a question":       {with(complete...), FactAnswered, "", false, "error.application.no-question"},
		"welcomed":                           {with(and(FactAccepted)...), FactWelcomed, "", false, ""},
		"welcomed without being accepted":    {with(and(FactDeclined)...), FactWelcomed, "", false, "error.application.over"},
		"a reminder of erasing after an end": {with(and(FactDeclined)...), FactReminded, "erase", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.a.MayFollow(ApplicationFact{Kind: c.kind, Detail: c.detail}, c.officer)
			if (err == nil) != (c.want == "") || err != nil && KeyOf(err) != c.want {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestApplicationDue(t *testing.T) {
	ready := with(FactProved) // at appStart
	after := func(a *Application, d time.Duration, done ...Reminder) *Application {
		out := *a
		for _, r := range done {
			out.Facts = append(append([]ApplicationFact(nil), out.Facts...), ApplicationFact{Kind: FactReminded, At: appStart.Add(d), Detail: string(r)})
		}
		return &out
	}
	for name, c := range map[string]struct {
		a    *Application
		now  time.Duration
		due  Reminder
		next time.Duration // 0: none
	}{
		"at once":                   {ready, 0, TellCoordinator, 5 * day},
		"told":                      {after(ready, 0, TellCoordinator), day, "", 5 * day},
		"again":                     {after(ready, 0, TellCoordinator), 5 * day, RemindCoordinator, 10 * day},
		"then the deputy":           {after(ready, 5*day, TellCoordinator, RemindCoordinator), 10 * day, RemindDeputy, 15 * day},
		"then the officer":          {after(ready, 10*day, TellCoordinator, RemindCoordinator, RemindDeputy), 15 * day, RemindOfficer, 0},
		"then nobody":               {after(ready, 15*day, RemindOfficer), 40 * day, "", 0},
		"a long pause is one mail":  {ready, 12 * day, RemindDeputy, 15 * day},
		"open proofs":               {with(FactApplied), 2 * day, RemindProofs, 10 * day},
		"abandoned":                 {with(FactApplied), 31 * day, Lapse, 0},
		"lapsed is erased":          {&Application{Facts: []ApplicationFact{{Kind: FactLapsed, At: appStart}}}, 0, Erase, 0},
		"declined is kept 90 days":  {&Application{Facts: []ApplicationFact{{Kind: FactDeclined, At: appStart}}}, 89 * day, "", 90 * day},
		"and then erased":           {&Application{Facts: []ApplicationFact{{Kind: FactDeclined, At: appStart}}}, 90 * day, Erase, 0},
		"accepted: nothing is due":  {&Application{Facts: []ApplicationFact{{Kind: FactAccepted, At: appStart}}}, 900 * day, "", 0},
		"a question not answered":   {&Application{Facts: []ApplicationFact{{Kind: FactProved, At: appStart.Add(-9 * day)}, {Kind: FactAsked, At: appStart}}}, 5 * day, RemindAnswer, 30 * day},
		"after an answer at once":   {&Application{Facts: []ApplicationFact{{Kind: FactAsked, At: appStart.Add(-9 * day)}, {Kind: FactReminded, Detail: string(TellCoordinator), At: appStart.Add(-10 * day)}, {Kind: FactAnswered, At: appStart}}}, 0, TellCoordinator, 5 * day},
		"an edge case too":          {&Application{Found: FoundRefer, Facts: []ApplicationFact{{Kind: FactProved, At: appStart}}}, 0, TellOfficer, 7 * day},
		"referred goes to officers": {&Application{Facts: []ApplicationFact{{Kind: FactReferred, At: appStart}}}, day, TellOfficer, 7 * day},
	} {
		t.Run(name, func(t *testing.T) {
			due, next := c.a.Due(appStart.Add(c.now))
			want := time.Time{}
			if c.next != 0 {
				want = appStart.Add(c.next)
			}
			if due != c.due || !next.Equal(want) {
				t.Errorf("got %q next %v, want %q next %v", due, next, c.due, want)
			}
		})
	}
}

// TestACalendarEnds: whoever does what is due, when it is due, comes to an end.
func TestACalendarEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kinds := []ApplicationFactKind{FactApplied, FactProved, FactAddress, FactAsked, FactAnswered, FactReferred, FactDeclined, FactWithdrawn}
		a := with(append([]ApplicationFactKind{FactApplied}, rapid.SliceOfN(rapid.SampledFrom(kinds), 0, 6).Draw(t, "facts")...)...)
		now := a.Facts[len(a.Facts)-1].At
		for step := range 20 {
			due, next := a.Due(now)
			if due != "" {
				a.Facts = append(a.Facts, ApplicationFact{Kind: FactReminded, At: now, Detail: string(due)})
				if due == Lapse {
					a.Facts = append(a.Facts, ApplicationFact{Kind: FactLapsed, At: now})
				}
				continue
			}
			if next.IsZero() {
				return
			}
			if !next.After(now) {
				t.Fatalf("step %d: next %v is not after %v", step, next, now)
			}
			now = next
		}
		t.Fatal("the calendar does not end")
	})
}

func TestRule8_ThreeOutcomes(t *testing.T) {
	box := func(lat, lon, n float64) Area {
		return Area{{{{Lat: lat, Lon: lon}, {Lat: lat + n, Lon: lon}, {Lat: lat + n, Lon: lon + n}, {Lat: lat, Lon: lon + n}, {Lat: lat, Lon: lon}}}}
	}
	ended := &Dated{Since: appStart.Add(-day)}
	west, east := &Network{ID: 1, Kind: Residents, Area: box(51, 4, 0.01)}, &Network{ID: 2, Kind: Residents, Area: box(51, 4.01, 0.01)}
	shops, gone := &Network{ID: 3, Kind: Traders, Area: box(51, 4, 0.02)}, &Network{ID: 4, Kind: Residents, Area: box(52, 4, 0.01), Ended: ended}
	all := []*Network{west, east, shops, gone}
	for name, c := range map[string]struct {
		places []Point
		sure   bool
		kind   NetworkKind
		want   Found
		in     *Network
	}{
		"well inside":               {[]Point{{51.005, 4.005}}, true, Residents, FoundInside, west},
		"traders":                   {[]Point{{51.005, 4.005}}, true, Traders, FoundInside, shops},
		"between two":               {[]Point{{51.005, 4.01}}, true, Residents, FoundRefer, west},
		"just outside":              {[]Point{{51.01005, 4.005}}, true, Residents, FoundRefer, west},
		"far":                       {[]Point{{50, 4}}, true, Residents, FoundNone, nil},
		"a network that ended":      {[]Point{{52.005, 4.005}}, true, Residents, FoundNone, nil},
		"an unknown number":         {[]Point{{51.005, 4.005}, {51.006, 4.005}}, false, Residents, FoundRefer, west},
		"an unknown number far off": {[]Point{{50, 4}, {50, 4.001}}, false, Residents, FoundNone, nil},
		"no place at all":           {nil, false, Residents, FoundNone, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got, in := CheckZone(c.places, c.sure, c.kind, all, func(*Network) bool { return true }, appStart); got != c.want || in != c.in {
				t.Errorf("got %s %v", got, in)
			}
		})
	}
}

func TestShift(t *testing.T) {
	brussels, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	var week OpeningWeek
	week[time.Monday] = []Hours{{From: 9 * 60, Until: 12 * 60}, {From: 20 * 60, Until: 2 * 60}} // the second passes midnight
	at := func(d, h, m int) time.Time { return time.Date(2026, 6, d, h, m, 0, 0, brussels) }    // 1 June 2026 is a Monday
	for _, c := range []struct {
		at   time.Time
		open bool
	}{{at(1, 8, 59), false}, {at(1, 9, 0), true}, {at(1, 12, 0), false}, {at(1, 23, 0), true}, {at(2, 1, 59), true}, {at(2, 2, 0), false}, {at(2, 10, 0), false}, {at(1, 1, 0), false}} {
		if got := week.Open(c.at); got != c.open {
			t.Errorf("%v: open %t", c.at, got)
		}
		shop, keys := &Shift{Post: PostShop, Open: week}, &Shift{Post: PostKeys, Open: week}
		if shop.On(c.at) == keys.On(c.at) || shop.On(c.at) != c.open {
			t.Errorf("%v: shop %t, keys %t", c.at, shop.On(c.at), keys.On(c.at))
		}
	}
	contacts := []ContactPoint{{ID: 1, Kind: Mobile, State: ContactOK, Verified: true}}
	keys := &Member{State: MemberActive, Choices: Choices{Shift: &Shift{Post: PostKeys, Open: week}}}
	deliver := func(u Urgency) Left {
		_, left := Deliver(keys, contacts, Want{Urgency: u, Expires: at(1, 18, 0), Channels: []Channel{SMS}, Night: DefaultNight}, at(1, 10, 0))
		return left
	}
	if got := deliver(Now); got != LeftShift {
		t.Errorf("the key holder while the shop is open: %q", got)
	}
	if got := deliver(Life); got != NotLeft {
		t.Errorf("a matter of life: %q", got)
	}
	keys.Choices.Shift.Alone = true
	if got := deliver(Now); got != NotLeft {
		t.Errorf("who is alone: %q", got)
	}
}
