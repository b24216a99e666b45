package smoke_test

import (
	"context"
	"net"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/town"
)

// Words of the alert, the correction and the ending, as people read them.
const (
	burglary = "inbraak bezig"
	mistake  = "vals alarm"
	ending   = "Twee verdachten"
)

// launch lets the dispatcher launch the burglary in a network.
func (s *story) launch(network int) buurtbel.ID {
	s.Helper()
	draft, err := app.DemoDraft(s.town, network, s.app.DB.Now())
	s.must(err)
	launched, err := s.app.Desk.Launch(s.ctx, s.dispatcher, s.town.Zone.ID, draft)
	s.must(err)
	s.alerts = append(s.alerts, launched.Alert)
	return launched.Alert
}

func (s *story) correct(alert buurtbel.ID) {
	s.Helper()
	_, err := s.app.Desk.Correct(s.ctx, s.dispatcher, s.town.Zone.ID, alert, alerting.Follow{Valid: time.Hour,
		Texts: map[buurtbel.Language]string{buurtbel.Dutch: "Dit was een vals alarm. Er is geen inbraak."}})
	s.must(err)
}

func (s *story) feedback(alert buurtbel.ID, network int) {
	s.Helper()
	_, err := s.app.Desk.Feedback(s.ctx, s.officer, s.town.Zone.ID, alert, app.DemoEnding(s.town, network))
	s.must(err)
}

func (s *story) fault(edit func(*outside.Fault)) {
	s.Helper()
	s.must(s.out.Fault(s.ctx, edit))
}

// finished waits until the newest message of a kind is finished.
func (s *story) finished(alert buurtbel.ID, kind buurtbel.MessageKind) *store.Tally {
	s.Helper()
	var t *store.Tally
	s.await(string(kind)+" to be finished", func() bool {
		done := false
		for _, m := range s.view(alert).Messages {
			if m.Kind == kind {
				t, done = m.Tally, m.State == buurtbel.MessageFinished
			}
		}
		return done
	})
	return t
}

// wanting gives the members of a network who are reached in the afternoon, with the addresses at which they are reached first. An ending comes
// the same way.
func (s *story) wanting(network int) map[int][]string {
	out := map[int][]string{}
	for i, m := range s.town.Town.Members {
		if m.Network != network || m.Away || m.Suspended {
			continue
		}
		choice, own := m.Choices.Per[buurtbel.Now]
		seen := map[buurtbel.ContactKind]bool{buurtbel.Fixed: true}
		for _, c := range m.Contacts {
			if seen[c.Kind] || own && choice.Day == buurtbel.ByMail && c.Kind != buurtbel.Mailbox {
				continue
			}
			seen[c.Kind] = true
			out[i] = append(out[i], c.Address)
		}
	}
	return out
}

// expectAll expects that everyone of a network who wants it gets the text and the mail.
func (s *story) expectAll(network int, contains string) {
	s.Helper()
	s.expectAllBut(network, contains, "")
}

// expectAllBut expects the same of everyone but one address.
func (s *story) expectAllBut(network int, contains, address string) {
	s.Helper()
	for _, addresses := range s.wanting(network) {
		for _, a := range addresses {
			if a == address {
				continue
			}
			if isMail(a) {
				s.mails[a]++
			} else {
				s.phone(a).ExpectSMS(contains)
			}
		}
	}
	s.await("the mails", func() bool { return s.mailsComplete() })
}

// expectOfficers expects a message that coordinators, deputies and officers always get, and of these only the officers are no members.
func (s *story) expectOfficers(contains string) {
	s.Helper()
	for _, o := range s.town.Town.Officials {
		if o.Role != buurtbel.RoleOfficer {
			continue
		}
		for _, c := range o.Contacts {
			if c.Kind == buurtbel.Mailbox {
				s.mails[c.Address]++
			} else {
				s.phone(c.Address).ExpectSMS(contains)
			}
		}
	}
}

func (s *story) mailsComplete() bool {
	s.Helper()
	got := map[string]int{}
	s.must(s.out.MailLog(s.ctx, "", func(e outside.MailEntry) error { got[e.To]++; return nil }))
	for box, n := range s.mails {
		if got[box] < n {
			return false
		}
	}
	return true
}

func isMail(address string) bool { return strings.Contains(address, "@") }

// phone is one telephone of the story.
type phone struct {
	*story
	number string
}

func (s *story) phone(number string) *phone { return &phone{s, number} }

// ExpectSMS waits for the next text, which must contain the words.
func (p *phone) ExpectSMS(contains string) *phone {
	p.Helper()
	i := p.texts[p.number]
	var got []string
	p.await("a text with "+contains+" to "+p.whose(p.number), func() bool {
		got = p.arrived()[p.number]
		return len(got) > i
	})
	if !strings.Contains(got[i], contains) {
		p.Fatalf("the telephone got %q, expected %q", got[i], contains)
	}
	p.texts[p.number]++
	return p
}

// ThenExpect is ExpectSMS, further on in a conversation.
func (p *phone) ThenExpect(contains string) *phone {
	p.Helper()
	return p.ExpectSMS(contains)
}

// ThenReply writes back.
func (p *phone) ThenReply(text string) *phone {
	p.Helper()
	taken, err := p.out.Write(p.ctx, p.number, text, 10*time.Second)
	p.must(err)
	if !taken {
		p.Fatal("the program did not take what the telephone wrote")
	}
	return p
}

// ownPhones gives members of a network with a mobile that nobody shares and that is their only one, and a mailbox when mail is true.
func (s *story) ownPhones(network int, mail bool) []town.Member {
	holders := map[string]int{}
	for _, m := range s.town.Town.Members {
		for _, c := range m.Contacts {
			holders[c.Address]++
		}
	}
	var out []town.Member
	for i, addresses := range s.wanting(network) {
		m := s.town.Town.Members[i]
		want := []buurtbel.ContactKind{buurtbel.Mobile}
		if mail {
			want = append(want, buurtbel.Mailbox)
		}
		fits := len(m.Contacts) == len(want) && len(addresses) == len(want) && m.Role == ""
		for j, kind := range want {
			fits = fits && m.Contacts[j].Kind == kind && holders[m.Contacts[j].Address] == 1
		}
		if fits {
			out = append(out, m)
		}
	}
	if len(out) == 0 {
		s.Fatal("the town has nobody like that")
	}
	return out
}

// carrierDown waits until the carrier's port is closed.
func (s *story) carrierDown() {
	s.Helper()
	s.await("the carrier to be gone", func() bool {
		c, err := (&net.Dialer{Timeout: time.Second}).DialContext(s.ctx, "tcp", s.out.SMPP())
		if err == nil {
			c.Close()
		}
		return err != nil
	})
}

// restart closes the carrier for a while, beside the story.
func (s *story) restart(pause time.Duration) (back <-chan error) {
	done := make(chan error, 1)
	go func() { done <- s.out.Restart(context.WithoutCancel(s.ctx), pause) }()
	return done
}
