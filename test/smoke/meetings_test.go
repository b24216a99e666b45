package smoke_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Who was invited to a meeting hears that it moves, and that it does not take place: each once, by mail or else by a text, also when the program ends
// between the decision and the letters.
func TestAMeetingIsToldOnceByWhoeverIsThere(t *testing.T) {
	tell(t, plot{members: 300}, func(s *story) {
		s.anyDoubles = true // what came is counted below, box by box
		byMail, byText := s.announcedTo()
		if len(byMail) == 0 || len(byText) == 0 {
			t.Fatal("nobody has a mailbox, or nobody only a telephone")
		}
		coordinator := buurtbel.ID(0)
		for i, m := range s.town.Town.Members {
			if m.Role == buurtbel.RoleCoordinator && m.Network == kerkveld {
				coordinator = s.town.Members[i]
			}
		}
		actor, err := s.town.Actor(s.ctx, s.app.DB, coordinator)
		s.must(err)
		zone, from := s.town.Zone.ID, s.clock.now().Add(10*24*time.Hour).Truncate(time.Minute)
		meeting := store.Meeting{Network: s.town.Networks[kerkveld], Kind: "members", Invites: "all", Title: "Jaarvergadering", From: from, Until: from.Add(time.Hour)}
		meeting.ID, err = governing.NewMeeting(s.ctx, s.app.DB, actor, zone, meeting)
		s.must(err)
		s.must(governing.Invite(s.ctx, s.app.DB, actor, zone, meeting.ID))
		s.toldOnce("nodigt u uit", byMail, byText)

		meeting.From, meeting.Until = from.Add(24*time.Hour), from.Add(25*time.Hour)
		s.must(governing.MoveMeeting(s.ctx, s.app.DB, actor, zone, meeting))
		s.again()
		s.toldOnce("er is iets veranderd", byMail, byText)
		s.must(governing.CancelMeeting(s.ctx, s.app.DB, actor, zone, meeting.ID))
		s.again()
		s.toldOnce("gaat niet door", byMail, byText)
		s.clock.jump(10*24*time.Hour + time.Hour) // a day before the new day
		s.again()
		s.toldOnce("gaat niet door", byMail, byText)
		for _, box := range byMail {
			if n := s.mailsThatSay(box, "binnenkort"); n > 0 {
				t.Errorf("%d reminders of what does not take place", n)
			}
		}
	})
}

// again ends the program, and begins it anew on the same store.
func (s *story) again() {
	s.Helper()
	s.stop()
	s.must(s.app.Close())
	options := app.Options{Logger: slog.New(s.log), Now: s.clock.now}
	a, err := app.Open(s.ctx, s.app.Config, options)
	s.must(err)
	s.app = a
	s.must(a.OpenCarriers(s.ctx, options))
	s.run()
}

func (s *story) mailsThatSay(box, words string) (n int) {
	s.Helper()
	list, err := s.out.Mails(s.ctx, box)
	s.must(err)
	for _, l := range list {
		if strings.Contains(l.Subject, words) {
			n++
		}
	}
	return n
}

// toldOnce waits until each of these mailboxes and telephones got the words, and nothing is under way; none got them twice.
func (s *story) toldOnce(words string, byMail, byText []string) {
	s.Helper()
	s.await("everybody to be told: "+words, func() bool {
		for _, box := range byMail {
			if s.mailsThatSay(box, words) == 0 {
				return false
			}
		}
		arrived := s.arrived()
		for _, number := range byText {
			if !said(arrived[number], words) {
				return false
			}
		}
		return true
	})
	for _, box := range byMail {
		if n := s.mailsThatSay(box, words); n != 1 {
			s.Errorf("%d mails in one box say %q", n, words)
		}
	}
	for number, list := range s.arrived() {
		n := 0
		for _, text := range list {
			if strings.Contains(text, words) {
				n++
			}
		}
		if n > 1 || n == 1 && !contains(byText, number) {
			s.Errorf("%d texts to one telephone say %q", n, words)
		}
	}
}
