package buurtbel_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

// TestTurnsOfABulletin: whoever is there, turns go on in their order, each once, and end.
func TestTurnsOfABulletin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		present := map[buurtbel.Turn]bool{}
		for _, turn := range buurtbel.Turns {
			present[turn] = rapid.Bool().Draw(t, string(turn))
		}
		there := func(turn buurtbel.Turn) bool { return present[turn] }
		source := rapid.SampledFrom([]buurtbel.Source{buurtbel.SourcePolice, buurtbel.SourceMunicipality, buurtbel.SourceNetwork}).Draw(t, "source")
		turn := buurtbel.FirstTurn(source, there)
		for n := 0; ; n++ {
			next, more := buurtbel.NextTurn(turn, there)
			if !more {
				break
			}
			if !present[next] || slices.Index(buurtbel.Turns, next) <= slices.Index(buurtbel.Turns, turn) || n > len(buurtbel.Turns) {
				t.Fatalf("after %s came %s", turn, next)
			}
			turn = next
		}
		if present[buurtbel.TurnOfficer] && turn != buurtbel.TurnOfficer {
			t.Fatalf("it ended with %s though an officer is there", turn)
		}
	})
}

// TestATurnHasItsTime: the plan's, and every turn comes before the bulletin ends.
func TestATurnHasItsTime(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		wait  int
		holds time.Duration
		want  time.Duration
	}{{0, 7 * 24 * time.Hour, 12 * time.Hour}, {24, 7 * 24 * time.Hour, 24 * time.Hour}, {24, 8 * time.Hour, 2 * time.Hour}, {0, 10 * time.Minute, 10 * time.Minute}} {
		if got := (buurtbel.BulletinPlan{Wait: c.wait}).Step(now, now.Add(c.holds)); got != c.want {
			t.Errorf("%d hours, holds %s: %s, want %s", c.wait, c.holds, got, c.want)
		}
	}
}

func TestRule03_WhoMayDecideAboutABulletin(t *testing.T) {
	for _, c := range []struct {
		source buurtbel.Source
		turn   buurtbel.Turn
		may    []buurtbel.Role
	}{
		{buurtbel.SourcePolice, buurtbel.TurnCoordinator, []buurtbel.Role{buurtbel.RoleCoordinator}},
		{buurtbel.SourceMunicipality, buurtbel.TurnDeputy, []buurtbel.Role{buurtbel.RoleCoordinator, buurtbel.RoleDeputy}},
		{buurtbel.SourcePolice, buurtbel.TurnOfficer, []buurtbel.Role{buurtbel.RoleCoordinator, buurtbel.RoleDeputy, buurtbel.RoleOfficer}},
		{buurtbel.SourceNetwork, buurtbel.TurnOfficer, []buurtbel.Role{buurtbel.RoleOfficer}},
	} {
		for _, r := range buurtbel.Roles {
			if got := (&buurtbel.Offer{Turn: c.turn}).MayDecide(c.source, r); got != slices.Contains(c.may, r) {
				t.Errorf("%s in the turn of the %s, from %s: %t", r, c.turn, c.source, got)
			}
		}
	}
}

func TestStatesOfAnOffer(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	later, over := now.Add(time.Hour), now.Add(-time.Second)
	for _, c := range []struct {
		from, to buurtbel.BulletinState
		until    time.Time
		want     string
	}{
		{buurtbel.BulletinOffered, buurtbel.BulletinRelayed, later, ""}, {buurtbel.BulletinOffered, buurtbel.BulletinRelayed, over, "error.bulletin.over"},
		{buurtbel.BulletinOffered, buurtbel.BulletinDeclined, over, "error.bulletin.over"}, {buurtbel.BulletinOffered, buurtbel.BulletinExpired, over, ""},
		{buurtbel.BulletinDeclined, buurtbel.BulletinRelayed, later, ""}, {buurtbel.BulletinDeclined, buurtbel.BulletinDeclined, later, "error.bulletin.decided"},
		{buurtbel.BulletinRelayed, buurtbel.BulletinRelayed, later, "error.bulletin.decided"}, {buurtbel.BulletinRelayed, buurtbel.BulletinWithdrawn, over, ""},
		{buurtbel.BulletinWithdrawn, buurtbel.BulletinRelayed, later, "error.bulletin.decided"}, {buurtbel.BulletinExpired, buurtbel.BulletinWithdrawn, later, "error.bulletin.decided"},
	} {
		err := (&buurtbel.Offer{State: c.from}).MayBecome(c.to, c.until, now)
		if (err == nil) != (c.want == "") || err != nil && buurtbel.KeyOf(err) != c.want {
			t.Errorf("%s to %s: %v, want %q", c.from, c.to, err, c.want)
		}
	}
}

// TestABulletinIsMailed: never a text or a call, not to who wishes none, and a note of a withdrawal to whoever read it.
func TestABulletinIsMailed(t *testing.T) {
	contacts := []buurtbel.ContactPoint{{ID: 1, Kind: buurtbel.Mobile, State: buurtbel.ContactOK, Verified: true}, {ID: 2, Kind: buurtbel.Mailbox, Rank: 1, State: buurtbel.ContactOK, Verified: true}}
	channels := []buurtbel.Channel{buurtbel.SMS, buurtbel.Voice, buurtbel.Email}
	for name, c := range map[string]struct {
		member   buurtbel.Member
		contacts []buurtbel.ContactPoint
		note     bool
		left     buurtbel.Left
	}{
		"a member":               {buurtbel.Member{State: buurtbel.MemberActive}, contacts, false, buurtbel.NotLeft},
		"who wishes none":        {buurtbel.Member{State: buurtbel.MemberActive, Choices: buurtbel.Choices{NoBulletins: true}}, contacts, false, buurtbel.LeftByChoice},
		"who read it":            {buurtbel.Member{State: buurtbel.MemberActive, Choices: buurtbel.Choices{NoBulletins: true}}, contacts, true, buurtbel.NotLeft},
		"who is suspended":       {buurtbel.Member{State: buurtbel.MemberSuspended}, contacts, false, buurtbel.LeftSuspended},
		"who left":               {buurtbel.Member{State: buurtbel.MemberLeft}, contacts, true, buurtbel.LeftNotAMember},
		"who has no mailbox":     {buurtbel.Member{State: buurtbel.MemberActive}, contacts[:1], false, buurtbel.LeftByChoice},
		"who has nothing at all": {buurtbel.Member{State: buurtbel.MemberActive}, nil, false, buurtbel.LeftNoContact},
	} {
		steps, left := buurtbel.Relay(&c.member, c.contacts, channels, c.note)
		if left != c.left || left == buurtbel.NotLeft && (len(steps) != 1 || steps[0].Channel != buurtbel.Email) {
			t.Errorf("%s: %v %s", name, steps, left)
		}
	}
}
