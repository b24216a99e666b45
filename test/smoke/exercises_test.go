package smoke_test

import (
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
)

// An exercise that the coordinator agreed to is announced a week before, by mail or else by text, and launched by police on its day. Half
// a year later, as the zone wishes, the silent telephones get one question: who answers is alive, who does not becomes doubtful.
func TestExerciseAndASignOfLife(t *testing.T) {
	tell(t, plot{members: 30}, func(s *story) {
		s.anyDoubles = true // what came is asked for below, telephone by telephone
		zone, network := s.town.Zone.ID, s.town.Networks[kerkveld]
		loc, err := s.town.Zone.Location()
		s.must(err)
		e := s.agreed(network, buurtbel.DayOf(s.app.DB.Now().In(loc))+7)
		byMail, byText := s.announcedTo()
		s.await("the announcement", func() bool {
			for _, number := range byText {
				if !said(s.arrived()[number], "OEFENING met BIN Kerkveld") {
					return false
				}
			}
			for _, box := range byMail {
				list, err := s.out.Mails(s.ctx, box)
				s.must(err)
				if len(list) == 0 || !strings.Contains(list[0].Subject, "Oefening op") {
					return false
				}
			}
			return len(byMail) > 0 && len(byText) > 0
		})
		for number, list := range s.arrived() {
			if !contains(byText, number) && len(list) > 0 {
				t.Errorf("who has a mailbox, or wishes none, got a text too: %q", list)
			}
		}
		if _, err := s.app.Drills.Prepare(s.ctx, s.officer, zone, e); buurtbel.KeyOf(err) != "error.exercise.other-day" {
			t.Errorf("a week early: %v", err)
		}
		s.clock.jump(7 * 24 * time.Hour)
		alert := s.launchExercise(e)
		tally := s.finished(alert, buurtbel.KindLaunch)
		if tally.Members[buurtbel.Delivered] == 0 || s.view(alert).Debt != nil {
			t.Errorf("the exercise: %+v", tally)
		}
		s.clock.jump(25 * time.Hour)
		s.await("its reach to be counted", func() bool {
			list, err := s.app.Drills.List(s.ctx, s.officer, zone)
			s.must(err)
			for _, x := range list {
				if x.ID == e {
					return x.State == buurtbel.ExerciseHeld && x.Reach.Arrived > 0
				}
			}
			return false
		})
		s.signsOfLife()
	})
}

func contains(list []string, one string) bool {
	for _, s := range list {
		if s == one {
			return true
		}
	}
	return false
}

func said(texts []string, words string) bool {
	for _, text := range texts {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

// agreed puts an exercise there as the coordinator left it.
func (s *story) agreed(network buurtbel.ID, day buurtbel.Day) buurtbel.ID {
	s.Helper()
	now := s.app.DB.Now()
	e := &buurtbel.Exercise{ID: s.app.DB.NewID(), Network: network, State: buurtbel.ExerciseAgreed, Day: day, Since: now, AgreedAt: now, AgreedBy: s.town.Members[0]}
	var err error
	e.Cost, err = s.app.Drills.Reckon(s.ctx, s.officer, s.town.Zone.ID, e)
	s.must(err)
	e.Agreed = e.Cost.Amount
	s.must(s.app.DB.Write(s.ctx, buurtbel.Scope{Zone: s.town.Zone.ID}, func(tx *store.Tx) error {
		for _, open := range s.open(tx, network) { // the program may have proposed one by itself
			skipped := *open
			skipped.State = buurtbel.ExerciseSkipped
			if err := tx.ChangeExercise(open, &skipped); err != nil {
				return err
			}
		}
		if err := tx.InsertExercise(e); err != nil {
			return err
		}
		return tx.Later(governing.StepOne, e.ID, now)
	}))
	return e.ID
}

func (s *story) open(tx *store.Tx, network buurtbel.ID) (out []*buurtbel.Exercise) {
	s.Helper()
	list, err := tx.Exercises(0)
	s.must(err)
	for _, e := range list {
		if e.Network == network && e.State.Open() {
			out = append(out, e)
		}
	}
	return out
}

// announcedTo gives the mailboxes and the mobiles that hear of an exercise of the first network.
func (s *story) announcedTo() (byMail, byText []string) {
	for _, m := range s.town.Town.Members {
		if m.Network != kerkveld || m.Suspended {
			continue
		}
		first := map[buurtbel.ContactKind]string{}
		for _, c := range m.Contacts {
			if first[c.Kind] == "" {
				first[c.Kind] = c.Address
			}
		}
		switch {
		case first[buurtbel.Mailbox] != "":
			byMail = append(byMail, first[buurtbel.Mailbox])
		case first[buurtbel.Mobile] != "":
			byText = append(byText, first[buurtbel.Mobile])
		}
	}
	return byMail, byText
}

// launchExercise does what the button of the officer's page does.
func (s *story) launchExercise(id buurtbel.ID) buurtbel.ID {
	s.Helper()
	r, err := s.app.Drills.Prepare(s.ctx, s.officer, s.town.Zone.ID, id)
	s.must(err)
	launched, err := s.app.Desk.Launch(s.ctx, s.officer, s.town.Zone.ID, &alerting.Draft{Key: r.Key, Fact: r.Fact, Priority: buurtbel.PriorityHighest, Exercise: true, Title: r.Titles, Texts: r.Texts,
		Networks: []buurtbel.ID{r.Network.ID}, Valid: r.Valid, Also: r.Mark})
	s.must(err)
	s.alerts = append(s.alerts, launched.Alert)
	return launched.Alert
}

// signsOfLife lets half a year go by.
func (s *story) signsOfLife() {
	s.Helper()
	const question = "werkt dit nummer nog"
	off, answers := "", ""
	for _, m := range s.ownPhones(kerkveld, false) {
		switch {
		case off == "":
			off = m.Contacts[0].Address
		case answers == "":
			answers = m.Contacts[0].Address
		}
	}
	s.must(s.out.Turn(s.ctx, true, off))
	s.must(s.app.Drills.Settings(s.ctx, s.officer, s.town.Zone.ID, 2, 6))
	s.clock.jump(203 * 24 * time.Hour) // a Wednesday in April: half a year and more
	s.await("the question", func() bool { return said(s.arrived()[answers], question) })
	s.phone(answers).ThenReply("1")
	s.await("the answer to be counted as heard", func() bool {
		heard := 0
		s.must(s.app.DB.Read(s.ctx, buurtbel.Scope{Zone: s.town.Zone.ID}, func(tx *store.Tx) error {
			list, err := tx.MessagesSince(tx.Now().Add(-time.Hour))
			for _, m := range list {
				t, failed := tx.Tally(m)
				if failed != nil {
					return failed
				}
				heard += t.Members[buurtbel.Heard]
			}
			return err
		}))
		return heard == 1
	})
	s.clock.jump(24 * time.Hour)
	s.clock.jump(15 * 24 * time.Hour)
	s.await("one doubtful telephone", func() bool {
		n := 0
		s.must(s.app.DB.Read(s.ctx, buurtbel.Scope{Zone: s.town.Zone.ID}, func(tx *store.Tx) error {
			for _, network := range s.town.Networks {
				lost, err := tx.LostContacts(network, tx.Now().AddDate(0, 0, -2))
				if err != nil {
					return err
				}
				for _, h := range lost {
					if h.Doubtful {
						n++
					}
				}
			}
			return nil
		}))
		return n == 1
	})
}
