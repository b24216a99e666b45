package alerting_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/arriving"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/delivery"
	"github.com/buurtbel/buurtbel/internal/holiday"
	"github.com/buurtbel/buurtbel/internal/jobs"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

var brussels = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		panic(err)
	}
	return loc
}()

// tuesday is a working day at two in the afternoon; the day after is one too.
var tuesday = time.Date(2026, 11, 3, 14, 0, 0, 0, brussels)

// clock runs as the real one does, from a moment that the test chooses, and can be moved on.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.offset.Load())) }
func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }
func (c *clock) set(t time.Time)         { c.offset.Store(int64(time.Until(t))) }

// sent is one message that a carrier took.
type sent struct{ to, text string }

// carrier takes every message, and settles when the test lets it.
type carrier struct {
	mu   sync.Mutex
	took []sent
	down atomic.Bool   // no connection: nothing is begun
	hold chan struct{} // nil: settles at once; else when it is closed
	fail func(to string) *channel.Failure
}

func (c *carrier) Send(_ context.Context, m *channel.Message, settle func(channel.Result)) {
	c.mu.Lock()
	c.took = append(c.took, sent{m.To, m.Content.Text})
	hold, fail := c.hold, c.fail
	c.mu.Unlock()
	go func() {
		if hold != nil {
			<-hold
		}
		if fail != nil {
			if f := fail(m.To); f != nil {
				settle(channel.Result{Failure: f})
				return
			}
		}
		settle(channel.Result{Refs: []string{"r" + m.Delivery.String()}, Parts: 1})
	}()
}
func (c *carrier) Window() int { return 100 }
func (c *carrier) Up() bool    { return !c.down.Load() }

// to lists the texts that went to an address, in order; of lists the addresses that got a text with some words, sorted.
func (c *carrier) to(address string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, s := range c.took {
		if s.to == address {
			out = append(out, s.text)
		}
	}
	return out
}

func (c *carrier) of(words string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, s := range c.took {
		if strings.Contains(s.text, words) {
			out = append(out, s.to)
		}
	}
	slices.Sort(out)
	return out
}

func (c *carrier) set(hold chan struct{}, fail func(string) *channel.Failure) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hold, c.fail = hold, fail
}

// town is a police zone with everything that works in it.
type town struct {
	*testing.T
	db         *store.DB
	desk       *alerting.Desk
	door       *arriving.Door
	clock      *clock
	sms, mail  *carrier
	zone       buurtbel.ID
	kerkveld   buurtbel.ID // network, Dutch, members 0 to 11: 0 is coordinator, 1 deputy
	waterkant  buurtbel.ID // network, French then Dutch, members 12 to 17
	unsigned   buurtbel.ID // network without a charter
	unknown    buurtbel.ID // network that the ministry did not recognise
	members    []buurtbel.ID
	dispatcher buurtbel.Actor // on call, and launches
	second     buurtbel.Actor // another dispatcher, on call
	officer    buurtbel.Actor // mandated officer, not on call
	chief      buurtbel.Actor // on call
	elsewhere  buurtbel.Actor // dispatcher of another zone
	errands    *jobs.Loop
}

func mobile(i int) string  { return fmt.Sprintf("+324550%05d", i) }
func mailbox(i int) string { return fmt.Sprintf("member%d@example.org", i) }

// each runs a test in a town on each engine, from Tuesday afternoon on.
func each(t *testing.T, test func(town *town)) {
	t.Helper()
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w := found(t, engine)
			w.open()
			test(w)
		})
	}
}

// found builds a town in which nothing runs yet.
func found(t *testing.T, engine store.Engine) *town {
	t.Helper()
	c := &clock{}
	c.set(tuesday)
	db := storetest.Open(t, engine, c.now)
	w := &town{T: t, db: db, clock: c, sms: &carrier{}, mail: &carrier{}, zone: db.NewID(),
		kerkveld: db.NewID(), waterkant: db.NewID(), unsigned: db.NewID(), unknown: db.NewID()}
	w.write(func(tx *store.Tx) error {
		limits := buurtbel.Limits{SquareKM: 25, Members: 17, Wait: 300, Part: 550}
		z := &buurtbel.Zone{ID: w.zone, Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels", Night: buurtbel.DefaultNight, Plan: buurtbel.DefaultPlan, Limits: limits}
		if err := tx.PutZone(z); err != nil {
			return err
		}
		return w.networks(tx)
	})
	w.people()
	w.desk = alerting.New(db, alerting.Options{Channels: []buurtbel.Channel{buurtbel.SMS, buurtbel.Email}, Carrier: alerting.Carrier{Price: 550, Answer: true, Link: true},
		Calendar: func(z *buurtbel.Zone) (buurtbel.Calendar, error) { return holiday.For(z.Country, z.Extra...) }, Within: w.within,
		Link: "https://alarm.example.org", Logger: quiet()})
	w.door = arriving.New(db, arriving.Options{Desk: w.desk, Phone: func(s string) string { return s }, Logger: quiet()})
	verbs := w.desk.Verbs()
	verbs["contact-lost"] = joining.TellLost(db, "https://alarm.example.org/")
	w.errands = jobs.New(db, verbs, quiet())
	return w
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func square(lat, lon, side float64) buurtbel.Area {
	return buurtbel.Area{{{{Lat: lat, Lon: lon}, {Lat: lat, Lon: lon + side}, {Lat: lat + side, Lon: lon + side}, {Lat: lat + side, Lon: lon}}}}
}

func (w *town) networks(tx *store.Tx) error {
	old := &buurtbel.Dated{Since: tuesday.AddDate(-2, 0, 0), Document: "charter.pdf"}
	for _, n := range []*buurtbel.Network{
		{ID: w.kerkveld, Name: "BIN Kerkveld", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch}, Area: square(50.90, 4.70, 0.02), Charter: old, Recognised: old},
		{ID: w.waterkant, Name: "BIN Waterkant", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.French, buurtbel.Dutch}, Area: square(50.94, 4.70, 0.02), Charter: old, Recognised: old},
		{ID: w.unsigned, Name: "BIN Nieuwland", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch}},
		{ID: w.unknown, Name: "BIN Oudland", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch}, Charter: old},
	} {
		if err := tx.PutNetwork(n); err != nil {
			return err
		}
	}
	return nil
}

func (w *town) people() {
	var list []store.NewMember
	for i := range 20 {
		m := store.NewMember{Member: buurtbel.Member{ID: w.db.NewID(), Network: w.kerkveld, Language: buurtbel.Dutch}, Name: store.Name{Given: "An", Family: "Peeters"},
			Home:  store.Home{Street: "Kerkstraat", Number: fmt.Sprint(i + 1), PostalCode: "9999", Municipality: "Vlierbeek"},
			Place: buurtbel.Point{Lat: 50.901 + float64(i)/2000, Lon: 4.71},
			Contacts: []store.NewContact{{ID: w.db.NewID(), Kind: buurtbel.Mobile, Address: mobile(i), Verified: true},
				{ID: w.db.NewID(), Kind: buurtbel.Mailbox, Rank: 1, Address: mailbox(i), Verified: true}}}
		switch {
		case i >= 18: // only to see that they never get anything
			m.Network = []buurtbel.ID{w.unsigned, w.unknown}[i-18]
		case i >= 12:
			m.Network, m.Language, m.Place.Lat = w.waterkant, buurtbel.French, 50.941+float64(i)/2000
		}
		list = append(list, m)
		w.members = append(w.members, m.ID)
	}
	w.write(func(tx *store.Tx) error {
		if err := tx.InsertMembers(list); err != nil {
			return err
		}
		for i, role := range []buurtbel.Role{buurtbel.RoleCoordinator, buurtbel.RoleDeputy} {
			if err := tx.InsertMandate(w.mandate(w.members[i], role, w.zone, w.kerkveld)); err != nil {
				return err
			}
		}
		return nil
	})
	w.dispatcher = w.official(w.zone, "Dirk Dams", 90, buurtbel.RoleDispatcher, true)
	w.second = w.official(w.zone, "Sofie Smets", 91, buurtbel.RoleDispatcher, true)
	w.officer = w.official(w.zone, "Omer Ooms", 92, buurtbel.RoleOfficer, false)
	w.chief = w.official(w.zone, "Carla Cools", 93, buurtbel.RoleChief, true)
	other := w.db.NewID()
	w.write(func(tx *store.Tx) error {
		return tx.PutZone(&buurtbel.Zone{ID: other, Name: "Politiezone Elders", Country: "BE", TimeZone: "Europe/Brussels", Plan: buurtbel.DefaultPlan, Limits: buurtbel.DefaultLimits})
	})
	w.elsewhere = w.official(other, "Els Engels", 94, buurtbel.RoleDispatcher, true)
}

func (w *town) mandate(holder buurtbel.ID, role buurtbel.Role, zone, network buurtbel.ID) buurtbel.Mandate {
	return buurtbel.Mandate{ID: w.db.NewID(), Holder: holder, Role: role, Zone: zone, Network: network, From: tuesday.AddDate(-1, 0, 0)}
}

func (w *town) official(zone buurtbel.ID, name string, i int, role buurtbel.Role, onCall bool) buurtbel.Actor {
	o := &store.NewOfficial{ID: w.db.NewID(), Name: name, Office: "police", Language: buurtbel.Dutch, OnCall: onCall, Contacts: []store.NewContact{
		{ID: w.db.NewID(), Kind: buurtbel.Mobile, Address: mobile(i), Verified: true}, {ID: w.db.NewID(), Kind: buurtbel.Mailbox, Rank: 1, Address: mailbox(i), Verified: true}}}
	o.Mandates = []buurtbel.Mandate{w.mandate(o.ID, role, zone, 0)}
	if err := w.db.Write(w.Context(), buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error { return tx.InsertOfficial(o) }); err != nil {
		w.Fatal(err)
	}
	return w.actor(o.ID)
}

func (w *town) actor(person buurtbel.ID) buurtbel.Actor {
	w.Helper()
	var a buurtbel.Actor
	w.read(func(tx *store.Tx) (err error) {
		a, err = tx.Actor(person)
		return err
	})
	return a
}

func (w *town) within(ctx context.Context, zone buurtbel.ID, area buurtbel.Area) ([]buurtbel.ID, error) {
	var out []buurtbel.ID
	err := w.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		return tx.EachPlace(nil, func(m store.MemberPlace) {
			if m.Zone == zone && m.In && area.Contains(m.Place) {
				out = append(out, m.Member)
			}
		})
	})
	slices.Sort(out)
	return out, err
}

// open starts the loops, as the program does. Tasks are run by the test, with tasks().
func (w *town) open() {
	w.Helper()
	d, err := delivery.New(w.db, delivery.Options{Lanes: []delivery.Lane{{Channel: buurtbel.SMS, Carrier: "sms", Sender: w.sms, Receipts: false},
		{Channel: buurtbel.Email, Carrier: "mail", Sender: w.mail}}, Link: w.desk.LinkTo, Logger: quiet()})
	if err != nil {
		w.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var loops sync.WaitGroup
	loops.Go(func() {
		if err := d.Run(ctx); err != nil {
			w.Errorf("dispatcher: %v", err)
		}
	})
	loops.Go(func() { w.desk.Expand(ctx) })
	loops.Go(func() { w.door.Run(ctx) })
	w.Cleanup(func() {
		stop()
		loops.Wait()
	})
}

// tasks runs every task that is due.
func (w *town) tasks() {
	w.Helper()
	for {
		n, err := w.errands.Round(w.Context())
		if err != nil {
			w.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func (w *town) write(f func(*store.Tx) error) {
	w.Helper()
	if err := w.db.Write(w.Context(), buurtbel.Scope{Zone: w.zone}, f); err != nil {
		w.Fatal(err)
	}
}

func (w *town) read(f func(*store.Tx) error) {
	w.Helper()
	if err := w.db.Read(w.Context(), buurtbel.Scope{Zone: w.zone}, f); err != nil {
		w.Fatal(err)
	}
}

// until waits for something that a commit brings about.
func (w *town) until(what string, ok func() bool) {
	w.Helper()
	tick, end := time.NewTicker(10*time.Millisecond), time.After(40*time.Second)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-end:
			w.Fatalf("waited 15 seconds for: %s", what)
		}
	}
}

// quietNow waits until nothing of any message is due: every message that runs is finished.
func (w *town) finished() {
	w.Helper()
	w.until("every message to finish", func() bool {
		n := 0
		w.read(func(tx *store.Tx) error {
			running, err := tx.RunningMessages()
			if err != nil {
				return err
			}
			stopped, err := tx.UnclosedMessages()
			n = len(running) + len(stopped)
			return err
		})
		return n == 0
	})
}

var keys atomic.Int64

// draft is an alert that follows the plan and needs no reason.
func (w *town) draft(networks ...buurtbel.ID) *alerting.Draft {
	return &alerting.Draft{Key: fmt.Sprintf("key-%d", keys.Add(1)), Fact: "burglary-in-progress", Priority: buurtbel.PriorityHighest, Networks: networks, Valid: time.Hour,
		Texts: map[buurtbel.Language]string{buurtbel.Dutch: "Er is nu een inbraak bezig in de Kerkstraat. Blijf binnen.", buurtbel.French: "Un cambriolage est en cours rue de l'Eglise. Restez chez vous."}}
}

func (w *town) launch(d *alerting.Draft) *alerting.Launched {
	w.Helper()
	l, err := w.desk.Launch(w.Context(), w.dispatcher, w.zone, d)
	if err != nil {
		w.Fatalf("launch: %v%s", err, problems(err))
	}
	return l
}

func (w *town) refused(err error, key string) {
	w.Helper()
	if buurtbel.KeyOf(err) != key {
		w.Errorf("refused with %v, want %s%s", err, key, problems(err))
	}
}

func (w *town) state(alert buurtbel.ID) buurtbel.AlertState {
	w.Helper()
	var a *buurtbel.Alert
	w.read(func(tx *store.Tx) (err error) {
		a, err = tx.Alert(alert)
		return err
	})
	return a.State
}

// numbers gives the mobiles of members, sorted.
func numbers(members ...int) []string {
	out := []string{}
	for _, i := range members {
		out = append(out, mobile(i))
	}
	slices.Sort(out)
	return out
}

func upTo(from, until int) []int {
	var out []int
	for i := from; i < until; i++ {
		out = append(out, i)
	}
	return out
}

func (w *town) same(what string, got, want []string) {
	w.Helper()
	if !slices.Equal(got, want) {
		w.Errorf("%s: %v, want %v", what, got, want)
	}
}
