package entering_test

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// TestACodeThatWasUsedRingsNoMore: a call that was put down without a key rings again, until its code opened the own page, also when the next call is
// due already. Another code of the same person goes on.
func TestACodeThatWasUsedRingsNoMore(t *testing.T) {
	each(t, func(s *station) {
		s.withPhones()
		s.at(12, 0)
		a := s.ask("02 000 09 01", false)
		message := storetest.Code(s.T, s.db, s.zone)
		codes, calls := s.codes()
		if calls != 1 {
			s.Fatalf("%d calls", calls)
		}
		for i, pause := range []time.Duration{0, 2 * time.Minute} {
			s.clock.advance(pause)
			if n := storetest.PutDown(s.T, s.db, s.zone, message); n != 1 {
				s.Errorf("call %d: %d rang", i+1, n)
			}
		}
		s.ask(herMobile, false)
		other := storetest.Code(s.T, s.db, s.zone)
		s.clock.advance(4 * time.Minute) // the third is due
		if err := s.opens(a, codes[0]); err != nil {
			s.Fatal(err)
		}
		if n := storetest.PutDown(s.T, s.db, s.zone, message); n != 0 {
			s.Error("it rang again after the code was used")
		}
		if got := storetest.Code(s.T, s.db, s.zone); other == message || got != other {
			s.Error("another code of the same person was stopped")
		}
	})
}
