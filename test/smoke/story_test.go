// Package smoke_test plays stories through the whole program: the police launch, telephones and letter boxes in another process receive,
// people answer. A message that no line of the story expects is a surprise and fails it.
package smoke_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
	"github.com/buurtbel/buurtbel/internal/town"
)

const asOutside = "BUURTBEL_TEST_OUTSIDE"

// TestMain lets this program be the outside world when it is told so.
func TestMain(m *testing.M) {
	settings := os.Getenv(asOutside)
	if settings == "" {
		os.Exit(m.Run())
	}
	var o outside.Options
	err := json.Unmarshal([]byte(settings), &o)
	if err == nil {
		o.Stdin = os.Stdin
		err = outside.Run(context.Background(), o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const (
	kerkveld, molenwijk = 0, 1
	patience            = 60 * time.Second
)

// story is one run of the program in a town of its own.
type story struct {
	*testing.T
	ctx        context.Context
	out        *outside.Process
	app        *app.App
	town       *app.Seeded
	dispatcher buurtbel.Actor
	officer    buurtbel.Actor
	alerts     []buurtbel.ID
	texts      map[string]int // texts that each telephone was expected to get
	mails      map[string]int // likewise for letter boxes
	rung       map[string]int // calls that each telephone was expected to get
	clock      *clock
	anyDoubles bool // the carrier failed half-way: doubles are allowed to who is uncertain
	log        *faults
	stop       func()
}

// plot says what is unusual about a story.
type plot struct {
	members int
	outside outside.Options
	config  func(*config.Config)
	calls   bool             // telephones are called
	town    func(*town.Town) // changes who lives there
	at      time.Time        // when it happens; zero: on a Tuesday afternoon, nobody sleeps
}

// tell plays a story on both engines.
func tell(t *testing.T, p plot, play func(*story)) {
	t.Helper()
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			s := begin(t, engine, p)
			play(s)
			s.end()
		})
	}
}

func begin(t *testing.T, engine store.Engine, p plot) *story {
	t.Helper()
	s := &story{T: t, ctx: t.Context(), texts: map[string]int{}, mails: map[string]int{}, rung: map[string]int{}, log: &faults{}}
	place := app.DemoPlace{Folder: t.TempDir(), Listen: "127.0.0.1:0", Calls: p.calls}
	if p.at.IsZero() {
		p.at = tuesday
	}
	s.clock = newClock(p.at)
	if engine == store.Postgres {
		place.Database = storetest.Config(t, engine).Database
	}
	s.spawn(p.outside)
	c, err := app.DemoConfig(place, s.out.Client)
	s.must(err)
	if p.config != nil {
		p.config(c)
	}
	options := app.Options{Logger: slog.New(s.log), Now: s.clock.now}
	s.app, err = app.Open(s.ctx, c, options)
	s.must(err)
	t.Cleanup(func() { s.must(s.app.Close()) })
	v := town.Build(7, p.members)
	if p.town != nil {
		p.town(v)
	}
	s.town, err = s.app.SeedTown(s.ctx, v, nil)
	s.must(err)
	s.dispatcher, err = s.town.Actor(s.ctx, s.app.DB, s.town.Official(buurtbel.RoleDispatcher))
	s.must(err)
	s.officer, err = s.town.Actor(s.ctx, s.app.DB, s.town.Official(buurtbel.RoleOfficer))
	s.must(err)
	s.must(s.app.OpenCarriers(s.ctx, options))
	s.run()
	return s
}

// clock goes as fast as the real one, from a moment of the story's choice, and can jump.
type clock struct{ shift atomic.Int64 }

// afternoon is a Tuesday afternoon: nobody sleeps.
func afternoon() func() time.Time { return newClock(tuesday).now }

var tuesday = time.Date(2026, 9, 15, 12, 30, 0, 0, time.UTC)

func newClock(at time.Time) *clock {
	c := &clock{}
	c.shift.Store(int64(time.Until(at)))
	return c
}

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.shift.Load())) }

func (c *clock) jump(d time.Duration) { c.shift.Add(int64(d)) }

func (s *story) spawn(o outside.Options) {
	s.Helper()
	if o.ReceiptAfter == 0 {
		o.ReceiptAfter = 5 * time.Millisecond
	}
	o.Password = "secret"
	settings, err := json.Marshal(o)
	s.must(err)
	program, err := os.Executable()
	s.must(err)
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), asOutside+"="+string(settings))
	cmd.Stderr = os.Stderr
	s.out, err = outside.Spawn(cmd)
	s.must(err)
	s.Cleanup(func() { s.must(s.out.Stop()) })
}

func (s *story) run() {
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- s.app.Run(ctx) }()
	s.stop = sync.OnceFunc(func() {
		cancel()
		s.must(<-ran)
	})
	s.Cleanup(s.stop)
	s.await("the carrier to be up", func() bool {
		n, err := s.out.Counts(s.ctx)
		s.must(err)
		return n.Binds > 0
	})
}

func (s *story) must(err error) {
	if err != nil {
		s.Helper()
		s.Fatal(err)
	}
}

// await asks again until yes or the end of patience.
func (s *story) await(what string, yes func() bool) {
	s.Helper()
	s.within(patience, what, yes)
}

func (s *story) within(limit time.Duration, what string, yes func() bool) {
	s.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	over := time.After(limit)
	for !yes() {
		select {
		case <-tick.C:
		case <-over:
			s.Fatalf("waited %s for %s; logged: %q", limit, what, s.log.taken())
		}
	}
}

// end waits until nothing is under way, stops the program, and looks for surprises and contradictions.
func (s *story) end() {
	s.Helper()
	s.await("everything to be final", func() bool {
		var running []store.RunningMessage
		s.must(s.app.DB.Read(s.ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
			running, err = tx.RunningMessages()
			return err
		}))
		return len(running) == 0
	})
	for _, alert := range s.alerts {
		s.accountedFor(alert)
	}
	s.stop()
	s.noSurprises()
	s.noSurpriseCalls()
	s.noContradiction()
	for _, line := range s.log.taken() {
		s.Errorf("the program complained: %s", line)
	}
}

// accountedFor asks that every member of every audience has a place in the count, and none is open.
func (s *story) accountedFor(alert buurtbel.ID) {
	s.Helper()
	for _, m := range s.view(alert).Messages {
		n := 0
		for _, members := range m.Tally.Members {
			n += members
		}
		for _, members := range m.Tally.Left {
			n += members
		}
		if m.Kind == buurtbel.KindLaunch && m.State == buurtbel.MessageFinished && n != m.Tally.Audience || m.Tally.Open != 0 {
			s.Errorf("%s: %d of %d members are accounted for, %d are open", m.Kind, n, m.Tally.Audience, m.Tally.Open)
		}
	}
}

func (s *story) noSurprises() {
	s.Helper()
	if s.anyDoubles {
		return // the comparison says which ones are allowed
	}
	for _, surprise := range s.surprises() {
		s.Error(surprise)
	}
}

// surprises lists what came and was not expected.
func (s *story) surprises() (out []string) {
	s.Helper()
	for number, list := range s.arrived() {
		if len(list) > s.texts[number] {
			out = append(out, fmt.Sprintf("a surprise on a telephone (%s): %q", s.whose(number), list[s.texts[number]:]))
		}
	}
	got := map[string]int{}
	s.must(s.out.MailLog(s.ctx, "", func(e outside.MailEntry) error { got[e.To]++; return nil }))
	for box, n := range got {
		if n > s.mails[box] {
			out = append(out, fmt.Sprintf("a surprise in a letter box: %d mails instead of %d", n, s.mails[box]))
		}
	}
	return out
}

// whose says in words to whom a number of the fictional town belongs.
func (s *story) whose(number string) string {
	out := ""
	for _, m := range s.town.Town.Members {
		for _, c := range m.Contacts {
			if c.Address == number {
				out += fmt.Sprintf("%s %+v away %t wishes %v; ", s.town.Town.Networks[m.Network].Name, m.Contacts, m.Away, m.Choices.Per)
			}
		}
	}
	return out
}

func (s *story) noContradiction() {
	s.Helper()
	here, err := app.Ledger(s.ctx, s.app.DB, s.town.Zone.ID, s.alerts, s.town.Addresses, town.PoliceMail)
	s.must(err)
	there, err := app.Received(s.ctx, s.out.Client)
	s.must(err)
	if d := app.Compare(here, there); !d.Empty() {
		s.Errorf("store and outside world contradict each other: %d only in the store, %d only outside", len(d.OnlyHere), len(d.OnlyThere))
	}
}

// arrived gives the texts on every telephone, oldest first.
func (s *story) arrived() map[string][]string {
	s.Helper()
	phones, err := s.out.Phones(s.ctx)
	s.must(err)
	out := map[string][]string{}
	for _, p := range phones {
		for _, b := range p.Bubbles {
			if b.In {
				out[p.Number] = append(out[p.Number], b.Text)
			}
		}
	}
	return out
}

func (s *story) view(alert buurtbel.ID) *alerting.View {
	s.Helper()
	v, err := s.app.Desk.Show(s.ctx, s.officer, s.town.Zone.ID, alert)
	s.must(err)
	return v
}

// faults keeps what the program logs as an error.
type faults struct {
	mu    sync.Mutex
	lines []string
}

func (f *faults) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }

func (f *faults) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool { line += " " + a.String(); return true })
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lines = append(f.lines, line)
	return nil
}

func (f *faults) WithAttrs([]slog.Attr) slog.Handler { return f }
func (f *faults) WithGroup(string) slog.Handler      { return f }

func (f *faults) taken() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.lines)
}
