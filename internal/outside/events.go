package outside

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const framePause = 120 * time.Millisecond // between two events: what arrives meanwhile goes together

// events brings changes to every open page.
type events struct {
	wake chan struct{}

	mu   sync.Mutex
	open map[chan []byte]struct{}
}

func newEvents() *events {
	return &events{wake: make(chan struct{}, 1), open: map[chan []byte]struct{}{}}
}

// stir says that something changed.
func (e *events) stir() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

func (e *events) enter() chan []byte {
	c := make(chan []byte, 64)
	e.mu.Lock()
	e.open[c] = struct{}{}
	e.mu.Unlock()
	return c
}

func (e *events) leave(c chan []byte) {
	e.mu.Lock()
	delete(e.open, c)
	e.mu.Unlock()
}

// send gives the frame to every page; one that is too slow is dropped, and begins anew by itself.
func (e *events) send(frame []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for c := range e.open {
		select {
		case c <- frame:
		default:
			delete(e.open, c)
			close(c)
		}
	}
}

// change is one event for the page.
type change struct {
	Phones  []Phone  `json:"phones"`
	Texts   int      `json:"texts"` // arrived since the last reset
	Letters []Letter `json:"letters"`
	First   int      `json:"first_letter"` // earlier ones are gone
	Mails   int      `json:"mails"`
}

// broadcast sends what changed, at most once per framePause.
func (w *World) broadcast(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.events.wake:
		}
		var c change
		c.Phones, c.Texts = w.phones.take()
		c.Letters, c.First, c.Mails = w.boxes.take()
		if b, err := json.Marshal(c); err == nil { // plain values: always
			w.events.send(b)
		}
		pause.Reset(framePause)
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
	}
}

// serveEvents is GET /events (server-sent events, HTML standard section 9.2).
func (w *World) serveEvents(rw http.ResponseWriter, r *http.Request) {
	c := w.events.enter()
	defer w.events.leave(c)
	rw.Header().Set("Content-Type", "text/event-stream")
	rw.Header().Set("Cache-Control", "no-store")
	w.events.stir() // the counts come at once
	out := http.NewResponseController(rw)
	fmt.Fprint(rw, "retry: 1000\nevent: hello\ndata: {}\n\n")
	for {
		if out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case b, ok := <-c:
			if !ok {
				return
			}
			if _, err := fmt.Fprintf(rw, "data: %s\n\n", b); err != nil {
				return
			}
		}
	}
}
