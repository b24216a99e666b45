package buurtbel_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/holiday"
)

// Each test here holds one rule of the domain that this package decides, and fails when the rule's check is taken out.

func brussels(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// wall reads a local time in Brussels, such as "2026-03-29 01:59".
func wall(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, brussels(t))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

const zone, other, network = buurtbel.ID(11), buurtbel.ID(12), buurtbel.ID(21)

func actor(role buurtbel.Role) buurtbel.Actor {
	return buurtbel.Actor{Person: 5, Zone: zone, Mandates: []buurtbel.Mandate{{Holder: 5, Role: role, Zone: zone}}}
}

func TestRule01_OnlyPoliceLaunch(t *testing.T) {
	now := wall(t, "2026-06-01 12:00")
	for _, role := range append([]buurtbel.Role{buurtbel.RoleSystem}, buurtbel.Roles...) {
		want := role == buurtbel.RoleOfficer || role == buurtbel.RoleDispatcher
		err := actor(role).May(buurtbel.MayLaunch, buurtbel.Scope{Zone: zone, Network: network}, now)
		if (err == nil) != want {
			t.Errorf("%s may launch: %v", role, err)
		}
		if err != nil && (buurtbel.KindOf(err) != buurtbel.Forbidden || buurtbel.KeyOf(err) != "error.forbidden.launch") {
			t.Errorf("%s: %v", role, err)
		}
	}
}

func TestRule01_NetworkMayReceive(t *testing.T) {
	now := wall(t, "2026-06-01 12:00")
	since, later := &buurtbel.Dated{Since: now}, &buurtbel.Dated{Since: now.Add(time.Second)}
	for name, c := range map[string]struct {
		country string
		n       buurtbel.Network
		key     string
	}{
		"all there":               {"BE", buurtbel.Network{Charter: since, Recognised: since}, ""},
		"no charter":              {"BE", buurtbel.Network{Recognised: since}, "error.network.no-charter"},
		"charter of tomorrow":     {"BE", buurtbel.Network{Charter: later, Recognised: since}, "error.network.no-charter"},
		"not recognised":          {"BE", buurtbel.Network{Charter: since}, "error.network.not-recognised"},
		"recognised later":        {"BE", buurtbel.Network{Charter: since, Recognised: later}, "error.network.not-recognised"},
		"ended":                   {"BE", buurtbel.Network{Charter: since, Recognised: since, Ended: since}, "error.network.ended"},
		"will end":                {"BE", buurtbel.Network{Charter: since, Recognised: since, Ended: later}, ""},
		"Netherlands ask nothing": {"NL", buurtbel.Network{}, ""},
		"ended in NL":             {"NL", buurtbel.Network{Ended: since}, "error.network.ended"},
	} {
		t.Run(name, func(t *testing.T) {
			country, err := buurtbel.CountryProfile(c.country)
			if err != nil {
				t.Fatal(err)
			}
			err = c.n.MayReceive(country, now)
			if (err == nil) != (c.key == "") || err != nil && buurtbel.KeyOf(err) != c.key {
				t.Errorf("got %v, want %q", err, c.key)
			}
		})
	}
}

func TestRule01_PlanByDayAndNight(t *testing.T) {
	day, night := wall(t, "2026-06-01 12:00"), wall(t, "2026-06-01 23:30")
	for _, c := range []struct {
		fact     buurtbel.Fact
		priority buurtbel.Priority
		day      bool
		night    bool
	}{
		{"missing-child", 1, true, true}, {"missing-child", 3, true, true},
		{"burglary-in-progress", 2, true, true}, {"burglary-in-progress", 3, true, false},
		{"vandalism-in-progress", 1, true, false}, {"vandalism-in-progress", 3, false, false},
		{"burglary", 1, true, false}, {"burglary", 3, false, false},
		{"other", 1, true, true}, {"other", 2, false, false},
		{"not-in-the-plan", 1, false, false},
		{"missing-child", 0, false, false}, {"missing-child", -1, false, false}, {"missing-child", 4, false, false},
	} {
		if got := buurtbel.DefaultPlan.OnPlan(c.fact, c.priority, day, buurtbel.DefaultNight); got != c.day {
			t.Errorf("%s at %d by day: %t", c.fact, c.priority, got)
		}
		if got := buurtbel.DefaultPlan.OnPlan(c.fact, c.priority, night, buurtbel.DefaultNight); got != c.night {
			t.Errorf("%s at %d by night: %t", c.fact, c.priority, got)
		}
	}
	if u := buurtbel.DefaultPlan.UrgencyOf("missing-child"); u != buurtbel.Life {
		t.Errorf("a missing child is %s", u)
	}
	if u := buurtbel.DefaultPlan.UrgencyOf("not-in-the-plan"); u != buurtbel.Soon {
		t.Errorf("an unknown fact is %s", u)
	}
}

func TestRule01_ChoicesByUrgencyAndHour(t *testing.T) {
	const all = buurtbel.ByText | buurtbel.ByCall | buurtbel.ByMail
	day, night := wall(t, "2026-06-01 12:00"), wall(t, "2026-06-01 23:30")
	morning := wall(t, "2026-06-02 07:00")
	early := buurtbel.Hours{From: 20 * 60, Until: 5 * 60}
	for name, c := range map[string]struct {
		choices buurtbel.Choices
		urgency buurtbel.Urgency
		at      time.Time
		by      buurtbel.By
		until   time.Time
	}{
		"life by day":                 {urgency: buurtbel.Life, at: day, by: all},
		"now by day":                  {urgency: buurtbel.Now, at: day, by: all},
		"soon by day":                 {urgency: buurtbel.Soon, at: day, by: all},
		"life by night":               {urgency: buurtbel.Life, at: night, by: all},
		"now by night":                {urgency: buurtbel.Now, at: night, by: buurtbel.ByText | buurtbel.ByMail},
		"soon by night":               {urgency: buurtbel.Soon, at: night, by: all, until: morning},
		"unknown by night":            {urgency: "?", at: night, by: all, until: morning},
		"own night":                   {choices: buurtbel.Choices{Night: &early}, urgency: buurtbel.Soon, at: wall(t, "2026-06-01 06:00"), by: all},
		"own night, later":            {choices: buurtbel.Choices{Night: &early}, urgency: buurtbel.Soon, at: wall(t, "2026-06-01 20:00"), by: all, until: wall(t, "2026-06-02 05:00")},
		"nothing":                     {choices: per(buurtbel.Now, buurtbel.Choice{}), urgency: buurtbel.Now, at: day, by: buurtbel.Nothing},
		"nothing of now leaves life":  {choices: per(buurtbel.Now, buurtbel.Choice{}), urgency: buurtbel.Life, at: night, by: all},
		"calls alone":                 {choices: per(buurtbel.Now, buurtbel.Choice{Day: buurtbel.ByCall, Night: buurtbel.ByText}), urgency: buurtbel.Now, at: day, by: buurtbel.ByCall},
		"later and nothing by day":    {choices: per(buurtbel.Now, buurtbel.Choice{Night: buurtbel.Later}), urgency: buurtbel.Now, at: night, by: buurtbel.Nothing, until: morning},
		"later makes no sense by day": {choices: per(buurtbel.Now, buurtbel.Choice{Day: buurtbel.Later}), urgency: buurtbel.Now, at: day, by: buurtbel.Nothing},
	} {
		t.Run(name, func(t *testing.T) {
			by, until := c.choices.At(c.urgency, c.at, buurtbel.DefaultNight)
			if by != c.by || !until.Equal(c.until) {
				t.Errorf("got %b until %s, want %b until %s", by, until, c.by, c.until)
			}
		})
	}
}

func per(u buurtbel.Urgency, c buurtbel.Choice) buurtbel.Choices {
	return buurtbel.Choices{Per: map[buurtbel.Urgency]buurtbel.Choice{u: c}}
}

func TestRule01_NoAlertsIsAChoiceAndIsNamed(t *testing.T) {
	m := &buurtbel.Member{State: buurtbel.MemberActive, Choices: per(buurtbel.Now, buurtbel.Choice{})}
	steps, left := buurtbel.Deliver(m, mobile, want(buurtbel.Now), wall(t, "2026-06-01 12:00"))
	if len(steps) != 0 || left != buurtbel.LeftByChoice {
		t.Errorf("got %v, %q", steps, left)
	}
}

func TestRule01_SoonWaitsUntilMorningOrExpires(t *testing.T) {
	night, morning := wall(t, "2026-06-01 23:30"), wall(t, "2026-06-02 07:00")
	m := &buurtbel.Member{State: buurtbel.MemberActive}
	w := want(buurtbel.Soon)
	w.Expires = morning.Add(time.Minute)
	steps, left := buurtbel.Deliver(m, mobile, w, night)
	if left != buurtbel.NotLeft || len(steps) != 2 || !steps[0].NotBefore.Equal(morning) || !steps[1].NotBefore.Equal(morning) || steps[1].IfSilent {
		t.Errorf("got %v, %q", steps, left)
	}
	w.Expires = morning
	if steps, left = buurtbel.Deliver(m, mobile, w, night); left != buurtbel.LeftTooLate || len(steps) != 0 {
		t.Errorf("expires before morning: got %v, %q", steps, left)
	}
}

var (
	mobile  = []buurtbel.ContactPoint{{ID: 1, Kind: buurtbel.Mobile, State: buurtbel.ContactOK, Verified: true}}
	fixed   = []buurtbel.ContactPoint{{ID: 2, Kind: buurtbel.Fixed, State: buurtbel.ContactOK, Verified: true}}
	mailbox = []buurtbel.ContactPoint{{ID: 3, Kind: buurtbel.Mailbox, State: buurtbel.ContactOK, Verified: true}}
	every   = []buurtbel.Channel{buurtbel.SMS, buurtbel.Email, buurtbel.Voice, buurtbel.Push}
)

func want(u buurtbel.Urgency) buurtbel.Want {
	return buurtbel.Want{Urgency: u, Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Channels: every, Night: buurtbel.DefaultNight}
}

func TestRule02_FeedbackIsDueTheNextWorkingDay(t *testing.T) {
	belgium, err := holiday.For("BE", "2026-07-20")
	if err != nil {
		t.Fatal(err)
	}
	for at, due := range map[string]string{
		"2026-06-01 12:00": "2026-06-03 00:00", // Monday: the end of Tuesday
		"2026-06-01 00:00": "2026-06-03 00:00",
		"2026-06-01 23:59": "2026-06-03 00:00",
		"2026-06-05 09:00": "2026-06-09 00:00", // Friday: the end of Monday
		"2026-06-06 09:00": "2026-06-09 00:00", // Saturday
		"2026-06-07 23:59": "2026-06-09 00:00", // Sunday
		"2026-04-03 20:00": "2026-04-08 00:00", // Good Friday, a working day here: over Easter Monday to Tuesday
		"2026-05-13 20:00": "2026-05-16 00:00", // over Ascension Day to Friday
		"2026-12-24 20:00": "2026-12-29 00:00", // over Christmas and the weekend
		"2026-12-31 20:00": "2027-01-05 00:00", // over New Year and the weekend
		"2026-07-17 12:00": "2026-07-23 00:00", // Friday: over a zone's own day and the national day
		"2026-03-27 12:00": "2026-03-31 00:00", // over the night in which an hour is skipped
		"2026-03-29 12:00": "2026-03-31 00:00",
		"2026-10-23 12:00": "2026-10-27 00:00", // over the night in which an hour comes twice
		"2026-10-30 12:00": "2026-11-03 00:00", // All Saints is a Sunday this year
	} {
		if got := buurtbel.FeedbackDue(wall(t, at), belgium); !got.Equal(wall(t, due)) {
			t.Errorf("%s: due %s, want %s", at, got, due)
		}
	}
}

func TestRule02_ExercisesOweNoFeedback(t *testing.T) {
	if buurtbel.OwesFeedback(&buurtbel.Alert{Exercise: true}) || !buurtbel.OwesFeedback(&buurtbel.Alert{}) {
		t.Error("only real alerts owe feedback")
	}
}

func TestRule02_Reached(t *testing.T) {
	reached := []buurtbel.DeliveryState{buurtbel.Uncertain, buurtbel.Rang, buurtbel.HandedOver, buurtbel.Delivered, buurtbel.Heard}
	for _, s := range buurtbel.DeliveryStates {
		if s.Reached() != slices.Contains(reached, s) {
			t.Errorf("%s: %t", s, s.Reached())
		}
	}
}

func TestRule02_Grounds(t *testing.T) {
	if diff := cmp.Diff([]buurtbel.Ground{"investigation", "magistrate", "privacy"}, buurtbel.Grounds); diff != "" {
		t.Error(diff)
	}
}

func TestRule02_WhoWasReachedHearsTheEnd(t *testing.T) {
	night, morning := wall(t, "2026-06-01 23:30"), wall(t, "2026-06-02 07:00")
	feedback := want(buurtbel.Soon)
	feedback.Official = true
	short := feedback
	short.Expires = night.Add(time.Hour)
	mailless := feedback
	mailless.Channels = []buurtbel.Channel{buurtbel.SMS, buurtbel.Voice}
	nothing := buurtbel.Choices{Per: map[buurtbel.Urgency]buurtbel.Choice{buurtbel.Soon: {}, buurtbel.Now: {}, buurtbel.Life: {}}}
	for name, c := range map[string]struct {
		m        buurtbel.Member
		contacts []buurtbel.ContactPoint
		w        buurtbel.Want
		channels []buurtbel.Channel
		before   time.Time
		left     buurtbel.Left
	}{
		"at night, at once":           {buurtbel.Member{}, slices.Concat(mobile, fixed, mailbox), feedback, []buurtbel.Channel{buurtbel.SMS, buurtbel.Email}, time.Time{}, ""},
		"a correction in the night":   {buurtbel.Member{}, mobile, short, []buurtbel.Channel{buurtbel.SMS}, time.Time{}, ""},
		"wishes no alerts":            {buurtbel.Member{Choices: nothing}, mobile, feedback, []buurtbel.Channel{buurtbel.SMS}, time.Time{}, ""},
		"away since":                  {buurtbel.Member{Away: buurtbel.Span{From: night.Add(-time.Hour)}}, mobile, feedback, []buurtbel.Channel{buurtbel.SMS}, time.Time{}, ""},
		"suspended since":             {buurtbel.Member{State: buurtbel.MemberSuspended, SuspendedUntil: morning}, mobile, feedback, []buurtbel.Channel{buurtbel.SMS}, time.Time{}, ""},
		"a line at home alone":        {buurtbel.Member{}, fixed, feedback, []buurtbel.Channel{buurtbel.Voice}, morning, ""},
		"a line, over by morning":     {buurtbel.Member{}, fixed, short, nil, time.Time{}, buurtbel.LeftTooLate},
		"a line and mail, no carrier": {buurtbel.Member{}, slices.Concat(mailbox, fixed), mailless, []buurtbel.Channel{buurtbel.Voice}, morning, ""},
		"mail, no carrier":            {buurtbel.Member{}, mailbox, mailless, nil, time.Time{}, buurtbel.LeftNoCarrier},
		"nothing that works":          {buurtbel.Member{}, nil, feedback, nil, time.Time{}, buurtbel.LeftNoContact},
		"left since":                  {buurtbel.Member{State: buurtbel.MemberLeft}, mobile, feedback, nil, time.Time{}, buurtbel.LeftNotAMember},
		"excluded since":              {buurtbel.Member{State: buurtbel.MemberExcluded}, mobile, feedback, nil, time.Time{}, buurtbel.LeftNotAMember},
	} {
		t.Run(name, func(t *testing.T) {
			steps, left := buurtbel.Deliver(&c.m, c.contacts, c.w, night)
			var channels []buurtbel.Channel
			for _, s := range steps {
				channels = append(channels, s.Channel)
				if !s.NotBefore.Equal(c.before) {
					t.Errorf("not before %s, want %s", s.NotBefore, c.before)
				}
			}
			if diff := cmp.Diff(c.channels, channels); diff != "" || left != c.left {
				t.Errorf("left %q, want %q; channels %s", left, c.left, diff)
			}
		})
	}
}

// Rule 5: who writes back in need must be read by a person; no word of a longer text makes it an acknowledgement or a stop.
func TestRule05_OnlyAWholeWordIsAnAnswer(t *testing.T) {
	for _, text := range []string{
		"stop, er staat iemand in de tuin", "ja er is iemand binnen", "1 man met een zak", "ok maar hij is nu bij de buren", "help", "oui mais il est dans le jardin",
		"stop ihn", "ja, aber", "yes he is here", "11", "1 1", "0", "?", "", "  ", "nee", "non", "nein", "no", "stopt", "okidoki", "starts", "ik hoorde het niet",
		"arrêtez-le", "read this", "ende gut", "ontvangen en gezien", "bel 112", "👍", "startnu", "STOP\x00NU", "１",
	} {
		if got := buurtbel.ReadAnswer(text); got != buurtbel.AnswerOther {
			t.Errorf("%q is %s", text, got)
		}
	}
}

func TestRule08_EveryAdultIsARecipient(t *testing.T) {
	for _, household := range []buurtbel.ID{0, 77} {
		for id := buurtbel.ID(1); id <= 3; id++ {
			m := &buurtbel.Member{ID: id, Household: household, State: buurtbel.MemberActive}
			steps, left := buurtbel.Deliver(m, mobile, want(buurtbel.Now), wall(t, "2026-06-01 12:00"))
			if len(steps) != 2 || left != buurtbel.NotLeft {
				t.Errorf("member %d of household %d: %v %q", id, household, steps, left)
			}
		}
	}
}

func TestRule08_WhoLeftIsNoRecipient(t *testing.T) {
	for _, state := range []buurtbel.MemberState{buurtbel.MemberLeft, buurtbel.MemberExcluded} {
		m := &buurtbel.Member{State: state}
		if steps, left := buurtbel.Deliver(m, mobile, want(buurtbel.Life), wall(t, "2026-06-01 12:00")); len(steps) != 0 || left != buurtbel.LeftNotAMember {
			t.Errorf("%s: %v %q", state, steps, left)
		}
	}
}

func TestRule11_SuspensionEndsAndLifeStillComes(t *testing.T) {
	now := wall(t, "2026-06-01 12:00")
	for _, c := range []struct {
		until   time.Time
		urgency buurtbel.Urgency
		left    buurtbel.Left
	}{
		{now.Add(time.Hour), buurtbel.Life, buurtbel.NotLeft},
		{now.Add(time.Hour), buurtbel.Now, buurtbel.LeftSuspended},
		{now.Add(time.Hour), buurtbel.Soon, buurtbel.LeftSuspended},
		{now, buurtbel.Now, buurtbel.NotLeft},
		{now.Add(-time.Hour), buurtbel.Soon, buurtbel.NotLeft},
	} {
		m := &buurtbel.Member{State: buurtbel.MemberSuspended, SuspendedUntil: c.until}
		if _, left := buurtbel.Deliver(m, mobile, want(c.urgency), now); left != c.left {
			t.Errorf("%s until %s: %q, want %q", c.urgency, c.until, left, c.left)
		}
	}
}

// Rule 12: nothing that decides about an alert can see money: no field of what it decides from is about paying.
func TestRule12_NoMoneyInTheDecision(t *testing.T) {
	money := regexp.MustCompile(`(?i)paid|payment|contribution|budget|balance|waiver|cents|euro|price|cost`)
	for _, v := range []any{buurtbel.Member{}, buurtbel.ContactPoint{}, buurtbel.Want{}, buurtbel.Choices{}, buurtbel.Step{}, buurtbel.Tries{}, buurtbel.Outcome{}, buurtbel.Network{}} {
		if found := money.FindString(fmt.Sprintf("%+v", v)); found != "" {
			t.Errorf("%T knows %q", v, found)
		}
	}
	for _, left := range lefts {
		if money.MatchString(string(left)) {
			t.Errorf("somebody can be left out for %q", left)
		}
	}
}

var lefts = []buurtbel.Left{buurtbel.LeftByChoice, buurtbel.LeftNoContact, buurtbel.LeftNoCarrier, buurtbel.LeftAddress, buurtbel.LeftExercise, buurtbel.LeftSuspended,
	buurtbel.LeftAway, buurtbel.LeftShift, buurtbel.LeftTooLate, buurtbel.LeftNotAMember}

func TestRule14_WhoMayDoWhat(t *testing.T) {
	table := map[buurtbel.Permission]string{
		buurtbel.MayLaunch:     "officer dispatcher",
		buurtbel.MayConfirm:    "officer dispatcher chief",
		buurtbel.MayFeedback:   "officer chief",
		buurtbel.MaySeeAlerts:  "coordinator deputy steering treasurer officer dispatcher chief auditor system",
		buurtbel.MaySeeNames:   "coordinator deputy officer",
		buurtbel.MayImport:     "coordinator deputy officer administrator system",
		buurtbel.MayConfigure:  "officer administrator system",
		buurtbel.MayReadLog:    "officer chief auditor administrator",
		buurtbel.MayInstall:    "administrator system",
		buurtbel.MayDeliver:    "system",
		buurtbel.MayArrive:     "system",
		buurtbel.MayAnswerLost: "officer dispatcher",
	}
	now := wall(t, "2026-06-01 12:00")
	for permission, roles := range table {
		for _, role := range append([]buurtbel.Role{buurtbel.RoleSystem}, buurtbel.Roles...) {
			err := actor(role).May(permission, buurtbel.Scope{Zone: zone}, now)
			if allowed := slices.Contains(strings.Fields(roles), string(role)); (err == nil) != allowed {
				t.Errorf("%s, %s: %v", role, permission, err)
			}
		}
	}
}
