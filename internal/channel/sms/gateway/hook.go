package gateway

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel"
)

// Root is what the addresses begin with at which providers bring receipts and texts.
const Root = "/carriers/"

const (
	maxIncoming = 1 << 20          // octets of one request
	storeWait   = 20 * time.Second // how long a provider waits for the store
)

// Doors serves /carriers/NAME/SECRET/receipts, /texts and /events (both) for all gateways. Who does not know the secret learns nothing, not
// even which carriers there are.
func Doors(all []*Gateway) http.Handler {
	named := map[string]*Gateway{}
	for _, g := range all {
		named[g.cfg.Name] = g
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parts := strings.Split(strings.TrimPrefix(r.URL.Path, Root), "/")
		if len(parts) != 3 || !strings.HasPrefix(r.URL.Path, Root) {
			http.NotFound(w, r)
			return
		}
		g := named[parts[0]]
		if g == nil || g.cfg.PathSecret == "" || !same(parts[1], g.cfg.PathSecret) {
			http.NotFound(w, r)
			return
		}
		g.take(w, r, parts[2])
	})
}

// take answers one request of the provider.
func (g *Gateway) take(w http.ResponseWriter, r *http.Request, kind string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	status := g.answer(w, r, kind)
	if status != http.StatusOK {
		g.log.Warn("carrier brought what was not taken", "kind", known(kind), "status", status)
		http.Error(w, http.StatusText(status), status)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if _, err := io.WriteString(w, g.cfg.Reply); err != nil {
		g.log.Debug("carrier did not wait for our answer")
	}
}

// known keeps what a stranger wrote in an address out of the log.
func known(kind string) string {
	switch kind {
	case kindReceipts, kindTexts, kindEvents:
		return kind
	}
	return "other"
}

// What a request may bring.
const (
	kindReceipts = "receipts"
	kindTexts    = "texts"
	kindEvents   = "events"
)

// answer reads, checks and stores; it gives the status. 4xx says that the same request will never be taken, 5xx that it will later.
func (g *Gateway) answer(w http.ResponseWriter, r *http.Request, kind string) int {
	if r.Method != g.cfg.Callback {
		w.Header().Set("Allow", g.cfg.Callback)
		return http.StatusMethodNotAllowed
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxIncoming))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return http.StatusRequestEntityTooLarge
		}
		return http.StatusBadRequest
	}
	query := r.URL.Query()
	if !g.made.proof.holds(r.Header, query, body, g.now()) {
		return http.StatusUnauthorized
	}
	h, ok, err := g.harvest(kind, body, query)
	if h.garbage > 0 {
		g.log.Warn("carrier brought what cannot be read", "kind", kind, "count", h.garbage)
	}
	if status := verdict(h, ok, err); status != http.StatusOK {
		return status
	}
	return g.store(r.Context(), h.events)
}

// harvest reads a body of a kind; ok is false when the configuration does not say how.
func (g *Gateway) harvest(kind string, body []byte, query url.Values) (h harvest, ok bool, err error) {
	receipts := kind != kindTexts && g.made.receipts.id.given()
	texts := kind != kindReceipts && g.made.texts.text.given()
	if known(kind) != kind || !receipts && !texts {
		return h, false, nil
	}
	if receipts {
		if h, err = g.cfg.receiptsOf(&g.made.receipts, body, query); err != nil {
			return h, true, err
		}
	}
	if !texts {
		return h, true, nil
	}
	more, err := g.cfg.textsOf(&g.made.texts, body, query)
	return harvest{append(h.events, more.events...), h.garbage + more.garbage}, true, err
}

// store hands the events over and waits until all are stored. One that is not makes the provider bring all again; repetition changes nothing.
func (g *Gateway) store(ctx context.Context, events []channel.Event) int {
	if g.arrive == nil {
		return http.StatusServiceUnavailable
	}
	done := make(chan error, len(events))
	for _, e := range events {
		g.arrive(e, func(err error) {
			select {
			case done <- err:
			default: // said twice
			}
		})
	}
	patience := time.NewTimer(storeWait)
	defer patience.Stop()
	for range events {
		select {
		case err := <-done:
			if err != nil {
				return http.StatusServiceUnavailable
			}
		case <-patience.C:
			return http.StatusServiceUnavailable
		case <-ctx.Done():
			return http.StatusServiceUnavailable
		}
	}
	return http.StatusOK
}
