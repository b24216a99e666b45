package smoke_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/store"
)

func TestEveryoneIsReachedAndHearsHowItEnded(t *testing.T) {
	tell(t, plot{members: 120}, func(s *story) {
		alert := s.launch(kerkveld)
		s.expectAll(kerkveld, burglary)
		writers := s.ownPhones(kerkveld, true)
		for i, text := range []string{"1", "Ja", "oké"} {
			s.phone(writers[i].Contacts[0].Address).ThenReply(text)
		}
		s.await("three members to be counted", func() bool {
			return s.view(alert).Messages[0].Tally.Members[buurtbel.Heard] == 3
		})
		s.finished(alert, buurtbel.KindLaunch)
		if v := s.view(alert); v.Debt == nil || !v.Debt.Settled.IsZero() {
			t.Error("the alert opened no feedback debt")
		}
		s.feedback(alert, kerkveld)
		s.expectAll(kerkveld, ending)
		s.expectOfficers(ending)
		s.finished(alert, buurtbel.KindFeedback)
		if v := s.view(alert); v.Debt.Settled.IsZero() || v.Alert.State != buurtbel.AlertFinished {
			t.Errorf("the debt is settled at %s, the alert is %s", v.Debt.Settled, v.Alert.State)
		}
	})
}

func TestCarrierDownAtLaunch(t *testing.T) {
	tell(t, plot{members: 60}, func(s *story) {
		back := s.restart(1500 * time.Millisecond)
		s.carrierDown()
		alert := s.launch(kerkveld)
		s.expectAll(kerkveld, burglary)
		s.must(<-back)
		s.finished(alert, buurtbel.KindLaunch)
	})
}

func TestCarrierDropsHalfWay(t *testing.T) {
	tell(t, plot{members: 120}, func(s *story) {
		s.fault(func(f *outside.Fault) { f.DropAfter = 15 })
		alert := s.launch(kerkveld)
		s.anyDoubles = true
		tally := s.finished(alert, buurtbel.KindLaunch)
		got := s.arrived()
		for _, addresses := range s.wanting(kerkveld) {
			for _, a := range addresses {
				if !isMail(a) && len(got[a]) == 0 {
					t.Error("a telephone got nothing")
				}
			}
		}
		if n := tally.Members[buurtbel.Uncertain] + tally.Members[buurtbel.Failed] + tally.Members[buurtbel.Expired]; n > 0 {
			t.Errorf("%d members are not known to be reached", n)
		}
		if n, err := s.out.Counts(s.ctx); err != nil || n.Binds < 2 {
			t.Errorf("the carrier did not drop the connection (%v)", err)
		}
	})
}

func TestStopAndCorrect(t *testing.T) {
	slow := func(c *config.Config) { c.SMS[0].MaxPerSecond = 40 }
	tell(t, plot{members: 300, config: slow}, func(s *story) {
		alert := s.launch(kerkveld)
		s.await("the first texts", func() bool { return len(s.arrived()) >= 8 })
		s.correct(alert)
		s.finished(alert, buurtbel.KindCorrection)
		saw, told := s.sawBoth()
		phones := 0
		for member, addresses := range s.wanting(kerkveld) {
			for _, a := range addresses {
				if !isMail(a) && !saw[a] {
					phones++
				}
			}
			if s.shares(member) {
				continue // what lies on the telephone may be another's of the home
			}
			if a, b := anyOf(saw, addresses), anyOf(told, addresses); a != b {
				t.Errorf("a member saw the alert: %t, and the correction: %t", a, b)
			}
		}
		if phones < 20 {
			t.Errorf("the stop came too late for the story: only %d telephones did not get the alert", phones)
		}
	})
}

func anyOf(seen map[string]bool, addresses []string) bool {
	return slices.ContainsFunc(addresses, func(a string) bool { return seen[a] })
}

// sawBoth tells by what lies on telephones and in letter boxes where the alert came, and where the correction. All of it counts as expected.
func (s *story) sawBoth() (alert, correction map[string]bool) {
	s.Helper()
	seen := [2]map[string]bool{{}, {}}
	for number, list := range s.arrived() {
		for _, text := range list {
			seen[which(text)][number] = true
			s.texts[number]++
		}
	}
	mails, err := s.out.Mails(s.ctx, "")
	s.must(err)
	for _, m := range mails {
		seen[which(m.Subject)][m.To] = true
		s.mails[m.To]++
	}
	return seen[0], seen[1]
}

// shares tells whether somebody else has one of a member's numbers.
func (s *story) shares(member int) bool {
	for i, m := range s.town.Town.Members {
		for _, c := range m.Contacts {
			if i != member && slices.Contains(s.town.Town.Members[member].Contacts, c) {
				return true
			}
		}
	}
	return false
}

func which(text string) int {
	if strings.Contains(text, mistake) || strings.Contains(text, "Rechtzetting") || strings.Contains(text, "Correctie") {
		return 1
	}
	return 0
}

func TestStopThenStart(t *testing.T) {
	tell(t, plot{members: 60}, func(s *story) {
		writer := s.ownPhones(kerkveld, true)[0]
		number := writer.Contacts[0].Address
		s.launch(kerkveld)
		s.expectAll(kerkveld, burglary)
		s.phone(number).ThenReply("Stop").ThenExpect("START")

		s.launch(molenwijk)
		s.expectAll(molenwijk, burglary)
		second := s.launch(kerkveld)
		s.expectAllBut(kerkveld, burglary, number) // the mail still comes
		s.finished(second, buurtbel.KindLaunch)

		s.phone(number).ThenReply("start").ThenExpect("Politiezone Vlierbeek")
		s.launch(kerkveld)
		s.expectAll(kerkveld, burglary)
	})
}

func TestFreeTextIsKeptAndAnswered(t *testing.T) {
	tell(t, plot{members: 60}, func(s *story) {
		writer := s.ownPhones(kerkveld, false)[0]
		alert := s.launch(kerkveld)
		s.expectAll(kerkveld, burglary)
		const said = "Stop, er staat iemand in de tuin van de buren!"
		p := s.phone(writer.Contacts[0].Address).ThenReply(said)
		var kept []*store.Inbound
		s.within(2*time.Second, "the text to be shown", func() bool {
			s.must(s.app.DB.Read(s.ctx, buurtbel.Scope{Zone: s.town.Zone.ID}, func(tx *store.Tx) (err error) {
				kept, err = tx.TextsOf(alert, 10)
				return err
			}))
			return len(kept) == 1
		})
		if kept[0].Body != said || kept[0].Member == 0 {
			t.Error("the text was not kept as it was written, or not with its writer")
		}
		p.ThenExpect("112")
		if n := s.view(alert).Messages[0].Tally.Members[buurtbel.Heard]; n != 0 {
			t.Errorf("the text counted as %d acknowledgements", n)
		}
	})
}

func TestTwoLaunchesShareFairly(t *testing.T) {
	slow := func(c *config.Config) { c.SMS[0].MaxPerSecond, c.Delivery.Claim = 60, 10 }
	tell(t, plot{members: 160, config: slow}, func(s *story) {
		var both sync.WaitGroup
		var mu sync.Mutex
		for _, network := range []int{kerkveld, molenwijk} {
			both.Go(func() {
				mu.Lock() // the story's own lists; the program gets both within a millisecond
				defer mu.Unlock()
				s.launch(network)
			})
		}
		both.Wait()
		s.expectAll(kerkveld, burglary)
		s.expectAll(molenwijk, burglary)
		network := map[string]int{}
		for _, n := range []int{kerkveld, molenwijk} {
			for _, addresses := range s.wanting(n) {
				for _, a := range addresses {
					network[a] = n
				}
			}
		}
		var order []int
		s.must(s.out.Log(s.ctx, "", func(e outside.Entry) error { order = append(order, network[e.Number]); return nil }))
		half, second := len(order)/2, 0
		for _, n := range order[:half] {
			second += n
		}
		if second < half/4 || second > half*3/4 {
			t.Errorf("of the first %d texts %d were of the second launch", half, second)
		}
	})
}

func TestMailServerAsksToWait(t *testing.T) {
	tell(t, plot{members: 60}, func(s *story) {
		s.fault(func(f *outside.Fault) { f.MailTempFor = 1000 })
		alert := s.launch(kerkveld)
		s.expectAll(kerkveld, burglary)
		s.finished(alert, buurtbel.KindLaunch)
		n, err := s.out.Counts(s.ctx)
		s.must(err)
		if n.MailsRefused == 0 {
			t.Error("the mail server never asked to wait")
		}
	})
}

func TestReceiptBeforeItsAnswer(t *testing.T) {
	tell(t, plot{members: 60}, func(s *story) {
		s.fault(func(f *outside.Fault) { f.Receipts, f.AnswerAfter = "first", 30 })
		alert := s.launch(kerkveld)
		s.expectAll(kerkveld, burglary)
		s.finished(alert, buurtbel.KindLaunch)
		s.allDelivered(alert)
	})
}

func TestReceiptForAnUnknownMessage(t *testing.T) {
	tell(t, plot{members: 60}, func(s *story) {
		s.fault(func(f *outside.Fault) { f.UnknownEvery = 3 })
		alert := s.launch(kerkveld)
		s.expectAll(kerkveld, burglary)
		s.finished(alert, buurtbel.KindLaunch)
		s.allDelivered(alert)
		if n, err := s.out.Counts(s.ctx); err != nil || n.Receipts <= n.Taken {
			t.Errorf("%d receipts for %d messages: none was for an unknown one (%v)", n.Receipts, n.Taken, err)
		}
	})
}

func (s *story) allDelivered(alert buurtbel.ID) {
	s.Helper()
	texts := s.view(alert).Messages[0].Tally.ByChannel[buurtbel.SMS].Deliveries
	for state, n := range texts {
		if state != buurtbel.Delivered && state != buurtbel.NotNeeded {
			s.Errorf("%d texts are %s", n, state)
		}
	}
}

// TestASurpriseIsFound is the control of all the others: nobody expects anything here.
func TestASurpriseIsFound(t *testing.T) {
	tell(t, plot{members: 30}, func(s *story) {
		alert := s.launch(kerkveld)
		s.finished(alert, buurtbel.KindLaunch)
		addresses := map[string]bool{}
		for _, list := range s.wanting(kerkveld) {
			for _, a := range list {
				addresses[a] = true
			}
		}
		if n := len(s.surprises()); n != len(addresses) {
			t.Errorf("%d surprises were found of %d", n, len(addresses))
		}
		s.expectAll(kerkveld, burglary)
	})
}
