package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

const (
	watchEvery   = time.Second      // how often an alert that somebody watches is read
	beatEvery    = 5                // readings between signs of life to a viewer when nothing changed
	sessionEvery = 15               // readings between looks at whether the viewer's session still holds
	writeWait    = 10 * time.Second // how long one event may take to be written
)

// watches holds one watch per alert that somebody looks at, so that the store is read once a second per alert and not per viewer.
type watches struct {
	mu     sync.Mutex
	all    map[buurtbel.ID]*watch
	closed bool

	posting sync.Mutex // later messages of alerts are posted one after the other, so that a double click is one
}

// watch reads one alert as long as somebody watches it.
type watch struct {
	viewers map[chan *liveFacts]bool
	stop    context.CancelFunc
}

// join begins to watch an alert; facts come on the channel, the newest only, until leave is called. The channel is closed when the alert is
// over or the program ends. ids are unique in the installation, so an alert's id names the watch.
func (w *watches) join(alert buurtbel.ID, now func() time.Time, read func(context.Context) (*liveFacts, error)) (facts <-chan *liveFacts, leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	mine := make(chan *liveFacts, 1)
	if w.closed {
		close(mine)
		return mine, func() {}
	}
	a := w.all[alert]
	if a == nil {
		ctx, stop := context.WithCancel(context.Background())
		a = &watch{viewers: map[chan *liveFacts]bool{}, stop: stop}
		if w.all == nil {
			w.all = map[buurtbel.ID]*watch{}
		}
		w.all[alert] = a
		go w.follow(ctx, alert, a, now, read)
	}
	a.viewers[mine] = true
	return mine, func() { w.leave(alert, a, mine) }
}

func (w *watches) leave(alert buurtbel.ID, a *watch, mine chan *liveFacts) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(a.viewers, mine)
	if len(a.viewers) == 0 && w.all[alert] == a {
		a.stop()
		delete(w.all, alert)
	}
}

// follow reads the alert at once and then every second. A reading that fails is left out: the next comes soon, and the page says how old it is.
func (w *watches) follow(ctx context.Context, alert buurtbel.ID, a *watch, now func() time.Time, read func(context.Context) (*liveFacts, error)) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		begun := now()
		facts, err := read(ctx)
		if err == nil {
			w.tell(a, facts)
			if facts.over() {
				w.end(alert, a)
				return
			}
		}
		if took := now().Sub(begun); took > watchEvery/4 { // a large alert is read less often: at most a fifth of the time
			tick.Reset(4 * took)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tell gives every viewer the newest facts; who has not taken the last gets this one instead.
func (w *watches) tell(a *watch, facts *liveFacts) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range a.viewers {
		select {
		case <-c:
		default:
		}
		c <- facts
	}
}

func (w *watches) end(alert buurtbel.ID, a *watch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a.stop()
	for c := range a.viewers {
		close(c)
	}
	a.viewers = map[chan *liveFacts]bool{}
	if w.all[alert] == a {
		delete(w.all, alert)
	}
}

// Close ends every stream: browsers come back by themselves when the program does. A server that shuts down calls it first.
func (s *Server) Close() {
	s.live.mu.Lock()
	s.live.closed = true
	open := map[buurtbel.ID]*watch{}
	for alert, a := range s.live.all {
		open[alert] = a
	}
	s.live.mu.Unlock()
	for alert, a := range open {
		s.live.end(alert, a)
	}
}

// events streams the parts of the live page as they change (HTML, Server-sent events).
func (v *visit) events() error {
	alert, err := v.seeAlert()
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // a proxy that gathers would make a live page late
	facts, leave := v.s.live.join(alert, v.s.o.DB.Now, func(ctx context.Context) (*liveFacts, error) { return v.s.readLive(ctx, v.zone, alert) })
	defer leave()
	e := &eventStream{v: v, control: http.NewResponseController(v.w), sent: map[string]string{}}
	if err := e.write("retry: 2000\n\n"); err != nil {
		return nil // the browser went away: no event for us
	}
	v.stream(e, facts)
	return nil
}

func (v *visit) stream(e *eventStream, facts <-chan *liveFacts) {
	for n := 1; ; n++ {
		var now *liveFacts
		var open bool
		select {
		case <-v.r.Context().Done():
			return
		case now, open = <-facts:
		}
		if !open || n%sessionEvery == 0 && !v.stillIn() {
			return
		}
		if err := e.parts(now, n); err != nil {
			return
		}
	}
}

// stillIn tells whether the viewer's session still holds: handing over the PC ends the stream too. It is no sign that somebody works there.
func (v *visit) stillIn() bool {
	err := v.s.o.DB.Read(v.r.Context(), buurtbel.Scope{}, func(tx *store.Tx) error {
		_, err := tx.Session(token.Hash(v.cookie(cookieSession)))
		return err
	})
	return err == nil
}

// eventStream writes the events of one viewer.
type eventStream struct {
	v       *visit
	control *http.ResponseController
	sent    map[string]string // part by id, as the viewer has it
}

// parts sends those parts that changed, what is read out, and the end.
func (e *eventStream) parts(f *liveFacts, n int) error {
	view := e.v.liveView(f)
	parts := []struct {
		id   string
		part Part
	}{{"counts", view.Counts}, {"plot", view.Plot}, {"gaps", view.Gaps}, {"back", view.Back}, {"channels", view.Channels}, {"follows", view.Follows}, {"waiting", view.Waiting}}
	for _, p := range parts {
		var b bytes.Buffer
		if err := Fragment(&b, e.v.lang, p.part); err != nil {
			return err
		}
		if err := e.send(p.id, b.String()); err != nil {
			return err
		}
	}
	words := [][2]string{{"elapsed", view.Elapsed}, {"stop-means", e.v.t("screen.live.stop-means", "Count", view.StopTo)}, {"stop-do", e.v.t("screen.live.stop-do", "Count", view.StopTo)}}
	for _, t := range view.Tells {
		words = append(words, [2]string{t.Kind + "-do", t.Do})
	}
	for _, w := range words {
		if err := e.send(w[0], template.HTMLEscapeString(w[1])); err != nil {
			return err
		}
	}
	if e.sent["stage"] != "" && e.sent["stage"] != f.stage() { // waiting, on its way, over: the page is built anew
		return e.event("over", "")
	}
	e.sent["stage"] = f.stage()
	if n%beatEvery == 1 {
		c := view.Counts
		return e.event("say", e.v.t("screen.live.say", "HandedOver", c.HandedOver, "Total", c.Recipients, "NotReached", c.NotReached))
	}
	return nil
}

func (e *eventStream) send(id, html string) error {
	if e.sent[id] == html {
		return nil
	}
	e.sent[id] = html
	return e.event("part", map[string]string{"id": id, "html": html})
}

func (e *eventStream) event(name string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return e.write(fmt.Sprintf("event: %s\ndata: %s\n\n", name, b))
}

func (e *eventStream) write(s string) error {
	// A server without deadlines says that it has none; then there is nothing to move.
	if err := e.control.SetWriteDeadline(time.Now().Add(writeWait)); err != nil && !isUnsupported(err) {
		return err
	}
	if _, err := e.v.w.Write([]byte(s)); err != nil {
		return err
	}
	return e.control.Flush()
}
