package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/asking"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/delivery"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/holiday"
	"github.com/buurtbel/buurtbel/internal/informing"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/relaying"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
	"github.com/buurtbel/buurtbel/internal/token"
)

// hostile is typed into every field that takes text: nothing of it may become part of a page's own structure.
const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`

// carrier takes every message and keeps what it took.
type carrier struct {
	mu   sync.Mutex
	took []channel.Message
	down bool // refuses everything for now
}

func (c *carrier) Send(_ context.Context, m *channel.Message, settle func(channel.Result)) {
	c.mu.Lock()
	down := c.down
	if !down {
		c.took = append(c.took, *m)
	}
	c.mu.Unlock()
	if down {
		settle(channel.Result{Failure: &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true}})
		return
	}
	settle(channel.Result{Refs: []string{"r" + m.Delivery.String()}, Parts: 1})
}
func (c *carrier) Window() int { return 10 }
func (c *carrier) Up() bool    { return true }

// last gives the newest message to an address whose text or mail holds words.
func (c *carrier) last(to, words string) (channel.Message, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.took) - 1; i >= 0; i-- {
		if m := c.took[i]; m.To == to && strings.Contains(m.Content.Text+m.Content.Subject, words) {
			return m, true
		}
	}
	return channel.Message{}, false
}

// site is two police zones with their people, served over real sockets.
type site struct {
	*testing.T
	db        *store.DB
	desk      *alerting.Desk
	hall      *joining.Hall
	gate      *entering.Gate
	drills    *governing.Drills
	bulletins *relaying.Bulletins
	server    *httptest.Server
	sms, mail *carrier

	zone, other    buurtbel.ID // the second zone exists to be foreign
	kerkveld, wide buurtbel.ID // networks: six members; ten members, more than may be alerted without a second person
	foreignNetwork buurtbel.ID
	breach         buurtbel.ID // in the register of the zone; foreignBreach in the other's
	foreignBreach  buurtbel.ID
	own, foreign   buurtbel.ID // alerts
	waiting        buurtbel.ID // an alert that waits for a second person
	people         map[buurtbel.Role]buurtbel.ID
	drill          [3]buurtbel.ID // proposed exercises: of kerkveld, wide, and the foreign network
	colleague      buurtbel.ID    // another dispatcher
	foreignOfficer buurtbel.ID
	deputyMandate  buurtbel.ID
	foreignMandate buurtbel.ID
	members        []buurtbel.ID
	spread         []buurtbel.ID // bulletins: offered to kerkveld, to wide, abroad, and the officer's draft
	met            []buurtbel.ID // meetings: of kerkveld, wide, and the foreign network
	replied        []buurtbel.ID // what members wrote: of kerkveld, to nobody else; of wide, urgent; of the foreign network
	brought        []buurtbel.ID // lists of members: by the officer for kerkveld, and abroad
	items          []buurtbel.ID // items of the weekday news: of the zone, and abroad
	later          *atomic.Int64 // how far the house's clock is ahead, in nanoseconds
	log            *slog.Logger
	folder         string // of the database
	providers      []entering.Provider
	groups         []entering.Group
	carriers       *atomic.Pointer[[]delivery.Health] // nil: nothing is said of them
	calls          bool                               // who joins can be called with a code

	application, wideApplication, foreignApplication buurtbel.ID // each waits for a decision, with nothing proved
}

func (s *site) health() []delivery.Health {
	if list := s.carriers.Load(); list != nil {
		return *list
	}
	return nil
}

// callers are what telephones show: a number for calls, one for texts, and a trunk with a number of its own.
var callers = []buurtbel.Caller{{Shown: "+3220000111", Calls: true}, {Shown: "8850", Texts: true}, {Shown: "+3220000222", Calls: true, Own: true}}

func found(t *testing.T, change ...func(*site)) *site {
	t.Helper()
	return foundOn(t, store.SQLite, change...)
}

func foundOn(t *testing.T, engine store.Engine, change ...func(*site)) *site {
	t.Helper()
	later, c := new(atomic.Int64), storetest.Config(t, engine)
	db := storetest.OpenWith(t, c, storetest.Ring(t), func() time.Time { return time.Now().Add(time.Duration(later.Load())) })
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	s := &site{T: t, db: db, sms: &carrier{}, mail: &carrier{}, zone: db.NewID(), other: db.NewID(), kerkveld: db.NewID(), wide: db.NewID(), foreignNetwork: db.NewID(),
		people: map[buurtbel.Role]buurtbel.ID{}, carriers: new(atomic.Pointer[[]delivery.Health]), later: later, log: quiet, folder: c.Data}
	for _, f := range change {
		f(s)
	}
	quiet = s.log
	s.town()
	s.desk = alerting.New(db, alerting.Options{Channels: []buurtbel.Channel{buurtbel.SMS, buurtbel.Email}, Carrier: alerting.Carrier{Price: 550, Answer: true},
		Calendar: func(z *buurtbel.Zone) (buurtbel.Calendar, error) { return holiday.For(z.Country) }, Within: s.within, Link: "https://alarm.example.org", Logger: quiet})
	s.drills = governing.NewDrills(db, governing.DrillOptions{Channels: []buurtbel.Channel{buurtbel.SMS, buurtbel.Email}, Part: 550, Answer: true, Link: "https://alarm.example.org",
		Calendar: func(z *buurtbel.Zone) (buurtbel.Calendar, error) { return holiday.For(z.Country) }})
	s.gate = entering.New(db, entering.Options{Link: "https://alarm.example.org", Logger: quiet, Providers: s.providers, Groups: s.groups})
	s.bulletins = relaying.NewBulletins(db, relaying.BulletinOptions{Link: "https://alarm.example.org"})
	ways := []buurtbel.Channel{buurtbel.SMS, buurtbel.Email}
	if s.calls {
		ways = append(ways, buurtbel.Voice)
	}
	s.hall = joining.NewHall(db, joining.Options{Link: "https://alarm.example.org", Channels: ways, Logger: quiet})
	s.server = httptest.NewServer(New(Options{
		DB: db, Desk: s.desk, Entry: s.gate, Drills: s.drills, Hall: s.hall, Bulletins: s.bulletins, Post: relaying.NewPostroom(db, relaying.Options{Link: "https://alarm.example.org"}),
		Logger: quiet, MaxBody: 64 << 10, Link: "https://alarm.example.org",
		Say: sound, PushKey: pushKey, Health: s.health, Callers: callers,
		News: informing.New(db, informing.Options{Calendar: func(z *buurtbel.Zone) (buurtbel.Calendar, error) { return holiday.For(z.Country) }, Link: "https://alarm.example.org"}),
		Ask:  asking.New(db, asking.Options{Link: "https://alarm.example.org"}), Find: s.find, Areas: s.areas,
	}).Handler())
	t.Cleanup(s.server.Close)
	s.run(quiet)
	return s
}

// sound stands for speech: the words that would be spoken.
func sound(_ context.Context, z *buurtbel.Zone, spoken []buurtbel.Spoken, exercise bool) ([]byte, error) {
	out := []byte("RIFF " + z.Name)
	for _, s := range spoken {
		out = fmt.Appendf(out, " %s: %s %s", s.Language, s.Intro, s.Text)
	}
	return fmt.Appendf(out, " exercise %t", exercise), nil
}

// within gives the members of a zone in an area, straight from the store.
func (s *site) within(ctx context.Context, zone buurtbel.ID, area buurtbel.Area) (out []buurtbel.ID, err error) {
	err = s.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		return tx.EachPlace(nil, func(m store.MemberPlace) {
			if m.Zone == zone && m.In && area.Contains(m.Place) {
				out = append(out, m.Member)
			}
		})
	})
	return out, err
}

// run starts the loops as the program does.
func (s *site) run(log *slog.Logger) {
	d, err := delivery.New(s.db, delivery.Options{Lanes: []delivery.Lane{{Channel: buurtbel.SMS, Carrier: "sms", Sender: s.sms},
		{Channel: buurtbel.Email, Carrier: "mail", Sender: s.mail}}, Link: s.desk.LinkTo, Stop: s.hall.StopLink, Logger: log})
	if err != nil {
		s.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var loops sync.WaitGroup
	loops.Go(func() {
		if err := d.Run(ctx); err != nil {
			s.Errorf("dispatcher: %v", err)
		}
	})
	loops.Go(func() { s.desk.Expand(ctx) })
	loops.Go(func() { s.gate.Run(ctx) })
	s.Cleanup(func() {
		stop()
		loops.Wait()
	})
}

func (s *site) town() {
	old := &buurtbel.Dated{Since: time.Now().AddDate(-2, 0, 0), Document: "charter.pdf"}
	limits := buurtbel.Limits{SquareKM: 25, Members: 8, Wait: 300, Part: 550}
	plan := buurtbel.Plan{Version: 1, Rules: []buurtbel.PlanRule{{Fact: "burglary-in-progress", Urgency: buurtbel.Life, Day: 3, Night: 3}}}
	for _, z := range []*buurtbel.Zone{{ID: s.zone, Name: "Politiezone Vlierbeek " + hostile, Limits: limits}, {ID: s.other, Name: "Politiezone Elders", Limits: limits}} {
		z.Country, z.TimeZone, z.Plan, z.Night = "BE", "Europe/Brussels", plan, buurtbel.DefaultNight
		s.write(z.ID, func(tx *store.Tx) error { return tx.PutZone(z) })
	}
	put := func(zone buurtbel.ID, n *buurtbel.Network) {
		n.Kind, n.Charter, n.Recognised, n.Regime = buurtbel.Residents, old, old, buurtbel.Regime{buurtbel.Dutch}
		s.write(zone, func(tx *store.Tx) error { return tx.PutNetwork(n) })
	}
	put(s.zone, &buurtbel.Network{ID: s.kerkveld, Name: "BIN Kerkveld " + hostile})
	put(s.zone, &buurtbel.Network{ID: s.wide, Name: "BIN Weideveld"})
	put(s.other, &buurtbel.Network{ID: s.foreignNetwork, Name: "BIN Elders"})
	s.membersOf(s.zone, s.kerkveld, 0, 6)
	s.membersOf(s.zone, s.wide, 6, 10)
	s.membersOf(s.other, s.foreignNetwork, 16, 3)
	s.officials()
	s.proposals()
}

func (s *site) membersOf(zone, network buurtbel.ID, from, n int) {
	var list []store.NewMember
	for i := from; i < from+n; i++ {
		m := store.NewMember{Member: buurtbel.Member{ID: s.db.NewID(), Network: network, Language: buurtbel.Dutch}, Name: store.Name{Given: "Lid", Family: fmt.Sprint("Nummer", i)},
			Home: store.Home{Street: "Kerkstraat", Number: fmt.Sprint(i + 1), PostalCode: "9999", Municipality: "Vlierbeek"},
			Contacts: []store.NewContact{{ID: s.db.NewID(), Kind: buurtbel.Mobile, Address: numberOf(i), Verified: true},
				{ID: s.db.NewID(), Kind: buurtbel.Mailbox, Rank: 1, Address: mailboxOf(i), Verified: true}}}
		list = append(list, m)
		s.members = append(s.members, m.ID)
	}
	s.write(zone, func(tx *store.Tx) error { return tx.InsertMembers(list) })
}

func numberOf(i int) string  { return fmt.Sprintf("+324550%05d", i) }
func mailboxOf(i int) string { return fmt.Sprintf("person%d@example.org", i) }

// proposals puts a proposed exercise into each network.
func (s *site) proposals() {
	day := buurtbel.DayOf(s.db.Now()) + 40
	for i, n := range []struct{ zone, network buurtbel.ID }{{s.zone, s.kerkveld}, {s.zone, s.wide}, {s.other, s.foreignNetwork}} {
		s.drill[i] = s.db.NewID()
		e := &buurtbel.Exercise{ID: s.drill[i], Network: n.network, State: buurtbel.ExerciseProposed, Day: day, Since: s.db.Now(), Cost: buurtbel.ExerciseCost{People: 6, Texts: 12, Amount: 6600, AtMost: 6600}}
		s.write(n.zone, func(tx *store.Tx) error { return tx.InsertExercise(e) })
	}
}

func (s *site) officials() {
	for i, role := range []buurtbel.Role{buurtbel.RoleDispatcher, buurtbel.RoleOfficer, buurtbel.RoleChief, buurtbel.RoleMayor, buurtbel.RoleAuditor, buurtbel.RoleAdministrator} {
		s.people[role] = s.official(s.zone, role, "Ann "+string(role)+hostile, 80+i)
	}
	s.colleague = s.official(s.zone, buurtbel.RoleDispatcher, "Bart Maes", 90)
	s.foreignOfficer = s.official(s.other, buurtbel.RoleOfficer, "Els Engels", 91)
	for i, role := range []buurtbel.Role{buurtbel.RoleCoordinator, buurtbel.RoleDeputy} {
		s.people[role] = s.members[i]
		m := s.mandate(s.members[i], role, s.zone, s.kerkveld)
		s.deputyMandate = m.ID
		s.write(s.zone, func(tx *store.Tx) error { return tx.InsertMandate(m) })
	}
	s.people[buurtbel.RoleMember] = s.members[2]
}

func (s *site) mandate(holder buurtbel.ID, role buurtbel.Role, zone, network buurtbel.ID) buurtbel.Mandate {
	return buurtbel.Mandate{ID: s.db.NewID(), Holder: holder, Role: role, Zone: zone, Network: network, From: time.Now().AddDate(-1, 0, 0)}
}

func (s *site) official(zone buurtbel.ID, role buurtbel.Role, name string, i int) buurtbel.ID {
	o := &store.NewOfficial{ID: s.db.NewID(), Name: name, Office: "police", Language: buurtbel.Dutch, OnCall: true,
		Contacts: []store.NewContact{{ID: s.db.NewID(), Kind: buurtbel.Mailbox, Address: mailboxOf(i), Verified: true}}}
	if i < 0 {
		o.Contacts = nil
	}
	o.Mandates = []buurtbel.Mandate{s.mandate(o.ID, role, zone, 0)}
	if zone == s.other {
		s.foreignMandate = o.Mandates[0].ID
	}
	s.write(zone, func(tx *store.Tx) error { return tx.InsertOfficial(o) })
	return o.ID
}

func (s *site) write(zone buurtbel.ID, f func(*store.Tx) error) {
	s.Helper()
	if err := s.db.Write(s.Context(), buurtbel.Scope{Zone: zone}, f); err != nil {
		s.Fatal(err)
	}
}

func (s *site) read(zone buurtbel.ID, f func(*store.Tx) error) {
	s.Helper()
	if err := s.db.Read(s.Context(), buurtbel.Scope{Zone: zone}, f); err != nil {
		s.Fatal(err)
	}
}

func (s *site) actor(person buurtbel.ID) buurtbel.Actor {
	s.Helper()
	var a buurtbel.Actor
	s.read(0, func(tx *store.Tx) (err error) {
		a, err = tx.Actor(person)
		return err
	})
	return a
}

// launch sends an alert out by an officer of a zone.
func (s *site) launch(zone, officer, network buurtbel.ID) buurtbel.ID {
	s.Helper()
	d := &alerting.Draft{Key: s.db.NewID().String(), Fact: "burglary-in-progress", Priority: 1, Networks: []buurtbel.ID{network}, Valid: 2 * time.Hour, Unwise: "Dit moet nu weg " + hostile,
		Texts: map[buurtbel.Language]string{buurtbel.Dutch: "Er is nu een inbraak bezig in de Kerkstraat. Blijf binnen."}, Asked: buurtbel.Asked{CallSign: hostile, Incident: hostile}}
	l, err := s.desk.Launch(s.Context(), s.actor(officer), zone, d)
	if err != nil {
		s.Fatal(err)
	}
	return l.Alert
}

// alerts launches one alert in each zone, and one that waits.
func (s *site) alerts() {
	s.breach, s.foreignBreach = s.breachIn(s.zone), s.breachIn(s.other)
	s.own = s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.kerkveld)
	s.foreign = s.launch(s.other, s.foreignOfficer, s.foreignNetwork)
	s.waiting = s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.wide)
}

// secondLink makes the link that a second person gets.
func (s *site) secondLink(person, alert buurtbel.ID, lasts time.Duration) string {
	secret, hash := token.New()
	s.write(s.zone, func(tx *store.Tx) error {
		return tx.InsertOneUse(hash, store.OneUse{Purpose: string(token.Confirm), Subject: alert, Person: person, Expires: s.db.Now().Add(lasts)})
	})
	return secret
}

// browser is a visitor with cookies who follows no redirects.
type browser struct {
	*site
	client *http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.Fatal(err)
	}
	return &browser{s, &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// link makes a sign-in link for a person and gives its path.
func (s *site) link(person buurtbel.ID) string {
	s.Helper()
	address, err := s.gate.DirectLink(s.Context(), buurtbel.Actor{Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleSystem}}}, person)
	if err != nil {
		s.Fatal(err)
	}
	return strings.TrimPrefix(address, "https://alarm.example.org")
}

// as is a browser in which a person signed in by a link.
func (s *site) as(person buurtbel.ID) *browser {
	s.Helper()
	b := s.browser()
	if got := b.post(s.link(person), nil); got.code != http.StatusSeeOther {
		s.Fatalf("sign in: %d %s", got.code, got.body)
	}
	return b
}

// got is an answer.
type got struct {
	code   int
	body   string
	header http.Header
}

func (b *browser) do(method, path string, form url.Values, change func(*http.Request)) got {
	b.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(b.Context(), method, b.server.URL+path, body)
	if err != nil {
		b.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if change != nil {
		change(req)
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	if res.Header.Get("Content-Type") == "text/event-stream" {
		return got{res.StatusCode, "", res.Header} // it never ends by itself
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		b.Fatal(err)
	}
	return got{res.StatusCode, string(text), res.Header}
}

func (b *browser) get(path string) got { b.Helper(); return b.do(http.MethodGet, path, nil, nil) }
func (b *browser) post(path string, form url.Values) got {
	b.Helper()
	return b.do(http.MethodPost, path, form, nil)
}

// until waits for something that a loop brings about.
func (s *site) until(what string, ok func() bool) {
	s.Helper()
	tick, end := time.NewTicker(10*time.Millisecond), time.After(40*time.Second)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-end:
			s.Fatalf("waited in vain for: %s", what)
		}
	}
}

// pushKey is the base point of P-256: a public key whose private half is 1.
const pushKey = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"

const entryHour = time.Hour

func newToken() (secret string, hash []byte) { return token.New() }

// breachIn enters a breach in a zone's register.
func (s *site) breachIn(zone buurtbel.ID) buurtbel.ID {
	b := &store.Breach{ID: s.db.NewID(), Noticed: s.db.Now().Add(-time.Hour), BreachDetails: store.BreachDetails{What: "Een lijst bleef in de trein " + hostile}}
	s.write(zone, func(tx *store.Tx) error { return tx.InsertBreach(b) })
	return b.ID
}
