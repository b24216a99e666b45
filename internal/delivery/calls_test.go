package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/delivery"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// trunk is a carrier of calls whose telephones ring until the test says what becomes of them, or until the call is taken back.
type trunk struct {
	lines   int
	answer  chan channel.Result // one for each call that is to end
	mu      sync.Mutex
	causes  []error
	out     int
	most    int
	ringing chan string // numbers, as they begin to ring
}

func (p *trunk) Send(ctx context.Context, m *channel.Message, settle func(channel.Result)) {
	p.mu.Lock()
	p.out++
	p.most = max(p.most, p.out)
	p.mu.Unlock()
	go func() {
		p.ringing <- m.To
		r := channel.Result{State: buurtbel.Rang, Reason: buurtbel.NoAnswer}
		select {
		case r = <-p.answer:
		case <-ctx.Done():
		}
		p.mu.Lock()
		p.out--
		if cause := context.Cause(ctx); cause != nil {
			p.causes = append(p.causes, cause)
		}
		p.mu.Unlock()
		settle(r)
	}()
}
func (p *trunk) Window() int { return p.lines }
func (p *trunk) Up() bool    { return true }

func (p *trunk) takenBack() []error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.causes)
}

func newTrunk(lines int) *trunk {
	return &trunk{lines: lines, answer: make(chan channel.Result), ringing: make(chan string, 1000)}
}

func states(t *testing.T, db *store.DB, v village, m buurtbel.ID) map[buurtbel.DeliveryState]int {
	t.Helper()
	return tally(t, db, v, m).ByChannel[buurtbel.Voice].Deliveries
}

// full launches to members who are called, and waits until every line rings.
func (p *trunk) full(t *testing.T, db *store.DB, v village) (message buurtbel.ID) {
	t.Helper()
	startLanes(t, db, delivery.Lane{Channel: buurtbel.Voice, Carrier: "trunk", Sender: p})
	message = launchBy(t, db, v, buurtbel.Voice)
	for range p.lines {
		<-p.ringing
	}
	return message
}

func TestACallThatIsConfirmedIsHeard(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		p := newTrunk(5)
		startLanes(t, db, delivery.Lane{Channel: buurtbel.Voice, Carrier: "trunk", Sender: p})
		m := launchBy(t, db, v, buurtbel.Voice)
		if to := <-p.ringing; to != number(0) {
			t.Fatalf("the wrong telephone rings")
		}
		p.answer <- channel.Result{State: buurtbel.Delivered, Seconds: 61} // spoken to the end, no key: the next number
		if to := <-p.ringing; to != number(50000) {
			t.Fatalf("the wrong telephone rings")
		}
		p.answer <- channel.Result{State: buurtbel.Heard, Seconds: 30}
		until(t, db, "heard", func() bool { return tally(t, db, v, m).Members[buurtbel.Heard] == 1 })
		until(t, db, "finished", func() bool { return tally(t, db, v, m).Open == 0 })
		if got := states(t, db, v, m); got[buurtbel.Delivered] != 1 || got[buurtbel.Heard] != 1 {
			t.Errorf("states %v", got)
		}
	})
}

func TestLinesAreKeptFullAndNeverAbove(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 40)
		p := newTrunk(7)
		m := p.full(t, db, v)
		if n := states(t, db, v, m)[buurtbel.Sending]; n != p.lines {
			t.Errorf("%d calls were begun on %d lines", n, p.lines)
		}
		for range 40 {
			p.answer <- channel.Result{State: buurtbel.Heard, Seconds: 10}
		}
		until(t, db, "all heard", func() bool { return tally(t, db, v, m).Members[buurtbel.Heard] == 40 })
		if p.most != p.lines {
			t.Errorf("at most %d lines were in use, there are %d", p.most, p.lines)
		}
	})
}

func TestAnAlertThatIsStoppedSilencesTheTelephones(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 60)
		p := newTrunk(30)
		m := p.full(t, db, v)
		if err := db.Write(t.Context(), buurtbel.Scope{Zone: v.zone.ID}, func(tx *store.Tx) error { return tx.StopMessage(m) }); err != nil {
			t.Fatal(err)
		}
		until(t, db, "everything stopped", func() bool {
			got := states(t, db, v, m)
			return got[buurtbel.Stopped] == 60 && got[buurtbel.NotNeeded] == 60 // who was not called yet, and second numbers
		})
		if got := p.takenBack(); len(p.ringing) != 0 || len(got) != p.lines || !errors.Is(got[0], channel.ErrStopped) {
			t.Errorf("%d more calls began; %d were taken back", len(p.ringing), len(got))
		}
	})
}

// A telephone that rang counts as reached, also when its ringing was cut short: who sees a missed call hears how it ended (rule 2).
func TestAConfirmationElsewhereSilencesTheOwnTelephone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 2)
		p, c := newTrunk(5), &carrier{seen: map[string]int{}}
		startLanes(t, db, delivery.Lane{Channel: buurtbel.Voice, Carrier: "trunk", Sender: p}, delivery.Lane{Channel: buurtbel.SMS, Carrier: "test", Sender: c})
		launchBy(t, db, v, buurtbel.SMS, buurtbel.Voice)
		<-p.ringing
		<-p.ringing
		scope := buurtbel.Scope{Zone: v.zone.ID}
		until(t, db, "the text went out", func() bool { return c.total() == 2 })
		err := db.Write(t.Context(), scope, func(tx *store.Tx) error {
			places, err := tx.LastDeliveriesTo(db.AddressHash(number(1)), db.Now().Add(-time.Hour))
			if err != nil || len(places) != 1 {
				return fmt.Errorf("%d deliveries: %w", len(places), err)
			}
			_, err = tx.Heard(places[0].Recipient, places[0].Delivery)
			return err
		})
		if err != nil {
			t.Error(err)
		}
		until(t, db, "one telephone is silent", func() bool { return len(p.takenBack()) > 0 })
		if got := p.takenBack(); len(got) != 1 || !errors.Is(got[0], channel.ErrNotNeeded) {
			t.Errorf("taken back: %v", got)
		}
		p.answer <- channel.Result{State: buurtbel.Heard} // the other one, who is still called
	})
}

// flaky is a carrier that the test takes down and brings back.
type flaky struct {
	carrier
	down    atomic.Bool
	trouble atomic.Bool
}

func newFlaky() *flaky {
	f := &flaky{carrier: carrier{seen: map[string]int{}}}
	f.answer = func(m *channel.Message) channel.Result {
		if f.trouble.Load() {
			return channel.Result{Failure: &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true}}
		}
		return channel.Result{Refs: []string{"r" + m.Delivery.String()}, Parts: 1}
	}
	return f
}

func (f *flaky) Up() bool { return !f.down.Load() }

func (c *carrier) total() (n int) {
	for _, c := range c.counts() {
		n += c
	}
	return n
}

// texts is a village whose texts go by a first carrier and, when that cannot, by a second.
type texts struct {
	t  *testing.T
	db *store.DB
	v  village
	n  int
}

// byTwo starts both carriers for a village of n members. It is their order that counts, not who is named first.
func byTwo(t *testing.T, db *store.DB, n int, first, second channel.Sender) texts {
	t.Helper()
	v := settle(t, db, n)
	startLanes(t, db, delivery.Lane{Channel: buurtbel.SMS, Carrier: "second", Sender: second, Order: 1}, delivery.Lane{Channel: buurtbel.SMS, Carrier: "first", Sender: first})
	return texts{t, db, v, n}
}

// handedOver launches and waits until all are handed over.
func (x texts) handedOver(what string) {
	x.t.Helper()
	m := launch(x.t, x.db, x.v)
	until(x.t, x.db, what, func() bool { return tally(x.t, x.db, x.v, m).Members[buurtbel.HandedOver] == x.n })
}

// TestOwnNumberIsUsedLast: a carrier that shows a number of its own waits for the others, whatever the order of the configuration, and stands in
// for them all the same.
func TestOwnNumberIsUsedLast(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		x, own, known := texts{t, db, settle(t, db, 100), 100}, newFlaky(), newFlaky()
		startLanes(t, db, delivery.Lane{Channel: buurtbel.SMS, Carrier: "own", Sender: own, Shown: "+3220000222", Own: true},
			delivery.Lane{Channel: buurtbel.SMS, Carrier: "known", Sender: known, Shown: "+3220000111", Order: 5})
		x.handedOver("the known one does the work")
		if known.total() != 100 || own.total() != 0 {
			t.Fatalf("known %d, own %d", known.total(), own.total())
		}
		known.down.Store(true)
		x.handedOver("the other stands in")
		if own.total() != 100 {
			t.Errorf("it handed %d over", own.total())
		}
	})
}

func TestTheSecondCarrierWorksWhileTheFirstCannot(t *testing.T) {
	for name, ill := range map[string]func(*flaky, bool){
		"not connected": func(f *flaky, on bool) { f.down.Store(on) },
		"in trouble":    func(f *flaky, on bool) { f.trouble.Store(on) },
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				first, second := newFlaky(), newFlaky()
				x := byTwo(t, db, 300, first, second)
				x.handedOver("the first does the work")
				if first.total() != 300 || second.total() != 0 {
					t.Fatalf("first %d, second %d", first.total(), second.total())
				}
				ill(first, true)
				x.handedOver("the second does the work")
				if second.total() != 300 {
					t.Errorf("the second handed %d over", second.total())
				}
				ill(first, false)
				until(t, db, "the first works again", func() bool {
					before := first.total()
					x.handedOver("the launch is handed over")
					return first.total() == before+300
				})
			})
		})
	}
}

// hole is a carrier that takes everything and at times answers nothing. What is taken back from it is uncertain.
type hole struct {
	carrier
	mute    atomic.Bool
	swallow atomic.Int64
}

func (h *hole) Send(ctx context.Context, m *channel.Message, settle func(channel.Result)) {
	if !h.mute.Load() {
		h.carrier.Send(ctx, m, settle)
		return
	}
	h.swallow.Add(1)
	context.AfterFunc(ctx, func() {
		settle(channel.Result{Failure: &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Uncertain: true}})
	})
}

func TestWhatASilentCarrierHoldsGoesToAnother(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first, second := &hole{carrier: carrier{seen: map[string]int{}}}, newFlaky()
		x := byTwo(t, db, 300, first, second)
		x.handedOver("the first does the work")
		first.mute.Store(true)
		x.handedOver("the second does all of it")
		if first.swallow.Load() == 0 || second.total() != 300 {
			t.Errorf("the first swallowed %d, the second handed %d over", first.swallow.Load(), second.total())
		}
	})
}

// queue is a carrier with a narrow window that nothing leaves: a hand-over waits in Send until it is taken back.
type queue struct {
	carrier
	stuck   atomic.Bool
	waiting atomic.Int64
}

func (q *queue) Send(ctx context.Context, m *channel.Message, settle func(channel.Result)) {
	if !q.stuck.Load() {
		q.carrier.Send(ctx, m, settle)
		return
	}
	q.waiting.Add(1)
	<-ctx.Done()
	settle(channel.Result{Failure: &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true}})
}

func TestWhatNeverLeftASilentCarrierIsNoAttempt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first, second := &queue{carrier: carrier{seen: map[string]int{}}}, newFlaky()
		x := byTwo(t, db, 100, first, second)
		x.handedOver("the first does the work")
		first.stuck.Store(true)
		x.handedOver("the second does the work")
		if n := first.waiting.Load(); n != 1 {
			t.Errorf("%d were tried at a carrier that takes nothing", n)
		}
		if second.total() != 100 {
			t.Errorf("the second handed %d over", second.total())
		}
	})
}

func TestWhoWaitsForACarrierInTroubleGoesToAnotherAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first, second := newFlaky(), newFlaky()
		first.answer = func(*channel.Message) channel.Result {
			return channel.Result{Failure: &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, After: 10 * time.Minute}}
		}
		x := byTwo(t, db, 100, first, second)
		m := launch(t, db, x.v)
		// The first few are trouble of their own, for all that is known then.
		until(t, db, "the second does the work", func() bool { return tally(t, db, x.v, m).Members[buurtbel.HandedOver] >= 95 })
	})
}
