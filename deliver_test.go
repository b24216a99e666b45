package buurtbel_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

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
