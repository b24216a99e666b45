package buurtbel_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
)

// One line per step of a plan: channel, rank, seconds after now, and "if silent".
func told(steps []buurtbel.Step, now time.Time) []string {
	var out []string
	for _, s := range steps {
		line := string(s.Channel) + " " + string(rune('0'+s.Rank))
		if !s.NotBefore.IsZero() {
			line += " +" + s.NotBefore.Sub(now).String()
		}
		if s.IfSilent {
			line += " if silent"
		}
		out = append(out, line)
	}
	return out
}

func TestCascade(t *testing.T) {
	noon, night := wall(t, "2026-06-01 12:00"), wall(t, "2026-06-01 23:30")
	browser := []buurtbel.ContactPoint{{ID: 9, Kind: buurtbel.Browser, State: buurtbel.ContactOK, Verified: true}}
	quiet := slices.Clone(mobile)
	quiet[0].NoCalls = true
	short := want(buurtbel.Now)
	short.Expires = noon.Add(time.Minute)
	slow := want(buurtbel.Now)
	slow.Cascade.CallAfter = 300
	waits := want(buurtbel.Life)
	waits.Cascade.LifeWaits = true
	for name, c := range map[string]struct {
		contacts []buurtbel.ContactPoint
		w        buurtbel.Want
		now      time.Time
		steps    []string
	}{
		"a text, then the mobile, then the line":  {slices.Concat(mobile, fixed), want(buurtbel.Now), noon, []string{"sms 0", "voice 0 +1m0s if silent", "voice 1 if silent"}},
		"a line alone is called at once":          {fixed, want(buurtbel.Now), noon, []string{"voice 0"}},
		"mail rings nobody":                       {slices.Concat(mailbox, fixed), want(buurtbel.Now), noon, []string{"email 0", "voice 0"}},
		"a browser rings":                         {slices.Concat(browser, fixed), want(buurtbel.Now), noon, []string{"push 0", "voice 0 +1m0s if silent"}},
		"a matter of life: all at once":           {slices.Concat(mobile, fixed), want(buurtbel.Life), night, []string{"sms 0", "voice 0", "voice 1"}},
		"a matter of life, the zone waits":        {mobile, waits, night, []string{"sms 0", "voice 0 +1m0s if silent"}},
		"by night nobody is called":               {slices.Concat(mobile, fixed), want(buurtbel.Now), night, []string{"sms 0"}},
		"the zone waits longer":                   {mobile, slow, noon, []string{"sms 0", "voice 0 +5m0s if silent"}},
		"over before the call: both together":     {mobile, short, noon, []string{"sms 0", "voice 0"}},
		"pressed 9: texts go on, calls do not":    {slices.Concat(quiet, fixed), want(buurtbel.Now), noon, []string{"sms 0", "voice 0 +1m0s if silent"}},
		"in the morning: a minute after the text": {mobile, want(buurtbel.Soon), night, []string{"sms 0 +7h30m0s", "voice 0 +7h31m0s if silent"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.w.Channels = every
			if c.w.Urgency == buurtbel.Soon {
				c.w.Expires = c.now.Add(12 * time.Hour)
			}
			steps, _ := buurtbel.Deliver(&buurtbel.Member{}, c.contacts, c.w, c.now)
			if diff := cmp.Diff(c.steps, told(steps, c.now)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
