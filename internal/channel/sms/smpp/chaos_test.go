package smpp_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/smsc"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
)

// ledger is what became of each number.
type ledger struct {
	mu        sync.Mutex
	handed    map[string]bool
	uncertain map[string]int
}

// TestNothingLost sends to many numbers while the carrier falls over, throttles and comes back, sending again what did not go. Judged by the
// carrier's own list: every number is there, and who is there twice was named uncertain at least as often.
func TestNothingLost(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{Throttle: 50})
	cfg := config(carrier.Addr())
	cfg.ThrottlePause = 5 * time.Millisecond
	s := open(t, cfg, nil)
	const n = 3000
	book := &ledger{handed: map[string]bool{}, uncertain: map[string]int{}}
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { book.reach(s, fmt.Sprintf("+324550%05d", i)) })
	}
	for fall := 1; fall <= 5; fall++ {
		carrier.Await("more messages", func() bool { return len(carrier.Submits()) > fall*n/8 })
		if fall%2 == 0 {
			carrier.Down()
			carrier.Restart()
		} else {
			carrier.Drop()
		}
	}
	all.Wait()
	judge(t, carrier.Submits(), book, n)
}

// reach sends to one number until it is handed over.
func (l *ledger) reach(s *smpp.Session, to string) {
	m := message("Proef")
	m.To = to
	for {
		settled := make(chan channel.Result, 1)
		s.Send(context.Background(), m, func(r channel.Result) { settled <- r })
		r := <-settled
		l.mu.Lock()
		l.handed[to] = r.Failure == nil
		if r.Failure != nil && r.Failure.Uncertain {
			l.uncertain[to]++
		}
		l.mu.Unlock()
		if r.Failure == nil {
			return
		}
		<-time.After(min(r.Failure.After+time.Millisecond, 100*time.Millisecond))
	}
}

func judge(t *testing.T, pdus []wire.Message, book *ledger, n int) {
	t.Helper()
	times := map[string]int{}
	for _, pdu := range pdus[50:] { // the first fifty were throttled, so not taken
		times["+"+pdu.Dest.Addr]++
	}
	doubled := 0
	for to := range book.handed {
		if times[to] == 0 {
			t.Errorf("a number was lost")
		}
		if times[to] > 1 {
			doubled++
		}
		if times[to]-1 > book.uncertain[to] {
			t.Errorf("%d doubles, uncertain %d times", times[to]-1, book.uncertain[to])
		}
	}
	if len(times) != n {
		t.Errorf("%d numbers of %d", len(times), n)
	}
	t.Logf("%d doubled, %d uncertain", doubled, len(book.uncertain))
}
