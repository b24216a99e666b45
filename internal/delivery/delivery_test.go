package delivery_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/delivery"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// carrier is a carrier that answers at once with what the test says, and keeps what it saw.
type carrier struct {
	mu     sync.Mutex
	seen   map[string]int
	answer func(m *channel.Message) channel.Result
}

func (c *carrier) Send(_ context.Context, m *channel.Message, settle func(channel.Result)) {
	c.mu.Lock()
	c.seen[m.To]++
	answer := c.answer
	c.mu.Unlock()
	if answer == nil {
		go settle(channel.Result{Refs: []string{"r" + m.Delivery.String()}, Parts: 1})
		return
	}
	go settle(answer(m))
}
func (c *carrier) Window() int { return 100 }
func (c *carrier) Up() bool    { return true }

func (c *carrier) counts() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string]int{}
	for k, v := range c.seen {
		out[k] = v
	}
	return out
}

type village struct {
	zone    buurtbel.Zone
	network buurtbel.ID
	members []buurtbel.ID
}

func number(i int) string { return fmt.Sprintf("+324550%05d", i) }

func settle(t *testing.T, db *store.DB, n int) village {
	t.Helper()
	v := village{zone: buurtbel.Zone{ID: db.NewID(), Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels", Night: buurtbel.DefaultNight, Plan: buurtbel.DefaultPlan, Limits: buurtbel.DefaultLimits}, network: db.NewID()}
	list := make([]store.NewMember, n)
	for i := range list {
		list[i] = store.NewMember{Member: buurtbel.Member{ID: db.NewID(), Network: v.network, Language: buurtbel.Dutch},
			Name: store.Name{Given: "An", Family: "Peeters"}, Contacts: []store.NewContact{
				{ID: db.NewID(), Kind: buurtbel.Mobile, Address: number(i), Verified: true},
				{ID: db.NewID(), Kind: buurtbel.Mobile, Rank: 1, Address: number(50000 + i), Verified: true}}}
		v.members = append(v.members, list[i].ID)
	}
	err := db.Write(t.Context(), buurtbel.Scope{Zone: v.zone.ID}, func(tx *store.Tx) error {
		if err := tx.PutZone(&v.zone); err != nil {
			return err
		}
		if err := tx.PutNetwork(&buurtbel.Network{ID: v.network, Name: "BIN Kerkveld", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch}}); err != nil {
			return err
		}
		return tx.InsertMembers(list)
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func launch(t *testing.T, db *store.DB, v village) buurtbel.ID {
	t.Helper()
	return launchBy(t, db, v, buurtbel.SMS)
}

func launchBy(t *testing.T, db *store.DB, v village, channels ...buurtbel.Channel) buurtbel.ID {
	t.Helper()
	m := &buurtbel.Message{ID: db.NewID(), Kind: buurtbel.KindLaunch, Class: buurtbel.ClassAlert, State: buurtbel.MessageRunning, Urgency: buurtbel.Now, Sender: v.zone.Name,
		Texts: []buurtbel.Wording{{Regime: "nl", SMS: "Oproep van de politie.", Spoken: []buurtbel.Spoken{{Language: buurtbel.Dutch, Intro: "Dit is de politie.", Text: "Oproep."}}}}, Expires: db.Now().Add(time.Hour)}
	scope := buurtbel.Scope{Zone: v.zone.ID}
	var people []store.Reachable
	err := db.Read(t.Context(), scope, func(tx *store.Tx) (err error) {
		people, err = tx.Reachables(v.members)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var list []store.Recipient
	for _, p := range people {
		r := store.Recipient{ID: db.NewID(), Member: p.Member.ID}
		steps, left := buurtbel.Deliver(&p.Member, p.Contacts, buurtbel.Want{Urgency: buurtbel.Life, Expires: m.Expires, Channels: channels, Night: v.zone.Night}, db.Now())
		if left != buurtbel.NotLeft {
			t.Fatalf("left out: %s", left)
		}
		for _, s := range steps {
			r.Steps = append(r.Steps, store.RecipientStep{ID: db.NewID(), Step: s})
		}
		list = append(list, r)
	}
	err = db.Write(t.Context(), scope, func(tx *store.Tx) error {
		if err := tx.InsertMessage(m, v.members); err != nil {
			return err
		}
		if err := tx.InsertRecipients(m.ID, m.Expires, list); err != nil {
			return err
		}
		return tx.Advance(m.ID, 0, len(v.members))
	})
	if err != nil {
		t.Fatal(err)
	}
	return m.ID
}

func start(t *testing.T, db *store.DB, c channel.Sender, receipts bool) {
	t.Helper()
	startLanes(t, db, delivery.Lane{Channel: buurtbel.SMS, Carrier: "test", Sender: c, Receipts: receipts})
}

func startLanes(t *testing.T, db *store.DB, lanes ...delivery.Lane) *delivery.Dispatcher {
	t.Helper()
	d, err := delivery.New(db, delivery.Options{Lanes: lanes,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("dispatcher: %v", err)
		}
	})
	return d
}

// until waits for a condition that the store will show, reading it anew at each commit and at a slow tick.
func until(t *testing.T, db *store.DB, what string, ok func() bool) {
	t.Helper()
	woken, tick, end := db.Subscribe(), time.NewTicker(20*time.Millisecond), time.After(40*time.Second)
	defer tick.Stop()
	for !ok() {
		select {
		case <-woken:
		case <-tick.C:
		case <-end:
			t.Fatalf("waited 20 seconds for: %s", what)
		}
	}
}

func tally(t *testing.T, db *store.DB, v village, message buurtbel.ID) *store.Tally {
	t.Helper()
	var out *store.Tally
	err := db.Read(t.Context(), buurtbel.Scope{Zone: v.zone.ID}, func(tx *store.Tx) (err error) {
		out, err = tx.Tally(message)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEveryMemberIsHandedOverOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 700)
		c := &carrier{seen: map[string]int{}}
		start(t, db, c, false)
		m := launch(t, db, v)
		until(t, db, "all handed over", func() bool { return tally(t, db, v, m).Members[buurtbel.HandedOver] == 700 })
		for to, n := range c.counts() {
			if n != 1 {
				t.Errorf("%d times to one number", n)
			}
			if to >= number(50000) {
				t.Error("the second number was tried although the first one was reached")
			}
		}
		if got := tally(t, db, v, m).Open; got != 0 {
			t.Errorf("%d recipients are open", got)
		}
	})
}

func TestReceiptsMakeDelivered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 300)
		receipt := func(m *channel.Message) {
			list := []store.Receipt{{Carrier: "test", Ref: "r" + m.Delivery.String(), Outcome: buurtbel.Outcome{State: buurtbel.Delivered}, Code: "stat:DELIVRD"}}
			err := db.Write(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) error {
				_, err := tx.ApplyReceipts(list)
				return err
			})
			if err != nil {
				t.Errorf("receipt: %v", err)
			}
		}
		c := &carrier{seen: map[string]int{}, answer: func(m *channel.Message) channel.Result {
			receipt(m) // before the answer to the submission: it must be kept and matched
			return channel.Result{Refs: []string{"r" + m.Delivery.String()}, Parts: 1}
		}}
		start(t, db, c, true)
		m := launch(t, db, v)
		until(t, db, "all delivered", func() bool {
			err := db.Write(t.Context(), buurtbel.Scope{}, func(tx *store.Tx) error {
				list, _, err := tx.DueEarly(500)
				if err != nil || len(list) == 0 {
					return err
				}
				_, err = tx.ApplyReceipts(list)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return tally(t, db, v, m).Members[buurtbel.Delivered] == 300
		})
	})
}

func TestDeadNumberFallsBackToTheNext(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 50)
		c := &carrier{seen: map[string]int{}, answer: func(m *channel.Message) channel.Result {
			if m.To < number(25) {
				return channel.Result{Failure: &channel.Failure{Reason: buurtbel.InvalidAddress, Code: "0x0000000b"}}
			}
			return channel.Result{Refs: []string{"r" + m.Delivery.String()}, Parts: 1}
		}}
		start(t, db, c, false)
		m := launch(t, db, v)
		until(t, db, "all handed over", func() bool { return tally(t, db, v, m).Members[buurtbel.HandedOver] == 50 })
		if got := tally(t, db, v, m).ByChannel[buurtbel.SMS].Reasons[buurtbel.InvalidAddress]; got != 25 {
			t.Errorf("%d invalid addresses, want 25", got)
		}
	})
}
