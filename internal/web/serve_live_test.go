package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// events follows the stream of an alert and gives every event as name and data, until the stream ends.
func (b *browser) events(alert buurtbel.ID) (<-chan [2]string, context.CancelFunc) {
	b.Helper()
	ctx, stop := context.WithCancel(b.Context())
	b.Cleanup(stop)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.server.URL+"/alerts/"+alert.String()+"/events", nil)
	if err != nil {
		b.Fatal(err)
	}
	stream := *b.client
	stream.Timeout = 0
	res, err := stream.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		b.Fatalf("events: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	out := make(chan [2]string, 100)
	go func() {
		defer close(out)
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, 1<<20)
		name := ""
		for lines.Scan() {
			if n, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = n
			}
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				out <- [2]string{name, data}
			}
		}
	}()
	return out, stop
}

// await reads events until one holds words; it gives false when the stream ends first.
func await(t *testing.T, events <-chan [2]string, name, words string) bool {
	t.Helper()
	limit := time.After(40 * time.Second)
	for {
		select {
		case e, open := <-events:
			if !open {
				return false
			}
			if e[0] == name && strings.Contains(e[1], words) {
				return true
			}
		case <-limit:
			t.Fatalf("no event %s with %q in 15 seconds", name, words)
		}
	}
}

func TestLivePageMoves(t *testing.T) {
	s := found(t)
	s.mail.down = true // the stream ends with the alert: something stays open for as long as this looks
	s.own = s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.kerkveld)
	b := s.as(s.people[buurtbel.RoleDispatcher])
	page := b.get("/alerts/" + s.own.String())
	for _, want := range []string{`id="counts"`, `id="plot"`, `id="gaps"`, `id="back"`, `id="channels"`, `data-opens="stop"`, `aria-keyshortcuts="F10"`, `http-equiv="refresh" content="5"`, `name="correction-nl"`, `name="seen" value="1"`} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	events, _ := b.events(s.own)
	if !await(t, events, "part", `"id":"counts"`) {
		t.Fatal("the stream ended")
	}
	text := s.text(s.members[0], "Er loopt iemand weg, een inbreker <b>")
	if !await(t, events, "part", "een inbreker") {
		t.Fatal("the text that came back is not in the stream")
	}
	page = b.get("/alerts/" + s.own.String())
	if !strings.Contains(page.body, "Lijkt dringend") || !strings.Contains(page.body, "Kerkstraat</span>") || strings.Contains(page.body, "inbreker <b>") || strings.Contains(page.body, "Nummer0") {
		t.Error("the text on the page: flagged, with its street, escaped, without a name")
	}
	settle := "/alerts/" + s.own.String() + "/texts/" + text.String()
	for range 2 {
		if got := b.post(settle, nil); got.code != http.StatusSeeOther {
			t.Errorf("settle: %d", got.code)
		}
	}
	if page := b.get("/alerts/" + s.own.String()); strings.Contains(page.body, settle) {
		t.Error("a settled text can be settled")
	}
}

// text stores a text that came back from a member to the own alert.
func (s *site) text(member buurtbel.ID, body string) buurtbel.ID {
	in := &store.Inbound{ID: s.db.NewID(), Carrier: "sms", Channel: buurtbel.SMS, From: numberOf(0), To: "8800", Body: body}
	s.write(0, func(tx *store.Tx) error {
		if _, err := tx.InsertInbound(in); err != nil {
			return err
		}
		in.Zone, in.Alert, in.Meaning, in.Member = s.zone, s.own, buurtbel.AnswerOther, member
		_, err := tx.SettleInbound(in)
		return err
	})
	return in.ID
}

func TestStopAndCorrect(t *testing.T) {
	s := found(t)
	s.mail.down = true // something of the alert stays open until it is stopped, however slow this machine is
	s.own = s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.kerkveld)
	s.until("six texts", func() bool { s.sms.mu.Lock(); defer s.sms.mu.Unlock(); return len(s.sms.took) == 6 })
	b := s.as(s.people[buurtbel.RoleDispatcher])
	at := "/alerts/" + s.own.String()
	wrong := url.Values{"correction-nl": {"De auto met 1-ABC-123 is gevonden."}, "seen": {"1"}}
	if got := b.post(at+"/stop", wrong); got.code != http.StatusUnprocessableEntity || !strings.Contains(got.body, "De auto met 1-ABC-123 is gevonden.") || !strings.Contains(got.body, `data-opened="stop"`) {
		t.Errorf("a correction with a plate: %d", got.code)
	}
	if state := s.stateOf(s.own); state != buurtbel.AlertStopped {
		t.Errorf("a wrong correction held the stop back: %s", state)
	}
	right := url.Values{"correction-nl": {"Ons vorige bericht klopt niet."}, "seen": {"1"}}
	for range 2 { // the second is a double click: the page it came from did not know of the first
		if got := b.post(at+"/stop", right); got.code != http.StatusSeeOther {
			t.Errorf("stop: %d", got.code)
		}
	}
	s.until("the correction", func() bool { _, ok := s.sms.last(numberOf(5), "klopt niet"); return ok })
	if n := s.messages(s.own); n != 2 {
		t.Errorf("%d messages: one alert and one correction expected", n)
	}
}

func TestTellAndWhoWasFirst(t *testing.T) {
	s := found(t)
	s.own = s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.kerkveld)
	at := "/alerts/" + s.own.String() + "/tell"
	first, second := s.as(s.people[buurtbel.RoleDispatcher]), s.as(s.colleague)
	if got := first.post(at, url.Values{"kind": {"update"}, "update-nl": {"De politie is ter plaatse."}, "seen": {"1"}}); got.code != http.StatusSeeOther {
		t.Fatalf("update: %d", got.code)
	}
	got := second.post(at, url.Values{"kind": {"all-clear"}, "all-clear-nl": {"Het gevaar is voorbij."}, "seen": {"1"}})
	if got.code != http.StatusConflict || !strings.Contains(got.body, "Het gevaar is voorbij.") || !strings.Contains(got.body, `data-opened="all-clear"`) || !strings.Contains(got.body, "ter plaatse") {
		t.Errorf("a colleague was first: %d", got.code)
	}
	if got := second.post(at, url.Values{"kind": {"feedback"}, "feedback-nl": {"x"}, "seen": {"2"}}); got.code != http.StatusUnprocessableEntity {
		t.Errorf("another kind: %d", got.code)
	}
	if got := second.post(at, url.Values{"kind": {"all-clear"}, "all-clear-nl": {"Het gevaar is voorbij."}, "seen": {"2"}}); got.code != http.StatusSeeOther {
		t.Errorf("all clear: %d", got.code)
	}
}

func (s *site) stateOf(alert buurtbel.ID) buurtbel.AlertState {
	var a *buurtbel.Alert
	s.read(s.zone, func(tx *store.Tx) (err error) {
		a, err = tx.Alert(alert)
		return err
	})
	return a.State
}

func (s *site) messages(alert buurtbel.ID) int {
	n := 0
	s.read(s.zone, func(tx *store.Tx) error {
		list, err := tx.MessagesOf(alert)
		n = len(list)
		return err
	})
	return n
}

func TestCarrierDownIsSaid(t *testing.T) {
	s := found(t)
	s.sms.mu.Lock()
	s.sms.down = true
	s.sms.mu.Unlock()
	s.mail.mu.Lock()
	s.mail.down = true
	s.mail.mu.Unlock()
	b := s.as(s.people[buurtbel.RoleDispatcher])
	got := b.post("/dispatch", s.launchForm())
	if got.code != http.StatusSeeOther {
		t.Fatalf("launch: %d", got.code)
	}
	s.until("the page says it", func() bool {
		page := b.get(got.header.Get("Location"))
		return strings.Contains(page.body, "Toestel niet bereikbaar") && strings.Contains(page.body, "Kerkstraat</td>") && strings.Contains(page.body, "opnieuw vandaag")
	})
	if page := b.get(got.header.Get("Location")); strings.Contains(page.body, "slapen") {
		t.Error("who is tried again is said to sleep")
	}
}

func TestRule14_NamesAskAReasonAndAreJournalled(t *testing.T) {
	s := found(t)
	s.sms.down, s.mail.down = true, true
	s.own = s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.kerkveld)
	at := "/alerts/" + s.own.String() + "/names"
	s.until("something went wrong", func() bool {
		found := false
		s.read(s.zone, func(tx *store.Tx) error {
			messages, err := tx.MessagesOf(s.own)
			if err != nil {
				return err
			}
			missed, err := tx.Missed(messages[0].ID, 10)
			found = len(missed) == 6
			return err
		})
		return found
	})
	for _, role := range []buurtbel.Role{buurtbel.RoleOfficer, buurtbel.RoleCoordinator} {
		b := s.as(s.people[role])
		if page := b.get(at); page.code != http.StatusOK || strings.Contains(page.body, "Nummer3") {
			t.Errorf("%s: the question shows names, or not at all: %d", role, page.code)
		}
		if got := b.post(at, url.Values{"reason": {" . "}}); got.code != http.StatusUnprocessableEntity || strings.Contains(got.body, "Nummer3") {
			t.Errorf("%s without a reason: %d", role, got.code)
		}
		if looks := s.looks(); len(looks) != 0 && role == buurtbel.RoleOfficer {
			t.Errorf("a look without names is journalled: %v", looks)
		}
		if got := b.post(at, url.Values{"reason": {"de ploeg belt aan"}}); got.code != http.StatusOK || !strings.Contains(got.body, "Lid Nummer3") || !strings.Contains(got.body, "Bericht naar de gsm") {
			t.Errorf("%s with a reason: %d", role, got.code)
		}
	}
	looks := s.looks()
	if len(looks) != 2 || looks[0].Role != buurtbel.RoleOfficer || looks[1].Role != buurtbel.RoleCoordinator || looks[0].Purpose != "de ploeg belt aan" || len(looks[0].Members) != 6 || looks[0].Subject != s.own {
		t.Errorf("looks in the journal: %+v", looks)
	}
}

// looks reads the looks in the chain of the zone. None may hold a name.
func (s *site) looks() []store.Look {
	var out []store.Look
	s.read(s.zone, func(tx *store.Tx) error {
		entries, err := tx.JournalOf(s.zone)
		for _, e := range entries {
			if e.Kind != buurtbel.EntryLook {
				continue
			}
			var l store.Look
			if err := json.Unmarshal(e.Content, &l); err != nil {
				return err
			}
			if strings.Contains(string(e.Content), "Nummer") {
				s.Errorf("a name in the journal: %s", e.Content)
			}
			out = append(out, l)
		}
		return err
	})
	return out
}

func TestRule14_NoNamesOfAnotherNetwork(t *testing.T) {
	s := found(t)
	coordinator := s.actor(s.people[buurtbel.RoleCoordinator])
	err := s.db.Write(t.Context(), buurtbel.Scope{Zone: s.zone}, func(tx *store.Tx) error {
		_, err := tx.OpenNames(coordinator, buurtbel.RoleCoordinator, "nieuwsgierig", 0, []buurtbel.ID{s.members[0], s.members[8]})
		return err
	})
	if buurtbel.KindOf(err) != buurtbel.Forbidden {
		t.Errorf("one member of another network: %v", err)
	}
	if looks := s.looks(); len(looks) != 0 {
		t.Errorf("a refused look is journalled as done: %v", looks)
	}
}

func TestRule4_FewHomesAreNotNamed(t *testing.T) {
	s := found(t)
	quiet := s.membersAt("Stille Dreef", 2)
	s.own = s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.kerkveld)
	s.text(quiet[0], "Ik kijk mee")
	page := s.as(s.people[buurtbel.RoleDispatcher]).get("/alerts/" + s.own.String())
	if strings.Contains(page.body, "Stille Dreef") || !strings.Contains(page.body, "Ik kijk mee") {
		t.Error("a street with two homes is named as origin")
	}
}

func TestWatchReadsOncePerAlert(t *testing.T) {
	var w watches
	reads := make(chan struct{}, 10)
	var n atomic.Int32
	read := func(context.Context) (*liveFacts, error) {
		state := buurtbel.AlertRunning
		if n.Add(1) == 3 {
			state = buurtbel.AlertFinished
		}
		reads <- struct{}{}
		return &liveFacts{alert: &buurtbel.Alert{State: state}}, nil
	}
	first, leave := w.join(1, time.Now, read)
	<-reads
	second, leaveSecond := w.join(1, time.Now, read)
	defer leave()
	defer leaveSecond()
	for range 2 {
		<-reads
	}
	for _, c := range []<-chan *liveFacts{first, second} {
		var last *liveFacts
		for f := range c { // closed when the alert is over
			last = f
		}
		if last == nil || !last.over() {
			t.Error("a viewer did not see the end")
		}
	}
	if got := n.Load(); got != 3 {
		t.Errorf("%d readings for two viewers, 3 expected", got)
	}
	w.mu.Lock() // the channels are closed a moment before the watch is forgotten
	defer w.mu.Unlock()
	if len(w.all) != 0 {
		t.Errorf("%d watches go on", len(w.all))
	}
}

func TestWatchEndsWithItsViewers(t *testing.T) {
	var w watches
	ended := make(chan struct{})
	failing := func(ctx context.Context) (*liveFacts, error) {
		context.AfterFunc(ctx, func() { close(ended) })
		return nil, errors.New("the store is away")
	}
	_, leave := w.join(1, time.Now, failing)
	leave()
	select {
	case <-ended:
	case <-time.After(40 * time.Second):
		t.Error("nobody watches and the store is still read")
	}
}

func TestStreamEndsWithTheServerAndTheSession(t *testing.T) {
	s := found(t)
	s.own = s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.kerkveld)
	web := New(Options{DB: s.db, Desk: s.desk, Entry: s.gate, MaxBody: 1 << 10})
	facts, leave := web.live.join(s.own, time.Now, func(ctx context.Context) (*liveFacts, error) { return web.readLive(ctx, s.zone, s.own) })
	defer leave()
	if f, open := <-facts; !open || f.alert.ID != s.own {
		t.Fatal("no facts")
	}
	web.Close()
	for range facts { // what was read before may still come
	}
	if again, _ := web.live.join(s.own, nil, nil); again != nil {
		if _, open := <-again; open {
			t.Error("a server that ends began another stream")
		}
	}
}
