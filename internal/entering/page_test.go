package entering_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/store"
)

const (
	herMobile, herLine, noMobile, noLine = "+32455090001", "+3220000901", "+32455090002", "+3220000902"
)

// withPhones gives a station a member with a mobile and a fixed line.
func (s *station) withPhones() (member buurtbel.ID) {
	s.Helper()
	member = s.db.NewID()
	s.write(func(tx *store.Tx) error {
		networks, err := tx.Networks()
		if err != nil {
			return err
		}
		return tx.InsertMembers([]store.NewMember{{Member: buurtbel.Member{ID: member, Network: networks[0].ID, Language: buurtbel.Dutch}, Name: store.Name{Given: "Els", Family: "Evens"},
			Contacts: []store.NewContact{{ID: s.db.NewID(), Kind: buurtbel.Mobile, Address: herMobile, Verified: true}, {ID: s.db.NewID(), Kind: buurtbel.Fixed, Rank: 1, Address: herLine, Verified: true}}}})
	})
	return member
}

// at puts the clock to a local time of a day that is still to come.
func (s *station) at(hour, minute int) {
	s.Helper()
	loc, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		s.Fatal(err)
	}
	now := s.clock.now().In(loc)
	s.clock.advance(time.Date(now.Year(), now.Month(), now.Day()+2, hour, minute, 0, 0, loc).Sub(now))
}

func (s *station) ask(text string, awake bool) *entering.Asking {
	s.Helper()
	a, err := s.gate.AskOwn(s.Context(), text, "192.0.2."+fmt.Sprint(s.db.NewID()), awake)
	if err == nil {
		err = s.gate.AnswerAll(s.Context())
	}
	if err != nil {
		s.Fatal(err)
	}
	return a
}

var (
	wrote = regexp.MustCompile(`\b\d{4} \d{4}\b`)
	spoke = regexp.MustCompile(`(\d, ){3}\d\. (\d, ){3}\d`)
)

// codes gives the codes that went out, oldest first, and how many of them were spoken.
func (s *station) codes() (out []string, calls int) {
	s.Helper()
	s.read(func(tx *store.Tx) error {
		list, err := tx.RunningMessages()
		for _, m := range list {
			full, err := tx.Message(m.ID)
			if err != nil {
				return err
			}
			for _, w := range full.Texts {
				if c := wrote.FindString(w.SMS); c != "" {
					out = append(out, c)
				}
				if len(w.Spoken) > 0 {
					calls++
					out = append(out, strings.NewReplacer(",", "", ".", "", " ", "").Replace(spoke.FindString(w.Spoken[0].Text)))
				}
			}
		}
		return err
	})
	return out, calls
}

func (s *station) opens(a *entering.Asking, code string) error {
	_, err := s.gate.EnterOwnCode(s.Context(), a.Secret, code, "")
	return err
}

// stranger asks for a code as somebody does who joins with this number.
func (s *station) stranger(number string, call bool) (ok bool) {
	s.Helper()
	s.write(func(tx *store.Tx) (err error) {
		ok, _, err = tx.AskCode(s.db.CodeHash(number), buurtbel.CodesForStranger, call, time.UTC)
		return err
	})
	return ok
}

// TestOwnPageAndOtherDoorsShareOneCount: what a stranger brought to the number at another door leaves the owner one code, which works until another
// may go; once it is used, another goes.
func TestOwnPageAndOtherDoorsShareOneCount(t *testing.T) {
	each(t, func(s *station) {
		s.withPhones()
		s.at(12, 0)
		for range 3 {
			if !s.stranger(herMobile, false) {
				s.Fatal("the stranger's share")
			}
			s.clock.advance(2 * time.Minute)
		}
		for i := range 5 {
			if a := s.ask("0455 09 00 01", false); a.Enough != (i > 0) {
				s.Errorf("asked %d times: enough %t", i+1, a.Enough)
			}
		}
		codes, _ := s.codes()
		if len(codes) != 1 {
			s.Fatalf("%d codes went", len(codes))
		}
		s.clock.advance(5 * time.Hour) // long after a quarter of an hour
		a := s.ask(herMobile, false)
		if err := s.opens(a, codes[0]); !a.Enough || err != nil {
			s.Errorf("the last code of the share: %t, %v", a.Enough, err)
		}
		s.refused(s.opens(a, codes[0]), "error.own.code-over")
		if a := s.ask(herMobile, false); a.Enough {
			s.Error("a code that was used still counts")
		}
		if s.stranger(herMobile, false) {
			s.Error("using a code gave the stranger one more")
		}
	})
}

// TestTheCountTellsNothing: whatever is asked, in whatever order, at this door and the other, a known number and an unknown one are answered alike.
func TestTheCountTellsNothing(t *testing.T) {
	each(t, func(s *station) {
		s.withPhones()
		for name, pair := range map[string][2]string{"mobile": {herMobile, noMobile}, "fixed": {herLine, noLine}, "mailbox": {"dag@example.org", "nobody@example.org"}} {
			var said [2]string
			for i, address := range pair {
				s.at(21, 50)
				for n := range 14 {
					a := s.ask(address, n > 6)
					said[i] += fmt.Sprint(a.Secret == "", a.Call, a.Enough, a.Night, s.stranger(address, n%2 == 0), ";")
					s.clock.advance(7 * time.Minute)
				}
			}
			if said[0] != said[1] {
				s.Errorf("%s: known %s\nunknown %s", name, said[0], said[1])
			}
		}
	})
}

// TestALineRingsByNightWhenItsOwnerSaysSo: once, and what was heard works until the morning.
func TestALineRingsByNightWhenItsOwnerSaysSo(t *testing.T) {
	each(t, func(s *station) {
		s.withPhones()
		for _, minute := range []int{0, 119, 120, 538} { // 22.00, 23.59, midnight, 6.58
			s.at(22, 0)
			s.clock.advance(time.Duration(minute) * time.Minute)
			if a := s.ask(herLine, false); !a.Night || a.Secret != "" {
				s.Errorf("%d minutes into the night nobody was asked", minute)
			}
		}
		if _, calls := s.codes(); calls != 0 {
			s.Errorf("%d calls went", calls)
		}
		if a := s.ask(herMobile, false); a.Night || a.Enough {
			s.Error("a text waits for nobody")
		}
		before, _ := s.codes()
		s.at(23, 30)
		first := s.ask(herLine, true)
		again := s.ask(herLine, true)
		codes, calls := s.codes()
		if first.Enough || !again.Enough || calls != 1 {
			s.Fatalf("%d calls by night, %t %t", calls, first.Enough, again.Enough)
		}
		s.clock.advance(7*time.Hour + 20*time.Minute) // 6.50
		if err := s.opens(s.ask(herLine, true), codes[len(before)]); err != nil {
			s.Errorf("what was heard by night: %v", err)
		}
		s.clock.advance(10*time.Minute + time.Second)
		if a := s.ask(herLine, false); a.Night || a.Enough {
			s.Error("at seven the line is not called as by day")
		}
	})
}

// TestACodeOpensOnePageOnce: of one number of one person, in one browser, whoever else tries at that moment.
func TestACodeOpensOnePageOnce(t *testing.T) {
	each(t, func(s *station) {
		s.withPhones()
		s.at(12, 0)
		mobile := s.ask(herMobile, false)
		codes, _ := s.codes()
		s.clock.advance(time.Second)
		line := s.ask(herLine, false)
		other := s.ask(noMobile, false)
		for name, a := range map[string]*entering.Asking{"by the line": line, "by a stranger's number": other, "by nothing": {}} {
			if key := buurtbel.KeyOf(s.opens(a, codes[0])); !strings.HasPrefix(key, "error.own.code") {
				s.Errorf("the mobile's code %s: %s", name, key)
			}
		}
		for range 3 { // the share is used up: later askings are given the last code
			s.ask(herMobile, false)
		}
		codes, _ = s.codes()
		last := codes[len(codes)-1]
		askings := []*entering.Asking{s.ask(herMobile, false), s.ask(herMobile, false), s.ask(herMobile, false), s.ask(herMobile, false)}
		opened := make([]error, 8)
		var all sync.WaitGroup
		for i := range opened {
			all.Go(func() { opened[i] = s.opens(askings[i%4], last) })
		}
		all.Wait()
		n := 0
		for _, err := range opened {
			if err == nil {
				n++
			}
		}
		if n != 1 {
			s.Errorf("one code opened %d pages: %v", n, opened)
		}
		s.refused(s.opens(mobile, "0000 0000"), "error.own.code")
	})
}

// TestWhatWasNotTakenDoesNotCount: when the loop is behind, who asked is told so, and the number has its share yet.
func TestWhatWasNotTakenDoesNotCount(t *testing.T) {
	each(t, func(s *station) {
		s.withPhones()
		s.at(12, 0)
		ask := func(text string) error {
			_, err := s.gate.AskOwn(s.Context(), text, "192.0.2."+fmt.Sprint(s.db.NewID()), false)
			return err
		}
		full := error(nil)
		for i := 0; full == nil && i < 5000; i++ {
			full = ask(fmt.Sprintf("+32455%06d", 91000+i))
		}
		s.refused(full, "error.sign-in.busy")
		for range 10 {
			s.refused(ask(herMobile), "error.sign-in.busy")
		}
		if err := s.gate.AnswerAll(s.Context()); err != nil {
			s.Fatal(err)
		}
		if a := s.ask(herMobile, false); a.Enough {
			s.Error("what was not taken counted")
		}
	})
}
