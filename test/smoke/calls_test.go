package smoke_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/town"
)

// Numbers of the people that stories about calls put into their town.
const (
	oldLine    = "+3220008001"
	sharedLine = "+3220008002"
	hisMobile  = "+32455088001"
	herMobile  = "+32455088002"
)

// speaks skips a story that needs a program that speaks.
func speaks(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("espeak-ng"); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("espeak-ng is missing: apt-get install espeak-ng")
	}
	t.Skip("espeak-ng is missing: apt-get install espeak-ng")
}

// only leaves a town the first members of Kerkveld, without wishes, who have what is given: one of the lists each.
func only(lists ...[]town.Contact) func(*town.Town) {
	return func(v *town.Town) {
		v.Members = v.Members[:len(lists)]
		for i := range v.Members {
			m := &v.Members[i]
			*m = town.Member{Given: m.Given, Family: m.Family, Network: kerkveld, Home: v.Members[0].Home, Language: buurtbel.Dutch, Contacts: lists[i]}
		}
	}
}

func mobileOnly(number string) town.Contact {
	return town.Contact{Kind: buurtbel.Mobile, Address: number}
}
func fixedLine(number string) town.Contact {
	return town.Contact{Kind: buurtbel.Fixed, Address: number}
}

// ThenRings waits until the telephone has rung for the next time, and counts that call as expected.
func (p *phone) ThenRings() *phone {
	p.Helper()
	p.rung[p.number]++
	p.await("a call to "+p.whose(p.number), func() bool { return len(p.callsTo(p.number)) >= p.rung[p.number] })
	return p
}

// ThenPress picks the telephone up, waits for the first words, and presses a key.
func (p *phone) ThenPress(key string) *phone {
	p.Helper()
	list := p.callsTo(p.number)
	last := list[len(list)-1]
	p.must(p.out.PickUp(p.ctx, last.ID))
	p.await("speech on the line", func() bool {
		p.must(p.out.CallLog(p.ctx, func(e outside.CallEntry) error {
			if e.ID == last.ID {
				last = e
			}
			return nil
		}))
		sound, err := p.out.Sound(p.ctx, last.ID)
		return err == nil && len(sound) > 44+2*8000*3 // Patience, and some words
	})
	p.must(p.out.Press(p.ctx, last.ID, key))
	return p
}

// ThenTheCallEnds waits until the last call is over, which somebody must have answered when answered is set.
func (p *phone) ThenTheCallEnds(answered bool) *phone {
	p.Helper()
	var last outside.CallEntry
	p.await("the end of the call to "+p.whose(p.number), func() bool {
		list := p.callsTo(p.number)
		last = list[len(list)-1]
		return last.State == outside.Ended
	})
	if (last.Answered > 0) != answered {
		p.Errorf("the call ended as %q", last.Did)
	}
	return p
}

func (s *story) callsTo(number string) []outside.CallEntry {
	s.Helper()
	return s.callsWhere(func(e outside.CallEntry) bool { return e.Number == number })
}

func (s *story) callsWhere(fits func(outside.CallEntry) bool) (out []outside.CallEntry) {
	s.Helper()
	s.must(s.out.CallLog(s.ctx, func(e outside.CallEntry) error {
		if fits(e) {
			out = append(out, e)
		}
		return nil
	}))
	return out
}

// rule decides what telephones whose number ends like this do.
func (s *story) rule(rules ...outside.CallRule) {
	s.Helper()
	s.fault(func(f *outside.Fault) { f.CallRules = append(rules, f.CallRules...) })
}

// heard waits until so many members have confirmed.
func (s *story) heard(alert buurtbel.ID, members int) {
	s.Helper()
	s.await("confirmations", func() bool { return s.view(alert).Messages[0].Tally.Members[buurtbel.Heard] == members })
}

func TestALandlineOnly(t *testing.T) {
	speaks(t)
	tell(t, plot{members: 12, calls: true, town: only([]town.Contact{fixedLine(oldLine)})}, func(s *story) {
		s.rule(outside.CallRule{Suffix: oldLine[4:], Habit: "absent"})
		alert := s.launch(kerkveld)
		s.phone(oldLine).ThenRings().ThenPress("1").ThenTheCallEnds(true)
		s.heard(alert, 1)
		s.finished(alert, buurtbel.KindLaunch)

		// She calls the number back: nobody is there, and her call takes no line of the others.
		id, err := s.out.CallBack(s.ctx, oldLine)
		s.must(err)
		s.await("the recording", func() bool {
			sound, err := s.out.Sound(s.ctx, id)
			return err == nil && len(sound) > 2*8000*2
		})
		s.must(s.out.PutDown(s.ctx, id))
	})
}

// Two share the line at home; he confirms by text from work. The line at home is left alone, her own telephone is not (rule 8).
func TestHeConfirmsFromWorkSheIsStillCalled(t *testing.T) {
	speaks(t)
	couple := only([]town.Contact{mobileOnly(hisMobile), fixedLine(sharedLine)}, []town.Contact{mobileOnly(herMobile), fixedLine(sharedLine)})
	tell(t, plot{members: 12, calls: true, town: couple}, func(s *story) {
		s.fault(func(f *outside.Fault) {
			f.Rules = []outside.Rule{{Suffix: herMobile[1:], State: "UNDELIV", Err: "001"}}
		}) // her text does not arrive
		s.rule(outside.CallRule{Suffix: herMobile[4:], Habit: "absent"}, outside.CallRule{Suffix: sharedLine[4:], Habit: "absent"})
		alert := s.launch(kerkveld)
		s.phone(herMobile).ExpectSMS(burglary) // it left for her
		s.phone(hisMobile).ExpectSMS(burglary).ThenReply("1")
		s.heard(alert, 1)
		s.phone(herMobile).ThenRings().ThenPress("1").ThenTheCallEnds(true)
		s.heard(alert, 2)
		s.finished(alert, buurtbel.KindLaunch)
		if n := len(s.callsTo(sharedLine)); n != 0 {
			t.Errorf("the line at home rang %d times", n)
		}
	})
}

func TestStoppedWhileManyRing(t *testing.T) {
	speaks(t)
	const many = 300
	var lists [][]town.Contact
	for i := range many {
		lists = append(lists, []town.Contact{fixedLine("+3220007" + string('0'+rune(i/100)) + string('0'+rune(i/10%10)) + string('0'+rune(i%10)))})
	}
	lines := func(c *config.Config) { c.Voice[0].Lines = many }
	tell(t, plot{members: 4 * many, calls: true, config: lines, town: only(lists...)}, func(s *story) {
		s.rule(outside.CallRule{Habit: "absent"})
		alert := s.launch(kerkveld)
		ringing := func(e outside.CallEntry) bool { return e.State == outside.Ringing && e.Rang }
		s.await("all to ring", func() bool { return len(s.callsWhere(ringing)) == many })
		for _, e := range s.callsWhere(ringing) {
			s.rung[e.Number]++
		}
		s.stopAlert(alert)
		s.within(5*time.Second, "silence", func() bool { return len(s.callsWhere(ringing)) == 0 })
		s.await("the end of the alert", func() bool { return s.view(alert).Messages[0].Tally.Open == 0 })
		if n := len(s.callsWhere(func(e outside.CallEntry) bool { return e.Answered > 0 || e.Did != outside.Nobody })); n != 0 {
			t.Errorf("%d telephones did anything but stop ringing", n)
		}
	})
}

func TestAllCarriersDownAndBack(t *testing.T) {
	speaks(t)
	people := only([]town.Contact{mobileOnly(hisMobile)}, []town.Contact{fixedLine(oldLine)})
	quick := func(c *config.Config) { c.Voice[0].PingEvery = time.Second }
	tell(t, plot{members: 12, calls: true, town: people, config: quick}, func(s *story) {
		s.rule(outside.CallRule{Habit: "hasty"})
		back := s.restart(6 * time.Second)
		s.fault(func(f *outside.Fault) { f.CallsSilentFor = 6000 })
		s.carrierDown()
		alert := s.launch(kerkveld)
		if n := len(s.callsTo(oldLine)); n != 0 {
			t.Errorf("%d calls while the carrier was away", n)
		}
		s.must(<-back)
		s.phone(hisMobile).ExpectSMS(burglary)
		s.heard(alert, 1)
		s.finished(alert, buurtbel.KindLaunch)
		answered := s.callsWhere(func(e outside.CallEntry) bool { return e.Answered > 0 })
		if len(answered) != 1 || answered[0].Number != oldLine {
			t.Errorf("%d calls were answered", len(answered))
		}
		s.rung[oldLine] = len(s.callsTo(oldLine)) // a call that was placed into the silence is taken back when the carrier hears of it
	})
}

// At three in the morning the plan has no vandalism; it goes out with a reason, wakes whom it may, and is reported in the morning.
func TestThreeInTheMorning(t *testing.T) {
	speaks(t)
	const asleep, awake = "+3220008003", "+3220008004"
	people := only([]town.Contact{mobileOnly(hisMobile)}, []town.Contact{fixedLine(oldLine)}, []town.Contact{fixedLine(asleep)}, []town.Contact{fixedLine(awake)})
	wishes := func(v *town.Town) {
		people(v)
		all := buurtbel.ByText | buurtbel.ByCall | buurtbel.ByMail
		v.Members[2].Choices.Per = map[buurtbel.Urgency]buurtbel.Choice{buurtbel.Now: {Day: all, Night: buurtbel.Nothing}}
		v.Members[3].Choices.Per = map[buurtbel.Urgency]buurtbel.Choice{buurtbel.Now: {Day: all, Night: all}}
	}
	night := time.Date(2026, 9, 15, 1, 0, 0, 0, time.UTC)
	tell(t, plot{members: 12, calls: true, town: wishes, at: night}, func(s *story) {
		s.rule(outside.CallRule{Habit: "hasty"})
		draft, err := app.DemoDraft(s.town, kerkveld, s.app.DB.Now())
		s.must(err)
		draft.Fact = "vandalism-in-progress"
		if _, err := s.app.Desk.Launch(s.ctx, s.dispatcher, s.town.Zone.ID, draft); buurtbel.KindOf(err) != buurtbel.Invalid {
			t.Fatalf("without a reason: %v", err)
		}
		draft.OffPlan = "Er staan drie daders in de straat"
		launched, err := s.app.Desk.Launch(s.ctx, s.dispatcher, s.town.Zone.ID, draft)
		s.must(err)
		s.alerts = append(s.alerts, launched.Alert)
		s.phone(hisMobile).ExpectSMS(burglary)
		s.phone(awake).ThenRings().ThenTheCallEnds(true)
		s.finished(launched.Alert, buurtbel.KindLaunch)
		for _, sleeper := range []string{oldLine, asleep} {
			if n := len(s.callsTo(sleeper)); n != 0 {
				t.Errorf("who sleeps by choice was called %d times", n)
			}
		}
		s.clock.jump(4*time.Hour + time.Minute)
		s.reported(draft.OffPlan)
	})
}

// reported expects a mail with the words to chief and mandated officer.
func (s *story) reported(words string) {
	s.Helper()
	for _, o := range s.town.Town.Officials {
		if o.Role != buurtbel.RoleChief && (o.Role != buurtbel.RoleOfficer) {
			continue
		}
		box := o.Contacts[slices.IndexFunc(o.Contacts, func(c town.Contact) bool { return c.Kind == buurtbel.Mailbox })].Address
		s.await("the report", func() bool {
			list, err := s.out.Mails(s.ctx, box)
			s.must(err)
			for _, l := range list {
				letter, err := s.out.Mail(s.ctx, l.ID)
				s.must(err)
				if strings.Contains(letter.Text, words) {
					return true
				}
			}
			return false
		})
		s.mails[box]++
	}
}

// stopAlert stops an alert without a word.
func (s *story) stopAlert(alert buurtbel.ID) {
	s.Helper()
	s.must(s.app.Desk.Stop(s.ctx, s.dispatcher, s.town.Zone.ID, alert))
}

// noSurpriseCalls fails for every call that no line of the story expects.
func (s *story) noSurpriseCalls() {
	s.Helper()
	got := map[string]int{}
	for _, e := range s.callsWhere(func(e outside.CallEntry) bool { return !e.Back }) {
		got[e.Number]++
	}
	for number, n := range got {
		if n != s.rung[number] {
			s.Errorf("a telephone (%s) rang %d times instead of %d", s.whose(number), n, s.rung[number])
		}
	}
}
